"""The order of play in plain Python: one path at a time, floats, lists and dicts, loops over what is not zero."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, expm1, floor, inf, isnan, log, log1p, sqrt
from types import SimpleNamespace as Record

import numpy as np

from benchmarks.economy.network import Network
from benchmarks.economy.opening import Plain, of_path
from benchmarks.economy.pure_python_books import Books, Sums, close_the_books
from benchmarks.economy.pure_python_calls import meet_calls, missing_income
from benchmarks.economy.pure_python_contracts import (
    clear_payments,
    fall_due,
    raise_funds,
    resolve_defaults,
    sell_under_mandate,
    spend,
)
from benchmarks.economy.pure_python_numbers import exposure, plant_values
from ouroloop.behavior.lending import LENDER_CLASSES

STAGES, CHIP_STAGES = 6, 2
AHEAD = 6
RUNGS = (("bond_market", "bank"), ("private_credit", "insurer", "sovereign_fund"), ("outside_equity",))
TINY_GW = 1e-9

Draws = Callable[[int], list[float]]


def play(net: Lists, own: Record, state: Record, draws: Draws, quarters: int) -> list[Record]:
    """One path, quarter by quarter; what each is remembered by."""
    return [step(net, own, state, quarter, draws(quarter)) for quarter in range(quarters)]


class Lists:
    """The network as lists: what a loop in Python reads fastest."""

    def __init__(self, net: Network) -> None:
        for name, value in vars(net).items():
            setattr(self, name, value.tolist() if isinstance(value, np.ndarray) else value)
        world = net.world
        for name in (
            "builder_rows", "vendor_rows", "other_rows", "loan_borrower", "loan_lender", "may_ask", "cloud_customer",
            "cloud_provider", "cloud_builder", "order_buyer", "order_seller", "round_investor", "round_issuer",
            "ai_seller", "seller_of_builder", "chip_builder", "money_vendor", "money_vendor_row", "money_customer",
            "spot_buyer", "spot_builder", "lease_tenant", "promised_loan", "backstopped", "warrant_issuer",
            "guarantor", "core_firm", "share_issuer", "site_builder", "cost_firm", "payout_firm", "revalued_issuer",
            "vehicle_rows", "vehicle_tenant", "vehicle_opens", "vehicle_clock", "site_rows", "lives_on_rent",
            "lease_landlord", "deposit_payer", "bond", "swap_reference", "draw_loan", "draw_first", "draw_parts",
            "draw_schedule", "advance_loan", "advance_lender", "advance_borrower", "advance_schedule",
            "loan_rank", "in_ai", "sale_fund", "sale_issuer", "margin_fund", "redemption_fund", "levered",
            "claim_debtor", "claim_creditor", "member_entities",
        ):  # fmt: skip
            setattr(self, name, getattr(world, name).tolist())
        self.bought_with_advances = [
            getattr(world, f"{kind}_by_advance").matrix.tolist() for kind in ("chips", "cloud", "orders", "leases")
        ]
        self.ordered, self.bought = world.orders_by_warrant.matrix.tolist(), world.chips_by_warrant.matrix.tolist()
        self.traded = [rows.tolist() for rows in net.traded]
        self.passive, self.listed = world.passive, world.listed
        self.cloud_letters, self.order_letters = world.cloud_letters, world.order_letters
        self.lives = world.chips.length, world.sites.length, world.other.length
        self.held = [[n for n, there in enumerate(row) if there] for row in self.held_sums]
        self.loans_of = [[n for n, b in enumerate(self.loan_borrower) if b == m] for m in range(self.members)]
        self.rungs = [[LENDER_CLASSES.index(name) for name in rung] for rung in RUNGS]
        self.secured_classes = [n for n, secured in enumerate(self.secured_class) if secured]
        self.spot_buyers = sorted(set(self.spot_buyer))
        self.first_principal = world.claim_starts["principal"]
        self.sales = list(zip(world.sales.sold.tolist(), world.sales.bought.tolist(), strict=True))
        self.sizes, self.sums = net.sizes, Sums(net)


def path_inputs(inputs: Plain, path: int, paths: int, quarters: int) -> Record:
    """What one path is given: parameters, traits, and the calendar quarter by quarter."""
    own = of_path(Plain(**{k: v for k, v in vars(inputs).items() if k != "calendar"}), path, paths)
    calendar = of_path(inputs.calendar, path, paths)
    own.calendar = [Record() for _ in range(quarters)]
    for name, rows in vars(calendar).items():
        for quarter, today in enumerate(own.calendar):
            by_row = rows and isinstance(rows[0], list)
            setattr(today, name, [row[quarter] for row in rows] if by_row else rows[quarter] if rows else [])
    return own


def path_state(net: Network, opening: Plain, path: int, paths: int) -> Record:
    """The state of one path: lists that `step` writes over. Vintages as (quarter, value), oldest first."""
    state = of_path(opening, path, paths)
    state.plant.chips, state.plant.sites, state.plant.other = (
        Record(reported=_vintages(ring.reported), economic=_vintages(ring.economic))
        for ring in (state.plant.chips, state.plant.sites, state.plant.other)
    )
    state.books = Books(net, state.books.balances, state.colors.cash)
    equity = state.equity
    equity.cap = [f * exp(a + b) for f, a, b in zip(equity.fundamental, equity.lasting, equity.fresh, strict=True)]
    return state


def _vintages(ring: list[list[float]]) -> list[list[list[float]]]:
    return [[[slot - len(row), value] for slot, value in enumerate(row) if value] for row in ring]


def step(net: Lists, own: Record, s: Record, quarter: int, draws: list[float]) -> Record:
    """One quarter: `s` becomes the state at its end. Returns what is remembered of it."""
    q = Record(quarter=quarter, years=(quarter + 1) / 4, calendar=own.calendar[quarter], draws=draws)
    form_prices(net, own, s, q)
    decide(net, own, s, q)
    fall_due(net, own, s, q)
    raise_funds(net, own, s, q)
    clear_payments(net, s, q)
    spend(net, own, s, q)
    resolve_defaults(net, own, s, q)
    sell_under_mandate(net, own, s, q)
    meet_calls(net, own, s, q)
    return close_the_books(net, own, s, q)


def form_prices(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Rent, shares, the market's spread and each firm's."""
    p, t, today = own.parameters, own.traits, q.calendar
    wanted = sum(s.wanted) + s.spot_wanted * 4 / p.engine.rent_per_gw_year
    capacity = sum(s.plant.capacity)
    larger = max(wanted, capacity)
    scarcity = (wanted - capacity) / larger if larger > 0 else 0.0
    drift = (p.rent.scarcity_elasticity * scarcity - log1p(p.rent.compute_per_dollar_gain)) / 4
    gain = (1 + p.rent.compute_per_dollar_gain) ** q.years
    ceiling = p.engine.rent_per_gw_year / (p.engine.compute_share_of_ai_revenue * s.efficiency) / gain
    q.rent = max(min(s.rent * exp(drift + p.rent.volatility / 2 * q.draws[1]), ceiling), p.rent.running_cost)
    q.new_rent = q.rent * gain

    e, before = p.equity, s.equity
    keep, deviation = exp(-e.reversion / 4), e.volatility / 2
    together, left = min(max(e.correlation, 0.0), 1.0), min(max(e.share_left, 0.0), 1.0)
    common, bias = sqrt(together) * q.draws[3], deviation**2 / (2 * (1 + keep))
    alone, signal = sqrt(1 - together), log1p(e.issue_signal)
    own_draws = q.draws[5 + len(t.ai_share) :]
    q.equity = after = Record(fundamental=[], lasting=[], fresh=[], trend=[], cap=[])
    q.worth, q.share_return = [], []
    stocks, net_debt = s.books.stocks, []
    plant, fetches = plant_values(net, s.plant, "economic"), min(q.new_rent / p.engine.rent_per_gw_year, 1.0)
    was = became = 0.0
    for m in range(net.members):
        cap, multiple, least = before.cap[m], t.enterprise_multiple[m], 0.02 * t.equity_value[m] + 1e-3
        growth = s.trailing.growth[m]
        net_debt.append(stocks["debt"][m] - stocks["cash"][m])
        value = t.equity_value[m]
        if multiple > 0:
            promise = max(1 + e.half_fade * growth, 0.1) / (1 + e.half_fade * t.growth[m])
            value = multiple * s.trailing.revenue[m] * exp(0.75 * growth) * promise
            value = max(value, plant[m] * fetches) - net_debt[m]
        reprice = (log(today.equity_factor[m]) if today.equity_factor[m] != 1 else 0.0) + s.calls.rebound[m]
        if s.new_shares[m]:
            at_market = s.new_shares[m] / (1 - e.issue_discount)
            whole_firm = cap + at_market
            dilution = at_market / whole_firm if whole_firm > 0 else 0.0
            reprice += signal * min(dilution / e.issue_usual, 1.0)
        lasting = keep * before.lasting[m] + left * before.fresh[m] + e.momentum * before.trend[m]
        lasting += deviation * (common + alone * own_draws[m]) - bias + reprice
        fresh = 0.0
        if s.announced[m]:
            base = max(cap, before.fundamental[m])
            ratio = s.announced[m] / base if base > 0 else 0.0
            fresh = e.announcement * log1p(abs(ratio)) * (1 if ratio > 0 else -1)
        fundamental = max(value, least)
        now = fundamental * exp(lasting + fresh)
        after.fundamental.append(fundamental)
        after.lasting.append(lasting)
        after.fresh.append(fresh)
        after.trend.append(lasting - before.lasting[m])
        after.cap.append(now)
        paid_in = cap + s.paid_in[m]
        gain = now / paid_in - 1 if paid_in > 0 else 0.0
        q.share_return.append(gain)
        q.worth.append(now if value > least else value)
        if net.listed[m]:
            was += cap
            became += cap * (1 + gain)
    q.market = _market_spread(p.spread, s.market, q.draws[2], q.draws[4], became / was - 1)
    _spreads(net, own, t, s, q, net_debt)


