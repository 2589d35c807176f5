"""Named checks in three levels: basic (nothing loads), strict (contradictions), advisory (weak support)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from ouroloop.core import BadInput, Place, Problem
from ouroloop.dossier.checks import advice, dates, figures, groups, paths, references, stand_ins, structures
from ouroloop.dossier.checks.registry import CHECKS, Check, Facts, Finding
from ouroloop.dossier.codes import LEVELS, SEVERITY, Level
from ouroloop.dossier.read import Reading, read

__all__ = ["CHECKS", "Check", "Facts", "Finding", "check", "find_problems"]

MOST_PER_CHECK = 500

_MODULES = (
    references,
    paths,
    groups,
    dates,
    figures,
    stand_ins,
    structures,
    advice,
)  # importing them registers their checks


def check(path: str | os.PathLike[str], level: Level = "basic") -> list[Problem]:
    """What is wrong with this dossier, up to a level? Sorted by place; empty when nothing is.

    `basic` finds what keeps a dossier from loading (severity error), `strict` adds contradictions (warning),
    `advisory` adds weak support (advice). Problems of form come alone: until a file can be read its content cannot be
    checked. Never raises BadInput; a folder that is not there is a problem too.
    """
    if level not in LEVELS:
        raise ValueError(f"level is one of {', '.join(LEVELS)}, not {level!r}")
    try:
        reading = read(path)
    except BadInput as error:
        return list(error.problems)
    found = reading.problems or find_problems(reading, level)
    return sorted(found, key=lambda problem: (problem.place, problem.code))


def find_problems(reading: Reading, level: Level) -> list[Problem]:
    """The findings of every check up to `level` on a reading that has no problem of form."""
    assert not reading.problems, f"checked a reading with {len(reading.problems)} problems"
    found: list[Problem] = []
    facts = Facts(reading)
    for stage in LEVELS[: LEVELS.index(level) + 1]:
        for one in CHECKS.values():
            if one.level == stage:
                found += _problems(one, facts)
        if any(problem.severity == "error" for problem in found):
            break  # later checks presume that references lead somewhere
    if level == "advisory":
        found += [_unknown_file(path) for path in reading.unknown]
    return found


def _problems(one: Check, facts: Facts) -> Iterator[Problem]:
    said: set[tuple[Place, str]] = set()
    for number, finding in enumerate(one.find(facts)):
        problem = facts.reading.problem(
            finding.record, finding.loc, one.code, finding.message, finding.hint, SEVERITY[one.level]
        )
        if number == MOST_PER_CHECK:
            message = f"More than {MOST_PER_CHECK} findings of {one.code}; the rest is not listed."
            yield replace(problem, code="more-problems", message=message, hint="mend the first ones")
            return
        if (problem.place, problem.message) not in said:  # one cite of a series stands for many records
            said.add((problem.place, problem.message))
            yield problem


def _unknown_file(path: str) -> Problem:
    return Problem(Place(path), "unknown-file", "This file is not read.", "move it away", severity="advice")
