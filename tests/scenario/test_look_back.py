"""Opened as of 2025-11-21 the economy uses only what was known then, and all that it reads was."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from ouroloop.dossier import Dossier, load
from ouroloop.scenario.parameters import needed

DAY = date(2025, 11, 21)


@cache
def view() -> Dossier:
    return load("ai-loop").as_of(DAY)


def test_all_that_the_engine_reads_is_known_and_can_be_drawn() -> None:
    known = view().assumptions
    assert [name for name in needed() if name not in known] == []
    assert [name for name in needed() if not known[name].drawable] == []


def test_no_row_was_known_later() -> None:
    assert [name for name, row in view().assumptions.items() if row.known.last > DAY] == []


def test_no_row_cites_a_source_that_was_published_later() -> None:
    late = [
        (name, source.id, str(source.published))
        for name, row in view().assumptions.items()
        for source in map(view().source, row.sources)
        if source.published is not None and source.published.first > DAY
    ]
    assert late == []


def test_no_row_that_the_engine_reads_rests_on_a_day_after() -> None:
    """A source with no better date than a month or a year may be from before or after: none of those is read."""
    late = [
        (name, source.id, str(source.published))
        for name in needed()
        for source in map(view().source, view().assumptions[name].sources)
        if source.published is not None and source.published.last > DAY
    ]
    assert late == []


def test_a_stand_in_keeps_unit_and_meaning_of_what_it_stands_in_for() -> None:
    own = load("ai-loop").assumptions
    for name in needed():
        row = view().assumptions[name]
        assert row.unit == own[name].unit, name
        assert row.topic == own[name].topic, name


def test_no_reason_names_a_row_of_which_nothing_was_known() -> None:
    everything = set(load("ai-loop").assumptions)
    named = {
        name: set(re.findall(r"\b[a-z]+(?:-[a-z]+)?-\d{3}\b", row.why)) & everything
        for name, row in view().assumptions.items()
    }
    assert any(named.values())
    assert {name: rows for name, rows in named.items() if not rows <= set(view().assumptions)} == {}
