"""The scenarios side by side: what is different where something happens?"""

from __future__ import annotations

from ouroloop.core import Quarter
from ouroloop.economy.losses import SOON
from ouroloop.report.charts import stacked
from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import checkpoint, run_line, simulated, three_digits
from ouroloop.report.simulated.outcomes import ENDING_NAME
from ouroloop.report.simulated.results import Results, SimulatedResults
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state

_YEARS = SOON // 4
"""Capital spending, debt and losses are compared so many years in: a crash that comes sooner keeps later debt from
being lent, and over the whole horizon it may therefore cost less."""
_PARTS = ("payoff_first", "muddle_through", "credit_first")


def comparison_section(results: SimulatedResults, language: Language) -> Section | None:
    """Endings, loss, capital spending, debt and defaults of every scenario; None with the baseline alone."""
    if not results.scenarios:
        return None
    every = (results.beside or results.baseline, *results.scenarios)
    table = _table(every, language)
    sentences = [
        found
        for found in (
            _most(results, table, language),
            _least(results, table, language),
            _loss(every[0], table, language),
        )
        if found
    ]
    title = sentences[0].text
    chart = Chart(
        "scenarios",
        table.id,
        title,
        language.text("Share of simulated paths with each ending, by scenario."),
        stacked(table, "scenario", _PARTS, language, title),
        run_line(every[0], language),
        tuple((f"s-{key}", table.column(key).title) for key in _PARTS),
    )
    return Section(
        "scenarios",
        language.text("What if: the scenarios side by side"),
        language.text(
            "Each scenario starts from the same books and the same draws as the deals as they stand, and lets one "
            "thing happen, on as many paths in every row. So the difference between two rows is due to that."
        ),
        tuple(sentences),
        (chart,),
        (table, _about(every, language)),
        simulated=True,
    )


def _table(every: tuple[Results, ...], language: Language) -> Table:
    later = _later(every[0])
    soon = language.quarter(every[0].quarters[later])
    last = language.quarter(every[0].quarters[-1])
    at = checkpoint(every[0])
    year = str(every[0].quarters[at].year)
    columns = (
        Column("scenario", language.text("Scenario")),
        Column("paths", language.text("paths"), Kind.COUNT),
        *(Column(key, language.text(ENDING_NAME[key]), Kind.SHARE) for key in _PARTS),
        Column("error", language.text("standard error of 'credit closes first'"), Kind.PERCENT),
        Column("half", language.text("credit closed first on half of the paths by")),
        Column("loss", language.text("loss outside to {quarter}, median", quarter=soon), Kind.MONEY),
        Column("loss_high", language.text("loss outside to {quarter}, p90", quarter=soon), Kind.MONEY),
        Column("loss_in_all", language.text("loss outside to {quarter}, median", quarter=last), Kind.MONEY),
        Column("capex", language.text("capital spending, year to {quarter}, mean", quarter=soon), Kind.MONEY),
        Column("debt", language.text("debt of all firms, {quarter}, median", quarter=soon), Kind.MONEY),
        Column("defaults", language.text("firms in default by the end of {year}, mean", year=year), Kind.AVERAGE),
    )
    rows = tuple(
        Row(
            one.scenario,
            {
                "scenario": Cell(language.name(one.title), Basis.NONE),
                "paths": Cell(float(one.paths), Basis.NONE),
                **{key: simulated(one.endings[key].share) for key in _PARTS},
                "error": simulated(one.endings["credit_first"].error),
                "half": _half(one, language),
                "loss": simulated(three_digits(float(one.outside_loss_soon.median[0]))),
                "loss_high": simulated(three_digits(float(one.outside_loss_soon.at(0.90)[0]))),
                "loss_in_all": simulated(three_digits(float(one.outside_loss.median[0]))),
                "capex": simulated(three_digits(float(one.system["capex"].mean[max(0, later - 3) : later + 1].sum()))),
                "debt": simulated(three_digits(float(one.system["debt"].median[later]))),
                "defaults": simulated(one.defaults_by(at)),
            },
        )
        for one in every
    )
    return Table("scenarios", language.text("Scenarios side by side"), columns, rows)


