"""Debt, leases, equity and cash of the loop's members from their published balance sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ouroloop.report.language import Language, mark
from ouroloop.report.published import at, cites
from ouroloop.report.ratios import Borrower, Standing

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models import Figure

# Ways to read a line off what was published, the first that is complete wins. Data vendors' totals are left out.
_DEBT: Sequence[tuple[str, ...]] = (
    ("short_term_debt", "long_term_debt"),
    ("debt_total_carrying",),
    ("long_term_debt_total",),
    ("total_debt",),
)
_LEASES: Sequence[tuple[tuple[str, ...], str]] = (
    (("operating_lease_liabilities", "finance_lease_liabilities"), ""),
    (("operating_lease_liabilities",), mark("operating leases only")),
    (
        ("operating_lease_liabilities_noncurrent", "finance_lease_liabilities"),
        mark("long-term part of operating leases"),
    ),
    (("operating_lease_liabilities_noncurrent",), mark("long-term part of operating leases only")),
)
_DEBT_LEASES: Sequence[tuple[str, str]] = (
    ("total_debt_incl_leases", ""),
    ("debt_plus_finance_leases", mark("finance leases only")),
)
_EQUITY: Sequence[tuple[str, ...]] = (("stockholders_equity",), ("total_equity_incl_nci",))
_CASH: Sequence[tuple[str, ...]] = (("cash", "short_term_investments"), ("cash_and_short_term_investments",))


def borrowers(dossier: Dossier, language: Language) -> tuple[Borrower, ...]:
    """The members with at least two days on which debt and equity, or debt and cash, are known; by name of id."""
    found: list[Borrower] = []
    for entity in dossier.entities.values():
        if not entity.loop or entity.part_of:
            continue
        days = sorted({figure.end for figure in dossier.figures_of(entity.id) if figure.start is None})
        standings = [_standing(dossier, entity.id, day, language) for day in days]
        known = tuple(one for one in standings if one)
        if len(known) > 1:
            found.append(Borrower(entity.id, language.name(entity), _same_leases(known)))
    return tuple(found)


def _same_leases(standings: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """The same standings, those set apart that count other leases than most: a ratio must not move with its scope.

    All leases count on two days or more, else the part that is known on the most days.
    """
    scopes = Counter(one.note for one in standings if one.debt_leases is not None)
    scope = "" if scopes[""] > 1 else max(scopes, key=lambda note: scopes[note], default="")
    return tuple(replace(one, comparable=one.note == scope) for one in standings)


def _standing(dossier: Dossier, entity: str, day: date, language: Language) -> Standing | None:
    used: list[Figure] = []

    def read(ways: Sequence[tuple[str, ...]]) -> float | None:
        for way in ways:
            lines = [at(dossier, entity, concept, day) for concept in way]
            if all(lines):
                used.extend(figure for line in lines for figure in line)
                return sum(line[0].value for line in lines)
        return None

    debt, equity, cash = read(_DEBT), read(_EQUITY), read(_CASH)
    debt_leases, note = None, ""
    for concept, said in _DEBT_LEASES[:1]:
        debt_leases, note = read(((concept,),)), said
    for way, said in _LEASES:
        if debt_leases is None and debt is not None and (leases := read((way,))) is not None:
            debt_leases, note = debt + leases, said
    for concept, said in _DEBT_LEASES[1:]:
        if debt_leases is None:
            debt_leases, note = read(((concept,),)), said
    if (debt is None and debt_leases is None) or (equity is None and cash is None):
        return None
    ratio = [f for f in dossier.figures_of(entity, "debt_to_equity") if f.end == day and f.unit == "x"]
    return Standing(
        day.isoformat(),
        debt,
        debt_leases,
        equity,
        cash,
        cites(used),
        ratio[0].value if ratio else None,
        cites(ratio),
        language.text(note) if note and debt_leases is not None else "",
    )
