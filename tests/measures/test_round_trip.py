"""Round-tripped revenue: by hand, by linear programming, and in random worlds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ouroloop.core import BadInput
from ouroloop.measures import Earmark, FlowNetwork, round_trip
from tests.measures.worlds import networks

# beartype, which checks types while the tests run, draws random items to look at.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")

WORLDS = settings(max_examples=40, deadline=None)


def test_three_friends_round_trip_everything_and_nothing_divides_by_zero():
    """The vendor funds the lab 100, the lab pays the cloud, the cloud pays the vendor; no outside money at all."""
    loop = FlowNetwork.from_edges(
        ["vendor", "lab", "cloud"],
        funding=[("vendor", "lab", 100)],
        trade=[("lab", "cloud", 100), ("cloud", "vendor", 100)],
    )
    found = round_trip(loop, "vendor")
    assert (found.floor, found.point, found.ceiling) == (100, 100, 100)
    assert found.share == (1, 1, 1)
    assert round_trip(loop, "cloud").share == (0, 0, 0)  # it has revenue, and funded nobody
    assert round_trip(loop, "lab").share == (0, 0, 0)  # it has no revenue


def test_a_repayment_is_a_way_out_and_not_revenue():
    network = FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", 10), ("d", "x", 10)], customers={"x": 1})
    found = round_trip(network, "x")
    assert (found.floor, found.point, found.ceiling) == (0, 0, 0)


def test_a_repayment_does_not_lift_the_ceiling_but_bounds_the_floor():
    """d gets 100 from x and pays back 40 as loan, 60 as trade: 60 is certain."""
    network = FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", 100), ("d", "x", 40)], trade=[("d", "x", 60)])
    found = round_trip(network, "x")
    assert (found.floor, found.point, found.ceiling) == (60, 60, 60)


def test_earmarks_lift_the_floor_by_what_they_bind():
    """d has 100 of x's and 100 of its customers', pays x 100, and 100 leaves."""
    network = FlowNetwork.from_edges(
        ["x", "d"], funding=[("x", "d", 100)], trade=[("d", "x", 100)], customers={"d": 100, "x": 5}
    )
    plain = round_trip(network, "x")
    assert (plain.floor, plain.point, plain.ceiling) == (0, 50, 100)
    bound = round_trip(network, "x", earmarks=[Earmark("x", "d", ("x",))])
    assert (bound.floor, bound.point, bound.ceiling) == (100, 100, 100)
    assert bound.without_earmarks == plain
    part = round_trip(network, "x", earmarks=[Earmark("x", "d", ("x",), 30)])
    assert part.floor == 30
    assert part.point == pytest.approx(30 + 70 * 70 / 170)  # the other 70 share 170 of payments, 70 of them to x
    assert part.ceiling == 100


def test_an_earmark_beyond_what_was_bought_is_free():
    network = FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", 100)], trade=[("d", "x", 30)])
    assert round_trip(network, "x", earmarks=[Earmark("x", "d", ("x",))]).floor == 30


def test_an_earmark_for_a_third_party_follows_the_money_there():
    """d may spend x's 50 with k only; k passes 40 of its 100 on to x and keeps 60, so nothing is certain but 0."""
    network = FlowNetwork.from_edges(
        ["x", "d", "k"],
        funding=[("x", "d", 50)],
        trade=[("d", "k", 100), ("k", "x", 40)],
        customers={"d": 90, "x": 1},
    )
    assert network.uses.tolist() == [0, 40, 60]
    marked = round_trip(network, "x", earmarks=[Earmark("x", "d", ("k",))])
    assert (marked.floor, marked.ceiling) == (0, 40)
    assert marked.point == pytest.approx(50 * 0.4)
    assert round_trip(network, "x").point == pytest.approx(50 * 100 / 140 * 0.4)


def test_bounds_are_asked_for_in_pairs_and_must_enclose():
    low, high = (
        FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", k)], trade=[("d", "x", k / 2)]) for k in (10, 20)
    )
    middle = FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", 12)], trade=[("d", "x", 8)])
    found = round_trip(middle, "x", low=low, high=high)
    # 10 given at least; d keeps at most what it can have, 20, less the least it paid, 5: nothing is certain.
    assert (found.floor, found.ceiling) == (0, 10)
    assert found.point == pytest.approx(8)
    with pytest.raises(BadInput, match="half-an-interval"):
        round_trip(middle, "x", low=low)
    with pytest.raises(BadInput, match="not-a-bound"):
        round_trip(low, "x", low=middle, high=high)


