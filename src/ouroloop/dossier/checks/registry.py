"""What a named check is: a code, a level, a reason, and a function from facts to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ouroloop.dossier.codes import Level
from ouroloop.dossier.marks import Loc
from ouroloop.dossier.models import Deal, Entity, Figure, Header, Record, Source
from ouroloop.dossier.read import Reading


@dataclass(frozen=True)
class Finding:
    """Something found at a field of a record (a location inside it; empty for the record itself)."""

    record: Record
    loc: Loc
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Facts:
    """What the checks look at: the records in reading order, doubles included, and look-ups that they share."""

    reading: Reading

    @property
    def header(self) -> Header:
        assert self.reading.header is not None, "checked without a header"
        return self.reading.header

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        return _by_id(self.reading.entities)

    @cached_property
    def deals(self) -> Mapping[str, Deal]:
        return _by_id(self.reading.deals)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return _by_id(self.reading.sources)

    @cached_property
    def figures_of(self) -> Mapping[str, list[Figure]]:
        """Figures by entity."""
        found: dict[str, list[Figure]] = {}
        for figure in self.reading.figures:
            found.setdefault(figure.entity, []).append(figure)
        return found

    def at(self, record: Record) -> str:
        """`path:line` of a record, to point at it from another one."""
        tree, loc = self.reading.origins[id(record)]
        place = tree.place(loc)
        return f"{place.path}:{place.line}"

    def whole(self, entity: str) -> str:
        """The entity whose accounts hold this one's: a cloud arm's firm."""
        seen: set[str] = set()
        while entity in self.entities and (above := self.entities[entity].part_of) and entity not in seen:
            seen.add(entity)
            entity = above
        return entity


_R = TypeVar("_R", Entity, Deal, Source)


def _by_id(records: list[_R]) -> dict[str, _R]:
    found: dict[str, _R] = {}
    for record in records:
        found.setdefault(record.id, record)
    return found


Find = Callable[[Facts], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    """One rule. Its title is the first line of the function's docstring, its reason the rest."""

    code: str
    level: Level
    title: str
    why: str
    find: Find


CHECKS: dict[str, Check] = {}


def check_named(code: str, level: Level) -> Callable[[Find], Find]:
    """Register a function as the check of this code. The docstring: what is wrong, an empty line, why it is a rule."""

    def register(find: Find) -> Find:
        title, _, why = (find.__doc__ or "").partition("\n\n")
        title, why = " ".join(title.split()), " ".join(why.split())
        assert title, f"check {code} has no title"
        assert why, f"check {code} has no reason"
        assert code not in CHECKS, f"two checks are called {code}"
        CHECKS[code] = Check(code, level, title[0].lower() + title[1:].rstrip("."), why, find)
        return find

    return register
