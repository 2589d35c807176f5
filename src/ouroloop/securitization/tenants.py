"""When tenants fail and what space rents for, drawn without an economy around them.

Tenants fail together through one common factor; in the same bad times space rents for less.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Float, Int

from ouroloop.securitization.pool import Copula, t_quantile


class Defaults(NamedTuple):
    """When each tenant fails."""

    at: Int[Array, "tenant path"]
    """The period in which it fails; the number of periods where it does not."""
    factor: Float[Array, " path"]
    """The common factor, standard normal, low in bad times."""
    weight: Float[Array, " path"]
    """1 on every path. Its gradient is that of the path's probability, so that averages of weight x result have the
    right gradient in what makes tenants fail, though no path changes (the score function)."""


def draw_defaults(
    key: Array,
    probability: Float[Array, "tenant period"],
    correlation: Float[Array, ""] | float,
    paths: int,
    *,
    copula: Copula = "gaussian",
    degrees: float = 4.0,
) -> Defaults:
    """When does each tenant fail, on so many paths?

    Parameters
    ----------
    probability
        That the tenant has failed by the end of each period; rising.
    correlation
        Of asset values, 0 to below 1; with `copula="t"` tails are dependent even at 0.

    References
    ----------
    Li 2000, On default correlation: a copula function approach. Foerster et al. 2018, DiCE: the infinitely
    differentiable Monte Carlo estimator (the weight).
    """
    of_factor, of_scale, of_each = jax.random.split(key, 3)
    factor = jax.random.normal(of_factor, (paths,))
    p = jnp.asarray(probability, jnp.float64)[..., None]
    if copula == "gaussian":
        ends = ndtri(p) * jnp.ones(paths)
    else:
        scale = jnp.sqrt(jax.random.chisquare(of_scale, degrees, (paths,)) / degrees)
        ends = t_quantile(p, degrees) * scale
    rho = jnp.asarray(correlation, jnp.float64)
    failed = ndtr((ends - jnp.sqrt(rho) * factor) / jnp.sqrt(1.0 - rho))
    drawn = jax.random.uniform(of_each, (p.shape[0], 1, paths))
    at = (lax.stop_gradient(failed) <= drawn).sum(axis=1)
    edges = jnp.concatenate([jnp.zeros_like(drawn), failed, jnp.ones_like(drawn)], axis=1)
    mass = jnp.take_along_axis(jnp.diff(edges, axis=1), at[:, None], axis=1)[:, 0]
    return Defaults(at, factor, certain(mass).prod(axis=0))


def certain(probability: Float[Array, "..."]) -> Float[Array, "..."]:
    """1, with the gradient of log(probability): the weight of something that was drawn with this probability."""
    safe = jnp.where(probability > 0, probability, 1.0)
    return jnp.exp(jnp.log(safe) - lax.stop_gradient(jnp.log(safe)))


def market_rents(
    key: Array,
    decline: Float[Array, " clock"],
    volatility: Float[Array, " clock"],
    wrong_way: Float[Array, ""] | float,
    factor: Float[Array, " path"],
    years: Float[np.ndarray, " period"],
) -> Float[Array, "clock period path"]:
    """What does the same space, or the same chips, rent for, as a share of what it rented for at closing?

        log index(t) = -decline t + volatility (sqrt(a) z sqrt(t) + sqrt(1 - a) B(t)) - volatility^2 t / 2

    `decline` a year from obsolescence, on each clock its own; `wrong_way` is a, the share of the variance that the
    tenants' common factor z explains; B is a random walk of the clock's own. The average falls by `decline` a year.
    """
    paths, clocks = factor.shape[0], decline.shape[0]
    steps = jax.random.normal(key, (clocks, len(years), paths)) * jnp.sqrt(jnp.asarray(years))[:, None]
    time = jnp.cumsum(jnp.asarray(years))[:, None]
    own = jnp.cumsum(steps, axis=1)
    share = jnp.asarray(wrong_way, jnp.float64)
    moved = jnp.sqrt(share) * factor * jnp.sqrt(time) + jnp.sqrt(1.0 - share) * own
    sigma = volatility[:, None, None]
    return jnp.exp(-decline[:, None, None] * time + sigma * moved - 0.5 * jnp.square(sigma) * time)
