"""Failing: who defaults, what is written off, who stands in, and what the market makes of it."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.behavior.default import (
    DefaultState,
    capped_by_assets,
    detect,
    recovery,
    rejected_contracts,
    write_down,
)
from ouroloop.economy.clear import Paid
from ouroloop.economy.fall_due import Dues
from ouroloop.economy.fund import Funds
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.prices import YEAR, Prices
from ouroloop.economy.spend import Spent
from ouroloop.economy.state import State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.instruments.cloud_contract import CloudState
from ouroloop.instruments.guarantee import GuaranteeState
from ouroloop.instruments.ladder import due_within
from ouroloop.instruments.lease import LeaseState
from ouroloop.instruments.loan import LoanState
from ouroloop.instruments.order import OrderState
from ouroloop.instruments.warrant import WarrantState
from ouroloop.market.equity import EquityState

OVERDUE = 2
"""Quarters after which a bill that nobody pays is given up and its contract ended."""

_Moved = Float64[Array, "flow path"]


class Failed(eqx.Module):
    """Who failed and what it did to contracts, prices and lenders."""

    default: DefaultState
    newly: Float64[Array, "member path"]
    loans: LoanState
    loans_moved: _Moved
    guarantees: GuaranteeState
    guarantees_moved: _Moved
    swaps_moved: _Moved
    orders: OrderState
    orders_moved: _Moved
    cloud: CloudState
    cloud_moved: _Moved
    leases: LeaseState
    warrants: WarrantState
    warrants_moved: _Moved
    rewarded: Float64[Array, "warrant path"]
    lender_lent: Float64[Array, "class path"]
    lender_lost: Float64[Array, "class path"]
    equity: EquityState
    share_return: Float64[Array, "member path"]


def resolve_defaults(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    prices: Prices,
    dues: Dues,
    funds: Funds,
    paid: Paid,
    spent: Spent,
) -> Failed:
    """Who cannot go on, and who bears it?

    A firm fails by `behavior.default`; a vehicle that lives on rents only where it cannot pay, as nobody lends to it
    against what the whole is worth. Its lenders keep the recovery of their rank, capped by what its plant and cash
    are worth, or the whole firm where that is more; guarantors stand in for as much of the rest as they promised and
    can pay, and the loss is theirs; what is left is the lenders'. Who wrote protection on its debt pays who bought it,
    whoever holds the debt. It leaves cloud contracts that ask more than the
    market does. Bills that stay unpaid for `OVERDUE` quarters are given up and their contracts end, whoever the
    customer is. Old shares keep next to nothing.
    """
    parameters = inputs.parameters
    soon = world.loans_by_borrower @ due_within(paid.loans.ladder, today.quarter + 1, YEAR)
    debt = world.loans_by_borrower @ paid.loans.owed
    can = 1.0 - jnp.asarray(world.passive, jnp.float64)[:, None]
    has_business = can * ~jnp.asarray(world.lives_on_rent)[:, None]
    default, found = detect(
        parameters.default,
        state.default,
        shortfall=paid.clearing.shortfall * can,
        equity_value=prices.worth,
        debt=debt,
        default_point=(soon + 0.5 * (debt - soon)) * has_business,
        forced=jnp.broadcast_to(today.calendar.forced_default, debt.shape),
    )
    newly = found.newly
    loans, loans_moved, guarantees, guarantees_moved, lost, written_down = _loans(
        world, inputs, state, today, prices, dues, paid, spent, default, newly
    )
    firm = world.swap_reference
    swaps_moved = world.swaps.amounts(today.quarter, state.default.defaulted[firm] <= 0, written_down[firm])
    orders_over = (paid.orders.bills.overdue(OVERDUE) > 0) | _of(newly, world.order_buyer)
    orders, orders_moved = world.orders.write_off(paid.orders, orders_over)
    asked = jnp.full(paid.cloud.ended.shape, 1.0) * parameters.engine.rent_per_gw_year
    left = rejected_contracts(newly, world.cloud_customer, asked, asked * 0 + prices.new_rent) > 0
    overdue = paid.cloud.bills.overdue(OVERDUE) > 0
    cloud, cloud_moved = world.cloud.write_off(paid.cloud, overdue | _of(newly, world.cloud_customer))
    cloud = CloudState(cloud.passed, cloud.ended | overdue | left, cloud.bills)
    leases = world.leases.forgive(paid.leases, _of(newly, world.lease_tenant))
    rewarded = _rewarded(world, state, orders, spent)
    warrants, warrants_moved = _vest(world, inputs, state, today, rewarded, prices)
    by_class = world.loans_by_class @ lost
    lent = state.lender_lent + world.loans_by_class @ funds.lent_by_loan
    wiped = jnp.where(newly > 0, jnp.log(parameters.engine.old_shares_keep), 0.0)
    equity = EquityState(
        prices.equity.fundamental, prices.equity.lasting + wiped, prices.equity.fresh, prices.equity.trend
    )
    return Failed(
        default=default,
        newly=newly,
        loans=loans,
        loans_moved=loans_moved,
        guarantees=guarantees,
        guarantees_moved=guarantees_moved,
        swaps_moved=swaps_moved,
        orders=orders,
        orders_moved=orders_moved,
        cloud=cloud,
        cloud_moved=cloud_moved,
        leases=leases,
        warrants=warrants,
        warrants_moved=warrants_moved,
        rewarded=rewarded,
        lender_lent=lent,
        lender_lost=state.lender_lost + by_class,
        equity=equity,
        share_return=(1.0 + prices.share_return) * jnp.exp(wiped) - 1.0,
    )


def _of(newly: Array, rows: np.ndarray) -> Array:
    """Is the party of a contract among those who fail now? Nobody outside is."""
    return jnp.concatenate([newly, jnp.zeros_like(newly[:1])])[rows] > 0


def _loans(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    prices: Prices,
    dues: Dues,
    paid: Paid,
    spent: Spent,
    default: DefaultState,
    newly: Array,
) -> tuple[LoanState, _Moved, GuaranteeState, _Moved, Float64[Array, "loan path"], Float64[Array, "member path"]]:
    """Write debts down to what is recovered, guarantors first; what is left falls due anew, as new debt would.

    Last of the results: what lenders lost, USD bn, and which share of each firm's debt is lost to all, guarantors too.

    Guarantors that have never failed pay out of what they have left: for what fails of a loan, and for capacity that
    they promised to take where nobody else does.
    """
    parameters, owed = inputs.parameters.default, paid.loans.owed
    debt = world.loans_by_borrower @ owed
    whole = debt.sum(axis=0)
    in_default = (debt * default.defaulted).sum(axis=0) / jnp.where(whole > 0, whole, 1.0)
    kept = recovery(parameters, world.loan_rank, in_default / inputs.parameters.engine.bust_share)
    assets = jnp.maximum(world.reader.plant_economic(state.plant) + spent.cash, prices.worth + debt)
    kept = jnp.minimum(capped_by_assets(kept + jnp.zeros_like(owed), owed, world.loan_borrower, assets), 1.0)
    share = write_down(newly, world.loan_borrower, kept)

    promised = jnp.concatenate([share * owed, jnp.zeros_like(owed[:1])])[world.promised_loan]
    promised = promised + jnp.concatenate([dues.unsold, jnp.zeros_like(owed[:1])])[world.backstopped]
    binds = today.calendar.guarantee_share * inputs.guarantee_binds * world.bound_guarantors(default.defaulted)
    covered = _shared(world, jnp.broadcast_to(binds, promised.shape))
    means = jnp.concatenate([spent.cash, jnp.full_like(spent.cash[:1], jnp.inf)])[world.guarantor]
    payable = world.guarantees.payable(state.contracts.guarantees, today.quarter, promised * covered)
    asked = jnp.concatenate([world.guarantees_by_guarantor @ payable, jnp.zeros_like(payable[:1])])[world.guarantor]
    able = jnp.minimum(1.0, jnp.where(asked > 0, means / jnp.where(asked > 0, asked, 1.0), 1.0))
    guarantees, called = world.guarantees.call(state.contracts.guarantees, today.quarter, promised * covered, able)
    paid_in = world.guarantees_by_loan @ called[: len(world.guarantees.names)]
    loans, taken = world.loans.taken_over(paid.loans, paid_in)
    guarantees, given_up = world.guarantees.resolve(
        guarantees, jnp.zeros_like(promised), jnp.broadcast_to((promised > 0).astype(jnp.float64), promised.shape)
    )
    rest = jnp.maximum(share * owed - taken, 0.0)
    loans, moved = world.loans.write_down(
        loans, jnp.where(loans.owed > 0, rest / jnp.where(loans.owed > 0, loans.owed, 1.0), 0.0)
    )
    tenor = jnp.asarray(world.loan_tenor)
    loans = world.loans.reorganize(loans, today.quarter, newly[world.loan_borrower] > 0, tenor)
    gone = world.loans_by_borrower @ (share * owed) / jnp.where(debt > 0, debt, 1.0)
    return loans, moved, guarantees, called + given_up, rest, gone


def _shared(world: World, covered: Float64[Array, "guarantee path"]) -> Float64[Array, "guarantee path"]:
    """Who stands for one loan together stands for it once: shares above the whole are cut alike."""
    whole = jnp.concatenate([world.guarantees_by_loan @ covered, jnp.zeros_like(covered[:1])])[world.promised_loan]
    return covered / jnp.maximum(whole, 1.0)


def _rewarded(world: World, state: State, orders: OrderState, spent: Spent) -> Float64[Array, "warrant path"]:
    """What holders of warrants have bought from the issuers, by order or without one, USD bn."""
    ordered = world.orders_by_warrant @ (orders.delivered - state.contracts.orders.delivered)
    return state.rewarded + ordered + world.chips_by_warrant @ spent.chips


def _vest(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    rewarded: Float64[Array, "warrant path"],
    prices: Prices,
) -> tuple[WarrantState, _Moved]:
    """Warrants vest on what was bought and on the share price, from the price of the opening day."""
    gw = rewarded * inputs.traits.gw_per_usd_bn
    caps = prices.equity.market_cap[world.warrant_issuer]
    price = inputs.traits.opening_price_usd * caps / inputs.traits.equity_value[world.warrant_issuer]
    standing = world.warrants.void(state.contracts.warrants, today.calendar.warrant_binds <= 0)
    return world.warrants.vest(standing, gw, price)
