"""Checks of the two clocks: what was known when, against the dossier's own date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ouroloop.dossier.checks.references import cites
from ouroloop.dossier.checks.registry import Facts, Finding, check_named
from ouroloop.dossier.models import Record, Source


@check_named("after-collection", "strict")
def after_collection(facts: Facts) -> Iterator[Finding]:
    """A record counts as known only after the dossier's own date.

    It is hidden whenever the dossier is asked as of a day; a date no better than a month counts from its last day.
    """
    day = facts.header.as_of
    for record, known in _known(facts):
        if known > day:
            message = f"This is known from {known} on, the dossier is as of {day}."
            yield Finding(record, ("known",), message, "give the day, or a later as_of in dossier.yaml")


def _known(facts: Facts) -> Iterator[tuple[Record, date]]:
    reading = facts.reading
    others = (reading.quotes, reading.lives, reading.events, reading.claims, reading.assumptions, reading.structures)
    for records in (reading.deals, reading.figures, *others):
        for record in records:
            yield record, record.known.last


@check_named("books-after-date", "basic")
def books_after_date(facts: Facts) -> Iterator[Finding]:
    """The books would start after the dossier's own date.

    There would be no quarter to keep books for.
    """
    header = facts.header
    year, quarter = int(header.first_quarter[:4]), int(header.first_quarter[-1])
    if (year, quarter) > (header.as_of.year, (header.as_of.month + 2) // 3):
        message = f"first_quarter {header.first_quarter} is after as_of {header.as_of}."
        yield Finding(header, ("first_quarter",), message, "")


@check_named("claim-before-article", "strict")
def claim_before_article(facts: Facts) -> Iterator[Finding]:
    """A claim was judged before its article was published.

    It would be shown before anyone could have read it.
    """
    published = {article.id: article.published for article in facts.header.articles}
    for claim in facts.reading.claims:
        day = published.get(claim.article)
        if day is not None and claim.known.last < day.first:
            message = f"Known on {claim.known}; '{claim.article}' was published on {day}."
            yield Finding(claim, ("known",), message, "use the later day")


@check_named("known-before-source", "advisory")
def known_before_source(facts: Facts) -> Iterator[Finding]:
    """Records count as known before any source that they cite was published.

    Either the day is wrong, or an earlier source exists and should be cited: a view of that day shows the record.
    """
    cited: dict[int, tuple[Record, list[Source]]] = {}
    for record, _, cite in cites(facts):
        cited.setdefault(id(record), (record, []))[1].append(facts.sources[cite.source])
    known = {id(record): day for record, day in _known(facts)}
    early: dict[str, list[Record]] = {}
    for record, sources in cited.values():
        days = [source.published.first for source in sources if source.published is not None]
        if len(days) == len(sources) and known[id(record)] < min(days):
            early.setdefault(min(sources, key=_published).id, []).append(record)
    for name, records in early.items():
        published = facts.sources[name].published
        message = f"Records known before '{name}' was published on {published}: {len(records)}, the first here."
        yield Finding(records[0], ("known",), message, "cite the earlier source, or use its day")


def _published(source: Source) -> date:
    return source.published.first if source.published is not None else date.max
