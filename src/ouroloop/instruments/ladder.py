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

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Float64, Int

from ouroloop.core import QUANTUM
from ouroloop.core.foreign import call
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
    amount: Float[Array, "row path"],
    first: Int[Array, " row"],
    quarters: Int[Array, " row"],
    contract: Int[np.ndarray, " row"] | None = None,
) -> Ladder:
    """New principal in level parts over `quarters` quarters from `first` on: amortization.

    A row for each contract, or for what `contract` numbers. Each part is amount / quarters rounded down to a quantum;
    the last one takes the rest, and so does the last slot of the ladder for all parts beyond the horizon. 10 over 4
    quarters: 2.5 each.
    """
    from ouroloop.instruments.kernel import place_evenly as kernel

    rows = np.arange(len(ladder)) if contract is None else contract
    dates = (jnp.broadcast_to(jnp.asarray(of, jnp.int32), rows.shape) for of in (first, quarters, rows))
    arrays = [ladder, _by_path(amount, len(rows), ladder), *dates]
    return call(kernel, place_evenly_by_definition, arrays, [ladder], in_place={0: 0})[0]


def _by_path(amount: Array, rows: int, ladder: Ladder) -> Array:
    """As wide as the ladder: kernels read every path of every row."""
    return jnp.broadcast_to(amount, (rows, ladder.shape[2]))


def place_evenly_by_definition(
    ladder: Ladder, amount: Array, first: Array, quarters: Array, contract: Array
) -> tuple[Ladder]:
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
    new = jnp.where(level[:, :, None], part[:, None], 0.0) + jnp.where(at_end[:, :, None], rest[:, None], 0.0)
    return (ladder.at[contract].add(new),)


def lay_anew(
    ladder: Ladder,
    where: Bool[Array, "contract path"],
    first: Int[Array, " contract"],
    quarters: Int[Array, " contract"],
) -> Ladder:
    """Where asked, all that a contract owes falls due in level parts over `quarters` quarters from `first` on instead.

    8 due at once becomes 2 in each of four quarters; nothing is added or forgiven.
    """
    kept, taken = scale(ladder, where * 1.0)
    return place_evenly(kept, taken, first, quarters)


def due(ladder: Ladder, quarter: Quarter) -> ByContract:
    """What falls due in this quarter, USD bn. Nothing of the last slot ever does."""
    return due_within(ladder, quarter, 1)


def due_within(ladder: Ladder, quarter: Quarter, quarters: int) -> ByContract:
    """What falls due in this quarter and the next `quarters - 1`: the wall ahead, USD bn."""
    from ouroloop.instruments.kernel import weigh

    contracts, slots, paths = ladder.shape
    slot = jnp.arange(slots)
    soon = (slot >= quarter) & (slot < quarter + quarters) & (slot < slots - 1)
    arrays = [ladder, soon.astype(jnp.float64), np.arange(contracts, dtype=np.int32)]
    return call(weigh, weigh_by_definition, arrays, [jax.ShapeDtypeStruct((contracts, paths), ladder.dtype)])[0]


def defer(ladder: Ladder, quarter: Quarter, paid: ByContract) -> Ladder:
    """Take off what was paid of this quarter's principal; what is left falls due in the next quarter.

    `paid` is between 0 and `due`, in whole quanta. The beyond is left alone.
    """
    return _put_off(ladder, quarter, paid, due(ladder, quarter) - paid)


def defer_some(ladder: Ladder, quarter: Quarter, amount: ByContract) -> Ladder:
    """`amount` of this quarter's principal falls due in the next one: 3 of 10 due leaves 7."""
    return _put_off(ladder, quarter, jnp.zeros_like(amount), amount)


def _put_off(ladder: Ladder, quarter: Quarter, paid: ByContract, later: ByContract) -> Ladder:
    """`paid` leaves the slot of the quarter, `later` goes from there to the next; nothing in the last slot moves."""
    from ouroloop.instruments.kernel import put_off

    amounts = (_by_path(amount, len(ladder), ladder) for amount in (paid, later))
    arrays = [ladder, *amounts, jnp.asarray(quarter, jnp.int32)[None]]
    return call(put_off, put_off_by_definition, arrays, [ladder], in_place={0: 0})[0]


