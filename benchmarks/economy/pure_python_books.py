"""Closing the books in plain Python: plant wears, everything is posted and colored, the quarter is read."""

from __future__ import annotations

from math import exp, log
from types import SimpleNamespace as Record
from typing import Any

import numpy as np

from benchmarks.economy.network import FLOW_SUMS, STOCKS, Network
from benchmarks.economy.pure_python_calls import remember_the_top
from benchmarks.economy.pure_python_numbers import PER_UNIT, exposure, plant_values, promised, whole
from ouroloop.core import LARGEST_EXACT, QUANTUM
from ouroloop.economy.track import SPONSORS
from ouroloop.ledger.color import colors_of, payments

Lists = Any

UNDER_ONE = 1.0 - 2.0**-50


class Sums:
    """What each flow and account counts in: for each only what it touches."""

    def __init__(self, net: Network) -> None:
        ledger = net.world.ledger
        flows, accounts = len(ledger.flows), len(ledger.accounts)
        self.legs: list[list[tuple[int, int]]] = [[] for _ in range(flows)]
        for flow, account, sign in zip(net.flow.tolist(), net.account.tolist(), net.sign.tolist(), strict=True):
            self.legs[flow].append((account, sign))
        self.of_flow, self.of_account = _touched(net.flow_sums, flows), _touched(net.stock_sums, accounts)
        self.entity = net.entity_sums.argmax(axis=0).tolist()
        self.claim = [row if there else -1 for row, there in _rows(net.claim_sums)]
        self.entities, self.claims = len(net.entity_sums), len(net.claim_sums)
        self.valuations = [n for n, counts in enumerate(net.valuation_sums.tolist()) if counts]
        self.losses = [n for n, counts in enumerate(net.loss_sums.tolist()) if counts]
        columns = payments(ledger.chart, colors_of(ledger))
        self.among_members, self.from_sectors, self.to_sectors, self.among_sectors = [], [], [], []
        for flow, payer, payee, paint, pays_revenue in zip(*(column.tolist() for column in columns), strict=True):
            of_sector, to_sector = net.own_color[payer] >= 0, net.own_color[payee] >= 0
            if not of_sector and not to_sector:
                self.among_members.append((flow, payer, payee, paint, pays_revenue))
            elif not to_sector:
                self.from_sectors.append((flow, payer, payee, paint, pays_revenue))
            elif not of_sector:
                self.to_sectors.append((flow, payer, payee))
            else:
                self.among_sectors.append((flow, payer, payee))
        self.cash_accounts = [(e, account) for e, account in enumerate(net.cash_account.tolist()) if account >= 0]


def _touched(sums: dict[str, np.ndarray], columns: int) -> list[list[tuple[str, int, int]]]:
    found: list[list[tuple[str, int, int]]] = [[] for _ in range(columns)]
    for name, matrix in sums.items():
        for row, column in zip(*np.nonzero(matrix), strict=True):
            found[column].append((name, int(row), int(matrix[row, column])))
    return found


def _rows(matrix: np.ndarray) -> list[tuple[int, bool]]:
    return list(zip(matrix.argmax(axis=0).tolist(), matrix.any(axis=0).tolist(), strict=True))


class Books:
    """Balances, their sums by member, and the colors of cash as whole numbers of quanta."""

    def __init__(self, net: Network, balances: list[float], cash: list[list[float]]) -> None:
        self.balances, self.exact = balances, True
        self.pots = [[round(x * PER_UNIT) for x in pot] for pot in cash]
        self.revenue = [[0] * len(pot) for pot in cash]
        self.stocks = read_stocks(_touched(net.stock_sums, len(balances)), balances, net.members)


def read_stocks(of_account: list[list[tuple[str, int, int]]], balances: list[float], members: int) -> Any:
    """Sums of balances by name and member."""
    stocks = {name: [0.0] * members for name in STOCKS}
    for balance, counts in zip(balances, of_account, strict=True):
        if balance:
            for name, row, sign in counts:
                stocks[name][row] += sign * balance
    return stocks


