"""Slopes of smooth results through several quarters, against differences of the same paths.

Only where no hard event happens. A default, a site given up, a contract ended or a payoff is a step: differentiating
through it gives the slope beside the step and not of the step, and may even have the wrong sign. No gradient of an
outcome, of a loss or of anything behind a default is to be used; reverse stress takes continuous shortfalls instead.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.open import open_state
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.today import draw_chance
from ouroloop.economy.track import MEMBER_MEASURES, SYSTEM_MEASURES
from tests.economy.worlds import QUICKLY_COMPILED, inputs, with_parameters, world

PATHS, HORIZON = 4, 4
STEP = 1e-4


def _calm() -> Inputs:
    """Rents that do not jump, so that nothing is given up."""
    return with_parameters(inputs(world(), PATHS), "rent", volatility=0.0)


def _means(by: Array, given: Inputs) -> Array:
    """Outside spend, capex and the revenue of the cloud, summed over quarters, means of paths, if growth moves."""
    given = replace(given, traits=replace(given.traits, ai_growth=given.traits.ai_growth + by))

    def quarter(state: State, now: tuple[Array, Array]) -> tuple[State, Array]:
        after, seen = step(world(), given, state, *now)
        read = (
            seen.system[list(SYSTEM_MEASURES).index("outside_spend")],
            seen.system[list(SYSTEM_MEASURES).index("capex")],
            seen.members[list(MEMBER_MEASURES).index("revenue"), 1],
        )
        return after, jnp.stack([one.mean() for one in read])

    state = open_state(world(), given)
    quarters = jnp.arange(HORIZON)
    return jax.lax.scan(quarter, state, (quarters, draw_chance(given, quarters)))[1].sum(axis=0)


@partial(jax.jit, compiler_options=QUICKLY_COMPILED)
def _value_and_slope(by: Array, given: Inputs) -> tuple[Array, Array]:
    """Both of one compiled program; backward, as searches for the smallest shock need it."""
    value, backward = jax.vjp(lambda moved: _means(moved, given), by)
    return value, jax.vmap(lambda row: backward(row)[0])(jnp.eye(3))


def test_the_slope_in_the_growth_of_demand_is_that_of_differences_on_the_same_paths() -> None:
    given = _calm()
    above, below = (_value_and_slope(jnp.asarray(step), given)[0] for step in (STEP, -STEP))
    differences = (above - below) / (2 * STEP)
    slope = _value_and_slope(jnp.asarray(0.0), given)[1]
    assert jnp.all(jnp.abs(differences) > 1e-3), "something moves"
    assert jnp.allclose(slope, differences, rtol=1e-4), (slope, differences)
