"""Parameters of models: fields that say which assumption of a dossier they hold.

Not imported by `ouroloop.core` itself: it needs equinox, which is too heavy for a start-up.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import equinox as eqx
from jaxtyping import Array, Float64

Parameter = Float64[Array, "..."]
"""One number for all paths, or one per path on the last axis."""


@dataclass(frozen=True, slots=True)
class Read:
    """Where a parameter comes from: the assumption's id and the unit in which the behavior reads it."""

    name: str
    assumption: str
    unit: str
    scale: float
    """What the assumption's number is multiplied by to be in that unit (0.01 for percent, 1e-4 for basis points)."""


def parameter(assumption: str, *, unit: str, scale: float = 1.0) -> Any:
    """Declare a field of a behavior's parameters that holds draws of `assumption`, times `scale`, in `unit`.

        class DemandParameters(eqx.Module):
            growth_persistence: Parameter = parameter("dem-035", unit="factor per year")

    The class knows no number: whoever builds the economy draws every field from the dossier (see `reads`).
    """
    return eqx.field(metadata={"assumption": assumption, "unit": unit, "scale": scale})


def reads(parameters: type[eqx.Module]) -> tuple[Read, ...]:
    """Which assumptions does this class of parameters read? In the order of its fields."""
    found = [field for field in dataclasses.fields(parameters) if "assumption" in field.metadata]
    return tuple(Read(f.name, f.metadata["assumption"], f.metadata["unit"], f.metadata["scale"]) for f in found)
