"""Which loops are there, how binding is their weakest leg, and how much can run round them in a year?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ouroloop.core import Tier
from ouroloop.report.language import Language, mark
from ouroloop.report.map_drawing import TIER_NAME
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state, state_plural

SHOWN = 80
"""Loops listed one by one; counts are over all."""

_ORDER: dict[str, str] = {
    "yes": mark("in order"),
    "no": mark("not in order"),
    "unknown": mark("unknown"),
}


@dataclass(frozen=True, slots=True)
class LoopFound:
    """One loop: its members in the direction of the money, its weakest leg, and whether the dates can follow it."""

    names: tuple[str, ...]
    ids: tuple[str, ...]
    tier: Tier
    bottleneck_usd_bn_year: float | None
    dates: Literal["yes", "no", "unknown"]
    cites: tuple[str, ...] = ()
    paid_in_period: float = 0.0
    """What can have gone round in the measured period by payments on record, USD bn; 0 where a leg has none."""

    @property
    def key(self) -> str:
        return "loop-" + "-".join(name.replace(".", "_") for name in self.ids)


@dataclass(frozen=True, slots=True)
class Chance:
    """The null model: how often random networks, every firm with as many payers and payees, hold as many loops."""

    p: float
    draws: int
    mean: float
    """Loops in a random network, on average."""
    observed: int
    """Loops of these deals, of whatever legs."""


def loops_section(
    found: Sequence[LoopFound], language: Language, *, longest: int, period: str, chance: Chance | None
) -> Section:
    """The loops by tier, the strongest first. An empty list is a finding too."""
    counts = _counts(found, language, longest, chance)
    listed = _listed(found, language, period)
    sentences = [_counted(counts, language), *_strongest(listed, language), *_moved(listed, language, period)]
    if chance:
        sentences.append(_by_chance(counts, language))
    return Section(
        "loops",
        language.text("The loops"),
        language.text(
            "A loop is as binding as its weakest leg, and no more than its narrowest leg can run round it in a year. "
            "In each loop somebody funds and somebody sells; outside money closes none. A loop says that money can go "
            "round, not that it did."
        ),
        tuple(sentences),
        (),
        (counts, *((listed,) if found else ())),
    )


def _counts(found: Sequence[LoopFound], language: Language, longest: int, chance: Chance | None) -> Table:
    columns = (
        Column("tier", language.text("Weakest leg")),
        Column("count", language.text("loops"), Kind.COUNT),
        Column("ordered", language.text("dates in order"), Kind.COUNT),
        Column("longest", language.text("most members"), Kind.COUNT),
        Column("any", language.text("loops of any legs"), Kind.COUNT),
        Column("mean", language.text("loops by chance"), Kind.AVERAGE),
        Column("p", language.text("p of the null model"), Kind.DECIMAL),
        Column("draws", language.text("random networks drawn"), Kind.COUNT),
    )

    def row(key: str, name: str, some: Sequence[LoopFound], total: bool = False) -> Row:
        last = chance if total else None
        return Row(
            key,
            {
                "tier": Cell(name, Basis.NONE),
                "count": Cell(float(len(some)), Basis.NONE),
                "ordered": Cell(float(sum(loop.dates == "yes" for loop in some)), Basis.NONE),
                "longest": Cell(
                    float(longest if total else max((len(loop.ids) for loop in some), default=0)), Basis.NONE
                ),
                "any": Cell(float(last.observed), Basis.NONE) if last else Cell("–", Basis.NONE),
                "mean": Cell(last.mean, Basis.ESTIMATED) if last else Cell("–", Basis.NONE),
                "p": Cell(last.p, Basis.ESTIMATED) if last else Cell("–", Basis.NONE),
                "draws": Cell(float(last.draws), Basis.NONE) if last else Cell("–", Basis.NONE),
            },
            {"tier": key},
            total=total,
        )

    tiers = [tier for tier in Tier if tier is not Tier.VOID]
    rows = [
        row(tier.value, language.text(TIER_NAME[tier]), [loop for loop in found if loop.tier is tier]) for tier in tiers
    ]
    rows.append(row("all", language.text("all tiers"), found, total=True))
    caption = language.text("Loops by their weakest leg")
    return Table("loops-by-tier", caption, columns, tuple(rows))


def _listed(found: Sequence[LoopFound], language: Language, period: str) -> Table:
    columns = (
        Column("loop", language.text("Loop, in the direction of the money")),
        Column("length", language.text("members"), Kind.COUNT),
        Column("tier", language.text("Weakest leg")),
        Column("bottleneck", language.text("narrowest leg, a year"), Kind.MONEY),
        Column("paid", language.text("paid round in {period}", period=period), Kind.MONEY),
        Column("dates", language.text("Dates")),
        Column("sources", language.text("Sources")),
    )
    rows = tuple(
        Row(
            loop.key,
            {
                "loop": Cell(way(loop), Basis.NONE),
                "length": Cell(float(len(loop.ids)), Basis.NONE),
                "tier": Cell(language.text(TIER_NAME[loop.tier]), Basis.NONE),
                "bottleneck": Cell(
                    loop.bottleneck_usd_bn_year,
                    Basis.UNKNOWN if loop.bottleneck_usd_bn_year is None else Basis.ESTIMATED,
                    loop.cites,
                ),
                "paid": Cell(loop.paid_in_period, Basis.ESTIMATED, loop.cites),
                "dates": Cell(language.text(_ORDER[loop.dates]), Basis.NONE),
                "sources": Cell("", Basis.NONE, loop.cites),
            },
            {"tier": loop.tier.value},
        )
        for loop in _strongest_first(found)[:SHOWN]
    )
    note = language.text(
        "The strongest {count} of {all}.", count=language.number(len(rows), 0), all=language.number(len(found), 0)
    )
    return Table(
        "loops-list", language.text("The loops, the most binding first"), columns, rows, note, fold=len(rows) > 12
    )


def _strongest_first(found: Sequence[LoopFound]) -> list[LoopFound]:
    return sorted(found, key=lambda loop: (loop.tier.rank, -(loop.bottleneck_usd_bn_year or -1), loop.key))


def way(loop: LoopFound) -> str:
    """The loop as an arrow chain that ends where it began."""
    return " → ".join((*loop.names, loop.names[0]))


def _counted(counts: Table, language: Language) -> Finding:
    if not counts.row("all").cells["count"].value:
        return state(
            language,
            "loops-counted",
            "No loop of up to {longest} members is on record.",
            measure=language.text("loops by their weakest leg"),
            headline=True,
            longest=counts.at("all", "longest"),
        )
    return state_plural(
        language,
        "loops-counted",
        "There is {count} loop of up to {longest} members; {paid} with paid money in every leg, {firm} more at least "
        "with firm contracts.",
        "There are {count} loops of up to {longest} members; {paid} with paid money in every leg, {firm} more at least "
        "with firm contracts.",
        measure=language.text("loops by their weakest leg"),
        headline=True,
        count=counts.at("all", "count"),
        longest=counts.at("all", "longest"),
        paid=counts.at("paid", "count"),
        firm=counts.at("firm", "count"),
    )


def _moved(listed: Table, language: Language, period: str) -> list[Finding]:
    """The loop that most money can have gone round in the period, by payments on record."""
    best = max(listed.rows, key=lambda row: float(row.cells["paid"].value or 0.0), default=None)
    if best is None or not best.cells["paid"].value:
        return []
    return [
        state(
            language,
            "loops-moved",
            "By payments on record, most money in {period} can have gone round {loop}: at most {paid}.",
            measure=language.text("narrowest leg of a loop, paid in the period"),
            headline=True,
            period=period,
            loop=str(best.cells["loop"].value),
            paid=listed.at(best.key, "paid"),
        )
    ]


def _strongest(listed: Table, language: Language) -> list[Finding]:
    if not listed.rows or listed.rows[0].cells["bottleneck"].value is None:
        return []
    first = listed.rows[0]
    return [
        state(
            language,
            "loops-strongest",
            "The most binding loop is {loop}: its narrowest leg is {bottleneck} a year over the deals' own terms, and "
            "its least binding leg is {tier}.",
            measure=language.text("narrowest leg of a loop, per year"),
            headline=True,
            loop=str(first.cells["loop"].value),
            tier=str(first.cells["tier"].value),
            bottleneck=listed.at(first.key, "bottleneck"),
        )
    ]


def _by_chance(counts: Table, language: Language) -> Finding:
    return state(
        language,
        "loops-chance",
        "Counting loops of any legs, these deals make {any}; random networks in which every firm has as many payers "
        "and payees hold {mean} on average, and the chance that one holds as many is {p} ({draws} drawn).",
        measure=language.text("null model that keeps how many payers and payees each firm has"),
        any=counts.at("all", "any"),
        mean=counts.at("all", "mean"),
        p=counts.at("all", "p"),
        draws=counts.at("all", "draws"),
    )
