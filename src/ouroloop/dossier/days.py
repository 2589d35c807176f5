"""Sets of days: what a schedule, a fiscal period or a quarter covers, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ouroloop.core import Quarter


@dataclass(frozen=True, slots=True)
class Days:
    """A set of days, as disjoint ranges of ordinals (both ends inside), in order.

    >>> year = Days.between(date(2025, 1, 1), date(2025, 12, 31))
    >>> (year - Days.of(Quarter(2025, 4))).count
    273
    """

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def between(cls, first: date, last: date) -> Days:
        """All days from `first` to `last`, both inside; none when `last` is earlier."""
        return cls(((first.toordinal(), last.toordinal()),)) if first <= last else cls()

    @classmethod
    def of(cls, first: Quarter, last: Quarter | None = None) -> Days:
        """All days of a quarter, or of a range of quarters."""
        return cls.between(first.first_day, (last or first).last_day)

    @property
    def count(self) -> int:
        """How many days."""
        return sum(last - first + 1 for first, last in self.ranges)

    @property
    def first(self) -> date:
        return date.fromordinal(self.ranges[0][0])

    @property
    def last(self) -> date:
        return date.fromordinal(self.ranges[-1][1])

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __and__(self, other: Days) -> Days:
        both = (
            (max(a, c), min(b, d))
            for a, b in self.ranges
            for c, d in other.ranges
            if max(a, c) <= min(b, d)
        )  # fmt: skip
        return Days(tuple(sorted(both)))

    def __sub__(self, other: Days) -> Days:
        left = list(self.ranges)
        for c, d in other.ranges:
            left = [
                piece
                for a, b in left
                for piece in ((a, min(b, c - 1)), (max(a, d + 1), b))
                if piece[0] <= piece[1]
            ]  # fmt: skip
        return Days(tuple(left))

    def __or__(self, other: Days) -> Days:
        return union((self, other))

    def until(self, day: date) -> Days:
        """Those up to `day`, that day inside."""
        last = day.toordinal()
        return Days(tuple((a, min(b, last)) for a, b in self.ranges if a <= last))

    def share(self, other: Days) -> float:
        """Which part of these days lies in `other`? 0 for no days at all."""
        return (self & other).count / self.count if self.ranges else 0.0

    def quarters(self) -> tuple[Quarter, ...]:
        """The calendar quarters that these days touch, in order."""
        touched: dict[Quarter, None] = {}
        for first, last in self.ranges:
            start, end = Quarter.of(date.fromordinal(first)), Quarter.of(date.fromordinal(last))
            touched |= dict.fromkeys(Quarter.from_ordinal(n) for n in range(start.ordinal, end.ordinal + 1))
        return tuple(sorted(touched))


def union(sets: Iterable[Days]) -> Days:
    """All days that are in any of the sets."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(piece for days in sets for piece in days.ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return Days(tuple(merged))
