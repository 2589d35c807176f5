"""Who lends to each member at the opening, when it falls due, and at what rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.dossier.days import Days
from ouroloop.dossier.models import EntityKind
from ouroloop.dossier.refs import Refs, joined
from ouroloop.scenario.axes import BANKS, BOND_INVESTORS, PRIVATE_CREDIT_FUNDS, Axes
from ouroloop.scenario.balance_sheet import LIABILITIES, read
from ouroloop.scenario.estimate import Basis, Estimate, Uniforms, Values, assumed, central, worst
from ouroloop.scenario.opening_flows import in_dollars
from ouroloop.scenario.opening_funding import Funding, refs_of
from ouroloop.scenario.site_vehicles import REFERENCE, SiteVehicle

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.run_rates import MemberRates

SLOTS = 80
"""Quarters of a ladder, from the one after the opening; the last holds what falls due later as well."""
FLOATING = frozenset({BANKS, PRIVATE_CREDIT_FUNDS})
"""Lenders whose loans carry a floating rate; bonds, and loans of members, carry a fixed one."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The assumptions for one sort of borrower: shares of debt whose lender is not named, its life and rate."""

    bonds: str
    private_credit: str
    life: str
    rate: str


_BORROWERS = tuple(_Rows(*(f"eco-opening-0{first + sort}" for first in (40, 44, 48, 52))) for sort in range(4))
_LARGE, _YOUNG, _OTHER, _VEHICLE = _BORROWERS
_SORT: Mapping[EntityKind, _Rows] = MappingProxyType(
    {
        EntityKind.CHIP_MAKER: _LARGE,
        EntityKind.CLOUD: _LARGE,
        EntityKind.SUPPLIER: _LARGE,
        EntityKind.SOFTWARE: _LARGE,
        EntityKind.NEOCLOUD: _YOUNG,
        EntityKind.LAB: _YOUNG,
        EntityKind.SPV: _VEHICLE,
        EntityKind.SITE_OWNER: _VEHICLE,
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Debt:
    """What one member owes to one lender class (or member) at the opening.

    `principal` [1 or path] USD bn; `ladder` [slot] shares of it by the quarter in which they fall due, adding up to 1;
    `rate_per_year` decimal. The rate of a floating loan is its rate today, base rate included.
    """

    lender: str
    borrower: str
    principal: Values
    ladder: Values
    rate_per_year: float
    floating: bool
    basis: Basis
    refs: Refs
    rank: str = ""
    """The class of a vehicle's debt that is paid after the others; empty for any other debt."""
    assumptions: tuple[str, ...] = ()
    """Those by which it is the lender's, where no deal names him."""

    @property
    def claim(self) -> str:
        """What the lender holds, as the ledger calls it."""
        return claim_of(self.lender, self.borrower, self.rank)

    @property
    def due(self) -> Values:
        """[slot, 1 or path] what falls due, USD bn."""
        return self.ladder[:, None] * self.principal[None, :]


def debts(
    dossier: Dossier,
    firm: str,
    owed: Estimate,
    funding: Sequence[Funding],
    rates: MemberRates,
    quarter: Quarter,
    uniforms: Uniforms = None,
) -> tuple[Debt, ...]:
    """To whom does the firm owe its debt, when is it due, and at what rate?

    Lenders named by deals come first, all scaled down alike where they lent more than is owed (some of it was paid
    back); the rest is shared between bonds, private credit and banks by assumption (`eco-opening-04x`), by the
    borrower's kind.
    """
    if not owed.point > 0:
        return ()
    rows = _SORT.get(dossier.entities[firm].kind, _OTHER)
    lent = [one for one in funding if one.firm == firm and one.is_debt]
    whole = sum(one.amount for one in lent)
    down = min(1.0, owed.point / whole) if whole else 1.0
    parts: dict[str, Values] = {}
    for one in lent:
        parts[one.source] = parts.get(one.source, np.zeros(1)) + one.amount * down
    rest = max(0.0, owed.point - whole)
    if rest > 0:
        bonds, private = assumed(dossier, rows.bonds, uniforms), assumed(dossier, rows.private_credit, uniforms)
        shares = {BOND_INVESTORS: bonds, PRIVATE_CREDIT_FUNDS: private, BANKS: 1 - bonds - private}
        for lender, share in shares.items():
            parts[lender] = parts.get(lender, np.zeros(1)) + rest * share
    ladder = _ladder(dossier, firm, owed.point, quarter, central(dossier, rows.life))
    rate, paid = _rate(dossier, firm, rates, owed, central(dossier, rows.rate) / 100)
    named = {one.source for one in lent}
    made: list[Debt] = []
    for lender, principal in parts.items():
        basis = owed.basis if lender in named and rest == 0 else worst(owed.basis, "assumed")
        refs = joined(owed.refs, refs_of(one for one in lent if one.source == lender), paid)
        shared = (rows.bonds, rows.private_credit) if lender not in named else ()
        floating = lender in FLOATING
        made.append(Debt(lender, firm, principal, ladder, rate, floating, basis, refs, assumptions=shared))
    return tuple(made)


def reference_rate(dossier: Dossier) -> float:
    """What floating loans pay their margin over, decimal per year."""
    return central(dossier, REFERENCE) / 100


def claim_of(lender: str, borrower: str, rank: str = "") -> str:
    """The ledger's name of what a lender holds."""
    return ":".join(filter(None, ("loan", lender, borrower, rank)))


def vehicle_debts(
    dossier: Dossier, axes: Axes, vehicle: SiteVehicle, owed: Estimate, quarter: Quarter
) -> tuple[Debt, ...]:
    """To whom does a vehicle with terms on file owe its debt, when is it due, and at what rate?

    Each holder of its classes is a lender, of each rank apart; all of them have drawn the same part of what they may.
    Classes come down as their terms say.
    """
    reference, basis = reference_rate(dossier), worst(owed.basis, "assumed")
    made: list[Debt] = []
    for name, rank in vehicle.ranks.items():
        ladder, rate = rank.ladder(quarter, SLOTS, reference), rank.rate(reference)
        for holder, share in rank.held_by.items():
            principal = np.array([owed.point * rank.size / vehicle.size * share])
            sector = axes.booked_at(holder)
            assert sector is not None, f"{holder} holds notes and keeps no books"
            made.append(Debt(sector, vehicle.member, principal, ladder, rate, rank.floating, basis, owed.refs, name))
    return tuple(made)


def _ladder(dossier: Dossier, firm: str, owed: float, quarter: Quarter, life_years: float) -> Values:
    """Shares of the debt by the quarter in which they fall due.

    What is published for years ahead falls due evenly over each of them; else the part due within a year, evenly over
    four quarters. The rest falls due evenly from then until twice the average life.
    """
    ladder = np.zeros(SLOTS)
    first = quarter + 1
    after = 0
    for start, end, amount in _maturities(dossier, firm):
        days = Days.between(start, end)
        for slot in range(SLOTS):
            part = days.share(Days.of(first + slot)) * amount / owed
            ladder[slot] += part
            after = slot + 1 if part else after
    if not after:
        short = read(dossier, firm, (("short_term_debt",), ("long_term_debt_current_portion",)))
        after = 4
        if short is not None:
            ladder[:4] = min(1.0, short.value / owed) / 4
        else:
            ladder[:4] = min(1.0, 1 / (2 * life_years)) / 4
    total = ladder.sum()
    if total > 1:
        return ladder / total
    slots = min(SLOTS, max(after + 1, round(8 * life_years)))
    ladder[after:slots] += (1 - total) / (slots - after)
    return ladder / ladder.sum()


def _maturities(dossier: Dossier, firm: str) -> list[tuple[date, date, float]]:
    """What is published to fall due by period, contractual: the latest known for each."""
    found: dict[tuple[date, date], tuple[date, float]] = {}
    for figure in dossier.figures_of(firm, "debt_maturing_in_year"):
        amount = in_dollars(dossier, figure)
        if figure.start is None or amount is None:
            continue
        when, known = (figure.start, figure.end), figure.known.last
        if when not in found or known > found[when][0]:
            found[when] = (known, amount[0])
    return [(start, end, amount) for (start, end), (_, amount) in sorted(found.items())]


def _rate(dossier: Dossier, firm: str, rates: MemberRates, owed: Estimate, otherwise: float) -> tuple[float, Refs]:
    """Interest of the latest quarter over the debt of that day, per year; an assumption where either is missing."""
    paid = rates.interest
    if not paid.known or paid.point <= 0:
        return otherwise, ()
    then = read(dossier, firm, LIABILITIES["debt"], paid.day)
    debt = then.value if then is not None and then.value > 0 else owed.point
    return 4 * paid.point / debt, paid.refs
