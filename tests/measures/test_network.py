"""The network of flows: what it refuses, what it completes, what it adds up."""

import subprocess
import sys

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.measures import FlowNetwork


def _codes(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_named_edges_add_up_and_the_gaps_become_unknown_money_and_uses():
    network = FlowNetwork.from_edges(
        ["lab", "cloud"],
        funding=[("cloud", "lab", 5), ("cloud", "lab", 5)],
        trade=[("lab", "cloud", 17)],
        customers={"lab": 4},
        unknown_revenue={"cloud": 2},
    )
    assert network.funding[1, 0] == 10
    assert network.revenue.tolist() == [4, 19]
    assert network.unknown.tolist() == [3, 0]  # the lab paid 17 and is known to have had 14
    assert network.uses.tolist() == [0, 9]  # the cloud took in 19 and gave the lab 10
    np.testing.assert_array_equal(network.money_in, network.money_out)


def test_a_node_that_does_not_balance_is_refused_by_name():
    zero, square = np.zeros(2), np.zeros((2, 2))
    with pytest.raises(BadInput, match="'b' takes in 1 and gives out 0") as error:
        FlowNetwork(("a", "b"), square, square, np.array([0.0, 1.0]), {}, zero, zero, zero)
    assert _codes(error) == ["unbalanced-node"]


def test_every_problem_is_told_at_once():
    bad = np.array([[0.0, -1.0], [np.nan, 0.0]])
    with pytest.raises(BadInput) as error:
        FlowNetwork.balanced(["a", "b"], funding=-np.ones((2, 2)), trade=bad, customers=np.zeros(3))
    assert _codes(error) == ["negative-flow", "not-finite", "wrong-shape"]


def test_a_misspelled_node_gets_the_nearest_name():
    with pytest.raises(BadInput, match="did you mean 'openai'"):
        FlowNetwork.from_edges(["openai"], customers={"opneai": 1})
    with pytest.raises(BadInput, match="did you mean 'openai'"):
        FlowNetwork.from_edges(["openai"]).index("opnai")


def test_names_that_stand_twice_and_reserved_sponsors_are_refused():
    with pytest.raises(BadInput) as error:
        FlowNetwork.from_edges(["a", "a"], capital={"unknown": {}})
    assert _codes(error) == ["duplicate-node", "reserved-sponsor"]


def test_what_adding_decimals_leaves_is_nobodys_money():
    """0.1 + 0.2 is not 0.3 in binary; the ring is closed all the same."""
    ring = FlowNetwork.from_edges(["a", "b"], trade=[("a", "b", 0.1), ("a", "b", 0.2), ("b", "a", 0.3)])
    assert ring.unknown.tolist() == ring.uses.tolist() == [0, 0]


def test_an_empty_network_is_a_network():
    network = FlowNetwork.from_edges([])
    assert network.n == 0
    assert network.revenue.shape == (0,)


def test_arrays_cannot_be_changed_afterwards():
    network = FlowNetwork.from_edges(["a"], customers={"a": 1})
    with pytest.raises(ValueError, match="read-only"):
        network.customers[0] = 2


def test_importing_the_measures_imports_no_solver_and_every_public_name_is_there():
    code = (
        "import sys, ouroloop.measures as m; "
        "print([x for x in ('scipy', 'numba', 'ortools', 'jax', 'networkx', 'pandas') if x in sys.modules]); "
        "print([x for x in m.__all__ if not hasattr(m, x)], callable(m.loops), callable(m.temporal_loops))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:2] == ["[]", "[] True True"]
