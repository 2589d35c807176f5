"""How often does a dollar complete each cycle? Cycle weights of a balanced circulation, exact or by a walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import no_type_check

import numpy as np

from ouroloop.core.kernel import kernel
from ouroloop.measures.edges import FlowEdges, strong_components
from ouroloop.measures.simple_cycles import cycle_counts, cycle_edges

WALK_STEPS = 400_000
_BATCHES = 40


@dataclass(frozen=True, eq=False)
class CycleWeights:
    """The cycles of a circulation and their weights; `throughput` is their sum.

    `cycles` holds `(entities, weight)`, heaviest first, and is None when there were too many to list: then
    `throughput` comes from a seeded random walk and `standard_error` is its error (0 when exact).
    """

    throughput: float
    cycles: tuple[tuple[tuple[int, ...], float], ...] | None
    standard_error: float


def cycle_weights(circulating: FlowEdges, most: int = 100_000, seed: int = 0) -> CycleWeights:
    """How much money completes each simple cycle of a balanced circulation, per period?

    The weights of Qian and Qian and of Kalpazidou: a dollar walks by the circulation's own proportions, every loop of
    its path is taken out when it closes, and `weight(c)` is how often loop `c` closes. With `P` the proportions, `s`
    the throughput and any root `r` on the cycle, `weight(c) = s_r * prod(P on c) * det(N_r on c without r)`, where
    `N_r` is the inverse of `I - P` without r. The weights rebuild the circulation edge by edge.

    Exact up to `most` cycles, beyond that by a walk of 400,000 steps per component. Assumes in = out at each entity.

    Reference: M.-P. Qian, M. Qian, Z. Wahrscheinlichkeitstheorie 59 (1982); S. Kalpazidou, Cycle Representations of
    Markov Processes (2006).
    """
    if circulating.amount.size == 0:
        return CycleWeights(0.0, (), 0.0)
    throughflow = np.bincount(circulating.source, circulating.amount, circulating.n)
    share = circulating.amount / throughflow[circulating.source]
    component = strong_components(circulating)
    if cycle_counts(circulating, None, most).sum() > most:
        return _walk(circulating, share, throughflow, component, seed)
    flat, offset = cycle_edges(circulating)
    weight = np.zeros(offset.size - 1)
    roots = circulating.source[flat[offset[:-1]]]
    P = circulating.matrix(share)
    for root in np.unique(roots):
        others = np.flatnonzero((component == component[root]) & (np.arange(circulating.n) != root))
        visits = np.linalg.inv(np.eye(others.size) - P[np.ix_(others, others)])
        place = np.full(circulating.n, -1)
        place[others] = np.arange(others.size)
        mine = np.flatnonzero(roots == root)
        _weigh(mine, flat, offset, circulating.source, share, visits, place, throughflow[root], weight)
    cycles = [
        (tuple(circulating.source[flat[offset[k] : offset[k + 1]]].tolist()), float(weight[k]))
        for k in range(weight.size)
    ]
    cycles.sort(key=lambda cycle: (-cycle[1], cycle[0]))
    return CycleWeights(float(weight.sum()), tuple(cycles), 0.0)


def _walk(
    edges: FlowEdges, share: np.ndarray, throughflow: np.ndarray, component: np.ndarray, seed: int
) -> CycleWeights:
    start = edges.row_starts()
    until = np.cumsum(share)
    until -= np.concatenate([[0.0], until])[start[edges.source]]
    throughput, variance = 0.0, 0.0
    for k in np.unique(component[throughflow > 0]):
        members = np.flatnonzero((component == k) & (throughflow > 0))
        volume = float(throughflow[members].sum())
        closed = _close_loops(edges.n, start, edges.target, until, members[0], WALK_STEPS // _BATCHES, _BATCHES, seed)
        rate = closed / (WALK_STEPS // _BATCHES)
        throughput += volume * float(rate.mean())
        variance += volume**2 * float(rate.var(ddof=1)) / _BATCHES
    return CycleWeights(throughput, None, float(np.sqrt(variance)))


@kernel
@no_type_check
def _weigh(mine, flat, offset, source, share, visits, place, throughflow, weight):
    for c in mine:
        first, last = offset[c], offset[c + 1]
        size = last - first - 1
        value = throughflow
        block = np.empty((size, size))
        for a in range(first, last):
            value *= share[flat[a]]
        for a in range(size):
            i = place[source[flat[first + 1 + a]]]
            for b in range(size):
                block[a, b] = visits[i, place[source[flat[first + 1 + b]]]]
        for a in range(size):  # the determinant; visits of a killed walk need no pivoting
            value *= block[a, a]
            for i in range(a + 1, size):
                factor = block[i, a] / block[a, a]
                for j in range(a + 1, size):
                    block[i, j] -= factor * block[a, j]
        weight[c] = value


@kernel
@no_type_check
def _close_loops(n, start, target, until, at, steps, batches, seed):
    np.random.seed(seed)
    closed = np.zeros(batches)
    path, position = np.empty(n + 1, np.int64), np.full(n, -1)
    path[0], position[at], depth = at, 0, 0
    for batch in range(-1, batches):  # the first batch only forgets the start
        for _ in range(steps):
            draw = np.random.random()
            low, high = start[at], start[at + 1] - 1
            while low < high:
                middle = (low + high) // 2
                if until[middle] > draw:
                    high = middle
                else:
                    low = middle + 1
            at = target[low]
            if position[at] >= 0:
                while path[depth] != at:
                    position[path[depth]] = -1
                    depth -= 1
                if batch >= 0:
                    closed[batch] += 1
            else:
                depth += 1
                path[depth], position[at] = at, depth
    return closed
