"""How much wealth is on paper, how much of it is a story, and how much is a loss that nobody has seen yet?"""

from __future__ import annotations

from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import (
    band_name,
    bands_of,
    checkpoint,
    fan_cells,
    fan_columns,
    fan_legend,
    key_of,
    only,
    quantile_note,
    quarter_cell,
    run_line,
    wide_band,
)
from ouroloop.report.simulated.results import Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.time_charts import code_of, fan

_NAME = {
    "paper_wealth": mark("paper wealth"),
    "narrative_premium": mark("narrative premium"),
    "bezzle": mark("bezzle"),
}
_SAID = {
    "paper_wealth": mark(
        "Paper wealth, shares carried above cost: {median} in the median at the end of {quarter}, {low} to {high} on "
        "{band}."
    ),
    "narrative_premium": mark(
        "Narrative premium, what share prices owe to announcements: {median} in the median at the end of {quarter}, "
        "{low} to {high} on {band}."
    ),
    "bezzle": mark(
        "The bezzle, losses that no books show yet: {median} in the median at the end of {quarter}, {low} to {high} on "
        "{band}."
    ),
}


def premium_section(results: Results, language: Language) -> Section:
    """Fans of paper wealth, narrative premium and bezzle."""
    shown = [key for key in _NAME if key in results.system]
    table = _table(results, shown, language)
    sentences = [_sentence(results, table, key, language) for key in shown]
    charts: list[Chart] = []
    for key, said in zip(shown, sentences, strict=True):
        rows = [row for row in table.rows if row.code["of"] == key]
        one = results.system[key]
        charts.append(
            Chart(
                f"premium-{key}",
                table.id,
                said.text,
                language.text("All firms together, at the end of the quarter, {unit}.", unit=language.money_unit),
                fan(
                    only(table, rows), "quarter", language, said.text, bands=bands_of(one, language), median=key_of(0.5)
                ),
                run_line(results, language),
                () if charts else fan_legend(one, language, recorded=False),
            )
        )
    return Section(
        "premium",
        language.text("Paper wealth, the story in prices, and the bezzle"),
        language.text(
            "Paper wealth is what holders carry shares at above what they paid. The narrative premium is the part of "
            "share prices that announcements have added; below zero, disappointment has taken more than that. The "
            "bezzle is what is lost already and still stands in the books: chips carried above what they can earn, "
            "stakes above cost, and bills that were not paid."
        ),
        tuple(sentences),
        tuple(charts),
        (table,),
        simulated=True,
    )


def _table(results: Results, shown: list[str], language: Language) -> Table:
    levels = next(iter(results.system.values())).levels
    columns = (
        Column("what", language.text("What")),
        Column("quarter", language.text("Quarter")),
        *fan_columns(levels, Kind.MONEY, language),
    )
    rows = tuple(
        Row(
            f"{key}-{quarter}",
            {
                "what": Cell(language.text(_NAME[key]), Basis.NONE),
                "quarter": quarter_cell(quarter, language),
                **fan_cells(results.system[key], n),
            },
            code_of(quarter, simulated=True, of=key),
        )
        for key in shown
        for n, quarter in enumerate(results.quarters)
    )
    caption = language.text("Paper wealth, narrative premium and bezzle by quarter")
    return Table("premium", caption, columns, rows, quantile_note(language), fold=True)


def _sentence(results: Results, table: Table, key: str, language: Language) -> Finding:
    quarter = results.quarters[checkpoint(results)]
    low, high = wide_band(results.system[key])
    row = f"{key}-{quarter}"
    return state(
        language,
        f"premium-{key}",
        _SAID[key],
        measure=language.text("quantiles of simulated paths, as the deals stand"),
        quarter=language.quarter(quarter),
        median=table.at(row, key_of(0.5)),
        low=table.at(row, key_of(low)),
        high=table.at(row, key_of(high)),
        band=band_name(low, high, language),
    )
