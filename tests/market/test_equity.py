"""Share prices: values by hand, what an announcement does and for how long, noise, and what a story is worth."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.market import (
    EquityParameters,
    EquityState,
    announcement_jump,
    cost_of_equity,
    fundamental_value,
    issue,
    market_return,
    open_equity,
    required_return,
    step_narrative,
)
from tests.behavior.central import central

ROUND = {
    "announcement": 1.0, "share_left": 0.25, "reversion": 4 * np.log(2), "volatility": 0.4, "correlation": 0.36,
    "momentum": 0.0, "premium": 0.05, "long_growth": 0.04, "half_fade": 5.0, "least_gap": 0.02, "issue_discount": 0.2,
    "issue_signal": -0.02, "issue_usual": 0.05,
}  # fmt: skip
"""Half of a premium is gone in a quarter; a quarter of an announcement is left; s = 0.2, loadings 0.6 and 0.8."""

PARAMETERS = central(EquityParameters, **ROUND)
STILL = central(EquityParameters, **(ROUND | {"volatility": 0.0}))
ZERO = jnp.zeros(1)


def row(*values: float) -> jax.Array:
    return jnp.array(values, float)[:, None]


def quiet(state: EquityState, announced: float = 0.0, parameters: EquityParameters = STILL) -> EquityState:
    return step_narrative(parameters, state, row(announced), state.market_cap, ZERO, row(0))


def test_profits_that_grow_with_the_economy_are_worth_a_perpetuity() -> None:
    """10 a year, growth 4 %, return 9 %: 10 x 1.04 / 0.05 = 208."""
    assert float(fundamental_value(PARAMETERS, row(10), row(0.04), row(0.09))[0, 0]) == pytest.approx(208)


def test_growth_that_fades_over_ten_years_adds_half_of_them() -> None:
    """Growth of 24 % is 20 points above the economy's: 10 x (1.04 + 5 x 0.2) / 0.05 = 408."""
    assert float(fundamental_value(PARAMETERS, row(10), row(0.24), row(0.09))[0, 0]) == pytest.approx(408)


def test_a_loss_or_a_collapse_is_worth_the_floor_and_a_small_gap_does_not_explode() -> None:
    value = fundamental_value(PARAMETERS, row(-10, 10, 10), row(0.1, -0.5, 0.04), row(0.09, 0.09, 0.03), 7.0)
    assert np.asarray(value[:, 0]) == pytest.approx([7, 7, 10 * 1.04 / 0.02])


def test_the_market_price_is_value_times_the_exponential_of_the_story() -> None:
    state = open_equity(row(300), row(100))
    assert float(state.narrative[0, 0]) == pytest.approx(np.log(3))
    assert float(state.market_cap[0, 0]) == pytest.approx(300)
    assert float(state.premium[0, 0]) == pytest.approx(200)


def test_an_order_as_large_as_the_firm_doubles_it_at_a_sensitivity_of_one() -> None:
    after = quiet(open_equity(row(100), row(100)), announced=100)
    assert float(after.market_cap[0, 0]) == pytest.approx(200)


def test_a_sensitivity_of_084_gives_oracles_rise_on_its_order_of_300bn() -> None:
    """2025-09-10: +35.9 % over QQQ on 300bn; 241.51 a share the evening before, times 2.807bn shares."""
    parameters = central(EquityParameters, announcement=0.84)
    jump = announcement_jump(parameters, row(300), row(241.51 * 2.807))
    assert float(jnp.expm1(jump)[0, 0]) == pytest.approx(0.359, abs=0.005)


def test_central_sensitivity_lies_among_the_orders_it_was_taken_from() -> None:
    """First-day rises of Oracle 35.9, Nvidia 3.5 and Amazon 3.5 %: the middle is met within half, the ends are not."""
    jump = announcement_jump(central(EquityParameters), row(300, 100, 38), row(678, 4293, 2603))
    ratio = np.asarray(jump[:, 0]) / np.log1p([0.359, 0.035, 0.035])
    assert ratio[0] > 1 > ratio[2]
    assert 0.5 < ratio[1] < 1.5