def _market_spread(p: Record, s: Record, shock: float, chance: float, fared: float) -> Record:
    home = log(p.calm_level)
    calm = home + exp(-p.calm_reversion / 4) * (s.calm - home) + p.calm_volatility / 2 * shock
    episode = s.episode * 2 ** (-365.25 / 4 / p.days_to_half)
    if 0.5 * (1 + erf(chance / sqrt(2))) < -expm1(-p.episodes_per_year / 4):
        episode = max(episode, log(p.episode_multiple))
    level = max(exp(calm + episode) - p.widening_per_fall * p.loop_in_market * fared, p.floor)
    return Record(calm=log(level) - episode, episode=episode, level=level)


def _review(net: Lists, own: Record, s: Record, q: Record) -> None:
    """What agencies think, who is investment grade, and how much wider spreads are because holders sell."""
    p, t, loans = own.parameters.agency, own.traits, s.contracts.loans
    debt, soon, given = s.books.stocks["debt"], [0.0] * net.members, [0.0] * net.members
    ends = min(q.quarter + 4, len(loans.ladder[0]) - 1)
    for borrower, ladder in zip(net.loan_borrower, loans.ladder, strict=True):
        soon[borrower] += sum(ladder[q.quarter : ends])
    for n, guarantor in enumerate(net.guarantor):
        if guarantor >= 0 and not s.default.defaulted[guarantor]:
            given[guarantor] += exposure(net, s.contracts.guarantees, n, q.quarter) * own.guarantee_binds[n]
    q.rating, q.forced, q.graded, q.fell = [], [], [], []
    for m in range(net.members):
        point = soon[m] + 0.5 * (debt[m] - soon[m]) + p.called * given[m]
        distance = log((q.equity.cap[m] + debt[m]) / point) if point > 1e-6 else 50.0
        letter = 6 if s.default.barred[m] > 0 else sum(distance < bound for bound in t.letter_bounds[m])
        best = 0.0 if t.investment_grade[m] > 0 else 4.0
        rating = max(s.rating[m] + p.patience * (letter - s.rating[m]), best)
        q.rating.append(min(rating + q.calendar.letters_down[m], max(rating, 6.0)))
    for row, tenant in zip(net.vehicle_rows, net.vehicle_tenant, strict=True):
        q.rating[row] = q.rating[tenant]
    for m, rating in enumerate(q.rating):
        was, graded = floor(s.rating[m] + 0.5) <= 3, floor(rating + 0.5) <= 3
        q.graded.append(graded)
        q.fell.append(was and not graded)
        q.forced.append(p.forced_left * s.forced[m] + (p.forced_widening if q.fell[m] else 0.0))


