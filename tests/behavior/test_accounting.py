"""Two views of every statement: worked figures, full charge over a life, and which way each choice leans."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior.accounting import (
    TwoViews,
    book_value,
    charge,
    debt_views,
    depreciation_views,
    impairment,
    profit_under_lives,
    profit_views,
    prospective_charge,
    revenue_views,
)

jax.config.update("jax_enable_x64", True)


def row(*values: float) -> jax.Array:
    return jnp.array(values, float)[:, None]


def bought(*costs: float) -> jax.Array:
    """One entity, one path, one amount for each vintage."""
    return jnp.array(costs, float)[None, :, None]


def ages(*quarters: float) -> jax.Array:
    return jnp.array(quarters, float)


def test_warrants_reduce_reported_revenue_and_credits_only_the_economic() -> None:
    """Gross 100, 8 in warrants earned by customers, 20 paid in own credits: 92 reported, 72 economic, 20 flattery."""
    views = revenue_views(row(100), row(8), row(20))
    assert [float(v[0, 0]) for v in (views.reported, views.economic, views.flattery)] == [92, 72, 20]


def test_a_vintage_is_charged_evenly_over_its_life_and_then_no_more() -> None:
    """60 over 2.5 years is 6 in each of ten quarters; before it is bought and after the tenth it is nothing."""
    per_quarter = [float(charge(bought(60), ages(age), 2.5)[0, 0]) for age in (-1, 0, 1, 9, 10, 11)]
    assert per_quarter == [0, 6, 6, 6, 0, 0]


def test_a_life_that_ends_within_a_quarter_is_charged_for_its_part() -> None:
    """2.6 years are 10.4 quarters: the eleventh quarter bears four tenths of a charge."""
    last = float(charge(bought(10.4), ages(10), 2.6)[0, 0])
    assert last == pytest.approx(0.4)


@given(life=st.floats(0.3, 12), cost=st.floats(0.1, 1e4))
@settings(deadline=None)
def test_over_its_life_an_asset_is_charged_what_it_cost(life: float, cost: float) -> None:
    total = sum(float(charge(bought(cost), ages(age), life)[0, 0]) for age in range(49))
    assert total == pytest.approx(cost, rel=1e-12)


@given(life=st.floats(0.3, 12), age=st.integers(0, 40))
@settings(deadline=None)
def test_the_charge_is_what_the_books_lose(life: float, age: int) -> None:
    book = [float(book_value(bought(7.0), ages(a), life)[0, 0]) for a in (age, age + 1)]
    assert float(charge(bought(7.0), ages(age), life)[0, 0]) == pytest.approx(book[0] - book[1], abs=1e-12)


def test_lives_may_differ_by_entity_and_path() -> None:
    cost = jnp.full((2, 1, 2), 24.0)
    lives = jnp.array([[2.0, 3.0], [6.0, 1.0]])
    assert np.asarray(charge(cost, ages(0), lives)) == pytest.approx(np.array([[3, 2], [1, 6]]))
    assert np.asarray(charge(cost, ages(0), lives[0])) == pytest.approx(np.array([[3, 2], [3, 2]]))
    assert np.asarray(book_value(cost, ages(4), lives)) == pytest.approx(np.array([[12, 16], [20, 0]]))


def test_the_same_assets_under_three_lives_worked_by_hand() -> None:
    """60 bought a quarter ago and 10 before depreciation: less 60/10, 60/22 and 60/24."""
    profit = profit_under_lives(bought(60), ages(1), (2.5, 5.5, 6), row(10))
    assert np.asarray(profit[:, 0, 0]) == pytest.approx([4, 10 - 60 / 22, 7.5])


def test_stretching_lives_raises_reported_profit_and_leaves_the_economic() -> None:
    cost, age, zero = bought(10, 20, 40), ages(8, 4, 0), row(0)

    def profit(reported_life: float) -> TwoViews:
        sales = revenue_views(row(50), zero, zero)
        return profit_views(sales, row(20), depreciation_views(cost, age, reported_life, 3.0), row(1), zero)

    short, long = profit(4.0), profit(6.0)
    assert float((long.reported - short.reported)[0, 0]) == pytest.approx(70 / 16 - 70 / 24)
    assert float((long.economic - short.economic)[0, 0]) == 0
    assert float(long.economic[0, 0]) == pytest.approx(50 - 20 - 1 - 70 / 12)


@given(growth=st.floats(0.0, 0.5), short=st.floats(1, 5), longer=st.floats(0.1, 5))
@settings(deadline=None)
def test_while_purchases_grow_a_longer_life_shows_more_profit(growth: float, short: float, longer: float) -> None:
    history = (1 + growth) ** jnp.arange(60.0)[None, :, None]
    profit = profit_under_lives(history, jnp.arange(60.0)[::-1], (short, short + longer), row(0))
    assert float(profit[1, 0, 0]) >= float(profit[0, 0, 0]) - 1e-9


def test_a_changed_life_is_spread_over_what_remains() -> None:
    """Meta 2025: 30 left of an asset with 5 quarters to go; half a year more makes 7: from 6 a quarter to 4.29."""
    charges = prospective_charge(jnp.array([30.0, 30.0, 30.0]), jnp.array([5.0, 7.0, 0.0]))
    assert np.asarray(charges) == pytest.approx([6, 30 / 7, 30])


def test_debt_grows_by_leases_to_come_and_by_guarantees() -> None:
    """Debt 100, leases 15, not commenced 240, guarantees 20 that are called in one case of four."""
    views = debt_views(row(100), row(15), row(240), row(20), 0.25)
    assert (float(views.reported[0, 0]), float(views.economic[0, 0])) == (115, 360)
    assert float(views.flattery[0, 0]) == -245


def test_profit_is_what_is_left_after_every_cost() -> None:
    zero = row(0)
    views = profit_views(revenue_views(row(50), zero, row(5)), row(20), TwoViews(row(4), row(9)), row(3), row(2))
    assert (float(views.reported[0, 0]), float(views.economic[0, 0])) == (21, 11)


def test_an_asset_is_impaired_to_what_it_earns_and_never_below_nothing() -> None:
    lost = impairment(jnp.array([10.0, 10.0, 10.0, 0.0]), jnp.array([12.0, 4.0, -5.0, -5.0]))
    assert np.asarray(lost).tolist() == [0, 6, 10, 0]


def test_compiled_gives_the_same_and_slopes_are_differences() -> None:
    cost, age = jnp.array([[[10.0], [30.0], [50.0]]]), ages(9, 3, 0)

    def total(life: jax.Array) -> jax.Array:
        profit = profit_under_lives(cost * life, age, (life, 2 * life), row(9))
        return profit.sum() + impairment(book_value(cost, age, life), row(40)).sum() + prospective_charge(life, life)

    compiled = jax.jit(total)
    assert float(compiled(2.3)) == pytest.approx(float(total(jnp.asarray(2.3))), rel=1e-14)
    slope = (compiled(2.3 + 1e-6) - compiled(2.3 - 1e-6)) / 2e-6
    assert float(jax.jit(jax.grad(total))(2.3)) == pytest.approx(float(slope), rel=1e-6)
