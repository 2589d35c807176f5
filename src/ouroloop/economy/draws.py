"""Draws that depend on the seed and the number of the path only, however a run is cut into parts."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

import jax
import numpy as np
from jaxtyping import Array, Float64, Int, UInt32

import ouroloop.ledger.precision as _float64  # noqa: F401  # pyright: ignore[reportUnusedImport]

_OPEN = 2.0**-53
"""Half the distance of two neighbors of jax's uniform draws: moves [0, 1) into (0, 1)."""


@lru_cache(maxsize=4)
def path_keys(seed: int, first_path: int, paths: int) -> UInt32[Array, "2 path"]:
    """The key of each path, as data with the path axis last: `fold_in(key(seed), number of the path)`."""
    return _path_keys(seed, np.arange(first_path, first_path + paths))


@jax.jit
def _path_keys(seed: int, numbers: Int[Array, " path"]) -> UInt32[Array, "2 path"]:
    def of_path(number: Int[Array, ""]) -> UInt32[Array, " 2"]:
        return jax.random.key_data(jax.random.fold_in(jax.random.key(seed), number))

    return jax.vmap(of_path, out_axes=1)(numbers)


def uniform(seed: int, first_path: int, paths: int, name: str) -> Float64[Array, " path"]:
    """A number in (0, 1) for each path, by the name of what is drawn.

    Threefry of the path's key with the CRC-32 of the name folded in: another name gives an independent draw, and the
    paths from 3 on of one call are those of a call that begins at 3.
    """
    return _uniform(path_keys(seed, first_path, paths), np.uint32(crc32(name.encode())))


@jax.jit
def _uniform(keys: UInt32[Array, "2 path"], code: int) -> Float64[Array, " path"]:
    def of_path(key: UInt32[Array, " 2"]) -> Float64[Array, ""]:
        named = jax.random.fold_in(jax.random.wrap_key_data(key), code)
        return jax.random.uniform(named, (), np.float64)

    return jax.vmap(of_path, in_axes=1)(keys) + _OPEN
