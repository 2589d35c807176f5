"""Closing the books in NumPy: plant wears, everything is posted and colored, the quarter is read."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace as Record

import numpy as np

from benchmarks.economy.idiomatic_numpy_contracts import due_within, exposure, plant_economic, promised, whole
from benchmarks.economy.network import Network
from benchmarks.economy.numpy_calls import remember_the_top
from benchmarks.economy.opening import Plain
from ouroloop.core import LARGEST_EXACT, QUANTUM
from ouroloop.economy.track import MEMBER_MEASURES, SPONSORS, SYSTEM_MEASURES

UNDER_ONE = 1.0 - 2.0**-50
Wear = Callable[[Record, int, np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def open_books(net: Network, s: Record) -> None:
    """Balances, the colors of cash in quanta (whole numbers as floats), and what stands in the books by member."""
    s.books, s.inexact = s.books.balances, s.books.inexact
    s.pots = np.round(s.colors.cash / QUANTUM)
    s.color_revenue = np.zeros_like(s.pots)
    s.stocks = {name: matrix @ s.books for name, matrix in s.sums.stocks.items()}


def close_the_books(net: Network, inputs: Plain, s: Record, q: Record) -> Record:
    """Everything that moved is posted once; `s` becomes the state at the end of the quarter."""
    sums = s.sums
    _build_on(net, inputs, s, q, wear)
    amounts = np.empty((len(net.world.ledger.flows), q.need.shape[1]))
    _fill(net, s, q, sums.held @ s.books, amounts)
    quanta = whole(amounts)
    s.inexact |= ~(np.abs(s.books).max(axis=0) + np.abs(quanta).sum(axis=0) <= LARGEST_EXACT)
    s.books = s.books + sums.post @ quanta
    earned = recolor(net, s, amounts)
    read = {name: matrix @ amounts for name, matrix in sums.flows.items()}
    s.stocks = {name: matrix @ s.books for name, matrix in sums.stocks.items()}
    _go_on(net, inputs, s, q, read, (sums.losses @ amounts)[0])
    return observe(net, inputs, s, q, read, earned, amounts)


def _go_on(net: Network, inputs: Plain, s: Record, q: Record, read: dict[str, np.ndarray], lost: np.ndarray) -> None:
    """What the next quarter will read of this one."""
    p, world, sums = inputs.parameters, net.world, s.sums
    revenue, operating = read["revenue"], read["operating_cash"]
    interest, capex = read["interest"], read["capex"]
    sold = sums.cloud_by_provider @ q.billed + sums.to_members @ (sums.spot_by_builder @ q.spot_paid)
    surplus = (q.ai_of - inputs.traits.cost_share * (q.ai_of + sold)).sum(axis=0)
    _outcome(p.outcome, s.outcome, q, surplus, interest[world.in_ai].sum(axis=0) + q.charges.sum(axis=0))
    s.announced = p.engine.orders_per_vendor_dollar * (sums.money_by_vendor @ q.invested_by_vendors)
    for sellers, share, letters in (
        (world.cloud_provider, inputs.cloud_share, world.cloud_letters),
        (world.order_seller, inputs.order_share, world.order_letters),
    ):
        for quarter, contract, news in letters:
            if quarter == q.quarter and sellers[contract] >= 0:
                s.announced[sellers[contract]] += news * (share[contract] > 0)

    trailing = s.trailing
    after, some = trailing.revenue + (revenue - trailing.revenue) / 4, (trailing.revenue > 0) & (revenue > 0)
    grew = 4 * np.log(np.where(some, after, 1.0) / np.where(some, trailing.revenue, 1.0))
    trailing.growth = trailing.growth + (np.clip(grew, -1.0, 2.0) - trailing.growth) / 4
    trailing.revenue = after
    trailing.operating_cash = trailing.operating_cash + (operating - trailing.operating_cash) / 4
    trailing.interest = trailing.interest + (interest - trailing.interest) / 4
    s.free_cash = operating - interest - capex
    s.funded = 1 - q.refused / np.where(q.need > 0, q.need, 1.0)
    s.new_shares = q.new_shares + q.outside_rounds
    s.revenue, s.paid_in, s.spread = revenue, read["issued"], q.spread
    s.rating, s.forced = q.rating, q.forced
    s.demand, s.rent, s.efficiency, s.market, s.equity = q.demand, q.rent, q.efficiency, q.market, q.equity
    s.spot_wanted, s.wanted = q.spot_wanted, q.wanted
    remember_the_top(net, s, capex)
    s.first_default = np.where((s.first_default < 0) & q.newly.any(axis=0), q.quarter, s.first_default)
    s.outside_loss = s.outside_loss + lost


def _fill(net: Network, s: Record, q: Record, held: np.ndarray, amounts: np.ndarray) -> None:
    """The quarter's flows, in their order, into `amounts`."""
    world, subrogated = net.world, net.subrogated
    none = {name: np.zeros((size, q.need.shape[1])) for name, size in net.sizes.items()}
    twice = np.zeros((2 * len(q.vested), q.need.shape[1]))
    np.concatenate(
        [
            q.ai, np.broadcast_to(q.core, q.need.shape)[world.core_firm], q.new_shares[world.share_issuer],
            q.lent, q.repaid, q.earned, q.accrued, q.loans_lost,
            q.invested,
            q.called, none["guarantees"][subrogated], q.guarantees_lost[subrogated],
            q.premiums, q.payouts, q.sold, q.discounts,
            q.traded, q.margin, q.redeemed,
            q.delivered, q.shortfall, q.fee, q.order_settled, q.orders_lost,
            q.billed, none["cloud"], q.cloud_settled, q.cloud_lost,
            q.rent_paid, q.fee_paid, q.posted, q.returned,
            q.spot_paid,
            q.chips_bought, q.invested_by_vendors, q.built[world.site_builder], q.built_by_vehicles,
            q.other[world.other_rows],
            q.costs_paid[world.cost_firm], q.paid_out[world.payout_firm],
            q.vested, twice, q.vested - q.discount,
            q.chips_worn, np.zeros_like(q.chips_worn),
            q.sites_worn, np.zeros_like(q.sites_worn),
            q.other_worn, np.zeros_like(q.other_worn),
            q.finished, q.opened, q.given_up, held * q.share_return[world.revalued_issuer],
        ],
        out=amounts,
    )  # fmt: skip


