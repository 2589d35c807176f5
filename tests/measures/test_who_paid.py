"""Who paid whose revenue: shares that sum to 1, and floors that no tracing rule can deny."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import BadInput
from ouroloop.measures import FlowNetwork, who_paid, who_paid_floor
from tests.measures.worlds import networks

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
WORLDS = settings(max_examples=40, deadline=None)


def _lab_and_cloud() -> FlowNetwork:
    return FlowNetwork.from_edges(
        ["lab", "cloud", "chips"],
        funding=[("chips", "lab", 20), ("cloud", "lab", 20)],
        trade=[("lab", "cloud", 100), ("cloud", "chips", 60)],
        customers={"lab": 30, "chips": 40, "cloud": 50},
        capital={"bank": {"lab": 30, "cloud": 30}},
    )


def test_sponsors_by_hand():
    """The lab's 100 are 30 customers', 30 the bank's, 20 the chip maker's, 20 the cloud's; all go to the cloud, which
    has 50 from its own customers and 30 from the bank too; the bank's is no revenue, but mixes into what it pays."""
    found = who_paid(_lab_and_cloud())
    assert found.of("cloud") == pytest.approx(
        {"outside_customers": 80 / 150, "bank": 30 / 150, "other_members": 20 / 150, "own_money": 20 / 150}
    )
    # The chip maker books 40 from customers and 60 from the cloud, in the colors that the cloud got.
    assert found.of("chips") == pytest.approx(
        {
            "outside_customers": 0.4 + 0.6 * 80 / 180,
            "bank": 0.6 * 60 / 180,
            "other_members": 0.6 * 20 / 180,
            "own_money": 0.6 * 20 / 180,
        }
    )
    chips, cloud = 2, 1
    assert found.members[cloud, chips] == pytest.approx(0.6 * 20 / 180)
    assert found.members[chips, cloud] == pytest.approx(20 / 150)


def test_sources_by_hand():
    """Followed to where it entered, for the cloud. A lab dollar is .3 customers', .3 bank's, .2 the cloud's own, and .2
    the chip maker's; that one's is .4 customers' and .6 the cloud's; that one's is 5/18 customers', 3/18 the bank's and
    10/18 the lab's. The cloud's revenue is 1/3 customers' and 2/3 the lab's."""
    found = who_paid(_lab_and_cloud(), "source").of("cloud")
    again = 1 - 0.2 * 0.6 * 10 / 18
    lab = {
        "outside_customers": (0.3 + 0.2 * (0.4 + 0.6 * 5 / 18)) / again,
        "bank": (0.3 + 0.2 * 0.6 * 3 / 18) / again,
        "own_money": 0.2 / again,
    }
    assert sum(lab.values()) == pytest.approx(1)
    expected = {sponsor: 2 / 3 * share for sponsor, share in lab.items()}
    expected["outside_customers"] += 1 / 3
    assert found == pytest.approx(expected)


def test_an_entity_without_revenue_has_no_shares():
    found = who_paid(_lab_and_cloud())
    assert found.of("lab") == pytest.approx({"outside_customers": 1})
    network = FlowNetwork.from_edges(["a", "b"], funding=[("a", "b", 1)], capital={"bank": {"a": 1}})
    assert who_paid(network).of("b") == {}
    assert who_paid(FlowNetwork.from_edges([])).shares["unknown"].shape == (0,)


def test_a_ring_that_nothing_entered_says_so():
    ring = FlowNetwork.from_edges(["a", "b", "c"], trade=[("a", "b", 7), ("b", "a", 7)], customers={"c": 3})
    for trace in ("source", "sponsor"):
        assert who_paid(ring, trace).of("a") == {"closed_ring": 1}
        assert who_paid(ring, trace).of("c") == {"outside_customers": 1}


def test_the_smallest_leak_names_the_payer_of_a_ring():
    ring = FlowNetwork.from_edges(
        ["a", "b"], trade=[("a", "b", 7), ("b", "a", 7)], capital={"bank": {"a": 1e-6}}, uses={"a": 1e-6}
    )
    assert who_paid(ring).of("b") == pytest.approx({"bank": 1})


def test_revenue_of_unknown_payers_and_unknown_cash_stay_unknown():
    network = FlowNetwork.from_edges(["a", "b"], trade=[("a", "b", 10)], unknown_revenue={"b": 30})
    assert network.unknown[0] == 10
    assert who_paid(network).of("b") == {"unknown": 1}


def test_a_payment_to_oneself_is_own_money():
    network = FlowNetwork.from_edges(["a"], trade=[("a", "a", 5)], customers={"a": 15})
    assert who_paid(network).of("a") == pytest.approx({"outside_customers": 0.75, "own_money": 0.25})
    assert who_paid(network, "source").of("a") == pytest.approx({"outside_customers": 0.75, "own_money": 0.25})


