"""A number about one firm: its range, what it rests on, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ouroloop.core import BadInput, Place, Problem
from ouroloop.dossier import Assumption, Dossier, quantile
from ouroloop.dossier.refs import Refs

Basis = Literal["reported", "rolled", "estimated", "assumed", "unknown"]
"""`reported`: published for this day or period; `rolled`: published, brought to another day by a stated rule;
`estimated`: built from published flows; `assumed`: rests on an assumption of the dossier; `unknown`: nobody said."""

Values = NDArray[np.float64]
"""One number for all paths (shape 1), or one per path."""

Uniforms = Callable[[str], "Values"] | None
"""From the name of a draw to uniform numbers in (0, 1), one per path; None takes the central value of everything."""

_WORST_LAST = ("reported", "rolled", "estimated", "assumed", "unknown")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An amount of USD bn between `low` and `high`, most likely `point`, on `day` or over a quarter up to it.

    `tolerance` is what the digits of published figures leave open. NaN in `point` when nothing is known.
    """

    point: float
    low: float
    high: float
    basis: Basis
    day: date
    refs: Refs = ()
    tolerance: float = 0.0

    @classmethod
    def exactly(cls, point: float, basis: Basis, day: date, refs: Refs = (), tolerance: float = 0.0) -> Estimate:
        """A number without a range of its own."""
        return cls(point, point, point, basis, day, refs, tolerance)

    @classmethod
    def unknown(cls, day: date) -> Estimate:
        """Nobody has said."""
        return cls.exactly(float("nan"), "unknown", day)

    @property
    def known(self) -> bool:
        return self.basis != "unknown"

    def scaled(self, by: float, basis: Basis | None = None) -> Estimate:
        """The same times a number, ends in order."""
        low, high = sorted((self.low * by, self.high * by))
        tolerance = self.tolerance * abs(by)
        return replace(self, point=self.point * by, low=low, high=high, basis=basis or self.basis, tolerance=tolerance)

    def within(self, low: float, high: float) -> Estimate:
        """The same with a range that reaches at least from `low` to `high`."""
        return replace(self, low=min(self.low, low, self.point), high=max(self.high, high, self.point))

    def drawn(self, name: str, uniforms: Uniforms) -> Values:
        """Values in [low, high], triangular with its mode at the point; the point alone without uniforms."""
        if uniforms is None or not self.low < self.high:
            return np.array([self.point])
        u, width = np.asarray(uniforms(name), np.float64), self.high - self.low
        turn = (self.point - self.low) / width
        rising = self.low + width * np.sqrt(u * turn)
        falling = self.high - width * np.sqrt((1 - u) * (1 - turn))
        return np.where(u < turn, rising, falling)


def worst(*bases: Basis) -> Basis:
    """The least sure of several: what a number built from all of them rests on."""
    return max(bases, key=_WORST_LAST.index)


def assumption(dossier: Dossier, name: str) -> Assumption:
    """An assumption that the opening needs. Raises BadInput `no-assumption` where it is not known on the day."""
    if name not in dossier.assumptions:
        message = f"the opening books need the assumption '{name}', which is not known on {dossier.date}"
        raise BadInput([Problem(Place("assumptions"), "no-assumption", message, "open the books on a later day")])
    return dossier.assumptions[name]


def assumed(dossier: Dossier, name: str, uniforms: Uniforms = None) -> Values:
    """The value of an assumption of the dossier, drawn where uniforms are given. Raises BadInput as `assumption`."""
    one = assumption(dossier, name)
    if uniforms is None or not one.drawable:
        return np.array([one.value])
    return quantile(one, uniforms(name))


def central(dossier: Dossier, name: str) -> float:
    """The central value of an assumption of the dossier."""
    return float(assumed(dossier, name)[0])
