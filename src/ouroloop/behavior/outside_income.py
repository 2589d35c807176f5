"""What does a crash of the loop take from everybody else's spending, and what does that do to its own customers?

    missing = spent of wealth · (highest value of shares so far − now) + local · (highest pace of building so far − now)
    factor  = exp(−elasticity · missing / product of the economy by then)

in USD bn a year: households spend a few cents less for each dollar of shares that is gone, and builders, works and
crews earn less when less is built. What is at its highest takes nothing: its growth is in the forecast of demand
already. Not a model of the economy: no multiplier, no answer of interest rates or the state.

References: Case, Quigley and Shiller 2005, Comparing wealth effects, Advances in Macroeconomics 5(1), and
Chodorow-Reich, Nenov and Simsek 2021, Stock market wealth and the real economy, American Economic Review 111(5), for
spending out of share wealth.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

_Paths = Float[Array, " path"]
_QUARTERS = 4.0


class OutsideIncomeParameters(eqx.Module):
    """How the loop's fall reaches those who have no part in it."""

    spent_of_wealth: Parameter = parameter("hold-053", unit="USD per year per USD")
    local: Parameter = parameter("eco-real-015", unit="share")
    """Of what is built, what is earned at home."""
    product: Parameter = parameter("eco-real-016", unit="USD bn per year")
    growth: Parameter = parameter("eco-real-018", unit="log per year")
    """Of that product."""
    elasticity: Parameter = parameter("eco-real-017", unit="elasticity")
    """Of what customers spend with these firms in the income of everybody."""


def missing_income(
    parameters: OutsideIncomeParameters, shares: _Paths, highest_shares: _Paths, pace: _Paths, highest_pace: _Paths
) -> _Paths:
    """How much less is spent and earned outside than at the top? USD bn a year.

    `shares` is the value of all quoted shares, `pace` what is built in a quarter; the others are their highest so far.
    """
    wealth = parameters.spent_of_wealth * jnp.maximum(highest_shares - shares, 0.0)
    return wealth + parameters.local * _QUARTERS * jnp.maximum(highest_pace - pace, 0.0)


def spending_factor(parameters: OutsideIncomeParameters, missing: _Paths, years: Float[Array, ""] | float) -> _Paths:
    """By which factor do outside customers spend less, so many years after the opening?"""
    product = parameters.product * jnp.exp(parameters.growth * years)
    return jnp.exp(-parameters.elasticity * missing / product)
