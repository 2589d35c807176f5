"""YAML as this product reads it: mappings, lists and strings, and nothing clever.

A file becomes plain dicts, lists and strings. Anchors, aliases, tags, merge keys, several documents, repeated keys and
keys that are not text are refused, so that a file means what it shows and no small file can grow large in memory.
The events of libyaml are walked once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ouroloop.core import Place, Problem
from ouroloop.dossier.marks import LINES, UNSEEN, Mark, Tree, mark_of, visible

MAX_DEPTH = 24
MAX_NODES = 400_000
_MOST_NOTED = 50

_ESCAPING = frozenset('"|>')  # the styles of scalars that can hold what the line does not show
_NULLS = frozenset({"~", "null", "Null", "NULL"})


def decode(path: str, data: bytes) -> str | Problem:
    """The text of a file, or why it is not text: not UTF-8, or with unseen characters. A leading BOM is dropped."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "ignore")
        place = _place_at(path, before)
        message = f"The file is not UTF-8: byte 0x{data[error.start]:02x} does not belong here."
        return Problem(place, "not-utf8", message, "save the file as UTF-8", visible(LINES.split(before)[-1]))
    if unseen := UNSEEN.search(text):
        before = text[: unseen.start()]
        name = f"U+{ord(unseen.group()):04X}"
        excerpt = LINES.split(text)[_place_at(path, before).line - 1]
        message = f"The file holds the invisible character {name}, which a reader cannot see."
        return Problem(_place_at(path, before), "unseen-character", message, "delete it", visible(excerpt))
    return text


def parse(path: str, text: str) -> tuple[Tree | None, list[Problem]]:
    """Read one file's text. With problems the tree may be None (unreadable) or partial (repeated keys)."""
    starts: dict[int, Mark] = {}
    builder = _Builder(path, text, starts)
    try:
        root = builder.run()
    except _Refused as refused:
        return None, [*builder.problems, builder.problem(*refused.args)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line, mark.column) if mark else (0, 0)
        said = " ".join(part for part in (error.context, error.problem) if part)
        return None, [
            *builder.problems,
            builder.problem(at, "yaml-syntax", f"YAML cannot read this: {said}.", _hint(said)),
        ]
    except yaml.YAMLError as error:
        said = str(error).strip().splitlines()[0]
        return None, [*builder.problems, builder.problem((0, 0), "yaml-syntax", f"YAML cannot read this: {said}.")]
    return Tree(path, text, root, starts), builder.problems


class _Refused(Exception):  # noqa: N818  carries the arguments of a problem that ends the reading of a file
    pass


@dataclass
class _Builder:
    path: str
    text: str
    starts: dict[int, Mark]
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def _lines(self) -> list[str]:
        return LINES.split(self.text)

    def note(self, event: Any, code: str, message: str, hint: str) -> None:
        """Keep a problem that reading can go on after; a file full of them is given up."""
        if len(self.problems) == _MOST_NOTED:
            message = "There are more problems from here on in this file."
            raise _Refused(mark_of(event), "more-problems", message, "mend the first ones")
        self.problems.append(self.problem(mark_of(event), code, message, hint))

    def problem(self, at: Mark, code: str, message: str, hint: str = "") -> Problem:
        excerpt = visible(self._lines[at[0]]) if at[0] < len(self._lines) else ""
        return Problem(Place(self.path, at[0] + 1, at[1] + 1), code, message, hint, excerpt)

    def run(self) -> Any:
        """Walk the events once. The loop is written out in full: it runs for every scalar of a dossier."""
        parser = yaml.CSafeLoader(self.text)
        next_event: Any = parser.get_event
        starts = self.starts
        root: Any = None
        current: Any = None
        key: Any = None
        in_mapping = False
        stack: list[tuple[Any, bool, Any]] = []
        nodes = documents = 0
        while True:
            event: Any = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    raise _clever(event)
                value: Any = event.value
                if event.style in _ESCAPING:
                    self._escaped(event, value)
                if in_mapping and key is None:
                    if value in current:
                        self._repeated(event, value)
                    if value == "<<":
                        raise _Refused(
                            mark_of(event), "yaml-merge", "Merge keys (<<) are not read.", "write the keys out"
                        )
                    key = value
                    continue
                if value in _NULLS and event.implicit[0] and not event.style:
                    self.note(event, "yaml-null", f"'{value}' is not a value here.", "leave the key out")
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    raise _clever(event)
                if in_mapping and key is None:
                    raise _Refused(mark_of(event), "yaml-key", "A key must be plain text, not a list or a mapping.", "")
                value = {} if kind is MappingStartEvent else []
                mark = event.start_mark
                starts[id(value)] = (mark.line, mark.column)
                nodes += 1
                if len(stack) >= MAX_DEPTH:
                    raise _Refused(mark_of(event), "too-deep", f"Nested deeper than {MAX_DEPTH} levels.", "flatten it")
                stack.append((current, in_mapping, key))
                if in_mapping:
                    current[key] = value  # pyright: ignore[reportOptionalSubscript]
                elif current is not None:
                    current.append(value)
                else:
                    root = value
                current, in_mapping, key = value, kind is MappingStartEvent, None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                current, in_mapping, key = stack.pop()
                key = None
                continue
            elif kind is StreamEndEvent:
                return root
            elif kind is AliasEvent:
                raise _clever(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _Refused(
                        mark_of(event), "yaml-documents", "A file holds one document, this starts another.", ""
                    )
                if event.tags or event.version:
                    raise _Refused(
                        mark_of(event), "yaml-directive", "YAML directives (%) are not read.", "delete the line"
                    )
                continue
            else:
                continue
            nodes += 1
            if nodes > MAX_NODES:
                raise _Refused(
                    mark_of(event), "too-many-values", f"More than {MAX_NODES:,} values in one file.", "split it"
                )
            if in_mapping:
                current[key] = value  # pyright: ignore[reportOptionalSubscript]
                key = None
            elif current is not None:
                current.append(value)
            else:
                root = value

    def _escaped(self, event: Any, value: str) -> None:
        """Refuse what escapes and block scalars can smuggle into a value."""
        if found := UNSEEN.search(value) or LINES.search(value.strip()):
            name = f"U+{ord(found.group()[0]):04X}"
            message = f"This text holds {name}, an invisible character or line break."
            self.note(event, "unseen-character", message, "write it on one line, without")

    def _repeated(self, event: Any, key: str) -> None:
        message = f"The key '{_short(key)}' stands twice in this mapping."
        self.note(event, "repeated-key", message, "keep one of them")


def _clever(event: Any) -> _Refused:
    if isinstance(event, AliasEvent):
        return _Refused(
            mark_of(event), "yaml-alias", "Aliases (*name) are not read.", "write the value out, or quote the text"
        )
    if event.anchor is not None:
        return _Refused(mark_of(event), "yaml-anchor", "Anchors (&name) are not read.", "delete it, or quote the text")
    return _Refused(
        mark_of(event), "yaml-tag", f"Tags ({_short(event.tag)}) are not read.", "delete it, or quote the text"
    )


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _hint(said: str) -> str:
    if "tab" in said or "\\t" in said:
        return "indent with spaces"
    if "mapping values are not allowed" in said:
        return "put text that holds ': ' in quotes"
    return "text with ': ', ' #' or a leading special character must be in quotes"


def _place_at(path: str, before: str) -> Place:
    lines = LINES.split(before)
    return Place(path, len(lines), len(lines[-1]) + 1)
