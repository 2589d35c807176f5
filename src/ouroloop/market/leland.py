"""Leland: a firm whose owners choose when to stop paying, and how much to owe before that."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

_Any = Float[Array, "..."]
_Given = _Any | float


class Structure(eqx.Module):
    """A firm with perpetual debt, USD bn."""

    coupon: _Any
    """USD bn per year."""
    barrier: _Any
    """The value of assets at which owners stop paying."""
    debt: _Any
    firm: _Any
    """Debt and shares together, tax shield and cost of failing in it."""
    spread: _Any
    """Of the debt above the riskless rate, decimal per year."""

    @property
    def equity(self) -> _Any:
        return self.firm - self.debt

    @property
    def leverage(self) -> _Any:
        """Debt over the value of the firm."""
        return self.debt / self.firm


def endogenous_barrier(coupon: _Given, volatility: _Given, rate: _Given, tax: _Given) -> _Any:
    """Below which value of assets do owners rather hand the firm over than pay the coupon? USD bn.

        V_B = (1 - tax) coupon / (r + s^2/2)

    It needs no debt figure: a check on default points that are read off a balance sheet. No covenant stops the owners
    before, assets pay nothing out, and new money for coupons is always found as long as shares are worth something.

    References
    ----------
    Leland 1994, Corporate debt value, bond covenants, and optimal capital structure, Journal of Finance 49(4).
    """
    return (1.0 - tax) * coupon / (rate + jnp.square(volatility) / 2)


def perpetual_debt(
    assets: _Given, coupon: _Given, volatility: _Given, rate: _Given, tax: _Given, cost_of_failing: _Given
) -> Structure:
    """What are debt and firm worth with this coupon? Assets in USD bn, coupon in USD bn per year, above 0.

        D = C/r (1 - p) + (1 - a) V_B p,   v = V + tax C/r (1 - p) - a V_B p,   p = (V/V_B)^(-2r/s^2)

    with a the part of assets that failing costs. A firm below its barrier has failed: p is 1.
    """
    coupon = jnp.asarray(coupon, jnp.float64)
    barrier = endogenous_barrier(coupon, volatility, rate, tax)
    fails = jnp.minimum((assets / barrier) ** (-2 * rate / jnp.square(volatility)), 1.0)
    debt = coupon / rate * (1.0 - fails) + (1.0 - cost_of_failing) * barrier * fails
    firm = assets + tax * coupon / rate * (1.0 - fails) - cost_of_failing * barrier * fails
    return Structure(coupon, barrier, debt, firm, coupon / debt - rate)


def optimal_coupon(assets: _Given, volatility: _Given, rate: _Given, tax: _Given, cost_of_failing: _Given) -> _Any:
    """With which coupon is the firm worth most? USD bn per year.

        C* = V h^(-1/x) (r + s^2/2) / (1 - tax),   x = 2r/s^2,   h = 1 + x + a x (1 - tax)/tax

    where dv/dC is 0: `perpetual_debt` at C* gives the firm's best value.
    """
    power = 2 * rate / jnp.square(volatility)
    weight = 1.0 + power + cost_of_failing * power * (1.0 - tax) / tax
    barrier = assets * (1.0 / weight) ** (1.0 / power)
    return barrier * (rate + jnp.square(volatility) / 2) / (1.0 - tax)
