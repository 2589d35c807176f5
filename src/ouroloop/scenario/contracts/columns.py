"""Terms as columns of arrays: one row per promise, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64, Int

from ouroloop.scenario.contracts.read import Contracts
from ouroloop.scenario.contracts.terms import Term


def names(terms: Sequence[Term]) -> tuple[str, ...]:
    return tuple(term.name for term in terms)


def parties(terms: Sequence[Term]) -> tuple[tuple[str, str], ...]:
    return tuple((term.payer, term.payee) for term in terms)


def schedule(made: Contracts, terms: Sequence[Term]) -> Float64[Array, "contract quarter"]:
    found = [term.payments.point_usd_bn for term in terms]
    return jnp.asarray(np.reshape(found, (len(terms), made.quarters)), dtype=jnp.float64)


Some = TypeVar("Some", bound=Term)


def floats(terms: Sequence[Some], what: Callable[[Some], float]) -> Float64[Array, " contract"]:
    return jnp.asarray([what(term) for term in terms], dtype=jnp.float64)


def row(values: Sequence[float]) -> Float64[Array, " row"]:
    return jnp.asarray(values, dtype=jnp.float64)


def column(values: Sequence[float]) -> Float64[Array, "contract 1"]:
    return jnp.asarray(values, dtype=jnp.float64).reshape(-1, 1)


def whole(values: Sequence[int]) -> Int[Array, " contract"]:
    return jnp.asarray(values, dtype=int)
