"""The parameters of the order of play itself, and those of all behaviors together."""

from __future__ import annotations

import equinox as eqx

from ouroloop.behavior.accounting import AccountingParameters
from ouroloop.behavior.completion import CompletionParameters
from ouroloop.behavior.default import DefaultParameters
from ouroloop.behavior.demand import DemandParameters
from ouroloop.behavior.funding import FundingParameters
from ouroloop.behavior.lending import LendingParameters
from ouroloop.behavior.outside_income import OutsideIncomeParameters
from ouroloop.behavior.power import PowerParameters
from ouroloop.behavior.rent import RentParameters
from ouroloop.behavior.rivalry import RivalryParameters
from ouroloop.behavior.spread import SpreadParameters
from ouroloop.behavior.vendor import VendorParameters
from ouroloop.contagion.calls import CallParameters
from ouroloop.contagion.stages import StageParameters
from ouroloop.core.parameter import Parameter, parameter
from ouroloop.economy.outcome import OutcomeParameters
from ouroloop.market.agency import AgencyParameters
from ouroloop.market.equity import EquityParameters


class EngineParameters(eqx.Module):
    """How firms run between their decisions: what connects one behavior to the next."""

    core_growth: Parameter = parameter("eco-eng-001", unit="log per year")
    """Growth of revenue that has nothing to do with AI."""
    fixed_cost_share: Parameter = parameter("eco-eng-002", unit="share")
    """Share of running cost that follows the trend of revenue and not the revenue of the quarter."""
    site_cost_per_gw: Parameter = parameter("eco-eng-005", unit="USD bn per GW")
    """All-in cost of one GW of AI capacity, chips included, at the opening."""
    site_cost_growth: Parameter = parameter("eco-eng-006", unit="log per year")
    rent_per_gw_year: Parameter = parameter("eco-eng-007", unit="USD bn per GW and year")
    """What one GW of new compute earns a year at the opening."""
    running_cost_per_gw_year: Parameter = parameter("eco-eng-008", unit="USD bn per GW and year")
    """Power and upkeep of one GW."""
    own_use_growth: Parameter = parameter("eco-eng-009", unit="log per year")
    """Growth of the compute that a firm with a core business uses itself."""
    chip_life_years: Parameter = parameter("chip-013", unit="years")
    """Economic life of chips: the second view of the books."""
    reported_chip_life_years: Parameter = parameter("chip-014", unit="years")
    """Life of chips in the reported books."""
    site_life_years: Parameter = parameter("chip-016", unit="years")
    other_life_years: Parameter = parameter("eco-eng-010", unit="years")
    base_rate: Parameter = parameter("eco-eng-011", unit="per year", scale=0.01)
    """The rate without risk, to which spreads are added."""
    shrink_speed: Parameter = parameter("eco-eng-015", unit="share per quarter")
    """How fast planned building follows when lenders refuse."""
    old_shares_keep: Parameter = parameter("eco-eng-003", unit="share")
    """What shares are still worth when their firm is reorganized."""
    orders_per_vendor_dollar: Parameter = parameter("eco-eng-017", unit="USD per USD")
    """Orders that a chip maker announces with each dollar that it puts into a customer."""
    bust_share: Parameter = parameter("fund-051", unit="share")
    """Share of a sector's debt that fails in a bust: where recoveries are at their lowest."""
    core_capex_share: Parameter = parameter("eco-eng-004", unit="share of capex")
    """Share of opening capex of firms with a core business that is not for AI."""
    usual_cost_share: Parameter = parameter("eco-eng-018", unit="share of revenue")
    """Running cost of firms that publish none."""
    data_center_share: Parameter = parameter("eco-eng-022", unit="share of revenue")
    """What data centers pay of a chip maker's revenue, where it publishes none."""
    value_of_backlog: Parameter = parameter("eco-eng-019", unit="share of backlog")
    """What a firm without a price is worth."""
    backlog_years: Parameter = parameter("eco-eng-021", unit="years")
    """Over which backlog of customers whom nobody names is served."""
    starts_growth: Parameter = parameter("eco-eng-020", unit="log per year")
    """Of what builders start, over the year before the opening."""
    compute_share_of_ai_revenue: Parameter = parameter("eco-eng-016", unit="share")
    """What of a dollar of outside AI revenue goes into compute: how much capacity a seller's own sales need."""


class Parameters(eqx.Module):
    """All of them: who builds an economy draws every field from the assumptions of a dossier."""

    engine: EngineParameters
    demand: DemandParameters
    rent: RentParameters
    rivalry: RivalryParameters
    completion: CompletionParameters
    power: PowerParameters
    vendor: VendorParameters
    spread: SpreadParameters
    lending: LendingParameters
    funding: FundingParameters
    default: DefaultParameters
    equity: EquityParameters
    agency: AgencyParameters
    accounting: AccountingParameters
    outcome: OutcomeParameters
    stages: StageParameters
    calls: CallParameters
    outside_income: OutsideIncomeParameters
