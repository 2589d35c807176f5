"""A run as it lies in its folder, read back with names and units."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ouroloop.core import BadInput, Place, Problem
from ouroloop.experiment.all_paths import FOLDER as ZARR
from ouroloop.experiment.ensemble import PARTS, missing_parts
from ouroloop.experiment.manifest import read_manifest
from ouroloop.experiment.merge import QUANTILES, STATISTICS
from ouroloop.experiment.runnable import Series
from ouroloop.experiment.tables import read_table

_LISTED = {"losses": "loss", "books": "account", "flows": "flow"}
"""The axis of tables that are one list of series."""
_QUANTILE_COLUMNS = tuple(name for name in STATISTICS if name.startswith("p"))


@dataclass(frozen=True, eq=False)
class Statistics:
    """One table of quantiles as it stands in its file."""

    series: tuple[Series, ...]
    quarters: tuple[str, ...]
    columns: dict[str, np.ndarray]
    """`mean`, `min`, `p01` ... `p99`, `max`: [series, quarter]."""
    paths: int
    rank_error: float


def open_run(folder: Path | str) -> Run:
    """What came out of a run? Tables are read when they are first asked for.

        run = ouroloop.open_run("runs/baseline-1a2b3c4d")
        run.members["debt"].sel(entity="oracle", quantile=0.5)      # USD bn, by quarter

    Raises BadInput `not-a-run` when no run is there, `unfinished-run` naming the parts that are missing.
    """
    where = Path(folder)
    manifest = read_manifest(where)
    if "files" not in manifest:
        missing = missing_parts(where, manifest)
        numbers = ", ".join(str(part.number) for part in missing[:8]) + (", ..." if len(missing) > 8 else "")
        said = f"parts {numbers} are missing" if missing else "its tables are not written yet"
        message = f"The run in '{where}' was interrupted: {said}."
        hint = "give the command that began it once more: it goes on from there"
        raise BadInput([Problem(Place(str(where / PARTS)), "unfinished-run", message, hint)])
    return Run(where, manifest)


@dataclass(frozen=True, eq=False)
class Run:
    """A run that is whole."""

    folder: Path
    manifest: dict[str, Any] = field(repr=False)
    """What was run, on what, and the digest of each file."""

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.manifest["scenario"]["scenario"]

    @property
    def paths(self) -> int:
        return self.manifest["paths"]

    @property
    def seed(self) -> int:
        return self.manifest["seed"]

    @cached_property
    def quarters(self) -> tuple[str, ...]:
        """`2026-Q3` ...: the axis `quarter`."""
        return self.statistics("system").quarters

    def statistics(self, table: str) -> Statistics:
        """A table of quantiles (`members`, `who_paid`, `system`, `losses`, `books`, `flows`) as it stands."""
        if table not in self._read:
            self._read[table] = _statistics(self.folder / f"{table}.parquet")
        return self._read[table]

    @cached_property
    def members(self) -> xr.Dataset:
        """Quantiles of the firms' measures: a variable for each, dims (entity, quarter, quantile)."""
        return _by_measure(self.statistics("members"), "quantile")

    @cached_property
    def who_paid(self) -> xr.DataArray:
        """Quantiles of what each sponsor paid of each firm's revenue: dims (entity, sponsor, quarter, quantile)."""
        return _two_axes(self.statistics("who_paid"), "quantile")

    @cached_property
    def system(self) -> xr.Dataset:
        """Quantiles of the measures of the whole: a variable for each, dims (quarter, quantile)."""
        return _by_measure(self.statistics("system"), "quantile").squeeze("entity", drop=True)

    @cached_property
    def losses(self) -> xr.DataArray:
        """Quantiles of who lost how in the quarter, gains negative: dims (loss, quarter, quantile)."""
        return _listed(self.statistics("losses"), "loss", "quantile")

    @cached_property
    def losses_by_path(self) -> xr.DataArray:
        """Who lost how on every path, in the first three years and in all quarters: dims (span, loss, path).

        USD bn, gains negative. Coordinates `entity` and `how` (`economy.losses.HOW`), and `quarters` of each span.
        """
        columns = dict(read_table(self.folder / "losses_by_path.parquet"))
        path, quarters = columns.pop("path").reshape(2, -1), columns.pop("quarters").reshape(2, -1)
        names = list(columns)
        entities, ways = zip(*(name.rsplit("/", 1) for name in names), strict=True)
        coordinates = {
            "loss": names,
            "entity": ("loss", list(entities)),
            "how": ("loss", list(ways)),
            "quarters": ("span", quarters[:, 0]),
            "path": path[0],
        }
        values = np.stack([columns[name].reshape(2, -1) for name in names], axis=1)
        return xr.DataArray(values, coordinates, ("span", "loss", "path"), attrs={"units": "usd_bn"})

    @cached_property
    def losses_by_stage(self) -> xr.DataArray:
        """Who lost how while paths had reached each stage of a crash, mean of the paths: dims (stage, loss).

        USD bn, gains negative. `stage` is the sign that was seen last (`contagion.stages.STAGES`), `before` where none
        was; coordinates `entity` and `how`. All stages add up to all losses.
        """
        columns = read_table(self.folder / "losses_by_stage.parquet")
        stages = list(dict.fromkeys(columns["stage"].tolist()))
        entity, how = (columns[name].reshape(len(stages), -1)[0].tolist() for name in ("entity", "how"))
        names = [f"{one}/{way}" for one, way in zip(entity, how, strict=True)]
        coordinates = {"stage": stages, "loss": names, "entity": ("loss", entity), "how": ("loss", how)}
        values = columns["mean_usd_bn"].reshape(len(stages), -1)
        return xr.DataArray(values, coordinates, ("stage", "loss"), attrs={"units": "usd_bn"})

    @cached_property
    def books(self) -> xr.DataArray:
        """Quantiles of balances, debits positive: dims (account, quarter, quantile); coordinates entity and unit."""
        return _listed(self.statistics("books"), "account", "quantile")

    @cached_property
    def flows(self) -> xr.DataArray:
        """Quantiles of what was posted in the quarter: dims (flow, quarter, quantile)."""
        return _listed(self.statistics("flows"), "flow", "quantile")

    def mean(self, table: str) -> xr.Dataset | xr.DataArray:
        """Means over all paths of a table, shaped as the property of that name without `quantile`.

        Unlike medians, means of parts add up: those of `who_paid` to the mean of what all sponsors paid.
        """
        found = self.statistics(table)
        match table:
            case "members":
                return _by_measure(found, "mean")
            case "system":
                return _by_measure(found, "mean").squeeze("entity", drop=True)
            case "who_paid":
                return _two_axes(found, "mean")
            case _:
                return _listed(found, _LISTED[table], "mean")

    @cached_property
    def outcomes(self) -> xr.Dataset:
        """Of every path: its `outcome`, the quarters of its marks ("": never), its losses, and `in_tail`.

        `outside_loss_soon` is what sectors outside lost on claims in the first three years, `outside_loss` in all.
        """
        columns = dict(read_table(self.folder / "outcomes.parquet"))
        path = columns.pop("path")
        lost = {
            name: ("path", columns.pop(f"{name}_usd_bn"), {"units": "usd_bn"})
            for name in ("outside_loss_soon", "outside_loss")
        }
        made = {name: ("path", _words(column)) for name, column in columns.items()}
        return xr.Dataset(made | lost, {"path": path})

    @cached_property
    def draws(self) -> dict[str, np.ndarray]:
        """What every path drew of each assumption, by id."""
        columns = dict(read_table(self.folder / "draws.parquet"))
        del columns["path"]
        return columns

    def assumption(self, name: str) -> str:
        """What an assumption is called, its unit after it; the id itself where the manifest does not say."""
        known = self.manifest.get("assumptions", {}).get(name)
        return f"{known['name']}, {known['unit']}" if known else name

    @cached_property
    def events(self) -> dict[str, np.ndarray]:
        """On how many paths did which event happen, by entity and quarter? Columns as in `events.parquet`."""
        return read_table(self.folder / "events.parquet")

    def tail(self, table: str) -> dict[str, np.ndarray]:
        """The worst 1 % of paths in full: columns path, entity, measure, unit, quarter, value."""
        return read_table(self.folder / "tail" / table / "*.parquet")

    @cached_property
    def all_paths(self) -> xr.Dataset:
        """Every number of every path, read as it is used. Raises BadInput `no-paths` when they were not written."""
        if not (self.folder / ZARR).is_dir():
            message = f"The run in '{self.folder}' did not keep all paths."
            hint = "run it with --all-paths"
            raise BadInput([Problem(Place(str(self.folder / ZARR)), "no-paths", message, hint)])
        opened = xr.open_zarr(self.folder / ZARR, consolidated=False, chunks=None)
        return opened.assign_coords(opened.attrs["coordinates"] | {"path": np.arange(self.paths)})

    @cached_property
    def _read(self) -> dict[str, Statistics]:
        return {}


