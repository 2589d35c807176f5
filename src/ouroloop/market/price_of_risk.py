"""From chances of default that prices pay for to those that happen, and back."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Float

_Any = Float[Array, "..."]
_Given = _Any | float


@jax.jit
def real_world(priced: _Given, years: _Given, price_of_risk: _Given) -> _Any:
    """How often does what prices hold likely by this much happen?

        N(N^-1(q) - theta sqrt T)

    Who bears the risk that all firms share wants to be paid for it: assets drift less under prices than in truth, by
    `price_of_risk` standard deviations a root year. 0 and 1 stay what they are.

    References
    ----------
    Kealhofer 2003, Quantifying credit risk I, Financial Analysts Journal 59(1).
    """
    return ndtr(ndtri(jnp.asarray(priced, jnp.float64)) - _shift(years, price_of_risk))


@jax.jit
def priced(real: _Given, years: _Given, price_of_risk: _Given) -> _Any:
    """Which chance do prices pay for where this one happens? The inverse of `real_world`."""
    return ndtr(ndtri(jnp.asarray(real, jnp.float64)) + _shift(years, price_of_risk))


def _shift(years: _Given, price_of_risk: _Given) -> _Any:
    return jnp.asarray(price_of_risk) * jnp.sqrt(jnp.asarray(years, jnp.float64))