def test_announcing_an_order_raises_the_price_and_lowers_the_cost_of_capital() -> None:
    before = open_equity(row(150), row(100))
    after, without = quiet(before, announced=50), quiet(before)
    assert float(after.market_cap[0, 0]) > float(without.market_cap[0, 0])
    cost = [float(cost_of_equity(PARAMETERS, row(0.09), s.narrative)[0, 0]) for s in (after, without)]
    assert cost[0] < cost[1]
    sold = [float(issue(PARAMETERS, row(10), s.market_cap).dilution[0, 0]) for s in (after, without)]
    assert sold[0] < sold[1], "the same money takes less of the firm"


def test_a_quarter_later_the_stated_share_of_the_jump_is_left_and_then_it_fades() -> None:
    jumped = quiet(open_equity(row(100), row(100)), announced=100)
    later = quiet(jumped)
    assert float(later.narrative[0, 0]) == pytest.approx(0.25 * np.log(2))
    assert float(quiet(later).narrative[0, 0]) == pytest.approx(0.125 * np.log(2))


def test_taking_an_order_back_undoes_the_jump_of_the_same_size() -> None:
    up, down = (announcement_jump(PARAMETERS, row(x), row(80)) for x in (60.0, -60.0))
    assert float(up[0, 0]) == -float(down[0, 0]) > 0
    assert float(announcement_jump(PARAMETERS, row(5), row(0))[0, 0]) == 0, "no price, no jump"


def test_momentum_repeats_a_part_of_the_last_change() -> None:
    moving = central(EquityParameters, **(ROUND | {"volatility": 0.0, "momentum": 0.5, "reversion": 0.0}))
    state = EquityState(row(100), row(0.3), row(0), row(0.2))
    after = quiet(state, parameters=moving)
    assert float(after.lasting[0, 0]) == pytest.approx(0.4)
    assert float(after.trend[0, 0]) == pytest.approx(0.1)


def test_a_scenario_can_reprice_a_firm_and_new_earnings_replace_the_old() -> None:
    after = step_narrative(
        STILL, open_equity(row(100), row(100)), row(0), row(100), ZERO, row(0), fundamental=row(80),
        reprice=row(np.log(0.5)),
    )  # fmt: skip
    assert float(after.market_cap[0, 0]) == pytest.approx(40)


def test_a_scale_makes_calm_names_calm() -> None:
    state, shock = open_equity(row(100, 100), row(100, 100)), row(1, 1)
    after = step_narrative(PARAMETERS, state, row(0, 0), row(100, 100), ZERO, shock, volatility_scale=row(1, 0.5))
    # Own loading 0.8: 0.2 x 0.8 less 0.04 / (2 x 1.5), and with half of the deviation.
    assert np.asarray(after.lasting[:, 0]) == pytest.approx([0.16 - 0.04 / 3, 0.08 - 0.01 / 3])


def test_in_the_long_run_prices_are_values_on_average_and_firms_move_together() -> None:
    keys = jax.random.split(jax.random.key(7), 2)
    quarters, paths = 40, 40_000
    common = jax.random.normal(keys[0], (quarters, paths))
    own = jax.random.normal(keys[1], (quarters, 2, paths))

    def step(state: EquityState, shocks: tuple[jax.Array, jax.Array]) -> tuple[EquityState, None]:
        none = jnp.zeros_like(state.lasting)
        return step_narrative(PARAMETERS, state, none, state.market_cap, *shocks), None

    start = open_equity(jnp.full((2, paths), 100.0), jnp.full((2, paths), 100.0))
    end, _ = jax.lax.scan(step, start, (common, own))
    assert float(end.market_cap.mean()) == pytest.approx(100, rel=0.005)
    assert float(end.lasting.std()) == pytest.approx(0.2 / np.sqrt(0.75), rel=0.01)
    assert float(jnp.corrcoef(end.lasting)[0, 1]) == pytest.approx(0.36, abs=0.02)


