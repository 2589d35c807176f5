"""How much of a promise moves in which quarter? An amount with its ends, and the share that each quarter holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ouroloop.core import Quarter, quarters_between
from ouroloop.dossier.days import Days

FloatArray = NDArray[np.float64]

Timing = Literal["reported", "assumed", "unsaid"]
"""`reported`: the source gives the days; `assumed`: the dossier does; `unsaid`: nobody does, an assumption is used."""


@dataclass(frozen=True, slots=True, eq=False)
class Payments:
    """One amount (USD bn) and when it moves.

    `low`, `point` and `high` bound what is paid once the promise holds; `shares` is the part that falls in each quarter
    of the horizon. What the days before the horizon hold (`before`) stands in the opening books or has lapsed; `after`
    lies behind the horizon or, for what falls due in a bad state only, on no day at all:

        before + sum(shares) + after = 1

    It does not say whether the promise holds: that is a matter of its tier (`include`).
    """

    low: float
    point: float
    high: float
    before: float
    opening: float
    """The part of `before` that moves in the opening quarter after the day up to which things are known."""
    shares: FloatArray
    after: float
    timing: Timing

    def __post_init__(self) -> None:
        assert self.low <= self.point <= self.high, f"{self.low} <= {self.point} <= {self.high} does not hold"
        total = self.before + float(self.shares.sum()) + self.after
        assert abs(total - 1) < 1e-12, f"the shares of a schedule add up to {total}"
        assert 0 <= self.opening <= self.before + 1e-12, f"{self.opening} of {self.before} is in the opening quarter"

    @property
    def point_usd_bn(self) -> FloatArray:
        """What moves in each quarter if the amount is the point, `[quarter]`."""
        return self.point * self.shares

    @property
    def low_usd_bn(self) -> FloatArray:
        return self.low * self.shares

    @property
    def high_usd_bn(self) -> FloatArray:
        return self.high * self.shares

    @property
    def remaining(self) -> float:
        """The part that moves in the horizon or after it."""
        return float(self.shares.sum()) + self.after

    @property
    def first(self) -> int | None:
        """The first quarter of the horizon in which anything moves, None when nothing does."""
        moving = np.flatnonzero(self.shares)
        return int(moving[0]) if moving.size else None

    @property
    def last(self) -> int | None:
        """The last quarter of the horizon in which anything moves, None when nothing does."""
        moving = np.flatnonzero(self.shares)
        return int(moving[-1]) if moving.size else None


@dataclass(frozen=True, slots=True)
class Horizon:
    """The quarters that are simulated: the first of them follows the opening quarter."""

    first: Quarter
    quarters: int
    known: date
    """The day up to which things are known, in the opening quarter or before."""

    def pay(
        self, low: float, point: float, high: float, days: Days, timing: Timing, *, pending: bool = False
    ) -> Payments:
        """An amount that moves evenly over these days.

        What a pending promise puts into the rest of the opening quarter has neither moved nor lapsed by what is known,
        so it is decided and paid in the first quarter of the horizon.

        2027 to 2031 seen from 2026-Q4 on: 90/1826 in 2027-Q1, 91/1826 in 2027-Q2, and nothing after 2031-Q4.
        """
        assert days, "no days to spread an amount over"
        last = self.first + (self.quarters - 1)
        each = [days.share(Days.of(quarter)) for quarter in quarters_between(self.first, last)]
        before = days.share(days.until(self.first.first_day - timedelta(days=1)))
        after = days.share(days - days.until(last.last_day))
        opening = before - days.share(days.until(min(self.known, self.first.first_day - timedelta(days=1))))
        shares = np.asarray(each, dtype=np.float64)
        if pending:
            before, opening, shares[0] = before - opening, 0.0, shares[0] + opening
        return Payments(low, point, high, before, opening, shares, after, timing)

    def never(self, low: float, point: float, high: float) -> Payments:
        """An amount that falls due on no day of its own."""
        return Payments(low, point, high, 0.0, 0.0, np.zeros(self.quarters), 1.0, "reported")

    def from_start(self, after_years: float, over_years: float) -> Days:
        """Days that begin some years after the horizon's first day and last some years, at least one quarter."""
        begins = _later(self.first.first_day, after_years)
        return Days.between(begins, _later(begins, max(over_years, 0.25)) - timedelta(days=1))

    def quarters_to(self, day: date) -> float:
        """Quarters from the first day of the horizon to this one, as a fraction; negative for a day before it."""
        quarter = Quarter.of(day)
        within = (day - quarter.first_day).days / ((quarter.last_day - quarter.first_day).days + 1)
        return quarter.ordinal - self.first.ordinal + within


def _later(day: date, years: float) -> date:
    """The first day of the quarter that is nearest to so many years later."""
    return (Quarter.of(day) + round(4 * years)).first_day
