"""Who has lent, has promised to lend and may lend to whom, and who stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jax.numpy as jnp

from ouroloop.core import Quarter
from ouroloop.dossier import EntityKind
from ouroloop.economy.inventory import OUTSIDE, PromisedDraw
from ouroloop.instruments.delayed_draw import DelayedDrawLoans
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.loan import Loans
from ouroloop.scenario.axes import (
    BANKS,
    BOND_INVESTORS,
    GOVERNMENT,
    INSURERS,
    PENSIONS,
    PRIVATE_CREDIT_FUNDS,
    VEHICLE_KINDS,
    Axes,
)
from ouroloop.scenario.contracts import Contracts
from ouroloop.scenario.contracts.books import Book
from ouroloop.scenario.opening import Opening
from ouroloop.scenario.opening_debts import Debt
from ouroloop.scenario.site_vehicles import SiteVehicle

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

Pair = tuple[str, str]
RATED_KINDS = (EntityKind.CLOUD, EntityKind.CHIP_MAKER, EntityKind.SUPPLIER, EntityKind.SOFTWARE)
"""Kinds whose bonds are taken to be rated investment grade: firms with a profitable business of their own."""

_ASKED = (BANKS, BOND_INVESTORS, PRIVATE_CREDIT_FUNDS)
"""Sectors that lend to who asks; others hold what they bought."""
_CLASSES = {BANKS: "bank", BOND_INVESTORS: "bond_market", INSURERS: "insurer", PENSIONS: "bond_market"}
"""The class of `LENDER_CLASSES` of each sector, private credit for the rest; pensions buy bonds as that market does."""
_NEW_MONEY = {True: (BOND_INVESTORS, BANKS), False: (BOND_INVESTORS, PRIVATE_CREDIT_FUNDS)}
"""Whom a firm may ask for new debt, by whether it is rated investment grade."""


@dataclass(frozen=True, eq=False)
class Lending:
    """The book of loans, with what differs by contract."""

    loans: Loans
    debts: tuple[Debt | None, ...]
    """The opening debt behind each contract; None for a lender that has lent nothing yet."""
    classes: tuple[str, ...]
    """Of `behavior.lending.LENDER_CLASSES`."""
    draws: tuple[bool, ...]
    """Does the contract take what its class lends to who asks?"""
    promised: tuple[PromisedDraw, ...]


def lending(
    dossier: Dossier,
    opening: Opening,
    builders: Sequence[str],
    vendors: Sequence[str],
    promised: Book[DelayedDrawLoans],
    vehicles: Mapping[str, SiteVehicle],
    made: Contracts,
) -> Lending:
    """The debts of the opening, and a contract for every class that has promised or may lend to a firm from now on."""
    rows: dict[Pair, Debt | None] = {(debt.lender, debt.borrower): debt for debt in opening.debts}
    borrowers = dict.fromkeys([*builders, *vendors, *(d.borrower for d in opening.debts)])
    for firm in borrowers:
        if firm in vehicles:
            rows.setdefault((BOND_INVESTORS, firm), None)
        elif dossier.entities[firm].kind not in VEHICLE_KINDS:
            for lender in _NEW_MONEY[dossier.entities[firm].kind in RATED_KINDS]:
                rows.setdefault((lender, firm), None)
    drawn = list(_drawn_by(opening.axes, promised, vehicles, made))
    for pair, *_ in drawn:
        rows.setdefault(pair, None)
    names = tuple(f"{lender}:{firm}" for lender, firm in rows)
    floating = [debt.floating if debt else lender != BOND_INVESTORS for (lender, _), debt in rows.items()]
    loans = Loans(names, tuple(x for x, _ in rows), tuple(x for _, x in rows), jnp.asarray(floating, bool))
    classes = tuple(_CLASSES.get(lender, "private_credit") for lender, _ in rows)

    def lends(lender: str, firm: str) -> bool:
        if firm in vehicles:
            return lender in (BOND_INVESTORS, BANKS)
        return lender in _ASKED and dossier.entities[firm].kind not in VEHICLE_KINDS

    later = tuple(_promised_draw(list(rows), one, promised.instrument, vehicles, made) for one in drawn)
    return Lending(loans, tuple(rows.values()), classes, tuple(lends(*pair) for pair in rows), later)


_Drawn = tuple[Pair, int, float, Sequence[float]]
"""(lender, borrower) of a binding promise of a loan, its row, the part that this lender has of it, and its schedule."""


def _drawn_by(
    axes: Axes, promised: Book[DelayedDrawLoans], vehicles: Mapping[str, SiteVehicle], made: Contracts
) -> Iterator[_Drawn]:
    """By lender: the holders of a vehicle's classes share what is promised to it."""
    pairs = zip(promised.instrument.loans.lenders, promised.instrument.loans.borrowers, strict=True)
    for row, (lender, borrower) in enumerate(pairs):
        term = made.terms[promised.rows[row]]
        if not term.pending and borrower in axes.members:
            holders = vehicles[borrower].holders if borrower in vehicles else {lender: 1.0}
            for holder, share in holders.items():
                yield (holder, borrower), row, share, term.payments.point_usd_bn.tolist()


def _promised_draw(
    pairs: Sequence[Pair],
    drawn: _Drawn,
    book: DelayedDrawLoans,
    vehicles: Mapping[str, SiteVehicle],
    made: Contracts,
) -> PromisedDraw:
    """What a lender must still lend, by the contract that takes it; repaid as a vehicle's classes are."""
    (lender, borrower), row, share, schedule = drawn
    first, parts = int(book.first_repayment[row]), int(book.repayments[row])
    if borrower in vehicles:
        end = Quarter.of(vehicles[borrower].structure.ends.last).ordinal - made.first.ordinal
        level = any(one.repays == "level" for one in vehicles[borrower].classes)
        first = min(first, end) if level else end
        parts = end - first + 1
    amounts = tuple(share * usd_bn for usd_bn in schedule)
    return PromisedDraw(pairs.index((lender, borrower)), amounts, float(book.rate[row, 0]), first, parts)


def can_be_called(axes: Axes, guarantor: str, debtor: str, kind: GuaranteeKind) -> bool:
    """Who stands in, and for a debt who owes it, must be members."""
    return guarantor in axes.members and (debtor in axes.members or kind is not GuaranteeKind.GUARANTEE)


def guarantees(signed: Guarantees, loans: Loans, quarters: int) -> tuple[Guarantees, tuple[int, ...]]:
    """What deals name, and behind every loan a promise of the government that only a scenario makes."""
    pairs = list(zip(loans.lenders, loans.borrowers, strict=True))
    named = zip(signed.creditors, signed.debtors, strict=True)
    behind = [pairs.index(pair) if pair in pairs else OUTSIDE for pair in named]
    extra, count = len(pairs), len(signed.names)
    made = Guarantees(
        (*signed.names, *(f"government:{name}" for name in loans.names)),
        (*signed.kinds, *(GuaranteeKind.GUARANTEE,) * extra),
        (*signed.guarantors, *(GOVERNMENT,) * extra),
        (*signed.debtors, *loans.borrowers),
        (*signed.creditors, *loans.lenders),
        jnp.concatenate([jnp.broadcast_to(signed.cap, (count, 1)), jnp.full((extra, 1), jnp.inf)]),
        jnp.concatenate([signed.guaranteed, jnp.zeros((extra, quarters))]),
        jnp.concatenate([signed.first, jnp.zeros(extra, signed.first.dtype)]),
        jnp.concatenate([signed.last, jnp.full(extra, quarters, signed.last.dtype)]),
    )
    return made, (*behind, *range(extra))
