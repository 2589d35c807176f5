"""Priced chances and those that happen."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.market.first_passage import survival
from ouroloop.market.merton import Assets, default_probability
from ouroloop.market.price_of_risk import priced, real_world


def test_they_are_inverse_and_keep_the_ends() -> None:
    p = jnp.asarray([0.0, 1e-6, 0.01, 0.5, 0.999, 1.0])
    np.testing.assert_allclose(priced(real_world(p, 5.0, 0.3), 5.0, 0.3), p, atol=1e-12)
    np.testing.assert_allclose(real_world(p, 5.0, 0.0), p, atol=1e-15)
    assert (np.asarray(real_world(p, 5.0, 0.3)) <= np.asarray(p)).all()


def test_in_mertons_model_it_is_the_drift_that_prices_leave_out() -> None:
    """Assets that earn theta x s more than the riskless rate are theta sqrt T further from the default point."""
    assets, theta, years = Assets(jnp.asarray(130.0), jnp.asarray(0.25)), 0.3, 5.0
    under_prices = default_probability(assets, 100.0, 0.04, years)
    in_truth = default_probability(assets, 100.0, 0.04 + theta * 0.25, years)
    assert float(real_world(under_prices, years, theta)) == pytest.approx(float(in_truth), abs=1e-12)


def test_for_first_passage_it_is_close() -> None:
    """Exact for one day only: on the way down as well the shift leaves a third of what a drift would change."""
    assets, theta, years = Assets(jnp.asarray(130.0), jnp.asarray(0.25)), 0.25, 5.0
    under_prices = 1 - survival(assets, 100.0, 0.0, years)
    in_truth = 1 - survival(assets, 100.0, theta * 0.25, years)
    shifted = float(real_world(under_prices, years, theta))
    assert shifted == pytest.approx(float(in_truth), rel=0.2)


def test_gradients_are_those_of_finite_differences() -> None:
    for f in (real_world, priced):
        found = float(jax.grad(lambda x, f=f: f(x, 5.0, 0.3))(0.05))
        step = 1e-6
        difference = (float(f(0.05 + step, 5.0, 0.3)) - float(f(0.05 - step, 5.0, 0.3))) / (2 * step)
        assert found == pytest.approx(difference, rel=1e-6)
