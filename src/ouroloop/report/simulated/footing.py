"""Words that stand under and beside everything simulated: which run it is, and what its columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ouroloop.core import Quarter
from ouroloop.report.language import Language
from ouroloop.report.simulated.results import Fan, Results
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Table
from ouroloop.report.time_charts import Band

EMPTY = Cell("", Basis.NONE)
"""Where a column says nothing of a row."""


def run_line(results: Results, language: Language) -> str:
    """The line under a chart: on what it stands, and what it is not."""
    return language.text(
        "Dossier {dossier} as known on {date}; scenario: {scenario}; {paths} paths, seed {seed}, run {run}. Model "
        "result, not a forecast, not advice.",
        dossier=results.dossier,
        date=language.date(results.as_of),
        scenario=language.name(results.title),
        paths=language.number(results.paths, 0),
        seed=str(results.seed),
        run=results.run_id,
    )


def simulated(value: float | None) -> Cell:
    """A number of the model; None and what is no number are unknown."""
    return Cell(None, Basis.UNKNOWN) if value is None or value != value else Cell(float(value), Basis.SIMULATED)


def three_digits(value: float) -> float:
    """A model says no more than three digits of an amount.

    >>> three_digits(21665.6), three_digits(-0.04567)
    (21700.0, -0.0457)
    """
    return float(f"{value:.3g}")


def key_of(level: float) -> str:
    """The key of a column of quantiles."""
    return f"q{round(1000 * level):03d}"


def fan_columns(levels: Sequence[float], kind: Kind, language: Language) -> tuple[Column, ...]:
    """One column for each level: `p10` is the value below which ten of a hundred paths lie."""
    return tuple(
        Column(key_of(level), language.text("median") if level == 0.5 else f"p{100 * level:g}", kind)
        for level in levels
    )


def fan_cells(fan: Fan, place: int) -> dict[str, Cell]:
    """The cells of one quarter under `fan_columns`."""
    return {key_of(level): simulated(three_digits(float(fan.values[n, place]))) for n, level in enumerate(fan.levels)}


def no_fan_cells(levels: Sequence[float]) -> dict[str, Cell]:
    """The cells of a recorded quarter under `fan_columns`."""
    return {key_of(level): EMPTY for level in levels}


def band_name(low: float, high: float, language: Language) -> str:
    """How many paths of a hundred lie between two levels, in words."""
    return language.text("{count} of 100 paths", count=f"{100 * (high - low):g}")


def wide_band(one: Fan) -> tuple[float, float]:
    """The band that sentences speak of: 80 of 100 paths, or the widest that there is."""
    return next((band for band in one.bands if abs(band[1] - band[0] - 0.8) < 1e-9), one.bands[0])


def bands_of(one: Fan, language: Language) -> tuple[Band, ...]:
    """The bands to be drawn, the widest first."""
    return tuple(Band(key_of(low), key_of(high), band_name(low, high, language)) for low, high in one.bands)


def fan_legend(fan: Fan, language: Language, *, recorded: bool) -> tuple[tuple[str, str], ...]:
    """What the drawing of a fan shows: swatches and their names."""
    bands = tuple((f"band-{place}", band.name) for place, band in enumerate(bands_of(fan, language)))
    line = (("l-recorded", language.text("recorded")),) if recorded else ()
    return (*line, ("l-median", language.text("median, simulated")), *bands)


def only(table: Table, rows: Sequence[Row]) -> Table:
    """Some rows of a table, to be drawn; they stay cells of the whole."""
    return replace(table, rows=tuple(rows))


def quarter_cell(quarter: Quarter, language: Language) -> Cell:
    """A quarter in words."""
    return Cell(language.quarter(quarter), Basis.NONE)


def quantile_note(language: Language) -> str:
    """What the columns of a table of quantiles say."""
    return language.text(
        "p10 is the value below which 10 of 100 paths lie in that quarter; the edges of a band are not paths. "
        "Simulated values of different quarters or firms at one level belong to different paths and must not be added. "
        "Simulated amounts are given to three digits."
    )


def checkpoint(results: Results) -> int:
    """The quarter that sentences speak of: the end of 2030, or of the horizon where that is not simulated."""
    place = results.place(Quarter(2030, 4))
    return len(results.quarters) - 1 if place is None else place
