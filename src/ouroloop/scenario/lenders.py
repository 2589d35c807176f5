"""Who has lent, has promised to lend and may lend to whom, and who stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.behavior.funding import VENDOR
from ouroloop.core import Quarter
from ouroloop.dossier import EntityKind
from ouroloop.economy.inventory import OUTSIDE, Advance, PromisedDraw
from ouroloop.instruments.bond_sale import BondSales
from ouroloop.instruments.credit_default_swap import CreditDefaultSwaps
from ouroloop.instruments.delayed_draw import DelayedDrawLoans
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.vendor_loan import VendorLoans
from ouroloop.scenario.axes import (
    BANKS,
    BOND_INVESTORS,
    GOVERNMENT,
    HEDGE_FUNDS,
    INSURERS,
    PENSIONS,
    PRIVATE_CREDIT_FUNDS,
    VEHICLE_KINDS,
    Axes,
)
from ouroloop.scenario.contracts import Contracts
from ouroloop.scenario.contracts.books import Book
from ouroloop.scenario.device import on_device
from ouroloop.scenario.estimate import central
from ouroloop.scenario.opening import Opening
from ouroloop.scenario.opening_debts import Debt, claim_of
from ouroloop.scenario.site_vehicles import SiteVehicle

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

RATED_KINDS = (EntityKind.CLOUD, EntityKind.CHIP_MAKER, EntityKind.SUPPLIER, EntityKind.SOFTWARE)
"""Kinds whose bonds are taken to be rated investment grade: firms with a profitable business of their own."""

SWAP_ASSUMPTIONS = _HEDGED, _WRITTEN_BY_FUNDS = "eco-finance-099", "eco-finance-100"
"""By which banks hold protection, and who has written it."""
_ASKED = (BANKS, BOND_INVESTORS, PRIVATE_CREDIT_FUNDS)
"""Sectors that lend to who asks; others hold what they bought."""
_CLASSES = {
    BANKS: "bank",
    BOND_INVESTORS: "bond_market",
    INSURERS: "insurer",
    PENSIONS: "bond_market",
    HEDGE_FUNDS: "bond_market",
}
"""The class of `LENDER_CLASSES` of each sector, private credit for the rest; pensions and funds buy bonds as that
market does."""
_NEW_MONEY = {True: (BOND_INVESTORS, BANKS), False: (BOND_INVESTORS, PRIVATE_CREDIT_FUNDS)}
"""Whom a firm may ask for new debt, by whether it is rated investment grade."""


@dataclass(frozen=True, eq=False)
class Lending:
    """The book of loans, with what differs by contract."""

    loans: Loans
    debts: tuple[Debt | None, ...]
    """The opening debt behind each contract; None for a lender that has lent nothing yet."""
    classes: tuple[str, ...]
    """Of `behavior.funding.FUNDING_CLASSES`."""
    draws: tuple[bool, ...]
    """Does the contract take what its class lends to who asks?"""
    behind: tuple[bool, ...]
    """Is the contract a class that is paid after others?"""
    promised: tuple[PromisedDraw, ...]
    draw_terms: tuple[int, ...]
    """The promise behind each of them, by its row in `Contracts.terms`."""
    advances: tuple[Advance, ...]
    advance_terms: tuple[int, ...]
    """The same of vendors."""
    sales: BondSales
    """What may have to be sold when its borrower is no longer rated investment grade."""


def lending(
    dossier: Dossier,
    opening: Opening,
    builders: Sequence[str],
    vendors: Sequence[str],
    promised: Book[DelayedDrawLoans],
    by_vendors: Book[VendorLoans],
    vehicles: Mapping[str, SiteVehicle],
    made: Contracts,
) -> Lending:
    """The debts of the opening, and a contract for whoever has promised or may lend to a firm from now on."""
    rows: dict[_Key, Debt | None] = {(debt.lender, debt.borrower, debt.rank): debt for debt in opening.debts}
    borrowers = dict.fromkeys([*builders, *vendors, *(d.borrower for d in opening.debts)])
    for firm in borrowers:
        if firm in vehicles:
            rows.setdefault((BOND_INVESTORS, firm, ""), None)
        elif dossier.entities[firm].kind not in VEHICLE_KINDS:
            for lender in _NEW_MONEY[dossier.entities[firm].kind in RATED_KINDS]:
                rows.setdefault((lender, firm, ""), None)
    drawn = list(_drawn_by(dossier, opening.axes, promised, vehicles, made))
    for key, *_ in drawn:
        rows.setdefault(key, None)
    lent_by_vendors = list(_lent_by_vendors(opening.axes, by_vendors))
    for key, _ in lent_by_vendors:
        rows.setdefault(key, None)
    graded = [key for key in rows if _CLASSES.get(key[0]) == "bond_market" and _graded(dossier, vehicles, key[1])]
    for _, firm, rank in graded:
        rows.setdefault((HEDGE_FUNDS, firm, rank), None)
    names = tuple(map(_name, rows))
    floating = [debt.floating if debt else lender != BOND_INVESTORS for (lender, *_), debt in rows.items()]
    loans = Loans(
        names,
        tuple(lender for lender, _, _ in rows),
        tuple(firm for _, firm, _ in rows),
        on_device(floating, bool),
        tuple(claim_of(*key) for key in rows),
    )
    members = opening.axes.members
    classes = tuple(VENDOR if who in members else _CLASSES.get(who, "private_credit") for who, _, _ in rows)

    def lends(lender: str, firm: str, rank: str) -> bool:
        if firm in vehicles:
            return lender in (BOND_INVESTORS, BANKS) and not rank
        return lender in _ASKED and dossier.entities[firm].kind not in VEHICLE_KINDS

    later = tuple(_promised_draw(list(rows), one, promised.instrument, vehicles, made) for one in drawn)
    terms = tuple(promised.rows[row] for _, row, *_ in drawn)
    behind = tuple(bool(rank) for _, _, rank in rows)
    sales = _sales(list(rows), graded)
    draws = tuple(lends(*key) for key in rows)
    advances = tuple(_advance(list(rows), key, row, made) for key, row in lent_by_vendors)
    rows_of_advances = tuple(row for _, row in lent_by_vendors)
    return Lending(loans, tuple(rows.values()), classes, draws, behind, later, terms, advances, rows_of_advances, sales)


def _name(key: _Key) -> str:
    return ":".join(filter(None, key))


def _graded(dossier: Dossier, vehicles: Mapping[str, SiteVehicle], borrower: str) -> bool:
    """Is a borrower, or the tenant on whose rent it lives, rated investment grade?"""
    firm = vehicles[borrower].tenant if borrower in vehicles else borrower
    return dossier.entities[firm].kind in RATED_KINDS


def _sales(keys: Sequence[_Key], sold: Sequence[_Key]) -> BondSales:
    """Bonds with an investment grade as hedge funds would hold them without it."""
    bought = [(HEDGE_FUNDS, firm, rank) for _, firm, rank in sold]
    return BondSales(
        tuple(map(_name, sold)),
        tuple(lender for lender, _, _ in sold),
        (HEDGE_FUNDS,) * len(sold),
        tuple(firm for _, firm, _ in sold),
        tuple((claim_of(*before), claim_of(*after)) for before, after in zip(sold, bought, strict=True)),
        tuple((keys.index(before), keys.index(after)) for before, after in zip(sold, bought, strict=True)),
    )


_Key = tuple[str, str, str]
"""(lender, borrower, rank) of a contract."""
_Drawn = tuple[_Key, int, float, Sequence[float]]
"""The contract that takes a binding promise of a loan, the promise's row, its part of it, and the schedule."""


