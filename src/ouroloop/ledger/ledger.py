"""The ledger of a world: its proved chart, and the books that are kept with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float64, Int64

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.ledger.chart import UNEXPLAINED, Account, AccountClass, Flow
from ouroloop.ledger.incidence import Incidence

Stated = float | int | Sequence[float | int] | np.ndarray
"""An amount as somebody states it: one number for all paths, or one per path."""


@dataclass(frozen=True, eq=False)
class Chart:
    """What never changes in a world: accounts, flow types and the integer matrices that were proved at build.

    `S[account, flow]` posts flows, `O[account, opening]` opening balances (one flow per account); `E` and `I` sum
    accounts by entity and, for claims only, by instrument: `E @ S == 0`, `I @ S == 0`, and the same for `O`.
    Two charts are equal when they are the same object, so that compiled functions find theirs again at no cost.
    """

    accounts: tuple[Account, ...]
    flows: tuple[Flow, ...]
    openings: tuple[Flow, ...]
    sectors: Mapping[str, str]
    S: Int64[np.ndarray, "account flow"]
    O: Int64[np.ndarray, "account opening"]  # noqa: E741  the letter of its equation

    @cached_property
    def books(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """(entity, good): the rows of its accounts; each sums to 0."""
        return _rows(self.accounts, lambda account: (account.entity, account.good))

    @cached_property
    def claims(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """(instrument, good): the rows of the accounts that hold or owe it; each sums to 0."""
        return _rows(self.accounts, lambda a: (a.instrument, a.good) if a.account_class.claim else None)

    @cached_property
    def E(self) -> Int64[np.ndarray, "entity account"]:
        """Sums accounts by entity (and good)."""
        return _summing(self.books, len(self.accounts))

    @cached_property
    def I(self) -> Int64[np.ndarray, "claim account"]:  # noqa: E743
        """Sums claims by instrument (and good)."""
        return _summing(self.claims, len(self.accounts))

    @cached_property
    def entities(self) -> tuple[str, ...]:
        """Members first, then outside sectors, `unexplained` last; each in order of appearance."""
        names = dict.fromkeys(account.entity for account in self.accounts)
        ranked = sorted(names, key=lambda name: (name in self.sectors, name == UNEXPLAINED))
        return tuple(ranked)

    @cached_property
    def account_number(self) -> Mapping[Account, int]:
        return {account: n for n, account in enumerate(self.accounts)}

    @cached_property
    def flow_number(self) -> Mapping[str, int]:
        return {flow.name: n for n, flow in enumerate(self.flows)}

    @cached_property
    def post(self) -> Incidence:
        return Incidence(self.S)

    @cached_property
    def open(self) -> Incidence:
        return Incidence(self.O)

    @cached_property
    def by_entity(self) -> Incidence:
        return Incidence(self.E)

    @cached_property
    def by_claim(self) -> Incidence:
        return Incidence(self.I)


class Ledger(eqx.Module):
    """Names to rows and columns of a proved chart. Made by `build`; `post` and `open_books` write books with it."""

    chart: Chart = eqx.field(static=True)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The axis `account`."""
        return self.chart.accounts

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The axis `flow`."""
        return self.chart.flows

    @property
    def entities(self) -> tuple[str, ...]:
        """The axis `entity`: members, outside sectors, `unexplained`."""
        return self.chart.entities

    @property
    def members(self) -> tuple[str, ...]:
        """The entities that are not outside sectors."""
        return tuple(name for name in self.entities if name not in self.chart.sectors)

    @property
    def books(self) -> tuple[tuple[str, str], ...]:
        """(entity, good) of each set of books that balances by itself."""
        return tuple(self.chart.books)

    @property
    def claims(self) -> tuple[tuple[str, str], ...]:
        """The axis `claim`: (instrument, good) of the financial claims."""
        return tuple(self.chart.claims)

    def account(self, entity: str, account_class: AccountClass, instrument: str, good: str = "USD") -> int:
        """The row of an account; raises BadInput `unknown-account` with the nearest."""
        return self.row(Account(entity, account_class, instrument, good))

    def row(self, account: Account) -> int:
        """The row of an account; raises BadInput `unknown-account` with the nearest."""
        if account not in self.chart.account_number:
            hint = nearest(str(account), [str(known) for known in self.accounts])
            raise BadInput([Problem(Place("ledger"), "unknown-account", f"there is no account {account}", hint)])
        return self.chart.account_number[account]

    def column(self, flow: str) -> int:
        """The column of a flow type; raises BadInput `unknown-flow` with the nearest."""
        if flow not in self.chart.flow_number:
            hint = nearest(flow, list(self.chart.flow_number))
            raise BadInput([Problem(Place("ledger"), "unknown-flow", f"there is no flow '{flow}'", hint)])
        return self.chart.flow_number[flow]

    def amounts(self, by_flow: Mapping[str, Stated], paths: int = 1) -> Float64[np.ndarray, "flow path"]:
        """The amounts to post, from named ones: a number for all paths, or one per path; 0 for the rest.

        Raises BadInput `unknown-flow` for every name that is not a flow type.
        """
        return _fill(self.chart.flow_number, by_flow.items(), paths, "unknown-flow", "flow")


class Books(eqx.Module):
    """What every account holds on every path, in units of its good (USD bn), debits positive.

    `inexact` marks paths on which some posting left the exact range (|sums| up to 2^22) or was not a number: their
    balances make no claim. Only `open_books` and `post` make books.
    """

    balances: Float64[Array, "account path"]
    inexact: Bool[Array, " path"]


def opening_amounts(
    ledger: Ledger, balances: Mapping[Account, Stated], paths: int = 1
) -> Float64[np.ndarray, "opening path"]:
    """The opening balances as amounts of the opening flows; unnamed accounts open at 0."""
    number = {flow.name.removeprefix("open:"): n for n, flow in enumerate(ledger.chart.openings)}
    named = ((str(account), value) for account, value in balances.items())
    return _fill(number, named, paths, "unknown-account", "account")


def _rows(
    accounts: Sequence[Account], key: Callable[[Account], tuple[str, str] | None]
) -> Mapping[tuple[str, str], tuple[int, ...]]:
    made: dict[tuple[str, str], list[int]] = {}
    for n, account in enumerate(accounts):
        if (group := key(account)) is not None:
            made.setdefault(group, []).append(n)
    return {group: tuple(rows) for group, rows in made.items()}


def _summing(groups: Mapping[tuple[str, str], tuple[int, ...]], columns: int) -> Int64[np.ndarray, "group column"]:
    summing = np.zeros((len(groups), columns), np.int64)
    for row, members in enumerate(groups.values()):
        summing[row, list(members)] = 1
    return summing


def _fill(
    number: Mapping[str, int],
    named: Iterable[tuple[str, Stated]],
    paths: int,
    code: str,
    what: str,
) -> Float64[np.ndarray, "row path"]:
    filled, problems = np.zeros((len(number), paths)), list[Problem]()
    for name, value in named:
        given = np.asarray(value, np.float64)
        if name not in number:
            hint = nearest(name, list(number))
            problems.append(Problem(Place("ledger"), code, f"there is no {what} '{name}'", hint))
        elif given.shape not in ((), (1,), (paths,)):
            message = f"{what} '{name}' has amounts of shape {given.shape} for {paths} paths"
            problems.append(Problem(Place("ledger"), "wrong-shape", message))
        else:
            filled[number[name]] = given
    if problems:
        raise BadInput(problems)
    return filled
