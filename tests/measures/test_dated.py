"""Money in time: taint rules, attribution of dated payments, and the interval on the network expanded over time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import BadInput
from ouroloop.measures import (
    RULES,
    FlowNetwork,
    Payment,
    attribute,
    flows_by_date,
    merged,
    round_trip,
    round_trip_dated,
    taint,
)
from tests.measures.worlds import histories

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
WORLDS = settings(max_examples=50, deadline=None)
CONSERVING = [rule for rule in RULES if rule != "poison"]


def _fund_then_buy() -> list[Payment]:
    """d gets 100 from its customers, then 100 from x, then buys from x for 100, then spends 100 elsewhere."""
    return [
        Payment(date(2025, 1, 1), None, "d", 100, "outside_customers"),
        Payment(date(2025, 2, 1), "x", "d", 100, "funding"),
        Payment(date(2025, 3, 1), "d", "x", 100, "trade"),
        Payment(date(2025, 4, 1), "d", None, 100),
    ]


def test_the_rules_disagree_on_the_same_books():
    found = {rule: attribute(_fund_then_buy(), "x", rule, {"x": 100}).round_tripped for rule in RULES}
    assert found == {
        "fifo": 0,
        "lifo": 100,
        "haircut": 50,
        "poison": 100,
        "tainted_first": 100,
        "tainted_last": 0,
    }


def test_a_haircut_mixes_money_that_arrives_mixed_into_an_empty_purse():
    """b passes on 1 of a's and 1 of nobody's; c pays a half of that: half of the 1 is a's."""
    payments = [Payment(0, "a", "b", 1, "funding"), Payment(1, "b", "c", 2, "funding"), Payment(2, "c", "a", 1)]
    assert attribute(payments, "a", "haircut").round_tripped == 0.5


def test_poison_flags_more_than_was_ever_given():
    found = attribute(_fund_then_buy()[:2], "x", "poison", {"x": 100})
    assert found.flagged == 200
    assert attribute(_fund_then_buy()[:2], "x", "haircut", {"x": 100}).flagged == 100


def test_what_was_bought_before_the_funding_did_not_come_back():
    periods = (
        FlowNetwork.from_edges(["x", "d"], trade=[("d", "x", 100)], customers={"d": 100}),
        FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", 100)], opening={"x": 100}, uses={"d": 100}),
    )
    found = round_trip_dated(periods, "x")
    assert (found.floor, found.point, found.ceiling) == (0, 0, 0)
    assert round_trip(merged(periods), "x").ceiling == 100


def test_money_that_waits_comes_back_later():
    periods = (
        FlowNetwork.from_edges(["x", "d"], funding=[("x", "d", 100)], opening={"x": 100}),
        FlowNetwork.from_edges(["x", "d"], opening={"d": 0}),
        FlowNetwork.from_edges(["x", "d"], trade=[("d", "x", 60)], opening={"d": 60}),
    )
    found = round_trip_dated(periods, "x")
    assert (found.floor, found.point, found.ceiling) == (60, 60, 60)
    assert found.first_return == {"d": pytest.approx(0.6)}
    whole = merged(periods)
    assert whole.opening.tolist() == [100, 0]
    assert whole.uses.tolist() == [60, 40]


def test_one_period_is_the_static_answer():
    network = FlowNetwork.from_edges(
        ["x", "d", "e"],
        funding=[("x", "d", 30), ("x", "e", 10)],
        trade=[("d", "e", 25), ("e", "x", 20), ("e", "d", 5)],
        customers={"d": 7, "x": 40},
    )
    one, still = round_trip_dated([network], "x"), round_trip(network, "x")
    assert [one.floor, one.point, one.ceiling] == pytest.approx([still.floor, still.point, still.ceiling])
    assert one.first_return == pytest.approx(still.first_return)


