"""Cycles of at most six links on 60 entities and 240 links, against networkx and (as a yardstick only) igraph."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.ratio import Ratio, measure
from ouroloop.measures import cycle_counts, read_edges
from ouroloop.measures.simple_cycles import cycle_edges

ENTITIES, LINKS, LONGEST = 60, 240, 6


def run() -> list[Ratio]:
    rng = np.random.default_rng(11)
    weight = 1.0 / np.arange(1, ENTITIES + 1) ** 0.8
    drawn: set[tuple[int, int]] = set()
    while len(drawn) < LINKS:
        i, j = rng.choice(ENTITIES, 2, p=weight / weight.sum())
        if i != j:
            drawn.add((int(i), int(j)))
    flows = np.zeros((ENTITIES, ENTITIES))
    flows[tuple(np.array(sorted(drawn)).T)] = 1.0
    edges, graph = read_edges(flows), nx.DiGraph(sorted(drawn))

    def enumerated() -> int:
        return sum(1 for _ in nx.simple_cycles(graph, length_bound=LONGEST))

    count = enumerated()
    assert cycle_counts(edges, LONGEST).sum() == count, f"networkx counts {count}"
    name = f"cycles <= {LONGEST}, {ENTITIES} entities, {LINKS} links"
    rows = [
        measure(f"{name}, counted", lambda: cycle_counts(edges, LONGEST), "networkx", enumerated, "<= 1"),
        measure(f"{name}, listed", lambda: cycle_edges(edges, LONGEST), "networkx", enumerated, "<= 1"),
    ]
    if find_spec("igraph"):  # GPL: only in the environment of the benchmarks
        igraph: Any = import_module("igraph")
        peer = igraph.Graph(n=ENTITIES, edges=sorted(drawn), directed=True)

        def listed() -> int:
            return len(peer.simple_cycles(max=LONGEST))

        assert listed() == count, f"igraph counts {listed()}"
        rows.append(measure(f"{name}, listed", lambda: cycle_edges(edges, LONGEST), "igraph (C)", listed, "yardstick"))
    return rows
