"""Firms that publish no accounts: what is known of their flows, and so of their cash, with a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ouroloop.core import Quarter, quarters_between
from ouroloop.dossier.choose import foretold, instants
from ouroloop.dossier.days import Days
from ouroloop.dossier.refs import Ref, Refs, joined
from ouroloop.scenario.estimate import Basis, Estimate, assumption, central
from ouroloop.scenario.opening_flows import QUARTER_DAYS, Recorded, later_of, planned, recorded
from ouroloop.scenario.opening_funding import Funding, refs_of

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

SIDE_BY_SIDE = 60
"""Days within which two stated run rates describe the same time and disagree, where they differ."""

_OPERATING_CASH_OF_RESULT = "eco-opening-011"
_HALF_WIDTH_OF_RUN_RATE = "eco-opening-012"
_LEAST_LEFT_OF_RAISED = "eco-opening-013"
_QUARTERS_OF_BURN_HELD = "eco-opening-014"
_PLANT_OF_SPENDING = "eco-opening-010"


def stated_revenue(dossier: Dossier, firm: str) -> Estimate | None:
    """Revenue per quarter from run rates that were stated for a year; None where none is on file.

    A quarter of the latest one of the surest grade; the range spans all that were stated for days within two months of
    it, and at least the usual half width of such statements.
    """
    found = [choice.picked for choice in instants(dossier, firm, "annualized_revenue")]
    if not found:
        return None
    near = [f for f in found if (found[-1].end - f.end).days <= SIDE_BY_SIDE]
    surest = min(f.grade.rank for f in near)
    best = [f for f in near if f.grade.rank == surest][-1]
    width = central(dossier, _HALF_WIDTH_OF_RUN_RATE) * best.value
    refs = (Ref.of_figure(best), *(Ref.of_figure(f).as_replaced() for f in near if f is not best))
    later = [f.value for f in near if f.end >= best.end]
    low, high = min(*later, best.value - width), max(*later, best.value + width)
    return Estimate(best.value / 4, low / 4, high / 4, "estimated", best.end, refs)


@dataclass(frozen=True, slots=True)
class Burn:
    """What is known of the cash a firm uses up, capital expenditure inside: recorded, from its result, or planned."""

    told: Recorded
    result: Recorded
    plan: Recorded
    capex: Recorded
    of_result: float

    @property
    def start(self) -> date | None:
        """The first day for which anything of it is known."""
        firsts = [one.pieces[0].days.first for one in (self.told, self.result, self.plan) if one.pieces]
        return min(firsts, default=None)

    def on(self, days: Days) -> Estimate | None:
        """The burn of these days: as told; else the middle of what result and plan say, with both as the range."""
        if self.told.covers(days):
            return Estimate.exactly(self.told.within(days), "estimated", days.last, _refs(self.told, days))
        said: list[float] = []
        if self.result.covers(days):
            said.append(self.capex.within(days) - self.of_result * self.result.within(days))
        if self.plan.covers(days):
            said.append(self.plan.within(days))
        if not said:
            return None
        refs = joined(_refs(self.result, days), _refs(self.plan, days))
        return Estimate(sum(said) / len(said), min(said), max(said), "estimated", days.last, refs)


def burn_of(dossier: Dossier, firm: str) -> Burn:
    """Everything on file about the cash that the firm uses up."""
    result = recorded(dossier, firm, "operating_income", signed=True)
    return Burn(
        told=recorded(dossier, firm, "cash_burn", signed=True),
        result=result,
        plan=planned(dossier, firm, "cash_burn"),
        capex=later_of(dossier, firm, "capex_cash_ppe", "capex"),
        of_result=central(dossier, _OPERATING_CASH_OF_RESULT) if result.pieces else 0.0,
    )


def operating_cash(dossier: Dossier, firm: str, quarter: Quarter, capex: float) -> Estimate:
    """Operating cash flow per quarter of a firm that publishes none: capital expenditure less what is burned.

    The latest burn that was told; else a share of the latest operating result (pay in shares and wear take no cash);
    else the plan for this quarter. Each has a range of its own (`eco-opening-011`, `-012`; a plan has none), and
    whatever of the three is known widens it.
    """
    burn, spent = burn_of(dossier, firm), 0.0 if capex != capex else capex
    said: list[Estimate] = []
    if (piece := burn.told.latest()) is not None:
        burned = piece.amount / piece.days.count * QUARTER_DAYS
        width = central(dossier, _HALF_WIDTH_OF_RUN_RATE) * abs(burned)
        told = Estimate.exactly(spent - burned, "estimated", piece.days.last, piece.refs)
        said.append(told.within(told.point - width, told.point + width))
    if (piece := burn.result.latest()) is not None:
        result, share = piece.amount / piece.days.count * QUARTER_DAYS, assumption(dossier, _OPERATING_CASH_OF_RESULT)
        ends = [result * end for end in (share.low or share.value, share.high or share.value)]
        from_result = Estimate.exactly(burn.of_result * result, "estimated", piece.days.last, piece.refs)
        said.append(from_result.within(min(ends), max(ends)))
    if burn.plan.covers(days := Days.of(quarter)):
        amount = spent - burn.plan.within(days)
        said.append(Estimate.exactly(amount, "estimated", dossier.date, _refs(burn.plan, days)))
    if not said:
        return Estimate.unknown(dossier.date)
    low, high = min(one.low for one in said), max(one.high for one in said)
    return replace(said[0].within(low, high), refs=joined(*(one.refs for one in said)))


def cash_from_flows(
    dossier: Dossier, firm: str, quarter: Quarter, came: Sequence[Funding], burned_now: Estimate
) -> Estimate:
    """Cash at the end of the quarter of a firm that states none: what was raised less what was burned.

    Both are counted from the first day for which anything of the burn is known; `burned_now` (USD bn per quarter) goes
    on where the record ends. Of what was raised before that day a small part is taken to be still there, all of it at
    the high end, none at the low end. A firm that goes on burning has money that no deal of the dossier names: it holds
    at least some quarters of its burn. A firm of which no burn is known keeps what deals paid it, and at least a small
    part of that.
    """
    money, end = [one for one in came if not one.in_kind], quarter.last_day
    burn = burn_of(dossier, firm)
    start = burn.start
    if start is None:
        raised = sum(one.between(None, end) for one in money)
        least = central(dossier, _LEAST_LEFT_OF_RAISED) * raised if raised else 0.0
        return Estimate(raised, least, raised, "assumed", dossier.date, refs_of(money))
    before = sum(one.between(None, start - timedelta(days=1)) for one in money)
    raised = sum(one.between(start - timedelta(days=1), end) for one in money)
    point = low = high = 0.0
    refs: Refs = refs_of(money)
    for number in quarters_between(Quarter.of(start), quarter):
        spent = burn.on(Days.of(number)) or burned_now
        if spent.known:
            point, low, high = point + spent.point, low + spent.low, high + spent.high
            refs = joined(refs, spent.refs)
    kept = central(dossier, _LEAST_LEFT_OF_RAISED) * before if before else 0.0
    ends = (raised - high, raised + kept - point, raised + before - low)
    if not (burned_now.known and burned_now.point > 0):
        low, point, high = (max(0.0, end) for end in ends)
        return Estimate(point, low, high, "estimated", dossier.date, refs)
    held = assumption(dossier, _QUARTERS_OF_BURN_HELD)
    least = [burned_now.point * quarters for quarters in (held.low or 0.0, held.value, held.high or held.value)]
    basis: Basis = "assumed" if ends[1] < least[1] else "estimated"
    point = max(ends[1], least[1])
    low = min(point, max(ends[0], least[0]))
    return Estimate(point, low, max(ends[2], least[2] if basis == "assumed" else point), basis, dossier.date, refs)


def plant_from_spending(dossier: Dossier, firm: str, end: date, capex: float) -> Estimate | None:
    """Plant of a firm that publishes none: part of what it is known to have spent on it since its record starts."""
    spent = later_of(dossier, firm, "capex_cash_ppe", "capex")
    if not spent.pieces:
        return None
    before = spent.pieces[0].days.first - timedelta(days=1)
    total = spent.between(before, end, capex)
    share = assumption(dossier, _PLANT_OF_SPENDING)
    low, high = share.low or share.value, share.high or share.value
    refs = joined(*(piece.refs for piece in spent.pieces))
    return Estimate(total * share.value, total * low, total * high, "estimated", dossier.date, refs)


def discloses(dossier: Dossier, firm: str) -> bool:
    """Does the firm publish accounts: its equity, or all its assets, at some day?"""
    words = ("total_assets", "stockholders_equity", "total_equity_incl_nci")
    return any(f.start is None and not foretold(f) for word in words for f in dossier.figures_of(firm, word))


def _refs(some: Recorded, days: Days) -> Refs:
    return joined(*(piece.refs for piece in some.pieces if piece.days & days))
