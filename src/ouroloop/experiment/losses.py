"""Who ends up with the loss, as plain records: they pass between processes, and nothing heavy comes with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from ouroloop.economy.losses import LossLeg

PassedOn = Mapping[str, Mapping[str, float]]
"""Of whoever holds for others, which part of its losses is whose: parts of each add up to 1."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a holder loses more on the second paths than on the first, USD bn; a gain is negative."""

    holder: str
    inside: bool
    """Is it a firm of the loop? Its owners and lenders lose by their shares and claims, not once more by this."""
    soon: float
    """Net, in the first three years (`economy.losses.SOON`)."""
    soon_error: float
    gross: float
    """Over all quarters: claims written down, and paid for others."""
    net: float
    """Over all quarters, after what swaps, guarantors and sellers brought, with the fall of shares held."""
    shares: float
    """Of `net`, the fall of the price of shares."""
    error: float
    """Standard error of `net`, of chance alone."""
    by_quarter: Float[np.ndarray, " quarter"]
    """`net` so far, mean of the paths."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A part of what a holder loses: in one way, on one firm's paper or promise."""

    holder: str
    how: str
    on: str
    by_quarter: Float[np.ndarray, " quarter"]
    """Lost so far beyond what happens otherwise, mean of the paths, USD bn; a gain is negative."""
    legs: tuple[LossLeg, ...]
    """The postings that make it up: the holder's own, and those of whoever holds for it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How often and when a stage of the crash is reached."""

    name: str
    first: float
    """Share of paths of the first run on which its sign is seen."""
    second: float
    median: str
    """The quarter in which it is seen on the middle one of those paths of the second run; "" for never."""
    stops: float
    """Share of paths of the second run on which the cascade passes the stages before, in order, and ends before it."""
    early: float
    """Of `stops`, where its sign came before its turn: not the end of the crash, but another order. In the rest of
    them it never came."""
    guaranteed: float
    """What guarantors have paid in all on the paths of `stops`, mean, USD bn; 0 where there are none."""


@dataclass(frozen=True, slots=True)
class StageLoss:
    """What is lost while paths have reached a stage, USD bn; means of the paths, each loss once."""

    stage: str
    """The sign that was seen last; `before` where none was."""
    gross: float
    """Of outside holders on the second paths: claims written down, and paid for others."""
    outside: float
    """Of outside holders on the second paths, net."""
    otherwise: float
    """The same on the first paths."""
    firms: float
    """Of firms on the second paths, net."""


@dataclass(frozen=True)
class LossAccount:
    """The losses of the second run beyond those of the first."""

    quarters: tuple[str, ...]
    soon: str
    """The last of the first three years."""
    soon_outside: tuple[float, float]
    """What all outside holders lose until then, and its standard error."""
    losses: tuple[Loss, ...]
    """Outside holders, then firms, the largest net loss first."""
    by_way: Mapping[str, tuple[float, float]]
    """For each way of `economy.losses.HOW`: of all outside, of all firms."""
    stages: tuple[Stage, ...]
    by_stage: tuple[StageLoss, ...]
    """Those of the whole horizon, by the stage that the path had reached; not differences."""
    whole: float
    """Share of paths of the second run on which the cascade runs through all stages in order."""
    destroyed: float
    """What all together have less of: plant given up, and the fall of shares."""
    transfers: float
    """What went from one to another: adds up to 0."""
    gap: float
    """The most by which net losses of all differ from what was destroyed on any path of either run: 0, or a bug."""

    @property
    def outside(self) -> tuple[Loss, ...]:
        return tuple(row for row in self.losses if not row.inside)

    @property
    def inside(self) -> tuple[Loss, ...]:
        return tuple(row for row in self.losses if row.inside)
