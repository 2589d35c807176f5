"""Cycles: counted against networkx and by brute force, in the graph and in time; loops with bottleneck and dates."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import BadInput, Tier
from ouroloop.measures import (
    Flow,
    FlowNetwork,
    Payment,
    cycle_counts,
    loops,
    temporal_cycle_counts,
    temporal_loops,
)
from tests.measures.worlds import matrices, networks

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
WORLDS = settings(max_examples=40, deadline=None)


@WORLDS
@given(matrices(7), st.one_of(st.none(), st.integers(0, 8)))
def test_networkx_counts_the_same_cycles(flows: np.ndarray, longest: int | None):
    graph = nx.DiGraph(flows)
    lengths = [len(cycle) for cycle in nx.simple_cycles(graph, length_bound=longest)]
    counted = cycle_counts(flows, longest)
    assert counted.sum() == len(lengths)
    assert counted.tolist() == np.bincount(lengths, minlength=counted.size)[: counted.size].tolist()


def test_networkx_counts_the_same_cycles_of_a_larger_graph():
    rng = np.random.default_rng(5)
    flows = (rng.random((25, 25)) < 0.12).astype(float)
    graph = nx.DiGraph(flows)
    for longest in (3, 5, 7):
        assert cycle_counts(flows, longest).sum() == sum(1 for _ in nx.simple_cycles(graph, length_bound=longest))
    assert cycle_counts(flows).sum() == sum(1 for _ in nx.simple_cycles(graph))
    assert 0 < cycle_counts(flows, None, 10).sum() == 11  # stops at the first beyond


def test_a_complete_graph_has_as_many_cycles_as_combinatorics_says():
    """n entities, all pairs: sum over k of n! / (n - k)! / k."""
    flows = np.ones((7, 7)) - np.eye(7)
    assert cycle_counts(flows).tolist() == [0, 0, 21, 70, 210, 504, 840, 720]


@WORLDS
@given(networks(), st.integers(2, 6))
def test_loops_are_the_cycles_with_their_smallest_link(network: FlowNetwork, longest: int):
    inside = network.inside - np.diag(network.inside.diagonal())
    expected = {}
    for cycle in nx.simple_cycles(nx.DiGraph(inside), length_bound=longest):
        first = cycle.index(min(cycle))
        turned = cycle[first:] + cycle[:first]
        amounts = [inside[i, j] for i, j in zip(turned, turned[1:] + turned[:1], strict=True)]
        expected[tuple(network.nodes[i] for i in turned)] = min(amounts)
    found = loops(network, max_length=longest)
    assert {loop.entities: loop.bottleneck for loop in found} == pytest.approx(expected)
    assert [loop.bottleneck for loop in found] == sorted(expected.values(), reverse=True)
    through = loops(network, "b", longest)
    assert {frozenset(loop.entities) for loop in through} <= {frozenset(names) for names in expected if "b" in names}
    assert len(through) == sum("b" in names for names in expected)
    assert all(loop.entities[0] == "b" for loop in through)


def test_a_loop_knows_its_tiers_and_whether_its_dates_let_money_round():
    flows = [
        Flow("nv", "lab", 10, "funding", Tier.PAID, date(2025, 3, 1), date(2025, 3, 1)),
        Flow("nv", "lab", 90, "funding", Tier.LETTER, date(2025, 9, 1), date(2026, 12, 31)),
        Flow("lab", "cloud", 60, "trade", Tier.FIRM, date(2025, 4, 1), date(2025, 12, 31)),
        Flow("cloud", "nv", 40, "trade", Tier.PAID, date(2025, 6, 1), date(2025, 6, 1)),
    ]
    (loop,) = loops(flows, "nv")
    assert loop.entities == ("nv", "lab", "cloud")
    assert len(loop) == 3
    assert loop.bottleneck == 40
    assert loop.by_tier == {Tier.PAID: 0, Tier.FIRM: 10, Tier.LETTER: 40}
    assert loop.in_order is True
    assert loop.begins == 0
    early = [*flows[:3], Flow("cloud", "nv", 40, "trade", Tier.PAID, date(2025, 1, 1), date(2025, 1, 1))]
    turned = loops(early, "nv")[0]
    assert (turned.in_order, turned.begins) == (True, 2)  # the cloud paid first, and the chip maker funded later
    never = [Flow("a", "b", 1, first=3, last=3), Flow("b", "c", 1, first=2, last=2), Flow("c", "a", 1, first=1, last=1)]
    assert loops(never)[0].in_order is False
    assert loops([Flow("a", "b", 1, first=1), Flow("b", "a", 1)])[0].in_order is None
    same_day = [Flow("a", "b", 1, first=2), Flow("b", "c", 1, first=2), Flow("c", "a", 1, first=1)]
    assert (loops(same_day)[0].in_order, loops(same_day)[0].begins) == (True, 2)


def test_loops_refuse_what_they_cannot_answer():
    complete = FlowNetwork.balanced(list("abcdef"), trade=np.ones((6, 6)) - np.eye(6))
    with pytest.raises(BadInput, match="too-many-loops"):
        loops(complete, most=100)
    with pytest.raises(BadInput, match="did you mean 'cloud'"):
        loops([Flow("cloud", "lab", 1)], "clod")
    with pytest.raises(BadInput, match="negative-flow"):
        loops([Flow("a", "b", float("nan"))])
    assert loops([]) == ()
    assert loops([Flow("a", "a", 5)]) == ()
    assert loops(FlowNetwork.from_edges(["a"]), "a") == ()


def _in_time(edges: list[tuple[int, int, int]], window: int | None, longest: int | None, strict: bool) -> int:
    """Every ordered choice of edges, asked whether it is a simple temporal cycle; sets of edges at one time once."""
    found = set()
    for size in range(2, len(edges) + 1):
        if longest is not None and size > longest:
            break
        for chosen in permutations(range(len(edges)), size):
            path = [edges[e] for e in chosen]
            linked = all(path[k][1] == path[(k + 1) % size][0] for k in range(size))
            times = [when for _, _, when in path]
            rising = all(a < b or (not strict and a == b) for a, b in pairwise(times))
            simple = len({payer for payer, _, _ in path}) == size
            if linked and rising and simple and (window is None or times[-1] - times[0] <= window):
                found.add(frozenset(chosen) if times[0] == times[-1] else chosen)
    return len(found)


@WORLDS
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 5)), max_size=7),
    st.one_of(st.none(), st.integers(0, 5)),
    st.one_of(st.none(), st.integers(2, 4)),
    st.booleans(),
)
def test_brute_force_finds_the_same_temporal_cycles(edges, window: int | None, longest: int | None, strict: bool):
    source, target, when = (np.array([edge[k] for edge in edges], np.int64) for k in range(3))
    counted = temporal_cycle_counts(source, target, when, window=window, max_length=longest, strict=strict)
    assert counted.sum() == _in_time(edges, window, longest, strict)
    payments = [Payment(t, str(i), str(j), 1) for i, j, t in edges]
    listed = temporal_loops(payments, window=window, max_length=longest, strict=strict)
    assert len(listed) == counted.sum()
    assert len({tuple(map(id, loop.payments)) for loop in listed}) == len(listed)


def test_the_window_and_the_order_hold_at_their_edges():
    """0 -> 1 at time 0, back at 0 and at 5; strictly later means after 0, and a window of 5 still takes 5."""
    source, target, when = [0, 1, 1], [1, 0, 0], [0, 0, 5]
    counts = {
        (window, strict): temporal_cycle_counts(source, target, when, window=window, strict=strict).sum()
        for window in (None, 5, 4, 0)
        for strict in (True, False)
    }
    assert counts == {
        (None, True): 1,
        (None, False): 2,
        (5, True): 1,
        (5, False): 2,
        (4, True): 0,
        (4, False): 1,
        (0, True): 0,
        (0, False): 1,
    }


def test_temporal_loops_tell_their_payments():
    payments = [
        Payment(date(2025, 1, 10), "nv", "lab", 10, "funding"),
        Payment(date(2025, 2, 1), "lab", "nv", 7),
        Payment(date(2025, 9, 1), "lab", "nv", 2),
        Payment(date(2024, 12, 1), "lab", "cloud", 9),
        Payment(date(2025, 3, 1), None, "nv", 9, "bank"),
    ]
    found = temporal_loops(payments)
    assert [(loop.entities, loop.bottleneck, loop.last) for loop in found] == [
        (("nv", "lab"), 7, date(2025, 2, 1)),
        (("nv", "lab"), 2, date(2025, 9, 1)),
    ]
    assert len(temporal_loops(payments, window=30)) == 1
    assert temporal_loops(payments, through="cloud") == ()
    assert found[0].first == date(2025, 1, 10)
    assert temporal_loops([]) == ()
