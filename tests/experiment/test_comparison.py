"""Two runs side by side."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ouroloop.economy.draws import uniform
from ouroloop.economy.track import Track
from ouroloop.experiment import Run, compare, open_run
from ouroloop.experiment.ensemble import complete
from tests.experiment.worlds import Small, build, manifest

PATHS = 500


class Worse(Small):
    """The small economy, in which each path that loses anything loses 10 more, and cash is a third of it less."""

    def simulate(self, *, detail: bool = True) -> Track:
        made = super().simulate(detail=detail)
        np.asarray(made.outcome)[-1] += 10 * (self.x > 0.8)
        np.asarray(made.members)[0] *= 2 / 3
        return made


def small(folder: Path, seed: int = 3) -> Run:
    complete(folder, manifest(PATHS, seed=seed), lambda first, paths: build(first, paths, seed))
    return open_run(folder)


@pytest.fixture
def worse(tmp_path: Path) -> Run:
    other = manifest(PATHS)
    complete(tmp_path / "worse", other, lambda first, paths: Worse(3, first, paths))
    return open_run(tmp_path / "worse")


def test_a_run_compared_with_itself_does_not_differ(tmp_path: Path) -> None:
    run = small(tmp_path / "a")
    found = compare(run, run)
    assert found.paired
    assert all((row.difference, row.error) == (0, 0) for row in found.outcomes)
    assert all(row.difference == 0 for row in found.medians)
    assert found.largest() == ()


def test_paired_differences_have_the_error_of_the_difference_by_path(tmp_path: Path, worse: Run) -> None:
    found = compare(small(tmp_path / "a"), worse)
    loss = next(row for row in found.outcomes if row.name == "outside_loss")
    p = (np.asarray(uniform(3, 0, PATHS, "x")) > 0.8).mean()
    # Each of the p n losing paths loses 10 more: mean 10 p, standard deviation 10 sqrt(p (1 - p)).
    assert loss.difference == pytest.approx(10 * p)
    assert loss.error == pytest.approx(10 * math.sqrt(p * (1 - p) / PATHS))
    assert loss.clear


def test_runs_with_other_seeds_are_not_paired_and_their_errors_add(tmp_path: Path) -> None:
    found = compare(small(tmp_path / "a"), small(tmp_path / "b", seed=4))
    assert not found.paired
    row = next(row for row in found.outcomes if row.name == "credit_first")
    p, q = row.first, row.second
    assert row.error == pytest.approx(math.sqrt(p * (1 - p) / PATHS + q * (1 - q) / PATHS))
    assert p == (np.asarray(uniform(3, 0, PATHS, "x")) > 0.8).mean()
    assert q == (np.asarray(uniform(4, 0, PATHS, "x")) > 0.8).mean()


def test_medians_are_set_beside_each_other_and_the_largest_come_first(tmp_path: Path, worse: Run) -> None:
    found = compare(small(tmp_path / "a"), worse)
    median = np.median(np.asarray(uniform(3, 0, PATHS, "x")))
    top, second = found.largest(2)
    assert (top.entity, top.measure, top.quarter) == ("b", "cash", "2027-Q1")
    assert top.difference == pytest.approx(-10 * median / 3, rel=1e-6)
    assert (second.entity, second.measure) == ("a", "cash")
    with_quarter = compare(small(tmp_path / "a"), worse, quarter="2026-Q3")
    assert with_quarter.largest(1)[0].quarter == "2026-Q3"
