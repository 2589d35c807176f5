"""Maximum flow, exact in integers: the arithmetic behind every floor and ceiling."""

from __future__ import annotations

from collections.abc import Hashable
from math import inf
from typing import Any

import numpy as np

from ouroloop.measures.edges import in_quanta


class Pipes:
    """A network of pipes between named joints, from which one maximum flow is asked.

    Amounts are rounded once, to a power of two near 2^-59 of what the sources offer, and flows are then exact. So
    "offered less what gets through" has no rounding of its own: it is 0 where all gets through.
    """

    SOURCE = ("source",)
    SINK = ("sink",)

    def __init__(self) -> None:
        self._joint: dict[Hashable, int] = {self.SOURCE: 0, self.SINK: 1}
        self._from: list[int] = []
        self._to: list[int] = []
        self._amount: list[float] = []

    def add(self, source: Hashable, target: Hashable, amount: float = inf) -> None:
        """A pipe that lets through at most `amount`; pipes of 0 are left out."""
        if amount > 0:
            self._from.append(self._joint.setdefault(source, len(self._joint)))
            self._to.append(self._joint.setdefault(target, len(self._joint)))
            self._amount.append(float(amount))

    def matrix(self, flows: np.ndarray, without: int | None = None, stage: Hashable = 0) -> None:
        """A pipe for each positive flow `[i, j]` from joint `(stage, i)` to `(stage, j)`, leaving one entity out."""
        for i, j in zip(*np.nonzero(flows), strict=True):
            if i != j and without not in (i, j):
                self.add((stage, int(i)), (stage, int(j)), float(flows[i, j]))

    def most(self) -> tuple[float, float]:
        """The maximum flow from source to sink, and what the source offers but cannot get through."""
        from ortools.graph.python import max_flow

        offered = sum(a for i, a in zip(self._from, self._amount, strict=True) if i == 0)
        if offered == 0:
            return 0.0, 0.0
        assert offered < inf, "a source of unlimited money"
        capacity, quantum = in_quanta(np.minimum(self._amount, offered), offered)
        ends = np.array([self._from, self._to], np.int32)
        solver: Any = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(ends[0], ends[1], capacity)
        status = solver.solve(0, 1)
        assert status == solver.OPTIMAL, f"maximum flow over {ends.shape[1]} pipes ended with {status}"
        through = int(solver.optimal_flow())
        available = int(capacity[ends[0] == 0].sum())
        return (offered if through == available else through * quantum), (available - through) * quantum
