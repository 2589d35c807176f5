"""Ratings: the regulation's bounds, agencies' tables with their mistakes, and moves under a common factor."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.core import BadInput
from ouroloop.market import ratings


@pytest.mark.parametrize(
    ("rate", "step"),
    [(0.0, 1), (0.0016, 1), (0.0017, 2), (0.0054, 2), (0.0055, 3), (0.0239, 3), (0.024, 4), (0.1099, 4), (0.11, 5),
     (0.2649, 5), (0.265, 6), (1.0, 6)],
)  # fmt: skip
def test_the_bounds_of_the_regulation(rate: float, step: int) -> None:
    """Regulation (EU) 2016/1799, annex I."""
    assert ratings.quality_step(rate).number == step


@given(st.floats(0.0, 1.0))
def test_every_rate_has_a_step_and_more_failures_never_a_better_one(rate: float) -> None:
    here = ratings.quality_step(rate).number
    assert 1 <= here <= 6
    assert ratings.quality_step(min(1.0, rate + 0.01)).number >= here


def test_the_mid_of_each_step_is_on_it_and_what_is_too_high_is_said() -> None:
    for step in ratings.STEPS:
        assert ratings.quality_step(step.mid / 100) is step
    two = ratings.STEPS[1]
    assert [ratings.watch(two, rate) for rate in (0.009, 0.01, 0.013)] == ["as expected", "watched", "too high"]
    assert ratings.watch(ratings.STEPS[5], 0.9) == "as expected"
    with pytest.raises(BadInput, match="is no share"):
        ratings.quality_step(2.5)


def write(folder: Path, text: str) -> Path:
    path = folder / "grades.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_grades_by_the_horizon_and_counts_notches(tmp_path: Path) -> None:
    table = ratings.load_ratings(write(tmp_path, "Best, 0.01, 0.1, 0.3\nGood, 0.1, 0.4, 1\n\nBad, 5, 10, 20\n"))
    assert table.grade(0.0001, 1.0) == "Best"
    assert table.grade(0.00011, 1.0) == "Good"
    assert table.grade(0.0005, 1.5) == "Best"  # a straight line to the second year: 0.055 %
    assert table.grade(0.5, 3.0) == "Bad"
    assert (table.notches("Best", "Bad"), table.notches("Bad", "Good")) == (2, -1)


def test_every_mistake_of_a_table_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    text = "A, 0.1, 0.2\nB, x, 0.3\nC, 0.5, 0.4\nD, 0.05, 0.3\nE, 1, 2, 3\nF, 1, 101\n"
    with pytest.raises(BadInput) as refused:
        ratings.load_ratings(write(tmp_path, text))
    assert [one.place.line for one in refused.value.problems] == [2, 3, 4, 5, 6]
    with pytest.raises(BadInput, match="no grade"):
        ratings.load_ratings(write(tmp_path, "\n"))


MATRIX = np.array([[0.9, 0.08, 0.02, 0.0], [0.05, 0.85, 0.08, 0.02], [0.0, 0.1, 0.7, 0.2], [0.0, 0.0, 0.0, 1.0]])


def test_moves_given_the_factor_are_those_of_the_matrix_on_average() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    moves = np.asarray(ratings.migrate(MATRIX, 0.2, jnp.asarray(nodes)))
    np.testing.assert_allclose(moves.sum(axis=1), 1.0, atol=1e-12)
    assert (moves >= -1e-15).all()
    np.testing.assert_allclose(moves @ (weights / weights.sum()), MATRIX, atol=1e-6)


def test_bad_times_move_everybody_down() -> None:
    bad, good = (np.asarray(ratings.migrate(MATRIX, 0.2, jnp.asarray(z))) for z in (-2.0, 2.0))
    assert (bad[:3, 3] >= good[:3, 3]).all()
    assert bad[2, 3] > 0.4 > good[2, 3]
    np.testing.assert_array_equal(bad[3], [0.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(np.asarray(ratings.migrate(MATRIX, 0.0, jnp.asarray(-2.0))), MATRIX, atol=1e-12)


def test_a_bond_after_its_grade_moved_as_in_creditmetrics() -> None:
    """CreditMetrics technical document of 1997: a BBB bond a year on."""
    probability = np.array([0.0002, 0.0033, 0.0595, 0.8693, 0.053, 0.0117, 0.0012, 0.0018])
    value = np.array([109.37, 109.19, 108.66, 107.55, 102.02, 98.1, 83.64, 51.13])
    mean, deviation = ratings.value_after(probability, value)
    assert float(mean) == pytest.approx(107.09, abs=0.006)
    assert float(deviation) == pytest.approx(2.99, abs=0.006)
