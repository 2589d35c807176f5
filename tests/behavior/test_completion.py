"""Finish or abandon: worked sites, what binds, and the homeowner beside them."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ouroloop.behavior.completion import (
    STAGES,
    CompletionParameters,
    abandonment,
    advance,
    cost_profile,
    decide,
    spending,
    trap_index,
    trapped_spending,
    value_at_completion,
    walk_away,
)
from tests.behavior.central import central

COST = jnp.asarray([50.0])
ALL = jnp.ones((1, STAGES, 1))


def a(value: float) -> jax.Array:
    """One number for one builder on one path."""
    return jnp.asarray([[value]], jnp.float64)


def unbound(**instead: Any) -> CompletionParameters:
    """A builder whom nothing holds and to whom a half-built site brings nothing."""
    return central(CompletionParameters, **({"leaving_cost": 0.0, "recovery": 0.0} | instead))


def kept(parameters: CompletionParameters, value: float) -> list[float]:
    keep = decide(parameters, value_at_completion_usd_bn_per_gw=a(value), cost_per_gw_usd_bn=COST, pipeline_gw=ALL)
    return keep[0, :, 0].tolist()


def test_the_shell_is_paid_first_and_the_chips_last() -> None:
    shell, chips = cost_profile(central(CompletionParameters, chip_share=0.62))
    np.testing.assert_allclose(shell[:, 0], [0.095, 0.095, 0.095, 0.095, 0, 0])
    np.testing.assert_allclose(chips[:, 0], [0, 0, 0, 0, 0.31, 0.31])
    assert float((shell + chips).sum()) == pytest.approx(1.0, rel=1e-15)


def test_a_builder_whom_nothing_binds_goes_on_iff_the_rest_pays() -> None:
    # To pay at a cost of 50: 50, 45.25, 40.5, 35.75, 31, 15.5.
    assert kept(unbound(), 36.0) == [0, 0, 0, 1, 1, 1]
    assert kept(unbound(), 35.7) == [0, 0, 0, 0, 1, 1]
    assert kept(unbound(), 50.0) == [1] * 6
    assert kept(unbound(), 15.4) == [0] * 6


def test_contracts_bind_a_builder_to_sites_that_do_not_pay() -> None:
    # Leaving costs 0.92 x 35 % = 32.2 % of 50, half-built sites bring 25 % of what was spent. Least values per cost:
    # 0.678 - 0.75 spent, that is 33.9, 30.3, 26.8, 23.2, 19.65 and 8.0.
    parameters = central(CompletionParameters, let_share=0.92, leaving_cost=0.35, recovery=0.25)
    assert kept(parameters, 34.0) == [1] * 6
    assert kept(parameters, 20.0) == [0, 0, 0, 0, 1, 1]
    assert kept(parameters, 8.1) == [0, 0, 0, 0, 0, 1]
    assert kept(parameters, 8.0) == [0] * 6


@settings(deadline=None)
@given(st.floats(0, 80), st.floats(0, 80), st.floats(0, 1), st.floats(0, 1))
def test_value_and_cost_of_leaving_keep_sites_and_what_they_bring_half_built_ends_them(
    value: float, more: float, leaving: float, recovery: float
) -> None:
    one = np.asarray(kept(central(CompletionParameters, leaving_cost=leaving, recovery=recovery), value))
    assert (
        np.asarray(kept(central(CompletionParameters, leaving_cost=leaving, recovery=recovery), value + more)) >= one
    ).all()
    assert (np.asarray(kept(central(CompletionParameters, leaving_cost=1.0, recovery=recovery), value)) >= one).all()
    assert (np.asarray(kept(central(CompletionParameters, leaving_cost=leaving, recovery=1.0), value)) <= one).all()


def test_a_nearly_finished_site_goes_on_where_a_homeowner_walks_away() -> None:
    """The same loss of a fifth: the house is the bank's, the data center is finished."""
    assert float(walk_away(a(80.0), a(100.0))[0, 0]) == 1.0
    value = 0.8 * 50
    assert kept(unbound(), value)[-1] == 1.0
    last = jnp.zeros((1, STAGES, 1)).at[0, -1, 0].set(1.0)
    spent = sum(spending(unbound(), last, keep=ALL, cost_per_gw_usd_bn=COST))
    assert float(trap_index(spent, a(value), COST)[0, 0]) == 1.0