def _build_on(net: Network, inputs: Plain, s: Record, q: Record, wear: Wear) -> None:
    """Sites move on and get power; chips and shells come into use; everything wears."""
    p, world, sums, plant = inputs.parameters, net.world, s.sums, s.plant
    c, engine = p.completion, p.engine
    moved = q.moving * q.pace[:, None]
    lost = plant.pipeline * (1 - q.keep) * q.site_cost
    arriving = np.concatenate([q.starts[:, None], moved[:, :-1]], axis=1)
    plant.pipeline = plant.pipeline * q.keep - moved + arriving
    spent = (lost * q.spent_part).sum(axis=1)
    back = c.recovery * spent
    s.penalty = c.let_share * c.leaving_cost * lost.sum(axis=1)
    ready = moved[:, -1]
    done = ready * (1 - c.chip_share) * q.site_cost
    so_far = np.cumsum(q.shell_part, axis=0) - q.shell_part
    whole_cost = done + spent + (plant.pipeline * so_far).sum(axis=1) * q.site_cost
    unfinished = s.stocks["unfinished"][world.builder_rows] + q.built
    share = np.where(whole_cost > 0, unfinished / np.where(whole_cost > 0, whole_cost, 1.0), 0.0)
    q.finished, q.given_up = whole((done + back) * share), whole((spent - back) * share)
    open_now = (q.quarter >= world.vehicle_opens)[:, None]
    q.opened = whole(np.where(open_now, s.stocks["unfinished"][world.vehicle_rows] + q.built_by_vehicles, 0.0))
    due = (1 - p.power.late_share) * ready + q.comes * plant.waiting
    asked = due.sum(axis=0)
    online = due * np.where(asked > q.room, q.room / np.where(asked > 0, asked, 1.0), 1.0)
    plant.waiting = plant.waiting + ready - online
    refitted = q.refit * q.pace
    length = plant.fleet.shape[1]
    served = (q.quarter - np.arange(length) - 1) % length + 1
    stays = plant.fleet * np.clip(q.life[:, None] * 4 - served[:, None], 0.0, 1.0)
    plant.empty = plant.empty + (plant.fleet - stays).sum(axis=1) - refitted
    stays[:, q.quarter % length] = online + refitted
    plant.fleet, plant.capacity = stays, stays.sum(axis=1)
    plant.starts = np.concatenate([q.starts[None], plant.starts[:-1]])

    bought = sums.chips_by_builder @ whole(q.chips_bought) + sums.orders_by_builder @ q.delivered
    together = sums.warrants_by_builder @ q.vested
    part = q.vested / np.where(together > 0, together, 1.0)[net.warrant_chips]
    most = whole(bought[net.warrant_chips] * part)
    q.discount = np.where((net.warrant_chips >= 0)[:, None], np.minimum(q.vested, most), q.vested)
    bought = bought - sums.warrants_by_builder @ q.discount
    reported = np.where(q.calendar.honest > 0, q.life, engine.reported_chip_life_years)
    site_life, other_life = engine.site_life_years, engine.other_life_years
    q.chips_worn, chips = wear(plant.chips, q.quarter, bought, reported, q.life)
    by_chips = (world.vehicle_clock >= 0)[:, None]
    rows, of_vehicles = len(world.builders), np.zeros_like(q.opened) + site_life
    of_sites = np.zeros_like(q.finished) + site_life
    carried = np.concatenate([of_sites, np.where(by_chips, (reported + 0 * q.life)[world.vehicle_clock], of_vehicles)])
    lasts = np.concatenate([of_sites, np.where(by_chips, q.life[world.vehicle_clock], of_vehicles)])
    q.sites_worn, sites = wear(plant.sites, q.quarter, np.concatenate([q.finished, q.opened]), carried, lasts)
    q.other_worn, other = wear(plant.other, q.quarter, q.other[world.other_rows], other_life, other_life)
    q.charges = chips + sites[:rows]
    q.economic_charge = sums.to_members @ q.charges + sums.others_to_members @ other
    q.economic_charge = q.economic_charge + sums.vehicles_to_members @ sites[rows:]


