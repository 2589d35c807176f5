"""Balanced Flow Forwarding on 500 entities against the published recursion written directly in NumPy."""

from __future__ import annotations

import os

# On a busy machine the yardstick's linear algebra is several times slower on two threads than on one: be fair to it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks.ratio import Ratio, measure
from ouroloop.measures import balanced_circulation

ENTITIES = 500


def direct(flows: np.ndarray) -> np.ndarray:
    """In each strong component: stationary distribution, largest circulation in its proportions, subtract; again."""
    left = flows - np.diag(flows.diagonal())
    while True:
        count, label = connected_components(csr_array(left), directed=True, connection="strong")
        if count == len(left):
            return flows - left
        for component in np.flatnonzero(np.bincount(label) > 1):
            members = np.flatnonzero(label == component)
            inner = left[np.ix_(members, members)]
            share = inner / inner.sum(1, keepdims=True)
            system = share.T - np.eye(len(members))
            system[-1] = 1.0
            visits = np.linalg.solve(system, np.eye(len(members))[-1])
            step = (inner.sum(1) / visits).min()
            left[np.ix_(members, members)] = inner - step * visits[:, None] * share
        left[left < 1e-11 * flows.max()] = 0.0


def run() -> list[Ratio]:
    rows: list[Ratio] = []
    for links in (2_500, 10_000):
        rng = np.random.default_rng(links)
        flows = np.zeros((ENTITIES, ENTITIES))
        flows[rng.integers(ENTITIES, size=links), rng.integers(ENTITIES, size=links)] = rng.lognormal(0.0, 1.0, links)
        ours, theirs = float(balanced_circulation(flows).sum()), float(direct(flows).sum())
        assert abs(ours - theirs) < 1e-9 * theirs, f"the two disagree: {ours} and {theirs}"
        name = f"balanced flow forwarding, {ENTITIES} entities, {links:,} links"

        def compiled(flows: np.ndarray = flows) -> object:
            return balanced_circulation(flows)

        def published(flows: np.ndarray = flows) -> object:
            return direct(flows)

        rows.append(measure(name, compiled, "the recursion in NumPy", published, "<= 0.1", repeats=3))
    return rows