def test_who_walks_away_from_a_house() -> None:
    value, loan = jnp.asarray([80.0, 100.0, 120.0]), jnp.asarray([100.0, 100.0, 100.0])
    assert walk_away(value, loan).tolist() == [1, 0, 0]
    assert walk_away(value, loan, recourse=0.6).tolist() == [1, 0, 0]
    assert walk_away(value, loan, recourse=1.0).tolist() == [0, 0, 0]


def test_unfinished_sites_keep_drawing_cash_after_the_whole_has_lost_money() -> None:
    parameters = central(CompletionParameters)
    pipeline = jnp.ones((1, STAGES, 1))
    drawn = {}
    for value in (60.0, 36.0, 5.0):
        keep = decide(
            parameters, value_at_completion_usd_bn_per_gw=a(value), cost_per_gw_usd_bn=COST, pipeline_gw=pipeline
        )
        total = sum(spending(parameters, pipeline, keep=keep, cost_per_gw_usd_bn=COST))
        drawn[value] = (float(total[0, 0]), float(trapped_spending(total, a(value), COST)[0, 0]))
    assert drawn[60.0][1] == 0
    assert drawn[36.0] == (drawn[60.0][0], drawn[60.0][0])  # all of it, and all of it trapped
    assert drawn[5.0] == (0, 0)


def test_the_trap_index_is_a_share_and_0_without_spending() -> None:
    found = trap_index(jnp.asarray([[3.0], [0.0], [2.0]]), jnp.asarray([[40.0], [40.0], [50.0]]), COST)
    assert found[:, 0].tolist() == [1, 0, 0]


def test_the_fastest_site_is_ready_after_six_quarters_and_has_paid_its_cost() -> None:
    parameters = central(CompletionParameters, build_years=1.5, chip_share=0.62)
    pipeline, paid = jnp.zeros((1, STAGES, 1)).at[0, 0, 0].set(2.0), []
    for quarter in range(6):
        paid.append([float(part[0, 0]) for part in spending(parameters, pipeline, keep=ALL, cost_per_gw_usd_bn=COST)])
        step = advance(parameters, pipeline, starts_gw=a(0.0), keep=ALL)
        assert float(step.ready_gw[0, 0]) == (2.0 if quarter == 5 else 0.0)
        pipeline = step.pipeline_gw
    np.testing.assert_allclose(paid, [[9.5, 0]] * 4 + [[0, 31]] * 2)


def test_sites_take_their_years_on_average_and_pay_their_cost_in_all() -> None:
    parameters = central(CompletionParameters, build_years=2.0, chip_share=0.62)
    pipeline, shell, chips, waited, ready = jnp.zeros((1, STAGES, 1)).at[0, 0, 0].set(1.0), 0.0, 0.0, 0.0, 0.0
    for quarter in range(1, 100):
        parts = spending(parameters, pipeline, keep=ALL, cost_per_gw_usd_bn=COST)
        shell, chips = shell + float(parts[0][0, 0]), chips + float(parts[1][0, 0])
        step = advance(parameters, pipeline, starts_gw=a(0.0), keep=ALL)
        ready, waited = ready + float(step.ready_gw[0, 0]), waited + quarter * float(step.ready_gw[0, 0])
        pipeline = step.pipeline_gw
    assert (ready, waited) == pytest.approx((1.0, 8.0), rel=1e-12)
    assert (shell, chips) == pytest.approx((19.0, 31.0), rel=1e-12)


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 10), min_size=STAGES, max_size=STAGES),
    st.floats(0, 5),
    st.lists(st.sampled_from([0.0, 1.0]), min_size=STAGES, max_size=STAGES),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_no_gigawatt_is_lost(gw: list[float], starts: float, keep: list[float], power: float, pace: float) -> None:
    pipeline, going = (jnp.asarray(part, jnp.float64)[None, :, None] for part in (gw, keep))
    step = advance(
        central(CompletionParameters), pipeline, starts_gw=a(starts), keep=going, power_factor=power, pace=pace
    )
    after = float(step.pipeline_gw.sum() + step.ready_gw.sum() + step.abandoned_gw.sum())
    assert after == pytest.approx(sum(gw) + starts, rel=1e-12, abs=1e-12)
    assert (step.pipeline_gw >= 0).all()


