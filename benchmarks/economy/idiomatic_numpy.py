"""The order of play in NumPy: all paths at once, one call for each operation, arrays that end in `path`."""

from __future__ import annotations

from types import SimpleNamespace as Record

import numpy as np
from scipy.special import ndtr

from benchmarks.economy.idiomatic_numpy_books import close_the_books, open_books
from benchmarks.economy.idiomatic_numpy_contracts import (
    clear_payments,
    due_within,
    exposure,
    fall_due,
    plant_economic,
    raise_funds,
    resolve_defaults,
    sell_under_mandate,
    spend,
)
from benchmarks.economy.matrices import Matrices
from benchmarks.economy.network import Network
from benchmarks.economy.numpy_calls import meet_calls, missing_income
from benchmarks.economy.opening import Plain

STAGES, CHIP_STAGES = 6, 2
AHEAD = 6
TINY_GW = 1e-9
TINY_USD = 1e-300


def start(net: Network, inputs: Plain, opening: Plain, paths: int) -> Record:
    """The state before the first quarter, on all paths."""
    s = Record(**vars(opening))
    s.sums = Matrices(net)
    s.equity.cap = s.equity.fundamental * np.exp(s.equity.lasting + s.equity.fresh)
    open_books(net, s)
    return s


def step(net: Network, inputs: Plain, s: Record, quarter: int, draws: np.ndarray) -> Record:
    """One quarter on all paths: `s` becomes the state at its end. Returns what is remembered of it."""
    today = Plain(**{name: rows[..., quarter, :] for name, rows in vars(inputs.calendar).items()})
    q = Record(quarter=quarter, years=(quarter + 1) / 4, calendar=today, draws=draws)
    form_prices(net, inputs, s, q)
    decide(net, inputs, s, q)
    fall_due(net, inputs, s, q)
    raise_funds(net, inputs, s, q)
    clear_payments(net, s, q)
    spend(net, inputs, s, q)
    resolve_defaults(net, inputs, s, q)
    sell_under_mandate(net, inputs, s, q)
    meet_calls(net, inputs, s, q)
    return close_the_books(net, inputs, s, q)


def ratio(above: np.ndarray, below: np.ndarray, otherwise: float = 0.0) -> np.ndarray:
    """above / below where that is positive."""
    some = below > 0
    return np.where(some, above / np.where(some, below, 1.0), otherwise)


