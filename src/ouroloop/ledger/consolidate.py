"""Read a group of entities as if it were one: what its members sold, owe and own among themselves is taken out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ouroloop.core import QUANTUM, BadInput, Place, Problem, nearest
from ouroloop.ledger.chart import Account, AccountClass, Flow, FlowKind
from ouroloop.ledger.ledger import Books, Ledger
from ouroloop.ledger.precision import Amounts

_C = AccountClass
_Row = Float64[np.ndarray, "path"]


@dataclass(frozen=True, eq=False)
class Elimination:
    """One entry of the consolidation: `amount[path]` is added to `debit` and taken off `credit`."""

    reason: str
    debit: Account
    credit: Account
    amount: _Row


@dataclass(frozen=True, eq=False)
class Consolidation:
    """The books of the group as one entity. Amounts have the signs that a reader expects, one per path.

    `before` and `after` hold the balances by account (debits positive) without and with the eliminations. `cash_in` and
    `cash_out` are gross payments between members and everybody else.
    """

    group: frozenset[str]
    before: Mapping[Account, _Row]
    after: Mapping[Account, _Row]
    eliminations: tuple[Elimination, ...]
    cash_in: _Row
    cash_out: _Row
    paths: int

    def total(self, *classes: AccountClass, consolidated: bool = True) -> _Row:
        """The sum of the balances of these classes, debits positive."""
        lines = self.after if consolidated else self.before
        return _sum((v for a, v in lines.items() if a.account_class in classes), self.paths)

    @property
    def revenue_booked(self) -> _Row:
        """The sum of what the members book as revenue."""
        return 0.0 - _sum((v for a, v in self.before.items() if a.is_revenue), self.paths)

    @property
    def revenue(self) -> _Row:
        """What the group earned from customers outside itself."""
        return 0.0 - _sum((v for a, v in self.after.items() if a.is_revenue), self.paths)

    @property
    def profit(self) -> _Row:
        return 0.0 - self.total(_C.INCOME, _C.EXPENSE)

    @property
    def assets(self) -> _Row:
        return self.total(_C.ASSET, _C.REAL, _C.VALUATION)

    @property
    def liabilities(self) -> _Row:
        return 0.0 - self.total(_C.LIABILITY)

    @property
    def equity(self) -> _Row:
        """Assets less liabilities: what the group owns against the outside."""
        return self.assets - self.liabilities


def consolidate(
    ledger: Ledger,
    books: Books,
    amounts: Amounts,
    group: Collection[str],
    *,
    held: Mapping[str, float | int] | None = None,
) -> Consolidation:
    """What is left of these members' books when their dealings with each other are taken out?

    `amounts` are the sums posted per flow type since income and expense were last closed; `books` the balances at the
    end. Per intra-group flow and claim:

    - a sale that the buyer expensed: the seller's income against the buyer's expense;
    - a sale that the buyer capitalized: the income against the goods' own cost (flows with `cost_of` that sale) and,
      for the difference, against the buyer's asset, so that it stands at the group's cost. `held` says which share
      (0 to 1) of a sale's goods the buyer has not yet used up or sold on, 1 without a word; the profit in the part
      used up lowers the buyer's depreciation instead;
    - claims that members hold on members (shares at cost against paid-in capital, loans, bills): the smaller side;
    - what members carry above or below cost of claims on members: against the gain, or reserves for earlier years.

    Every entry is a debit and a credit of the same amount, so the result balances as the books did. Assumes that a
    member's claim is on a member whenever one owes that instrument (name instruments by issuer). Raises BadInput
    `unknown-entity`, `unknown-flow` or `bad-share`.
    """
    members, values = frozenset(group), np.round(np.asarray(amounts) / QUANTUM) * QUANTUM
    _check(ledger, members, held or {})
    balances = np.asarray(books.balances)
    before = {a: balances[n] for n, a in enumerate(ledger.accounts) if a.entity in members}
    moved = {flow.name: values[n] for n, flow in enumerate(ledger.flows)}
    entries = (
        *_sales(ledger.flows, moved, members, held or {}),
        *_claims(before, members),
        *_valuations(ledger.flows, moved, before, members),
    )
    after = {account: value.copy() for account, value in before.items()}
    for entry in entries:
        for account, sign in ((entry.debit, 1.0), (entry.credit, -1.0)):
            after[account] = after.get(account, np.zeros(balances.shape[1])) + sign * entry.amount
    came = (moved[f.name] for f in ledger.flows if f.payees and not _all_in(f, members) and f.payees[0] in members)
    went = (moved[f.name] for f in ledger.flows if f.payers and not _all_in(f, members) and f.payers[0] in members)
    paths = balances.shape[1]
    return Consolidation(members, before, after, entries, _sum(came, paths), _sum(went, paths), paths)


def _sales(
    flows: tuple[Flow, ...], moved: Mapping[str, _Row], members: frozenset[str], held: Mapping[str, float | int]
) -> Iterator[Elimination]:
    """Income of one member that is cost of another."""
    for flow in flows:
        earning = [g for g in flow.legs if g.account.account_class is _C.INCOME and g.account.entity in members]
        income = [g.account for g in earning]
        costs = [g.account for g in flow.legs if g.account.account_class in (_C.EXPENSE, _C.REAL)]
        if len(income) != 1 or len(costs) != 1 or costs[0].entity not in members - {income[0].entity}:
            continue
        # A warrant earned by a customer takes income off: its leg is a debit, and what it eliminates is negative.
        (earned,), (cost,), price = income, costs, -earning[0].sign * moved[flow.name]
        if cost.account_class is _C.EXPENSE:
            yield Elimination(f"sold and used up inside: {flow.name}", earned, cost, price)
            continue
        profit = price
        for other in flows:
            if other.cost_of == flow.name:
                (expense,) = (g.account for g in other.legs if g.account.account_class is _C.EXPENSE)
                yield Elimination(f"cost of goods kept inside: {flow.name}", earned, expense, moved[other.name])
                profit = profit - moved[other.name]
        kept = np.round(profit * held.get(flow.name, 1.0) / QUANTUM) * QUANTUM
        yield Elimination(f"profit in assets kept inside: {flow.name}", earned, cost, kept)
        used = Account(cost.entity, _C.EXPENSE, "depreciation", cost.good)
        yield Elimination(f"profit in assets used up inside: {flow.name}", earned, used, profit - kept)


def _claims(before: Mapping[Account, _Row], members: frozenset[str]) -> Iterator[Elimination]:
    """What members owe members, matched holder by holder up to the smaller side."""
    claims = dict.fromkeys((a.instrument, a.good) for a in before if a.account_class.claim)
    for claim in claims:
        lines = {a: v for a, v in before.items() if a.account_class.claim and (a.instrument, a.good) == claim}
        held = {a: np.maximum(v, 0) for a, v in lines.items() if a.account_class is _C.ASSET}
        owed = {a: np.maximum(-v, 0) for a, v in lines.items() if a.account_class is not _C.ASSET}
        for debtor, owes in owed.items():
            for holder, has in held.items():
                amount = np.minimum(has, owes)
                held[holder], owes = has - amount, owes - amount
                yield Elimination(f"owed inside: {claim[0]}", debtor, holder, amount)


def _valuations(
    flows: tuple[Flow, ...], moved: Mapping[str, _Row], before: Mapping[Account, _Row], members: frozenset[str]
) -> Iterator[Elimination]:
    """What members carry above cost of claims that a member issued."""
    issued = {
        (a.instrument, a.good) for a in before if a.account_class in (_C.LIABILITY, _C.EQUITY) and a.entity in members
    }
    for account, value in before.items():
        if account.account_class is not _C.VALUATION or (account.instrument, account.good) not in issued:
            continue
        earlier = value
        for flow in flows:
            signs = {leg.account: leg.sign for leg in flow.legs}
            if flow.kind is FlowKind.REVALUATION and account in signs and len(signs) == 2:
                (other,) = (a for a in signs if a != account)
                change = signs[account] * moved[flow.name]
                yield Elimination(f"priced inside: {account.instrument}", other, account, change)
                earlier = earlier - change
        reserve = Account(account.entity, _C.RESERVE, "revaluation", account.good)
        yield Elimination(f"priced inside earlier: {account.instrument}", reserve, account, earlier)


def _check(ledger: Ledger, members: frozenset[str], held: Mapping[str, float | int]) -> None:
    place, problems = Place("consolidate"), list[Problem]()
    for name in sorted(members - set(ledger.entities)):
        hint = nearest(name, ledger.entities)
        problems.append(Problem(place, "unknown-entity", f"there is no entity '{name}' in these books", hint))
    for flow, share in held.items():
        if flow not in ledger.chart.flow_number:
            hint = nearest(flow, list(ledger.chart.flow_number))
            problems.append(Problem(place, "unknown-flow", f"there is no flow '{flow}'", hint))
        if not 0 <= share <= 1:
            problems.append(Problem(place, "bad-share", f"the share still held of '{flow}' is {share}, not 0 to 1"))
    if problems:
        raise BadInput(problems)


def _all_in(flow: Flow, members: frozenset[str]) -> bool:
    return {*flow.payers, *flow.payees} <= members


def _sum(rows: Iterable[_Row], paths: int) -> _Row:
    return sum(rows, np.zeros(paths))
