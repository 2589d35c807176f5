"""As of 2025-11-21 the dossier knows nothing of 2026: every read equals that of a dossier never told of it.

The yardstick is made without the code under test: the raw YAML of `ai-loop` with every later record and status step cut
out by a few lines of their own, written to a folder and loaded as a dossier of its own.
"""

from __future__ import annotations

import calendar
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import ouroloop
from ouroloop.cli.app import main
from ouroloop.core import Quarter, Tier
from ouroloop.dossier import Dossier, load
from ouroloop.dossier.sql import TABLES, query

DAY = date(2025, 11, 21)
LISTS = {"deals", "quotes", "lives", "events", "claims", "assumptions", "structures"}


def last_day(text: str) -> date:
    """The last day that a partial date may mean, worked out here anew."""
    year, month, day = re.fullmatch(r"(\d{4})(?:-(?:Q|H)?(\d+))?(?:-(\d+))?", text).groups()  # type: ignore[union-attr]
    if day:
        return date(int(year), int(month), int(day))
    if "Q" in text:
        month = str(3 * int(month))
    elif "H" in text:
        month = str(6 * int(month))
    months = int(month or 12)
    return date(int(year), months, calendar.monthrange(int(year), months)[1])


def known(record: dict[str, Any]) -> bool:
    return last_day(record["known"]) <= DAY


def cut_deal(deal: dict[str, Any]) -> dict[str, Any] | None:
    """The deal without later steps and tranches; None when nothing of it was known."""
    steps = [step for step in deal["status"] if known(step)]
    tranches = []
    for tranche in deal.get("tranches", []):
        path = [step for step in tranche.get("status", []) if known(step)]
        if "status" not in tranche:
            tranches.append(tranche)
        elif path:
            tranches.append({**tranche, "status": path})
    if not known(deal) or not steps or ("tranches" in deal and not tranches):
        return None
    return {**deal, "status": steps, **({"tranches": tranches} if "tranches" in deal else {})}


def cut(folder: Path) -> None:
    """Cut everything later than DAY out of the YAML files of a dossier's folder."""
    read = {path: yaml.load(path.read_bytes(), yaml.CBaseLoader) for path in sorted(folder.rglob("*.yaml"))}
    deals = set[str]()
    for text in read.values():
        if "deals" in text:
            text["deals"] = [made for deal in text["deals"] if (made := cut_deal(deal))]
            deals |= {deal["id"] for deal in text["deals"]}
    for path, text in read.items():
        for name in LISTS & set(text) - {"deals"}:
            text[name] = [record for record in text[name] if known(record)]
        for one in (one for structure in text.get("structures", []) for one in structure["classes"]):
            one["rated"] = [rated for rated in one.get("rated", []) if known(rated)]
        for one in (one for structure in text.get("structures", []) for one in structure["leases"]):
            if "inside" in one and not known(one["inside"]):
                del one["inside"]
        for claim in text.get("claims", []):
            claim["deals"] = [deal for deal in claim.get("deals", []) if deal in deals]
        if "series" in text:
            for series in text["series"]:
                series["values"] = [value for value in series["values"] if known(value)]
            text["series"] = [series for series in text["series"] if series["values"]]
        if path.name == "dossier.yaml":
            text["as_of"] = str(DAY)
            for basket in text.get("baskets", []):
                basket["deals"] = [deal for deal in basket["deals"] if deal in deals]
                basket.pop("note", None)
            text["baskets"] = [basket for basket in text.get("baskets", []) if basket["deals"]]
        empty = any(name in text and not text[name] for name in (*LISTS, "series"))
        if empty:
            path.unlink()
        else:
            path.write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dossier, Dossier, Path]:
    """The whole dossier as of DAY, the dossier that was never told more, and the latter's folder."""
    folder = tmp_path_factory.mktemp("cut") / "ai-loop"
    shutil.copytree(Path(ouroloop.__file__).parent / "dossiers" / "ai-loop", folder)
    cut(folder)
    return load("ai-loop").as_of(DAY), load(folder), folder


