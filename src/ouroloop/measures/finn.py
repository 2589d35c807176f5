"""How much of what passes through the entities has been there before? Finn's index and Ulanowicz's cycled flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ouroloop.core import BadInput, Problem
from ouroloop.measures.edges import Flows, read_edges
from ouroloop.measures.network import PLACE, Array, FlowNetwork


@dataclass(frozen=True, eq=False)
class FinnIndex:
    """Cycling as ecologists count it. Amounts in the flows' unit.

    - `boundary`: all money in from outside. `through` (TST): the sum of throughflows. `volume` (TSTp): internal flows
      plus money in plus money out.
    - `path_length` (APL): through / boundary, how many entities a dollar visits; infinite without a boundary.
    - `fci`: Finn's cycling index in [0, 1].
    - `returns[i]`: the chance that a dollar at entity i comes back to it.
    - `imbalance`: the largest difference of in and out at an entity, relative to its throughflow. Far from 0, the
      index describes no steady state.

    `Boundary`, `TST`, `TSTp`, `APL` and `FCI` are the field's names for the same numbers.
    """

    boundary: float
    through: float
    volume: float
    path_length: float
    fci: float
    returns: np.ndarray
    imbalance: float

    @property
    def Boundary(self) -> float:
        """All money in from outside: `boundary`."""
        return self.boundary

    @property
    def TST(self) -> float:
        """Total system throughflow: `through`."""
        return self.through

    @property
    def TSTp(self) -> float:
        """Total system throughput: `volume`."""
        return self.volume

    @property
    def APL(self) -> float:
        """Average path length: `path_length`."""
        return self.path_length

    @property
    def FCI(self) -> float:
        """Finn's cycling index: `fci`."""
        return self.fci


def finn_index(F: Flows, inflow: Array | None = None, outflow: Array | None = None) -> FinnIndex:
    """What share of all throughflow is money that passes through an entity again?

    Throughflow `x_i = inflow_i + sum_j F_ji`, proportions `P_ij = F_ij / x_i`, `N = (I - P)^-1`;
    `FCI = sum_i x_i (1 - 1/N_ii) / sum_i x_i`. `F[i, j]` is what i pays j; `inflow` and `outflow` are the flows over
    the boundary, one per entity or one number for all. Absent, they are the least that balance every entity; of a
    FlowNetwork they are its own.

    A closed ring, whose money never leaves, would divide by zero: there every dollar returns, `returns = 1`, which is
    the limit of ever smaller leaks. Without any flow the index is 0.

    Not a share of revenue: it counts every passage anywhere, and a chain of pass-through entities changes it.

    Example: a ring of n entities with flow 1 and leak eps at each has `FCI = (1 + eps)^-n`.

    Reference: J. Finn, Journal of Theoretical Biology 56 (1976); S. Borrett, M. Lau, enaR (2014).
    """
    edges = read_edges(F)
    flow = edges.matrix()
    least_in = np.maximum(edges.net, 0.0)
    if isinstance(F, FlowNetwork):
        inflow = F.money_in - flow.sum(0) if inflow is None else inflow
        outflow = F.uses if outflow is None else outflow
    entering = _boundary("inflow", inflow, least_in, edges.n)
    leaving = _boundary("outflow", outflow, np.maximum(-edges.net, 0.0), edges.n)
    x = entering + flow.sum(0)
    out = leaving + flow.sum(1)
    through = float(x.sum())
    returns = _returns(flow, x, leaving)
    scale = np.maximum(x, out)
    imbalance = float(np.max(np.abs(x - out)[scale > 0] / scale[scale > 0], initial=0.0))
    boundary = float(entering.sum())
    return FinnIndex(
        boundary=boundary,
        through=through,
        volume=float(flow.sum() + entering.sum() + leaving.sum()),
        path_length=through / boundary if boundary else (np.inf if through else 0.0),
        fci=float(x @ returns) / through if through else 0.0,
        returns=returns,
        imbalance=imbalance,
    )


def _boundary(name: str, given: Array | None, default: np.ndarray, n: int) -> np.ndarray:
    if given is None:
        return default
    vector = np.asarray(given, float)
    if vector.ndim == 0:
        vector = np.full(n, float(vector))
    if vector.shape != (n,) or not np.isfinite(vector).all() or (vector < 0).any():
        message = f"`{name}` needs one finite amount >= 0 per entity ({n}), got shape {vector.shape}"
        raise BadInput([Problem(PLACE, "bad-boundary", message)])
    return vector


def _returns(flow: np.ndarray, x: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """The chance of coming back, with closed rings at 1 and taken out of the matrix that is inverted."""
    returns = np.zeros(x.size)
    leaks = leaves_at_last(flow, leaving > 0)
    active = x > 0
    # From a closed part nothing leaves: a dollar that goes round in a ring of it returns for sure.
    closed = np.flatnonzero(active & ~leaks)
    if closed.size:
        links = flow[np.ix_(closed, closed)] > 0
        reach = links.copy()
        for k in range(closed.size):
            reach |= np.outer(reach[:, k], reach[k, :])
        # A dollar is stuck for good in a class that it cannot leave; others of the closed part are passed once or so.
        final = (~reach | reach.T).all(axis=1)
        returns[closed[final & reach.diagonal()]] = 1.0
        leaks = leaks | np.isin(np.arange(x.size), closed[~final])
    some = np.flatnonzero(active & leaks)
    if some.size:
        P = flow[np.ix_(some, some)] / x[some, None]
        N = np.linalg.inv(np.eye(some.size) - P)
        returns[some] = 1.0 - 1.0 / N.diagonal()
    return returns


def leaves_at_last(flow: np.ndarray, exits: np.ndarray) -> np.ndarray:
    """From which entities can money reach one of the exits?"""
    reached = exits.copy()
    while True:
        more = reached | ((flow > 0) & reached[None, :]).any(axis=1)
        if (more == reached).all():
            return reached
        reached = more
