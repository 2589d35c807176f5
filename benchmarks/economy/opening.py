"""The first day as plain arrays: the engine's opening state and inputs, every array ending in `path`."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import jax
import numpy as np

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.open import open_state
from ouroloop.economy.world import World

Plain = SimpleNamespace


def plain(of: Any) -> Any:
    """An engine's record as a namespace of NumPy arrays, records in it as well."""
    if hasattr(of, "__dataclass_fields__"):
        return Plain(**{field.name: plain(getattr(of, field.name)) for field in fields(of)})
    return np.atleast_1d(np.array(of))


def opening_state(world: World, inputs: Inputs) -> Plain:
    """The state before the first quarter."""
    state = plain(jax.jit(open_state, static_argnums=0)(world, inputs))
    state.plant.capacity = state.plant.fleet.sum(axis=1)
    return state


def of_path(of: Any, path: int, paths: int) -> Any:
    """One path of a namespace of arrays, as floats and lists."""
    if isinstance(of, Plain):
        return Plain(**{name: of_path(value, path, paths) for name, value in vars(of).items()})
    if of.ndim == 0:
        return of.item()
    return of[..., path if of.shape[-1] == paths else 0].tolist()
