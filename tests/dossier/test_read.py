"""Reading: every scalar is text until the schema types it, places are kept, and all problems come at once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ouroloop.core import BadInput, Interval, Place
from ouroloop.dossier import bundled, check, load, new_dossier
from ouroloop.dossier.dossier import Dossier, cites_of
from ouroloop.dossier.models import Grade
from ouroloop.dossier.read import read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_dossier(tmp_path / "loop")


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def content(dossier: Dossier) -> tuple[object, ...]:
    """What a dossier says, without the places."""
    deals = [deal.model_dump() for deal in dossier.deals.values()]
    figures = [figure.model_dump() for figure in dossier.figures]
    return (dossier.header, dict(dossier.entities), deals, figures, dict(dossier.sources), dossier.date)


def test_a_new_dossier_reads_as_it_is_written(root: Path) -> None:
    dossier = load(root)
    order = dossier.deals["lab-chip-maker-order"]
    assert [tranche.amount for tranche in order.tranches] == [Interval(6, 6), Interval(0, 4)]
    whole = dossier.deals["chip-maker-lab-equity"].tranches[0]
    assert (whole.id, whole.amount) == ("whole", Interval(10, 10))
    assert [(f.start, f.end, f.value) for f in dossier.figures] == [
        (date(2025, 1, 1), date(2025, 3, 31), 2.0),
        (date(2025, 4, 1), date(2025, 6, 30), 4.0),
    ]
    assert {(f.cite.source, f.cite.locator, f.grade) for f in dossier.figures} == {
        ("chip-maker-results", "income statement", Grade.HIGH)
    }


def test_places_of_deals_and_figures_point_at_their_lines(root: Path) -> None:
    dossier = load(root)
    lines = {path: path.read_text(encoding="utf-8").splitlines() for path in root.rglob("*.yaml")}
    for deal in dossier.deals.values():
        line = lines[Path(deal.place.path)][deal.place.line - 1]
        assert line[deal.place.column - 1 :] == f"id: {deal.id}"
    for figure in dossier.figures:
        line = lines[Path(figure.place.path)][figure.place.line - 1]
        assert line[figure.place.column - 1 :].startswith(f"{{period: {figure.start}/{figure.end}")


def test_a_value_overrides_what_its_series_says(root: Path) -> None:
    figures = root / "figures" / "chip-maker.yaml"
    edit(
        figures,
        ("value: 4.0,", "value: 4.0, cite: lab-announcement, grade: low, basis: estimated, note: n, tag: Revenues,"),
    )
    first, second = load(root).figures
    assert (str(first.cite), first.grade, first.basis, first.note, first.tag) == (
        "chip-maker-results#income statement",
        "high",
        "reported",
        None,
        None,
    )
    assert (str(second.cite), second.grade, second.basis, second.note, second.tag) == (
        "lab-announcement",
        "low",
        "estimated",
        "n",
        "Revenues",
    )


def test_scalars_mean_what_the_schema_says_not_what_yaml_guesses(root: Path) -> None:
    edit(root / "entities" / "firms.yaml", ("id: lab", "id: no"), ("loop: true", "loop: yes"), ("{en: Lab", "{en: 1e3"))
    deals = root / "deals" / "chip-maker-lab.yaml"
    edit(deals, ("to: lab", "to: no"), ("from: lab", "from: no"), ("low: 10", "low: 1e1"), ("high: 10", 'high: "10"'))
    dossier = load(root)
    assert dossier.entities["no"].names.en == "1e3"
    assert dossier.entities["chip-maker"].loop is True
    assert dossier.deals["chip-maker-lab-equity"].tranches[0].amount == Interval(10, 10)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(root: Path, end: str) -> None:
    before = load(root)
    for path in root.rglob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", end.encode()))
    after = load(root)
    assert content(after) == content(before)
    assert [f.place for f in after.figures] == [f.place for f in before.figures]


def test_splitting_and_renaming_files_changes_nothing(root: Path) -> None:
    before = load(root)
    text = (root / "deals" / "chip-maker-lab.yaml").read_text(encoding="utf-8")
    head, first, second = text.partition("  - id: chip-maker-lab-equity")[0], *text.split("  - id: ")[1:]
    (root / "deals" / "chip-maker-lab.yaml").unlink()
    (root / "deals" / "a.yaml").write_text(f"{head}  - id: {first}", encoding="utf-8")
    (root / "deals" / "b.yaml").write_text(f"deals:\n  - id: {second}", encoding="utf-8")
    assert content(load(root)) == content(before)


def test_all_problems_of_all_files_come_at_once_and_nothing_is_loaded(root: Path) -> None:
    edit(root / "dossier.yaml", ("as_of: 2025-12-31", "as_of: soon"))
    edit(root / "deals" / "chip-maker-lab.yaml", ("instrument: equity", "instrument: shares"), ("low: 6", "low: six"))
    edit(root / "sources" / "announcements.yaml", ("sources:", "sources: ["))
    with pytest.raises(BadInput) as raised:
        load(root)
    found = [(Path(p.place.path).name, p.code) for p in raised.value.problems]
    assert found == [
        ("chip-maker-lab.yaml", "bad-choice"),
        ("chip-maker-lab.yaml", "bad-number"),
        ("dossier.yaml", "bad-date"),
        ("announcements.yaml", "yaml-syntax"),
    ]
    assert list(raised.value.problems) == check(root)


@pytest.mark.parametrize("form", ["loop", "./loop", "loop/", "../desk/loop", "loop/dossier.yaml"])
def test_paths_are_shown_as_the_user_wrote_them(root: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = root.parent / "desk"
    desk.mkdir()
    root.rename(desk / "loop")
    monkeypatch.chdir(desk)
    shown = form.removesuffix("/dossier.yaml").rstrip("/")
    assert load(form).figures[0].place.path == f"{shown}/figures/chip-maker.yaml"


def test_a_bundled_name_wins_only_as_a_plain_word(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    for name in bundled():
        root.rename(root.parent / name)
        assert load(name).header.id == name
        assert load(f"./{name}").header.id == "loop"
        assert load(Path(name)).header.id == "loop"
        (root.parent / name).rename(root)


@pytest.mark.parametrize(
    "name", ["", ".", "nowhere", "/nowhere/at/all", "a\0b", "x" * 5000, "dossier.yaml", "..", "\ud800"]
)
def test_what_is_no_dossier_is_said_to_be_none(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    codes = {problem.code for problem in check(name)}
    assert codes in ({"no-dossier"}, {"no-header"})


def test_a_link_inside_the_folder_is_read_like_a_file(root: Path) -> None:
    before = load(root)
    path = root / "figures" / "chip-maker.yaml"
    path.rename(root / "figures" / "_kept.txt")
    path.symlink_to("_kept.txt")
    assert content(load(root)) == content(before)


def test_a_file_that_may_not_be_read_is_a_problem(root: Path) -> None:
    path = root / "figures" / "chip-maker.yaml"
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read anything
        assert check(root) == []
    else:
        assert [problem.code for problem in check(root)] == ["unreadable"]


def test_an_unknown_key_of_a_deal_in_tranches_names_the_right_ones(root: Path) -> None:
    edit(root / "deals" / "chip-maker-lab.yaml", ("    tranches:", "    low: 6\n    tranches:"))
    (problem,) = check(root)
    assert (problem.code, problem.place.line, problem.excerpt) == ("unknown-key", 24, "    low: 6")


def test_a_place_cannot_be_written_by_hand(root: Path) -> None:
    edit(root / "deals" / "chip-maker-lab.yaml", ("    to: lab", "    to: lab\n    place: {path: /etc/passwd}"))
    (problem,) = check(root)
    assert problem.code == "unknown-key"
    assert problem.place == Place(f"{root}/deals/chip-maker-lab.yaml", 6, 5)


def test_lookups_find_deals_figures_and_sources(root: Path) -> None:
    dossier = load(root)
    assert [deal.id for deal in dossier.deals_of("lab")] == ["chip-maker-lab-equity", "lab-chip-maker-order"]
    assert dossier.deals_of("nobody") == ()
    assert len(dossier.figures_of("chip-maker", "revenue")) == 2
    assert dossier.figures_of("chip-maker", "capex") == ()
    figure = dossier.figures[0]
    assert dossier.source(figure.cite).title == "Quarterly results of 2025"
    assert not dossier.needs_primary(figure)
    edit(root / "sources" / "announcements.yaml", ("    address: https://example.com/chip-maker-results\n", ""))
    assert load(root).needs_primary(figure)
    assert len(cites_of(dossier.deals["chip-maker-lab-equity"])) == 2


def test_reading_keeps_going_where_a_dossier_has_no_header(root: Path) -> None:
    (root / "dossier.yaml").unlink()
    reading = read(root)
    assert [problem.code for problem in reading.problems] == ["no-header"]
    assert len(reading.deals) == 2


def test_importing_the_dossier_imports_nothing_heavy() -> None:
    heavy = "jax numpy scipy numba duckdb pandas networkx ortools rich cyclopts"
    code = f"import sys, ouroloop.dossier; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
