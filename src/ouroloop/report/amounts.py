"""How much money stands at each tier, every dollar counted once: funding, purchases, and promises for a bad state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ouroloop.core import Tier
from ouroloop.report.bargains import Bargain
from ouroloop.report.language import Language, mark
from ouroloop.report.map_drawing import TIER_NAME
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Section, Table, state

_SIDES: dict[str, str] = {
    "funding": mark("funding given"),
    "trade": mark("purchases and leases"),
    "contingent": mark("guarantees and warrants"),
}


def amounts_section(bargains: Sequence[Bargain], language: Language) -> Section:
    """Amounts by tier and side over the standing tranches; undisclosed ones are counted beside."""
    columns = (
        Column("tier", language.text("How binding")),
        *(Column(side, language.text(name), Kind.MONEY) for side, name in _SIDES.items()),
        Column("tranches", language.text("tranches"), Kind.COUNT),
        Column("undisclosed", language.text("of these without an amount"), Kind.COUNT),
    )
    standing = [b for b in bargains if b.tier is not Tier.VOID and b.deal.instrument.side in _SIDES]

    def row(key: str, name: str, some: Sequence[Bargain], total: bool = False) -> Row:
        cells = {"tier": Cell(name, Basis.NONE)}
        for side in _SIDES:
            of_side = [b.usd_bn for b in some if b.deal.instrument.side == side and b.usd_bn is not None]
            cells[side] = Cell("–", Basis.NONE) if total else Cell(sum(of_side), Basis.SUMMED)
        cells["tranches"] = Cell(float(len(some)), Basis.NONE)
        cells["undisclosed"] = Cell(float(sum(b.usd_bn is None for b in some)), Basis.NONE)
        return Row(key, cells, {"tier": key}, total)

    tiers = [tier for tier in Tier if tier is not Tier.VOID]
    rows = [row(t.value, language.text(TIER_NAME[t]), [b for b in standing if b.tier is t]) for t in tiers]
    rows.append(row("all", language.text("all tiers"), standing, total=True))
    table = Table(
        "amounts-by-tier",
        language.text("Money by how binding it is"),
        columns,
        tuple(rows),
        language.text(
            "Paid and firm tiers count what binds; the tiers below count the headline, where one was given. Tiers "
            "stand one under the other to be told apart, not to be added. Each deal counts once, and money that is "
            "passed on counts in each deal it passes through."
        ),
    )
    measure = language.text("standing tranches, overlaps resolved")
    sentences = (
        state(
            language,
            "amounts-funding",
            "Of the funding in these deals {paid} was paid and {firm} more is firm; {letter} rests on letters and "
            "announcements, and {reported} on what others report.",
            measure=measure,
            headline=True,
            **_cells(table, "funding"),
        ),
        state(
            language,
            "amounts-trade",
            "Of the purchases and leases {paid} is on record as paid and {firm} is firm; {conditional} hangs on a "
            "condition, {letter} rests on letters and announcements.",
            measure=measure,
            **_cells(table, "trade"),
        ),
        state(
            language,
            "amounts-undisclosed",
            "{count} of {all} tranches that stand disclose no amount.",
            measure=language.text("tranches counted"),
            count=table.at("all", "undisclosed"),
            all=table.at("all", "tranches"),
        ),
    )
    return Section("amounts", language.text("How much, by how binding"), "", sentences, (), (table,))


def _cells(table: Table, side: str) -> dict[str, Any]:
    return {tier.value: table.at(tier.value, side) for tier in Tier if tier is not Tier.VOID}
