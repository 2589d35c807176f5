"""The state before the first quarter: opening books, contracts that run, plant that stands."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.behavior.completion import STAGES
from ouroloop.behavior.default import open_default
from ouroloop.behavior.demand import open_demand
from ouroloop.behavior.fleet import fleet_by_age, still_runs
from ouroloop.behavior.spread import coverage, entity_spread, leverage, open_market_spread
from ouroloop.contagion.calls import CallState
from ouroloop.contagion.stages import open_stages
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.outcome import open_outcome
from ouroloop.economy.prices import LAG_YEARS, best_letter, distance_to_default, look_through
from ouroloop.economy.state import Contracts, Plant, State, Trailing
from ouroloop.economy.world import World
from ouroloop.instruments.loan import LoanState
from ouroloop.instruments.vintages import Vintages, VintageState
from ouroloop.ledger import Books, open_colors, post_opening
from ouroloop.market import agency
from ouroloop.market.equity import EquityState, open_equity

LAGS = 5
"""Quarters of starts that are remembered: the last one, and the four before it."""


def open_state(world: World, inputs: Inputs) -> State:
    """How does everybody stand at the end of the opening quarter?

    The market's price of every firm is taken as its value on that day, so that the narrative premium starts at 0 and
    holds what announcements and fashion add from then on. Nobody has missed a payment; everybody asked and got money.
    """
    traits, parameters = inputs.traits, inputs.parameters
    paths = inputs.paths
    none, members = jnp.zeros(paths), len(world.members)

    def by_path(leaf: object) -> jnp.ndarray:
        values = jnp.asarray(leaf, jnp.float64)
        return jnp.broadcast_to(values, (*values.shape[:-1], paths))

    def worn(plant: Vintages, by_age: np.ndarray) -> VintageState:
        return plant.opening(jnp.asarray(by_age), jnp.asarray(by_age), paths)

    books = post_opening(world.ledger, by_path(inputs.opening))
    revenue, interest = by_path(traits.revenue), by_path(traits.interest)
    market = open_market_spread(parameters.spread.calm_level + none)
    equity = open_equity(
        jnp.maximum(by_path(traits.equity_value), 1e-3), jnp.maximum(by_path(traits.equity_value), 1e-3)
    )
    net_debt = world.reader.stock("debt", books) - world.reader.cash(books)
    spread = entity_spread(
        parameters.spread,
        market.level,
        leverage(net_debt, equity.market_cap),
        coverage(by_path(traits.operating_cash) + interest, interest),
        by_path(traits.investment_grade) > 0,
    )
    loans = world.loans.opening(traits.loan_ladder, traits.loan_rate, paths)
    now, ago = by_path(traits.starts), by_path(traits.starts_year_ago)
    weights = jnp.linspace(0.0, 1.0, LAGS)[:, None, None]
    assert traits.pipeline.shape[1] == STAGES, f"sites have {STAGES} stages, not {traits.pipeline.shape[1]}"
    growth, life = parameters.engine.starts_growth + none, parameters.engine.chip_life_years + none
    shares = fleet_by_age(world.chips.served(jnp.asarray(0)) - 1, growth, life)
    retiring = (shares * (1.0 - still_runs(world.chips.served(jnp.asarray(0)), life))).sum(axis=0)
    building = jnp.where(jnp.asarray(world.in_ai)[:, None], by_path(traits.capex), 0.0).sum(axis=0)
    return State(
        books=books,
        colors=open_colors(world.ledger, books),
        contracts=Contracts(
            loans=loans,
            rounds=world.rounds.opening(paths),
            guarantees=world.guarantees.opening(paths),
            orders=world.orders.start(paths),
            cloud=world.cloud.start(paths),
            leases=world.leases.start(paths, by_path(inputs.lease_share)),
            warrants=world.warrants.start(paths),
        ),
        plant=Plant(
            pipeline=by_path(traits.pipeline),
            empty=by_path(traits.capacity) * retiring,
            waiting=jnp.zeros((len(world.builders), paths)),
            fleet=by_path(traits.capacity)[:, None] * jnp.broadcast_to(shares, (world.chips.length, paths)),
            starts=now * (1 - weights) + ago * weights,
            chips=worn(world.chips, world.chips_by_age),
            sites=worn(world.sites, world.sites_by_age),
            other=worn(world.other, world.other_by_age),
        ),
        demand=open_demand(by_path(traits.ai_spend), by_path(traits.ai_growth), by_path(traits.ai_share)),
        rent=parameters.engine.rent_per_gw_year + none,
        efficiency=none + 1.0,
        market=market,
        equity=equity,
        announced=jnp.zeros((members, paths)),
        revenue=revenue,
        free_cash=by_path(traits.operating_cash) - by_path(traits.capex),
        trailing=Trailing(
            revenue=revenue * jnp.exp(-LAG_YEARS * by_path(traits.growth)),
            operating_cash=by_path(traits.operating_cash) + interest,
            interest=interest,
            growth=by_path(traits.growth),
        ),
        funded=jnp.ones((members, paths)),
        paid_in=jnp.zeros((members, paths)),
        new_shares=jnp.zeros((members, paths)),
        spread=look_through(world, spread),
        rating=_rating(world, inputs, books, loans, equity, paths),
        forced=jnp.zeros((members, paths)),
        spot_wanted=none,
        wanted=by_path(traits.capacity),
        lender_lent=world.loans_by_class @ loans.owed,
        lender_lost=jnp.zeros_like(world.loans_by_class @ loans.owed),
        chips_bought=by_path(traits.chips_pace),
        rewarded=jnp.zeros((len(world.warrants.names), paths)),
        default=open_default(members, paths),
        first_default=jnp.full(paths, -1, jnp.int32),
        outside_loss_soon=none,
        outside_loss=none,
        calls=_open_calls(world, books, equity),
        stages=open_stages(world.quoted(equity.market_cap), building),
        penalty=jnp.zeros((len(world.builders), paths)),
        outcome=open_outcome(paths),
    )


def _open_calls(world: World, books: Books, equity: EquityState) -> CallState:
    """Nobody is pressed; what funds hold is what they usually hold."""
    cost, gain, *_ = world.traded(books)
    usual = (world.sales_by_fund @ (cost + gain)) / world.quoted(equity.market_cap)
    return CallState(jnp.zeros_like(usual), jnp.zeros_like(equity.fundamental), usual)


def _rating(
    world: World, inputs: Inputs, books: Books, loans: LoanState, equity: EquityState, paths: int
) -> Float64[Array, "member path"]:
    """The letter of the opening, no better and no worse than what the firm is known to be rated."""
    given = world.guarantees.exposure(world.guarantees.opening(paths), jnp.asarray(0))
    distance = distance_to_default(world, inputs, books, loans, given, equity.market_cap, jnp.asarray(0))
    letter = agency.letter(distance, inputs.traits.letter_bounds)
    worst = jnp.where(inputs.traits.investment_grade > 0, agency.INVESTMENT_GRADE * 1.0, agency.WORST * 1.0)
    return look_through(world, jnp.clip(letter, best_letter(inputs), worst))
