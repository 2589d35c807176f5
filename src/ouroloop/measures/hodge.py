"""How much of the flows runs downhill? The Helmholtz-Hodge split and trophic incoherence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ouroloop.measures.edges import FlowEdges, Flows, read_edges


@dataclass(frozen=True, eq=False)
class HodgeSplit:
    """Each flow as a difference of potentials plus a balanced remainder.

    `potential[j] - potential[i]` is the downhill part of the edge i to j and `circular[e]` what remains, which may be
    negative. `l1_ratio = sum|circular| / sum F` (may exceed 1) and `l2_share = sum circular^2 / sum F^2` in [0, 1].
    """

    edges: FlowEdges
    potential: np.ndarray
    circular: np.ndarray
    l1_ratio: float
    l2_share: float

    @property
    def hhd_l1_ratio(self) -> float:
        """`l1_ratio`, by the name of the split (Helmholtz-Hodge decomposition)."""
        return self.l1_ratio

    @property
    def hhd_l2_share(self) -> float:
        """`l2_share`, by the name of the split."""
        return self.l2_share


def helmholtz_hodge(F: Flows) -> HodgeSplit:
    """What share of the flows is not explained by a potential that money runs down?

    Least squares over edges, each with weight 1: `min sum_e (F_e - (phi_j - phi_i))^2`, solved through the graph's
    Laplacian. Two opposite payments are two edges. Without flows both shares are 0.

    Not a circulation: the remainder can be negative, so no dollar need have gone round; it is shown because others use
    it. Reference: Y. Kichikawa, H. Iyetomi, T. Iino, H. Inoue, Applied Network Science 4 (2019).
    """
    edges = read_edges(F)
    weight = np.ones(edges.amount.size)
    potential = _levels(edges, weight, edges.amount)
    circular = edges.amount - (potential[edges.target] - potential[edges.source])
    if edges.amount.size == 0:
        return HodgeSplit(edges, potential, circular, 0.0, 0.0)
    scaled, part = edges.amount / edges.amount.max(), circular / edges.amount.max()
    return HodgeSplit(
        edges,
        potential,
        circular,
        float(np.abs(part).sum() / scaled.sum()),
        float((part**2).sum() / (scaled**2).sum()),
    )


def trophic_incoherence(F: Flows) -> float:
    """How far are the flows from running level by level? 0 a strict hierarchy, 1 no direction at all.

    `F0 = sum F_ij (h_j - h_i - 1)^2 / sum F_ij` with the levels `h` that minimize it. 0 without flows. Not a share of
    money. Reference: R. MacKay, S. Johnson, B. Sansom, Royal Society Open Science 7:201138 (2020).
    """
    edges = read_edges(F)
    if edges.amount.size == 0:
        return 0.0
    weight = edges.amount / edges.amount.max()
    level = _levels(edges, weight, np.ones(edges.amount.size))
    return float((weight * (level[edges.target] - level[edges.source] - 1.0) ** 2).sum() / weight.sum())


def _levels(edges: FlowEdges, weight: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Levels whose differences along the edges fit `wanted` best; the first entity of every component stands at 0."""
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import spsolve

    n = edges.n
    level = np.zeros(n)
    if edges.amount.size == 0:
        return level
    links = coo_array((weight, (edges.source, edges.target)), shape=(n, n)).tocsr()
    links = links + links.T
    pull = np.bincount(edges.target, weight * wanted, n) - np.bincount(edges.source, weight * wanted, n)
    laplacian = (diags_array(np.asarray(links.sum(axis=1)).ravel()) - links).tocsc()
    component = connected_components(links, directed=False)[1]
    free = np.ones(n, bool)
    free[np.unique(component, return_index=True)[1]] = False
    free &= np.asarray(laplacian.diagonal()) > 0
    if free.any():
        level[free] = np.asarray(spsolve(laplacian[free][:, free], pull[free]))
    return level