def wear(
    ring: Record, quarter: int, added: np.ndarray, reported: np.ndarray, economic: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add what came into service and charge a quarter to both books; what each was charged."""
    charged = []
    for name, years in (("reported", reported), ("economic", economic)):
        book = getattr(ring, name)
        length = book.shape[1]
        age = ((quarter - np.arange(length)) % length)[:, None]
        book[:, quarter % length] += whole(added)
        life = np.minimum(years * 4, length)
        left = np.maximum((life[:, None] if life.ndim > 1 else life) - age, 1.0)
        charge = whole(book / left)
        setattr(ring, name, book - charge)
        charged.append(charge.sum(axis=1))
    return charged[0], charged[1]


def recolor(net: Network, s: Record, amounts: np.ndarray) -> np.ndarray:
    """Move the colors of cash by rounds; returns whose money paid each member's revenue, in quanta."""
    rounds, unknown, moved = s.sums.rounds, net.unknown, np.round(amounts / QUANTUM)
    forth, back = np.maximum(moved, 0.0), np.maximum(-moved, 0.0)
    pots = s.pots + (rounds.arrives @ forth + rounds.returns @ back).reshape(s.pots.shape)
    earned = (rounds.earned @ moved).reshape(pots.shape)
    for flow, payer, payee, paint, pays_revenue in rounds.among_members:
        if not moved[flow].any():
            continue
        returned = moved[flow] < 0
        source, target = np.where(returned, pots[[payee, payer]], pots[[payer, payee]])
        taken = _take(source, np.abs(moved[flow]), unknown)
        arriving = taken
        if paint >= 0:
            painted = np.zeros_like(taken)
            painted[paint] = moved[flow]
            arriving = np.where(returned, taken, painted)
        left, reached = source - taken, target + arriving
        pots[payer], pots[payee] = np.where(returned, reached, left), np.where(returned, left, reached)
        if pays_revenue:
            earned[payee] += np.where(returned, -taken, taken)
    mine = pots[rounds.members]
    wanted = (rounds.leaves @ forth + rounds.refunds @ back)[rounds.members] + np.maximum(-mine[:, unknown], 0.0)
    held = np.maximum(mine, 0.0)
    covered = np.minimum(wanted, held.sum(axis=1))
    left = held - split(held, covered)
    left[:, unknown] += covered - wanted
    pots[rounds.members] = left
    s.pots = pots + (rounds.sectors @ moved).reshape(pots.shape)
    s.color_revenue = s.color_revenue + earned
    return earned


def _take(pot: np.ndarray, amount: np.ndarray, unknown: int) -> np.ndarray:
    """The colors of an amount out of a pot; beyond what it holds they are unknown."""
    held = np.maximum(pot, 0.0)
    covered = np.minimum(amount, held.sum(axis=0))
    taken = split(held, covered)
    taken[unknown] += amount - covered
    return taken


def split(pot: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """`amount` out of pots, pro rata, in whole quanta; what is missing comes from the first that have some left."""
    total = pot.sum(axis=-2)
    share = amount / np.where(total > 0, total, 1.0) * UNDER_ONE
    part = np.floor(pot * share[..., None, :])
    room = pot - part
    missing = (amount - part.sum(axis=-2))[..., None, :]
    return part + np.clip(missing - (np.cumsum(room, axis=-2) - room), 0.0, room)


def _outcome(p: Plain, s: Record, q: Record, surplus: np.ndarray, cost: np.ndarray) -> None:
    s.carried = np.where((cost > 0) & (surplus >= cost), s.carried + 1, 0)
    asked, lent = q.need.sum(axis=0), (q.need - q.refused - q.new_shares).sum(axis=0)
    share = np.where(asked > 0, 1 - lent / np.where(asked > 0, asked, 1.0), 0.0)
    s.refused = np.where(asked > 0, np.where(share >= p.refused_share, s.refused + 1, 0), s.refused)
    paid = (s.payoff_quarter < 0) & (s.carried >= p.self_financing_quarters)
    closed = (s.credit_quarter < 0) & (s.refused >= p.closed_quarters)
    s.payoff_quarter = np.where(paid, q.quarter, s.payoff_quarter)
    s.credit_quarter = np.where(closed, q.quarter, s.credit_quarter)


def observe(
    net: Network,
    inputs: Plain,
    s: Record,
    q: Record,
    read: dict[str, np.ndarray],
    earned: np.ndarray,
    amounts: np.ndarray,
) -> Record:
    """What the quarter is remembered by: measures by firm, who paid, measures of the whole."""
    members, who = member_measures(net, inputs, s, q, read), _who_paid(net, s, earned)
    there = np.flatnonzero(net.cash_account >= 0)
    gap = np.abs(s.books[net.cash_account[there]] - s.pots.sum(axis=1)[there] * QUANTUM).max(axis=0)
    leaks = np.abs(s.sums.entities @ s.books).max(axis=0), np.abs(s.sums.claims @ s.books).max(axis=0)
    valuations = (s.sums.valuations @ s.books)[0]
    system = system_measures(inputs, s, q, members, who, valuations, np.maximum(*leaks), gap)
    return Record(
        members=np.stack([members[name] for name in MEMBER_MEASURES]),
        who_paid=who,
        system=np.stack([system[name] for name in SYSTEM_MEASURES]),
        amounts=amounts,
    )


def member_measures(
    net: Network, inputs: Plain, s: Record, q: Record, read: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Measures by firm."""
    stocks, contracts, plant, sums = s.stocks, s.contracts, s.plant, s.sums
    sites = sums.sites_to_members @ plant.sites.reported.sum(axis=1)
    other = sums.others_to_members @ plant.other.reported.sum(axis=1)
    reported = sums.to_members @ plant.chips.reported.sum(axis=1) + sites + other
    backlog, letters = promised(net, inputs, s, q)
    could_be_called = exposure(net, contracts.guarantees, q.quarter + 1) * inputs.guarantee_binds
    return {
        "cash": stocks["cash"], "debt": stocks["debt"], "receivables": stocks["receivables"],
        "fixed_assets": stocks["fixed_assets"],
        "fixed_assets_economic": stocks["fixed_assets"] - reported + plant_economic(net, s),
        "stakes": stocks["stakes"], "net_worth": stocks["net_worth"], "equity_value": s.equity.cap,
        "narrative": s.equity.lasting + s.equity.fresh, "spread": s.spread, "rating": s.rating,
        "deposits": stocks["deposits"], "revenue": s.revenue,
        "outside_revenue": read["outside_revenue"], "profit_reported": read["profit"],
        "profit_economic": read["profit"] + read["depreciation"] - q.economic_charge,
        "operating_cash": read["operating_cash"], "interest": read["interest"], "capex": read["capex"],
        "trapped_capex": sums.to_members @ (q.trapped * q.pace), "payout": read["payout"], "needed": q.need,
        "raised": read["raised"], "refused": q.refused, "unpaid": q.unpaid, "written_off": read["written_off"],
        "capacity": sums.to_members @ plant.capacity,
        "pipeline": sums.to_members @ (plant.pipeline.sum(axis=1) + plant.waiting),
        "backlog": np.broadcast_to(backlog, q.need.shape), "letters": np.broadcast_to(letters, q.need.shape),
        "leases_not_commenced": sums.leases_by_tenant
        @ (contracts.leases.rent_share * net.lease_to_come[:, q.quarter, None]),
        "guarantees_given": (sums.guarantees_by_guarantor @ could_be_called) * (1.0 - s.default.defaulted),
        "bonds_sold": sums.sales_by_borrower @ q.sold, "shares_sold": q.shares_sold,
        "maturing_in_year": sums.loans_by_borrower @ due_within(contracts.loans.ladder, q.quarter + 1, 4),
        "defaulted": s.default.defaulted,
    }  # fmt: skip


def _who_paid(net: Network, s: Record, earned: np.ndarray) -> np.ndarray:
    revenue = earned[net.world.member_entities] * QUANTUM
    groups = np.einsum("gc,mcp->mgp", s.sums.colors_by_group, revenue, optimize=True)
    who = np.zeros((net.members, len(SPONSORS), revenue.shape[2]))
    who[:, : groups.shape[1]] = groups
    funds = np.flatnonzero(net.own_funding >= 0)
    mine = revenue[funds, net.own_funding[funds]]
    who[funds, SPONSORS.index("own")] = mine
    who[funds, SPONSORS.index("members")] -= mine
    return who


def system_measures(
    inputs: Plain,
    s: Record,
    q: Record,
    members: dict[str, np.ndarray],
    who: np.ndarray,
    valuations: np.ndarray,
    residual: np.ndarray,
    gap: np.ndarray,
) -> dict[str, np.ndarray]:
    """Measures of the whole."""
    over = members["fixed_assets"] - members["fixed_assets_economic"]
    return {
        "outside_spend": q.ai_spend, "outside_growth": s.demand.growth,
        "token_price": s.demand.token_price, "rent": s.rent, "market_spread": s.market.level,
        "capex": members["capex"].sum(axis=0), "debt": members["debt"].sum(axis=0), "asked": q.need.sum(axis=0),
        "granted": (q.need - q.refused).sum(axis=0), "lent": (q.need - q.refused - q.new_shares).sum(axis=0),
        "paper_wealth": valuations,
        "bezzle": (over + s.stocks["valuations"] + q.unpaid).sum(axis=0),
        "narrative_premium": (members["equity_value"] * (1 - np.exp(-members["narrative"]))).sum(axis=0),
        "round_trip": who[:, SPONSORS.index("own")].sum(axis=0),
        "wage_bill": 4 * q.ai_spend / inputs.parameters.demand.price_share,
        "margin_debt": q.margin_debt, "called": q.asked_of_funds, "unsold": q.unsold_shares,
        "missing_income": q.missing,
        "power_waiting": s.plant.waiting.sum(axis=0), "payoff_arrived": s.demand.payoff_arrived,
        "credit_closed": s.outcome.credit_quarter >= 0, "residual": residual,
        "color_gap": gap, "clearing_gap": q.clearing_gap,
    }  # fmt: skip
