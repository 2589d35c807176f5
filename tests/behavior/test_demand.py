"""Outside demand: worked quarters, the published logistic, limits, and what changes move it which way."""

from __future__ import annotations

import doctest
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior import demand
from ouroloop.behavior.demand import (
    DemandParameters,
    DemandState,
    Payers,
    ceiling_usd_bn,
    free_growth,
    loss_per_year,
    open_demand,
    payers,
    payoff_quarter,
    spend_by_seller,
    step_demand,
)
from tests.behavior.central import central

SELLERS = 3


def opened(spend: float = 50.0, growth: float = 1.0, share: tuple[float, ...] = (0.5, 0.3, 0.2)) -> DemandState:
    return open_demand(jnp.asarray([spend]), jnp.asarray([growth]), jnp.asarray(share)[:, None])


def calm(parameters: DemandParameters, state: DemandState, **instead: Any) -> DemandState:
    """One quarter in which nothing happens but what is given."""
    shape = state.utility.shape
    nothing: dict[str, Any] = {
        "payoff_now": jnp.zeros(shape[1], bool),
        "spend_factor": jnp.ones(shape[1]),
        "share_factor": jnp.ones(shape),
        "shocks_growth": jnp.zeros(shape[1]),
        "shocks_utility": jnp.zeros(shape),
    }
    return step_demand(parameters, state, **(nothing | instead))


def quarters(parameters: DemandParameters, state: DemandState, count: int) -> DemandState:
    step = jax.jit(calm)
    for _ in range(count):
        state = step(parameters, state)
    return state


def open_ended(**instead: Any) -> DemandParameters:
    """Wages so large that no ceiling is near."""
    return central(DemandParameters, **({"wages_usd_bn_per_year": 1e15} | instead))


def test_the_ceiling_is_wages_times_tasks_times_price_and_the_payoff_raises_it() -> None:
    parameters = central(DemandParameters)
    state = opened()
    # 15,800 x 2 x 4.6 % x 20 % = 290.72 a year; with 51.5 % of the tasks 3,254.8.
    assert float(ceiling_usd_bn(parameters, state)[0]) == pytest.approx(290.72 / 4)
    after = calm(parameters, state, payoff_now=jnp.asarray([True]))
    assert bool(after.payoff_arrived[0])
    assert float(ceiling_usd_bn(parameters, after)[0]) == pytest.approx(3254.8 / 4 * math.exp(0.01))


def test_far_from_the_ceiling_growth_fades_by_its_yearly_persistence() -> None:
    parameters = open_ended(growth_persistence=0.7, wage_growth=0.0)
    state = opened(spend=50.0, growth=1.0)
    one_year = quarters(parameters, state, 4)
    assert float(one_year.growth[0]) == pytest.approx(0.7, rel=1e-12)
    # Log growth 1/4 (k + k^2 + k^3 + k^4) with k = 0.7^(1/4) = 0.914691: 0.80416.
    assert math.log(float(one_year.spend_usd_bn[0]) / 50) == pytest.approx(0.80416, abs=1e-5)


def test_growth_that_is_seen_hides_the_brake_of_the_ceiling() -> None:
    parameters = central(DemandParameters, growth_hidden=2.0)
    # The ceiling is 72.68 a quarter: far below, half way, near and above it; and a fall.
    spend = jnp.asarray([0.0, 36.34, 70.0, 100.0, 36.34])
    found = free_growth(parameters, spend, jnp.asarray([0.5, 0.5, 0.5, 0.5, -0.2]))
    np.testing.assert_allclose(found, [0.5, 1.0, 1.0, 1.0, -0.2])
    # Read forward again: d ln S of a short time is the growth that was seen.
    free = float(free_growth(parameters, jnp.asarray([20.0]), jnp.asarray([0.001]))[0])
    still = central(DemandParameters, wage_growth=0.0, growth_persistence=1.0)
    after = calm(still, opened(spend=20.0, growth=free))
    assert math.log(float(after.spend_usd_bn[0]) / 20) * 4 == pytest.approx(0.001, rel=1e-3)


