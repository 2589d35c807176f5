"""CreditGrades as it was published: closed forms for first passage with an uncertain barrier, kept for comparison.

`first_passage.survival_with_uncertain_barrier` answers the same without the approximation, and is what the rest reads:
for a firm that owes much the closed forms are off by some points of probability.
"""

from __future__ import annotations

import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Float

from ouroloop.market.merton import Assets

_Any = Float[Array, "..."]
_Given = _Any | float


def assets_of(
    share_price: _Given, reference_price: _Given, share_volatility: _Given, debt_per_share: _Given, recovery: _Given
) -> Assets:
    """Assets per share: the share and what of the debt is got back, moving as much as the shares' part of it does.

        V = S + L D,   s = s_S S* / (S* + L D)

    with L the mean recovery of all debt and S* the price at which the volatility was seen.
    """
    back = recovery * jnp.asarray(debt_per_share, jnp.float64)
    return Assets(share_price + back, share_volatility * reference_price / (reference_price + back))


def survival(assets: Assets, barrier: _Given, barrier_deviation: _Given, years: _Given) -> _Any:
    """The published survival probability; assets without drift. `barrier` is its mean, L D.

    N(-A/2 + ln d / A) - d N(-A/2 - ln d / A),   d = V exp(l^2) / barrier,   A^2 = s^2 T + l^2
    """
    ratio = assets.value * jnp.exp(jnp.square(barrier_deviation)) / barrier
    wide = jnp.sqrt(assets.volatility**2 * years + jnp.square(barrier_deviation))
    far = jnp.log(ratio) / wide
    return ndtr(-wide / 2 + far) - ratio * ndtr(-wide / 2 - far)


def par_spread(
    assets: Assets,
    barrier: _Given,
    barrier_deviation: _Given,
    rate: _Given,
    bond_recovery: _Given,
    years: _Given,
) -> _Any:
    """The published spread of a CDS with continuous premium, decimal per year.

    Finger, Finkelstein, Pan, Lardy, Ta and Tierney 2002, CreditGrades technical document.
    """
    ratio = assets.value * jnp.exp(jnp.square(barrier_deviation)) / barrier
    shift = jnp.square(barrier_deviation) / assets.volatility**2
    z = jnp.sqrt(0.25 + 2 * rate / assets.volatility**2)

    def g(at: _Any) -> _Any:
        wide = assets.volatility * jnp.sqrt(at)
        far = jnp.log(ratio) / wide
        return ratio ** (z + 0.5) * ndtr(-far - z * wide) + ratio ** (0.5 - z) * ndtr(-far + z * wide)

    hit = jnp.exp(rate * shift) * (g(years + shift) - g(shift))
    now = survival(assets, barrier, barrier_deviation, 0.0)
    then = survival(assets, barrier, barrier_deviation, years) * jnp.exp(-jnp.asarray(rate * years))
    return rate * (1.0 - bond_recovery) * (1.0 - now + hit) / (now - then - hit)
