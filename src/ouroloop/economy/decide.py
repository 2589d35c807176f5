"""Decisions: what outside customers pay, what firms plan to build and to spend, before anybody asks who pays for it."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.behavior.completion import CHIP_STAGES, spending, trapped_spending, value_at_completion
from ouroloop.behavior.completion import decide as finish_or_abandon
from ouroloop.behavior.demand import DemandState, spend_by_seller, step_demand
from ouroloop.behavior.outside_income import missing_income, spending_factor
from ouroloop.behavior.power import grid_additions, power_share
from ouroloop.behavior.rivalry import planned_starts
from ouroloop.behavior.vendor import recycled
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.inventory import OUTSIDE
from ouroloop.economy.prices import Prices
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World

YEAR = 4
AHEAD = 6
"""Quarters that a builder looks ahead: a site started today is used then."""


class Plans(eqx.Module):
    """What is wanted in this quarter, USD bn and GW."""

    demand: DemandState
    efficiency: Float64[Array, " path"]
    ai_spend: Float64[Array, " path"]
    """What outside customers spend on AI, sellers without a name included."""
    missing: Float64[Array, " path"]
    """How much less is spent and earned outside than at the loop's top, USD bn a year."""
    ai: Float64[Array, "pair path"]
    """By pairs of `Receipts.ai`."""
    core: Float64[Array, "member path"]
    costs: Float64[Array, "member path"]
    wanted: Float64[Array, "builder path"]
    """GW that customers, own sales and own use would take now."""
    starts: Float64[Array, "builder path"]
    refit: Float64[Array, "builder path"]
    """GW of standing sites that get new chips for worn ones."""
    keep: Float64[Array, "builder stage path"]
    power: Float64[Array, " path"]
    """Share of what is ready for chips that can count on power."""
    site_cost: Float64[Array, " path"]
    """USD bn per GW."""
    shells: Float64[Array, "builder path"]
    chips: Float64[Array, "builder path"]
    value: Float64[Array, "builder path"]
    """Of a GW at completion, USD bn."""
    trapped: Float64[Array, "builder path"]
    """Spending on sites whose whole cost is above their value."""
    other_capex: Float64[Array, "member path"]
    payout: Float64[Array, "member path"]
    vendor_money: Float64[Array, "pair path"]


