"""Opened on an earlier day, how far off was the simulation, beside a forecast that knows nothing?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ouroloop.experiment.hindsight import Gap, LookBack, LookBackRow
from ouroloop.experiment.published import Measure
from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import EMPTY, simulated
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state

SERIES_NAME: dict[Measure, str] = {
    "capex": mark("capital spending of {firm}"),
    "debt": mark("debt of {firm}"),
    "revenue": mark("revenue of {firm}"),
}
WHY_NOT: dict[Gap, str] = {
    "no-record": mark("nothing recorded for all of it"),
    "no-opening": mark("the books open with none"),
    "within-first": mark("a balance within the first simulated quarter"),
}
NOTES = (
    mark(
        "A flow is held against what is recorded of the days of a calendar quarter: a fiscal period that straddles is "
        "shared evenly by day, and a share of a longer period than a quarter counts as estimated. Debt is held against "
        "the balance published within the quarter, on its own day, on the line between the simulated quarter ends."
    ),
    mark(
        "The naive forecast is a random walk with drift in logs, with drift and spread from the figures of that series "
        "that were published when the books opened; it needs three of them."
    ),
    mark(
        "This is not a blind test. Rules and some assumptions were written by people who had seen later figures: the "
        "chance that a letter becomes a contract, the price of leaving a lease and the shares of supply were set with "
        "later outcomes in sight, as their rows say, and so were rows that stand in for younger ones. That the "
        "opening builds what the pipelines show, and that let sites are valued at the rent of their contract, was "
        "decided after a first look back had shown capital spending falling. That paces are carried to the opening and "
        "uncertain, and how pipelines, worn chips, rents and sales of shares move, was decided after another had shown "
        "bands far too narrow; the widths come from records of before."
    ),
)


def look_back_section(result: LookBack, language: Language, name: Callable[[str], str]) -> Section:
    """The table of scores, hits and misses said plainly, and what is not blind about it."""
    table, sums, counts = _table(result, language, name), _sums(result, language), _counts(result, language)
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
        tuple(_sentences(result, table, sums, counts, language)),
        (),
        (table, sums, counts),
        tuple(language.text(note) for note in NOTES),
        simulated=True,
    )


def _table(result: LookBack, language: Language, name: Callable[[str], str]) -> Table:
    columns = (
        Column("series", language.text("Series")),
        Column("quarter", language.text("Quarter")),
        Column("median", language.text("median, simulated"), Kind.MONEY),
        Column("low", "p10", Kind.MONEY),
        Column("high", "p90", Kind.MONEY),
        Column("record", language.text("recorded"), Kind.MONEY),
        Column("verdict", language.text("80 % band")),
        Column("width", language.text("width of the band, part of what came"), Kind.SHARE),
        Column("crps", language.text("CRPS of the model"), Kind.MONEY),
        Column("naive_median", language.text("median of naive drift"), Kind.MONEY),
        Column("naive_crps", language.text("CRPS of naive drift"), Kind.MONEY),
        Column("naive_width", language.text("width of the naive band, part of what came"), Kind.SHARE),
    )
    rows = tuple(
        Row(
            one.key,
            {
                "series": Cell(language.text(SERIES_NAME[one.measure], firm=name(one.firm)), Basis.NONE),
                "quarter": Cell(language.quarter(one.quarter), Basis.NONE),
                **_cells(one, language),
            },
            {"verdict": one.gap or ("inside" if one.inside else "outside")},
        )
        for one in result.rows
    )
    note = language.text(
        "{paths} paths, seed {seed}; recorded as known on {date}.",
        paths=language.number(result.paths, 0),
        seed=str(result.seed),
        date=language.date(result.seen_from),
    )
    return Table("look-back", language.text("Model and naive forecast, by series and quarter"), columns, rows, note)


def _cells(one: LookBackRow, language: Language) -> dict[str, Cell]:
    numbers = ("median", "low", "high", "width", "crps", "naive_median", "naive_crps", "naive_width")
    cells = {key: simulated(getattr(one, key)) if one.compared else EMPTY for key in numbers}
    if one.compared and one.naive_crps != one.naive_crps:
        cells |= {key: EMPTY for key in numbers if key.startswith("naive")}
    record = EMPTY
    if one.record is not None:
        basis = Basis.REPORTED if one.record.reported else Basis.ESTIMATED
        note = "" if one.record.day == one.quarter.last_day else language.date(one.record.day)
        record = Cell(one.record.value, basis, one.record.sources, note)
    hit = language.text("inside") if one.inside else language.text("outside")
    verdict = Cell(language.text(WHY_NOT[one.gap]) if one.gap else hit, Basis.NONE)
    order = ("median", "low", "high", "record", "verdict", "width", "crps", "naive_median", "naive_crps", "naive_width")
    return {key: {**cells, "record": record, "verdict": verdict}[key] for key in order}


def _sums(result: LookBack, language: Language) -> Table:
    """Both forecasts side by side: hits, width of the band, CRPS."""
    found = result.summary
    columns = (
        Column("forecast", language.text("Forecast")),
        Column("outcomes", language.text("outcomes"), Kind.COUNT),
        Column("inside", language.text("inside the 80 % band"), Kind.COUNT),
        Column("coverage", language.text("share inside"), Kind.SHARE),
        Column("width", language.text("mean width of the band, part of what came"), Kind.SHARE),
        Column("crps", language.text("mean CRPS where both forecast"), Kind.MONEY),
        Column("ratio", language.text("CRPS as a multiple of naive drift's, mean"), Kind.RATIO),
    )
    values = {
        "model": (
            language.text("the model"),
            (found.compared, found.inside, found.coverage, found.width, found.crps, found.ratio),
        ),
        "naive": (
            language.text("naive drift"),
            (found.against, found.naive_inside, found.naive_coverage, found.naive_width, found.naive_crps, 1.0),
        ),
    }
    keys = [column.key for column in columns[1:]]
    rows = tuple(
        Row(
            key,
            {
                "forecast": Cell(who, Basis.NONE),
                **{column: simulated(value) for column, value in zip(keys, numbers, strict=True)},
            },
        )
        for key, (who, numbers) in values.items()
    )
    return Table("look-back-sums", language.text("Hits, widths and scores"), columns, rows)


def _counts(result: LookBack, language: Language) -> Table:
    """How often nearer, and how many assumptions stand in for younger ones."""
    found = result.summary
    values = {
        "against": (language.text("outcomes that both forecast"), found.against),
        "nearer": (language.text("of them, those to which the model was nearer"), found.nearer),
        "gaps": (language.text("quarters that could not be compared"), len(result.gaps)),
        "read": (language.text("assumptions read"), result.read),
        "stand-ins": (language.text("of them, those that stand in for younger rows"), len(result.stand_ins)),
    }
    columns = (Column("what", language.text("What")), Column("count", language.text("number"), Kind.COUNT))
    rows = tuple(
        Row(key, {"what": Cell(what, Basis.NONE), "count": Cell(float(count), Basis.NONE)})
        for key, (what, count) in values.items()
    )
    return Table("look-back-counts", language.text("What the look back rests on"), columns, rows)


def _sentences(result: LookBack, table: Table, sums: Table, counts: Table, language: Language) -> list[Finding]:
    measure = language.text("CRPS beside naive drift; coverage and width of the 80 % band")
    if not result.compared:
        said = mark("Looking back, nothing could be compared: {series}.")
        return [state(language, "look-back", said, measure=measure, series=_names(result.gaps, table, language))]
    found = [
        state(
            language,
            "look-back",
            "Looking back, {inside} of {outcomes} outcomes fell inside the model's band for four of five, beside "
            "{naive_inside} of {naive_outcomes} for naive drift; the model's CRPS is {ratio} that of naive drift on "
            "average.",
            measure=measure,
            headline=True,
            inside=sums.at("model", "inside"),
            outcomes=sums.at("model", "outcomes"),
            naive_inside=sums.at("naive", "inside"),
            naive_outcomes=sums.at("naive", "outcomes"),
            ratio=sums.at("model", "ratio"),
        ),
        state(
            language,
            "look-back-scores",
            "Where both forecast, mean CRPS is {model} for the model and {naive} for naive drift; the model was nearer "
            "to {nearer} of {against} outcomes. Its band is {width} of what came wide on average, that of naive drift "
            "{naive_width}.",
            measure=measure,
            model=sums.at("model", "crps"),
            naive=sums.at("naive", "crps"),
            nearer=counts.at("nearer", "count"),
            against=counts.at("against", "count"),
            width=sums.at("model", "width"),
            naive_width=sums.at("naive", "width"),
        ),
    ]
    hits = [row for row in result.compared if row.inside]
    for key, message, rows in (
        ("hits", mark("{quarter}, inside the band: {series}."), hits),
        ("misses", mark("{quarter}, outside the band, worst beside naive drift first: {series}."), result.misses),
    ):
        for quarter in sorted({row.quarter for row in rows}):
            pairs = tuple(
                (str(table.row(row.key).cells["series"].value), table.at(row.key, "record"))
                for row in rows
                if row.quarter == quarter
            )
            when, found_in = language.quarter(quarter), f"look-back-{key}-{quarter}"
            found.append(state(language, found_in, message, measure=measure, quarter=when, series=pairs))
    if result.gaps:
        said = mark("Not compared, because the record or the opening lacks it: {series}.")
        names = _names(result.gaps, table, language)
        found.append(state(language, "look-back-gaps", said, measure=measure, series=names))
    blind = mark("Of {read} assumptions read, {stand_ins} stand in for rows whose sources are younger.")
    read, younger = counts.at("read", "count"), counts.at("stand-ins", "count")
    return [*found, state(language, "look-back-blind", blind, measure=measure, read=read, stand_ins=younger)]


def _name(row: LookBackRow, table: Table, language: Language) -> str:
    cells = table.row(row.key).cells
    return language.text(
        "{series} in {quarter}", series=str(cells["series"].value), quarter=str(cells["quarter"].value)
    )


def _names(rows: Sequence[LookBackRow], table: Table, language: Language) -> str:
    return language.join(_name(row, table, language) for row in rows)
