"""Who ends up with the loss, from two runs by hand: pairs of paths, funds seen through, and the identity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ouroloop.contagion.stages import STAGES
from ouroloop.economy.losses import REACHED, by_stage
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
    spans, losses = np.stack([values, values]), np.zeros((len(LINES), 4, values.shape[1]))
    losses[:, 1] = values
    staged = by_stage(losses, stages).mean(axis=-1)
    return Lost(1, QUARTERS, frozenset({"firm"}), LINES, spans, over_time, staged, stages)


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
    # On path 2 rents were never cut; on path 3 they were, before shares had fallen. Path 1 ends because nobody calls.
    assert [stage.early for stage in found.stages] == [0.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert by["sales"].median == ""
    assert found.whole == 0.0


def test_what_guarantors_paid_is_told_of_the_paths_on_which_the_cascade_ends() -> None:
    lines = (("owner", "guarantees"), ("firm", "guarantees"))
    paid = np.array([[4.0, 2.0, 0.0, 0.0], [-4.0, -2.0, 0.0, 0.0]])
    some = replace(HIT, lines=lines, by_path=np.stack([paid, paid]), over_time=np.zeros((2, 4)))
    some = replace(some, by_stage=np.zeros((len(REACHED), 2)))
    stages = {stage.name: stage.guaranteed for stage in loss_account(some, some, {}).stages}
    assert stages["calls"] == 4.0  # path 1
    assert stages["rents"] == 1.0  # paths 2 and 3
    assert stages["outside"] == 0.0


def test_losses_stand_at_the_stage_that_the_path_had_reached(found: LossAccount) -> None:
    # All is lost in the second quarter. By then path 1 has seen shares, then rents; 2 shares, then tranches; 3 rents,
    # then shares; 4 nothing: a quarter of the paths each.
    net = {one.stage: one.outside for one in found.by_stage}
    assert net == pytest.approx(
        dict.fromkeys(REACHED, 0.0) | {"rents": 10 / 4, "tranches": 11 / 4, "shares": 12 / 4, "before": 17 / 4}
    )
    gross = {one.stage: one.gross for one in found.by_stage}
    assert gross["rents"] == pytest.approx((5 + 4) / 4)
    assert gross["before"] == pytest.approx((5 + 8) / 4)
    assert sum(one.firms for one in found.by_stage) == pytest.approx(-8.0)
    assert not any(one.otherwise for one in found.by_stage)


def test_of_two_signs_in_one_quarter_the_later_stage_counts_and_every_loss_once() -> None:
    losses = np.arange(12.0).reshape(1, 4, 3)
    first = np.full((len(STAGES), 3), np.nan)
    first[0], first[3, 0], first[2, 1], first[5, 2] = 1.0, 1.0, 3.0, 0.0
    staged = dict(zip(REACHED, by_stage(losses, first)[:, 0], strict=True))
    assert staged["before"].tolist() == [0.0, 1.0, 0.0]
    assert staged["calls"].tolist() == [3.0 + 6.0 + 9.0, 0.0, 0.0]
    assert staged["shares"].tolist() == [0.0, 4.0 + 7.0, 5.0 + 8.0 + 11.0]
    assert staged["tranches"].tolist() == [0.0, 10.0, 0.0]
    assert staged["lenders"].tolist() == [0.0, 0.0, 2.0]
    assert sum(staged.values()).tolist() == losses.sum(axis=1)[0].tolist()


def test_runs_of_other_draws_are_not_told_apart() -> None:
    with pytest.raises(AssertionError, match="same draws"):
        loss_account(CALM, replace(HIT, seed=2), PASSED_ON)
