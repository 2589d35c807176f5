"""Spending: what nobody can claim yet, as far as the money goes."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.economy.clear import Paid
from ouroloop.economy.decide import Plans
from ouroloop.economy.fund import Funds
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.world import World


class Spent(eqx.Module):
    """What was spent, USD bn, and how much of the plan that is."""

    pace: Float64[Array, "builder path"]
    """Share of planned spending on sites that the money allowed; sites slow down by it."""
    building: Float64[Array, "vehicle path"]
    """What vehicles spent on theirs."""
    shells: Float64[Array, "builder path"]
    chips: Float64[Array, "pair path"]
    other: Float64[Array, "member path"]
    vendor_money: Float64[Array, "pair path"]
    payout: Float64[Array, "member path"]
    cash: Float64[Array, "member path"]
    """What is left."""


def spend(world: World, inputs: Inputs, plans: Plans, funds: Funds, paid: Paid) -> Spent:
    """What is spent, in the order in which it is hardest to stop?

    Sites under construction first, and down to the last dollar: half a building is worth next to nothing. Then other
    plant, vendors' money and payouts, from what is above the floor. Each is cut alike where money ends.
    """
    left = paid.cash
    b = world.builder_rows
    wanted = plans.shells + plans.chips
    pace = _affordable(left[b], wanted)
    shells, chips = plans.shells * pace, plans.chips * pace
    left = left - world.spread_to_members(shells + chips)
    v = world.vehicle_rows
    building = funds.building * _affordable(left[v], funds.building)
    left = left.at[v].add(-building)
    free = jnp.maximum(left - funds.floor, 0.0)
    other = plans.other_capex * _affordable(free, plans.other_capex)
    free = free - other
    by_vendor = world.money_by_vendor @ plans.vendor_money
    money = plans.vendor_money * _affordable(free, by_vendor)[world.money_vendor_row]
    free = free - world.money_by_vendor @ money
    payout = plans.payout * _affordable(free, plans.payout)
    free = free - payout
    return Spent(
        pace=pace,
        building=building,
        shells=shells,
        chips=chips[world.chip_builder] * inputs.traits.chip_share,
        other=other,
        vendor_money=money,
        payout=payout,
        cash=jnp.minimum(left, funds.floor) + free,
    )


def _affordable(money: Array, wanted: Array) -> Array:
    """The share of what is wanted that there is money for."""
    return jnp.where(wanted > money, money / jnp.where(wanted > 0, wanted, 1.0), 1.0)
