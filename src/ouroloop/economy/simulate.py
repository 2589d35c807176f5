"""Run a world forward: `lax.scan` over quarters, paths last, in chunks that fit the cache, a thread per core."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Int

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.machine import prepare
from ouroloop.economy.open import open_state
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.track import Track
from ouroloop.economy.world import World

prepare()

CHUNK = 64
"""Paths run at once: state and amounts of a quarter stay near the cache, and one compiled program serves all chunks."""


def simulate(world: World, inputs: Inputs, *, detail: bool = True, chunk: int = CHUNK) -> Track:
    """Where does the loop go on these paths? Every quarter of the horizon, every path of `inputs`, as NumPy arrays.

    A path's numbers depend on its own inputs only: the same path gives the same bits beside any other paths and on any
    number of cores. In chunks of another size its books are the same bits too, and its prices differ by what rounding
    does to the last digit. `detail=False` leaves the rows of `balances` and `amounts` out, which are most of the
    memory. What happens on a path is a value in the `Track`, never an exception.
    """
    first, *others = range(0, inputs.paths, chunk)
    run = partial(_chunk, world, inputs, detail, chunk)
    part = run(first)  # alone: it compiles for all

    def for_all_paths(leaf: np.ndarray) -> np.ndarray:
        return np.empty((*leaf.shape[:-1], inputs.paths), leaf.dtype)

    made = jax.tree.map(for_all_paths, part)
    _keep(made, first, part)

    def run_and_keep(start: int) -> None:
        _keep(made, start, run(start))

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        _ = list(pool.map(run_and_keep, others))
    return made


def _chunk(world: World, inputs: Inputs, detail: bool, chunk: int, start: int) -> Track:
    """One chunk as NumPy arrays. The last one is filled up with the last path, so that all have one shape."""
    wanted = np.minimum(np.arange(start, start + chunk), inputs.paths - 1)
    track = _run(world, take_paths(inputs, wanted), detail)

    def quarters_beside_paths(leaf: Array) -> np.ndarray:
        return np.moveaxis(np.asarray(leaf), 0, -2) if leaf.ndim > 2 else np.asarray(leaf)

    return jax.tree.map(quarters_beside_paths, track)


def _keep(made: Track, start: int, part: Track) -> None:
    """Copy a chunk to its place; what was filled up falls away."""
    for whole, some in zip(jax.tree.leaves(made), jax.tree.leaves(part), strict=True):
        place = whole[..., start : start + some.shape[-1]]
        place[...] = some[..., : place.shape[-1]]


def take_paths(inputs: Inputs, paths: Int[np.ndarray, " taken"]) -> Inputs:
    """The inputs of some paths, by number; what holds for all paths stays as it is.

    In NumPy: hundreds of small arrays, for each of which jax would look up a program of its own.
    """
    whole = inputs.paths

    def of(leaf: Any) -> Any:
        varies = np.ndim(leaf) and np.shape(leaf)[-1] == whole and whole > 1
        return np.asarray(leaf)[..., paths] if varies else leaf

    return jax.tree.map(of, inputs)


@partial(jax.jit, static_argnums=(0, 2))
def _run(world: World, inputs: Inputs, detail: bool) -> Track:
    """The track of a chunk, quarters first where there are any, as the scan stacks them."""

    def quarter(state: State, number: Int[Array, ""]) -> tuple[State, Track]:
        after, seen = step(world, inputs, state, number)
        if not detail:
            seen = replace(seen, balances=seen.balances[:0], amounts=seen.amounts[:0])
        return after, seen

    _, track = lax.scan(quarter, open_state(world, inputs), jnp.arange(len(world.quarters)))
    return replace(track, outcome=track.outcome[-1])
