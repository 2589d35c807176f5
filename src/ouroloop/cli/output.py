"""Rows to the terminal: a table for people, JSON for programs."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ouroloop.core import Interval, PartialDate, Quarter

if TYPE_CHECKING:
    from rich.console import Console

    from ouroloop.dossier import Dossier

# A pipe has no width of its own; wide enough that no cell of ours is folded.
PIPE_WIDTH = 240


def console() -> Console:
    """Where people read: as wide as their terminal, plain and wide in a pipe. Honors NO_COLOR."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def emit(dossier: Dossier, rows: Sequence[Mapping[str, Any]], *, as_json: bool, title: str, note: str = "") -> None:
    """Print rows: a table with `title` above and `note` under it, or one JSON object with the dossier and its date."""
    if as_json:
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, "rows": [dict(row) for row in rows]})
        return
    from rich import box
    from rich.table import Table

    out = console()
    if not rows:
        out.print(f"{title}: nothing found")
        return
    out.print(title, style="bold")
    table = Table(box=box.SIMPLE_HEAD)
    for column in rows[0]:
        numeric = all(isinstance(row[column], (int, float, Interval)) or row[column] is None for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row.values()))
    out.print(table)
    if note:
        out.print(note, style="italic")


def emit_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object; dates as ISO text, open interval ends as null."""
    json.dump(_plain(value), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def cell(value: Any) -> str:
    """One value as people read it; what is not known is an en dash, never 0."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return value.value
        case float():
            return number(value)
        case Interval(low=low, high=high):
            if low == high:
                return number(low)
            return f"at least {number(low)}" if math.isinf(high) else f"{number(low)} to {number(high)}"
        case _:
            return str(value)


def number(value: float) -> str:
    """Up to three decimals, no trailing zeros."""
    return f"{value:,.3f}".rstrip("0").rstrip(".") if math.isfinite(value) else "∞"


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
