"""Opened on an earlier day with what was known then: how far from what came, beside a forecast that only drifts on?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.core import BadInput, Place, Problem, Quarter
from ouroloop.experiment.hindsight import LookBack, LookBackRow
from ouroloop.experiment.naive_drift import NaiveDrift, naive_drift
from ouroloop.experiment.published import Measure, Record, known_before, recorded_in
from ouroloop.measures.forecast_scores import (
    central_band,
    central_band_lognormal,
    crps_ensemble,
    crps_lognormal,
)

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.experiment.runnable import Build, Economy
    from ouroloop.scenario.language import Scenario

SERIES: tuple[tuple[str, Measure], ...] = (
    ("microsoft", "capex"),
    ("alphabet", "capex"),
    ("amazon", "capex"),
    ("meta", "capex"),
    ("oracle", "capex"),
    ("oracle", "debt"),
    ("coreweave", "debt"),
    ("nvidia", "revenue"),
    ("openai", "revenue"),
)
"""By firm and measure of `economy.track`: what was said to be looked at before anything was simulated."""
OPENED = date(2025, 11, 21)
"""When the articles were written."""
UNTIL = Quarter(2026, 2)
HORIZON = 8
"""Quarters simulated at least: firms decide alike however soon the simulation ends."""
PATHS, SEED = 2048, 0
BAND = 0.8
_BATCH = 256


def look_back(
    dossier: Dossier,
    as_of: date = OPENED,
    *,
    paths: int = PATHS,
    seed: int = SEED,
    until: Quarter = UNTIL,
    build: Build | None = None,
    done: Callable[[int], None] | None = None,
) -> LookBack:
    """How far was the simulation, opened on `as_of`, from what `dossier` records up to `until`?

    Nothing happens in the scenario, and nothing is assumed but what the dossier knew on that day. A flow of a calendar
    quarter is compared with what is recorded of its days: fiscal periods that straddle are shared by day, as everywhere
    (`ouroloop.dossier.spread`), and only a quarter all of whose days are covered counts. A stock is compared on the day
    of the last balance published within the quarter, with the line between the simulated quarter ends on either side.
    The naive forecast (`naive_drift`) knows the same published figures of `as_of` and nothing else.

    What it is not: a blind test. Rules and some assumptions were written by people who had seen later figures.

    `build` gives the economy on paths from a first one on; without it, that of the dossier. `done` gets the number of
    paths after each batch. Raises BadInput where `as_of` is not before `until`, and what `scenario.build` raises.
    """
    from ouroloop.scenario.parameters import needed

    view = dossier.as_of(as_of)
    first = Quarter.of(view.date) + 1
    if until < first:
        message = f"Opened on {view.date}, nothing is simulated up to {until}."
        raise BadInput([Problem(Place("as_of"), "nothing-after", message, f"give a day before {until.first_day}")])
    span = until.ordinal - first.ordinal + 1
    paths_of = _simulated(build or _build(view, max(HORIZON, span), paths, seed), paths, done)
    rows: list[LookBackRow] = []
    for firm, measure in SERIES:
        drift = naive_drift(*known_before(view, firm, measure))
        for at in range(span):
            quarter, record = first + at, recorded_in(dossier, firm, measure, first + at)
            rows.append(_row(firm, measure, quarter, record, paths_of.get((firm, measure)), at, drift, view))
    used = [view.assumptions[name] for name in needed() if name in view.assumptions]
    younger = tuple(row.id for row in used if row.stands_in_for is not None)
    return LookBack(dossier.header.id, view.date, dossier.date, paths, seed, len(used), younger, tuple(rows))


def _build(view: Dossier, horizon: int, paths: int, seed: int) -> Build:
    from ouroloop.scenario.build import build
    from ouroloop.scenario.language import Scenario

    title = view.header.title
    scenario: Scenario = Scenario("look-back", title, title, view, horizon, paths, seed, assume={}, shocks=())

    def economy(first: int, count: int) -> Economy:
        return build(scenario, first, count)

    return economy


def _simulated(
    build: Build, paths: int, done: Callable[[int], None] | None
) -> dict[tuple[str, Measure], Float[np.ndarray, "quarter path"]]:
    """The paths of each series whose firm is in the world."""
    from ouroloop.economy.track import MEMBER_MEASURES

    found: dict[tuple[str, Measure], list[np.ndarray]] = {}
    for start in range(0, paths, _BATCH):
        count = min(_BATCH, paths - start)
        economy = build(start, count)
        members = list(economy.world.members)
        made = np.asarray(economy.simulate(detail=False).members)
        for firm, measure in SERIES:
            if firm in members:
                row = made[list(MEMBER_MEASURES).index(measure), members.index(firm)]
                found.setdefault((firm, measure), []).append(row)
        if done is not None:
            done(count)
    return {name: np.concatenate(some, axis=-1) for name, some in found.items()}


def _row(
    firm: str,
    measure: Measure,
    quarter: Quarter,
    record: Record | None,
    simulated: Float[np.ndarray, "quarter path"] | None,
    at: int,
    drift: NaiveDrift | None,
    view: Dossier,
) -> LookBackRow:
    known = len(known_before(view, firm, measure)[0])
    if record is None:
        return LookBackRow(firm, measure, quarter, None, "no-record", known=known)
    if simulated is None or not simulated.any():
        return LookBackRow(firm, measure, quarter, record, "no-opening", known=known)
    sample = simulated[at]
    if record.day < quarter.last_day:
        if at == 0:
            return LookBackRow(firm, measure, quarter, record, "within-first", known=known)
        along = ((record.day - quarter.first_day).days + 1) / _days_of(quarter)
        sample = (1 - along) * simulated[at - 1] + along * simulated[at]
    low, high = central_band(sample, BAND)
    made = LookBackRow(
        firm,
        measure,
        quarter,
        record,
        "",
        median=float(np.median(sample)),
        low=low,
        high=high,
        crps=crps_ensemble(sample, record.value),
        known=known,
    )
    if drift is None or record.value <= 0:
        return made
    middle, deviation = _forecast(drift, measure, quarter, record)
    naive_low, naive_high = central_band_lognormal(middle, deviation, BAND)
    return replace(
        made,
        naive_median=math.exp(middle),
        naive_low=naive_low,
        naive_high=naive_high,
        naive_crps=crps_lognormal(record.value, middle, deviation),
    )


def _forecast(drift: NaiveDrift, measure: Measure, quarter: Quarter, record: Record) -> tuple[float, float]:
    """Of a stock on the day of its record; of a flow at the middle of the quarter, times its days."""
    if measure == "debt":
        return drift.forecast(record.day.toordinal())
    days = _days_of(quarter)
    mean, deviation = drift.forecast(quarter.first_day.toordinal() + days / 2)
    return mean + math.log(days), deviation


def _days_of(quarter: Quarter) -> int:
    return (quarter.last_day - quarter.first_day).days + 1
