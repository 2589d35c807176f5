"""The pool of endlessly many small debtors: what is left of chance is the common factor alone."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Float

_Any = Float[Array, "..."]
_Given = _Any | float

_NODES = 128


@jax.jit
def conditional_probability(probability: _Given, correlation: _Given, factor: _Given) -> _Any:
    """How likely is default when the common factor is known? N((N^-1(p) - sqrt(rho) z) / sqrt(1 - rho)).

    `factor` is standard normal, low in bad times; `correlation` of asset values, from 0 to below 1.
    """
    rho = jnp.asarray(correlation, jnp.float64)
    return ndtr((ndtri(jnp.asarray(probability, jnp.float64)) - jnp.sqrt(rho) * factor) / jnp.sqrt(1.0 - rho))


def loss_quantile(probability: _Given, correlation: _Given, level: _Given) -> _Any:
    """Which share of debtors fails at most, with this probability? `level` 0.999: in all but one year of a thousand."""
    return conditional_probability(probability, correlation, -ndtri(jnp.asarray(level, jnp.float64)))


@jax.jit
def chance_of_more(share: _Given, probability: _Given, correlation: _Given) -> _Any:
    """How likely do more than this share of debtors fail? Share above 0 and below 1.

    Vasicek 2002, The distribution of loan portfolio value, Risk. A pool of few debtors is worse: see `pool`.
    """
    rho = jnp.asarray(correlation, jnp.float64)
    at = jnp.sqrt(1.0 - rho) * ndtri(jnp.asarray(share, jnp.float64)) - ndtri(jnp.asarray(probability, jnp.float64))
    return ndtr(-at / jnp.sqrt(rho))


def loss_deviation(probability: _Given, correlation: _Given) -> _Any:
    """The standard deviation of the share that fails."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    fails = conditional_probability(
        jnp.asarray(probability)[..., None], jnp.asarray(correlation)[..., None], jnp.asarray(nodes)
    )
    second = (fails**2 * (weights / weights.sum())).sum(axis=-1)
    return jnp.sqrt(second - jnp.square(probability))


def basel_correlation(probability: _Given, turnover_meur: _Given = 50.0) -> _Any:
    """The supervisor's correlation of a firm's assets with the economy: 0.12 to 0.24, less for firms that sell little.

    rho = 0.12 w + 0.24 (1 - w) - 0.04 (1 - (S - 5)/45),   w = (1 - exp(-50 p))/(1 - exp(-50)),   S from 5 to 50
    """
    weight = -jnp.expm1(-50.0 * jnp.asarray(probability, jnp.float64)) / -np.expm1(-50.0)
    size = 0.04 * (1.0 - (jnp.clip(jnp.asarray(turnover_meur), 5.0, 50.0) - 5.0) / 45.0)
    return 0.12 * weight + 0.24 * (1.0 - weight) - size


def basel_risk_weight(
    probability: _Given, loss_given_default: _Given, maturity_years: _Given = 2.5, turnover_meur: _Given = 50.0
) -> _Any:
    """What does a bank's own-ratings approach count for each dollar lent to a firm? 1 is as much as was lent.

        K = LGD (N-quantile at 99.9 % - p) (1 + (M - 2.5) b)/(1 - 1.5 b),   b = (0.11852 - 0.05478 ln p)^2
        risk weight = 12.5 K

    Basel Committee 2006, International convergence of capital measurement, paragraphs 272 and 273; the factor of 1.06
    that supervisors put on the sum of all weights then is not in it.
    """
    p = jnp.asarray(probability, jnp.float64)
    bad = loss_quantile(p, basel_correlation(p, turnover_meur), 0.999)
    slope = jnp.square(0.11852 - 0.05478 * jnp.log(p))
    longer = (1.0 + (maturity_years - 2.5) * slope) / (1.0 - 1.5 * slope)
    return 12.5 * loss_given_default * (bad - p) * longer
