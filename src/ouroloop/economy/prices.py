"""Prices: what compute rents for, what credit costs, what shares are worth, as the last quarter left things."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.behavior.rent import market_rent
from ouroloop.behavior.spread import MarketSpread, coverage, entity_spread, leverage, market_spread
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.instruments.ladder import due_within
from ouroloop.instruments.loan import LoanState
from ouroloop.ledger import Books
from ouroloop.market import agency
from ouroloop.market.equity import EquityState, issue, market_return, step_narrative

YEAR = 4
LAG_YEARS = 0.75
"""Years by which the pace of a year trails: the mean age of its quarters, weights falling by a quarter each."""


class Prices(eqx.Module):
    """The prices of the quarter."""

    rent: Float64[Array, " path"]
    """USD bn per year of a GW of installed compute."""
    new_rent: Float64[Array, " path"]
    """The same of a GW of the newest chips."""
    market: MarketSpread
    spread: Float64[Array, "member path"]
    """What each firm pays above the base rate, decimal per year."""
    rating: Float64[Array, "member path"]
    forced: Float64[Array, "member path"]
    equity: EquityState
    worth: Float64[Array, "member path"]
    """What the shares would be worth without limited liability: below 0 for who owes more than all of it is worth."""
    share_return: Float64[Array, "member path"]
    """Simple return on a share of each firm since the last quarter."""


def form_prices(world: World, inputs: Inputs, state: State, today: Today) -> Prices:
    """What do compute, credit and shares cost in this quarter?

    Rent answers to capacity against what was wanted, up to where compute for a dollar of AI sales would cost the whole
    dollar: a GW of new chips serves the sales of which compute is a share that pays its rent of the opening.

    Agencies follow the distance to default (`market.agency`). Who loses an investment grade pays the spread of what it
    is now, and more while those who may not hold it sell.

    A firm's fundamental value is the multiple of revenue at which it stood at the opening, less its net debt, where the
    multiple shrinks as its growth does (the H-model's numerator); its price is that times the narrative premium, which
    announcements feed. A higher price is less leverage, and less leverage is a lower spread: that is how an order that
    is announced becomes cheaper capital. The market's spread answers to how all these firms fared.
    """
    parameters, calendar = inputs.parameters, today.calendar
    wanted = state.wanted.sum(axis=0) + state.spot_wanted * YEAR / parameters.engine.rent_per_gw_year
    gain = (1.0 + parameters.rent.compute_per_dollar_gain) ** ((today.quarter + 1) / YEAR)
    ceiling = parameters.engine.rent_per_gw_year / (parameters.engine.compute_share_of_ai_revenue * state.efficiency)
    rent = market_rent(
        parameters.rent, state.rent, state.plant.capacity.sum(axis=0), wanted, today.rent, ceiling / gain
    )
    new_rent = rent * gain

    before = state.equity.market_cap
    value, least = _value(world, inputs, state, new_rent), 0.02 * inputs.traits.equity_value + 1e-3
    sold = issue(parameters.equity, state.new_shares, before)
    equity = step_narrative(
        parameters.equity,
        state.equity,
        state.announced,
        before,
        today.equity_common,
        today.equity_own,
        fundamental=jnp.maximum(value, least),
        reprice=jnp.log(calendar.equity_factor) + sold.price_effect + state.calls.rebound,
    )
    paid_in = before + state.paid_in
    share_return = equity.market_cap / jnp.where(paid_in > 0, paid_in, 1.0) - 1.0
    listed = jnp.asarray(world.listed)[:, None]
    fared = market_return(jnp.where(listed, before, 0.0), jnp.where(listed, before * (1.0 + share_return), 0.0))
    market = market_spread(parameters.spread, state.market, today.market, today.market_uniform, fared)

    rating = _reviewed(world, inputs, state, today, equity)
    fell = _lost_grade(state.rating, rating)
    forced = agency.forced_sale(parameters.agency, state.forced, fell)
    net_debt = world.reader.stock("debt", state.books) - world.reader.cash(state.books)
    spread = entity_spread(
        parameters.spread,
        market.level,
        leverage(net_debt, equity.market_cap),
        coverage(state.trailing.operating_cash, state.trailing.interest),
        agency.is_investment_grade(rating) > 0,
    )
    return Prices(
        rent=rent,
        new_rent=new_rent,
        market=market,
        spread=look_through(world, spread + forced) + calendar.spread_add,
        rating=rating,
        forced=forced,
        equity=equity,
        worth=jnp.where(value > least, equity.market_cap, value),
        share_return=jnp.where(paid_in > 0, share_return, 0.0),
    )


def lost_grade(state: State, prices: Prices) -> Float64[Array, "member path"]:
    """1 for who was investment grade in the last quarter and is not in this one."""
    return _lost_grade(state.rating, prices.rating)


def _lost_grade(before: Array, now: Array) -> Float64[Array, "member path"]:
    return jnp.maximum(agency.is_investment_grade(before) - agency.is_investment_grade(now), 0.0)


def distance_to_default(
    world: World, inputs: Inputs, books: Books, loans: LoanState, guarantees: Array, market_cap: Array, quarter: Array
) -> Float64[Array, "member path"]:
    """ln(assets / default point): shares and debt over what is due within a year, half of the rest, and guarantees."""
    debt = world.reader.stock("debt", books)
    soon = world.loans_by_borrower @ due_within(loans.ladder, quarter, YEAR)
    given = world.guarantees_by_guarantor @ (guarantees * inputs.guarantee_binds)
    point = soon + 0.5 * (debt - soon) + inputs.parameters.agency.called * given
    return agency.default_distance(market_cap + debt, point)


def best_letter(inputs: Inputs) -> Float64[Array, "member #path"]:
    """The best letter that each firm can have: who is not rated investment grade at the opening does not become so."""
    return jnp.where(inputs.traits.investment_grade > 0, 0.0, agency.INVESTMENT_GRADE + 1.0)


def _reviewed(
    world: World, inputs: Inputs, state: State, today: Today, equity: EquityState
) -> Float64[Array, "member path"]:
    """What agencies think now; a firm in reorganization is rated worst."""
    given = world.guarantees.exposure(state.contracts.guarantees, today.quarter)
    given = given * world.bound_guarantors(state.default.defaulted)
    distance = distance_to_default(
        world, inputs, state.books, state.contracts.loans, given, equity.market_cap, today.quarter
    )
    letter = agency.letter(distance, inputs.traits.letter_bounds)
    letter = jnp.where(state.default.barred > 0, agency.WORST * 1.0, letter)
    found = agency.review(inputs.parameters.agency, state.rating, letter, best_letter(inputs))
    return look_through(world, jnp.minimum(found + today.calendar.letters_down, jnp.maximum(found, agency.WORST)))


def look_through(world: World, of: Float64[Array, "member path"]) -> Float64[Array, "member path"]:
    """Spreads or ratings, a vehicle's that of its tenant: lenders look through it to who pays the rent."""
    return of.at[world.vehicle_rows].set(of[world.vehicle_tenant])


def _value(world: World, inputs: Inputs, state: State, new_rent: Array) -> Float64[Array, "member path"]:
    """Value of the firm less its net debt, USD bn; a price needs at least a fiftieth of the opening's.

    A firm is worth its multiple of revenue, or what its plant would fetch where that is more: its cost less economic
    wear, cut by as much as new compute rents for less than at the opening. Who has built and not yet sold has no
    revenue to go by.
    """
    traits, fade = inputs.traits, inputs.parameters.equity.half_fade
    promise = jnp.maximum(1.0 + fade * state.trailing.growth, 0.1) / (1.0 + fade * traits.growth)
    net_debt = world.reader.stock("debt", state.books) - world.reader.cash(state.books)
    level = state.trailing.revenue * jnp.exp(LAG_YEARS * state.trailing.growth)
    fetches = jnp.minimum(new_rent / inputs.parameters.engine.rent_per_gw_year, 1.0)
    plant = world.reader.plant_economic(state.plant) * fetches
    value = jnp.maximum(traits.enterprise_multiple * level * promise, plant) - net_debt
    return jnp.where(traits.enterprise_multiple > 0, value, traits.equity_value)
