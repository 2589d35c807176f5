"""Charts over quarters as SVG: fans of paths, shares over time, what falls due beside cash.

Recorded is solid, simulated dashed. Geometry only: every value shown is a cell of the table. Rows say by their code
where they stand in time (`at`, the quarter's ordinal) and whether they are simulated (`simulated`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import escape

from ouroloop.core import Quarter
from ouroloop.report.charts import Scale, apart, decimals_of, frame, known, number, rect, say, text_of, ticks
from ouroloop.report.language import Language
from ouroloop.report.lettering import fit
from ouroloop.report.table import Cell, Column, Kind, Row, Table, in_table

_WIDE, _TALL = 560.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 160.0, 26.0, 24.0
_SMALL = 11.0


def code_of(quarter: Quarter, *, simulated: bool, of: str = "") -> dict[str, str]:
    """What a row says of its place in time, and which of several things in one table it is a row of."""
    return {"at": str(quarter.ordinal), "of": of} | ({"simulated": "yes"} if simulated else {})


@dataclass(frozen=True, slots=True)
class Band:
    """Two columns with the area between them, and the name of what lies in it."""

    low: str
    high: str
    name: str


def fan(
    table: Table,
    x: str,
    language: Language,
    name: str,
    *,
    bands: Sequence[Band],
    median: str,
    recorded: str = "",
) -> str:
    """Bands of paths around a dashed median, and what is recorded as a solid line before them.

    `bands` are given from the widest to the narrowest; `x` is the column with the quarter in words. A recorded value
    that is not known breaks the line.
    """
    keys = [median, *(key for band in bands for key in (band.low, band.high)), *([recorded] if recorded else [])]
    found = [number(row.cells[key]) for row in table.rows for key in keys if known(row.cells[key])]
    grid = _Grid.of(table, min([0.0, *found]), max([*found, 1e-9]), table.column(median), language)
    body = [*grid.drawn]
    future = [row for row in table.rows if known(row.cells[median])]
    for place, band in enumerate(bands):
        rows = [row for row in future if known(row.cells[band.low])]
        if not rows:
            continue
        upper = [f"{grid.x(row):.1f} {grid.y(number(row.cells[band.high])):.1f}" for row in rows]
        lower = [f"{grid.x(row):.1f} {grid.y(number(row.cells[band.low])):.1f}" for row in reversed(rows)]
        last = rows[-1]
        column = table.column(median)
        ends = " – ".join(in_table(last.cells[key], column.kind, language) for key in (band.low, band.high))
        said = f"{band.name}, {text_of(last, x)}: {ends}"
        body.append(_path(f"M{'L'.join(upper + lower)}Z", f"band band-{place}", said))
    if future:
        line = "L".join(f"{grid.x(row):.1f} {grid.y(number(row.cells[median])):.1f}" for row in future)
        last = future[-1]
        shown = in_table(last.cells[median], table.column(median).kind, language).removesuffix(".0")
        body.append(_path(f"M{line}", "median", f"{table.column(median).title}, {text_of(last, x)}: {shown}"))
        ends = [(grid.y(number(last.cells[median])), "median-end", f"{shown} {table.column(median).title}")]
        if bands:
            wide = bands[0]
            for key in (wide.low, wide.high):
                value = in_table(last.cells[key], table.column(key).kind, language).removesuffix(".0")
                ends.append((grid.y(number(last.cells[key])), "faint", f"{value} {table.column(key).title}"))
        body += _ends(ends)
    body += _recorded(table, x, recorded, grid, language) if recorded else grid.divider
    return frame(_TALL, body, name, _WIDE)


def shares_over_time(table: Table, x: str, parts: Sequence[str], language: Language, name: str) -> str:
    """Columns `parts` (shares of one) stacked over the quarters in steps: recorded solid, simulated pale and dashed."""
    grid = _Grid.of(table, 0.0, 1.0, table.column(parts[0]), language)
    body = [*grid.drawn]
    step = grid.step
    for simulated in (False, True):
        for run in _runs([row for row in table.rows if ("simulated" in row.code) == simulated]):
            below = [0.0] * len(run)
            for part in parts:
                above = [low + number(row.cells[part]) for low, row in zip(below, run, strict=True)]
                if max(high - low for high, low in zip(above, below, strict=True)) > 1e-4:
                    top = "L".join(_stair(grid, run, above, step))
                    floor = "L".join(reversed(_stair(grid, run, below, step)))
                    column, last = table.column(part), run[-1]
                    said = f"{column.title}, {text_of(last, x)}: {in_table(last.cells[part], column.kind, language)}"
                    css = f"area s-{part}" + (" sim" if simulated else "")
                    body.append(_path(f"M{top}L{floor}Z", css, said))
                below = above
    body += grid.divider
    last = table.rows[-1]
    low, ends = 0.0, list[tuple[float, str, str]]()
    for part in parts:
        value = number(last.cells[part])
        if value >= 0.02:
            shown = in_table(last.cells[part], table.column(part).kind, language)
            ends.append((grid.y(low + value / 2), "end", f"{shown} {table.column(part).title}"))
        low += value
    return frame(_TALL, [*body, *_ends(ends)], name, _WIDE)


def walls(table: Table, x: str, bar: str, line: str, language: Language, name: str) -> str:
    """Hatched bars of one column beside the dashed line of another over the same rows, all of them simulated."""
    found = [number(row.cells[key]) for row in table.rows for key in (bar, line)]
    grid = _Grid.of(table, min([0.0, *found]), max([*found, 1e-9]), table.column(bar), language, margin=2.0)
    body = [*grid.drawn]
    wide = max(4.0, 0.55 * _gap(table, grid))
    for row in table.rows:
        value = number(row.cells[bar])
        shown = in_table(row.cells[bar], table.column(bar).kind, language)
        said = f"{table.column(bar).title}, {text_of(row, x)}: {shown}"
        top, foot = grid.y(max(value, 0.0)), grid.y(min(value, 0.0))
        body.append(rect(grid.x(row) - wide / 2, top, wide, max(foot - top, 0.8), "wall", said))
    points = "L".join(f"{grid.x(row):.1f} {grid.y(number(row.cells[line])):.1f}" for row in table.rows)
    last = table.rows[-1]
    ends: list[tuple[float, str, str]] = []
    for key, css in ((bar, "wall-end"), (line, "cash-end")):
        shown = in_table(last.cells[key], table.column(key).kind, language)
        ends.append((grid.y(number(last.cells[key])), css, f"{shown} {table.column(key).title}"))
    body.append(_path(f"M{points}", "cash-line", f"{table.column(line).title}, {text_of(last, x)}: {ends[1][2]}"))
    return frame(_TALL, [*body, *_ends(ends)], name, _WIDE)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Axes, and where rows and values stand on them."""

    across: Scale
    up: Scale
    drawn: tuple[str, ...]
    divider: tuple[str, ...]

    @classmethod
    def of(
        cls, table: Table, low: float, high: float, column: Column, language: Language, margin: float = 0.5
    ) -> _Grid:
        """`margin`: quarters left free before the first row and after the last."""
        places = [_at(row) for row in table.rows]
        across = Scale(min(places) - margin, max(max(places), min(places) + 1) + margin, _LEFT, _WIDE - _RIGHT)
        up = Scale(low, high, _TALL - _BOTTOM, _TOP)
        marks = ticks(low, high)
        decimals = decimals_of(marks)
        drawn = [
            f'<path class="grid" d="M{_LEFT:.0f} {up.at(value):.1f}H{_WIDE - _RIGHT:.0f}"/>'
            + say(_LEFT - 5, up.at(value) + 4, _tick(value, column, decimals, language), "faint", "end", _SMALL)
            for value in marks
        ]
        years = range(min(places) // 4, max(places) // 4 + 1)
        every = max(1, -(-len(years) // 8))
        for year in years:
            at = 4 * year
            if year % every == 0 and min(places) <= at <= max(places):
                drawn.append(f'<path class="grid" d="M{across.at(at):.1f} {_TALL - _BOTTOM:.0f}v4"/>')
                drawn.append(say(across.at(at), _TALL - 7, str(year), "faint", "middle", _SMALL))
        return cls(across, up, tuple(drawn), tuple(_divider(table, across, language)))

    def x(self, row: Row) -> float:
        return self.across.at(_at(row))

    def y(self, value: float) -> float:
        return self.up.at(value)

    @property
    def step(self) -> float:
        """The width of a quarter."""
        return self.across.at(1.0) - self.across.at(0.0)


def _divider(table: Table, across: Scale, language: Language) -> list[str]:
    """The line between what is recorded and what is simulated, and which is which."""
    future = [_at(row) for row in table.rows if "simulated" in row.code]
    past = [_at(row) for row in table.rows if "simulated" not in row.code]
    if not future:
        return []
    at = across.at(min(future) - 0.5)
    drawn = [say(at + 5, 14, language.text("simulated") + " →", "faint", "start", _SMALL)]
    if past:
        drawn.append(f'<path class="divider" d="M{at:.1f} 4V{_TALL - _BOTTOM:.0f}"/>')
        drawn.append(say(at - 5, 14, "← " + language.text("recorded"), "faint", "end", _SMALL))
    return drawn


def _recorded(table: Table, x: str, key: str, grid: _Grid, language: Language) -> list[str]:
    rows = [row for row in table.rows if known(row.cells[key])]
    if not rows:
        return list(grid.divider)
    line = "L".join(f"{grid.x(row):.1f} {grid.y(number(row.cells[key])):.1f}" for row in rows)
    column = table.column(key)
    drawn = [*grid.divider, f'<path class="recorded" d="M{line}"/>']
    for row in rows:
        said = f"{column.title}, {text_of(row, x)}: {in_table(row.cells[key], column.kind, language)}"
        px, py = grid.x(row), grid.y(number(row.cells[key]))
        drawn.append(_path(f"M{px - 2.5:.1f} {py:.1f}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0Z", "recorded-dot", said))
    return drawn


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows of neighboring quarters; a missing quarter parts them."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs and _at(row) == _at(runs[-1][-1]) + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _stair(grid: _Grid, rows: Sequence[Row], values: Sequence[float], step: float) -> list[str]:
    return [
        f"{grid.x(row) + side * step / 2:.1f} {grid.y(value):.1f}"
        for row, value in zip(rows, values, strict=True)
        for side in (-1, 1)
    ]


def _gap(table: Table, grid: _Grid) -> float:
    places = sorted({grid.x(row) for row in table.rows})
    return min((b - a for a, b in pairwise(places)), default=40.0)


def _ends(ends: Sequence[tuple[float, str, str]]) -> list[str]:
    """Words to the right of where lines end, moved apart."""
    order = sorted(ends)
    places = apart([y for y, _, _ in order], 14.0, _TALL - _BOTTOM)
    return [
        say(_WIDE - _RIGHT + 6, y + 4, fit(said, _RIGHT - 8, _SMALL), css, "start", _SMALL)
        for y, (_, css, said) in zip(places, order, strict=True)
    ]


def _tick(value: float, column: Column, decimals: int, language: Language) -> str:
    if column.kind.money:
        return in_table(Cell(value), column.kind, language).removesuffix(".0")
    if column.kind is Kind.SHARE:
        return language.share(value)
    return language.number(value, decimals)


def _path(drawn: str, css: str, said: str) -> str:
    label = escape(said)
    return f'<path class="{css}" d="{drawn}" role="img" aria-label="{label}"><title>{label}</title></path>'


def _at(row: Row) -> int:
    return int(row.code["at"])
