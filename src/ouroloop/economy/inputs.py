"""What a world is given on each path: how firms stand at the opening, parameters, shocks, and its own chance."""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Float, Int, UInt32

from ouroloop.economy.calendar import Calendar
from ouroloop.economy.parameters import Parameters


class Traits(eqx.Module):
    """How firms stand at the opening, USD bn and GW; flows per quarter. A path axis of 1: the same on all paths."""

    revenue: Float[Array, "member #path"]
    core: Float[Array, "member #path"]
    """The part of revenue that comes from nobody in the world and has nothing to do with AI customers."""
    core_surprise: Float[Array, "member #path"]
    """By how much `core` grows more in the first year than the growth of all says, log; the level stays."""
    follows_chips: Float[Array, "member #path"]
    """The part of `core` that comes from data centers nobody names: they buy chips as the builders in the world do."""
    chips_pace: Float[Array, " #path"]
    """What all builders together spend on chips in a quarter."""
    unnamed: Float[Array, "member #path"]
    """What customers whom nobody names have promised to pay a cloud in a quarter, once it has the capacity."""
    cost_share: Float[Array, "member #path"]
    """Running cost, without compute, rents and interest, over revenue."""
    operating_cash: Float[Array, "member #path"]
    interest: Float[Array, "member #path"]
    payout_share: Float[Array, "member #path"]
    """Dividends and buybacks over operating cash."""
    other_capex: Float[Array, "member #path"]
    equity_value: Float[Array, "member #path"]
    investment_grade: Float[Array, "member #path"]
    """1 for who is rated so."""
    exit_share: Float[Array, "member #path"]
    """Which part of a firm's shares finds a buyer in a quarter in which funds have to sell."""
    letter_bounds: Float[Array, "member letter #path"]
    """`market.agency.letter`: the distance to default below which a firm's letter is worse than AAA, AA, ... B."""
    ai_spend: Float[Array, " #path"]
    """What outside customers spend on AI in the opening quarter."""
    ai_growth: Float[Array, " #path"]
    """Log per year."""
    ai_share: Float[Array, "seller #path"]
    capex: Float[Array, "member #path"]
    growth: Float[Array, "member #path"]
    """Growth of revenue at the opening, log per year."""
    enterprise_multiple: Float[Array, "member #path"]
    """Market value with net debt over revenue of a quarter; 0 where there is no revenue to go by."""
    kind_share: Float[Array, "pair #path"]
    """Which part of its seller's outside AI revenue each pair of `Receipts.ai` pays."""
    capacity: Float[Array, "builder #path"]
    pipeline: Float[Array, "builder stage #path"]
    starts: Float[Array, "builder #path"]
    starts_year_ago: Float[Array, "builder #path"]
    own_use: Float[Array, "builder #path"]
    """GW that a builder uses for its core business."""
    own_plan: Float[Array, "builder #path"]
    """GW that it builds for: at the opening, what it has and is building beyond what contracts and sales will need."""
    chip_share: Float[Array, "pair #path"]
    """Which part of its builder's chips each pair of `Spending.chips` delivers."""
    vendor_weight: Float[Array, "pair #path"]
    """Which part of what its vendor puts into customers each pair of `Spending.vendor_money` gets."""
    loan_ladder: Float[Array, "loan slot #path"]
    loan_rate: Float[Array, "loan #path"]
    gw_per_usd_bn: Float[Array, "warrant #path"]
    """GW that a warrant counts for each USD bn of what its holder buys from its issuer."""
    opening_price_usd: Float[Array, "warrant #path"]
    """Price of the issuer's share on the opening day."""
    power_years: Float[Array, " #path"]
    """Years from the middle of 2025 to the opening."""


class Inputs(eqx.Module):
    """What differs by path, and what a scenario sets. Every array ends in `path`; 1 holds for all paths."""

    traits: Traits
    parameters: Parameters
    calendar: Calendar
    opening: Float[Array, "opening #path"]
    """Opening balances in the order of the ledger's opening flows."""
    cloud_share: Float[Array, "contract #path"]
    """1 where a cloud contract binds on a path, less where it does in part."""
    order_share: Float[Array, "contract #path"]
    lease_share: Float[Array, "lease #path"]
    """Which part of its rent each lease asks; 0 where it was never signed."""
    guarantee_binds: Float[Array, "guarantee #path"]
    """1 where a guarantee was given, 0 where it stayed a letter."""
    draw_share: Float[Array, "draw #path"]
    """1 where a lender has bound itself to lend, less or 0 where its letter came to less or nothing."""
    advance_share: Float[Array, "advance #path"]
    """The same of vendors."""
    round_share: Float[Array, "tranche #path"]
    payoff_quarter: Int[Array, " path"]
    keys: UInt32[Array, "2 path"]

    @property
    def paths(self) -> int:
        return self.keys.shape[1]
