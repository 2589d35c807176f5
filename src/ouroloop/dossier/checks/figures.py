"""Checks of figures: one number once, in the right unit, and balance sheets that balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import cast

from ouroloop.core import nearest
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.concepts import CONCEPTS, concept
from ouroloop.dossier.models import Figure


def tolerance(value: float) -> float:
    """Half a unit of the last digit shown: 12.3 stands for anything from 12.25 to 12.35.

    >>> tolerance(12.3)
    0.05
    """
    exponent = cast(int, Decimal(repr(value)).as_tuple().exponent)
    return 0.5 * 10.0**exponent


@check_named("repeated-figure", "basic")
def repeated_figure(facts: Facts) -> Iterator[Finding]:
    """The same number of the same source stands twice.

    A repeated number looks like a second source.
    """
    seen: dict[tuple[object, ...], Figure] = {}
    for f in facts.reading.figures:
        key = (f.entity, f.concept, f.counterparty, f.start, f.end, f.value, f.unit, f.cite.source, f.cite.locator)
        first = seen.setdefault(key, f)
        if first is not f:
            message = f"{f.concept} of '{f.entity}' to {f.end}, {f.value:g}, already stands at {facts.at(first)}."
            yield Finding(f, (), message, "keep one")


@check_named("unknown-concept", "strict")
def unknown_concept(facts: Facts) -> Iterator[Finding]:
    """A figure's concept is not in the list of concepts.

    Nothing finds a number under a name of its own.
    """
    names = list(CONCEPTS)
    seen: set[tuple[str, str, str]] = set()
    for figure in facts.reading.figures:
        where = (figure.place.path, figure.entity, figure.concept)
        if concept(figure.concept) is None and where not in seen:
            seen.add(where)
            hint = nearest(figure.concept, names) or "see ouroloop.dossier.concepts"
            yield Finding(figure, ("concept",), f"There is no concept '{figure.concept}'.", hint)


@check_named("wrong-unit", "strict")
def wrong_unit(facts: Facts) -> Iterator[Finding]:
    """A figure's unit is not one of its concept's.

    Percent among billions would be added up.
    """
    for figure in facts.reading.figures:
        meant = concept(figure.concept)
        if meant is not None and figure.unit not in meant.units:
            units = " or ".join(meant.units)
            yield Finding(figure, ("unit",), f"'{figure.concept}' is in {units}, not in {figure.unit}.", "")


@check_named("wrong-time", "strict")
def wrong_time(facts: Facts) -> Iterator[Finding]:
    """A stock is given for a period, or a flow at a date.

    A stock has a date and a flow a period; the other way round neither can be compared.
    """
    for figure in facts.reading.figures:
        meant = concept(figure.concept)
        if meant is None:
            continue
        if meant.kind == "stock" and figure.start is not None:
            yield Finding(figure, ("period",), f"'{figure.concept}' stands at a date, not over a period.", "use at:")
        elif meant.kind == "flow" and figure.start is None:
            yield Finding(figure, ("at",), f"'{figure.concept}' runs over a period, not at a date.", "use period:")


@check_named("known-before-end", "strict")
def known_before_end(facts: Facts) -> Iterator[Finding]:
    """A reported figure was known before its period had ended.

    Seen that early it would be look-ahead; what is said ahead is guidance or a forecast.
    """
    for figure in facts.reading.figures:
        if figure.basis in ("reported", "quoted", "derived") and figure.known.last < figure.end:
            message = f"Known on {figure.known}, before the period's end on {figure.end}."
            yield Finding(figure, ("known",), message, "check the date, or use basis: guidance or forecast")


@check_named("conflicting-figures", "strict")
def conflicting_figures(facts: Facts) -> Iterator[Finding]:
    """Sources give different values for one concept and one time.

    They stay side by side; this list says where a rule has to pick one.
    """
    by_key: dict[tuple[object, ...], list[Figure]] = {}
    for f in facts.reading.figures:
        if f.basis not in ("guidance", "forecast"):
            by_key.setdefault((f.entity, f.concept, f.counterparty, f.start, f.end, f.unit), []).append(f)
    for found in by_key.values():
        low, high = min(found, key=lambda f: f.value), max(found, key=lambda f: f.value)
        slack = tolerance(low.value) + tolerance(high.value)
        if high.value - low.value > slack * (1 + 1e-9):
            values = ", ".join(f"{f.value:g} ({f.cite})" for f in found)
            message = f"{found[0].concept} of '{found[0].entity}' to {found[0].end} is given as {values}."
            yield Finding(found[-1], ("value",), message, f"the first stands at {facts.at(found[0])}")


@check_named("unbalanced-sheet", "strict")
def unbalanced_sheet(facts: Facts) -> Iterator[Finding]:
    """Total assets are not liabilities plus equity, within what the digits allow.

    A balance sheet that does not balance opens books that do not.
    """
    for entity, day, sheet in _sheets(facts):
        assets, owed = sheet.get("total_assets"), sheet.get("total_liabilities")
        equity = sheet.get("total_equity_incl_nci") or sheet.get("stockholders_equity")
        of_firm = equity is not None and equity.concept == "stockholders_equity"
        outside = sheet.get("noncontrolling_interest") if of_firm else None
        if assets is None or owed is None or equity is None:
            continue
        parts = [owed, equity, *([outside] if outside else [])]
        gap = assets.value - sum(part.value for part in parts)
        slack = tolerance(assets.value) + sum(tolerance(part.value) for part in parts)
        if abs(gap) > slack * (1 + 1e-9):
            shown = " + ".join(f"{part.value:g}" for part in parts)
            message = f"'{entity}' on {day}: assets {assets.value:g} against {shown}, a gap of {gap:.3g}."
            yield Finding(assets, ("value",), message, f"see also {facts.at(owed)} and {facts.at(equity)}")


@check_named("cash-above-assets", "strict")
def cash_above_assets(facts: Facts) -> Iterator[Finding]:
    """Cash is larger than total assets.

    A part cannot be larger than the whole: a unit or a digit slipped.
    """
    for entity, day, sheet in _sheets(facts):
        cash, assets = sheet.get("cash"), sheet.get("total_assets")
        if cash and assets and cash.value - assets.value > tolerance(cash.value) + tolerance(assets.value):
            message = f"'{entity}' on {day}: cash {cash.value:g} is above total assets {assets.value:g}."
            yield Finding(cash, ("value",), message, f"total assets stand at {facts.at(assets)}")


def _sheets(facts: Facts) -> Iterator[tuple[str, date, dict[str, Figure]]]:
    """Per entity, date, source and unit the balance-sheet figures, by concept. Sheets of two sources are not mixed."""
    for entity, figures in facts.figures_of.items():
        sheets: dict[tuple[date, str, str], dict[str, Figure]] = {}
        for figure in figures:
            if figure.start is None and figure.basis in ("reported", "quoted") and figure.counterparty is None:
                sheets.setdefault((figure.end, figure.cite.source, figure.unit), {})[figure.concept] = figure
        for (day, _, _), sheet in sheets.items():
            yield entity, day, sheet
