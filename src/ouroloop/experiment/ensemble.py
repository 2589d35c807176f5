"""Run a scenario on all its paths into a folder: part by part, so that what is done survives an interruption."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ouroloop.core import BadInput, Place, Problem
from ouroloop.economy.losses import REACHED, SOON
from ouroloop.economy.track import OUTCOME_MARKS
from ouroloop.experiment import manifest as pages
from ouroloop.experiment.all_paths import check_zarr, open_store
from ouroloop.experiment.merge import STATISTICS, merge
from ouroloop.experiment.outcomes import endings
from ouroloop.experiment.parts import BATCH, Part, cut, is_whole, open_part, simulate_part, write_part
from ouroloop.experiment.points import bound
from ouroloop.experiment.runnable import DETAIL, SYSTEM, TABLES, Axes, Build
from ouroloop.experiment.tables import Coded, Column, series_columns, write_table
from ouroloop.experiment.tail import worst_paths, write_tail

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run
    from ouroloop.scenario.language import Scenario

DETAIL_PATHS = 10_240
"""Of a larger run, only about the first so many paths report books and flows, which are most of the disk that parts
need: quantiles of them have a Monte Carlo error of half a percent in rank, and a run of any size fits."""
PARTS = "parts"


class Listener:
    """Who watches a run. This one does not."""

    def say(self, sentence: str) -> None:
        """Something that a reader should know."""

    def begin(self, paths: int, done: int) -> None:
        """So many paths are to be simulated, of which some were before."""

    def advance(self, paths: int) -> None:
        """So many more were simulated."""


class Interrupted(KeyboardInterrupt):
    """The user stopped the run; what was whole is kept."""

    def __init__(self, folder: Path, whole: int, parts: int) -> None:
        self.folder, self.whole, self.parts = folder, whole, parts
        super().__init__(f"{whole} of {parts} parts are kept in '{folder}'; the same command goes on from there")


def run_scenario(
    scenario: Scenario,
    folder: Path | str | None = None,
    *,
    paths: int | None = None,
    seed: int | None = None,
    all_paths: bool = False,
    listener: Listener | None = None,
) -> Run:
    """Where does the loop go in this scenario? Simulates all paths into a folder and opens it.

    Parameters
    ----------
    scenario
        What is run; `paths` and `seed` replace its own.
    folder
        Where to; without it `runs/<scenario>-<hash>`. A run of the same that was interrupted there is gone on with; one
        that is whole is opened as it is.
    all_paths
        Also write every number of every path to `paths.zarr`.

    Raises BadInput `other-run` when the folder holds another run (another scenario, seed, version or device), and what
    `scenario.build` raises. On Ctrl-C `Interrupted`: whole parts are kept.
    """
    from ouroloop.experiment.read import open_run
    from ouroloop.scenario.build import build, check

    check(scenario)  # before there is a folder
    asked = replace(scenario, paths=paths or scenario.paths, seed=scenario.seed if seed is None else seed)
    detail = asked.paths if all_paths else min(asked.paths, DETAIL_PATHS)
    manifest = pages.manifest_of(asked, detail_paths=detail, all_paths=all_paths)
    where = Path(folder) if folder is not None else default_folder(manifest)
    complete(where, manifest, lambda first, count: build(asked, first, count), listener)
    return open_run(where)


def default_folder(manifest: Mapping[str, Any]) -> Path:
    """Where a run lies when nobody says where: the same run finds its own folder again."""
    return Path("runs") / f"{manifest['scenario']['scenario']}-{manifest['hash'][:8]}"


def complete(folder: Path, manifest: Mapping[str, Any], build: Build, listener: Listener | None = None) -> None:
    """Make what is missing of a run in its folder, so that it is whole in the end.

    Parts that are whole and belong to this run are kept; others are simulated, and what is damaged is said. Then the
    parts are merged into tables and removed, and the manifest gets the digest of every file. Nothing in those files
    depends on the day, on interruptions, or on how many parts were there.
    """
    tell = listener or Listener()
    known = _claim(folder, manifest)
    if "files" in known:
        return
    if manifest["all_paths"]:
        check_zarr()
    parts = cut(manifest["paths"], detail_paths=manifest["detail_paths"])
    (folder / PARTS).mkdir(exist_ok=True)
    missing = _missing(folder / PARTS, parts, manifest["hash"], tell)
    try:
        axes = Axes.of(build(0, min(parts[0].paths, BATCH)))  # of a batch's shape: nothing is compiled for it alone
        tell.begin(manifest["paths"], manifest["paths"] - sum(part.paths for part in missing))
        _simulate(folder, axes, parts, missing, manifest, build, tell)
        _write(folder, axes, parts, manifest, build)
    except KeyboardInterrupt:
        whole = sum((folder / PARTS / part.file).exists() for part in parts)
        raise Interrupted(folder, whole, len(parts)) from None
    files = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
    pages.write_manifest(folder, {**known, "files": files})
    shutil.rmtree(folder / PARTS)


def missing_parts(folder: Path, manifest: Mapping[str, Any]) -> tuple[Part, ...]:
    """Which parts of a run are not there yet? Empty when it is whole."""
    if "files" in manifest:
        return ()
    parts = cut(manifest["paths"], detail_paths=manifest["detail_paths"])
    return tuple(part for part in parts if is_whole(folder / PARTS, part, manifest["hash"]) is not True)


def _claim(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Make the folder this run's own; the manifest that stands in it. Raises BadInput when it is something else's."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / pages.FILE).exists()):
        message = f"'{folder}' is not empty and no run is in it."
        raise BadInput([Problem(Place(str(folder)), "not-a-run", message, "name another folder: --out FOLDER")])
    if (folder / pages.FILE).exists():
        known = pages.read_manifest(folder)
        pages.check_same(folder, known, manifest)
        return known
    folder.mkdir(parents=True, exist_ok=True)
    pages.write_manifest(folder, manifest)
    return dict(manifest)


def _missing(folder: Path, parts: Sequence[Part], run_hash: str, tell: Listener) -> list[Part]:
    found = {part: is_whole(folder, part, run_hash) for part in parts}
    missing = [part for part, whole in found.items() if not whole]
    damaged = [part for part, whole in found.items() if whole is False]
    if damaged:
        tell.say(f"damaged, simulated again: {', '.join(part.file for part in damaged)}")
    if missing and len(missing) < len(parts):
        tell.say(f"{len(parts) - len(missing)} of {len(parts)} parts are there; missing: {_numbers(missing)}")
    return missing


def _numbers(parts: Sequence[Part]) -> str:
    shown = ", ".join(str(part.number) for part in parts[:8])
    return f"{shown} and {len(parts) - 8} more" if len(parts) > 8 else shown


def _simulate(
    folder: Path,
    axes: Axes,
    parts: Sequence[Part],
    missing: Sequence[Part],
    manifest: Mapping[str, Any],
    build: Build,
    tell: Listener,
) -> None:
    paths = sum(part.paths for part in parts)
    seen = open_store(folder, axes, paths) if manifest["all_paths"] else None
    for part in missing:
        made = simulate_part(build, axes, part, seen=seen, done=tell.advance)
        write_part(folder / PARTS, part, made, manifest["hash"])


def _write(folder: Path, axes: Axes, parts: Sequence[Part], manifest: Mapping[str, Any], build: Build) -> None:
    """The tables of a run, from all its parts."""
    opened = [open_part(folder / PARTS, part) for part in parts]
    try:
        for table in TABLES:
            some = [n for n, part in enumerate(parts) if part.detail or table not in DETAIL]
            _write_quantiles(folder, axes, table, [parts[n] for n in some], [opened[n] for n in some])
        marks = np.concatenate([kept["marks"] for kept in opened], axis=1)
        draws = np.concatenate([kept["draws"] for kept in opened], axis=1)
        bad = worst_paths(marks)
        _write_outcomes(folder, axes, marks, bad)
        _write_events(folder, axes, marks, sum(kept["defaults"] for kept in opened))
        number = {"path": np.arange(marks.shape[1])}
        write_table(folder / "draws.parquet", number | dict(zip(axes.drawn, draws, strict=True)))
        _write_losses(folder, axes, np.concatenate([kept["lost"] for kept in opened], axis=2))
        _write_staged(folder, axes, sum(kept["staged"] for kept in opened) / marks.shape[1])
        write_tail(folder, axes, parts, opened, build, bad.tolist())
    finally:
        for kept in opened:
            kept.close()


def _write_quantiles(folder: Path, axes: Axes, table: str, parts: Sequence[Part], opened: Sequence[Any]) -> None:
    merged = merge(table, parts, opened)
    quarters = [str(quarter) for quarter in axes.quarters]
    series, quarter = np.divmod(np.arange(axes.rows(table)), len(quarters))
    rank_error = bound([part.paths for part in parts], [part.points for part in parts])
    columns: dict[str, Column] = {
        **series_columns(axes.series[table], series),
        "quarter": Coded(quarter, quarters),
        **dict(zip(STATISTICS, merged.statistics.T, strict=True)),
        "paths": np.full(series.size, merged.paths),
        "rank_error": np.full(series.size, rank_error),
    }
    write_table(folder / f"{table}.parquet", columns)


def _write_losses(folder: Path, axes: Axes, lost: np.ndarray) -> None:
    """Who lost how on every path, in the first quarters and in all of them: a row for each span and path."""
    spans = [min(SOON, len(axes.quarters)), len(axes.quarters)]
    paths = lost.shape[2]
    columns: dict[str, Column] = {
        "path": np.tile(np.arange(paths), len(spans)),
        "quarters": np.repeat(np.array(spans), paths),
    }
    named = {f"{entity}/{how}": lost[:, n].ravel() for n, (entity, how) in enumerate(axes.losses)}
    write_table(folder / "losses_by_path.parquet", columns | named)


def _write_staged(folder: Path, axes: Axes, staged: np.ndarray) -> None:
    """Who lost how while paths had reached each stage of a crash, mean of the paths."""
    entities, ways = (sorted(set(names)) for names in zip(*axes.losses, strict=True))
    rows = [(entities.index(entity), ways.index(how)) for entity, how in axes.losses]
    entity, how = (np.tile([row[n] for row in rows], len(REACHED)) for n in (0, 1))
    write_table(
        folder / "losses_by_stage.parquet",
        {
            "stage": Coded(np.repeat(np.arange(len(REACHED)), len(rows)), list(REACHED)),
            "entity": Coded(entity, entities),
            "how": Coded(how, ways),
            "mean_usd_bn": staged.ravel(),
        },
    )


def _write_outcomes(folder: Path, axes: Axes, marks: np.ndarray, bad: np.ndarray) -> None:
    """What every path ended in: its ending, the quarter of each mark (NULL: never), its losses, is it in `tail`."""
    quarters = [str(quarter) for quarter in axes.quarters]
    mark = dict(zip(OUTCOME_MARKS, marks, strict=True))
    named = endings(mark["payoff_quarter"], mark["credit_quarter"])
    words = sorted(set(named))
    number = np.arange(marks.shape[1])
    dated = {
        name: Coded(np.nan_to_num(mark[name], nan=-1).astype(np.int64), quarters)
        for name in OUTCOME_MARKS
        if name.endswith("_quarter")
    }
    write_table(
        folder / "outcomes.parquet",
        {
            "path": number,
            "outcome": Coded(np.array([words.index(name) for name in named]), words),
            **dated,
            **{f"{name}_usd_bn": mark[name] for name in ("outside_loss_soon", "outside_loss")},
            "in_tail": np.isin(number, bad),
        },
    )


def _write_events(folder: Path, axes: Axes, marks: np.ndarray, defaults: Any) -> None:
    """On how many paths did it happen, by quarter? `default` of each firm, `payoff`, `credit_closed` of the whole."""
    quarters, paths = [str(quarter) for quarter in axes.quarters], marks.shape[1]
    counts = [("default", member, row) for member, row in zip(axes.members, np.asarray(defaults), strict=True)]
    for event, name in (("payoff", "payoff_quarter"), ("credit_closed", "credit_quarter")):
        at = marks[OUTCOME_MARKS.index(name)]
        row = np.bincount(at[~np.isnan(at)].astype(np.int64), minlength=len(quarters))
        counts.append((event, SYSTEM, row))
    events, entities = sorted({one[0] for one in counts}), sorted({one[1] for one in counts})
    every = np.concatenate([row for _, _, row in counts])
    write_table(
        folder / "events.parquet",
        {
            "event": Coded(np.repeat([events.index(one[0]) for one in counts], len(quarters)), events),
            "entity": Coded(np.repeat([entities.index(one[1]) for one in counts], len(quarters)), entities),
            "quarter": Coded(np.tile(np.arange(len(quarters)), len(counts)), quarters),
            "paths": every,
            "share": every / paths,
        },
    )


def _files(folder: Path) -> list[Path]:
    """The data of a run: everything but its manifest and its parts."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != pages.FILE and path.relative_to(folder).parts[0] != PARTS
    )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
