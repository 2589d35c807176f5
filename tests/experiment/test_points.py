"""Order statistics that stand for parts, and the quantiles that are read from them."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.experiment import points as room
from ouroloop.experiment.merge import QUANTILES
from ouroloop.experiment.parts import cut
from ouroloop.experiment.points import bound, points_kept, quantiles, ranks


def test_the_examples_in_the_text_hold() -> None:
    assert doctest.testmod(room).failed == 0


def test_the_middle_of_each_slice_stands_for_it() -> None:
    # Ten values in two slices of five: the third and the eighth.
    assert ranks(10, 2).tolist() == [2, 7]


def shuffled(kind: int, size: int, seed: int) -> np.ndarray:
    """Values of very different shapes: smooth, heavy-tailed, many ties, sorted so that parts differ entirely."""
    rng = np.random.default_rng(seed)
    made = [
        rng.normal(size=size),
        rng.standard_cauchy(size=size),
        rng.integers(0, 3, size).astype(float),
        np.arange(size, dtype=float),
        np.where(rng.random(size) < 0.7, 0.0, rng.lognormal(size=size)),
    ][kind]
    return made.astype(np.float32)


@settings(deadline=None)
@given(kind=st.integers(0, 4), size=st.integers(1, 3000), most=st.integers(1, 700), seed=st.integers(0, 2**31))
def test_a_merged_quantile_is_off_in_rank_by_no_more_than_the_bound(kind: int, size: int, most: int, seed: int) -> None:
    every = shuffled(kind, size, seed)
    parts = cut(size, detail_paths=size, most=most)
    kept = [np.sort(every[p.first : p.first + p.paths])[ranks(p.paths, p.points)] for p in parts]
    found = quantiles(np.concatenate(kept)[None, :], QUANTILES)[0]
    allowed = bound([p.paths for p in parts], [p.points for p in parts])
    ordered = np.sort(every)
    if allowed == 0:
        np.testing.assert_allclose(found, np.quantile(every.astype(float), QUANTILES), rtol=1e-6, atol=1e-6)
        return
    below = np.searchsorted(ordered, found.astype(np.float32), side="left") / size
    upto = np.searchsorted(ordered, found.astype(np.float32), side="right") / size
    off = np.maximum(0, np.maximum(below - QUANTILES, np.asarray(QUANTILES) - upto))
    assert off.max() <= allowed + 1e-12


@settings(deadline=None)
@given(size=st.integers(1, 100_000))
def test_the_bound_of_any_run_is_a_four_hundredth_and_a_little(size: int) -> None:
    parts = cut(size, detail_paths=size)
    assert bound([p.paths for p in parts], [p.points for p in parts]) <= 1 / 400 + 1 / 1024 + 1 / 1000


def test_a_run_of_one_part_has_exact_quantiles() -> None:
    every = np.random.default_rng(5).normal(size=512).astype(np.float32)
    kept = np.sort(every)[ranks(512, points_kept(512, 1))]
    found = quantiles(kept[None, :], QUANTILES)[0]
    assert found == pytest.approx(np.quantile(every.astype(np.float64), QUANTILES), rel=1e-12)


@settings(deadline=None)
@given(paths=st.integers(1, 50_000), most=st.integers(1, 700))
def test_parts_cover_every_path_once_and_are_of_one_size_but_for_one_path(paths: int, most: int) -> None:
    parts = cut(paths, detail_paths=paths, most=most)
    ends = [0, *(p.first + p.paths for p in parts)]
    assert [p.first for p in parts] == ends[:-1]
    assert ends[-1] == paths
    sizes = {p.paths for p in parts}
    assert max(sizes) <= most
    assert max(sizes) - min(sizes) <= 1
