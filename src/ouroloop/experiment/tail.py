"""The worst paths of a run, in full: exactly those whose outside loss is among the largest 1 %."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ouroloop.economy.track import OUTCOME_MARKS
from ouroloop.experiment.parts import Part, batch_of, trajectories, worst
from ouroloop.experiment.runnable import DETAIL, TABLES, Axes, Build
from ouroloop.experiment.tables import Coded, series_columns, write_table

GROUP = 100
"""Paths in one file."""


def worst_paths(marks: Float[np.ndarray, "mark path"]) -> Int[np.ndarray, " taken"]:
    """Which paths are the worst 1 % (rounded up) by `outside_loss`? Ascending numbers.

    The marks of all paths are kept, so that the answer is exact; of equal losses the lower number counts as worse.
    """
    loss = marks[OUTCOME_MARKS.index("outside_loss")]
    return np.sort(worst(loss, np.arange(loss.size), -(-loss.size // 100)))


def write_tail(
    folder: Path, axes: Axes, parts: Sequence[Part], opened: Sequence[Any], build: Build, numbers: Sequence[int]
) -> None:
    """Write the trajectories of these paths: `tail/<table>/00000.parquet`, a hundred paths a file.

    Columns: path, entity, measure, unit, quarter, value (float64, as simulated). Rows of books and flows that are 0 are
    left out, and so are books and flows of paths that were not simulated in detail. A path that its part did not keep,
    because more of the worst fell into that part than it kept, is simulated once more, in the batch in which it was, so
    that not even a last digit can differ.
    """
    kept = [{int(number): row for row, number in enumerate(arrays["kept"])} for arrays in opened]
    for group, start in enumerate(range(0, len(numbers), GROUP)):
        some = [int(number) for number in numbers[start : start + GROUP]]
        of = [next(place for place, part in enumerate(parts) if n < part.first + part.paths) for n in some]
        again = _once_more(build, [(n, parts[at]) for n, at in zip(some, of, strict=True) if n not in kept[at]])
        for table in TABLES:
            rows: dict[int, Float[np.ndarray, " row"]] = {}
            for place in sorted(set(of)):
                if table not in _tables(parts[place]):
                    continue
                stored = opened[place][f"{table}/kept"]
                for n in (number for number, at in zip(some, of, strict=True) if at == place):
                    rows[n] = again[n][table] if n in again else stored[kept[place][n]]
            if rows:
                _write(folder / "tail" / table / f"{group:05d}.parquet", axes, table, rows)


def _once_more(build: Build, wanted: Sequence[tuple[int, Part]]) -> dict[int, dict[str, Float[np.ndarray, " row"]]]:
    """The trajectories of paths, by number; a batch is simulated once for all of its paths that are wanted."""
    batches: dict[tuple[int, int], tuple[Part, list[int]]] = {}
    for number, part in wanted:
        batches.setdefault(batch_of(part, number), (part, []))[1].append(number)
    made: dict[int, dict[str, Float[np.ndarray, " row"]]] = {}
    for (first, count), (part, numbers) in batches.items():
        track = build(first, count).simulate(detail=part.detail)
        made |= {number: trajectories(track, _tables(part), number - first) for number in numbers}
    return made


def _tables(part: Part) -> tuple[str, ...]:
    return TABLES if part.detail else tuple(name for name in TABLES if name not in DETAIL)


def _write(path: Path, axes: Axes, table: str, rows: Mapping[int, Float[np.ndarray, " row"]]) -> None:
    quarters = [str(quarter) for quarter in axes.quarters]
    paths, places, found = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
    for number, values in sorted(rows.items()):
        here = np.flatnonzero(values) if table in DETAIL else np.arange(values.size)
        paths.append(np.full(here.size, number))
        places.append(here)
        found.append(values[here])
    place = np.concatenate(places)
    series, quarter = np.divmod(place, len(quarters))
    columns = {
        "path": np.concatenate(paths),
        **series_columns(axes.series[table], series),
        "quarter": Coded(quarter, quarters),
        "value": np.concatenate(found),
    }
    write_table(path, columns)
