"""How do paths end, with what probability, and by when?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.economy.outcome import Outcome

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """A probability from a count of paths, and how far chance alone may have moved it."""

    name: str
    count: int
    paths: int

    @property
    def share(self) -> float:
        """Of all paths, 0 to 1."""
        return self.count / self.paths

    @property
    def error(self) -> float:
        """The Monte Carlo standard error: sqrt(p (1 - p) / n).

        The chance of the draws only. What the model leaves out and what its assumptions get wrong is not in it.
        """
        return math.sqrt(self.share * (1 - self.share) / self.paths)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson, which is not empty at 0 and 1 as p ± 1.96 errors would be.

        (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96.

        Reference: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
        """
        n, p, zz = self.paths, self.share, _Z95**2
        middle = p + zz / (2 * n)
        half = _Z95 * math.sqrt(p * (1 - p) / n + zz / (4 * n * n))
        return max(0.0, (middle - half) / (1 + zz / n)), min(1.0, (middle + half) / (1 + zz / n))


def endings(payoff_quarter: Float[np.ndarray, " path"], credit_quarter: Float[np.ndarray, " path"]) -> list[str]:
    """Which ending has each path? From the quarters of its marks, NaN for never, by the rule of the economy."""
    from ouroloop.economy.outcome import outcomes

    marks = [np.nan_to_num(mark, nan=-1).astype(np.int32) for mark in (payoff_quarter, credit_quarter)]
    names = [ending.value for ending in Outcome]
    return [names[number] for number in np.asarray(outcomes(marks[0], marks[1]))]  # pyright: ignore[reportArgumentType]


def shares(outcome: Sequence[str] | np.ndarray) -> tuple[Share, ...]:
    """How many paths end in each way? One share for each `Outcome`, also for those that never came."""
    every = np.asarray(outcome)
    return tuple(Share(ending.value, int((every == ending.value).sum()), every.size) for ending in Outcome)


def credit_before_payoff(run: Run) -> Share:
    """With what probability does credit close before the payoff arrives, within the horizon?

    Paths on which both come in the same quarter count, and paths on which neither comes do not.
    """
    return next(share for share in shares(run.outcomes["outcome"].values) if share.name == Outcome.CREDIT_FIRST)


def by_quarter(run: Run) -> dict[str, Float[np.ndarray, " quarter"]]:
    """Which share of paths has ended in each way by the end of each quarter? By name; the rest is still open.

    `payoff_first` counts a path from the quarter of its payoff on, `credit_first` from that in which credit closed.
    """
    quarters = np.asarray(run.quarters)
    outcome = run.outcomes["outcome"].values
    made: dict[str, np.ndarray] = {}
    for ending, mark in ((Outcome.PAYOFF_FIRST, "payoff_quarter"), (Outcome.CREDIT_FIRST, "credit_quarter")):
        at = run.outcomes[mark].values[outcome == ending.value]
        counts = np.array([(at == quarter).sum() for quarter in quarters])
        made[ending.value] = np.cumsum(counts) / outcome.size
    return made
