"""The dossier's flows through exact books: what each entity booked, whose money paid for it, what nobody explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import jax
import numpy as np

from ouroloop import ledger as books
from ouroloop.core import QUANTUM, BadInput, Place, Problem, Quarter, quarters_between
from ouroloop.dossier.assertions import Assertion, Unexplained, assertions, opening_balances
from ouroloop.dossier.days import Days
from ouroloop.dossier.gather import gather
from ouroloop.dossier.models import EntityKind
from ouroloop.dossier.postings import Plan, plan
from ouroloop.dossier.streams import Stream, outside

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

PATHS = ("low", "point", "high")
"""The paths of the books: every flow at its low end, at its point, at its high end (an open one at its point)."""
POINT = 1

_OWED = books.AccountClass.LIABILITY
_NET = (books.AccountClass.ASSET, books.AccountClass.REAL, books.AccountClass.VALUATION, _OWED)


@dataclass(frozen=True, eq=False)
class Reading:
    """One entity over the whole replay, USD bn (or units): what a reader of headlines adds up, beside the books.

    `article_revenue` counts everything that came from another named party as if it were revenue. `outside_cash` is what
    came from boundary sectors and holders of outside money.
    """

    entity: str
    article_revenue: float
    revenue: float
    expense: float
    asset: float
    equity_raised: float
    outside_cash: float

    @property
    def profit(self) -> float:
        return self.revenue - self.expense


@dataclass(frozen=True, eq=False)
class Replay:
    """Books by quarter, on three paths (`PATHS`), with the posting log that the auditor agreed to."""

    quarters: tuple[Quarter, ...]
    ledger: books.Ledger
    log: books.PostingLog
    books: tuple[books.Books, ...]
    """At the opening, and at the end of each quarter."""
    unexplained: tuple[Unexplained, ...]
    residual: float
    """The largest leak of any entity or claim in any quarter on any path; 0 or it is a bug."""
    verdict: books.Verdict

    @property
    def members(self) -> tuple[str, ...]:
        return self.ledger.members

    @cached_property
    def _revenue_colors(self) -> np.ndarray:
        """[quarter, entity, color, path], of each quarter alone."""
        periods = [self.log.opening, *self.log.periods]
        upto = np.array([period.revenue_colors for period in periods])
        return np.diff(upto, axis=0)

    def revenue_by_sponsor(
        self, entity: str, first: Quarter | None = None, last: Quarter | None = None, path: int = POINT
    ) -> dict[str, float]:
        """The cash that paid for the entity's revenue of these quarters (all by default), by sponsor, zeros left out.

        Sponsors are the ledger's colors: outside customers, classes of lenders and investors, `member:<entity>`,
        `opening_cash` and `unknown`. Raises BadInput for an entity that is not in the books.
        """
        if entity not in self.ledger.entities:
            raise BadInput([Problem(Place("replay"), "unknown-entity", f"'{entity}' has no books in this replay")])
        chosen = [n for n, q in enumerate(self.quarters) if (first or q) <= q <= (last or q)]
        row = self.ledger.entities.index(entity)
        amounts = self._revenue_colors[chosen, row, :, path].sum(axis=0)
        return {color: float(x) for color, x in zip(self.log.colors, amounts, strict=True) if x}

    def shares(
        self, entity: str, first: Quarter | None = None, last: Quarter | None = None, path: int = POINT
    ) -> dict[str, float]:
        """The same as shares of the cash that paid for revenue; they sum to 1, `unknown` included. Empty for none."""
        amounts = self.revenue_by_sponsor(entity, first, last, path)
        whole = sum(amounts.values())
        return {sponsor: amount / whole for sponsor, amount in amounts.items()} if whole > 0 else {}

    def statement(self, quarter: Quarter) -> books.Statement:
        """The books at the end of a quarter as statements; income and expense run from the opening."""
        return books.statement(self.ledger, self.books[self.quarters.index(quarter) + 1])

    def reading(self) -> tuple[Reading, ...]:
        """For every member that moved money: the headline reader's sum beside the books, over the whole replay."""
        return tuple(_reading(self, entity) for entity in self.members)


def replay(dossier: Dossier, first: Quarter | None = None, last: Quarter | None = None) -> Replay:
    """What do the books say when everything that was paid is posted, quarter by quarter, with colored cash?

    From `first` (the dossier's first quarter) to `last` (the one of its date). Posts paid flows, in cash and in kind,
    on three paths. Books open with the last balances published before; an entity whose first balance comes later opens
    then, equity included. Wherever a published balance of cash or debt differs from the books on its day by more than
    its digits allow, the gap is posted against the visible `unexplained` account at the end of that quarter, and
    listed: the unknown flows of `flows` are therefore not posted, the gaps are what is not known. The books are then
    replayed by the auditor in integers.

    Not a forecast and not a full balance sheet: only what the dossier knows of moves.
    """
    first = first or Quarter.parse(dossier.header.first_quarter)
    last = last or Quarter.of(dossier.date)
    if last < first:
        raise BadInput([Problem(Place("replay"), "bad-order", f"the range ends ({last}) before it begins ({first})")])
    streams = [s for s in gather(dossier).streams if s.tier.rank == 0 and s.side != "memorandum"]
    streams = [part for s in streams if (part := s.on(Days.of(first, last))) is not None]
    members = [e.id for e in dossier.entities.values() if _keeps_books(dossier, e.id, streams)]
    checks = assertions(dossier, members, first, last)
    before = [check for check in checks if check.balance.day < first.first_day]
    opening = opening_balances(dossier, members, before)
    made = plan(dossier, members, streams, dict.fromkeys([*opening, *(check.account for check in checks)]))
    return _Run(made, streams, checks, quarters_between(first, last)).run(opening)


