"""Two runs side by side: what is different in the second, and is it more than chance?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.economy.outcome import Outcome

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run


@dataclass(frozen=True, slots=True)
class Difference:
    """A number in both runs."""

    name: str
    unit: str
    first: float
    second: float
    error: float
    """Standard error of the difference, of chance alone; NaN where it cannot be known from what runs keep."""

    @property
    def difference(self) -> float:
        """Second less first."""
        return self.second - self.first

    @property
    def clear(self) -> bool:
        """Is it more than 1.96 standard errors?"""
        return abs(self.difference) > 1.96 * self.error


@dataclass(frozen=True, slots=True)
class Medians:
    """A measure of an entity in one quarter, in both runs."""

    entity: str
    measure: str
    unit: str
    quarter: str
    first: float
    second: float

    @property
    def difference(self) -> float:
        """Median of the second less that of the first: not the median of the differences by path."""
        return self.second - self.first


@dataclass(frozen=True)
class Comparison:
    """What the second run says beside the first."""

    first: Run
    second: Run
    paired: bool
    """Do paths of equal number have equal draws (the same seed)? Differences then have much smaller errors."""
    outcomes: tuple[Difference, ...]
    """Probability of each ending, and mean outside loss in USD bn, in the first three years and in all."""
    medians: tuple[Medians, ...]
    """Every measure of firms, of the whole and of who paid that both runs have, in the last quarter they share."""

    def largest(self, count: int = 12, *, unit: str = "usd_bn") -> tuple[Medians, ...]:
        """The measures in this unit that differ most."""
        mine = [row for row in self.medians if row.unit == unit and row.difference != 0]
        return tuple(sorted(mine, key=lambda row: -abs(row.difference))[:count])


def compare(first: Run, second: Run, *, quarter: str | None = None) -> Comparison:
    """What is different in the second run?

    Where seeds are equal, paths of equal number differ by the scenario only: the error of a difference of means is
    that of the mean difference by path, std(d) / sqrt(n), over the paths that both have. Otherwise it is the root of
    the sum of both squared errors. Medians are of all paths, in `quarter` or the last one that both runs simulate;
    whole trajectories are not kept by path, so that medians come without an error.
    """
    paired = first.seed == second.seed
    shared = [name for name in first.quarters if name in second.quarters]
    at = quarter if quarter is not None else (shared[-1] if shared else None)
    marks = [(ending.value, "share") for ending in Outcome]
    losses = [(name, "usd_bn") for name in ("outside_loss_soon", "outside_loss")]
    outcomes = [_difference(first, second, name, unit, paired) for name, unit in (*marks, *losses)]
    found = [row for table in ("members", "system", "who_paid") for row in _medians(first, second, table, at)]
    return Comparison(first, second, paired, tuple(outcomes), tuple(found))


def _by_path(run: Run, name: str) -> np.ndarray:
    if name in run.outcomes:
        return run.outcomes[name].values
    return (run.outcomes["outcome"].values == name).astype(np.float64)


def _difference(first: Run, second: Run, name: str, unit: str, paired: bool) -> Difference:
    """Over the paths that both have where they are paired, else over all."""
    one, other = _by_path(first, name), _by_path(second, name)
    if paired:
        count = min(one.size, other.size)
        one, other = one[:count], other[:count]
        error = float((other - one).std() / math.sqrt(count))
    else:
        error = math.sqrt(one.var() / one.size + other.var() / other.size)
    return Difference(name, unit, float(one.mean()), float(other.mean()), error)


def _medians(first: Run, second: Run, table: str, quarter: str | None) -> Sequence[Medians]:
    one, other = first.statistics(table), second.statistics(table)
    if quarter is None or quarter not in one.quarters or quarter not in other.quarters:
        return []
    here, there = one.quarters.index(quarter), other.quarters.index(quarter)
    theirs = dict(zip(other.series, other.columns["p50"][:, there].tolist(), strict=True))
    return [
        Medians(series.entity, series.measure, series.unit, quarter, mine, theirs[series])
        for series, mine in zip(one.series, one.columns["p50"][:, here].tolist(), strict=True)
        if series in theirs
    ]
