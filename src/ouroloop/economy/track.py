"""What a simulation reports of every quarter: measures by firm and of the whole, who paid, books, flows."""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Float

from ouroloop.contagion.stages import STAGES

MEMBER_MEASURES: dict[str, str] = {
    "cash": "usd_bn",
    "debt": "usd_bn",
    "receivables": "usd_bn",
    "fixed_assets": "usd_bn",
    "fixed_assets_economic": "usd_bn",
    "stakes": "usd_bn",
    "net_worth": "usd_bn",
    "equity_value": "usd_bn",
    "narrative": "log",
    "spread": "per_year",
    "rating": "letter",
    "deposits": "usd_bn",
    "revenue": "usd_bn",
    "outside_revenue": "usd_bn",
    "profit_reported": "usd_bn",
    "profit_economic": "usd_bn",
    "operating_cash": "usd_bn",
    "interest": "usd_bn",
    "capex": "usd_bn",
    "trapped_capex": "usd_bn",
    "payout": "usd_bn",
    "needed": "usd_bn",
    "raised": "usd_bn",
    "refused": "usd_bn",
    "unpaid": "usd_bn",
    "written_off": "usd_bn",
    "capacity": "gw",
    "pipeline": "gw",
    "backlog": "usd_bn",
    "letters": "usd_bn",
    "leases_not_commenced": "usd_bn",
    "guarantees_given": "usd_bn",
    "bonds_sold": "usd_bn",
    "shares_sold": "usd_bn",
    "maturing_in_year": "usd_bn",
    "defaulted": "share",
}
"""Measures by member, with their unit. Flows are of the quarter, stocks stand at its end. `trapped_capex` is what was
spent on sites whose whole cost is above their value; `backlog` is signed and still to come, `letters` are letters of
intent of customers; `rating` is what agencies think, 0 for AAA, 3 for BBB, 6 for CCC; `deposits` is cash that landlords
hold; `bonds_sold` is what holders had to sell of a firm's bonds, as owed, `shares_sold` of its shares, at the price
before; `defaulted` is 1 from the quarter of default on."""

SYSTEM_MEASURES: dict[str, str] = {
    "outside_spend": "usd_bn",
    "outside_growth": "log_per_year",
    "token_price": "index",
    "rent": "usd_bn_per_gw_year",
    "market_spread": "per_year",
    "capex": "usd_bn",
    "debt": "usd_bn",
    "asked": "usd_bn",
    "granted": "usd_bn",
    "lent": "usd_bn",
    "paper_wealth": "usd_bn",
    "bezzle": "usd_bn",
    "narrative_premium": "usd_bn",
    "round_trip": "usd_bn",
    "wage_bill": "usd_bn_per_year",
    "margin_debt": "usd_bn",
    "called": "usd_bn",
    "unsold": "usd_bn",
    "missing_income": "usd_bn_per_year",
    "power_waiting": "gw",
    "payoff_arrived": "share",
    "credit_closed": "share",
    "residual": "usd_bn",
    "color_gap": "usd_bn",
    "clearing_gap": "usd_bn",
}
"""Measures of the whole. `asked`, `granted`: new money of the quarter, `lent` what lenders gave of it; `called` is what
brokers and investors of funds ask for, `unsold` what funds offered for it and nobody bought; `missing_income` is what
outsiders spend and earn less than at the loop's top; `residual`, `color_gap` are 0 or a bug."""

SPONSORS = ("outside_customers", "lenders", "investors", "government", "members", "own", "opening_cash", "unknown")
"""Who paid a firm's revenue: the colors of its receipts, grouped. `own`: its own funding of others that came back."""


class Track(eqx.Module):
    """What happened, for a part of the paths. Rows follow the names given; every array ends in `quarter path`."""

    members: Float[Array, "measure member quarter path"]
    """Rows: `MEMBER_MEASURES`."""
    who_paid: Float[Array, "member sponsor quarter path"]
    """Cash that paid for revenue in the quarter, USD bn. Columns: `SPONSORS`."""
    system: Float[Array, "measure quarter path"]
    """Rows: `SYSTEM_MEASURES`."""
    losses: Float[Array, "line quarter path"]
    """Rows: `World.losses.lines`; of the quarter, USD bn, gains negative."""
    balances: Float[Array, "account quarter path"]
    """At the end of the quarter, debits positive. Rows: `World.ledger.accounts`."""
    amounts: Float[Array, "flow quarter path"]
    """What was posted in the quarter. Rows: `World.ledger.flows`."""
    outcome: Float[Array, "mark path"]
    """Rows: `OUTCOME_MARKS`."""


OUTCOME_MARKS = (
    "payoff_quarter",
    "credit_quarter",
    "first_default_quarter",
    *(f"{stage}_quarter" for stage in STAGES),
    "outside_loss_soon",
    "outside_loss",
)
"""By path: the quarter (0 = the first) in which the payoff was reached, credit closed, the first firm defaulted, each
sign of a crash was first seen (`contagion.stages`); NaN for never. `outside_loss`: what sectors outside the loop lost
on claims, USD bn, in all quarters; `outside_loss_soon` in the first `economy.losses.SOON` of them."""
