"""The dossier in memory: frozen records, and the same records as they were known on an earlier day."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ouroloop.core import BadInput
from ouroloop.dossier.checks import find_problems
from ouroloop.dossier.models import (
    Basket,
    Cite,
    Claim,
    Deal,
    Entity,
    Event,
    Figure,
    Header,
    Quote,
    Source,
    StatusStep,
    Tranche,
    UsefulLife,
)
from ouroloop.dossier.models.assumption import Assumption
from ouroloop.dossier.models.structure import Structure
from ouroloop.dossier.names import Names
from ouroloop.dossier.read import Reading, read

Cited = Deal | Figure | Quote | UsefulLife | Event | Claim | Assumption | Structure
"""A record that cites sources."""


@dataclass(frozen=True)
class Dossier:
    """Everything that was known on `date`. Records are frozen; views share them."""

    header: Header
    entities: Mapping[str, Entity]
    deals: Mapping[str, Deal]
    figures: tuple[Figure, ...]
    sources: Mapping[str, Source]
    quotes: tuple[Quote, ...]
    lives: tuple[UsefulLife, ...]
    events: tuple[Event, ...]
    claims: tuple[Claim, ...]
    date: date
    """The day up to which things are known."""
    assumptions: Mapping[str, Assumption] = field(default_factory=lambda: MappingProxyType({}))
    """What behaviors take for granted, by the id under which they read it: the row of that id where it was known on
    `date`, else the latest row then known that stands in for it (and keeps an id of its own)."""
    stand_ins: tuple[Assumption, ...] = ()
    """All rows that stand in for younger ones, whether or not they are read."""
    structures: Mapping[str, Structure] = field(default_factory=lambda: MappingProxyType({}))
    """Vehicles that cut rent into notes, by id."""

    def __hash__(self) -> int:
        """So that answers can be kept by dossier; equal dossiers have equal hashes."""
        return hash((self.header.id, self.date, len(self.deals), len(self.figures)))

    def as_of(self, day: date) -> Dossier:
        """The dossier as the public could know it at the end of `day`.

        Keeps what has `known.last <= day`, in every record and in every status step. A deal or tranche none of whose
        steps was known is invisible. Sources stay when something visible cites them, or when published by then.
        Entities stay: they are names, not facts. A day after `date` changes nothing: nothing later was collected.
        `view.as_of(a).as_of(b)` is `view.as_of(min(a, b))`.
        """
        day = min(day, self.date)
        deals = {deal.id: seen for deal in self.deals.values() if (seen := _deal_as_of(deal, day)) is not None}
        articles = tuple(a for a in self.header.articles if a.published is None or a.published.last <= day)
        read_by_then = {article.id for article in articles}
        claims = tuple(
            claim.model_copy(update={"deals": tuple(d for d in claim.deals if d in deals)})
            for claim in self.claims
            if claim.known.last <= day and claim.article in read_by_then
        )
        baskets = tuple(_baskets_as_of(self.header.baskets, deals, earlier=day < self.header.as_of))
        header = self.header.model_copy(
            update={"as_of": min(day, self.header.as_of), "articles": articles, "baskets": baskets}
        )
        rows = (*(one for one in self.assumptions.values() if one.stands_in_for is None), *self.stand_ins)
        view = replace(
            self,
            header=header,
            deals=MappingProxyType(deals),
            figures=tuple(f for f in self.figures if f.known.last <= day),
            quotes=tuple(q for q in self.quotes if q.known.last <= day),
            lives=tuple(life for life in self.lives if life.known.last <= day),
            events=tuple(e for e in self.events if e.known.last <= day),
            claims=claims,
            date=day,
            assumptions=in_force(one for one in rows if one.known.last <= day),
            stand_ins=tuple(one for one in self.stand_ins if one.known.last <= day),
            structures=MappingProxyType(
                {key: _structure_as_of(s, day) for key, s in self.structures.items() if s.known.last <= day}
            ),
        )
        cited = {cite.source for cite in view.cites()}
        sources = {
            source.id: source
            for source in self.sources.values()
            if source.id in cited or (source.published is not None and source.published.last <= day)
        }
        return replace(view, sources=MappingProxyType(sources))

    def entity(self, name: str) -> Entity:
        """The entity of this id, name or alias in any language. Raises BadInput (unknown-entity, ambiguous-name)."""
        return self._names.entity(name)

    @cached_property
    def _names(self) -> Names:
        return Names(self.entities.values())

    def source(self, cite: Cite) -> Source:
        """The source that a cite of this dossier names."""
        return self.sources[cite.source]

    def needs_primary(self, record: Cited) -> bool:
        """Does no source of the record have an address that a reader could open?"""
        cites = cites_of(record)
        return bool(cites) and all(self.sources[cite.source].needs_primary for cite in cites)

    def deals_of(self, entity: str) -> tuple[Deal, ...]:
        """The deals that the entity (by id) pays or receives under, in the dossier's order."""
        return tuple(deal for deal in self.deals.values() if entity in (deal.payer, deal.payee))

    def figures_of(self, entity: str, concept: str | None = None) -> tuple[Figure, ...]:
        """The entity's figures (by id), of one concept or of all, in the dossier's order."""
        return tuple(f for f in self._figures.get(entity, ()) if concept is None or f.concept == concept)

    @cached_property
    def _figures(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            found.setdefault(figure.entity, []).append(figure)
        return found

    @cached_property
    def answers(self) -> dict[Any, Any]:
        """What `answers.once` keeps."""
        return {}

    def cites(self) -> Iterator[Cite]:
        """Every cite of every record."""
        rows = (*(one for one in self.assumptions.values() if one.stands_in_for is None), *self.stand_ins)
        others = (self.quotes, self.lives, self.events, self.claims, rows, self.structures.values())
        for records in (self.deals.values(), self.figures, *others):
            for record in records:
                yield from cites_of(record)


def cites_of(record: Cited) -> tuple[Cite, ...]:
    """The cites of one record, those of its status steps included."""
    if isinstance(record, Deal):
        steps = (*record.status, *(step for tranche in record.tranches for step in tranche.status))
        return (*record.sources, *(cite for step in steps for cite in step.sources))
    if isinstance(record, (Event, Claim, Assumption)):
        return record.sources
    if isinstance(record, Structure):
        return tuple(cite for _, cite in record.cites())
    return (record.cite,)


def load(name_or_path: str | os.PathLike[str]) -> Dossier:
    """Read a bundled dossier by name, or one from a folder; basic checks included.

    Raises BadInput with every problem of every file; nothing is loaded then.
    """
    reading = read(name_or_path)
    problems = reading.problems or find_problems(reading, "basic")
    if problems:
        raise BadInput(problems)
    return assemble(reading)


def assemble(reading: Reading) -> Dossier:
    """The dossier of a reading without problems."""
    assert not reading.problems, f"assembled from a reading with {len(reading.problems)} problems"
    assert reading.header is not None, "assembled from a reading without a header"
    return Dossier(
        header=reading.header,
        entities=MappingProxyType({entity.id: entity for entity in reading.entities}),
        deals=MappingProxyType({deal.id: deal for deal in reading.deals}),
        figures=tuple(reading.figures),
        sources=MappingProxyType({source.id: source for source in reading.sources}),
        quotes=tuple(reading.quotes),
        lives=tuple(reading.lives),
        events=tuple(reading.events),
        claims=tuple(reading.claims),
        date=reading.header.as_of,
        assumptions=in_force(reading.assumptions),
        stand_ins=tuple(one for one in reading.assumptions if one.stands_in_for is not None),
        structures=MappingProxyType({one.id: one for one in reading.structures}),
    )


def in_force(rows: Iterable[Assumption]) -> Mapping[str, Assumption]:
    """Which of the known rows is read under which id?

    A row under its own id; under the id of a row that is not known, the latest that stands in for it (of equally late
    ones the last). Rows first, then stand-ins, each in the given order.
    """
    known = list(rows)
    own = {one.id: one for one in known if one.stands_in_for is None}
    before = sorted((one for one in known if one.stands_in_for not in {None, *own}), key=lambda one: one.known.last)
    latest = {one.stands_in_for: one for one in before}
    others = {name: one for one in known if (name := one.stands_in_for) is not None and latest.get(name) is one}
    return MappingProxyType(own | others)


def _steps_as_of(steps: Iterable[StatusStep], day: date) -> tuple[StatusStep, ...]:
    return tuple(step for step in steps if step.known.last <= day)


def _deal_as_of(deal: Deal, day: date) -> Deal | None:
    if deal.known.last > day:
        return None
    steps = _steps_as_of(deal.status, day)
    tranches = tuple(seen for tranche in deal.tranches if (seen := _tranche_as_of(tranche, day)) is not None)
    if not steps or not tranches:
        return None
    if steps == deal.status and tranches == deal.tranches:
        return deal
    return deal.model_copy(update={"status": steps, "tranches": tranches})


def _tranche_as_of(tranche: Tranche, day: date) -> Tranche | None:
    """A tranche that has a path of its own is invisible until that path's first step was known."""
    steps = _steps_as_of(tranche.status, day)
    if steps == tranche.status:
        return tranche
    return tranche.model_copy(update={"status": steps}) if steps else None


def _structure_as_of(structure: Structure, day: date) -> Structure:
    """The vehicle with the ratings that had been given, and the promises that had been made, by then."""
    classes = tuple(
        one.model_copy(update={"rated": tuple(rated for rated in one.rated if rated.known.last <= day)})
        for one in structure.classes
    )
    leases = tuple(
        one if one.inside is None or one.inside.known.last <= day else one.model_copy(update={"inside": None})
        for one in structure.leases
    )
    if (classes, leases) == (structure.classes, structure.leases):
        return structure
    return structure.model_copy(update={"classes": classes, "leases": leases})


def _baskets_as_of(baskets: Iterable[Basket], deals: Mapping[str, Deal], *, earlier: bool) -> Iterator[Basket]:
    """The baskets with the deals known by then; their notes speak from the dossier's own day and are left out."""
    for basket in baskets:
        seen = tuple(deal for deal in basket.deals if deal in deals)
        if seen:
            yield basket.model_copy(update={"deals": seen} | ({"note": None} if earlier else {}))