def test_growth_ends_at_that_of_wages() -> None:
    state = quarters(open_ended(wage_growth=0.04), opened(growth=1.0), 200)
    later = calm(open_ended(wage_growth=0.04), state)
    assert float(state.growth[0]) == pytest.approx(0.04, abs=1e-6)
    assert float(later.spend_usd_bn[0] / state.spend_usd_bn[0]) == pytest.approx(math.exp(0.01), rel=1e-6)


def test_electric_drive_goes_from_a_tenth_to_one_half_in_fifteen_years() -> None:
    """Electric motors in US factories grew by a logistic with slope 0.147 a year: ln 9 / 0.147 = 14.95 years."""
    parameters = central(DemandParameters, growth_persistence=1.0, wage_growth=0.0)
    ceiling = float(ceiling_usd_bn(parameters, opened())[0])
    state = quarters(parameters, opened(spend=ceiling / 10, growth=0.147), 60)
    assert float(state.spend_usd_bn[0]) / ceiling == pytest.approx(1 / (1 + 9 * math.exp(-0.147 * 15)), rel=1e-9)
    assert float(state.spend_usd_bn[0]) / ceiling == pytest.approx(0.5, abs=0.005)


def test_after_the_payoff_spend_goes_from_a_tenth_to_one_half_in_the_years_of_the_analogue() -> None:
    parameters = central(DemandParameters, takeoff_years=6.5, wage_growth=0.0, growth_persistence=0.7)
    ceiling = 3254.8 / 4
    state = opened(spend=ceiling / 10, growth=math.log(9) / 6.5)
    state = calm(parameters, state, payoff_now=jnp.asarray([True]))
    state = quarters(parameters, state, 25)
    assert float(state.spend_usd_bn[0]) / ceiling == pytest.approx(0.5, rel=1e-9)


def test_the_payoff_brings_growth_back_and_never_lowers_it() -> None:
    parameters = central(DemandParameters)
    payoff = jnp.asarray([True])
    takeoff = math.log(9) / 6.5
    assert float(calm(parameters, opened(growth=0.0), payoff_now=payoff).growth[0]) == pytest.approx(takeoff)
    fast = calm(parameters, opened(growth=1.0), payoff_now=payoff)
    assert float(fast.growth[0]) == pytest.approx(takeoff + (1 - takeoff) * 0.7**0.25)
    assert bool(calm(parameters, fast).payoff_arrived[0])


def test_spend_reaches_the_ceiling_and_stays_there() -> None:
    parameters = central(DemandParameters, wage_growth=0.0, growth_persistence=1.0)
    state = quarters(parameters, opened(spend=20.0, growth=1.0), 120)
    assert float(state.spend_usd_bn[0]) == pytest.approx(72.68, rel=1e-9)


def test_no_quarter_of_growth_overshoots_the_ceiling() -> None:
    parameters = central(DemandParameters, wage_growth=0.0, growth_persistence=1.0)
    state = calm(parameters, opened(spend=72.0, growth=40.0))
    assert float(state.spend_usd_bn[0]) <= 72.68


def test_above_the_ceiling_spend_falls_no_faster_than_payers_leave() -> None:
    parameters = central(DemandParameters, wage_growth=0.0)
    # Kept after a year: 1/2 (1 - 0.037)^12 + 1/2 (1 - 0.12) = 0.318043 + 0.44 = 0.758043.
    assert float(jnp.exp(-loss_per_year(parameters))) == pytest.approx(0.758043, abs=2e-6)
    far = opened(spend=200.0)
    assert float(quarters(parameters, far, 4).spend_usd_bn[0]) == pytest.approx(200 * 0.758043, rel=3e-6)
    near = calm(parameters, opened(spend=73.0, growth=1.0))
    assert float(near.spend_usd_bn[0]) == pytest.approx(72.68)


def test_spend_above_the_ceiling_falls_even_while_growth_is_below_zero() -> None:
    parameters = central(DemandParameters, wage_growth=0.0, growth_persistence=1.0)
    state = calm(parameters, opened(spend=100.0, growth=-0.1))
    assert float(state.spend_usd_bn[0]) < 100 * math.exp(-0.025)


