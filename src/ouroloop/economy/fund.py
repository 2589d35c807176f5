"""Funding: who needs new money, who gives it, and what is refused."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.behavior.funding import LADDER, VENDOR, cash_floor, plan, raise_money
from ouroloop.behavior.lending import (
    BONDS,
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
from ouroloop.market import agency

_RUNGS = tuple(rung for rung in LADDER if rung != (VENDOR,))
"""Whom a firm asks here; vendors decide for themselves what they put in."""


class Funds(eqx.Module):
    """New money, USD bn."""

    building: Float64[Array, "vehicle path"]
    """What vehicles spend on their sites: what lenders have promised to lend now, before rents less interest."""

    loans: LoanState
    """After new loans and extensions."""
    new_rate: Float64[Array, "loan path"]
    """What new debt pays, decimal per year: the firm's spread, and the base rate where it does not float."""
    claims: Float64[Array, "claim path"]
    """What is due once lenders have extended what they extend."""
    lent: Float64[Array, "flow path"]
    lent_by_loan: Float64[Array, "loan path"]
    need: Float64[Array, "member path"]
    refused: Float64[Array, "member path"]
    new_debt: Float64[Array, "member path"]
    new_shares: Float64[Array, "member path"]
    given_away: Float64[Array, "member path"]
    floor: Float64[Array, "member path"]

    @property
    def borrowed(self) -> Float64[Array, "member path"]:
        """What lenders gave of the need; the rest came from new shares or was refused."""
        return self.need - self.refused - self.new_shares


def raise_funds(
    world: World, inputs: Inputs, state: State, today: Today, prices: Prices, plans: Plans, dues: Dues
) -> Funds:
    """Who asks for how much, and what do lenders and investors grant?

    What lenders have promised is lent on its day, except to who is being reorganized; it comes first. Everybody expects
    to be paid what is due by those who are not in default, and to sell what was planned. The need is what is due and
    planned beyond that and beyond cash, with debt that matures; at least what is due beyond what comes in before it, as
    chips are paid for by buyers who have met their own dues. A vehicle borrows to pay nobody out and to replace nothing
    early: of what it has, it keeps as much for the coming year's principal as others ask for. Classes lend by
    `behavior.lending`, to the borrowers with whom they have a contract in this world; new debt pays the base rate and
    the firm's spread. Bond investors whose mandate asks for an investment grade lend to nobody else. Nobody
    sells more of itself in a quarter than such sales come to, whatever it needs: who is worth nothing gets nothing.
    What falls due now stands no longer on the borrowing base.
    """
    parameters, books = inputs.parameters, world.reader
    paths = state.rent.shape[0]
    cash = books.cash(state.books)
    draws = quantize(_draws(world, inputs, state, today))
    drawn = world.draws_by_borrower @ draws
    building = _building(world, today, dues, drawn)
    expected = world.claims_by_creditor @ dues.claims
    chips = world.chips_by_vendor @ (plans.chips[world.chip_builder] * inputs.traits.chip_share)
    ai = world.ai_by_member @ plans.ai
    due = world.claims_by_debtor @ dues.claims
    sites = world.spread_to_members(plans.shells + plans.chips).at[world.vehicle_rows].add(building)
    money = world.money_by_vendor @ plans.vendor_money
    on_rent = jnp.asarray(world.lives_on_rent)[:, None]
    spending = sites + plans.other_capex + jnp.where(on_rent, 0.0, plans.payout) + money
    floor = cash_floor(parameters.funding, plans.costs)
    soon = world.loans_by_borrower @ due_within(state.contracts.loans.ladder, today.quarter + 1, YEAR)
    before_dues = ai + plans.core + expected + dues.outside_rounds + drawn
    need = plan(
        parameters.funding,
        cash=cash,
        cash_floor=floor,
        inflow=before_dues + chips,
        due=due,
        spending=spending,
        maturing_soon=jnp.where(on_rent, 0.0, soon),
    )
    need = jnp.maximum(need, quantize(jnp.maximum(due - cash - before_dues, 0.0)))
    need = jnp.where(state.default.barred <= 0, need, 0.0)
    years = (today.quarter + 1) / YEAR
    open_share = jnp.broadcast_to(today.calendar.credit_open, (len(LENDER_CLASSES), paths))
    capacity = opening_capacity(parameters.lending) * jnp.exp(parameters.engine.core_growth * years)
    capacity = jnp.broadcast_to(capacity, (len(LENDER_CLASSES), paths)) * open_share
    secured = jnp.asarray([name in SECURED for name in world.loan_class])[:, None]
    stays = state.contracts.loans.owed - dues.principal
    owed = world.loans_by_borrower @ jnp.where(secured, stays, 0.0)
    shown = promised(world, inputs, today, dues.cloud, dues.orders, dues.leases)
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
        unquoted=prices.equity.market_cap * (1.0 - listed),
    )
    graded = agency.is_investment_grade(prices.rating)
    held = jnp.where(graded > 0, 1.0, 1.0 - parameters.agency.mandate)
    offers = offers.at[BONDS].multiply(held)
    raised = raise_money(
        parameters.funding,
        need=need,
        supply=offers,
        capacity=capacity.at[EQUITY].add(parameters.lending.quoted_sale * quoted.sum(axis=0)),
        allowed=world.may_ask,
        ladder=_RUNGS,
        classes=LENDER_CLASSES,
    )
    asks = jnp.asarray(world.loan_draws)[:, None]
    money_by_loan = jnp.where(asks, raised.granted[world.loan_lender, world.loan_borrower], 0.0)
    rate = prices.spread[world.loan_borrower] + jnp.where(
        world.loans.floating[:, None], 0.0, parameters.engine.base_rate
    )
    loans, lent = world.loans.draw(
        state.contracts.loans, today.quarter, money_by_loan, jnp.asarray(world.loan_tenor), rate
    )
    loans, lent_too = world.loans.draw_evenly(
        loans, today.quarter, draws, world.draw_loan, world.draw_first, world.draw_parts
    )
    means = cash + before_dues + raised.granted.sum(axis=0)
    extended = _extended(world, state, dues, shown.backlog, due - means)
    at = world.claim_starts["principal"]
    claims = dues.claims.at[at : at + len(world.loans.names)].add(-extended)
    return Funds(
        building=building,
        loans=world.loans.extend(loans, today.quarter, extended),
        new_rate=rate,
        claims=claims,
        lent=lent + lent_too,
        lent_by_loan=money_by_loan + world.draws_by_loan @ draws,
        need=need,
        refused=raised.refused,
        new_debt=raised.granted.sum(axis=0) - raised.granted[EQUITY] + drawn,
        new_shares=raised.granted[EQUITY],
        given_away=raised.given_away,
        floor=floor + jnp.where(on_rent, parameters.funding.prefunding * soon, 0.0),
    )