def _half(results: Results, language: Language) -> Cell:
    """When credit had closed first on half of all paths; empty where it has not by the end."""
    there = results.ended["credit_first"] >= 0.5
    if not there.any():
        return Cell("", Basis.NONE)
    return Cell(language.quarter(results.quarters[int(there.argmax())]), Basis.SIMULATED)


def _later(results: Results) -> int:
    return min(4 * _YEARS, len(results.quarters)) - 1


def _about(every: tuple[Results, ...], language: Language) -> Table:
    columns = (
        Column("scenario", language.text("Scenario")),
        Column("run", language.text("Run")),
        Column("seed", language.text("Seed")),
        Column("span", language.text("Quarters simulated")),
    )
    rows = tuple(
        Row(
            one.scenario,
            {
                "scenario": Cell(language.name(one.title), Basis.NONE, note=one.scenario),
                "run": Cell(one.run_id, Basis.NONE),
                "seed": Cell(str(one.seed), Basis.NONE),
                "span": Cell(_span(one.quarters[0], one.quarters[-1], language), Basis.NONE),
            },
        )
        for one in every
    )
    return Table("scenario-runs", language.text("The runs behind the scenarios"), columns, rows)


def _span(first: Quarter, last: Quarter, language: Language) -> str:
    return language.text("{first} to {last}", first=language.quarter(first), last=language.quarter(last))


def _value(row: Row, key: str) -> float:
    value = row.cells[key].value
    return float(value) if isinstance(value, (int, float)) else 0.0


def _beside(results: SimulatedResults, table: Table, row: Row, name: str, language: Language) -> Finding:
    base = table.rows[0].key
    return state(
        language,
        name,
        "In '{scenario}' credit closes first on {share} of the paths, as the deals stand on {before}; firms in default "
        "by the end of {year}: {defaults} beside {defaults_before} on average.",
        measure=language.text("share of simulated paths, scenario beside the deals as they stand"),
        headline=name == "scenarios-most",
        scenario=str(row.cells["scenario"].value),
        share=table.at(row.key, "credit_first"),
        before=table.at(base, "credit_first"),
        year=str(results.baseline.quarters[checkpoint(results.baseline)].year),
        defaults=table.at(row.key, "defaults"),
        defaults_before=table.at(base, "defaults"),
    )


def _most(results: SimulatedResults, table: Table, language: Language) -> Finding:
    """The scenario that makes credit close first most often."""
    row = max(table.rows[1:], key=lambda row: _value(row, "credit_first"))
    return _beside(results, table, row, "scenarios-most", language)


def _least(results: SimulatedResults, table: Table, language: Language) -> Finding | None:
    row = min(table.rows[1:], key=lambda row: _value(row, "credit_first"))
    return _beside(results, table, row, "scenarios-least", language) if len(table.rows) > 2 else None


def _loss(baseline: Results, table: Table, language: Language) -> Finding:
    """The scenario that costs most before what it keeps from being lent could have been lost."""
    row = max(table.rows[1:], key=lambda row: _value(row, "loss"))
    return state(
        language,
        "scenarios-loss",
        "Of what may happen, '{scenario}' costs those outside most by {quarter}: {loss} in the median, {high} or more "
        "on a tenth of the paths; as the deals stand it is {before}.",
        measure=language.text(
            "claims that lenders and holders outside have written off by then, and what they paid for others"
        ),
        quarter=language.quarter(baseline.quarters[_later(baseline)]),
        scenario=str(row.cells["scenario"].value),
        loss=table.at(row.key, "loss"),
        high=table.at(row.key, "loss_high"),
        before=table.at(table.rows[0].key, "loss"),
    )
