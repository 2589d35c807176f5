"""Which loops are there, how binding is their weakest leg, and how much can run round them in a year?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ouroloop.core import Tier
from ouroloop.report.language import Language, mark
from ouroloop.report.map_drawing import TIER_NAME
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state, state_plural

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

    @property
    def key(self) -> str:
        return "loop-" + "-".join(name.replace(".", "_") for name in self.ids)


@dataclass(frozen=True, slots=True)
class Chance:
    """How often do random networks with the same totals hold as many loops? `p` of the null model, and its draws."""

    p: float
    draws: int


def loops_section(found: Sequence[LoopFound], language: Language, *, longest: int, chance: Chance | None) -> Section:
    """The loops by tier, the strongest first. An empty list is a finding too."""
    counts = _counts(found, language, longest, chance)
    listed = _listed(found, language)
    sentences = [_counted(counts, language), *_strongest(listed, found, language)]
    if chance:
        sentences.append(_by_chance(counts, language))
    return Section(
        "loops",
        language.text("The loops"),
        language.text(
            "A loop is as binding as its weakest leg, and no more than its narrowest leg can run round it in a year. "
            "Legs of customers' payments and of funding both count; a loop needs at least one of each."
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


def _listed(found: Sequence[LoopFound], language: Language) -> Table:
    columns = (
        Column("loop", language.text("Loop, in the direction of the money")),
        Column("length", language.text("members"), Kind.COUNT),
        Column("tier", language.text("Weakest leg")),
        Column("bottleneck", language.text("narrowest leg, a year"), Kind.MONEY),
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
                "dates": Cell(language.text(_ORDER[loop.dates]), Basis.NONE),
                "sources": Cell("", Basis.NONE, loop.cites),
            },
            {"tier": loop.tier.value},
        )
        for loop in sorted(found, key=lambda loop: (loop.tier.rank, -(loop.bottleneck_usd_bn_year or -1), loop.key))
    )
    return Table("loops-list", language.text("Every loop found"), columns, rows, fold=len(rows) > 12)


def way(loop: LoopFound) -> str:
    """The loop as an arrow chain that ends where it began."""
    return " → ".join((*loop.names, loop.names[0]))


def _counted(counts: Table, language: Language) -> Finding:
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


def _strongest(listed: Table, found: Sequence[LoopFound], language: Language) -> list[Finding]:
    if not found or listed.rows[0].cells["bottleneck"].value is None:
        return []
    first = listed.rows[0]
    return [
        state(
            language,
            "loops-strongest",
            "The strongest is {loop}: its narrowest leg is {bottleneck} a year, and its weakest leg is {tier}.",
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
        "Of {draws} random networks in which every member gives and takes as much as here, a share of {p} holds as "
        "many loops or more.",
        measure=language.text("null model that keeps what each member gives and takes"),
        p=counts.at("all", "p"),
        draws=counts.at("all", "draws"),
    )