def _drawn_by(
    dossier: Dossier,
    axes: Axes,
    promised: Book[DelayedDrawLoans],
    vehicles: Mapping[str, SiteVehicle],
    made: Contracts,
) -> Iterator[_Drawn]:
    """By lender: the holders of a vehicle's classes share what is promised to it.

    Letters count too, lent on the paths on which they become firm; not those to a vehicle that nobody rents from, as
    what it would do with the money is not on file.
    """
    pairs = zip(promised.instrument.loans.lenders, promised.instrument.loans.borrowers, strict=True)
    for row, (lender, borrower) in enumerate(pairs):
        term = made.terms[promised.rows[row]]
        if borrower in axes.members and not (term.pending and _idle(dossier, vehicles, borrower)):
            for sector, rank, share in _shared(axes, vehicles.get(borrower), lender):
                yield (sector, borrower, rank), row, share, term.payments.point_usd_bn.tolist()


def _lent_by_vendors(axes: Axes, promised: Book[VendorLoans]) -> Iterator[tuple[_Key, int]]:
    """The contract that takes each loan of a member to another, and the promise's row in `Contracts.terms`."""
    loans = promised.instrument.loans
    for lender, borrower, row in zip(loans.lenders, loans.borrowers, promised.rows, strict=True):
        if lender in axes.members and borrower in axes.members:
            yield (lender, borrower, ""), row


