"""Rows to the terminal: a table for people in their language, JSON for programs in one."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ouroloop.core import Interval, PartialDate, Quarter, Tier

if TYPE_CHECKING:
    from rich.console import Console

    from ouroloop.dossier import Dossier
    from ouroloop.report.language import Language

# A pipe has no width of its own; wide enough that no cell of ours is folded.
PIPE_WIDTH = 240
_NARROWEST = 10
"""A column narrower than this cannot be read; a table that would need one is shown row by row."""


def console() -> Console:
    """Where people read: as wide as their terminal, plain and wide in a pipe. Honors NO_COLOR."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            """The reader went away: `main` ends quietly, where rich would exit with 1."""
            raise BrokenPipeError

    return Piped(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def emit(
    dossier: Dossier,
    rows: Sequence[Mapping[str, Any]],
    *,
    as_json: bool,
    say: Language,
    title: str,
    note: str = "",
    own_heads: bool = False,
) -> None:
    """Print rows: a table with `title` above and `note` under it, or one JSON object with the dossier and its date.

    `title` and `note` are already in the language of `say`; `own_heads` leaves the column names as they are.
    """
    if as_json:
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, "rows": [dict(row) for row in rows]})
        return
    from rich.text import Text

    out = console()
    if not rows:
        out.print(Text(say.text("{title}: nothing found", title=title)))
        return
    out.print(Text(title, style="bold"))
    show_table(rows, say, out, own_heads=own_heads)
    if note:
        out.print(Text(note, style="italic"))


def show_table(
    rows: Sequence[Mapping[str, Any]], say: Language, out: Console, *, title: str = "", own_heads: bool = False
) -> None:
    """Print rows as a table; in a terminal too narrow for one, row by row, a line per value."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heads = [column if own_heads else head(column, say) for column in rows[0]]
    texts = [[cell(value, say) for value in row.values()] for row in rows]
    if len(heads) * (_NARROWEST + 2) > out.width:
        if title:
            out.print(Text(title, style="italic"))
        for row in texts:
            out.print()
            for name, text in zip(heads, row, strict=True):
                out.print(Text(f"  {name}: {text}" if name else f"  {text}"))
        return
    table = Table(box=box.SIMPLE_HEAD, title=Text(title) if title else None, title_justify="left")
    for column, name in zip(rows[0], heads, strict=True):
        numeric = all(isinstance(row[column], (int, float, Interval)) or row[column] is None for row in rows)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in texts:
        table.add_row(*map(Text, row))
    out.print(table)


def head(column: str, say: Language) -> str:
    """A column's head in the reader's language."""
    from ouroloop.cli.words import HEADS

    return say.text(HEADS[column]) if column in HEADS else column.replace("_", " ")


def emit_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object; dates as ISO text, open interval ends as null."""
    json.dump(_plain(value), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def cell(value: Any, say: Language) -> str:
    """One value as people read it; what is not known is an en dash, never 0."""
    match value:
        case None:
            return "–"
        case bool():
            return say.text("yes") if value else say.text("no")
        case Tier():
            from ouroloop.report.map_drawing import TIER_NAME

            return say.text(TIER_NAME[value])
        case StrEnum():
            return value.value
        case float():
            return number(value)
        case Interval(low=low, high=high):
            if low == high:
                return number(low)
            if math.isinf(high):
                return say.text("at least {low}", low=number(low))
            return say.text("{low} to {high}", low=number(low), high=number(high))
        case str():
            from ouroloop.cli.words import PHRASES

            return say.text(value) if value in PHRASES else value
        case _:
            return str(value)


def number(value: float) -> str:
    """Up to three decimals, no trailing zeros; what is smaller but not nothing says so."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if 0 < abs(value) < 0.0005:
        return "<0.001" if value > 0 else ">−0.001"
    return f"{value:,.3f}".rstrip("0").rstrip(".").replace("-", "−")


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case Interval(low=low, high=high):
            return {"low": _plain(low), "high": _plain(high)}
        case StrEnum():
            return value.value
        case float():
            return value if math.isfinite(value) else None
        case date() | PartialDate() | Quarter():
            return str(value)
        case str() | int() | None:
            return value
        case Sequence():
            return [_plain(item) for item in value]
        case _:
            return str(value)
