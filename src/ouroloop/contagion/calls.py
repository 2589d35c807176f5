"""Who has to sell shares when they fall, how much of it finds a buyer, and what that does to the price?

    margin call   shares − most leverage · equity, where it is above 0: sold, it repays debt until the broker is content
    redemptions   asked · shares · max(0, fall of the market − usual fall): what investors take out of open-end funds
    exit          no more of a firm than its capacity finds a buyer in a quarter; who offers more keeps the rest
    price         falls by 1 − exp(−impact · part of the firm that is sold), of which `stays` is for good

What found no buyer is asked for again a quarter later, at a lower price: up by escalator, down by the shaft of a lift
whose door is narrow. Buying back is slow: a fund that nobody presses goes a part of the way to its usual size in a
quarter. `contagion.fire_sales` plays the same rules round by round for a network that somebody asks about.

References: Cifuentes, Ferrucci and Shin 2005, Liquidity risk and contagion, JEEA 3(2-3); Brunnermeier and Pedersen
2009, Market liquidity and funding liquidity, Review of Financial Studies 22(6); Coval and Stafford 2007, Asset fire
sales (and purchases) in equity markets, Journal of Financial Economics 86(2).
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Float64

from ouroloop.core.parameter import Parameter, parameter

_ByFund = Float[Array, "fund path"]
_ByFirm = Float[Array, "firm path"]


class CallParameters(eqx.Module):
    """How brokers and investors press, and how deep the market is."""

    leverage: Parameter = parameter("hold-036", unit="shares over equity")
    """Of a levered fund that nobody presses."""
    least_margin: Parameter = parameter("eco-finance-101", unit="equity over shares")
    """Below this brokers ask for money."""
    asked: Parameter = parameter("eco-finance-102", unit="share of shares held per unit of fall")
    usual_fall: Parameter = parameter("eco-finance-103", unit="return")
    """A fall of the market in a quarter that makes nobody leave."""
    refill: Parameter = parameter("eco-finance-104", unit="share per quarter")
    """Of the way back to its usual size that a fund goes in a quarter."""
    of_volume: Parameter = parameter("eco-finance-105", unit="share")
    """Of what is traded in a quarter, what finds a buyer when all have to sell."""
    usual_exit: Parameter = parameter("eco-finance-106", unit="share of the firm")
    """The same of a firm whose volume is not on file."""
    impact: Parameter = parameter("mkt-020", unit="log price per share of the firm sold", scale=-100.0)
    stays: Parameter = parameter("mkt-004", unit="share")


class CallState(eqx.Module):
    """What calls leave to the next quarter."""

    asked: Float64[Array, "fund path"]
    """Redemptions that have not been paid yet, USD bn."""
    rebound: Float64[Array, "member path"]
    """By how much the price comes back as sellers are gone, log."""
    usual: Float64[Array, "fund path"]
    """Which part of all quoted shares an open-end fund held at the opening."""


def target_leverage(parameters: CallParameters) -> Float[Array, " #path"]:
    """What funds without a call go back to: their usual leverage, within what brokers allow."""
    return jnp.minimum(parameters.leverage, 1.0 / parameters.least_margin)


def margin_call(parameters: CallParameters, shares: _ByFund, debt: _ByFund) -> _ByFund:
    """For how much must a levered fund sell? USD bn; everything where its equity is gone, nothing without debt."""
    equity = shares - debt
    over = jnp.where(equity > 0, jnp.maximum(shares - equity / parameters.least_margin, 0.0), shares)
    return jnp.where(debt > 0, over, 0.0)


def redeemed(parameters: CallParameters, shares: _ByFund, fared: Float[Array, " path"]) -> _ByFund:
    """What do investors ask back after a quarter in which the market returned `fared`? USD bn."""
    return parameters.asked * jnp.maximum(-fared - parameters.usual_fall, 0.0) * shares


def changes_hands(offered: _ByFirm, capacity: _ByFirm) -> _ByFirm:
    """Which part of what everybody offers (or wants) of a firm finds another side in the quarter? Both in USD bn."""
    return jnp.minimum(1.0, capacity / jnp.where(offered > 0, offered, jnp.inf)) * (offered > 0)


def price_change(parameters: CallParameters, sold: _ByFirm, market_cap: _ByFirm) -> _ByFirm:
    """Log change of a price when so much more is sold than bought (negative: bought), both in USD bn."""
    part = sold / jnp.where(market_cap > 0, market_cap, jnp.inf)
    return -jnp.maximum(parameters.impact, 0.0) * part
