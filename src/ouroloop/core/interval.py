"""Amounts as intervals: firm (low) and headline (high), with "not disclosed" as a value of its own."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan


@dataclass(frozen=True, slots=True)
class Interval:
    """A number known to lie in [low, high]. `high` may be infinite ("at least 100").

    >>> Interval(5, 25) + Interval(10, 40)
    Interval(low=15, high=65)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if isnan(self.low) or isnan(self.high) or self.low > self.high:
            raise ValueError(f"an interval needs low <= high, got {self.low} and {self.high}")

    @classmethod
    def exactly(cls, value: float) -> Interval:
        return cls(value, value)

    @property
    def bounded(self) -> bool:
        return abs(self.low) < inf and abs(self.high) < inf

    @property
    def middle(self) -> float:
        """The midpoint; of an unbounded interval its finite end, which is all that was said."""
        return (self.low + self.high) / 2 if self.bounded else self.low

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, share: float) -> Interval:
        """Scale by a non-negative number."""
        if share < 0:
            raise ValueError(f"an interval is scaled by a share >= 0, not {share}")
        return Interval(self.low * share, self.high * share if share else 0.0)

    def at_least(self, floor: float) -> Interval:
        """Both ends raised to `floor` where they are below it."""
        return Interval(max(self.low, floor), max(self.high, floor))


ZERO = Interval(0.0, 0.0)


def total(intervals: list[Interval]) -> Interval:
    """The sum of intervals; [0, 0] for none."""
    result = ZERO
    for interval in intervals:
        result = result + interval
    return result
