"""Checks of assumptions that stand in for younger ones: the same parameter, known earlier."""

from __future__ import annotations

from collections.abc import Iterator

from ouroloop.core import nearest
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.models.assumption import Assumption


@check_named("stand-in-differs", "basic")
def stand_in_differs(facts: Facts) -> Iterator[Finding]:
    """A row stands in for one of another unit, or for a row that itself stands in for another.

    Whoever opens the books on an earlier day would read another quantity, or nothing.
    """
    for row, target in _pairs(facts):
        if target is not None and target.stands_in_for is not None:
            message = f"'{row.id}' stands in for '{target.id}', which stands in for '{target.stands_in_for}'."
            yield Finding(row, ("stands_in_for",), message, f"write stands_in_for: {target.stands_in_for}")
        elif target is not None and target.unit != row.unit:
            message = f"'{row.id}' is in {row.unit}; '{target.id}', for which it stands in, is in {target.unit}."
            yield Finding(row, ("unit",), message, f"convert it to {target.unit}")


@check_named("stand-in-for-nothing", "strict")
def stand_in_for_nothing(facts: Facts) -> Iterator[Finding]:
    """A row stands in for an assumption that the dossier does not have.

    It is read under a name that may be a typing error. A dossier that was cut to an earlier day has such rows.
    """
    for row, target in _pairs(facts):
        if target is None:
            message = f"There is no assumption '{row.stands_in_for}' in this dossier."
            names = [one.id for one in facts.reading.assumptions if one is not row]
            hint = nearest(row.stands_in_for or "", names) or "give the row that id itself"
            yield Finding(row, ("stands_in_for",), message, hint)


@check_named("stand-in-late", "strict")
def stand_in_late(facts: Facts) -> Iterator[Finding]:
    """A row stands in for one that was known no later.

    On no day would it be read.
    """
    for row, target in _pairs(facts):
        if target is not None and row.known.last >= target.known.last:
            message = f"Known on {row.known}; '{target.id}', for which it stands in, was known on {target.known}."
            yield Finding(row, ("known",), message, "use the earlier source's day, or delete the row")


def _pairs(facts: Facts) -> Iterator[tuple[Assumption, Assumption | None]]:
    """Every row that stands in for another, with that other where the dossier has it."""
    known = {one.id: one for one in facts.reading.assumptions}
    for one in facts.reading.assumptions:
        if one.stands_in_for is not None:
            yield one, known.get(one.stands_in_for)