def _spreads(net: Lists, own: Record, t: Record, s: Record, q: Record, net_debt: list[float]) -> None:
    p = own.parameters.spread
    middle = sqrt(p.coverage_investment_grade * p.coverage_high_yield)
    usual_unrated, usual_rated = (middle / (middle + c) for c in (p.coverage_high_yield, p.coverage_investment_grade))
    q.spread = []
    _review(net, own, s, q)
    for m in range(net.members):
        owed = max(net_debt[m], 0.0)
        whole_firm = owed + max(q.equity.cap[m], 0.0)
        leverage = owed / whole_firm if whole_firm > 0 else 1.0
        interest = s.trailing.interest[m]
        covers = max(s.trailing.operating_cash[m] / interest, 0.0) if interest > 0 else inf
        strain = middle / (middle + covers)
        above = p.leverage_slope * (leverage - p.leverage_high_yield) + p.strain_slope * (strain - usual_unrated)
        spread = q.market.level * exp(above)
        if q.graded[m]:
            above = p.leverage_slope * (leverage - p.leverage_investment_grade) + p.strain_slope * (
                strain - usual_rated
            )
            spread = min(spread, q.market.level * p.investment_grade_ratio * exp(above))
        q.spread.append(min(spread, p.ceiling) + q.forced[m])
    for row, tenant in zip(net.vehicle_rows, net.vehicle_tenant, strict=True):
        q.spread[row] = q.spread[tenant]
    q.spread = [spread + more for spread, more in zip(q.spread, q.calendar.spread_add, strict=True)]


