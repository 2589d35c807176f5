"""What a crash takes from spending outside: nothing at the top, cents on the dollar of shares below it."""

from __future__ import annotations

from math import exp

import jax.numpy as jnp
import pytest

from ouroloop.behavior.outside_income import OutsideIncomeParameters, missing_income, spending_factor

PARAMETERS = OutsideIncomeParameters(
    spent_of_wealth=jnp.asarray(0.035),
    local=jnp.asarray(0.5),
    product=jnp.asarray(30_000.0),
    growth=jnp.asarray(0.05),
    elasticity=jnp.asarray(2.0),
)


def missing(shares: float, top: float, pace: float, highest: float) -> float:
    values = (jnp.asarray([x]) for x in (shares, top, pace, highest))
    return float(missing_income(PARAMETERS, *values)[0])


def test_twenty_trillion_of_shares_lost_cost_seven_tenths_of_a_trillion_of_spending() -> None:
    assert missing(10_000.0, 30_000.0, 100.0, 100.0) == pytest.approx(700.0)


def test_building_counts_by_the_year_and_by_what_is_earned_at_home() -> None:
    assert missing(1.0, 1.0, 50.0, 125.0) == pytest.approx(0.5 * 4 * 75.0)


def test_what_rises_above_its_top_takes_nothing() -> None:
    assert missing(31_000.0, 30_000.0, 130.0, 125.0) == 0.0


def test_customers_spend_less_by_the_elasticity() -> None:
    now, later = (float(spending_factor(PARAMETERS, jnp.asarray([900.0]), years)[0]) for years in (0.0, 10.0))
    assert now == pytest.approx(exp(-2.0 * 900 / 30_000))
    assert later == pytest.approx(exp(-2.0 * 900 / (30_000 * exp(0.5)))), "the economy has grown by then"
