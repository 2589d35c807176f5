"""Published and cross-checked numbers on circularity, by our own code.

Sources of the numbers in circularity.json and below:
- webs: R package enaR 3.1 (S. Borrett, M. Lau), its bundled ecosystem models 1, 4, 6 and 9, run through enaFlow and
  enaCycle; 0.1101686 for the oyster reef is printed in its vignette. Maximum and balanced circulation cross-checked.
- circulations: example notebook and README of CDFD (M. Homs-Dones and others, arXiv:2506.12546); CycFlowDec (seven
  nodes, 15 cycles); cycle weights also by the determinant formula; the rest derived by hand or by two methods.
- loops: stylized loops of our own, by absorbing chain, closed form and maximum flow.
- taint rules: R. Anderson, "Making Bitcoin legal", 2018: three stolen coins, then seven fresh ones, four spent.
- cycle counts: generated graphs on which networkx, igraph, rustworkx and graph-tool agree.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ouroloop import measures

CASES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("circularity.json").read_text("utf-8"))


def _matrix(case: dict[str, Any]) -> np.ndarray:
    flows = np.zeros((case["entities"], case["entities"]))
    for payer, payee, amount in case["flows"]:
        flows[payer, payee] = amount
    return flows


def _network(case: dict[str, Any]) -> measures.FlowNetwork:
    return measures.FlowNetwork.from_edges(
        case["entities"],
        funding=[tuple(edge) for edge in case["funding"]],
        trade=[tuple(edge) for edge in case["trade"]],
        customers=case["customers"],
        capital={"outside_capital": case["capital"]},
        uses=case["uses"],
    )


@pytest.mark.parametrize("name", CASES["webs"])
def test_an_ecosystem_model_gives_the_numbers_of_its_package(name: str):
    web = CASES["webs"][name]
    flows, entering, leaving = _matrix(web), np.array(web["in"], float), np.array(web["out"], float)
    finn = measures.finn_index(flows, entering, leaving)
    arcs = measures.weak_arc_cycling(flows, entering, leaving)
    whole = measures.circulation(flows)
    close = lambda key: pytest.approx(web[key], rel=1e-10, abs=1e-10)  # noqa: E731
    assert finn.boundary == close("boundary")
    assert finn.through == close("through")
    assert finn.volume == close("volume")
    assert finn.path_length == close("path_length")
    assert finn.fci == close("finn")
    assert arcs.index == close("weak_arc_index")
    assert arcs.simple_cycles == arcs.removed == web["simple_cycles"]
    assert measures.cycle_counts(arcs.residual).sum() == 0
    assert whole.ci_max == close("ci_max")
    assert whole.ci_bff == close("ci_bff")


@pytest.mark.parametrize(("leak", "expected"), [(0.5, 0.197530864197531), (0.1, 0.683013455365071), (0.01, 0.96098034)])
def test_a_leaky_ring_has_the_finn_index_of_its_closed_form(leak: float, expected: float):
    ring = np.roll(np.eye(4), 1, axis=1)
    fci = measures.finn_index(ring, np.full(4, leak), np.full(4, leak)).fci
    assert fci == pytest.approx(expected, abs=1e-8)
    assert fci == pytest.approx((1 + leak) ** -4, abs=1e-12)


@pytest.mark.parametrize("name", CASES["circulations"])
def test_a_flow_network_has_the_published_circularity(name: str):
    case = CASES["circulations"][name]
    flows = _matrix(case)
    found, split = measures.circulation(flows), measures.helmholtz_hodge(flows)
    close = lambda key: pytest.approx(case[key], rel=1e-10, abs=1e-10)  # noqa: E731
    assert found.total == close("total")
    assert found.net_imbalance == close("net_imbalance")
    assert found.ceiling == close("ceiling")
    assert found.ci_max == close("ci_max")
    assert found.ci_bff == close("ci_bff")
    assert found.ci_bff == close("volume_circularity")
    assert found.throughput == close("throughput")
    assert found.throughput_circularity == close("throughput_circularity")
    assert split.l1_ratio == close("hodge_l1")
    assert split.l2_share == close("hodge_l2")
    assert measures.trophic_incoherence(flows) == close("incoherence")
    assert found.cycles is not None
    weights = dict(found.cycles)
    assert set(weights) == {tuple(cycle) for cycle, _ in case["cycles"]}
    for cycle, weight in case["cycles"]:
        assert weights[tuple(cycle)] == pytest.approx(weight, abs=1e-10)


def test_a_triangle_paid_both_ways_closes_8_thirds_of_a_dollar():
    """Validation suite of cdfd-cycle-analysis (B. Sansom): three pairs at 2/3 and two rings at 1/3."""
    found = measures.circulation(np.ones((3, 3)) - np.eye(3))
    assert found.throughput == pytest.approx(8 / 3)
    assert found.cycles is not None
    assert [round(weight, 12) for _, weight in found.cycles] == pytest.approx([2 / 3] * 3 + [1 / 3] * 2)


@pytest.mark.parametrize("name", CASES["loops"])
def test_a_stylized_loop_has_its_interval_and_its_origins(name: str):
    case = CASES["loops"][name]
    network = _network(case)
    found = measures.round_trip(network, case["entity"])
    assert found.revenue == case["revenue"]
    assert found.funding == case["given"]
    assert [found.floor, found.point, found.ceiling] == pytest.approx(case["interval"], abs=1e-9)
    assert list(found.share) == pytest.approx(case["share"], abs=1e-9)
    origin = measures.who_paid(network, "source").of(case["entity"])
    assert origin == pytest.approx(case["origin"], abs=1e-9)
    assert measures.finn_index(network).fci == pytest.approx(case["finn"], abs=1e-9)
    if "ci_max" in case:
        whole = measures.circulation(network)
        assert whole.ci_max == pytest.approx(case["ci_max"], abs=1e-9)
        assert whole.ci_bff == pytest.approx(case["ci_bff"], abs=1e-9)
        assert whole.net_imbalance == pytest.approx(case["net_imbalance"], abs=1e-9)
        assert whole.throughput_circularity == pytest.approx(case["throughput_circularity"], abs=1e-9)


@pytest.mark.parametrize(("rule", "spent"), [("fifo", 3), ("lifo", 0), ("haircut", 1.2), ("poison", 4)])
def test_taint_rules_find_the_published_amounts(rule: Any, spent: float):
    found = measures.taint([(True, 3), (False, 7)], 4, rule)
    assert found.spent == pytest.approx(spent, abs=1e-12)
    assert found.flagged == (10 if rule == "poison" else 3)


@pytest.mark.parametrize(("links", "longest", "count"), [(120, None, 1750), (240, 6, 7422)])
def test_a_generated_graph_has_as_many_cycles_as_four_libraries_count(links: int, longest: int | None, count: int):
    generator = np.random.default_rng(11)
    weight = 1 / np.arange(1, 61) ** 0.8
    drawn: set[tuple[int, int]] = set()
    while len(drawn) < links:
        i, j = generator.choice(60, 2, p=weight / weight.sum())
        if i != j:
            drawn.add((int(i), int(j)))
    flows = np.zeros((60, 60))
    flows[tuple(np.array(sorted(drawn)).T)] = 1
    assert measures.cycle_counts(flows, longest).sum() == count
