"""Synthetic tranches: what protection on a slice of a pool of equal names costs a year."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.securitization.pool import at_least, losses, tranche_loss


class TrancheLegs(eqx.Module):
    """Values per dollar of the tranche."""

    premium: Float[Array, ""]
    """Of a premium of 1 a year on what is left of the tranche."""
    accrual: Float[Array, ""]
    """Of the part that has accrued when some of it is lost, at mid-period."""
    payoff: Float[Array, ""]

    @property
    def par_spread(self) -> Float[Array, ""]:
        """Decimal per year."""
        return self.payoff / (self.premium + self.accrual)


def tranche_legs(
    names: int,
    hazard: float,
    recovery: float,
    correlation: float,
    attachment: float,
    detachment: float,
    *,
    rate: float,
    years: float,
    per_year: int = 4,
) -> TrancheLegs:
    """What do the legs of a tranche swap on a pool of equal names cost in the one-factor Gaussian copula?

    Losses come at the middle of a period. Hull, Options, Futures, and Other Derivatives, chapter on credit derivatives.
    """
    time = np.arange(1, round(years * per_year) + 1) / per_year
    fails = jnp.broadcast_to(-jnp.expm1(-hazard * jnp.asarray(time)), (names, len(time)))
    unit = (1.0 - recovery) / names
    made = losses(np.ones(names), 1.0 - recovery, fails, correlation, unit=unit)
    left = 1.0 - tranche_loss(made, attachment, detachment).expected
    return _legs(left, 1.0, rate, time)


def basket_legs(
    count: int, names: int, hazard: float, recovery: float, correlation: float, *, rate: float, years: float
) -> TrancheLegs:
    """What do the legs cost of a swap that pays for the `count`-th default among equal names, and ends with it?"""
    time = np.arange(1, round(years * 4) + 1) / 4
    left = 1.0 - at_least(count, names, -jnp.expm1(-hazard * jnp.asarray(time)), correlation)
    return _legs(left, 1.0 - recovery, rate, time)


def _legs(left: Float[Array, " time"], paid: float, rate: float, time: np.ndarray) -> TrancheLegs:
    length = np.diff(time, prepend=0.0)
    gone = jnp.concatenate([jnp.ones(1), left[:-1]]) - left
    later, middle = np.exp(-rate * time), np.exp(-rate * (time - length / 2))
    return TrancheLegs((length * left * later).sum(), (length / 2 * gone * middle).sum(), paid * (gone * middle).sum())
