"""Funding: how much new money a firm needs in a quarter, whom it asks in which order, and what is refused."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from ouroloop.behavior.lending import EQUITY, LENDER_CLASSES
from ouroloop.core import QUANTUM
from ouroloop.core.parameter import Parameter, parameter
from ouroloop.ledger.precision import quantize

VENDOR = "vendor"
FUNDING_CLASSES = (*LENDER_CLASSES, VENDOR)
"""Who gives money: the lender classes, and suppliers that finance their customers."""

LADDER: tuple[tuple[str, ...], ...] = (
    ("bond_market", "bank"),
    ("private_credit", "insurer", "sovereign_fund"),
    (VENDOR,),
    ("outside_equity",),
)
"""Whom a firm asks, cheapest money first; own cash above the floor comes before all of them (it is in the need)."""

_SHARES = LENDER_CLASSES[EQUITY]

_Entities = Float[Array, "entity path"]
_Borrowers = Float[Array, "borrower path"]
_Supply = Float[Array, "class borrower path"]
_Room = Float[Array, " #path"]
_Capacity = Float[Array, "class #path"]


class FundingParameters(eqx.Module):
    """What a treasurer keeps and how early debt is replaced."""

    floor_quarters: Parameter = parameter("eco-finance-050", unit="quarters of outlays")
    prefunding: Parameter = parameter("eco-finance-051", unit="share")
    """Of what matures within a year, the part for which cash is held ready now."""
    issue_discount: Parameter = parameter("beh-033", unit="share of price")


class Raised(eqx.Module):
    """What came of asking, USD bn of the quarter."""

    granted: _Supply
    refused: _Borrowers
    """Need less all that was granted."""
    given_away: _Borrowers
    """What new shares were worth above what was paid for them: a loss of the old owners, not a flow of cash."""


def cash_floor(parameters: FundingParameters, outlays: _Entities) -> _Entities:
    """How much cash does a firm not touch? `floor_quarters` of its usual outlays (USD bn per quarter)."""
    return parameters.floor_quarters * jnp.maximum(outlays, 0.0)


def plan(
    parameters: FundingParameters,
    *,
    cash: _Entities,
    cash_floor: _Entities,
    inflow: _Entities,
    due: _Entities,
    spending: _Entities,
    maturing_soon: _Entities | None = None,
) -> _Entities:
    """How much new money does each firm need this quarter?

        need = max(0, due + spending + floor + prefunding x maturing soon - cash - inflow)

    Parameters
    ----------
    cash, cash_floor
        At the start of the quarter, and what must be left at its end, USD bn.
    inflow
        Expected receipts of the quarter.
    due
        Contractual payments of the quarter, with debt that matures: rollover is part of the need.
    spending
        Planned payments that nobody can claim yet.
    maturing_soon
        Debt that matures within a year after this quarter (`maturity_wall`).

    Returns
    -------
    USD bn in whole quanta of the books, not negative. It is what is asked for, not what is right to spend: who is
    refused must cut `spending` or cannot pay `due`.
    """
    kept = cash_floor if maturing_soon is None else cash_floor + parameters.prefunding * maturing_soon
    return quantize(jnp.maximum(due + spending + kept - cash - inflow, 0.0))


def raise_money(
    parameters: FundingParameters,
    *,
    need: _Borrowers,
    supply: _Supply,
    capacity: _Capacity,
    allowed: Bool[np.ndarray, "class borrower"],
    ladder: tuple[tuple[str, ...], ...] = LADDER,
    classes: tuple[str, ...] = FUNDING_CLASSES,
) -> Raised:
    """Who gets how much from whom?

    Rung by rung, each firm spreads what it still needs over the classes of the rung in proportion to what they offer
    it, never above an offer. A class of which all firms together ask more than it has gives each the same share of what
    it asked; what that leaves open is asked again of the rest of the rung, then on the next rung.

    Parameters
    ----------
    need
        USD bn, from `plan`.
    supply
        What each class would give each borrower alone, USD bn (`lending.supply`, with a row for vendors).
    capacity
        What each class has for all borrowers together, USD bn.
    allowed
        May the borrower ask that class at all? Static.
    ladder, classes
        Names of the classes by rung; names of the rows of `supply`.

    Returns
    -------
    `Raised`, in whole quanta: `granted` summed over classes, plus `refused`, is `need` exactly; over borrowers no class
    gives more than its capacity. A refusal of a few quanta (dollars) is what rounding left.

    Examples
    --------
    A bank with 30 is asked for 40 by one firm and 20 by another, and nobody else lends: 20 and 10.

    References
    ----------
    The order is the pecking order of Myers and Majluf 1984, Journal of Financial Economics 13(2).
    """
    assert all(name in classes for rung in ladder for name in rung), "every name of the ladder is a class"
    offers = list(jnp.where(jnp.asarray(allowed)[..., None], jnp.maximum(supply, 0.0), 0.0))
    rooms, left = list(jnp.maximum(capacity, 0.0)), need
    granted = [jnp.zeros_like(need)] * len(classes)
    for rung in ladder:
        rows = [classes.index(name) for name in rung]
        for _ in rung:
            standing = [jnp.where(rooms[row] > 0, offers[row], 0.0) for row in rows]
            offered = sum(standing, jnp.zeros_like(need))
            part = jnp.where(offered > 0, jnp.minimum(left / jnp.where(offered > 0, offered, 1.0), 1.0), 0.0)
            for row, offer in zip(rows, standing, strict=True):
                given, rooms[row] = _ration(offer * part, rooms[row])
                offers[row], granted[row], left = offers[row] - given, granted[row] + given, left - given
    shares = granted[classes.index(_SHARES)] if _SHARES in classes else jnp.zeros_like(need)
    discount = parameters.issue_discount
    return Raised(jnp.stack(granted), left, shares * discount / (1.0 - discount))


def _ration(asked: _Borrowers, room: _Room) -> tuple[_Borrowers, _Room]:
    """What one class gives of what it is asked for, in whole quanta, and what it has left.

    Rounded down, so that no limit is passed. A class that was asked for more than it had has nothing left, whatever
    rounding spared, and is not asked again.
    """
    by_all = jnp.sum(asked, axis=0)
    over = by_all > room
    given = asked * jnp.where(over, room / jnp.where(over, by_all, 1.0), 1.0)
    given = given + jax.lax.stop_gradient(jnp.floor(given / QUANTUM) * QUANTUM - given)
    return given, jnp.where(over, 0.0, room - jnp.sum(given, axis=0))


def maturity_wall(ladder: Float[Array, "borrower slot path"], within_quarters: int) -> _Borrowers:
    """How much debt matures within so many quarters? USD bn.

    `ladder[:, 0]` matures in the coming quarter, `ladder[:, 1]` in the one after.
    """
    assert within_quarters >= 0, within_quarters
    return jnp.sum(ladder[:, :within_quarters], axis=1)


def quarters_until_wall(
    ladder: Float[Array, "borrower slot path"], cash: _Borrowers, free_cash: _Borrowers
) -> _Borrowers:
    """If nobody lends any more, in which quarter from now does the debt that matures exceed the cash? 1 is the next.

    The first slot where maturities so far are more than cash + quarters so far x free cash (USD bn per quarter, after
    interest and what cannot be cut, negative for who burns money); slots + 1 if none is. It orders firms by how soon a
    closing of credit stops them; it is not a forecast.
    """
    slots = ladder.shape[1]
    number = jnp.arange(1.0, slots + 1)[None, :, None]
    fails = jnp.cumsum(ladder, axis=1) > cash[:, None] + number * free_cash[:, None]
    return jnp.where(jnp.any(fails, axis=1), jnp.argmax(fails, axis=1) + 1.0, slots + 1.0)
