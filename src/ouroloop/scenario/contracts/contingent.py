"""Promises for a bad state or a good one: guarantees, and shares that are earned by buying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.dossier.deal_streams import DEBT
from ouroloop.dossier.models import Deal, Instrument
from ouroloop.scenario.axes import VEHICLE_KINDS, Axes
from ouroloop.scenario.contracts.given import of_deal
from ouroloop.scenario.contracts.payments import FloatArray, Horizon
from ouroloop.scenario.contracts.terms import UNKNOWN, GuaranteeTerm, Term, WarrantTerm
from ouroloop.scenario.contracts.trade import shared, stands

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_MILLION_IN_BN = 1e-3


def guarantee_term(dossier: Dossier, axes: Axes, horizon: Horizon, whole: Term, deal: Deal) -> GuaranteeTerm:
    """What stands behind which debts and leases, and when.

    It covers the debts and leases of the same circular bargain and, where the beneficiary is a vehicle or a site with
    one purpose, all debts and leases to it; never what the guarantor owes or is owed itself. A guarantor that is the
    tenant of such a site stands in for what the site is worth; one of debts pays their holders; else it pays for the
    space and capacity that nobody else pays for.
    """
    covered = _covered(dossier, axes, whole, deal)
    debts = [other for other in covered if str(other.instrument) in DEBT]
    alone = dossier.entities[deal.payee].kind in VEHICLE_KINDS
    tenant = alone and any(
        other.instrument is Instrument.LEASE
        and (axes.booked_at(other.payer), axes.booked_at(other.payee)) == (whole.payer, whole.payee)
        for other in dossier.deals.values()
    )
    kind = "residual_value" if tenant else "guarantee" if debts else "backstop"
    owed = kind == "guarantee"
    return GuaranteeTerm(
        **shared(whole),
        kind=kind,
        debtor=(axes.booked_at(debts[0].payee) if owed else None) or whole.payer,
        creditor=(axes.booked_at(debts[0].payer) if owed else None) or whole.payee,
        active=_active(horizon, whole, deal),
        covers=tuple(other.id for other in covered),
    )


def _active(horizon: Horizon, whole: Term, deal: Deal) -> FloatArray:
    """1 in the quarters in which it stands: from its first day on, to its last one where an end is known."""
    schedule = next(t.schedule for t in deal.tranches if t.id == whole.tranche)
    numbers = np.arange(horizon.quarters) + horizon.first.ordinal
    if schedule is None:
        return np.ones(horizon.quarters)
    begun = numbers >= Quarter.of(schedule.first).ordinal
    over = numbers > Quarter.of(schedule.last).ordinal if schedule.end is not None else np.zeros_like(begun)
    return np.asarray(begun & ~over, dtype=np.float64)


def _covered(dossier: Dossier, axes: Axes, whole: Term, deal: Deal) -> list[Deal]:
    alone = dossier.entities[deal.payee].kind in VEHICLE_KINDS
    found: list[Deal] = []
    for other in dossier.deals.values():
        owed = str(other.instrument) in DEBT or other.instrument is Instrument.LEASE
        ends = (axes.booked_at(other.payer), axes.booked_at(other.payee))
        if not owed or not stands(dossier, other) or whole.payer in ends:
            continue
        same = deal.link is not None and other.link == deal.link
        to_it = alone and ends[1] == whole.payee
        vendor = other.instrument in (Instrument.CONVERTIBLE, Instrument.VENDOR_LOAN)
        if (same or to_it) and not vendor:
            found.append(other)
    return found


def warrant_term(dossier: Dossier, whole: Term, deal: Deal) -> WarrantTerm:
    """Shares for orders; how many, at what price and up to which hurdle stands in assumptions that repeat its prose."""

    def said(what: str, scale: float = 1.0) -> float:
        value = of_deal(dossier, f"warrant-{what}", deal.id, scale)
        return UNKNOWN if value is None else value

    order = tuple(
        f"{other.id}#{tranche.id}"
        for other in dossier.deals.values()
        if (other.payer, other.payee) == (deal.payee, deal.payer) and other.link == deal.link and deal.link is not None
        for tranche in other.tranches
    )
    value_known = next(t for t in deal.tranches if t.id == whole.tranche).low is not None
    shares_bn = said("shares", _MILLION_IN_BN)
    return WarrantTerm(
        **shared(whole),
        shares_bn=shares_bn,
        strike_usd=said("strike"),
        top_hurdle_usd=said("hurdle"),
        top_gw=said("gw"),
        fair_value_usd=whole.payments.point / shares_bn if value_known and shares_bn else said("value"),
        order=order,
        value_known=value_known,
    )
