"""Draws depend on the seed and the number of the path only."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from ouroloop.economy.draws import path_keys, uniform

NAMES = st.text(min_size=1, max_size=12)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(1, 39), name=NAMES)
def test_parts_are_the_whole_bit_for_bit(seed: int, cut: int, name: str) -> None:
    whole = np.asarray(uniform(seed, 5, 40, name))
    parts = [np.asarray(uniform(seed, 5, cut, name)), np.asarray(uniform(seed, 5 + cut, 40 - cut, name))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    keys = [np.asarray(path_keys(seed, 5, cut)), np.asarray(path_keys(seed, 5 + cut, 40 - cut))]
    np.testing.assert_array_equal(np.concatenate(keys, axis=1), np.asarray(path_keys(seed, 5, 40)))


def test_draws_are_uniform_in_the_open_interval() -> None:
    drawn = np.asarray(uniform(1, 0, 20_000, "dem-035"))
    assert drawn.dtype == np.float64
    assert 0 < drawn.min() < 1e-3
    assert 1 - 1e-3 < drawn.max() < 1
    assert kstest(drawn, "uniform").pvalue > 1e-4


def test_other_names_seeds_and_paths_are_independent_draws() -> None:
    one = np.asarray(uniform(1, 0, 20_000, "dem-035"))
    others = (uniform(1, 0, 20_000, "dem-036"), uniform(2, 0, 20_000, "dem-035"), uniform(1, 1, 20_000, "dem-035"))
    for other in others:
        assert abs(np.corrcoef(one, np.asarray(other))[0, 1]) < 5 / np.sqrt(20_000)


def test_no_two_paths_have_the_same_key() -> None:
    keys = np.asarray(path_keys(0, 0, 10_000))
    assert len({tuple(column) for column in keys.T.tolist()}) == 10_000
