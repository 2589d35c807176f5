"""One firm's published balance sheet, brought from its own dates to the end of the opening quarter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from ouroloop.dossier.answers import once
from ouroloop.dossier.choose import foretold, pick
from ouroloop.dossier.models import Figure
from ouroloop.dossier.refs import Ref, Refs, joined
from ouroloop.scenario.estimate import Basis, Estimate, central
from ouroloop.scenario.opening_flows import in_dollars

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.opening_roll import Roll

Ways = Sequence[tuple[str, ...]]
"""Ways to read a line: concepts to add up. A name with a leading `=` is taken off on the same day, one with a leading
`-` is taken off and may be up to `STALE` days older. A way that begins with `?` gives only a part of the line;
an assumption after a `*` says by what to multiply it."""

ASSETS: Mapping[str, Ways] = MappingProxyType(
    {
        "cash": (
            ("cash", "short_term_investments"),
            ("cash_and_short_term_investments",),
            ("cash_and_marketable_securities_fair_value",),
            ("?", "cash"),
        ),
        "receivables": (("receivables",),),
        "inventory": (("inventory",),),
        "plant": (("ppe_net",), ("ppe_net_incl_rou", "-operating_lease_rou")),
        "leased_assets": (("operating_lease_rou",),),
        "investments": (("equity_and_other_investments",),),
        "goodwill_intangibles": (("goodwill_intangibles",),),
    }
)
LIABILITIES: Mapping[str, Ways] = MappingProxyType(
    {
        "payables": (("accounts_payable",),),
        "debt": (
            ("short_term_debt", "long_term_debt"),
            ("debt_total_carrying",),
            ("long_term_debt_total",),
            ("debt_principal",),
            ("total_debt",),
            ("?", "long_term_debt"),
            ("?", "*eco-opening-015", "short_term_debt"),
        ),
        "operating_leases": (("operating_lease_liabilities",), ("operating_lease_liabilities_noncurrent",)),
        "finance_leases": (("finance_lease_liabilities",),),
        "deferred_revenue": (("deferred_revenue",), ("?", "deferred_revenue_current")),
    }
)
EQUITY: Ways = (("total_equity_incl_nci",), ("stockholders_equity",))
_TOTALS: Mapping[str, Ways] = MappingProxyType(
    {
        "total_assets": (("total_assets",),),
        "total_liabilities": (("total_liabilities",), *(("total_assets", f"={line[0]}") for line in EQUITY)),
    }
)

STALE = 400
"""Days by which published equity may be older than the published assets and still stand for the firm's equity."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A balance as published on a day, USD bn; `converted` from another currency at an assumed rate."""

    day: date
    value: float
    tolerance: float
    refs: Refs
    converted: bool


@once
def read(dossier: Dossier, firm: str, ways: Ways, until: date | None = None) -> Reading | None:
    """The latest published balance, up to a day if given: the way with the latest day, the first of them when equal.

    A way that gives only a part of the line stands in where nothing whole has been published for `STALE` days before
    it. Conflicts are settled as in `ouroloop.dossier.choose`.
    """
    until = until or dossier.date
    whole = _latest(dossier, firm, [way for way in ways if way[0] != "?"], until)
    part = _latest(dossier, firm, [way[1:] for way in ways if way[0] == "?"], until)
    if whole is None or (part is not None and (part.day - whole.day).days > STALE):
        return part
    return whole


def _latest(dossier: Dossier, firm: str, ways: Ways, until: date) -> Reading | None:
    found = [one for way in ways if (one := _by_way(dossier, firm, way, until)) is not None]
    return max(found, key=lambda one: one.day, default=None)


def _by_way(dossier: Dossier, firm: str, way: tuple[str, ...], until: date) -> Reading | None:
    same_day = [name for name in way if not name.startswith(("-", "*"))]
    lines = [_balances(dossier, firm, name.removeprefix("="), until) for name in same_day]
    days = set.intersection(*(set(line) for line in lines))
    if not days:
        return None
    day = max(days)
    parts = [(line[day], -1.0 if n.startswith("=") else 1.0) for n, line in zip(same_day, lines, strict=True)]
    for name in (name[1:] for name in way if name.startswith("-")):
        older = [one for when, one in _balances(dossier, firm, name, day).items() if (day - when).days <= STALE]
        if not older:
            return None
        parts.append((older[-1], -1.0))
    by = math.prod(central(dossier, name[1:]) for name in way if name.startswith("*"))
    return Reading(
        day,
        by * sum(sign * one.value for one, sign in parts),
        by * sum(one.tolerance for one, _ in parts),
        joined(*(one.refs for one, _ in parts)),
        any(one.converted for one, _ in parts),
    )


