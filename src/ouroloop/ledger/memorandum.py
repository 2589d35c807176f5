"""Promises that no balance sheet shows: pending until each tranche is posted, void or expired, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Float64, Int, Int8

from ouroloop.core import LARGEST_EXACT, BadInput, Place, Problem
from ouroloop.ledger.build import build
from ouroloop.ledger.chart import USD, Account, AccountClass, Flow, FlowKind, credit, debit
from ouroloop.ledger.ledger import Books, Ledger
from ouroloop.ledger.posting import open_books, post
from ouroloop.ledger.precision import quantize


class PromiseKind(StrEnum):
    """What is promised."""

    BACKLOG = "backlog"  # ordered, not delivered
    LETTER = "letter"  # of intent
    COMMITMENT = "commitment"  # money or capacity to be drawn
    GUARANTEE = "guarantee"  # pays if somebody else does not
    WARRANT = "warrant"  # shares at a price


class Fate(IntEnum):
    """The life of a tranche. ABSENT and PENDING are states; the others end it."""

    ABSENT = 0  # not signed yet
    PENDING = 1
    POSTED = 2  # became a flow of the ledger proper
    VOID = 3
    EXPIRED = 4


_ENDS = (Fate.POSTED, Fate.VOID, Fate.EXPIRED)


@dataclass(frozen=True, slots=True)
class Promise:
    """One tranche: `promisor` owes `holder` something that is on neither balance sheet."""

    tranche: str
    kind: PromiseKind
    promisor: str
    holder: str
    good: str = USD


@dataclass(frozen=True, eq=False)
class Promises:
    """The names of the axis `tranche`, equal only to itself so that compiled functions find them again."""

    promises: tuple[Promise, ...]


class Memorandum(eqx.Module):
    """The memorandum ledger: proved, posted and balanced like the ledger proper, beside it and never added to it.

    Per tranche the holder has an asset and the promisor a liability; the other sides are reserves that say how much of
    each kind was ever signed, posted, void and expired. `refused` marks tranches that somebody tried to sign or to end
    a second time, to end unsigned, or to sign for an amount below 0 or beyond the exact range; it changed nothing.
    """

    ledger: Ledger
    books: Books
    amount: Float64[Array, "tranche path"]
    fate: Int8[Array, "tranche path"]
    refused: Bool[Array, "tranche path"]
    named: Promises = eqx.field(static=True)

    @property
    def promises(self) -> tuple[Promise, ...]:
        """The axis `tranche`."""
        return self.named.promises

    @property
    def pending(self) -> Float64[Array, "tranche path"]:
        """What each tranche still promises."""
        return jnp.where(self.fate == Fate.PENDING, self.amount, 0.0)


def open_memorandum(promises: Iterable[Promise], paths: int = 1) -> Memorandum:
    """An empty memorandum ledger for these tranches, none signed. Raises BadInput `duplicate-tranche`, and leaks."""
    promises = tuple(promises)
    names = [promise.tranche for promise in promises]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        message = f"these tranches stand twice: {', '.join(twice)}"
        raise BadInput([Problem(Place("memorandum"), "duplicate-tranche", message)])
    ledger = build(flow for promise in promises for flow in _flows(promise))
    shape = (len(promises), paths)
    nobody = jnp.zeros(shape, bool)
    books = open_books(ledger, {}, paths)
    return Memorandum(ledger, books, jnp.zeros(shape), jnp.zeros(shape, jnp.int8), nobody, Promises(promises))


@eqx.filter_jit
def sign(memo: Memorandum, amounts: Float[Array, "tranche path"], where: Bool[Array, "tranche path"]) -> Memorandum:
    """Tranches become pending with these amounts where asked. A tranche signed before is refused and kept, and so is
    an amount that is negative, not a number, or beyond the exact range."""
    allowed = where & (memo.fate == Fate.ABSENT) & (amounts >= 0) & (amounts <= LARGEST_EXACT)
    signed = jnp.where(allowed, quantize(amounts), 0.0)
    return Memorandum(
        memo.ledger,
        post(memo.ledger, memo.books, _interleave(signed, {})),
        memo.amount + signed,
        jnp.where(allowed, Fate.PENDING, memo.fate).astype(jnp.int8),
        memo.refused | (where & ~allowed),
        memo.named,
    )


@eqx.filter_jit
def resolve(memo: Memorandum, fates: Int[Array, "tranche path"]) -> tuple[Memorandum, Float64[Array, "tranche path"]]:
    """End pending tranches: `fates` holds POSTED, VOID or EXPIRED, and 0 where nothing happens.

    Returns the memorandum and the amounts to post in the ledger proper (of tranches that became POSTED now, else 0). A
    tranche that is not pending cannot end: it is refused, moves nothing, and `check_resolved_once` names it.
    """
    asked = fates != 0
    allowed = asked & (memo.fate == Fate.PENDING) & (fates >= Fate.POSTED) & (fates <= Fate.EXPIRED)
    ended = {end: jnp.where(allowed & (fates == end), memo.amount, 0.0) for end in _ENDS}
    after = Memorandum(
        memo.ledger,
        post(memo.ledger, memo.books, _interleave(jnp.zeros_like(memo.amount), ended)),
        memo.amount,
        jnp.where(allowed, fates, memo.fate).astype(jnp.int8),
        memo.refused | (asked & ~allowed),
        memo.named,
    )
    return after, ended[Fate.POSTED]


def check_resolved_once(memo: Memorandum) -> None:
    """Was every tranche signed and ended at most once? Raises BadInput `resolved-twice` naming each that was not."""
    problems: list[Problem] = []
    for row in np.flatnonzero(np.asarray(memo.refused).any(axis=1)):
        path = int(np.flatnonzero(np.asarray(memo.refused[row]))[0])
        state = Fate(int(memo.fate[row, path])).name.lower()
        again = "cannot be signed or ended again"
        wrong = "cannot end, nor be signed for such an amount" if state == "absent" else again
        message = f"tranche '{memo.promises[row].tranche}' is {state} on path {path} and {wrong}"
        problems.append(Problem(Place("memorandum"), "resolved-twice", message))
    if problems:
        raise BadInput(problems)


def outstanding(
    memo: Memorandum, entity: str, side: Literal["promised", "held"], kinds: Sequence[PromiseKind] = tuple(PromiseKind)
) -> Float64[Array, " path"]:
    """How much has `entity` promised, or been promised, that is still pending? One sum per path, of all goods alike.

    The backlog of a seller is what it holds of kind `backlog`.
    """
    ends = [p.promisor if side == "promised" else p.holder for p in memo.promises]
    chosen = [end == entity and p.kind in kinds for end, p in zip(ends, memo.promises, strict=True)]
    return jnp.where(jnp.asarray(chosen, bool)[:, None], memo.pending, 0.0).sum(axis=0)


def _flows(promise: Promise) -> tuple[Flow, ...]:
    """Sign, and the three ends: each takes the promise off and says what became of it."""

    def reserve(entity: str, word: str) -> Account:
        return Account(entity, AccountClass.RESERVE, f"{word}:{promise.kind}", promise.good)

    asset = Account(promise.holder, AccountClass.ASSET, promise.tranche, promise.good)
    duty = Account(promise.promisor, AccountClass.LIABILITY, promise.tranche, promise.good)

    def flow(word: str, *, begins: bool) -> Flow:
        legs = [
            debit(asset),
            credit(duty),
            credit(reserve(promise.holder, word)),
            debit(reserve(promise.promisor, word)),
        ]
        if not begins:
            legs = [credit(leg.account) if leg.sign > 0 else debit(leg.account) for leg in legs]
        return Flow(f"{word}:{promise.tranche}", FlowKind.ACCRUAL, tuple(legs))

    return (flow("signed", begins=True), *(flow(end.name.lower(), begins=False) for end in _ENDS))


def _interleave(signed: Array, ended: dict[Fate, Array]) -> Array:
    """Amounts per flow: the four flows of each tranche stand together."""
    rows = [signed, *(ended.get(end, jnp.zeros_like(signed)) for end in _ENDS)]
    return jnp.stack(rows, axis=1).reshape(-1, signed.shape[1])
