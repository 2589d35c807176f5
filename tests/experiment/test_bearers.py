"""Who ends up with the loss, from two runs by hand: pairs of paths, funds seen through, and the identity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ouroloop.contagion.stages import STAGES
from ouroloop.experiment.bearers import Lost, loss_account
from ouroloop.experiment.losses import LossAccount

LINES = (
    ("firm", "forgiven"),
    ("firm", "plant"),
    ("owner", "claims"),
    ("owner", "shares"),
    ("funds", "claims"),
    ("funds", "discounts"),
    ("buyers", "discounts"),
)
QUARTERS = ("2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4")
PASSED_ON = {"funds": {"pensions": 0.75, "insurers": 0.25}}


def run(losses: list[list[float]], **dates: list[float]) -> Lost:
    """`losses` by line and path; all of it falls in the second quarter. `dates`: the quarter of each stage's sign."""
    values = np.array(losses, float)
    over_time = np.zeros((len(LINES), 4))
    over_time[:, 1] = values.mean(axis=1)
    never = [np.nan] * values.shape[1]
    stages = np.array([dates.get(stage, never) for stage in STAGES])
    spans = np.stack([values, values])
    return Lost(1, QUARTERS, frozenset({"firm"}), LINES, spans, over_time, stages)


CALM = run([[0.0] * 4] * len(LINES))
HIT = run(
    [[-9, -9, -9, -13], [2, 2, 2, 2], [5, 5, 5, 5], [1, 2, 3, 4], [4, 4, 4, 8], [3, 3, 3, 3], [-3, -3, -3, -3]],
    shares=[0, 0, 1, np.nan],
    rents=[1, np.nan, 0, np.nan],
    tranches=[2, 1, 2, np.nan],
)


@pytest.fixture(scope="module")
def found() -> LossAccount:
    return loss_account(CALM, HIT, PASSED_ON)


def test_losses_of_funds_are_those_of_whom_they_hold_for(found: LossAccount) -> None:
    net = {row.holder: row.net for row in found.losses}
    assert net == pytest.approx({"owner": 7.5, "pensions": 6.0, "insurers": 2.0, "buyers": -3.0, "firm": -8.0})
    assert [row.holder for row in found.outside] == ["owner", "pensions", "insurers", "buyers"]
    assert [row.holder for row in found.inside] == ["firm"]
    gross = {row.holder: row.gross for row in found.losses}
    assert gross == pytest.approx({"owner": 5.0, "pensions": 3.75, "insurers": 1.25, "buyers": 0.0, "firm": 0.0})


def test_errors_are_of_differences_by_path(found: LossAccount) -> None:
    errors = {row.holder: row.error for row in found.losses}
    assert errors["owner"] == pytest.approx(np.std([6, 7, 8, 9]) / 2)
    assert errors["buyers"] == 0.0
    # Of all outside: 5 + (1 to 4) + 4 or 8 + 3 - 3.
    assert found.soon_outside == pytest.approx((12.5, np.std([10, 11, 12, 17]) / 2))
    assert found.soon == "2027-Q4"


def test_net_losses_of_all_are_what_is_destroyed_and_transfers_leave_nothing(found: LossAccount) -> None:
    assert found.gap == 0.0
    assert found.destroyed == pytest.approx(2.0 + 2.5)
    assert found.transfers == pytest.approx(0.0, abs=1e-12)
    assert sum(row.net for row in found.losses) == pytest.approx(found.destroyed)
    leaky = run([[1.0]] + [[0.0]] * (len(LINES) - 1))
    assert loss_account(run([[0.0]] * len(LINES)), leaky, PASSED_ON).gap == 1.0


def test_losses_so_far_add_up_over_the_quarters(found: LossAccount) -> None:
    owner = next(row for row in found.losses if row.holder == "owner")
    assert owner.by_quarter.tolist() == [0.0, 7.5, 7.5, 7.5]


def test_stages_say_how_often_when_and_where_the_cascade_ends(found: LossAccount) -> None:
    by = {stage.name: stage for stage in found.stages}
    assert (by["shares"].first, by["shares"].second, by["shares"].median) == (0.0, 0.75, "2027-Q1")
    # Path 1 passes three stages and ends before the fourth; 2 and 3 pass the first; 4 none.
    assert [stage.stops for stage in found.stages] == [0.25, 0.5, 0.0, 0.25, 0.0, 0.0, 0.0]
    assert by["sales"].median == ""
    assert found.whole == 0.0


def test_runs_of_other_draws_are_not_told_apart() -> None:
    with pytest.raises(AssertionError, match="same draws"):
        loss_account(CALM, replace(HIT, seed=2), PASSED_ON)
