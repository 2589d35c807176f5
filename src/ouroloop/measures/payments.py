"""Dated payments, and rules that say which dollar moved: FIFO, LIFO, haircut, poison."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from ouroloop.core import BadInput, Problem, nearest
from ouroloop.measures.network import OUTSIDE_CUSTOMERS, PLACE, UNKNOWN, Amount, FlowNetwork

Rule = Literal["fifo", "lifo", "haircut", "poison", "tainted_first", "tainted_last"]
RULES: tuple[Rule, ...] = ("fifo", "lifo", "haircut", "poison", "tainted_first", "tainted_last")
When = int | date


@dataclass(frozen=True)
class Payment:
    """One payment. `payer` or `payee` None is the outside world.

    `kind` is "trade" (the payee books revenue) or "funding" between entities; of money from outside it names the
    sponsor (`outside_customers`, `unknown`, or a class of lenders and investors); of money to the outside it is free.
    """

    when: When
    payer: str | None
    payee: str | None
    amount: Amount
    kind: str = "trade"


@dataclass(frozen=True)
class Taint:
    """Of one address: `spent` tainted money in what it paid, `left` in what stayed, `flagged` all money called tainted.

    `spent + left` equals the tainted money that came in for every rule but poison, which calls everything tainted
    that ever mixed and so creates taint. `each` splits `spent` by spending, in order.
    """

    rule: str
    spent: float
    left: float
    flagged: float
    each: tuple[float, ...] = ()


_SPEND = "spend"
_WORDS: dict[str, bool] = {"tainted": True, "stolen": True, "clean": False, "fresh": False}


def taint(lots: Iterable[Sequence[Any]], spend: Amount | Sequence[Amount], rule: Rule | str) -> Taint:
    """How much of what an address spent was tainted, when it received these lots in this order?

    `lots` are `(tainted, amount)`, oldest first, `tainted` a bool or one of the words tainted, stolen, clean, fresh.
    A lot `("spend", amount)` spends in between; `spend` comes after all lots, at once or as several amounts in turn.
    No spending may exceed what is there: BadInput `overspent`, as `negative-flow` and `unknown-lot` say what they say.

    FIFO spends the oldest lot first, LIFO the newest, haircut a share of each, poison counts any mixture as tainted;
    "tainted_first" and "tainted_last" are the extremes that conserve money.

    Example: three stolen, then seven fresh coins, four spent: FIFO 3, LIFO 0, haircut 1.2, poison 4.
    Reference: R. Anderson, I. Shumailov, M. Ahmed, Making Bitcoin Legal (2018).
    """
    purse, each = _purse(rule), list[float]()
    last = np.atleast_1d(np.asarray(spend, np.float64)).tolist()
    for what, given in [*lots, *((_SPEND, amount) for amount in last)]:
        amount = float(given)
        if not (np.isfinite(amount) and amount >= 0):
            raise BadInput([Problem(PLACE, "negative-flow", f"a lot or spending of {amount}; amounts are >= 0")])
        if what == _SPEND:
            if amount > purse.total * (1 + 1e-12):
                raise BadInput([Problem(PLACE, "overspent", f"{amount} spent out of {purse.total}")])
            each.append(purse.take(amount))
            continue
        tainted = _WORDS.get(what) if isinstance(what, str) else bool(what)
        if tainted is None:
            hint = "use True or False, or " + ", ".join([*_WORDS, _SPEND])
            raise BadInput([Problem(PLACE, "unknown-lot", f"'{what}' is no kind of lot", hint)])
        purse.add(amount, amount if tainted else 0.0)
    spent = sum(each, 0.0)
    return Taint(rule, spent, purse.tainted, spent + purse.tainted, tuple(each))


class _Purse:
    """Money in lots of (amount, tainted part); a rule says which goes out first."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.lots: deque[tuple[float, float]] = deque()

    @property
    def total(self) -> float:
        return sum((amount for amount, _ in self.lots), 0.0)

    @property
    def tainted(self) -> float:
        if self.rule == "poison":
            return self.total if any(tainted for _, tainted in self.lots) else 0.0
        return sum((tainted for _, tainted in self.lots), 0.0)

    def add(self, amount: float, tainted: float) -> None:
        if amount <= 0:
            return
        if self.rule in ("haircut", "poison"):  # one mixture
            before, part = self.lots.pop() if self.lots else (0.0, 0.0)
            amount, tainted = before + amount, part + tainted
        elif 0 < tainted < amount:  # a mixed payment comes in as a clean and a tainted lot
            self.lots.append((amount - tainted, 0.0))
            amount = tainted
        self.lots.append((amount, tainted))

    def take(self, amount: float) -> float:
        """Take out up to `amount`; the tainted part of it."""
        if self.rule == "poison":
            tainted = min(amount, self.total) if self.tainted > 0 else 0.0
            self._pull(amount)
            return tainted
        if self.rule in ("tainted_first", "tainted_last"):
            first = self.rule == "tainted_first"
            self.lots = deque(sorted(self.lots, key=lambda lot: (lot[1] > 0) != first))
        return self._pull(amount)

    def _pull(self, amount: float) -> float:
        tainted = 0.0
        while amount > 0 and self.lots:
            held, part = self.lots.pop() if self.rule == "lifo" else self.lots.popleft()
            if held <= amount:
                tainted += part
                amount -= held
                continue
            share = part * (amount / held)
            tainted += share
            rest = (held - amount, part - share)
            if self.rule == "lifo":
                self.lots.append(rest)
            else:
                self.lots.appendleft(rest)
            break
        return tainted


