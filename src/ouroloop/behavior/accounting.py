"""Accounting: every statement in two views, as reported and as it would be with honest lives, leases and guarantees."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

_QUARTERS = 4.0

_Entities = Float[Array, "entity path"]
_Vintages = Float[Array, "entity vintage path"]
_Any = Float[Array, "..."]
_Number = _Any | float | int
_Ages = Float[Array, " vintage"]


class AccountingParameters(eqx.Module):
    """What the economic view must assume; lives come with the assets."""

    guarantees_called: Parameter = parameter("eco-finance-070", unit="share")
    """For `call_probability` of `debt_views`."""


class TwoViews(eqx.Module):
    """One line of a statement, twice; USD bn, flows per quarter."""

    reported: _Entities
    """As the firm's own choices allow it to be shown."""
    economic: _Entities
    """As it is when those choices are taken back."""

    @property
    def flattery(self) -> _Entities:
        """What the reported view adds. For debt and charges, flattery is negative."""
        return self.reported - self.economic


def revenue_views(gross: _Entities, contra_warrants: _Entities, paid_in_credits: _Entities) -> TwoViews:
    """How much revenue is there, before and after what was given to the customer for buying?

        reported = gross - warrants earned by the customer
        economic = reported - what the customer paid in compute credits of the seller's own

    Warrants for orders reduce reported revenue already (consideration payable to a customer, ASC 606-10-32-25).
    Credits that were handed out against shares or discounts are cash for nobody: the sale happened, the money did not.
    All in USD bn per quarter, not negative. This says nothing about whose cash the rest was: colors do.
    """
    reported = gross - contra_warrants
    return TwoViews(reported, reported - paid_in_credits)


def charge(cost: _Vintages, age: _Ages, life_years: _Number) -> _Entities:
    """What is this quarter's straight-line depreciation of all that was bought?

        charge = sum over vintages of cost / L x clip(L - age, 0, 1),   L = 4 x life in years

    Parameters
    ----------
    cost
        What each vintage had cost when bought, USD bn.
    age
        Quarters of use of each vintage before this one: 0 in its first. A vintage with a negative age is not there yet.
    life_years
        Any number above 0 (2.5 years are ten quarters), one for all, per path, or per entity and path.

    Returns
    -------
    USD bn of the quarter. Over its life each vintage is charged its cost exactly, the last part of a life that is not a
    whole number of quarters in the quarter in which it ends.
    """
    quarters = _QUARTERS * jnp.asarray(life_years)
    by_vintage = jnp.expand_dims(quarters, -2) if quarters.ndim > 1 else quarters
    used = jnp.clip(by_vintage - age[:, None], 0.0, 1.0) * (age >= 0)[:, None]
    return jnp.sum(cost * used / by_vintage, axis=1)


def book_value(cost: _Vintages, age: _Ages, life_years: _Number) -> _Entities:
    """What do the books carry before this quarter's charge, USD bn? Cost less the charges of the quarters before."""
    quarters = _QUARTERS * jnp.asarray(life_years)
    by_vintage = jnp.expand_dims(quarters, -2) if quarters.ndim > 1 else quarters
    left = jnp.clip(1.0 - age[:, None] / by_vintage, 0.0, 1.0) * (age >= 0)[:, None]
    return jnp.sum(cost * left, axis=1)


def depreciation_views(
    cost: _Vintages,
    age: _Ages,
    reported_life_years: _Number,
    economic_life_years: _Number,
) -> TwoViews:
    """What is charged under the life in the report, and what under the life for which the asset earns?"""
    return TwoViews(charge(cost, age, reported_life_years), charge(cost, age, economic_life_years))


def prospective_charge(book: _Any, remaining_quarters: _Any) -> _Any:
    """What is charged in the quarter after a life was changed?

        charge = book x min(1, 1 / remaining quarters)

    A new life is a change of estimate (ASC 250-10-45-17): what is in the books is spread over what remains of the new
    life, the past is not restated. That is why a longer life raises profit at once. With nothing remaining the whole
    book is charged.
    """
    return book / jnp.maximum(remaining_quarters, 1.0)


def debt_views(
    debt: _Entities,
    leases: _Entities,
    leases_not_commenced: _Entities,
    guarantees: _Entities,
    call_probability: _Number = 1.0,
) -> TwoViews:
    """How much is owed, in the balance sheet and with what is promised beside it?

        reported = debt + leases that have commenced
        economic = reported + leases signed and not commenced + call probability x guarantees given

    Leases at their present value, all in USD bn. At a probability of 1 guarantees count in full, which is a ceiling.
    """
    reported = debt + leases
    return TwoViews(reported, reported + leases_not_commenced + call_probability * guarantees)


def profit_views(
    revenue: TwoViews, operating_cost: _Entities, depreciation: TwoViews, interest: _Entities, written_off: _Entities
) -> TwoViews:
    """What is left in each view: revenue - cost - depreciation - interest - write-offs? USD bn per quarter.

    `operating_cost` without depreciation. Before tax and before gains on stakes: a gain in value is nobody's cash.
    """
    rest = operating_cost + interest + written_off
    return TwoViews(
        revenue.reported - depreciation.reported - rest,
        revenue.economic - depreciation.economic - rest,
    )


def profit_under_lives(
    cost: _Vintages, age: _Ages, lives_years: Sequence[_Number], profit_before_depreciation: _Entities
) -> Float[Array, "life entity path"]:
    """What would profit be this quarter, had the same assets been given each of these lives from the start?

        profit = profit before depreciation - charge(cost, age, life), for each life

    Unlike a change of estimate, each life is applied to the whole history. USD bn per quarter. For growing purchases a
    longer life always shows more; for an old stock a short life shows more, because it has been charged already.

    Examples
    --------
    60 spent a quarter ago, profit 10 before depreciation: at 2.5, 5.5 and 6 years 4, 7.27 and 7.5.
    """
    return jnp.stack([profit_before_depreciation - charge(cost, age, life) for life in lives_years])


def impairment(book: _Any, value_in_use: _Any) -> _Any:
    """How much must be written off because the asset earns less than it is carried at?

        impaired = book - max(value in use, 0) where value in use < book, else 0

    Both in USD bn. In use a value below 0 is no worse than none, since the asset can be switched off. It is one step
    (IAS 36); US rules first ask whether undiscounted cash flows fall short (ASC 360-10-35-17), so they impair later.
    """
    return jnp.maximum(book - jnp.maximum(value_in_use, 0.0), 0.0)
