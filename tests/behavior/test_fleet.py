"""How long chips run, and how old a fleet is that grew."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.behavior.fleet import fleet_by_age, still_runs


def test_a_vintage_runs_to_the_end_of_its_life_and_a_part_of_the_quarter_in_which_it_ends() -> None:
    runs = still_runs(jnp.asarray([1, 9, 10, 11]), jnp.asarray([2.5, 2.6]))
    np.testing.assert_allclose(runs, [[1, 1], [1, 1], [0, 0.4], [0, 0]], atol=1e-12)
    by_builder = still_runs(jnp.asarray([1, 9, 10, 11]), jnp.asarray([[2.5, 2.6], [1.0, 1.0]]))
    np.testing.assert_allclose(by_builder[0], runs)
    np.testing.assert_allclose(by_builder[1], [[1, 1], [0, 0], [0, 0], [0, 0]])


def test_a_fleet_that_did_not_grow_is_of_all_ages_alike_and_one_that_doubled_is_young() -> None:
    age = jnp.arange(8)
    even = fleet_by_age(age, jnp.asarray([0.0]), jnp.asarray([1.5]))[:, 0]
    np.testing.assert_allclose(even, [1 / 6] * 6 + [0, 0], atol=1e-12)
    young = fleet_by_age(age, jnp.asarray([4 * np.log(2.0)]), jnp.asarray([0.75]))[:, 0]
    np.testing.assert_allclose(young[:3], [4 / 7, 2 / 7, 1 / 7])


def test_what_retires_of_a_growing_fleet_in_a_year_is_what_came_a_life_ago() -> None:
    """g / (e^(gL) - 1) in the steady state: 6.4 % at 49 % growth and 4.36 years, where 1 / L is 23 %."""
    growth, life, age = jnp.asarray([0.49]), jnp.asarray([4.36]), jnp.arange(32)
    worn = (fleet_by_age(age, growth, life) * (1 - still_runs(age + 1, life))).sum()
    assert float(worn) * 4 == pytest.approx(0.49 / np.expm1(0.49 * 4.36), rel=0.08)
