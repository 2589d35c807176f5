"""Advisory checks: what is true as far as we know, but weakly held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from ouroloop.dossier.checks.references import cites
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.models import Deal, Grade, Record, SourceClass
from ouroloop.dossier.models.assumption import Assumption
from ouroloop.dossier.names import Names, fold, spellings

STALE_AFTER = timedelta(days=550)


@check_named("single-source", "advisory")
def single_source(facts: Facts) -> Iterator[Finding]:
    """A deal rests on one source that is not primary.

    One newspaper can be wrong, and others copy it.
    """
    for deal in facts.reading.deals:
        names = {cite.source for cite in deal.sources} | {c.source for step in deal.status for c in step.sources}
        if len(names) == 1:
            source = facts.sources[next(iter(names))]
            if source.source_class not in (SourceClass.PRIMARY, SourceClass.PRIMARY_QUOTED):
                yield Finding(deal, ("sources",), f"'{deal.id}' has one source, '{source.id}'.", "find a second one")


@check_named("needs-primary", "advisory")
def needs_primary(facts: Facts) -> Iterator[Finding]:
    """A source without an address that a reader could open is all that some records have.

    Wherever they surface they are shown as "needs a primary source".
    """
    users: dict[str, Counter[str]] = {}
    cited: dict[int, tuple[Record, set[str]]] = {}
    for record, _, cite in cites(facts):
        cited.setdefault(id(record), (record, set()))[1].add(cite.source)
    for record, names in cited.values():
        if all(facts.sources[name].needs_primary for name in names):
            for name in names:
                users.setdefault(name, Counter())[type(record).__name__.casefold()] += 1
    for name, kinds in users.items():
        source = facts.sources[name]
        if source.source_class is not SourceClass.MEMORY:
            message = f"No address for '{name}', on which {_counted(kinds)} rest."
            yield Finding(source, (), message, "add the address of a primary source")


@check_named("memory-only", "advisory")
def memory_only(facts: Facts) -> Iterator[Finding]:
    """Records rest on memory alone.

    Memory is a lead, not a source.
    """
    kinds: dict[str, Counter[str]] = {}
    for record, _, cite in cites(facts):
        if facts.sources[cite.source].source_class is SourceClass.MEMORY:
            kinds.setdefault(cite.source, Counter())[type(record).__name__.casefold()] += 1
    for name, counts in kinds.items():
        message = f"'{name}' is memory; {_counted(counts)} cite it."
        yield Finding(facts.sources[name], ("class",), message, "find where it was published")


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(kinds.items()))


@check_named("stale-figure", "advisory")
def stale_figure(facts: Facts) -> Iterator[Finding]:
    """An entity's newest figures are more than a year and a half older than the dossier.

    A ratio of an old figure and a new one says nothing.
    """
    limit = facts.header.as_of - STALE_AFTER
    for entity, figures in facts.figures_of.items():
        newest = max(figures, key=lambda figure: figure.end)
        if newest.end < limit:
            message = f"The newest figure of '{entity}' is of {newest.end}; the dossier is of {facts.header.as_of}."
            yield Finding(newest, (), message, "look for newer ones")


@check_named("low-confidence", "advisory")
def low_confidence(facts: Facts) -> Iterator[Finding]:
    """A deal, an entity's figures or assumptions are graded low.

    They should not carry a headline.
    """
    for deal in facts.reading.deals:
        if deal.confidence is Grade.LOW:
            yield Finding(deal, ("confidence",), f"'{deal.id}' is graded low.", "look for a better source")
    for entity, figures in facts.figures_of.items():
        low = [figure for figure in figures if figure.grade is Grade.LOW]
        if low:
            message = f"{len(low)} of {len(figures)} figures of '{entity}' are graded low, the first here."
            yield Finding(low[0], ("grade",), message, "look for a better source")
    for topic, mine in _by_topic(facts).items():
        weak = [one for one in mine if one.grade is Grade.LOW]
        if weak:
            message = f"{len(weak)} of {len(mine)} assumptions on {topic} are graded low, the first here."
            yield Finding(weak[0], ("grade",), message, "look for a better source")


@check_named("assumed-date", "advisory")
def assumed_date(facts: Facts) -> Iterator[Finding]:
    """A record's publication day is assumed.

    A back-test stands on these days.
    """
    for entity, figures in facts.figures_of.items():
        assumed = [figure for figure in figures if figure.known_basis == "assumed"]
        if assumed:
            message = f"{len(assumed)} of {len(figures)} figures of '{entity}' have an assumed day, the first here."
            yield Finding(assumed[0], ("known_basis",), message, "look up when it was published")
    for life in facts.reading.lives:
        if life.known_basis == "assumed":
            yield Finding(life, ("known_basis",), "The publication day is assumed.", "look up when it was published")
    for topic, mine in _by_topic(facts).items():
        late = [one for one in mine if one.known_basis == "assumed"]
        if late:
            message = f"{len(late)} of {len(mine)} assumptions on {topic} have an assumed day, the first here."
            yield Finding(late[0], ("known_basis",), message, "look up when it was published")


def _by_topic(facts: Facts) -> dict[str, list[Assumption]]:
    found: dict[str, list[Assumption]] = {}
    for one in facts.reading.assumptions:
        found.setdefault(one.topic, []).append(one)
    return found


@check_named("disputed", "advisory")
def disputed(facts: Facts) -> Iterator[Finding]:
    """The sources of a deal disagree.

    Whoever uses it should know.
    """
    for deal in facts.reading.deals:
        if deal.disputed is not None:
            yield Finding(deal, ("disputed",), f"The sources of '{deal.id}' disagree.", "")


@check_named("unlinked-loop", "advisory")
def unlinked_loop(facts: Facts) -> Iterator[Finding]:
    """Two members fund and buy from one another without a `link` between the deals.

    It may be one circular bargain, or two that have nothing to do with each other; somebody should say which.
    """
    members = {entity.id for entity in facts.reading.entities if entity.loop}
    funding: dict[tuple[str, str], list[Deal]] = {}
    trade: dict[tuple[str, str], list[Deal]] = {}
    for deal in facts.reading.deals:
        pair = (facts.whole(deal.payer), facts.whole(deal.payee))
        if pair[0] != pair[1] and members.issuperset(pair):
            if deal.instrument.side == "funding" or deal.instrument == "warrant":
                funding.setdefault(pair, []).append(deal)
            elif deal.instrument.side == "trade":
                trade.setdefault(pair, []).append(deal)
    for (payer, payee), out in funding.items():
        back = trade.get((payee, payer), [])
        if back and not {d.link for d in out if d.link} & {d.link for d in back if d.link}:
            message = f"'{payer}' funds '{payee}' ({_ids(out)}), which buys from it ({_ids(back)})."
            yield Finding(out[0], ("link",), message, "give both legs the same link, if they are one bargain")


def _ids(deals: list[Deal]) -> str:
    shown = ", ".join(deal.id for deal in deals[:3])
    return f"{shown} and {len(deals) - 3} more" if len(deals) > 3 else shown


@check_named("unused-source", "advisory")
def unused_source(facts: Facts) -> Iterator[Finding]:
    """No record cites a source.

    It may have lost its record.
    """
    used = {cite.source for _, _, cite in cites(facts)}
    for source in facts.reading.sources:
        if source.id not in used:
            yield Finding(source, ("id",), f"Nothing cites '{source.id}'.", "cite it or delete it")


@check_named("shared-name", "advisory")
def shared_name(facts: Facts) -> Iterator[Finding]:
    """A name belongs to two entities.

    Asking by it asks back.
    """
    for folded, found in Names(facts.reading.entities).ambiguous().items():
        said = " and ".join(f"'{entity.id}'" for entity in found)
        last = found[-1]
        name = next(name for name in (last.id, *spellings(last)) if fold(name) == folded)
        yield Finding(last, ("names",), f"The name '{name}' belongs to {said}.", "ask by id")
