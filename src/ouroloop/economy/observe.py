"""What a quarter is remembered by: measures by firm, who paid, measures of the whole."""

from __future__ import annotations

from functools import lru_cache

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.economy.built import Built
from ouroloop.economy.clear import Paid
from ouroloop.economy.decide import YEAR, Plans
from ouroloop.economy.fund import Funds
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.meet_calls import Called
from ouroloop.economy.prices import Prices
from ouroloop.economy.promised import promised
from ouroloop.economy.sell import Sold
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.economy.world import World
from ouroloop.instruments.ladder import due_within
from ouroloop.ledger import MEMBER, color_gap, colors_of, largest_leak

_LENDERS = ("bank", "bond_market", "private_credit", "insurer", "pension", "mutual_fund", "hedge_fund")
_INVESTORS = ("equity_investors", "sovereign_fund", "household")


def observe(
    world: World,
    inputs: Inputs,
    before: State,
    after: State,
    today: Today,
    prices: Prices,
    plans: Plans,
    funds: Funds,
    paid: Paid,
    built: Built,
    sold: Sold,
    called: Called,
    lost: Float64[Array, "line path"],
    amounts: Float64[Array, "flow path"],
) -> Track:
    """What is there to report of this quarter? One slice of `Track`, without the axis `quarter`."""
    members = _members(world, inputs, after, today, funds, paid, built, sold, called, amounts)
    who = _who_paid(world, before, after)
    return Track(
        members=jnp.stack([members[name] for name in MEMBER_MEASURES]),
        who_paid=who,
        system=_system(world, inputs, after, prices, plans, funds, paid, called, members, who),
        losses=lost,
        balances=after.books.balances,
        amounts=amounts,
        outcome=_marks(world, after),
    )


def _members(
    world: World,
    inputs: Inputs,
    after: State,
    today: Today,
    funds: Funds,
    paid: Paid,
    built: Built,
    sold: Sold,
    called: Called,
    amounts: Array,
) -> dict[str, Array]:
    read, books = world.reader, after.books
    contracts, plant = after.contracts, after.plant
    economic_plant = read.plant_economic(plant)
    reported_plant = read.plant_reported(plant)
    profit = read.flow("profit", amounts)
    fixed = read.stock("fixed_assets", books)
    soon = due_within(contracts.loans.ladder, today.quarter + 1, YEAR)
    guarantees = world.guarantees.exposure(contracts.guarantees, today.quarter + 1) * inputs.guarantee_binds
    guarantees = guarantees * world.bound_guarantors(after.default.defaulted)
    shown = promised(world, inputs, today, contracts.cloud, contracts.orders, contracts.leases)
    return {
        "cash": read.cash(books),
        "debt": read.stock("debt", books),
        "receivables": read.stock("receivables", books),
        "fixed_assets": fixed,
        "fixed_assets_economic": fixed - reported_plant + economic_plant,
        "stakes": read.stock("stakes", books),
        "net_worth": read.stock("net_worth", books),
        "equity_value": after.equity.market_cap,
        "narrative": after.equity.narrative,
        "spread": after.spread,
        "rating": after.rating,
        "deposits": read.stock("deposits", books),
        "revenue": after.revenue,
        "outside_revenue": read.flow("outside_revenue", amounts),
        "profit_reported": profit,
        "profit_economic": profit + read.flow("depreciation", amounts) - built.economic_charge,
        "operating_cash": read.flow("operating_cash", amounts),
        "interest": read.flow("interest", amounts),
        "capex": read.flow("capex", amounts),
        "trapped_capex": world.spread_to_members(built.trapped),
        "payout": read.flow("payout", amounts),
        "needed": funds.need,
        "raised": read.flow("raised", amounts),
        "refused": funds.refused,
        "unpaid": paid.clearing.shortfall,
        "written_off": read.flow("written_off", amounts),
        "capacity": world.spread_to_members(plant.capacity),
        "pipeline": world.spread_to_members(plant.pipeline.sum(axis=1) + plant.waiting),
        "backlog": shown.backlog,
        "letters": shown.letters,
        "leases_not_commenced": world.leases_by_tenant @ world.leases.not_commenced(contracts.leases),
        "guarantees_given": world.guarantees_by_guarantor @ guarantees,
        "bonds_sold": world.sales_by_borrower @ sold.face,
        "shares_sold": called.sold,
        "maturing_in_year": world.loans_by_borrower @ soon,
        "defaulted": after.default.defaulted,
    }


