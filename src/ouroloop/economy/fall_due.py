"""Contracts fall due: what everybody owes everybody in this quarter, before anybody pays."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float64

from ouroloop.economy.decide import YEAR, Plans
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.prices import Prices
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import Rows, World
from ouroloop.instruments.cloud_contract import CloudState
from ouroloop.instruments.lease import LeaseState
from ouroloop.instruments.order import OrderState
from ouroloop.ledger import quantize
from ouroloop.market import agency


class Dues(eqx.Module):
    """What falls due, USD bn, by contract; and the books of contracts after the quarter's bills."""

    cloud: CloudState
    billed: Float64[Array, "flow path"]
    """The cloud contracts' flows: bills."""
    orders: OrderState
    ordered: Float64[Array, "flow path"]
    leases: LeaseState
    deposits: Float64[Array, "pair path"]
    """What landlords may hold of tenants that are no longer investment grade: the target, posted or not."""
    interest: Float64[Array, "loan path"]
    principal: Float64[Array, "loan path"]
    rounds: Float64[Array, "tranche path"]
    """What investors would pay of what they promised."""
    willing: Float64[Array, "tranche path"]
    spot: Float64[Array, "pair path"]
    """Compute rented by the quarter."""
    spot_wanted: Float64[Array, " path"]
    """What labs would spend on it if there were enough."""
    unsold: Float64[Array, "builder path"]
    """Capacity that nobody takes, at the market's rent."""
    claims: Float64[Array, "claim path"]
    """All that a member owes, in the order of `World.claim_debtor`."""
    outside_rounds: Float64[Array, "member path"]
    """What investors outside the world pay in."""


def fall_due(world: World, inputs: Inputs, state: State, today: Today, prices: Prices, plans: Plans) -> Dues:
    """What has to be paid now?

    Cloud bills for capacity that stands ready (a provider's capacity against all that it has signed), orders as they
    arrive, rents, compute by the quarter, interest (more on bonds of who lost an investment grade) and principal,
    tranches of promised equity, what vendors have promised to lend, deposits that landlords may ask for, and running
    costs. What a scenario keeps from being paid is billed all the same: the bill stays open, ages, and is given up in
    `resolve_defaults`.
    """
    contracts, calendar = state.contracts, today.calendar
    paths = state.rent.shape[0]
    here = state.default.defaulted <= 0
    none = jnp.zeros((len(world.cloud.names), paths))
    cloud, billed = world.cloud.fall_due(
        contracts.cloud,
        today.quarter,
        delay=none,
        delivered_share=inputs.cloud_share * calendar.cloud_binds * _ready(world, state, plans),
        wanted_share=none + 1.0,
        performing=none < 1,
        terminate=none > 0,
    )
    no_order = jnp.zeros((len(world.orders.names), paths))
    orders, ordered = world.orders.fall_due(
        contracts.orders,
        today.quarter,
        delay=no_order,
        taken_share=no_order + inputs.order_share * calendar.order_binds,
        cancel=~_both(here, world.order_buyer, world.order_seller),
    )
    no_lease = jnp.zeros((len(world.leases.names), paths))
    leases = world.leases.renegotiate(contracts.leases, no_lease + 1.0 - calendar.lease_factor)
    leases = world.leases.fall_due(
        leases,
        today.quarter,
        delay=no_lease,
        renewed_share=no_lease + 1.0,
        suspended=no_lease > 0,
        terminate=no_lease > 0,
    )
    spot, wants, unsold = _spot(world, inputs, state, plans, prices, billed)
    interest = world.loans.interest_due(contracts.loans, inputs.parameters.engine.base_rate + jnp.zeros(paths))
    interest = interest + _stepped_up(world, inputs, state, prices)
    deposits = _deposits(world, inputs, contracts.leases, leases, prices)
    principal = world.loans.principal_due(contracts.loans, today.quarter)
    everyone = jnp.ones((len(world.rounds.names), paths), bool)
    payable = world.rounds.payable(contracts.rounds, today.quarter, everyone)
    willing = inputs.round_share * calendar.round_pays * _both(here, world.round_investor, world.round_issuer)
    rounds = payable * willing
    inside = jnp.asarray(world.round_investor >= 0)[:, None]
    claims = jnp.concatenate(
        [
            world.cloud.due(cloud),
            world.orders.due(orders),
            world.leases.due(leases),
            spot,
            interest,
            principal,
            jnp.where(inside, rounds, 0.0),
            _advances(world, inputs, today, plans, cloud, orders, leases, here),
            world.deposits.asked(world.reader.stock("deposits", state.books)[world.deposit_payer], deposits),
            plans.costs,
        ]
    )
    claims = claims * calendar.claim_pays
    outside = world.rounds_by_issuer @ jnp.where(inside, 0.0, rounds)
    return Dues(
        cloud=cloud,
        billed=billed,
        orders=orders,
        ordered=ordered,
        leases=leases,
        deposits=deposits,
        interest=interest,
        principal=principal,
        rounds=rounds,
        willing=willing,
        spot=spot,
        spot_wanted=wants,
        unsold=unsold,
        claims=claims,
        outside_rounds=outside,
    )


