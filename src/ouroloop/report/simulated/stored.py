"""From a run in its folder to the plain results that the report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.economy.track import SPONSORS, SYSTEM_MEASURES
from ouroloop.experiment.outcomes import by_quarter, shares
from ouroloop.experiment.sensitivity import sensitivities
from ouroloop.report.simulated.reduce import drawn_firms
from ouroloop.report.simulated.results import MEASURES, Chance, Fan, Influence, Results

if TYPE_CHECKING:
    from ouroloop.experiment.read import Run, Statistics
    from ouroloop.scenario.language import Scenario

_BEYOND = 0.02
"""Quantiles outside of this are kept by runs but not drawn: their bands would be mostly noise."""


def from_run(scenario: Scenario, run: Run) -> Results:
    """The results of a run that is whole; `scenario` is what was run (`experiment.again.scenario_of` reads it).

    A run keeps other quantiles than a simulation in memory, so that bands have other widths; they say so themselves.
    """
    members, system, paid = (run.statistics(name) for name in ("members", "system", "who_paid"))
    entities = tuple(dict.fromkeys(one.entity for one in members.series))
    firms = drawn_firms(entities)
    at = {(one.entity, one.measure): n for n, one in enumerate(members.series)}
    whole = {one.measure: n for n, one in enumerate(system.series)}
    payers = {(one.entity, one.measure): n for n, one in enumerate(paid.series)}
    levels = _levels(members)
    known = scenario.dossier.assumptions
    return Results(
        scenario=scenario.id,
        title=scenario.title,
        dossier=scenario.dossier.header.id,
        as_of=scenario.as_of,
        quarters=tuple(Quarter.parse(name) for name in run.quarters),
        paths=run.paths,
        seed=run.seed,
        run_id=run.manifest["hash"][:8],
        firms=firms,
        members={(firm, name): _fan(members, at[firm, name], levels) for firm in firms for name in MEASURES},
        who_paid={
            (firm, sponsor): paid.columns["mean"][payers[firm, sponsor]] for firm in firms for sponsor in SPONSORS
        },
        system={name: _fan(system, whole[name], levels) for name in SYSTEM_MEASURES},
        trapped=np.sum([members.columns["mean"][at[firm, "trapped_capex"]] for firm in entities], axis=0),
        endings={one.name: Chance(one.share, one.error) for one in shares(run.outcomes["outcome"].values)},
        ended=by_quarter(run),
        defaulted={firm: members.columns["mean"][at[firm, "defaulted"]] for firm in entities},
        outside_loss_soon=_by_path(run, "outside_loss_soon", tuple(levels)),
        outside_loss=_by_path(run, "outside_loss", tuple(levels)),
        influences=tuple(
            Influence(
                one.assumption,
                known[one.assumption].name if one.assumption in known else one.assumption,
                one.low,
                one.high,
                one.credit_first_low,
                one.credit_first_high,
                one.error,
                one.clear,
            )
            for one in sensitivities(run)
        ),
    )


def _levels(found: Statistics) -> dict[float, str]:
    """The quantiles that the run keeps, as shares, and the columns that hold them."""
    named = {float(name[1:]) / 100: name for name in found.columns if name[0] == "p" and name[1:].isdigit()}
    return {level: name for level, name in sorted(named.items()) if _BEYOND <= level <= 1 - _BEYOND}


def _fan(found: Statistics, row: int, levels: dict[float, str]) -> Fan:
    values = np.stack([found.columns[name][row] for name in levels.values()])
    return Fan(tuple(levels), values, found.columns["mean"][row])


def _by_path(run: Run, name: str, levels: tuple[float, ...]) -> Fan:
    """Of a mark that is kept of every path: one column."""
    values = run.outcomes[name].values
    return Fan(levels, np.quantile(values, levels)[:, None], np.array([float(values.mean())]))
