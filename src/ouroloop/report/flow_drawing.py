"""Money that runs one way: columns of boxes from left to right, bands between them as wide as the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from ouroloop.report.charts import frame, rect, say
from ouroloop.report.lettering import fit

_WIDE, _BOX, _TOP, _GAP, _LEAST = 960.0, 12.0, 34.0, 12.0, 3.0
_HEIGHT = 330.0
_SIZE = 12.0


@dataclass(frozen=True, slots=True)
class Band:
    """What runs from a box of one column to one of the next."""

    start: str
    end: str
    amount: float
    said: str
    """In words, with its unit."""


def flow(heads: Sequence[str], columns: Sequence[Sequence[tuple[str, str]]], bands: Sequence[Band], name: str) -> str:
    """Boxes in columns (key and words, from top to bottom) and bands from each column to the next.

    A box is as tall as the larger of what comes in and what goes out, and never too small to be seen. Bands lie in the
    order of the boxes at their other end, so that few cross. Every band and box says what it is.
    """
    size = {key: max(_through(key, bands), 0.0) for column in columns for key, _ in column}
    most = max(sum(size[key] for key, _ in column) for column in columns)
    longest = max(len(column) for column in columns)
    scale = (_HEIGHT - _GAP * (longest - 1)) / most if most else 0.0
    place: dict[str, tuple[float, float, float]] = {}
    step = (_WIDE - _BOX - 170.0) / max(len(columns) - 1, 1)
    for number, column in enumerate(columns):
        y = _TOP
        for key, _ in column:
            tall = max(size[key] * scale, _LEAST)
            place[key] = (number * step, y, tall)
            y += max(tall, _SIZE + 2) + _GAP
    height = max(y + max(tall, _SIZE) for _, y, tall in place.values()) + 10
    body = [say(number * step, 16, head, "faint", "start", 12.5) for number, head in enumerate(heads)]
    body += _bands(bands, place, scale)
    for column in columns:
        for key, words in column:
            x, y, tall = place[key]
            body.append(rect(x, y, _BOX, tall, "box", words))
            body.append(say(x + _BOX + 6, y + min(tall / 2, 40) + 4, fit(words, 160, _SIZE), "halo", "start", _SIZE))
    return frame(height, body, name)


def _through(key: str, bands: Sequence[Band]) -> float:
    comes = sum(band.amount for band in bands if band.end == key)
    goes = sum(band.amount for band in bands if band.start == key)
    return max(comes, goes)


def _bands(bands: Sequence[Band], place: dict[str, tuple[float, float, float]], scale: float) -> list[str]:
    out, into = dict.fromkeys(place, 0.0), dict.fromkeys(place, 0.0)
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    for number in sorted(range(len(bands)), key=lambda n: place[bands[n].end][1]):
        starts[number] = out[bands[number].start]
        out[bands[number].start] += bands[number].amount * scale
    for number in sorted(range(len(bands)), key=lambda n: place[bands[n].start][1]):
        ends[number] = into[bands[number].end]
        into[bands[number].end] += bands[number].amount * scale
    drawn: list[str] = []
    for number, band in enumerate(bands):
        wide = max(band.amount * scale, 1.0)
        x0, y0 = place[band.start][0] + _BOX, place[band.start][1] + starts[number] + wide / 2
        x1, y1 = place[band.end][0], place[band.end][1] + ends[number] + wide / 2
        middle = (x0 + x1) / 2
        label = escape(band.said)
        drawn.append(
            f'<path class="stream" d="M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"'
            f' stroke-width="{wide:.1f}" role="img" aria-label="{label}"><title>{label}</title></path>'
        )
    return drawn