def test_of_what_openai_paid_microsoft_in_2025_at_least_4_13_was_not_customers_money():
    """13.07bn of revenue against 17.2bn paid, whatever else came in, from whom, and even if nobody knows from whom."""
    for door in ("capital", "funding", "unknown"):
        network = FlowNetwork.from_edges(
            ["openai", "microsoft", "softbank"],
            trade=[("openai", "microsoft", 17.2)],
            funding=[("softbank", "openai", 22.5)] if door == "funding" else [],
            capital={"equity_investors": {"openai": 22.5}} if door == "capital" else {},
            customers={"openai": 13.07, "microsoft": 280, "softbank": 60},
        )
        found = who_paid_floor(network, "microsoft", "openai")
        assert found.amount == 17.2
        assert found.floor == pytest.approx(4.13, abs=1e-12)
        assert found.floor_if_unknown == pytest.approx(0 if door == "unknown" else 4.13, abs=1e-12)


def test_revenue_of_unknown_payers_may_be_customers_money():
    network = FlowNetwork.from_edges(
        ["lab", "cloud"], trade=[("lab", "cloud", 10)], customers={"lab": 3}, unknown_revenue={"lab": 5, "cloud": 2}
    )
    assert who_paid_floor(network, "cloud", "lab").floor == 2
    assert who_paid_floor(network, "cloud").floor == 2  # revenue of 12, of which 2 direct and 3 + 5 may be theirs
    assert who_paid_floor(network, "cloud", "lab", ()).floor == 10


def test_unknown_cash_may_be_a_banks_money_but_not_customers():
    network = FlowNetwork.from_edges(
        ["lab", "cloud"], trade=[("lab", "cloud", 10)], customers={"lab": 3}, capital={"bank": {"lab": 2}}
    )
    assert network.unknown[0] == 5
    bank, customers = (who_paid_floor(network, "cloud", "lab", sponsor) for sponsor in ("bank", "outside_customers"))
    assert (bank.most, bank.floor, bank.floor_if_unknown) == (7, 3, 3)
    assert (customers.most, customers.floor, customers.floor_if_unknown) == (3, 7, 2)


def test_the_traces_differ_in_whether_funding_carries_customers_money_on():
    network = FlowNetwork.from_edges(
        ["vendor", "lab"], funding=[("vendor", "lab", 10)], trade=[("lab", "vendor", 10)], customers={"vendor": 10}
    )
    assert who_paid_floor(network, "vendor", "lab").floor == 10
    assert who_paid_floor(network, "vendor", "lab", trace="source").floor == 0
    assert who_paid_floor(network, "vendor", "lab", "member:vendor").most == 10
    with pytest.raises(BadInput, match="unknown-sponsor"):
        who_paid_floor(network, "vendor", "lab", ("outside_customer",))


@WORLDS
@given(networks(), st.sampled_from(["source", "sponsor"]))
def test_the_shares_of_every_entity_with_revenue_sum_to_1(network: FlowNetwork, trace: str):
    found = who_paid(network, trace)
    total = sum(found.shares.values())
    np.testing.assert_allclose(total, (network.revenue > 0).astype(float), atol=1e-12)
    assert all((share >= 0).all() for share in found.shares.values())
    given_by_members = found.shares["own_money"] + found.shares["other_members"]
    np.testing.assert_allclose(found.members.sum(0), given_by_members, atol=1e-12)


@WORLDS
@given(
    networks(),
    st.sampled_from(["source", "sponsor"]),
    st.sampled_from([["outside_customers"], ["bank"], ["opening_cash", "bank"]]),
)
def test_no_pro_rata_share_exceeds_what_can_be_the_sponsors(network: FlowNetwork, trace: str, sponsors: list[str]):
    found = who_paid(network, trace)
    for j, payee in enumerate(network.nodes):
        bound = who_paid_floor(network, payee, None, sponsors, trace)
        theirs = sum(found.shares[s][j] for s in sponsors) * network.revenue[j]
        assert theirs <= bound.most + 1e-9
        assert bound.floor_if_unknown <= bound.floor
        assert bound.floor + bound.most == pytest.approx(bound.amount, abs=1e-9)


@WORLDS
@given(networks(), st.randoms(use_true_random=False), st.sampled_from(["source", "sponsor"]))
def test_relabelling_entities_changes_no_share(network: FlowNetwork, random, trace: str):
    order = list(range(network.n))
    random.shuffle(order)
    before, after = who_paid(network, trace), who_paid(network.permuted(order), trace)
    for entity in network.nodes:
        assert after.of(entity) == pytest.approx(before.of(entity), abs=1e-9)
