"""Read a dossier's files into records. All problems of all files are found; none of it is used when there is one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from ouroloop.core import Problem
from ouroloop.dossier.folder import find, listing, read_bytes
from ouroloop.dossier.marks import Loc, Tree
from ouroloop.dossier.models import (
    Claim,
    Deal,
    Entity,
    Event,
    Figure,
    FigureFile,
    Header,
    Quote,
    Record,
    SeriesValue,
    Source,
    UsefulLife,
)
from ouroloop.dossier.models.assumption import Assumption
from ouroloop.dossier.models.structure import Structure
from ouroloop.dossier.parse import decode, parse
from ouroloop.dossier.translate import capped, problems_of


class EntityFile(Record):
    """A file of `entities/`."""

    entities: tuple[Entity, ...]


class DealFile(Record):
    """A file of `deals/`."""

    deals: tuple[Deal, ...]


class SourceFile(Record):
    """A file of `sources/`."""

    sources: tuple[Source, ...]


class QuoteFile(Record):
    """A file of `quotes/`."""

    quotes: tuple[Quote, ...]


class LifeFile(Record):
    """The file `lives.yaml`."""

    lives: tuple[UsefulLife, ...]


class EventFile(Record):
    """The file `events.yaml`."""

    events: tuple[Event, ...]


class ClaimFile(Record):
    """A file of `claims/`."""

    claims: tuple[Claim, ...]


class AssumptionFile(Record):
    """A file of `assumptions/`, or the file `assumptions.yaml`."""

    assumptions: tuple[Assumption, ...]


class StructureFile(Record):
    """A file of `structures/`."""

    structures: tuple[Structure, ...]


FILES: dict[str, type[Record]] = {
    "header": Header,
    "entities": EntityFile,
    "deals": DealFile,
    "figures": FigureFile,
    "sources": SourceFile,
    "quotes": QuoteFile,
    "lives": LifeFile,
    "events": EventFile,
    "claims": ClaimFile,
    "assumptions": AssumptionFile,
    "structures": StructureFile,
}
"""What each kind of file must hold."""


@dataclass
class Reading:
    """What was read, record by record, with doubles still in it, and every problem so far."""

    shown: str
    header: Header | None = None
    entities: list[Entity] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    lives: list[UsefulLife] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    structures: list[Structure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Files of the folder that are not read."""
    origins: dict[int, tuple[Tree, Loc]] = field(default_factory=dict)
    """From a record's `id` to its file and its location there."""

    def problem(
        self, record: Record, loc: Loc, code: str, message: str, hint: str = "", severity: str = "error"
    ) -> Problem:
        """A problem at a field of a record read here."""
        tree, at = self.origins[id(record)]
        if isinstance(record, Figure) and loc and loc[0] not in tree.root["series"][at[1]]["values"][at[3]]:
            # Written once for the series, or once for the file.
            at = at[:2] if loc[0] in tree.root["series"][at[1]] else ()
        return tree.problem(tree.place((*at, *loc)), code, message, hint, severity)


def read(name_or_path: str | os.PathLike[str]) -> Reading:
    """Read every file of a dossier. Raises BadInput only when there is no such folder; see `Reading.problems`."""
    root, shown = find(name_or_path)
    files = listing(root, shown)
    reading = Reading(files.shown, problems=list(files.problems), unknown=files.unknown)
    for kind, at, path in files.files:
        data = read_bytes(at, path)
        if isinstance(data, Problem):
            reading.problems.append(data)
            continue
        text = decode(at, data)
        if isinstance(text, Problem):
            reading.problems.append(text)
            continue
        tree, problems = parse(at, text)
        if tree is None or problems:
            reading.problems += problems
            continue
        try:
            _take(reading, kind, tree)
        except ValidationError as error:
            reading.problems += problems_of(error, tree, FILES[kind])
    return reading


def _take(reading: Reading, kind: str, tree: Tree) -> None:
    """Validate one file and append its records. Raises ValidationError; then nothing of the file was appended."""
    if kind == "figures":
        _take_figures(reading, tree)
        return
    if kind == "deals":
        problems = _give_places(tree)
        if problems:
            reading.problems += problems
            return
    checked = _validator(FILES[kind])(tree.root)
    if isinstance(checked, Header):
        reading.header = checked
        reading.origins[id(checked)] = (tree, ())
        return
    records: tuple[Record, ...] = getattr(checked, kind)
    getattr(reading, kind).extend(records)
    for number, record in enumerate(records):
        reading.origins[id(record)] = (tree, (kind, number))


def _give_places(tree: Tree) -> list[Problem]:
    """Put each deal's place into its mapping. A file that writes `place` itself is refused."""
    root: Any = tree.root
    deals: Any = root.get("deals") if isinstance(root, dict) else None
    problems: list[Problem] = []
    rows: list[Any] = deals if isinstance(deals, list) else []
    for number, deal in enumerate(rows):
        if isinstance(deal, dict):
            if "place" in deal:
                place = tree.place(("deals", number, "place"), key=True)
                problems.append(tree.problem(place, "unknown-key", "There is no key 'place' here."))
            deal["place"] = tree.start(deal)
    return problems


def _take_figures(reading: Reading, tree: Tree) -> None:
    """Flatten the series of one file to figures: what a value does not say, its series says."""
    checked = _validator(FigureFile)(tree.root)
    assert isinstance(checked, FigureFile)
    flat: list[dict[str, Any]] = []
    locs: list[Loc] = []
    problems: list[Problem] = []
    for number, series in enumerate(checked.series):
        shared = {
            "entity": checked.entity,
            "concept": series.concept,
            "counterparty": series.counterparty,
            "unit": series.unit,
        }
        rows = tree.root["series"][number]["values"]
        for row, value in enumerate(series.values):
            place = tree.start(rows[row])
            cite = value.cite or series.cite
            if cite is None:
                message = "Neither this value nor its series says where the number was read."
                problems.append(tree.problem(place, "no-cite", message, "add cite: source-id#locator"))
                continue
            start, end = value.period or (None, value.at)
            own = {
                "start": start,
                "end": end,
                "value": value.value,
                "known": value.known,
                "known_basis": value.known_basis,
                "cite": cite,
                "basis": value.basis or series.basis,
                "grade": value.grade or series.grade,
                "tag": value.tag or series.tag,
                "note": value.note or series.note,
                "place": place,
            }
            flat.append(shared | own)
            locs.append(("series", number, "values", row))
    try:
        figures = _figures().validate_python(flat)
    except ValidationError as error:
        problems += problems_of(error, tree, SeriesValue, locs)
    else:
        reading.figures += figures
        reading.origins |= {id(figure): (tree, loc) for figure, loc in zip(figures, locs, strict=True)}
    reading.problems += capped(tree, problems)


@cache
def _figures() -> TypeAdapter[list[Figure]]:
    return TypeAdapter(list[Figure])


_M = TypeVar("_M", bound=BaseModel)


@cache
def _validator(model: type[_M]) -> Callable[[Any], _M]:
    validate = model.__pydantic_validator__.validate_python
    return lambda value: validate(value, by_alias=True, by_name=False)
