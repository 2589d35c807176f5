"""Letters as agencies give them, late and a part of the way at a time; and what a fall below investment grade costs."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

INVESTMENT_GRADE = 3
"""The place of BBB among AAA, AA, A, BBB, BB, B, CCC: letters up to here are investment grade."""
WORST = 6
"""The place of CCC."""
NOTHING_OWED = 50.0
"""The logarithm of assets over the default point of who owes nothing."""

_Firms = Float[Array, "firm path"]
_Bounds = Float[Array, "firm letter #path"]


class AgencyParameters(eqx.Module):
    """How fast letters follow, and what contracts, landlords and mandates do when one falls."""

    patience: Parameter = parameter("eco-finance-092", unit="share per quarter")
    """Which part of the way to the letter of today an agency goes in a quarter."""
    called: Parameter = parameter("eco-finance-070", unit="share")
    """Which part of guarantees counts as debt."""
    step_up: Parameter = parameter("eco-finance-093", unit="per year for each letter", scale=1e-4)
    """By how much the coupon of a bond with such a clause rises for each letter below investment grade."""
    with_step_up: Parameter = parameter("eco-finance-094", unit="share")
    """Of bonds."""
    deposit: Parameter = parameter("eco-finance-095", unit="quarters of rent")
    """What a landlord may ask for once its tenant is no longer investment grade."""
    mandate: Parameter = parameter("eco-finance-096", unit="share")
    """Of bond investors, those who may hold investment grade only."""
    forced_widening: Parameter = parameter("eco-finance-097", unit="per year", scale=1e-4)
    """By how much a firm's spread widens beyond its new letter's in the quarter in which they sell."""
    forced_left: Parameter = parameter("eco-finance-098", unit="share per quarter")
    """What is left of that a quarter later."""


def default_distance(assets: _Firms, default_point: _Firms) -> _Firms:
    """ln(assets / default point), both USD bn; `NOTHING_OWED` for who owes nothing."""
    owes = default_point > 1e-6
    return jnp.where(owes, jnp.log(assets / jnp.where(owes, default_point, 1.0)), NOTHING_OWED)


def letter(distance: _Firms, bounds: _Bounds) -> _Firms:
    """Which letter fails as often as this firm would? 0 for AAA to 6 for CCC.

    `bounds` [firm, letter, path]: the distance at which the firm fails as often as each letter but the last; below it
    the firm's letter is worse. They fall from letter to letter.
    """
    return (distance[:, None] < bounds).sum(axis=1).astype(distance.dtype)


def review(parameters: AgencyParameters, rating: _Firms, today: _Firms, best: _Firms) -> _Firms:
    """What does an agency think a quarter later? `rating` moves to the letter of today by a part of what is between.

    Never better than `best`: who was not rated investment grade at the opening does not become so here. Slow ratings
    are a policy of agencies, who try to look through the cycle.

    References
    ----------
    Altman and Rijken 2004, How rating agencies achieve rating stability, Journal of Banking & Finance 28(11).
    """
    return jnp.maximum(rating + parameters.patience * (today - rating), best)


def published(rating: _Firms) -> _Firms:
    """The letter nearest to what the agency thinks: 3.4 is BBB, 3.5 is BB."""
    return jnp.floor(rating + 0.5)


def is_investment_grade(rating: _Firms) -> Float[Array, "firm path"]:
    """1 for BBB and better, else 0."""
    return (published(rating) <= INVESTMENT_GRADE).astype(rating.dtype)


def stepped_up(parameters: AgencyParameters, rating: _Firms) -> _Firms:
    """By how much is the average coupon of a firm's bonds higher because of its letter? Decimal per year.

    25 bp for each letter below BBB on a quarter of the bonds: a B costs 12.5 bp on all of them.
    """
    below = jnp.maximum(published(rating) - INVESTMENT_GRADE, 0.0)
    return parameters.step_up * parameters.with_step_up * below


def forced_sale(parameters: AgencyParameters, before: _Firms, fell: _Firms) -> _Firms:
    """By how much is a firm's spread wider because holders had to sell? Decimal per year; `fell` is 1 in the quarter.

    References
    ----------
    Ellul, Jotikasthira and Lundblad 2011, Regulatory pressure and fire sales in the corporate bond market, Journal of
    Financial Economics 101(3): prices fall below what the letter explains, and come back over months.
    """
    return parameters.forced_left * before + parameters.forced_widening * fell
