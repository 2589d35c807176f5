"""The report before it is drawn for a face: sentences, tables, charts and the map, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ouroloop.report.language import Language
from ouroloop.report.map import MapEdge, MapNode
from ouroloop.report.table import Finding, Section, Table

_FIRST = (
    "friends-", "beyond-revenue-", "funnel-", "outcome-", "scenarios-", "look-back", "loops-counted", "loops-moved",
    "round-trip-", "over-years-",
    "who-paid-unknown", "who-paid-", "loops-strongest", "amounts-", "claims",
)  # fmt: skip
"""How headline findings begin, the most telling first."""


def _rank(name: str) -> int:
    return next((place for place, start in enumerate(_FIRST) if name.startswith(start)), len(_FIRST))


@dataclass(frozen=True, slots=True)
class MapPicture:
    """The map's nodes and edges with its words; `table` shows the same as rows `<edge id>`."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    title: str
    subtitle: str
    footer: str
    table: Table


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as the report lists it. `needs_primary`: no address that a reader could open."""

    id: str
    title: str
    producer: str
    address: str
    kind: str
    needs_primary: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a report on a dossier says, computed; the faces only show it."""

    language: Language
    dossier_id: str
    title: str
    about: str
    as_of: str
    period: str
    stylized: bool
    sections: tuple[Section, ...]
    map: MapPicture | None
    sources: tuple[SourceLine, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    """Short facts about the dossier itself (how many deals, how old the newest fact), label -> value."""

    @property
    def simulated(self) -> bool:
        """Does any of it come from a simulation?"""
        return any(section.simulated and section.tables for section in self.sections)

    @property
    def all(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the report."""
        return tuple(finding for section in self.sections for finding in section.findings)

    @property
    def headlines(self) -> tuple[Finding, ...]:
        """The findings that stand at the top, the most telling first: what is not customers' money, what became of the
        headlines, which loops there are and how much went round, who paid, and only then the counts.
        """
        found = [finding for finding in self.all if finding.headline]
        return tuple(sorted(found, key=lambda finding: _rank(finding.id)))  # a stable sort

    @property
    def tables(self) -> Mapping[str, Table]:
        """Every table by its id."""
        tables = {table.id: table for section in self.sections for table in section.tables}
        return tables | ({self.map.table.id: self.map.table} if self.map else {})

    @property
    def unsourced(self) -> frozenset[str]:
        """Ids of the sources that still need a primary source."""
        return frozenset(source.id for source in self.sources if source.needs_primary)