def test_negative_growth_below_the_ceiling_shrinks_spend_by_itself() -> None:
    parameters = open_ended(growth_persistence=1.0)
    assert float(calm(parameters, opened(growth=-0.2)).spend_usd_bn[0]) == pytest.approx(50 * math.exp(-0.05))


@pytest.mark.parametrize("spend", [10.0, 70.0, 90.0])
@pytest.mark.parametrize("growth", [1.0, 0.0, -2.0])
def test_stayed_joined_and_left_add_up_to_both_quarters(spend: float, growth: float) -> None:
    parameters = central(DemandParameters)
    before = opened(spend=spend, growth=growth)
    after = calm(parameters, before)
    found: Payers = payers(parameters, before, after)
    assert float(found.stayed_usd_bn[0] + found.joined_usd_bn[0]) == pytest.approx(float(after.spend_usd_bn[0]))
    assert float(found.stayed_usd_bn[0] + found.left_usd_bn[0]) == pytest.approx(spend)
    usual = spend * (1 - 0.758043**0.25)
    assert float(found.left_usd_bn[0]) == pytest.approx(usual, rel=1e-5)
    assert float(found.joined_usd_bn[0]) >= 0


def test_a_cut_deeper_than_the_usual_loss_is_all_counted_as_left() -> None:
    parameters = central(DemandParameters)
    before = opened(spend=60.0, growth=0.0)
    after = calm(parameters, before, spend_factor=jnp.asarray([0.5]))
    found = payers(parameters, before, after)
    assert float(found.joined_usd_bn[0]) == 0
    assert float(found.left_usd_bn[0]) == pytest.approx(60 - float(after.spend_usd_bn[0]))


def test_spend_that_is_cut_to_nothing_stays_nothing_and_its_gradient_is_finite() -> None:
    parameters = central(DemandParameters)
    state = calm(parameters, calm(parameters, opened(), spend_factor=jnp.zeros(1)))
    assert float(state.spend_usd_bn[0]) == 0

    def spend(factor: jax.Array) -> jax.Array:
        return calm(parameters, calm(parameters, opened(), spend_factor=factor)).spend_usd_bn[0]

    assert np.isfinite(jax.grad(spend)(jnp.zeros(1))).all()


def test_an_unexpected_fall_of_the_token_price_raises_spend_where_demand_is_elastic() -> None:
    usual = calm(open_ended(), opened())
    cheap = calm(open_ended(price_elasticity=-1.5), opened(), price_factor=jnp.asarray([0.25]))
    # 0.25^(1 - 1.5) = 2.
    assert float(cheap.spend_usd_bn[0] / usual.spend_usd_bn[0]) == pytest.approx(2.0)
    assert float(cheap.token_price[0] / usual.token_price[0]) == pytest.approx(0.25)
    rigid = calm(open_ended(price_elasticity=-0.5), opened(), price_factor=jnp.asarray([0.25]))
    assert float(rigid.spend_usd_bn[0] / usual.spend_usd_bn[0]) == pytest.approx(0.5)


def test_the_token_price_changes_by_its_yearly_rate_in_four_quarters() -> None:
    state = quarters(central(DemandParameters, token_price_change=-0.59), opened(), 4)
    assert float(state.token_price[0]) == pytest.approx(0.41)


@settings(deadline=None)
@given(
    st.lists(st.floats(-50, 50), min_size=2, max_size=8),
    st.floats(0, 1e4),
)
def test_what_sellers_receive_adds_up_to_spend(utilities: list[float], spend: float) -> None:
    state = open_demand(jnp.asarray([spend]), jnp.asarray([0.0]), jnp.exp(jnp.asarray(utilities))[:, None])
    assert float(spend_by_seller(state).sum()) == pytest.approx(spend, rel=1e-12)


