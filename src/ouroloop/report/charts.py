"""Small charts as SVG, drawn from tables. Geometry only: every value shown is a cell of the table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import escape

from ouroloop.report.language import Language
from ouroloop.report.lettering import fit, width
from ouroloop.report.table import Basis, Cell, Column, Row, Table, in_table, in_words

_WIDE = 960.0
_LABEL = 190.0
_SIZE = 13.0


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on a line."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((value - self.low) / span if span else 0.0)


def stacked(table: Table, label: str, parts: Sequence[str], language: Language, name: str) -> str:
    """Bars of 100 %: one per row, one segment per column of `parts` (shares of one).

    A segment says its share where there is room for it; estimated ones are marked by a dotted edge, unknown hatched.
    """
    row_height, bar = 30.0, 21.0
    height = row_height * len(table.rows) + 8
    scale = Scale(0, 1, _LABEL, _WIDE - 6)
    body: list[str] = []
    for index, row in enumerate(table.rows):
        y = 4 + index * row_height
        body.append(_row_label(row, label, y + bar / 2, language))
        x = scale.start
        for part in parts:
            value = number(row.cells[part])
            if not value:
                continue
            wide = scale.at(value) - scale.start
            shown = in_table(row.cells[part], table.column(part).kind, language)
            css = f"part s-{part} b-{row.cells[part].basis}"
            said = f"{text_of(row, label)}, {table.column(part).title}: {shown}"
            body.append(rect(x, y, wide, bar, css, said))
            if width(shown, 11.5) + 6 < wide:
                body.append(say(x + wide / 2, y + bar / 2 + 4, shown, "on s-on-" + part, "middle", 11.5))
            x += wide
    return frame(height, body, name)


def bars(table: Table, label: str, columns: Sequence[str], language: Language, name: str) -> str:
    """For each row one bar per column, from the same zero, each with its amount written at its end."""
    bar, gap = 15.0, 12.0
    group = bar * len(columns) + gap
    top = max((number(row.cells[key]) for row in table.rows if not row.total for key in columns), default=1.0)
    scale = Scale(0, top or 1.0, _LABEL + 30, _WIDE - 150)
    body: list[str] = []
    for index, row in enumerate(row for row in table.rows if not row.total):
        y = 4 + index * group
        body.append(_row_label(row, label, y + bar * len(columns) / 2, language, room=_LABEL + 20))
        for place, key in enumerate(columns):
            cell, column = row.cells[key], table.column(key)
            wide = scale.at(number(cell)) - scale.start
            said = f"{text_of(row, label)}, {column.title}: {in_words(cell, column.kind, language)}"
            body.append(rect(scale.start, y + place * bar, max(wide, 1.0), bar - 3, f"part f-{key}", said))
            shown = f"{in_table(cell, column.kind, language).removesuffix('.0')} {column.title}"
            body.append(say(scale.start + wide + 6, y + place * bar + bar / 2 + 2.5, shown, "", "start", 11.5))
    return frame(4 + group * sum(not row.total for row in table.rows), body, name)


def intervals(
    table: Table, label: str, low: str, point: str, high: str, language: Language, name: str, *, whole: str = ""
) -> str:
    """For each row a line from the floor to the ceiling with the point on it, and all three written beside it."""
    row_height = 32.0
    keys = [key for key in (low, point, high, whole) if key]
    top = max((number(row.cells[key]) for row in table.rows for key in keys), default=1.0)
    scale = Scale(0, top or 1.0, _LABEL, _WIDE - 210)
    height = row_height * len(table.rows) + 26
    body = [_axis(scale, height - 22, table.column(point), language)]
    for index, row in enumerate(table.rows):
        y = 6 + index * row_height + row_height / 2 - 4
        body.append(_row_label(row, label, y, language))
        a, b, c = (scale.at(number(row.cells[key])) for key in (low, point, high))
        if whole:
            end = scale.at(number(row.cells[whole]))
            body.append(rect(scale.start, y - 8, max(end - scale.start, 1), 16, "whole", table.column(whole).title))
        three = " – ".join(in_table(row.cells[key], table.column(key).kind, language) for key in (low, point, high))
        said = f"{text_of(row, label)}: {table.column(low).title} – {table.column(point).title} – "
        said += f"{table.column(high).title}: {three}"
        body.append(
            f'<g class="interval" role="img" aria-label="{escape(said)}"><title>{escape(said)}</title>'
            f'<path class="span" d="M{a:.1f} {y:.1f}H{c:.1f}"/><path class="cap" d="M{a:.1f} {y - 7:.1f}v14"/>'
            f'<path class="cap" d="M{c:.1f} {y - 7:.1f}v14"/>'
            f'<circle class="dot" cx="{b:.1f}" cy="{y:.1f}" r="5.5"/></g>'
        )
        body.append(say(_WIDE - 200, y + 4, three, "", "start", 12))
    return frame(height, body, name)


def lines(table: Table, x: str, series: Sequence[str], language: Language, name: str, *, height: float = 230.0) -> str:
    """One line per column of `series` over the rows in order (`x` names them), each labelled at its end.

    A missing value breaks the line. Markers differ by series, so color is not needed to tell them apart.
    """
    wide = 540.0
    found = [number(row.cells[key]) for row in table.rows for key in series if known(row.cells[key])]
    low, high = min([0.0, *found]), max([*found, 1e-9])
    scale_y = Scale(low, high, height - 34, 14)
    places = _in_time([text_of(row, x) for row in table.rows])
    scale_x = Scale(places[0], max(places[-1], places[0] + 1), 44, wide - 206)
    marks = ticks(low, high)
    decimals = decimals_of(marks)
    body = [
        f'<path class="grid" d="M{scale_x.start:.0f} {scale_y.at(value):.1f}H{scale_x.end:.0f}"/>'
        + say(scale_x.start - 6, scale_y.at(value) + 4, language.number(value, decimals), "faint", "end", 11)
        for value in marks
    ]
    shown = [0, len(places) - 1] if len(places) > 1 else [0]
    body += [
        say(scale_x.at(places[index]), height - 14, text_of(table.rows[index], x), "faint", anchor, 10.5)
        for index, anchor in zip(shown, ("start", "end"), strict=False)
    ]
    ends: list[tuple[float, int, str]] = []
    alike = [column.key for column in table.columns if column.kind is table.column(series[0]).kind]
    for key in series:
        # A column keeps its color and marker in every chart, whichever others are drawn beside it.
        place, column = alike.index(key), table.column(key)
        points = [
            (scale_x.at(place_x), scale_y.at(number(row.cells[key])), row)
            for place_x, row in zip(places, table.rows, strict=True)
            if known(row.cells[key])
        ]
        if not points:
            continue
        body.append(f'<path class="curve c-{place}" d="{_broken_line(table.rows, places, key, scale_x, scale_y)}"/>')
        for px, py, row in points:
            said = f"{column.title}, {text_of(row, x)}: {in_table(row.cells[key], column.kind, language)}"
            body.append(_marker(place, px, py, said))
        last = in_table(points[-1][2].cells[key], column.kind, language)
        ends.append((points[-1][1], place, fit(f"{last} {column.title}", 194, 11.5)))
    for y, (_, place, said) in zip(
        apart([end for end, _, _ in sorted(ends)], 14.0, height - 34), sorted(ends), strict=True
    ):
        body.append(say(scale_x.end + 10, y + 4, said, f"end e-{place}", "start", 11.5))
    return frame(height, body, name, wide)


def _in_time(names: Sequence[str]) -> list[float]:
    """Where the rows stand on the time axis: by day where they are days, else one after the other."""
    try:
        return [float(date.fromisoformat(name).toordinal()) for name in names]
    except ValueError:
        return [float(index) for index in range(len(names))]


def _broken_line(rows: Sequence[Row], places: Sequence[float], key: str, scale_x: Scale, scale_y: Scale) -> str:
    path, pen = "", "M"
    for place, row in zip(places, rows, strict=True):
        if known(row.cells[key]):
            path += f"{pen}{scale_x.at(place):.1f} {scale_y.at(number(row.cells[key])):.1f}"
            pen = "L"
        else:
            pen = "M"
    return path


def apart(places: Sequence[float], gap: float, lowest: float) -> list[float]:
    """Sorted places moved apart to at least `gap`, none below `lowest`."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    for index in range(len(moved) - 1, -1, -1):
        limit = lowest if index == len(moved) - 1 else moved[index + 1] - gap
        moved[index] = min(moved[index], limit)
    return moved


