"""Published balances at a day, and what they tell of the days between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from ouroloop.dossier.choose import instants, tolerance
from ouroloop.dossier.refs import Ref, Refs

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

NEAR = 46
"""Days within which the balance of another day may stand in where none was published later or earlier."""
BETWEEN = 400
"""Days between two published balances over which the balance of a day is read off the straight line."""

CASH: tuple[tuple[str, ...], ...] = (("cash",), ("cash_and_short_term_investments",))
DEBT: tuple[tuple[str, ...], ...] = (
    ("short_term_debt", "long_term_debt"),
    ("debt_total_carrying",),
    ("long_term_debt_total",),
    ("total_debt",),
)
EQUITY: tuple[tuple[str, ...], ...] = (("stockholders_equity",), ("total_equity_incl_nci",))
"""Ways to read a balance: the first for which an entity has published all lines at some day is used throughout."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance at a day, within what its digits leave open. `basis` is `estimated` for a day nobody published."""

    day: date
    value: float
    tolerance: float
    refs: Refs
    basis: Literal["reported", "estimated"] = "reported"


def published(dossier: Dossier, entity: str, ways: Sequence[tuple[str, ...]]) -> tuple[Balance, ...]:
    """The entity's published balances, earliest first; several lines of one way are added up."""
    for way in ways:
        lines = [{c.picked.end: c.picked for c in instants(dossier, entity, concept)} for concept in way]
        days = sorted(set.intersection(*(set(line) for line in lines)))
        if days:
            return tuple(
                Balance(
                    day,
                    sum(line[day].value for line in lines),
                    sum(tolerance(line[day].value) for line in lines),
                    tuple(Ref.of_figure(line[day]) for line in lines),
                )
                for day in days
            )
    return ()


def balance_at(balances: Sequence[Balance], day: date) -> Balance | None:
    """The balance at the end of a day: as published, on the straight line between two, or a near one's; else None."""
    number = bisect_left([balance.day for balance in balances], day)
    after = balances[number] if number < len(balances) else None
    before = balances[number - 1] if number else None
    if after is not None and after.day == day:
        return after
    if before is not None and after is not None and (after.day - before.day).days <= BETWEEN:
        along = (day - before.day).days / (after.day - before.day).days
        value = before.value + along * (after.value - before.value)
        return Balance(day, value, max(before.tolerance, after.tolerance), before.refs + after.refs, "estimated")
    near = [b for b in (before, after) if b is not None and abs((b.day - day).days) <= NEAR]
    if not near:
        return None
    best = min(near, key=lambda b: abs((b.day - day).days))
    return Balance(day, best.value, best.tolerance, best.refs, "estimated")