def test_leaks_between_the_bounds_can_exceed_the_leaks_at_either():
    """d has x's 20 and up to 10 of customers', and pays x between 5 and 20: it keeps 15 and 10 at the ends, but 25
    with 10 from customers and 5 paid, so nothing is certain."""

    def world(customers: float, bought: float) -> FlowNetwork:
        edges = {"funding": [("x", "d", 20)], "trade": [("d", "x", bought)], "customers": {"d": customers}}
        return FlowNetwork.from_edges(["x", "d"], **edges)

    leaky = world(10, 5)
    assert leaky.uses[1] == 25
    assert round_trip(leaky, "x").floor == 0
    assert round_trip(world(5, 10), "x", low=world(0, 5), high=world(10, 20)).floor == 0


def test_an_entity_that_is_not_there_gets_the_nearest_name():
    network = FlowNetwork.from_edges(["nvidia", "openai"])
    with pytest.raises(BadInput, match="did you mean 'nvidia'"):
        round_trip(network, "nvida")


@WORLDS
@given(networks())
def test_floor_point_and_ceiling_stand_in_order(network: FlowNetwork):
    for entity in network.nodes:
        found = round_trip(network, entity)
        assert 0 <= found.floor <= found.point + 1e-9
        assert found.point <= found.ceiling + 1e-9
        assert found.ceiling <= min(found.funding, found.revenue) + 1e-9


def _most_by_linear_program(network: FlowNetwork, x: int, ends: np.ndarray) -> float:
    """HiGHS: one variable per flow, conservation at each entity but x, and what may end there as the limit."""
    others = [i for i in range(network.n) if i != x]
    given_to = [d for d in others if network.funding[x, d] > 0]
    inside = [(i, j) for i in others for j in others if i != j and network.inside[i, j] > 0]
    limits = [network.funding[x, d] for d in given_to]
    limits += [network.inside[i, j] for i, j in inside] + [ends[i] for i in others]
    conserve = np.zeros((network.n, len(limits)))
    for column, d in enumerate(given_to):
        conserve[d, column] += 1
    for column, (i, j) in enumerate(inside, len(given_to)):
        conserve[i, column] -= 1
        conserve[j, column] += 1
    for column, i in enumerate(others, len(given_to) + len(inside)):
        conserve[i, column] -= 1
    gain = np.array([-1.0] * len(given_to) + [0.0] * (len(limits) - len(given_to)))
    solved = linprog(gain, A_eq=conserve, b_eq=np.zeros(network.n), bounds=[(0, u) for u in limits], method="highs")
    return -solved.fun


@WORLDS
@given(networks())
def test_linear_programs_find_the_same_floor_and_ceiling(network: FlowNetwork):
    for x, entity in enumerate(network.nodes[:2]):
        found = round_trip(network, entity)
        ceiling = _most_by_linear_program(network, x, network.trade[:, x])
        leaves = _most_by_linear_program(network, x, network.uses + network.funding[:, x])
        assert found.ceiling == pytest.approx(ceiling, abs=1e-7)
        assert found.floor == pytest.approx(max(0.0, found.funding - leaves), abs=1e-7)


@WORLDS
@given(networks(), st.randoms(use_true_random=False))
def test_relabelling_entities_changes_nothing(network: FlowNetwork, random):
    order = list(range(network.n))
    random.shuffle(order)
    for entity in network.nodes:
        before, after = round_trip(network, entity), round_trip(network.permuted(order), entity)
        assert [after.floor, after.point, after.ceiling] == pytest.approx(
            [before.floor, before.point, before.ceiling], abs=1e-9
        )


def _with_pass_through(network: FlowNetwork, i: int, j: int, kind: str) -> FlowNetwork:
    """The same network with an entity put between i and j that passes all it gets on, in one kind of flow."""
    n = network.n
    wide = {name: np.zeros((n + 1, n + 1)) for name in ("funding", "trade")}
    for name in wide:
        wide[name][:n, :n] = getattr(network, name)
    moved = wide[kind][i, j]
    wide[kind][i, j] = 0.0
    wide[kind][i, n] = wide[kind][n, j] = moved
    flat = {name: np.append(getattr(network, name), 0.0) for name in ("customers", "opening", "unknown", "uses")}
    return FlowNetwork.balanced(
        [*network.nodes, "spv"],
        **wide,
        **flat,
        capital={name: np.append(v, 0.0) for name, v in network.capital.items()},
        unknown_revenue=np.append(network.unknown_revenue, 0.0),
    )


