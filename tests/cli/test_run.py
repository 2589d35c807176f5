"""`ouroloop run SCENARIO` and `ouroloop compare`, on a small economy in place of the real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ouroloop.cli.compare import compare
from ouroloop.cli.run import run
from ouroloop.core import BadInput
from tests.experiment import worlds


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every scenario builds the small economy; runs go to a folder of the test's own."""

    def build(scenario: Any, first: int, paths: int) -> worlds.Small:
        return worlds.build(first, paths, scenario.seed)

    monkeypatch.setattr("ouroloop.scenario.build.build", build)
    monkeypatch.chdir(tmp_path)


def codes(raised: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return sorted(problem.code for problem in raised.value.problems)


def test_a_scenario_runs_into_its_default_folder_and_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("baseline", paths=300, seed=3) is None
    out, err = capsys.readouterr()
    (folder,) = Path("runs").iterdir()
    assert folder.name.startswith("baseline-")
    assert "Credit closes before the payoff on" in out
    assert "lenders refuse most of what is asked of them (eco-out-002" in " ".join(out.split())
    assert "dem-035" in out
    assert "not a forecast" in out
    assert err == ""


def test_json_carries_probabilities_with_their_errors(capsys: pytest.CaptureFixture[str]) -> None:
    run("baseline", paths=300, seed=3, out=Path("here"), json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["run"] == "here"
    assert said["paths"] == 300
    assert {row["outcome"] for row in said["outcomes"]} == {"payoff_first", "credit_first", "muddle_through"}
    assert sum(row["share"] for row in said["outcomes"]) == pytest.approx(1)
    fixed = next(row for row in said["assumptions"] if row["assumption"] == "beh-001")
    assert fixed["difference"] is None  # it was not drawn


def test_ctrl_c_keeps_what_is_whole_says_how_to_go_on_and_exits_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(scenario: Any, first: int, paths: int) -> worlds.Small:
        if first >= 600:
            raise KeyboardInterrupt
        return worlds.build(first, paths, scenario.seed)

    with monkeypatch.context() as patch:
        patch.setattr("ouroloop.scenario.build.build", stop)
        assert run("baseline", paths=1200, out=Path("here")) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert "interrupted: 1 of 3 parts are kept in 'here'; the same command goes on from there" in err
    assert run("baseline", paths=1200, out=Path("here")) is None
    assert "1 of 3 parts are there; missing: 1, 2" in capsys.readouterr().err


def test_another_run_in_the_folder_is_bad_input() -> None:
    run("baseline", paths=50, out=Path("here"))
    with pytest.raises(BadInput) as raised:
        run("baseline", paths=60, out=Path("here"))
    assert codes(raised) == ["other-run"]


def test_what_is_neither_a_dossier_nor_a_scenario_gets_the_nearest_of_both() -> None:
    with pytest.raises(BadInput, match="did you mean 'baseline'") as raised:
        run("baselin")
    assert codes(raised) == ["no-dossier"]


def test_options_of_the_other_kind_are_refused_all_at_once() -> None:
    with pytest.raises(BadInput) as raised:
        run("three-friends", paths=10, seed=1)
    assert codes(raised) == ["not-for-this", "not-for-this"]
    with pytest.raises(BadInput) as raised:
        run("baseline", as_of="2025", lang="zh-Hans", look_back=True)
    assert codes(raised) == ["not-for-this", "not-for-this", "not-for-this"]
    with pytest.raises(BadInput) as raised:
        run("ai-loop", simulate=False, look_back=True)
    assert codes(raised) == ["not-for-this"]


@pytest.mark.parametrize(("paths", "seed"), [(0, -1), (1_000_001, 2**32)])
def test_numbers_out_of_range_are_refused_all_at_once(paths: int, seed: int) -> None:
    with pytest.raises(BadInput) as raised:
        run("baseline", paths=paths, seed=seed)
    assert codes(raised) == ["out-of-range", "out-of-range"]


def test_a_folder_and_a_scenario_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    run("baseline", paths=300, seed=3, out=Path("here"))
    capsys.readouterr()
    assert compare("here", "credit-closes-first", paths=300, seed=3) is None
    assert "paired: path by path the same draws" in capsys.readouterr().out
    compare("here", "credit-closes-first", paths=300, seed=4, json=True)
    said = json.loads(capsys.readouterr().out)
    assert not said["paired"]
    assert [row["name"] for row in said["outcomes"]] == [
        "payoff_first",
        "credit_first",
        "muddle_through",
        "outside_loss_soon",
        "outside_loss",
    ]


def test_a_quarter_that_is_not_simulated_is_refused() -> None:
    run("baseline", paths=50, out=Path("here"))
    with pytest.raises(BadInput, match="both simulate 2026-Q3 to 2027-Q1"):
        compare("here", "here", quarter="1999-Q1")
