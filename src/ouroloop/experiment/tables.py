"""Tidy tables as Parquet files, with the same bytes each time they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from ouroloop.experiment.runnable import Series


@dataclass(frozen=True)
class Coded:
    """A column of words: the place of each row's word in `words`."""

    codes: np.ndarray
    words: Sequence[str]


Column = np.ndarray | Coded


def write_table(path: Path, columns: Mapping[str, Column]) -> None:
    """Write columns of equal length, whole or not at all. NaN becomes NULL; code -1 too.

    One thread and no clock: the same columns give the same bytes with the same version of DuckDB.
    """
    frame = pd.DataFrame({name: _column(column) for name, column in columns.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_name(f".{path.name}")
    with duckdb.connect(config={"threads": 1}) as database:
        database.register("made", frame)
        database.execute(f"COPY made TO {_quoted(passing)} (FORMAT parquet, COMPRESSION zstd)")
    passing.replace(path)


def read_table(path: Path | str) -> dict[str, np.ndarray]:
    """The columns of a file, or of all files of a pattern in the order of their names; NULL is NaN or None."""
    with duckdb.connect(config={"threads": 1}) as database:
        found = database.execute(f"SELECT * FROM read_parquet({_quoted(path)})").fetchnumpy()
    return {name: _filled(column) for name, column in found.items()}


def series_columns(series: Sequence[Series], codes: np.ndarray) -> dict[str, Column]:
    """The columns that name the series of each row."""
    made: dict[str, Column] = {}
    for name in ("entity", "measure", "unit"):
        words, places = np.unique([getattr(one, name) for one in series], return_inverse=True)
        made[name] = Coded(places[codes], words.tolist())
    return made


def _column(column: Column) -> Any:
    if isinstance(column, Coded):
        return pd.Categorical.from_codes(column.codes.tolist(), list(column.words))
    return column


def _filled(column: Any) -> np.ndarray:
    if not isinstance(column, np.ma.MaskedArray):
        return np.asarray(column)
    if column.dtype.kind == "f":
        return np.ma.filled(column, np.nan)
    made = np.ma.getdata(column).astype(object)
    made[np.ma.getmaskarray(column)] = None  # `filled` would take None for its default
    return made


def _quoted(path: Path | str) -> str:
    return "'" + str(path).replace("'", "''") + "'"
