"""Calls of brokers and investors: how much must be sold, what finds a buyer, what it does to the price."""

from __future__ import annotations

from math import exp

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.contagion.calls import (
    CallParameters,
    changes_hands,
    margin_call,
    price_change,
    redeemed,
    target_leverage,
)
from ouroloop.contagion.fire_sales import fire_sale


def parameters(**instead: float) -> CallParameters:
    values = {
        "leverage": 2.0,
        "least_margin": 0.4,
        "asked": 0.3,
        "usual_fall": 0.1,
        "refill": 0.1,
        "of_volume": 0.1,
        "usual_exit": 0.04,
        "impact": 3.5,
        "stays": 0.6,
    }
    return CallParameters(**{name: jnp.asarray(value) for name, value in (values | instead).items()})


def column(*values: float) -> jnp.ndarray:
    return jnp.asarray(values, jnp.float64)[:, None]


def test_a_call_is_what_brings_equity_back_to_the_least_margin() -> None:
    # 100 of shares on 70 of debt: 30 of equity allow 75 at 40 %, so 25 are sold and repay debt; 75 on 45 is 40 %.
    assert margin_call(parameters(), column(100.0), column(70.0))[0, 0] == pytest.approx(25.0)
    assert margin_call(parameters(), column(100.0), column(60.0))[0, 0] == 0.0


def test_who_has_lost_its_equity_sells_everything_and_who_owes_nothing_is_never_called() -> None:
    calls = margin_call(parameters(), column(50.0, 50.0, 0.0), column(70.0, 0.0, 5.0))
    assert calls[:, 0].tolist() == [50.0, 0.0, 0.0]


@given(shares=st.floats(1.0, 1e3), debt=st.floats(0.0, 1e3))
def test_after_a_call_at_today_s_prices_the_broker_is_content(shares: float, debt: float) -> None:
    sold = float(margin_call(parameters(), column(shares), column(debt))[0, 0])
    left, owed = shares - sold, debt - min(sold, debt)
    assert 0.0 <= sold <= shares
    assert sold == shares or left - owed >= 0.4 * left - 1e-9 * shares


def test_investors_leave_by_what_the_market_fell_beyond_the_usual() -> None:
    fared = jnp.asarray([-0.3, -0.1, 0.2])
    asked = redeemed(parameters(), jnp.full((1, 3), 1000.0), fared)
    np.testing.assert_allclose(asked[0], [0.3 * 0.2 * 1000.0, 0.0, 0.0], atol=1e-12)


def test_the_door_lets_through_its_capacity_and_the_same_part_of_every_offer() -> None:
    part = changes_hands(column(50.0, 10.0, 0.0), column(20.0, 20.0, 20.0))
    assert part[:, 0].tolist() == [0.4, 1.0, 0.0]


def test_a_percent_of_a_firm_moves_its_price_by_the_published_return() -> None:
    # mkt-020: 1 % of a firm sold costs 3.5 %; the parameter is log price for each unit of the firm.
    assert price_change(parameters(), column(1.0), column(100.0))[0, 0] == pytest.approx(-0.035)
    assert price_change(parameters(), column(-1.0), column(100.0))[0, 0] == pytest.approx(0.035)
    assert price_change(parameters(), column(1.0), column(0.0))[0, 0] == 0.0


def test_funds_lever_no_further_than_brokers_allow() -> None:
    assert float(target_leverage(parameters(leverage=2.0))) == 2.0
    assert float(target_leverage(parameters(leverage=4.0))) == 2.5


def test_one_round_is_a_round_of_the_fire_sale_that_plays_many() -> None:
    # One fund, one name of which it holds a tenth; prices fall by 30 %, the door lets 60 through.
    units, debt, firm = 100.0, 50.0, 1000.0
    p = parameters()
    played = fire_sale(
        np.array([[units]]),
        np.array([debt]),
        np.array([-0.3]),
        np.array([firm / 3.5]),
        most_leverage=np.array([2.5]),
        exit_capacity=np.array([60.0 / 0.7]),
        rounds=1,
    )
    shares = column(0.7 * units)
    called = margin_call(p, shares, column(debt))
    sold = called * changes_hands(called, column(60.0))
    price = 0.7 * exp(float(price_change(p, sold, column(0.7 * firm))[0, 0]))
    assert played.sold[0, 0] * 0.7 == pytest.approx(float(sold[0, 0]))
    assert played.prices[0] == pytest.approx(price)