def decide(world: World, inputs: Inputs, state: State, today: Today, prices: Prices) -> Plans:
    """What does everybody want to do in this quarter, as they see the last one?

    Outside demand moves first (`behavior.demand`), less where outsiders have become poorer with the loop
    (`behavior.outside_income`). A firm's costs follow its trend of revenue in part and its last
    quarter in part. A builder looks `AHEAD` quarters: what it has signed, what its own AI sales and its core business
    will use, in GW at the rent of new compute; it starts sites by `behavior.rivalry`, less where lenders refused it
    last quarter, and finishes or abandons what it builds by `behavior.completion`; what it would give up in the next
    quarter it does not start. Where chips have worn out the site still stands with its power: new chips go there first,
    as far as they are needed and worth it. A firm in default starts nothing and pays nothing out. Vendors put a share
    of last quarter's free cash into customers (`behavior.vendor`).
    """
    traits, engine = inputs.traits, inputs.parameters.engine
    alive = state.default.barred <= 0
    years = (today.quarter + 1) / YEAR
    demand = step_demand(
        inputs.parameters.demand,
        state.demand,
        payoff_now=today.payoff_now,
        spend_factor=today.calendar.demand_factor,
        share_factor=jnp.ones_like(state.demand.utility),
        shocks_growth=today.growth,
        shocks_utility=today.utility,
    )
    income, top = inputs.parameters.outside_income, state.stages
    missing = missing_income(
        income, world.quoted(state.equity.market_cap), top.highest_shares, top.pace, top.highest_pace
    )
    poorer = spending_factor(income, missing, years)
    by_seller = spend_by_seller(demand) * poorer
    ai = by_seller[world.ai_seller] * traits.kind_share * today.calendar.ai_factor
    trend = engine.fixed_cost_share * state.trailing.revenue + (1 - engine.fixed_cost_share) * state.revenue
    costs = traits.cost_share * trend + world.spread_to_members(state.penalty)
    efficiency = state.efficiency * today.calendar.efficiency_factor

    b = world.builder_rows
    site_cost = engine.site_cost_per_gw * jnp.exp(engine.site_cost_growth * years) * jnp.ones_like(state.rent)
    need, wanted = _needs(world, inputs, state, today, by_seller, efficiency)
    plant = state.plant
    value = _site_value(world, inputs, state, today, prices, site_cost, wanted)
    keep = finish_or_abandon(
        inputs.parameters.completion,
        value_at_completion_usd_bn_per_gw=value,
        cost_per_gw_usd_bn=site_cost,
        pipeline_gw=plant.pipeline,
    )
    refit = jnp.minimum(plant.empty, jnp.maximum(need - plant.capacity, 0.0)) * keep[:, -CHIP_STAGES] * alive[b]
    starts = planned_starts(
        inputs.parameters.rivalry,
        need_gw=need,
        capacity_gw=plant.capacity + refit,
        pipeline_gw=plant.pipeline.sum(axis=1) + plant.waiting,
        starts_gw=plant.starts[0],
        starts_year_ago_gw=plant.starts[-1],
        fear_scale=jnp.ones_like(state.rent),
        active=alive[b],
    )
    starts = starts * (1 - engine.shrink_speed * (1 - state.funded[b])) * keep[:, 0]
    power = power_share(
        inputs.parameters.power,
        plant.pipeline[:, -1],
        waiting_gw=plant.waiting,
        grid_gw=grid_additions(inputs.parameters.power, traits.power_years + years),
        delay_factor=today.calendar.power_factor,
    )
    shells, new_chips = spending(
        inputs.parameters.completion, plant.pipeline, keep=keep, cost_per_gw_usd_bn=site_cost, power_factor=power
    )
    chips = new_chips + refit * inputs.parameters.completion.chip_share * site_cost
    core = traits.core * _core_grown(inputs, state, years)
    core = core * poorer + traits.unnamed * jnp.minimum(years / inputs.parameters.completion.build_years, 1.0)
    return Plans(
        demand=demand,
        efficiency=efficiency,
        ai_spend=demand.spend_usd_bn * poorer,
        missing=missing,
        ai=ai,
        core=core,
        costs=costs,
        wanted=wanted,
        starts=starts,
        refit=refit,
        keep=keep,
        power=power,
        site_cost=site_cost,
        shells=shells,
        chips=chips,
        value=value,
        trapped=trapped_spending(shells + new_chips, value, site_cost),
        other_capex=traits.other_capex * jnp.exp(engine.core_growth * years) * alive,
        payout=_payout(inputs, state, alive),
        vendor_money=_vendor_money(world, inputs, state, today, alive),
    )


def _core_grown(inputs: Inputs, state: State, years: Array) -> Float64[Array, "member path"]:
    """By how much revenue from outside the world has grown, as a factor.

    Most of it grows steadily. What data centers that nobody names pay for chips follows what builders in the world
    could pay for in the quarter before: they run the same race on the same money, and stop when it stops.
    """
    follows, pace = inputs.traits.follows_chips, inputs.traits.chips_pace
    raced = state.chips_bought / jnp.where(pace > 0, pace, 1.0)
    surprise = inputs.traits.core_surprise * jnp.minimum(years, 1.0)
    return (1.0 - follows) * jnp.exp(inputs.parameters.engine.core_growth * years + surprise) + follows * raced


def _payout(inputs: Inputs, state: State, alive: Array) -> Array:
    """Dividends and buybacks: a share of the pace of operating cash, cut by whoever was refused money."""
    pace = jnp.maximum(state.trailing.operating_cash - state.trailing.interest, 0.0)
    return inputs.traits.payout_share * pace * state.funded * alive


def _vendor_money(world: World, inputs: Inputs, state: State, today: Today, alive: Array) -> Array:
    """What vendors put into customers, by pairs of `Spending.vendor_money`; nothing into who has defaulted."""
    scale = jnp.broadcast_to(today.calendar.vendor_scale, (len(world.vendors), state.rent.shape[0]))
    by_vendor = recycled(
        inputs.parameters.vendor,
        free_cash_flow=state.free_cash[world.vendor_rows],
        policy_scale=scale,
        weights=jnp.eye(len(world.vendors)),
    ).sum(axis=1)
    pairs = inputs.traits.vendor_weight * by_vendor[world.money_vendor]
    return pairs * alive[world.money_customer] * alive[world.money_vendor_row]


