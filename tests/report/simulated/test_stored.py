"""A stored run says in the report what its paths say in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from ouroloop.experiment.ensemble import complete
from ouroloop.experiment.read import open_run
from ouroloop.report.simulated.reduce import Batch, from_batches
from ouroloop.report.simulated.stored import from_run
from ouroloop.scenario.read import read_scenario
from tests.experiment.worlds import build, manifest

PATHS = 300


def test_a_stored_run_and_its_paths_in_memory_give_the_same_results(tmp_path: Path) -> None:
    scenario = read_scenario("baseline")
    complete(tmp_path / "run", manifest(PATHS), build)
    stored = from_run(scenario, open_run(tmp_path / "run"))
    economy = build(0, PATHS)
    memory = from_batches(scenario, economy, [Batch.of(economy, economy.simulate(detail=False))])
    assert stored.quarters == memory.quarters
    assert stored.firms == memory.firms == ("a", "b")
    assert stored.endings == memory.endings
    for ending, course in memory.ended.items():
        assert stored.ended[ending].tolist() == pytest.approx(course.tolist())
    for firm, course in memory.defaulted.items():
        assert stored.defaulted[firm].tolist() == pytest.approx(course.tolist())
    for level in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert stored.members["b", "cash"].at(level) == pytest.approx(memory.members["b", "cash"].at(level), rel=1e-6)
    assert stored.members["b", "cash"].mean == pytest.approx(memory.members["b", "cash"].mean)
    for key, course in memory.who_paid.items():
        assert stored.who_paid[key] == pytest.approx(course)
    assert stored.outside_loss_soon.median == pytest.approx(memory.outside_loss_soon.median)
    assert stored.outside_loss.median == pytest.approx(memory.outside_loss.median)
    assert {one.assumption: one.difference for one in stored.influences if one.low == one.low} == pytest.approx(
        {one.assumption: one.difference for one in memory.influences if one.low == one.low}
    )


def test_the_bands_of_a_stored_run_say_their_own_widths(tmp_path: Path) -> None:
    complete(tmp_path / "run", manifest(40), build)
    stored = from_run(read_scenario("baseline"), open_run(tmp_path / "run"))
    assert [round(high - low, 2) for low, high in stored.members["a", "cash"].bands] == [0.9, 0.8, 0.5]
