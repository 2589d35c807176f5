"""The flow types and accounts that a dossier's streams need in the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ouroloop import ledger as books
from ouroloop.dossier.deal_streams import DEBT
from ouroloop.dossier.streams import BOUNDARY, OUTSIDE_CUSTOMERS, UNKNOWN, Stream, outside, sponsor_of

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_FUNDERS = f"{BOUNDARY}{UNKNOWN}"
_ORDER = ("capital", "funding", "customers", "unknown_revenue", "trade", "uses")
"""In a quarter money first comes in, then goes round, then leaves; within a side by the day it first moved."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The ledger of a dossier, and for each stream the flow types that it is posted by."""

    ledger: books.Ledger
    columns: tuple[tuple[int, ...], ...]
    """Per stream, in the given order, the numbers of its flow types."""


def party(name: str) -> str:
    """The entity of the books that a payer or payee is: a named party, or one outside sector per boundary word."""
    word, at, _ = name.partition(BOUNDARY)
    return f"{BOUNDARY}{word}" if at else name


def plan(
    dossier: Dossier, members: Iterable[str], streams: Sequence[Stream], accounts: Iterable[books.Account]
) -> Plan:
    """Declare every flow type that these streams need, and a correction for each of `accounts`; have them proved.

    Every member gets books, whether or not it moves money.

    Sales are revenue of the seller and an expense or an asset of the buyer, funding is a claim, what is not paid in
    cash runs through the ledger of its own good. Outside sectors carry their sponsor's color; what leaves does not
    come back, so the color of `@uses` never shows.
    """
    made: dict[str, books.Flow] = {}
    names: list[tuple[str, ...]] = []
    first: dict[str, tuple[int, date]] = {}
    for stream in streams:
        flows = _flows(stream)
        for flow in flows:
            made.setdefault(flow.name, flow)
            rank = (_ORDER.index(stream.side), stream.days.first)
            first[flow.name] = min(first.get(flow.name, rank), rank)
        names.append(tuple(flow.name for flow in flows))
    ordered = sorted(made.values(), key=lambda flow: (*first[flow.name], flow.name))
    corrected = tuple(accounts)
    ledger = books.build(
        [*ordered, *(books.correction(account) for account in corrected)],
        accounts=[*map(books.cash, (*members, _FUNDERS)), *corrected],
        sectors=_sectors(dossier, streams),
    )
    number = {flow.name: n for n, flow in enumerate(ledger.flows)}
    return Plan(ledger, tuple(tuple(number[name] for name in some) for some in names))


def debt_account(entity: str) -> books.Account:
    """What the entity owes to lenders whom nobody names; published debt is stated here, repayments come off it."""
    return books.Account(entity, books.AccountClass.LIABILITY, f"loan:{_FUNDERS}:{entity}")


def _sectors(dossier: Dossier, streams: Iterable[Stream]) -> dict[str, str]:
    sectors = {f"{BOUNDARY}{OUTSIDE_CUSTOMERS}": OUTSIDE_CUSTOMERS, _FUNDERS: UNKNOWN, f"{BOUNDARY}uses": UNKNOWN}
    for stream in streams:
        for name in stream.pair:
            if name in dossier.entities and outside(dossier.entities[name]):
                sectors[name] = sponsor_of(dossier.entities[name])
    return sectors


def _flows(stream: Stream) -> tuple[books.Flow, ...]:
    """The flow types of one stream: one, or for trade in kind one per ledger."""
    payer, payee = party(stream.payer), party(stream.payee)
    if stream.in_kind is not None:
        kind = _in_kind(payer, payee, stream.in_kind)
        return (kind, _barter(payer, payee, stream)) if stream.side == "trade" else (kind,)
    match stream.side:
        case "funding" | "capital":
            return (_funding(payer, payee, stream.instrument),)
        case "customers" | "unknown_revenue":
            return (books.boundary_receipt(payer, payee),)
        case "trade":
            return (_purchase(payer, payee, stream),)
        case "uses":
            return (_use(payer, payee, stream),)
        case _:
            raise AssertionError(f"nothing to post for a stream of side {stream.side}")


def _funding(payer: str, payee: str, instrument: str) -> books.Flow:
    if instrument in DEBT or instrument == "debt":
        return books.loan(payer, payee)
    if instrument == "prepayment":
        return _deposit(payer, payee)
    return books.equity_investment(payer, payee)


def _deposit(payer: str, payee: str) -> books.Flow:
    """A customer pays ahead: a claim on goods or services to come, not on money, and no revenue yet."""
    claim = f"deposit:{payer}:{payee}"
    legs = (
        books.debit(books.Account(payer, books.AccountClass.ASSET, claim)),
        books.credit(books.cash(payer)),
        books.debit(books.cash(payee)),
        books.credit(books.Account(payee, books.AccountClass.LIABILITY, claim)),
    )
    return books.Flow(f"prepay:{payer}:{payee}", books.FlowKind.TRANSACTION, legs)


def _purchase(payer: str, payee: str, stream: Stream) -> books.Flow:
    if stream.booked == "asset":
        return books.purchase_capitalized(payer, payee)
    return books.purchase_expensed(payer, payee)


def _use(payer: str, payee: str, stream: Stream) -> books.Flow:
    match stream.instrument:
        case "dividends" | "buybacks":
            return books.distribution(payer, payee, f"{stream.instrument}:{payer}:{payee}")
        case "debt_repaid":
            return books.repayment(payer, _FUNDERS)
        case "investment" | "equity":
            return books.equity_investment(payer, payee)
        case "acquisition":
            return books.purchase_capitalized(payer, payee, f"acquire:{payer}:{payee}", asset="acquired")
        case instrument if instrument in DEBT:
            return books.loan(payer, payee)
        case _ if stream.booked == "asset":
            return books.purchase_capitalized(payer, payee)
        case _:
            return books.boundary_payment(payer, payee)


def _in_kind(payer: str, payee: str, good: str) -> books.Flow:
    """`payee` gets a claim on goods or services of `payer`, in the ledger of that good; no cash moves."""
    claim = f"{good}:{payer}:{payee}"
    legs = (
        books.debit(books.Account(payee, books.AccountClass.ASSET, claim, good)),
        books.credit(books.Account(payee, books.AccountClass.RESERVE, "in_kind", good)),
        books.credit(books.Account(payer, books.AccountClass.LIABILITY, claim, good)),
        books.debit(books.Account(payer, books.AccountClass.RESERVE, "in_kind", good)),
    )
    return books.Flow(f"kind:{good}:{payer}:{payee}", books.FlowKind.ACCRUAL, legs)


def _barter(payer: str, payee: str, stream: Stream) -> books.Flow:
    """What a sale paid in kind is in the money ledger: revenue and cost without cash."""
    cost = (
        books.Account(payer, books.AccountClass.REAL, "equipment")
        if stream.booked == "asset"
        else books.Account(payer, books.AccountClass.EXPENSE, "services")
    )
    legs = (
        books.debit(cost),
        books.credit(books.Account(payer, books.AccountClass.RESERVE, "settled_in_kind")),
        books.debit(books.Account(payee, books.AccountClass.RESERVE, "settled_in_kind")),
        books.credit(books.Account(payee, books.AccountClass.INCOME, "revenue")),
    )
    return books.Flow(f"barter:{stream.booked}:{payer}:{payee}", books.FlowKind.ACCRUAL, legs)
