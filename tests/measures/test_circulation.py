"""Circulation gauges: bounds, second methods (HiGHS, a dense recursion), invariances, and cases that divide by zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks.balanced_flow import direct
from ouroloop.core import BadInput
from ouroloop.measures import (
    FlowEdges,
    balanced_circulation,
    circulation,
    cycle_weights,
    helmholtz_hodge,
    maximum_circulation,
    read_edges,
    trophic_incoherence,
)
from tests.measures.worlds import matrices

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
WORLDS = settings(max_examples=40, deadline=None)


def _sparse(n: int, links: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    flows = np.zeros((n, n))
    flows[rng.integers(n, size=links), rng.integers(n, size=links)] = rng.lognormal(0, 1.5, links)
    return flows


@WORLDS
@given(matrices())
def test_the_gauges_stand_in_order(flows: np.ndarray):
    found = circulation(flows)
    assert 0 <= found.ci_bff <= found.ci_max <= found.ceiling <= 1
    assert 0 <= found.throughput_circularity <= 1
    assert found.throughput <= found.balanced.sum() + 1e-9


@WORLDS
@given(matrices())
def test_either_circulation_balances_and_leaves_no_cycle(flows: np.ndarray):
    edges = read_edges(flows)
    for part in (maximum_circulation(flows), balanced_circulation(flows)):
        assert (part >= 0).all()
        assert (part <= edges.amount).all()
        np.testing.assert_allclose(edges.matrix(part).sum(0), edges.matrix(part).sum(1), atol=1e-10)
        rest = edges.matrix(edges.amount - part)
        rest[rest < 1e-10] = 0
        assert connected_components(csr_array(rest), directed=True, connection="strong")[0] == len(flows)
        assert not rest.diagonal().any()


@WORLDS
@given(matrices())
def test_a_linear_program_finds_the_same_maximum(flows: np.ndarray):
    edges = read_edges(flows)
    if edges.amount.size == 0:
        return
    columns = np.arange(edges.amount.size)
    balance = coo_array((np.ones(columns.size), (edges.source, columns)), shape=(edges.n, columns.size)).toarray()
    balance -= coo_array((np.ones(columns.size), (edges.target, columns)), shape=(edges.n, columns.size)).toarray()
    solved = linprog(
        -np.ones(columns.size),
        A_eq=balance,
        b_eq=np.zeros(edges.n),
        bounds=np.column_stack([np.zeros(columns.size), edges.amount]),
        method="highs",
    )
    assert maximum_circulation(flows).sum() == pytest.approx(-solved.fun, abs=1e-7)


@pytest.mark.parametrize(("n", "links"), [(8, 20), (30, 100), (120, 500), (40, 900)])
def test_the_compiled_forwarding_is_the_published_recursion(n: int, links: int):
    """Sizes on either side of where elimination gives way to sweeps."""
    for seed in range(3):
        flows = _sparse(n, links, seed)
        edges = read_edges(flows)
        np.testing.assert_allclose(edges.matrix(balanced_circulation(flows)), direct(flows), atol=1e-9)


def test_forwarding_on_a_ring_that_sweeps_cannot_settle_on():
    """One long ring with slow back-and-forth between neighbors, and two halves that hardly mix."""
    n = 60
    flows = np.zeros((n, n))
    for i in range(n):
        flows[i, (i + 1) % n] = 1.0 if i % 30 else 1e-6
        flows[(i + 1) % n, i] = 1.0 if i % 30 else 1e-6
    np.testing.assert_allclose(balanced_circulation(flows).sum(), flows.sum(), rtol=1e-12)


@WORLDS
@given(matrices(5))
def test_cycle_weights_rebuild_the_circulation(flows: np.ndarray):
    found = circulation(flows)
    assert found.cycles is not None
    rebuilt = np.zeros_like(flows)
    for cycle, weight in found.cycles:
        for i, j in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            rebuilt[i, j] += weight
    np.testing.assert_allclose(rebuilt, found.edges.matrix(found.balanced), atol=1e-9)
    assert found.throughput == pytest.approx(sum(weight for _, weight in found.cycles))


def test_a_walk_estimates_the_throughput_that_listing_finds():
    flows = direct(_sparse(14, 60, 4)) + np.diag(np.arange(14.0) / 7)
    edges = read_edges(np.where(flows > 1e-9, flows, 0))
    exact, walked = cycle_weights(edges), cycle_weights(edges, most=10, seed=3)
    assert walked.cycles is None
    assert 0 < walked.standard_error < 0.02 * exact.throughput
    assert abs(walked.throughput - exact.throughput) < 4 * walked.standard_error
    assert cycle_weights(edges, most=10, seed=3).throughput == walked.throughput


@WORLDS
@given(matrices(5), st.integers(0, 4), st.integers(0, 4))
def test_a_pass_through_entity_changes_no_throughput_circularity(flows: np.ndarray, i: int, j: int):
    n = len(flows)
    i, j = i % n, j % n
    longer = np.zeros((n + 1, n + 1))
    longer[:n, :n] = flows
    longer[i, j] = 0.0
    longer[i, n] = longer[n, j] = flows[i, j]
    before, after = circulation(flows), circulation(longer)
    assert after.throughput == pytest.approx(before.throughput, abs=1e-9)
    assert after.net_imbalance == pytest.approx(before.net_imbalance, abs=1e-9)
    assert after.throughput_circularity == pytest.approx(before.throughput_circularity, abs=1e-9)


@WORLDS
@given(matrices(), st.randoms(use_true_random=False))
def test_relabelling_and_rescaling_change_no_gauge(flows: np.ndarray, random):
    order = list(range(len(flows)))
    random.shuffle(order)
    before, after = circulation(flows), circulation(flows[np.ix_(order, order)] * 1e-3)
    for gauge in ("ci_max", "ci_bff", "ceiling", "throughput_circularity"):
        assert getattr(after, gauge) == pytest.approx(getattr(before, gauge), abs=1e-9)
    assert helmholtz_hodge(flows[np.ix_(order, order)]).l2_share == pytest.approx(
        helmholtz_hodge(flows).l2_share, abs=1e-9
    )
    assert trophic_incoherence(flows * 7) == pytest.approx(trophic_incoherence(flows), abs=1e-9)


def test_what_would_divide_by_zero_is_answered():
    for nothing in (np.zeros((0, 0)), np.zeros((3, 3))):
        found = circulation(nothing)
        assert (found.total, found.ci_max, found.ci_bff, found.throughput_circularity) == (0, 0, 0, 0)
        assert helmholtz_hodge(nothing).l1_ratio == trophic_incoherence(nothing) == 0
    ring = np.roll(np.eye(5), 1, axis=1) * 0.1
    closed = circulation(ring)
    assert (closed.ci_max, closed.ci_bff, closed.throughput_circularity, closed.net_imbalance) == (1, 1, 1, 0)
    assert closed.throughput == pytest.approx(0.1)
    itself = circulation(np.array([[5.0]]))
    assert (itself.ci_max, itself.throughput, itself.throughput_circularity) == (1, 5, 1)
    chain = circulation(np.array([[0, 3.0, 0], [0, 0, 3], [0, 0, 0]]))
    assert (chain.ci_max, chain.throughput, chain.net_imbalance) == (0, 0, 3)
    assert trophic_incoherence(np.array([[0, 3.0, 0], [0, 0, 3], [0, 0, 0]])) == pytest.approx(0)


def test_parts_that_do_not_touch_add_up():
    a, b = np.array([[0, 100.0], [80, 0]]), np.roll(np.eye(3), 1, axis=1) * 10
    both = np.zeros((5, 5))
    both[:2, :2], both[2:, 2:] = a, b
    found = circulation(both)
    assert found.throughput == pytest.approx(80 + 10)
    assert found.ci_max == pytest.approx((160 + 30) / 210)
    assert found.throughput_circularity == pytest.approx(90 / (90 + 20))


def test_amounts_of_very_different_size_stay_apart():
    """A ring of 1e-6 beside one of 1e6, and one in cents that do not fit binary fractions."""
    flows = np.zeros((4, 4))
    flows[0, 1] = flows[1, 0] = 1e6
    flows[2, 3] = flows[3, 2] = 1e-6
    assert circulation(flows).maximum.tolist() == [1e6, 1e6, 1e-6, 1e-6]
    cents = np.array([[0, 0.1, 0.2], [0.3, 0, 0], [0.05, 0.15, 0]])
    # All but 0.05 of what entity 1 pays goes round: it gets 0.1 + 0.15 and pays 0.3.
    assert maximum_circulation(cents).sum() == pytest.approx(0.75, abs=1e-15)


def test_sparse_and_dense_matrices_are_one_input():
    rows, columns, amounts = np.array([1, 0, 0]), np.array([0, 1, 1]), np.array([3.0, 1.0, 4.0])
    sparse = coo_array((amounts, (rows, columns)), shape=(2, 2))
    edges = read_edges(sparse)
    assert edges.amount.tolist() == [5, 3]
    assert circulation(sparse).ci_max == circulation(sparse.toarray()).ci_max == 6 / 8
    assert isinstance(edges, FlowEdges)


def test_a_matrix_that_is_no_flow_matrix_is_refused():
    for bad, code in (
        (np.ones((2, 3)), "wrong-shape"),
        (np.array([[0, np.nan], [0, 0]]), "not-finite"),
        (np.array([[0, -1.0], [0, 0]]), "negative-flow"),
    ):
        with pytest.raises(BadInput, match=code):
            circulation(bad)
