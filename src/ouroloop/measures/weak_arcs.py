"""Ulanowicz's cycled flow: cycles taken out one weak arc at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import no_type_check

import numpy as np

from ouroloop.core.kernel import kernel
from ouroloop.measures.edges import FlowEdges, Flows, read_edges, strong_components
from ouroloop.measures.finn import finn_index
from ouroloop.measures.network import Array, FlowNetwork
from ouroloop.measures.simple_cycles import cycle_counts

ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class WeakArcs:
    """What weak-arc removal finds: `index` is cycled flow / TSTp, `residual` the flows left, without a cycle.

    `by_length[k]` is the flow cycled in cycles of k edges; `simple_cycles` how many cycles the network has, `removed`
    how many the removal met (fewer where equal arcs vanish together), `nexuses` how many weak arcs it took.
    """

    index: float
    cycled: float
    by_length: np.ndarray
    residual: np.ndarray
    simple_cycles: int
    removed: int
    nexuses: int

    @property
    def CI_ulanowicz(self) -> float:
        """Cycled flow / TSTp, the cycling index of full cycle analysis: `index`."""
        return self.index

    @property
    def n_simple_cycles(self) -> int:
        """How many simple cycles the network has, self-edges included: `simple_cycles`."""
        return self.simple_cycles


def weak_arc_cycling(F: Flows, inflow: Array | None = None, outflow: Array | None = None) -> WeakArcs:
    """How much flow is in cycles when each group of cycles is worth as much as its weakest arc?

    Repeatedly: take the smallest arc on any cycle; all cycles through it form a nexus; split the arc's flow over them
    by circuit probability (the product of `F_ij / x_i` of the original flows) and subtract. `index = cycled / TSTp`
    with TSTp = internal flows + money in + money out. Equal arcs are taken in the order of the entities that end most
    cycle arcs. Lists all cycles through an arc, so the time may grow exponentially with the edges.

    Reference: R. Ulanowicz, Mathematical Biosciences 65 (1983).
    """
    edges = read_edges(F)
    ends = finn_index(F, inflow, outflow)
    flow = edges.matrix()
    original = flow.copy()
    x = flow.sum(0) + _entering(F, edges, inflow)
    P = np.divide(flow, x[:, None], out=np.zeros_like(flow), where=x[:, None] > 0)
    by_length = np.zeros(edges.n + 1)
    nexuses = removed = 0
    while (arc := _weakest(flow)) is not None:
        i, j = arc
        weakest = flow[i, j]
        if i == j:
            by_length[1] += weakest
            removed += 1
        else:
            weight, length, met = _nexus(flow, P, i, j)
            removed += int(met)
            flow -= weight / weight[i, j] * weakest
            flow[flow <= ROUNDING * original] = 0.0
            by_length[: length.size] += length / weight[i, j] * weakest
        flow[i, j] = 0.0
        nexuses += 1
    cycled = float(by_length.sum())
    return WeakArcs(
        index=cycled / ends.volume if ends.volume else 0.0,
        cycled=cycled,
        by_length=by_length,
        residual=flow,
        simple_cycles=int(cycle_counts(edges).sum()),
        removed=removed,
        nexuses=nexuses,
    )


def _entering(F: Flows, edges: FlowEdges, inflow: Array | None) -> np.ndarray:
    if inflow is not None:
        return np.asarray(inflow, float)
    return F.money_in - F.inside.sum(0) if isinstance(F, FlowNetwork) else np.maximum(edges.net, 0.0)


def _weakest(flow: np.ndarray) -> tuple[int, int] | None:
    """The smallest arc that lies on a cycle."""
    edges = read_edges(flow)
    component = strong_components(edges)
    on_cycle = component[edges.source] == component[edges.target]
    if not on_cycle.any():
        return None
    edges = edges.where(on_cycle)
    ends = np.bincount(edges.target, minlength=edges.n)
    rank = np.empty(edges.n, np.int64)
    rank[np.lexsort((np.arange(edges.n), -ends))] = np.arange(edges.n)
    best = np.lexsort((rank[edges.target], rank[edges.source], edges.amount))[0]
    return int(edges.source[best]), int(edges.target[best])


@kernel
@no_type_check
def _nexus(flow, P, i, j):
    """Circuit probabilities of all cycles through i -> j, summed per arc, and per length times that length."""
    n = flow.shape[0]
    weight, by_length, met = np.zeros((n, n)), np.zeros(n + 1), 0
    home, queue = np.zeros(n, np.bool_), np.empty(n, np.int64)
    home[i] = True
    queue[0] = i
    head, tail = 0, 1
    while head < tail:
        b = queue[head]
        head += 1
        for a in range(n):
            if flow[a, b] > 0 and not home[a]:
                home[a] = True
                queue[tail] = a
                tail += 1
    path, product = np.empty(n + 1, np.int64), np.empty(n + 1)
    going, on_path = np.zeros(n + 1, np.int64), np.zeros(n, np.bool_)
    path[0], path[1], product[1], depth = i, j, P[i, j], 1
    on_path[i] = on_path[j] = True
    going[1] = 0
    while depth >= 1:
        a, b = path[depth], going[depth]
        if b == n:
            on_path[a] = False
            depth -= 1
            continue
        going[depth] = b + 1
        if flow[a, b] <= 0:
            continue
        if b == i:
            value = product[depth] * P[a, b]
            for k in range(depth):
                weight[path[k], path[k + 1]] += value
            weight[a, i] += value
            by_length[depth + 1] += value * (depth + 1)
            met += 1
        elif home[b] and not on_path[b]:
            depth += 1
            path[depth], product[depth], going[depth] = b, product[depth - 1] * P[a, b], 0
            on_path[b] = True
    return weight, by_length, met
