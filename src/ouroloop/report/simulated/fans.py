"""How much debt and cash does each firm have on the way, and how wide is that?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import (
    EMPTY,
    band_name,
    bands_of,
    checkpoint,
    fan_cells,
    fan_columns,
    fan_legend,
    key_of,
    no_fan_cells,
    only,
    quantile_note,
    quarter_cell,
    run_line,
    wide_band,
)
from ouroloop.report.simulated.recorded import Known, Recorded
from ouroloop.report.simulated.results import Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.time_charts import code_of, fan

_SAID = {
    "debt": mark("{firm}: debt of {median} in the median at the end of {quarter}, {low} to {high} on {band}."),
    "cash": mark("{firm}: cash of {median} in the median at the end of {quarter}, {low} to {high} on {band}."),
}
_CAPTION = {"debt": mark("Debt by firm and quarter"), "cash": mark("Cash by firm and quarter")}
_SHOWN = mark("{firm}, at the end of the quarter, {unit}.")
_LEAST = 0.5
"""A firm that never has so much on the upper edge of its widest band, USD bn, is not drawn."""
_PAST = 24
"""So many quarters before the simulation are drawn."""
_LISTED = 3
"""Sentences beside those over the charts: of the firms with the most debt."""


def debt_section(
    results: Results,
    recorded: Recorded,
    language: Language,
    name: Callable[[str], str],
    footer: Callable[[tuple[str, ...]], str],
) -> Section:
    """A fan of debt and one of cash for every firm, what is published before them.

    `footer` names the sources of some cites.
    """
    tables: list[Table] = []
    charts: list[tuple[int, str, Chart]] = []
    sentences: list[tuple[float, Finding]] = []
    for order, (measure, known) in enumerate((("debt", recorded.debt), ("cash", recorded.cash))):
        firms = [firm for firm in results.firms if results.members[firm, measure].values.max() > _LEAST]
        table = _table(results, known, measure, firms, language, name)
        tables.append(table)
        for firm in firms:
            said = _sentence(results, table, measure, firm, language, name)
            if measure == "debt":
                sentences.append((float(results.members[firm, measure].median[checkpoint(results)]), said))
            charts.append((order, firm, _chart(results, table, measure, firm, said.text, language, name, footer)))
    places = {firm: n for n, firm in enumerate(results.firms)}
    drawn = [chart for _, _, chart in sorted(charts, key=lambda one: (places[one[1]], one[0]))]
    if drawn:
        example = next(iter(results.members.values()))
        drawn[0] = _with_legend(drawn[0], fan_legend(example, language, recorded=True))
    largest = sorted(sentences, key=lambda one: -one[0])[:_LISTED]
    return Section(
        "debt-and-cash",
        language.text("Debt and cash, firm by firm"),
        language.text(
            "What is published stands solid; from the opening of the books on, the dashed line is the median of the "
            "paths and the bands hold the given part of them. No single path is drawn: none of them is a forecast. "
            "Simulated debt is borrowed money, without leases."
        ),
        tuple(said for _, said in largest),
        tuple(drawn),
        tuple(tables),
        simulated=True,
    )


def _with_legend(chart: Chart, legend: tuple[tuple[str, str], ...]) -> Chart:
    return Chart(chart.id, chart.table, chart.title, chart.subtitle, chart.svg, chart.footer, legend)


def _table(
    results: Results,
    known: Mapping[str, tuple[Known, ...]],
    measure: str,
    firms: list[str],
    language: Language,
    name: Callable[[str], str],
) -> Table:
    levels = next(iter(results.members.values())).levels
    columns = (
        Column("firm", language.text("Firm")),
        Column("quarter", language.text("Quarter")),
        Column("recorded", language.text("recorded"), Kind.MONEY),
        *fan_columns(levels, Kind.MONEY, language),
        Column("sources", language.text("Sources")),
    )
    rows: list[Row] = []
    for firm in firms:
        for one in known.get(firm, ()):
            if 0 < results.quarters[0].ordinal - one.quarter.ordinal <= _PAST:
                cells = {
                    "firm": Cell(name(firm), Basis.NONE),
                    "quarter": quarter_cell(one.quarter, language),
                    "recorded": Cell(one.value, Basis.REPORTED, one.cites),
                    **no_fan_cells(levels),
                    "sources": Cell("", Basis.NONE, one.cites),
                }
                rows.append(Row(f"{firm}-{one.quarter}", cells, code_of(one.quarter, simulated=False, of=firm)))
        for n, quarter in enumerate(results.quarters):
            cells = {
                "firm": Cell(name(firm), Basis.NONE),
                "quarter": quarter_cell(quarter, language),
                "recorded": EMPTY,
                **fan_cells(results.members[firm, measure], n),
                "sources": EMPTY,
            }
            rows.append(Row(f"{firm}-{quarter}", cells, code_of(quarter, simulated=True, of=firm)))
    caption = language.text(_CAPTION[measure])
    return Table(f"fan-{measure}", caption, columns, tuple(rows), quantile_note(language), fold=True)


def _sentence(
    results: Results, table: Table, measure: str, firm: str, language: Language, name: Callable[[str], str]
) -> Finding:
    quarter = results.quarters[checkpoint(results)]
    row = f"{firm}-{quarter}"
    low, high = wide_band(results.members[firm, measure])
    return state(
        language,
        f"fan-{measure}-{firm}",
        _SAID[measure],
        measure=language.text("quantiles of simulated paths, as the deals stand"),
        firm=name(firm),
        quarter=language.quarter(quarter),
        median=table.at(row, key_of(0.5)),
        low=table.at(row, key_of(low)),
        high=table.at(row, key_of(high)),
        band=band_name(low, high, language),
    )


def _chart(
    results: Results,
    table: Table,
    measure: str,
    firm: str,
    title: str,
    language: Language,
    name: Callable[[str], str],
    footer: Callable[[tuple[str, ...]], str],
) -> Chart:
    rows = [row for row in table.rows if row.code["of"] == firm]
    cites = tuple(dict.fromkeys(cite for row in rows for cell in row.cells.values() for cite in cell.cites))
    drawn = fan(
        only(table, rows),
        "quarter",
        language,
        title,
        bands=bands_of(results.members[firm, measure], language),
        median=key_of(0.5),
        recorded="recorded",
    )
    line = run_line(results, language)
    return Chart(
        f"fan-{measure}-{firm}",
        table.id,
        title,
        language.text(_SHOWN, firm=name(firm), unit=language.money_unit),
        drawn,
        f"{footer(cites)} {line}" if cites else line,
    )