def close_the_books(net: Lists, own: Record, s: Record, q: Record) -> Record:
    """Everything that moved is posted once; `s` becomes the state at the end of the quarter."""
    p, engine = own.parameters, own.parameters.engine
    _build_on(net, own, s, q)
    q.amounts = _amounts(net, s, q)
    read = {name: [0.0] * net.members for name in FLOW_SUMS}
    for amount, counts in zip(q.amounts, net.sums.of_flow, strict=True):
        if amount:
            for name, row, sign in counts:
                read[name][row] += sign * amount
    post(net, s.books, q.amounts)
    earned = recolor(net, s.books, q.amounts)
    revenue, operating = read["revenue"], read["operating_cash"]
    interest, capex = read["interest"], read["capex"]

    compute = [0.0] * net.members
    for provider, bill in zip(net.cloud_provider, q.billed, strict=True):
        if provider >= 0:
            compute[provider] += bill
    for builder, amount in zip(net.spot_builder, q.spot_paid, strict=True):
        compute[net.builder_rows[builder]] += amount
    surplus = sum(
        ai - share * (ai + sold) for ai, share, sold in zip(q.ai_of, own.traits.cost_share, compute, strict=True)
    )
    cost = sum(x for x, inside in zip(interest, net.in_ai, strict=True) if inside) + sum(q.charges)
    _outcome(p.outcome, s.outcome, q, surplus, cost)

    with_money, vendors = [0.0] * net.members, zip(net.money_vendor_row, q.invested_by_vendors, strict=True)
    for row, amount in vendors:
        with_money[row] += engine.orders_per_vendor_dollar * amount
    for sellers, share, letters in (
        (net.cloud_provider, own.cloud_share, net.cloud_letters),
        (net.order_seller, own.order_share, net.order_letters),
    ):
        for quarter, contract, news in letters:
            if quarter == q.quarter and share[contract] > 0 and sellers[contract] >= 0:
                with_money[sellers[contract]] += news
    trailing = s.trailing
    for m in range(net.members):
        before, now = trailing.revenue[m], revenue[m]
        after = before + (now - before) / 4
        grew = 4 * log(after / before) if before > 0 and now > 0 else 0.0
        trailing.growth[m] += (min(max(grew, -1.0), 2.0) - trailing.growth[m]) / 4
        trailing.revenue[m] = after
        trailing.operating_cash[m] += (operating[m] - trailing.operating_cash[m]) / 4
        trailing.interest[m] += (interest[m] - trailing.interest[m]) / 4
    s.free_cash = [o - i - c for o, i, c in zip(operating, interest, capex, strict=True)]
    s.funded = [1 - no / need if need > 0 else 1.0 for no, need in zip(q.refused, q.need, strict=True)]
    s.new_shares = [a + b for a, b in zip(q.new_shares, q.outside_rounds, strict=True)]
    s.announced, s.revenue, s.paid_in, s.spread = with_money, revenue, read["issued"], q.spread
    s.rating, s.forced = q.rating, q.forced
    s.demand, s.rent, s.efficiency, s.market, s.equity = q.demand, q.rent, q.efficiency, q.market, q.equity
    s.spot_wanted, s.wanted = q.spot_wanted, q.wanted
    remember_the_top(net, s, capex)
    if s.first_default < 0 and any(q.newly):
        s.first_default = q.quarter
    s.outside_loss += sum(q.amounts[n] for n in net.sums.losses)
    s.books.stocks = read_stocks(net.sums.of_account, s.books.balances, net.members)
    return observe(net, own, s, q, read, earned)


def _amounts(net: Lists, s: Record, q: Record) -> list[float]:
    guaranteed = [n for n, counts in enumerate(net.subrogated) if counts]
    none = {name: [0.0] * size for name, size in net.sizes.items()}
    held, balances = [], s.books.balances
    for accounts, issuer in zip(net.held, net.revalued_issuer, strict=True):
        held.append(sum(balances[account] for account in accounts) * q.share_return[issuer])
    no_warrant = [0.0] * len(q.vested)
    return [
        *q.ai, *(q.core[m] for m in net.core_firm), *(q.new_shares[m] for m in net.share_issuer),
        *q.lent, *q.repaid, *q.earned, *q.accrued, *q.loans_lost,
        *q.invested,
        *q.called, *(0.0 for _ in guaranteed), *(q.guarantees_lost[n] for n in guaranteed),
        *q.premiums, *q.payouts, *q.sold, *q.discounts,
        *q.traded, *q.margin, *q.redeemed,
        *q.delivered, *q.shortfall, *q.fee, *q.order_settled, *q.orders_lost,
        *q.billed, *none["cloud"], *q.cloud_settled, *q.cloud_lost,
        *q.rent_paid, *q.fee_paid, *q.posted, *q.returned,
        *q.spot_paid,
        *q.chips_bought, *q.invested_by_vendors, *(q.built[b] for b in net.site_builder),
        *q.built_by_vehicles,
        *(q.other[m] for m in net.other_rows), *(q.costs_paid[m] for m in net.cost_firm),
        *(q.paid_out[m] for m in net.payout_firm),
        *q.vested, *no_warrant, *no_warrant, *q.beyond,
        *q.chips_worn, *(0.0 for _ in q.chips_worn),
        *q.sites_worn, *(0.0 for _ in q.sites_worn),
        *q.other_worn, *(0.0 for _ in q.other_worn),
        *q.finished, *q.opened, *q.given_up, *held,
    ]  # fmt: skip


