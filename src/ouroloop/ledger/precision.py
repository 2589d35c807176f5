"""Exact money in arrays: float64 switched on, amounts rounded to quanta, and a flag where exactness would end.

Multiples of 2^-30 USD bn up to 2^22 use 52 of the 53 bits of a float64, so sums of them have no rounding error and do
not depend on the order, the batching or the machine. JAX computes in float32 until told otherwise, which would break
this silently; importing the ledger therefore switches 64-bit numbers on for the whole process, before any array of
the engine exists.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float64, Int

from ouroloop.core import QUANTUM, QUANTUM_BITS

jax.config.update("jax_enable_x64", True)

Amounts = Float[Array, "flow path"] | Float[np.ndarray, "flow path"]
"""Amounts to post, as JAX or NumPy has them."""

_Floats = Float[Array, "..."]
_Ints = Int[Array, "..."]

PER_UNIT = 2.0**QUANTUM_BITS
UNDER_ONE = 1.0 - 2.0**-50
"""Times this, a share that was rounded up does not pass the true one."""


@jax.custom_jvp
def quantize(amounts: _Floats) -> _Floats:
    """Which multiple of 2^-30 is nearest to each amount? Half to even; NaN and infinity stay what they are.

    The gradient passes straight through (as if nothing were rounded), so the error of a finite difference over a step
    h is at most 2^-30 / h.

    >>> float(quantize(jnp.asarray(0.1))) * 2**30
    107374182.0
    """
    return jnp.round(amounts * PER_UNIT) * QUANTUM


@quantize.defjvp
def _quantize_jvp(primals: tuple[_Floats], tangents: tuple[_Floats]) -> tuple[_Floats, _Floats]:
    return quantize(primals[0]), tangents[0]


def to_quanta(amounts: _Floats) -> _Ints:
    """The amounts as int64 numbers of quanta; meaningless for what is not finite."""
    return jnp.round(amounts * PER_UNIT).astype(jnp.int64)


def from_quanta(quanta: _Ints) -> _Floats:
    """The amounts of int64 numbers of quanta, exact up to 2^53 quanta."""
    return quanta.astype(jnp.float64) * QUANTUM


def reach(balances: Float64[Array, "account path"], amounts: Float64[Array, "flow path"]) -> Float64[Array, " path"]:
    """How far can any partial sum of these balances and amounts get from 0, in any order? By path.

    max |balance| + sum |amount|. Up to 2^22 nothing rounds; NaN where something is not a number. It may warn early,
    never late.
    """
    return jnp.max(jnp.abs(balances), axis=0, initial=0.0) + jnp.sum(jnp.abs(amounts), axis=0)
