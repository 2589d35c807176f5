"""Margin and redemption calls in NumPy, and what a fall of the loop takes from those outside: for both NumPy twins."""

from __future__ import annotations

from types import SimpleNamespace as Record

import numpy as np

from benchmarks.economy.idiomatic_numpy_contracts import whole
from benchmarks.economy.network import Network
from benchmarks.economy.opening import Plain


def missing_income(net: Network, inputs: Plain, s: Record) -> np.ndarray:
    """USD bn a year less than at the loop's top."""
    p, top = inputs.parameters.outside_income, s.stages
    quoted = s.equity.cap[list(net.world.listed)].sum(axis=0)
    wealth = p.spent_of_wealth * np.maximum(top.highest_shares - quoted, 0.0)
    return wealth + p.local * 4 * np.maximum(top.highest_pace - top.pace, 0.0)


def remember_the_top(net: Network, s: Record, capex: np.ndarray) -> None:
    """The highest value of shares and pace of building so far."""
    top, quoted = s.stages, s.equity.cap[list(net.world.listed)].sum(axis=0)
    top.highest_shares = np.maximum(top.highest_shares, quoted)
    top.pace = top.pace + (capex[net.world.in_ai].sum(axis=0) - top.pace) / 4
    top.highest_pace = np.maximum(top.highest_pace, top.pace)


def meet_calls(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Funds sell what finds a buyer; brokers and investors are paid with it."""
    p, world, sums, cap = inputs.parameters.calls, net.world, s.sums, q.equity.cap
    fund, firm, levered = world.sale_fund, world.sale_issuer, world.levered[:, None]
    listed = list(world.listed)
    cost, gain, other_cost, other_gain = (_stands(s.books, accounts) for accounts in net.traded)
    debt = -_stands(s.books, net.margin_account)
    became = 1 + q.share_return[firm]
    holds, other = (cost + gain) * became, (other_cost + other_gain) * became
    shares = sums.sales_by_fund @ holds
    before = s.equity.cap[listed]
    fared = (before * (1 + q.share_return[listed])).sum(axis=0) / before.sum(axis=0) - 1
    quoted = cap[listed].sum(axis=0)

    money = shares - debt
    over = np.where(money > 0, np.maximum(shares - money / p.least_margin, 0.0), shares)
    leave = p.asked * np.maximum(-fared - p.usual_fall, 0.0) * shares
    owed = s.calls.asked + np.where(levered, 0.0, leave)
    need = whole(np.minimum(np.where(debt > 0, over, 0.0) + owed, shares))
    part = _part(need, shares)
    offered = whole(np.minimum(holds * (part[fund] + q.calendar.sold_down[firm]), holds))
    sold = whole(offered * _changes_hands(sums.sales_by_issuer @ offered, inputs.traits.exit_share * cap)[firm])
    usual = np.where(levered, np.minimum(p.leverage, 1 / p.least_margin) * money, s.calls.usual * quoted)
    adds = np.where(sums.sales_by_fund @ offered > 0, 0.0, p.refill * np.maximum(usual - shares, 0.0))
    most = np.maximum(other, 0.0) / np.bincount(firm)[firm][:, None]
    bought = np.minimum(adds[fund] * (cap / np.maximum(quoted, 1e-6))[firm], most)
    bought = whole(bought * _changes_hands(sums.sales_by_issuer @ bought, inputs.traits.exit_share * cap)[firm])
    change = -np.maximum(p.impact, 0.0) * _part(sums.sales_by_issuer @ (sold - bought), cap)
    price = np.exp(change)[firm]
    paid = (sold - bought) * price
    of_fund, of_others = (np.minimum(_part(*pair), 1.0) for pair in ((sold, holds), (bought, other)))
    at_cost = of_fund * cost - of_others * other_cost
    got = sums.sales_by_fund @ paid
    repaid = np.clip(got, 0.0, debt)
    left = sums.sales_by_fund @ ((holds - sold + bought) * price)
    lost = np.where(left <= 1e-6, debt - repaid, 0.0)
    q.traded = whole(np.concatenate([at_cost, paid - at_cost]))
    moved = [whole(of[world.margin_fund]) for of in (np.maximum(-got, 0.0), repaid, lost)]
    q.margin, q.margin_debt = np.concatenate(moved), (debt[world.margin_fund] + moved[0] - moved[1] - moved[2]).sum(0)
    q.redeemed = whole(np.minimum(got, owed)[world.redemption_fund])
    q.shares_sold = sums.sales_by_issuer @ sold
    q.asked_of_funds, q.unsold_shares = need.sum(axis=0), (offered - sold).sum(axis=0)
    s.calls.asked = np.minimum(sums.sales_by_fund @ ((offered - sold) * price), owed)
    s.calls.rebound = -(1 - p.stays) * change
    q.equity.lasting = q.equity.lasting + change
    q.equity.cap = cap * np.exp(change)
    q.share_return = (1 + q.share_return) * np.exp(change) - 1


def _changes_hands(offered: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    return np.minimum(_part(capacity, offered), 1.0)


def _stands(books: np.ndarray, accounts: np.ndarray) -> np.ndarray:
    return np.where((accounts >= 0)[:, None], books[accounts], 0.0)


def _part(some: np.ndarray, whole_of_it: np.ndarray) -> np.ndarray:
    there = whole_of_it > 0
    return np.where(there, some / np.where(there, whole_of_it, 1.0), 0.0)
