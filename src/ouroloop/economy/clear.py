"""Clearing: everybody's payments of what is due, found together, and what contracts make of them."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.contagion.clearing import Clearing, clear
from ouroloop.economy.decide import Plans
from ouroloop.economy.fall_due import Dues
from ouroloop.economy.fund import Funds
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.instruments.cloud_contract import CloudState
from ouroloop.instruments.equity_round import EquityRoundState
from ouroloop.instruments.lease import LeaseState
from ouroloop.instruments.loan import LoanState
from ouroloop.instruments.order import OrderState
from ouroloop.ledger import quantize

_Moved = Float64[Array, "flow path"]


class Paid(eqx.Module):
    """What was paid of what was due, the contracts after it, and their flows."""

    clearing: Clearing
    costs: Float64[Array, "member path"]
    cash: Float64[Array, "member path"]
    """What is left when everything due was paid as far as it could be, USD bn."""
    cloud: CloudState
    cloud_moved: _Moved
    orders: OrderState
    orders_moved: _Moved
    leases: LeaseState
    leases_moved: _Moved
    deposits_moved: _Moved
    spot: Float64[Array, "pair path"]
    loans: LoanState
    loans_moved: _Moved
    rounds: EquityRoundState
    rounds_moved: _Moved


def clear_payments(world: World, state: State, today: Today, plans: Plans, dues: Dues, funds: Funds) -> Paid:
    """Who pays how much, if nobody can pay more than cash, receipts and new money?

    Eisenberg and Noe, all claims alike (`contagion.clearing`). Receipts for chips and sites are not counted: they come
    from what buyers have left when everything due is paid. What vendors can pay of what they promised to lend becomes a
    loan on the terms of any new debt.
    """
    receipts = world.ai_by_member @ quantize(plans.ai) + quantize(plans.core)
    means = (
        world.reader.cash(state.books) + receipts + quantize(dues.outside_rounds) + funds.new_debt + funds.new_shares
    )
    result = clear(world.claim_debtor, world.claim_creditor, funds.claims, means)
    parts = world.claim_parts(result.paid)
    cloud, cloud_moved = world.cloud.pay(dues.cloud, parts["cloud"])
    orders, orders_moved = world.orders.pay(dues.orders, parts["orders"])
    leases, leases_moved = world.leases.pay(dues.leases, parts["leases"])
    share = result.ratio[world.loan_borrower] * world.claim_parts(today.calendar.claim_pays)["principal"]
    loans, loans_moved = world.loans.settle(funds.loans, today.quarter, dues.interest, share)
    advanced = world.advances_by_loan @ quantize(parts["advances"])
    loans, advanced_moved = world.loans.draw(
        loans, today.quarter, advanced, jnp.asarray(world.loan_tenor), funds.new_rate
    )
    able = jnp.concatenate([result.ratio, jnp.ones_like(result.ratio[:1])])[world.round_investor]
    everyone = jnp.ones(dues.willing.shape, bool)
    rounds, rounds_moved = world.rounds.due(state.contracts.rounds, today.quarter, everyone, dues.willing * able)
    left = means + world.claims_by_creditor @ result.paid - world.claims_by_debtor @ result.paid
    return Paid(
        clearing=result,
        costs=parts["costs"],
        cash=jnp.maximum(left, 0.0),
        cloud=cloud,
        cloud_moved=cloud_moved,
        orders=orders,
        orders_moved=orders_moved,
        leases=leases,
        leases_moved=leases_moved,
        deposits_moved=world.deposits.amounts(
            world.reader.stock("deposits", state.books)[world.deposit_payer], dues.deposits, parts["deposits"]
        ),
        spot=parts["spot"],
        loans=loans,
        loans_moved=loans_moved + advanced_moved,
        rounds=rounds,
        rounds_moved=rounds_moved,
    )
