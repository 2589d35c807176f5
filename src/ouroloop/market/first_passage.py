"""First passage: a firm fails on the day on which what it owns first falls to what it owes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import log_ndtr, ndtr, ndtri
from jaxtyping import Array, Float

from ouroloop.market.merton import Assets

_Any = Float[Array, "..."]
_Given = _Any | float

_NODES = 80
_FARTHEST = 8.0
"""Standard deviations of the barrier's logarithm beyond which nothing is added up."""


def survival(assets: Assets, barrier: _Given, drift: _Given, years: _Given) -> _Any:
    """How likely is a firm to stay above a fixed barrier until that day?

        1 - N((a - mT)/(s sqrt T)) - exp(2ma/s^2) N((a + mT)/(s sqrt T)),   a = ln(barrier/V),   m = drift - s^2/2

    0 for a firm that is at its barrier or below. All broadcast; years >= 0.

    References
    ----------
    Black and Cox 1976, Valuing corporate securities, Journal of Finance 31(2), with a flat barrier.
    """
    years = jnp.asarray(years, jnp.float64)
    below = jnp.log(barrier / assets.value)
    trend = drift - assets.volatility**2 / 2
    some = years > 0
    wide = assets.volatility * jnp.sqrt(jnp.where(some, years, 1.0))
    # The mirrored part is a large factor times a small probability: their logarithms are added, not they multiplied.
    mirrored = jnp.exp(2 * trend * below / assets.volatility**2 + log_ndtr((below + trend * years) / wide))
    stays = 1.0 - ndtr((below - trend * years) / wide) - mirrored
    return jnp.where(below < 0, jnp.where(some, jnp.clip(stays, 0.0, 1.0), 1.0), 0.0)


@jax.jit
def survival_with_uncertain_barrier(
    assets: Assets, barrier: _Given, barrier_deviation: _Given, drift: _Given, years: _Given
) -> _Any:
    """How likely is a firm to survive if nobody knows where its barrier lies until it is there?

    The barrier is lognormal with mean `barrier` and standard deviation `barrier_deviation` of its logarithm: a firm may
    fail tomorrow, as short spreads say and a known barrier denies. Averages `survival` over it by Gauss-Legendre
    quadrature from far below to where the barrier reaches the firm, beyond which nobody survives.

    Parameters
    ----------
    barrier
        USD bn.
    barrier_deviation
        Log, above 0: 0.3 in CreditGrades.

    Returns
    -------
    Probability; below 1 even at 0 years. The published approximation of the same is `creditgrades.survival`.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    deviation = jnp.asarray(barrier_deviation, jnp.float64)
    reaches = (jnp.log(assets.value / barrier) + deviation**2 / 2) / deviation
    upper = jnp.clip(reaches, -_FARTHEST, _FARTHEST)
    half = (upper + _FARTHEST) / 2
    z = upper[..., None] - half[..., None] * (1 - nodes)
    lies = jnp.asarray(barrier)[..., None] * jnp.exp(deviation[..., None] * z - deviation[..., None] ** 2 / 2)
    wide = Assets(jnp.asarray(assets.value)[..., None], jnp.asarray(assets.volatility)[..., None])
    stays = survival(wide, lies, jnp.asarray(drift)[..., None], jnp.asarray(years, jnp.float64)[..., None])
    density = jnp.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return half * (weights * density * stays).sum(axis=-1)


def default_by_steps(
    assets: Assets, barrier: _Given, drift: _Given, step_years: float, uniforms: Float[Array, "step path"]
) -> Float[Array, " path"]:
    """How likely is default when solvency is looked at once a quarter? One estimate for each path; their mean counts.

    One-step survival: in every step a path is weighed by its chance to stay above the barrier, and its next value is
    drawn from those that do. No path ever fails, so that the mean is smooth in the barrier and its gradient, by
    automatic differentiation, is that of the probability; the gradient of a simulation with hard defaults is not.

    Parameters
    ----------
    uniforms
        In (0, 1). Default is looked at after each step of `step_years`, at or below `barrier`.

    References
    ----------
    Glasserman and Staum 2001, Conditioning on one-step survival for barrier option simulations, Operations Research
    49(6).
    """
    trend = (drift - assets.volatility**2 / 2) * step_years
    wide = assets.volatility * np.sqrt(step_years)

    def step(now: tuple[Array, Array], uniform: Array) -> tuple[tuple[Array, Array], None]:
        above, stays = now
        fails = ndtr((-above - trend) / wide)
        left = jnp.maximum(1.0 - fails, 1e-300)
        moved = ndtri(jnp.clip(fails + uniform * left, 1e-15, 1.0 - 1e-15))
        return (jnp.maximum(above + trend + wide * moved, 1e-12), stays * (1.0 - fails)), None

    start = jnp.log(assets.value / barrier) + jnp.zeros(uniforms.shape[1])
    (_, stays), _ = lax.scan(step, (start, jnp.ones(uniforms.shape[1])), uniforms)
    return 1.0 - stays
