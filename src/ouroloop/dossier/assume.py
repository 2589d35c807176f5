"""Draw from an assumption: the inverse of its distribution function, so that draws depend on given uniforms only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.dossier.models.assumption import Assumption, Distribution

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_TAIL = 0.05
_PERT_WEIGHT = 4.0


def quantile(assumption: Assumption, u: ArrayLike) -> NDArray[np.float64]:
    """Which value of the assumption has probability `u` of not being exceeded?

    Parameters
    ----------
    assumption
        One that is `drawable`.
    u
        Probabilities in (0, 1), of any shape; uniform draws give draws of the assumption.

    Returns
    -------
    Values in the assumption's unit, in the shape of `u`. They never fall as `u` rises.

    Notes
    -----
    With l, m, h for low, value and high, and z the standard normal quantile:

    - `point`: m. low and high are other printed values and play no part.
    - `uniform`: l + u (h - l); low and high are the ends.
    - `triangular`: low and high are the ends, value the mode.
    - `beta`: l + (h - l) B(u; 1 + 4 (m - l)/(h - l), 1 + 4 (h - m)/(h - l)) with B the beta quantile; low and high are
      the ends, value the mode (beta-PERT; Malcolm, Roseboom, Clark and Fazar 1959, Operations Research 7:646).
    - `normal`: m + (h - m) z(u)/z(0.95) above the median and m + (m - l) z(u)/z(0.95) below it, so that low, value and
      high are exactly the 5th, 50th and 95th percentile. A half without width is a lump at the value.
    - `lognormal`: the exponential of the same rule on logarithms.
    - `empirical`: cases of equal weight give the smallest one that a share u of them does not exceed. Percentiles are
      joined by straight lines; below the first and above the last nothing is known, and their values stand in.
    """
    import numpy as np
    from scipy import special

    assert assumption.drawable, f"{assumption.id} ({assumption.distribution}) cannot be drawn"
    at = np.asarray(u, dtype=np.float64)
    assert bool(np.all((at > 0) & (at < 1))), f"a probability in (0, 1) is needed for {assumption.id}"
    mid = assumption.value
    low = mid if assumption.low is None else assumption.low
    high = mid if assumption.high is None else assumption.high
    match assumption.distribution:
        case Distribution.UNIFORM:
            return low + at * (high - low)
        case Distribution.TRIANGULAR:
            width, turn = high - low, (mid - low) / (high - low)
            rising = low + width * np.sqrt(at * turn)
            falling = high - width * np.sqrt((1 - at) * (1 - turn))
            return np.where(at < turn, rising, falling)
        case Distribution.BETA:
            width = high - low
            left, right = (1 + _PERT_WEIGHT * part / width for part in (mid - low, high - mid))
            return low + width * np.asarray(special.betaincinv(left, right, at), dtype=np.float64)
        case Distribution.NORMAL:
            return _two_halves(at, low, mid, high)
        case Distribution.LOGNORMAL:
            return np.exp(_two_halves(at, *map(float, np.log([low, mid, high]))))
        case Distribution.EMPIRICAL if assumption.points[0].percentile is not None:
            shares = [(point.percentile or 0) / 100 for point in assumption.points]
            return np.interp(at, shares, [point.value for point in assumption.points])
        case Distribution.EMPIRICAL:
            cases = np.sort([point.value for point in assumption.points])
            return cases[np.ceil(at * len(cases)).astype(np.int64) - 1]
        case _:
            return np.full(at.shape, mid)


def _two_halves(u: NDArray[np.float64], low: float, mid: float, high: float) -> NDArray[np.float64]:
    """The normal quantile scaled on each side so that low, mid and high are the 5th, 50th and 95th percentile."""
    import numpy as np
    from scipy import special

    z = np.asarray(special.ndtri(u) / special.ndtri(1 - _TAIL), dtype=np.float64)
    return mid + z * np.where(z < 0, mid - low, high - mid)
