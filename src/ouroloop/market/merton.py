"""Merton: shares are a call on all that a firm owns, struck at what it owes."""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.special import log_ndtr, ndtr
from jaxtyping import Array, Float

_Any = Float[Array, "..."]
_Given = _Any | float

_STEPS = 100
_LONGEST_STEP = 1.0
"""In logarithms: far from the root a straight line would jump over it."""


class Assets(eqx.Module):
    """What a firm is worth to all who have a claim on it, and how much that moves."""

    value: _Any
    """USD bn."""
    volatility: _Any
    """Log per root year."""


def equity_value(assets: Assets, debt: _Given, rate: _Given, years: _Given) -> _Any:
    """What are the shares worth if all debt is due in one piece on one day? USD bn.

        E = V N(d1) - D exp(-rT) N(d2),   d1 = (ln(V/D) + (r + s^2/2) T) / (s sqrt T),   d2 = d1 - s sqrt T

    Merton 1974, On the pricing of corporate debt, Journal of Finance 29(2).
    """
    d1, d2 = _d(assets, debt, rate, years)
    return assets.value * ndtr(d1) - debt * jnp.exp(-jnp.asarray(rate * years)) * ndtr(d2)


def debt_value(assets: Assets, debt: _Given, rate: _Given, years: _Given) -> _Any:
    """What is the debt worth? All that is not the shares', USD bn."""
    return assets.value - equity_value(assets, debt, rate, years)


def expected_loss(assets: Assets, debt: _Given, rate: _Given, years: _Given) -> _Any:
    """Which part of the value of a sure promise is missing from the debt's? From 0 to 1; priced, not foretold."""
    return 1.0 - debt_value(assets, debt, rate, years) / (debt * jnp.exp(-jnp.asarray(rate * years)))


def distance_to_default(assets: Assets, default_point: _Given, drift: _Given, years: _Given) -> _Any:
    """By how many standard deviations is a firm expected to be above its default point on that day?

        DD = (ln(V/D) + (drift - s^2/2) T) / (s sqrt T)

    With the riskless rate as drift it belongs to prices; with what assets are expected to earn, to how often firms
    fail.
    """
    return _d(assets, default_point, drift, years)[1]


def default_probability(assets: Assets, default_point: _Given, drift: _Given, years: _Given) -> _Any:
    """How likely is a firm to be worth less than its default point on that day? N(-DD)."""
    return ndtr(-distance_to_default(assets, default_point, drift, years))


def kmv_distance(assets: Assets, default_point: _Given) -> _Any:
    """How many of its yearly moves is a firm away from its default point? (V - D) / (V s).

    Without drift and in a straight line: a rank, to be mapped to how often firms of that rank failed. Crosbie and Bohn
    2003, Modeling default risk.
    """
    return (assets.value - default_point) / (assets.value * assets.volatility)


@jax.jit
def implied_assets(equity: _Given, equity_volatility: _Given, debt: _Given, rate: _Given, years: _Given) -> Assets:
    """Which assets fit the price of the shares and how much that moves?

    Solves E = call(V, s) and s_E E = N(d1) s V for both unknowns.

    Parameters
    ----------
    equity, debt
        USD bn, above 0.
    equity_volatility
        Log per root year, above 0.
    rate
        Decimal per year, continuous.
    years
        Until the debt is due.

    Returns
    -------
    Assets of the shape that all of these broadcast to; NaN where no root was found (`equity_value` and the volatility
    of the result are then not those given). Gradients are those of the root, by the implicit function theorem.

    Notes
    -----
    Newton's method in logarithms, with short steps far away. A volatility of shares that rests on the leverage of today
    says too little of that of tomorrow: the pair is consistent, not true.
    """
    given = jnp.broadcast_arrays(*(jnp.asarray(x, jnp.float64) for x in (equity, equity_volatility, debt, rate, years)))
    e, _, d, r, t = given
    start = jnp.log(e + d * jnp.exp(-r * t)), jnp.log(given[1] * e / (e + d * jnp.exp(-r * t)))

    def gap(at: tuple[Array, Array], *known: Array) -> tuple[Array, Array]:
        shares, moves, owed, rate, years = known
        assets = Assets(jnp.exp(at[0]), jnp.exp(at[1]))
        d1 = _d(assets, owed, rate, years)[0]
        worth = equity_value(assets, owed, rate, years)
        level = jnp.log(jnp.maximum(worth, 1e-300)) - jnp.log(shares)
        return level, at[0] + at[1] + log_ndtr(d1) - jnp.log(moves * shares)

    value, volatility = _root_of_two(gap, start, tuple(given))
    missed = jnp.maximum(*(jnp.abs(one) for one in gap((value, volatility), *given))) > 1e-6
    return Assets(jnp.where(missed, jnp.nan, jnp.exp(value)), jnp.where(missed, jnp.nan, jnp.exp(volatility)))


_Two = tuple[Array, Array]


def _root_of_two(gap: Callable[..., _Two], start: _Two, given: tuple[Array, ...]) -> _Two:
    """Where are both gaps 0? The last step is taken with the inputs alive: it carries the implicit gradient."""
    still = tuple(lax.stop_gradient(one) for one in given)

    def step(at: _Two, known: tuple[Array, ...]) -> _Two:
        one, nothing = jnp.ones_like(at[0]), jnp.zeros_like(at[0])

        def here(x: Array, y: Array) -> _Two:
            return gap((x, y), *still)

        _, (a, c) = jax.jvp(here, at, (one, nothing))
        _, (b, d) = jax.jvp(here, at, (nothing, one))
        f, g = gap(at, *known)
        whole = a * d - b * c
        whole = jnp.where(whole == 0, 1.0, whole)
        return (d * f - b * g) / whole, (a * g - c * f) / whole

    def closer(_: Array, at: _Two) -> _Two:
        move = step(at, still)
        x, y = (one - jnp.clip(by, -_LONGEST_STEP, _LONGEST_STEP) for one, by in zip(at, move, strict=True))
        return x, y

    found = lax.fori_loop(0, _STEPS, closer, tuple(lax.stop_gradient(one) for one in start))
    found = lax.stop_gradient(found)
    x, y = (one - by for one, by in zip(found, step(found, given), strict=True))
    return x, y


def _d(assets: Assets, strike: _Given, drift: _Given, years: _Given) -> tuple[_Any, _Any]:
    wide = assets.volatility * jnp.sqrt(jnp.asarray(years, jnp.float64))
    middle = (jnp.log(assets.value / strike) + drift * years) / wide
    return middle + wide / 2, middle - wide / 2