def _advance(keys: Sequence[_Key], key: _Key, row: int, made: Contracts) -> Advance:
    term = made.terms[row]
    return Advance(keys.index(key), tuple(term.payments.point_usd_bn.tolist()), term.name)


def _idle(dossier: Dossier, vehicles: Mapping[str, SiteVehicle], borrower: str) -> bool:
    return dossier.entities[borrower].kind in VEHICLE_KINDS and borrower not in vehicles


def _shared(axes: Axes, vehicle: SiteVehicle | None, lender: str) -> Iterator[tuple[str, str, float]]:
    """Which sector lends how much of a promise under which rank: the lender all, a vehicle's holders theirs."""
    if vehicle is None:
        yield lender, "", 1.0
        return
    for name, rank in vehicle.ranks.items():
        for holder, share in rank.held_by.items():
            yield axes.booked_at(holder) or lender, name, share * rank.size / vehicle.size


def _promised_draw(
    keys: Sequence[_Key],
    drawn: _Drawn,
    book: DelayedDrawLoans,
    vehicles: Mapping[str, SiteVehicle],
    made: Contracts,
) -> PromisedDraw:
    """What a lender must still lend, by the contract that takes it; repaid as a vehicle's classes are."""
    (lender, borrower, rank), row, share, schedule = drawn
    first, parts = (int(np.asarray(term)[row]) for term in (book.first_repayment, book.repayments))
    if borrower in vehicles:
        end = Quarter.of(vehicles[borrower].structure.ends.last).ordinal - made.first.ordinal
        level = any(one.repays == "level" for one in vehicles[borrower].classes)
        first = min(first, end) if level else end
        parts = end - first + 1
    amounts = tuple(share * usd_bn for usd_bn in schedule)
    loan, rate = keys.index((lender, borrower, rank)), float(np.asarray(book.rate)[row, 0])
    return PromisedDraw(loan, amounts, rate, first, parts, book.loans.names[row])


def can_be_called(axes: Axes, guarantor: str, debtor: str, kind: GuaranteeKind) -> bool:
    """Who stands in, and for a debt who owes it, must be members."""
    return guarantor in axes.members and (debtor in axes.members or kind is not GuaranteeKind.GUARANTEE)