def _advances(
    world: World,
    inputs: Inputs,
    today: Today,
    plans: Plans,
    cloud: CloudState,
    orders: OrderState,
    leases: LeaseState,
    here: Bool[Array, "member path"],
) -> Float64[Array, "advance path"]:
    """What vendors lend their customers: as promised, and no more than these buy or rent from them in the quarter.

    What is not asked for in its quarter lapses. Nothing is lent once one of the two has failed.
    """
    buys = world.chips_by_advance @ quantize(plans.chips[world.chip_builder] * inputs.traits.chip_share)
    buys = buys + world.cloud_by_advance @ world.cloud.due(cloud) + world.orders_by_advance @ world.orders.due(orders)
    buys = buys + world.leases_by_advance @ world.leases.due(leases)
    promised = jnp.asarray(world.advance_schedule)[:, today.quarter][:, None]
    lent = jnp.minimum(promised * inputs.advance_share * today.calendar.advance_stands, buys)
    return quantize(lent * _both(here, world.advance_lender, world.advance_borrower))


def _stepped_up(world: World, inputs: Inputs, state: State, prices: Prices) -> Float64[Array, "loan path"]:
    """Interest that bonds bear on top because their firm has lost its investment grade."""
    lost = agency.stepped_up(inputs.parameters.agency, prices.rating) * (inputs.traits.investment_grade > 0)
    more = lost[world.loan_borrower]
    return quantize(jnp.where(jnp.asarray(world.bond)[:, None], state.contracts.loans.owed * more / YEAR, 0.0))


def _deposits(
    world: World, inputs: Inputs, before: LeaseState, after: LeaseState, prices: Prices
) -> Float64[Array, "pair path"]:
    """Some quarters of the rent of this one, for whom is not investment grade."""
    rents = (world.leases_by_tenant @ (after.arrears - before.arrears))[world.deposit_payer]
    below = 1.0 - agency.is_investment_grade(prices.rating)[world.deposit_payer]
    return quantize(inputs.parameters.agency.deposit * rents * below)


def _spot(
    world: World, inputs: Inputs, state: State, plans: Plans, prices: Prices, billed: Array
) -> tuple[Float64[Array, "pair path"], Float64[Array, " path"], Float64[Array, "builder path"]]:
    """What labs rent by the quarter, by pairs of `World.spot`, what they would if there were enough, what is left.

    A lab wants compute for a share of its outside revenue; what its contracts do not bill it takes from capacity that
    stands idle, at the market's rent, from all builders pro rata. All in USD bn.
    """
    share = inputs.parameters.engine.compute_share_of_ai_revenue * plans.efficiency
    signed = world.cloud_by_customer @ billed[: len(world.cloud.names)]
    wants = jnp.maximum(share * (world.ai_by_member @ plans.ai) - signed, 0.0)
    idle = jnp.maximum(state.plant.capacity - plans.wanted, 0.0) * prices.rent / YEAR
    buyers = np.unique(world.spot_buyer)
    whole, offered = wants[buyers].sum(axis=0), idle.sum(axis=0)
    served = jnp.minimum(whole, offered)
    by_lab = wants[world.spot_buyer] / jnp.where(whole > 0, whole, 1.0)
    by_builder = idle[world.spot_builder] / jnp.where(offered > 0, offered, 1.0)
    sold = served * by_lab * by_builder
    return sold, whole, jnp.maximum(idle - world.spot_by_builder @ sold, 0.0)


def _both(here: Bool[Array, "member path"], ones: Rows, others: Rows) -> Bool[Array, "contract path"]:
    """Has neither party ever failed? Who is outside never has."""
    sound = jnp.concatenate([here, jnp.ones_like(here[:1])])
    return sound[ones] & sound[others]


def _ready(world: World, state: State, plans: Plans) -> Float64[Array, "contract path"]:
    """Which part of what a provider has signed can its capacity serve? 1 for a provider that builds nothing here."""
    have = state.plant.capacity
    share = jnp.where(plans.wanted > have, have / jnp.where(plans.wanted > 0, plans.wanted, 1.0), 1.0)
    served = jnp.concatenate([share, jnp.ones_like(share[:1])])
    return served[world.cloud_builder]
