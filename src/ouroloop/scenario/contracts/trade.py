"""Promises to buy: compute, goods, space, and what is paid ahead for them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ouroloop.core import Tier
from ouroloop.dossier.choose import periods
from ouroloop.dossier.models import Deal, EntityKind, Instrument
from ouroloop.dossier.standing import tier_of
from ouroloop.scenario.contracts.given import Given, of_deal
from ouroloop.scenario.contracts.parties import Parties
from ouroloop.scenario.contracts.payments import Horizon
from ouroloop.scenario.contracts.terms import (
    UNKNOWN,
    CloudTerm,
    Goods,
    LeaseTerm,
    OrderTerm,
    PrepaymentTerm,
    Term,
)

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_YEAR_DAYS = 365.25


def shared(whole: Term) -> dict[str, Any]:
    """What every kind has in common, to make a promise of one kind from."""
    return {field.name: getattr(whole, field.name) for field in fields(Term)}


def cloud_term(values: Given, whole: Term) -> CloudTerm:
    """Compute: what can be left owes nothing beyond notice."""
    bound = 0.0 if whole.cancellable else 1.0
    return CloudTerm(
        **shared(whole),
        take_or_pay_share=bound * values.take_or_pay_share,
        termination_share=bound * values.termination_share,
    )


def order_term(dossier: Dossier, values: Given, whole: Term, deal: Deal, ends: Parties) -> OrderTerm:
    """Goods: whose spending they are part of, and how much of it they make up."""
    goods = _goods(deal, ends)
    firm = goods == "supplies" and not whole.cancellable
    return OrderTerm(
        **shared(whole),
        goods=goods,
        builder=whole.payer,
        take_or_pay_share=values.take_or_pay_share if firm else values.order_take_or_pay_share,
        vendor_share_hint=_hint(dossier, values, whole) if goods == "chips" else UNKNOWN,
    )


def _goods(deal: Deal, ends: Parties) -> Goods:
    if deal.instrument is Instrument.CAPEX:
        return "sites"
    return "supplies" if ends.payee_kind is EntityKind.SUPPLIER and deal.payer_books != "asset" else "chips"


def _hint(dossier: Dossier, values: Given, whole: Term) -> float:
    """The order per year over what the builder spends on chips per year.

    The builder's last published spending, at a yearly rate, times the part of a site that is compute and networks.
    """
    spent = periods(dossier, whole.payer, "capex_cash_ppe") or periods(dossier, whole.payer, "capex")
    if not spent:
        return UNKNOWN
    last = max((choice.picked for choice in spent), key=lambda figure: (figure.end, figure.start))
    per_year = last.value * _YEAR_DAYS / last.days
    schedule = next(t.schedule for t in dossier.deals[whole.deal].tranches if t.id == whole.tranche)
    if schedule is None or per_year <= 0:
        return UNKNOWN
    ordered = whole.payments.point * _YEAR_DAYS / ((schedule.last - schedule.first).days + 1)
    share = ordered / (per_year * values.chips_in_capex_share)
    return share if share <= 1 else UNKNOWN


def lease_term(dossier: Dossier, horizon: Horizon, values: Given, whole: Term, deal: Deal) -> LeaseTerm:
    """Space: when rent begins and how long it runs."""
    schedule = next(t.schedule for t in deal.tranches if t.id == whole.tranche)
    if schedule is None:
        commences, years = float(whole.payments.first or 0), values.lease_years
    else:
        commences = horizon.quarters_to(schedule.first)
        years = ((schedule.last - schedule.first).days + 1) / _YEAR_DAYS
    renewal = of_deal(dossier, "renewal", deal.id)
    return LeaseTerm(
        **shared(whole),
        commences=commences,
        term_quarters=4 * years,
        renewal_quarters=4 * (renewal or 0.0),
        exit_price_share=values.exit_price_share,
    )


def prepayment_term(whole: Term, deal: Deal) -> PrepaymentTerm:
    """Money paid ahead for the other tranches of its deal."""
    covers = tuple(f"{deal.id}#{tranche.id}" for tranche in deal.tranches if tranche.id != whole.tranche)
    return PrepaymentTerm(**shared(whole), covers=covers)


def stands(dossier: Dossier, deal: Deal) -> bool:
    """Is any tranche of the deal alive on the dossier's date?"""
    tiers = (tier_of(deal, tranche, dossier.date) for tranche in deal.tranches)
    return any(tier is not None and tier is not Tier.VOID for tier in tiers)