def _balances(dossier: Dossier, firm: str, concept: str, until: date) -> dict[date, Reading]:
    """What is published of one line, by day, earliest first."""
    by_day: dict[date, list[Figure]] = {}
    for figure in dossier.figures_of(firm, concept):
        ours = figure.start is None and figure.counterparty is None and figure.end <= min(until, dossier.date)
        if ours and not foretold(figure) and in_dollars(dossier, figure) is not None:
            by_day.setdefault(figure.end, []).append(figure)
    found: dict[date, Reading] = {}
    for day in sorted(by_day):
        choice = pick(dossier, by_day[day])
        amount = in_dollars(dossier, choice.picked)
        assert amount is not None, f"{concept} of {firm} is no money"
        refs = (Ref.of_figure(choice.picked), *(Ref.of_figure(other).as_replaced() for other in choice.conflicts))
        found[day] = Reading(day, amount[0], amount[1], refs, amount[2])
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """A firm's balances at the end of the opening quarter, as positive numbers by line; absent lines are not known.

    `equity` is as published, rolled; None where none is. What it exceeds assets less liabilities by is the gap.
    """

    lines: Mapping[str, Estimate]
    equity: Estimate | None

    def point(self, line: str) -> float:
        return self.lines[line].point if line in self.lines else 0.0

    @property
    def assets(self) -> float:
        return sum(self.point(line) for line in (*ASSETS, "other_assets"))

    @property
    def liabilities(self) -> float:
        return sum(self.point(line) for line in (*LIABILITIES, "other_liabilities"))


def sheet(dossier: Dossier, firm: str, roll: Roll, end: date) -> Sheet:
    """What does the firm own and owe at the end of `end`, from the latest balances that it has published?

    Each line starts from its own latest date and is moved by `Roll`. Other assets and liabilities are what the
    published totals leave on their own day, with every line brought to that day first, and stay. Where total
    liabilities are not published, or only of an earlier day, they are assets less equity.
    """
    lines = dict(_lines(dossier, firm, roll, end, {**ASSETS, **LIABILITIES}))
    for total, parts, rest in (
        ("total_assets", ASSETS, "other_assets"),
        ("total_liabilities", LIABILITIES, "other_liabilities"),
    ):
        whole = read(dossier, firm, _TOTALS[total])
        if whole is not None:
            then = dict(_lines(dossier, firm, roll, whole.day, parts))
            left = whole.value - sum(one.point for one in then.values())
            tolerance = whole.tolerance + sum(one.tolerance for one in then.values())
            lines[rest] = Estimate.exactly(max(0.0, left), _basis(whole, end), whole.day, whole.refs, tolerance)
    return Sheet(MappingProxyType(lines), _equity(dossier, firm, roll, end))


def _lines(
    dossier: Dossier, firm: str, roll: Roll, on: date, ways: Mapping[str, Ways]
) -> Iterator[tuple[str, Estimate]]:
    for name, some in ways.items():
        found = read(dossier, firm, some, on)
        if found is None and on <= dossier.date and (first := read(dossier, firm, some)) is not None:
            found = Reading(on, first.value, first.tolerance, first.refs, True)
        if found is not None:
            value = found.value + roll.move(name, found.day, on, found.value)
            yield name, Estimate.exactly(max(0.0, value), _basis(found, on), found.day, found.refs, found.tolerance)


def _equity(dossier: Dossier, firm: str, roll: Roll, end: date) -> Estimate | None:
    found, assets = read(dossier, firm, EQUITY), read(dossier, firm, (("total_assets",),))
    if found is None or (assets is not None and (assets.day - found.day).days > STALE):
        return None
    value = found.value + roll.move("equity", found.day, end, found.value)
    return Estimate.exactly(value, _basis(found, end), found.day, found.refs, found.tolerance)


def _basis(found: Reading, on: date) -> Basis:
    if found.converted:
        return "estimated"
    return "reported" if found.day == on else "rolled"
