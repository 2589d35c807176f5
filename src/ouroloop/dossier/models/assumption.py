"""Assumptions: the parameters that behaviors read, each with its range, its basis, its sources and the reason."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ouroloop.dossier.models.record import Id, Known, Line, Number, Record, refusal
from ouroloop.dossier.models.source import Cites, Grade

Unit = Literal[
    "usd", "usd_m", "usd_bn", "usd_bn_per_year", "usd_bn_per_quarter", "usd_bn_per_day", "usd_bn_per_gw",
    "usd_bn_per_gw_year", "usd_per_hour", "usd_per_gpu_hour", "usd_per_usd",
    "pct", "pct_points_per_year", "share", "share_per_month", "share_per_quarter", "x", "x_per_year",
    "change", "change_per_year", "return", "per_year", "per_month", "log_per_year", "log_sd_per_year",
    "factor_per_year",
    "bp", "bp_over_sofr", "bp_per_usd_100bn_year", "elasticity", "exponent", "correlation",
    "years", "months", "days", "gw", "gw_per_year", "million", "million_jobs",
]  # fmt: skip
"""`share`, `return` and `change` are fractions (0.5 is one half), `pct` is percent, `x` a ratio or multiple, `bp` basis
points, `per_year` a rate as a fraction of the stock, `factor_per_year` what is left of a growth rate a year later."""


class Distribution(StrEnum):
    """How a value is drawn, and what `low` and `high` mean for it; `ouroloop.dossier.assume.quantile` does it.

    - `point`: always `value`. low and high, where given, are what other sources or accounts print; nothing is drawn.
    - `uniform`: evenly from low to high, the least and the greatest value.
    - `triangular`: from low to high, the least and the greatest value, most often near `value`.
    - `beta`: between low and high, the least and the greatest value, most often near `value`, with thinner ends than
      the triangle (beta-PERT with weight 4). For shares and rates: within 0 and 1, percent within 0 and 100.
    - `normal`: low, value and high are the 5th, 50th and 95th percentile; each half has its own width.
    - `lognormal`: the same for the logarithm: low, value and high above 0 are the 5th, 50th and 95th percentile.
    - `empirical`: as observed. `points` are cases of equal weight, or percentiles that are joined by straight lines.
      low and high are what their names in `points` or `why` say.
    - `path`: a course over time, given by `points`. It is read, not drawn.
    - `row`: one row of a transition table, given by `points`. It is read, not drawn.
    """

    POINT = "point"
    UNIFORM = "uniform"
    TRIANGULAR = "triangular"
    BETA = "beta"
    NORMAL = "normal"
    LOGNORMAL = "lognormal"
    EMPIRICAL = "empirical"
    PATH = "path"
    ROW = "row"


_LISTED = (Distribution.EMPIRICAL, Distribution.PATH, Distribution.ROW)


class Point(Record):
    """One value of a list: by what it is called, by the day it stands on, or by its percentile."""

    at: Line | None = None
    """A date, a case or a class."""
    day: Annotated[float, Field(ge=0, le=40_000)] | None = None
    """Days since the start of a path."""
    percentile: Annotated[float, Field(ge=0, le=100)] | None = None
    value: Number

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if [self.at, self.day, self.percentile].count(None) != 2:
            raise refusal("one-of", "give exactly one of 'at', 'day' and 'percentile'")
        return self

    def __str__(self) -> str:
        """The name and the value: `2008: 7.6`, `day 63: -0.106`, `p95: 2.6`."""
        name = self.at or (f"day {self.day:g}" if self.day is not None else f"p{self.percentile:g}")
        return f"{name}: {self.value:g}"


class Assumption(Record):
    """A parameter: what it is, what it may be, what that rests on and why."""

    id: Id
    name: Line
    topic: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    unit: Unit
    value: Number
    """The central value."""
    low: Number | None = None
    high: Number | None = None
    distribution: Distribution
    points: tuple[Point, ...] = ()
    """What was observed, for `empirical`, `path` and `row`."""
    basis: Literal["reported", "derived", "assumed"]
    why: Line
    """Why this value and this range, with what was known on the day of `known` and nothing later."""
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    """`assumed`: the day was not recorded, or parts of the row are younger than its source; a late date stands in."""
    stands_in_for: Id | None = None
    """The assumption in whose place this row is read on days before that one was known: the same parameter, from what
    was published by then."""
    sensitive: bool = False
    """Does it move the outcome so much that its effect is shown before any other's?"""
    grade: Grade
    sources: Cites

    @property
    def drawable(self) -> bool:
        """Can a value be drawn? Not from a path or a row, nor from percentiles that leave most of the range open."""
        if self.distribution in (Distribution.PATH, Distribution.ROW):
            return False
        percentiles = [point.percentile for point in self.points if point.percentile is not None]
        return not percentiles or (min(percentiles) <= 10 and max(percentiles) >= 90)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise refusal("bad-range", "low and high go together")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise refusal("bad-range", f"value {self.value:g} is not from low {self.low:g} to high {self.high:g}")
        return self

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """The numbers are those that the distribution needs."""
        kind, low, high = self.distribution, self.low, self.high
        if bool(self.points) != (kind in _LISTED):
            need = "needs points" if kind in _LISTED else "takes no points"
            raise refusal("bad-distribution", f"{kind} {need}")
        if kind in _LISTED or kind is Distribution.POINT:
            self._points_fit()
            return self
        if low is None or high is None:
            raise refusal("bad-distribution", f"{kind} needs low and high")
        if low == high and kind is not Distribution.LOGNORMAL and kind is not Distribution.NORMAL:
            raise refusal("bad-distribution", f"{kind} needs low below high; use point")
        if kind is Distribution.LOGNORMAL and low <= 0:
            raise refusal("bad-distribution", f"lognormal needs low above 0, not {low:g}")
        most = 100 if self.unit == "pct" else 1
        if kind is Distribution.BETA and not 0 <= low <= high <= most:
            raise refusal("bad-distribution", f"beta needs low and high within 0 and {most}, not {low:g} and {high:g}")
        return self

    def _points_fit(self) -> None:
        kind, points = self.distribution, self.points
        names = {"at" if point.at is not None else "day" if point.day is not None else "percentile" for point in points}
        allowed = {Distribution.EMPIRICAL: {"at", "percentile"}, Distribution.PATH: {"at", "day"}}.get(kind, {"at"})
        if len(names) > 1 or not names <= allowed:
            raise refusal("bad-distribution", f"every point of {kind} is named by one of {', '.join(sorted(allowed))}")
        for key in ("day", "percentile"):
            steps = [(getattr(point, key), point.value) for point in points if getattr(point, key) is not None]
            rising = all(a[0] < b[0] and (key == "day" or a[1] <= b[1]) for a, b in pairwise(steps))
            if not rising:
                raise refusal("bad-distribution", f"the points must rise in {key}, percentiles in value as well")
        total = sum(point.value for point in points)
        if kind is Distribution.ROW and not (
            self.unit in ("pct", "share")
            and min(point.value for point in points) >= 0
            and abs(total - (100 if self.unit == "pct" else 1)) <= total * 5e-4
        ):
            raise refusal("bad-distribution", f"a row is pct or share, none negative, and adds up; this is {total:g}")
