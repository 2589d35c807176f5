"""Rows that stand in for younger ones: what an assumption was on a day before its own sources."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from ouroloop.dossier import Assumption, Dossier, load
from ouroloop.dossier.dossier import in_force

DAY = date(2025, 11, 21)


@cache
def ai_loop() -> Dossier:
    return load("ai-loop")


def row(name: str, known: str, stands_in_for: str | None = None) -> Assumption:
    written: dict[str, Any] = {
        "id": name,
        "name": "One",
        "topic": "demand",
        "unit": "x",
        "value": 1,
        "distribution": "point",
        "basis": "assumed",
        "why": "For the test",
        "known": known,
        "grade": "low",
        "sources": ["somewhere"],
    }
    return Assumption.model_validate(written | ({"stands_in_for": stands_in_for} if stands_in_for else {}))


OWN, OTHER = row("a", "2026-03-01"), row("b", "2020-01-01")
EARLY, EARLIER = row("a.2024", "2024-05-01", "a"), row("a.2021", "2021-05-01", "a")


def test_a_known_row_is_read_itself_and_its_stand_ins_are_not() -> None:
    assert in_force([EARLY, OWN, EARLIER, OTHER]) == {"a": OWN, "b": OTHER}


def test_for_a_row_that_is_not_known_the_latest_stand_in_is_read_under_its_id() -> None:
    for rows in ([EARLY, EARLIER, OTHER], [EARLIER, OTHER, EARLY]):
        assert in_force(rows) == {"a": EARLY, "b": OTHER}
    assert in_force([EARLIER]) == {"a": EARLIER}


def test_of_stand_ins_known_on_one_day_the_last_is_read() -> None:
    again = row("a.again", "2024-05-01", "a")
    assert in_force([EARLY, again]) == {"a": again}
    assert in_force([again, EARLY]) == {"a": EARLY}


def test_a_view_of_a_view_is_the_earlier_view() -> None:
    """From a day on which a stand-in is read, one can still go back to a day on which an older one is."""
    days = (DAY, date(2024, 6, 1), date(2003, 1, 1), date(2000, 1, 1))
    for later in (ai_loop().date, *days):
        for day in days:
            twice, once = ai_loop().as_of(later).as_of(day), ai_loop().as_of(min(later, day))
            assert list(twice.assumptions.items()) == list(once.assumptions.items())
            assert twice.stand_ins == once.stand_ins


def test_every_stand_in_of_the_loop_is_read_from_its_day_to_the_eve_of_its_row() -> None:
    stand_ins = ai_loop().stand_ins
    assert len(stand_ins) > 40
    for one in stand_ins:
        target = one.stands_in_for or ""
        own = ai_loop().assumptions[target]
        eve = own.known.last - timedelta(days=1)
        assert ai_loop().as_of(eve).assumptions[target] == one, one.id
        assert ai_loop().as_of(one.known.last).assumptions[target] == one, one.id
        assert target not in ai_loop().as_of(one.known.last - timedelta(days=1)).assumptions, one.id
        assert ai_loop().as_of(own.known.last).assumptions[target] == own, one.id


def test_the_dossier_s_own_day_reads_no_stand_in() -> None:
    assert [name for name, one in ai_loop().assumptions.items() if one.stands_in_for or one.id != name] == []


def test_no_stand_in_is_known_before_a_source_that_it_cites_was_published() -> None:
    early = [
        (one.id, source.id)
        for one in ai_loop().stand_ins
        for source in map(ai_loop().source, one.sources)
        if source.published is not None and one.known.last < source.published.first
    ]
    assert early == []


def test_no_stand_in_names_a_day_after_its_own_in_its_reason() -> None:
    for one in ai_loop().stand_ins:
        assert "2026" not in one.why.replace("30bn in 2026", ""), one.id  # a plan, named in 2025


def test_sources_of_stand_ins_are_kept_while_they_are_cited() -> None:
    view = ai_loop().as_of(DAY)
    assert {cite.source for one in view.stand_ins for cite in one.sources} <= set(view.sources)
