"""Every number of every path, in Zarr, on request."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ouroloop.core import BadInput, Place, Problem
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.experiment.parts import BATCH
from ouroloop.experiment.runnable import Axes

FOLDER = "paths.zarr"
_DIMENSIONS = {
    "members": ("measure", "entity", "quarter", "path"),
    "who_paid": ("entity", "sponsor", "quarter", "path"),
    "system": ("system_measure", "quarter", "path"),
    "losses": ("loss", "quarter", "path"),
    "balances": ("account", "quarter", "path"),
    "amounts": ("flow", "quarter", "path"),
    "outcome": ("mark", "path"),
}


def check_zarr() -> None:
    """Raises BadInput `missing-extra` when the packages that write Zarr are not installed."""
    if find_spec("zarr") is None:
        hint = "install them with: pip install 'ouroloop[zarr]'"
        message = "All paths are written with Zarr, which is not installed."
        raise BadInput([Problem(Place("--all-paths"), "missing-extra", message, hint)])


def coordinates(axes: Axes) -> dict[str, list[str]]:
    """The names along each dimension."""
    return {
        "measure": list(MEMBER_MEASURES),
        "entity": list(axes.members),
        "sponsor": list(SPONSORS),
        "system_measure": list(SYSTEM_MEASURES),
        "loss": [f"{entity}/{how}" for entity, how in axes.losses],
        "account": [str(account) for account in axes.accounts],
        "flow": [flow.name for flow in axes.flows],
        "mark": list(OUTCOME_MARKS),
        "quarter": [str(quarter) for quarter in axes.quarters],
    }


def open_store(folder: Path, axes: Axes, paths: int) -> Callable[[int, Track], None]:
    """Make `paths.zarr`, or go on with the one that is there; what is returned writes a track at its first path.

    float64, as simulated; some 1.3 MB a path before compression for a world of 45 firms and 40 quarters. The names
    along the dimensions are the group's attribute `coordinates`.
    """
    import zarr

    names = coordinates(axes)
    sizes = {name: len(words) for name, words in names.items()} | {"path": paths}
    group: Any = zarr.open_group(str(folder / FOLDER), mode="a", attributes={"coordinates": names})
    for name, dimensions in _DIMENSIONS.items():
        if name not in group:
            shape = tuple(sizes[dimension] for dimension in dimensions)
            group.create_array(
                name,
                shape=shape,
                chunks=_chunks(shape),
                dtype="float64",
                fill_value=float("nan"),
                dimension_names=dimensions,
            )

    def write(first: int, track: Track) -> None:
        for name in _DIMENSIONS:
            made: Any = getattr(track, name)
            group[name][..., first : first + made.shape[-1]] = made

    return write


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Some MB: a batch of paths, all quarters, and as many of the innermost series as fit."""
    if len(shape) == 2:
        return shape[0], min(shape[1], BATCH)
    outer, series, quarter, path = shape[:-3], shape[-3], shape[-2], min(shape[-1], BATCH)
    return *(1 for _ in outer), min(series, max(1, 2**19 // (quarter * path))), quarter, path
