"""The second half of the quarter in NumPy: what is due, who lends, who pays, who fails."""

from __future__ import annotations

from types import SimpleNamespace as Record

import numpy as np
from scipy.special import expit

from benchmarks.economy.network import Network
from benchmarks.economy.opening import Plain
from ouroloop.behavior.lending import BONDS, EQUITY, LENDER_CLASSES
from ouroloop.core import QUANTUM
from ouroloop.ledger import Fate

STILL = 2.0**-31
OVERDUE = 2
RUNGS = (("bond_market", "bank"), ("private_credit", "insurer", "sovereign_fund"), ("outside_equity",))
RANKS = ("loan", "secured_bond", "unsecured_bond", "subordinated")


def whole(amounts: np.ndarray) -> np.ndarray:
    """The nearest multiples of a quantum."""
    return np.round(amounts / QUANTUM) * QUANTUM


def and_outside(rows: np.ndarray, value: float) -> np.ndarray:
    """A last row for who is outside, where the row number -1 finds it."""
    return np.concatenate([rows, np.full((1, rows.shape[1]), value, rows.dtype)])


def older_by_one(by_age: np.ndarray, new: np.ndarray) -> np.ndarray:
    """A quarter later: every bill is a quarter older, and `new` is new."""
    return np.stack([new, by_age[:, 0], by_age[:, 1], by_age[:, 2] + by_age[:, 3]], axis=1)