def decide(net: Lists, own: Record, s: Record, q: Record) -> None:
    """What outside customers pay, what firms plan to build and to spend."""
    p, t, today, engine, plant = own.parameters, own.traits, q.calendar, own.parameters.engine, s.plant
    q.alive = [barred <= 0 for barred in s.default.barred]
    _demand(own, s, q)
    top = max(q.demand.utility)
    weights = [exp(u - top) for u in q.demand.utility]
    income, q.missing = p.outside_income, missing_income(net, own, s)
    q.poorer = exp(-income.elasticity * q.missing / (income.product * exp(income.growth * q.years)))
    q.ai_spend = q.demand.spend_usd_bn * q.poorer
    scale = q.ai_spend / sum(weights)
    by_seller = [w * scale for w in weights]
    q.ai = [by_seller[x] * share * f for x, share, f in zip(net.ai_seller, t.kind_share, today.ai_factor, strict=True)]
    q.ai_of = [0.0] * net.members
    for firm, amount in zip(net.ai_firm, q.ai, strict=True):
        q.ai_of[firm] += amount
    q.begun = min(q.years / p.completion.build_years, 1.0)
    fixed = engine.fixed_cost_share
    q.costs = [
        share * (fixed * pace + (1 - fixed) * now)
        for share, pace, now in zip(t.cost_share, s.trailing.revenue, s.revenue, strict=True)
    ]
    for b, penalty in zip(net.builder_rows, s.penalty, strict=True):
        q.costs[b] += penalty
    q.efficiency = s.efficiency * today.efficiency_factor
    q.site_cost = engine.site_cost_per_gw * exp(engine.site_cost_growth * q.years)
    need = _needs(net, own, s, q, by_seller)
    q.life = [engine.chip_life_years if isnan(life) else life for life in today.chip_life_years]

    c = p.completion
    shell, chip = (1 - c.chip_share) / (STAGES - CHIP_STAGES), c.chip_share / CHIP_STAGES
    q.shell_part, q.chip_part = [shell] * 4 + [0.0] * 2, [0.0] * 4 + [chip] * 2
    q.spent_part = [sum(q.shell_part[:n]) + sum(q.chip_part[:n]) for n in range(STAGES)]
    leaving = c.let_share * c.leaving_cost
    least = [q.site_cost * (1 - spent - (leaving - c.recovery * spent)) for spent in q.spent_part]
    q.value = [_site_value(net, own, s, q, n) for n in range(net.builders)]
    q.keep = [[1.0 if value >= floor else 0.0 for floor in least] for value in q.value]
    q.refit = [
        min(empty, max(want - have, 0.0)) * keep[-CHIP_STAGES] if q.alive[row] else 0.0
        for empty, want, have, keep, row in zip(
            plant.empty, need, plant.capacity, q.keep, net.builder_rows, strict=True
        )
    ]
    starts = _starts(net, p.rivalry, s, q, need)
    q.starts = [
        start * (1 - engine.shrink_speed * (1 - s.funded[row])) * keep[0]
        for start, row, keep in zip(starts, net.builder_rows, q.keep, strict=True)
    ]
    grid = p.power.added_gw_per_year / 4 * exp(p.power.growth * (t.power_years + q.years))
    q.room = grid * today.power_factor
    q.comes = min(1 / (4 * p.power.late_years), 1.0)
    asked = sum(
        (1 - p.power.late_share) * sites[-1] + q.comes * waiting
        for sites, waiting in zip(plant.pipeline, plant.waiting, strict=True)
    )
    q.power = q.room / asked if asked > q.room else 1.0
    q.speed = min(STAGES / (4 * c.build_years), 1.0)
    q.moving, q.shells, q.chips, q.trapped = [], [], [], []
    for sites, keep, value, refit in zip(plant.pipeline, q.keep, q.value, q.refit, strict=True):
        moving = [gw * k * q.speed for gw, k in zip(sites, keep, strict=True)]
        moving[-2] *= q.power
        moving[-1] *= q.power
        shells, chips = sum(moving[:4]) * shell * q.site_cost, sum(moving[4:]) * chip * q.site_cost
        q.moving.append(moving)
        q.shells.append(shells)
        q.chips.append(chips + refit * c.chip_share * q.site_cost)
        q.trapped.append(shells + chips if value < q.site_cost else 0.0)
    grown = exp(engine.core_growth * q.years)
    raced = s.chips_bought / (t.chips_pace if t.chips_pace > 0 else 1.0)
    q.core = [
        core * ((1 - follows) * grown * exp(surprise * min(q.years, 1.0)) + follows * raced) * q.poorer
        + unnamed * q.begun
        for core, surprise, follows, unnamed in zip(t.core, t.core_surprise, t.follows_chips, t.unnamed, strict=True)
    ]
    q.other_capex = [x * grown if here else 0.0 for x, here in zip(t.other_capex, q.alive, strict=True)]
    q.payout = [
        share * max(cash - interest, 0.0) * funded if here and share else 0.0
        for share, cash, interest, funded, here in zip(
            t.payout_share, s.trailing.operating_cash, s.trailing.interest, s.funded, q.alive, strict=True
        )
    ]
    recycled = [
        min(max(p.vendor.recycled_share * scale, 0.0), 1.0) * max(s.free_cash[row], 0.0)
        for row, scale in zip(net.vendor_rows, today.vendor_scale, strict=True)
    ]
    q.vendor_money = [
        weight * recycled[vendor] if q.alive[customer] and q.alive[row] else 0.0
        for weight, vendor, row, customer in zip(
            t.vendor_weight, net.money_vendor, net.money_vendor_row, net.money_customer, strict=True
        )
    ]