@WORLDS
@given(networks(), st.integers(0, 5), st.integers(0, 5), st.sampled_from(["funding", "trade"]))
def test_a_pass_through_entity_changes_no_round_trip(network: FlowNetwork, i: int, j: int, kind: str):
    i, j = i % network.n, j % network.n
    if i == j:
        j = (i + 1) % network.n
    longer = _with_pass_through(network, i, j, kind)
    for entity in network.nodes:
        before, after = round_trip(network, entity), round_trip(longer, entity)
        assert [after.floor, after.point, after.ceiling] == pytest.approx(
            [before.floor, before.point, before.ceiling], abs=1e-8
        )


@WORLDS
@given(networks(), st.integers(1, 50))
def test_an_outside_customer_lowers_the_share(network: FlowNetwork, bought: int):
    """An outside customer of the entity itself dilutes its revenue; what goes round stays what it was."""
    more = FlowNetwork.balanced(
        network.nodes,
        funding=network.funding,
        trade=network.trade,
        customers=network.customers + np.eye(network.n)[0] * bought,
        capital=network.capital,
        opening=network.opening,
        unknown=network.unknown,
        uses=network.uses,
        unknown_revenue=network.unknown_revenue,
    )
    before, after = round_trip(network, "a"), round_trip(more, "a")
    assert after.point == pytest.approx(before.point, abs=1e-9)
    if before.point > 1e-9:
        assert all(now < then for now, then in zip(after.share, before.share, strict=True) if then > 0)


@WORLDS
@given(networks(), st.integers(1, 50), st.integers(1, 5))
def test_a_customer_of_another_entity_never_lifts_the_point_or_the_floor(network: FlowNetwork, bought: int, at: int):
    where = np.eye(network.n)[at % network.n]
    more = FlowNetwork.balanced(
        network.nodes,
        funding=network.funding,
        trade=network.trade,
        customers=network.customers + where * bought,
        capital=network.capital,
        opening=network.opening,
        unknown=network.unknown,
        uses=network.uses + where * bought,
        unknown_revenue=network.unknown_revenue,
    )
    before, after = round_trip(network, "a"), round_trip(more, "a")
    assert after.floor <= before.floor + 1e-9
    assert after.point <= before.point + 1e-9


@WORLDS
@given(networks(), st.floats(0, 0.5), st.integers(0, 2**32 - 1))
def test_the_interval_holds_for_every_network_between_the_bounds(network: FlowNetwork, spread: float, seed: int):
    rng = np.random.default_rng(seed)

    def scaled(factor) -> FlowNetwork:
        return FlowNetwork.balanced(
            network.nodes,
            funding=network.funding * factor(network.funding.shape),
            trade=network.trade * factor(network.trade.shape),
            customers=network.customers * factor(network.n),
            capital={name: v * factor(network.n) for name, v in network.capital.items()},
            opening=network.opening * factor(network.n),
            unknown_revenue=network.unknown_revenue * factor(network.n),
        )

    low, high = scaled(lambda shape: np.full(shape, 1 - spread)), scaled(lambda shape: np.full(shape, 1 + spread))
    between = scaled(lambda shape: rng.uniform(1 - spread, 1 + spread, shape))
    for entity in network.nodes:
        bounds, inner = round_trip(between, entity, low=low, high=high), round_trip(between, entity)
        assert bounds.floor <= inner.floor + 1e-9
        assert inner.ceiling <= bounds.ceiling + 1e-9


@WORLDS
@given(networks(), st.integers(1, 5), st.integers(0, 5), st.integers(1, 60))
def test_earmarks_never_lower_the_floor_nor_raise_the_ceiling(network: FlowNetwork, to: int, payee: int, amount: int):
    names = network.nodes
    mark = Earmark("a", names[1 + to % (network.n - 1)], (names[payee % network.n],), amount)
    found = round_trip(network, "a", earmarks=[mark])
    plain = found.without_earmarks
    assert plain is not None
    assert plain.floor <= found.floor + 1e-9
    assert found.ceiling <= plain.ceiling + 1e-9
    assert found.floor <= found.point + 1e-9
    assert found.point <= found.ceiling + 1e-9
