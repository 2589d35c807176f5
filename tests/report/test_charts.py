"""Charts draw the cells of a table: lengths are in proportion, labels are the table's own words."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from ouroloop.report.charts import bars, intervals, lines, stacked
from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Table
from tests.report.sample import funnel_table, interval_table, ratio_table, shares

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Language("en")


def _rects(drawn: str, css: str) -> list[float]:
    root = ElementTree.fromstring(drawn)
    return [float(r.get("width", "0")) for r in root.iter(f"{SVG}rect") if css in r.get("class", "").split()]


def test_a_stacked_bar_fills_its_row_and_each_segment_is_its_share() -> None:
    table = shares()
    parts = [column.key for column in table.columns[1:]]
    drawn = stacked(table, "member", parts, ENGLISH, "who paid")
    widths = _rects(drawn, "part")
    assert len(widths) == len(table.rows) * len(parts)
    first = widths[: len(parts)]
    whole = sum(first)
    for key, wide in zip(parts, first, strict=True):
        assert wide / whole == pytest.approx(table.rows[0].cells[key].value, abs=1e-3)


def test_bars_are_in_proportion_and_say_their_amounts() -> None:
    table = funnel_table()
    drawn = bars(table, "deal", ("headline", "firm", "paid"), ENGLISH, "funnel")
    headline, firm = _rects(drawn, "f-headline"), _rects(drawn, "f-firm")
    assert headline[1] / headline[0] == pytest.approx(2.5, rel=1e-2)
    assert firm[1] / headline[1] == pytest.approx(105 / 250, rel=1e-2)
    assert "105 firm" in drawn
    assert "Together" not in drawn  # the total is said in the title, and would dwarf its parts


def test_an_interval_shows_floor_point_and_ceiling_in_order() -> None:
    drawn = intervals(interval_table(), "member", "floor", "point", "ceiling", ENGLISH, "trip", whole="revenue")
    assert "2.5 – 5.5 – 10.5" in drawn
    root = ElementTree.fromstring(drawn)
    groups = [g for g in root.iter(f"{SVG}g") if g.get("class") == "interval"]
    assert len(groups) == len(interval_table().rows)
    assert all(g.get("aria-label") for g in groups)


def test_a_line_breaks_where_a_value_is_unknown() -> None:
    table = ratio_table()
    drawn = lines(table, "date", ("plain", "leases"), ENGLISH, "ratios")
    root = ElementTree.fromstring(drawn)
    markers = [p.get("class") for p in root.iter(f"{SVG}path") if "marker" in p.get("class", "")]
    assert markers.count("marker m-0") == 4
    assert markers.count("marker m-1") == 3


def test_a_line_with_a_hole_in_it_is_drawn_in_two_pieces() -> None:
    table = ratio_table()
    row = table.rows[1]
    hole = Row(row.key, dict(row.cells) | {"plain": Cell(None, Basis.UNKNOWN)})
    holed = Table(table.id, table.caption, table.columns, (table.rows[0], hole, *table.rows[2:]))
    root = ElementTree.fromstring(lines(holed, "date", ("plain",), ENGLISH, "ratios"))
    curves = [p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("class") == "curve c-0"]
    assert sum(d.count("M") for d in curves) == 2


def test_drawings_escape_the_words_of_a_dossier() -> None:
    table = shares()
    row = table.rows[0]
    bad = Row(row.key, dict(row.cells) | {"member": Cell("<img src=x>", Basis.NONE)})
    drawn = stacked(Table("t", "t", table.columns, (bad,)), "member", ["customers"], ENGLISH, '"<')
    assert "<img" not in drawn
    ElementTree.fromstring(drawn)


def test_labels_of_lines_that_end_together_are_moved_apart() -> None:
    columns = (Column("date", "Date"), *(Column(f"r{n}", f"ratio {n}", Kind.RATIO) for n in range(4)))
    rows = tuple(
        Row(f"y{year}", {"date": Cell(str(year)), **{f"r{n}": Cell(1.0 + 0.01 * n) for n in range(4)}})
        for year in (1, 2)
    )
    drawn = lines(Table("t", "t", columns, rows), "date", [f"r{n}" for n in range(4)], ENGLISH, "r")
    ends = [t for t in ElementTree.fromstring(drawn).iter(f"{SVG}text") if "end" in t.get("class", "").split()]
    places = sorted(float(t.get("y", "0")) for t in ends)
    assert len(places) == 4
    assert min(b - a for a, b in pairwise(places)) >= 13.9
