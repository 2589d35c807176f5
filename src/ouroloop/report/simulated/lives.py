"""How much profit is a matter of how long chips are said to last?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ouroloop.report.charts import lines
from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import only, run_line, simulated
from ouroloop.report.simulated.results import SimulatedResults
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state

_MOST = 6
"""So many firms are drawn: those whose profit depends on the life most."""
_SPEAKS_OF = 2030


@dataclass(frozen=True, slots=True)
class _Year:
    """Four quarters of one calendar year, all simulated."""

    year: int
    places: tuple[int, ...]


def lives_section(results: SimulatedResults, language: Language, name: Callable[[str], str]) -> Section | None:
    """Profit of every firm and year under each life in the books, beside what wears out; None without such runs."""
    years = _years(results)
    if not results.lives or not years:
        return None
    firms = _firms(results, years)
    if not firms:
        return None
    table = _table(results, firms, years, language, name)
    keys = [column.key for column in table.columns if column.kind is Kind.MONEY]
    sentences: list[Finding] = []
    charts: list[Chart] = []
    for firm in firms:
        rows = [row for row in table.rows if row.code["of"] == firm]
        said = _sentence(results, table, rows, language)
        sentences.append(said)
        charts.append(
            Chart(
                f"lives-{firm}",
                table.id,
                said.text,
                language.text(
                    "{firm}, profit of the year before tax, mean over paths, {unit}.",
                    firm=name(firm),
                    unit=language.money_unit,
                ),
                lines(only(table, rows), "year", keys, language, said.text),
                run_line(results.baseline, language),
            )
        )
    return Section(
        "lives",
        language.text("Profit under other lives"),
        language.text(
            "Books spread the cost of chips over the years they are said to last. The same simulated world is shown "
            "with other lives in the books: no dollar moves, only profit. Beside them stands the economic profit, "
            "which charges what wears out. A life that is longer than the chips only moves the loss to later years."
        ),
        tuple(sentences[:3]),
        tuple(charts),
        (table,),
        simulated=True,
    )


def _years(results: SimulatedResults) -> tuple[_Year, ...]:
    quarters = results.baseline.quarters
    years = sorted({quarter.year for quarter in quarters})
    found = (_Year(year, tuple(n for n, q in enumerate(quarters) if q.year == year)) for year in years)
    return tuple(one for one in found if len(one.places) == 4)


def _sum(course: np.ndarray, year: _Year) -> float:
    return float(course[list(year.places)].sum())


def _firms(results: SimulatedResults, years: tuple[_Year, ...]) -> list[str]:
    shortest, longest = results.lives[0], results.lives[-1]

    def moved(firm: str) -> float:
        return float(sum(abs(_sum(longest.profit[firm] - shortest.profit[firm], year)) for year in years))

    firms = [firm for firm in results.baseline.firms if firm in shortest.profit and moved(firm) > 0.1]
    chosen = set(sorted(firms, key=lambda firm: -moved(firm))[:_MOST])
    return [firm for firm in firms if firm in chosen]


def _key(years: float) -> str:
    return f"life-{years:g}"


def _table(
    results: SimulatedResults,
    firms: list[str],
    years: tuple[_Year, ...],
    language: Language,
    name: Callable[[str], str],
) -> Table:
    columns = (
        Column("firm", language.text("Firm")),
        Column("year", language.text("Year")),
        *(
            Column(_key(one.years), language.text("chips over {years} years", years=f"{one.years:g}"), Kind.MONEY)
            for one in results.lives
        ),
        Column("economic", language.text("economic"), Kind.MONEY),
    )
    rows = tuple(
        Row(
            f"{firm}-{year.year}",
            {
                "firm": Cell(name(firm), Basis.NONE),
                "year": Cell(str(year.year), Basis.NONE),
                **{_key(one.years): simulated(_sum(one.profit[firm], year)) for one in results.lives},
                "economic": simulated(_sum(results.economic[firm], year)),
            },
            {"of": firm},
        )
        for firm in firms
        for year in years
    )
    caption = language.text("Profit of the year under each life of chips in the books, mean over paths")
    return Table("lives", caption, columns, rows, fold=True)


def _sentence(results: SimulatedResults, table: Table, rows: list[Row], language: Language) -> Finding:
    row = next((row for row in rows if row.cells["year"].value == str(_SPEAKS_OF)), rows[-1])
    shortest, longest = results.lives[0].years, results.lives[-1].years
    return state(
        language,
        f"lives-{row.code['of']}",
        "{firm} in {year}: {long_profit} with chips over {long_life} years, {short_profit} over {short_life}, and "
        "{economic} after what wears out.",
        measure=language.text("profit before tax, mean over simulated paths, as the deals stand"),
        firm=str(row.cells["firm"].value),
        year=str(row.cells["year"].value),
        long_profit=table.at(row.key, _key(longest)),
        long_life=f"{longest:g}",
        short_profit=table.at(row.key, _key(shortest)),
        short_life=f"{shortest:g}",
        economic=table.at(row.key, "economic"),
    )
