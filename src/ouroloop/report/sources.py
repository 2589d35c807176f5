"""Which sources does the report stand on, and which of them still need a primary source?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ouroloop.dossier.models import Cite, SourceClass
from ouroloop.report.document import SourceLine
from ouroloop.report.language import Language, mark

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

CLASS_NAME: dict[SourceClass, str] = {
    SourceClass.PRIMARY: mark("primary"),
    SourceClass.PRIMARY_QUOTED: mark("primary, as quoted by others"),
    SourceClass.ANALYST_ESTIMATE: mark("analyst's estimate"),
    SourceClass.SECONDARY: mark("secondary"),
    SourceClass.MEMORY: mark("from memory"),
}


def source_lines(dossier: Dossier, language: Language) -> tuple[SourceLine, ...]:
    """Every source of the dossier as known on its date, by id. Only web addresses become links."""
    return tuple(
        SourceLine(
            source.id,
            source.title,
            source.producer or "",
            (source.address or "") if (source.address or "").startswith(("https://", "http://")) else "",
            language.text(CLASS_NAME[source.source_class]),
            source.needs_primary,
        )
        for source in sorted(dossier.sources.values(), key=lambda source: source.id)
    )


def ids(cites: Iterable[Cite]) -> tuple[str, ...]:
    """The source ids of some cites, each once, in order."""
    return tuple(dict.fromkeys(cite.source for cite in cites))


def footer(dossier: Dossier, language: Language, cites: Iterable[str]) -> str:
    """The line under a chart: sources by id, and the day as known on which the chart stands."""
    named = list(dict.fromkeys(cites))
    date = language.date(dossier.date)
    if not named:
        return language.text("As known on {date}.", date=date)
    shown = language.join(named[:6])
    if len(named) > 6:
        line = language.text(
            "Sources: {sources} and {count} more, listed in the table. As known on {date}.",
            sources=shown,
            count=language.number(len(named) - 6, 0),
            date=date,
        )
    else:
        line = language.text("Sources: {sources}. As known on {date}.", sources=shown, date=date)
    missing = sum(dossier.sources[cite].needs_primary for cite in named if cite in dossier.sources)
    if not missing:
        return line
    flag = language.text(
        "A primary source is still needed for {missing} of {all}.",
        missing=language.number(missing, 0),
        all=language.number(len(named), 0),
    )
    return line + ("" if language.chinese else " ") + flag
