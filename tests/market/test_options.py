"""Options and warrants: published prices, limits, and simulation beside closed forms."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.market import options
from ouroloop.market.first_passage import survival
from ouroloop.market.merton import Assets

Two = tuple[jax.Array, jax.Array]


def test_hulls_warrant_dilutes() -> None:
    """Hull, Options, Futures, and Other Derivatives: 200,000 warrants on a million shares."""
    assert float(options.call(40.0, 60.0, 0.03, 0.3, 5.0)) == pytest.approx(7.04, abs=0.006)
    each = float(options.warrant(40.0, 60.0, 0.03, 0.3, 5.0, 1e6, 2e5))
    assert each == pytest.approx(5.87, abs=0.006)
    assert 2e5 * each / 1e6 == pytest.approx(1.17, abs=0.006)


def test_haugs_share_at_touch() -> None:
    """Haug 1998, asset-at-hit as in QuantLib's tests: price 95, level 100, half a year."""
    found = options.share_at_touch(95.0, 100.0, 0.1, 0.2, 0.5, payout=0.01)
    assert float(found) == pytest.approx(76.8858, abs=1e-4)


def test_a_share_that_is_given_at_a_touch_is_worth_what_paths_say() -> None:
    """One penny warrant, level 600 where the price is 164: simulated by steps, with the shift that steps need."""
    price, level, rate, volatility, years, steps, paths = 164.0, 600.0, 0.04, 0.55, 5.0, 1250, 20_000
    step = years / steps
    keys = jax.random.split(jax.random.key(3), steps)
    barrier = np.log(level) - 0.5826 * volatility * np.sqrt(step)  # Broadie, Glasserman and Kou 1997

    def go(carry: Two, given: Two) -> tuple[Two, None]:
        (log, worth), (key, time) = carry, given
        log = log + (rate - volatility**2 / 2) * step + volatility * np.sqrt(step) * jax.random.normal(key, (paths,))
        now = (worth == 0) & (log >= barrier)
        return (log, jnp.where(now, level * jnp.exp(-rate * time), worth)), None

    start = jnp.full(paths, np.log(price)), jnp.zeros(paths)
    (_, worth), _ = jax.lax.scan(go, start, (keys, step * jnp.arange(1, steps + 1)))
    error = float(worth.std()) / np.sqrt(paths)
    closed = float(options.share_at_touch(price, level, rate, volatility, years))
    assert abs(float(worth.mean()) - closed) < 4 * error
    assert error < 0.02 * closed, "paths must be enough to tell"


def test_without_payout_and_limit_of_time_a_share_at_touch_is_the_share() -> None:
    """Who waits for ever for a share that pays nothing has the share."""
    assert float(options.share_at_touch(164.0, 600.0, 0.04, 0.2, 2000.0)) == pytest.approx(164.0, rel=1e-6)
    assert float(options.share_at_touch(164.0, 160.0, 0.04, 0.2, 1.0)) == 164.0


def test_gradients_of_warrants_are_those_of_differences() -> None:
    for at in (100.0, 250.0, 590.0):
        slope = float(jax.grad(lambda price: options.share_at_touch(price, 600.0, 0.04, 0.55, 5.0))(at))
        step = 1e-4
        ends = [float(options.share_at_touch(at + by, 600.0, 0.04, 0.55, 5.0)) for by in (step, -step)]
        assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-6)


def test_the_chance_of_a_touch_mirrors_that_of_first_passage() -> None:
    """Log prices that rise to ln(H/S) with trend m are those that fall to -ln(H/S) with trend -m."""
    price, level, volatility, years = 200.0, 600.0, 0.44, 4.0
    for drift in (-0.1, 0.0, 0.04, 0.3):
        mirrored = Assets(jnp.asarray(1.0), jnp.asarray(volatility))
        stays = survival(mirrored, price / level, volatility**2 - drift, years)
        found = float(options.chance_of_touch(price, level, drift, volatility, years))
        assert found == pytest.approx(1.0 - float(stays), abs=1e-12)
    at_no_rate = float(options.paid_at_touch(price, level, 0.0, volatility, years))
    assert float(options.chance_of_touch(price, level, 0.0, volatility, years)) == pytest.approx(at_no_rate, abs=1e-12)
    assert float(options.chance_of_touch(price, 150.0, 0.0, volatility, years)) == 1.0
