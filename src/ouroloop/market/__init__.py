"""How prices form."""

from ouroloop.market.equity import (
    EquityParameters,
    EquityState,
    Issue,
    announcement_jump,
    cost_of_equity,
    fundamental_value,
    issue,
    market_return,
    open_equity,
    required_return,
    step_narrative,
)

__all__ = [
    "EquityParameters",
    "EquityState",
    "Issue",
    "announcement_jump",
    "cost_of_equity",
    "fundamental_value",
    "issue",
    "market_return",
    "open_equity",
    "required_return",
    "step_narrative",
]
