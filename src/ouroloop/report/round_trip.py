"""How much of a member's revenue was its own funding coming back: floor, point and ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ouroloop.report.charts import intervals
from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One member's round trip in the period, USD bn: what it gave out, what may or must have come back as revenue.

    `funding` is the most that it may have given, as the ceiling is the most that may have come back; `promised` is the
    ceiling when firm contracts are counted as paid by their schedules.
    """

    member: str
    name: str
    funding: float
    floor: float
    point: float
    ceiling: float
    revenue: float
    promised: float
    cites: tuple[str, ...] = ()


def round_trip_section(
    trips: Sequence[RoundTrip], language: Language, *, period: str, tiers: str, footer: str
) -> Section | None:
    """The section; None where no member funded another."""
    given = [trip for trip in trips if trip.funding > 0]
    if not given:
        return None
    table = _table(given, language, period)
    sentences = [_sentence(table, row, language, period, index == 0) for index, row in enumerate(table.rows)]
    chart = Chart(
        "round-trip",
        table.id,
        sentences[0].text,
        language.text(
            "Own funding that came back as revenue: floor, pro-rata point and ceiling, {period}, {unit}; {tiers}. "
            "The bar is what the member gave out.",
            period=period,
            unit=language.money_unit,
            tiers=tiers,
        ),
        intervals(table, "member", "floor", "point", "ceiling", language, sentences[0].text, whole="funding"),
        footer,
    )
    return Section(
        "round-trip",
        language.text("Money that came back to its giver"),
        language.text(
            "A member that funds its customers may book its own money as revenue. The floor is what must have come "
            "back whatever the order of payments, the ceiling what could have, and the point mixes all cash pro rata."
        ),
        tuple(sentences),
        (chart,),
        (table,),
    )


def _table(trips: Sequence[RoundTrip], language: Language, period: str) -> Table:
    columns = (
        Column("member", language.text("Member")),
        Column("funding", language.text("given out, at most"), Kind.CEILING),
        Column("floor", language.text("floor"), Kind.FLOOR),
        Column("point", language.text("point (pro rata)"), Kind.MONEY),
        Column("ceiling", language.text("ceiling"), Kind.CEILING),
        Column("revenue", language.text("revenue"), Kind.MONEY),
        Column("promised", language.text("ceiling with firm contracts"), Kind.CEILING),
        Column("share", language.text("point, share of revenue"), Kind.SHARE),
        Column("sources", language.text("Sources")),
    )
    rows = tuple(
        Row(
            trip.member,
            {
                "member": Cell(trip.name, Basis.NONE),
                "funding": Cell(trip.funding, Basis.ESTIMATED, trip.cites),
                "floor": Cell(trip.floor, Basis.ESTIMATED, trip.cites),
                "point": Cell(trip.point, Basis.ESTIMATED, trip.cites),
                "ceiling": Cell(trip.ceiling, Basis.ESTIMATED, trip.cites),
                "revenue": Cell(trip.revenue, Basis.ESTIMATED, trip.cites)
                if trip.revenue
                else Cell(None, Basis.UNKNOWN, trip.cites),
                "promised": Cell(trip.promised, Basis.ESTIMATED, trip.cites),
                "share": Cell(
                    trip.point / trip.revenue if trip.revenue else None,
                    Basis.ESTIMATED if trip.revenue else Basis.UNKNOWN,
                    trip.cites,
                ),
                "sources": Cell("", Basis.NONE, trip.cites),
            },
        )
        for trip in sorted(trips, key=lambda trip: (-trip.point, -trip.ceiling, -trip.funding, trip.member))
    )
    caption = language.text("Own funding that came back as revenue in {period}", period=period)
    return Table("round-trip", caption, columns, rows)


def _sentence(table: Table, row: Row, language: Language, period: str, headline: bool) -> Finding:
    member = str(row.cells["member"].value)
    measure = language.text("round-tripped revenue (floor, pro-rata point, ceiling)")
    if not row.cells["promised"].value:
        return state(
            language,
            f"round-trip-{row.key}",
            "Of the {funding} that {member} may have given out in {period}, neither payments on record nor firm "
            "contracts brought anything back as its own revenue.",
            measure=measure,
            member=member,
            period=period,
            funding=table.at(row.key, "funding"),
        )
    if not row.cells["ceiling"].value:
        return state(
            language,
            f"round-trip-{row.key}",
            "Of the {funding} that {member} may have given out in {period}, no payment on record brought anything back "
            "as its own revenue; with firm contracts it would be at most {promised}.",
            measure=measure,
            member=member,
            period=period,
            funding=table.at(row.key, "funding"),
            promised=table.at(row.key, "promised"),
        )
    cells = {key: table.at(row.key, key) for key in ("funding", "floor", "ceiling", "point", "share")}
    if row.cells["floor"].value == 0:
        return state(
            language,
            f"round-trip-{row.key}",
            "Of the {funding} that {member} may have given out in {period}, at most {ceiling} came back as its own "
            "revenue, and possibly nothing (floor {floor}); mixed pro rata, {point}, which is {share} of its revenue.",
            measure=measure,
            headline=headline,
            member=member,
            period=period,
            **cells,
        )
    return state(
        language,
        f"round-trip-{row.key}",
        "Of the {funding} that {member} may have given out in {period}, at least {floor} and at most {ceiling} came "
        "back as its own revenue; mixed pro rata, {point}, which is {share} of its revenue.",
        measure=measure,
        headline=headline,
        member=member,
        period=period,
        **cells,
    )