def put_off_by_definition(ladder: Ladder, paid: Array, later: Array, quarter: Array) -> tuple[Ladder]:
    last, now = ladder.shape[1] - 1, quarter[0]
    off, on = (jnp.where(now < last, amount, 0.0) for amount in (paid + later, later))
    here, after = jnp.minimum(now, last), jnp.minimum(now + 1, last)
    return (ladder.at[:, here].add(-off).at[:, after].add(on),)


def scale(ladder: Ladder, share: Float[Array, "contract path"]) -> tuple[Ladder, ByContract]:
    """Write down `share` (0..1) of every slot; returns the ladder and exactly what was taken off, USD bn.

    A share of 1 leaves nothing, to the last quantum.
    """
    from ouroloop.instruments.kernel import scale as kernel

    arrays = [ladder, _by_path(share, len(ladder), ladder)]
    kept, taken = call(kernel, scale_by_definition, arrays, arrays, in_place={0: 0})
    return kept, taken


def scale_by_definition(ladder: Ladder, share: ByContract) -> tuple[Ladder, ByContract]:
    taken = quantize(ladder * share[:, None])
    return ladder - taken, taken.sum(axis=1)


def take_earliest(ladder: Ladder, amount: ByContract) -> tuple[Ladder, ByContract]:
    """Take `amount` (USD bn) off the slots that fall due first; returns the ladder and exactly what was taken off.

    At most what is owed is taken. 7 from slots of 5, 0 and 4 leaves 0, 0 and 2.
    """
    from ouroloop.instruments.kernel import take_earliest as kernel

    arrays = [ladder, _by_path(quantize(amount), len(ladder), ladder)]
    kept, taken = call(kernel, take_earliest_by_definition, arrays, arrays, in_place={0: 0})
    return kept, taken


def take_earliest_by_definition(ladder: Ladder, amount: ByContract) -> tuple[Ladder, ByContract]:
    before = lax.associative_scan(jnp.add, ladder, axis=1) - ladder
    taken = jnp.clip(amount[:, None] - before, 0.0, ladder)
    return ladder - taken, taken.sum(axis=1)


def hand_over(
    ladder: Ladder,
    quarter: Quarter,
    share: Float[Array, "sale path"],
    sold: Int[np.ndarray, " sale"],
    bought: Int[np.ndarray, " sale"],
) -> tuple[Ladder, Float64[Array, "sale path"], Float64[Array, "sale path"]]:
    """`share` (0..1) of every slot of the contracts `sold` moves to the contracts `bought`.

    Returns the ladder, how much moved (USD bn), and what the contracts `sold` owed before, each part times the quarters
    until it is due. A contract is sold once at most, and not bought in the same go.
    """
    from ouroloop.instruments.kernel import hand_over as kernel

    assert len(np.unique(sold)) == len(sold), f"sold twice: {sold}"
    assert not np.intersect1d(sold, bought).size, f"sold and bought: {np.intersect1d(sold, bought)}"
    rows, waits = _by_path(share, len(sold), ladder), jnp.maximum(jnp.arange(ladder.shape[1]) - quarter, 0)
    numbers = np.asarray(sold, np.int32), np.asarray(bought, np.int32)
    arrays = [ladder, rows, waits.astype(jnp.float64), *numbers]
    kept, taken, left = call(kernel, hand_over_by_definition, arrays, [ladder, rows, rows], in_place={0: 0})
    return kept, taken, left


def hand_over_by_definition(
    ladder: Ladder, share: Array, weights: Array, sold: Array, bought: Array
) -> tuple[Ladder, Array, Array]:
    taken = quantize(ladder[sold] * share[:, None])
    after = ladder.at[sold].add(-taken).at[bought].add(taken)
    return after, taken.sum(axis=1), *weigh_by_definition(ladder, weights, sold)


def weigh_by_definition(ladder: Ladder, weights: Array, of: Array) -> tuple[Array]:
    return ((ladder[of] * weights[:, None]).sum(axis=1),)
