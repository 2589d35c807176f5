"""Sales that everybody makes at once: published measures, margin and redemptions, narrow doors, no loss twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.contagion.fire_sales import Spiral, fire_sale, vulnerability
from ouroloop.core import BadInput

ONE = np.array([1.0])


def test_two_banks_and_two_assets_by_the_formulas_of_greenwood_landier_and_thesmar() -> None:
    found = vulnerability(
        np.array([100.0, 200]),
        np.array([10.0, 10]),
        np.array([[0.5, 0.5], [0.25, 0.75]]),
        np.array([1e-4, 5e-5]),
        np.array([-0.02, 0]),
    )
    assert found.direct == pytest.approx(0.1, abs=1e-12)
    assert found.aggregate == pytest.approx(0.014, abs=1e-12)
    np.testing.assert_allclose(found.sales, [9.25, 18.75], atol=1e-12)
    np.testing.assert_allclose(found.returns, [-0.000925, -0.0009375], atol=1e-12)
    np.testing.assert_allclose(found.systemicness, [0.0045, 0.0095], atol=1e-12)
    np.testing.assert_allclose(found.indirect, [0.0093125, 0.0186875], atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_what_each_seller_does_adds_up_to_what_all_do(seed: int) -> None:
    g = np.random.default_rng(seed)
    weights = g.dirichlet(np.ones(4), 6)
    assets, equity = g.uniform(50, 500, 6), g.uniform(5, 40, 6)
    found = vulnerability(assets, equity, weights, g.uniform(0, 1e-3, 4), -g.uniform(0, 0.1, 4))
    assert found.systemicness.sum() == pytest.approx(found.aggregate)
    assert float((found.indirect * equity).sum() / equity.sum()) == pytest.approx(found.aggregate)


def spiral(**instead: object) -> Spiral:
    """One fund with 100 of one asset and 80 of debt, allowed four times its equity at the lowest."""
    given_: dict[str, object] = {
        "holdings": np.array([[100.0]]),
        "debt": np.array([75.0]),
        "shock": np.array([-0.05]),
        "depth": np.array([1e9]),
        "most_leverage": np.array([4.0]),
    }
    return fire_sale(**{**given_, **instead})  # type: ignore[arg-type]


def test_a_margin_call_by_hand_in_a_market_that_does_not_care() -> None:
    # 95 against 75 leaves 20 of equity, which carries 80: 15 are sold.
    found = spiral()
    assert found.settled
    np.testing.assert_allclose(found.sold * found.prices, [[15.0]], rtol=1e-6)
    np.testing.assert_allclose(found.equity, [20.0], rtol=1e-6)
    np.testing.assert_allclose(found.direct, [5.0])
    np.testing.assert_allclose(found.indirect, [0.0], atol=1e-5)


def test_who_is_not_over_the_limit_sells_nothing() -> None:
    found = spiral(debt=np.array([50.0]))
    assert not found.sold.any()
    assert found.rounds == 0
    np.testing.assert_allclose(found.prices, [0.95])


def test_a_shallow_market_turns_the_call_into_a_spiral() -> None:
    deep, shallow = spiral(depth=np.array([1000.0])), spiral(depth=np.array([200.0]))
    assert shallow.prices[0] < deep.prices[0] < 0.95
    assert shallow.indirect[0] > deep.indirect[0] > 0
    assert shallow.sold[0, 0] > deep.sold[0, 0]


def test_who_only_owns_the_same_asset_loses_without_selling() -> None:
    found = spiral(
        holdings=np.array([[100.0], [50.0]]),
        debt=np.array([75.0, 0.0]),
        most_leverage=np.array([4.0, np.inf]),
        depth=np.array([300.0]),
    )
    assert not found.sold[1].any()
    np.testing.assert_allclose(found.direct[1], 2.5)
    np.testing.assert_allclose(found.indirect[1], 50 * (0.95 - found.prices[0]))
    assert found.indirect[1] > 0


def test_a_narrow_door_leaves_needs_unmet_or_makes_them_wait() -> None:
    wide = spiral(depth=np.array([400.0]))
    narrow = spiral(depth=np.array([400.0]), exit_capacity=np.array([2.0]))
    assert narrow.rounds > wide.rounds
    stuck = spiral(depth=np.array([400.0]), exit_capacity=np.array([2.0]), rounds=3)
    assert not stuck.settled
    assert stuck.unmet[0] > 0
    np.testing.assert_allclose(stuck.sold, [[6.0]])


def test_redemptions_are_paid_from_cash_first() -> None:
    fund = {"debt": np.array([0.0]), "most_leverage": np.array([np.inf]), "shock": np.array([0.0])}
    paid = spiral(**fund, redeemed=np.array([8.0]), cash=np.array([10.0]))
    assert not paid.sold.any()
    sold = spiral(**fund, redeemed=np.array([8.0]), cash=np.array([3.0]))
    np.testing.assert_allclose(sold.sold, [[5.0]], rtol=1e-6)
    np.testing.assert_allclose(sold.equity, [100 + 3 - 8], rtol=1e-6)
    np.testing.assert_allclose(sold.indirect, [0.0], atol=1e-5)


def test_who_has_lost_all_equity_sells_everything_and_lenders_bear_the_rest() -> None:
    found = spiral(shock=np.array([-0.3]))
    assert found.failed[0] == 1
    np.testing.assert_allclose(found.sold, [[100.0]])
    assert found.equity[0] == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["linear", "exponential"]))
def test_losses_are_those_of_prices_and_no_dollar_is_lost_twice(seed: int, impact: str) -> None:
    """What holders lose is what their units fell, at the price at which each was sold or at the last one."""
    g = np.random.default_rng(seed)
    units = g.uniform(0, 100, (4, 3))
    debt = units.sum(axis=1) * g.uniform(0, 0.9, 4)
    found = fire_sale(
        units,
        debt,
        -g.uniform(0, 0.2, 3),
        g.uniform(200, 3000, 3),
        most_leverage=g.uniform(2, 12, 4),
        impact=impact,  # type: ignore[arg-type]
        exit_capacity=g.uniform(20, 200, 3),
    )
    assert np.all(found.prices >= 0)
    assert np.all(found.sold >= -1e-9)
    assert np.all(found.sold <= units + 1e-9)
    assert np.all(found.indirect >= -1e-6)
    most = (units * (1 - found.prices)).sum(axis=1)
    assert np.all(found.direct + found.indirect <= most + 1e-6)
    alone = (found.direct + found.indirect)[~found.sold.any(axis=1)]
    np.testing.assert_allclose(alone, most[~found.sold.any(axis=1)], atol=1e-6)


def test_bad_input_is_said_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        fire_sale(-np.ones((1, 1)), np.array([-1.0]), np.array([-2.0]), np.array([0.0]), most_leverage=ONE)
    assert len(caught.value.problems) == 5
    with pytest.raises(BadInput, match="equity"):
        vulnerability(ONE, 0 * ONE, np.ones((1, 1)), ONE, ONE)