def _system(
    world: World,
    inputs: Inputs,
    after: State,
    prices: Prices,
    plans: Plans,
    funds: Funds,
    paid: Paid,
    called: Called,
    members: dict[str, Array],
    who: Array,
) -> Array:
    demand = inputs.parameters.demand
    gap = color_gap(world.ledger, after.books, after.colors)
    overvalued = members["fixed_assets"] - members["fixed_assets_economic"]
    valuations = world.reader.stock("valuations", after.books)
    premium = members["equity_value"] * (1.0 - jnp.exp(-members["narrative"]))
    measures = {
        "outside_spend": plans.ai_spend,
        "outside_growth": plans.demand.growth,
        "token_price": plans.demand.token_price,
        "rent": prices.rent,
        "market_spread": prices.market.level,
        "capex": members["capex"].sum(axis=0),
        "debt": members["debt"].sum(axis=0),
        "asked": funds.need.sum(axis=0),
        "granted": (funds.need - funds.refused).sum(axis=0),
        "lent": funds.borrowed.sum(axis=0),
        "paper_wealth": world.paper_wealth(after.books),
        "bezzle": (overvalued + valuations + members["unpaid"]).sum(axis=0),
        "narrative_premium": premium.sum(axis=0),
        "round_trip": who[:, SPONSORS.index("own")].sum(axis=0),
        "wage_bill": YEAR * plans.ai_spend / demand.price_share,
        "margin_debt": world.margin_debt(after.books).sum(axis=0),
        "called": called.asked,
        "unsold": called.unsold,
        "missing_income": plans.missing,
        "power_waiting": after.plant.waiting.sum(axis=0),
        "payoff_arrived": plans.demand.payoff_arrived.astype(jnp.float64),
        "credit_closed": (after.outcome.credit_quarter >= 0).astype(jnp.float64),
        "residual": largest_leak(world.ledger, after.books),
        "color_gap": jnp.abs(gap).max(axis=0),
        "clearing_gap": paid.clearing.gap,
    }
    shape = after.rent.shape
    return jnp.stack([jnp.broadcast_to(measures[name], shape) for name in SYSTEM_MEASURES])


def _who_paid(world: World, before: State, after: State) -> Array:
    """Cash that paid for revenue in the quarter, by member and group of sponsors, USD bn."""
    revenue = (after.colors.revenue - before.colors.revenue)[world.member_entities]
    own, groups = _groups(world)
    mine = jnp.take_along_axis(revenue, own[:, None, None], axis=1)[:, 0] * (own >= 0)[:, None]
    by_group = jnp.stack([revenue[:, np.flatnonzero(groups == g)].sum(axis=1) for g in range(len(SPONSORS))], axis=1)
    at = SPONSORS.index("own"), SPONSORS.index("members")
    return by_group.at[:, at[0]].set(mine).at[:, at[1]].add(-mine)


@lru_cache(maxsize=16)
def _groups(world: World) -> tuple[np.ndarray, np.ndarray]:
    """The color of each member's own funding (-1: it funds nobody), and the group in `SPONSORS` of each color."""
    colors = colors_of(world.ledger)
    own = [colors.index(f"{MEMBER}:{m}") if f"{MEMBER}:{m}" in colors else -1 for m in world.members]

    def group(color: str) -> str:
        if color.startswith(f"{MEMBER}:"):
            return "members"
        if color in _LENDERS:
            return "lenders"
        if color in _INVESTORS:
            return "investors"
        assert color in SPONSORS, f"no group for the color {color}"
        return color

    return np.array(own), np.array([SPONSORS.index(group(color)) for color in colors])


def _marks(world: World, after: State) -> Array:
    """By path: `OUTCOME_MARKS`, as they stand after this quarter."""
    outcome, first = after.outcome, after.first_default
    dates = [
        jnp.where(q < 0, jnp.nan, q.astype(jnp.float64))
        for q in (outcome.payoff_quarter, outcome.credit_quarter, first, *after.stages.first)
    ]
    marks = (*dates, after.outside_loss_soon, after.outside_loss)
    assert len(marks) == len(OUTCOME_MARKS), "one row for each mark"
    return jnp.stack(marks)
