"""Which assumptions move the outcome: effects that are there are found, and chance is not called an effect."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ouroloop.experiment import open_run, sensitivities, strongest
from ouroloop.experiment.ensemble import complete
from ouroloop.experiment.sensitivity import influences
from tests.experiment.worlds import build, manifest


def test_thirds_are_compared_as_worked_by_hand() -> None:
    x = np.array([6.0, 1, 2, 3, 4, 5])
    credit = np.array([True, False, False, True, False, True])
    loss = np.array([10.0, 0, 2, 0, 0, 4])
    (row,) = influences({"a": x}, credit, loss, always=())
    # Lowest third: x = 1, 2: nothing closed, loss 0 and 2. Highest: x = 5, 6: both closed, loss 4 and 10.
    assert (row.low, row.high) == (1.5, 5.5)
    assert (row.credit_first_low, row.credit_first_high, row.difference, row.error) == (0, 1, 1, 0)
    assert row.loss_difference == 6
    assert row.loss_error == pytest.approx(math.sqrt((9 + 1) / 2))


def test_the_error_is_that_of_two_independent_shares() -> None:
    x = np.arange(12.0)
    credit = np.array([1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0], bool)
    (row,) = influences({"a": x}, credit, np.zeros(12), always=())
    assert row.difference == pytest.approx(0.25)  # 2 of 4 less 1 of 4
    assert row.error == pytest.approx(math.sqrt((0.25 * 0.75 + 0.5 * 0.5) / 4))


def test_ranks_see_any_growing_relation_and_the_regression_splits_it_between_draws() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random(4000), rng.random(4000)
    rows = {row.assumption: row for row in influences({"a": a, "b": b}, a > 2, np.exp(5 * a), always=())}
    assert rows["a"].rank_correlation == pytest.approx(1)
    assert rows["a"].regression == pytest.approx(1)
    assert abs(rows["b"].rank_correlation) < 4 / math.sqrt(4000)
    assert rows["b"].regression == pytest.approx(0, abs=1e-12)


def test_of_many_assumptions_that_do_nothing_hardly_any_is_called_clear() -> None:
    rng = np.random.default_rng(7)
    draws = {f"idle-{n}": rng.random(1500) for n in range(120)}
    draws["moves"] = rng.random(1500)
    credit = rng.random(1500) < 0.3 + 0.4 * draws["moves"]
    rows = influences(draws, credit, rng.random(1500), always=())
    assert rows[0].assumption == "moves"
    assert rows[0].clear
    assert rows[0].difference == pytest.approx(0.4 * 2 / 3, abs=4 * rows[0].error)
    assert sum(row.clear for row in rows[1:]) <= 1


def test_growth_persistence_and_fear_are_in_the_table_even_when_they_were_not_drawn(tmp_path: Path) -> None:
    complete(tmp_path / "run", manifest(600), build)
    rows = sensitivities(open_run(tmp_path / "run"))
    assert [row.assumption for row in rows] == ["dem-035", "idle-001", "beh-001"]
    assert rows[0].says == "clear"
    assert rows[1].says == "not told from chance"
    assert rows[2].says == "held fixed in this run: it says nothing"
    assert [row.assumption for row in strongest(rows, 0)] == ["dem-035", "beh-001"]
