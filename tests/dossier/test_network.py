"""Networks of the dossier's flows balance, bound each other, and show what cannot be customers' money."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop.core import BadInput, Quarter, Tier
from ouroloop.dossier import Dossier, choose, flows, load, network
from ouroloop.dossier.network import edges, loop_flows
from ouroloop.measures import loops, round_trip, who_paid, who_paid_floor
from tests.dossier.worlds import deal, dossier, entity, figure, worlds

Q1, Q4 = Quarter(2025, 1), Quarter(2025, 4)
YEAR = "2025-01-01/2025-12-31"
ALL = [
    entity("chips", "chip_maker"),
    entity("lab", unexplained_revenue="customers"),
    entity("cloud", "cloud"),
    entity("bonds", "bond_market", loop=False),
]
FIGURES = [
    figure("lab", "revenue", 13.07, YEAR),
    figure("lab", "paid_to_counterparty", 17.2, YEAR, counterparty="cloud"),
    figure("cloud", "revenue", 100, YEAR),
]


def at(some: Dossier, **more: object) -> dict[str, dict[str, float]]:
    net = network(some, Q1, Q4, **more)  # type: ignore[arg-type]
    names = ("customers", "unknown_revenue", "unknown", "opening", "uses")
    return {name: dict(zip(net.nodes, getattr(net, name).tolist(), strict=True)) for name in names}


def test_what_is_paid_beyond_revenue_cannot_be_customers_money() -> None:
    net = network(dossier(ALL, figures=FIGURES), Q1, Q4)
    floor = who_paid_floor(net, "cloud", "lab")
    assert floor.amount == pytest.approx(17.2)
    assert floor.floor == pytest.approx(17.2 - 13.07)


def test_opening_cash_is_all_there_and_what_is_kept_is_a_use() -> None:
    cash = [figure("lab", "cash", 40, "2024-12-31"), figure("lab", "cash", 25, "2025-12-31")]
    found = at(dossier(ALL, figures=[*FIGURES, *cash]))
    assert found["opening"]["lab"] == 40
    # 13.07 + 40 came, 17.2 went to the cloud and 25 stayed: the rest went outside, nobody knows for what.
    assert found["uses"]["lab"] == pytest.approx(13.07 + 40 - 17.2)
    assert found["unknown"]["lab"] == 0


def test_lenders_and_investors_are_kept_by_class() -> None:
    bond = deal("bond", "bonds", "cloud", "bond", 18, steps=[("funded", "2025-09-24")])
    net = network(dossier(ALL, [bond], FIGURES), Q1, Q4)
    assert net.capital["bond_market"].tolist() == [0, 0, 18]


def test_promises_come_in_by_tier_and_leave_published_totals_as_they_are() -> None:
    contract = deal("d", "chips", "cloud", amount=30, schedule=("2025-01-01", "2025-12-31"))
    some = dossier(ALL, [contract], FIGURES)
    paid, firm = network(some, Q1, Q4), network(some, Q1, Q4, Tier.FIRM)
    assert (paid.trade.sum(), firm.trade.sum()) == (pytest.approx(17.2), pytest.approx(47.2))
    assert paid.revenue.tolist() == pytest.approx([0, 13.07, 100])
    assert firm.revenue.tolist() == pytest.approx([0, 13.07, 100])


def test_low_and_high_networks_bound_the_point() -> None:
    some = dossier(
        ALL,
        [
            deal("d", "chips", "lab", "equity", (10, 30), steps=[("funded", "2025-02-01")]),
            deal("e", "chips", "cloud", amount=(5, None), steps=[("funded", "2025-02-01")]),
        ],
        FIGURES,
    )
    low, point, high = (network(some, Q1, Q4, end=end) for end in ("low", "point", "high"))  # type: ignore[arg-type]
    assert (low.funding.sum(), point.funding.sum(), high.funding.sum()) == (10, 20, 30)
    assert (low.trade - 17.2).sum() == (high.trade - 17.2).sum()
    assert round_trip(point, "chips", low=low, high=high).floor <= round_trip(point, "chips").floor + 1e-9


def test_in_kind_money_is_left_out_unless_asked_for() -> None:
    some = dossier(
        ALL, [deal("d", "chips", "lab", "equity", 5, steps=[("funded", "2025-02-01")], in_kind="chips")], FIGURES
    )
    assert network(some, Q1, Q4).funding.sum() == 0
    assert network(some, Q1, Q4, in_kind=True).funding.sum() == 5


def test_loops_get_tiers_and_days() -> None:
    some = dossier(
        ALL,
        [
            deal("d", "chips", "lab", "equity", 5, steps=[("funded", "2025-02-01")]),
            deal("e", "lab", "chips", amount=8, schedule=("2025-03-01", "2025-03-31")),
        ],
    )
    (loop,) = loops(loop_flows(some, Q1, Q4, Tier.FIRM))
    assert (loop.bottleneck, dict(loop.by_tier)[Tier.FIRM]) == (5, 5)
    assert loop.in_order
    assert not loops(loop_flows(some, Q1, Q4, Tier.PAID))
    found = {edge.payer: edge for edge in edges(some, Q1, Q4, Tier.FIRM)}
    assert [str(ref) for ref in found["lab"].refs] == ["deal:e#whole"]
    assert (found["lab"].tier, found["lab"].first, found["lab"].last) == (
        Tier.FIRM,
        date(2025, 3, 1),
        date(2025, 3, 31),
    )


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput):
        network(dossier(ALL), Q4, Q1)


@given(some=worlds())
@settings(max_examples=30, deadline=None)
def test_networks_of_every_tier_and_end_balance_and_bound_each_other(some: Dossier) -> None:
    for tier in (Tier.PAID, Tier.FIRM, Tier.REPORTED):
        low, point, high = (network(some, Q1, Quarter(2026, 4), tier, end) for end in ("low", "point", "high"))  # type: ignore[arg-type]
        for name in ("funding", "trade", "customers", "opening", "unknown_revenue"):
            below, value, above = (getattr(net, name) for net in (low, point, high))
            assert (below <= value + 1e-9).all(), name
            assert (value <= above + 1e-9).all(), name
        shares = who_paid(point)
        total = sum(shares.shares.values(), np.zeros(point.n))
        assert np.allclose(total[shares.revenue > 0], 1)


@given(some=worlds())
@settings(max_examples=30, deadline=None)
def test_a_network_holds_what_the_flows_and_the_edges_hold(some: Dossier) -> None:
    net = network(some, Q1, Q4)
    for side in ("funding", "trade"):
        moved = sum(f.point for f in flows(some, Q1, Q4) if f.side == side and not f.in_kind and f.tier is Tier.PAID)
        assert getattr(net, side).sum() == pytest.approx(moved, abs=1e-9)
        assert sum(e.point for e in edges(some, Q1, Q4) if e.side == side) == pytest.approx(moved, abs=1e-9)
    assert net.revenue.sum() >= net.trade.sum() - 1e-9


@pytest.fixture(scope="module")
def ai_loop() -> Dossier:
    return load("ai-loop")


def test_of_what_openai_paid_microsoft_in_2025_at_least_4_13_was_not_customers_money(ai_loop: Dossier) -> None:
    """The floor comes out of the max flow; the two figures behind it give it by subtraction: 17.2 - 13.07."""
    floor = who_paid_floor(network(ai_loop, Q1, Q4), "microsoft", "openai")
    period = (date(2025, 1, 1), date(2025, 12, 31))
    paid = choose(ai_loop, "openai", "paid_to_counterparty", period=period, counterparty="microsoft").picked
    revenue = choose(ai_loop, "openai", "revenue", period=period).picked
    assert (paid.value, revenue.value) == (17.2, 13.07)
    assert floor.amount == pytest.approx(17.2)
    assert floor.floor == pytest.approx(4.13)
    behind = {
        cite.source
        for flow in flows(ai_loop, Q1, Q4)
        if flow.side in ("trade", "customers", "unknown_revenue") and "openai" in (flow.payer, flow.payee)
        for ref in flow.refs
        for cite in ref.cites
    }
    assert {paid.cite.source, revenue.cite.source} <= behind


def test_nobody_could_know_that_floor_in_november_2025(ai_loop: Dossier) -> None:
    net = network(ai_loop.as_of(date(2025, 11, 21)), Q1, Q4)
    assert who_paid_floor(net, "microsoft", "openai").amount == 0
