"""What must be 0 in any books, and the gaps and paper wealth that may not be."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.core import QUANTUM
from ouroloop.core.foreign import call
from ouroloop.ledger.chart import UNEXPLAINED, Account, AccountClass
from ouroloop.ledger.incidence import Incidence
from ouroloop.ledger.ledger import Books, Ledger
from ouroloop.ledger.precision import from_quanta, to_quanta


class Residual(eqx.Module):
    """What the books leak: 0.0 everywhere, or it is a bug. Rows follow `Ledger.books` and `Ledger.claims`."""

    by_entity: Float64[Array, "entity path"]
    by_claim: Float64[Array, "claim path"]


def residual(ledger: Ledger, books: Books) -> Residual:
    """Do debits equal credits in every entity, and does every claim have its two sides?

    The sum of balances within each entity (and good), and within each claim instrument across entities. Summed in
    int64 quanta, so that the sum itself cannot round; whatever is no multiple of a quantum is added on top. Exactly
    0.0 for books made by this ledger; NaN on a path with a balance that is not a number.
    """
    balances = books.balances
    rest = balances - jnp.round(balances / QUANTUM) * QUANTUM

    def total(rows: Incidence) -> Array:
        return from_quanta(rows @ to_quanta(balances)) + rows @ rest

    return Residual(total(ledger.chart.by_entity), total(ledger.chart.by_claim))


def largest_leak(ledger: Ledger, books: Books) -> Float64[Array, " path"]:
    """The largest of all residuals by path, without their rows: what a run keeps of every quarter."""
    from ouroloop.ledger.kernel import largest_leak as kernel

    def definition(balances: Array, *_: Any) -> tuple[Array]:
        leaks = residual(ledger, Books(balances, books.inexact))
        return (jnp.maximum(jnp.abs(leaks.by_entity).max(axis=0), jnp.abs(leaks.by_claim).max(axis=0)),)

    chart, like = ledger.chart, jax.ShapeDtypeStruct(books.balances.shape[1:], books.balances.dtype)
    arrays = [books.balances, *chart.by_entity.lists, *chart.by_claim.lists]
    return call(kernel, definition, arrays, [like])[0]


class Gaps(eqx.Module):
    """What nobody accounts for, debits positive. Rows follow `Ledger.books` and `Ledger.claims`."""

    by_entity: Float64[Array, "entity path"]
    """Each entity's `unexplained` reserve: minus what its stated balances do not add up to."""
    by_claim: Float64[Array, "claim path"]
    """What the entity `unexplained` holds of each claim: the side that nobody stated."""


def gaps(ledger: Ledger, books: Books) -> Gaps:
    """Which stated balances do not add up, by entity, and which claims lack their other side, by instrument?

    A gap is information about the sources, never a leak: the residual is 0 all the same.

    Stated: cash 10 and paid-in capital -8. The entity's gap is -2 (equity of 2 that nobody stated).
    """
    nothing = jnp.zeros_like(books.balances[:1])
    balances = jnp.concatenate([books.balances, nothing])
    number = ledger.chart.account_number

    def at(account: Account) -> int:
        return number.get(account, len(number))

    own = [at(Account(entity, AccountClass.RESERVE, UNEXPLAINED, good)) for entity, good in ledger.books]
    sides = [
        [at(Account(UNEXPLAINED, side, instrument, good)) for instrument, good in ledger.claims]
        for side in (AccountClass.ASSET, AccountClass.LIABILITY)
    ]
    by_claim = balances[jnp.asarray(sides[0], int)] + balances[jnp.asarray(sides[1], int)]
    return Gaps(balances[jnp.asarray(own, int)], by_claim)


def paper_wealth(ledger: Ledger, books: Books) -> Float64[Array, "claim path"]:
    """How far above what was paid in do holders carry each claim? By instrument, rows as `Ledger.claims`.

    The sum of all valuation accounts of the instrument: revaluations that no issuer books, so they do not cancel.
    Negative when holders carry it below cost. Not a loss or gain to come: what outside money does not back.
    """
    number = {claim: row for row, claim in enumerate(ledger.claims)}
    total = jnp.zeros((len(number), books.balances.shape[1]))
    for row, account in enumerate(ledger.accounts):
        if account.account_class is AccountClass.VALUATION:
            claim = number.get((account.instrument, account.good))
            assert claim is not None, f"{account} values a claim that no account holds"
            total = total.at[claim].add(books.balances[row])
    return total
