"""Is every number of a sentence a cell of a table that the reader can see?"""

from __future__ import annotations

import re

from ouroloop.report.language import Language
from ouroloop.report.table import Finding, Table

_NUMBER = re.compile(r"[−-]?\d[\d,.]*")


def _found(text: str) -> list[str]:
    return [number.rstrip(".,") for number in _NUMBER.findall(text)]


def untraceable(finding: Finding, tables: dict[str, Table], language: Language) -> list[str]:
    """Numbers of the sentence that no cell it points to says, and pointers that lead to no cell of these tables."""
    wrong: list[str] = []
    said: list[str] = []
    for name, pointer in finding.pointers.items():
        table = tables.get(pointer.table)
        if table is None:
            wrong.append(f"{name} points into no table ({pointer.table})")
        elif table.row(pointer.row).cells[pointer.column] != pointer.cell:
            wrong.append(f"{name} differs from {pointer.table}/{pointer.row}/{pointer.column}")
        said += _found(pointer.say(language))
    for words in finding.words.values():
        said += _found(words)  # a name or a period may hold digits
    for number in _found(finding.text):
        if number not in said:
            wrong.append(number)
    return wrong
