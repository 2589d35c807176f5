"""Published balances as assertions on the books: where books and figure differ, the gap is posted and listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from ouroloop import ledger as books
from ouroloop.core import Quarter
from ouroloop.dossier.balances import CASH, DEBT, EQUITY, Balance, balance_at, published
from ouroloop.dossier.postings import debt_account
from ouroloop.dossier.refs import Refs

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

Line = Literal["cash", "debt", "equity"]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """What the flows do not explain of a published balance: the figure less the books, USD bn, on its day.

    `opening`: the entity's first published balance, which opens its books. Else a gap since the last one. `low`,
    `point` and `high` are the gaps on the paths that take every flow at that end; within `tolerance` (what the digits
    of the figure leave open) nothing is posted.
    """

    entity: str
    quarter: Quarter
    day: date
    line: Line
    opening: bool
    published: float
    tolerance: float
    low: float
    point: float
    high: float
    refs: Refs


@dataclass(frozen=True, slots=True)
class Assertion:
    """A published balance of one line of one entity, with the account that takes the gap and the sign of its side."""

    entity: str
    line: Line
    account: books.Account
    sign: int
    balance: Balance
    opening: bool

    def gap(self, held: np.ndarray) -> np.ndarray:
        """The figure less the books' balance per path, 0 where the digits allow it."""
        off = self.balance.value - held
        return np.where(np.abs(off) <= self.balance.tolerance, 0.0, off)

    def unexplained(self, quarter: Quarter, gap: np.ndarray) -> Unexplained:
        low, point, high = (float(value) for value in gap)
        value, refs = self.balance.value, self.balance.refs
        return Unexplained(
            self.entity,
            quarter,
            self.balance.day,
            self.line,
            self.opening,
            value,
            self.balance.tolerance,
            low,
            point,
            high,
            refs,
        )


def assertions(dossier: Dossier, members: Sequence[str], first: Quarter, last: Quarter) -> tuple[Assertion, ...]:
    """Every published balance of cash and debt of these entities from before `first` to the end of `last`, by day.

    Of the balances up to the day before `first` the last one opens the books. An entity whose books open later states
    its equity on that day too, where it was published.
    """
    found: list[Assertion] = []
    for entity in members:
        for line, account, sign, ways in _lines(entity):
            some = [b for b in published(dossier, entity, ways) if b.day <= min(last.last_day, dossier.date)]
            earlier = [b for b in some if b.day < first.first_day]
            used = [*earlier[-1:], *(b for b in some if b.day >= first.first_day)]
            found += [Assertion(entity, line, account, sign, b, n == 0) for n, b in enumerate(used)]
            if line == "cash" and used and not earlier:
                found += _equity(dossier, entity, used[0].day)
    return tuple(sorted(found, key=lambda a: (a.balance.day, a.entity, a.line)))


def _equity(dossier: Dossier, entity: str, day: date) -> Iterator[Assertion]:
    for balance in published(dossier, entity, EQUITY):
        if balance.day == day:
            yield Assertion(entity, "equity", own_accounts(entity)[1], 1, balance, opening=True)


def _lines(entity: str) -> Iterator[tuple[Line, books.Account, int, Sequence[tuple[str, ...]]]]:
    yield "cash", books.cash(entity), 1, CASH
    yield "debt", debt_account(entity), -1, DEBT


def opening_balances(
    dossier: Dossier, members: Sequence[str], opening: Sequence[Assertion]
) -> Mapping[books.Account, float]:
    """The accounts that open the books on the first day: cash, debt, and with published equity what balances them.

    `opening` are the assertions before the first quarter. Equity is stated as retained earnings; other assets less
    other liabilities follow from it (equity + debt - cash) and stand as one thing. Without published equity the
    entity's own `unexplained` reserve shows what is missing.
    """
    balances: dict[books.Account, float] = {}
    stated: dict[str, dict[Line, float]] = {}
    for one in opening:
        balances[one.account] = one.sign * one.balance.value
        stated.setdefault(one.entity, {})[one.line] = one.balance.value
    days = {one.entity: one.balance.day for one in opening}
    for entity, lines in stated.items():
        equity = balance_at(published(dossier, entity, EQUITY), days[entity])
        if equity is not None and equity.basis == "reported" and "cash" in lines:
            retained, other = own_accounts(entity)
            balances[retained] = -equity.value
            balances[other] = equity.value + lines.get("debt", 0.0) - lines["cash"]
    return balances


def own_accounts(entity: str) -> tuple[books.Account, books.Account]:
    """Retained earnings, and the net of all assets and liabilities that are not cash or debt."""
    return (
        books.Account(entity, books.AccountClass.RESERVE, "retained"),
        books.Account(entity, books.AccountClass.REAL, "other_net_assets"),
    )
