"""Four gauges of how circular the loop's flows are, side by side, because they disagree and none is the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ouroloop.report.language import Language, mark
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Section, Table, state

NAMES: dict[str, tuple[str, str]] = {
    "throughput": (
        mark("throughput circularity"),
        mark("money that completes a circle, over that plus the net imbalance"),
    ),
    "maximum": (mark("maximum circulation"), mark("the largest part of all flows that could be set off in circles")),
    "fair": (mark("fair-split circulation"), mark("the part that goes round when every firm splits what it gets")),
    "finn": (mark("Finn cycling index"), mark("throughflow that has been at the same firm before")),
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge's reading, a share in [0, 1]. `name` is a key of NAMES."""

    name: str
    share: float


def gauges_section(gauges: Sequence[Gauge], language: Language, *, period: str, tiers: str) -> Section | None:
    """The gauges; None where nothing flows between members."""
    if not gauges:
        return None
    columns = (
        Column("gauge", language.text("Gauge")),
        Column("share", language.text("reading"), Kind.SHARE),
        Column("meaning", language.text("What it counts")),
    )
    order = sorted(gauges, key=lambda gauge: (gauge.share, gauge.name))
    rows = tuple(
        Row(
            gauge.name,
            {
                "gauge": Cell(language.text(NAMES[gauge.name][0]), Basis.NONE),
                "share": Cell(gauge.share, Basis.ESTIMATED),
                "meaning": Cell(language.text(NAMES[gauge.name][1]), Basis.NONE),
            },
        )
        for gauge in order
    )
    caption = language.text("Gauges of the flows between members, {period}; {tiers}", period=period, tiers=tiers)
    table = Table("gauges", caption, columns, rows)
    measure = language.text("each gauge as named")
    low, high = table.at(rows[0].key, "share"), table.at(rows[-1].key, "share")
    if low.say(language) == high.say(language):
        finding = state(
            language,
            "gauges",
            "On the same flows of {period}, every gauge reads {low}.",
            measure=measure,
            period=period,
            low=low,
        )
    else:
        finding = state(
            language,
            "gauges",
            "On the same flows of {period}, the gauges read from {low} ({low_name}) to {high} ({high_name}).",
            measure=measure,
            period=period,
            low=low,
            low_name=str(rows[0].cells["gauge"].value),
            high=high,
            high_name=str(rows[-1].cells["gauge"].value),
        )
    lead = language.text(
        "There is no single number for how circular a network is. These gauges look at the flows between members only, "
        "and read high: they ignore what leaks outside. Use them to compare periods, not to say what share is not real."
    )
    return Section("gauges", language.text("Gauges of the whole loop"), lead, (finding,), (), (table,))
