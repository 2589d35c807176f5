"""Which few values stand for many, and what do they say of quantiles? Order statistics of parts, with a bound."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

LEAST = 200
"""Points that stand for a part, at least: a quantile of the whole is then off by 1/400 in rank (see `bound`)."""
EXACT = 2048
"""Up to about as many paths, a run keeps every value and its quantiles are exact."""


def points_kept(paths: int, parts: int) -> int:
    """How many points stand for a part of `paths` paths, in a run of `parts` parts?

    >>> points_kept(512, 1), points_kept(500, 4), points_kept(500, 20)
    (512, 500, 200)
    """
    return min(paths, max(LEAST, -(-EXACT // parts)))


def ranks(paths: int, points: int) -> Int[np.ndarray, " point"]:
    """Which ranks stand for `paths` sorted values? The middle of each of `points` slices of equal size; 0 = least.

    >>> ranks(10, 5).tolist(), ranks(3, 3).tolist()
    ([1, 3, 5, 7, 9], [0, 1, 2])
    """
    assert 1 <= points <= paths, f"{points} points cannot stand for {paths} values"
    return ((2 * np.arange(points) + 1) * paths) // (2 * points)


def quantiles(merged: Float[np.ndarray, "row value"], wanted: tuple[float, ...]) -> Float[np.ndarray, "row quantile"]:
    """Which values lie at these shares from below? Rows need not be sorted; they are sorted in place.

    Linear between neighbors, as `numpy.quantile` does. Where the values are points that stand for parts (`ranks`) the
    answer is off in rank by no more than `bound`; where every value was kept it is exact. Float64 of float32 points.
    """
    merged.sort(axis=1)
    last = merged.shape[1] - 1
    at = np.asarray(wanted) * last
    below = np.minimum(np.floor(at).astype(np.int64), max(last - 1, 0))
    low = merged[:, below].astype(np.float64)
    high = merged[:, np.minimum(below + 1, last)].astype(np.float64)
    return low + (at - below) * (high - low)


def bound(parts: list[int], points: list[int]) -> float:
    """How far can the rank of a merged quantile be off, as a share of all paths?

    A part's distribution function F and the step function G of its m points differ by 1/(2m) at most: between two
    neighboring points G is (k+1)/m, and F lies between (k+1/2)/m and (k+3/2)/m. Parts are merged with equal weight for
    each point, and their sizes n differ by one at most, which adds 1/(4n) at most; reading a quantile between two of M
    points adds 1/M. So 1/(2m) + 1/(4n) + 1/M: 1/400 of all paths and a little. 0 where every value was kept.

    >>> bound([500] * 20, [200] * 20)
    0.00275
    >>> bound([512], [512])
    0.0
    """
    if parts == points:
        return 0.0
    uneven = 0.0 if len(set(parts)) == 1 else 1 / (4 * min(parts))
    return 1 / (2 * min(points)) + uneven + 1 / sum(points)
