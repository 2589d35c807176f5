"""Run a world forward: `lax.scan` over quarters, paths last, in chunks that fit the cache, one device per core."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
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
    devices = jax.local_devices()
    starts = list(range(0, inputs.paths, chunk))
    run = partial(_chunk, world, inputs, detail, chunk)
    with ThreadPoolExecutor(len(devices)) as pool:
        parts = list(pool.map(run, starts, [devices[n % len(devices)] for n in range(len(starts))]))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=-1), *parts)


def _chunk(world: World, inputs: Inputs, detail: bool, chunk: int, start: int, device: Any) -> Track:
    """One chunk as NumPy arrays. The last one is filled up with its own last path, so that all have one shape."""
    count = min(chunk, inputs.paths - start)
    wanted = np.minimum(np.arange(start, start + chunk), inputs.paths - 1)
    part = jax.device_put(take_paths(inputs, wanted), device)
    made = _run(world, part, detail)

    def wanted_paths(leaf: Array) -> np.ndarray:
        return np.asarray(leaf)[..., :count]

    return jax.tree.map(wanted_paths, made)


def take_paths(inputs: Inputs, paths: Int[np.ndarray, " taken"]) -> Inputs:
    """The inputs of some paths, by number; what holds for all paths stays as it is."""
    whole = inputs.paths

    def of(leaf: Any) -> Any:
        return leaf[..., paths] if np.ndim(leaf) and np.shape(leaf)[-1] == whole and whole > 1 else leaf

    return jax.tree.map(of, inputs)


@partial(jax.jit, static_argnums=(0, 2))
def _run(world: World, inputs: Inputs, detail: bool) -> Track:
    def quarter(state: State, number: Int[Array, ""]) -> tuple[State, Track]:
        after, seen = step(world, inputs, state, number)
        if not detail:
            seen = replace(seen, balances=seen.balances[:0], amounts=seen.amounts[:0])
        return after, seen

    _, track = lax.scan(quarter, open_state(world, inputs), jnp.arange(len(world.quarters)))

    def last(leaf: Array) -> Array:
        return jnp.moveaxis(leaf, 0, -2)

    return Track(
        members=last(track.members),
        who_paid=last(track.who_paid),
        system=last(track.system),
        balances=last(track.balances),
        amounts=last(track.amounts),
        outcome=track.outcome[-1],
    )