def test_without_power_shells_are_built_and_no_chips_are_paid_for() -> None:
    parameters = central(CompletionParameters)
    pipeline = jnp.ones((1, STAGES, 1))
    for _ in range(40):
        shell, chips = spending(parameters, pipeline, keep=ALL, cost_per_gw_usd_bn=COST, power_factor=0.0)
        assert float(chips[0, 0]) == 0
        step = advance(parameters, pipeline, starts_gw=a(0.0), keep=ALL, power_factor=0.0)
        assert float(step.ready_gw[0, 0]) == 0
        pipeline = step.pipeline_gw
    assert float(shell[0, 0]) == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(pipeline[0, :, 0], [0, 0, 0, 0, 5, 1], atol=1e-9)


def test_half_the_money_is_half_the_progress() -> None:
    parameters, pipeline = central(CompletionParameters), jnp.ones((1, STAGES, 1))
    full = spending(parameters, pipeline, keep=ALL, cost_per_gw_usd_bn=COST)
    half = spending(parameters, pipeline, keep=ALL, cost_per_gw_usd_bn=COST, pace=a(0.5))
    np.testing.assert_allclose(np.asarray(half) * 2, full, rtol=1e-14)
    ready = [
        float(advance(parameters, pipeline, starts_gw=a(0.0), keep=ALL, pace=pace).ready_gw[0, 0])
        for pace in (1.0, 0.5)
    ]
    assert ready[1] * 2 == pytest.approx(ready[0])


def test_power_can_be_one_number_per_path() -> None:
    parameters, pipeline = central(CompletionParameters), jnp.ones((2, STAGES, 3))
    step = advance(
        parameters, pipeline, starts_gw=jnp.zeros((2, 3)), keep=pipeline, power_factor=jnp.asarray([0.0, 0.5, 1.0])
    )
    np.testing.assert_allclose(step.ready_gw, [[0, 0.375, 0.75]] * 2)


def test_what_giving_up_costs() -> None:
    parameters = central(CompletionParameters, chip_share=0.62, let_share=0.92, leaving_cost=0.35, recovery=0.25)
    given_up = jnp.zeros((1, STAGES, 1)).at[0, 3, 0].set(2.0)
    found = abandonment(parameters, given_up, COST)
    # Three stages of 9.5 % of 100 are paid: 28.5, of which a quarter comes back; 32.2 % of 100 is claimed.
    assert float(found.recovered_usd_bn[0, 0]) == pytest.approx(7.125)
    assert float(found.written_off_usd_bn[0, 0]) == pytest.approx(21.375)
    assert float(found.owed_usd_bn[0, 0]) == pytest.approx(32.2)


def worth(rent: float, decline: float, running: float, life: float, discount: float, shell: float = 0.0) -> float:
    return float(
        value_at_completion(
            a(rent), decline, running, jnp.asarray([life], jnp.float64), a(discount), shell_value=shell
        )[0, 0]
    )


def test_fixed_rent_is_an_annuity_of_the_tables() -> None:
    assert worth(12.0, 0.0, 0.0, 5.0, 0.0) == pytest.approx(60)
    # Five years at 10 %: 3.79079 at the ends of years; paid all year long, times 0.1 / ln 1.1.
    assert worth(12.0, 0.0, 0.0, 5.0, 0.1) == pytest.approx(12 * 3.79079 * 0.1 / math.log(1.1), rel=1e-6)
    assert worth(12.0, 0.0, 2.0, 5.0, 0.1) == pytest.approx(10 * 3.79079 * 0.1 / math.log(1.1), rel=1e-6)


@pytest.mark.parametrize("shell", [0.0, 15.0])
@pytest.mark.parametrize(("decline", "life", "discount"), [(0.3, 4.5, 0.1), (0.1, 6, 0.08), (0.5, 20, 0.05)])
def test_value_is_the_best_that_stopping_can_get(decline: float, life: float, discount: float, shell: float) -> None:
    """Against numerical integration and a search over every day on which the chips might be switched off."""

    def until(stop: float) -> float:
        earned, _ = quad(lambda t: (12 * (1 - decline) ** t - 1.3) * (1 + discount) ** -t, 0, stop)
        return earned + shell * (1 + discount) ** -stop

    best = max(until(stop) for stop in np.linspace(0, life, 1001))
    assert worth(12.0, decline, 1.3, life, discount, shell) == pytest.approx(best, rel=1e-5)


