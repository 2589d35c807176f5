"""A path's numbers are its own: other paths, the cut into chunks and compiling change nothing."""

from __future__ import annotations

import hashlib
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np

from ouroloop.core import QUANTUM
from ouroloop.economy.decide import Plans, decide
from ouroloop.economy.fall_due import Dues, fall_due
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.open import open_state
from ouroloop.economy.prices import Prices, form_prices
from ouroloop.economy.simulate import simulate, take_paths
from ouroloop.economy.state import State
from ouroloop.economy.today import read_calendar
from ouroloop.economy.track import Track
from tests.economy.worlds import inputs, shocked, world

PATHS = 20


@cache
def _cut(chunk: int) -> Track:
    return simulate(world(), inputs(world(), PATHS), chunk=chunk)


def fingerprint(track: Track) -> str:
    """Of every bit that a run reports."""
    whole = hashlib.sha256()
    for leaf in jax.tree.leaves(track):
        whole.update(np.ascontiguousarray(leaf).tobytes())
    return whole.hexdigest()


def test_the_size_of_chunks_changes_no_bit_of_the_books_and_prices_by_no_more_than_rounding() -> None:
    """20 paths: one chunk of 128 that is filled up, or three of 8.

    Money is in whole quanta and so the same to the last bit. Prices are not: compiled code may take logarithms of 8
    numbers at a time in other steps than of 128.
    """
    one, other = _cut(8), _cut(128)
    for name in ("balances", "who_paid", "outcome"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert np.array_equal(np.round(one.amounts / QUANTUM), np.round(other.amounts / QUANTUM))
    for name in ("members", "system"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=1e-12)


def test_a_path_is_the_same_among_other_paths() -> None:
    """Paths 11, 3 and 17 alone; and path 3 again when all others meet a default."""
    among = np.array([11, 3, 17])
    alone = simulate(world(), take_paths(inputs(world(), PATHS), among), chunk=8)
    whole = _cut(8)
    for one, of_all in zip(jax.tree.leaves(alone), jax.tree.leaves(whole), strict=True):
        assert np.array_equal(one, of_all[..., among], equal_nan=True)
    calm = inputs(world(), PATHS)
    forced = jnp.broadcast_to(calm.calendar.forced_default, (*calm.calendar.forced_default.shape[:-1], PATHS))
    hit = shocked(calm, forced_default=forced.at[1, 4].set(1.0).at[1, 4, 3].set(0.0))
    beside = simulate(world(), hit, chunk=8)
    assert np.array_equal(beside.members[..., 3], whole.members[..., 3])
    assert not np.array_equal(beside.members[..., 4], whole.members[..., 4])


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_paths() -> None:
    again = simulate(world(), inputs(world(), PATHS), chunk=8)
    assert fingerprint(again) == fingerprint(_cut(8))
    other = simulate(world(), inputs(world(), PATHS, seed=8), chunk=8)
    assert not np.array_equal(other.system, _cut(8).system)


def _first_phases(state: State, given: Inputs) -> tuple[Prices, Plans, Dues]:
    today = read_calendar(given, jnp.asarray(0))
    prices = form_prices(world(), given, state, today)
    plans = decide(world(), given, state, today, prices)
    return prices, plans, fall_due(world(), given, state, today, prices, plans)


def test_prices_decisions_and_dues_are_the_same_compiled_or_not() -> None:
    """The phases that hold the behaviors; the rest of a quarter is instruments and ledger, which have tests like this.

    A whole quarter without compiling takes minutes and says the same.
    """
    given = inputs(world(), 3)
    state = open_state(world(), given)
    eager, compiled = _first_phases(state, given), jax.jit(_first_phases)(state, given)
    for one, other in zip(jax.tree.leaves(eager), jax.tree.leaves(compiled), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-7)
