"""Structural default: published numbers, closed forms beside integrals, and gradients beside differences."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from ouroloop.market import creditgrades, first_passage, leland, merton
from ouroloop.market.altman import Statement, z_score, zone
from ouroloop.market.chance_at_distance import chance_at_distance
from ouroloop.market.default_point import Obligations, default_point
from ouroloop.market.merton import Assets


def assets(value: float, volatility: float) -> Assets:
    return Assets(jnp.asarray(value, jnp.float64), jnp.asarray(volatility, jnp.float64))


def slope(of: Any, at: float, step: float = 1e-5) -> float:
    """By central differences."""
    return float((of(at + step) - of(at - step)) / (2 * step))


# Merton


def test_hulls_firm_has_the_assets_that_its_shares_imply() -> None:
    """Hull, Options, Futures, and Other Derivatives, chapter on credit risk."""
    found = merton.implied_assets(3.0, 0.8, 10.0, 0.05, 1.0)
    assert float(found.value) == pytest.approx(12.40, abs=0.006)
    assert float(found.volatility) == pytest.approx(0.2123, abs=6e-5)
    assert float(merton.default_probability(found, 10.0, 0.05, 1.0)) == pytest.approx(0.127, abs=6e-4)
    assert float(merton.debt_value(found, 10.0, 0.05, 1.0)) == pytest.approx(9.40, abs=0.006)
    assert float(merton.expected_loss(found, 10.0, 0.05, 1.0)) == pytest.approx(0.012, abs=6e-4)


@pytest.mark.parametrize(
    ("equity", "volatility", "debt", "drift", "wanted"),
    [
        (2.6406, 0.7103, 4.0, 0.0306, (0.0638, 1.5237, 6.4210, 0.3010)),
        (3.977, 0.3121, 3.5, 0.031, (0.0, 4.4298, 7.3063, 0.1699)),
        (2.528, 0.6181, 4.0, 0.0305, (0.0344, 1.8196, 6.3231, 0.2511)),
    ],
)
def test_three_firms_of_the_mathworks_example(
    equity: float, volatility: float, debt: float, drift: float, wanted: tuple[float, ...]
) -> None:
    """MathWorks, Risk Management Toolbox, `mertonmodel`: firms 1, 3 and 5."""
    found = merton.implied_assets(equity, volatility, debt, 0.05, 1.0)
    pd, dd, value, moves = wanted
    assert float(merton.default_probability(found, debt, drift, 1.0)) == pytest.approx(pd, abs=1e-4)
    assert float(merton.distance_to_default(found, debt, drift, 1.0)) == pytest.approx(dd, abs=6e-4)
    assert float(found.value) == pytest.approx(value, abs=6e-5)
    assert float(found.volatility) == pytest.approx(moves, abs=6e-5)


def test_the_plain_distance_of_a_brewer_and_a_computer_maker() -> None:
    """Crosbie and Bohn, Modeling default risk: Anheuser-Busch and Compaq."""
    found = merton.kmv_distance(Assets(jnp.asarray([44.1, 42.3]), jnp.asarray([0.21, 0.39])), jnp.asarray([5.3, 12.2]))
    np.testing.assert_allclose(np.asarray(found), [4.2, 1.8], atol=0.05)


@given(
    st.floats(0.005, 100.0), st.floats(0.05, 2.0), st.floats(-0.01, 0.15), st.floats(0.25, 10.0), st.floats(0.1, 1000.0)
)
def test_implied_assets_price_the_shares_that_they_were_implied_by(
    equity: float, volatility: float, rate: float, years: float, debt: float
) -> None:
    found = merton.implied_assets(equity * debt, volatility, debt, rate, years)
    worth = float(merton.equity_value(found, debt, rate, years))
    assert worth == pytest.approx(equity * debt, rel=1e-6)
    d1 = (np.log(float(found.value) / debt) + rate * years) / (float(found.volatility) * np.sqrt(years))
    moves = stats.norm.cdf(d1 + float(found.volatility) * np.sqrt(years) / 2) * float(found.volatility)
    assert moves * float(found.value) / worth == pytest.approx(volatility, rel=1e-6)


@pytest.mark.parametrize("equity", [0.05, 3.0, 40.0])
def test_gradients_of_implied_assets_are_those_of_the_root(equity: float) -> None:
    for part in ("value", "volatility"):

        def of_equity(x: Any, part: str = part) -> Any:
            return getattr(merton.implied_assets(x, 0.8, 10.0, 0.05, 1.0), part)

        def of_volatility(x: Any, part: str = part) -> Any:
            return getattr(merton.implied_assets(equity, x, 10.0, 0.05, 1.0), part)

        assert float(jax.grad(of_equity)(equity)) == pytest.approx(slope(of_equity, equity), rel=1e-6, abs=1e-8)
        assert float(jax.grad(of_volatility)(0.8)) == pytest.approx(slope(of_volatility, 0.8), rel=1e-6, abs=1e-8)


# First passage


@pytest.mark.parametrize(("years", "wanted"), [(1.0, 0.035119499650899444), (5.0, 0.30740901912229845)])
def test_first_passage_is_the_integral_of_its_density(years: float, wanted: float) -> None:
    """Black and Cox 1976 with a flat barrier, beside the density of the first passage of a Brownian motion."""
    drift, moves = 0.05, 0.25
    fails = 1.0 - float(first_passage.survival(assets(100.0, moves), 60.0, drift, years))
    away, trend = np.log(100.0 / 60.0) / moves, (drift - moves**2 / 2) / moves

    def density(t: float) -> float:
        return away / np.sqrt(2 * np.pi * t**3) * np.exp(-((away + trend * t) ** 2) / (2 * t))

    assert fails == pytest.approx(integrate.quad(density, 0, years, epsabs=1e-13)[0], abs=1e-10)
    assert fails == pytest.approx(wanted, abs=1e-8)


def test_who_stands_at_the_barrier_has_failed_and_nobody_fails_in_no_time() -> None:
    years = jnp.asarray([0.0, 1.0])
    np.testing.assert_array_equal(first_passage.survival(assets(60.0, 0.25), 60.0, 0.05, years), [0.0, 0.0])
    assert float(first_passage.survival(assets(61.0, 0.25), 60.0, 0.05, 0.0)) == 1.0


CREDITGRADES = {
    25.0: ([0.9999996288648185, 0.9925138477144584, 0.925885167782851],
           [0.9999996288648219, 0.9925138477144596, 0.9258851677828517], 6.902335263474814),
    100.0: ([0.9968543637722536, 0.9154255324779775, 0.7666977950145453],
            [0.9968667550540921, 0.9154303485811068, 0.7667007343301098], 83.54764586093832),
    400.0: ([0.8428327682285215, 0.7307403808912034, 0.624706428627219],
            [0.8742784812307434, 0.7480064715492085, 0.6368298602560937], 356.92967139623255),
}  # fmt: skip
"""Debt per share: survival over 1, 5 and 10 years by the published approximation, the same by integrating over the
barrier, and the published spread over 5 years in basis points (formulas of the technical document of 2002)."""


@pytest.mark.parametrize("debt", CREDITGRADES)
def test_creditgrades_as_published_and_without_its_approximation(debt: float) -> None:
    published, exact, spread = CREDITGRADES[debt]
    years, firm = jnp.asarray([1.0, 5.0, 10.0]), creditgrades.assets_of(100.0, 100.0, 0.35, debt, 0.5)
    np.testing.assert_allclose(creditgrades.survival(firm, 0.5 * debt, 0.3, years), published, atol=1e-8)
    found = first_passage.survival_with_uncertain_barrier(firm, 0.5 * debt, 0.3, 0.0, years)
    np.testing.assert_allclose(found, exact, atol=1e-6)
    assert 1e4 * float(creditgrades.par_spread(firm, 0.5 * debt, 0.3, 0.05, 0.5, 5.0)) == pytest.approx(
        spread, abs=0.02
    )


def test_the_published_spread_is_that_of_the_published_survival() -> None:
    firm = creditgrades.assets_of(100.0, 100.0, 0.35, 100.0, 0.5)
    rate, recovery, years = 0.05, 0.5, 5.0

    def stays(t: float) -> float:
        return float(creditgrades.survival(firm, 50.0, 0.3, t)) * np.exp(-rate * t)

    annuity = integrate.quad(stays, 0, years, epsabs=1e-10)[0]
    protection = (1 - recovery) * (1.0 - stays(years) - rate * annuity)
    found = float(creditgrades.par_spread(firm, 50.0, 0.3, rate, recovery, years))
    assert found == pytest.approx(protection / annuity, rel=1e-6)


def test_an_uncertain_barrier_that_is_nearly_certain_is_the_certain_one() -> None:
    firm = assets(100.0, 0.25)
    certain = float(first_passage.survival(firm, 60.0, 0.05, 5.0))
    nearly = float(first_passage.survival_with_uncertain_barrier(firm, 60.0, 1e-4, 0.05, 5.0))
    assert nearly == pytest.approx(certain, abs=1e-6)


def test_the_chance_at_a_distance_is_that_of_the_closed_form_for_a_nearly_certain_barrier() -> None:
    """A firm without debt moves as its shares do; the chance to have touched the barrier is then known in full."""
    far, years, moves, paid = np.array([0.2, 0.8, 2.0]), 5.0, 0.4, 0.3
    equity, owes, at_risk = jnp.asarray([10.0, 10.0]), jnp.asarray([0.0, 15.0]), jnp.asarray(paid)
    given = equity, owes, jnp.asarray(moves), jnp.asarray(1e-4), at_risk
    (found,) = chance_at_distance(*given, distances=far, years=years)
    implied = merton.implied_assets(10.0, moves, 15.0, 0.0, 1.0)
    for firm, volatility in enumerate((moves, float(implied.volatility))):
        trend, wide = -(volatility**2) / 2, volatility * np.sqrt(years)
        below = stats.norm.cdf((-far - trend * years) / wide)
        mirrored = np.exp(-2 * trend * far / volatility**2) * stats.norm.cdf((-far + trend * years) / wide)
        wanted = stats.norm.cdf(stats.norm.ppf(below + mirrored) - paid * np.sqrt(years))
        np.testing.assert_allclose(found[firm], wanted, rtol=2e-3)


def test_gradients_of_survival_are_those_of_differences() -> None:
    def known(barrier: Any) -> Any:
        return first_passage.survival(assets(100.0, 0.25), barrier, 0.05, 5.0)

    def unknown(barrier: Any) -> Any:
        return first_passage.survival_with_uncertain_barrier(assets(100.0, 0.25), barrier, 0.3, 0.05, 5.0)

    for of in (known, unknown):
        for barrier in (30.0, 60.0, 90.0):
            assert float(jax.grad(of)(barrier)) == pytest.approx(slope(of, barrier), abs=1e-6)


def test_the_chance_to_fail_by_quarters_and_what_the_barrier_does_to_it() -> None:
    """PD 0.485182 and dPD/dD 1.21618: 20 quarters, value 1, barrier 0.5, by a recursion of 1,200 nodes."""

    def of(barrier: Any, key: Any) -> Any:
        uniforms = jax.random.uniform(key, (20, 100_000), jnp.float64)
        return first_passage.default_by_steps(assets(1.0, 0.4), barrier, 0.02, 0.25, uniforms).mean()

    both = jax.jit(jax.value_and_grad(of))
    found = np.array([both(0.5, jax.random.key(n)) for n in range(12)])
    error = found.std(axis=0) / np.sqrt(len(found))
    assert (error < 0.0015).all(), "the estimate itself must be sharper than what it is held to"
    np.testing.assert_allclose(found.mean(axis=0), [0.485182, 1.21618], atol=0.003)


# Leland


def test_lelands_firm_with_unprotected_debt() -> None:
    """Leland 1994, table of optimal leverage."""
    coupon = leland.optimal_coupon(100.0, 0.2, 0.06, 0.35, 0.5)
    best = leland.perpetual_debt(100.0, coupon, 0.2, 0.06, 0.35, 0.5)
    for found, wanted, tolerance in (
        (best.coupon, 6.5, 0.005),
        (best.barrier, 52.8, 0.05),
        (best.debt, 96.3, 0.05),
        (best.firm, 128.4, 0.05),
        (best.coupon / best.debt, 0.0675, 5e-5),
        (1e4 * best.spread, 75.3, 0.5),
        (best.leverage, 0.75, 0.005),
    ):
        assert float(found) == pytest.approx(wanted, abs=tolerance)


@given(st.floats(0.05, 0.6), st.floats(0.01, 0.1), st.floats(0.05, 0.5), st.floats(0.0, 0.9))
def test_no_other_coupon_makes_the_firm_worth_more_and_owners_stop_where_shares_are_worth_nothing(
    volatility: float, rate: float, tax: float, cost: float
) -> None:
    coupon = float(leland.optimal_coupon(100.0, volatility, rate, tax, cost))

    def firm(at: float) -> float:
        return float(leland.perpetual_debt(100.0, at, volatility, rate, tax, cost).firm)

    assert firm(coupon) >= max(firm(coupon * 0.99), firm(coupon * 1.01)) - 1e-9
    barrier = float(leland.endogenous_barrier(coupon, volatility, rate, tax))

    def shares(value: Any) -> Any:
        return leland.perpetual_debt(value, coupon, volatility, rate, tax, cost).equity

    assert float(shares(barrier)) == pytest.approx(0.0, abs=1e-9)
    assert float(jax.grad(shares)(barrier * (1 + 1e-9))) == pytest.approx(0.0, abs=1e-6)


# Default point, Altman


def test_promises_raise_the_default_point_only_where_they_are_counted() -> None:
    firm = Obligations(*(jnp.asarray(x) for x in (4.0, 10.0, 30.0, 20.0, 1.5)))
    assert float(default_point(firm)) == 10.5
    assert float(default_point(firm, promises=1.0)) == 60.5
    assert float(default_point(firm, promises=0.5)) == 35.5


def test_altmans_score_of_hulls_firm() -> None:
    """Hull, Risk Management and Financial Institutions."""
    firm = Statement(*(jnp.asarray(x) for x in (170.0, 670.0, 300.0, 60.0, 380.0, 240.0, 2200.0)))
    assert float(z_score(firm)) == pytest.approx(5.46, abs=0.006)
    assert [zone(z) for z in (1.8, 1.81, 2.99, 3.0)] == ["distress", "grey", "grey", "safe"]


def test_a_firm_without_assets_has_no_score_and_one_without_debt_any_height() -> None:
    nothing, free = jnp.asarray(0.0), jnp.asarray(1.0)
    assert np.isnan(float(z_score(Statement(free, nothing, free, free, free, free, free))))
    assert float(z_score(Statement(free, free, free, free, free, nothing, free))) == np.inf