def test_a_site_whose_rent_does_not_pay_for_its_power_is_worth_its_shell() -> None:
    assert worth(1.0, 0.3, 1.3, 5, 0.1, 15.0) == pytest.approx(15.0)
    assert worth(0.0, 0.3, 1.3, 5, 0.1) == 0
    assert worth(0.0, 0.0, 0.0, 5, 0.0) == 0


def test_value_rises_with_rent_and_life_and_falls_with_decline_cost_and_interest() -> None:
    base = {"rent": 12.0, "decline": 0.2, "running": 1.3, "life": 4.5, "discount": 0.1}
    for name, sign in (("rent", 1), ("life", 1), ("decline", -1), ("running", -1), ("discount", -1)):
        assert np.sign(worth(**(base | {name: base[name] * 1.1})) - worth(**base)) == sign


def test_compiled_is_eager_and_gradients_are_finite_differences() -> None:
    parameters, pipeline = central(CompletionParameters), jnp.ones((1, STAGES, 1))
    eager = advance(parameters, pipeline, starts_gw=a(1.0), keep=ALL)
    compiled = jax.jit(advance)(parameters, pipeline, starts_gw=a(1.0), keep=ALL)
    for one, other in zip(jax.tree.leaves(eager), jax.tree.leaves(compiled), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)
    keep = jax.jit(decide)(
        parameters, value_at_completion_usd_bn_per_gw=a(20.0), cost_per_gw_usd_bn=COST, pipeline_gw=pipeline
    )
    assert keep[0, :, 0].tolist() == kept(parameters, 20.0)

    def value(rent: jax.Array, decline: jax.Array) -> jax.Array:
        return value_at_completion(rent, decline, 1.3, jnp.asarray([4.5]), a(0.1), shell_value=15.0)[0, 0]

    step = 1e-5
    at, decline = a(12.0), jnp.asarray(0.3)
    by_rent = (value(at + step, decline) - value(at - step, decline)) / (2 * step)
    by_decline = (value(at, decline + step) - value(at, decline - step)) / (2 * step)
    assert float(jax.grad(value)(at, decline)[0, 0]) == pytest.approx(float(by_rent), rel=1e-8)
    assert float(jax.grad(value, argnums=1)(at, decline)) == pytest.approx(float(by_decline), rel=1e-7)
    # The corners have slopes that are numbers.
    for corner in (a(0.0), a(1.3)):
        assert np.isfinite(jax.grad(value)(corner, jnp.asarray(0.0))).all()


def test_every_path_has_its_own_parameters() -> None:
    years, leaving = [1.5, 2.0, 3.7], [0.05, 0.35, 1.0]
    together = central(CompletionParameters, build_years=jnp.asarray(years), leaving_cost=jnp.asarray(leaving))
    pipeline = jnp.ones((2, STAGES, 3))
    value, cost = jnp.full((2, 3), 24.0), jnp.asarray([40.0, 50.0, 60.0])
    keep = decide(together, value_at_completion_usd_bn_per_gw=value, cost_per_gw_usd_bn=cost, pipeline_gw=pipeline)
    step = advance(together, pipeline, starts_gw=jnp.ones((2, 3)), keep=keep)
    shell, chips = spending(together, pipeline, keep=keep, cost_per_gw_usd_bn=cost)
    for path in range(3):
        one = central(CompletionParameters, build_years=years[path], leaving_cost=leaving[path])
        alone = decide(
            one,
            value_at_completion_usd_bn_per_gw=value[:, path:][:, :1],
            cost_per_gw_usd_bn=cost[path:][:1],
            pipeline_gw=pipeline[:, :, :1],
        )
        np.testing.assert_array_equal(keep[:, :, path], alone[:, :, 0])
        single = advance(one, pipeline[:, :, :1], starts_gw=jnp.ones((2, 1)), keep=alone)
        np.testing.assert_allclose(step.pipeline_gw[:, :, path], single.pipeline_gw[:, :, 0], rtol=1e-13)
        parts = spending(one, pipeline[:, :, :1], keep=alone, cost_per_gw_usd_bn=cost[path:][:1])
        np.testing.assert_allclose([shell[:, path], chips[:, path]], [part[:, 0] for part in parts], rtol=1e-13)
