"""What stands behind a loss: on whose paper each holder loses, and by which postings, quarter by quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.economy.losses import LossLeg
from ouroloop.experiment.losses import Behind, PassedOn

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run

_LEAST = 0.05
"""USD bn, and part of all that a holder loses and gains, below which a row is not shown."""
_MOST_ROWS = 5


def behind_losses(first: Run, second: Run, legs: Sequence[LossLeg], passed_on: PassedOn) -> tuple[Behind, ...]:
    """On what does each holder lose more in the second run than in the first?

    `legs` are those of the world that both were run in (`economy.losses.LossLines`). For every holder, way and quarter
    the rows add up to its line of the loss account, by the paths that were run in detail.
    """
    change = np.cumsum(np.asarray(second.mean("flows")) - np.asarray(first.mean("flows")), axis=1)
    row = {name: n for n, name in enumerate(second.mean("flows")["flow"].values.tolist())}
    found: dict[tuple[str, str, str], tuple[np.ndarray, list[LossLeg]]] = {}
    for leg in legs:
        for holder, part in passed_on.get(leg.entity, {leg.entity: 1.0}).items():
            lost, some = found.setdefault((holder, leg.how, leg.on), (np.zeros(change.shape[1]), []))
            lost += part * leg.sign * change[row[leg.flow]]
            some.append(leg)
    return tuple(Behind(*key, lost, tuple(some)) for key, (lost, some) in found.items())


def largest(found: Sequence[Behind], holders: Sequence[str], quarter: int) -> tuple[Behind, ...]:
    """The rows that say most about what each of these holders has lost by a quarter, by its number; in their order."""
    shown: list[Behind] = []
    for holder in holders:
        some = sorted((one for one in found if one.holder == holder), key=lambda one: -abs(one.by_quarter[quarter]))
        least = max(_LEAST, _LEAST * sum(abs(one.by_quarter[quarter]) for one in some))
        shown += [one for one in some[:_MOST_ROWS] if abs(one.by_quarter[quarter]) >= least]
    return tuple(shown)