def _site_value(
    world: World, inputs: Inputs, state: State, today: Today, prices: Prices, site_cost: Array, wanted: Array
) -> Float64[Array, "builder path"]:
    """What a GW is worth on the day it opens, USD bn.

    What is let before it opens earns the contract's rent, fixed over the life of the chips; the rest earns the market's
    rent, which falls as newer chips come. The part that is let is that of sites under construction in general, less
    where a builder's capacity is not all wanted.
    """
    engine, completion = inputs.parameters.engine, inputs.parameters.completion
    capacity, life = state.plant.capacity, today.chip_life(engine.chip_life_years)
    let = completion.let_share * jnp.where(capacity > wanted, wanted / jnp.where(capacity > 0, capacity, 1.0), 1.0)
    fading = 1 - 1 / (1 + inputs.parameters.rent.compute_per_dollar_gain)

    def worth(rent: Array, decline: Array | float) -> Array:
        return value_at_completion(
            rent * jnp.ones_like(capacity),
            decline,
            engine.running_cost_per_gw_year,
            life,
            engine.base_rate + prices.spread[world.builder_rows],
            shell_value=(1 - completion.chip_share) * site_cost,
        )

    return let * worth(engine.rent_per_gw_year, 0.0) + (1 - let) * worth(prices.new_rent, fading)


def _needs(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    by_seller: Array,
    efficiency: Array,
) -> tuple[Array, Array]:
    """GW that each builder will need `AHEAD` quarters on, and those that are wanted now.

    Dollars of contracts and own sales become GW at the rent of the opening: a GW of new chips earns about that whatever
    it can compute. What a builder builds for itself is at the opening whatever its pipeline holds beyond the rest,
    because nobody builds what he thinks he will not need; it grows as own use does. Own sales are expected to grow on
    half as fast as they do; of what labs want by the quarter everybody expects a part by its size; what a builder buys
    from others it need not build.
    """
    engine, contracts = inputs.parameters.engine, world.cloud.schedule
    last = contracts.shape[1] - 1
    reach = jnp.minimum(today.quarter + jnp.arange(AHEAD - 1, AHEAD + 3), last)
    binding = inputs.cloud_share * today.calendar.cloud_binds * ~state.contracts.cloud.ended
    ahead = contracts[:, reach].mean(axis=1)[:, None] * binding
    now = contracts[:, jnp.minimum(today.quarter, last)][:, None] * binding
    sells = jnp.asarray(world.seller_of_builder != OUTSIDE)[:, None]
    sales = jnp.where(sells, by_seller[world.seller_of_builder], 0.0) * engine.compute_share_of_ai_revenue * efficiency
    growing = jnp.exp(jnp.clip(state.demand.growth, -1.0, 1.0) / 2 * AHEAD / YEAR)
    bought = world.cloud_by_buyer @ ahead
    grown = _own_growth(inputs, today.quarter + 1)
    own, own_soon = inputs.traits.own_use * grown, inputs.traits.own_plan * grown
    by_the_quarter = state.spot_wanted * state.plant.capacity / jnp.maximum(state.plant.capacity.sum(axis=0), 1e-9)
    per_gw = engine.rent_per_gw_year / YEAR
    unnamed = inputs.traits.unnamed[world.builder_rows]
    rented = world.cloud_by_builder @ ahead + unnamed + sales * growing + by_the_quarter
    need = jnp.maximum(rented - bought, 0.0) / per_gw + own_soon
    begun = unnamed * jnp.minimum((today.quarter + 1) / YEAR / inputs.parameters.completion.build_years, 1.0)
    wanted = jnp.maximum(world.cloud_by_builder @ now + begun + sales - world.cloud_by_buyer @ now, 0.0) / per_gw + own
    return need, wanted


def _own_growth(inputs: Inputs, quarters: Array) -> Array:
    """By how much what builders use themselves has grown so many quarters after the opening, as a factor.

    Growth fades as that of outside demand does: g (1 - rho^t) / -ln rho after t years, with rho its yearly persistence.
    """
    fading = -jnp.log(inputs.parameters.demand.growth_persistence)
    grown = inputs.parameters.engine.own_use_growth * -jnp.expm1(-fading * quarters / YEAR) / fading
    return jnp.exp(grown)
