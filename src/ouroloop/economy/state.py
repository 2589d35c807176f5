"""What one quarter hands to the next."""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Float64, Int

from ouroloop.behavior.default import DefaultState
from ouroloop.behavior.demand import DemandState
from ouroloop.behavior.spread import MarketSpread
from ouroloop.contagion.calls import CallState
from ouroloop.contagion.stages import StageState
from ouroloop.economy.outcome import OutcomeState
from ouroloop.instruments.cloud_contract import CloudState
from ouroloop.instruments.equity_round import EquityRoundState
from ouroloop.instruments.guarantee import GuaranteeState
from ouroloop.instruments.lease import LeaseState
from ouroloop.instruments.loan import LoanState
from ouroloop.instruments.order import OrderState
from ouroloop.instruments.vintages import VintageState
from ouroloop.instruments.warrant import WarrantState
from ouroloop.ledger import Books, ColoredCash
from ouroloop.market.equity import EquityState


class Trailing(eqx.Module):
    """The pace of each member over about the last year, USD bn per quarter: a quarter of it is the last quarter."""

    revenue: Float64[Array, "member path"]
    operating_cash: Float64[Array, "member path"]
    """Before interest."""
    interest: Float64[Array, "member path"]
    growth: Float64[Array, "member path"]
    """Of that pace of revenue, log per year, itself an average over about a year."""


class Contracts(eqx.Module):
    """How far every book of contracts has come."""

    loans: LoanState
    rounds: EquityRoundState
    guarantees: GuaranteeState
    orders: OrderState
    cloud: CloudState
    leases: LeaseState
    warrants: WarrantState


class Plant(eqx.Module):
    """What is built, being built and worn."""

    pipeline: Float64[Array, "builder stage path"]
    """GW by stage."""
    empty: Float64[Array, "builder path"]
    """GW of finished sites with power whose chips have worn out and were not replaced."""
    waiting: Float64[Array, "builder path"]
    """GW that are finished and have no power."""
    fleet: Float64[Array, "builder vintage path"]
    """GW that run, by the quarter in which their chips came: a ring as that of `World.chips`."""
    starts: Float64[Array, "lag builder path"]
    """GW started in the last quarter and the four before."""
    chips: VintageState
    sites: VintageState
    other: VintageState

    @property
    def capacity(self) -> Float64[Array, "builder path"]:
        """GW that run."""
        return self.fleet.sum(axis=1)


class State(eqx.Module):
    """The economy at the end of a quarter."""

    books: Books
    colors: ColoredCash
    contracts: Contracts
    plant: Plant
    demand: DemandState
    rent: Float64[Array, " path"]
    """USD bn per GW and year of installed compute."""
    efficiency: Float64[Array, " path"]
    """Compute that a dollar of sales needs, 1 at the opening."""
    market: MarketSpread
    equity: EquityState
    announced: Float64[Array, "member path"]
    """New business that became known in the quarter, USD bn."""
    revenue: Float64[Array, "member path"]
    """Of the quarter, USD bn."""
    free_cash: Float64[Array, "member path"]
    """Operating cash less capex of the quarter, USD bn."""
    trailing: Trailing
    funded: Float64[Array, "member path"]
    """Which share of the money that a member asked for it got; 1 for who asked for none."""
    paid_in: Float64[Array, "member path"]
    """What anybody paid for new shares of each member in the quarter, members included, USD bn."""
    new_shares: Float64[Array, "member path"]
    """What members raised from investors outside in the quarter, USD bn."""
    spread: Float64[Array, "member path"]
    rating: Float64[Array, "member path"]
    """What agencies think: 0 is AAA, 3 is BBB, 6 is CCC; the published letter is the nearest."""
    forced: Float64[Array, "member path"]
    """By how much the spread is wider because holders had to sell, decimal per year."""
    spot_wanted: Float64[Array, " path"]
    """What labs would have spent on compute by the quarter, USD bn."""
    wanted: Float64[Array, "builder path"]
    """GW that customers and own use would have taken."""
    lender_lent: Float64[Array, "class path"]
    """What each class of lenders has lent, the opening included, USD bn."""
    lender_lost: Float64[Array, "class path"]
    chips_bought: Float64[Array, " path"]
    """What all builders together paid for chips without an order in the quarter, USD bn."""
    rewarded: Float64[Array, "warrant path"]
    """What the holder of each warrant has bought from its issuer since the opening, USD bn."""
    default: DefaultState
    first_default: Int[Array, " path"]
    """The quarter of the first default of anybody; -1 for none."""
    outside_loss_soon: Float64[Array, " path"]
    """What sectors outside wrote off in the first `economy.losses.SOON` quarters so far, USD bn."""
    outside_loss: Float64[Array, " path"]
    """The same in all quarters so far."""
    calls: CallState
    stages: StageState
    penalty: Float64[Array, "builder path"]
    """What contracts claim for sites given up in the quarter; paid in the next."""
    outcome: OutcomeState
