"""Funding: who needs new money, who gives it, and what is refused."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.behavior.funding import LADDER, VENDOR, cash_floor, plan, raise_money
from ouroloop.behavior.lending import (
    EQUITY,
    LENDER_CLASSES,
    SECURED,
    borrowing_base,
    loss_share,
    opening_capacity,
    supply,
)
from ouroloop.economy.decide import YEAR, Plans
from ouroloop.economy.fall_due import Dues
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.prices import Prices
from ouroloop.economy.promised import promised
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.instruments.ladder import due_within
from ouroloop.instruments.loan import LoanState
from ouroloop.ledger import quantize

_RUNGS = tuple(rung for rung in LADDER if rung != (VENDOR,))
"""Whom a firm asks here; vendors decide for themselves what they put in."""


class Funds(eqx.Module):
    """New money, USD bn."""

    loans: LoanState
    """After new loans."""
    lent: Float64[Array, "flow path"]
    lent_by_loan: Float64[Array, "loan path"]
    need: Float64[Array, "member path"]
    refused: Float64[Array, "member path"]
    new_debt: Float64[Array, "member path"]
    new_shares: Float64[Array, "member path"]
    given_away: Float64[Array, "member path"]
    floor: Float64[Array, "member path"]


def raise_funds(
    world: World, inputs: Inputs, state: State, today: Today, prices: Prices, plans: Plans, dues: Dues
) -> Funds:
    """Who asks for how much, and what do lenders and investors grant?

    Everybody expects to be paid what is due by those who are not in default, and to sell what was planned. The need is
    what is due and planned beyond that and beyond cash, with debt that matures; at least what is due beyond what comes
    in before it, as chips are paid for by buyers who have met their own dues. Classes lend by `behavior.lending`, to
    the borrowers with whom they have a contract in this world; new debt pays the base rate and the firm's spread.
    """
    parameters, books = inputs.parameters, world.reader
    paths = state.rent.shape[0]
    cash = books.cash(state.books)
    expected = world.claims_by_creditor @ dues.claims
    chips = world.chips_by_vendor @ (plans.chips[world.chip_builder] * inputs.traits.chip_share)
    ai = world.ai_by_member @ plans.ai
    due = world.claims_by_debtor @ dues.claims
    sites = world.spread_to_members(plans.shells + plans.chips)
    money = world.money_by_vendor @ plans.vendor_money
    spending = sites + plans.other_capex + plans.payout + money
    floor = cash_floor(parameters.funding, plans.costs)
    soon = world.loans_by_borrower @ due_within(state.contracts.loans.ladder, today.quarter + 1, YEAR)
    before_dues = ai + plans.core + expected + dues.outside_rounds
    need = plan(
        parameters.funding,
        cash=cash,
        cash_floor=floor,
        inflow=before_dues + chips,
        due=due,
        spending=spending,
        maturing_soon=soon,
    )
    need = jnp.maximum(need, quantize(jnp.maximum(due - cash - before_dues, 0.0)))
    need = jnp.where(state.default.barred <= 0, need, 0.0)
    years = (today.quarter + 1) / YEAR
    open_share = jnp.broadcast_to(today.calendar.credit_open, (len(LENDER_CLASSES), paths))
    capacity = opening_capacity(parameters.lending) * jnp.exp(parameters.engine.core_growth * years)
    capacity = jnp.broadcast_to(capacity, (len(LENDER_CLASSES), paths)) * open_share
    secured = jnp.asarray([name in SECURED for name in world.loan_class])[:, None]
    owed = world.loans_by_borrower @ jnp.where(secured, state.contracts.loans.owed, 0.0)
    shown = promised(world, inputs, today, dues.cloud, dues.orders)
    base = borrowing_base(
        parameters.lending,
        letters=shown.letters,
        backlog=shown.backlog,
        assets=books.plant_economic(state.plant),
    )
    listed = jnp.asarray(world.listed, jnp.float64)[:, None]
    quoted = prices.equity.market_cap * listed * open_share[EQUITY]
    offers = supply(
        parameters.lending,
        class_capacity=capacity,
        spread=prices.spread,
        losses=loss_share(state.lender_lent, state.lender_lost),
        closed=jnp.zeros_like(open_share),
        narrative=prices.equity.narrative,
        headroom=jnp.maximum(base - owed, 0.0),
        quoted=quoted,
    )
    raised = raise_money(
        parameters.funding,
        need=need,
        supply=offers,
        capacity=capacity.at[EQUITY].add(parameters.lending.quoted_sale * quoted.sum(axis=0)),
        allowed=world.may_ask,
        ladder=_RUNGS,
        classes=LENDER_CLASSES,
    )
    drawn = jnp.asarray(world.loan_draws)[:, None]
    money_by_loan = jnp.where(drawn, raised.granted[world.loan_lender, world.loan_borrower], 0.0)
    rate = prices.spread[world.loan_borrower] + jnp.where(
        world.loans.floating[:, None], 0.0, parameters.engine.base_rate
    )
    loans, lent = world.loans.draw(
        state.contracts.loans, today.quarter, money_by_loan, jnp.asarray(world.loan_tenor), rate
    )
    return Funds(
        loans=loans,
        lent=lent,
        lent_by_loan=money_by_loan,
        need=need,
        refused=raised.refused,
        new_debt=raised.granted.sum(axis=0) - raised.granted[EQUITY],
        new_shares=raised.granted[EQUITY],
        given_away=raised.given_away,
        floor=floor,
    )
