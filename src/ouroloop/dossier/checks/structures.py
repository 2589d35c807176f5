"""Checks of vehicles: every name inside leads somewhere, and no class stands on another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ouroloop.core import nearest
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.marks import Loc
from ouroloop.dossier.models.structure import ClassTerms, Structure


@check_named("unknown-part", "basic")
def unknown_part(facts: Facts) -> Iterator[Finding]:
    """A lease, a promise or a line of the waterfall names a tenant, a lease or a class that the vehicle does not have.

    Its money would come from nowhere or go nowhere.
    """
    for structure in facts.reading.structures:
        for loc, kind, name, known in _named(structure):
            if name not in known:
                hint = nearest(name, known) or f"there is: {', '.join(known)}"
                yield Finding(structure, loc, f"There is no {kind} '{name}' in this vehicle.", hint)


def _named(structure: Structure) -> Iterator[tuple[Loc, str, str, list[str]]]:
    tenants = [one.id for one in structure.tenants]
    leases = [one.id for one in structure.leases]
    classes = [one.id for one in structure.classes]
    for number, lease in enumerate(structure.leases):
        yield ("leases", number, "tenant"), "tenant", lease.tenant, tenants
    for number, promise in enumerate(structure.guarantees):
        yield ("guarantees", number, "by"), "tenant", promise.by, tenants
        yield ("guarantees", number, "lease"), "lease", promise.lease, leases
    for number, line in enumerate(structure.waterfall):
        for verb, names in (("interest", line.interest), ("principal", line.principal)):
            for place, name in enumerate(names or ()):
                yield ("waterfall", number, verb, place), "class", name, classes


@check_named("repeated-part", "basic")
def repeated_part(facts: Facts) -> Iterator[Finding]:
    """Two tenants, leases or classes of a vehicle have one id, or a line names a class twice.

    Nobody could say which of the two is meant.
    """
    for structure in facts.reading.structures:
        for key, rows in (
            ("tenants", structure.tenants),
            ("leases", structure.leases),
            ("classes", structure.classes),
        ):
            for number, name in _repeated(row.id for row in rows):
                yield Finding(structure, (key, number, "id"), f"'{name}' stands twice among {key}.", "rename one")
        for number, line in enumerate(structure.waterfall):
            for verb, names in (("interest", line.interest), ("principal", line.principal)):
                for place, name in _repeated(names or ()):
                    loc: Loc = ("waterfall", number, verb, place)
                    yield Finding(structure, loc, f"This line names '{name}' twice.", "name it once")


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield number, name
        seen.add(name)


@check_named("overlapping-classes", "basic")
def overlapping_classes(facts: Facts) -> Iterator[Finding]:
    """Two classes of a vehicle cover the same slice of losses.

    A dollar of loss would be borne twice.
    """
    for structure in facts.reading.structures:
        stated = [(number, one) for number, one in enumerate(structure.classes) if one.attachment is not None]
        stated.sort(key=lambda row: (row[1].attachment or 0.0, row[0]))
        for (_, lower), (number, upper) in pairwise(stated):
            if _end(lower) > (upper.attachment or 0.0) + 1e-12:
                message = (
                    f"'{upper.id}' begins at {upper.attachment:g}, inside '{lower.id}', which ends at {_end(lower):g}."
                )
                yield Finding(structure, ("classes", number, "attachment"), message, f"begin at {_end(lower):g}")


def _end(one: ClassTerms) -> float:
    return one.detachment or 0.0


@check_named("unpaid-class", "basic")
def unpaid_class(facts: Facts) -> Iterator[Finding]:
    """No line of the waterfall pays a class's interest, or its principal as scheduled.

    It would be in default from the first day, by a mistake of the file.
    """
    for structure in facts.reading.structures:
        interest = {name for line in structure.waterfall for name in line.interest or ()}
        principal = {
            name
            for line in structure.waterfall
            if line.of != "collected" and line.when == "always"
            for name in line.principal or ()
        }
        for number, one in enumerate(structure.classes):
            for verb, paid in (("interest", interest), ("principal", principal)):
                if one.id not in paid and not (verb == "interest" and one.coupon.value == 0):
                    message = f"No line of the waterfall always pays {verb} of '{one.id}'."
                    hint = f"add - {{{verb}: [{one.id}]}}"
                    yield Finding(structure, ("classes", number, "id"), message, hint)


@check_named("rest-not-last", "basic")
def rest_not_last(facts: Facts) -> Iterator[Finding]:
    """A line stands below the one that gives the owners all that is left.

    Nothing would ever reach it.
    """
    for structure in facts.reading.structures:
        for number, line in enumerate(structure.waterfall[:-1]):
            if line.rest is not None:
                loc: Loc = ("waterfall", number, "rest")
                yield Finding(structure, loc, "Lines below this one are never paid.", "put it last")
