"""The loops that no array library can express: payments that fall, each found with what those before it pay by now."""

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
    now. While many move, a round looks at all of them and marks nobody, as marks would cost as much as looking; then
    only at those of whose debtors one pays less than when they were last looked at.
    """
    firms = len(means)
    ratio, fell, open_now = np.ones(firms), np.empty(firms + 1, np.uint32), np.zeros(firms, np.bool_)
    rounds = read = 0
    moved = firms
    while moved and rounds < most:
        rounds += 1
        if 4 * moved > firms:
            moved = _sweep(claims, debtors, amounts, means, due, ratio, fell, alpha, beta, tolerance, solvent)
            read += len(amounts)
            open_now[:] = False
            for at in range(moved if 4 * moved <= firms else 0):
                firm = fell[at]
                for owed in range(debts[firm], debts[firm + 1]):
                    # A later creditor was looked at after its debtor fell.
                    open_now[creditors[owed]] |= creditors[owed] < firm
            continue
        moved = 0
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
                moved += 1
                for at in range(debts[firm], debts[firm + 1]):
                    open_now[creditors[at]] = True
    return ratio, rounds, read


@kernel
def _sweep(
    claims: Any,
    debtors: Any,
    amounts: Any,
    means: Any,
    due: Any,
    ratio: Any,
    fell: Any,
    alpha: float,
    beta: float,
    tolerance: float,
    solvent: float,
) -> int:
    """Look at every firm once: lowers `ratio`, lists who fell at the head of `fell`, and says how many.

    No branch hangs on what was read, so that a processor need not wait for one firm's claims to ask for the next one's.
    """
    moved = 0
    for firm in range(len(means)):
        inflow = 0.0
        for at in range(claims[firm], claims[firm + 1]):
            inflow += amounts[at] * ratio[debtors[at]]
        owes, now = due[firm], ratio[firm]
        pays = min(max((alpha * means[firm] + beta * inflow) / owes, 0.0), 1.0) if owes > 0.0 else 1.0
        falls = (means[firm] + inflow < owes * (1.0 - solvent)) & (now - pays > tolerance)
        ratio[firm] = pays if falls else now
        fell[moved] = firm
        moved += falls
    return moved


@kernel
def settle_paths(
    claims: Any,
    debtors: Any,
    shares: Any,
    means: Any,
    due: Any,
    alpha: float,
    beta: float,
    still: float,
    solvent: float,
    most: int,
) -> tuple[Any, int, bool]:
    """What each firm pays on each path, rounds, and whether payments stand still: one class, from above.

    Claims of firm i stand in rows `claims[i]:claims[i + 1]` of `debtors` and `shares`, the part of what each debtor
    pays that comes to it. Firms are gone through in their order, every path at once.
    """
    firms, paths = means.shape
    paid = np.empty((firms, paths))
    for firm in range(firms):
        paid[firm, :] = due[firm]
    inflow = np.empty(paths)
    rounds, moving = 0, True
    while moving and rounds < most:
        moving = False
        rounds += 1
        for firm in range(firms):
            owes = due[firm]
            if owes <= 0.0:
                continue
            inflow[:] = 0.0
            for at in range(claims[firm], claims[firm + 1]):
                share, debtor = shares[at], paid[debtors[at]]
                for path in range(paths):
                    inflow[path] += share * debtor[path]
            mine, enough, moved = paid[firm], owes * (1.0 - solvent), 0.0
            for path in range(paths):
                own = means[firm, path]
                pays = owes
                if own + inflow[path] < enough:
                    pays = min(max(alpha * own + beta * inflow[path], 0.0), owes)
                moved = max(moved, abs(mine[path] - pays))
                mine[path] = pays
            if moved > still:
                moving = True
    return paid, rounds, not moving
