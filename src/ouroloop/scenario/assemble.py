"""From opening books and promises to a world: who is a builder, who lends to whom, which flows there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import jax
import numpy as np

from ouroloop.core import Quarter, Tier
from ouroloop.dossier import Dossier, EntityKind
from ouroloop.economy.inventory import Letter, Vehicle
from ouroloop.economy.operations import CHIPS, OTHER, SITES, Closing, Pair, Receipts, Spending, Spot
from ouroloop.economy.world import World
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.deposit import Deposits
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import Guarantees
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.margin_loan import MarginLoans
from ouroloop.instruments.order import Orders
from ouroloop.instruments.redemption import Redemptions
from ouroloop.instruments.share_sale import ShareSales
from ouroloop.instruments.vintages import Vintages
from ouroloop.ledger import Account, AccountClass, cash
from ouroloop.scenario.axes import (
    BANKS,
    EQUITY_INVESTORS,
    HEDGE_FUNDS,
    HOUSEHOLDS,
    LANDLORDS,
    MUTUAL_FUNDS,
    SUPPLIERS,
    VEHICLE_KINDS,
    Axes,
    customers_of,
)
from ouroloop.scenario.contracts import Contracts
from ouroloop.scenario.contracts.books import Book, books
from ouroloop.scenario.contracts.supply import Shares
from ouroloop.scenario.device import on_device
from ouroloop.scenario.lenders import RATED_KINDS, behind_holders, can_be_called, guarantees, lending, swaps
from ouroloop.scenario.opening import Opening
from ouroloop.scenario.opening_debts import Debt
from ouroloop.scenario.opening_holders import FUNDS
from ouroloop.scenario.site_vehicles import SiteVehicle

Kind = TypeVar("Kind", bound=Instrument)

BUILDER_KINDS = (EntityKind.CLOUD, EntityKind.NEOCLOUD, EntityKind.LAB)
"""Who builds or rents out compute."""
ELSE = "everybody-else"
"""The seller that stands for all whom nobody names."""

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
    draw_terms: tuple[int, ...]
    """The promise behind each of `world.promised_draws`, by its row in `contracts.terms`."""
    advance_terms: tuple[int, ...]
    """The same for `world.advances`."""
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
    vehicles: Mapping[str, SiteVehicle],
    tenor_years: Mapping[str, float],
) -> Assembled:
    """Which world do these books and promises make?

    Builders are clouds, neoclouds and labs. Everybody may raise debt from the classes that lend to their kind, and
    shares from investors outside. Vendors put money into the firms whose shares they bought before. Every loan may be
    guaranteed by the government; whether it is, a scenario says. Contracts whose payer is no member, and orders of
    builders (they are inside of what they spend on chips), are left out.

    Vehicles with terms on file live on their tenants' rents, build with what their lenders have promised, and may ask
    bond investors and banks when a loan falls due; those without stand still. What lenders have promised firmly to
    anybody (`DelayedDrawLoans`) is lent on its schedule; what vendors have (`VendorLoans`), as their customers buy.
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
    landlords = tuple(vehicles[m] for m in members if m in vehicles)
    lent = lending(dossier, opening, builders, vendors, found.draws, found.vendor_loans, vehicles, made)
    known = {m: opening.run_rates.members[m].revenue.known for m in members}
    active = [m for m in members if known[m] or m in builders]
    named = found.guarantees.instrument
    callable_ones = map(partial(can_be_called, axes), named.guarantors, named.debtors, named.kinds)
    callable_book = _some(found.guarantees, list(callable_ones))
    signed, behind = behind_holders(callable_book, lent.loans, axes, vehicles)
    given, guaranteed = guarantees(signed.instrument, behind, lent.loans, len(made_quarters(made)))
    money = _vendor_customers(opening, vendors, builders, rounds.instrument.investors, rounds.instrument.issuers)
    spending = Spending(
        chips=tuple(
            (b, v)
            for b in builders
            for n, v in enumerate(shares.vendors)
            if v == SUPPLIERS or shares.share[shares.builders.index(b), n] > 0
        ),
        vendor_money=money,
        sites=tuple((owner, SUPPLIERS) for owner in (*builders, *(v.member for v in landlords))),
        other=tuple((m, SUPPLIERS) for m in active if opening.run_rates.members[m].capex.known),
        costs=tuple((m, SUPPLIERS) for m in members),
        payout=tuple(
            (m, EQUITY_INVESTORS)
            for m in members
            if m in vehicles or (m in active and opening.run_rates.members[m].payout.known)
        ),
    )
    receipts = Receipts(
        ai=tuple((who, s) for s in sellers if s in members for who in ("consumers", "businesses")),
        core=tuple((customers_of(dossier, m), m) for m in active if known[m]),
        shares=tuple((EQUITY_INVESTORS, m) for m in active),
    )
    tenants = dict.fromkeys(tenant for tenant, _ in leases.instrument.parties)
    owners = (*builders, *(one.member for one in landlords))
    world = World(
        members=members,
        sectors=dict(axes.sectors),
        quarters=made_quarters(made),
        builders=builders,
        sellers=(*sellers, ELSE),
        vendors=vendors,
        receipts=receipts,
        loans=lent.loans,
        rounds=rounds.instrument,
        guarantees=given,
        swaps=swaps(dossier, opening, members),
        sales=lent.sales,
        share_sales=_share_sales(dossier, opening),
        margin=MarginLoans(((HEDGE_FUNDS, BANKS),)),
        redemptions=Redemptions(((MUTUAL_FUNDS, HOUSEHOLDS),)),
        orders=orders.instrument,
        cloud=cloud.instrument,
        leases=leases.instrument,
        deposits=Deposits(tuple((tenant, LANDLORDS) for tenant in tenants if kind[tenant] in RATED_KINDS)),
        spot=Spot(tuple((lab, b) for lab in builders if kind[lab] is EntityKind.LAB for b in builders if b != lab)),
        spending=spending,
        warrants=found.warrants.instrument,
        chips=Vintages(builders, (CHIPS,) * len(builders), 4 * _MAX_YEARS[CHIPS]),
        sites=Vintages(owners, (SITES,) * len(owners), 4 * _MAX_YEARS[SITES]),
        other=Vintages(tuple(m for m, _ in spending.other), (OTHER,) * len(spending.other), 4 * _MAX_YEARS[OTHER]),
        closing=Closing(
            owners,
            builders,
            _holdings(opening, rounds.instrument.investors, rounds.instrument.issuers, money, receipts),
        ),
        chips_by_age=_by_age(opening, builders, CHIPS),
        sites_by_age=_by_age(opening, owners, SITES),
        other_by_age=_by_age(opening, tuple(m for m, _ in spending.other), OTHER),
        loan_class=lent.classes,
        loan_draws=lent.draws,
        loan_behind=lent.behind,
        loan_tenor=tuple(round(4 * tenor_years["bond" if c == "bond_market" else "loan"]) for c in lent.classes),
        guaranteed_loan=guaranteed,
        vehicles=tuple(_vehicle(one, made.first) for one in landlords),
        promised_draws=lent.promised,
        advances=lent.advances,
        passive=tuple(kind[m] in VEHICLE_KINDS and m not in vehicles for m in members),
        listed=tuple(dossier.entities[m].ticker is not None for m in members),
        cloud_letters=_letters(made, cloud.rows),
        order_letters=_letters(made, orders.rows),
        opened=_opened(opening),
    )
    frozen = tuple(kind[b] in VEHICLE_KINDS and b not in vehicles for b in lent.loans.borrowers)
    return Assembled(
        world, made, cloud, orders, rounds, leases, signed, lent.draw_terms, lent.advance_terms, lent.debts, frozen
    )


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
            return on_device(np.asarray(value)[at], value.dtype)
        return value

    instrument = book.instrument
    fields = {name: cut(getattr(instrument, name)) for name in instrument.__dataclass_fields__}
    return Book(type(instrument)(**fields), tuple(book.rows[n] for n in at))


def _vehicle(one: SiteVehicle, first: Quarter) -> Vehicle:
    """The vehicle as the engine reads it: quarters count from the first one that is simulated."""
    return Vehicle(one.member, one.tenant, max(one.begins.ordinal - first.ordinal, 0), one.by_chips)


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


def _share_sales(dossier: Dossier, opening: Opening) -> ShareSales:
    """Quoted shares in the books of funds: what they may have to sell."""
    listed = [firm for firm in opening.axes.members if dossier.entities[firm].ticker is not None]
    pairs = ((fund, firm) for fund in FUNDS for firm in listed)
    held = (pair for pair in pairs if opening.line(Account(pair[0], AccountClass.ASSET, f"equity:{pair[1]}")))
    return ShareSales(tuple(held), EQUITY_INVESTORS)


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
