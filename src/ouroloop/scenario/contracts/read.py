"""From a dossier to the promises that an economy runs: what each deal still obliges whom to, each in one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from ouroloop.core import ZERO, Quarter, Tier
from ouroloop.dossier.refs import Ref
from ouroloop.scenario.axes import Axes
from ouroloop.scenario.contracts.bounded import Sum, sums
from ouroloop.scenario.contracts.contingent import guarantee_term, warrant_term
from ouroloop.scenario.contracts.fund import acquisition_term, credit_term, debt_term, round_term, vendor_loan_term
from ouroloop.scenario.contracts.given import Given, given
from ouroloop.scenario.contracts.kinds import Kind, cancellable, kind_of
from ouroloop.scenario.contracts.parties import Parties, parties
from ouroloop.scenario.contracts.payments import Horizon, Payments
from ouroloop.scenario.contracts.published_leases import published_leases
from ouroloop.scenario.contracts.site_leases import with_site_leases
from ouroloop.scenario.contracts.terms import (
    PENDING,
    AcquisitionTerm,
    CloudTerm,
    CreditTerm,
    DebtTerm,
    GuaranteeTerm,
    LeaseTerm,
    LeftOut,
    OrderTerm,
    PrepaymentTerm,
    RoundTerm,
    Term,
    VendorLoanTerm,
    WarrantTerm,
)
from ouroloop.scenario.contracts.timing import payments
from ouroloop.scenario.contracts.trade import cloud_term, lease_term, order_term, prepayment_term

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


@dataclass(frozen=True, kw_only=True, eq=False)
class Contracts:
    """What stood on a day, as promises by kind and what was left out; every known tranche is in exactly one tuple."""

    first: Quarter
    """The first simulated quarter, column 0 of every schedule."""
    quarters: int
    cloud: tuple[CloudTerm, ...] = ()
    orders: tuple[OrderTerm, ...] = ()
    leases: tuple[LeaseTerm, ...] = ()
    other_leases: tuple[LeaseTerm, ...] = ()
    """What tenants publish as promised and not begun beyond the leases that deals name; no deal stands behind it."""
    site_leases: tuple[LeaseTerm, ...] = ()
    """Rents of vehicles, from their structures; taken off the larger promises that they are a part of."""
    rounds: tuple[RoundTerm, ...] = ()
    debts: tuple[DebtTerm, ...] = ()
    vendor_loans: tuple[VendorLoanTerm, ...] = ()
    guarantees: tuple[GuaranteeTerm, ...] = ()
    warrants: tuple[WarrantTerm, ...] = ()
    prepayments: tuple[PrepaymentTerm, ...] = ()
    credits: tuple[CreditTerm, ...] = ()
    acquisitions: tuple[AcquisitionTerm, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """All promises, kind by kind in the order of the fields: the axis `contract` of draws and of `include`."""
        found: list[Term] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple) and field.name != "left_out":
                found += value
        return tuple(found)

    @property
    def letters(self) -> tuple[Term, ...]:
        """The promises of any kind that must become firm before they bind, as a memorandum holds them."""
        return tuple(term for term in self.terms if term.pending)

    @property
    def convertibles(self) -> tuple[VendorLoanTerm, ...]:
        """The vendor loans that turn into shares."""
        return tuple(term for term in self.vendor_loans if term.convertible)


def contracts(dossier: Dossier, axes: Axes, first_quarter: Quarter, quarters: int) -> Contracts:
    """What do the deals still oblige whom to, from `first_quarter` on? Known, counted once, folded and in time.

    Parameters
    ----------
    dossier
        As of the day that the simulation opens on: nothing later is seen.
    axes
        The members and sectors of the world, and who folds to whom.
    first_quarter
        The quarter after the opening one; column 0 of every schedule. What moved before is in the opening books.
    quarters
        How many are simulated.

    Returns
    -------
    Every tranche known on the day, in exactly one tuple: as a promise of its kind, or left out with the reason (void,
    an account of money counted elsewhere, no amount disclosed, moved before, no money, ends that nobody can name).

    Raises BadInput when an assumption that is needed is not known on the day.
    """
    horizon, values = Horizon(first_quarter, quarters, dossier.date), given(dossier)
    made: dict[str, list[Term]] = {}
    left: list[LeftOut] = []
    everything = sums(dossier, values.open_top)
    for counted in everything:
        found = _read(dossier, axes, horizon, values, counted)
        if isinstance(found, LeftOut):
            left.append(found)
        else:
            kind, term = found
            made.setdefault(kind, []).append(term)
    made["other_leases"] = list(published_leases(dossier, axes, horizon, values, everything))
    made = with_site_leases(dossier, axes, horizon, values, made)
    kinds = {kind: tuple(terms) for kind, terms in made.items()}
    return Contracts(first=first_quarter, quarters=quarters, **kinds, left_out=tuple(left))  # pyright: ignore[reportArgumentType]


def _read(dossier: Dossier, axes: Axes, horizon: Horizon, values: Given, counted: Sum) -> tuple[Kind, Term] | LeftOut:
    """One tranche: a promise of its kind, or why not."""
    standing = counted.standing
    deal, tranche, tier = standing.deal, standing.tranche, standing.tier
    refs = (Ref.of_deal(deal, tranche),)

    def out(why: str, reason: str) -> LeftOut:
        return LeftOut(deal.id, tranche.id, tier, why, reason, counted.amount, refs)  # pyright: ignore[reportArgumentType]

    if standing.dropped_because is not None:
        return out("void" if tier is Tier.VOID else "counted elsewhere", standing.dropped_because)
    if counted.inside is not None:
        return out("counted elsewhere", f"no amount was disclosed; what it is stands inside {counted.inside}")
    ends = parties(dossier, axes, deal)
    if isinstance(ends, str):
        return out("parties", ends)
    kind = kind_of(deal, tranche, ends)
    if kind == "none":
        return out("no money", f"a deal of the kind '{deal.instrument}' promises no money")
    if counted.amount is None and kind != "warrants":
        return out("not disclosed", "nobody disclosed the amount")
    if counted.amount == ZERO:
        return out("counted elsewhere", standing.reduced_because or "nothing is promised")
    leaves = cancellable(tier, tranche)
    pending = tier in PENDING and not leaves and counted.bound_by is None
    when = payments(horizon, values, _valued(counted), kind, pending=pending)
    if when.remaining == 0:
        gone = out("moved before", _gone(tier, horizon, when))
        moving = 0.0 if pending else when.point * when.opening
        return replace(gone, payer=ends.payer, payee=ends.payee, opening_usd_bn=moving)
    if tier is Tier.PAID:  # what is scheduled after the day it was funded still has to come
        tier = Tier.FIRM
    whole = Term(
        deal=deal.id,
        tranche=tranche.id,
        payer=ends.payer,
        payee=ends.payee,
        tier=tier,
        cancellable=leaves,
        condition=tranche.condition,
        bound_by=counted.bound_by,
        link=deal.link,
        payments=when,
        refs=refs,
    )
    return kind, _of_kind(dossier, axes, horizon, values, kind, whole, ends)


def _valued(counted: Sum) -> Sum:
    """A warrant without a published value is worth what its shares are, so its money is 0 and marked as not known."""
    return counted if counted.amount is not None else replace(counted, amount=ZERO)


def _gone(tier: Tier, horizon: Horizon, when: Payments) -> str:
    if tier is Tier.PAID:
        return f"paid before {horizon.first}"
    said = "its schedule" if when.timing == "reported" else "the schedule assumed for it"
    return f"{said} ends before {horizon.first}: it has moved by then, or lapsed"


def _of_kind(
    dossier: Dossier, axes: Axes, horizon: Horizon, values: Given, kind: Kind, whole: Term, ends: Parties
) -> Term:
    """The promise with the terms that its kind has."""
    deal = dossier.deals[whole.deal]
    match kind:
        case "cloud":
            return cloud_term(values, whole)
        case "orders":
            return order_term(dossier, values, whole, deal, ends)
        case "leases":
            return lease_term(dossier, horizon, values, whole, deal)
        case "prepayments":
            return prepayment_term(whole, deal)
        case "rounds":
            return round_term(whole, deal)
        case "debts":
            return debt_term(dossier, horizon, whole, deal)
        case "vendor_loans":
            return vendor_loan_term(dossier, axes, whole, deal)
        case "guarantees":
            return guarantee_term(dossier, axes, horizon, whole, deal)
        case "warrants":
            return warrant_term(dossier, whole, deal)
        case "credits":
            return credit_term(whole, deal)
        case "acquisitions":
            return acquisition_term(whole)
        case "none":
            raise AssertionError(f"{whole.name} has no kind")


def each_kind(made: Contracts) -> Iterator[tuple[str, tuple[Term, ...]]]:
    """The kinds by name, in order, with their promises; empty ones too."""
    for field in fields(made):
        if field.name not in ("first", "quarters", "left_out"):
            yield field.name, getattr(made, field.name)
