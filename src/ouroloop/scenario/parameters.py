"""The parameters of all behaviors, drawn from a dossier's assumptions: each path its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

import equinox as eqx
import numpy as np
from jaxtyping import Float64

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.core.parameter import reads
from ouroloop.dossier import Assumption, Distribution, quantile
from ouroloop.economy.parameters import Parameters
from ouroloop.scenario.device import on_device

if TYPE_CHECKING:
    from ouroloop.scenario.language import Scenario

Values = Float64[np.ndarray, " #path"]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was drawn: the parameters as behaviors read them, and the values of each assumption, by id."""

    parameters: Parameters
    values: Mapping[str, Values]
    """In the assumption's own unit; one value where nothing is drawn, else one per path."""


def needed() -> tuple[str, ...]:
    """Which assumptions does the engine read? In the order of the parameters, each once."""
    found = [read.assumption for kind in _kinds().values() for read in reads(kind)]
    return tuple(dict.fromkeys(found))


def draw_parameters(scenario: Scenario, named: Callable[[str], np.ndarray] | None = None) -> Drawn:
    """Which parameters does each path have?

    Every field of `economy.parameters.Parameters` is a draw of its assumption, as the scenario has it: the quantile of
    the uniform number that `named` gives for the assumption's id. Two behaviors that read the same assumption get the
    same draws. Without `named`, everything stands at its central value.

    Raises BadInput naming every assumption that the dossier does not know on its day, or that cannot be drawn.
    """
    known, problems, values = scenario.assumptions, list[Problem](), dict[str, Values]()
    made: dict[str, Any] = {}
    for name, kind in _kinds().items():
        filled: dict[str, Any] = {}
        for read in reads(kind):
            row = known.get(read.assumption)
            if row is None or not row.drawable:
                problems.append(_problem(kind, read.name, read.assumption, row, known))
                continue
            if read.assumption not in values:
                values[read.assumption] = _values(row, read.assumption, named)
            filled[read.name] = on_device(values[read.assumption] * read.scale)
        if len(filled) == len(reads(kind)):
            made[name] = kind(**filled)
    if problems:
        raise BadInput(problems)
    return Drawn(Parameters(**made), values)


def _kinds() -> dict[str, type[eqx.Module]]:
    hints = get_type_hints(Parameters)
    return {field.name: hints[field.name] for field in fields(Parameters)}


def _values(row: Assumption, name: str, named: Callable[[str], np.ndarray] | None) -> Values:
    """Draws by the name that behaviors read, so that a row that stands in for a younger one gets the same uniforms."""
    if named is None or row.distribution is Distribution.POINT:
        return np.array([row.value])
    return quantile(row, named(name))


def _problem(kind: type, field: str, wanted: str, row: Assumption | None, known: Mapping[str, Assumption]) -> Problem:
    where = Place("assumptions")
    reader = f"{kind.__name__}.{field}"
    if row is None:
        message = f"{reader} reads '{wanted}', which is not known"
        return Problem(where, "no-assumption", message, nearest(wanted, list(known)))
    message = f"{reader} reads '{wanted}', of which nothing can be drawn"
    return Problem(where, "not-drawable", message, "give it a range")
