"""Charts over quarters: bands from widest to narrowest, shares that fill the whole, recorded before simulated."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from ouroloop.core import Quarter
from ouroloop.report.charts import ticks
from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Table
from ouroloop.report.time_charts import Band, code_of, fan, shares_over_time, walls

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = Language("en")
FIRST = Quarter(2026, 3)


def _table(rows: list[dict[str, float | None]], kind: Kind, past: int = 0) -> Table:
    keys = list(rows[0])
    columns = (Column("quarter", "Quarter"), *(Column(key, key, kind) for key in keys))
    return Table(
        "t",
        "t",
        columns,
        tuple(
            Row(
                str(FIRST + n),
                {
                    "quarter": Cell(str(FIRST + n), Basis.NONE),
                    **{key: Cell("", Basis.NONE) if row[key] is None else Cell(row[key]) for key in keys},
                },
                code_of(FIRST + n, simulated=n >= past),
            )
            for n, row in enumerate(rows)
        ),
    )


def _drawn(svg: str, css: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(svg).iter() if css in one.get("class", "").split()]


def _points(path: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d", ""))]


def test_a_fan_draws_its_bands_the_median_inside_them_and_the_recorded_line_before() -> None:
    past = {"recorded": 4.0, "low": None, "mid": None, "high": None}
    future = {"recorded": None, "low": 2.0, "mid": 5.0, "high": 10.0}
    table = _table([past, past, future, future], Kind.MONEY, past=2)
    svg = fan(
        table, "quarter", ENGLISH, "debt", bands=(Band("low", "high", "95 of 100 paths"),), median="mid",
        recorded="recorded",
    )  # fmt: skip
    (band,), (median,), (recorded,) = (_drawn(svg, css) for css in ("band", "median", "recorded"))
    top, foot = min(y for _, y in _points(band)), max(y for _, y in _points(band))
    middle = _points(median)[0][1]
    assert top < middle < foot
    assert (foot - middle) / (foot - top) == pytest.approx((5 - 2) / (10 - 2), abs=0.01)
    assert max(x for x, _ in _points(recorded)) < min(x for x, _ in _points(band))
    assert "95 of 100 paths, 2027-Q2: 2.0 – 10.0" in (band.get("aria-label") or "")
    assert len(_drawn(svg, "divider")) == 1


def test_shares_fill_the_whole_height_and_simulated_ones_are_marked() -> None:
    table = _table([{"a": 0.25, "b": 0.75}] * 4, Kind.SHARE, past=2)
    svg = shares_over_time(table, "quarter", ("a", "b"), ENGLISH, "paid")
    areas = _drawn(svg, "area")
    assert ["sim" in area.get("class", "").split() for area in areas] == [False, False, True, True]
    heights = [max(y for _, y in _points(area)) - min(y for _, y in _points(area)) for area in areas]
    assert heights[0] / (heights[0] + heights[1]) == pytest.approx(0.25, abs=0.01)


def test_a_quarter_without_revenue_parts_the_recorded_area() -> None:
    table = _table([{"a": 1.0}] * 3, Kind.SHARE, past=3)
    holed = replace(table, rows=(table.rows[0], table.rows[2]))
    assert len(_drawn(shares_over_time(holed, "quarter", ("a",), ENGLISH, "paid"), "area")) == 2


def test_bars_of_a_wall_are_in_proportion() -> None:
    svg = walls(
        _table([{"due": 2.0, "cash": 3.0}, {"due": 8.0, "cash": 3.0}], Kind.MONEY),
        "quarter",
        "due",
        "cash",
        ENGLISH,
        "w",
    )
    heights = [float(bar.get("height", "0")) for bar in _drawn(svg, "wall")]
    assert heights[1] / heights[0] == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0, 0.23, [0, 0.05, 0.1, 0.15, 0.2]),
        (-30, 52, [-20, 0, 20, 40]),
        (0, 1090, [0, 500, 1000]),
    ],
)
def test_marks_on_an_axis_are_round_numbers(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)
