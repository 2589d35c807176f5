"""When does principal fall due? A ladder: what each contract still owes, by the quarter in which it is due.

`Ladder` is `Float64[Array, "contract slot path"]` in USD bn. Slot `q` is quarter `q` of the run, counted from the
opening quarter 0; the last slot holds what falls due beyond the horizon and never does within it. Every entry is a
multiple of the ledger's quantum, so the sum of a ladder is exactly what the ledger says is owed, in any order of
adding: `place` and the rest round what comes in, and take off exactly what they report.

The picture behind it is the debt maturity schedule that firms publish in their annual reports; a *maturity wall* is a
slot that is large against what can be refinanced in one quarter.

    >>> ladder = empty(contracts=1, slots=5, paths=1)
    >>> ladder = place(ladder, jnp.asarray([[10.0]]), jnp.asarray([2]))
    >>> float(due(ladder, jnp.asarray(2))[0, 0])
    10.0
    >>> ladder = defer(ladder, jnp.asarray(2), paid=jnp.asarray([[4.0]]))
    >>> ladder[0, :, 0].tolist()
    [0.0, 0.0, 0.0, 6.0, 0.0]
"""

from __future__ import annotations

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Float64, Int

from ouroloop.core import QUANTUM
from ouroloop.ledger import quantize

Ladder = Float64[Array, "contract slot path"]
ByContract = Float64[Array, "contract path"]
Term = Float[Array, "#contract #path"]
"""Terms and decisions: one number for all contracts or one each, for all paths or by path."""
Quarter = Int[Array, ""]


def empty(contracts: int, slots: int, paths: int) -> Ladder:
    """A ladder of contracts that owe nothing. `slots` is the horizon in quarters and one more for what lies beyond."""
    return jnp.zeros((contracts, slots, paths))


def total(ladder: Ladder) -> ByContract:
    """What each contract owes in all, USD bn: exactly the ledger's liability."""
    return ladder.sum(axis=1)


def place(
    ladder: Ladder, amount: Float[Array, "contract path"], slot: Int[Array, " contract"] | Int[Array, ""]
) -> Ladder:
    """New principal, due in quarter `slot` of each contract (beyond the horizon: in the last slot)."""
    contracts, slots, _ = ladder.shape
    at = jnp.broadcast_to(jnp.clip(slot, 0, slots - 1), (contracts,))
    return ladder.at[jnp.arange(contracts), at].add(quantize(amount))


def place_evenly(
    ladder: Ladder,
    amount: Float[Array, "contract path"],
    first: Int[Array, " contract"],
    quarters: Int[Array, " contract"],
) -> Ladder:
    """New principal in level parts over `quarters` quarters from `first` on: amortization.

    Each part is amount / quarters rounded down to a quantum; the last one takes the rest, and so does the last slot of
    the ladder for all parts beyond the horizon. 10 over 4 quarters: 2.5 each.
    """
    amount, last = quantize(amount), ladder.shape[1] - 1
    quarters = jnp.maximum(quarters, 1)
    part = jnp.floor(amount / quarters[:, None] / QUANTUM) * QUANTUM
    # Rounding to quanta moves nothing a gradient should see, so the derivative is that of the plain share.
    share = amount / quarters[:, None]
    part = share + lax.stop_gradient(part - share)
    first = jnp.clip(first, 0, last)
    end = jnp.minimum(first + quarters - 1, last)
    slots = jnp.arange(last + 1)
    level = (slots >= first[:, None]) & (slots < end[:, None])
    rest = amount - part * (end - first)[:, None]
    at_end = slots == end[:, None]
    return ladder + jnp.where(level[:, :, None], part[:, None], 0.0) + jnp.where(at_end[:, :, None], rest[:, None], 0.0)


