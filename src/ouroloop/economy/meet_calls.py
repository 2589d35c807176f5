"""Margin and redemption calls: funds sell what finds a buyer, shares fall by it, brokers and investors are paid."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.contagion.calls import (
    CallState,
    changes_hands,
    margin_call,
    price_change,
    redeemed,
    target_leverage,
)
from ouroloop.economy.fail import Failed
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.ledger import quantize
from ouroloop.market.equity import EquityState, market_return

_NOTHING = 1e-6
"""USD bn below which a fund has nothing left to sell."""


class Called(eqx.Module):
    """What was asked for, what it brought, and what it did to prices."""

    moved: Float64[Array, "flow path"]
    calls: CallState
    equity: EquityState
    share_return: Float64[Array, "member path"]
    sold: Float64[Array, "member path"]
    """What funds had to sell of each firm's shares, at the prices before, USD bn."""
    asked: Float64[Array, " path"]
    """Margin and redemption calls, USD bn."""
    unsold: Float64[Array, " path"]
    """What they offered and nobody bought, USD bn."""
    held: Float64[Array, " path"]
    """What funds carried these shares at when the quarter began, USD bn."""


def meet_calls(world: World, inputs: Inputs, state: State, today: Today, failed: Failed) -> Called:
    """Who must sell shares now, what becomes of the price, and who is paid with it?

    Levered funds sell until their broker is content, open-end funds what their investors take out; a scenario may make
    both sell. Each sells all that it holds in proportion. Of each firm only so much changes hands in a quarter, at a
    price that all of it has moved; the rest is asked for again. Funds that nobody presses buy the market, slowly, each
    at most its equal part of what others have. A fund that has sold everything and still owes costs its broker the
    rest.

    What is asked, offered and traded is money in whole quanta, so that sums of it are the same whatever stands beside.
    """
    p, firm, fund = inputs.parameters.calls, world.sale_issuer, world.sale_fund
    value = failed.equity.market_cap
    listed = jnp.asarray(world.listed)[:, None]
    quoted, before = jnp.where(listed, value, 0.0), jnp.where(listed, state.equity.market_cap, 0.0)
    cost, gain, other_cost, other_gain = world.traded(state.books)
    became = 1.0 + failed.share_return[firm]
    holds, other = (cost + gain) * became, (other_cost + other_gain) * became
    shares, debt = world.sales_by_fund @ holds, world.margin_debt(state.books)
    levered = jnp.asarray(world.levered)[:, None]

    fared = market_return(before, before * (1.0 + failed.share_return))
    leave = jnp.where(levered, 0.0, redeemed(p, shares, fared))
    owed = state.calls.asked + leave
    need = quantize(jnp.minimum(margin_call(p, shares, debt) + owed, shares))
    part = need / jnp.where(shares > 0, shares, 1.0)
    offered = quantize(jnp.minimum(holds * (part[fund] + today.calendar.sold_down[firm]), holds))
    capacity = inputs.traits.exit_share * value
    sold = quantize(offered * changes_hands(world.sales_by_issuer @ offered, capacity)[firm])

    usual = jnp.where(levered, target_leverage(p) * (shares - debt), state.calls.usual * quoted.sum(axis=0))
    pressed = world.sales_by_fund @ offered > 0
    adds = jnp.where(pressed, 0.0, p.refill * jnp.maximum(usual - shares, 0.0))
    bought = adds[fund] * (quoted / jnp.maximum(quoted.sum(axis=0), _NOTHING))[firm]
    bought = jnp.minimum(bought, jnp.maximum(other, 0.0) / np.bincount(firm)[firm][:, None])
    bought = quantize(bought * changes_hands(world.sales_by_issuer @ bought, capacity)[firm])
    change = price_change(p, world.sales_by_issuer @ (sold - bought), value)
    paid = (sold - bought) * jnp.exp(change)[firm]
    at_cost = _part(sold, holds) * cost - _part(bought, other) * other_cost

    got = world.sales_by_fund @ paid
    repaid, drawn = jnp.clip(got, 0.0, debt), jnp.maximum(-got, 0.0)
    left = world.sales_by_fund @ ((holds - sold + bought) * jnp.exp(change)[firm])
    lost = jnp.where(left <= _NOTHING, debt - repaid, 0.0)
    redemptions = jnp.minimum(got, owed)
    margined, open_ended = world.margin_fund, world.redemption_fund
    return Called(
        moved=jnp.concatenate(
            [
                world.share_sales.amounts(at_cost, paid),
                world.margin.amounts(drawn[margined], repaid[margined], lost[margined]),
                world.redemptions.amounts(redemptions[open_ended]),
            ]
        ),
        calls=CallState(
            asked=jnp.minimum(world.sales_by_fund @ ((offered - sold) * jnp.exp(change)[firm]), owed),
            rebound=-(1.0 - p.stays) * change,
            usual=state.calls.usual,
        ),
        equity=EquityState(
            failed.equity.fundamental, failed.equity.lasting + change, failed.equity.fresh, failed.equity.trend
        ),
        share_return=(1.0 + failed.share_return) * jnp.exp(change) - 1.0,
        sold=world.sales_by_issuer @ sold,
        asked=need.sum(axis=0),
        unsold=(offered - sold).sum(axis=0),
        held=(cost + gain).sum(axis=0),
    )


def _part(some: Array, whole: Array) -> Array:
    """At most 1: of shares worth a quantum, rounding may sell one and a half."""
    return jnp.where(whole > 0, jnp.minimum(some / jnp.where(whole > 0, whole, 1.0), 1.0), 0.0)
