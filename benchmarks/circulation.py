"""Maximum circulation of 5,000 entities against the bare solver on arrays made ready for it."""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.sparse import coo_array

from benchmarks.ratio import Ratio, measure
from ouroloop.measures import maximum_circulation

ENTITIES, LINKS = 5_000, 50_000


def run() -> list[Ratio]:
    rng = np.random.default_rng(0)
    key = np.unique(rng.integers(ENTITIES**2, size=LINKS))
    source, target = np.divmod(key, ENTITIES)
    amount = np.round(rng.lognormal(0.0, 1.5, key.size), 2)
    flows = coo_array((amount, (source, target)), shape=(ENTITIES, ENTITIES))
    # The same problem in cents, with everything the solver wants already in place.
    cents = np.rint(amount * 100).astype(np.int64)
    net = np.zeros(ENTITIES, np.int64)
    np.add.at(net, source, cents)
    np.subtract.at(net, target, cents)
    tails, heads, nodes = source.astype(np.int32), target.astype(np.int32), np.arange(ENTITIES, dtype=np.int32)
    ones = np.ones(key.size, np.int64)

    def bare() -> float:
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, cents, ones)
        solver.set_nodes_supplies(nodes, net)
        assert solver.solve() == solver.OPTIMAL
        return float((cents - solver.flows(arcs)).sum()) / 100

    ours, theirs = float(maximum_circulation(flows).sum()), bare()
    assert abs(ours - theirs) < 1e-9 * theirs, f"the two disagree: {ours} and {theirs}"
    name = f"maximum circulation, {ENTITIES:,} entities, {key.size:,} links"
    return [measure(name, lambda: maximum_circulation(flows), "OR-Tools min-cost flow, bare", bare, "<= 2")]
