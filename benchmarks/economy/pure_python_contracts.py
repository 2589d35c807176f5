"""The second half of the quarter in plain Python: what is due, who lends, who pays, who fails."""

from __future__ import annotations

from math import exp, floor, inf, log
from types import SimpleNamespace as Record
from typing import Any

from benchmarks.economy.pure_python_numbers import exposure, plant_values, promised, whole
from ouroloop.behavior.lending import BONDS, EQUITY, LENDER_CLASSES
from ouroloop.core import QUANTUM

STILL = 2.0**-31
OVERDUE = 2
PENDING, POSTED, VOID, EXPIRED = 1, 2, 3, 4
RANKS = ("loan", "secured_bond", "unsecured_bond", "subordinated")

Lists = Any


def fall_due(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Bills, orders, rents, spot compute, interest, principal, tranches; all claims on members, in their order."""
    contracts, today, now = s.contracts, q.calendar, q.quarter
    here = [defaulted <= 0 for defaulted in s.default.defaulted] + [True]
    ready = [
        have / wanted if wanted > have else 1.0 for have, wanted in zip(s.plant.capacity, q.wanted, strict=True)
    ] + [1.0]
    q.billed, cloud = [], contracts.cloud
    for c, by_age in enumerate(cloud.bills.by_age):
        share = own.cloud_share[c] * today.cloud_binds[c] * ready[net.cloud_builder[c]]
        committed = net.cloud_by_now[c][now + 1] - net.cloud_by_now[c][now]
        bill = 0.0 if cloud.ended[c] else whole(committed * share * max(1.0, net.cloud_take_or_pay[c]))
        q.billed.append(bill)
        by_age[:] = [bill, by_age[0], by_age[1], by_age[2] + by_age[3]]
    q.shortfall, q.fee, orders = [], [], contracts.orders
    for o, by_age in enumerate(orders.bills.by_age):
        cancel = not (here[net.order_buyer[o]] and here[net.order_seller[o]])
        by_now, canceled = net.orders_by_now[o], orders.canceled[o] or cancel
        backlog = by_now[-1] - orders.arrived[o] + orders.waiting[o]
        fee = whole(net.cancellation[o] * backlog) if cancel and not orders.canceled[o] else 0.0
        arriving = 0.0 if canceled else max(by_now[now + 1] - orders.arrived[o], 0.0)
        share = own.order_share[o] * today.order_binds[o]
        shortfall = whole(net.take_or_pay[o] * (arriving - arriving * share))
        orders.arrived[o] += arriving
        orders.waiting[o] = 0.0 if canceled else orders.waiting[o] + whole(arriving * share)
        orders.canceled[o] = canceled
        by_age[:] = [shortfall + fee, by_age[0], by_age[1], by_age[2] + by_age[3]]
        q.shortfall.append(shortfall)
        q.fee.append(fee)
    leases, rents = contracts.leases, [0.0] * net.members
    for n, factor in enumerate(today.lease_factor):
        leases.rent_share[n] *= factor
        rent = whole(leases.rent_share[n] * net.lease_first[n][now])
        leases.arrears[n] += rent
        if net.lease_tenant[n] >= 0:
            rents[net.lease_tenant[n]] += rent
    agency, posted = own.parameters.agency, s.books.stocks["deposits"]
    q.deposits = [0.0 if q.graded[m] else whole(agency.deposit * rents[m]) for m in net.deposit_payer]
    q.asked_deposits = [
        whole(max(target - posted[m], 0.0)) for m, target in zip(net.deposit_payer, q.deposits, strict=True)
    ]
    q.returned = [whole(max(posted[m] - target, 0.0)) for m, target in zip(net.deposit_payer, q.deposits, strict=True)]
    _spot(net, own, s, q)
    loans, base = contracts.loans, own.parameters.engine.base_rate
    q.interest = [
        whole(owed * (rate + base if floating else rate) / 4) if owed else 0.0
        for owed, rate, floating in zip(loans.owed, loans.rate, net.floating, strict=True)
    ]
    for n, (borrower, is_bond) in enumerate(zip(net.loan_borrower, net.bond, strict=True)):
        below = max(floor(q.rating[borrower] + 0.5) - 3, 0)
        if is_bond and below and own.traits.investment_grade[borrower] > 0:
            q.interest[n] += whole(loans.owed[n] * agency.step_up * agency.with_step_up * below / 4)
    last = len(loans.ladder[0]) - 1
    q.principal = [ladder[now] if now < last else 0.0 for ladder in loans.ladder]
    q.willing, rounds, q.outside_rounds = [], [], [0.0] * net.members
    for n, (investor, issuer) in enumerate(zip(net.round_investor, net.round_issuer, strict=True)):
        willing = own.round_share[n] * today.round_pays[n] if here[investor] and here[issuer] else 0.0
        pending = contracts.rounds.fate[n] == PENDING and net.round_first[n] <= now <= net.round_expiry[n]
        amount = contracts.rounds.promised[n] * willing if pending else 0.0
        q.willing.append(willing)
        rounds.append(amount if investor >= 0 else 0.0)
        if investor < 0:
            q.outside_rounds[issuer] += amount
    q.claims = [
        *(sum(bills) for bills in cloud.bills.by_age),
        *(sum(bills) + waiting for bills, waiting in zip(orders.bills.by_age, orders.waiting, strict=True)),
        *(a + f for a, f in zip(leases.arrears, leases.fee_owed, strict=True)),
        *q.spot,
        *q.interest,
        *q.principal,
        *rounds,
        *_advances(net, own, s, q, here),
        *q.asked_deposits,
        *q.costs,
    ]
    q.claims = [amount * pays for amount, pays in zip(q.claims, today.claim_pays, strict=True)]
    q.owes, q.earns = [0.0] * net.members, [0.0] * net.members
    for amount, debtor, creditor in zip(q.claims, net.claim_debtor, net.claim_creditor, strict=True):
        if amount:
            q.owes[debtor] += amount
            if creditor >= 0:
                q.earns[creditor] += amount


def _advances(net: Lists, own: Record, s: Record, q: Record, here: list[bool]) -> list[float]:
    """What vendors lend their customers for what these buy from them."""
    orders, leases = s.contracts.orders, s.contracts.leases
    bought = (
        [whole(q.chips[b] * share) for b, share in zip(net.chip_builder, own.traits.chip_share, strict=True)],
        [sum(bills) for bills in s.contracts.cloud.bills.by_age],
        [sum(bills) + waiting for bills, waiting in zip(orders.bills.by_age, orders.waiting, strict=True)],
        [a + f for a, f in zip(leases.arrears, leases.fee_owed, strict=True)],
    )
    advances = []
    for n, schedule in enumerate(net.advance_schedule):
        of_kinds = zip(net.bought_with_advances, bought, strict=True)
        buys = sum(
            amount for rows, amounts in of_kinds for there, amount in zip(rows[n], amounts, strict=True) if there
        )
        promised = schedule[q.quarter] * own.advance_share[n] * q.calendar.advance_stands[n]
        sound = here[net.advance_lender[n]] and here[net.advance_borrower[n]]
        advances.append(whole(min(promised, buys)) if sound else 0.0)
    return advances


def _spot(net: Lists, own: Record, s: Record, q: Record) -> None:
    share = own.parameters.engine.compute_share_of_ai_revenue * q.efficiency
    signed = [0.0] * net.members
    for customer, bill in zip(net.cloud_customer, q.billed, strict=True):
        signed[customer] += bill
    wants = {lab: max(share * q.ai_of[lab] - signed[lab], 0.0) for lab in net.spot_buyers}
    idle = [max(have - used, 0.0) * q.rent / 4 for have, used in zip(s.plant.capacity, q.wanted, strict=True)]
    q.spot_wanted, offered = sum(wants.values()), sum(idle)
    served = min(q.spot_wanted, offered)
    scale = served / q.spot_wanted / offered if served > 0 else 0.0
    q.spot, q.unsold = [], idle
    for lab, b in zip(net.spot_buyer, net.spot_builder, strict=True):
        q.spot.append(scale * wants[lab] * idle[b])
    for b, sold in zip(net.spot_builder, list(q.spot), strict=True):
        q.unsold[b] -= sold
    q.unsold = [max(left, 0.0) for left in q.unsold]


def raise_funds(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Who asks for how much, and what do lenders and investors grant?"""
    p, t, now, stocks = own.parameters, own.traits, q.quarter, s.books.stocks
    sold = [0.0] * net.members
    for vendor, builder, share in zip(net.chip_vendor, net.chip_builder, t.chip_share, strict=True):
        if vendor >= 0:
            sold[vendor] += q.chips[builder] * share
    sites, money, soon = [0.0] * net.members, [0.0] * net.members, [0.0] * net.members
    for row, shells, chips in zip(net.builder_rows, q.shells, q.chips, strict=True):
        sites[row] = shells + chips
    for row, amount in zip(net.money_vendor_row, q.vendor_money, strict=True):
        money[row] += amount
    drawn = _draw_promised(net, own, s, q)
    for row, amount in zip(net.vehicle_rows, q.building, strict=True):
        sites[row] += amount
    loans = s.contracts.loans
    ends = min(now + 5, len(loans.ladder[0]) - 1)
    for row, ladder in zip(net.loan_borrower, loans.ladder, strict=True):
        soon[row] += sum(ladder[now + 1 : ends])
    q.floor = [p.funding.floor_quarters * max(cost, 0.0) for cost in q.costs]
    q.need, expected = [0.0] * net.members, []
    for m in range(net.members):
        before_dues = q.ai_of[m] + q.core[m] + q.earns[m] + q.outside_rounds[m] + drawn[m]
        expected.append(before_dues)
        if s.default.barred[m] <= 0:
            on_rent = net.lives_on_rent[m]
            spends = q.owes[m] + sites[m] + q.other_capex[m] + money[m] + (0.0 if on_rent else q.payout[m])
            kept = q.floor[m] + (0.0 if on_rent else p.funding.prefunding * soon[m])
            need = spends + kept - stocks["cash"][m] - (before_dues + sold[m])
            q.need[m] = whole(max(need, q.owes[m] - stocks["cash"][m] - before_dues, 0.0))
    for row in net.vehicle_rows:
        q.floor[row] += p.funding.prefunding * soon[row]
    _raise_money(net, own, s, q)
    q.new_debt = [granted + promised for granted, promised in zip(q.new_debt, drawn, strict=True)]
    q.lent, q.base_rate = [0.0] * len(net.loan_lender), p.engine.base_rate
    for n, (lender, borrower) in enumerate(zip(net.loan_lender, net.loan_borrower, strict=True)):
        if net.draws[n]:
            _lend(net, s, q, n, q.granted[lender].get(borrower, 0.0))
    _lend_promised(net, s, q)
    _extend(net, s, q, expected, drawn)


def _lend(net: Lists, s: Record, q: Record, n: int, lent: float) -> None:
    """New debt, due in one piece after its tenor."""
    if lent:
        loans = s.contracts.loans
        rate = q.spread[net.loan_borrower[n]] + (0.0 if net.floating[n] else q.base_rate)
        owed = loans.owed[n] + lent
        loans.rate[n] = (loans.rate[n] * loans.owed[n] + rate * lent) / owed
        loans.owed[n] = owed
        loans.ladder[n][min(q.quarter + net.tenor[n], len(loans.ladder[n]) - 1)] += lent
        q.lent[n] += lent


def _draw_promised(net: Lists, own: Record, s: Record, q: Record) -> list[float]:
    """What lenders have promised for this quarter, by borrower; what vehicles build with it."""
    q.draws, drawn = [], [0.0] * net.members
    shares = zip(own.draw_share, q.calendar.draw_stands, strict=True)
    for loan, schedule, (share, stands) in zip(net.draw_loan, net.draw_schedule, shares, strict=True):
        borrower = net.loan_borrower[loan]
        q.draws.append(whole(schedule[q.quarter] * share * stands) if s.default.barred[borrower] <= 0 else 0.0)
        drawn[borrower] += q.draws[-1]
    interest = [0.0] * net.members
    for borrower, due in zip(net.loan_borrower, q.interest, strict=True):
        interest[borrower] += due
    q.building = [
        max(drawn[row] - (interest[row] if q.quarter < opens else 0.0), 0.0)
        for row, opens in zip(net.vehicle_rows, net.vehicle_opens, strict=True)
    ]
    return drawn


def _lend_promised(net: Lists, s: Record, q: Record) -> None:
    loans = s.contracts.loans
    last = len(loans.ladder[0]) - 1
    for n, (loan, lent) in enumerate(zip(net.draw_loan, q.draws, strict=True)):
        first = max(net.draw_first[n], q.quarter + 1)
        parts = max(net.draw_first[n] + net.draw_parts[n] - first, 1)
        part, left = lent / parts // QUANTUM * QUANTUM, lent
        for slot in range(first, min(first + parts - 1, last)):
            loans.ladder[loan][slot] += part
            left -= part
        loans.ladder[loan][min(first + parts - 1, last)] += left
        loans.owed[loan] += lent
        q.lent[loan] += lent


def _extend(net: Lists, s: Record, q: Record, expected: list[float], drawn: list[float]) -> None:
    """Principal that a vehicle cannot replace falls due a quarter later while its tenant is sound."""
    loans = s.contracts.loans
    sound = {
        row: s.default.barred[tenant] <= 0 and q.rents_to_come[row] >= q.had_owed[row]
        for row, tenant in zip(net.vehicle_rows, net.vehicle_tenant, strict=True)
    }
    principal, first = [0.0] * net.members, net.first_principal
    asked = q.claims[first : first + len(q.principal)]
    for borrower, due in zip(net.loan_borrower, asked, strict=True):
        principal[borrower] += due
    had_owed, q.owes = q.owes, list(q.owes)
    last = len(loans.ladder[0]) - 1
    for n, (borrower, due) in enumerate(zip(net.loan_borrower, asked, strict=True)):
        if not sound.get(borrower, False) or principal[borrower] <= 0:
            continue
        granted = q.new_debt[borrower] - drawn[borrower] + q.new_shares[borrower]
        missing = had_owed[borrower] - (s.books.stocks["cash"][borrower] + expected[borrower] + granted)
        extended = whole(due * min(max(missing, 0.0), principal[borrower]) / principal[borrower])
        if q.quarter < last:
            loans.ladder[n][q.quarter] -= extended
            loans.ladder[n][q.quarter + 1] += extended
        q.principal[n] -= extended
        q.claims[first + n] -= extended
        q.owes[borrower] -= extended


def _offers(net: Lists, own: Record, s: Record, q: Record, asking: list[int]) -> tuple[list[Any], list[float]]:
    """What each class would give each of those who ask, and what it has in all."""
    p, grown = own.parameters.lending, exp(own.parameters.engine.core_growth * q.years)
    rooms, patience, limits = [], [], []
    for n, name in enumerate(LENDER_CLASSES):
        rooms.append(getattr(p, f"{name}_capacity") * grown * q.calendar.credit_open[n])
        lost = min(max(s.lender_lost[n] / s.lender_lent[n], 0.0), 1.0) if s.lender_lent[n] > 0 else 0.0
        patience.append(1 / (1 + exp(-p.steepness * (1 - lost / getattr(p, f"{name}_loss")))))
        limits.append(getattr(p, f"{name}_spread"))
    (backlog, letters), secured = promised(net, own, s, q), [0.0] * net.members
    q.rents_to_come, q.had_owed = backlog, [0.0] * net.members
    standing = zip(net.loan_borrower, net.secured, s.contracts.loans.owed, q.principal, strict=True)
    for borrower, counts, owed, due in standing:
        q.had_owed[borrower] += owed
        if counts:
            secured[borrower] += owed - due
    plant = plant_values(net, s.plant, "economic")
    quoted = [
        p.quoted_sale * cap * q.calendar.credit_open[EQUITY] if listed else 0.0
        for cap, listed in zip(q.equity.cap, net.listed, strict=True)
    ]
    offers = [{} for _ in LENDER_CLASSES]
    for m in asking:
        offered = []
        for n, (room, patient, limit) in enumerate(zip(rooms, patience, limits, strict=True)):
            urge = p.steepness * (1 - q.spread[m] / limit)
            if n == EQUITY:
                urge += p.pull_of_narrative * (q.equity.lasting[m] + q.equity.fresh[m])
            willing = patient / (1 + exp(-urge))
            offered.append(room * min(willing, p.single_borrower))
            if n == EQUITY:
                sold = p.unquoted_sale * q.equity.cap[m]
                offered[n] = quoted[m] * willing if net.listed[m] else min(offered[n], sold)
            if n == BONDS and not q.graded[m]:
                offered[n] *= 1 - own.parameters.agency.mandate
        asked = sum(offered[n] for n in net.secured_classes)
        base = p.advance_on_letters * letters[m] + p.advance_on_backlog * backlog[m]
        base += p.advance_on_assets * max(plant[m], 0.0)
        held = min(max(base - secured[m], 0.0), asked)
        for n in net.secured_classes:
            offered[n] *= held / asked if asked > 0 else 1.0
        for n, offer in enumerate(offered):
            if net.may_ask[n][m]:
                offers[n][m] = max(offer, 0.0)
    rooms[EQUITY] += sum(quoted)
    return offers, rooms


def _raise_money(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Rung by rung; a class that is asked for more than it has gives everybody the same share."""
    left = {m: need for m, need in enumerate(q.need) if need}
    offers, rooms = _offers(net, own, s, q, list(left))
    q.granted = [{} for _ in LENDER_CLASSES]
    for rung in net.rungs:
        for _ in rung:
            part = {}
            for m, need in left.items():
                offered = sum(offers[n].get(m, 0.0) for n in rung if rooms[n] > 0)
                part[m] = min(need / offered, 1.0) if offered > 0 else 0.0
            for n in rung:
                if rooms[n] <= 0:
                    continue
                asked = {m: offer * part[m] for m, offer in offers[n].items() if offer * part[m]}
                by_all = sum(asked.values())
                cut = rooms[n] / by_all if by_all > rooms[n] else 1.0
                given_by_all = 0.0
                for m, amount in asked.items():
                    given = amount * cut // QUANTUM * QUANTUM
                    offers[n][m] -= given
                    left[m] -= given
                    q.granted[n][m] = q.granted[n].get(m, 0.0) + given
                    given_by_all += given
                rooms[n] = 0.0 if by_all > rooms[n] else rooms[n] - given_by_all
    q.refused = [left.get(m, 0.0) for m in range(net.members)]
    q.new_shares = [q.granted[EQUITY].get(m, 0.0) for m in range(net.members)]
    q.new_debt = [
        sum(q.granted[n].get(m, 0.0) for n in range(len(LENDER_CLASSES)) if n != EQUITY) for m in range(net.members)
    ]


def clear_payments(net: Lists, s: Record, q: Record) -> None:
    """Everybody's payments together, from above; then what contracts make of them."""
    means = [
        cash + whole(core) + whole(rounds) + debt + shares
        for cash, core, rounds, debt, shares in zip(
            s.books.stocks["cash"], q.core, q.outside_rounds, q.new_debt, q.new_shares, strict=True
        )
    ]
    for firm, amount in zip(net.ai_firm, q.ai, strict=True):
        means[firm] += whole(amount)
    inside = [
        (debtor, creditor, amount)
        for debtor, creditor, amount in zip(net.claim_debtor, net.claim_creditor, q.claims, strict=True)
        if amount and creditor >= 0
    ]

    def have(ratio: list[float]) -> list[float]:
        found = list(means)
        for debtor, creditor, amount in inside:
            found[creditor] += amount * ratio[debtor]
        return [max(amount, 0.0) for amount in found]

    ratio, moved = [1.0] * net.members, inf
    while moved >= STILL:
        moved = 0.0
        lower = []
        for amount, owes, before in zip(have(ratio), q.owes, ratio, strict=True):
            now = min(amount / owes, before) if owes > 0 else before
            moved = max(moved, (before - now) * owes)
            lower.append(now)
        ratio = lower
    q.ratio, can = [*ratio, 1.0], have(ratio)
    q.clearing_gap = max(abs(owes * r - min(owes, c)) for owes, r, c in zip(q.owes, ratio, can, strict=True))
    q.unpaid = [owes * (1 - r) for owes, r in zip(q.owes, ratio, strict=True)]
    paid = [amount * ratio[debtor] for amount, debtor in zip(q.claims, net.claim_debtor, strict=True)]
    left = list(means)
    for amount, debtor, creditor in zip(paid, net.claim_debtor, net.claim_creditor, strict=True):
        if amount:
            left[debtor] -= amount
            if creditor >= 0:
                left[creditor] += amount
    q.cash = [max(amount, 0.0) for amount in left]
    _settle(net, s, q, paid)


def pay_bills(by_age: list[float], paid: float) -> float:
    """Oldest first; what was really paid."""
    paid, older = min(max(whole(paid), 0.0), sum(by_age)), 0.0
    if paid:
        for age in (3, 2, 1, 0):
            owed = by_age[age]
            by_age[age] -= min(max(paid - older, 0.0), owed)
            older += owed
    return paid


def _settle(net: Lists, s: Record, q: Record, paid: list[float]) -> None:
    contracts, now, given = s.contracts, q.quarter, iter(paid)
    q.cloud_settled = [pay_bills(bills, next(given)) for bills in contracts.cloud.bills.by_age]
    orders, q.order_settled, q.delivered = contracts.orders, [], []
    for o, bills in enumerate(orders.bills.by_age):
        money = next(given)
        settled = pay_bills(bills, money)
        deliver = min(max(whole(money) - settled, 0.0), orders.waiting[o])
        orders.waiting[o] -= deliver
        orders.delivered[o] += deliver
        q.order_settled.append(settled)
        q.delivered.append(deliver)
    leases, q.rent_paid, q.fee_paid = contracts.leases, [], []
    for n in range(len(leases.arrears)):
        money = max(whole(next(given)), 0.0)
        rent = min(money, leases.arrears[n])
        fee = min(money - rent, leases.fee_owed[n])
        leases.arrears[n] -= rent
        leases.fee_owed[n] -= fee
        q.rent_paid.append(rent)
        q.fee_paid.append(fee)
    q.spot_paid = [next(given) for _ in q.spot]
    q.costs_paid = paid[-net.members :]
    loans, q.repaid, q.earned, q.accrued = contracts.loans, [], [], []
    last = len(loans.ladder[0]) - 1
    q.posted = [whole(x) for x in paid[-net.members - len(net.deposit_payer) : -net.members]]
    first = net.first_principal
    for n, borrower in enumerate(net.loan_borrower):
        ladder, principal, interest = loans.ladder[n], q.principal[n], q.interest[n]
        share = q.ratio[borrower] * q.calendar.claim_pays[first + n]
        repaid, earned = whole(principal * share), whole(interest * share)
        unpaid = interest - earned
        if now < last:
            ladder[now] = 0.0
            ladder[now + 1] += principal - repaid
        ladder[min(now + 1, last)] += unpaid
        loans.owed[n] += unpaid - repaid
        q.repaid.append(repaid)
        q.earned.append(earned)
        q.accrued.append(unpaid)
    after = net.members + len(net.deposit_payer)
    for n, advance in zip(net.advance_loan, paid[-after - len(net.advance_loan) : -after], strict=True):
        _lend(net, s, q, n, whole(advance))
    rounds, q.invested = contracts.rounds, []
    for n, investor in enumerate(net.round_investor):
        amount = 0.0
        if rounds.fate[n] == PENDING:
            if net.round_first[n] <= now <= net.round_expiry[n]:
                amount = whole(rounds.promised[n] * q.willing[n] * q.ratio[investor])
                rounds.fate[n], rounds.promised[n] = (POSTED if amount > 0 else VOID), 0.0
            elif now >= net.round_expiry[n]:
                rounds.fate[n], rounds.promised[n] = EXPIRED, 0.0
        q.invested.append(amount)


def spend(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Sites first, then other plant, vendors' money and payouts out of what is above the floor."""
    left, q.pace, q.built = list(q.cash), [], []
    for n, row in enumerate(net.builder_rows):
        wanted = q.shells[n] + q.chips[n]
        pace = affordable(left[row], wanted)
        q.pace.append(pace)
        q.built.append(q.shells[n] * pace)
        left[row] -= wanted * pace
    q.chips_bought = [
        q.chips[b] * q.pace[b] * share for b, share in zip(net.chip_builder, own.traits.chip_share, strict=True)
    ]
    s.chips_bought = sum(q.chips_bought)
    q.built_by_vehicles = []
    for row, wanted in zip(net.vehicle_rows, q.building, strict=True):
        q.built_by_vehicles.append(wanted * affordable(left[row], wanted))
        left[row] -= q.built_by_vehicles[-1]
    free = [max(have - floor, 0.0) for have, floor in zip(left, q.floor, strict=True)]
    q.other, by_vendor = [0.0] * net.members, {}
    for m, wanted in enumerate(q.other_capex):
        if wanted:
            q.other[m] = wanted * affordable(free[m], wanted)
            free[m] -= q.other[m]
    for row, amount in zip(net.money_vendor_row, q.vendor_money, strict=True):
        by_vendor[row] = by_vendor.get(row, 0.0) + amount
    part = {row: affordable(free[row], amount) for row, amount in by_vendor.items()}
    q.invested_by_vendors = [x * part[row] for x, row in zip(q.vendor_money, net.money_vendor_row, strict=True)]
    for row, amount in zip(net.money_vendor_row, q.invested_by_vendors, strict=True):
        free[row] -= amount
    q.paid_out = [
        wanted * affordable(have, wanted) if wanted else 0.0 for wanted, have in zip(q.payout, free, strict=True)
    ]
    q.left = [
        min(have, floor) + more - out for have, floor, more, out in zip(left, q.floor, free, q.paid_out, strict=True)
    ]


def affordable(money: float, wanted: float) -> float:
    """The share of what is wanted that there is money for."""
    return money / wanted if wanted > money else 1.0


def resolve_defaults(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Who fails, what is written off, who stands in."""
    p, contracts, d, loans = own.parameters, s.contracts, s.default, s.contracts.loans
    debt, soon = [0.0] * net.members, [0.0] * net.members
    ends = min(q.quarter + 5, len(loans.ladder[0]) - 1)
    for n, borrower in enumerate(net.loan_borrower):
        if loans.owed[n]:
            debt[borrower] += loans.owed[n]
            soon[borrower] += sum(loans.ladder[n][q.quarter + 1 : ends])
    newly, had_failed = [], [x > 0 for x in d.defaulted]
    for m in range(net.members):
        can, free = not net.passive[m], d.barred[m] <= 0
        short = can and free and q.unpaid[m] > p.default.tolerance
        d.quarters_short[m] = d.quarters_short[m] + 1 if short else 0.0
        point = soon[m] + 0.5 * (debt[m] - soon[m]) if can and not net.lives_on_rent[m] else 0.0
        fails = free and (
            (short and d.quarters_short[m] >= max(p.default.grace, 1.0))
            or q.worth[m] + debt[m] < point
            or q.calendar.forced_default[m] > 0
        )
        d.barred[m] = p.default.no_new_starts if fails else max(d.barred[m] - 1, 0.0)
        if fails:
            d.quarters_short[m], d.defaulted[m] = 0.0, 1.0
        newly.append(fails)
    q.newly = [*newly, False]
    q.loans_lost, q.called = [0.0] * len(loans.owed), [0.0] * len(net.guarantor)
    q.guarantees_lost, q.gone = [0.0] * len(net.guarantor), [0.0] * net.members
    for lender, lent in zip(net.loan_lender, q.lent, strict=True):
        if lender >= 0:
            s.lender_lent[lender] += lent
    if any(newly) or any(q.unsold[builder] > 0 for builder in net.backstopped if builder >= 0):
        _write_down(net, own, s, q, debt)
    q.premiums, q.payouts = [], []
    for n, firm in enumerate(net.swap_reference):
        runs = not had_failed[firm] and q.quarter <= net.swap_last[n]
        q.premiums.append(whole(net.swap_premium[n]) if runs else 0.0)
        q.payouts.append(whole(net.swap_notional[n] * q.gone[firm]) if runs else 0.0)
    orders, cloud = contracts.orders, contracts.cloud
    q.orders_lost = [
        _give_up(bills, sum(bills[OVERDUE:]) > 0 or q.newly[buyer])
        for bills, buyer in zip(orders.bills.by_age, net.order_buyer, strict=True)
    ]
    q.cloud_lost, dear = [], p.engine.rent_per_gw_year > q.new_rent
    for n, (bills, customer) in enumerate(zip(cloud.bills.by_age, net.cloud_customer, strict=True)):
        overdue = sum(bills[OVERDUE:]) > 0
        q.cloud_lost.append(_give_up(bills, overdue or q.newly[customer]))
        cloud.ended[n] = cloud.ended[n] or overdue or (q.newly[customer] and dear)
    for n, tenant in enumerate(net.lease_tenant):
        if q.newly[tenant]:
            contracts.leases.arrears[n] = contracts.leases.fee_owed[n] = 0.0
    _vest(net, own, s, q)
    wiped = log(p.engine.old_shares_keep)
    for m, fails in enumerate(newly):
        if fails:
            q.equity.lasting[m] += wiped
            q.equity.cap[m] *= exp(wiped)
            q.share_return[m] = (1 + q.share_return[m]) * exp(wiped) - 1


def _give_up(bills: list[float], where: bool) -> float:
    lost = sum(bills) if where else 0.0
    if where:
        bills[:] = [0.0] * 4
    return lost


def _write_down(net: Lists, own: Record, s: Record, q: Record, debt: list[float]) -> None:
    p, engine, loans, guarantees = (
        own.parameters.default,
        own.parameters.engine,
        s.contracts.loans,
        s.contracts.guarantees,
    )
    whole_debt = sum(debt)
    in_default = sum(x for x, gone in zip(debt, s.default.defaulted, strict=True) if gone)
    stress = in_default / (whole_debt or 1.0) / engine.bust_share
    calm = p.unsecured_bond_recovery
    downturn = min(p.downturn_recovery, calm)
    bust = min(p.bust_recovery, downturn)
    depth = 2 * min(max(stress, 0.0), 1.0)
    unsecured = calm + min(depth, 1.0) * (downturn - calm) + max(depth - 1.0, 0.0) * (bust - downturn)
    factor = unsecured / calm if calm > 0 else 1.0
    kept = [getattr(p, f"{RANKS[rank]}_recovery") * factor for rank in net.loan_rank]
    wanted = [0.0] * net.members
    for borrower, part, owed in zip(net.loan_borrower, kept, loans.owed, strict=True):
        wanted[borrower] += part * owed
    plant = plant_values(net, s.plant, "economic")
    assets = [max(plant[m] + q.left[m], q.worth[m] + debt[m]) for m in range(net.members)]
    cut = [
        max(value, 0.0) / want if want > max(value, 0.0) else 1.0 for value, want in zip(assets, wanted, strict=True)
    ]
    share = [
        1 - min(part * cut[borrower], 1.0) if q.newly[borrower] else 0.0
        for part, borrower in zip(kept, net.loan_borrower, strict=True)
    ]
    for borrower, part, owed in zip(net.loan_borrower, share, loans.owed, strict=True):
        q.gone[borrower] += part * owed
    q.gone = [lost / owed if owed > 0 else 0.0 for lost, owed in zip(q.gone, debt, strict=True)]
    missing = [share[n] * loans.owed[n] if n >= 0 else 0.0 for n in net.promised_loan]
    missing = [x + (q.unsold[b] if b >= 0 else 0.0) for x, b in zip(missing, net.backstopped, strict=True)]
    stands = [
        0.0 if guarantor >= 0 and s.default.defaulted[guarantor] else x * y
        for x, y, guarantor in zip(q.calendar.guarantee_share, own.guarantee_binds, net.guarantor, strict=True)
    ]
    together = [0.0] * len(loans.owed)
    for n, loan in enumerate(net.promised_loan):
        if loan >= 0:
            together[loan] += stands[n]
    payable, asked = [], [0.0] * net.members
    for n, loan in enumerate(net.promised_loan):
        covered = missing[n] * stands[n] / max(together[loan] if loan >= 0 else 0.0, 1.0)
        payable.append(min(max(covered, 0.0), exposure(net, guarantees, n, q.quarter)))
        if net.guarantor[n] >= 0:
            asked[net.guarantor[n]] += payable[n]
    taken = [0.0] * len(loans.owed)
    for n, loan in enumerate(net.promised_loan):
        guarantor = net.guarantor[n]
        able = min(1.0, q.left[guarantor] / asked[guarantor]) if guarantor >= 0 and asked[guarantor] > 0 else 1.0
        q.called[n] = called = whole(payable[n] * able)
        guarantees.called[n] += called
        if net.subrogated[n]:
            guarantees.owed[n] += called
        if loan >= 0:
            taken[loan] += called
        if missing[n] > 0:
            q.guarantees_lost[n], guarantees.owed[n] = guarantees.owed[n], 0.0
    for n, (part, owed) in enumerate(zip(share, list(loans.owed), strict=True)):
        if part:
            _write_down_loan(s, q, net, n, part * owed, taken[n])
    for n, borrower in enumerate(net.loan_borrower):
        if q.newly[borrower]:
            _lay_anew(loans.ladder[n], q.quarter + 1, net.tenor[n], loans.owed[n])


def _lay_anew(ladder: list[float], first: int, tenor: int, owed: float) -> None:
    """What is left of the debt of who fails falls due evenly over the tenor of new debt."""
    last = len(ladder) - 1
    first = min(first, last)
    end, part = min(first + tenor - 1, last), owed / tenor // QUANTUM * QUANTUM
    ladder[:] = [0.0] * len(ladder)
    ladder[first:end] = [part] * (end - first)
    ladder[end] += owed - part * (end - first)


def _write_down_loan(s: Record, q: Record, net: Lists, n: int, lost: float, amount: float) -> None:
    loans = s.contracts.loans
    ladder, taken = loans.ladder[n], 0.0
    for slot, due in enumerate(ladder):
        part = min(amount - taken, due)
        ladder[slot] -= part
        taken += part
    loans.owed[n] -= taken
    rest = max(lost - taken, 0.0)
    share = rest / loans.owed[n] if loans.owed[n] > 0 else 0.0
    gone = [whole(due * share) for due in ladder]
    ladder[:] = [due - part for due, part in zip(ladder, gone, strict=True)]
    q.loans_lost[n] = sum(gone)
    loans.owed[n] -= sum(gone)
    if net.loan_lender[n] >= 0:
        s.lender_lost[net.loan_lender[n]] += rest


def sell_under_mandate(net: Lists, own: Record, s: Record, q: Record) -> None:
    """Who may hold investment grade only sells what has lost it."""
    loans, base, mandate = s.contracts.loans, own.parameters.engine.base_rate, own.parameters.agency.mandate
    q.sold, q.discounts = [], []
    for sold, bought in net.sales:
        firm, ladder = net.loan_borrower[sold], loans.ladder[sold]
        if not q.fell[firm] or not loans.owed[sold]:
            q.sold.append(0.0)
            q.discounts.append(0.0)
            continue
        weighted = sum(due * max(slot - q.quarter, 0) for slot, due in enumerate(ladder))
        years = weighted / 4 / loans.owed[sold]
        coupon, asked = loans.rate[sold] + (base if net.floating[sold] else 0.0), base + q.spread[firm]
        left = exp(-asked * years)
        taken = [whole(due * mandate) for due in ladder]
        face = sum(taken)
        loans.ladder[sold] = [due - part for due, part in zip(ladder, taken, strict=True)]
        loans.ladder[bought] = [due + part for due, part in zip(loans.ladder[bought], taken, strict=True)]
        interest, owed = loans.rate[bought] * loans.owed[bought] + loans.rate[sold] * face, loans.owed[bought] + face
        if owed > 0:
            loans.rate[bought] = interest / owed
        loans.owed[bought] = owed
        loans.owed[sold] -= face
        q.sold.append(face)
        q.discounts.append(whole(face * (1 - coupon / asked * (1 - left) - left)))


def _vest(net: Lists, own: Record, s: Record, q: Record) -> None:
    warrants, t = s.contracts.warrants, own.traits
    q.vested = [0.0] * len(net.warrant_issuer)
    marks = []
    for w, issuer in enumerate(net.warrant_issuer):
        s.rewarded[w] += sum(n for n, ours in zip(q.delivered, net.ordered[w], strict=True) if ours)
        s.rewarded[w] += sum(n for n, ours in zip(q.chips_bought, net.bought[w], strict=True) if ours)
        warrants.void[w] = warrants.void[w] or q.calendar.warrant_binds[w] <= 0
        gw = s.rewarded[w] * t.gw_per_usd_bn[w]
        marks.append((gw, t.opening_price_usd[w] * q.equity.cap[issuer] / t.equity_value[issuer]))
    for n, w in enumerate(net.warrant_of):
        gw, price = marks[w]
        if not warrants.vested[n] and not warrants.void[w] and gw >= net.milestone_gw[n] and price >= net.hurdle_usd[n]:
            warrants.vested[n] = True
            q.vested[w] += net.vest_value[n]
    q.vested = [whole(value) for value in q.vested]
