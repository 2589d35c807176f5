"""Where everything stands in a file: its tree of mappings, lists and strings, with the way back to line and column.

Only the start of each mapping and list is kept. The places of single keys and values are found by a second walk over
libyaml's events, which only a file with a problem needs, and only as far as the problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ouroloop.core import Place, Problem

Loc = tuple[str | int, ...]
Mark = tuple[int, int]  # line and column from 0, as libyaml counts

LINES = re.compile(r"\r\n|\r|\n")
# Control and format characters that are unseen or turn the text around; tab, line feed and carriage return stay.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True)
class Tree:
    """One file's content with the way back to its lines."""

    path: str
    """As the user should see it."""
    text: str
    root: Any
    starts: dict[int, Mark] = field(repr=False)
    """Where the mappings and lists start, by `id`; they live as long as `root` does."""

    @cached_property
    def _lines(self) -> list[str]:
        return LINES.split(self.text)

    @cached_property
    def _marks(self) -> _Marks:
        return _Marks(self.text)

    def start(self, value: Any) -> Place:
        """The place of a mapping or list of this tree."""
        line, column = self.starts[id(value)]
        return Place(self.path, line + 1, column + 1)

    def place(self, loc: Sequence[str | int], *, key: bool = False) -> Place:
        """The place of the value at `loc`, or of its key.

        Steps that the file does not have (a default, a part of a string) are left out, so the nearest thing that
        does stand in the file is shown.
        """
        found: Loc = ()
        exact = True
        for step in loc:
            if self._marks.has(found, step):
                found = (*found, step)
                exact = True
            else:
                exact = False
        mark = self._marks.at(found)[0 if key and exact else 1]
        return Place(self.path, mark[0] + 1, mark[1] + 1)

    def excerpt(self, place: Place) -> str:
        """The line of a place."""
        return visible(self._lines[place.line - 1]) if place.line <= len(self._lines) else ""

    def problem(self, place: Place, code: str, message: str, hint: str = "", severity: str = "error") -> Problem:
        return Problem(place, code, message, hint, self.excerpt(place), severity)


def mark_of(event: Any) -> Mark:
    mark = event.start_mark
    return mark.line, mark.column


def visible(line: str) -> str:
    """The line with what cannot be shown replaced, column for column."""
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", line).replace("\t", " ")


class _Marks:
    """The marks of every key and value of a readable file, found as far into the file as somebody asked."""

    def __init__(self, text: str) -> None:
        self._rest = _walk_marks(text)
        self._seen: dict[Loc, tuple[Mark, Mark]] = {}
        self._last: Loc | None = ()

    def has(self, parent: Loc, step: str | int) -> bool:
        """Does something stand at this step below `parent`, which does stand in the file?"""
        wanted, depth = (*parent, step), len(parent)
        while wanted not in self._seen and self._last is not None and self._last[:depth] == parent:
            self._pull()
        return wanted in self._seen

    def at(self, loc: Loc) -> tuple[Mark, Mark]:
        if not self._seen:
            self._pull()
        return self._seen.get(loc, ((0, 0), (0, 0)))

    def _pull(self) -> None:
        following = next(self._rest, None)
        self._last = following[0] if following else None
        if following:
            self._seen[following[0]] = following[1]


def _walk_marks(text: str) -> Iterator[tuple[Loc, tuple[Mark, Mark]]]:
    """Every location of a readable file with the marks of its key and its value."""
    parser = yaml.CSafeLoader(text)
    loc: Loc = ()
    stack: list[tuple[Loc, bool, str | int | None]] = []
    in_mapping, step, key_mark = False, None, (0, 0)
    while True:
        event: Any = parser.get_event()
        kind = type(event)
        if kind is StreamEndEvent:
            return
        if kind is MappingEndEvent or kind is SequenceEndEvent:
            loc, in_mapping, step = stack.pop()
            step = None if in_mapping else (step + 1 if isinstance(step, int) else None)
            continue
        if kind not in (ScalarEvent, MappingStartEvent, SequenceStartEvent):
            continue
        at = mark_of(event)
        if in_mapping and step is None:
            step, key_mark = event.value, at
            continue
        here = loc if step is None else (*loc, step)
        yield here, (key_mark if in_mapping else at, at)
        if kind is ScalarEvent:
            step = None if in_mapping else (step + 1 if isinstance(step, int) else None)
        else:
            stack.append((loc, in_mapping, step))
            loc, in_mapping, step = here, kind is MappingStartEvent, None if kind is MappingStartEvent else 0
