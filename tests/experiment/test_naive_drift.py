"""A random walk with drift, estimated by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.experiment.naive_drift import naive_drift


def test_drift_and_variance_of_equal_steps_are_mean_and_variance_of_the_steps() -> None:
    """Logs 0, 1, 3: steps 1 and 2, mean 1.5, variance 0.25 + 0.25 over 2 - 1."""
    found = naive_drift([0, 1, 2], [1.0, math.e, math.exp(3)])
    assert found is not None
    assert (found.drift, found.variance, found.span) == pytest.approx((1.5, 0.5, 2.0))


def test_steps_of_unequal_length_count_by_their_days() -> None:
    """Logs 0, 1, 2 on days 0, 1, 4: drift 1/2; residuals 1/2 over one day and -1/2 over three: 1/4 + 1/12."""
    found = naive_drift([0, 1, 4], [1.0, math.e, math.exp(2)])
    assert found is not None
    assert (found.drift, found.variance) == pytest.approx((0.5, 1 / 3))


def test_a_forecast_drifts_on_and_widens_with_what_the_drift_may_be_off_by() -> None:
    """Two days ahead of a record of two days: mean 3 + 3, variance 0.5 x 2 x (1 + 1)."""
    found = naive_drift([0, 1, 2], [1.0, math.e, math.exp(3)])
    assert found is not None
    assert found.forecast(4.0) == pytest.approx((6.0, math.sqrt(2.0)))


def test_two_observations_have_a_drift_but_no_spread_and_give_no_forecast() -> None:
    assert naive_drift([0, 1], [1.0, 2.0]) is None
    assert naive_drift([0, 1, 2], [1.0, 0.0, 2.0]) is None


@given(st.floats(0.01, 100))
def test_the_unit_of_money_moves_the_level_only(times: float) -> None:
    values = np.array([2.0, 3.0, 2.5, 6.0])
    one, other = naive_drift([0, 3, 5, 9], [*values]), naive_drift([0, 3, 5, 9], [*(times * values)])
    assert one is not None
    assert other is not None
    assert other.last_log - one.last_log == pytest.approx(math.log(times))
    assert (other.drift, other.variance) == pytest.approx((one.drift, one.variance))


def test_the_spread_of_a_simulated_walk_is_found_again() -> None:
    rng = np.random.default_rng(1)
    days = np.cumsum(rng.uniform(20, 200, 4000))
    time = np.diff(days)
    logs = np.concatenate([[0.0], np.cumsum(0.001 * time + 0.02 * np.sqrt(time) * rng.standard_normal(time.size))])
    found = naive_drift([*days], [*np.exp(logs - logs.max())])
    assert found is not None
    assert found.drift == pytest.approx(0.001, abs=2e-4)
    assert math.sqrt(found.variance) == pytest.approx(0.02, rel=0.05)
