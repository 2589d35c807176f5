"""Scores of forecasts against values worked by hand and from their definition as an integral."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import lognorm, norm

from ouroloop.measures.forecast_scores import (
    central_band,
    central_band_lognormal,
    coverage,
    crps_ensemble,
    crps_lognormal,
    crps_normal,
    relative_width,
)

NUMBERS = st.floats(-100, 100)


def _by_definition(cdf: Callable[[float], float], observed: float, low: float, high: float) -> float:
    """The integral of the squared distance of two distribution functions (Gneiting & Raftery 2007, equation 20)."""

    def below(x: float) -> float:
        return cdf(x) ** 2

    def above(x: float) -> float:
        return (1 - cdf(x)) ** 2

    return quad(below, low, observed)[0] + quad(above, observed, high)[0]


def test_one_path_is_scored_by_its_error() -> None:
    assert crps_ensemble(np.array([3.0]), 5.0) == 2.0


def test_two_paths_are_scored_as_by_hand() -> None:
    """Distances to 3 are 3 and 2, mean 2.5; the paths are 1 apart, twice among four pairs, half of that is 0.25."""
    assert crps_ensemble(np.array([1.0, 0.0]), 3.0) == pytest.approx(2.25)


def test_a_step_function_is_scored_by_its_area() -> None:
    """Paths 1, 2, 4 and outcome 3: F is 1/3 on (1, 2), 2/3 on (2, 3), and 1/3 short of 1 on (3, 4): 1/9 + 4/9 + 1/9."""
    assert crps_ensemble(np.array([4.0, 1.0, 2.0]), 3.0) == pytest.approx(6 / 9)


@given(st.lists(NUMBERS, min_size=1, max_size=12), NUMBERS)
def test_the_sorted_sum_is_the_sum_over_all_pairs(values: list[float], observed: float) -> None:
    x = np.array(values)
    pairs = np.abs(x[:, None] - x[None, :]).mean() / 2
    assert crps_ensemble(x, observed) == pytest.approx(np.abs(x - observed).mean() - pairs, abs=1e-9)


@given(st.lists(NUMBERS, min_size=1, max_size=12), NUMBERS, st.floats(0.1, 10))
def test_a_score_has_the_unit_of_the_series(values: list[float], observed: float, times: float) -> None:
    x = np.array(values)
    assert crps_ensemble(times * x, times * observed) == pytest.approx(times * crps_ensemble(x, observed), abs=1e-8)


def test_a_normal_forecast_at_its_mean_has_the_published_score() -> None:
    assert crps_normal(7.0, 7.0, 3.0) == pytest.approx(3.0 * (math.sqrt(2) - 1) / math.sqrt(math.pi))


def test_a_normal_forecast_one_deviation_off_is_scored_as_by_hand() -> None:
    """2 x 0.8413447 - 1 + 2 x 0.2419707 - 0.5641896 = 0.6024414."""
    assert crps_normal(1.0, 0.0, 1.0) == pytest.approx(0.6024414, abs=1e-7)
    assert crps_normal(-1.0, 0.0, 1.0) == pytest.approx(0.6024414, abs=1e-7)


def test_a_normal_forecast_far_off_is_scored_by_its_distance_less_half_its_mean_difference() -> None:
    assert crps_normal(50.0, 0.0, 1.0) == pytest.approx(50.0 - 1 / math.sqrt(math.pi))


@pytest.mark.parametrize("observed", [0.2, 1.0, 4.0])
def test_a_lognormal_forecast_has_the_score_of_its_definition(observed: float) -> None:
    expected = _by_definition(lognorm(s=0.7, scale=math.exp(0.3)).cdf, observed, 0.0, 200.0)
    assert crps_lognormal(observed, 0.3, 0.7) == pytest.approx(expected, rel=1e-6)


def test_a_lognormal_forecast_at_its_median_is_scored_as_by_hand() -> None:
    """-2 x 1.6487213 x (0.1586553 + 0.7602499 - 1) = 0.2674055."""
    assert crps_lognormal(1.0, 0.0, 1.0) == pytest.approx(0.2674055, abs=1e-6)


def test_a_sure_forecast_is_scored_by_its_error() -> None:
    assert crps_normal(5.0, 3.0, 0.0) == 2.0
    assert crps_lognormal(5.0, math.log(3.0), 0.0) == pytest.approx(2.0)


def test_many_paths_come_near_the_closed_forms() -> None:
    at = (np.arange(4000) + 0.5) / 4000
    assert crps_ensemble(norm.ppf(at, 2.0, 3.0), 4.0) == pytest.approx(crps_normal(4.0, 2.0, 3.0), rel=1e-3)
    sample = np.exp(norm.ppf(at, 0.5, 0.4))
    assert crps_ensemble(sample, 1.1) == pytest.approx(crps_lognormal(1.1, 0.5, 0.4), rel=1e-3)


def test_the_spread_that_is_believed_in_scores_best_on_average() -> None:
    """Proper: outcomes drawn from a normal of deviation 1 punish a narrower and a wider forecast."""
    outcomes = norm.ppf((np.arange(2000) + 0.5) / 2000)
    narrow, true, wide = (np.mean([crps_normal(float(y), 0.0, s) for y in outcomes]) for s in (0.5, 1.0, 2.0))
    assert true < narrow
    assert true < wide


def test_a_band_has_a_tenth_of_the_paths_on_either_side() -> None:
    assert central_band(np.arange(101.0)) == pytest.approx((10.0, 90.0))
    low, high = central_band_lognormal(0.0, 1.0)
    assert (low, high) == pytest.approx((math.exp(-1.2815516), math.exp(1.2815516)))


def test_coverage_counts_and_width_is_measured_on_what_came() -> None:
    assert coverage([True, True, False, True]) == 0.75
    assert math.isnan(coverage([]))
    assert relative_width((8.0, 14.0), 12.0) == 0.5
    assert math.isnan(relative_width((0.0, 1.0), 0.0))


def test_a_path_that_is_no_number_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="1 of 2 paths"):
        crps_ensemble(np.array([1.0, math.nan]), 1.0)
