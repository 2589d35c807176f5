"""The report put together: which sections a dossier's facts carry, in the order of the reader's questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ouroloop.core import Quarter
from ouroloop.report.amounts import amounts_section
from ouroloop.report.balances import borrowers
from ouroloop.report.bargains import bargains_of, map_picture
from ouroloop.report.books import Replayed
from ouroloop.report.claims import claims_on_debt, claims_section
from ouroloop.report.document import Findings
from ouroloop.report.friends import friends_section
from ouroloop.report.gauges import gauges_section
from ouroloop.report.headlines import funnel_sections
from ouroloop.report.language import Language
from ouroloop.report.loops import loops_section
from ouroloop.report.measured import Measured, gauges, over_years, payers, round_trips
from ouroloop.report.not_customers import beyond_revenue_section
from ouroloop.report.over_years import over_years_section
from ouroloop.report.payments import payments
from ouroloop.report.period import measured_period
from ouroloop.report.ratios import ratios_section
from ouroloop.report.round_trip import RoundTrip, round_trip_section
from ouroloop.report.rounds import LONGEST, chance, loops_found
from ouroloop.report.simulated.sections import simulated_sections
from ouroloop.report.sources import footer, source_lines
from ouroloop.report.table import Section
from ouroloop.report.unknowns import unknowns_section
from ouroloop.report.who_paid import Payers, who_paid_section

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.report.simulated.results import Simulated


def build(dossier: Dossier, language: Language, simulated: Simulated | None = None) -> Findings:
    """All that the report says about the dossier as known on its date, in one language.

    What is recorded first, then what is simulated, then what is unknown.
    """
    language = Language(language.code, units=dossier.header.stylized)
    first, last = measured_period(dossier)
    bargains = bargains_of(dossier)
    stylized = dossier.header.stylized
    begun = dossier.date >= Quarter.parse(dossier.header.first_quarter).first_day
    measured, replayed = Measured.of(dossier, first, last), Replayed.of(dossier)
    paid, trips = payers(measured, language), round_trips(measured, language)
    years, span = over_years(dossier, replayed, language)
    names = {entity.id: language.name(entity) for entity in dossier.entities.values()}
    period, tiers = language.period(first, last), language.text("paid money only")
    coverage = language.text(
        "Revenue is published for {count} of {all} members.",
        count=language.number(len(paid), 0),
        all=language.number(len(measured.members), 0),
    )
    sections: list[Section | None] = [
        friends_section(replayed.run.reading(), names, language) if stylized and begun else None,
        beyond_revenue_section(payments(dossier, language), language),
        *(() if stylized else funnel_sections(dossier, language)),
        None if stylized else amounts_section(bargains, language),
        who_paid_section(
            paid, language, period=period, tiers=tiers, coverage=coverage, footer=_footer(dossier, language, paid)
        ),
        round_trip_section(trips, language, period=period, tiers=tiers, footer=_footer(dossier, language, trips)),
        None if stylized else over_years_section(years, language, period=span),
        loops_section(
            loops_found(dossier, bargains, language),
            language,
            longest=LONGEST,
            period=period,
            chance=None if stylized else chance(dossier),
        ),
        gauges_section(gauges(measured), language, period=period, tiers=tiers),
        _ratios(dossier, language),
        claims_section(dossier, language),
        *simulated_sections(dossier, replayed.run, simulated, language),
        None
        if stylized
        else unknowns_section(dossier, bargains, replayed.gaps(language), language, books=replayed.checked(language)),
    ]
    return Findings(
        language,
        dossier.header.id,
        language.name(dossier.header.title),
        language.name(dossier.header.about),
        language.date(dossier.date),
        period,
        stylized,
        tuple(section for section in sections if section),
        map_picture(dossier, bargains, language),
        source_lines(dossier, language),
        _facts(dossier, language),
    )


def _footer(dossier: Dossier, language: Language, rows: Iterable[Payers | RoundTrip]) -> str:
    return footer(dossier, language, (cite for row in rows for cite in row.cites))


def _ratios(dossier: Dossier, language: Language) -> Section | None:
    found = borrowers(dossier, language)
    footers = {
        one.id: footer(dossier, language, (cite for standing in one.standings for cite in standing.cites))
        for one in found
    }
    section = ratios_section(found, language, footers=footers)
    said = claims_on_debt(dossier, language)
    return replace(section, tables=(*section.tables, said)) if section and said else section


def _facts(dossier: Dossier, language: Language) -> dict[str, str]:
    """How much is in the dossier, and how old its newest fact is."""
    known = [
        record.known.last
        for records in (dossier.deals.values(), dossier.figures, dossier.quotes, dossier.events)
        for record in records
    ]
    facts = {
        language.text("Deals"): language.number(len(dossier.deals), 0),
        language.text("Figures"): language.number(len(dossier.figures), 0),
        language.text("Sources"): language.number(len(dossier.sources), 0),
    }
    if known:
        facts[language.text("Newest fact")] = language.date(max(known))
    return facts
