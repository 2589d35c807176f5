"""Parts of a run: some paths simulated and reduced at once, kept in a file of their own until all are there."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ouroloop.contagion.stages import STAGES
from ouroloop.economy.losses import REACHED, by_stage, so_far
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, Track
from ouroloop.experiment.points import points_kept, ranks
from ouroloop.experiment.runnable import DETAIL, TABLES, Axes, Build, values

PART = 512
"""Paths of a part, at most: what an interruption can cost, and what is sorted at once."""
BATCH = 256
"""Paths simulated at once: two chunks of the engine, so that their full trajectories (some 1.3 MB a path) pass by."""
BLOCK = 4096
"""Rows that are merged at once."""
_DATES = [OUTCOME_MARKS.index(f"{stage}_quarter") for stage in STAGES]
_LOSS = OUTCOME_MARKS.index("outside_loss")
_DEFAULTED = list(MEMBER_MEASURES).index("defaulted")


@dataclass(frozen=True, slots=True)
class Part:
    """Some consecutive paths of a run."""

    number: int
    first: int
    paths: int
    points: int
    """How many points stand for its paths in each row."""
    detail: bool
    """Are books and flows reported of it?"""

    @property
    def file(self) -> str:
        return f"part-{self.number:05d}.npz"


def cut(paths: int, *, detail_paths: int, most: int = PART) -> tuple[Part, ...]:
    """How is a run cut? Into as few parts of at most `most` paths as will do; their sizes differ by one at most.

    Parts that lie within the first `detail_paths` paths also report books and flows.

    >>> [(p.first, p.paths) for p in cut(1000, detail_paths=1000, most=400)]
    [(0, 333), (333, 333), (666, 334)]
    """
    count = -(-paths // most)
    starts = [number * paths // count for number in range(count + 1)]
    return tuple(
        Part(n, first, last - first, points_kept(last - first, count), last <= detail_paths or n == 0)
        for n, (first, last) in enumerate(pairwise(starts))
    )


def worst(loss: Float[np.ndarray, " path"], numbers: Int[np.ndarray, " path"], count: int) -> Int[np.ndarray, " taken"]:
    """Where do the `count` worst paths stand? Largest loss first, of equal ones the lower number; NaN is no loss."""
    order = np.lexsort((numbers, -np.nan_to_num(loss, nan=-np.inf)))
    return order[:count]


def simulate_part(
    build: Build,
    axes: Axes,
    part: Part,
    *,
    seen: Callable[[int, Track], None] | None = None,
    done: Callable[[int], None] | None = None,
) -> dict[str, np.ndarray]:
    """What does a part say? Simulated batch by batch and reduced, by the names under which it is kept.

    For each table: `sum` (float64, by row), `low` and `high`, and the `points` of rows that differ between paths, block
    by block. Points are float32: rounding keeps the order, so that a point is the rounded order statistic, off by 6e-8
    of its size, and costs half the room; sums, marks, draws and the trajectories of bad paths stay float64. Further
    `marks`, `draws` and losses (`lost`, by span and line) of every path, `staged` (sums of losses, by stage that was
    reached and line), `defaults` (firms that defaulted, by quarter), and the full trajectories (`kept`) of its worst
    paths. `seen` gets every batch's track, `done` the number of paths after each.
    """
    tables = TABLES if part.detail else tuple(name for name in TABLES if name not in DETAIL)
    every = {name: np.empty((axes.rows(name), part.paths), np.float32) for name in tables}
    sums = {name: np.zeros(axes.rows(name)) for name in tables}
    marks = np.empty((len(OUTCOME_MARKS), part.paths))
    draws = np.empty((len(axes.drawn), part.paths))
    lost = np.empty((2, len(axes.losses), part.paths))
    staged = np.zeros((len(REACHED), len(axes.losses)))
    defaults = np.zeros((len(axes.members), len(axes.quarters)), np.int64)
    bad: list[tuple[int, float, dict[str, np.ndarray]]] = []
    for at in range(0, part.paths, BATCH):
        first, count = batch_of(part, part.first + at)
        here = slice(at, at + count)
        economy = build(first, count)
        track = economy.simulate(detail=part.detail)
        for name in tables:
            flat = values(track, name)
            assert flat.shape == (axes.rows(name), count), f"{name} has {flat.shape}, not {(axes.rows(name), count)}"
            every[name][:, here] = flat
            sums[name] += flat.sum(axis=1)
        marks[:, here] = track.outcome
        losses = np.asarray(track.losses)
        lost[..., here] = so_far(losses)
        staged += by_stage(losses, marks[_DATES, here]).sum(axis=-1)
        for row, name in enumerate(axes.drawn):
            draws[row, here] = economy.draws[name]
        defaulted = np.asarray(track.members)[_DEFAULTED]
        defaults += (np.diff(defaulted, axis=1, prepend=0.0) > 0).sum(axis=2)
        loss = marks[_LOSS, here]
        for column in worst(loss, first + np.arange(count), candidates(part.paths)):
            bad.append((first + int(column), float(loss[column]), trajectories(track, tables, int(column))))
        if seen is not None:
            seen(first, track)
        if done is not None:
            done(count)
    made: dict[str, np.ndarray] = {"marks": marks, "draws": draws, "lost": lost, "staged": staged, "defaults": defaults}
    numbers, sizes = np.array([number for number, _, _ in bad]), np.array([loss for _, loss, _ in bad])
    best = worst(sizes, numbers, candidates(part.paths))
    made["kept"] = numbers[best]
    for name in tables:
        made[f"{name}/sum"] = sums[name]
        made |= _reduced(name, every[name], part)
        made[f"{name}/kept"] = np.stack([bad[row][2][name] for row in best])
    return made


def batch_of(part: Part, number: int) -> tuple[int, int]:
    """In which batch is a path simulated? Its first path and how many there are."""
    at = (number - part.first) // BATCH * BATCH
    return part.first + at, min(BATCH, part.paths - at)


def candidates(paths: int) -> int:
    """How many of a part's worst paths are kept in full? Rarely are there more of the whole run's worst 1 % in it."""
    return min(paths, -(-paths // 50) + 5)


def trajectories(track: Track, tables: tuple[str, ...], column: int) -> dict[str, Float[np.ndarray, " row"]]:
    """One path in full, by table."""
    return {name: values(track, name)[:, column].copy() for name in tables}


def _reduced(name: str, every: np.ndarray, part: Part) -> Iterator[tuple[str, np.ndarray]]:
    """Points of rows that differ between paths; sorted in place, block by block."""
    chosen = ranks(part.paths, part.points)
    lows, highs = list[np.ndarray](), list[np.ndarray]()
    for number, start in enumerate(range(0, len(every), BLOCK)):
        block = every[start : start + BLOCK]
        block.sort(axis=1)
        low, high = block[:, 0], block[:, -1]
        lows.append(low.copy())
        highs.append(high.copy())
        yield f"{name}/points/{number:03d}", block[low != high][:, chosen]
    yield f"{name}/low", np.concatenate(lows)
    yield f"{name}/high", np.concatenate(highs)


def write_part(folder: Path, part: Part, made: Mapping[str, np.ndarray], run_hash: str) -> None:
    """Keep a part: under a passing name first, so that a file with its own name is whole."""
    passing = folder / f".{part.file}.{os.getpid()}"
    with passing.open("wb") as stream:
        np.savez(stream, allow_pickle=False, run_hash=np.array(run_hash), **made)  # pyright: ignore[reportArgumentType]
    passing.replace(folder / part.file)


def is_whole(folder: Path, part: Part, run_hash: str) -> bool | None:
    """Is the part there? None where nothing is; False where a file is damaged or of another run.

    Every byte is read against its checksum.
    """
    path = folder / part.file
    if not path.exists():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                return False
        with np.load(path, allow_pickle=False) as kept:
            return str(kept["run_hash"]) == run_hash and kept["marks"].shape == (len(OUTCOME_MARKS), part.paths)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return False


def open_part(folder: Path, part: Part) -> Any:
    """The arrays of a part, each read when it is asked for."""
    return np.load(folder / part.file, allow_pickle=False)
