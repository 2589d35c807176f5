"""Numba kernels inside compiled JAX programs: on a CPU, one call for what XLA would run as hundreds of small steps.

A kernel is an entry point (`core/frame.py`) and its definition in JAX, to which a test holds it bit by bit. Programs
for a CPU call the entry point through XLA's foreign function interface; other devices and derivatives take the
definition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import jax


def call(
    entry: Any,
    definition: Callable[..., tuple[Any, ...]],
    arrays: Sequence[Any],
    results: Sequence[Any],
    in_place: dict[int, int] | None = None,
) -> tuple[Any, ...]:
    """`definition(*arrays)`, by the entry point where programs are compiled for a CPU.

    `results` are arrays (or shapes with types) like those that come back. `in_place`: which argument's memory a result
    may take over, by numbers; the kernel copies where XLA still needs the argument. The derivative is the definition's.
    """
    if jax.default_backend() != "cpu" or not _registered(entry):
        return definition(*arrays)
    shapes = tuple(jax.ShapeDtypeStruct(like.shape, like.dtype) for like in results)

    @jax.custom_jvp
    def foreign(*arrays: Any) -> tuple[Any, ...]:
        ask = jax.ffi.ffi_call(_name(entry), shapes, vmap_method="sequential", input_output_aliases=in_place)
        return tuple(ask(*arrays))

    @foreign.defjvp
    def _slope(primals: Any, tangents: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        return jax.jvp(definition, primals, tangents)

    return foreign(*arrays)


_TAKEN: list[str] = []


def taken() -> tuple[str, ...]:
    """By which names has XLA taken entry points in this process? A compiled program calls them by name."""
    return tuple(_TAKEN)


def take(names: Sequence[str]) -> None:
    """Have XLA take the entry points of these names, for a program that was compiled by another process."""
    for name in names:
        module, _, function = name.rpartition(".")
        if not _registered(getattr(import_module(module), function)):
            raise RuntimeError(f"XLA does not take {name}")


@cache
def _registered(entry: Any) -> bool:
    """Does XLA take it? Not if its interface is of another major version than the words of `core/frame.py`."""
    try:
        jax.ffi.register_ffi_target(_name(entry), jax.ffi.pycapsule(entry.ctypes), platform="cpu")
    except RuntimeError:
        return False
    _TAKEN.append(_name(entry))
    return True


def _name(entry: Any) -> str:
    return f"{entry.__wrapped__.__module__}.{entry.__name__}"
