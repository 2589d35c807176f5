"""Margin and redemption calls in plain Python, and what a fall of the loop takes from those outside."""

from __future__ import annotations

from math import exp
from types import SimpleNamespace as Record
from typing import TYPE_CHECKING

from benchmarks.economy.pure_python_numbers import whole

if TYPE_CHECKING:
    from benchmarks.economy.pure_python import Lists


def missing_income(net: Lists, own: Record, s: Record) -> float:
    """USD bn a year less than at the loop's top."""
    p, top = own.parameters.outside_income, s.stages
    quoted = sum(cap for cap, there in zip(s.equity.cap, net.listed, strict=True) if there)
    wealth = p.spent_of_wealth * max(top.highest_shares - quoted, 0.0)
    return wealth + p.local * 4 * max(top.highest_pace - top.pace, 0.0)


def remember_the_top(net: Lists, s: Record, capex: list[float]) -> None:
    """The highest value of shares and pace of building so far."""
    top, built = s.stages, sum(x for x, inside in zip(capex, net.in_ai, strict=True) if inside)
    quoted = sum(cap for cap, there in zip(s.equity.cap, net.listed, strict=True) if there)
    top.highest_shares = max(top.highest_shares, quoted)
    top.pace += (built - top.pace) / 4
    top.highest_pace = max(top.highest_pace, top.pace)


def meet_calls(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Funds sell what finds a buyer; brokers and investors are paid with it."""
    p, balances, funds = own.parameters.calls, s.books.balances, len(net.levered)
    pairs = list(zip(net.sale_fund, net.sale_issuer, strict=True))

    def stands(accounts: list[int]) -> list[float]:
        return [balances[account] if account >= 0 else 0.0 for account in accounts]

    cost, gain, other_cost, other_gain = (stands(accounts) for accounts in net.traded)
    debt = [-balance for balance in stands(net.margin_account)]
    holds = [(a + b) * (1 + q.share_return[m]) for a, b, (_, m) in zip(cost, gain, pairs, strict=True)]
    other = [(a + b) * (1 + q.share_return[m]) for a, b, (_, m) in zip(other_cost, other_gain, pairs, strict=True)]
    shares = [0.0] * funds
    for amount, (fund, _) in zip(holds, pairs, strict=True):
        shares[fund] += amount
    listed = [m for m, there in enumerate(net.listed) if there]
    before = sum(s.equity.cap[m] for m in listed)
    fared = sum(s.equity.cap[m] * (1 + q.share_return[m]) for m in listed) / before - 1
    quoted = sum(q.equity.cap[m] for m in listed)

    leave = p.asked * max(-fared - p.usual_fall, 0.0)
    need, owed = [], []
    for fund, levered in enumerate(net.levered):
        own_money = shares[fund] - debt[fund]
        over = max(shares[fund] - own_money / p.least_margin, 0.0) if own_money > 0 else shares[fund]
        owed.append(s.calls.asked[fund] + (0.0 if levered else leave * shares[fund]))
        need.append(whole(min((over if debt[fund] > 0 else 0.0) + owed[fund], shares[fund])))
    offered, of_firm, pressed = [], [0.0] * net.members, [0.0] * funds
    for amount, (fund, m) in zip(holds, pairs, strict=True):
        part = need[fund] / shares[fund] if shares[fund] > 0 else 0.0
        offers = whole(min(amount * (part + q.calendar.sold_down[m]), amount))
        offered.append(offers)
        of_firm[m] += offers
        pressed[fund] += offers
    capacity = [share * cap for share, cap in zip(own.traits.exit_share, q.equity.cap, strict=True)]
    finds = _changes_hands(of_firm, capacity)
    most = min(p.leverage, 1 / p.least_margin)
    adds = []
    for fund, levered in enumerate(net.levered):
        usual = most * (shares[fund] - debt[fund]) if levered else s.calls.usual[fund] * quoted
        adds.append(0.0 if pressed[fund] > 0 else p.refill * max(usual - shares[fund], 0.0))
    wanted, want_of_firm = [], [0.0] * net.members
    for has, (fund, m) in zip(other, pairs, strict=True):
        buyers = sum(1 for _, other_m in pairs if other_m == m)
        wanted.append(min(adds[fund] * (q.equity.cap[m] / max(quoted, 1e-6)), max(has, 0.0) / buyers))
        want_of_firm[m] += wanted[-1]
    found = _changes_hands(want_of_firm, capacity)
    sold, bought, more = [], [], [0.0] * net.members
    q.shares_sold = [0.0] * net.members
    for offers, wants, (_, m) in zip(offered, wanted, pairs, strict=True):
        sold.append(whole(offers * finds[m]))
        bought.append(whole(wants * found[m]))
        more[m] += sold[-1] - bought[-1]
        q.shares_sold[m] += sold[-1]
    change = [-max(p.impact, 0.0) * x / cap if cap > 0 else 0.0 for x, cap in zip(more, q.equity.cap, strict=True)]
    got, left, unsold = [0.0] * funds, [0.0] * funds, [0.0] * funds
    at_cost, above = [], []
    for n, (fund, m) in enumerate(pairs):
        price = exp(change[m])
        paid = (sold[n] - bought[n]) * price
        part, taken = (min(x / y, 1.0) if y > 0 else 0.0 for x, y in ((sold[n], holds[n]), (bought[n], other[n])))
        base = part * cost[n] - taken * other_cost[n]
        at_cost.append(base)
        above.append(paid - base)
        got[fund] += paid
        left[fund] += (holds[n] - sold[n] + bought[n]) * price
        unsold[fund] += (offered[n] - sold[n]) * price
    repaid = [min(max(x, 0.0), owes) for x, owes in zip(got, debt, strict=True)]
    lost = [owes - back if rest <= 1e-6 else 0.0 for owes, back, rest in zip(debt, repaid, left, strict=True)]
    q.traded = [*map(whole, at_cost), *map(whole, above)]
    drawn = [max(-x, 0.0) for x in got]
    q.margin = [whole(of[n]) for of in (drawn, repaid, lost) for n in net.margin_fund]
    q.margin_debt = sum(debt[n] + whole(drawn[n]) - whole(repaid[n]) - whole(lost[n]) for n in net.margin_fund)
    q.redeemed = [whole(min(got[n], owed[n])) for n in net.redemption_fund]
    q.asked_of_funds, q.unsold_shares = sum(need), sum(offered) - sum(sold)
    s.calls.asked = [min(rest, asks) for rest, asks in zip(unsold, owed, strict=True)]
    s.calls.rebound = [-(1 - p.stays) * x for x in change]
    for m, x in enumerate(change):
        if x:
            q.equity.lasting[m] += x
            q.equity.cap[m] *= exp(x)
            q.share_return[m] = (1 + q.share_return[m]) * exp(x) - 1


def _changes_hands(offered: list[float], capacity: list[float]) -> list[float]:
    return [min(1.0, most / offers) if offers > 0 else 0.0 for offers, most in zip(offered, capacity, strict=True)]
