"""Endings of paths, their probabilities and what chance may move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ouroloop.economy.draws import uniform
from ouroloop.experiment import by_quarter, credit_before_payoff, open_run, shares
from ouroloop.experiment.ensemble import complete
from ouroloop.experiment.outcomes import Share, endings
from tests.experiment.worlds import build, manifest

NEVER = np.nan


def test_the_earlier_mark_decides_and_credit_wins_a_tie() -> None:
    payoff = np.array([2, 5, 3, NEVER, NEVER, 4])
    credit = np.array([5, 2, 3, 1, NEVER, NEVER])
    assert endings(payoff, credit) == [
        "payoff_first",
        "credit_first",
        "credit_first",
        "credit_first",
        "muddle_through",
        "payoff_first",
    ]


def test_every_ending_has_a_share_and_they_sum_to_one() -> None:
    found = shares(["credit_first", "credit_first", "muddle_through", "credit_first"])
    assert [(share.name, share.count) for share in found] == [
        ("payoff_first", 0),
        ("credit_first", 3),
        ("muddle_through", 1),
    ]
    assert sum(share.share for share in found) == 1


def test_the_error_and_the_interval_are_those_worked_by_hand() -> None:
    # p = 0.5, n = 100: sqrt(0.25 / 100) = 0.05. Wilson: z² = 3.8415; middle (0.5 + 3.8415/200) / 1.038415 = 0.5;
    # half 1.95996 * sqrt(0.0025 + 3.8415/40000) / 1.038415 = 0.096168.
    share = Share("x", 50, 100)
    assert share.error == pytest.approx(0.05)
    assert share.interval == pytest.approx((0.403832, 0.596168), abs=1e-6)


def test_the_interval_is_not_empty_where_nothing_or_everything_was_counted() -> None:
    # At p = 0 the upper end is z² / (n + z²): 3.8415 / 103.8415.
    assert Share("x", 0, 100).interval == pytest.approx((0, 0.036994), abs=1e-6)
    assert Share("x", 100, 100).interval == pytest.approx((0.963006, 1), abs=1e-6)


def test_a_run_says_when_its_paths_have_ended(tmp_path: Path) -> None:
    complete(tmp_path / "run", manifest(400), build)
    run, x = open_run(tmp_path / "run"), np.asarray(uniform(3, 0, 400, "x"))
    # In the small economy credit closes in the second quarter where x > 0.8, the payoff comes in the third below 0.3.
    closed, paid = (x > 0.8).mean(), (x < 0.3).mean()
    assert credit_before_payoff(run).share == closed
    assert by_quarter(run)["credit_first"].tolist() == [0, closed, closed]
    assert by_quarter(run)["payoff_first"].tolist() == [0, 0, paid]
    assert run.outcomes["credit_quarter"].values[x > 0.8].tolist() == ["2026-Q4"] * int((x > 0.8).sum())
    assert all(quarter == "" for quarter in run.outcomes["credit_quarter"].values[x <= 0.8])
