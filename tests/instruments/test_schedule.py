"""A schedule comes due by quarters, late by a delay, and loses nothing on the way."""

import doctest
from importlib import import_module

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.instruments.schedule import come_due, in_quarter


def test_a_schedule_is_nothing_before_it_starts_and_all_of_itself_after_it_ends():
    due = come_due(jnp.asarray([[10.0, 20.0], [1.0, 3.0]]), jnp.asarray([[-1.0, 0.0, 2.0, 9.0], [-1.0, 0.0, 2.0, 9.0]]))
    assert due.tolist() == [[0.0, 0.0, 30.0, 30.0], [0.0, 0.0, 4.0, 4.0]]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 64), min_size=1, max_size=8), st.floats(0, 6))
def test_a_delay_moves_the_amounts_of_a_schedule_and_loses_none(amounts: list[int], delay: float):
    schedule = jnp.asarray([amounts], jnp.float64)
    elapsed = jnp.arange(len(amounts) + 8.0) - delay
    steps = np.diff(np.asarray(come_due(schedule, elapsed[None])))
    assert (steps >= 0).all()
    assert np.isclose(steps.sum(), sum(amounts) - float(come_due(schedule, jnp.asarray([[-delay]]))[0, 0]))


def test_the_gradient_by_delay_is_the_amount_of_the_quarter():
    schedule = jnp.asarray([[10.0, 20.0]])
    slope = jax.grad(lambda delay: come_due(schedule, (2 - delay)[None, None])[0, 0])(jnp.asarray(0.5))
    assert float(slope) == -20.0


def test_outside_of_a_schedule_nothing_falls_due():
    schedule = jnp.asarray([[10.0, 20.0], [1.0, 3.0]])
    found = [in_quarter(schedule, jnp.asarray(quarter))[:, 0].tolist() for quarter in (-1, 0, 1, 2)]
    assert found == [[0.0, 0.0], [10.0, 1.0], [20.0, 3.0], [0.0, 0.0]]


def test_the_examples_in_the_docstring_are_true():
    found = doctest.testmod(import_module("ouroloop.instruments.schedule"))
    assert found.attempted > 0
    assert found.failed == 0
