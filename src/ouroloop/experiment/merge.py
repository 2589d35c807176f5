"""What do all parts say together? Means, extremes and quantiles of every series and quarter."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float

from ouroloop.experiment.parts import BLOCK, Part
from ouroloop.experiment.points import quantiles

QUANTILES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
STATISTICS = ("mean", "min", *(f"p{round(100 * share):02d}" for share in QUANTILES), "max")
"""The columns of a table of quantiles."""
_MEAN, _MIN, _MAX = 0, 1, len(STATISTICS) - 1


@dataclass(frozen=True)
class Merged:
    """One table over all its paths."""

    statistics: Float[np.ndarray, "row statistic"]
    """Columns: `STATISTICS`."""
    paths: int
    """Paths that it stands on."""


def merge(table: str, parts: Sequence[Part], opened: Sequence[Any]) -> Merged:
    """What do these parts say of a table? `opened` are their arrays (`parts.open_part`), in the order of `parts`.

    Means: float64 sums of the parts, added in their order. Least and greatest: over every path. Quantiles: of the
    points that stand for the parts, off in rank by no more than `points.bound`. A block of rows is read at a time.
    """
    lows = np.stack([kept[f"{table}/low"] for kept in opened])
    highs = np.stack([kept[f"{table}/high"] for kept in opened])
    paths = sum(part.paths for part in parts)
    total = np.zeros(lows.shape[1])
    for kept in opened:
        total += kept[f"{table}/sum"]
    made = np.empty((len(total), len(STATISTICS)))
    made[:, _MEAN] = total / paths
    made[:, _MIN], made[:, _MAX] = np.min(lows, axis=0), np.max(highs, axis=0)
    with ThreadPoolExecutor(2) as pool:
        for number, start in enumerate(range(0, len(total), BLOCK)):
            rows = slice(start, min(start + BLOCK, len(total)))
            blocks = [kept[f"{table}/points/{number:03d}"] for kept in opened]
            fill = partial(_fill, made, start=start, blocks=blocks, parts=parts, lows=lows, highs=highs)
            _ = list(pool.map(fill, np.array_split(np.arange(rows.start, rows.stop), 2)))
    return Merged(made, paths)


def _fill(
    made: np.ndarray,
    mine: np.ndarray,
    start: int,
    blocks: list[np.ndarray],
    parts: Sequence[Part],
    lows: np.ndarray,
    highs: np.ndarray,
) -> None:
    """The quantiles of some rows of a block that begins at row `start`."""
    same = made[mine, _MIN] == made[mine, _MAX]
    made[mine[same], _MIN:_MAX] = made[mine[same], _MIN][:, None]
    differing = mine[~same]
    if not differing.size:
        return
    merged = np.empty((len(differing), sum(part.points for part in parts)), np.float32)
    at = 0
    for part, points, low, high in zip(parts, blocks, lows, highs, strict=True):
        vary = low[start : start + BLOCK] != high[start : start + BLOCK]
        position = np.cumsum(vary) - 1
        local = differing - start
        here = merged[:, at : at + part.points]
        here[:] = low[differing][:, None]
        here[vary[local]] = points[position[local[vary[local]]]]
        at += part.points
    made[differing, _MIN + 1 : _MAX] = quantiles(merged, QUANTILES)
