"""A flow matrix as a list of edges: read from dense or sparse, checked, and rounded to integers for exact solvers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from ouroloop.core import BadInput, Problem
from ouroloop.measures.network import PLACE, FlowNetwork

Flows = Any
"""What a system gauge takes: a square array (or nested lists) `[payer, payee]`, a SciPy sparse matrix of that shape,
a FlowNetwork, or edges as a mapping `{(payer, payee): amount}` of entities numbered from 0."""

Places = Int64[np.ndarray, "edge"]
Amounts = Float64[np.ndarray, "edge"]

TOTAL_BITS = 59
"""Integer amounts sum to about 2^59: room for the solvers' 64-bit sums, and finer than float64 at the total."""


@dataclass(frozen=True, eq=False)
class FlowEdges:
    """The positive entries of a flow matrix over `n` entities, sorted by payer, then payee."""

    n: int
    source: Places
    target: Places
    amount: Amounts

    @property
    def total(self) -> float:
        return float(self.amount.sum())

    @property
    def net(self) -> np.ndarray:
        """Paid out less paid in, per entity."""
        out = np.bincount(self.source, self.amount, self.n)
        return out - np.bincount(self.target, self.amount, self.n)

    def where(self, keep: np.ndarray) -> FlowEdges:
        """The edges that a mask keeps."""
        return FlowEdges(self.n, self.source[keep], self.target[keep], self.amount[keep])

    def matrix(self, amount: np.ndarray | None = None) -> np.ndarray:
        """The dense matrix `[payer, payee]` of these edges, or of other amounts on them."""
        dense = np.zeros((self.n, self.n))
        np.add.at(dense, (self.source, self.target), self.amount if amount is None else amount)
        return dense

    def row_starts(self) -> np.ndarray:
        """Where each payer's edges begin, `n + 1` offsets."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.source, minlength=self.n))]).astype(np.int64)


def read_edges(F: Flows | FlowEdges) -> FlowEdges:
    """Read a flow matrix. Raises BadInput when it is not square, not finite, or holds a negative flow."""
    if isinstance(F, FlowEdges):
        return F
    given: Any = F.inside if isinstance(F, FlowNetwork) else F
    if hasattr(given, "tocoo"):
        sparse = given.tocoo()
        shape = sparse.shape
        source, target = np.asarray(sparse.row, np.int64), np.asarray(sparse.col, np.int64)
        amount = np.asarray(sparse.data, np.float64)
    elif isinstance(given, Mapping):
        source, target, amount = _from_mapping(given)
        shape = (int(max(source.max(initial=-1), target.max(initial=-1))) + 1,) * 2
    else:
        dense = np.asarray(given, dtype=np.float64)
        shape = dense.shape
        if dense.size == 0:
            shape, source, target = (0, 0), np.zeros(0, np.int64), np.zeros(0, np.int64)
            amount = np.zeros(0)
        else:
            flat = np.flatnonzero(dense)  # NaN counts as non-zero, so it is seen below
            source, target = np.divmod(flat, shape[-1])
            amount = dense.ravel()[flat]
    problems: list[Problem] = []
    if len(shape) != 2 or shape[0] != shape[1]:
        message = f"a flow matrix is square, this one has shape {tuple(shape)}"
        problems.append(Problem(PLACE, "wrong-shape", message, "give edges as {(payer, payee): amount}"))
    if not np.isfinite(amount).all():
        problems.append(Problem(PLACE, "not-finite", "the flow matrix holds a value that is not a finite number"))
    elif (amount < 0).any():
        problems.append(Problem(PLACE, "negative-flow", f"the flow matrix holds {amount.min():g}; flows are >= 0"))
    if problems:
        raise BadInput(problems)
    n = int(shape[0])
    key = source * n + target
    if key.size > 1 and not (np.diff(key) > 0).all():  # a sparse matrix may come unsorted, with entries to add up
        key, place = np.unique(key, return_inverse=True)
        amount = np.bincount(place, amount, key.size)
        source, target = np.divmod(key, n)
    kept = amount > 0
    return FlowEdges(n, source[kept].astype(np.int64), target[kept].astype(np.int64), amount[kept])


def _from_mapping(edges: Mapping[Any, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Payers, payees and amounts of edges given as `{(payer, payee): amount}`."""
    if strange := [edge for edge in edges if not _numbered(edge)]:
        hint = "edges are {(payer, payee): amount} with entities numbered from 0; FlowNetwork.from_edges takes names"
        raise BadInput([Problem(PLACE, "bad-edge", f"{strange[0]!r} is no edge", hint)])
    ends = np.array(list(edges), np.int64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1], np.array(list(edges.values()), np.float64)


def _numbered(edge: Any) -> bool:
    return isinstance(edge, tuple) and len(edge) == 2 and all(isinstance(i, (int, np.integer)) and i >= 0 for i in edge)


def in_quanta(amount: np.ndarray, total: float | None = None) -> tuple[np.ndarray, float]:
    """Amounts as int64 multiples of a power of two, and that power.

    The quantum is 2^-59 of the total, rounded to a power of two, so an amount is off by at most half of that: amounts
    that are multiples of the quantum (whole dollars, say) come through exactly.
    """
    total = float(np.sum(amount)) if total is None else total
    if total <= 0:
        return np.zeros(np.shape(amount), np.int64), 1.0
    exponent = TOTAL_BITS - int(np.ceil(np.log2(total)))
    exponent = min(max(exponent, -900), 900)
    return np.rint(np.ldexp(amount, exponent)).astype(np.int64), float(np.ldexp(1.0, -exponent))


def strong_components(edges: FlowEdges) -> np.ndarray:
    """The number of the strongly connected component of each entity."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(edges.source.size), (edges.source, edges.target)), shape=(edges.n, edges.n))
    return connected_components(links.tocsr(), directed=True, connection="strong")[1]
