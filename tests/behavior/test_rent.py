"""The rent of compute: worked quarters, what presses it, and the floor under it."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.behavior.rent import RentParameters, market_rent, scarcity
from tests.behavior.central import central


def a(*values: float) -> jax.Array:
    return jnp.asarray(values, jnp.float64)


NO_CEILING = a(math.inf)


def test_balanced_rent_falls_in_a_year_by_what_new_chips_gain() -> None:
    parameters = central(RentParameters, compute_per_dollar_gain=0.36)
    rent = a(12)
    for _ in range(4):
        rent = market_rent(parameters, rent, a(20), a(20), a(0), NO_CEILING)
    assert float(rent[0]) == pytest.approx(12 / 1.36)


def test_that_fall_is_near_the_recorded_one_of_thirty_percent_a_year() -> None:
    gain = float(central(RentParameters).compute_per_dollar_gain)
    assert -0.48 <= 1 / (1 + gain) - 1 <= -0.21


def test_a_tenth_of_capacity_not_wanted_costs_a_tenth_of_the_elasticity() -> None:
    parameters = central(RentParameters, scarcity_elasticity=1.0, compute_per_dollar_gain=0.0)
    assert float(market_rent(parameters, a(12), a(20), a(18), a(0), NO_CEILING)[0]) == pytest.approx(
        12 * math.exp(-0.1 / 4)
    )
    assert float(market_rent(parameters, a(12), a(18), a(20), a(0), NO_CEILING)[0]) == pytest.approx(
        12 * math.exp(0.1 / 4)
    )


def test_scarcity_stays_finite_at_both_ends() -> None:
    np.testing.assert_array_equal(scarcity(a(10, 0, 10, 0), a(0, 10, 10, 0)), [-1, 1, 0, 0])


def test_a_shock_moves_the_log_by_half_the_yearly_volatility() -> None:
    parameters = central(RentParameters, volatility=0.4)
    base = market_rent(parameters, a(12), a(20), a(20), a(0), NO_CEILING)
    assert float(jnp.log(market_rent(parameters, a(12), a(20), a(20), a(1), NO_CEILING) / base)[0]) == pytest.approx(
        0.2
    )


def test_rent_does_not_fall_below_the_cost_of_running() -> None:
    parameters = central(RentParameters, running_cost=1.3)
    assert float(market_rent(parameters, a(1.31), a(20), a(0), a(-3), NO_CEILING)[0]) == 1.3


def test_nobody_pays_more_than_the_ceiling_and_below_it_nothing_changes() -> None:
    parameters = central(RentParameters, compute_per_dollar_gain=0.0, scarcity_elasticity=4.0, running_cost=1.3)
    free = market_rent(parameters, a(12, 12), a(10, 20), a(20, 10), a(0, 0), NO_CEILING)
    assert float(free[0]) == pytest.approx(12 * math.exp(0.5))
    held = market_rent(parameters, a(12, 12), a(10, 20), a(20, 10), a(0, 0), a(15, 15))
    assert held.tolist() == [15.0, float(free[1])]
    assert float(market_rent(parameters, a(12), a(20), a(20), a(0), a(1.0))[0]) == 1.3, "off, not let for less"


def test_more_capacity_lowers_rent_and_more_wanted_raises_it() -> None:
    parameters = central(RentParameters)
    by_capacity = market_rent(parameters, a(*[12] * 5), a(10, 15, 20, 25, 30), a(*[20] * 5), a(*[0] * 5), NO_CEILING)
    assert (jnp.diff(by_capacity) < 0).all()
    by_wanted = market_rent(parameters, a(*[12] * 5), a(*[20] * 5), a(10, 15, 20, 25, 30), a(*[0] * 5), NO_CEILING)
    assert (jnp.diff(by_wanted) > 0).all()


def test_the_compiled_rent_is_the_eager_one_and_its_gradient_a_finite_difference() -> None:
    parameters = central(RentParameters)
    given = (a(12, 9), a(20, 30), a(18, 50), a(0.3, -1), NO_CEILING)
    np.testing.assert_allclose(jax.jit(market_rent)(parameters, *given), market_rent(parameters, *given), rtol=1e-14)

    def rent(wanted: jax.Array) -> jax.Array:
        return market_rent(parameters, a(12), a(20), wanted[None], a(0), NO_CEILING)[0]

    step = 1e-5
    difference = (rent(jnp.asarray(18 + step)) - rent(jnp.asarray(18 - step))) / (2 * step)
    assert float(jax.grad(rent)(jnp.asarray(18.0))) == pytest.approx(float(difference), rel=1e-8)
    # Nothing wanted and nothing there has no slope that is not a number.
    nothing = jax.grad(lambda wanted: market_rent(parameters, a(12), a(0), wanted, a(0), NO_CEILING)[0])(a(0))
    assert np.isfinite(nothing).all()