def _marker(place: int, x: float, y: float, said: str) -> str:
    shapes = (
        f"M{x - 4:.1f} {y:.1f}a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
        f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8Z",
        f"M{x:.1f} {y - 5:.1f}l5 9h-10Z",
        f"M{x:.1f} {y - 5.5:.1f}l5 5.5l-5 5.5l-5-5.5Z",
    )
    title = f"<title>{escape(said)}</title>"
    return (
        f'<path class="marker m-{place}" d="{shapes[place % 4]}" role="img" aria-label="{escape(said)}">{title}</path>'
    )


def _axis(scale: Scale, y: float, column: Column, language: Language) -> str:
    return "".join(
        f'<path class="grid" d="M{scale.at(value):.1f} 4V{y:.1f}"/>'
        + say(
            scale.at(value),
            y + 14,
            language.amount(value) if column.kind.money else language.share(value),
            "faint",
            "middle",
            11,
        )
        for value in ticks(scale.low, scale.high)
    )


def ticks(low: float, high: float) -> list[float]:
    """Round numbers across a span, about five of them."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / 5))
    step = next(power * times for times in (1, 2, 5, 10) if span / (power * times) <= 5 + 1e-9)
    places = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [round(step * place, 10) for place in places]


def decimals_of(marks: Sequence[float]) -> int:
    """How many decimals tell round numbers apart? At most two."""
    return (
        0
        if all(value == int(value) for value in marks)
        else 1
        if all(abs(10 * v - round(10 * v)) < 1e-9 for v in marks)
        else 2
    )


def frame(height: float, body: Sequence[str], name: str, wide: float = _WIDE) -> str:
    """The drawing around its parts; narrower than a page it is half of one."""
    label, css = escape(name), "chart" if wide == _WIDE else "chart half"
    return (
        f'<svg class="{css}" viewBox="0 0 {wide:.0f} {height:.0f}" role="group" aria-label="{label}"'
        f' xmlns="http://www.w3.org/2000/svg"><title>{label}</title>' + "\n".join(body) + "</svg>"
    )


def rect(x: float, y: float, wide: float, tall: float, css: str, said: str) -> str:
    """A rectangle that says what it shows."""
    label = escape(said)
    return (
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" role="img"'
        f' aria-label="{label}"><title>{label}</title></rect>'
    )


def say(x: float, y: float, text: str, css: str, anchor: str, size: float) -> str:
    """Words at a place."""
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}">{escape(text)}</text>'
    )


def _row_label(row: Row, label: str, y: float, language: Language, room: float = _LABEL - 14) -> str:
    return say(room, y + 4, fit(text_of(row, label), room - 8, _SIZE), "name", "end", _SIZE)


def text_of(row: Row, label: str) -> str:
    """The words of a cell."""
    value = row.cells[label].value
    return value if isinstance(value, str) else str(value)


def number(cell: Cell) -> float:
    """The value of a cell, 0 where it has none."""
    return float(cell.value) if isinstance(cell.value, (int, float)) else 0.0


def known(cell: Cell) -> bool:
    """Is a number there to be drawn?"""
    return isinstance(cell.value, (int, float)) and cell.basis is not Basis.UNKNOWN
