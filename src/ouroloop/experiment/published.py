"""What has been published of a firm's capital spending, debt or revenue: by calendar quarter, and as a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from ouroloop.core import Quarter

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.spread import Piece

Measure = Literal["capex", "debt", "revenue"]

_FLOWS: dict[Measure, tuple[str, ...]] = {"capex": ("capex_cash_ppe", "capex"), "revenue": ("revenue",)}
"""The concepts from which the opening's pace of a flow is read too; the one recorded up to the latest day counts."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the dossier records today of a quarter, USD bn: a flow of its days, or the balance of a day in it."""

    value: float
    day: date
    """The last day of the quarter for a flow; the day of a balance."""
    reported: bool
    """Only published periods no longer than a quarter, or a published balance: no share of a longer period."""
    sources: tuple[str, ...]


def recorded_in(dossier: Dossier, firm: str, measure: Measure, quarter: Quarter) -> Record | None:
    """What does a dossier record of a calendar quarter? None where not all of its days, or no balance, is published."""
    from ouroloop.dossier.spread import Spread
    from ouroloop.scenario.opening_flows import later_of

    if measure == "debt":
        within = [one for one in _balances(dossier, firm) if quarter.first_day <= one.day <= quarter.last_day]
        return within[-1] if within else None
    value = Spread(later_of(dossier, firm, *_FLOWS[measure]).pieces).quarters().get(quarter)
    if value is None or value.covered < 1:
        return None
    cites = [cite.source for ref in value.refs if not ref.replaced for cite in ref.cites]
    return Record(value.amount, quarter.last_day, value.basis == "reported", tuple(dict.fromkeys(cites)))


def known_before(view: Dossier, firm: str, measure: Measure) -> tuple[list[float], list[float]]:
    """Days and values of the published record: balances of a day; paces per day at the middle of their periods."""
    from ouroloop.scenario.opening_flows import later_of

    if measure == "debt":
        balances = _balances(view, firm)
        return [float(one.day.toordinal()) for one in balances], [one.value for one in balances]
    pieces = sorted(later_of(view, firm, *_FLOWS[measure]).pieces, key=_middle)
    return [_middle(piece) for piece in pieces], [piece.amount / piece.days.count for piece in pieces]


def _middle(piece: Piece) -> float:
    """The mean of a piece's days."""
    whole = sum((first + last + 1) / 2 * (last - first + 1) for first, last in piece.days.ranges)
    return whole / piece.days.count


def _balances(dossier: Dossier, firm: str) -> list[Record]:
    """Debt on every day on which all of it is published, read as the opening reads it, earliest first."""
    from ouroloop.scenario.balance_sheet import LIABILITIES, read

    whole = tuple(way for way in LIABILITIES["debt"] if way[0] != "?")
    concepts = {name for way in whole for name in way}
    days = {f.end for f in dossier.figures_of(firm) if f.concept in concepts and f.start is None}
    found = [one for day in sorted(days) if (one := read(dossier, firm, whole, day)) is not None and one.day == day]
    return [
        Record(
            one.value,
            one.day,
            not one.converted,
            tuple(dict.fromkeys(cite.source for ref in one.refs if not ref.replaced for cite in ref.cites)),
        )
        for one in found
    ]
