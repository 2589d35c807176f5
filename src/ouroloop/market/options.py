"""Options on shares: calls, warrants that dilute, and shares that are given when the price first touches a level."""

from __future__ import annotations

import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Float

_Any = Float[Array, "..."]
_Given = _Any | float


def call(price: _Given, strike: _Given, rate: _Given, volatility: _Given, years: _Given, payout: _Given = 0.0) -> _Any:
    """What is the right to buy a share at `strike` on one day worth? USD per share.

    Black and Scholes 1973, with Merton's continuous payout; rates continuous, decimal per year.
    """
    wide = volatility * jnp.sqrt(jnp.asarray(years, jnp.float64))
    d1 = (jnp.log(price / jnp.asarray(strike)) + (rate - payout) * years) / wide + wide / 2
    held, paid = price * jnp.exp(-jnp.asarray(payout * years)), strike * jnp.exp(-jnp.asarray(rate * years))
    return held * ndtr(d1) - paid * ndtr(d1 - wide)


def warrant(
    price: _Given,
    strike: _Given,
    rate: _Given,
    volatility: _Given,
    years: _Given,
    shares: _Given,
    warrants: _Given,
) -> _Any:
    """What is a right to a new share worth, if `warrants` of them are given where there are `shares`? USD each.

        N/(N + M) x call

    The old owners give up M times that. The price is that of before the market knows of it. Hull, Options, Futures, and
    Other Derivatives, chapter on Black, Scholes and Merton.
    """
    part = jnp.asarray(shares, jnp.float64) / (jnp.asarray(shares, jnp.float64) + warrants)
    return part * call(price, strike, rate, volatility, years)


def chance_of_touch(price: _Given, level: _Given, drift: _Given, volatility: _Given, years: _Given) -> _Any:
    """How likely does the price rise to `level` in time?

        N((m T - a)/(s sqrt T)) + exp(2 m a/s^2) N((-m T - a)/(s sqrt T)),   a = ln(level/price),   m = drift - s^2/2

    With the riskless rate less payouts as drift it is the chance as priced. 1 for a price that is there already.
    The mirror image of `first_passage.survival`.
    """
    up = jnp.log(level / jnp.asarray(price, jnp.float64))
    trend = drift - jnp.square(volatility) / 2
    wide = volatility * jnp.sqrt(jnp.asarray(years, jnp.float64))
    mirrored = jnp.exp(2 * trend * up / jnp.square(volatility)) * ndtr((-trend * years - up) / wide)
    return jnp.where(up > 0, ndtr((trend * years - up) / wide) + mirrored, 1.0)


def paid_at_touch(
    price: _Given, level: _Given, rate: _Given, volatility: _Given, years: _Given, payout: _Given = 0.0
) -> _Any:
    """What is a dollar worth that is paid when the price first rises to `level`, if it does in time?

        (H/S)^(m + l) N(-z) + (H/S)^(m - l) N(-z + 2 l s sqrt T)
        m = (b - s^2/2)/s^2,   l = sqrt(m^2 + 2r/s^2),   z = ln(H/S)/(s sqrt T) + l s sqrt T,   b = r - payout

    1 for a price that is there already.

    References
    ----------
    Reiner and Rubinstein 1991, Unscrambling the binary code, Risk 4(9).
    """
    up = jnp.log(level / jnp.asarray(price, jnp.float64))
    variance = jnp.square(volatility)
    m = (rate - payout - variance / 2) / variance
    power = jnp.sqrt(m**2 + 2 * rate / variance)
    wide = volatility * jnp.sqrt(jnp.asarray(years, jnp.float64))
    z = up / wide + power * wide
    worth = jnp.exp((m + power) * up) * ndtr(-z) + jnp.exp((m - power) * up) * ndtr(-z + 2 * power * wide)
    return jnp.where(up > 0, worth, 1.0)


def share_at_touch(
    price: _Given,
    level: _Given,
    rate: _Given,
    volatility: _Given,
    years: _Given,
    payout: _Given = 0.0,
    strike: _Given = 0.0,
) -> _Any:
    """What is the right to a share at `strike` worth that vests when the price first touches `level`? USD per share.

    The price leg of a warrant for orders, whose last parts vest at share prices far above that of the first day, at a
    strike of a cent: at the touch the holder has a share worth `level`. That the milestone of deliveries is reached is
    the other condition; where both depend on the same demand, the two are not independent and their product is not the
    warrant's value.
    """
    reached = jnp.maximum(jnp.asarray(price, jnp.float64), level)
    return (reached - strike) * paid_at_touch(price, level, rate, volatility, years, payout)