def _demand(own: Record, s: Record, q: Record) -> None:
    p, before, now = own.parameters.demand, s.demand, q.quarter == own.payoff_quarter
    arrived = before.payoff_arrived or now
    wages = before.wages * exp(p.wage_growth / 4)
    usual = log(9.0) / p.takeoff_years if arrived else p.wage_growth
    growth = usual + (before.growth - usual) * p.growth_persistence**0.25 + p.growth_volatility / 2 * q.draws[0]
    if arrived and not before.payoff_arrived:
        growth = max(growth, usual)
    swing = 4 * sqrt(1.5) * p.share_swing
    utility = [u + swing * z for u, z in zip(before.utility, q.draws[5 : 5 + len(before.utility)], strict=True)]
    tasks = p.possible_tasks if arrived else p.reliable_tasks
    ceiling = p.wages_usd_bn_per_year * p.wages_in_reach * wages * tasks * p.price_share / 4
    filled = before.spend_usd_bn / ceiling
    up = exp(max(growth, 0.0) / 4)
    rise = up / (1 + (up - 1) * min(filled, 1.0))
    kept = p.consumer_share * (1 - p.consumer_loss) ** 12 + (1 - p.consumer_share) * (1 - p.business_loss)
    fall = exp(max(min(growth, 0.0) / 4 - log(max(filled, 1.0)), log(kept) / 4))
    q.demand = Record(
        spend_usd_bn=before.spend_usd_bn * rise * fall * q.calendar.demand_factor,
        growth=growth,
        utility=utility,
        token_price=before.token_price * max(1 + p.token_price_change, 0.0) ** 0.25,
        payoff_arrived=arrived,
        wages=wages,
    )


