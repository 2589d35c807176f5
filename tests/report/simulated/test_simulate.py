"""The simulation beside a report: begun in a process of its own, and never the report's undoing."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ouroloop.dossier import new_dossier
from ouroloop.report import begin_simulation
from ouroloop.report.simulated.results import NotSimulated, SimulatedResults
from ouroloop.report.simulated.simulate import Begun
from tests.report.simulated.made import simulated


def test_a_dossier_without_a_baseline_has_nothing_to_simulate(tmp_path: Path) -> None:
    new_dossier(tmp_path / "my-loop")
    assert begin_simulation(str(tmp_path / "my-loop")) is None
    assert begin_simulation("three-friends") is None


def test_a_day_on_which_too_little_was_known_gives_a_reason_and_no_exception() -> None:
    begun = begin_simulation("ai-loop", date(2018, 6, 30))
    assert begun is not None
    found = begun.wait()
    assert isinstance(found, NotSimulated)
    assert len(found.why) > 10


def test_a_process_that_dies_is_a_reason_too() -> None:
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    dead: Future[SimulatedResults | NotSimulated] = Future()
    dead.set_exception(MemoryError("no room"))
    assert Begun(pool, dead, Future()).wait() == NotSimulated("MemoryError: no room")


def test_vehicles_come_from_a_second_process_and_are_left_out_where_it_dies() -> None:
    done: Future[SimulatedResults | NotSimulated] = Future()
    done.set_result(simulated())
    beside: Future[dict[str, Any]] = Future()
    beside.set_result({"vehicles": ()})
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    found = Begun(pool, done, beside).wait()
    assert isinstance(found, SimulatedResults)
    assert found.vehicles == ()
    dead: Future[dict[str, Any]] = Future()
    dead.set_exception(MemoryError("no room"))
    assert isinstance(Begun(pool, done, dead).wait(), SimulatedResults)
