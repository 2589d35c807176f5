"""Which assumptions move the outcome most? Read from a run's own draws."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import rankdata

from ouroloop.economy.outcome import Outcome

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run

ALWAYS = ("dem-035", "beh-001")
"""Growth persistence of demand and the fear elasticity: in every table, whether or not they matter."""


@dataclass(frozen=True, slots=True)
class Influence:
    """What goes with one assumption: paths that drew low values beside those that drew high ones.

    All of it is association over the run's own draws, which are independent of each other, so that for one assumption
    at a time it is also the effect within the model. NaN where the assumption was not drawn.
    """

    assumption: str
    low: float
    """Mean of the lowest third of draws, in the assumption's unit."""
    high: float
    """Mean of the highest third."""
    credit_first_low: float
    """P(credit closes before the payoff) on the lowest third."""
    credit_first_high: float
    difference: float
    """High less low: positive where more of it makes credit close first."""
    error: float
    """Monte Carlo standard error of the difference: sqrt(p1 (1 - p1) / n1 + p2 (1 - p2) / n2)."""
    loss_difference: float
    """Mean outside loss, highest third less lowest, USD bn."""
    loss_error: float
    """Its standard error, USD bn."""
    rank_correlation: float
    """Spearman's, of the draw with outside loss: -1 to 1."""
    regression: float
    """Standardized coefficient in the regression of the rank of outside loss on the ranks of all draws at once."""
    clear: bool
    """Is the difference, or that of the loss, beyond what chance gives to the largest of so many assumptions?

    Beyond the two-sided 5 % point of a normal draw, divided among all assumptions and the two measures (Bonferroni).
    """

    @property
    def drawn(self) -> bool:
        """Did paths differ in it at all?"""
        return not math.isnan(self.low)

    @property
    def says(self) -> str:
        """How to read the row, in words."""
        if not self.drawn:
            return "held fixed in this run: it says nothing"
        return "clear" if self.clear else "not told from chance"


def sensitivities(run: Run) -> tuple[Influence, ...]:
    """Which assumptions move P(credit first) and outside loss most in this run? Largest |difference| first.

    Everything that paths drew is in it. `ALWAYS` too, last where nothing was drawn of them.
    """
    outcome = run.outcomes["outcome"].values
    return influences(run.draws, outcome == Outcome.CREDIT_FIRST.value, run.outcomes["outside_loss"].values)


def influences(
    draws: dict[str, Float[np.ndarray, " path"]],
    credit_first: Bool[np.ndarray, " path"],
    outside_loss: Float[np.ndarray, " path"],
    *,
    always: Iterable[str] = ALWAYS,
) -> tuple[Influence, ...]:
    """The same from bare arrays. Fewer than six paths have no thirds to compare: all rows then say so."""
    drawn = {name: x for name, x in draws.items() if x.size >= 6 and np.ptp(x) > 0}
    ranks = {name: _standard(rankdata(x)) for name, x in drawn.items()}
    loss_ranks = _standard(rankdata(outside_loss))
    slopes = _regression(ranks, loss_ranks)
    beyond = NormalDist().inv_cdf(1 - 0.05 / (4 * max(1, len(drawn))))
    made: list[Influence] = []
    for name, x in drawn.items():
        third = x.size // 3
        order = np.argsort(x, kind="stable")
        lowest, highest = order[:third], order[-third:]
        p, q = float(credit_first[lowest].mean()), float(credit_first[highest].mean())
        error = math.sqrt((p * (1 - p) + q * (1 - q)) / third)
        loss = float(outside_loss[highest].mean() - outside_loss[lowest].mean())
        loss_error = math.sqrt((outside_loss[highest].var() + outside_loss[lowest].var()) / third)
        row = Influence(
            assumption=name,
            low=float(x[lowest].mean()),
            high=float(x[highest].mean()),
            credit_first_low=p,
            credit_first_high=q,
            difference=q - p,
            error=error,
            loss_difference=loss,
            loss_error=loss_error,
            rank_correlation=float((ranks[name] * loss_ranks).mean()),
            regression=slopes.get(name, math.nan),
            clear=abs(q - p) > beyond * error or abs(loss) > beyond * loss_error,
        )
        made.append(row)
    made.sort(key=lambda row: (-abs(row.difference), -abs(row.rank_correlation), row.assumption))
    fixed = (name for name in always if name not in drawn)
    return *made, *(Influence(name, *[math.nan] * 10, clear=False) for name in fixed)


def strongest(rows: tuple[Influence, ...], count: int = 10, *, always: Iterable[str] = ALWAYS) -> tuple[Influence, ...]:
    """The first `count` rows, and those of `always` wherever they stand, in the order of the table."""
    asked = set(always)
    return tuple(row for place, row in enumerate(rows) if place < count or row.assumption in asked)


def _standard(x: np.ndarray) -> np.ndarray:
    """Mean 0 and variance 1; all 0 where nothing differs."""
    spread = x.std()
    return (x - x.mean()) / spread if spread > 0 else np.zeros_like(x)


def _regression(ranks: dict[str, np.ndarray], loss_ranks: np.ndarray) -> dict[str, float]:
    """Least squares on all draws at once; empty where there are too few paths for it (under two for each draw)."""
    if not ranks or loss_ranks.size < 2 * len(ranks):
        return {}
    slopes, *_ = np.linalg.lstsq(np.stack(list(ranks.values()), axis=1), loss_ranks)
    return dict(zip(ranks, slopes.tolist(), strict=True))
