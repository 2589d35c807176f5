"""Inputs as people have them at hand, and results under the names that the literature uses."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.sparse import coo_array

from ouroloop import measures
from ouroloop.core import BadInput

# beartype, which checks types while the tests run, draws random items to look at.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")

VENDOR_LOOP = [[0, 100], [80, 0]]
"""Two-party vendor finance: 100 out, 80 back; by hand CI = 160/180, NID = 20, T_C = 80."""


@pytest.mark.parametrize(
    "flows",
    [
        VENDOR_LOOP,
        np.array(VENDOR_LOOP),
        coo_array(np.array(VENDOR_LOOP)),
        {(0, 1): 100, (1, 0): 80.0},
        {(np.int64(1), np.int64(0)): 80, (np.int64(0), np.int64(1)): 100},
    ],
    ids=["lists", "array", "sparse", "edges", "numpy-edges"],
)
def test_a_flow_matrix_may_be_lists_an_array_sparse_or_edges(flows):
    found = measures.circulation(flows)
    assert found.CI_max == found.CI_bff == found.Gamma_vol == pytest.approx(160 / 180)
    assert (found.NID, found.T_C, found.cycle_lambda) == (20, 80, {(0, 1): 80})
    assert found.Gamma_thr == pytest.approx(0.8)
    split = measures.helmholtz_hodge(flows)
    # Potential difference 10 explains (100, 80) by (10, -10): 90 and 90 remain.
    assert split.hhd_l1_ratio == pytest.approx(1.0)
    assert split.hhd_l2_share == pytest.approx(2 * 90**2 / (100**2 + 80**2))
    assert measures.trophic_incoherence(flows) == pytest.approx(1 - (20 / 180) ** 2)
    assert measures.cycle_counts(flows).tolist() == [0, 0, 1]


@pytest.mark.parametrize("edges", [{("a", "b"): 1}, {(0, 1, 2): 1}, {(-1, 0): 1}, {0: 1}])
def test_edges_without_numbered_ends_are_refused(edges):
    with pytest.raises(BadInput, match="bad-edge"):
        measures.circulation(edges)


def test_a_list_of_pairs_is_refused_with_the_form_that_is_taken():
    with pytest.raises(BadInput, match="give edges as"):
        measures.cycle_counts([(0, 1), (1, 2), (2, 0)])


def test_a_leaky_ring_takes_one_leak_for_all_and_answers_by_the_ecologists_names():
    ring = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    found = measures.finn_index(ring, 0.5, 0.5)
    assert abs(found.FCI - 1.5**-3) < 1e-12
    assert (found.Boundary, found.TST, found.TSTp, found.APL) == (1.5, 4.5, 6, 3)
    arcs = measures.weak_arc_cycling(ring, 0.5, 0.5)
    assert (arcs.CI_ulanowicz, arcs.n_simple_cycles) == (0.5, 1)


def test_capital_by_entity_alone_is_of_one_class():
    given = {"funding": [["x", "d", 60]], "trade": [["d", "x", 90]], "uses": {"x": 30}}
    flat = measures.FlowNetwork.from_edges(["x", "d"], capital={"d": 30}, **given)
    classed = measures.FlowNetwork.from_edges(["x", "d"], capital={"outside_capital": {"d": 30}}, **given)
    for network in (flat, classed):
        found = measures.round_trip(network, "x")
        assert (found.K, found.RT_min, found.RT_prorata, found.RT_max) == pytest.approx((60, 60, 60, 60))
        origin = measures.revenue_origin(network, "x")
        assert origin == pytest.approx({"outside_capital": 1 / 3, "own_money": 2 / 3})


def test_lots_may_be_words_with_spending_in_between():
    """5 stolen, 5 fresh, 4 spent, 6 fresh, 8 spent: by hand FIFO 4 + 1, LIFO 0 + 1, haircut 2 + 8 * 3/12."""
    lots = [("stolen", 5), ("fresh", 5), ("spend", 4), ("fresh", 6)]
    assert measures.taint(lots, 8, "fifo").each == (4, 1)
    # LIFO takes 4 of the first fresh lot; then 6 fresh, the last 1 of that lot, and 1 stolen.
    assert measures.taint(lots, 8, "lifo").each == (0, 1)
    assert measures.taint(lots, 8, "haircut").each == pytest.approx((2, 2))
    assert measures.taint(lots, 8, "poison").each == (4, 8)
    assert measures.taint(lots, 8, "poison").flagged == 16
    assert measures.taint(lots, [4, 4], "fifo").each == (4, 1, 0)


@pytest.mark.parametrize(
    ("lots", "spend", "code"),
    [
        ([("dirty", 1)], 1, "unknown-lot"),
        ([(True, -1), (True, 3)], 1, "negative-flow"),
        ([(True, float("nan"))], 0, "negative-flow"),
        ([(True, 1)], -1, "negative-flow"),
        ([(True, 1), ("spend", 2), (True, 5)], 0, "overspent"),
        ([(True, 5)], [3, 3], "overspent"),
    ],
)
def test_lots_that_cannot_be_are_refused(lots, spend, code: str):
    with pytest.raises(BadInput, match=code):
        measures.taint(lots, spend, "fifo")


def test_temporal_edges_may_be_triples_with_names_and_dates():
    edges = [("a", "b", date(2025, 1, 1)), ("b", "c", date(2025, 1, 11)), ("c", "a", date(2025, 1, 31))]
    assert measures.temporal_cycle_counts(edges).tolist() == [0, 0, 0, 1]
    assert measures.temporal_cycle_counts(*zip(*edges, strict=True)).sum() == 1
    assert measures.temporal_cycle_counts(edges[::-1]).sum() == 1  # time orders them, not the list
    assert measures.temporal_cycle_counts([]).sum() == 0
    with pytest.raises(BadInput, match="wrong-shape"):
        measures.temporal_cycle_counts([0, 1], [1], [0, 1])


def test_a_window_holds_its_end_when_closed_and_not_when_open():
    edges = [(-1, 7, 0.0), (7, -1, 30.0)]
    payments = [measures.Payment(0, "a", "b", 1), measures.Payment(30, "b", "a", 1)]
    for window, closed, count in [(30, True, 1), (30, False, 0), (31, False, 1), (29, True, 0)]:
        assert measures.temporal_cycle_counts(edges, window=window, closed=closed).sum() == count
        assert len(measures.temporal_loops(payments, window=window, closed=closed)) == count
