"""Small numbers that several phases of the plain Python twin read."""

from __future__ import annotations

from types import SimpleNamespace as Record
from typing import Any

from ouroloop.core import QUANTUM

PER_UNIT = round(1 / QUANTUM)

Lists = Any


def whole(amount: float) -> float:
    """The nearest multiple of a quantum."""
    return round(amount * PER_UNIT) * QUANTUM


def exposure(net: Lists, guarantees: Record, n: int, quarter: int) -> float:
    """The most that can still be called of a guarantee."""
    if not net.guarantee_first[n] <= quarter <= net.guarantee_last[n]:
        return 0.0
    left = max(net.guarantee_cap[n] - guarantees.called[n], 0.0)
    values = net.guaranteed_value[n]
    return min(left, max(values[min(quarter, len(values) - 1)] - guarantees.called[n], 0.0))


def plant_values(net: Lists, plant: Record, book: str) -> list[float]:
    """All plant in use by member, in one of the two books."""
    values = [0.0] * net.members
    for row, chips, sites in zip(net.builder_rows, getattr(plant.chips, book), getattr(plant.sites, book), strict=True):
        values[row] += sum(value for _, value in chips) + sum(value for _, value in sites)
    for row, other in zip(net.other_rows, getattr(plant.other, book), strict=True):
        values[row] += sum(value for _, value in other)
    return values
