"""Clearing: what everybody pays when what is due to a debtor depends on what others can pay."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ouroloop.ledger.incidence import Incidence

OUTSIDE = -1
"""As a creditor: somebody whose own payments do not depend on being paid."""

_STILL_USD_BN = 2.0**-31
"""Half a quantum of the books: payments that move less than that stand still."""
_STILL_TANGENT = 1e-13
"""Relative to the largest entry; derivatives are not money and have no quantum."""

_Claims = Float[Array, "claim path"]
_Entities = Float[Array, "entity path"]


class Clearing(eqx.Module):
    """What is paid, and how far that is from being settled."""

    paid: _Claims
    """USD bn, from 0 to what is due."""
    ratio: _Entities
    """Paid over due, 0 to 1, the same for all creditors of a debtor; 1 for who owes nothing."""
    shortfall: _Entities
    """Due and not paid, USD bn."""
    iterations: Int[Array, " path"]
    """Rounds until payments stood still."""
    gap: Float[Array, " path"]
    """The most that any debtor's payments differ from min(due, means), USD bn: about 0, unless rounds ran out."""


def clear(
    claim_debtor: Int[np.ndarray, " claim"],
    claim_creditor: Int[np.ndarray, " claim"],
    due: _Claims,
    cash: _Entities,
    *,
    rounds: int = 1000,
) -> Clearing:
    """Who pays how much of what is due, if nobody can pay more than they have and receive?

    Each debtor pays min(all that it owes, cash + receipts), the same share of every claim:

        ratio_i = min(1, max(0, cash_i + sum over claims on j held by i of due x ratio_j) / sum of due by i)

    The greatest solution is found from above: all pay in full at first, and every round takes off what cannot be there,
    until nothing moves by 2^-31 USD bn. A path stops on its own, so its numbers do not depend on which other paths are
    in the batch. The derivative is that of the solution, not of the rounds (implicit function theorem, solved by the
    same kind of iteration).

    Parameters
    ----------
    claim_debtor, claim_creditor
        Entity numbers of each claim; static. Creditor -1 is outside.
    due
        USD bn per claim, not negative.
    cash
        USD bn per entity, before any payment. Negative where something that ranks first takes more than there is.
    rounds
        At most so many. A ring of firms without means and with a small leak needs many; `gap` says what is left.

    Returns
    -------
    `Clearing`. It is not a default decision and knows no seniority: claims that rank first belong into `cash`, claims
    that rank behind go into a second clearing. No claim loses by the default itself (Rogers and Veraart 2013 do that).

    Examples
    --------
    A owes B 10 and has 6; B owes 10 outside and has 3. A pays 6, B 9:

    >>> result = clear(np.array([0, 1]), np.array([1, -1]), jnp.full((2, 1), 10.0), jnp.array([[6.0], [3.0]]))
    >>> result.paid[:, 0].tolist(), result.ratio[:, 0].tolist()
    ([6.0, 9.0], [0.6, 0.9])

    References
    ----------
    Eisenberg and Noe 2001, Systemic Risk in Financial Systems, Management Science 47(2): the greatest clearing vector
    is the limit of this falling sequence (theorem 1), and solves the linear program of lemma 4.
    """
    assert claim_debtor.shape == claim_creditor.shape == due.shape[:1], "one debtor and creditor for each claim"
    assert claim_debtor.min(initial=0) >= 0, "every claim has a debtor"
    owed, held = _sums(tuple(claim_debtor.tolist()), tuple(claim_creditor.tolist()), cash.shape[0])
    total = owed @ due

    def means(ratio: _Entities) -> _Entities:
        return jnp.maximum(cash + held @ (due * ratio[claim_debtor]), 0.0)

    def step(ratio: _Entities) -> _Entities:
        owes = total > 0
        return jnp.where(owes, jnp.minimum(means(ratio) / jnp.where(owes, total, 1.0), 1.0), 1.0)

    def settle(_: Callable[[_Entities], _Entities], start: _Entities) -> tuple[_Entities, Float[Array, " path"]]:
        return _settle(step, start, total, rounds)

    def tangent(linear: Callable[[_Entities], _Entities], wanted: _Entities) -> _Entities:
        def solve(matvec: Callable[[_Entities], _Entities], b: _Entities) -> _Entities:
            return _neumann(matvec, b, rounds)

        return jax.lax.custom_linear_solve(linear, wanted, solve, transpose_solve=solve)

    def moves(ratio: _Entities) -> _Entities:
        return ratio - step(ratio)

    full = jnp.ones_like(total)
    ratio, counted = jax.lax.custom_root(moves, full, settle, tangent, has_aux=True)
    paid = due * ratio[claim_debtor]
    gap = jnp.max(jnp.abs(total * ratio - jnp.minimum(total, means(ratio))), axis=0, initial=0.0)
    return Clearing(paid, ratio, total * (1.0 - ratio), counted.astype(jnp.int32), gap)


def _settle(
    step: Callable[[_Entities], _Entities], start: _Entities, total: _Entities, rounds: int
) -> tuple[_Entities, Float[Array, " path"]]:
    """From above to the greatest fixed point: paths that stand still are left alone.

    Rounds are counted as floats: what a custom derivative passes on must have one.
    """

    def goes_on(carry: tuple[_Entities, Array, Array, Array]) -> Array:
        _, moving, _, done = carry
        return jnp.any(moving) & (done < rounds)

    def again(carry: tuple[_Entities, Array, Array, Array]) -> tuple[_Entities, Array, Array, Array]:
        ratio, moving, count, done = carry
        # Falling by construction; `minimum` keeps it so in the last bit.
        lower = jnp.minimum(step(ratio), ratio)
        moved = jnp.max((ratio - lower) * total, axis=0, initial=0.0) >= _STILL_USD_BN
        ratio = jnp.where(moving, lower, ratio)
        return ratio, moving & moved, count + moving.astype(count.dtype), done + 1

    moving = jnp.ones(total.shape[1:], bool)
    count = jnp.zeros(total.shape[1:])
    ratio, _, count, _ = jax.lax.while_loop(goes_on, again, (start, moving, count, jnp.zeros((), jnp.int32)))
    return ratio, count


def _neumann(matvec: Callable[[_Entities], _Entities], b: _Entities, rounds: int) -> _Entities:
    """Solve matvec(x) = b for matvec = 1 - J with J below 1: x = b + J b + J J b + ..."""

    def goes_on(carry: tuple[_Entities, Array, Array]) -> Array:
        _, moving, done = carry
        return moving & (done < rounds)

    def again(carry: tuple[_Entities, Array, Array]) -> tuple[_Entities, Array, Array]:
        x, _, done = carry
        better = x + (b - matvec(x))
        largest = jnp.max(jnp.abs(better), initial=0.0)
        moving = jnp.max(jnp.abs(better - x), initial=0.0) > _STILL_TANGENT * largest
        return better, moving, done + 1

    x, _, _ = jax.lax.while_loop(goes_on, again, (b, jnp.ones((), bool), jnp.zeros((), jnp.int32)))
    return x


@lru_cache(maxsize=64)
def _sums(debtors: tuple[int, ...], creditors: tuple[int, ...], entities: int) -> tuple[Incidence, Incidence]:
    """Adders from claims to who owes and to who holds them. Made once for each network: compiled code is kept by it."""
    owed = np.zeros((entities, len(debtors)), np.int64)
    held = np.zeros_like(owed)
    for claim, (debtor, creditor) in enumerate(zip(debtors, creditors, strict=True)):
        owed[debtor, claim] = 1
        if creditor != OUTSIDE:
            held[creditor, claim] = 1
    return Incidence(owed), Incidence(held)
