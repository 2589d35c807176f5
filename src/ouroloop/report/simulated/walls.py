"""What falls due within a year beside the cash to pay it, and who falls first when credit closes."""

from __future__ import annotations

from collections.abc import Callable

from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import only, quarter_cell, run_line, simulated
from ouroloop.report.simulated.results import Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.time_charts import code_of, walls

CLOSES = "credit-closes-first"
"""The scenario in which lenders stop."""
_LEAST = 0.5
"""What is less, USD bn, is no wall."""
_SURE = 0.005


def walls_section(
    results: Results, closing: Results | None, language: Language, name: Callable[[str], str]
) -> Section | None:
    """Debt due within a year and cash at the end of every year, in the median; None where nobody borrows."""
    firms = [firm for firm in results.firms if _walled(results, firm)]
    if not firms:
        return None
    table = _table(results, firms, language, name)
    charts: list[Chart] = []
    for firm in firms:
        rows = [row for row in table.rows if row.code["of"] == firm]
        title = _title(table, rows, language, name(firm))
        charts.append(
            Chart(
                f"wall-{firm}",
                table.id,
                title.text,
                language.text(
                    "{firm}, at the end of each year, medians of the paths, {unit}.",
                    firm=name(firm),
                    unit=language.money_unit,
                ),
                walls(only(table, rows), "quarter", "due", "cash", language, title.text),
                run_line(results, language),
                () if charts else (("wall", table.column("due").title), ("l-cash", table.column("cash").title)),
            )
        )
    fallen = _closing(results, closing, language, name) if closing else None
    sentences = [*_short(table, language), *(_first_to_fall(closing, fallen, language) if closing and fallen else ())]
    return Section(
        "maturity-wall",
        language.text("The maturity wall"),
        language.text(
            "Debt that runs out must be paid or borrowed again. As long as lenders roll it over, a wall is a date in a "
            "calendar; when they stop, whoever owes more within a year than it holds in cash is next. Medians of debt "
            "due and of cash stand side by side; they need not belong to one path."
        ),
        tuple(sentences),
        tuple(charts),
        (table, fallen) if fallen else (table,),
        simulated=True,
    )


def _ends(results: Results) -> list[int]:
    """Ends of years after which a whole year is simulated: what falls due beyond the horizon is not known."""
    return [n for n in results.year_ends() if n + 4 < len(results.quarters)]


def _walled(results: Results, firm: str) -> bool:
    """Does more than a tenth of its cash ever fall due within a year, in the median?"""
    due, cash = results.members[firm, "maturing_in_year"].median, results.members[firm, "cash"].median
    return any(due[n] > max(_LEAST, 0.1 * cash[n]) for n in _ends(results))


def _table(results: Results, firms: list[str], language: Language, name: Callable[[str], str]) -> Table:
    columns = (
        Column("firm", language.text("Firm")),
        Column("quarter", language.text("End of")),
        Column("due", language.text("due in a year"), Kind.MONEY),
        Column("cash", language.text("cash"), Kind.MONEY),
        Column("ratio", language.text("due / cash"), Kind.RATIO),
    )
    rows: list[Row] = []
    for firm in firms:
        due, cash = results.members[firm, "maturing_in_year"].median, results.members[firm, "cash"].median
        for n in _ends(results):
            quarter = results.quarters[n]
            cells = {
                "firm": Cell(name(firm), Basis.NONE),
                "quarter": quarter_cell(quarter, language),
                "due": simulated(float(due[n])),
                "cash": simulated(float(cash[n])),
                "ratio": simulated(float(due[n] / cash[n]) if cash[n] > 0.05 else None),
            }
            rows.append(Row(f"{firm}-{quarter}", cells, code_of(quarter, simulated=True, of=firm)))
    caption = language.text("Debt due within a year beside cash, medians")
    return Table("maturity-wall", caption, columns, tuple(rows), fold=True)


def _value(row: Row, key: str) -> float:
    value = row.cells[key].value
    return float(value) if isinstance(value, (int, float)) else 0.0


