"""How good was a forecast that names a spread, once it is known what came?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

_STANDARD = NormalDist()


def crps_ensemble(sample: Float[np.ndarray, " path"], observed: float) -> float:
    """How far was what came from a forecast given as equally likely paths?

    The continuous ranked probability score of their empirical distribution F,

        CRPS = integral of (F(x) - [x >= y])^2 dx = mean |x_i - y| - sum_ij |x_i - x_j| / (2 n^2),

    in the unit of the sample: 0 for a forecast that was sure and right, the plain error |x - y| for one that was sure,
    and less for the same middle with a spread that fits. Smaller is better. It is strictly proper: nobody gains, on
    average, by naming another spread than the one believed in. It is not the error of the median, and it cannot be
    compared between series of different size.

    `sample` has at least one finite value, in any order. The double sum comes from the sorted sample: the k-th smallest
    (k from 1) counts 2k - n - 1 times in sum_{i<j} |x_i - x_j|. Gneiting & Raftery 2007, section 4.2, equation 21;
    Hersbach 2000.

    >>> crps_ensemble(np.array([0.0, 1.0]), 0.0)  # 1/2 - (0 + 1 + 1 + 0) / 8
    0.25
    """
    x = np.sort(np.asarray(sample, np.float64))
    assert x.size, "a forecast without paths"
    assert np.isfinite(x).all(), f"{np.count_nonzero(~np.isfinite(x))} of {x.size} paths are no number"
    n = x.size
    pairs = float((2.0 * np.arange(1, n + 1) - n - 1.0) @ x)
    return float(np.abs(x - observed).mean() - pairs / n**2)


def crps_normal(observed: float, mean: float, deviation: float) -> float:
    """The same for a normal forecast.

        CRPS = s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)),   z = (y - m) / s.

    At its mean: s (sqrt(2) - 1) / sqrt(pi), some 0.234 s. `deviation` 0 gives the plain error. Gneiting & Raftery 2007,
    section 4.2.

    >>> round(crps_normal(5.0, 5.0, 1.0), 4)
    0.2337
    """
    assert deviation >= 0, f"a standard deviation of {deviation}"
    if deviation == 0:
        return abs(observed - mean)
    z = (observed - mean) / deviation
    return deviation * (z * (2 * _STANDARD.cdf(z) - 1) + 2 * _STANDARD.pdf(z) - 1 / math.sqrt(math.pi))


def crps_lognormal(observed: float, log_mean: float, log_deviation: float) -> float:
    """The same for a forecast whose logarithm is normal, with mean m and standard deviation s.

        CRPS = y (2 Phi(w) - 1) - 2 exp(m + s^2 / 2) (Phi(w - s) + Phi(s / sqrt(2)) - 1),   w = (log y - m) / s,

    in the unit of y, which is above 0. `log_deviation` 0 gives the plain error |y - exp(m)|. Baran & Lerch 2015,
    appendix A.
    """
    assert observed > 0, f"a lognormal forecast of {observed}"
    assert log_deviation >= 0, f"a standard deviation of {log_deviation}"
    if log_deviation == 0:
        return abs(observed - math.exp(log_mean))
    w = (math.log(observed) - log_mean) / log_deviation
    above = _STANDARD.cdf(w - log_deviation) + _STANDARD.cdf(log_deviation / math.sqrt(2)) - 1
    return observed * (2 * _STANDARD.cdf(w) - 1) - 2 * math.exp(log_mean + log_deviation**2 / 2) * above


def central_band(sample: Float[np.ndarray, " path"], share: float = 0.8) -> tuple[float, float]:
    """Between which values lies this share of the paths, with as many below as above?

    The quantiles (1 - share) / 2 and (1 + share) / 2, interpolated.

    >>> central_band(np.arange(11.0))
    (1.0, 9.0)
    """
    low, high = np.quantile(sample, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def central_band_lognormal(log_mean: float, log_deviation: float, share: float = 0.8) -> tuple[float, float]:
    """The same for a forecast whose logarithm is normal."""
    reach = log_deviation * _STANDARD.inv_cdf((1 + share) / 2)
    return math.exp(log_mean - reach), math.exp(log_mean + reach)


def coverage(inside: Sequence[bool]) -> float:
    """Which share of outcomes fell inside their bands? An honest 80 % band holds 0.8 of many; NaN for none at all.

    It says nothing of how wide the bands were: a band from nought to infinity holds everything.
    """
    return float(np.mean(inside)) if len(inside) else math.nan


def relative_width(band: tuple[float, float], observed: float) -> float:
    """How wide is a band, as a multiple of what came? 0.5: half of it. NaN where nothing came."""
    return (band[1] - band[0]) / abs(observed) if observed else math.nan
