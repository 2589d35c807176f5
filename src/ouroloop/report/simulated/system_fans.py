"""Fans of measures of the whole: a chart and a sentence for each, over one folded table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ouroloop.report.language import Language
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
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Table, state
from ouroloop.report.time_charts import code_of, fan


@dataclass(frozen=True, slots=True)
class SystemFans:
    """What is drawn, with words that are marked for translation."""

    id: str
    """Of the table; charts and sentences are `<id>-<measure>`."""
    names: Mapping[str, str]
    """By measure, in the order drawn."""
    said: Mapping[str, str]
    """A sentence with places for `median`, `quarter`, `low`, `high` and `band`."""
    caption: str
    measured: str
    """What stands under each chart, with a place for `unit`."""

    def told(self, results: Results, language: Language) -> tuple[tuple[Finding, ...], tuple[Chart, ...], Table]:
        """Sentences, charts and the table that both rest on."""
        shown = [key for key in self.names if key in results.system]
        table = self._table(results, shown, language)
        sentences = tuple(self._sentence(results, table, key, language) for key in shown)
        charts: list[Chart] = []
        for key, said in zip(shown, sentences, strict=True):
            rows = [row for row in table.rows if row.code["of"] == key]
            one = results.system[key]
            drawn = fan(
                only(table, rows), "quarter", language, said.text, bands=bands_of(one, language), median=key_of(0.5)
            )
            legend = () if charts else fan_legend(one, language, recorded=False)
            under = language.text(self.measured, unit=language.money_unit)
            charts.append(
                Chart(f"{self.id}-{key}", table.id, said.text, under, drawn, run_line(results, language), legend)
            )
        return sentences, tuple(charts), table

    def _table(self, results: Results, shown: list[str], language: Language) -> Table:
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
                    "what": Cell(language.text(self.names[key]), Basis.NONE),
                    "quarter": quarter_cell(quarter, language),
                    **fan_cells(results.system[key], n),
                },
                code_of(quarter, simulated=True, of=key),
            )
            for key in shown
            for n, quarter in enumerate(results.quarters)
        )
        return Table(self.id, language.text(self.caption), columns, rows, quantile_note(language), fold=True)

    def _sentence(self, results: Results, table: Table, key: str, language: Language) -> Finding:
        quarter = results.quarters[checkpoint(results)]
        low, high = wide_band(results.system[key])
        row = f"{key}-{quarter}"
        return state(
            language,
            f"{self.id}-{key}",
            self.said[key],
            measure=language.text("quantiles of simulated paths, as the deals stand"),
            quarter=language.quarter(quarter),
            median=table.at(row, key_of(0.5)),
            low=table.at(row, key_of(low)),
            high=table.at(row, key_of(high)),
            band=band_name(low, high, language),
        )