def _draws(world: World, inputs: Inputs, state: State, today: Today) -> Float64[Array, "draw path"]:
    """What lenders have promised for this quarter, as it stands, to borrowers who are not being reorganized."""
    now = jnp.asarray(world.draw_schedule)[:, today.quarter]
    sound = state.default.barred[world.loan_borrower[world.draw_loan]] <= 0
    return now[:, None] * inputs.draw_share * today.calendar.draw_stands * sound


def _building(world: World, today: Today, dues: Dues, drawn: Array) -> Float64[Array, "vehicle path"]:
    """A vehicle builds with what it draws; until its rents begin, interest comes out of that first."""
    interest = (world.loans_by_borrower @ dues.interest)[world.vehicle_rows]
    before = (today.quarter < jnp.asarray(world.vehicle_opens))[:, None]
    return jnp.maximum(drawn[world.vehicle_rows] - jnp.where(before, interest, 0.0), 0.0)


def _extended(world: World, state: State, dues: Dues, rents: Array, missing: Array) -> Float64[Array, "loan path"]:
    """Principal that falls due and is put off by a quarter, because a vehicle cannot replace it and its tenant pays.

    Lenders who took the site of a sound tenant would get what it pays already: they wait and take all that is left of
    the rent, as long as the rents to come add up to what is owed. They do not where the tenant is being reorganized.
    """
    asked = world.claim_parts(dues.claims)["principal"]
    principal = world.loans_by_borrower @ asked
    covered = rents >= world.loans_by_borrower @ state.contracts.loans.owed
    pays = jnp.zeros_like(missing).at[world.vehicle_rows].set(state.default.barred[world.vehicle_tenant] <= 0)
    sound = pays * covered
    part = jnp.clip(missing, 0.0, principal) / jnp.where(principal > 0, principal, 1.0) * sound
    return quantize(asked * part[world.loan_borrower])
