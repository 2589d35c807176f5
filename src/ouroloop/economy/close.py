"""Closing the books: plant grows and wears, prices of what is held change, everything is posted at once and read."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.behavior.lending import loss_limits, loss_share
from ouroloop.contagion.stages import StageState, step_stages
from ouroloop.economy.built import Built, build_on
from ouroloop.economy.clear import Paid
from ouroloop.economy.decide import YEAR, Plans
from ouroloop.economy.fail import Failed
from ouroloop.economy.fall_due import Dues
from ouroloop.economy.fund import Funds
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.inventory import OUTSIDE, Letter
from ouroloop.economy.losses import SOON
from ouroloop.economy.meet_calls import Called
from ouroloop.economy.observe import observe
from ouroloop.economy.outcome import OutcomeState, step_outcome
from ouroloop.economy.prices import Prices, lost_grade
from ouroloop.economy.sell import Sold
from ouroloop.economy.spend import Spent
from ouroloop.economy.state import Contracts, State, Trailing
from ouroloop.economy.today import Today
from ouroloop.economy.track import Track
from ouroloop.economy.world import World
from ouroloop.ledger import post, quantize, recolor_in_rounds

_NOTHING = 1e-6
"""USD bn below which nothing is missing and nothing was sold."""


def close_the_books(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    prices: Prices,
    plans: Plans,
    dues: Dues,
    funds: Funds,
    paid: Paid,
    spent: Spent,
    failed: Failed,
    sold: Sold,
    called: Called,
) -> tuple[State, Track]:
    """Post everything that moved in the quarter, once, and read what the books say of it.

    Sites advance by the pace that money allowed, get power or wait; chips bought are in use at once, shells when their
    site is finished. Both are worn by their reported lives in the books and by their economic lives beside them. Shares
    held are carried at what the market says. The whole is one vector of amounts: `ledger.post` writes the books,
    `ledger.recolor_in_rounds` says whose money moved.
    """
    delivered = paid.orders.delivered - state.contracts.orders.delivered
    bought = world.chips_by_builder @ quantize(spent.chips) + world.orders_by_builder @ delivered
    vested = failed.warrants.value - state.contracts.warrants.value
    discount, beyond_moved = world.warrants.beyond(vested, _discounted(world, bought, vested))
    built = build_on(world, inputs, state, today, plans, spent, bought - world.warrants_by_builder @ discount)
    amounts = jnp.concatenate(
        [
            world.receipts.amounts(plans.ai, plans.core[world.core_firm], funds.new_shares[world.share_issuer]),
            funds.lent + paid.loans_moved + failed.loans_moved,
            paid.rounds_moved,
            failed.guarantees_moved,
            failed.swaps_moved,
            sold.moved,
            called.moved,
            dues.ordered + paid.orders_moved + failed.orders_moved,
            dues.billed + paid.cloud_moved + failed.cloud_moved,
            paid.leases_moved,
            paid.deposits_moved,
            paid.spot,
            world.spending.amounts(
                chips=spent.chips,
                vendor_money=spent.vendor_money,
                sites=jnp.concatenate([spent.shells[world.site_builder], spent.building]),
                other=spent.other[world.other_rows],
                costs=paid.costs[world.cost_firm],
                payout=spent.payout[world.payout_firm],
            ),
            failed.warrants_moved + beyond_moved,
            built.chips_moved,
            built.sites_moved,
            built.other_moved,
            world.closing.amounts(
                finished=jnp.concatenate([built.finished, built.opened]),
                abandoned=built.abandoned,
                revalued=world.held(state.books) * called.share_return[world.revalued_issuer],
            ),
        ]
    )
    books = post(world.ledger, state.books, amounts)
    lost = world.losses.of(amounts)
    lost_outside = lost[world.outside_losses].sum(axis=0)
    colors = recolor_in_rounds(world.ledger, state.colors, amounts)
    reader = world.reader
    revenue, operating = reader.flow("revenue", amounts), reader.flow("operating_cash", amounts)
    interest, capex = reader.flow("interest", amounts), reader.flow("capex", amounts)
    after = State(
        books=books,
        colors=colors,
        contracts=Contracts(
            loans=sold.loans,
            rounds=paid.rounds,
            guarantees=failed.guarantees,
            orders=failed.orders,
            cloud=failed.cloud,
            leases=failed.leases,
            warrants=failed.warrants,
        ),
        plant=built.plant,
        demand=plans.demand,
        rent=prices.rent,
        efficiency=plans.efficiency,
        market=prices.market,
        equity=called.equity,
        announced=_announced(world, inputs, today, spent),
        revenue=revenue,
        free_cash=operating - interest - capex,
        trailing=Trailing(
            revenue=_pace(state.trailing.revenue, revenue),
            growth=_growth(state.trailing, revenue),
            operating_cash=_pace(state.trailing.operating_cash, operating),
            interest=_pace(state.trailing.interest, interest),
        ),
        funded=1.0 - funds.refused / jnp.where(funds.need > 0, funds.need, 1.0),
        paid_in=reader.flow("issued", amounts),
        new_shares=funds.new_shares + dues.outside_rounds,
        spread=prices.spread,
        rating=prices.rating,
        forced=prices.forced,
        spot_wanted=dues.spot_wanted,
        wanted=plans.wanted,
        lender_lent=failed.lender_lent,
        lender_lost=failed.lender_lost,
        chips_bought=spent.chips.sum(axis=0),
        rewarded=failed.rewarded,
        default=failed.default,
        first_default=jnp.where(
            (state.first_default < 0) & (failed.newly.max(axis=0) > 0), today.quarter, state.first_default
        ).astype(jnp.int32),
        outside_loss_soon=state.outside_loss_soon + jnp.where(today.quarter < SOON, lost_outside, 0.0),
        outside_loss=state.outside_loss + lost_outside,
        calls=called.calls,
        stages=_stages(world, inputs, state, today, prices, dues, paid, failed, sold, called, capex),
        penalty=built.penalty,
        outcome=_outcome(world, inputs, state, today, plans, dues, funds, paid, built, amounts),
    )
    return after, observe(
        world, inputs, state, after, today, prices, plans, funds, paid, built, sold, called, lost, amounts
    )


def _discounted(
    world: World, bought: Float64[Array, "builder path"], vested: Float64[Array, "warrant path"]
) -> Float64[Array, "warrant path"]:
    """The chips of the quarter that each warrant may take off: warrants of one builder share them by what they vest."""
    holder, together = world.warrant_builder, world.warrants_by_builder @ vested
    part = vested / jnp.where(together > 0, together, 1.0)[holder]
    return jnp.where((holder == OUTSIDE)[:, None], jnp.inf, bought[holder] * part)


def _announced(world: World, inputs: Inputs, today: Today, spent: Spent) -> Float64[Array, "member path"]:
    """New business that became known: letters that were signed, and the orders that come with vendors' money."""
    with_money = inputs.parameters.engine.orders_per_vendor_dollar * (world.money_by_vendor @ spent.vendor_money)
    contracts = world.cloud_by_provider @ _won(world.cloud_letters, today, inputs.cloud_share)
    orders = world.orders_by_seller @ _won(world.order_letters, today, inputs.order_share)
    return with_money + contracts + orders