def lay_anew(
    ladder: Ladder,
    where: Bool[Array, "contract path"],
    first: Int[Array, " contract"],
    quarters: Int[Array, " contract"],
) -> Ladder:
    """Where asked, all that a contract owes falls due in level parts over `quarters` quarters from `first` on instead.

    8 due at once becomes 2 in each of four quarters; nothing is added or forgiven.
    """

    def lay(ladder: Ladder) -> Ladder:
        kept = jnp.where(where[:, None], 0.0, ladder)
        return place_evenly(kept, jnp.where(where, total(ladder), 0.0), first, quarters)

    def leave(ladder: Ladder) -> Ladder:
        return ladder

    return lax.cond(jnp.any(where), lay, leave, ladder)


def due(ladder: Ladder, quarter: Quarter) -> ByContract:
    """What falls due in this quarter, USD bn. Nothing of the last slot ever does."""
    last = ladder.shape[1] - 1
    found = lax.dynamic_index_in_dim(ladder, jnp.minimum(quarter, last), axis=1, keepdims=False)
    return jnp.where(quarter < last, found, 0.0)


def due_within(ladder: Ladder, quarter: Quarter, quarters: int) -> ByContract:
    """What falls due in this quarter and the next `quarters - 1`: the wall ahead, USD bn."""
    slots = jnp.arange(ladder.shape[1])
    near = (slots >= quarter) & (slots < quarter + quarters) & (slots < ladder.shape[1] - 1)
    return jnp.where(near[:, None], ladder, 0.0).sum(axis=1)


def defer(ladder: Ladder, quarter: Quarter, paid: ByContract) -> Ladder:
    """Take off what was paid of this quarter's principal; what is left falls due in the next quarter.

    `paid` is between 0 and `due`, in whole quanta. The beyond is left alone.
    """
    last = ladder.shape[1] - 1
    left = due(ladder, quarter) - jnp.where(quarter < last, paid, 0.0)
    here, after = jnp.minimum(quarter, last), jnp.minimum(quarter + 1, last)
    kept = jnp.where(quarter < last, 0.0, lax.dynamic_index_in_dim(ladder, here, axis=1, keepdims=False))
    return ladder.at[:, here].set(kept).at[:, after].add(left)


def defer_some(ladder: Ladder, quarter: Quarter, amount: ByContract) -> Ladder:
    """`amount` of this quarter's principal falls due in the next one: 3 of 10 due leaves 7."""
    last = ladder.shape[1] - 1
    moved = jnp.where(quarter < last, amount, 0.0)
    here, after = jnp.minimum(quarter, last), jnp.minimum(quarter + 1, last)
    return ladder.at[:, here].add(-moved).at[:, after].add(moved)


def scale(ladder: Ladder, share: Float[Array, "contract path"]) -> tuple[Ladder, ByContract]:
    """Write down `share` (0..1) of every slot; returns the ladder and exactly what was taken off, USD bn.

    A share of 1 leaves nothing, to the last quantum.
    """
    taken = quantize(ladder * share[:, None])
    return ladder - taken, taken.sum(axis=1)


def take_earliest(ladder: Ladder, amount: ByContract) -> tuple[Ladder, ByContract]:
    """Take `amount` (USD bn) off the slots that fall due first; returns the ladder and exactly what was taken off.

    At most what is owed is taken. 7 from slots of 5, 0 and 4 leaves 0, 0 and 2.
    """
    amount = quantize(amount)

    def take(ladder: Ladder) -> tuple[Ladder, ByContract]:
        before = lax.associative_scan(jnp.add, ladder, axis=1) - ladder
        taken = jnp.clip(amount[:, None] - before, 0.0, ladder)
        return ladder - taken, taken.sum(axis=1)

    def leave(ladder: Ladder) -> tuple[Ladder, ByContract]:
        return ladder, jnp.zeros_like(amount)

    # Rarely is anything taken, and the sums along the slots are the dearest pass over a ladder there is.
    return lax.cond(jnp.any(amount > 0), take, leave, ladder)
