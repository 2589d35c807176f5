"""From figures over fiscal years, year-to-date and quarters to calendar quarters, every published sum kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ouroloop.core import Quarter
from ouroloop.dossier.choose import Choice, tolerance
from ouroloop.dossier.days import Days, union
from ouroloop.dossier.models import Figure
from ouroloop.dossier.refs import Ref, Refs, joined

LONGEST_QUARTER = 98
"""Days of a quarter of 14 weeks: what is published for no longer than this counts as reported, not estimated."""


@dataclass(frozen=True, slots=True)
class Span:
    """An amount over a period, within a tolerance (what its digits leave open); `estimated` if it is itself a guess."""

    start: date
    end: date
    value: float
    tolerance: float
    refs: Refs = ()
    estimated: bool = False

    @classmethod
    def of(cls, figure: Figure) -> Span:
        """The span of a figure over a period."""
        assert figure.start is not None, f"{figure.concept} at {figure.end} has no period"
        refs, guessed = (Ref.of_figure(figure),), figure.basis == "estimated"
        return cls(figure.start, figure.end, figure.value, tolerance(figure.value), refs, guessed)

    @property
    def days(self) -> Days:
        return Days.between(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount spread evenly over days: a whole span, or what shorter spans leave of one."""

    days: Days
    amount: float
    refs: Refs
    estimated: bool = False

    @property
    def reported(self) -> bool:
        """Is it no guess and a quarter at most, in one piece? (The rest of a year, its last quarter, is one too.)"""
        return not self.estimated and len(self.days.ranges) == 1 and self.days.count <= LONGEST_QUARTER

    def within(self, days: Days) -> float:
        """What of it falls on these days."""
        return self.amount * self.days.share(days)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A longer span that its own parts contradict: it is left out, and `remainder` is what they do not explain."""

    span: Span
    remainder: float
    parts: Refs


@dataclass(frozen=True, slots=True)
class QuarterValue:
    """The amount of one calendar quarter, as far as `covered` (a share of its days) is known.

    `basis`: `reported` when it rests only on published spans no longer than a quarter, `estimated` when any of it is an
    even share of a longer one or a guess, or when days are missing.
    """

    amount: float
    covered: float
    basis: Literal["reported", "estimated"]
    refs: Refs


@dataclass(frozen=True, slots=True)
class Spread:
    """Disjoint pieces that reproduce the spans they came from."""

    pieces: tuple[Piece, ...]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def days(self) -> Days:
        """All days that some piece covers."""
        return union(piece.days for piece in self.pieces)

    def within(self, days: Days) -> float:
        """The amount on these days, as far as they are covered."""
        return sum(piece.within(days) for piece in self.pieces)

    def refs(self, days: Days) -> Refs:
        """What the amount on these days rests on."""
        return joined(*(piece.refs for piece in self.pieces if piece.days & days))

    def quarters(self) -> dict[Quarter, QuarterValue]:
        """The amount of every calendar quarter that is covered at least in part."""
        values: dict[Quarter, QuarterValue] = {}
        for quarter in self.days.quarters():
            days = Days.of(quarter)
            touching = [piece for piece in self.pieces if piece.days & days]
            covered = sum((piece.days & days).count for piece in touching) / days.count
            reported = covered == 1 and all(piece.reported for piece in touching)
            values[quarter] = QuarterValue(
                sum(piece.within(days) for piece in touching),
                covered,
                "reported" if reported else "estimated",
                self.refs(days),
            )
        return values


def spread(spans: Iterable[Span], *, signed: bool = False) -> Spread:
    """Which amounts, evenly by day, explain all these spans at once?

    Shortest spans come first and are placed as they are. A longer one contributes its remainder, its value less what
    lies on its days already, over the days not yet covered; so the sum over every placed span is that span's value.
    Spans may overlap in any way. Left out, as contradictions: a span whose days are all covered and whose value the
    parts miss by more than the digits of all of them allow, and (unless `signed`) one with a negative remainder.

    A fiscal quarter that straddles two calendar quarters is shared by day: an even pace within a published period is
    the one assumption made here.
    """
    pieces: list[Piece] = []
    slack: list[float] = []
    contradictions: list[Contradiction] = []
    for span in sorted(spans, key=lambda s: (s.days.count, s.start, s.end)):
        inside = [number for number, piece in enumerate(pieces) if piece.days & span.days]
        remainder = span.value - sum(pieces[n].within(span.days) for n in inside)
        allowed = span.tolerance + sum(slack[n] for n in inside)
        free = span.days - union(pieces[n].days for n in inside)
        parts = joined(*(pieces[n].refs for n in inside))
        if not free and abs(remainder) <= allowed:
            continue
        if not free or (remainder < -allowed and inside and not signed):
            contradictions.append(Contradiction(span, remainder, parts))
            continue
        kept = remainder if signed or not inside else max(0.0, remainder)
        guessed = span.estimated or any(pieces[n].estimated for n in inside)
        pieces.append(Piece(free, kept, joined(span.refs, parts), guessed))
        slack.append(allowed if inside else span.tolerance)
    order = sorted(range(len(pieces)), key=lambda n: pieces[n].days.ranges)
    return Spread(tuple(pieces[n] for n in order), tuple(contradictions))


def spread_figures(choices: Sequence[Choice], *, signed: bool = False) -> Spread:
    """The same for chosen figures; figures that were not picked stand in the refs as replaced where they disagree."""
    spans: list[Span] = []
    for choice in choices:
        span = Span.of(choice.picked)
        disagreeing = tuple(Ref.of_figure(other).as_replaced() for other in choice.conflicts)
        spans.append(replace(span, refs=(*span.refs, *disagreeing)))
    return spread(spans, signed=signed)


def pieces_outside(pieces: Iterable[Piece], taken: Days) -> tuple[Piece, ...]:
    """What is left of pieces on other days than these, each with its share."""
    left: list[Piece] = []
    for piece in pieces:
        free = piece.days - taken
        if free:
            left.append(replace(piece, days=free, amount=piece.within(free)))
    return tuple(left)