def test_sellers_open_with_their_shares_and_keep_them_while_nothing_happens() -> None:
    state = opened(spend=50.0, share=(0.5, 0.3, 0.2))
    np.testing.assert_allclose(spend_by_seller(state)[:, 0], [25, 15, 10], rtol=1e-12)
    later = calm(central(DemandParameters), state)
    np.testing.assert_allclose(spend_by_seller(later)[:, 0] / later.spend_usd_bn, [0.5, 0.3, 0.2], rtol=1e-12)


def test_a_seller_that_is_taken_out_gets_nothing_and_the_others_share_its_customers() -> None:
    state = calm(central(DemandParameters), opened(), share_factor=jnp.asarray([[0.0], [1.0], [1.0]]))
    received = spend_by_seller(state)[:, 0] / state.spend_usd_bn
    np.testing.assert_allclose(received, [0, 0.6, 0.4], atol=1e-15)
    later = calm(central(DemandParameters), state)
    assert float(spend_by_seller(later)[0, 0]) < 1e-15


def test_a_share_between_two_equals_swings_as_much_in_a_month_as_was_observed() -> None:
    paths = 40_000
    even = open_demand(jnp.full(paths, 50.0), jnp.zeros(paths), jnp.full((2, paths), 0.5))
    draws = jax.random.normal(jax.random.key(3), (2, paths), dtype=jnp.float64)
    state = calm(central(DemandParameters, share_swing=0.03), even, shocks_utility=draws)
    share = spend_by_seller(state)[0] / state.spend_usd_bn
    # Three months of 0.03: 0.052; the standard error of the standard deviation is 0.0002, the logistic bends by 1 %.
    assert float(jnp.std(share)) == pytest.approx(0.03 * math.sqrt(3), abs=0.0015)


@pytest.mark.parametrize(
    ("name", "higher", "sign"),
    [
        ("growth_persistence", 0.85, 1),
        ("wages_usd_bn_per_year", 20_000.0, 1),
        ("reliable_tasks", 0.1, 1),
        ("price_share", 0.4, 1),
        ("growth_volatility", 0.3, 0),
        ("possible_tasks", 0.56, 0),
        ("business_loss", 0.3, 0),
    ],
)
def test_which_assumptions_raise_spend_before_the_payoff(name: str, higher: float, sign: int) -> None:
    base = quarters(central(DemandParameters), opened(), 8).spend_usd_bn[0]
    more = quarters(central(DemandParameters, **{name: higher}), opened(), 8).spend_usd_bn[0]
    assert np.sign(float(more - base)) == sign


def test_good_news_raises_growth_by_half_the_yearly_volatility() -> None:
    parameters = central(DemandParameters, growth_volatility=0.2)
    lucky = calm(parameters, opened(), shocks_growth=jnp.ones(1))
    assert float(lucky.growth[0] - calm(parameters, opened()).growth[0]) == pytest.approx(0.1)


def test_the_payoff_comes_at_its_median_and_late_by_the_given_ratio() -> None:
    parameters = central(DemandParameters, payoff_delay_years=7.75, payoff_late=1.29)
    # 90 %: 7.75 x 1.29 = 9.9975 years, quarter 39; 10 %: 7.75 / 1.29 = 6.008, quarter 24; median 7.75, quarter 31.
    found = payoff_quarter(parameters, jnp.asarray([0.1, 0.5000001, 0.9]), 0.0)
    assert found.tolist() == [24, 31, 39]


def test_a_payoff_that_has_not_come_by_the_opening_comes_after_it() -> None:
    parameters = central(DemandParameters)
    uniform = jnp.asarray([1e-12, 0.01, 0.5, 0.99])
    for offset in (0.5, 7.0, 30.0):
        found = payoff_quarter(parameters, uniform, offset)
        assert (found >= 0).all()
        assert (jnp.diff(found) >= 0).all()
    # Seven years in, half of the chances are gone; the median of the rest is the 75th percentile, z = 0.6745.
    remaining = 7 * 1.3 ** (0.67449 / 1.28155) - 7
    assert payoff_quarter(parameters, jnp.asarray([0.5]), 7.0).tolist() == [int(remaining * 4)]


