"""A run into a folder: resumed, refused, repaired, and the same to the last byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.economy.draws import uniform
from ouroloop.experiment import parts as parts_room
from ouroloop.experiment.again import compare_again
from ouroloop.experiment.ensemble import Interrupted, Listener, complete
from ouroloop.experiment.manifest import read_manifest
from ouroloop.experiment.parts import batch_of, cut
from ouroloop.experiment.read import open_run
from ouroloop.experiment.runnable import TABLES
from tests.experiment.worlds import Small, build, manifest

PATHS = 1300  # three parts


class Told(Listener):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.began: list[tuple[int, int]] = []
        self.simulated = 0

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def begin(self, paths: int, done: int) -> None:
        self.began.append((paths, done))

    def advance(self, paths: int) -> None:
        self.simulated += paths


def stopping_at(path: int) -> Callable[[int, int], Small]:
    """The small economy, until somebody presses Ctrl-C as it comes to a path."""

    def build_or_stop(first: int, paths: int) -> Small:
        if first <= path < first + paths and paths > 1:
            raise KeyboardInterrupt
        return build(first, paths)

    return build_or_stop


def digests(folder: Path) -> dict[str, str]:
    return read_manifest(folder)["files"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "whole"
    complete(folder, manifest(PATHS), build)
    return folder


def test_an_interrupted_run_that_goes_on_is_the_uninterrupted_one_byte_for_byte(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(Interrupted, match="2 of 3 parts are kept"):
        complete(folder, manifest(PATHS), stopping_at(1000))
    told = Told()
    complete(folder, manifest(PATHS), build, told)
    assert told.sentences == ["2 of 3 parts are there; missing: 2"]
    assert told.began == [(PATHS, 866)]
    assert told.simulated == PATHS - 866
    assert digests(folder) == digests(whole)
    names = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert names == {path.relative_to(whole) for path in whole.rglob("*") if path.is_file()}
    for name in names - {Path("manifest.json")}:
        assert (folder / name).read_bytes() == (whole / name).read_bytes()


def test_an_interrupted_run_cannot_be_opened_and_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        complete(tmp_path / "run", manifest(PATHS), stopping_at(500))
    with pytest.raises(BadInput, match="parts 1, 2 are missing") as raised:
        open_run(tmp_path / "run")
    assert raised.value.problems[0].code == "unfinished-run"


@pytest.mark.parametrize("damage", ["flipped", "cut short", "emptied"])
def test_a_damaged_part_is_simulated_again_and_said(damage: str, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(Interrupted):
        complete(folder, manifest(PATHS), stopping_at(1000))
    path = folder / "parts" / "part-00001.npz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes({"flipped": bytes(data), "cut short": bytes(data[: len(data) // 2]), "emptied": b""}[damage])
    told = Told()
    complete(folder, manifest(PATHS), build, told)
    assert told.sentences[0] == "damaged, simulated again: part-00001.npz"
    assert digests(folder) == digests(whole)


def test_a_part_of_another_run_is_not_taken(whole: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, seed in ((one, 4), (other, 3)):
        with pytest.raises(Interrupted):
            complete(folder, manifest(PATHS, seed=seed), lambda f, n, s=seed: _stop(f, n, s))
    (one / "parts" / "part-00000.npz").replace(other / "parts" / "part-00000.npz")
    told = Told()
    complete(other, manifest(PATHS), build, told)
    assert told.sentences[0] == "damaged, simulated again: part-00000.npz"
    assert digests(other) == digests(whole)


def _stop(first: int, paths: int, seed: int) -> Small:
    if first > 500 and paths > 1:
        raise KeyboardInterrupt
    return build(first, paths, seed)


def test_another_run_in_the_folder_is_refused_by_what_differs(whole: Path) -> None:
    with pytest.raises(BadInput, match=r"seed \(3 there, 4 now\)") as raised:
        complete(whole, manifest(PATHS, seed=4), build)
    assert raised.value.problems[0].code == "other-run"


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(BadInput) as raised:
        complete(tmp_path, manifest(10), build)
    assert raised.value.problems[0].code == "not-a-run"
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_run_that_is_whole_is_not_simulated_again(whole: Path) -> None:
    def never(first: int, paths: int) -> Small:
        raise AssertionError("simulated")

    complete(whole, manifest(PATHS), never)


def test_a_manifest_that_was_edited_is_refused(tmp_path: Path) -> None:
    complete(tmp_path / "run", manifest(10), build)
    page = tmp_path / "run" / "manifest.json"
    page.write_text(page.read_text().replace('"seed": 3', '"seed": 4'))
    with pytest.raises(BadInput) as raised:
        open_run(tmp_path / "run")
    assert raised.value.problems[0].code == "not-a-run"


def test_batches_of_another_size_give_the_same_tables(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_room, "BATCH", 100)
    complete(tmp_path / "run", manifest(PATHS), build)
    one, other = open_run(whole), open_run(tmp_path / "run")
    for table in TABLES:
        mine, theirs = one.statistics(table), other.statistics(table)
        for name, column in mine.columns.items():
            np.testing.assert_allclose(theirs.columns[name], column, rtol=1e-13 if name == "mean" else 0)
    assert digests(whole)["outcomes.parquet"] == digests(tmp_path / "run")["outcomes.parquet"]
    assert digests(whole)["tail/members/00000.parquet"] == digests(tmp_path / "run")["tail/members/00000.parquet"]


def test_means_are_those_of_all_paths_and_quantiles_exact_in_a_run_of_this_size(whole: Path) -> None:
    x = np.asarray(uniform(3, 0, PATHS, "x"))
    run = open_run(whole)
    assert run.mean("members")["cash"].sel(entity="b", quarter="2026-Q4").item() == pytest.approx(10 * x.mean())
    for quantile in (0.01, 0.5, 0.95):
        found = run.members["cash"].sel(entity="b", quarter="2027-Q1", quantile=quantile).item()
        assert found == pytest.approx(np.quantile(10 * x, quantile), rel=1e-6)
    assert run.members.attrs == {"paths": PATHS, "rank_error": 0.0}


def test_losses_stand_by_path_and_by_the_stage_that_was_reached(whole: Path) -> None:
    x = np.asarray(uniform(3, 0, PATHS, "x"))
    run = open_run(whole)
    by_path, staged = run.losses_by_path.sel(loss="a/claims"), run.losses_by_stage
    np.testing.assert_allclose(by_path[-1], 3 * x, rtol=1e-12)
    assert by_path["quarters"].values.tolist() == [3, 3]
    found = staged.sel(loss="a/claims")
    assert found.sel(stage="before").item() == pytest.approx(np.where(x > 0.5, x, 3 * x).mean())
    assert found.sel(stage="shares").item() == pytest.approx(np.where(x > 0.5, 2 * x, 0).mean())
    np.testing.assert_allclose(staged.sum("stage"), [3 * x.mean(), -3 * x.mean()])


def test_the_tail_is_exactly_the_worst_hundredth_with_full_trajectories(whole: Path) -> None:
    x = np.asarray(uniform(3, 0, PATHS, "x"))
    expected = sorted(np.argsort(-x, kind="stable")[:13].tolist())  # the loss grows with x; 1 % of 1,300
    tail = open_run(whole).tail("members")
    assert sorted(set(tail["path"].tolist())) == expected
    mine = (tail["entity"] == "b") & (tail["measure"] == "cash") & (tail["quarter"] == "2026-Q3")
    assert dict(zip(tail["path"][mine].tolist(), tail["value"][mine].tolist(), strict=True)) == {
        path: 10 * x[path] for path in expected
    }


def test_the_tail_is_exact_when_one_part_holds_more_of_it_than_it_kept(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every part keeps its one worst path only, so that most of the tail has to be simulated again.
    monkeypatch.setattr(parts_room, "candidates", lambda paths: 1)
    asked: list[tuple[int, int]] = []

    def noted(first: int, paths: int) -> Small:
        asked.append((first, paths))
        return build(first, paths)

    complete(tmp_path / "run", manifest(PATHS), noted)
    parts = cut(PATHS, detail_paths=PATHS)
    assert set(asked) == {batch_of(part, part.first + at) for part in parts for at in range(part.paths)}
    assert len(asked) > 1 + 2 * len(parts)  # the axes, two batches a part, and some once more
    for name, digest in digests(whole).items():
        assert digests(tmp_path / "run")[name] == digest, name


def test_events_count_paths_by_firm_and_quarter(whole: Path) -> None:
    x = np.asarray(uniform(3, 0, PATHS, "x"))
    events = open_run(whole).events
    rows = zip(*(events[name].tolist() for name in ("event", "entity", "quarter", "paths")), strict=True)
    counted = {row[:3]: row[3] for row in rows}
    assert counted["default", "a", "2026-Q4"] == (x > 0.8).sum()
    assert counted["default", "a", "2027-Q1"] == 0
    assert counted["default", "b", "2026-Q4"] == 0
    assert counted["credit_closed", "system", "2026-Q4"] == (x > 0.8).sum()
    assert counted["payoff", "system", "2027-Q1"] == (x < 0.3).sum()


def test_paths_beyond_those_in_detail_still_count_for_everything_but_books_and_flows(tmp_path: Path) -> None:
    complete(tmp_path / "run", manifest(PATHS, detail_paths=500), build)
    run = open_run(tmp_path / "run")
    first = cut(PATHS, detail_paths=500)[0].paths
    assert run.statistics("books").paths == run.statistics("flows").paths == first
    assert run.statistics("members").paths == PATHS
    x = np.asarray(uniform(3, 0, first, "x"))
    assert run.mean("books")[0, 0].item() == pytest.approx(x.mean())
    assert set(run.tail("books")["path"].tolist()) <= set(range(first))
    assert len(set(run.tail("members")["path"].tolist())) == 13


def test_a_rerun_from_the_manifest_is_the_same_and_another_economy_is_not(whole: Path) -> None:
    page = read_manifest(whole)
    again = compare_again(page, build)
    assert (again.same, again.differing, again.changed) == (True, (), ())
    other = compare_again(page, lambda first, paths: build(first, paths, seed=5))
    assert not other.same
    assert "outcomes.parquet" in other.differing


def test_all_paths_are_written_and_read_with_names(tmp_path: Path) -> None:
    pytest.importorskip("zarr")
    folder = tmp_path / "run"
    with pytest.raises(Interrupted):
        complete(folder, manifest(600, all_paths=True), stopping_at(400))
    complete(folder, manifest(600, all_paths=True), build)
    every = open_run(folder).all_paths
    x = np.asarray(uniform(3, 0, 600, "x"))
    assert every["members"].dims == ("measure", "entity", "quarter", "path")
    found = every["members"].sel(measure="cash", entity="b", quarter="2027-Q1").values
    np.testing.assert_array_equal(found, 10 * x)
    np.testing.assert_array_equal(every["outcome"].sel(mark="outside_loss").values, np.where(x > 0.8, 100 * x, 0))


def test_a_run_without_all_paths_says_how_to_get_them(whole: Path) -> None:
    with pytest.raises(BadInput) as raised:
        _ = open_run(whole).all_paths
    assert raised.value.problems[0].code == "no-paths"
