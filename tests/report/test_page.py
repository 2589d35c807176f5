"""The page as a file and in a real browser: whole, self-contained, readable by keyboard, screen reader and eye."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from ouroloop.report.html import page, write_page
from tests.report.browser import LOW_CONTRAST, NAMELESS, needs_browser, opened
from tests.report.sample import network, report

VOID = {"meta", "link", "br", "img", "input", "hr"}
EMPTY_SVG = {"path", "rect", "circle", "ellipse"}


class Reader(HTMLParser):
    """Collects elements and complains about tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module", params=["en", "zh-Hans", "zh-Hant"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    path = tmp_path_factory.mktemp("report") / "report.html"
    return request.param, write_page(report(request.param), path)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(report(), tmp_path_factory.mktemp("english") / "report.html")


def test_the_page_is_whole_and_says_its_language(written: tuple[str, Path]) -> None:
    code, path = written
    text = path.read_text("utf-8")
    read = Reader(text)
    assert text.startswith("<!doctype html>")
    assert read.all("html")[0]["lang"] == code
    assert len(read.all("h1")) == 1
    assert len(read.all("main")) == 1
    assert read.all("title")[0] is not None


def test_ids_are_unique_and_every_inner_link_leads_somewhere(written: tuple[str, Path]) -> None:
    read = Reader(written[1].read_text("utf-8"))
    ids = Counter(attributes["id"] for _, attributes in read.elements if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    inner = {a["href"][1:] for a in read.all("a") if a.get("href", "").startswith("#")}
    assert sorted(inner - set(ids)) == []
    named = {a["aria-labelledby"] for _, a in read.elements if "aria-labelledby" in a}
    assert {part for name in named for part in name.split()} <= set(ids)


def test_nothing_is_loaded_from_anywhere(written: tuple[str, Path]) -> None:
    text = written[1].read_text("utf-8")
    read = Reader(text)
    for tag, attributes in read.elements:
        assert "src" not in attributes, tag
        assert "style" not in attributes, tag  # the page's own policy would refuse it
        assert not [key for key in attributes if key.startswith("on")], tag
        address = attributes.get("href", "")
        if address.startswith(("http:", "https:", "//")):
            assert tag == "a"
            assert "noopener" in attributes.get("rel", "")
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text
    policy = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_headings_do_not_skip_a_level(written: tuple[str, Path]) -> None:
    read = Reader(written[1].read_text("utf-8"))
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_every_head_cell_a_scope(written: tuple[str, Path]) -> None:
    read = Reader(written[1].read_text("utf-8"))
    assert len(read.all("table")) == len(read.all("caption")) > 3
    assert all(cell.get("scope") in ("col", "row") for cell in read.all("th"))


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out" / "report.html"
    write_page(report(), path)
    before = path.read_text("utf-8")

    def broken(_: object) -> str:
        raise ValueError("no page")

    monkeypatch.setattr("ouroloop.report.html.page", broken)
    with pytest.raises(ValueError, match="no page"):
        write_page(report(), path)
    assert path.read_text("utf-8") == before
    assert [item.name for item in path.parent.iterdir()] == ["report.html"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert page(report()) == page(report())


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_without_a_network_shows_it_without_complaint_and_with_contrast(
    written: tuple[str, Path], scheme: str
) -> None:
    with opened(written[1], scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert seen.complaints == []
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
        assert seen.page.evaluate(LOW_CONTRAST) == []
        assert seen.page.evaluate(NAMELESS) == []


@needs_browser
def test_the_contrast_check_can_fail(english: Path) -> None:
    with opened(english) as seen:
        seen.page.evaluate("document.querySelector('h1').classList.add('k-guarantee')")
        seen.page.evaluate("document.styleSheets[0].insertRule('h1 { color: #999 !important }', 0)")
        assert len(seen.page.evaluate(LOW_CONTRAST)) == 1


@needs_browser
def test_the_map_is_painted_and_every_part_of_it_can_be_tabbed_to(english: Path) -> None:
    nodes, edges = network()
    with opened(english) as seen:
        shot = seen.page.locator("svg.map").screenshot()
        seen.page.evaluate("document.querySelector('svg.map').replaceChildren()")
        assert len(shot) > 3 * len(seen.page.locator("svg.map").screenshot())
    with opened(english) as seen:
        seen.page.locator(".map a").first.focus()
        reached: set[str] = set()
        for _ in range(len(nodes) + len(edges)):
            reached.add(seen.page.evaluate("document.activeElement.getAttribute('aria-label')"))
            seen.page.keyboard.press("Tab")
        assert len(reached) == len({e.detail for e in edges} | {n.label for n in nodes})


@needs_browser
def test_an_edge_leads_to_its_row_even_inside_a_closed_table(english: Path) -> None:
    with opened(english) as seen:
        seen.page.locator(".map a").first.focus()
        seen.page.keyboard.press("Enter")
        row = seen.page.locator("tr:target")
        assert row.count() == 1
        assert row.is_visible()


@needs_browser
def test_it_reads_without_javascript(english: Path) -> None:
    with opened(english, javascript=False) as seen:
        assert seen.page.locator("h2").count() >= 6
        assert seen.page.locator(".filter").count() == 0


@needs_browser
def test_a_long_table_can_be_filtered(english: Path) -> None:
    with opened(english) as seen:
        seen.page.locator("#map summary").click()
        box = seen.page.locator("#map .filter input")
        box.fill("no such row")
        assert seen.page.locator("#table-map tbody tr:visible").count() == 0
        box.fill("")
        assert seen.page.locator("#table-map tbody tr:visible").count() == 100


@needs_browser
def test_a_narrow_screen_scrolls_drawings_and_tables_but_not_the_page(english: Path) -> None:
    with opened(english, width=400) as seen:
        assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