def later(value: Any, path: str = "") -> list[str]:
    """Every `known` inside a record, however deep, that is after DAY."""
    if isinstance(value, dict):
        found = [p for key, item in value.items() for p in later(item, f"{path}.{key}")]
        if "known" in value and last_day(str(value["known"])) > DAY:
            found.append(path)
        return found
    if isinstance(value, (list, tuple)):
        return [p for number, item in enumerate(value) for p in later(item, f"{path}[{number}]")]
    return []


def test_the_cut_takes_something_away_and_leaves_something(pair: tuple[Dossier, Dossier, Path]) -> None:
    whole, never_told = load("ai-loop"), pair[1]
    assert 0 < len(never_told.deals) < len(whole.deals)
    assert 0 < len(never_told.figures) < len(whole.figures)
    assert later([deal.model_dump(mode="json") for deal in whole.deals.values()])


def test_no_record_of_the_view_was_known_later(pair: tuple[Dossier, Dossier, Path]) -> None:
    view = pair[0]
    records = [*view.deals.values(), *view.figures, *view.quotes, *view.lives, *view.events, *view.claims]
    records += view.assumptions.values()
    assert later([record.model_dump(mode="json") for record in records]) == []


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"sources"}))
def test_every_table_equals_that_of_a_dossier_never_told_more(table: str, pair: tuple[Dossier, Dossier, Path]) -> None:
    view, never_told, _ = pair
    statement = f"SELECT * FROM {table} ORDER BY ALL"
    assert query(view, statement) == query(never_told, statement)


def test_the_sources_of_the_view_are_those_cited_or_published_by_then(pair: tuple[Dossier, Dossier, Path]) -> None:
    view, never_told, _ = pair
    cited = {cite.source for cite in never_told.cites()}
    published = {s.id for s in never_told.sources.values() if s.published and s.published.last <= DAY}
    assert set(view.sources) == cited | published


def test_every_reading_command_prints_the_same(
    pair: tuple[Dossier, Dossier, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pair[2]
    for arguments in (
        ["deals"],
        ["figures"],
        ["assumptions"],
        ["loops"],
        ["circularity", "microsoft"],
        ["circularity", "coreweave", "--year", "2025", "--tier", "firm"],
        ["show", "openai"],
        ["show", "nvidia"],
        ["show", "oracle"],
    ):
        printed = []
        for where in (["--as-of", str(DAY)], ["--dossier", str(folder)]):
            with pytest.raises(SystemExit) as exit_:
                main([*arguments, *where, "--json"])
            assert not exit_.value.code, arguments
            printed.append(json.loads(capsys.readouterr().out))
        assert printed[0] == printed[1], arguments


def test_networks_funnels_and_the_report_are_the_same(pair: tuple[Dossier, Dossier, Path]) -> None:
    from ouroloop.dossier import funnel, network
    from ouroloop.report import findings

    view, never_told, _ = pair
    for tier in Tier:
        for end in ("low", "point", "high"):
            a, b = (network(d, Quarter(2019, 1), Quarter(2027, 4), tier, end) for d in (view, never_told))  # type: ignore[arg-type]
            assert a.nodes == b.nodes
            assert (a.funding == b.funding).all()
            assert (a.trade == b.trade).all()
            assert (a.money_in == b.money_in).all()
    assert view.header.baskets == never_told.header.baskets
    for basket in view.header.baskets:
        # Deals of the two folders differ in their places, so rows are compared by what they say.
        rows = [
            [
                (row.deal.id, row.headline, row.firm, row.paid, row.undisclosed, row.steps)
                for row in funnel(d, basket).rows
            ]
            for d in (view, never_told)
        ]
        assert rows[0] == rows[1]
    reports = [findings(d) for d in (view, never_told)]
    assert [f.text for f in reports[0].headlines] == [f.text for f in reports[1].headlines]
    assert reports[0].sections == reports[1].sections


def test_what_was_announced_later_cannot_be_asked_for(
    pair: tuple[Dossier, Dossier, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    later_deals = sorted(set(load("ai-loop").deals) - set(pair[0].deals))
    assert later_deals
    for name in later_deals[:3]:
        with pytest.raises(SystemExit) as exit_:
            main(["cite", name, "--as-of", str(DAY)])
        out, err = capsys.readouterr()
        assert exit_.value.code == 2
        assert out == ""
        assert "unknown-record" in err
