"""Pools: published tranches, the three ways to see the same senior tranche, and what must add up."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ouroloop.core import BadInput
from ouroloop.securitization import large_pool
from ouroloop.securitization.pool import Losses, losses, lumpiness, tranche_loss
from ouroloop.securitization.tranche import basket_legs, tranche_legs

LUMPY = np.array([0.56, *np.full(14, 0.44 / 14)])
"""One tenant with 56 % of the rent, and fourteen small ones."""

# Published


def test_hulls_mezzanine_tranche() -> None:
    """Hull, Options, Futures, and Other Derivatives: 3 to 6 % of iTraxx."""
    of = tranche_legs(125, 0.0083, 0.4, 0.15, 0.03, 0.06, rate=0.035, years=5)
    assert float(of.premium) == pytest.approx(4.2846, abs=2e-4)
    assert float(of.accrual) == pytest.approx(0.0187, abs=6e-5)
    assert float(of.payoff) == pytest.approx(0.1496, abs=1.5e-4)
    assert 1e4 * float(of.par_spread) == pytest.approx(348, abs=0.5)


def test_four_tranches_of_hull_and_white() -> None:
    """Hull and White 2004, Valuation of a CDO and an nth to default CDS without Monte Carlo simulation, table 7."""
    ends = [(0.0, 0.03), (0.03, 0.06), (0.06, 0.1), (0.1, 1.0)]
    found = [1e4 * float(tranche_legs(100, 0.01, 0.4, 0.1, *end, rate=0.05, years=5).par_spread) for end in ends]
    np.testing.assert_allclose(found, [2279, 450, 89, 1], atol=6.5)


@pytest.mark.parametrize(("rank", "wanted"), [(1, [603, 440, 293]), (3, [12, 53, 79]), (5, [0, 8, 31])])
def test_baskets_of_ten_of_hull_and_white(rank: int, wanted: list[float]) -> None:
    """The same paper: first, third and fifth to default with correlations of 0, 0.3 and 0.6."""
    found = [1e4 * float(basket_legs(rank, 10, 0.01, 0.4, rho, rate=0.05, years=5).par_spread) for rho in (0, 0.3, 0.6)]
    np.testing.assert_allclose(found, wanted, atol=4.0)


def test_the_pool_of_coval_jurek_and_stafford() -> None:
    """The economics of structured finance, as recalled; the figures fit an asset correlation of 0.04."""
    made = losses(np.ones(100), 0.5, jnp.full(100, 0.05), 0.04, unit=0.005)
    assert float(tranche_loss(made, 0.0, 0.06).hit) == pytest.approx(0.9752, abs=6e-4)
    assert float(tranche_loss(made, 0.06, 0.12).hit) == pytest.approx(0.0207, abs=6e-5)


BASEL = {
    0.0003: (14.44, 11.30), 0.001: (29.65, 23.30), 0.004: (62.72, 49.49), 0.0075: (82.78, 65.14),
    0.013: (100.95, 78.77), 0.02: (114.86, 88.55), 0.03: (128.44, 97.58),
}  # fmt: skip
"""Risk weights in percent for firms that sell 50 and 5 million euros: Basel II of June 2006, annex 5."""


@pytest.mark.parametrize("pd", BASEL)
def test_the_risk_weights_of_basel(pd: float) -> None:
    found = [100 * float(large_pool.basel_risk_weight(pd, 0.45, 2.5, size)) for size in (50.0, 5.0)]
    np.testing.assert_allclose(found, BASEL[pd], atol=0.0151)


@pytest.mark.parametrize(("pd", "wanted"), [(0.01, [1.19, 3.8, 7.0, 10.7]), (0.001, [0.98, 4.1, 8.8, 15.4])])
def test_vasiceks_percentiles(pd: float, wanted: list[float]) -> None:
    """Vasicek 2002, The distribution of loan portfolio value: in standard deviations above the mean."""
    level = jnp.asarray([0.9, 0.99, 0.999, 0.9999])
    found = (large_pool.loss_quantile(pd, 0.1, level) - pd) / large_pool.loss_deviation(pd, 0.1)
    np.testing.assert_allclose(np.asarray(found), wanted, atol=0.0551)


# Lumpy pools


def test_the_same_senior_tranche_seen_three_ways() -> None:
    """2 % until the fifth year, correlation 0.3, attachment 20 %, loss 45 %: 2.00 %, 0.085 % and 0.02 %."""
    of = lumpiness(LUMPY, 0.45, 0.02, 0.3, 0.2)
    assert float(of.hit) == pytest.approx(0.0200, abs=5e-5)
    assert float(of.hit_if_equal) == pytest.approx(0.00085, abs=5e-6)
    assert float(of.hit_if_large) == pytest.approx(0.0002, abs=5e-6)
    assert of.too_lumpy
    assert of.largest_share == pytest.approx(0.56)
    assert 3.0 < of.effective_names < 3.1
    assert not lumpiness(np.ones(15), 0.45, 0.02, 0.3, 0.2).too_lumpy


def test_convolution_is_the_sum_over_all_who_may_fail() -> None:
    """Seven tenants of their own sizes without correlation: every one of 128 outcomes, by hand."""
    size, pd = np.array([0.3, 0.2, 0.15, 0.15, 0.1, 0.06, 0.04]), np.array([0.1, 0.02, 0.3, 0.05, 0.2, 0.01, 0.5])
    made = losses(size, 0.5, jnp.asarray(pd), 0.0, unit=0.005)
    wanted = np.zeros(made.probability.shape[0])
    for fails in np.ndindex(*(2,) * 7):
        chance = np.prod(np.where(fails, pd, 1 - pd))
        wanted[round(float(np.dot(fails, size)) * 0.5 / 0.005)] += chance
    np.testing.assert_allclose(np.asarray(made.probability), wanted, atol=1e-14)


def test_equal_tenants_given_the_factor_are_binomial() -> None:
    """And so, on average over the factor, beta-binomial-like: the mixture by another quadrature."""
    made = losses(np.ones(15), 1.0, jnp.full(15, 0.02), 0.3, unit=1 / 15)
    z = np.linspace(-10, 10, 20_001)
    fails = np.asarray(large_pool.conditional_probability(0.02, 0.3, jnp.asarray(z)))
    weight = stats.norm.pdf(z) * (z[1] - z[0])
    wanted = [float((stats.binom.pmf(k, 15, fails) * weight).sum()) for k in range(16)]
    np.testing.assert_allclose(np.asarray(made.probability), wanted, atol=1e-7)


# What must add up


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["gaussian", "t"]))
def test_tranches_bear_what_the_pool_loses_and_chances_sum_to_1(seed: int, copula: str) -> None:
    draw = np.random.default_rng(seed)
    names = int(draw.integers(1, 7))
    size, lost = draw.uniform(0.1, 1.0, names), draw.uniform(0.0, 1.0, names)
    pd = jnp.asarray(draw.uniform(0.0, 0.5, names))
    rho = float(draw.uniform(0.0, 0.8))
    made = losses(size, lost, pd, rho, unit=0.05, copula=copula)  # pyright: ignore[reportArgumentType]
    assert float(made.probability.sum()) == pytest.approx(1.0, abs=1e-12)
    ends = np.array([0.0, *np.sort(draw.uniform(0.01, 0.99, 3)), 1.0])
    if (np.diff(ends) <= 0).any():
        return
    borne = sum(float(tranche_loss(made, a, b).expected) * (b - a) for a, b in itertools.pairwise(ends))
    assert borne == pytest.approx(float(made.expected), abs=1e-12)
    units = np.rint(size / size.sum() * lost / 0.05) * 0.05
    assert float(made.expected) == pytest.approx(float(units @ np.asarray(pd)), abs=2e-4)


def _expected(rho: float, copula: str = "gaussian") -> tuple[float, float]:
    made = losses(np.ones(15), 0.45, jnp.full(15, 0.05), rho, unit=0.005, copula=copula)  # pyright: ignore[reportArgumentType]
    return float(tranche_loss(made, 0.2, 1.0).expected), float(tranche_loss(made, 0.0, 0.05).expected)


def test_correlation_moves_losses_from_equity_to_senior() -> None:
    found = np.array([_expected(rho) for rho in (0.0, 0.2, 0.4, 0.6, 0.8)])
    assert (np.diff(found[:, 0]) > 0).all()
    assert (np.diff(found[:, 1]) < 0).all()


def test_a_t_copula_hits_the_senior_tranche_more_often_at_the_same_correlation() -> None:
    assert _expected(0.2, "t")[0] > 2 * _expected(0.2)[0]


def test_gradients_say_which_tenant_matters() -> None:
    def hit(pd: jax.Array) -> jax.Array:
        return tranche_loss(losses(LUMPY, 0.45, pd, 0.3), 0.2, 1.0).hit

    def by_t(pd: jax.Array) -> jax.Array:
        return tranche_loss(losses(LUMPY, 0.45, pd, 0.3, copula="t"), 0.2, 1.0).expected

    start = jnp.full(15, 0.02)
    for of in (hit, by_t):
        slopes = np.asarray(jax.grad(of)(start))
        for name in (0, 3):
            step = 1e-5 * jnp.zeros(15).at[name].set(1.0)
            wanted = float(of(start + step) - of(start - step)) / 2e-5
            assert slopes[name] == pytest.approx(wanted, abs=1e-6)
        assert slopes[0] > 10 * slopes[1:].max()


# Bad input


def test_everything_that_is_wrong_with_a_pool_is_said_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        losses(np.array([1.0, -2.0]), np.array([0.5, 1.5]), jnp.asarray([0.1, 2.0]), 1.0)
    assert [one.place.path for one in refused.value.problems] == ["pool", "tenant 1", "tenant 1", "tenant 1"]
    made = losses(np.ones(2), 0.5, jnp.full(2, 0.1), 0.2)
    assert isinstance(made, Losses)
    with pytest.raises(BadInput, match=r"0\.3 to 0\.2"):
        tranche_loss(made, 0.3, 0.2)
