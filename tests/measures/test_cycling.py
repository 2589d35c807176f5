"""Finn's index and weak-arc cycling where they would divide by zero, and a null model that finds a planted ring."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings

from ouroloop.core import BadInput
from ouroloop.measures import FlowNetwork, finn_index, null_model, read_edges, weak_arc_cycling
from ouroloop.measures.null_model import shuffled
from tests.measures.worlds import matrices, networks

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
WORLDS = settings(max_examples=40, deadline=None)


def test_a_closed_ring_returns_every_dollar_and_is_the_limit_of_small_leaks():
    ring = np.roll(np.eye(3), 1, axis=1)
    closed = finn_index(ring)
    assert closed.fci == 1
    assert closed.path_length == np.inf
    assert finn_index(ring, np.full(3, 1e-7), np.full(3, 1e-7)).fci == pytest.approx(1, abs=1e-6)


def test_a_closed_ring_beside_a_chain_counts_by_its_throughflow():
    """Ring: throughflow 2 x 10, all returns. Chain: 5 in, 5 on, 5 out: throughflow 10, nothing returns."""
    flows = np.zeros((4, 4))
    flows[0, 1] = flows[1, 0] = 10
    flows[2, 3] = 5
    found = finn_index(flows)
    assert found.fci == pytest.approx(20 / 30)
    assert found.returns.tolist() == [1, 1, 0, 0]
    assert found.boundary == 5
    assert found.volume == 10 + 10 + 5 + 5 + 5


def test_no_flows_no_cycling():
    assert finn_index(np.zeros((3, 3))).fci == 0
    assert finn_index(np.zeros((0, 0))).through == 0
    assert weak_arc_cycling(np.zeros((2, 2))).index == 0


def test_a_self_payment_cycles():
    """10 in, 30 round itself, 10 out: of each dollar there, 3/4 come back."""
    found = finn_index(np.array([[30.0]]), [10.0], [10.0])
    assert found.fci == pytest.approx(0.75)
    assert weak_arc_cycling(np.array([[30.0]]), [10.0], [10.0]).index == pytest.approx(30 / 50)


def test_a_boundary_of_the_wrong_length_is_refused():
    with pytest.raises(BadInput, match="bad-boundary"):
        finn_index(np.zeros((2, 2)), np.zeros(3))


@WORLDS
@given(networks())
def test_finn_is_a_share_and_needs_no_network_to_be_open(network: FlowNetwork):
    found = finn_index(network)
    assert 0 <= found.fci <= 1 + 1e-12
    assert found.imbalance < 1e-9
    inner = FlowNetwork.balanced(network.nodes, funding=network.funding, trade=network.trade)
    assert 0 <= finn_index(inner).fci <= 1 + 1e-12


@WORLDS
@given(matrices(5))
def test_weak_arcs_leave_balanced_entities_and_no_more_than_flowed(flows: np.ndarray):
    found = weak_arc_cycling(flows)
    taken = flows - found.residual
    assert (taken >= -1e-9).all()
    np.testing.assert_allclose(taken.sum(0), taken.sum(1), atol=1e-9)
    assert found.cycled == pytest.approx(taken.sum(), abs=1e-9)


@WORLDS
@given(matrices())
@example(np.array([[0.0, 1, 0, 1], [0, 0, 40, 0], [0, 0, 0, 0], [1, 1, 0, 0]]))  # links that cannot carry the totals
def test_shuffling_keeps_what_it_says(flows: np.ndarray):
    edges = read_edges(flows - np.diag(flows.diagonal()))
    rng = np.random.default_rng(2)
    exact = shuffled(edges, rng, "strengths")
    np.testing.assert_array_equal(exact.matrix().sum(1), edges.matrix().sum(1))
    np.testing.assert_array_equal(exact.matrix().sum(0), edges.matrix().sum(0))
    links = shuffled(edges, rng, "degrees")
    np.testing.assert_array_equal((links.matrix() > 0).sum(1), (edges.matrix() > 0).sum(1))
    np.testing.assert_array_equal((links.matrix() > 0).sum(0), (edges.matrix() > 0).sum(0))
    assert links.total == pytest.approx(edges.total)


def test_a_planted_ring_stands_out_and_the_answer_is_reproducible():
    """Twenty firms pay twenty suppliers, never back; five of the firms also pay each other 50 in a ring."""
    rng = np.random.default_rng(1)
    flows = np.zeros((40, 40))
    for i in range(20):
        for j in rng.choice(np.arange(20, 40), 4, replace=False):
            flows[i, j] = rng.uniform(1, 10)
    for i in range(5):
        flows[i, (i + 1) % 5] = 50
    found = null_model(flows, draws=60, seed=4)
    assert found.strength_error < 1e-12
    assert found.statistics["circulation"].observed == pytest.approx(250)
    assert found.statistics["circulation"].p_value == pytest.approx(1 / 61)
    again = null_model(flows, draws=60, seed=4)
    np.testing.assert_array_equal(again.statistics["loops"].draws, found.statistics["loops"].draws)
    by_degrees = null_model(flows, draws=60, seed=4, keep="degrees").statistics
    assert by_degrees["bottleneck"].observed == 50
    assert by_degrees["circulation"].p_value <= 0.05


def test_a_network_drawn_by_chance_does_not_stand_out():
    rng = np.random.default_rng(3)
    flows = np.where(rng.random((25, 25)) < 0.15, rng.uniform(1, 10, (25, 25)), 0)
    for keep in ("strengths", "degrees"):
        found = null_model(flows, draws=60, seed=5, keep=keep).statistics["circulation"]
        assert 0.05 < found.p_value < 0.98
        assert abs(found.z_score) < 3


def test_a_null_model_of_nothing_and_of_nonsense():
    found = null_model(np.zeros((3, 3)), draws=5)
    assert found.statistics["loops"].p_value == 1
    assert np.isnan(found.statistics["loops"].z_score)
    with pytest.raises(BadInput, match="bad-null-model"):
        null_model(np.zeros((3, 3)), keep="names")