def _statistics(path: Path) -> Statistics:
    columns = read_table(path)
    quarters = tuple(dict.fromkeys(columns["quarter"].tolist()))
    named = [columns[name].reshape(-1, len(quarters))[:, 0].tolist() for name in ("entity", "measure", "unit")]
    return Statistics(
        tuple(Series(*one) for one in zip(*named, strict=True)),
        quarters,
        {name: columns[name].reshape(-1, len(quarters)) for name in STATISTICS},
        int(columns["paths"][0]),
        float(columns["rank_error"][0]),
    )


def _values(found: Statistics, what: str) -> tuple[np.ndarray, tuple[str, ...], dict[str, Any]]:
    """[series, quarter] of a statistic or [series, quarter, quantile], with the dims and coordinates after series."""
    coordinates: dict[str, Any] = {"quarter": list(found.quarters)}
    if what == "quantile":
        made = np.stack([found.columns[name] for name in _QUANTILE_COLUMNS], axis=-1)
        return made, ("quarter", "quantile"), coordinates | {"quantile": list(QUANTILES)}
    return found.columns[what], ("quarter",), coordinates


def _by_measure(found: Statistics, what: str) -> xr.Dataset:
    values, dims, coordinates = _values(found, what)
    entities = list(dict.fromkeys(one.entity for one in found.series))
    made: dict[str, Any] = {}
    for start in range(0, len(found.series), len(entities)):
        first = found.series[start]
        made[first.measure] = (("entity", *dims), values[start : start + len(entities)], {"units": first.unit})
    return xr.Dataset(made, coordinates | {"entity": entities}, _attributes(found))


