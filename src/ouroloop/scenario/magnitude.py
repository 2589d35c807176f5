"""How large is a shock, or what is assumed: one number, or a distribution to draw it from on every path."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator

from ouroloop.dossier import Assumption, Distribution
from ouroloop.dossier.models.record import Number, Record, refusal

Drawn = Literal["uniform", "triangular", "beta", "normal", "lognormal"]
_TAILS = ("normal", "lognormal")


class Magnitude(Record):
    """A number, or `{low: ..., value: ..., high: ..., distribution: ...}` that each path draws its own from.

    For uniform, triangular and beta, low and high are the least and the greatest value and value the most likely one
    (for uniform it plays no part); for normal and lognormal the three are the 5th, 50th and 95th percentile. As in the
    assumptions of a dossier.
    """

    value: Number
    """The central value."""
    low: Number | None = None
    high: Number | None = None
    distribution: Drawn | Literal["point"]
    """uniform, triangular, beta, normal or lognormal; `point` draws nothing."""

    @model_validator(mode="before")
    @classmethod
    def _of_number(cls, given: Any) -> Any:
        """A plain number stands for itself on every path."""
        if not isinstance(given, (str, int, float)):
            return given
        if given == "":
            raise refusal("empty-value", "this key has no value")
        try:
            number = float(given)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            shown = str(given) if len(str(given)) <= 60 else f"{str(given)[:59]}…"
            raise refusal("bad-number", f"a number or a distribution is needed here, not '{shown}'")
        return {"value": number, "distribution": "point"}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        low, high, kind = self.low, self.high, self.distribution
        if (low is None) != (high is None):
            raise refusal("bad-range", "low and high go together")
        if low is None or high is None:
            if kind != "point":
                raise refusal("bad-distribution", f"{kind} needs low and high")
            return self
        if kind == "point":
            raise refusal("bad-distribution", "point takes no low and high: nothing is drawn")
        if low > high:
            raise refusal("bad-range", f"low {low:g} is above high {high:g}")
        if not low <= self.value <= high:
            raise refusal("bad-range", f"value {self.value:g} is not from low {low:g} to high {high:g}")
        if low == high:
            raise refusal("bad-distribution", f"{kind} needs low below high; write the number alone")
        if kind == "lognormal" and low <= 0:
            raise refusal("bad-distribution", f"lognormal needs low above 0, not {low:g}")
        return self

    @property
    def drawn(self) -> bool:
        """Does each path have its own?"""
        return self.distribution != "point"

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest value that is written."""
        return (
            self.value if self.low is None else self.low,
            self.value if self.high is None else self.high,
        )

    def over(self, row: Assumption) -> Assumption:
        """The assumption with this magnitude in place of its value and range."""
        own = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "distribution": Distribution(self.distribution),
            "points": (),
        }
        return row.model_copy(update=own)

    def __str__(self) -> str:
        """`0.8`, or `0.5 to 1 (beta, 0.8)`."""
        if not self.drawn:
            return f"{self.value:g}"
        return f"{self.low:g} to {self.high:g} ({self.distribution}, {self.value:g})"


def fixed(value: float) -> Magnitude:
    """The same number on every path."""
    return Magnitude(value=value, distribution="point")


def _share(given: Magnitude) -> Magnitude:
    low, high = given.ends
    if low < 0 or high > 1:
        raise refusal("bad-share", f"a share lies between 0 and 1, not {low if low < 0 else high:g}")
    if given.distribution in _TAILS:
        raise refusal("bad-distribution", f"{given.distribution} has tails beyond 0 and 1; use beta or triangular")
    return given


def _not_negative(given: Magnitude) -> Magnitude:
    if given.ends[0] < 0:
        raise refusal("negative-amount", f"this cannot be negative: {given.ends[0]:g}")
    if given.distribution == "normal":
        raise refusal("bad-distribution", "normal has a tail below 0; use lognormal or triangular")
    return given


def _positive(given: Magnitude) -> Magnitude:
    if given.ends[0] <= 0:
        raise refusal("negative-amount", f"this must be above 0, not {given.ends[0]:g}")
    return _not_negative(given)


Share = Annotated[Magnitude, AfterValidator(_share)]
"""From 0 to 1."""
Amount = Annotated[Magnitude, AfterValidator(_not_negative)]
"""Nothing or more."""
Positive = Annotated[Magnitude, AfterValidator(_positive)]
"""More than nothing."""
