"""Run a world forward: `lax.scan` over quarters, paths last, in chunks that fit the cache, a thread per core."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Int

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.kept import expect, kept_program
from ouroloop.economy.machine import prepare
from ouroloop.economy.open import open_state
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.today import draw_chance
from ouroloop.economy.track import Track
from ouroloop.economy.world import World

prepare()

CHUNK = 32
"""Paths run at once: state and amounts of a quarter stay near the cache, and one compiled program serves all chunks."""
_NAME = "quarters"


def expect_a_run() -> None:
    """Begin to read the compiled quarter that was used last, while a world and its inputs are made."""
    expect(_NAME)


def simulate(world: World, inputs: Inputs, *, detail: bool = True, chunk: int = CHUNK) -> Track:
    """Where does the loop go on these paths? Every quarter of the horizon, every path of `inputs`, as NumPy arrays.

    A path's numbers depend on its own inputs only: the same path gives the same bits beside any other paths and on any
    number of cores. In chunks of another size its books are the same bits too, and its prices differ by what rounding
    does to the last digit. `detail=False` leaves the rows of `balances` and `amounts` out, which are most of the
    memory. What happens on a path is a value in the `Track`, never an exception.
    """
    layout, matrix, rest = _pack(inputs)
    cut = partial(_cut, matrix, rest, inputs.paths, chunk)
    shapes = tuple(jax.ShapeDtypeStruct(np.shape(of), of.dtype) for of in cut(0))
    program = _compiled(world, layout, shapes, detail)

    def for_all_paths(leaf: Any) -> np.ndarray:
        return np.empty((*_quarters_beside_paths(np.empty(leaf.shape)).shape[:-1], inputs.paths), leaf.dtype)

    made = [for_all_paths(leaf) for leaf in program.out_info]

    def run_and_keep(start: int) -> None:
        for whole, some in zip(made, program(*cut(start)), strict=True):
            place, part = whole[..., start : start + chunk], _quarters_beside_paths(np.asarray(some))
            place[...] = part[..., : place.shape[-1]]

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        _ = list(pool.map(run_and_keep, range(0, inputs.paths, chunk)))
    return Track(*cast(Any, made))


def _cut(matrix: np.ndarray, rest: list[Any], paths: int, chunk: int, start: int) -> list[Any]:
    """What a chunk is given. The last one is filled up with the last path, so that all have one shape."""
    last = np.minimum(np.arange(start, start + chunk), paths - 1)
    wanted = slice(start, start + chunk) if start + chunk <= paths else last
    together = np.ascontiguousarray(matrix[:, wanted])
    return [together, *(np.asarray(leaf)[..., wanted] if _varies(leaf, paths) else leaf for leaf in rest)]


def _quarters_beside_paths(leaf: np.ndarray) -> np.ndarray:
    return np.moveaxis(leaf, 0, -2) if leaf.ndim > 2 else leaf


@lru_cache(maxsize=8)
def _compiled(world: World, layout: _Layout, shapes: tuple[jax.ShapeDtypeStruct, ...], detail: bool) -> Any:
    """The program for a chunk: made once, so that no chunk has to run before the others for it."""
    made_from = world, str(layout.tree), layout.shapes, detail
    return kept_program(_NAME, partial(_run, world, layout, detail), made_from, shapes)


@dataclass(frozen=True)
class _Layout:
    """How inputs are told from one matrix of what varies by path, `[row, path]`, and a list of the rest."""

    tree: Any
    shapes: tuple[tuple[int, ...] | None, ...]
    """By leaf: its shape without paths, or nothing for one that is in the list."""

    def unpack(self, matrix: Array, rest: Sequence[Array]) -> Inputs:
        """The inputs, of as many paths as the matrix has."""
        leaves, others, row = list[Array](), iter(rest), 0
        for shape in self.shapes:
            if shape is None:
                leaves.append(next(others))
                continue
            rows = math.prod(shape)
            leaves.append(matrix[row : row + rows].reshape(*shape, matrix.shape[1]))
            row += rows
        return jax.tree.unflatten(self.tree, leaves)


def _pack(inputs: Inputs) -> tuple[_Layout, np.ndarray, list[Any]]:
    """Numbers that vary by path in one matrix: cutting a chunk out of hundreds of arrays takes longer than its run."""
    leaves, tree = jax.tree.flatten(inputs)
    together = [_varies(leaf, inputs.paths) and leaf.dtype == np.float64 for leaf in leaves]
    rows = [np.asarray(leaf).reshape(-1, inputs.paths) for leaf, packed in zip(leaves, together, strict=True) if packed]
    shapes = tuple(leaf.shape[:-1] if packed else None for leaf, packed in zip(leaves, together, strict=True))
    rest = [leaf for leaf, packed in zip(leaves, together, strict=True) if not packed]
    return _Layout(tree, shapes), np.concatenate(rows or [np.empty((0, inputs.paths))]), rest


def _varies(leaf: Any, paths: int) -> bool:
    return np.ndim(leaf) > 0 and np.shape(leaf)[-1] == paths


def take_paths(inputs: Inputs, paths: Int[np.ndarray, " taken"]) -> Inputs:
    """The inputs of some paths, by number; what holds for all paths stays as it is."""
    whole = inputs.paths

    def of(leaf: Any) -> Any:
        return np.asarray(leaf)[..., paths] if _varies(leaf, whole) else leaf

    return jax.tree.map(of, inputs)


def _run(world: World, layout: _Layout, detail: bool, matrix: Array, *rest: Array) -> tuple[Array, ...]:
    """The parts of the track of a chunk, quarters first where there are any, as the scan stacks them."""
    inputs = layout.unpack(matrix, rest)

    def quarter(state: State, now: tuple[Array, Array]) -> tuple[State, Track]:
        after, seen = step(world, inputs, state, *now)
        if not detail:
            seen = replace(seen, balances=seen.balances[:0], amounts=seen.amounts[:0])
        return after, seen

    quarters = jnp.arange(len(world.quarters))
    _, track = lax.scan(quarter, open_state(world, inputs), (quarters, draw_chance(inputs, quarters)))
    return tuple(jax.tree.leaves(replace(track, outcome=track.outcome[-1])))
