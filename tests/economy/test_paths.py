"""A path's numbers are its own: other paths and the cut into chunks change nothing.

All inputs here are of one shape, so that one program serves them.
"""

from __future__ import annotations

import hashlib
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np

from ouroloop.core import QUANTUM
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.simulate import simulate, take_paths
from ouroloop.economy.track import Track
from tests.economy.worlds import inputs, shocked, world

PATHS = 20


def _given(seed: int = 7) -> Inputs:
    """Defaults may be forced on each path by itself."""
    calm = inputs(world(), PATHS, seed=seed)
    shape = (*calm.calendar.forced_default.shape[:-1], PATHS)
    return shocked(calm, forced_default=jnp.broadcast_to(calm.calendar.forced_default, shape))


@cache
def _cut(chunk: int) -> Track:
    return simulate(world(), _given(), chunk=chunk)


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
    """All paths in another order, each with other neighbors; and path 3 again when all others meet a default."""
    order = np.random.default_rng(3).permutation(PATHS)
    mixed, whole = simulate(world(), take_paths(_given(), order), chunk=8), _cut(8)
    for one, of_all in zip(jax.tree.leaves(mixed), jax.tree.leaves(whole), strict=True):
        assert np.array_equal(one, of_all[..., order], equal_nan=True)
    forced = _given().calendar.forced_default.at[1, 4].set(1.0).at[1, 4, 3].set(0.0)
    beside = simulate(world(), shocked(_given(), forced_default=forced), chunk=8)
    assert np.array_equal(beside.members[..., 3], whole.members[..., 3])
    assert not np.array_equal(beside.members[..., 4], whole.members[..., 4])


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_paths() -> None:
    again = simulate(world(), _given(), chunk=8)
    assert fingerprint(again) == fingerprint(_cut(8))
    other = simulate(world(), _given(seed=8), chunk=8)
    assert not np.array_equal(other.system, _cut(8).system)
