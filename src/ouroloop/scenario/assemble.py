"""From opening books and promises to a world: who is a builder, who lends to whom, which flows there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from ouroloop.core import Quarter, Tier
from ouroloop.dossier import Dossier, EntityKind
from ouroloop.economy.operations import CHIPS, OTHER, SITES, Closing, Pair, Receipts, Spending, Spot
from ouroloop.economy.world import OUTSIDE, Letter, World
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.order import Orders
from ouroloop.instruments.vintages import Vintages
from ouroloop.ledger import Account, AccountClass, cash
from ouroloop.scenario.axes import (
    BANKS,
    BOND_INVESTORS,
    EQUITY_INVESTORS,
    GOVERNMENT,
    PRIVATE_CREDIT_FUNDS,
    SUPPLIERS,
    Axes,
    customers_of,
)
from ouroloop.scenario.contracts import Contracts
from ouroloop.scenario.contracts.books import Book, books
from ouroloop.scenario.contracts.supply import Shares
from ouroloop.scenario.opening import Opening
from ouroloop.scenario.opening_debts import Debt

Kind = TypeVar("Kind", bound=Instrument)

BUILDER_KINDS = (EntityKind.CLOUD, EntityKind.NEOCLOUD, EntityKind.LAB)
"""Who builds or rents out compute."""
RATED_KINDS = (EntityKind.CLOUD, EntityKind.CHIP_MAKER, EntityKind.SUPPLIER, EntityKind.SOFTWARE)
"""Kinds whose bonds are taken to be rated investment grade: firms with a profitable business of their own."""
VEHICLE_KINDS = (EntityKind.SPV, EntityKind.SITE_OWNER)
ELSE = "everybody-else"
"""The seller that stands for all whom nobody names."""

_CLASSES = {BANKS: "bank", BOND_INVESTORS: "bond_market", PRIVATE_CREDIT_FUNDS: "private_credit"}
_NEW_MONEY = {True: (BOND_INVESTORS, BANKS), False: (BOND_INVESTORS, PRIVATE_CREDIT_FUNDS)}
"""Whom a firm may ask for new debt, by whether it is rated investment grade."""
_MAX_YEARS = {CHIPS: 8, SITES: 26, OTHER: 14}
"""Lengths of the rings of vintages: beyond the longest life in the assumptions."""


@dataclass(frozen=True, eq=False)
class Assembled:
    """A world with what it was made of, to fill in traits and calendars."""

    world: World
    contracts: Contracts
    cloud: Book[CloudContracts]
    orders: Book[Orders]
    rounds: Book[EquityRounds]
    leases: Book[Leases]
    guarantees: Book[Guarantees]
    """Those that deals name: the first of `world.guarantees`, before those that the government could give."""
    debts: tuple[Debt | None, ...]
    """The opening debt behind each contract of `world.loans`; None for a lender that has lent nothing yet."""
    frozen: tuple[bool, ...]
    """Loans of vehicles whose income nobody disclosed: they neither pay nor fall due in the run."""


def assemble(
    dossier: Dossier,
    axes: Axes,
    opening: Opening,
    made: Contracts,
    shares: Shares,
    sellers: Sequence[str],
    *,
    tenor_years: Mapping[str, float],
) -> Assembled:
    """Which world do these books and promises make?

    Builders are clouds, neoclouds and labs. Everybody may raise debt from the classes that lend to their kind, and
    shares from investors outside. Vendors put money into the firms whose shares they bought before. Every loan may be
    guaranteed by the government; whether it is, a scenario says. Contracts whose payer is no member, and orders of
    builders (they are inside of what they spend on chips), are left out.
    """
    members = axes.members
    kind = {m: dossier.entities[m].kind for m in members}
    builders = tuple(m for m in members if kind[m] in BUILDER_KINDS)
    vendors = tuple(v for v in shares.vendors if v in members)
    found = books(made, dossier)
    cloud = _some(found.cloud, [payer in members for payer, _ in found.cloud.instrument.parties])
    leases = _some(found.leases, [tenant in members for tenant, _ in found.leases.instrument.parties])
    labs = [kind.get(buyer) is EntityKind.LAB for buyer, _ in found.orders.instrument.parties]
    orders = _some(found.orders, labs)
    rounds = _some(found.rounds, [issuer in members for issuer in found.rounds.instrument.issuers])
    loans, debts, classes, draws = _loans(dossier, axes, opening, builders, vendors)
    known = {m: opening.run_rates.members[m].revenue.known for m in members}
    active = [m for m in members if known[m] or m in builders]
    given = found.guarantees.instrument
    callable_ones = map(partial(_can_be_called, axes), given.guarantors, given.debtors, given.kinds)
    signed = _some(found.guarantees, list(callable_ones))
    guarantees, guaranteed = _guarantees(signed.instrument, loans, len(made_quarters(made)))
    money = _vendor_customers(opening, vendors, builders, rounds.instrument.investors, rounds.instrument.issuers)
    spending = Spending(
        chips=tuple(
            (b, v)
            for b in builders
            for n, v in enumerate(shares.vendors)
            if v == SUPPLIERS or shares.share[shares.builders.index(b), n] > 0
        ),
        vendor_money=money,
        sites=tuple((b, SUPPLIERS) for b in builders),
        other=tuple((m, SUPPLIERS) for m in active if opening.run_rates.members[m].capex.known),
        costs=tuple((m, SUPPLIERS) for m in members),
        payout=tuple((m, EQUITY_INVESTORS) for m in active if opening.run_rates.members[m].payout.known),
    )
    receipts = Receipts(
        ai=tuple((who, s) for s in sellers if s in members for who in ("consumers", "businesses")),
        core=tuple((customers_of(dossier, m), m) for m in active if known[m]),
        shares=tuple((EQUITY_INVESTORS, m) for m in active),
    )
    world = World(
        members=members,
        sectors=dict(axes.sectors),
        quarters=made_quarters(made),
        builders=builders,
        sellers=(*sellers, ELSE),
        vendors=vendors,
        receipts=receipts,
        loans=loans,
        rounds=rounds.instrument,
        guarantees=guarantees,
        orders=orders.instrument,
        cloud=cloud.instrument,
        leases=leases.instrument,
        spot=Spot(tuple((lab, b) for lab in builders if kind[lab] is EntityKind.LAB for b in builders if b != lab)),
        spending=spending,
        warrants=found.warrants.instrument,
        chips=Vintages(builders, (CHIPS,) * len(builders), 4 * _MAX_YEARS[CHIPS]),
        sites=Vintages(builders, (SITES,) * len(builders), 4 * _MAX_YEARS[SITES]),
        other=Vintages(tuple(m for m, _ in spending.other), (OTHER,) * len(spending.other), 4 * _MAX_YEARS[OTHER]),
        closing=Closing(
            builders, _holdings(opening, rounds.instrument.investors, rounds.instrument.issuers, money, receipts)
        ),
        chips_by_age=_by_age(opening, builders, CHIPS),
        sites_by_age=_by_age(opening, builders, SITES),
        other_by_age=_by_age(opening, tuple(m for m, _ in spending.other), OTHER),
        loan_class=classes,
        loan_draws=draws,
        loan_tenor=tuple(round(4 * tenor_years["bond" if c == "bond_market" else "loan"]) for c in classes),
        guaranteed_loan=guaranteed,
        passive=tuple(kind[m] in VEHICLE_KINDS for m in members),
        listed=tuple(dossier.entities[m].ticker is not None for m in members),
        cloud_letters=_letters(made, cloud.rows),
        order_letters=_letters(made, orders.rows),
        opened=_opened(opening),
    )
    frozen = tuple(kind[b] in VEHICLE_KINDS for b in loans.borrowers)
    return Assembled(world, made, cloud, orders, rounds, leases, signed, debts, frozen)


def _opened(opening: Opening) -> tuple[Account, ...]:
    """Accounts of the opening books; cash and retained earnings of everybody, which may be 0 on average only."""
    everybody = [*opening.axes.members, *opening.axes.sectors]
    retained = [Account(name, AccountClass.RESERVE, "retained") for name in everybody]
    return tuple(dict.fromkeys([*opening.balances, *map(cash, opening.axes.members), *retained]))


def made_quarters(made: Contracts) -> tuple[Quarter, ...]:
    """The quarters of the horizon."""
    return tuple(made.first + n for n in range(made.quarters))


def _some(book: Book[Kind], keep: Sequence[bool]) -> Book[Kind]:
    """The rows of a book that are kept: of its tuples and arrays alike."""
    at = np.flatnonzero(np.array(keep, bool))
    count = len(keep)

    def cut(value: object) -> object:
        if isinstance(value, tuple) and len(value) == count:
            return tuple(value[n] for n in at)
        if isinstance(value, jax.Array) and value.ndim and value.shape[0] == count:
            return jnp.asarray(np.asarray(value)[at])  # in NumPy: nothing is compiled for it
        return value

    instrument = book.instrument
    fields = {name: cut(getattr(instrument, name)) for name in instrument.__dataclass_fields__}
    return Book(type(instrument)(**fields), tuple(book.rows[n] for n in at))


def _loans(
    dossier: Dossier, axes: Axes, opening: Opening, builders: Sequence[str], vendors: Sequence[str]
) -> tuple[Loans, tuple[Debt | None, ...], tuple[str, ...], tuple[bool, ...]]:
    """The debts of the opening, and a contract for every class that may lend to a firm from now on."""
    rows: dict[Pair, Debt | None] = {(debt.lender, debt.borrower): debt for debt in opening.debts}
    borrowers = dict.fromkeys([*builders, *vendors, *(d.borrower for d in opening.debts)])
    for firm in borrowers:
        if dossier.entities[firm].kind not in VEHICLE_KINDS:
            for lender in _NEW_MONEY[dossier.entities[firm].kind in RATED_KINDS]:
                rows.setdefault((lender, firm), None)
    names = tuple(f"{lender}:{firm}" for lender, firm in rows)
    floating = [debt.floating if debt else lender != BOND_INVESTORS for (lender, _), debt in rows.items()]
    loans = Loans(names, tuple(x for x, _ in rows), tuple(x for _, x in rows), jnp.asarray(floating, bool))
    classes = tuple(_CLASSES.get(lender, "private_credit") for lender, _ in rows)
    draws = tuple(lender in _CLASSES and dossier.entities[firm].kind not in VEHICLE_KINDS for lender, firm in rows)
    return loans, tuple(rows.values()), classes, draws


def _can_be_called(axes: Axes, guarantor: str, debtor: str, kind: GuaranteeKind) -> bool:
    """Who stands in, and for a debt who owes it, must be members."""
    return guarantor in axes.members and (debtor in axes.members or kind is not GuaranteeKind.GUARANTEE)


def _guarantees(signed: Guarantees, loans: Loans, quarters: int) -> tuple[Guarantees, tuple[int, ...]]:
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


def _vendor_customers(
    opening: Opening,
    vendors: Sequence[str],
    builders: Sequence[str],
    investors: Iterable[str],
    issuers: Iterable[str],
) -> tuple[Pair, ...]:
    """The builders whose shares a vendor bought before, or promised to."""
    promised = set(zip(investors, issuers, strict=True))
    held = {
        (account.entity, account.instrument.removeprefix("equity:"))
        for account, line in opening.lines.items()
        if account.account_class is AccountClass.ASSET and account.instrument.startswith("equity:") and line.point > 0
    }
    return tuple((v, b) for v in vendors for b in builders if (v, b) in held | promised)


def _holdings(
    opening: Opening,
    investors: Iterable[str],
    issuers: Iterable[str],
    money: Sequence[Pair],
    receipts: Receipts,
) -> tuple[Pair, ...]:
    """(holder, issuer) of all shares that somebody has or may come to have, of issuers that are members."""
    held = [
        (account.entity, account.instrument.removeprefix("equity:"))
        for account in opening.lines
        if account.account_class is AccountClass.ASSET and account.instrument.startswith("equity:")
    ]
    pairs = dict.fromkeys([*held, *zip(investors, issuers, strict=True), *money, *receipts.shares])
    return tuple(pair for pair in pairs if pair[1] in opening.axes.members)


def _by_age(opening: Opening, owners: Sequence[str], asset: str) -> np.ndarray:
    """Book value by age of what each owner has at the opening: bought evenly over half of the ring, worn in a line."""
    ages = 2 * _MAX_YEARS[asset]
    left = 1.0 - (np.arange(ages) + 1) / (ages + 1)
    parts = left / left.sum()
    worth = [line.point if (line := opening.line(Account(o, AccountClass.REAL, asset))) else 0.0 for o in owners]
    return np.array(worth)[:, None] * parts[None, :] if owners else np.zeros((0, ages))


def _letters(made: Contracts, rows: Sequence[int]) -> tuple[Letter, ...]:
    """Promises that are not firm yet are signed or dropped in the quarter before they first move money."""
    found: list[Letter] = []
    for contract, number in enumerate(rows):
        term = made.terms[number]
        total = float(term.payments.point_usd_bn.sum())
        if term.pending and total > 0:
            news = total if term.tier is Tier.REPORTED else 0.0
            found.append(Letter(max((term.payments.first or 0) - 1, 0), contract, news))
    return tuple(found)
