"""Lender classes: how much each of them lends to whom, and against what."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.nn import sigmoid
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

LENDER_CLASSES = ("bank", "bond_market", "private_credit", "sovereign_fund", "insurer", "outside_equity")
"""The rows of every array that has an axis `class`."""

SECURED = ("bank", "private_credit")
"""Classes that lend against collateral and stop where it ends."""

BONDS = LENDER_CLASSES.index("bond_market")
EQUITY = LENDER_CLASSES.index("outside_equity")
"""The class that buys shares: the story of a firm counts with it."""

_Classes = Float[Array, "class #path"]
_Entities = Float[Array, "entity path"]
_Supply = Float[Array, "class borrower path"]


class LendingParameters(eqx.Module):
    """What each class can give, at which spread it stops, and how much loss it bears before it does."""

    bank_capacity: Parameter = parameter("eco-finance-020", unit="USD bn per quarter")
    bond_market_capacity: Parameter = parameter("eco-finance-021", unit="USD bn per quarter")
    private_credit_capacity: Parameter = parameter("fund-020", unit="USD bn per quarter", scale=1 / 14)
    """A sum for the 14 quarters from mid-2025, when it was published, to the end of 2028."""
    sovereign_fund_capacity: Parameter = parameter("fund-029", unit="USD bn per quarter", scale=1 / 4)
    insurer_capacity: Parameter = parameter("eco-finance-022", unit="USD bn per quarter")
    outside_equity_capacity: Parameter = parameter("eco-finance-023", unit="USD bn per quarter")

    quoted_sale: Parameter = parameter("eco-finance-089", unit="share of market value per quarter")
    """The most that a firm with a quoted share sells of itself; anybody buys it."""
    unquoted_sale: Parameter = parameter("eco-finance-107", unit="share of market value per quarter")
    """The most that another firm sells of itself, to the funds that give outside equity."""

    bank_spread: Parameter = parameter("eco-finance-024", unit="per year", scale=1e-4)
    """The spread at which half of the class no longer lends; so for the others."""
    bond_market_spread: Parameter = parameter("eco-finance-025", unit="per year", scale=1e-4)
    private_credit_spread: Parameter = parameter("eco-finance-026", unit="per year", scale=1e-4)
    sovereign_fund_spread: Parameter = parameter("eco-finance-027", unit="per year", scale=1e-4)
    insurer_spread: Parameter = parameter("eco-finance-028", unit="per year", scale=1e-4)
    outside_equity_spread: Parameter = parameter("eco-finance-029", unit="per year", scale=1e-4)

    bank_loss: Parameter = parameter("eco-finance-030", unit="share")
    """The loss on what it has lent at which half of the class no longer lends; so for the others."""
    bond_market_loss: Parameter = parameter("eco-finance-031", unit="share")
    private_credit_loss: Parameter = parameter("eco-finance-032", unit="share")
    sovereign_fund_loss: Parameter = parameter("eco-finance-033", unit="share")
    insurer_loss: Parameter = parameter("eco-finance-034", unit="share")
    outside_equity_loss: Parameter = parameter("eco-finance-035", unit="share")

    steepness: Parameter = parameter("eco-finance-036", unit="per multiple of the limit")
    pull_of_narrative: Parameter = parameter("eco-finance-037", unit="per log of narrative premium")
    single_borrower: Parameter = parameter("eco-finance-038", unit="share of capacity")

    advance_on_letters: Parameter = parameter("eco-finance-039", unit="share")
    advance_on_backlog: Parameter = parameter("eco-finance-040", unit="share")
    advance_on_assets: Parameter = parameter("fund-011", unit="share")


def opening_capacity(parameters: LendingParameters) -> _Classes:
    """What can each class give to the whole loop in a quarter, before any loss? USD bn, rows as `LENDER_CLASSES`."""
    return _by_class(parameters, "capacity")


def loss_limits(parameters: LendingParameters) -> _Classes:
    """The share of what it has lent that each class may lose before half of it no longer lends."""
    return _by_class(parameters, "loss")


def willingness(
    parameters: LendingParameters,
    *,
    spread: _Entities,
    losses: _Classes,
    closed: _Classes,
    narrative: _Entities | None = None,
) -> _Supply:
    """Which share of a class is willing to lend to a borrower? From 0 to 1.

        open x logistic(k (1 - spread/spread limit) + pull x narrative, shares only) x logistic(k (1 - loss/loss limit))

    with k the steepness: at the limit one half lends, without spread or loss 98 % (k = 4), at twice the limit 2 %.

    Parameters
    ----------
    spread
        Decimal per year of each borrower; for shares it stands for distress.
    losses
        Share of what the class has lent that is written down so far.
    closed
        0 open, 1 shut from outside (a shock).
    narrative
        Narrative premium of each borrower in logs; 0 where it is not given.
    """
    k = jnp.atleast_1d(parameters.steepness)
    urge = k * (1.0 - spread[None] / _by_class(parameters, "spread")[:, None])
    if narrative is not None:
        shares = jnp.asarray(np.arange(len(LENDER_CLASSES)) == EQUITY)[:, None, None]
        urge = urge + jnp.where(shares, parameters.pull_of_narrative * narrative[None], 0.0)
    patience = k * (1.0 - losses / loss_limits(parameters))
    return ((1.0 - closed) * sigmoid(patience))[:, None] * sigmoid(urge)


def supply(
    parameters: LendingParameters,
    *,
    class_capacity: _Classes,
    spread: _Entities,
    losses: _Classes,
    closed: _Classes,
    narrative: _Entities | None = None,
    headroom: _Entities | None = None,
    quoted: _Entities | None = None,
    unquoted: _Entities | None = None,
) -> _Supply:
    """How much would each class lend to each borrower at most? USD bn of the quarter.

        supply = class capacity x min(willingness, single-borrower share)
        of quoted shares: quoted_sale x quoted x willingness
        of other shares:  at most unquoted_sale x unquoted

    and what the secured classes offer together is cut, alike, to `headroom`, where that is given.

    Parameters
    ----------
    class_capacity
        USD bn per quarter to all borrowers together (`opening_capacity`, with growth and shocks).
    headroom
        Borrowing base less the secured debt that already stands on it, USD bn per borrower.
    quoted
        Market value of firms whose shares are quoted, USD bn, 0 for the others: anybody buys those, not only the funds
        that give the class its capacity. Goes with `unquoted`.
    unquoted
        Value of the other firms, 0 for those that are quoted: however much funds have, they buy a part of a firm.

    Returns
    -------
    Offers to each borrower alone. Over all borrowers they add up to more than the class has: `raise_money` rations.
    """
    assert (quoted is None) == (unquoted is None), "values of quoted firms and of the others go together"
    willing = willingness(parameters, spread=spread, losses=losses, closed=closed, narrative=narrative)
    offered = class_capacity[:, None] * jnp.minimum(willing, parameters.single_borrower)
    if quoted is not None and unquoted is not None:
        anybody = parameters.quoted_sale * quoted * willing[EQUITY]
        funds = jnp.minimum(offered[EQUITY], parameters.unquoted_sale * unquoted)
        offered = offered.at[EQUITY].set(anybody + funds)
    if headroom is None:
        return offered
    secured = np.array([name in SECURED for name in LENDER_CLASSES])
    asked = jnp.sum(offered[secured], axis=0)
    held = jnp.clip(headroom, 0.0, asked)
    cut = jnp.where(asked > 0, held / jnp.where(asked > 0, asked, 1.0), 1.0)
    return offered * jnp.where(jnp.asarray(secured)[:, None, None], cut[None], 1.0)


def borrowing_base(
    parameters: LendingParameters, letters: _Entities, backlog: _Entities, assets: _Entities
) -> _Entities:
    """How much do lenders advance against what a borrower can show? USD bn.

        base = a1 x letters of intent + a2 x signed backlog not yet delivered + a3 x assets at economic value

    A letter binds nobody and still counts: that is how promises become loans. `backlog` counts without what is already
    a letter, `assets` without what is pledged elsewhere. It is a limit of debt, not a value.
    """
    shown = parameters.advance_on_letters * letters + parameters.advance_on_backlog * backlog
    return shown + parameters.advance_on_assets * jnp.maximum(assets, 0.0)


def loss_share(lent: _Classes, lost: _Classes) -> _Classes:
    """Which share of all that a class has lent is lost? 0 for a class that never lent. Both cumulative, USD bn."""
    return jnp.where(lent > 0, jnp.clip(lost / jnp.where(lent > 0, lent, 1.0), 0.0, 1.0), 0.0)


def _by_class(parameters: LendingParameters, what: str) -> _Classes:
    fields = [jnp.atleast_1d(getattr(parameters, f"{name}_{what}")) for name in LENDER_CLASSES]
    return jnp.stack(jnp.broadcast_arrays(*fields))
