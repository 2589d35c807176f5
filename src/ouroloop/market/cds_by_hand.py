"""Credit default swaps by hand: rules that need no curve, to check a price with or to read an old text."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

_Any = Float[Array, "..."]
_Given = _Any | float

_DAYS_PAID_FOR = 365.0 / 360.0


class YearlyLegs(eqx.Module):
    """Values per dollar of notional of a swap that pays once a year."""

    premium: _Any
    """Of a premium of 1 a year, paid by who survives the year."""
    accrual: _Any
    """Of half a year's premium, paid at default."""
    payoff: _Any

    @property
    def par_spread(self) -> _Any:
        """The premium that makes both sides worth the same, decimal per year."""
        return self.payoff / (self.premium + self.accrual)


def yearly_legs(default_probability: _Given, rate: _Given, recovery: _Given, years: int) -> YearlyLegs:
    """What are the legs worth if default comes at mid-year only, each year as likely as the last for who is alive?

    `default_probability` of a year, `rate` continuous, both decimal. With a recovery of 0 it is a binary swap, which
    pays the whole notional. Hull, Options, Futures, and Other Derivatives, chapter on credit derivatives.
    """
    year = jnp.arange(1, years + 1)
    alive = (1.0 - default_probability) ** year
    fails = (1.0 - default_probability) ** (year - 1) * default_probability
    at_mid_year = fails * jnp.exp(-rate * (year - 0.5))
    return YearlyLegs(
        (alive * jnp.exp(-rate * year)).sum(), 0.5 * at_mid_year.sum(), (1.0 - recovery) * at_mid_year.sum()
    )


def triangle_default_probability(spread: _Given, recovery: _Given, years: _Given) -> _Any:
    """How likely is default by then, if spread = hazard (1 - recovery)? Years as Actual/365, premium as Actual/360.

    The market's rule of thumb; priced, not foretold. With a whole curve the answer moves by some thousandths.
    """
    hazard = jnp.asarray(spread, jnp.float64) * _DAYS_PAID_FOR / (1.0 - recovery)
    return -jnp.expm1(-hazard * years)
