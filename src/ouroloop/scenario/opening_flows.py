"""The published flows of one firm: their latest pace, and what of them fell between two days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ouroloop.dossier.answers import once
from ouroloop.dossier.choose import Choice, foretold, pick, tolerance
from ouroloop.dossier.days import Days
from ouroloop.dossier.models import Figure
from ouroloop.dossier.spread import Piece, Span, Spread, spread
from ouroloop.scenario.estimate import Basis, Estimate, central

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

QUARTER_DAYS = 365.25 / 4
YEAR_DAYS = 365
SHORTEST_QUARTER = 80
"""Days that a period must have for its pace to stand for a firm: a fiscal quarter, not a stub."""
OLD = 200
"""Days after which a pace counts as estimated, not reported: two later quarters should have been published."""

_CURRENCY = {"jpy_bn": "eco-opening-020", "twd_bn": "eco-opening-021"}


def in_dollars(dossier: Dossier, figure: Figure) -> tuple[float, float, bool] | None:
    """Value and tolerance of a figure in USD bn, and whether an assumed rate of exchange is inside; None: no money."""
    if figure.unit == "usd_bn":
        return figure.value, tolerance(figure.value), False
    if figure.unit in _CURRENCY:
        rate = central(dossier, _CURRENCY[figure.unit])
        return figure.value / rate, tolerance(figure.value) / rate, True
    return None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a firm has published of one flow, as disjoint pieces in order; may be empty."""

    pieces: tuple[Piece, ...]

    @property
    def last(self) -> date | None:
        """The last day that is covered."""
        return self.pieces[-1].days.last if self.pieces else None

    def latest(self) -> Piece | None:
        """The last piece that is at least a fiscal quarter long; else the last one."""
        long_enough = [piece for piece in self.pieces if piece.days.count >= SHORTEST_QUARTER]
        return (long_enough or list(self.pieces) or [None])[-1]

    def pace(self, now: date) -> Estimate:
        """USD bn per quarter over the latest piece."""
        piece = self.latest()
        if piece is None:
            return Estimate.unknown(now)
        basis: Basis = "reported" if piece.reported and (now - piece.days.last).days <= OLD else "estimated"
        return Estimate.exactly(_per_quarter(piece), basis, piece.days.last, piece.refs)

    def trailing(self, now: date) -> Estimate:
        """USD bn per quarter over the last 365 days that are covered, as long as there is no hole in them."""
        window = self.window()
        if window is None:
            return self.pace(now)
        whole = Spread(self.pieces)
        old = (now - window.last).days > OLD
        basis: Basis = "estimated" if old else "reported"
        amount = whole.within(window) / window.count * QUARTER_DAYS
        return Estimate.exactly(amount, basis, window.last, whole.refs(window))

    def window(self) -> Days | None:
        """The last 365 covered days; None where there is a hole of more than a tenth in them."""
        if self.last is None:
            return None
        days = Days.between(self.last - timedelta(days=YEAR_DAYS - 1), self.last)
        covered = sum((piece.days & days).count for piece in self.pieces)
        return days if covered >= 0.9 * days.count else None

    def within(self, days: Days) -> float:
        """What is recorded for these days."""
        return Spread(self.pieces).within(days)

    def covers(self, days: Days) -> bool:
        """Is nearly every one of these days in some piece?"""
        return sum((piece.days & days).count for piece in self.pieces) >= 0.9 * days.count

    def between(self, after: date, until: date, pace: float) -> float:
        """The flow after one day and up to another: as recorded; in a hole at the mean pace of its two sides; after the
        last record, or with none, at `pace` (USD bn per quarter, NaN counts as 0)."""
        days = Days.between(after + timedelta(days=1), until)
        total = 0.0
        ahead = 0.0 if pace != pace else pace
        for first, last in (days - Spread(self.pieces).days).ranges:
            before = [p for p in self.pieces if p.days.last.toordinal() < first]
            later = [p for p in self.pieces if p.days.first.toordinal() > last]
            sides = [_per_quarter(side) for side in (*before[-1:], *later[:1])]
            rate = sum(sides) / len(sides) if later else ahead
            total += rate * (last - first + 1) / QUARTER_DAYS
        return total + self.within(days)


def _per_quarter(piece: Piece) -> float:
    return piece.amount / piece.days.count * QUARTER_DAYS


@once
def recorded(dossier: Dossier, firm: str, concept: str, *, signed: bool = False) -> Recorded:
    """What the firm has published of a flow, without what was foretold, spread as in `ouroloop.dossier.spread`."""
    return Recorded(spread(_spans(dossier, firm, concept, plans=False), signed=signed).pieces)


@once
def planned(dossier: Dossier, firm: str, concept: str) -> Recorded:
    """What was foretold of a flow for a year or less."""
    short = (s for s in _spans(dossier, firm, concept, plans=True) if s.days.count <= YEAR_DAYS + 1)
    return Recorded(spread(short, signed=True).pieces)


@once
def later_of(dossier: Dossier, firm: str, *concepts: str, signed: bool = False) -> Recorded:
    """Of several concepts for one thing, the one recorded up to the latest day; the first when equal."""
    some = [recorded(dossier, firm, concept, signed=signed) for concept in concepts]
    return max(some, key=lambda one: one.last or date.min)


def _spans(dossier: Dossier, firm: str, concept: str, *, plans: bool) -> Iterator[Span]:
    found: dict[tuple[date, date], list[Figure]] = {}
    for figure in dossier.figures_of(firm, concept):
        if figure.start is None or figure.counterparty is not None or foretold(figure) != plans:
            continue
        if in_dollars(dossier, figure) is None or (figure.end > dossier.date and not plans):
            continue
        found.setdefault((figure.start, figure.end), []).append(figure)
    for when in sorted(found):
        choice: Choice = pick(dossier, found[when])
        amount = in_dollars(dossier, choice.picked)
        assert amount is not None, f"{choice.picked.concept} has no amount of money"
        value, off, converted = amount
        span = Span.of(choice.picked)
        yield replace(span, value=value, tolerance=off, estimated=span.estimated or converted)