def _won(letters: Sequence[Letter], today: Today, share: Array) -> Float64[Array, "contract path"]:
    """What became known in the quarter because a letter was signed."""
    won = jnp.zeros((share.shape[0], today.growth.shape[0]))
    if not letters:
        return won
    decided, contract, news = (np.array(column) for column in zip(*letters, strict=True))
    now = jnp.asarray(decided)[:, None] == today.quarter
    return won.at[contract].set(jnp.where(now, news[:, None] * (share > 0)[contract], 0.0))


def _growth(trailing: Trailing, revenue: Float64[Array, "member path"]) -> Float64[Array, "member path"]:
    """Growth of the pace of revenue, averaged as the pace is; within what anybody would extrapolate."""
    after, some = _pace(trailing.revenue, revenue), (trailing.revenue > 0) & (revenue > 0)
    now = YEAR * jnp.log(jnp.where(some, after, 1.0) / jnp.where(some, trailing.revenue, 1.0))
    return _pace(trailing.growth, jnp.clip(now, -1.0, 2.0))


def _pace(before: Array, now: Array) -> Array:
    """A year's average in which the last quarter counts for a quarter and older ones for less and less."""
    return before + (now - before) / YEAR


def _stages(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    prices: Prices,
    dues: Dues,
    paid: Paid,
    failed: Failed,
    sold: Sold,
    called: Called,
    capex: Float64[Array, "member path"],
) -> StageState:
    """Which signs of a crash are there?"""
    short = world.leases.due(dues.leases) - world.claim_parts(paid.clearing.paid)["leases"]
    cut = jnp.broadcast_to(today.calendar.lease_factor, short.shape) < 1.0
    notes = jnp.asarray(world.lives_on_rent)[:, None] & (world.reader.stock("debt", state.books) > 0)
    return step_stages(
        inputs.parameters.stages,
        state.stages,
        today.quarter,
        shares=world.quoted(called.equity.market_cap),
        rents=((short > _NOTHING) | cut).any(axis=0),
        tranches=(notes & (lost_grade(state, prices) > 0)).any(axis=0),
        calls=called.asked > inputs.parameters.stages.calls_large * called.held + _NOTHING,
        sales=(sold.face.sum(axis=0) > _NOTHING) | (called.unsold > _NOTHING),
        lenders=(loss_share(failed.lender_lent, failed.lender_lost) > loss_limits(inputs.parameters.lending)).any(
            axis=0
        ),
        capex=jnp.where(jnp.asarray(world.in_ai)[:, None], capex, 0.0).sum(axis=0),
    )


def _outcome(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    plans: Plans,
    dues: Dues,
    funds: Funds,
    paid: Paid,
    built: Built,
    amounts: Float64[Array, "flow path"],
) -> OutcomeState:
    """Do outside customers of AI carry what the builders and labs owe and wear out? Do lenders refuse?

    What they pay runs the labs and the compute behind them: who sells compute to a lab has costs of running it too.
    """
    sells = jnp.asarray(world.in_ai)[:, None]
    ai = world.ai_by_member @ plans.ai
    compute = world.cloud_by_provider @ dues.billed[: len(world.cloud.names)]
    compute = compute + world.spread_to_members(world.spot_by_builder @ paid.spot)
    earned = (ai - inputs.traits.cost_share * (ai + compute)).sum(axis=0)
    interest = jnp.where(sells, world.reader.flow("interest", amounts), 0.0).sum(axis=0)
    chips_and_sites = built.charge_builders.sum(axis=0)
    return step_outcome(
        inputs.parameters.outcome,
        state.outcome,
        today.quarter,
        earned=earned,
        cost=interest + chips_and_sites,
        asked=funds.need.sum(axis=0),
        lent=funds.borrowed.sum(axis=0),
    )
