"""Forced sales: who may not keep a bond after a fall below investment grade, and who buys it for how much."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.economy.fail import Failed
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.prices import Prices, lost_grade
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.instruments.bond_sale import bond_price
from ouroloop.instruments.loan import LoanState


class Sold(eqx.Module):
    """What changed hands."""

    loans: LoanState
    moved: Float64[Array, "flow path"]
    face: Float64[Array, "sale path"]
    """What is owed of what was sold, USD bn."""


def sell_under_mandate(
    world: World, inputs: Inputs, state: State, today: Today, prices: Prices, failed: Failed
) -> Sold:
    """Who sells what because its mandate asks for an investment grade, and at which price?

    In the quarter in which a firm loses it, that part of bond investors sells all that the firm, or a vehicle that
    lives on its rent, owes them. Buyers ask the spread of the quarter, that of the new letter and of the rush within.
    What is written down in the quarter is not sold.
    """
    sold, bought = world.sales.sold, world.sales.bought
    firm = world.loan_borrower[sold]
    share = inputs.parameters.agency.mandate * lost_grade(state, prices)[firm]
    loans, face, years = world.loans.hand_over(failed.loans, today.quarter, share, sold, bought)
    base = inputs.parameters.engine.base_rate
    coupon = failed.loans.rate[sold] + jnp.where(world.loans.floating[sold][:, None], base, 0.0)
    price = bond_price(coupon, base + prices.spread[firm], years)
    return Sold(loans, world.sales.amounts(face, price), face)