def test_a_clock_that_starts_after_the_opening_shifts_the_payoff() -> None:
    parameters = central(DemandParameters)
    uniform = jnp.linspace(0.05, 0.95, 7)
    later = payoff_quarter(parameters, uniform, -2.0) - payoff_quarter(parameters, uniform, 0.0)
    assert (later == 8).all()


def test_a_compiled_step_is_the_eager_one() -> None:
    parameters, state = central(DemandParameters), opened()
    draws = {"shocks_growth": jnp.asarray([0.7]), "shocks_utility": jnp.asarray([[0.1], [-0.4], [1.2]])}
    eager, compiled = calm(parameters, state, **draws), jax.jit(calm)(parameters, state, **draws)
    for one, other in zip(jax.tree.leaves(eager), jax.tree.leaves(compiled), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


@pytest.mark.parametrize("name", ["growth_persistence", "reliable_tasks", "wage_growth", "price_share"])
def test_gradients_of_two_years_of_spend_are_finite_differences(name: str) -> None:
    def spend(value: jax.Array) -> jax.Array:
        parameters, state = central(DemandParameters, **{name: value}), opened(spend=30.0)
        for _ in range(8):
            state = calm(parameters, state)
        return state.spend_usd_bn[0]

    at = float(getattr(central(DemandParameters), name))
    step = 1e-5 * at
    difference = (spend(jnp.asarray(at + step)) - spend(jnp.asarray(at - step))) / (2 * step)
    assert float(jax.grad(spend)(jnp.asarray(at))) == pytest.approx(float(difference), rel=1e-6)


def test_ten_years_in_one_scan_keep_every_path_to_itself() -> None:
    persistence, spend = [0.5, 0.7, 0.85], [20.0, 50.0, 90.0]
    draws = jax.random.normal(jax.random.key(1), (40, 3), dtype=jnp.float64)
    arrives = jnp.asarray([4, 20, 99])

    def run(parameters: DemandParameters, state: DemandState, draws: jax.Array, arrives: jax.Array) -> jax.Array:
        def quarter(state: DemandState, now: tuple[jax.Array, jax.Array]) -> tuple[DemandState, jax.Array]:
            number, draw = now
            state = calm(parameters, state, payoff_now=arrives == number, shocks_growth=draw)
            return state, state.spend_usd_bn

        return jax.lax.scan(quarter, state, (jnp.arange(40), draws))[1]

    opening = open_demand(jnp.asarray(spend), jnp.ones(3), jnp.full((2, 3), 0.5))
    together = central(DemandParameters, growth_persistence=jnp.asarray(persistence))
    all_paths = run(together, opening, draws, arrives)
    for path in range(3):
        alone = open_demand(jnp.asarray(spend[path : path + 1]), jnp.ones(1), jnp.full((2, 1), 0.5))
        parameters = central(DemandParameters, growth_persistence=persistence[path])
        single = run(parameters, alone, draws[:, path : path + 1], arrives[path : path + 1])
        np.testing.assert_allclose(all_paths[:, path], single[:, 0], rtol=1e-12)
    # The payoff of the second path shows in its fifth year and not before.
    never = run(together, opening, draws, jnp.asarray([99, 99, 99]))
    np.testing.assert_array_equal(never[:20, 1], all_paths[:20, 1])
    assert float(all_paths[24, 1]) > float(never[24, 1]) * 1.1


def test_the_example_in_the_docstrings_is_true() -> None:
    result = doctest.testmod(demand)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_price_that_would_fall_by_more_than_all_of_it_ends_at_nothing_and_not_at_no_number() -> None:
    parameters = central(demand.DemandParameters, token_price_change=-1.2)
    state = demand.open_demand(jnp.asarray([10.0]), jnp.asarray([0.5]), jnp.ones((1, 1)))
    after = demand.step_demand(
        parameters,
        state,
        payoff_now=jnp.asarray([False]),
        spend_factor=jnp.ones(1),
        share_factor=jnp.ones((1, 1)),
        shocks_growth=jnp.zeros(1),
        shocks_utility=jnp.zeros((1, 1)),
    )
    assert after.token_price.tolist() == [0.0]
    assert float(after.spend_usd_bn[0]) > 10.0
