"""How prices form: shares, default, credit.

Importing the package switches float64 on, as the ledger does.
"""

import ouroloop.ledger.precision as _float64  # noqa: F401  # pyright: ignore[reportUnusedImport]
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