def test_without_a_story_owners_get_the_required_return() -> None:
    assert float(required_return(PARAMETERS, row(0.04), 1.2)[0, 0]) == pytest.approx(0.10)
    costs = cost_of_equity(PARAMETERS, row(0.10), row(0, np.log(2), -np.log(2)))
    assert np.asarray(costs[:, 0]) == pytest.approx([0.10, 0.07, 0.16])


def test_at_the_price_that_a_story_makes_a_perpetuity_yields_the_cost_of_equity() -> None:
    """Value 208 at 9 %, price 416: 10.4 next year and 4 % growth return 10.4 / 416 + 0.04 = 6.5 %."""
    state = open_equity(row(416), fundamental_value(PARAMETERS, row(10), row(0.04), row(0.09)))
    assert float(cost_of_equity(PARAMETERS, row(0.09), state.narrative)[0, 0]) == pytest.approx(10.4 / 416 + 0.04)


def test_the_market_gains_what_its_firms_gain_by_weight() -> None:
    assert float(market_return(row(300, 100), row(330, 90))[0]) == pytest.approx(0.05)


def test_shares_sold_below_the_price_give_a_part_of_the_firm_away() -> None:
    """8 raised at 20 % off are shares worth 10; beside 90 of old ones that is a tenth of the firm."""
    sold = issue(PARAMETERS, row(8, 0), row(90, 0))
    assert np.asarray(sold.dilution[:, 0]) == pytest.approx([0.1, 0])
    assert np.asarray(sold.given_away[:, 0]) == pytest.approx([2, 0])
    assert np.asarray(jnp.expm1(sold.price_effect)[:, 0]) == pytest.approx([-0.02, 0])


def test_a_small_issue_is_small_news() -> None:
    """1 worth of shares beside 39 of old ones is 2.5 %, half of a usual issue: half of the effect in logs."""
    sold = issue(PARAMETERS, row(0.8), row(39))
    assert float(jnp.exp(2 * sold.price_effect)[0, 0]) == pytest.approx(0.98)


@given(announced=st.floats(0, 2000), more=st.floats(1, 500), cap=st.floats(1, 5000))
@settings(deadline=None)
def test_larger_orders_move_a_price_more_and_larger_firms_move_less(announced: float, more: float, cap: float) -> None:
    def jump(amount: float, cap: float) -> float:
        return float(announcement_jump(PARAMETERS, row(amount), row(cap))[0, 0])

    assert jump(announced + more, cap) > jump(announced, cap) >= 0
    assert jump(more, cap * 1.1) < jump(more, cap)
    assert jump(more, cap) <= more / cap


def test_compiled_gives_the_same_and_slopes_are_differences() -> None:
    state = EquityState(row(100, 50), row(0.2, -0.3), row(0.1, 0.0), row(0.05, -0.02))

    def total(along: jax.Array) -> jax.Array:
        value = fundamental_value(PARAMETERS, row(5, 2) + along, row(0.2, 0.1) + along, row(0.09, 0.1) + along, 1.0)
        after = step_narrative(
            PARAMETERS, state, row(30, 20) + along, state.market_cap, ZERO + along, row(0.5, -1), fundamental=value
        )
        cost = cost_of_equity(PARAMETERS, row(0.09, 0.1), after.narrative)
        return (
            after.market_cap.sum() + cost.sum() + issue(PARAMETERS, row(5, 5) + along, after.market_cap).dilution.sum()
        )

    compiled = jax.jit(total)
    assert float(compiled(0.0)) == pytest.approx(float(total(jnp.asarray(0.0))), rel=1e-13)
    slope = (compiled(1e-6) - compiled(-1e-6)) / 2e-6
    assert float(jax.jit(jax.grad(total))(0.0)) == pytest.approx(float(slope), rel=1e-6)
