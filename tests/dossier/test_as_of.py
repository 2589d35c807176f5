"""A dossier as of a date knows nothing later: walked field by field, on every day that something became known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ouroloop.core import PartialDate
from ouroloop.dossier import Dossier, bundled, load, new_dossier
from ouroloop.dossier.models import Record


def knowns(node: Any, trail: str = "") -> Iterator[tuple[str, PartialDate]]:
    """Every field called `known` of everything below a node, with the trail to it."""
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            value = getattr(node, name)
            if name == "known":
                yield f"{trail}.known", value
            else:
                yield from knowns(value, f"{trail}.{name}")
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from knowns(value, f"{trail}[{key}]")
    elif isinstance(node, tuple):
        for number, value in enumerate(node):
            yield from knowns(value, f"{trail}[{number}]")
    elif is_dataclass(node) and isinstance(node, Dossier):
        for field in fields(node):
            yield from knowns(getattr(node, field.name), f"{trail}.{field.name}")


@pytest.fixture(params=["new", *bundled()])
def dossier(request: pytest.FixtureRequest, tmp_path: Path) -> Dossier:
    return load(new_dossier(tmp_path / "loop") if request.param == "new" else request.param)


def days_of(dossier: Dossier, most: int = 40) -> list[date]:
    """Days on which something became known and the days before, thinned out evenly."""
    days = sorted({known.last for _, known in knowns(dossier)})
    chosen = days[:: max(1, len(days) // most)]
    return sorted({day - timedelta(days=n) for day in chosen for n in (0, 1)})


def test_nothing_in_a_view_was_known_later(dossier: Dossier) -> None:
    for day in days_of(dossier):
        late = [(trail, str(known)) for trail, known in knowns(dossier.as_of(day)) if known.last > day]
        assert late == []


def test_a_view_loses_nothing_that_was_known(dossier: Dossier) -> None:
    for day in days_of(dossier):
        view = dossier.as_of(day)
        if day <= dossier.date:
            assert view.date == day
        limit = view.date
        assert list(view.figures) == [f for f in dossier.figures if f.known.last <= limit]
        assert list(view.quotes) == [q for q in dossier.quotes if q.known.last <= limit]
        assert list(view.lives) == [life for life in dossier.lives if life.known.last <= limit]
        assert list(view.events) == [e for e in dossier.events if e.known.last <= limit]
        for deal in dossier.deals.values():
            steps = [step for step in deal.status if step.known.last <= limit]
            paths = [[step for step in tranche.status if step.known.last <= limit] for tranche in deal.tranches]
            tranches = [t.id for t, path in zip(deal.tranches, paths, strict=True) if path or not t.status]
            if deal.known.last <= limit and steps and tranches:
                assert list(view.deals[deal.id].status) == steps
                assert [t.id for t in view.deals[deal.id].tranches] == tranches
            else:
                assert deal.id not in view.deals


def test_views_never_name_what_they_do_not_have(dossier: Dossier) -> None:
    for day in days_of(dossier, most=15):
        view = dossier.as_of(day)
        assert {cite.source for cite in view.cites()} <= set(view.sources)
        assert {deal for basket in view.header.baskets for deal in basket.deals} <= set(view.deals)
        assert {deal for claim in view.claims for deal in claim.deals} <= set(view.deals)
        assert {claim.article for claim in view.claims} <= {article.id for article in view.header.articles}
        assert view.header.as_of <= day


def test_a_view_of_a_view_is_the_view_of_the_earlier_day(dossier: Dossier) -> None:
    days = days_of(dossier, most=6)
    for one in days:
        for other in days:
            assert dossier.as_of(one).as_of(other) == dossier.as_of(min(one, other))


def test_a_day_after_the_dossier_s_own_changes_nothing_known(dossier: Dossier) -> None:
    assert dossier.as_of(date(2099, 1, 1)) == dossier.as_of(dossier.date)


def test_a_deal_appears_on_the_last_day_of_a_partial_date_and_grows_step_by_step(tmp_path: Path) -> None:
    root = new_dossier(tmp_path / "loop")
    path = root / "deals" / "chip-maker-lab.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("known: 2025-01-15\n", "known: 2025-01\n", 1).replace(
        "letter, known: 2025-01-15", "letter, known: 2025-01"
    )
    path.write_text(text, encoding="utf-8")
    dossier = load(root)
    seen = {
        day: [str(step.status) for step in deal.status]
        if (deal := dossier.as_of(day).deals.get("chip-maker-lab-equity"))
        else None
        for day in (date(2025, 1, 30), date(2025, 1, 31), date(2025, 2, 9), date(2025, 2, 10))
    }
    assert list(seen.values()) == [None, ["letter"], ["letter"], ["letter", "funded"]]


def test_a_tranche_with_a_later_path_of_its_own_is_invisible_until_then(tmp_path: Path) -> None:
    root = new_dossier(tmp_path / "loop")
    path = root / "deals" / "chip-maker-lab.yaml"
    text = path.read_text(encoding="utf-8")
    option = "the lab may order more until the end of 2026"
    path.write_text(text.replace(option, f"{option}, status: [{{is: signed, known: 2025-06-01}}]"), encoding="utf-8")
    dossier = load(root)
    tranches = [
        [t.id for t in dossier.as_of(day).deals["lab-chip-maker-order"].tranches]
        for day in (date(2025, 5, 31), date(2025, 6, 1))
    ]
    assert tranches == [["first"], ["first", "option"]]


def test_sources_published_later_are_hidden_unless_something_visible_cites_them(tmp_path: Path) -> None:
    dossier = load(new_dossier(tmp_path / "loop"))
    assert set(dossier.as_of(date(2025, 1, 14)).sources) == set()
    assert set(dossier.as_of(date(2025, 1, 20)).sources) == {"chip-maker-announcement", "lab-announcement"}


def test_a_source_stays_with_a_record_that_was_known_before_its_own_day(tmp_path: Path) -> None:
    root = new_dossier(tmp_path / "loop")
    path = root / "sources" / "announcements.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2025-05-01", "2025-08-01"), encoding="utf-8")
    dossier = load(root)
    assert "chip-maker-results" not in dossier.as_of(date(2025, 4, 30)).sources
    assert "chip-maker-results" in dossier.as_of(date(2025, 5, 1)).sources


def test_equal_views_have_equal_hashes(dossier: Dossier) -> None:
    day = days_of(dossier)[0]
    assert len({dossier.as_of(day), dossier.as_of(day), dossier}) == 2


def test_records_of_a_dossier_cannot_be_changed(dossier: Dossier) -> None:
    with pytest.raises(TypeError):
        dossier.deals["x"] = None  # pyright: ignore
    record: Record = next(iter(dossier.entities.values()))
    with pytest.raises(ValueError, match="frozen"):
        record.id = "x"  # pyright: ignore
