"""How much of what is built is built only because it was begun, and how much waits for power?"""

from __future__ import annotations

from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import (
    band_name,
    bands_of,
    checkpoint,
    fan_cells,
    fan_columns,
    fan_legend,
    key_of,
    quantile_note,
    quarter_cell,
    run_line,
    simulated,
    wide_band,
)
from ouroloop.report.simulated.results import Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.time_charts import code_of, fan


def trap_section(results: Results, language: Language) -> Section:
    """The trap index over time, the homeowner beside it, and sites that wait for power."""
    trap, power, choice = _trap(results, language), _power(results, language), _choice(language)
    trapped, waiting = _trapped(results, trap, language), _waiting(results, power, language)
    charts = (
        Chart(
            "trap",
            trap.id,
            trapped.text,
            language.text("Part of all capital spending of the quarter, from means over paths."),
            fan(trap, "quarter", language, trapped.text, bands=(), median="index"),
            run_line(results, language),
        ),
        Chart(
            "power-waiting",
            power.id,
            waiting.text,
            language.text("All firms together, at the end of the quarter, GW."),
            fan(
                power,
                "quarter",
                language,
                waiting.text,
                bands=bands_of(results.system["power_waiting"], language),
                median=key_of(0.5),
            ),
            run_line(results, language),
            fan_legend(results.system["power_waiting"], language, recorded=False),
        ),
    )
    return Section(
        "trap",
        language.text("Sites that trap money, and sites that wait for power"),
        language.text(
            "The trap index is the part of capital spending that goes into sites which, counted from the start, will "
            "never earn back their whole cost. They are finished all the same, as long as what remains to be paid is "
            "less than the finished site is worth. A homeowner without recourse in the same place walks away, because "
            "the bank takes the loss; the builder has nobody to hand the site to. The loss is of the same kind, only "
            "the option differs. So the index is not a forecast of abandonment: a trap is where people go on."
        ),
        (trapped, waiting),
        charts,
        (choice, trap, power),
        simulated=True,
    )


def _trap(results: Results, language: Language) -> Table:
    columns = (
        Column("quarter", language.text("Quarter")),
        Column("capex", language.text("capital spending"), Kind.MONEY),
        Column("trapped", language.text("of it trapped"), Kind.MONEY),
        Column("index", language.text("trap index"), Kind.SHARE),
    )
    spent = results.system["capex"].mean
    rows = tuple(
        Row(
            str(quarter),
            {
                "quarter": quarter_cell(quarter, language),
                "capex": simulated(float(spent[n])),
                "trapped": simulated(float(results.trapped[n])),
                "index": simulated(float(results.trapped[n] / spent[n]) if spent[n] > 0 else 0.0),
            },
            code_of(quarter, simulated=True),
        )
        for n, quarter in enumerate(results.quarters)
    )
    caption = language.text("Capital spending and the part that is trapped, by quarter, means over paths")
    return Table("trap", caption, columns, rows, fold=True)


def _power(results: Results, language: Language) -> Table:
    one = results.system["power_waiting"]
    columns = (Column("quarter", language.text("Quarter")), *fan_columns(one.levels, Kind.AVERAGE, language))
    rows = tuple(
        Row(
            str(quarter),
            {"quarter": quarter_cell(quarter, language), **fan_cells(one, n)},
            code_of(quarter, simulated=True),
        )
        for n, quarter in enumerate(results.quarters)
    )
    caption = language.text("Finished sites that wait for power, GW, by quarter")
    return Table("power-waiting", caption, columns, rows, quantile_note(language), fold=True)


def _choice(language: Language) -> Table:
    """The same loss in two places: an example in round numbers."""
    columns = (
        Column("who", language.text("Who")),
        Column("worth", language.text("worth when finished"), Kind.COUNT),
        Column("whole", language.text("whole cost or loan"), Kind.COUNT),
        Column("paid", language.text("paid already"), Kind.COUNT),
        Column("remaining", language.text("still to pay"), Kind.COUNT),
        Column("does", language.text("What they do")),
    )
    cases = {
        "homeowner": (language.text("a homeowner without recourse"), 80, 100, 0, language.text("walks away")),
        "builder": (language.text("the builder of a site"), 40, 50, 30, language.text("goes on")),
    }
    rows = tuple(
        Row(
            key,
            {
                "who": Cell(who, Basis.NONE),
                "worth": Cell(float(worth), Basis.NONE),
                "whole": Cell(float(whole), Basis.NONE),
                "paid": Cell(float(paid), Basis.NONE),
                "remaining": Cell(float(whole - paid), Basis.NONE),
                "does": Cell(does, Basis.NONE),
            },
        )
        for key, (who, worth, whole, paid, does) in cases.items()
    )
    return Table("walk-away", language.text("An example in round numbers: who walks away, who goes on"), columns, rows)


def _trapped(results: Results, table: Table, language: Language) -> Finding:
    first, later = results.quarters[0], results.quarters[checkpoint(results)]
    return state(
        language,
        "trap-index",
        "Of each dollar of capital spending, {now} goes into sites that will never earn back their whole cost in "
        "{first}, {then} in {later}.",
        measure=language.text("trap index: trapped over all capital spending, means over paths"),
        now=table.at(str(first), "index"),
        first=language.quarter(first),
        then=table.at(str(later), "index"),
        later=language.quarter(later),
    )


def _waiting(results: Results, table: Table, language: Language) -> Finding:
    quarter = results.quarters[checkpoint(results)]
    low, high = wide_band(results.system["power_waiting"])
    return state(
        language,
        "power-waiting",
        "At the end of {quarter}, {median} GW of finished sites wait for power in the median, {low} to {high} GW on "
        "{band}.",
        measure=language.text("quantiles of simulated paths, as the deals stand"),
        quarter=language.quarter(quarter),
        median=table.at(str(quarter), key_of(0.5)),
        low=table.at(str(quarter), key_of(low)),
        high=table.at(str(quarter), key_of(high)),
        band=band_name(low, high, language),
    )
