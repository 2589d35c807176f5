"""From headline to cash: what a set of announced deals came to by its own status paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ouroloop.report.charts import bars
from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Chart, Column, Kind, Row, Section, Table, state_plural


@dataclass(frozen=True, slots=True)
class FunnelItem:
    """One headline and what became of it, USD bn. `note` tells the path in words (dates and steps)."""

    id: str
    name: str
    headline: float
    firm: float
    paid: float
    note: str = ""
    cites: tuple[str, ...] = ()


def funnel_section(
    key: str, title: str, items: Sequence[FunnelItem], language: Language, *, footer: str, note: str = ""
) -> Section:
    """The section of one basket of deals; the sums are over the table's rows."""
    columns = (
        Column("deal", language.text("Deal")),
        Column("headline", language.text("announced"), Kind.MONEY),
        Column("firm", language.text("firm"), Kind.MONEY),
        Column("paid", language.text("paid"), Kind.MONEY),
        Column("path", language.text("What became of it")),
    )
    rows = [
        Row(
            item.id,
            {
                "deal": Cell(item.name, Basis.NONE, item.cites),
                "headline": Cell(item.headline, Basis.REPORTED, item.cites),
                "firm": Cell(item.firm, Basis.REPORTED, item.cites),
                "paid": Cell(item.paid, Basis.REPORTED, item.cites),
                "path": Cell(item.note, Basis.NONE),
            },
        )
        for item in items
    ]
    cites = _in_turn(items)
    total = {
        "deal": Cell(language.text("Together"), Basis.NONE),
        "headline": Cell(sum(item.headline for item in items), Basis.SUMMED, cites),
        "firm": Cell(sum(item.firm for item in items), Basis.SUMMED, cites),
        "paid": Cell(sum(item.paid for item in items), Basis.SUMMED, cites),
        "path": Cell("", Basis.NONE),
    }
    counted = Table(
        f"{key}-count",
        language.text("How many headlines"),
        (Column("what", language.text("Headlines followed")), Column("count", language.text("number"), Kind.COUNT)),
        (Row("all", {"what": Cell(title, Basis.NONE), "count": Cell(float(len(items)), Basis.NONE)}),),
    )
    table = Table(key, title, columns, (*rows, Row("total", total, total=True)), note)
    finding = state_plural(
        language,
        key,
        "{count} headline item of {announced} came to {firm} that is firm, of which {paid} was paid.",
        "{count} headline items of {announced} together came to {firm} that is firm, of which {paid} was paid.",
        measure=language.text("status paths of the deals, each tranche once"),
        headline=True,
        count=counted.at("all", "count"),
        announced=table.at("total", "headline"),
        firm=table.at("total", "firm"),
        paid=table.at("total", "paid"),
    )
    chart = Chart(
        key,
        key,
        finding.text,
        language.text(
            "Announced, firm and paid by deal, {unit}, from the deals' status paths.", unit=language.money_unit
        ),
        bars(table, "deal", ("headline", "firm", "paid"), language, finding.text),
        footer,
    )
    lead = language.text(
        "A headline is not a contract, and a contract is not cash. Each deal is followed from its announcement through "
        "what was signed to what was paid; what was withdrawn, expired or replaced falls out."
    )
    return Section(key, language.text("From headline to cash"), lead, (finding,), (chart,), (table, counted))


def _in_turn(items: Sequence[FunnelItem]) -> tuple[str, ...]:
    """The sources of all items: first one of each, the largest headline first, then the rest."""
    largest = sorted(items, key=lambda item: (-item.headline, item.id))
    turns = max((len(item.cites) for item in largest), default=0)
    return tuple(dict.fromkeys(item.cites[turn] for turn in range(turns) for item in largest if turn < len(item.cites)))
