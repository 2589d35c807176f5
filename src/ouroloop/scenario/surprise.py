"""How far is a firm's pace from the last one it published when a simulation opens, and how far in a year?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

from ouroloop.core import Quarter
from ouroloop.scenario.estimate import Uniforms, Values, assumed, central
from ouroloop.scenario.opening_flows import later_of

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.spread import Piece

Flow = Literal["revenue", "capex"]

_CONCEPTS: dict[Flow, tuple[str, ...]] = {"revenue": ("revenue",), "capex": ("capex_cash_ppe", "capex")}
_USUAL: dict[Flow, str] = {"revenue": "eco-opening-101", "capex": "eco-opening-100"}
_COUNTS, _TOGETHER = "eco-opening-102", "eco-opening-103"
_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class History:
    """What a firm's published paces of a flow say of its growth: a random walk with drift in logs."""

    steps: int
    growth: float
    """Log per year, from the middle of the first period to that of the last; 0 without a step."""
    squares: float
    """Sum over the steps of (log step - growth x years)^2 / years, log^2 per year."""


@dataclass(frozen=True, eq=False)
class Surprise:
    """What is not known of a flow of one firm; both [1 or path]."""

    now: Values
    """Log of its pace in the opening quarter over the last one that was published."""
    coming: Values
    """Error of its growth over the first simulated year, log."""


def history(paces: Sequence[tuple[float, float]]) -> History:
    """How fast and how unevenly did a flow grow?

    `paces`: the middle of each period, in years, rising, and the flow's pace in it, in any one unit; what is not above
    0 is left out.

    >>> found = history([(0.0, 1.0), (1.0, 2.0), (3.0, 8.0)])  # doubles each year, evenly
    >>> (found.steps, round(found.growth, 6), found.squares) == (2, round(math.log(2), 6), 0.0)
    True
    """
    seen = [(when, math.log(pace)) for when, pace in paces if pace > 0]
    if len(seen) < 2:
        return History(0, 0.0, 0.0)
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(seen)]
    growth = (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])
    return History(len(steps), growth, sum((moved - growth * years) ** 2 / years for years, moved in steps))


def published_paces(dossier: Dossier, firm: str, flow: Flow) -> tuple[tuple[float, float], ...]:
    """All that a firm has published of a flow: the middle of each period (years since year 1) and USD bn per day."""
    pieces = sorted(later_of(dossier, firm, *_CONCEPTS[flow]).pieces, key=_middle)
    return tuple((_middle(piece) / _YEAR_DAYS, piece.amount / piece.days.count) for piece in pieces)


def surprise(dossier: Dossier, firm: str, flow: Flow, uniforms: Uniforms = None) -> Surprise:
    """How far is the pace of the opening quarter from the published one, and growth in the year after from none?

        now    = growth x age + spread x sqrt(age) x z
        coming = spread x z'          over one year
        growth = own growth x n / (n + k),   spread^2 = (own squares + k x usual^2) / (n - 1 + k)

    with n steps between published periods, k the steps that the usual spread of such firms counts for
    (`eco-opening-102`), and age the years from the middle of the last published period to that of the opening quarter.
    A part of both chances is the same for all firms (`eco-opening-103`). Without `uniforms` the chances are 0.
    A firm that published nothing has no surprise: what was said of it has a range already.
    """
    paces = published_paces(dossier, firm, flow)
    if not paces:
        return Surprise(np.zeros(1), np.zeros(1))
    found, counts = history(paces), central(dossier, _COUNTS)
    age = max(_opening_middle(dossier.date) - paces[-1][0], 0.0)
    growth = found.growth * found.steps / (found.steps + counts)
    if uniforms is None:
        return Surprise(np.array([growth * age]), np.zeros(1))
    usual = assumed(dossier, _USUAL[flow], uniforms)
    spread = np.sqrt((found.squares + counts * usual**2) / (max(found.steps - 1, 0) + counts))
    together = assumed(dossier, _TOGETHER, uniforms)

    def chance(when: str) -> Values:
        common, own = (ndtri(uniforms(name)) for name in (f"{flow}:{when}", f"{flow}:{when}:{firm}"))
        return np.sqrt(together) * common + np.sqrt(1.0 - together) * own

    return Surprise(growth * age + spread * math.sqrt(age) * chance("now"), spread * chance("coming"))


def _opening_middle(day: date) -> float:
    quarter = Quarter.of(day)
    return (quarter.first_day.toordinal() + quarter.last_day.toordinal() + 1) / 2 / _YEAR_DAYS


def _middle(piece: Piece) -> float:
    """The mean of a piece's days, as an ordinal."""
    whole = sum((first + last + 1) / 2 * (last - first + 1) for first, last in piece.days.ranges)
    return whole / piece.days.count
