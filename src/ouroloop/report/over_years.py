"""How much went round over the whole recorded time, and who paid over those years?

Bounds come from one network of all quarters: forgetting the order of payments can only widen them, so they hold for the
dated payments too. The point is that of the books replayed quarter by quarter, where nobody pays with what comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ouroloop.report.language import Language, mark
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.who_paid import PAYERS


@dataclass(frozen=True, slots=True)
class OverYears:
    """One member over all recorded quarters, USD bn. `own` is its own money booked as revenue by the dated replay.

    `shares` are of the report's groups of payers (see `who_paid.PAYERS`); customers hold the assumed ones too.
    `quarters` counts the quarters with revenue on record, `since` and `until` are the first and the last of them.
    """

    member: str
    name: str
    since: str
    until: str
    quarters: int
    revenue: float
    funding: float
    floor: float
    own: float
    ceiling: float
    shares: dict[str, float]
    cites: tuple[str, ...] = ()

    @property
    def point(self) -> float:
        """Never outside of the bounds: the replay's cash also knows opening balances, which the bounds leave out."""
        return min(max(self.own, self.floor), self.ceiling)


def over_years_section(found: Sequence[OverYears], language: Language, *, period: str) -> Section | None:
    """The section; None where no member has revenue on record."""
    some = sorted((one for one in found if one.revenue > 0), key=lambda one: (-one.ceiling, -one.funding, one.member))
    if not some:
        return None
    table = _table(some, language, period)
    sentences = [_sentence(table, row, language, period, n == 0) for n, row in enumerate(table.rows) if _moved(row)]
    return Section(
        "over-years",
        language.text("Over all the years on record"),
        language.text(
            "All recorded quarters together, paid money only. Every number here is estimated: revenue counts only in "
            "the quarters for which it was published, payments between members only where somebody gave an amount, so "
            "the true ceilings may be higher. Floor and ceiling hold in whatever order the payments came; the point "
            "replays them quarter by quarter."
        ),
        tuple(sentences),
        (),
        (table,),
    )


def _moved(row: Row) -> bool:
    return bool(row.cells["ceiling"].value)


def _table(found: Sequence[OverYears], language: Language, period: str) -> Table:
    keys = [key for key in PAYERS if key in ("customers", "unknown") or any(one.shares.get(key) for one in found)]
    named = PAYERS | {"customers": mark("customers (most of it assumed)")}
    columns = (
        Column("member", language.text("Member")),
        Column("on_record", language.text("revenue on record")),
        Column("quarters", language.text("quarters"), Kind.COUNT),
        Column("revenue", language.text("revenue"), Kind.MONEY),
        Column("funding", language.text("given out, at most"), Kind.CEILING),
        Column("floor", language.text("floor"), Kind.FLOOR),
        Column("point", language.text("point (dated replay)"), Kind.MONEY),
        Column("ceiling", language.text("ceiling"), Kind.CEILING),
        *(Column(key, language.text(named[key]), Kind.SHARE) for key in keys),
        Column("sources", language.text("Sources")),
    )
    rows = tuple(
        Row(
            one.member,
            {
                "member": Cell(one.name, Basis.NONE),
                "on_record": Cell(
                    language.text("{first} to {last}", first=one.since, last=one.until)
                    if one.since != one.until
                    else one.since,
                    Basis.NONE,
                ),
                "quarters": Cell(float(one.quarters), Basis.NONE),
                "revenue": Cell(one.revenue, Basis.ESTIMATED, one.cites),
                "funding": Cell(one.funding, Basis.ESTIMATED, one.cites),
                "floor": Cell(one.floor, Basis.ESTIMATED, one.cites),
                "point": Cell(one.point, Basis.ESTIMATED, one.cites),
                "ceiling": Cell(one.ceiling, Basis.ESTIMATED, one.cites),
                **{
                    key: Cell(
                        one.shares.get(key, 0.0), Basis.UNKNOWN if key == "unknown" else Basis.ESTIMATED, one.cites
                    )
                    for key in keys
                },
                "sources": Cell("", Basis.NONE, one.cites),
            },
        )
        for one in found
    )
    caption = language.text("Round trips and who paid, {period}, all estimated", period=period)
    return Table("over-years", caption, columns, rows)


def _sentence(table: Table, row: Row, language: Language, period: str, headline: bool) -> Finding:
    return state(
        language,
        f"over-years-{row.key}",
        "In all quarters on record ({period}), at least {floor} and at most {ceiling} of the {funding} that {member} "
        "may have given out came back as its own revenue; replayed quarter by quarter, {point}.",
        measure=language.text("round-tripped revenue over all recorded quarters (floor, dated point, ceiling)"),
        headline=headline,
        member=str(row.cells["member"].value),
        period=period,
        funding=table.at(row.key, "funding"),
        floor=table.at(row.key, "floor"),
        ceiling=table.at(row.key, "ceiling"),
        point=table.at(row.key, "point"),
    )