def _needs(net: Lists, own: Record, s: Record, q: Record, by_seller: list[float]) -> list[float]:
    """GW that each builder will need; those wanted now go to `q.wanted`."""
    engine, capacity = own.parameters.engine, s.plant.capacity
    last = net.quarters - 1
    reach = [min(q.quarter + k, last) for k in range(AHEAD - 1, AHEAD + 3)]
    rented, wanted = [0.0] * net.builders, [0.0] * net.builders
    bought, buys = [0.0] * net.builders, [0.0] * net.builders
    binding = zip(own.cloud_share, q.calendar.cloud_binds, s.contracts.cloud.ended, strict=True)
    for c, (share, binds, ended) in enumerate(binding):
        if ended or not share * binds:
            continue
        by_now, builder, buyer = net.cloud_by_now[c], net.cloud_builder[c], net.cloud_buyer[c]
        ahead = sum(by_now[k + 1] - by_now[k] for k in reach) / 4 * share * binds
        now = (by_now[q.quarter + 1] - by_now[q.quarter]) * share * binds
        if builder >= 0:
            rented[builder] += ahead
            wanted[builder] += now
        if buyer >= 0:
            bought[buyer] += ahead
            buys[buyer] += now
    growing = exp(min(max(s.demand.growth, -1.0), 1.0) / 2 * AHEAD / 4)
    per_gw, whole_fleet = engine.rent_per_gw_year / 4, max(sum(capacity), 1e-9)
    fading = -log(own.parameters.demand.growth_persistence)
    grown = exp(engine.own_use_growth * -expm1(-fading * (q.quarter + 1) / 4) / fading)
    need, q.wanted = [], []
    for b, seller in enumerate(net.seller_of_builder):
        sales = by_seller[seller] * engine.compute_share_of_ai_revenue * q.efficiency if seller >= 0 else 0.0
        idle = s.spot_wanted * capacity[b] / whole_fleet
        unnamed, uses = own.traits.unnamed[net.builder_rows[b]], own.traits.own_use[b]
        plans = own.traits.own_plan[b] * grown
        need.append(max(rented[b] + unnamed + sales * growing + idle - bought[b], 0.0) / per_gw + plans)
        q.wanted.append(max(wanted[b] + unnamed * q.begun + sales - buys[b], 0.0) / per_gw + uses * grown)
    return need


def _starts(net: Lists, p: Record, s: Record, q: Record, need: list[float]) -> list[float]:
    plant, planned = s.plant, []
    active = [q.alive[row] for row in net.builder_rows]
    now_all = sum(x for x, here in zip(plant.starts[0], active, strict=True) if here)
    ago_all = sum(x for x, here in zip(plant.starts[-1], active, strict=True) if here)
    for b in range(net.builders):
        if not active[b] or need[b] <= 0:
            planned.append(0.0)
            continue
        have = plant.capacity[b] + q.refit[b] + sum(plant.pipeline[b]) + plant.waiting[b]
        gap = log(max(need[b], TINY_GW) / max(have, TINY_GW))
        rivals = log((now_all - plant.starts[0][b] + TINY_GW) / (ago_all - plant.starts[-1][b] + TINY_GW))
        rivals = min(max(rivals, p.fastest_fall), p.fastest_growth)
        change = (p.adjustment * gap + p.fear_elasticity * rivals) / 4
        change = min(max(change, p.fastest_fall / 4), p.fastest_growth / 4)
        planned.append(max(plant.starts[0][b], p.entry_share * max(need[b] - have, 0.0)) * exp(change))
    return planned


def _site_value(net: Lists, own: Record, s: Record, q: Record, builder: int) -> float:
    p, capacity, wanted = own.parameters, s.plant.capacity[builder], q.wanted[builder]
    let = p.completion.let_share * (wanted / capacity if capacity > wanted else 1.0)
    fading = -log1p(-(1 - 1 / (1 + p.rent.compute_per_dollar_gain)))
    fixed = _site_worth(net, own, q, builder, p.engine.rent_per_gw_year, 0.0)
    return let * fixed + (1 - let) * _site_worth(net, own, q, builder, q.new_rent, fading)


def _site_worth(net: Lists, own: Record, q: Record, builder: int, rent: float, decline: float) -> float:
    p, engine = own.parameters, own.parameters.engine
    rate = log1p(engine.base_rate + q.spread[net.builder_rows[builder]])
    shell, running = (1 - p.completion.chip_share) * q.site_cost, engine.running_cost_per_gw_year
    margin = log(max(rent, 1e-300) / max(running + rate * shell, 1e-300))
    longest = q.life[builder]
    life = min(max(margin / decline, 0.0), longest) if decline > 0 else (longest if margin > 0 else 0.0)
    earned = rent * _annuity(rate + decline, life) - running * _annuity(rate, life)
    return earned + shell * exp(-rate * life)


def _annuity(rate: float, years: float) -> float:
    return years if abs(rate) < 1e-12 else -expm1(-rate * years) / rate
