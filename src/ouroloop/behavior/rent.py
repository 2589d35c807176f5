"""What does a gigawatt of compute bring in a year, as chips age and capacity runs ahead of what is wanted?"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

QUARTERS = 4


class RentParameters(eqx.Module):
    """What moves the market rent of compute that exists."""

    compute_per_dollar_gain: Parameter = parameter("chip-007", unit="per year")
    scarcity_elasticity: Parameter = parameter("eco-real-012", unit="log per year per unit of gap")
    volatility: Parameter = parameter("chip-011", unit="log sd per year")
    running_cost: Parameter = parameter("chip-032", unit="USD bn per GW and year")


def scarcity(capacity_gw_total: Float[Array, " path"], wanted_gw: Float[Array, " path"]) -> Float[Array, " path"]:
    """How far is what is wanted from what exists? (wanted - capacity) / the larger of both, from -1 to 1.

    -1 where nobody wants anything, 1 where nothing exists, 0 where both are equal (or nothing). Near 0 it is the log of
    the ratio; unlike that it stays finite.
    """
    larger = jnp.maximum(wanted_gw, capacity_gw_total)
    return jnp.where(larger > 0, (wanted_gw - capacity_gw_total) / jnp.where(larger > 0, larger, 1.0), 0.0)


def market_rent(
    parameters: RentParameters,
    rent: Float[Array, " path"],
    capacity_gw_total: Float[Array, " path"],
    wanted_gw: Float[Array, " path"],
    shock: Float[Array, " path"],
    ceiling: Float[Array, " path"],
) -> Float[Array, " path"]:
    """What is the market rent of a GW of installed compute one quarter later, USD bn per GW and year?

        d ln rent = -ln(1 + gain)/4 + elasticity x scarcity/4 + volatility/2 x shock,   running cost <= rent <= ceiling

    New chips do more per dollar, so the same chips earn less: at a gain of 36 % a year 26 % less. What stands empty
    presses on top of that, what is missing lifts. Below its running cost compute is switched off, not let; above
    `ceiling`, what is sold with it would not pay for it, and nobody rents.

    `shock` is standard normal. It is the rent for new contracts: what was signed is paid as signed. A GW of the newest
    chips earns more; that is a new rent, not a rise of this one.

    Balanced, at 12: a year later 12 / 1.36 = 8.82. Reference: Hobbhahn and Besiroglu (2022) for the gain; rents of H100
    fell by 30 % a year from 2023 to March 2026, with a fall of 43 % and a rise of 38 % on the way.
    """
    obsolescence = jnp.log1p(parameters.compute_per_dollar_gain)
    drift = (parameters.scarcity_elasticity * scarcity(capacity_gw_total, wanted_gw) - obsolescence) / QUARTERS
    moved = rent * jnp.exp(drift + parameters.volatility * QUARTERS**-0.5 * shock)
    return jnp.maximum(jnp.minimum(moved, ceiling), parameters.running_cost)
