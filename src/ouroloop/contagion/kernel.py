"""The loop that no array library can express: payments that fall, found anew only for whom it may concern."""

from __future__ import annotations

from typing import Any

import numpy as np

from ouroloop.core.kernel import kernel


@kernel
def settle(
    claims: Any,
    debtors: Any,
    amounts: Any,
    debts: Any,
    creditors: Any,
    means: Any,
    due: Any,
    alpha: float,
    beta: float,
    tolerance: float,
    solvent: float,
    most: int,
) -> tuple[Any, int, int]:
    """Shares of what is due that each firm pays, rounds, and how many claims were read.

    Claims of firm i stand in rows `claims[i]:claims[i + 1]` of `debtors` and `amounts`, whom it owes in rows
    `debts[i]:debts[i + 1]` of `creditors`. Firms are gone through in their order, each with what those before it pay by
    now; in a round only those of whose debtors one pays less than when they were last looked at.
    """
    firms = len(means)
    ratio = np.ones(firms)
    open_now = np.ones(firms, np.bool_)
    rounds = read = 0
    moving = True
    while moving and rounds < most:
        moving = False
        rounds += 1
        for firm in range(firms):
            if not open_now[firm]:
                continue
            open_now[firm] = False
            inflow = 0.0
            for at in range(claims[firm], claims[firm + 1]):
                inflow += amounts[at] * ratio[debtors[at]]
            read += claims[firm + 1] - claims[firm]
            if means[firm] + inflow >= due[firm] * (1.0 - solvent):
                continue
            pays = min(max((alpha * means[firm] + beta * inflow) / due[firm], 0.0), 1.0)
            if ratio[firm] - pays > tolerance:
                ratio[firm] = pays
                moving = True
                for at in range(debts[firm], debts[firm + 1]):
                    open_now[creditors[at]] = True
    return ratio, rounds, read