def _build_on(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Sites move on and get power; chips and shells come into use; everything wears."""
    p, engine, plant, c = own.parameters, own.parameters.engine, s.plant, own.parameters.completion
    unfinished = s.books.stocks["unfinished"]
    shell_so_far = [sum(q.shell_part[:n]) for n in range(len(q.shell_part))]
    s.penalty, q.finished, q.given_up, ready, due = [], [], [], [], []
    for b, moving in enumerate(q.moving):
        moved = [gw * q.pace[b] for gw in moving]
        sites, keep = plant.pipeline[b], q.keep[b]
        lost = [gw * (1 - k) * q.site_cost for gw, k in zip(sites, keep, strict=True)]
        arriving = [q.starts[b], *moved[:-1]]
        plant.pipeline[b] = [gw * k - out + new for gw, k, out, new in zip(sites, keep, moved, arriving, strict=True)]
        spent = sum(x * part for x, part in zip(lost, q.spent_part, strict=True))
        back = c.recovery * spent
        s.penalty.append(c.let_share * c.leaving_cost * sum(lost))
        done = moved[-1] * (1 - c.chip_share) * q.site_cost
        rest = sum(x * part for x, part in zip(plant.pipeline[b], shell_so_far, strict=True)) * q.site_cost
        all_of_it = done + spent + rest
        share = (unfinished[net.builder_rows[b]] + q.built[b]) / all_of_it if all_of_it > 0 else 0.0
        q.finished.append(whole((done + back) * share))
        q.given_up.append(whole((spent - back) * share))
        ready.append(moved[-1])
        due.append((1 - p.power.late_share) * moved[-1] + q.comes * plant.waiting[b])
    q.opened = [
        whole(unfinished[row] + built) if q.quarter >= opens else 0.0
        for row, built, opens in zip(net.vehicle_rows, q.built_by_vehicles, net.vehicle_opens, strict=True)
    ]
    asked = sum(due)
    lit = q.room / asked if asked > q.room else 1.0
    for b, wants in enumerate(due):
        online = wants * lit
        plant.waiting[b] += ready[b] - online
        refitted = q.refit[b] * q.pace[b]
        fleet, length = plant.fleet[b], len(plant.fleet[b])
        for slot, gw in enumerate(fleet):
            if gw:
                served = (q.quarter - slot - 1) % length + 1
                fleet[slot] = gw * min(max(q.life[b] * 4 - served, 0.0), 1.0)
                plant.empty[b] += gw - fleet[slot]
        plant.empty[b] -= refitted
        fleet[q.quarter % length] = online + refitted
        plant.capacity[b] = sum(fleet)
    plant.starts = [q.starts, *plant.starts[:-1]]

    bought = [0.0] * net.builders
    for b, amount in zip(net.chip_builder, q.chips_bought, strict=True):
        bought[b] += whole(amount)
    for b, amount in zip(net.order_chips, q.delivered, strict=True):
        if b >= 0:
            bought[b] += amount
    q.beyond, together = [0.0] * len(q.vested), [0.0] * net.builders
    for b, amount in zip(net.warrant_chips, q.vested, strict=True):
        if b >= 0:
            together[b] += amount
    came = list(bought)
    for w, (b, amount) in enumerate(zip(net.warrant_chips, q.vested, strict=True)):
        if b >= 0 and amount:
            q.beyond[w] = max(amount - whole(came[b] * (amount / together[b])), 0.0)
            bought[b] -= amount - q.beyond[w]
    honest = q.calendar.honest > 0
    reported = [life if honest else engine.reported_chip_life_years for life in q.life]
    site_life, other_life = [engine.site_life_years] * net.builders, [engine.other_life_years] * len(net.other_rows)
    carried = site_life + [reported[b] if b >= 0 else engine.site_life_years for b in net.vehicle_clock]
    lasts = site_life + [q.life[b] if b >= 0 else engine.site_life_years for b in net.vehicle_clock]
    other = [q.other[m] for m in net.other_rows]
    chips, sites, rest = net.lives
    q.chips_worn, of_chips = _wear(plant.chips, q.quarter, bought, reported, q.life, chips)
    q.sites_worn, of_sites = _wear(plant.sites, q.quarter, [*q.finished, *q.opened], carried, lasts, sites)
    q.other_worn, of_other = _wear(plant.other, q.quarter, other, other_life, other_life, rest)
    q.charges = [a + b for a, b in zip(of_chips, of_sites[: net.builders], strict=True)]
    q.economic_charge = [0.0] * net.members
    for row, charge in zip(net.builder_rows, q.charges, strict=True):
        q.economic_charge[row] += charge
    for rows, charges in ((net.other_rows, of_other), (net.vehicle_rows, of_sites[net.builders :])):
        for row, charge in zip(rows, charges, strict=True):
            q.economic_charge[row] += charge


def _wear(
    plant: Record, quarter: int, added: list[float], reported: list[float], economic: list[float], longest: int
) -> tuple[list[float], list[float]]:
    charges: list[list[float]] = []
    for book, lives in ((plant.reported, reported), (plant.economic, economic)):
        charged = []
        for n, (vintages, new, years) in enumerate(zip(book, added, lives, strict=True)):
            if new := whole(new):
                vintages.append([quarter, new])
            ends, total = min(years * 4, longest) - quarter, 0.0
            for vintage in vintages:
                left = ends + vintage[0]
                charge = round(vintage[1] / (left if left > 1 else 1.0) * PER_UNIT) * QUANTUM
                vintage[1] -= charge
                total += charge
            book[n] = [vintage for vintage in vintages if vintage[1]]
            charged.append(total)
        charges.append(charged)
    return charges[0], charges[1]


def post(net: Lists, books: Books, amounts: list[float]) -> None:
    """Write the books: each flow that moved, into the accounts that it touches."""
    balances = books.balances
    reach = max(map(abs, balances))
    for amount, legs in zip(amounts, net.sums.legs, strict=True):
        if amount:
            quanta = round(amount * PER_UNIT) * QUANTUM
            reach += abs(quanta)
            for account, sign in legs:
                balances[account] += quanta if sign > 0 else -quanta
    books.exact = books.exact and reach <= LARGEST_EXACT


def recolor(net: Lists, books: Books, amounts: list[float]) -> dict[int, list[int]]:
    """Move the colors of cash by rounds; returns whose money paid each member's revenue, in quanta."""
    pots, own, unknown, sums, earned = books.pots, net.own_color, net.unknown, net.sums, {}
    leaving = [0] * len(pots)
    for flow, payer, payee, paint, pays_revenue in sums.from_sectors:
        if amount := round(amounts[flow] * PER_UNIT):
            color = own[payer]
            pots[payer][color] -= amount
            if amount > 0:
                pots[payee][paint if paint >= 0 else color] += amount
            else:
                leaving[payee] -= amount
            if pays_revenue:
                earned.setdefault(payee, [0] * net.colors)[color] += amount
    for flow, payer, payee in sums.to_sectors:
        if amount := round(amounts[flow] * PER_UNIT):
            color = own[payee]
            pots[payee][color] += amount
            if amount > 0:
                leaving[payer] += amount
            else:
                pots[payer][color] -= amount
    for flow, payer, payee in sums.among_sectors:
        if amount := round(amounts[flow] * PER_UNIT):
            pots[payer][own[payer]] -= amount
            pots[payee][own[payee]] += amount
    for flow, payer, payee, paint, pays_revenue in sums.among_members:
        amount = round(amounts[flow] * PER_UNIT)
        if not amount:
            continue
        back, moved = amount < 0, abs(amount)
        source, target = (pots[payee], pots[payer]) if back else (pots[payer], pots[payee])
        covered = min(moved, sum(x for x in source if x > 0))
        taken = split(source, covered)
        if moved > covered:
            taken.append((unknown, moved - covered))
        for color, part in taken:
            source[color] -= part
        if paint >= 0 and not back:
            target[paint] += moved
        else:
            for color, part in taken:
                target[color] += part
        if pays_revenue:
            row = earned.setdefault(payee, [0] * net.colors)
            for color, part in taken:
                row[color] += -part if back else part
    for entity, amount in enumerate(leaving):
        if own[entity] < 0:
            _leave(pots[entity], amount, unknown)
    for entity, row in earned.items():
        books.revenue[entity] = [a + b for a, b in zip(books.revenue[entity], row, strict=True)]
    return earned


def _leave(pot: list[int], amount: int, unknown: int) -> None:
    """What a member pays to sectors, and the hole that is filled with it; what no money is left for is a new hole."""
    wanted = amount + max(-pot[unknown], 0)
    if not wanted:
        return
    pot[unknown] = max(pot[unknown], 0)
    covered = min(wanted, sum(pot))
    for color, part in split(pot, covered):
        pot[color] -= part
    pot[unknown] += covered - wanted


def split(pot: list[int], amount: int) -> list[tuple[int, int]]:
    """`amount` out of a pot, pro rata, in whole quanta; what is missing comes from the first that have some left.

    Shares are those of floats, a little too small: what is missing makes that good.
    """
    if not amount:
        return []
    share = amount / sum(x for x in pot if x > 0) * UNDER_ONE
    parts = [(color, int(x * share)) for color, x in enumerate(pot) if x > 0]
    missing, taken = amount - sum(part for _, part in parts), []
    for color, part in parts:
        more = min(missing, pot[color] - part) if missing else 0
        missing -= more
        taken.append((color, part + more))
    return taken


def _borrowed(q: Record) -> list[float]:
    return [need - no - shares for need, no, shares in zip(q.need, q.refused, q.new_shares, strict=True)]


def _outcome(p: Record, s: Record, q: Record, surplus: float, cost: float) -> None:
    s.carried = s.carried + 1 if cost > 0 and surplus >= cost else 0
    asked = sum(q.need)
    if asked > 0:
        share = 1 - sum(_borrowed(q)) / asked
        s.refused = s.refused + 1 if share >= p.refused_share else 0
    if s.payoff_quarter < 0 and s.carried >= p.self_financing_quarters:
        s.payoff_quarter = q.quarter
    if s.credit_quarter < 0 and s.refused >= p.closed_quarters:
        s.credit_quarter = q.quarter


def observe(net: Lists, own: Record, s: Record, q: Record, read: Any, earned: dict[int, list[int]]) -> Record:
    """What the quarter is remembered by: measures by firm, who paid, measures of the whole."""
    stocks, contracts, plant, none = s.books.stocks, s.contracts, s.plant, [0.0] * net.members
    economic, reported = plant_values(net, plant, "economic"), plant_values(net, plant, "reported")
    fixed = stocks["fixed_assets"]
    narrative = [a + b for a, b in zip(s.equity.lasting, s.equity.fresh, strict=True)]
    leases, given, soon, sold = list(none), list(none), list(none), list(none)
    for (loan, _), face in zip(net.sales, q.sold, strict=True):
        sold[net.loan_borrower[loan]] += face
    trapped, capacity, pipeline = list(none), list(none), list(none)
    backlog, letters = promised(net, own, s, q)
    for n, tenant in enumerate(net.lease_tenant):
        if tenant >= 0:
            leases[tenant] += contracts.leases.rent_share[n] * net.lease_to_come[n][q.quarter]
    for n, guarantor in enumerate(net.guarantor):
        if guarantor >= 0 and not s.default.defaulted[guarantor]:
            given[guarantor] += exposure(net, contracts.guarantees, n, q.quarter + 1) * own.guarantee_binds[n]
    ends = min(q.quarter + 5, len(contracts.loans.ladder[0]) - 1)
    for borrower, owed, ladder in zip(net.loan_borrower, contracts.loans.owed, contracts.loans.ladder, strict=True):
        if owed:
            soon[borrower] += sum(ladder[q.quarter + 1 : ends])
    for b, row in enumerate(net.builder_rows):
        trapped[row], capacity[row] = q.trapped[b] * q.pace[b], plant.capacity[b]
        pipeline[row] = sum(plant.pipeline[b]) + plant.waiting[b]
    members = {
        "cash": stocks["cash"], "debt": stocks["debt"], "receivables": stocks["receivables"], "fixed_assets": fixed,
        "fixed_assets_economic": [f - r + e for f, r, e in zip(fixed, reported, economic, strict=True)],
        "stakes": stocks["stakes"], "net_worth": stocks["net_worth"], "equity_value": s.equity.cap,
        "narrative": narrative, "spread": s.spread, "rating": s.rating,
        "deposits": stocks["deposits"], "revenue": s.revenue, "outside_revenue": read["outside_revenue"],
        "profit_reported": read["profit"],
        "profit_economic": [
            a + b - c for a, b, c in zip(read["profit"], read["depreciation"], q.economic_charge, strict=True)
        ],
        "operating_cash": read["operating_cash"], "interest": read["interest"], "capex": read["capex"],
        "trapped_capex": trapped, "payout": read["payout"], "needed": q.need, "raised": read["raised"],
        "refused": q.refused, "unpaid": q.unpaid, "written_off": read["written_off"], "capacity": capacity,
        "pipeline": pipeline, "backlog": backlog, "letters": letters, "leases_not_commenced": leases,
        "guarantees_given": given, "bonds_sold": sold,
        "shares_sold": q.shares_sold, "maturing_in_year": soon, "defaulted": list(s.default.defaulted),
    }  # fmt: skip
    who = _who_paid(net, earned)
    return Record(members=members, who_paid=who, system=_system(net, own, s, q, members, who), amounts=q.amounts)


def _who_paid(net: Lists, earned: dict[int, list[int]]) -> list[list[float]]:
    own, others, who = SPONSORS.index("own"), SPONSORS.index("members"), []
    for entity, mine in zip(net.member_entities, net.own_funding, strict=True):
        groups = [0.0] * len(SPONSORS)
        for color, quanta in enumerate(earned.get(entity, ())):
            groups[net.sponsor[color]] += quanta * QUANTUM
        if mine >= 0 and entity in earned:
            groups[own] = earned[entity][mine] * QUANTUM
            groups[others] -= groups[own]
        who.append(groups)
    return who


def _system(net: Lists, own: Record, s: Record, q: Record, members: Any, who: list[list[float]]) -> dict[str, float]:
    sums, balances = net.sums, s.books.balances
    entities, claims = [0.0] * sums.entities, [0.0] * (sums.claims + 1)
    for balance, entity, claim in zip(balances, sums.entity, sums.claim, strict=True):
        if balance:
            entities[entity] += balance
            claims[claim] += balance
    claims.pop()
    gap = max(abs(balances[account] - sum(s.books.pots[e]) * QUANTUM) for e, account in sums.cash_accounts)
    over = sum(members["fixed_assets"]) - sum(members["fixed_assets_economic"])
    premium = sum(
        cap * (1 - exp(-story)) for cap, story in zip(members["equity_value"], members["narrative"], strict=True)
    )
    return {
        "outside_spend": q.ai_spend, "outside_growth": s.demand.growth,
        "token_price": s.demand.token_price, "rent": s.rent, "market_spread": s.market.level,
        "capex": sum(members["capex"]), "debt": sum(members["debt"]), "asked": sum(q.need),
        "granted": sum(need - no for need, no in zip(q.need, q.refused, strict=True)), "lent": sum(_borrowed(q)),
        "paper_wealth": sum(balances[n] for n in sums.valuations),
        "bezzle": over + sum(s.books.stocks["valuations"]) + sum(q.unpaid),
        "narrative_premium": premium, "round_trip": sum(row[SPONSORS.index("own")] for row in who),
        "wage_bill": 4 * q.ai_spend / own.parameters.demand.price_share,
        "margin_debt": q.margin_debt, "called": q.asked_of_funds, "unsold": q.unsold_shares,
        "missing_income": q.missing,
        "power_waiting": sum(s.plant.waiting), "payoff_arrived": float(s.demand.payoff_arrived),
        "credit_closed": float(s.outcome.credit_quarter >= 0),
        "residual": max(max(map(abs, entities)), max(map(abs, claims))), "color_gap": gap,
        "clearing_gap": q.clearing_gap,
    }  # fmt: skip
