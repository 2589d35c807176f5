"""What a simulation opened on an earlier day said, beside what came: rows, sums, hits and misses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from ouroloop.core import Quarter
from ouroloop.experiment.published import Measure, Record
from ouroloop.measures.forecast_scores import coverage, relative_width

Gap = Literal["", "no-record", "no-opening", "within-first"]
"""Why nothing is compared: nothing recorded for the whole quarter; the firm is not in the world, or opens with nothing;
a balance of a day within the first simulated quarter, of which only the end is simulated."""


@dataclass(frozen=True, slots=True)
class LookBackRow:
    """One quarter of one series. USD bn; flows of the quarter. NaN where `gap` says why, or no naive forecast is."""

    firm: str
    measure: Measure
    quarter: Quarter
    record: Record | None
    gap: Gap
    median: float = math.nan
    """Simulated, as are `low` and `high`: the edges of the band that holds 80 % of the paths."""
    low: float = math.nan
    high: float = math.nan
    crps: float = math.nan
    naive_median: float = math.nan
    naive_low: float = math.nan
    naive_high: float = math.nan
    naive_crps: float = math.nan
    known: int = 0
    """Observations of the series that were known when the books opened."""

    @property
    def key(self) -> str:
        return f"{self.firm}-{self.measure}-{self.quarter}"

    @property
    def compared(self) -> bool:
        """Is there a record and a simulation of it?"""
        return not self.gap

    @property
    def inside(self) -> bool:
        """Did what came fall inside the simulated 80 % band?"""
        return self.record is not None and self.low <= self.record.value <= self.high

    @property
    def naive_inside(self) -> bool:
        return self.record is not None and self.naive_low <= self.record.value <= self.naive_high

    @property
    def width(self) -> float:
        """Of the simulated band, as a multiple of what came."""
        return relative_width((self.low, self.high), self.record.value) if self.record else math.nan

    @property
    def naive_width(self) -> float:
        return relative_width((self.naive_low, self.naive_high), self.record.value) if self.record else math.nan

    @property
    def against_naive(self) -> float:
        """CRPS over that of the naive forecast: below 1 the simulation was nearer. NaN where one of them is not."""
        return self.crps / self.naive_crps if self.naive_crps > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Summary:
    """All quarters of all series at once. NaN where nothing could be compared."""

    compared: int
    """Outcomes with a record and a simulation."""
    inside: int
    coverage: float
    """Share of them inside the 80 % band."""
    width: float
    """Mean width of that band, as a multiple of what came."""
    against: int
    """Outcomes that a naive forecast exists for as well; all that follows is over these."""
    nearer: int
    """Of them, how often had the simulation the smaller CRPS?"""
    crps: float
    """Mean, USD bn: large firms weigh most."""
    naive_crps: float
    ratio: float
    """Mean of CRPS over that of the naive forecast, each outcome alike: below 1 the simulation was nearer."""
    naive_inside: int
    naive_coverage: float
    naive_width: float


@dataclass(frozen=True, slots=True)
class LookBack:
    """A simulation opened on an earlier day, held against what the dossier records today."""

    dossier: str
    opened: date
    seen_from: date
    """The day up to which the record is known."""
    paths: int
    seed: int
    read: int
    """How many assumptions the simulation read."""
    stand_ins: tuple[str, ...]
    """Those of them that stand in for rows with younger sources: written later, from sources of before."""
    rows: tuple[LookBackRow, ...]

    @property
    def until(self) -> date:
        return max(row.quarter for row in self.rows).last_day

    @property
    def compared(self) -> tuple[LookBackRow, ...]:
        return tuple(row for row in self.rows if row.compared)

    @property
    def misses(self) -> tuple[LookBackRow, ...]:
        """What came and was outside the 80 % band, the worst beside the naive forecast first."""
        return tuple(
            sorted((row for row in self.compared if not row.inside), key=lambda row: -_or_zero(row.against_naive))
        )

    @property
    def gaps(self) -> tuple[LookBackRow, ...]:
        """What could not be compared."""
        return tuple(row for row in self.rows if not row.compared)

    @property
    def summary(self) -> Summary:
        """Means, coverage and widths."""
        rows = self.compared
        both = [row for row in rows if not math.isnan(row.against_naive)]
        return Summary(
            compared=len(rows),
            inside=sum(row.inside for row in rows),
            coverage=coverage([row.inside for row in rows]),
            width=_mean([row.width for row in rows]),
            against=len(both),
            nearer=sum(row.crps < row.naive_crps for row in both),
            crps=_mean([row.crps for row in both]),
            naive_crps=_mean([row.naive_crps for row in both]),
            ratio=_mean([row.against_naive for row in both]),
            naive_inside=sum(row.naive_inside for row in both),
            naive_coverage=coverage([row.naive_inside for row in both]),
            naive_width=_mean([row.naive_width for row in both]),
        )


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
