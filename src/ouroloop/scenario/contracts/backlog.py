"""How much of the backlog that a provider publishes do the deals explain?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ouroloop.core import Tier
from ouroloop.dossier.choose import instants
from ouroloop.dossier.days import Days
from ouroloop.dossier.models import Figure
from ouroloop.dossier.refs import Ref
from ouroloop.scenario.axes import Axes
from ouroloop.scenario.contracts.bounded import Sum, sums
from ouroloop.scenario.contracts.given import given
from ouroloop.scenario.contracts.kinds import cancellable, kind_of
from ouroloop.scenario.contracts.parties import parties

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

CONCEPTS = ("remaining_performance_obligations", "revenue_backlog")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a provider publishes as promised to it on a day, beside what the deals known then add up to (USD bn)."""

    provider: str
    day: date
    published: float
    named: float
    """By the points of the deals that bind, as far as their schedules lie after the day."""
    deals: tuple[str, ...]
    ref: Ref

    @property
    def ratio(self) -> float:
        """The named part of what was published; above 1 where deals promise more than the books count."""
        return self.named / self.published if self.published else 0.0

    @property
    def other(self) -> float:
        """Promised by customers nobody names; never below 0."""
        return max(0.0, self.published - self.named)


def backlogs(dossier: Dossier, axes: Axes) -> tuple[Backlog, ...]:
    """The last published backlog of every member that publishes one, beside its deals.

    A published backlog of a part only (a cloud arm, commercial customers) stands in where there is none of the whole.
    Books count what is contracted and not served, at the contract's price; a deal that became known after the figure
    was published is not compared. What differs beyond that: options, undisclosed deals, schedules that are assumed.
    """
    counted = sums(dossier, given(dossier).open_top)
    return tuple(
        _backlog(dossier, axes, counted, member, figure)
        for member in axes.members
        if (figure := _published(dossier, member)) is not None
    )


def _published(dossier: Dossier, member: str) -> Figure | None:
    """The latest one; of one day that of the whole."""
    concepts = {f.concept for f in dossier.figures_of(member) if f.concept.startswith(CONCEPTS)}
    found = [choice.picked for concept in sorted(concepts) for choice in instants(dossier, member, concept)]
    return max(found, key=lambda figure: (figure.end, "." not in figure.concept), default=None)


def _backlog(dossier: Dossier, axes: Axes, counted: tuple[Sum, ...], member: str, figure: Figure) -> Backlog:
    mine = {
        one.standing.deal.id: 0.0 for one in counted if _binds(dossier, axes, one, member, figure)
    }  # in order, each deal once
    for one in counted:
        if _binds(dossier, axes, one, member, figure):
            mine[one.standing.deal.id] += one.point * _left(one, figure.end)
    return Backlog(member, figure.end, figure.value, sum(mine.values()), tuple(mine), Ref.of_figure(figure))


def _binds(dossier: Dossier, axes: Axes, one: Sum, member: str, figure: Figure) -> bool:
    standing = one.standing
    deal = standing.deal
    if not standing.counts or one.amount is None or axes.booked_at(deal.payee) != member:
        return False
    ends = parties(dossier, axes, deal)
    if isinstance(ends, str) or kind_of(deal, standing.tranche, ends) not in ("cloud", "orders"):
        return False
    firm = standing.tier is Tier.FIRM or cancellable(standing.tier, standing.tranche) or one.bound_by is not None
    return firm and deal.known.last <= figure.known.last


def _left(one: Sum, day: date) -> float:
    """The part of the tranche's schedule that lies after the day; all of it without one."""
    schedule = one.standing.tranche.schedule
    if schedule is None:
        return 1.0
    days = Days.between(schedule.first, schedule.last)
    return days.share(days - days.until(day))