def _two_axes(found: Statistics, what: str) -> xr.DataArray:
    values, dims, coordinates = _values(found, what)
    entities = list(dict.fromkeys(one.entity for one in found.series))
    sponsors = list(dict.fromkeys(one.measure for one in found.series))
    shaped = values.reshape(len(entities), len(sponsors), *values.shape[1:])
    coordinates |= {"entity": entities, "sponsor": sponsors}
    attributes = {"units": found.series[0].unit} | _attributes(found)
    return xr.DataArray(shaped, coordinates, ("entity", "sponsor", *dims), attrs=attributes)


def _listed(found: Statistics, axis: str, what: str) -> xr.DataArray:
    values, dims, coordinates = _values(found, what)
    names = [one.measure if axis == "flow" else f"{one.entity}/{one.measure}" for one in found.series]
    coordinates |= {
        axis: names,
        "entity": (axis, [one.entity for one in found.series]),
        "unit": (axis, [one.unit for one in found.series]),
    }
    units = {one.unit for one in found.series}
    attributes = {"units": units.pop() if len(units) == 1 else "by series: see unit"} | _attributes(found)
    return xr.DataArray(values, coordinates, (axis, *dims), attrs=attributes)


def _words(column: np.ndarray) -> np.ndarray:
    """Words as NumPy's own, "" for none: xarray would make NaN of None."""
    return np.array(["" if word is None else word for word in column], np.str_) if column.dtype == object else column


def _attributes(found: Statistics) -> dict[str, Any]:
    return {"paths": found.paths, "rank_error": found.rank_error}
