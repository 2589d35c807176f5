"""Opened on an earlier day, how far off was the simulation, beside a forecast that knows nothing?"""

from __future__ import annotations

from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import simulated
from ouroloop.report.simulated.results import LookBack
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state


def look_back_section(result: LookBack, language: Language) -> Section:
    """The table of scores, hits and misses said plainly."""
    table, counts = _table(result, language), _counts(result, language)
    return Section(
        "look-back",
        language.text("Looking back: how far off was it?"),
        language.text(
            "Opened on {opened} with nothing that became known later, held against what the dossier records up to "
            "{until}. CRPS is the mean distance between the forecast's spread and what came, in USD; smaller is "
            "better. The naive forecast lets each series drift on as before. The 80 % band should hold four outcomes "
            "of five.",
            opened=language.date(result.opened),
            until=language.date(result.until),
        ),
        tuple(_sentences(table, counts, language)),
        (),
        (table, counts),
        simulated=True,
    )


def _table(result: LookBack, language: Language) -> Table:
    columns = (
        Column("series", language.text("Series")),
        Column("count", language.text("outcomes known"), Kind.COUNT),
        Column("model", language.text("CRPS of the model"), Kind.MONEY),
        Column("naive", language.text("CRPS of naive drift"), Kind.MONEY),
        Column("inside", language.text("inside the 80 % band"), Kind.SHARE),
        Column("width", language.text("width of the band"), Kind.MONEY),
        Column("naive_width", language.text("width of the naive band"), Kind.MONEY),
        Column("better", language.text("Nearer")),
    )
    rows = tuple(
        Row(
            one.name,
            {
                "series": Cell(one.name, Basis.NONE),
                "count": Cell(float(one.count), Basis.NONE),
                "model": simulated(one.model_crps),
                "naive": simulated(one.naive_crps),
                "inside": simulated(one.inside),
                "width": simulated(one.width),
                "naive_width": simulated(one.naive_width),
                "better": Cell(
                    language.text("the model") if one.model_crps < one.naive_crps else language.text("naive drift"),
                    Basis.NONE,
                ),
            },
        )
        for one in result.rows
    )
    return Table("look-back", language.text("Model and naive forecast, by series"), columns, rows)


def _counts(result: LookBack, language: Language) -> Table:
    """How many series, how often nearer, and how many outcomes were inside the band."""
    outcomes = sum(one.count for one in result.rows)
    inside = round(sum(one.inside * one.count for one in result.rows))
    nearer = sum(one.model_crps < one.naive_crps for one in result.rows)
    values = {
        "series": (language.text("series"), len(result.rows)),
        "nearer": (language.text("series in which the model was nearer"), nearer),
        "outcomes": (language.text("outcomes"), outcomes),
        "inside": (language.text("outcomes inside the 80 % band"), inside),
    }
    columns = (Column("what", language.text("What")), Column("count", language.text("number"), Kind.COUNT))
    rows = tuple(
        Row(key, {"what": Cell(what, Basis.NONE), "count": Cell(float(count), Basis.SIMULATED)})
        for key, (what, count) in values.items()
    )
    return Table("look-back-counts", language.text("Hits and misses"), columns, rows)


def _sentences(table: Table, counts: Table, language: Language) -> list[Finding]:
    said = state(
        language,
        "look-back",
        "Looking back, the model was nearer than naive drift in {nearer} of {series} series; {inside} of {outcomes} "
        "outcomes fell inside its band for four of five.",
        measure=language.text("mean CRPS beside naive drift; coverage of the band"),
        headline=True,
        nearer=counts.at("nearer", "count"),
        series=counts.at("series", "count"),
        inside=counts.at("inside", "count"),
        outcomes=counts.at("outcomes", "count"),
    )
    rows = sorted(table.rows, key=lambda row: _ratio(row))
    if len(rows) < 2:
        return [said]
    best, worst = rows[0], rows[-1]
    extremes = [
        state(
            language,
            f"look-back-{name}",
            "{series}: CRPS {model}, naive drift {naive}; {inside} of outcomes inside the band.",
            measure=language.text("mean CRPS beside naive drift; coverage of the band"),
            series=str(row.cells["series"].value),
            model=table.at(row.key, "model"),
            naive=table.at(row.key, "naive"),
            inside=table.at(row.key, "inside"),
        )
        for name, row in (("best", best), ("worst", worst))
    ]
    return [said, *extremes]


def _ratio(row: Row) -> float:
    model, naive = row.cells["model"].value, row.cells["naive"].value
    assert isinstance(model, float)
    assert isinstance(naive, float)
    return model / naive if naive > 0 else float("inf")