def behind_holders(
    signed: Book[Guarantees], loans: Loans, axes: Axes, vehicles: Mapping[str, SiteVehicle]
) -> tuple[Book[Guarantees], tuple[int, ...]]:
    """What deals name, as it stands behind each loan; with the number of that loan, or `OUTSIDE`.

    Who stands for the debts of a vehicle, or for what its site will be worth, stands behind each of its holders for
    the part that it holds: what a guarantor of the site pays the vehicle goes to them first.
    """
    book, pairs = signed.instrument, list(zip(loans.lenders, loans.borrowers, strict=True))
    rows: list[tuple[int, str, str, str, float, int]] = []
    """Row of the book, name, debtor, creditor, part of the cap, loan."""
    for n, kind in enumerate(book.kinds):
        name, debtor, creditor = book.names[n], book.debtors[n], book.creditors[n]
        owner = debtor if kind is GuaranteeKind.GUARANTEE else creditor if kind.on_value else ""
        if owner in vehicles:
            for sector, rank, part in _shared(axes, vehicles[owner], creditor):
                loan = loans.names.index(_name((sector, owner, rank)))
                rows.append((n, f"{name}/{loans.names[loan]}", owner, sector, part, loan))
        else:
            loan = pairs.index((creditor, debtor)) if (creditor, debtor) in pairs else OUTSIDE
            rows.append((n, name, debtor, creditor, 1.0, loan))
    at = [row[0] for row in rows]
    part = np.array([row[4] for row in rows])[:, None]
    made = Guarantees(
        tuple(row[1] for row in rows),
        tuple(GuaranteeKind.GUARANTEE if "/" in row[1] else book.kinds[row[0]] for row in rows),
        tuple(book.guarantors[n] for n in at),
        tuple(row[2] for row in rows),
        tuple(row[3] for row in rows),
        on_device(np.broadcast_to(book.cap, (len(book.names), 1))[at] * part),
        on_device(np.asarray(book.guaranteed)[at]),
        on_device(np.asarray(book.first)[at], int),
        on_device(np.asarray(book.last)[at], int),
    )
    return Book(made, tuple(signed.rows[n] for n in at)), tuple(row[5] for row in rows)


def guarantees(
    signed: Guarantees, behind: Sequence[int], loans: Loans, quarters: int
) -> tuple[Guarantees, tuple[int, ...]]:
    """What deals name, and behind every loan a promise of the government that only a scenario makes."""
    pairs = list(zip(loans.lenders, loans.borrowers, strict=True))
    named = zip(signed.creditors, signed.debtors, behind, strict=True)
    assert loans.claims is not None, "each loan of a dossier is a claim by name"
    held = [loans.claims[n] if n != OUTSIDE else f"loan:{c}:{d}" for c, d, n in named]
    extra, count = len(pairs), len(signed.names)
    made = Guarantees(
        (*signed.names, *(f"government:{name}" for name in loans.names)),
        (*signed.kinds, *(GuaranteeKind.GUARANTEE,) * extra),
        (*signed.guarantors, *(GOVERNMENT,) * extra),
        (*signed.debtors, *loans.borrowers),
        (*signed.creditors, *loans.lenders),
        on_device(np.concatenate([np.broadcast_to(signed.cap, (count, 1)), np.full((extra, 1), np.inf)])),
        on_device(np.concatenate([signed.guaranteed, np.zeros((extra, quarters))])),
        on_device(np.concatenate([signed.first, np.zeros(extra)]), int),
        on_device(np.concatenate([signed.last, np.full(extra, quarters)]), int),
        claims=(*held, *loans.claims),
    )
    return made, (*behind, *range(extra))


def swaps(dossier: Dossier, opening: Opening, members: Sequence[str]) -> CreditDefaultSwaps:
    """Protection that banks have bought on what they lent to quoted names, and from whom.

    Nobody publishes who holds which swap. Assumed, and said so: banks have hedged a part (`eco-finance-099`) of what
    they have lent to each firm that a swap is quoted on, at the last quote, for its tenor from the opening on; hedge
    funds have written a part of it (`eco-finance-100`), insurers the rest.
    """
    last = {q.entity: q for q in sorted(dossier.quotes, key=lambda quote: quote.on.last) if q.entity in members}
    lent = {firm: sum(d.principal.mean() for d in opening.debts_of(firm) if d.lender == BANKS) for firm in last}
    hedged, funds = central(dossier, _HEDGED), central(dossier, _WRITTEN_BY_FUNDS)
    rows = [
        (firm, writer, hedged * part * lent[firm], quote.spread_bp * 1e-4, round(4 * quote.tenor_years) - 1)
        for firm, quote in last.items()
        for writer, part in ((HEDGE_FUNDS, funds), (INSURERS, 1.0 - funds))
        if lent[firm] > 0
    ]
    return CreditDefaultSwaps(
        tuple((BANKS, writer) for _, writer, *_ in rows),
        tuple(firm for firm, *_ in rows),
        on_device([row[2] for row in rows]),
        on_device([row[3] for row in rows]),
        on_device([row[4] for row in rows], int),
    )
