"""Which leases have tenants promised beyond those that deals name? What they publish as not begun, less the named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ouroloop.core import Tier
from ouroloop.dossier.choose import instants
from ouroloop.dossier.days import Days
from ouroloop.dossier.models import Deal, Figure, Instrument
from ouroloop.dossier.refs import Ref
from ouroloop.scenario.axes import LANDLORDS, VEHICLE_KINDS, Axes
from ouroloop.scenario.contracts.bounded import Sum
from ouroloop.scenario.contracts.given import Given
from ouroloop.scenario.contracts.payments import Horizon
from ouroloop.scenario.contracts.terms import LeaseTerm

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

CONCEPT = "uncommenced_leases"


def published_leases(
    dossier: Dossier, axes: Axes, horizon: Horizon, values: Given, counted: Sequence[Sum]
) -> Iterator[LeaseTerm]:
    """One lease per member for what its last published sum of leases not yet begun leaves after its named leases:

        rest = max(0, published − sum of the named leases' points × share of their days after the day of the figure)

    Its deal is the concept's name and its tranche the tenant, as no deal names it. 288 published by Oracle at
    2026-08-31, 248 of it named: 40 to landlords nobody names. What a firm counts in it is taken as it stands; rent that
    runs already is in the run rates of the books.
    """
    for member in axes.members:
        found = instants(dossier, member, CONCEPT)
        if not found:
            continue
        figure = max((choice.picked for choice in found), key=lambda one: one.end)
        rest = figure.value - _named(dossier, axes, counted, figure, member)
        if rest > 0:
            yield _rest(horizon, values, member, figure, rest)


def _named(dossier: Dossier, axes: Axes, counted: Sequence[Sum], figure: Figure, member: str) -> float:
    """The member's named leases, as far as they lie after the day of the figure."""
    total = 0.0
    for one in counted:
        deal, schedule = one.standing.deal, one.standing.tranche.schedule
        ours = deal.instrument is Instrument.LEASE and axes.booked_at(deal.payer) == member
        if not ours or one.amount is None or not _could_be_inside(dossier, deal, figure):
            continue
        days = None if schedule is None else Days.between(schedule.first, schedule.last)
        total += one.point * (1.0 if days is None else days.share(days - days.until(figure.end)))
    return total


def _could_be_inside(dossier: Dossier, deal: Deal, figure: Figure) -> bool:
    """Is it a lease of a site that was known when the figure was published?"""
    return dossier.entities[deal.payee].kind in VEHICLE_KINDS and deal.known.last <= figure.known.last


def _rest(horizon: Horizon, values: Given, member: str, figure: Figure, rest: float) -> LeaseTerm:
    days = horizon.from_start(values.lease_begins_years, values.lease_years)
    return LeaseTerm(
        deal=CONCEPT,
        tranche=member,
        payer=member,
        payee=LANDLORDS,
        tier=Tier.FIRM,
        cancellable=False,
        condition=None,
        bound_by=None,
        link=None,
        payments=horizon.pay(rest, rest, rest, days, "unsaid"),
        refs=(Ref.of_figure(figure),),
        commences=horizon.quarters_to(days.first),
        term_quarters=4 * values.lease_years,
        renewal_quarters=0.0,
        exit_price_share=values.exit_price_share,
    )