def _title(table: Table, rows: list[Row], language: Language, firm: str) -> Finding:
    """The quarter with most due beside the cash of that day."""
    worst = max(rows, key=lambda row: _value(row, "due"))
    return state(
        language,
        f"wall-{worst.code['of']}",
        "{firm}: the most that falls due in a year is {due}, after {quarter}, beside cash of {cash}.",
        measure=language.text("medians of simulated paths, as the deals stand"),
        firm=firm,
        due=table.at(worst.key, "due"),
        quarter=table.at(worst.key, "quarter"),
        cash=table.at(worst.key, "cash"),
    )


def _short(table: Table, language: Language) -> list[Finding]:
    """For each firm the first year-end at which more falls due than it holds, the earliest first."""
    first: dict[str, Row] = {}
    for row in table.rows:
        if _value(row, "due") > max(_value(row, "cash"), _LEAST):
            first.setdefault(row.code["of"], row)
    return [
        state(
            language,
            f"wall-short-{firm}",
            "At the end of {quarter}, {firm} owes more within a year than it holds in the median: {due} beside {cash}.",
            measure=language.text("medians of simulated paths, as the deals stand"),
            quarter=table.at(row.key, "quarter"),
            firm=str(row.cells["firm"].value),
            due=table.at(row.key, "due"),
            cash=table.at(row.key, "cash"),
        )
        for firm, row in sorted(first.items(), key=lambda one: int(one[1].code["at"]))
    ]


def _closing(results: Results, closing: Results, language: Language, name: Callable[[str], str]) -> Table | None:
    """Firms by the share of paths on which they have defaulted when credit closes, beside the deals as they stand."""
    ends = [n for n in closing.year_ends() if n < 20 and n < len(results.quarters)]
    if not ends:
        return None
    last = ends[-1]
    firms = [firm for firm in closing.defaulted if float(closing.defaulted[firm][last]) > _SURE]
    firms.sort(key=lambda firm: (-sum(float(closing.defaulted[firm][n]) for n in ends), firm))
    if not firms:
        return None
    columns = (
        Column("firm", language.text("Firm")),
        *(
            Column(
                f"by-{closing.quarters[n]}",
                language.text("by {quarter}", quarter=language.quarter(closing.quarters[n])),
                Kind.SHARE,
            )
            for n in ends
        ),
        Column(
            "baseline",
            language.text("as the deals stand, by {quarter}", quarter=language.quarter(closing.quarters[last])),
            Kind.SHARE,
        ),
    )
    rows = tuple(
        Row(
            firm,
            {
                "firm": Cell(name(firm), Basis.NONE),
                **{f"by-{closing.quarters[n]}": simulated(float(closing.defaulted[firm][n])) for n in ends},
                "baseline": simulated(float(results.defaulted.get(firm, closing.defaulted[firm] * 0)[last])),
            },
        )
        for firm in firms[:15]
    )
    caption = language.text(
        "Share of paths on which a firm has defaulted: {scenario}", scenario=language.name(closing.title)
    )
    return Table("wall-closing", caption, columns, rows, run_line(closing, language), fold=len(rows) > 12)


def _first_to_fall(closing: Results, table: Table, language: Language) -> list[Finding]:
    """Who has defaulted on most paths at the first year-end at which anybody clearly has."""
    keys = [column.key for column in table.columns if column.key.startswith("by-")]
    key = next((key for key in keys if max(_value(row, key) for row in table.rows) >= 0.1), keys[-1])
    rows = sorted(table.rows, key=lambda row: -_value(row, key))[:4]
    return [
        state(
            language,
            "wall-first",
            "In '{scenario}' the first to fall, by {quarter}: {firms}.",
            measure=language.text("share of simulated paths on which the firm did not pay what was due"),
            scenario=language.name(closing.title),
            quarter=language.quarter(next(q for q in closing.quarters if f"by-{q}" == key)),
            firms=tuple((str(row.cells["firm"].value), table.at(row.key, key)) for row in rows),
        )
    ]
