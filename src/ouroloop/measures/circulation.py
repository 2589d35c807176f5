"""How much of all the flows goes round? Maximum circulation, fair-split circulation and throughput circularity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ouroloop.measures.edges import FlowEdges, Flows, in_quanta, read_edges, strong_components


@dataclass(frozen=True, eq=False)
class Circulation:
    """The system gauges of one flow network. All shares lie in [0, 1]; a network without flows has 0 everywhere.

    - `total`: the sum of all flows.
    - `net_imbalance` (NID): the sum of net payers' excess, the least money that must move one way.
    - `ci_max`: largest balanced part / total. What multilateral netting could remove at most.
    - `ci_bff`: the balanced part under Balanced Flow Forwarding / total (edge-volume circularity).
    - `ceiling`: 1 - NID / total. Always `ci_bff <= ci_max <= ceiling`.
    - `throughput`: money that completes a cycle per period, the sum of the cycle weights of the BFF part.
    - `throughput_circularity`: throughput / (throughput + NID). Not changed by putting a pass-through entity on an
      edge, while every gauge that counts edge volume is.
    - `cycles`: `(entities, weight)` heaviest first, None when there are too many to list; then `throughput` is an
      estimate with `throughput_error` as its standard error.
    - `edges`, `maximum`, `balanced`: the edges, and how much of each is in either circulation.

    `CI_max`, `CI_bff`, `NID`, `T_C`, `Gamma_vol`, `Gamma_thr` and `cycle_lambda` are the field's names.
    """

    total: float
    net_imbalance: float
    ci_max: float
    ci_bff: float
    ceiling: float
    throughput: float
    throughput_circularity: float
    throughput_error: float
    cycles: tuple[tuple[tuple[int, ...], float], ...] | None
    edges: FlowEdges
    maximum: np.ndarray
    balanced: np.ndarray

    @property
    def CI_max(self) -> float:
        """Circularity of the maximum circulation (compression, set-off): `ci_max`."""
        return self.ci_max

    @property
    def CI_bff(self) -> float:
        """Circularity by Balanced Flow Forwarding: `ci_bff`."""
        return self.ci_bff

    @property
    def Gamma_vol(self) -> float:
        """Edge-volume circularity, the same number as `ci_bff`."""
        return self.ci_bff

    @property
    def NID(self) -> float:
        """Net imbalance: `net_imbalance`."""
        return self.net_imbalance

    @property
    def T_C(self) -> float:
        """Cycle throughput, the sum of the cycle weights: `throughput`."""
        return self.throughput

    @property
    def Gamma_thr(self) -> float:
        """Throughput circularity T_C / (T_C + NID): `throughput_circularity`."""
        return self.throughput_circularity

    @property
    def cycle_lambda(self) -> dict[tuple[int, ...], float]:
        """Weight by cycle, its lowest entity first; empty when there are too many cycles to list."""
        return dict(self.cycles or ())


def circulation(F: Flows, *, most_cycles: int = 100_000, seed: int = 0) -> Circulation:
    """How much of the flows goes round, by each of the system's gauges?

    `F[i, j]` is what i pays j in one period (dense, SciPy sparse, or a FlowNetwork, whose members' flows are taken).
    Self-edges count as circulating. Raises BadInput for a matrix that is not square, finite and >= 0.

    Not a share of anybody's revenue, and no proof of a round trip: the gauges ignore what leaks to outside uses, so
    they are upper readings. Publish none without its name. Net only after measuring: netting two parties against each
    other first hides two-party vendor finance.

    Example: i pays j 100 and j pays i 80. 80 go round on each edge: `ci_max = 160/180`, `throughput = 80`, NID = 20,
    throughput circularity 0.8.

    Reference: M. Homs-Dones, R. MacKay, B. Sansom, Y. Zhou, Circular Directional Flow Decomposition of Networks,
    arXiv:2506.12546 (2025); cycle weights see `cycle_weights`.
    """
    from ouroloop.measures.completed_cycles import cycle_weights

    edges = read_edges(F)
    total = edges.total
    maximum, balanced = maximum_circulation(edges), balanced_circulation(edges)
    imbalance = _one_way(edges)
    part = FlowEdges(edges.n, edges.source, edges.target, balanced).where(balanced > 0)
    weights = cycle_weights(part, most_cycles, seed)
    moved = weights.throughput + imbalance
    ceiling = 1.0 - imbalance / total if total else 0.0
    ci_max = min(float(maximum.sum()) / total, ceiling) if total else 0.0
    return Circulation(
        total=total,
        net_imbalance=imbalance,
        ci_max=ci_max,
        ci_bff=min(float(balanced.sum()) / total, ci_max) if total else 0.0,
        ceiling=ceiling,
        throughput=weights.throughput,
        throughput_circularity=weights.throughput / moved if moved else 0.0,
        throughput_error=weights.standard_error,
        cycles=weights.cycles,
        edges=edges,
        maximum=maximum,
        balanced=balanced,
    )


def _one_way(edges: FlowEdges) -> float:
    """NID, with what rounding leaves of a balanced entity taken as balance."""
    net = edges.net
    scale = np.bincount(edges.source, edges.amount, edges.n) + np.bincount(edges.target, edges.amount, edges.n)
    return float(net[net > 1e-14 * scale].sum())


def maximum_circulation(F: Flows | FlowEdges) -> np.ndarray:
    """How much of each edge is in the largest circulation under the flows? One amount per edge of `read_edges(F)`.

    Maximizes `sum(C)` over `0 <= C <= F` with in = out at every entity: total less the cheapest way to carry the same
    net positions, a minimum-cost flow, solved exactly in integers. Amounts are first rounded to a power of two near
    2^-59 of the total. The optimum's value is unique, the split over edges need not be.
    """
    from ortools.graph.python import min_cost_flow

    edges = read_edges(F)
    result = np.where(edges.source == edges.target, edges.amount, 0.0)
    component = strong_components(edges)
    inner = np.flatnonzero((component[edges.source] == component[edges.target]) & (edges.source != edges.target))
    if inner.size == 0:
        return result
    source, target = edges.source[inner].astype(np.int32), edges.target[inner].astype(np.int32)
    capacity, quantum = in_quanta(edges.amount[inner])
    net = np.zeros(edges.n, np.int64)
    np.add.at(net, source, capacity)
    np.subtract.at(net, target, capacity)
    if not net.any():
        result[inner] = edges.amount[inner]
        return result
    solver: Any = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(source, target, capacity, np.ones(inner.size, np.int64))
    solver.set_nodes_supplies(np.arange(edges.n, dtype=np.int32), net)
    status = solver.solve()
    assert status == solver.OPTIMAL, f"the flow itself is feasible, yet the solver says {status}"
    circulating = capacity - solver.flows(arcs)
    whole = circulating == capacity
    result[inner] = np.where(whole, edges.amount[inner], circulating * quantum)
    return result


def balanced_circulation(F: Flows | FlowEdges) -> np.ndarray:
    """How much of each edge goes round when every entity splits its money fairly? One amount per edge.

    Balanced Flow Forwarding, recursively: in each strongly connected component take the largest circulation in which
    every entity splits what it passes on in proportion to its payments; subtract; repeat until nothing can go round.
    Unlike the maximum it is unique, and follows local knowledge only.
    """
    from ouroloop.measures.balanced_flow import balanced_part

    edges = read_edges(F)
    result = np.where(edges.source == edges.target, edges.amount, 0.0)
    others = np.flatnonzero(edges.source != edges.target)
    part = edges.where(others)
    result[others] = balanced_part(part.n, part.row_starts(), part.target, part.amount)
    return result
