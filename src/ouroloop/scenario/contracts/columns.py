"""Terms as columns of arrays: one row per promise, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from jaxtyping import Array, Float64, Int

from ouroloop.scenario.contracts.read import Contracts
from ouroloop.scenario.contracts.terms import Term
from ouroloop.scenario.device import on_device


def names(terms: Sequence[Term]) -> tuple[str, ...]:
    return tuple(term.name for term in terms)


def parties(terms: Sequence[Term]) -> tuple[tuple[str, str], ...]:
    return tuple((term.payer, term.payee) for term in terms)


def schedule(made: Contracts, terms: Sequence[Term]) -> Float64[Array, "contract quarter"]:
    found = [term.payments.point_usd_bn for term in terms]
    return on_device(np.reshape(found, (len(terms), made.quarters)))


Some = TypeVar("Some", bound=Term)


def floats(terms: Sequence[Some], what: Callable[[Some], float]) -> Float64[Array, " contract"]:
    return on_device([what(term) for term in terms])


def row(values: Sequence[float]) -> Float64[Array, " row"]:
    return on_device(values)


def column(values: Sequence[float]) -> Float64[Array, "contract 1"]:
    return on_device(np.reshape(values, (-1, 1)))


def whole(values: Sequence[int]) -> Int[Array, " contract"]:
    return on_device(values, int)
