"""Leases, tenants and market rents: by hand where one can, by law of large numbers where not."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from ouroloop.securitization.lease import Lease, Renegotiation, ResidualGuarantee, collect
from ouroloop.securitization.tenants import certain, draw_defaults, market_rents

PERIODS = 24
QUARTERS = np.full(PERIODS, 0.25)
NEVER = PERIODS
SITE = Lease(
    "site", tenant=0, clock=0, rent=2.0, market=2.0, begins=2, term=12, downtime=3, relet_term=4, kept=0.9, upkeep=0.2,
    worth_years=5.0, recovery=0.4,
)  # fmt: skip
KEY = jax.random.key(0)


def flat(paths: int, level: float = 1.0) -> jax.Array:
    return jnp.full((1, PERIODS, paths), level)


def test_a_tenant_that_stays_pays_until_the_end_of_its_term_and_the_space_is_let_again() -> None:
    of = collect([SITE], jnp.asarray([[NEVER]]), flat(1), QUARTERS, KEY)
    assert of.rent[0, :, 0].tolist() == [0.0] * 2 + [0.5] * 12 + [0.0] * 10
    assert np.flatnonzero(of.upkeep[0, :, 0]).tolist() == [14, 15, 16, 21, 22, 23]
    np.testing.assert_allclose(of.relet[0, 17:21, 0], 0.9 * 2 / 4)
    np.testing.assert_allclose(of.sale[0, :, 0], [0.0] * 23 + [10.0])
    np.testing.assert_allclose(of.weight, 1.0)


def test_a_tenant_that_fails_leaves_at_once_and_owes_damages_of_a_year_or_what_is_left() -> None:
    of = collect([SITE], jnp.asarray([[5, 12, 0]]), flat(3), QUARTERS, KEY)
    assert [np.count_nonzero(of.rent[0, :, n]) for n in range(3)] == [3, 10, 0]
    np.testing.assert_allclose(of.damages[0].max(axis=0), [0.4 * 2, 0.4 * 2 * 0.5, 0.4 * 2])
    np.testing.assert_allclose(of.relet[0, 8, 0], 0.9 * 2 / 4)
    assert not bool(of.let[0, -1].any())


def test_space_that_is_sold_earns_nothing_more() -> None:
    sold = replace(SITE, on_exit="sell")
    of = collect([sold], jnp.asarray([[5]]), flat(1, 0.5), QUARTERS, KEY)
    np.testing.assert_allclose(of.sale[0, :, 0], [0.0] * 7 + [5.0] + [0.0] * 16)
    assert float(of.relet.sum()) == 0.0


@pytest.mark.parametrize(
    ("failed_tenant_pays", "guarantor_at", "wanted"),
    [(True, NEVER, 4.0), (False, NEVER, 0.0), (True, 3, 0.4 * 4.0)],
)
def test_a_residual_guarantee_pays_the_gap_up_to_its_cap_if_the_guarantor_lives(
    failed_tenant_pays: bool, guarantor_at: int, wanted: float
) -> None:
    """The site is worth 10 x 0.5 = 5 of 12 promised, the cap is 4."""
    promise = ResidualGuarantee(1, 0, jnp.full(PERIODS, 12.0), jnp.full(PERIODS, 4.0), failed_tenant_pays)
    fails = jnp.asarray([[5], [guarantor_at]])
    of = collect([SITE], fails, flat(1, 0.5), QUARTERS, KEY, guarantees=[promise])
    np.testing.assert_allclose(of.guarantee[0, :, 0], [0.0] * 5 + [wanted] + [0.0] * 18)


def test_a_guarantee_of_the_tenant_itself_is_worth_least_when_it_is_needed_most() -> None:
    """The put is wrong-way: on the paths on which the tenant left by choice it pays in full."""
    promise = ResidualGuarantee(0, 0, jnp.full(PERIODS, 12.0), jnp.full(PERIODS, 20.0))
    of = collect([SITE], jnp.asarray([[5, NEVER]]), flat(2, 0.5), QUARTERS, KEY, guarantees=[promise])
    np.testing.assert_allclose(of.guarantee[0].max(axis=0), [0.4 * 7.0, 7.0])


def test_rents_are_cut_once_an_event_or_once_a_year() -> None:
    long = replace(SITE, begins=0, term=PERIODS)
    once, yearly = (
        collect([long], jnp.asarray([[NEVER]]), flat(1), QUARTERS, KEY, renegotiation=Renegotiation(0.1, 2, per)).rent
        for per in ("event", "year")
    )
    np.testing.assert_allclose(once[0, :, 0] / 0.5, [1.0] * 2 + [0.9] * 22)
    np.testing.assert_allclose(yearly[0, :14, 0] / 0.5, [1.0] * 2 + [0.9] * 4 + [0.81] * 4 + [0.9**3] * 4)


def test_rents_rise_each_year_of_the_contract() -> None:
    of = collect([replace(SITE, step=0.02)], jnp.asarray([[NEVER]]), flat(1), QUARTERS, KEY)
    np.testing.assert_allclose(of.rent[0, 2:14, 0] / 0.5, np.repeat(1.02 ** np.arange(3), 4))


def test_half_of_all_tenants_renew_where_rent_is_inertia_above_the_market() -> None:
    """And more the cheaper their rent is: a logistic curve of log(market / rent)."""
    paths = 20_000
    lease = replace(SITE, renewals=1, renewal_term=6, inertia=0.1, spread=0.2)
    for market, chance in ((np.exp(-0.1), 0.5), (1.0, 1 / (1 + np.exp(-0.5))), (np.exp(-0.5), 1 / (1 + np.exp(2)))):
        of = collect([lease], jnp.full((1, paths), NEVER), flat(paths, market), QUARTERS, KEY)
        assert float(of.let[0, 14].mean()) == pytest.approx(chance, abs=4 * np.sqrt(0.25 / paths))
        assert not bool(of.let[0, 20].any())


def test_the_weight_carries_the_gradient_of_decisions_that_were_drawn() -> None:
    """Average rent after the first term is p x rent; its derivative in inertia is rent p (1 - p) / spread."""
    paths = 40_000

    def rent(inertia: jax.Array) -> jax.Array:
        lease = replace(SITE, renewals=1, renewal_term=6, inertia=inertia, spread=0.2)
        of = collect([lease], jnp.full((1, paths), NEVER), flat(paths), QUARTERS, KEY)
        return (of.weight * of.rent[0, 15]).mean()

    p = 1 / (1 + np.exp(-0.5))
    found = float(jax.grad(rent)(jnp.asarray(0.1)))
    assert found == pytest.approx(0.5 * p * (1 - p) / 0.2, rel=0.02)
    assert float(certain(jnp.asarray(0.3))) == 1.0


@pytest.mark.parametrize("copula", ["gaussian", "t"])
def test_tenants_fail_as_often_as_they_should_and_together(copula: str) -> None:
    paths, rho = 40_000, 0.4
    probability = jnp.asarray(np.outer([1.0, 3.0], np.linspace(0.01, 0.08, 8)))
    of = draw_defaults(KEY, probability, rho, paths, copula=copula)  # pyright: ignore[reportArgumentType]
    failed = (np.asarray(of.at)[:, None] <= np.arange(8)[:, None]).mean(axis=2)
    np.testing.assert_allclose(failed, probability, atol=4 * np.sqrt(0.2 / paths))
    both = (np.asarray(of.at) < 8).all(axis=0).mean()
    shape = [[1, rho], [rho, 1]]
    if copula == "gaussian":
        joint = stats.multivariate_normal.cdf(stats.norm.ppf([0.08, 0.24]), cov=shape)
    else:
        joint = stats.multivariate_t.cdf(stats.t.ppf([0.08, 0.24], 4), shape=shape, df=4, random_state=1)
    assert both == pytest.approx(joint, abs=3 * np.sqrt(0.04 / paths))


def test_the_weight_of_defaults_has_the_gradient_of_their_probability() -> None:
    paths = 40_000
    level = jnp.linspace(0.02, 0.1, 5)[None]

    def survives(scale: jax.Array) -> jax.Array:
        of = draw_defaults(KEY, level * scale, 0.3, paths)
        return (of.weight * (of.at[0] >= 5)).mean()

    assert float(jax.grad(survives)(jnp.asarray(1.0))) == pytest.approx(-0.1, rel=0.05)


def test_market_rents_fall_on_their_own_clocks_and_with_bad_times() -> None:
    paths = 40_000
    factor = jax.random.normal(jax.random.key(1), (paths,))
    decline, sigma = jnp.asarray([0.02, 0.35]), jnp.asarray([0.1, 0.2])
    of = market_rents(KEY, decline, sigma, 0.5, factor, np.full(8, 0.25))
    error = 4 * 0.3 / np.sqrt(paths)
    np.testing.assert_allclose(of[:, 3].mean(axis=1), np.exp([-0.02, -0.35]), atol=error)
    np.testing.assert_allclose(np.log(of[:, 7]).std(axis=1), [0.1 * np.sqrt(2), 0.2 * np.sqrt(2)], rtol=0.02)
    assert np.corrcoef(np.log(of[1, 7]), factor)[0, 1] == pytest.approx(np.sqrt(0.5), abs=0.02)
