"""What would somebody forecast who only lets a series drift on as before?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

FEWEST = 3
"""Observations that are needed: two steps tell the drift, and what is left of them tells a spread."""


@dataclass(frozen=True, slots=True)
class NaiveDrift:
    """A random walk with drift in logs, seen on days of any distance: no cause, no cycle, no knowledge of the series.

    Between two observations t days apart log x moves by `drift` t plus a normal step of variance `variance` t.
    """

    last_day: float
    """Day of the last observation (an ordinal; half days where a period's middle is meant)."""
    last_log: float
    drift: float
    """Per day."""
    variance: float
    """Per day."""
    span: float
    """Days between the first and the last observation."""
    observations: int

    def forecast(self, day: float) -> tuple[float, float]:
        """Mean and standard deviation of log x on a day after the last one.

        With h days ahead and a record of T days: mean `last_log + drift h`, variance `variance h (1 + h / T)`, whose
        second part is what the drift itself may be off by. Hyndman & Athanasopoulos, Forecasting: Principles and
        Practice, 3rd edition, section 5.5 (the drift method), for steps of unequal length.
        """
        ahead = day - self.last_day
        assert ahead > 0, f"day {day} is not after {self.last_day}"
        return self.last_log + self.drift * ahead, math.sqrt(self.variance * ahead * (1 + ahead / self.span))


def naive_drift(days: Sequence[float], values: Sequence[float]) -> NaiveDrift | None:
    """Which drift and spread does a record have? None where fewer than three observations above 0 tell it.

    Maximum likelihood for steps of unequal length: drift = (log x_n - log x_1) / (t_n - t_1); variance, without bias,
    = sum_i (dlog_i - drift dt_i)^2 / dt_i / (n - 2) over the n - 1 steps between n observations.

    `days` rise strictly; values are in any one unit, and a value that is not above 0 is left out.

    >>> found = naive_drift([0, 1, 3], [1.0, 2.0, 8.0])  # doubles each day: no residual
    >>> (round(found.drift, 6), found.variance) == (round(math.log(2), 6), 0.0)
    True
    """
    seen = [(float(day), math.log(value)) for day, value in zip(days, values, strict=True) if value > 0]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(seen)]
    assert all(time > 0 for time, _ in steps), f"days do not rise: {list(days)}"
    if len(seen) < FEWEST:
        return None
    span = seen[-1][0] - seen[0][0]
    drift = (seen[-1][1] - seen[0][1]) / span
    variance = sum((moved - drift * time) ** 2 / time for time, moved in steps) / (len(steps) - 1)
    return NaiveDrift(seen[-1][0], seen[-1][1], drift, variance, span, len(seen))