def _keeps_books(dossier: Dossier, entity: str, streams: Sequence[Stream]) -> bool:
    one = dossier.entities[entity]
    if one.part_of is not None or outside(one) or one.kind is EntityKind.AGGREGATE:
        return False
    return one.loop or any(entity in stream.pair for stream in streams)


class _Run:
    """Posts the quarters one after the other."""

    def __init__(
        self, made: Plan, streams: Sequence[Stream], checks: Sequence[Assertion], quarters: Sequence[Quarter]
    ) -> None:
        self.ledger, self.columns = made.ledger, made.columns
        self.streams, self.checks, self.quarters = streams, checks, quarters
        self.found: list[Unexplained] = []
        ledger = self.ledger
        self._post = jax.jit(partial(books.post, ledger))
        self._pay = jax.jit(partial(books.pay, ledger))

    def run(self, opening: Mapping[books.Account, float]) -> Replay:
        ledger = self.ledger
        held = books.open_books(ledger, opening, paths=len(PATHS))
        colored = books.open_colors(ledger, held)
        log = books.begin_log(ledger, books.opening_amounts(ledger, opening, len(PATHS)), held, colored)
        kept, leak = [held], self._leak(held)
        for quarter in self.quarters:
            amounts = self._amounts(quarter, np.asarray(held.balances))
            books.check_amounts(ledger, amounts)
            held = self._post(held, amounts)
            colored, carried = self._pay(colored, amounts)
            log.record(str(quarter), amounts, held, colored, carried)
            kept.append(held)
            leak = max(leak, self._leak(held))
        verdict = books.audit(log)
        return Replay(tuple(self.quarters), ledger, log, tuple(kept), tuple(self.found), leak, verdict)

    def _leak(self, held: books.Books) -> float:
        """The largest sum that should be 0, in whole quanta: what `ledger.residual` says, without compiling it."""
        balances, chart = np.asarray(held.balances), self.ledger.chart
        quanta = np.rint(balances / QUANTUM).astype(np.int64)
        assert np.array_equal(quanta * QUANTUM, balances), "books hold amounts that are no multiple of a quantum"
        return max(float(np.abs(rows @ quanta).max(initial=0)) * QUANTUM for rows in (chart.E, chart.I))

    def _flow_amounts(self, days: Days) -> np.ndarray:
        """[flow, path] of what moves on these days."""
        amounts = np.zeros((len(self.ledger.flows), len(PATHS)))
        for stream, columns in zip(self.streams, self.columns, strict=True):
            part = stream.on(days)
            if part is not None:
                high = part.amount.high if part.amount.bounded else part.point
                amounts[list(columns)] += (part.amount.low, part.point, high)
        return amounts

    def _amounts(self, quarter: Quarter, balances: np.ndarray) -> np.ndarray:
        """The quarter's flows, and the gaps that published balances of this quarter show."""
        amounts = self._flow_amounts(Days.of(quarter))
        due = [check for check in self.checks if quarter.first_day <= check.balance.day <= quarter.last_day]
        gaps = np.zeros_like(amounts)
        for day in sorted({check.balance.day for check in due}):
            moved = self._flow_amounts(Days.between(quarter.first_day, day))
            for check in (check for check in due if check.balance.day == day):
                then = balances + self.ledger.chart.S @ _rounded(moved + gaps)
                gap = check.gap(check.sign * self._held(check, then))
                if gap.any():
                    gaps[self.ledger.column(f"correct:{check.account}")] += check.sign * gap
                    self.found.append(check.unexplained(quarter, gap))
        return amounts + gaps

    def _held(self, check: Assertion, balances: np.ndarray) -> np.ndarray:
        """What the books hold of a line, debits positive: cash, all loans owed, or all assets less all that is owed."""
        if check.line == "cash":
            return balances[self.ledger.row(check.account)]
        mine = [(n, a) for n, a in enumerate(self.ledger.accounts) if a.entity == check.entity and a.good == books.USD]
        if check.line == "debt":
            loans = [
                n for n, account in mine if account.instrument.startswith("loan:") and account.account_class is _OWED
            ]
            return balances[loans].sum(axis=0)
        return balances[[n for n, account in mine if account.account_class in _NET]].sum(axis=0)


def _rounded(amounts: np.ndarray) -> np.ndarray:
    """The amounts as the ledger will round them."""
    return np.round(amounts / QUANTUM) * QUANTUM


def _reading(run: Replay, entity: str) -> Reading:
    sectors, flows = run.ledger.chart.sectors, run.ledger.flows
    posted = np.array([period.amounts for period in run.log.periods])[:, :, POINT].sum(axis=0)
    came = {"inside": 0.0, "outside": 0.0}
    for flow, amount in zip(flows, posted, strict=True):
        if flow.kind is books.FlowKind.TRANSACTION and flow.payees == (entity,):
            came["outside" if flow.payers[0] in sectors else "inside"] += float(amount)
    moved = np.asarray(run.books[-1].balances - run.books[0].balances)[:, POINT]

    def change(*classes: books.AccountClass) -> float:
        rows = [
            n
            for n, account in enumerate(run.ledger.accounts)
            if account.entity == entity and account.account_class in classes and account.good == books.USD
        ]
        return float(moved[rows].sum())

    revenue = [n for n, account in enumerate(run.ledger.accounts) if account.entity == entity and account.is_revenue]
    return Reading(
        entity,
        article_revenue=came["inside"],
        revenue=-float(moved[revenue].sum()) + 0.0,
        expense=change(books.AccountClass.EXPENSE),
        asset=change(books.AccountClass.REAL),
        equity_raised=-change(books.AccountClass.EQUITY) + 0.0,
        outside_cash=came["outside"],
    )
