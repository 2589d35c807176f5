"""Basic checks of what records say of one another: every name leads somewhere, and to one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ouroloop.core import nearest
from ouroloop.dossier.checks.paths import paths_of
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.marks import Loc
from ouroloop.dossier.models import Cite, Record


@check_named("dangling-entity", "basic")
def dangling_entity(facts: Facts) -> Iterator[Finding]:
    """A record names an entity that the dossier does not have.

    Its money would come from nowhere or go nowhere.
    """
    known = facts.entities
    names = list(known)
    for record, loc, entity in _named_entities(facts):
        if entity not in known:
            yield Finding(record, loc, f"There is no entity '{entity}' in this dossier.", nearest(entity, names))


def _named_entities(facts: Facts) -> Iterator[tuple[Record, Loc, str]]:
    reading = facts.reading
    for entity in reading.entities:
        if entity.part_of is not None:
            yield entity, ("part_of",), entity.part_of
    for deal in reading.deals:
        yield deal, ("from",), deal.payer
        yield deal, ("to",), deal.payee
    for figure in reading.figures:
        if figure.counterparty is not None:
            yield figure, ("counterparty",), figure.counterparty
    for figures in facts.figures_of.values():
        # One report per figure file is enough: the entity stands once, at its head.
        files: set[str] = set()
        for figure in figures:
            if figure.place.path not in files:
                files.add(figure.place.path)
                yield figure, ("entity",), figure.entity
    for quote in reading.quotes:
        yield quote, ("entity",), quote.entity
    for life in reading.lives:
        if life.entity is not None:
            yield life, ("entity",), life.entity
    for record in (*reading.events, *reading.claims):
        for number, name in enumerate(record.entities):
            yield record, ("entities", number), name
    for structure in reading.structures:
        for loc, name in structure.entities():
            yield structure, loc, name


@check_named("dangling-source", "basic")
def dangling_source(facts: Facts) -> Iterator[Finding]:
    """A record cites a source that the dossier does not have.

    A number that nobody can look up is not shown.
    """
    known = facts.sources
    names = list(known)
    for record, loc, cite in cites(facts):
        if cite.source not in known:
            hint = nearest(cite.source, names) or "add it to a file of sources/"
            yield Finding(record, loc, f"There is no source '{cite.source}' in this dossier.", hint)


def cites(facts: Facts) -> Iterator[tuple[Record, Loc, Cite]]:
    """Every cite with its record and its location there."""
    reading = facts.reading
    for deal in reading.deals:
        for number, cite in enumerate(deal.sources):
            yield deal, ("sources", number), cite
        for loc, steps in paths_of(deal):
            for number, step in enumerate(steps):
                for place, cite in enumerate(step.sources):
                    yield deal, (*loc, number, "sources", place), cite
    for record in (*reading.figures, *reading.quotes, *reading.lives):
        yield record, ("cite",), record.cite
    for record in (*reading.events, *reading.claims, *reading.assumptions):
        for number, cite in enumerate(record.sources):
            yield record, ("sources", number), cite
    for structure in reading.structures:
        for loc, cite in structure.cites():
            yield structure, loc, cite


@check_named("dangling-deal", "basic")
def dangling_deal(facts: Facts) -> Iterator[Finding]:
    """A record names a deal that the dossier does not have.

    An amendment of nothing, or a basket with a hole, would change a sum in silence.
    """
    names = list(facts.deals)
    for record, loc, deal in _named_deals(facts):
        if deal not in facts.deals:
            yield Finding(record, loc, f"There is no deal '{deal}' in this dossier.", nearest(deal, names))


def _named_deals(facts: Facts) -> Iterator[tuple[Record, Loc, str]]:
    for deal in facts.reading.deals:
        if deal.amends is not None:
            yield deal, ("amends",), deal.amends
    for structure in facts.reading.structures:
        for loc, name in structure.deals():
            yield structure, loc, name
    for claim in facts.reading.claims:
        for number, name in enumerate(claim.deals):
            yield claim, ("deals", number), name
    for place, basket in enumerate(facts.header.baskets):
        for number, name in enumerate(basket.deals):
            yield facts.header, ("baskets", place, "deals", number), name


@check_named("dangling-article", "basic")
def dangling_article(facts: Facts) -> Iterator[Finding]:
    """A claim names an article that dossier.yaml does not list.

    A reader must be able to open what is being judged.
    """
    known = [article.id for article in facts.header.articles]
    for claim in facts.reading.claims:
        if claim.article not in known:
            hint = nearest(claim.article, known) or "list it under articles in dossier.yaml"
            yield Finding(claim, ("article",), f"There is no article '{claim.article}' in dossier.yaml.", hint)


@check_named("repeated-id", "basic")
def repeated_id(facts: Facts) -> Iterator[Finding]:
    """Two records of one kind have the same id, in one file or in two.

    One would replace the other in silence.
    """
    reading, header = facts.reading, facts.header
    kinds = (
        ("entity", reading.entities),
        ("deal", reading.deals),
        ("source", reading.sources),
        ("claim", reading.claims),
        ("assumption", reading.assumptions),
        ("structure", reading.structures),
    )
    for kind, records in kinds:
        first: dict[str, Record] = {}
        for record in records:
            if record.id in first:
                message = f"The {kind} '{record.id}' was already given at {facts.at(first[record.id])}."
                yield Finding(record, ("id",), message, "an id is used once; a change is a new record")
            first.setdefault(record.id, record)
    for key, ids in (("articles", [a.id for a in header.articles]), ("baskets", [b.id for b in header.baskets])):
        for number in _again(ids):
            yield Finding(header, (key, number, "id"), f"'{ids[number]}' stands twice under {key}.", "rename one")
    for deal in reading.deals:
        ids = [tranche.id for tranche in deal.tranches]
        for number in _again(ids):
            message = f"The tranche '{ids[number]}' stands twice in the deal '{deal.id}'."
            yield Finding(deal, ("tranches", number, "id"), message, "number them")
    for number, basket in enumerate(header.baskets):
        for place in _again(basket.deals):
            message = f"The deal '{basket.deals[place]}' stands twice in the basket '{basket.id}'."
            yield Finding(header, ("baskets", number, "deals", place), message, "keep one")


def _again(names: Iterable[str]) -> Iterator[int]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield number
        seen.add(name)


@check_named("part-of-cycle", "basic")
def part_of_cycle(facts: Facts) -> Iterator[Finding]:
    """Entities are part of one another in a ring.

    Nobody's accounts would hold the others'.
    """
    above = {entity.id: entity.part_of for entity in facts.reading.entities}
    for name, ring in rings(above):
        message = f"'{name}' is part of itself: {' → '.join(ring)}."
        yield Finding(facts.entities[name], ("part_of",), message, "delete one of the links")


@check_named("amends-cycle", "basic")
def amends_cycle(facts: Facts) -> Iterator[Finding]:
    """Deals amend one another in a ring.

    There would be no latest deal, so nothing would be firm.
    """
    earlier = {deal.id: deal.amends for deal in facts.reading.deals}
    for name, ring in rings(earlier):
        message = f"'{name}' amends itself: {' → '.join(ring)}."
        yield Finding(facts.deals[name], ("amends",), message, "an amendment names the earlier deal")


def rings(above: dict[str, str | None]) -> Iterator[tuple[str, list[str]]]:
    """Every ring of a map, once, from its first member on. One pass: each name is left for good."""
    done: set[str] = set()
    for name in above:
        path: dict[str, int] = {}
        at: str | None = name
        while at is not None and at not in done and at not in path:
            path[at] = len(path)
            at = above.get(at)
        if at is not None and at in path:
            ring = list(path)[path[at] :]
            shown = [*ring, at] if len(ring) <= 8 else [*ring[:8], "…", at]
            yield at, shown
        done.update(path)


@check_named("own-counterparty", "basic")
def own_counterparty(facts: Facts) -> Iterator[Finding]:
    """A deal or figure has the same entity on both sides.

    Money paid to oneself is no flow; it would count as a loop of one.
    """
    for deal in facts.reading.deals:
        if deal.payer == deal.payee:
            yield Finding(deal, ("to",), f"'{deal.payer}' cannot make a deal with itself.", "")
    for figure in facts.reading.figures:
        if figure.counterparty == figure.entity:
            yield Finding(figure, ("counterparty",), f"'{figure.entity}' cannot be its own counterparty.", "")
