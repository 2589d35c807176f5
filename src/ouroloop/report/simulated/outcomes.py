"""Where does the loop go: does the payoff come first, does credit close first, and what moves that most?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import checkpoint, quarter_cell, run_line, simulated
from ouroloop.report.simulated.results import ENDINGS, Influence, Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.time_charts import code_of, shares_over_time

ENDING_NAME = {
    "payoff_first": mark("the payoff comes first"),
    "credit_first": mark("credit closes first"),
    "muddle_through": mark("neither"),
}
ALWAYS = {
    "dem-035": mark("Persistence of the growth of demand"),
    "beh-001": mark("Fear: how strongly firms answer their rivals' spending"),
}
"""Shown whether or not they matter."""
SHOWN = 10
"""So many assumptions are listed beside those."""


def outcomes_section(results: Results, language: Language, name: Callable[[str], str]) -> Section:
    """The endings with their Monte Carlo error, by when they come, which firms default, and what moves it most.

    `name` gives a firm's name in the reader's language.
    """
    endings, course = _endings(results, language), _course(results, language)
    moving, failing = _influences(results, language), _defaults(results, language, name)
    said = _headline(results, endings, language)
    sentences = [said, *_by_when(endings, language), *_moved(moving, language), *_failed(results, failing, language)]
    chart = Chart(
        "outcome-course",
        "outcome-course",
        said.text,
        language.text("Share of paths that have ended in each way by the end of each quarter."),
        shares_over_time(course, "quarter", ("payoff_first", "muddle_through", "credit_first"), language, said.text),
        run_line(results, language),
        tuple((f"s-{key}", course.column(key).title) for key in ("payoff_first", "muddle_through", "credit_first")),
    )
    return Section(
        "outcome",
        language.text("Where it goes"),
        language.text(
            "The books as they stand are run forward quarter by quarter on many paths, each with its own draw of every "
            "assumption. The payoff has come when outside customers carry the whole cost of what was built for some "
            "quarters in a row; credit has closed when lenders refuse most of what is asked of them for as long. The "
            "error says how far chance alone may have moved a share, not how wrong the model or its assumptions are."
        ),
        tuple(sentences),
        (chart,),
        tuple(table for table in (endings, moving, failing, course) if table),
        simulated=True,
    )


def _endings(results: Results, language: Language) -> Table:
    columns = (
        Column("ending", language.text("How paths end")),
        Column("share", language.text("share of paths"), Kind.SHARE),
        Column("error", language.text("Monte Carlo standard error"), Kind.PERCENT),
        Column("early", language.text("a tenth of them by")),
        Column("half", language.text("half of them by")),
    )
    rows = tuple(
        Row(
            key,
            {
                "ending": Cell(language.text(ENDING_NAME[key]), Basis.NONE),
                "share": simulated(results.endings[key].share),
                "error": simulated(results.endings[key].error),
                "early": _when(results, key, 0.1, language),
                "half": _when(results, key, 0.5, language),
            },
        )
        for key in ENDINGS
    )
    return Table("outcome-endings", language.text("How the simulated paths end"), columns, rows)


def _when(results: Results, ending: str, part: float, language: Language) -> Cell:
    course = results.ended.get(ending)
    if course is None or course[-1] <= 0:
        return Cell("", Basis.NONE)
    place = int(np.argmax(course >= part * course[-1] - 1e-12))
    return Cell(language.quarter(results.quarters[place]), Basis.SIMULATED)


def _course(results: Results, language: Language) -> Table:
    columns = (
        Column("quarter", language.text("Quarter")),
        *(
            Column(key, language.text(name), Kind.SHARE)
            for key, name in {**ENDING_NAME, "muddle_through": mark("still open")}.items()
        ),
    )
    rows: list[Row] = []
    for n, quarter in enumerate(results.quarters):
        paid, closed = float(results.ended["payoff_first"][n]), float(results.ended["credit_first"][n])
        cells = {
            "quarter": quarter_cell(quarter, language),
            "payoff_first": simulated(paid),
            "credit_first": simulated(closed),
            "muddle_through": simulated(1 - paid - closed),
        }
        rows.append(Row(str(quarter), cells, code_of(quarter, simulated=True)))
    caption = language.text("Share of paths that have ended, by quarter")
    return Table("outcome-course", caption, columns, tuple(rows), fold=True)


def _headline(results: Results, table: Table, language: Language) -> Finding:
    return state(
        language,
        "outcome-credit",
        "In the model, credit closes before the payoff on {credit} of the paths (Monte Carlo standard error {error}); "
        "the payoff comes first on {payoff}, and neither by {last} on {neither}.",
        measure=language.text("share of simulated paths, as the deals stand; not a forecast"),
        headline=True,
        credit=table.at("credit_first", "share"),
        error=table.at("credit_first", "error"),
        payoff=table.at("payoff_first", "share"),
        neither=table.at("muddle_through", "share"),
        last=language.quarter(results.quarters[-1]),
    )


def _by_when(table: Table, language: Language) -> list[Finding]:
    measure = language.text("quarter by which a part of the paths with this ending have ended")
    found: list[Finding] = []
    if table.row("credit_first").cells["half"].value:
        found.append(
            state(
                language,
                "outcome-when-credit",
                "Where credit closes first, it has closed by {early} on a tenth of those paths and by {half} on half.",
                measure=measure,
                early=table.at("credit_first", "early"),
                half=table.at("credit_first", "half"),
            )
        )
    if table.row("payoff_first").cells["half"].value:
        found.append(
            state(
                language,
                "outcome-when-payoff",
                "Where the payoff comes first, it has come by {early} on a tenth of those paths and by {half} on half.",
                measure=measure,
                early=table.at("payoff_first", "early"),
                half=table.at("payoff_first", "half"),
            )
        )
    return found


def _influences(results: Results, language: Language) -> Table | None:
    ranked = [one for one in results.influences if one.low == one.low]
    shown = [one for n, one in enumerate(ranked) if n < SHOWN or one.assumption in ALWAYS]
    shown += [one for one in results.influences if one.low != one.low and one.assumption in ALWAYS]
    if not shown:
        return None
    columns = (
        Column("assumption", language.text("Assumption")),
        Column("low", language.text("mean draw, lowest third"), Kind.DECIMAL),
        Column("high", language.text("mean draw, highest third"), Kind.DECIMAL),
        Column("credit_low", language.text("credit closes first: lowest third"), Kind.SHARE),
        Column("credit_high", language.text("highest third"), Kind.SHARE),
        Column("difference", language.text("difference"), Kind.SHARE),
        Column("error", language.text("Monte Carlo standard error"), Kind.PERCENT),
        Column("verdict", language.text("Verdict")),
    )
    rows = tuple(
        Row(
            one.assumption,
            {
                "assumption": Cell(_named(one, language), Basis.NONE, note=one.assumption),
                "low": simulated(one.low),
                "high": simulated(one.high),
                "credit_low": simulated(one.credit_first_low),
                "credit_high": simulated(one.credit_first_high),
                "difference": simulated(one.difference),
                "error": simulated(one.error),
                "verdict": Cell(_verdict(one, language), Basis.NONE),
            },
        )
        for one in shown
    )
    return Table(
        "outcome-influences",
        language.text("Which assumptions move the ending most"),
        columns,
        rows,
        language.text(
            "Paths are sorted by what they drew of one assumption; the lowest third stands beside the highest. Beyond "
            "chance: more than chance gives to the largest of so many. The two that the outcome was expected to hang "
            "on most are always listed."
        ),
    )


def _named(one: Influence, language: Language) -> str:
    return language.text(ALWAYS[one.assumption]) if one.assumption in ALWAYS else one.name


def _verdict(one: Influence, language: Language) -> str:
    if one.low != one.low:
        return language.text("held fixed in this run")
    return language.text("beyond chance") if one.clear else language.text("may be chance")


def _moved(table: Table | None, language: Language) -> list[Finding]:
    if table is None:
        return []
    found: list[Finding] = []
    measure = language.text("share of paths on which credit closes first, lowest third of draws beside the highest")
    first = table.rows[0].key
    for key in dict.fromkeys((first, *ALWAYS)):
        if not any(row.key == key and row.cells["credit_low"].value is not None for row in table.rows):
            continue
        found.append(
            state(
                language,
                f"outcome-moved-{key}",
                "{assumption} ({id}): credit closes first on {low} of the paths that drew the lowest third, on {high} "
                "of those that drew the highest: {verdict}.",
                measure=measure,
                headline=key == first,
                assumption=str(table.row(key).cells["assumption"].value),
                id=key,
                low=table.at(key, "credit_low"),
                high=table.at(key, "credit_high"),
                verdict=str(table.row(key).cells["verdict"].value),
            )
        )
    return found


def _defaults(results: Results, language: Language, name: Callable[[str], str]) -> Table | None:
    at = checkpoint(results)
    ends = [place for place in results.year_ends() if place <= at][-4:] or [at]
    if ends[-1] != at:
        ends.append(at)
    last = len(results.quarters) - 1
    ends = list(dict.fromkeys([*ends, last]))
    failing = [firm for firm, course in results.defaulted.items() if course[at] >= 0.005]
    failing.sort(key=lambda firm: (-float(results.defaulted[firm][at]), firm))
    if not failing:
        return None
    columns = (
        Column("firm", language.text("Firm")),
        *(
            Column(
                f"by-{results.quarters[n]}",
                language.text("by {quarter}", quarter=language.quarter(results.quarters[n])),
                Kind.SHARE,
            )
            for n in ends
        ),
    )
    rows = tuple(
        Row(
            firm,
            {
                "firm": Cell(name(firm), Basis.NONE),
                **{f"by-{results.quarters[n]}": simulated(float(results.defaulted[firm][n])) for n in ends},
            },
        )
        for firm in failing[:15]
    )
    caption = language.text("Share of paths on which a firm has defaulted")
    return Table("outcome-defaults", caption, columns, rows, fold=len(rows) > 12)


def _failed(results: Results, table: Table | None, language: Language) -> list[Finding]:
    if table is None:
        return []
    quarter = results.quarters[checkpoint(results)]
    return [
        state(
            language,
            "outcome-defaults",
            "Firms that have defaulted by {quarter} on most paths: {firms}.",
            measure=language.text("share of simulated paths on which the firm did not pay what was due"),
            quarter=language.quarter(quarter),
            firms=tuple((str(row.cells["firm"].value), table.at(row.key, f"by-{quarter}")) for row in table.rows[:5]),
        )
    ]