def fall_due(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Bills, orders, rents, spot compute, interest, principal, tranches; all claims on members, in their order."""
    world, contracts, today, now, sums = net.world, s.contracts, q.calendar, q.quarter, s.sums
    here = and_outside(s.default.defaulted <= 0, True)
    have = s.plant.capacity
    ready = and_outside(np.where(q.wanted > have, have / np.where(q.wanted > 0, q.wanted, 1.0), 1.0), 1.0)
    cloud = contracts.cloud
    share = inputs.cloud_share * today.cloud_binds * ready[world.cloud_builder]
    committed = np.diff(net.cloud_by_now, axis=1)[:, now, None] * np.maximum(1.0, net.cloud_take_or_pay)[:, None]
    q.billed = np.where(cloud.ended, 0.0, whole(committed * share))
    cloud.bills.by_age = older_by_one(cloud.bills.by_age, q.billed)

    orders, by_now = contracts.orders, net.orders_by_now
    cancel = ~(here[world.order_buyer] & here[world.order_seller])
    canceled = orders.canceled | cancel
    backlog = np.where(orders.canceled, 0.0, by_now[:, -1:] - orders.arrived + orders.waiting)
    q.fee = whole(np.where(cancel, net.cancellation[:, None] * backlog, 0.0))
    arriving = np.where(canceled, 0.0, np.maximum(by_now[:, now + 1, None] - orders.arrived, 0.0))
    share = inputs.order_share * today.order_binds
    q.shortfall = whole(net.take_or_pay[:, None] * (arriving - arriving * share))
    orders.arrived = orders.arrived + arriving
    orders.waiting = np.where(canceled, 0.0, orders.waiting + whole(arriving * share))
    orders.canceled = canceled
    orders.bills.by_age = older_by_one(orders.bills.by_age, q.shortfall + q.fee)

    leases = contracts.leases
    leases.rent_share = leases.rent_share * today.lease_factor
    rents = whole(leases.rent_share * net.lease_first[:, now, None])
    leases.arrears = leases.arrears + rents
    agency, payer = inputs.parameters.agency, world.deposit_payer
    posted = s.stocks["deposits"][payer]
    target = whole(agency.deposit * (sums.leases_by_tenant @ rents)[payer] * ~q.graded[payer])
    asked, q.returned = whole(np.maximum(target - posted, 0.0)), whole(np.maximum(posted - target, 0.0))
    _spot(net, inputs, s, q)
    loans, last = contracts.loans, contracts.loans.ladder.shape[1] - 1
    rate = loans.rate + np.where(net.floating[:, None], inputs.parameters.engine.base_rate, 0.0)
    more = agency.step_up * agency.with_step_up * np.maximum(np.floor(q.rating + 0.5) - 3, 0.0)
    more = more * (inputs.traits.investment_grade > 0)
    more = np.where(world.bond[:, None], loans.owed * more[world.loan_borrower] / 4, 0.0)
    q.interest = whole(loans.owed * rate / 4) + whole(more)
    q.principal = loans.ladder[:, now].copy() if now < last else np.zeros_like(loans.owed)
    willing = here[world.round_investor] & here[world.round_issuer]
    q.willing = inputs.round_share * today.round_pays * willing
    in_time = (net.round_first <= now) & (now <= net.round_expiry)
    q.ready = (contracts.rounds.fate == Fate.PENDING) & in_time[:, None]
    rounds = np.where(q.ready, contracts.rounds.promised, 0.0) * q.willing
    inside = (world.round_investor >= 0)[:, None]
    q.outside_rounds = sums.rounds_by_issuer @ np.where(inside, 0.0, rounds)
    q.claims = np.concatenate(
        [
            cloud.bills.by_age.sum(axis=1),
            orders.bills.by_age.sum(axis=1) + orders.waiting,
            leases.arrears + leases.fee_owed,
            q.spot,
            q.interest,
            q.principal,
            np.where(inside, rounds, 0.0),
            _advances(net, inputs, s, q, here),
            asked,
            q.costs,
        ]
    )
    q.claims = q.claims * today.claim_pays
    q.owes, q.earns = sums.by_debtor @ q.claims, sums.by_creditor @ q.claims


def _advances(net: Network, inputs: Plain, s: Record, q: Record, here: np.ndarray) -> np.ndarray:
    """What vendors lend their customers for what these buy from them."""
    world, sums, orders, leases = net.world, s.sums, s.contracts.orders, s.contracts.leases
    buys = sums.chips_by_advance @ whole(q.chips[world.chip_builder] * inputs.traits.chip_share)
    buys = buys + sums.cloud_by_advance @ s.contracts.cloud.bills.by_age.sum(axis=1)
    buys = buys + sums.orders_by_advance @ (orders.bills.by_age.sum(axis=1) + orders.waiting)
    buys = buys + sums.leases_by_advance @ (leases.arrears + leases.fee_owed)
    promised = world.advance_schedule[:, q.quarter, None] * inputs.advance_share * q.calendar.advance_stands
    return whole(np.minimum(promised, buys) * (here[world.advance_lender] & here[world.advance_borrower]))


def _spot(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    world, share = net.world, inputs.parameters.engine.compute_share_of_ai_revenue * q.efficiency
    wants = np.maximum(share * q.ai_of - s.sums.cloud_by_customer @ q.billed, 0.0)
    idle = np.maximum(s.plant.capacity - q.wanted, 0.0) * q.rent / 4
    q.spot_wanted = wants[np.unique(world.spot_buyer)].sum(axis=0)
    offered = idle.sum(axis=0)
    by_lab = wants[world.spot_buyer] / np.where(q.spot_wanted > 0, q.spot_wanted, 1.0)
    by_builder = idle[world.spot_builder] / np.where(offered > 0, offered, 1.0)
    q.spot = np.minimum(q.spot_wanted, offered) * by_lab * by_builder
    q.unsold = np.maximum(idle - s.sums.spot_by_builder @ q.spot, 0.0)


def due_within(ladder: np.ndarray, quarter: int, quarters: int) -> np.ndarray:
    """What falls due in this quarter and the next ones; nothing of the last slot."""
    return ladder[:, quarter : min(quarter + quarters, ladder.shape[1] - 1)].sum(axis=1)


def plant_economic(net: Network, s: Record) -> np.ndarray:
    """All plant in use on economic lives, by member."""
    plant, sums = s.plant, s.sums
    sites = sums.sites_to_members @ plant.sites.economic.sum(axis=1)
    other = sums.others_to_members @ plant.other.economic.sum(axis=1)
    return sums.to_members @ plant.chips.economic.sum(axis=1) + sites + other


def raise_funds(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Who asks for how much, and what do lenders and investors grant?"""
    p, world, sums, now = inputs.parameters, net.world, s.sums, q.quarter
    q.chips_share = inputs.traits.chip_share
    sold = sums.chips_by_vendor @ (q.chips[world.chip_builder] * q.chips_share)
    drawn, on_rent = _draw_promised(net, inputs, s, q), world.lives_on_rent[:, None]
    spends = q.owes + sums.to_members @ (q.shells + q.chips) + q.other_capex + np.where(on_rent, 0.0, q.payout)
    spends = spends + sums.money_by_vendor @ q.vendor_money + sums.vehicles_to_members @ q.building
    soon = p.funding.prefunding * (sums.loans_by_borrower @ due_within(s.contracts.loans.ladder, now + 1, 4))
    q.floor = p.funding.floor_quarters * np.maximum(q.costs, 0.0)
    before_dues = q.ai_of + q.core + q.earns + q.outside_rounds + drawn
    need = spends + q.floor + np.where(on_rent, 0.0, soon) - s.stocks["cash"] - (before_dues + sold)
    least = q.owes - s.stocks["cash"] - before_dues
    q.need = np.where(s.default.barred <= 0, whole(np.maximum(np.maximum(need, least), 0.0)), 0.0)
    offers, rooms = _offers(net, inputs, s, q)
    _raise_money(net, q, offers, rooms)
    q.floor = q.floor + np.where(on_rent, soon, 0.0)
    means = s.stocks["cash"] + before_dues + q.new_debt + q.new_shares
    q.new_debt = q.new_debt + drawn
    lender, borrower = world.loan_lender, world.loan_borrower
    q.lent = np.where(net.draws[:, None], q.granted[lender, borrower], 0.0)
    rate = q.spread[borrower] + np.where(net.floating[:, None], 0.0, p.engine.base_rate)
    q.new_rate = rate
    _lend(net, s, q, q.lent)
    _lend_promised(net, s, q)
    _extend(net, s, q, q.owes - means)


def _lend(net: Network, s: Record, q: Record, lent: np.ndarray) -> None:
    """New debt, due in one piece after its tenor."""
    loans = s.contracts.loans
    owed = loans.owed + lent
    mixed = (loans.rate * loans.owed + q.new_rate * lent) / np.where(owed > 0, owed, 1.0)
    loans.rate = np.where(owed > 0, mixed, loans.rate)
    loans.owed = owed
    slots = np.minimum(q.quarter + net.tenor, loans.ladder.shape[1] - 1)
    loans.ladder[np.arange(len(slots)), slots] += lent


def _draw_promised(net: Network, inputs: Plain, s: Record, q: Record) -> np.ndarray:
    """What lenders have promised for this quarter, by borrower; what vehicles build with it."""
    world, sums = net.world, s.sums
    sound = s.default.barred[world.loan_borrower[world.draw_loan]] <= 0
    q.draws = whole(world.draw_schedule[:, q.quarter, None] * inputs.draw_share * q.calendar.draw_stands * sound)
    drawn = sums.draws_by_borrower @ q.draws
    interest = (sums.loans_by_borrower @ q.interest)[world.vehicle_rows]
    before = (q.quarter < world.vehicle_opens)[:, None]
    q.building = np.maximum(drawn[world.vehicle_rows] - np.where(before, interest, 0.0), 0.0)
    return drawn


def _lend_promised(net: Network, s: Record, q: Record) -> None:
    world, loans = net.world, s.contracts.loans
    last = loans.ladder.shape[1] - 1
    for loan, first, parts, lent in zip(world.draw_loan, world.draw_first, world.draw_parts, q.draws, strict=True):
        begins = max(first, q.quarter + 1)
        left = max(first + parts - begins, 1)
        end = min(begins + left - 1, last)
        part = np.floor(lent / left / QUANTUM) * QUANTUM
        loans.ladder[loan, begins:end] += part
        loans.ladder[loan, end] += lent - part * max(end - begins, 0)
    by_loan = s.sums.draws_by_loan @ q.draws
    loans.owed, q.lent = loans.owed + by_loan, q.lent + by_loan


def _lay_anew(net: Network, loans: Record, q: Record) -> None:
    """What is left of the debt of who fails falls due evenly over the tenor of new debt."""
    failed, last = q.newly[net.world.loan_borrower] > 0, loans.ladder.shape[1] - 1
    for loan in np.flatnonzero(failed.any(axis=1)):
        paths = np.flatnonzero(failed[loan])
        owed, tenor, begins = loans.owed[loan, paths], net.tenor[loan], min(q.quarter + 1, last)
        end, part = min(begins + tenor - 1, last), np.floor(owed / tenor / QUANTUM) * QUANTUM
        loans.ladder[loan][:, paths] = 0.0
        loans.ladder[loan, begins:end, paths] = part[:, None]
        loans.ladder[loan, end, paths] += owed - part * (end - begins)


def _extend(net: Network, s: Record, q: Record, missing: np.ndarray) -> None:
    """Principal that a vehicle cannot replace falls due a quarter later while its tenant is sound."""
    world, loans, now = net.world, s.contracts.loans, q.quarter
    at = world.claim_starts["principal"]
    asked = q.claims[at : at + len(q.principal)].copy()
    principal = s.sums.loans_by_borrower @ asked
    sound = np.zeros_like(missing)
    sound[world.vehicle_rows] = s.default.barred[world.vehicle_tenant] <= 0
    sound = sound * (q.rents_to_come >= q.had_owed)
    part = np.clip(missing, 0.0, principal) / np.where(principal > 0, principal, 1.0) * sound
    extended = whole(asked * part[world.loan_borrower])
    if now < loans.ladder.shape[1] - 1:
        loans.ladder[:, now] -= extended
        loans.ladder[:, now + 1] += extended
    q.principal = q.principal - extended
    q.claims[at : at + len(extended)] -= extended
    q.owes = s.sums.by_debtor @ q.claims


def _by_class(p: Plain, what: str) -> np.ndarray:
    return np.stack(np.broadcast_arrays(*(getattr(p, f"{name}_{what}") for name in LENDER_CLASSES)))


def _offers(net: Network, inputs: Plain, s: Record, q: Record) -> tuple[np.ndarray, np.ndarray]:
    """What each class would give each firm, and what it has in all."""
    p, engine, sums = inputs.parameters.lending, inputs.parameters.engine, s.sums
    rooms = _by_class(p, "capacity") * np.exp(engine.core_growth * q.years) * q.calendar.credit_open
    lent = np.where(s.lender_lent > 0, s.lender_lent, 1.0)
    lost = np.where(s.lender_lent > 0, np.clip(s.lender_lost / lent, 0.0, 1.0), 0.0)
    patience = expit(p.steepness * (1 - lost / _by_class(p, "loss")))
    urge = p.steepness * (1 - q.spread / _by_class(p, "spread")[:, None])
    urge[EQUITY] += p.pull_of_narrative * (q.equity.lasting + q.equity.fresh)
    willing = patience[:, None] * expit(urge)
    offers = rooms[:, None] * np.minimum(willing, p.single_borrower)
    listed = np.array(net.world.listed, float)[:, None]
    quoted = p.quoted_sale * q.equity.cap * listed * q.calendar.credit_open[EQUITY]
    sold = p.unquoted_sale * q.equity.cap * (1.0 - listed)
    offers[EQUITY] = quoted * willing[EQUITY] + np.minimum(offers[EQUITY], sold)
    offers[BONDS] *= np.where(q.graded, 1.0, 1 - inputs.parameters.agency.mandate)
    backlog, letters = promised(net, inputs, s, q)
    q.rents_to_come, q.had_owed = backlog, sums.loans_by_borrower @ s.contracts.loans.owed
    base = p.advance_on_letters * letters + p.advance_on_backlog * backlog
    base = base + p.advance_on_assets * np.maximum(plant_economic(net, s), 0.0)
    stays = s.contracts.loans.owed - q.principal
    secured = sums.loans_by_borrower @ np.where(net.secured[:, None], stays, 0.0)
    asked = offers[net.secured_class].sum(axis=0)
    held = np.clip(np.maximum(base - secured, 0.0), 0.0, asked)
    offers[net.secured_class] *= np.where(asked > 0, held / np.where(asked > 0, asked, 1.0), 1.0)
    allowed = net.world.may_ask[:, :, None]
    rooms = np.broadcast_to(np.maximum(rooms, 0.0), patience.shape).copy()
    rooms[EQUITY] += quoted.sum(axis=0)
    return np.where(allowed, np.maximum(offers, 0.0), 0.0), rooms


def _raise_money(net: Network, q: Record, offers: np.ndarray, rooms: np.ndarray) -> None:
    """Rung by rung; a class that is asked for more than it has gives everybody the same share."""
    left = q.need.copy()
    q.granted = np.zeros_like(offers)
    for rung in RUNGS:
        rows = [LENDER_CLASSES.index(name) for name in rung]
        for _ in rung:
            standing = np.where(rooms[rows, None] > 0, offers[rows], 0.0)
            offered = standing.sum(axis=0)
            part = np.where(offered > 0, np.minimum(left / np.where(offered > 0, offered, 1.0), 1.0), 0.0)
            asked = standing * part
            by_all = asked.sum(axis=1)
            over = by_all > rooms[rows]
            cut = np.where(over, rooms[rows] / np.where(over, by_all, 1.0), 1.0)
            given = np.floor(asked * cut[:, None] / QUANTUM) * QUANTUM
            rooms[rows] = np.where(over, 0.0, rooms[rows] - given.sum(axis=1))
            offers[rows] -= given
            q.granted[rows] += given
            left -= given.sum(axis=0)
    q.refused, q.new_shares = left, q.granted[EQUITY]
    q.new_debt = q.granted.sum(axis=0) - q.new_shares


def clear_payments(net: Network, s: Record, q: Record) -> None:
    """Everybody's payments together, from above; then what contracts make of them."""
    sums, debtor = s.sums, net.world.claim_debtor
    means = s.stocks["cash"] + sums.ai_by_member @ whole(q.ai) + whole(q.core) + whole(q.outside_rounds)
    means = means + q.new_debt + q.new_shares
    owes = q.owes > 0
    some = np.where(owes, q.owes, 1.0)

    def have(ratio: np.ndarray) -> np.ndarray:
        return np.maximum(means + sums.by_creditor @ (q.claims * ratio[debtor]), 0.0)

    ratio, moving = np.ones_like(means), np.ones(means.shape[1], bool)
    while moving.any():
        lower = np.where(owes, np.minimum(have(ratio) / some, ratio), ratio)
        moved = ((ratio - lower) * q.owes).max(axis=0) >= STILL
        ratio = np.where(moving, lower, ratio)
        moving &= moved
    q.ratio = ratio
    q.clearing_gap = np.abs(q.owes * ratio - np.minimum(q.owes, have(ratio))).max(axis=0)
    q.unpaid = q.owes * (1 - ratio)
    paid = q.claims * ratio[debtor]
    q.cash = np.maximum(means + sums.by_creditor @ paid - sums.by_debtor @ paid, 0.0)
    _settle(net, s, q, paid)


def _pay_bills(bills: Record, paid: np.ndarray) -> np.ndarray:
    """Oldest first; what was really paid."""
    by_age = bills.by_age
    paid = np.clip(whole(paid), 0.0, by_age.sum(axis=1))
    older = np.cumsum(by_age[:, ::-1], axis=1)[:, ::-1] - by_age
    bills.by_age = by_age - np.clip(paid[:, None] - older, 0.0, by_age)
    return paid


def _settle(net: Network, s: Record, q: Record, paid: np.ndarray) -> None:
    contracts, now = s.contracts, q.quarter
    ends = np.cumsum(list(net.world.claim_sizes.values()))[:-1]
    of_cloud, of_orders, of_leases, q.spot_paid, _, _, _, advances, posted, q.costs_paid = np.split(paid, ends)
    q.posted = whole(posted)
    q.cloud_settled = _pay_bills(contracts.cloud.bills, of_cloud)
    orders, leases = contracts.orders, contracts.leases
    q.order_settled = _pay_bills(orders.bills, of_orders)
    q.delivered = np.clip(whole(of_orders) - q.order_settled, 0.0, orders.waiting)
    orders.waiting = orders.waiting - q.delivered
    orders.delivered = orders.delivered + q.delivered
    money = np.maximum(whole(of_leases), 0.0)
    q.rent_paid = np.minimum(money, leases.arrears)
    q.fee_paid = np.minimum(money - q.rent_paid, leases.fee_owed)
    leases.arrears, leases.fee_owed = leases.arrears - q.rent_paid, leases.fee_owed - q.fee_paid

    loans, last = contracts.loans, contracts.loans.ladder.shape[1] - 1
    *_, pays, _, _, _, _ = np.split(q.calendar.claim_pays, ends)
    share = q.ratio[net.world.loan_borrower] * pays
    q.repaid, q.earned = whole(q.principal * share), whole(q.interest * share)
    q.accrued = q.interest - q.earned
    loans.ladder[:, min(now + 1, last)] += q.accrued
    if now < last:
        loans.ladder[:, now + 1] += q.principal - q.repaid
        loans.ladder[:, now] = 0.0
    loans.owed = loans.owed - q.repaid + q.accrued
    advanced = s.sums.advances_by_loan @ whole(advances)
    _lend(net, s, q, advanced)
    q.lent = q.lent + advanced

    rounds = contracts.rounds
    able = and_outside(q.ratio, 1.0)[net.world.round_investor]
    q.invested = np.where(q.ready, whole(rounds.promised * (q.willing * able)), 0.0)
    late = (rounds.fate == Fate.PENDING) & ~q.ready & (now >= net.round_expiry)[:, None]
    ended = np.where(q.ready, np.where(q.invested > 0, Fate.POSTED, Fate.VOID), rounds.fate)
    rounds.fate = np.where(late, Fate.EXPIRED, ended)
    rounds.promised = np.where(q.ready | late, 0.0, rounds.promised)


def affordable(money: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The share of what is wanted that there is money for."""
    return np.where(wanted > money, money / np.where(wanted > 0, wanted, 1.0), 1.0)


def spend(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Sites first, then other plant, vendors' money and payouts out of what is above the floor."""
    world, sums, b = net.world, s.sums, net.world.builder_rows
    q.pace = affordable(q.cash[b], q.shells + q.chips)
    q.built, chips = q.shells * q.pace, q.chips * q.pace
    left = q.cash.copy()
    left[b] -= q.built + chips
    v = world.vehicle_rows
    q.built_by_vehicles = q.building * affordable(left[v], q.building)
    left[v] -= q.built_by_vehicles
    free = np.maximum(left - q.floor, 0.0)
    q.other = q.other_capex * affordable(free, q.other_capex)
    free = free - q.other
    share = affordable(free, sums.money_by_vendor @ q.vendor_money)
    q.invested_by_vendors = q.vendor_money * share[world.money_vendor_row]
    free = free - sums.money_by_vendor @ q.invested_by_vendors
    q.paid_out = q.payout * affordable(free, q.payout)
    q.chips_bought = chips[world.chip_builder] * inputs.traits.chip_share
    s.chips_bought = q.chips_bought.sum(axis=0)
    q.left = np.minimum(left, q.floor) + free - q.paid_out


def resolve_defaults(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Who fails, what is written off, who stands in."""
    p, world, sums, contracts = inputs.parameters, net.world, s.sums, s.contracts
    d, loans = s.default, s.contracts.loans
    debt = sums.loans_by_borrower @ loans.owed
    soon = sums.loans_by_borrower @ due_within(loans.ladder, q.quarter + 1, 4)
    can = 1.0 - np.array(world.passive, float)[:, None]
    free = d.barred <= 0
    short = (q.unpaid * can > p.default.tolerance) & free
    quarters = np.where(short, d.quarters_short + 1, 0.0)
    newly = short & (quarters >= np.maximum(p.default.grace, 1.0))
    business = can * ~world.lives_on_rent[:, None]
    newly |= (q.worth + debt < (soon + 0.5 * (debt - soon)) * business) & free
    newly |= (q.calendar.forced_default > 0) & free
    firm = world.swap_reference
    runs = (d.defaulted[firm] <= 0) & (q.quarter <= net.swap_last)[:, None]
    d.quarters_short = np.where(newly, 0.0, quarters)
    d.barred = np.where(newly, p.default.no_new_starts, np.maximum(d.barred - 1, 0.0))
    d.defaulted = np.maximum(d.defaulted, newly)
    q.newly = newly
    of = and_outside(newly, False)
    s.lender_lent = s.lender_lent + sums.loans_by_class @ q.lent
    _write_down(net, inputs, s, q, debt)
    q.premiums = whole(np.where(runs, net.swap_premium[:, None], 0.0))
    q.payouts = whole(np.where(runs, net.swap_notional[:, None] * q.gone[firm], 0.0))

    orders, cloud, leases = contracts.orders, contracts.cloud, contracts.leases
    overdue = orders.bills.by_age[:, OVERDUE:].sum(axis=1) > 0
    q.orders_lost = _give_up(orders.bills, overdue | of[world.order_buyer])
    overdue = cloud.bills.by_age[:, OVERDUE:].sum(axis=1) > 0
    customer = of[world.cloud_customer]
    q.cloud_lost = _give_up(cloud.bills, overdue | customer)
    cloud.ended = cloud.ended | overdue | (customer & (p.engine.rent_per_gw_year > q.new_rent))
    gone = of[world.lease_tenant]
    leases.arrears, leases.fee_owed = np.where(gone, 0.0, leases.arrears), np.where(gone, 0.0, leases.fee_owed)
    _vest(net, inputs, s, q)
    wiped = np.where(newly, np.log(p.engine.old_shares_keep), 0.0)
    q.equity.lasting = q.equity.lasting + wiped
    q.equity.cap = q.equity.cap * np.exp(wiped)
    q.share_return = (1 + q.share_return) * np.exp(wiped) - 1


def _give_up(bills: Record, where: np.ndarray) -> np.ndarray:
    lost = np.where(where, bills.by_age.sum(axis=1), 0.0)
    bills.by_age = np.where(where[:, None], 0.0, bills.by_age)
    return lost


def _write_down(net: Network, inputs: Plain, s: Record, q: Record, debt: np.ndarray) -> None:
    p, engine, world, sums = inputs.parameters.default, inputs.parameters.engine, net.world, s.sums
    loans, guarantees, borrower = s.contracts.loans, s.contracts.guarantees, net.world.loan_borrower
    whole_debt = debt.sum(axis=0)
    in_default = (debt * s.default.defaulted).sum(axis=0) / np.where(whole_debt > 0, whole_debt, 1.0)
    calm = p.unsecured_bond_recovery
    downturn = np.minimum(p.downturn_recovery, calm)
    bust = np.minimum(p.bust_recovery, downturn)
    depth = 2 * np.clip(in_default / engine.bust_share, 0.0, 1.0)
    unsecured = calm + np.minimum(depth, 1.0) * (downturn - calm) + np.maximum(depth - 1, 0.0) * (bust - downturn)
    factor = np.where(calm > 0, unsecured / np.where(calm > 0, calm, 1.0), 1.0)
    means = np.stack(np.broadcast_arrays(*(getattr(p, f"{rank}_recovery") for rank in RANKS)))
    kept = means[world.loan_rank] * factor
    wanted = sums.loans_by_borrower @ (kept * loans.owed)
    assets = np.maximum(plant_economic(net, s) + q.left, q.worth + debt)
    assets = np.maximum(assets, 0.0)
    cut = np.where(wanted > assets, assets / np.where(wanted > 0, wanted, 1.0), 1.0)
    share = q.newly[borrower] * (1 - np.minimum(kept * cut[borrower], 1.0))

    q.gone = sums.loans_by_borrower @ (share * loans.owed) / np.where(debt > 0, debt, 1.0)
    missing = and_outside(share * loans.owed, 0.0)[world.promised_loan]
    missing = missing + and_outside(q.unsold, 0.0)[world.backstopped]
    bound = and_outside(1.0 - s.default.defaulted, 1.0)[world.guarantor]
    stands = np.broadcast_to(q.calendar.guarantee_share * inputs.guarantee_binds * bound, missing.shape)
    together = and_outside(sums.guarantees_by_loan @ stands, 0.0)[world.promised_loan]
    covered = missing * stands / np.maximum(together, 1.0)
    payable = np.minimum(np.maximum(covered, 0.0), exposure(net, guarantees, q.quarter))
    asked = and_outside(sums.guarantees_by_guarantor @ payable, 0.0)[world.guarantor]
    means = and_outside(q.left, np.inf)[world.guarantor]
    able = np.minimum(1.0, np.where(asked > 0, means / np.where(asked > 0, asked, 1.0), 1.0))
    q.called = whole(payable * able)
    guarantees.called = guarantees.called + q.called
    owed = guarantees.owed + np.where(net.subrogated[:, None], q.called, 0.0)
    q.guarantees_lost = np.where(missing > 0, owed, 0.0)
    guarantees.owed = owed - q.guarantees_lost

    lost, taken = share * loans.owed, np.zeros_like(loans.owed)
    paid_in = sums.guarantees_by_loan @ q.called
    if paid_in.any():
        before = np.cumsum(loans.ladder, axis=1) - loans.ladder
        off = np.clip(paid_in[:, None] - before, 0.0, loans.ladder)
        loans.ladder = loans.ladder - off
        taken = off.sum(axis=1)
        loans.owed = loans.owed - taken
    rest = np.maximum(lost - taken, 0.0)
    part = np.where(loans.owed > 0, rest / np.where(loans.owed > 0, loans.owed, 1.0), 0.0)
    gone = whole(loans.ladder * part[:, None])
    loans.ladder = loans.ladder - gone
    q.loans_lost = gone.sum(axis=1)
    loans.owed = loans.owed - q.loans_lost
    _lay_anew(net, loans, q)
    s.lender_lost = s.lender_lost + sums.loans_by_class @ rest


def sell_under_mandate(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    """Who may hold investment grade only sells what has lost it."""
    sales, p, loans = net.world.sales, inputs.parameters, s.contracts.loans
    sold, bought = sales.sold, sales.bought
    firm, owed = net.world.loan_borrower[sold], loans.owed[sold]
    quarters = np.maximum(np.arange(loans.ladder.shape[1]) - q.quarter, 0)[:, None]
    years = (loans.ladder[sold] * quarters).sum(axis=1) / 4 / np.where(owed > 0, owed, 1.0)
    base = p.engine.base_rate
    coupon = loans.rate[sold] + np.where(net.floating[sold][:, None], base, 0.0)
    asked = base + q.spread[firm]
    left = np.exp(-asked * years)
    price = coupon / asked * (1 - left) + left
    taken = whole(loans.ladder[sold] * (p.agency.mandate * q.fell[firm])[:, None])
    q.sold = taken.sum(axis=1)
    q.discounts = whole(q.sold * (1 - price))
    interest = loans.rate * loans.owed
    np.add.at(interest, bought, loans.rate[sold] * q.sold)
    np.add.at(loans.owed, bought, q.sold)
    some = loans.owed[bought] > 0
    loans.rate[bought] = np.where(some, interest[bought] / np.where(some, loans.owed[bought], 1.0), loans.rate[bought])
    loans.owed[sold] -= q.sold
    loans.ladder[sold] -= taken
    np.add.at(loans.ladder, bought, taken)


def promised(net: Network, inputs: Plain, s: Record, q: Record) -> tuple[np.ndarray, np.ndarray]:
    """What is signed and still to come, and what is a letter of intent, by the firm that sells it."""
    world, sums, today, orders = net.world, s.sums, q.calendar, s.contracts.orders
    by_now = net.cloud_by_now
    clouds = np.maximum(by_now[:, -1] - by_now[:, q.quarter + 1], 0.0)[:, None] * today.cloud_binds
    clouds = np.where(s.contracts.cloud.ended, 0.0, clouds)
    goods = (net.orders_by_now[:, -1:] - orders.arrived + orders.waiting) * today.order_binds
    goods = np.where(orders.canceled, 0.0, goods)
    backlog = letters = 0.0
    for by_seller, standing, share, decided in (
        (sums.cloud_by_provider, clouds, inputs.cloud_share, world.cloud_letters),
        (sums.orders_by_seller, goods, inputs.order_share, world.order_letters),
    ):
        still = np.zeros((len(standing), 1))
        still[[letter.contract for letter in decided if q.quarter < letter.decided]] = 1.0
        backlog = backlog + by_seller @ (standing * share * (1 - still))
        letters = letters + by_seller @ (standing * still)
    rents = s.contracts.leases.rent_share * net.lease_backlog[:, q.quarter, None]
    return np.asarray(backlog + sums.leases_by_landlord @ rents), np.asarray(letters)


def exposure(net: Network, guarantees: Record, quarter: int) -> np.ndarray:
    """The most that can still be called of each guarantee."""
    left = np.maximum(net.guarantee_cap[:, None] - guarantees.called, 0.0)
    at = min(quarter, net.guaranteed_value.shape[1] - 1)
    left = np.minimum(left, np.maximum(net.guaranteed_value[:, at, None] - guarantees.called, 0.0))
    running = (net.guarantee_first <= quarter) & (quarter <= net.guarantee_last)
    return np.where(running[:, None], left, 0.0)


def _vest(net: Network, inputs: Plain, s: Record, q: Record) -> None:
    world, warrants, t = net.world, s.contracts.warrants, inputs.traits
    s.rewarded = s.rewarded + s.sums.orders_by_warrant @ q.delivered + s.sums.chips_by_warrant @ q.chips_bought
    gw = s.rewarded * t.gw_per_usd_bn
    issuer = world.warrant_issuer
    price = t.opening_price_usd * q.equity.cap[issuer] / t.equity_value[issuer]
    reached = (gw[net.warrant_of] >= net.milestone_gw[:, None]) & (price[net.warrant_of] >= net.hurdle_usd[:, None])
    warrants.void = warrants.void | (q.calendar.warrant_binds <= 0)
    new = reached & ~warrants.vested & ~warrants.void[net.warrant_of]
    warrants.vested = warrants.vested | new
    q.vested = whole(s.sums.tranches_by_warrant @ np.where(new, net.vest_value[:, None], 0.0))
