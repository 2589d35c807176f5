"""Altman's Z: five ratios of a balance sheet that told failing manufacturers from sound ones in 1968."""

from __future__ import annotations

from typing import Literal

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

_Any = Float[Array, "..."]

Zone = Literal["distress", "grey", "safe"]
DISTRESS, SAFE = 1.81, 2.99


class Statement(eqx.Module):
    """What the score reads, USD bn; flows of a year."""

    working_capital: _Any
    total_assets: _Any
    retained_earnings: _Any
    ebit: _Any
    """Earnings before interest and taxes."""
    market_equity: _Any
    total_liabilities: _Any
    sales: _Any


def z_score(statement: Statement) -> _Any:
    """How sound does a firm look beside manufacturers of the 1960s?

        Z = 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 0.999 X5

    of working capital, retained earnings, EBIT and sales over total assets, and market equity over liabilities (X4).
    Below 1.81 distress, above 2.99 safe. NaN without assets. It was fitted to 66 manufacturers: clouds and labs are
    neither that old nor that kind, so it stands beside the structural measures and decides nothing.

    References
    ----------
    Altman 1968, Financial ratios, discriminant analysis and the prediction of corporate bankruptcy, Journal of Finance
    23(4).
    """
    of = statement
    assets = jnp.where(of.total_assets > 0, of.total_assets, jnp.nan)
    owed = jnp.where(of.total_liabilities > 0, of.total_liabilities, jnp.nan)
    backed = jnp.where(of.total_liabilities > 0, of.market_equity / owed, jnp.inf)
    ratios = 1.2 * of.working_capital + 1.4 * of.retained_earnings + 3.3 * of.ebit + 0.999 * of.sales
    return ratios / assets + 0.6 * backed


def zone(z: float) -> Zone:
    """The word for a score."""
    return "distress" if z < DISTRESS else "grey" if z <= SAFE else "safe"