def form_prices(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Rent, shares, the market's spread and each firm's."""
    p, t, today = inputs.parameters, inputs.traits, q.calendar
    wanted = s.wanted.sum(axis=0) + s.spot_wanted * 4 / p.engine.rent_per_gw_year
    capacity = s.plant.capacity.sum(axis=0)
    scarcity = ratio(wanted - capacity, np.maximum(wanted, capacity))
    drift = (p.rent.scarcity_elasticity * scarcity - np.log1p(p.rent.compute_per_dollar_gain)) / 4
    gain = (1 + p.rent.compute_per_dollar_gain) ** q.years
    ceiling = p.engine.rent_per_gw_year / (p.engine.compute_share_of_ai_revenue * s.efficiency) / gain
    moved = np.minimum(s.rent * np.exp(drift + p.rent.volatility / 2 * q.draws[1]), ceiling)
    q.rent = np.maximum(moved, p.rent.running_cost)
    q.new_rent = q.rent * gain

    e, before = p.equity, s.equity
    net_debt = s.stocks["debt"] - s.stocks["cash"]
    promise = np.maximum(1 + e.half_fade * s.trailing.growth, 0.1) / (1 + e.half_fade * t.growth)
    level = s.trailing.revenue * np.exp(0.75 * s.trailing.growth)
    plant = plant_economic(net, s) * np.minimum(q.new_rent / p.engine.rent_per_gw_year, 1.0)
    value = np.maximum(t.enterprise_multiple * level * promise, plant) - net_debt
    value = np.where(t.enterprise_multiple > 0, value, t.equity_value)
    least = 0.02 * t.equity_value + 1e-3
    at_market = s.new_shares / (1 - e.issue_discount)
    dilution = ratio(at_market, before.cap + at_market)
    reprice = np.log(today.equity_factor) + np.log1p(e.issue_signal) * np.minimum(dilution / e.issue_usual, 1.0)
    reprice = reprice + s.calls.rebound
    keep, deviation = np.exp(-e.reversion / 4), e.volatility / 2
    together = np.clip(e.correlation, 0.0, 1.0)
    own = q.draws[5 + len(s.demand.utility) :]
    noise = np.sqrt(together) * q.draws[3] + np.sqrt(1 - together) * own
    noise = deviation * noise - deviation**2 / (2 * (1 + keep))
    lasting = keep * before.lasting + np.clip(e.share_left, 0.0, 1.0) * before.fresh + e.momentum * before.trend
    lasting = lasting + noise + reprice
    base = np.maximum(before.cap, before.fundamental)
    news = s.announced / np.where(base > 0, base, np.inf)
    fresh = e.announcement * np.sign(news) * np.log1p(np.abs(news))
    fundamental = np.maximum(value, least)
    cap = fundamental * np.exp(lasting + fresh)
    q.equity = Record(fundamental=fundamental, lasting=lasting, fresh=fresh, trend=lasting - before.lasting, cap=cap)
    q.worth = np.where(value > least, cap, value)
    q.share_return = ratio(cap, before.cap + s.paid_in, 1.0) - 1
    listed = np.array(net.world.listed)
    was = before.cap[listed]
    fared = (was * (1 + q.share_return[listed])).sum(axis=0) / was.sum(axis=0) - 1
    q.market = _market_spread(p.spread, s.market, q.draws[2], q.draws[4], fared)
    _review(net, inputs, s, q)
    _spreads(net, p.spread, s, q, net_debt)


def _market_spread(p: Plain, s: Record, shock: np.ndarray, chance: np.ndarray, fared: np.ndarray) -> Record:
    home = np.log(p.calm_level)
    calm = home + np.exp(-p.calm_reversion / 4) * (s.calm - home) + p.calm_volatility / 2 * shock
    breaks_out = ndtr(chance) < -np.expm1(-p.episodes_per_year / 4)
    episode = s.episode * np.exp2(-365.25 / 4 / p.days_to_half)
    episode = np.where(breaks_out, np.maximum(episode, np.log(p.episode_multiple)), episode)
    level = np.maximum(np.exp(calm + episode) - p.widening_per_fall * p.loop_in_market * fared, p.floor)
    return Record(calm=np.log(level) - episode, episode=episode, level=level)


def _review(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """What agencies think, who is investment grade, and how much wider spreads are because holders sell."""
    p, t, sums, debt = inputs.parameters.agency, inputs.traits, s.sums, s.stocks["debt"]
    soon = sums.loans_by_borrower @ due_within(s.contracts.loans.ladder, q.quarter, 4)
    given = sums.guarantees_by_guarantor @ (exposure(net, s.contracts.guarantees, q.quarter) * inputs.guarantee_binds)
    given = given * (1.0 - s.default.defaulted)
    point = soon + 0.5 * (debt - soon) + p.called * given
    distance = np.where(point > 1e-6, np.log((q.equity.cap + debt) / np.where(point > 1e-6, point, 1.0)), 50.0)
    letter = (distance[:, None] < t.letter_bounds).sum(axis=1)
    letter = np.where(s.default.barred > 0, 6.0, letter)
    q.rating = np.maximum(s.rating + p.patience * (letter - s.rating), np.where(t.investment_grade > 0, 0.0, 4.0))
    q.rating = np.minimum(q.rating + q.calendar.letters_down, np.maximum(q.rating, 6.0))
    q.rating[net.world.vehicle_rows] = q.rating[net.world.vehicle_tenant]
    q.graded = np.floor(q.rating + 0.5) <= 3
    q.fell = (np.floor(s.rating + 0.5) <= 3) & ~q.graded
    q.forced = p.forced_left * s.forced + p.forced_widening * q.fell


def _spreads(net: Network, p: Plain, s: Record, q: Record, net_debt: np.ndarray) -> None:
    middle = np.sqrt(p.coverage_investment_grade * p.coverage_high_yield)
    owed = np.maximum(net_debt, 0.0)
    leverage = ratio(owed, owed + np.maximum(q.equity.cap, 0.0), 1.0)
    covers = np.maximum(ratio(s.trailing.operating_cash, s.trailing.interest, np.inf), 0.0)
    strain = middle / (middle + covers)

    def quote(anchor: np.ndarray, usual: np.ndarray, coverage: np.ndarray) -> np.ndarray:
        above = p.leverage_slope * (leverage - usual)
        return anchor * np.exp(above + p.strain_slope * (strain - middle / (middle + coverage)))

    unrated = quote(q.market.level, p.leverage_high_yield, p.coverage_high_yield)
    anchor = q.market.level * p.investment_grade_ratio
    rated = quote(anchor, p.leverage_investment_grade, p.coverage_investment_grade)
    spread = np.where(q.graded, np.minimum(rated, unrated), unrated)
    spread = np.minimum(spread, p.ceiling) + q.forced
    spread[net.world.vehicle_rows] = spread[net.world.vehicle_tenant]
    q.spread = spread + q.calendar.spread_add


def decide(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """What outside customers pay, what firms plan to build and to spend."""
    p, t, today, plant, world = inputs.parameters, inputs.traits, q.calendar, s.plant, net.world
    engine, sums, b = p.engine, s.sums, world.builder_rows
    alive = s.default.barred <= 0
    _demand(inputs, s, q)
    weights = np.exp(q.demand.utility - q.demand.utility.max(axis=0))
    income, q.missing = p.outside_income, missing_income(net, inputs, s)
    q.poorer = np.exp(-income.elasticity * q.missing / (income.product * np.exp(income.growth * q.years)))
    q.ai_spend = q.demand.spend_usd_bn * q.poorer
    by_seller = weights / weights.sum(axis=0) * q.ai_spend
    q.ai = by_seller[world.ai_seller] * t.kind_share * today.ai_factor
    q.ai_of = sums.ai_by_member @ q.ai
    begun = np.minimum(q.years / p.completion.build_years, 1.0)
    trend = engine.fixed_cost_share * s.trailing.revenue + (1 - engine.fixed_cost_share) * s.revenue
    q.costs = t.cost_share * trend
    q.costs[b] += s.penalty
    q.efficiency = s.efficiency * today.efficiency_factor
    q.site_cost = engine.site_cost_per_gw * np.exp(engine.site_cost_growth * q.years)
    need = _needs(net, inputs, s, q, by_seller, begun)
    q.life = np.where(np.isnan(today.chip_life_years), engine.chip_life_years, today.chip_life_years)

    c = p.completion
    chip_stage = (np.arange(STAGES) >= STAGES - CHIP_STAGES)[:, None]
    q.shell_part = np.where(chip_stage, 0.0, (1 - c.chip_share) / (STAGES - CHIP_STAGES))
    q.chip_part = np.where(chip_stage, c.chip_share / CHIP_STAGES, 0.0)
    profile = q.shell_part + q.chip_part
    q.spent_part = np.cumsum(profile, axis=0) - profile
    least = q.site_cost * (1 - q.spent_part - (c.let_share * c.leaving_cost - c.recovery * q.spent_part))
    q.value = _site_value(inputs, s, q, b)
    q.keep = (q.value[:, None] >= least).astype(float)
    q.refit = np.minimum(plant.empty, np.maximum(need - plant.capacity, 0.0)) * q.keep[:, -CHIP_STAGES] * alive[b]
    starts = _starts(p.rivalry, s, need, q.refit, alive[b])
    q.starts = starts * (1 - engine.shrink_speed * (1 - s.funded[b])) * q.keep[:, 0]
    grid = p.power.added_gw_per_year / 4 * np.exp(p.power.growth * (t.power_years + q.years))
    q.room = grid * today.power_factor
    q.comes = np.minimum(1 / (4 * p.power.late_years), 1.0)
    asked = ((1 - p.power.late_share) * plant.pipeline[:, -1] + q.comes * plant.waiting).sum(axis=0)
    power = np.where(asked > q.room, q.room / np.where(asked > 0, asked, 1.0), 1.0)
    speed = np.minimum(STAGES / (4 * c.build_years), 1.0)
    q.moving = plant.pipeline * q.keep * speed * np.where(chip_stage, power, 1.0)
    costs = q.moving * q.site_cost
    q.shells, q.chips = (costs * q.shell_part).sum(axis=1), (costs * q.chip_part).sum(axis=1)
    q.trapped = np.where(q.value < q.site_cost, q.shells + q.chips, 0.0)
    q.chips = q.chips + q.refit * c.chip_share * q.site_cost
    grown = np.exp(engine.core_growth * q.years)
    raced = s.chips_bought / np.where(t.chips_pace > 0, t.chips_pace, 1.0)
    steady = grown * np.exp(t.core_surprise * np.minimum(q.years, 1.0))
    q.core = t.core * ((1 - t.follows_chips) * steady + t.follows_chips * raced) * q.poorer + t.unnamed * begun
    q.other_capex = t.other_capex * grown * alive
    pace = np.maximum(s.trailing.operating_cash - s.trailing.interest, 0.0)
    q.payout = t.payout_share * pace * s.funded * alive
    share = np.clip(p.vendor.recycled_share * today.vendor_scale, 0.0, 1.0)
    recycled = share * np.maximum(s.free_cash[world.vendor_rows], 0.0)
    both = alive[world.money_customer] & alive[world.money_vendor_row]
    q.vendor_money = t.vendor_weight * recycled[world.money_vendor] * both


def _demand(inputs: Plain, s: Record, q: Record) -> None:
    p, before = inputs.parameters.demand, s.demand
    arrived = before.payoff_arrived | (inputs.payoff_quarter == q.quarter)
    wages = before.wages * np.exp(p.wage_growth / 4)
    usual = np.where(arrived, np.log(9.0) / p.takeoff_years, p.wage_growth)
    keeps, surprise = p.growth_persistence**0.25, p.growth_volatility / 2 * q.draws[0]
    growth = usual + (before.growth - usual) * keeps + surprise
    growth = np.where(arrived & ~before.payoff_arrived, np.maximum(growth, usual), growth)
    swing = 4 * 1.5**0.5 * p.share_swing
    tasks = np.where(arrived, p.possible_tasks, p.reliable_tasks)
    filled = before.spend_usd_bn / (p.wages_usd_bn_per_year * p.wages_in_reach * wages * tasks * p.price_share / 4)
    up = np.exp(np.maximum(growth, 0.0) / 4)
    rise = up / (1 + (up - 1) * np.minimum(filled, 1.0))
    kept = p.consumer_share * (1 - p.consumer_loss) ** 12 + (1 - p.consumer_share) * (1 - p.business_loss)
    fall = np.exp(np.maximum(np.minimum(growth, 0.0) / 4 - np.log(np.maximum(filled, 1.0)), np.log(kept) / 4))
    q.demand = Record(
        spend_usd_bn=before.spend_usd_bn * rise * fall * q.calendar.demand_factor,
        growth=growth,
        utility=before.utility + swing * q.draws[5 : 5 + len(before.utility)],
        token_price=before.token_price * np.maximum(1 + p.token_price_change, 0.0) ** 0.25,
        payoff_arrived=arrived,
        wages=wages,
    )


def _needs(net: Network, inputs: Plain, s: Record, q: Record, by_seller: np.ndarray, begun: np.ndarray) -> np.ndarray:
    """GW that each builder will need; those wanted now go to `q.wanted`."""
    engine, t, sums, capacity = inputs.parameters.engine, inputs.traits, s.sums, s.plant.capacity
    schedule = np.diff(net.cloud_by_now, axis=1)
    reach = np.minimum(q.quarter + np.arange(AHEAD - 1, AHEAD + 3), net.quarters - 1)
    binding = inputs.cloud_share * q.calendar.cloud_binds * ~s.contracts.cloud.ended
    ahead = schedule[:, reach].mean(axis=1)[:, None] * binding
    now = schedule[:, q.quarter, None] * binding
    sellers = net.world.seller_of_builder
    sales = np.where((sellers >= 0)[:, None], by_seller[sellers], 0.0)
    sales = sales * engine.compute_share_of_ai_revenue * q.efficiency
    growing = np.exp(np.clip(s.demand.growth, -1.0, 1.0) / 2 * AHEAD / 4)
    by_the_quarter = s.spot_wanted * capacity / np.maximum(capacity.sum(axis=0), 1e-9)
    fading = -np.log(inputs.parameters.demand.growth_persistence)

    grown = np.exp(engine.own_use_growth * -np.expm1(-fading * (q.quarter + 1) / 4) / fading)

    per_gw, unnamed = engine.rent_per_gw_year / 4, t.unnamed[net.world.builder_rows]
    rented = sums.cloud_by_builder @ ahead + unnamed + sales * growing + by_the_quarter
    wanted = sums.cloud_by_builder @ now + unnamed * begun + sales - sums.cloud_by_buyer @ now
    q.wanted = np.maximum(wanted, 0.0) / per_gw + t.own_use * grown
    return np.maximum(rented - sums.cloud_by_buyer @ ahead, 0.0) / per_gw + t.own_plan * grown


def _starts(p: Plain, s: Record, need: np.ndarray, refit: np.ndarray, active: np.ndarray) -> np.ndarray:
    plant = s.plant
    have = plant.capacity + refit + plant.pipeline.sum(axis=1) + plant.waiting
    gap = np.log(np.maximum(need, TINY_GW) / np.maximum(have, TINY_GW))
    now, ago = np.where(active, plant.starts[0], 0.0), np.where(active, plant.starts[-1], 0.0)
    rivals = np.log((now.sum(axis=0) - now + TINY_GW) / (ago.sum(axis=0) - ago + TINY_GW))
    change = (p.adjustment * gap + p.fear_elasticity * np.clip(rivals, p.fastest_fall, p.fastest_growth)) / 4
    change = np.clip(change, p.fastest_fall / 4, p.fastest_growth / 4)
    planned = np.maximum(plant.starts[0], p.entry_share * np.maximum(need - have, 0.0)) * np.exp(change)
    return np.where(active & (need > 0), planned, 0.0)


def _site_value(inputs: Plain, s: Record, q: Record, builders: np.ndarray) -> np.ndarray:
    p, capacity = inputs.parameters, s.plant.capacity
    full = np.where(capacity > q.wanted, q.wanted / np.where(capacity > 0, capacity, 1.0), 1.0)
    let = p.completion.let_share * full
    fading = -np.log1p(-(1 - 1 / (1 + p.rent.compute_per_dollar_gain)))
    fixed = _site_worth(inputs, q, builders, p.engine.rent_per_gw_year, np.zeros(1))
    return let * fixed + (1 - let) * _site_worth(inputs, q, builders, q.new_rent, fading)


def _site_worth(inputs: Plain, q: Record, builders: np.ndarray, rent: np.ndarray, decline: np.ndarray) -> np.ndarray:
    p, engine = inputs.parameters, inputs.parameters.engine
    rate = np.log1p(engine.base_rate + q.spread[builders])
    shell, running = (1 - p.completion.chip_share) * q.site_cost, engine.running_cost_per_gw_year
    margin = np.log(np.maximum(rent, TINY_USD) / np.maximum(running + rate * shell, TINY_USD))
    pays = np.where(margin > 0, q.life, 0.0)
    falls = decline > 0
    life = np.where(falls, np.clip(margin / np.where(falls, decline, 1.0), 0.0, q.life), pays)
    earned = rent * _annuity(rate + decline, life) - running * _annuity(rate, life)
    return earned + shell * np.exp(-rate * life)


def _annuity(rate: np.ndarray, years: np.ndarray) -> np.ndarray:
    flat = np.abs(rate) < 1e-12
    safe = np.where(flat, 1.0, rate)
    return np.where(flat, years, -np.expm1(-safe * years) / safe)
