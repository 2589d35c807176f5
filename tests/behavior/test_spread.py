"""Spreads: the market's course and a firm's place in it, by hand and by direction."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior.spread import (
    MarketSpread,
    SpreadParameters,
    coverage,
    entity_spread,
    leverage,
    market_spread,
    open_market_spread,
    supply_concession,
)
from tests.behavior.central import central

ROUND = {
    "calm_level": 0.04, "calm_reversion": 4 * np.log(2), "calm_volatility": 0.2, "floor": 0.02,
    "episodes_per_year": 0.2, "episode_multiple": 2.5, "days_to_half": 365.25 / 4, "widening_per_fall": 0.125,
    "loop_in_market": 0.5, "investment_grade_ratio": 0.25, "leverage_slope": 2.0, "strain_slope": 1.5,
    "leverage_investment_grade": 0.2, "leverage_high_yield": 0.5, "coverage_investment_grade": 8.0,
    "coverage_high_yield": 2.0, "ceiling": 0.4, "widening_per_supply": 8e-4,
}  # fmt: skip
"""Half of the way home in a quarter, half of an episode gone in a quarter, strain k = sqrt(8 x 2) = 4."""

PARAMETERS = SpreadParameters(**{name: jnp.asarray(value) for name, value in ROUND.items()})
NEVER = jnp.array([1.0])
NONE = jnp.zeros(1)


def row(*values: float) -> jax.Array:
    return jnp.array(values, float)[:, None]


def test_half_of_the_distance_in_logs_is_gone_after_a_quarter() -> None:
    after = market_spread(PARAMETERS, open_market_spread(jnp.array([0.16])), NONE, NEVER, NONE)
    assert float(after.level[0]) == pytest.approx(0.08)  # the geometric mean of 0.16 and 0.04


def test_an_episode_multiplies_the_spread_and_half_of_it_is_gone_a_quarter_later() -> None:
    calm = open_market_spread(jnp.array([0.04]))
    peak = market_spread(PARAMETERS, calm, NONE, jnp.array([0.0]), NONE)
    assert float(peak.level[0]) == pytest.approx(0.10)
    later = market_spread(PARAMETERS, peak, NONE, NEVER, NONE)
    assert float(later.level[0]) == pytest.approx(0.04 * 2.5**0.5)


def test_episodes_come_as_often_as_said() -> None:
    draws = (jnp.arange(100_000) + 0.5) / 100_000
    calm = open_market_spread(jnp.full(100_000, 0.04))
    hit = market_spread(PARAMETERS, calm, 0 * draws, draws, 0 * draws).episode > 0
    assert float(hit.mean()) == pytest.approx(1 - np.exp(-0.05), abs=2e-5)


def test_a_second_episode_within_the_first_renews_it() -> None:
    state = open_market_spread(jnp.array([0.04]))
    for _ in range(2):
        state = market_spread(PARAMETERS, state, NONE, jnp.array([0.0]), NONE)
    assert float(state.level[0]) == pytest.approx(0.10)


def test_a_market_one_percent_down_widens_high_yield_by_twelve_and_a_half_basis_points() -> None:
    """The loop is half of the market here: its shares fall by 2 %."""
    calm = open_market_spread(jnp.array([0.04]))
    fallen = market_spread(PARAMETERS, calm, NONE, NEVER, jnp.array([-0.02]))
    assert float(fallen.level[0]) == pytest.approx(0.04125)


def test_no_rise_of_shares_brings_the_spread_below_its_floor() -> None:
    calm = open_market_spread(jnp.array([0.04]))
    risen = market_spread(PARAMETERS, calm, NONE, NEVER, jnp.array([0.5]))
    assert float(risen.level[0]) == pytest.approx(0.02)


def test_the_calm_course_has_the_volatility_that_reversion_leaves() -> None:
    """An autoregression with coefficient 1/2 and innovations 0.1 has s.d. 0.1 / sqrt(1 - 1/4)."""
    shocks = jax.random.normal(jax.random.key(1), (60, 20_000))

    def quarter(state: MarketSpread, shock: jax.Array) -> tuple[MarketSpread, None]:
        return market_spread(PARAMETERS, state, shock, jnp.ones_like(shock), jnp.zeros_like(shock)), None

    end, _ = jax.lax.scan(quarter, open_market_spread(jnp.full(20_000, 0.04)), shocks)
    still_free = end.calm > np.log(0.0201)
    assert float(jnp.median(end.calm)) == pytest.approx(np.log(0.04), abs=0.005)
    assert float(end.calm[still_free].std()) == pytest.approx(0.1 / np.sqrt(0.75), rel=0.02)


def test_a_typical_firm_pays_the_spread_of_its_class() -> None:
    """Leverage and coverage of the anchors: 400 bp for high yield, a quarter of that for investment grade."""
    spread = entity_spread(PARAMETERS, jnp.array([0.04]), row(0.5, 0.2), row(2.0, 8.0), jnp.array([[False], [True]]))
    assert np.asarray(spread[:, 0]) == pytest.approx([0.04, 0.01])


def test_more_debt_and_less_coverage_worked_by_hand() -> None:
    """High yield 4 %, leverage 0.7 (0.2 above), coverage 0 (strain 1, above 4/6): exp(2 x 0.2 + 1.5 / 3) = 2.46."""
    spread = entity_spread(PARAMETERS, jnp.array([0.04]), row(0.7), row(0.0), jnp.array([[False]]))
    assert float(spread[0, 0]) == pytest.approx(0.04 * np.exp(0.9))


def test_nothing_is_quoted_above_the_ceiling_and_nothing_breaks_at_the_ends() -> None:
    worst = entity_spread(PARAMETERS, jnp.array([0.218]), row(5.0), row(-3.0), jnp.array([[False]]))
    assert float(worst[0, 0]) == 0.4
    best = entity_spread(PARAMETERS, jnp.array([0.04]), row(-1.0), row(jnp.inf), jnp.array([[True]]))
    assert float(best[0, 0]) == pytest.approx(0.01 * np.exp(-2 * 0.2 - 1.5 / 3))


shares = st.floats(0, 0.5)
multiples = st.floats(0, 30)


@given(debt=shares, more=st.floats(1e-3, 0.3), cover=multiples, extra=st.floats(1e-2, 10), rated=st.booleans())
@settings(deadline=None)
def test_spread_rises_with_leverage_and_with_the_market_and_falls_with_coverage(
    debt: float, more: float, cover: float, extra: float, rated: bool
) -> None:
    def ask(market: float, debt: float, cover: float) -> float:
        mask = jnp.array([[rated]])
        return float(entity_spread(PARAMETERS, jnp.array([market]), row(debt), row(cover), mask)[0, 0])

    here = ask(0.04, debt, cover)
    assert ask(0.04, debt + more, cover) > here
    assert ask(0.04, debt, cover + extra) < here
    assert ask(0.05, debt, cover) > here


@given(debt=st.floats(0, 1), cover=multiples)
@settings(deadline=None)
def test_a_rating_never_costs(debt: float, cover: float) -> None:
    firm = row(debt, debt), row(cover, cover)
    both = entity_spread(PARAMETERS, jnp.array([0.04]), *firm, jnp.array([[True], [False]]))
    assert float(both[0, 0]) <= float(both[1, 0])


def test_issuing_100bn_a_year_more_than_usual_costs_eight_basis_points() -> None:
    more = supply_concession(PARAMETERS, jnp.array([50.0, 10.0]), jnp.array([25.0, 25.0]))
    assert np.asarray(more) == pytest.approx([8e-4, 0.0])


def test_ratios_have_their_limits() -> None:
    assert np.asarray(leverage(row(25, -5, 10, 0), row(75, 10, 0, 0)))[:, 0].tolist() == [0.25, 0.0, 1.0, 1.0]
    assert np.asarray(coverage(row(10, -2, 5), row(2, 1, 0)))[:, 0].tolist() == [5.0, -2.0, np.inf]


def test_at_central_values_a_rated_and_an_unrated_firm_stand_where_their_markets_did_in_2025() -> None:
    """Means of 2025: 86 bp for investment grade, 305 bp for high yield."""
    parameters = central(SpreadParameters)
    market = open_market_spread(jnp.array([0.0305])).level
    spread = entity_spread(parameters, market, row(0.2, 0.5), row(10.0, 3.0), jnp.array([[True], [False]]))
    assert np.asarray(spread[:, 0]) == pytest.approx([0.0086, 0.0305], rel=0.005)
    # On the curve from one to the other a rating adds little that leverage and coverage do not say.
    unrated = entity_spread(parameters, market, row(0.2), row(10.0), jnp.array([[False]]))
    assert float(unrated[0, 0]) == pytest.approx(0.0086, rel=0.1)


def test_over_decades_the_market_ranges_as_it_did_from_1996_to_2025() -> None:
    """Percentiles 5, 50 and 95 of high yield were 2.82, 4.55 and 9.21 % (`fund-004`).

    Within a quarter of each, with shares of 20 % s.d. a quarter and the multiples of seven recorded episodes by path.
    """
    paths, quarters = 7_000, 40
    multiples = jnp.repeat(jnp.array([2.5, 2.4, 9.1, 2.0, 3.2, 2.0, 1.8]), paths // 7)
    parameters = central(SpreadParameters, episode_multiple=multiples)
    keys = jax.random.split(jax.random.key(3), 3)
    shocks = (
        jax.random.normal(keys[0], (quarters, paths)),
        jax.random.uniform(keys[1], (quarters, paths)),
        0.2 * jax.random.normal(keys[2], (quarters, paths)),
    )

    def quarter(state: MarketSpread, shock: tuple[jax.Array, ...]) -> tuple[MarketSpread, jax.Array]:
        after = market_spread(parameters, state, *shock)
        return after, after.level

    _, levels = jax.lax.scan(quarter, open_market_spread(jnp.full(paths, 0.0305)), shocks)
    simulated = np.quantile(np.asarray(levels[8:]), [0.05, 0.5, 0.95])
    assert simulated == pytest.approx([0.0282, 0.0455, 0.0921], rel=0.25)


def test_compiled_gives_the_same_and_slopes_are_differences() -> None:
    market, mask = jnp.array([0.04, 0.1]), jnp.array([[False], [True]])
    debt, cover = jnp.array([[0.3, 0.6], [0.1, 0.4]]), jnp.array([[3.0, 1.0], [9.0, 5.0]])

    def total(along: jax.Array) -> jax.Array:
        state = market_spread(PARAMETERS, open_market_spread(market), along * market, jnp.ones(2), -along * market)
        return entity_spread(PARAMETERS, state.level, debt + along, cover * (1 + along), mask).sum()

    assert float(jax.jit(total)(0.0)) == pytest.approx(float(total(jnp.asarray(0.0))), rel=1e-14)
    slope = (total(jnp.asarray(1e-6)) - total(jnp.asarray(-1e-6))) / 2e-6
    assert float(jax.grad(total)(0.0)) == pytest.approx(float(slope), rel=1e-6)