def test_periods_over_different_entities_are_refused():
    a, b = FlowNetwork.from_edges(["x"]), FlowNetwork.from_edges(["y"])
    with pytest.raises(BadInput, match="wrong-shape"):
        round_trip_dated([a, b], "x")
    with pytest.raises(BadInput, match="wrong-shape"):
        round_trip_dated([], "x")


def test_payments_are_checked():
    with pytest.raises(BadInput, match="unknown-entity"):
        flows_by_date(["x"], [Payment(1, "x", "z", 1)])
    with pytest.raises(BadInput, match="negative-flow"):
        attribute([Payment(1, "x", "d", -1)], "x", "fifo")
    with pytest.raises(BadInput, match="unknown-rule"):
        attribute([], "x", "fefo")
    with pytest.raises(BadInput, match="overspent"):
        taint([(True, 1)], 2, "fifo")


@WORLDS
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 20)), max_size=8), st.floats(0, 1))
def test_every_rule_but_poison_conserves_the_taint(lots: list[tuple[bool, int]], share: float):
    tainted, total = sum(a for t, a in lots if t), sum(a for _, a in lots)
    spend = share * total
    found = {rule: taint(lots, spend, rule) for rule in RULES}
    for rule in CONSERVING:
        assert found[rule].spent + found[rule].left == pytest.approx(tainted)
        # Between spending all clean money first and spending all tainted money first, by arithmetic.
        assert max(0.0, spend - (total - tainted)) - 1e-9 <= found[rule].spent <= min(spend, tainted) + 1e-9
    assert found["tainted_first"].spent == pytest.approx(min(spend, tainted))
    assert found["tainted_last"].spent == pytest.approx(max(0.0, spend - (total - tainted)), abs=1e-9)
    assert found["poison"].spent == pytest.approx(spend if tainted else 0)


@WORLDS
@given(histories())
def test_floor_and_ceiling_hold_for_every_rule_and_stand_inside_the_static_ones(payments: list[Payment]):
    periods = flows_by_date(["a", "b", "c", "d"], payments, {"a": 15})
    if not periods:
        return
    dated, still = round_trip_dated(periods, "a"), round_trip(merged(periods), "a")
    assert still.floor <= dated.floor + 1e-9
    assert dated.ceiling <= still.ceiling + 1e-9
    assert dated.floor - 1e-9 <= dated.point <= dated.ceiling + 1e-9
    for rule in CONSERVING:
        found = attribute(payments, "a", rule, {"a": 15})
        assert found.funding == pytest.approx(dated.funding)
        assert dated.floor - 1e-9 <= found.round_tripped <= dated.ceiling + 1e-9, rule
    poison = attribute(payments, "a", "poison", {"a": 15})
    assert poison.round_tripped >= attribute(payments, "a", "haircut", {"a": 15}).round_tripped - 1e-9


@WORLDS
@given(histories())
def test_one_payment_a_day_makes_the_point_the_haircut(payments: list[Payment]):
    """Without two payments on a day nothing is mixed inside a period, so pro rata and haircut are one rule."""
    ordered = [
        Payment(day, p.payer, p.payee, p.amount, p.kind)
        for day, p in enumerate(sorted(payments, key=lambda p: int(str(p.when))))
    ]
    periods = flows_by_date(["a", "b", "c", "d"], ordered)
    if periods:
        haircut = attribute(ordered, "a", "haircut").round_tripped
        assert round_trip_dated(periods, "a").point == pytest.approx(haircut, abs=1e-9)


@WORLDS
@given(histories())
def test_merging_keeps_every_flow_and_the_balance(payments: list[Payment]):
    periods = flows_by_date(["a", "b", "c", "d"], payments, {"b": 4})
    if not periods:
        return
    whole = merged(periods)
    paid = sum(p.amount for p in payments if p.payer and p.payee and p.payer != p.payee)
    assert whole.inside.sum() == pytest.approx(paid)
    assert whole.opening.sum() == pytest.approx(4)
    np.testing.assert_allclose(whole.money_in, whole.money_out)
