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
    now; in a round only those of whose debtors one pays less than when they were last looked at. While many move, all
    are looked at and nobody is marked: marks would cost as much as looking.
    """
    firms = len(means)
    ratio = np.ones(firms)
    open_now = np.ones(firms, np.bool_)
    rounds = read = 0
    moved, everybody = firms, False
    while moved and rounds < most:
        many = 4 * moved > firms and rounds > 0
        if everybody and not many:
            open_now[:] = True
        everybody, moved = many, 0
        rounds += 1
        for firm in range(firms):
            if not (everybody or open_now[firm]):
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
                if not everybody:
                    for at in range(debts[firm], debts[firm + 1]):
                        open_now[creditors[at]] = True
    return ratio, rounds, read


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
