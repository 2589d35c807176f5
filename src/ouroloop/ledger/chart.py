"""The words of the books: accounts, their classes, flow types and their kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

USD = "USD"
CASH = "cash"
UNEXPLAINED = "unexplained"
"""The entity that holds the other side of opening claims nobody accounts for, and each entity's own opening gap."""

OPENING_CASH = "opening_cash"
UNKNOWN = "unknown"
MEMBER = "member"
"""As `Flow.paint`: the payer puts its own name on the money (`member:<payer>`)."""


class AccountClass(StrEnum):
    """Where an account stands. Debits are positive: assets and expenses +, liabilities, equity and income -."""

    ASSET = "asset"  # a claim on somebody: cash, loans, shares at cost, receivables
    REAL = "real"  # a thing: equipment, inventory, goodwill
    VALUATION = "valuation"  # an asset carried above (+) or below (-) what its issuer books; nobody owes it
    LIABILITY = "liability"  # a claim of somebody on the entity
    EQUITY = "equity"  # paid-in capital: the issuer's side of shares at cost
    RESERVE = "reserve"  # own equity that is nobody's separate claim: retained earnings, opening gap
    INCOME = "income"
    EXPENSE = "expense"
    CONVERSION = "conversion"  # where a ledger of one good meets that of another

    @property
    def claim(self) -> bool:
        """Does another entity book the other side, so that the instrument cancels across entities?"""
        return self in (AccountClass.ASSET, AccountClass.LIABILITY, AccountClass.EQUITY)


class FlowKind(StrEnum):
    """Why balances change (the flow accounts of national accounting, and conversion between goods)."""

    TRANSACTION = "transaction"  # the only kind that moves cash
    ACCRUAL = "accrual"  # earned or used up without cash: depreciation, sales on account, interest due
    REVALUATION = "revaluation"  # the price of what is held changed
    WRITE_OFF = "write_off"  # other volume change: a claim or a thing is gone
    CONVERSION = "conversion"  # one good becomes another, each balanced in its own ledger
    OPENING = "opening"  # a stated balance comes in, at the opening or later as a correction


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One line of one entity's books in the ledger of one good."""

    entity: str
    account_class: AccountClass
    instrument: str
    good: str = USD

    def __str__(self) -> str:
        good = "" if self.good == USD else f" [{self.good}]"
        return f"{self.entity}/{self.account_class}/{self.instrument}{good}"

    @property
    def is_cash(self) -> bool:
        return self.instrument == CASH and self.account_class is AccountClass.ASSET and self.good == USD

    @property
    def is_revenue(self) -> bool:
        """Income from customers; gains and interest carry other instrument names."""
        named = self.instrument == "revenue" or self.instrument.startswith("revenue:")
        return self.account_class is AccountClass.INCOME and named


@dataclass(frozen=True, slots=True)
class Leg:
    """One entry of a flow type: the account, and +1 (debit) or -1 (credit) times the amount."""

    account: Account
    sign: int


def debit(account: Account) -> Leg:
    """A leg that adds the amount: an asset or expense grows, a liability, equity or income shrinks."""
    return Leg(account, 1)


def credit(account: Account) -> Leg:
    """A leg that takes the amount off: an asset or expense shrinks, a liability, equity or income grows."""
    return Leg(account, -1)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow type: a column of the matrix S, normally four legs, posted with an amount per path.

    `paint` says which sponsor the cash carries on arrival: None keeps the payer's mix (a purchase), `"member"` marks it
    as the payer's own funding (`member:<payer>`), any other word is that sponsor. `settles_revenue`: the cash pays for
    revenue booked before. `cost_of` names the sale whose cost of goods this flow books, for consolidation.
    """

    name: str
    kind: FlowKind
    legs: tuple[Leg, ...]
    paint: str | None = None
    settles_revenue: bool = False
    cost_of: str | None = None

    def _cash(self, sign: Literal[1, -1]) -> tuple[str, ...]:
        return tuple(leg.account.entity for leg in self.legs if leg.account.is_cash and leg.sign == sign)

    @property
    def payers(self) -> tuple[str, ...]:
        """Who loses cash when the amount is positive."""
        return self._cash(-1)

    @property
    def payees(self) -> tuple[str, ...]:
        """Who gains cash when the amount is positive."""
        return self._cash(1)

    @property
    def pays_revenue(self) -> bool:
        """Does its cash pay for something that the payee books, or booked, as revenue?"""
        payees = self.payees
        booked = any(leg.account.is_revenue and leg.account.entity in payees for leg in self.legs)
        return bool(payees) and (booked or self.settles_revenue)
