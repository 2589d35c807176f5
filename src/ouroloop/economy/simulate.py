"""Run a world forward: `lax.scan` over quarters, paths last, in chunks that fit the cache, one device per core."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Int

from ouroloop.economy.machine import prepare
from ouroloop.economy.open import open_state
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.track import Track
from ouroloop.economy.world import Inputs, World

prepare()

CHUNK = 128
"""Paths run at once: state and amounts of a quarter stay near the cache, and one compiled program serves all chunks."""


def simulate(world: World, inputs: Inputs, *, detail: bool = True, chunk: int = CHUNK) -> Track:
    """Where does the loop go on these paths? Every quarter of the horizon, every path of `inputs`, as NumPy arrays.

    A path's numbers depend on its own inputs only: the same path gives the same bits beside any other paths and on any
    number of devices. In chunks of another size its books are the same bits too, and its prices differ by what rounding
    does to the last digit. `detail=False` leaves the rows of `balances` and `amounts` out, which are most of the
    memory. What happens on a path is a value in the `Track`, never an exception.
    """
    whole = inputs.paths
    assert whole > 0, "somebody must ask for paths"
    devices = min(len(jax.local_devices()), -(-whole // chunk))
    made = dict[str, np.ndarray]()
    for start in range(0, whole, chunk * devices):
        # The last ones are filled up with the last path, so that all calls have one shape.
        wanted = np.minimum(np.arange(start, start + chunk * devices), whole - 1)
        _keep(made, whole, start, _on_devices(world, take_paths(inputs, wanted), detail, devices))
    return Track(**made)  # pyright: ignore[reportArgumentType]


def _keep(made: dict[str, np.ndarray], whole: int, start: int, parts: dict[str, Array]) -> None:
    """Copy what each device holds to its place, quarters beside paths; what was filled up falls away."""
    for name, part in parts.items():
        order = _AXES[name]
        shape = [part.shape[axis] for axis in order]
        kept = made.setdefault(name, np.empty((*shape[:-1], whole), part.dtype))
        for shard in part.addressable_shards:
            first = start + (shard.index[-1].start or 0)
            place = kept[..., first : first + shard.data.shape[-1]]
            place[...] = np.transpose(np.asarray(shard.data), order)[..., : place.shape[-1]]


def take_paths(inputs: Inputs, paths: Int[np.ndarray, " taken"]) -> Inputs:
    """The inputs of some paths, by number; what holds for all paths stays as it is."""
    whole = inputs.paths

    def of(leaf: Any) -> Any:
        return leaf[..., paths] if np.ndim(leaf) and np.shape(leaf)[-1] == whole and whole > 1 else leaf

    return jax.tree.map(of, inputs)


@partial(jax.jit, static_argnums=(0, 2, 3))
def _on_devices(world: World, inputs: Inputs, detail: bool, devices: int) -> dict[str, Array]:
    """The fields of a `Track`; each device runs its share of the paths. One program for all, compiled once."""
    whole = inputs.paths

    def share(leaf: Any) -> PartitionSpec:
        return _by_path(np.ndim(leaf)) if whole > 1 and np.shape(leaf)[-1:] == (whole,) else PartitionSpec()

    return jax.shard_map(
        partial(_run, world, detail=detail),
        mesh=Mesh(np.array(jax.local_devices()[:devices]), ("path",)),
        in_specs=(jax.tree.map(share, inputs),),
        out_specs={name: _by_path(len(axes)) for name, axes in _AXES.items()},
        check_vma=False,
    )(inputs)


_AXES = {
    "members": (1, 2, 0, 3),
    "who_paid": (1, 2, 0, 3),
    "system": (1, 0, 2),
    "balances": (1, 0, 2),
    "amounts": (1, 0, 2),
    "outcome": (0, 1),
}
"""Where each axis of a field of `Track` comes from: the scan puts quarters first, a copy puts them back at no cost."""


def _by_path(axes: int) -> PartitionSpec:
    return PartitionSpec(*[None] * (axes - 1), "path")


def _run(world: World, inputs: Inputs, detail: bool) -> dict[str, Array]:
    def quarter(state: State, number: Int[Array, ""]) -> tuple[State, Track]:
        after, seen = step(world, inputs, state, number)
        if not detail:
            seen = replace(seen, balances=seen.balances[:0], amounts=seen.amounts[:0])
        return after, seen

    _, track = lax.scan(quarter, open_state(world, inputs), jnp.arange(len(world.quarters)))

    return {name: getattr(track, name)[-1] if name == "outcome" else getattr(track, name) for name in _AXES}
