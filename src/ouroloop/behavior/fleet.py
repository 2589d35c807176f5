"""Which gigawatts still run, by when their chips came?

Chips run until their economic life is over, and then their rack is empty: a fleet that grew fast is young, and loses
little for years. What is left of a vintage of age a (quarters) with a life of L quarters: clip(L - a, 0, 1).
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

QUARTERS = 4


def still_runs(
    age: Int[Array, " vintage"], life_years: Float[Array, "*builder path"]
) -> Float[Array, "*builder vintage path"]:
    """Which part of each vintage runs in a quarter in which it is so old? From 0 to 1.

    `age` in quarters, 0 for what comes now. With a life of 2.5 years: 1 at 9 quarters, 0 at 10; with 2.6 years 0.4 at
    10. A life that is cut short retires all that is older at once.
    """
    return jnp.clip(life_years[..., None, :] * QUARTERS - age[:, None], 0.0, 1.0)


def fleet_by_age(
    age: Int[Array, " vintage"], growth: Float[Array, " path"], life_years: Float[Array, " path"]
) -> Float[Array, "vintage path"]:
    """Which part of all GW that run came how long ago, when what came grew at `growth`, log per year? Adds up to 1."""
    came = jnp.exp(-growth * age[:, None] / QUARTERS) * still_runs(age, life_years)
    return came / came.sum(axis=0)