def _purse(rule: str) -> _Purse:
    if rule not in RULES:
        raise BadInput([Problem(PLACE, "unknown-rule", f"'{rule}' is no rule", "use one of " + ", ".join(RULES))])
    return _Purse(rule)


@dataclass(frozen=True)
class Attribution:
    """Under one rule: `round_tripped`, the entity's funding that came back as its revenue; `funding`, what it gave;
    `flagged`, all money outside the entity that the rule calls its own at the end."""

    rule: str
    entity: str
    funding: float
    round_tripped: float
    flagged: float


def attribute(
    payments: Iterable[Payment], entity: str, rule: Rule | str, opening: Mapping[str, Amount] | None = None
) -> Attribution:
    """Which of the entity's funding came back as its revenue, when every entity pays by this rule?

    Payments are taken by date, those of one date in the given order. The entity's funding of others is tagged when it
    leaves and untagged when it arrives back, as trade (counted) or otherwise. An entity that pays more than it has is
    given unknown, untagged money first. All rules but poison conserve money, so their answer lies in the interval of
    `round_trip_dated(flows_by_date(...))`. Payments to oneself do nothing.
    """
    purses: dict[str, _Purse] = {}
    for name, cash in (opening or {}).items():
        purses.setdefault(name, _purse(rule)).add(float(cash), 0.0)
    funding = back = 0.0
    _purse(rule)
    for payment in _in_order(payments):
        amount = float(payment.amount)
        if payment.payer == payment.payee:
            continue
        tagged = 0.0
        if payment.payer is not None:
            purse = purses.setdefault(payment.payer, _purse(rule))
            missing = amount - purse.total
            tagged = purse.take(amount)
            if rule == "poison" and tagged > 0 and missing > 0:
                tagged = amount
        if payment.payer == entity:
            tagged = 0.0
            if payment.kind == "funding" and payment.payee is not None:
                tagged = amount
                funding += amount
        if payment.payee == entity:
            back += tagged if payment.kind == "trade" else 0.0
            tagged = 0.0
        if payment.payee is not None:
            purses.setdefault(payment.payee, _purse(rule)).add(amount, tagged)
    return Attribution(rule, entity, funding, back, sum((purse.tainted for purse in purses.values()), 0.0))


def _in_order(payments: Iterable[Payment]) -> list[Payment]:
    listed = list(payments)
    problems = [
        Problem(PLACE, "negative-flow", f"a payment of {p.amount} on {p.when}")
        for p in listed
        if not (np.isfinite(p.amount) and p.amount >= 0)
    ]
    if problems:
        raise BadInput(problems)
    return sorted(listed, key=lambda payment: payment.when)  # type: ignore[arg-type, return-value]


def flows_by_date(
    nodes: Sequence[str], payments: Iterable[Payment], opening: Mapping[str, Amount] | None = None
) -> tuple[FlowNetwork, ...]:
    """The same payments as one balanced network per date, for `round_trip_dated` and, merged, for the other measures.

    On each date an entity's opening cash is all that it holds, its uses are what it paid outside and what it holds
    after, and `unknown` is what it paid beyond what it had at that moment.
    """
    at = {name: i for i, name in enumerate(nodes)}
    payments = list(payments)
    named = [name for p in payments for name in (p.payer, p.payee) if name is not None]
    if strangers := sorted({*named, *(opening or {})} - set(at)):
        raise BadInput(
            Problem(PLACE, "unknown-entity", f"'{s}' is not among the nodes", nearest(s, list(at))) for s in strangers
        )
    cash = np.zeros(len(nodes))
    for name, amount in (opening or {}).items():
        cash[at[name]] += float(amount)
    listed = _in_order(payments)
    classes = dict.fromkeys(p.kind for p in listed if p.payer is None and p.kind not in (OUTSIDE_CUSTOMERS, UNKNOWN))
    networks: list[FlowNetwork] = []
    for day in dict.fromkeys(payment.when for payment in listed):
        shape = (len(nodes), len(nodes))
        funding, trade = np.zeros(shape), np.zeros(shape)
        before, entering = cash.copy(), {name: np.zeros(len(nodes)) for name in (OUTSIDE_CUSTOMERS, UNKNOWN, *classes)}
        spent = np.zeros(len(nodes))
        for payment in (p for p in listed if p.when == day and p.payer != p.payee):
            amount = float(payment.amount)
            if payment.payer is not None:
                i = at[payment.payer]
                missing = max(0.0, amount - cash[i])
                entering[UNKNOWN][i] += missing
                cash[i] = max(0.0, cash[i] - amount)
            if payment.payee is None:
                spent[at[str(payment.payer)]] += amount
                continue
            j = at[payment.payee]
            cash[j] += amount
            if payment.payer is None:
                entering[payment.kind][j] += amount
            else:
                (funding if payment.kind == "funding" else trade)[at[payment.payer], j] += amount
        networks.append(
            FlowNetwork(
                nodes=tuple(nodes),
                funding=funding,
                trade=trade,
                customers=entering[OUTSIDE_CUSTOMERS],
                capital={name: entering[name] for name in classes},
                opening=before,
                unknown=entering[UNKNOWN],
                uses=spent + cash,
            )
        )
    return tuple(networks)
