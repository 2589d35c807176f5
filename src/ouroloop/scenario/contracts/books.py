"""From promises to books of instruments: every kind as the arrays that the economy runs, row by row as the terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf, isnan
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from ouroloop.core import Tier
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.compute_credit import ComputeCredits
from ouroloop.instruments.delayed_draw import DelayedDrawLoans
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.letter import Letters
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.order import Orders
from ouroloop.instruments.prepayment import Prepayments
from ouroloop.instruments.vendor_loan import VendorLoans
from ouroloop.instruments.warrant import Warrants
from ouroloop.scenario.contracts.columns import column, floats, names, parties, row, schedule, whole
from ouroloop.scenario.contracts.given import Given, given
from ouroloop.scenario.contracts.read import Contracts
from ouroloop.scenario.contracts.terms import DebtTerm, Term
from ouroloop.scenario.device import on_device

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_ASSET = {"chips": "chips", "sites": "unfinished_sites", "supplies": "inventory"}
"""What the buyer books for each kind of goods."""

Kind = TypeVar("Kind", bound=Instrument)


@dataclass(frozen=True, eq=False)
class Book(Generic[Kind]):
    """An instrument and, for each of its rows, the number of the promise in `Contracts.terms` that it stands for.

    `include(...)[rows]` is the share of every row that is owed on each path.
    """

    instrument: Kind
    rows: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Books:
    """All books of one opening. Barter and pre-sales have none: no deal of that kind is on file."""

    cloud: Book[CloudContracts]
    orders: Book[Orders]
    leases: Book[Leases]
    rounds: Book[EquityRounds]
    draws: Book[DelayedDrawLoans]
    vendor_loans: Book[VendorLoans]
    guarantees: Book[Guarantees]
    warrants: Book[Warrants]
    letters: Book[Letters]
    prepayments: Book[Prepayments]
    credits: Book[ComputeCredits]


def books(made: Contracts, dossier: Dossier) -> Books:
    """The instruments of all promises, with amounts at their points and terms at central values.

    Quarters count from 0, the first of the horizon. What was paid, drawn or served before is not in them: it stands in
    the opening balances. Money is USD bn. What differs by path (how much is owed, delays, prices) is the caller's.
    """
    values = given(dossier)
    number = {id(term): n for n, term in enumerate(made.terms)}

    def rows(terms: Sequence[Term]) -> tuple[int, ...]:
        return tuple(number[id(term)] for term in terms)

    leases = (*made.leases, *made.other_leases, *made.site_leases)
    rounds, paid_in = _rounds(made)
    return Books(
        cloud=Book(_cloud(made), rows(made.cloud)),
        orders=Book(_orders(made), rows(made.orders)),
        leases=Book(_leases(made, values), rows(leases)),
        rounds=Book(rounds, rows(paid_in)),
        draws=Book(_draws(made, values), rows(made.debts)),
        vendor_loans=Book(_vendor_loans(made), rows(made.vendor_loans)),
        guarantees=Book(_guarantees(made), rows(made.guarantees)),
        warrants=Book(_warrants(made), rows([term for term in made.warrants if term.complete])),
        letters=Book(_letters(made, values), rows(made.letters)),
        prepayments=Book(
            Prepayments(names(made.prepayments), parties(made.prepayments), schedule(made, made.prepayments)),
            rows(made.prepayments),
        ),
        credits=Book(
            ComputeCredits(
                names(made.credits),
                parties(made.credits),
                schedule(made, made.credits),
                whole([made.quarters] * len(made.credits)),
            ),
            rows(made.credits),
        ),
    )


def _cloud(made: Contracts) -> CloudContracts:
    return CloudContracts(
        names(made.cloud),
        parties(made.cloud),
        schedule(made, made.cloud),
        floats(made.cloud, lambda term: term.take_or_pay_share),
        floats(made.cloud, lambda term: term.termination_share),
    )


def _orders(made: Contracts) -> Orders:
    """Whether a pending order binds is not settled yet (`include`): for what is not taken of it nothing is owed."""
    owed = floats(made.orders, lambda term: 0.0 if term.pending else term.take_or_pay_share)
    assets = tuple(_ASSET[term.goods] for term in made.orders)
    return Orders(names(made.orders), parties(made.orders), assets, schedule(made, made.orders), owed, owed)


def _leases(made: Contracts, values: Given) -> Leases:
    """Level rent: the amount over the quarters of its term, the sum of what is scheduled."""
    terms = (*made.leases, *made.other_leases, *made.site_leases)
    longest = max((term.term_quarters + term.renewal_quarters for term in terms), default=0.0)
    return Leases(
        names(terms),
        parties(terms),
        floor(longest) + 1,
        commencement=floats(terms, lambda term: term.commences),
        term=floats(terms, lambda term: term.term_quarters),
        renewal_term=floats(terms, lambda term: term.renewal_quarters),
        rent_per_quarter=floats(terms, lambda term: term.payments.point / term.term_quarters),
        escalator_per_year=floats(terms, lambda term: 0.0),
        termination_share=floats(terms, lambda term: term.exit_price_share),
        discount_rate_per_year=floats(terms, lambda term: values.lease_discount),
    )


def _rounds(made: Contracts) -> tuple[EquityRounds, tuple[Term, ...]]:
    """One tranche of the instrument per promise and quarter in which some of it is paid; shares for shares left out."""
    parts = [
        (term, int(quarter), float(term.payments.point_usd_bn[quarter]))
        for term in made.rounds
        if term.in_kind is None
        for quarter in np.flatnonzero(term.payments.shares)
    ]
    quarters = whole([quarter for _, quarter, _ in parts])
    instrument = EquityRounds(
        names=tuple(f"{term.name}:{made.first + quarter}" for term, quarter, _ in parts),
        investors=tuple(term.payer for term, _, _ in parts),
        issuers=tuple(term.payee for term, _, _ in parts),
        amount=column([usd_bn for _, _, usd_bn in parts]),
        quarter=quarters,
        expiry=quarters,
        conditional=on_device([term.pending for term, _, _ in parts], bool),
    )
    return instrument, tuple(term for term, _, _ in parts)


def _draws(made: Contracts, values: Given) -> DelayedDrawLoans:
    """Committed debt that is not drawn yet: repaid in one piece where its day is known, else in level parts."""
    debts = made.debts
    priced = [_price(term, values) for term in debts]
    opens = [term.payments.first or 0 for term in debts]
    shuts = [made.quarters - 1 if term.payments.after else term.payments.last or 0 for term in debts]
    life = round(4 * values.loan_life_years)
    due = [shut + 1 if isnan(term.due) else max(floor(term.due), 1) for term, shut in zip(debts, shuts, strict=True)]
    return DelayedDrawLoans(
        _loans(debts, [isnan(term.coupon) for term in debts]),
        commitment=column([term.payments.point * term.payments.remaining for term in debts]),
        advance_rate=column([values.loan_cost_share] * len(debts)),
        rate=column(priced),
        fee_rate=column([values.commitment_fee] * len(debts)),
        first_draw=whole(opens),
        last_draw=whole(shuts),
        first_repayment=whole(due),
        repayments=whole([life if isnan(term.due) else 1 for term in debts]),
    )


def _price(term: DebtTerm, values: Given) -> float:
    """The coupon where it is fixed, else the spread, else that of loans whose terms nobody knows."""
    if not isnan(term.coupon):
        return term.coupon
    return values.loan_spread if isnan(term.spread) else term.spread


def _vendor_loans(made: Contracts) -> VendorLoans:
    """Nobody published a conversion price, so nothing converts by choice; a convertible may be taken at default."""
    terms = made.vendor_loans
    return VendorLoans(
        _loans(terms, [True] * len(terms)),
        conversion_price=column([inf] * len(terms)),
        at_default=on_device([term.convertible for term in terms], bool),
        first_conversion=whole([0] * len(terms)),
        last_conversion=whole([made.quarters - 1] * len(terms)),
    )


def _guarantees(made: Contracts) -> Guarantees:
    terms = made.guarantees
    standing = [np.flatnonzero(term.active) for term in terms]
    values = [term.payments.point * term.active for term in terms]
    return Guarantees(
        names(terms),
        tuple(GuaranteeKind(term.kind) for term in terms),
        guarantors=tuple(term.payer for term in terms),
        debtors=tuple(term.debtor for term in terms),
        creditors=tuple(term.creditor for term in terms),
        cap=column([term.payments.point for term in terms]),
        guaranteed=on_device(np.reshape(values, (len(terms), made.quarters))),
        first=whole([int(found[0]) if found.size else made.quarters for found in standing]),
        last=whole([int(found[-1]) if found.size else -1 for found in standing]),
    )


def _warrants(made: Contracts) -> Warrants:
    """Equal parts, one for each GW delivered, with hurdles that rise evenly to the top one.

    The steps between the first and the last mark are not published. A warrant with an unknown term has no row.
    """
    terms = [term for term in made.warrants if term.complete]
    steps = [max(1, round(term.top_gw)) for term in terms]
    parts = [
        (n, term, k + 1, count) for n, (term, count) in enumerate(zip(terms, steps, strict=True)) for k in range(count)
    ]
    return Warrants(
        names(terms),
        parties(terms),
        (_ASSET["chips"],) * len(terms),
        contract_of=tuple(n for n, *_ in parts),
        milestone_gw=row([term.top_gw * k / count for _, term, k, count in parts]),
        hurdle_usd=row([term.top_hurdle_usd * k / count for _, term, k, count in parts]),
        shares_bn=row([term.shares_bn / count for _, term, _, count in parts]),
        fair_value_usd=row([term.fair_value_usd for _, term, *_ in parts]),
        strike_usd=floats(terms, lambda term: term.strike_usd),
    )


def _letters(made: Contracts, values: Given) -> Letters:
    """What may become firm, as a memorandum; decided in the first quarter in which it would move money."""
    terms = made.letters
    decided = [term.payments.first or 0 for term in terms]
    chance = [values.chance[(Tier.CONDITIONAL, Tier.LETTER, Tier.REPORTED).index(term.tier)] for term in terms]
    schedules = [
        np.concatenate([term.payments.shares[start:], np.zeros(start)])
        for term, start in zip(terms, decided, strict=True)
    ]
    return Letters(
        names(terms),
        promisors=tuple(term.payer for term in terms),
        holders=tuple(term.payee for term in terms),
        amount=column([term.payments.point for term in terms]),
        firm_probability=column(chance),
        void_probability=column([1 - p for p in chance]),
        decision=whole(decided),
        expiry=whole(decided),
        advance_rate=column([values.letter_advance_share] * len(terms)),
        schedule=on_device(np.reshape(schedules, (len(terms), made.quarters))),
    )


def _loans(terms: Sequence[Term], floating: Sequence[bool]) -> Loans:
    lenders, borrowers = tuple(term.payer for term in terms), tuple(term.payee for term in terms)
    return Loans(names(terms), lenders, borrowers, on_device(floating, bool))
