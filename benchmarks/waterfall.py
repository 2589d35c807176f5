"""A waterfall of six classes over 360 months on 10,000 paths, beside a plain loop over months in NumPy.

Both pay the same typed lines with the same cash and are held to each other before any clock runs. absbox publishes no
timings to stand beside. Compiling is not in our time.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from benchmarks.ratio import Ratio, measure
from ouroloop.core import QUANTUM
from ouroloop.securitization.amortization import level_pay, level_payment
from ouroloop.securitization.waterfall import (
    Fee,
    Fill,
    Inflow,
    Interest,
    Principal,
    Rest,
    Tranche,
    Trap,
    Waterfall,
    pay,
)

PATHS, MONTHS, BLOCK = 10_000, 360, 250
SIZES = (4.0, 2.0, 1.5, 1.0, 0.75, 0.75)
COUPONS = (0.045, 0.05, 0.055, 0.065, 0.08, 0.11)
NAMES = ("a1", "a2", "b", "c", "d", "e")
TRAP, RAPID, RESERVE, FEE = 1.1, 1.0, 6.0, 0.002
SERVICE = sum(size * level_payment(coupon / 12, MONTHS) for size, coupon in zip(SIZES, COUPONS, strict=True))

LINES = Waterfall(
    lines=(
        Fee("servicer"),
        Interest(NAMES[:2]),
        Interest(NAMES[2:4]),
        Principal(NAMES[:4], from_reserve=True),
        Fill(RESERVE),
        Interest(NAMES[4:], from_reserve=False),
        Principal(NAMES[4:]),
        Trap(TRAP),
        Principal(NAMES, of="all", when="rapid"),
        Rest(),
    ),
    rapid_below=RAPID,
)


def run() -> list[Ratio]:
    """One row."""
    cash = _cash(PATHS)
    schedule = np.array([level_pay(coupon / 12, MONTHS) for coupon in COUPONS])
    blocks = jnp.asarray(cash.reshape(MONTHS, -1, BLOCK).swapaxes(0, 1))

    @jax.jit
    def engine(blocks: jax.Array) -> jax.Array:
        loss = jax.lax.map(lambda one: pay(LINES, _tranches(schedule), _inflow(one))[0].loss, blocks)
        return jnp.moveaxis(loss, 0, 1).reshape(len(NAMES), -1)

    def ours() -> np.ndarray:
        return np.asarray(engine(blocks))

    theirs = partial(numpy_losses, cash, schedule)
    np.testing.assert_allclose(ours(), theirs(), atol=1e-7)
    name = f"waterfall: {PATHS:,} paths, {MONTHS} months, {len(NAMES)} classes"
    return [measure(name, ours, "NumPy, loop over months", theirs, "< 1", repeats=3)]


def _cash(paths: int) -> np.ndarray:
    """Rent that covers the payments of all classes 1.25 times, until it falls for good on a day of its own."""
    draw = np.random.default_rng(1)
    falls, to = draw.integers(0, 4 * MONTHS, paths), draw.uniform(0.3, 1.0, paths)
    level = np.where(np.arange(MONTHS)[:, None] >= falls, to, 1.0) * draw.uniform(0.95, 1.05, (MONTHS, paths))
    return 1.25 * SERVICE * level


def _tranches(schedule: np.ndarray) -> list[Tranche]:
    return [
        Tranche(name, size, coupon, jnp.asarray(row))
        for name, size, coupon, row in zip(NAMES, SIZES, COUPONS, schedule, strict=True)
    ]


def _inflow(cash: jax.Array) -> Inflow:
    fees = jnp.full((1, *cash.shape), FEE)
    return Inflow(cash, fees=fees, years=np.full(MONTHS, 1 / 12), reserve=RESERVE * SERVICE)


def numpy_losses(cash: Float[np.ndarray, "month path"], schedule: np.ndarray) -> Float[np.ndarray, "tranche path"]:
    """The same lines by hand: one month after the other, all paths at once."""
    paths, classes = cash.shape[1], len(NAMES)

    def whole(amount: np.ndarray) -> np.ndarray:
        return np.rint(amount / QUANTUM) * QUANTUM

    size = whole(np.array(SIZES))[:, None]
    left, unpaid = size * np.ones(paths), np.zeros((classes, paths))
    owed, trapped = np.zeros(paths), np.zeros(paths)
    reserve = np.full(paths, whole(np.array(RESERVE * SERVICE)))
    value, growth = np.zeros((classes, paths)), np.ones((classes, 1))
    rate = np.array(COUPONS)[:, None] / 12
    cash = whole(cash)

    def give(due: np.ndarray, have: np.ndarray) -> np.ndarray:
        """In proportion, row after row."""
        total, before = due.sum(axis=0), np.cumsum(due, axis=0) - due
        part = np.minimum(np.divide(have, total, out=np.zeros(paths), where=total > 0), 1.0)
        return np.minimum(whole((before + due) * part) - whole(before * part), due)

    def down(due: np.ndarray, have: np.ndarray) -> np.ndarray:
        paid = np.zeros_like(due)
        for row, one in enumerate(due):
            paid[row] = np.minimum(one, have)
            have = have - paid[row]
        return paid

    for month in range(MONTHS):
        last = month == MONTHS - 1
        late = (unpaid > 0).any(axis=0)
        unpaid = unpaid + whole((left + unpaid) * rate)
        plan = np.maximum(left - whole(size * schedule[:, month, None]), 0.0)
        owed = owed + whole(np.array(FEE))
        service = (unpaid + plan).sum(axis=0)
        ratio = np.divide(cash[month] - owed, service, out=np.full(paths, np.inf), where=service > 0)
        rapid = (ratio < RAPID) | late
        have = cash[month] + (reserve + trapped if last else 0.0)
        if last:
            reserve, trapped = np.zeros(paths), np.zeros(paths)
        before = left.copy()
        interest = np.zeros((classes, paths))

        fee = np.minimum(have, owed)
        owed, have = owed - fee, have - fee
        for rows, from_reserve in (([0, 1], True), ([2, 3], True)):
            paid = give(unpaid[rows], have + reserve if from_reserve else have)
            total = paid.sum(axis=0)
            by_cash = np.minimum(total, have)
            have, reserve = have - by_cash, reserve - (total - by_cash)
            interest[rows] += paid
            unpaid[rows] -= paid
        paid = down(plan[:4], have + reserve)
        total = paid.sum(axis=0)
        by_cash = np.minimum(total, have)
        have, reserve = have - by_cash, reserve - (total - by_cash)
        left[:4] -= paid
        target = np.zeros(paths) if last else np.where(left.sum(axis=0) > 0, whole(RESERVE * service), 0.0)
        moved = np.clip(target - reserve, -reserve, have)
        reserve, have = reserve + moved, have - moved
        paid = give(unpaid[4:], have)
        interest[4:] += paid
        unpaid[4:] -= paid
        have = have - paid.sum(axis=0)
        paid = down(plan[4:], have)
        left[4:] -= paid
        have = have - paid.sum(axis=0)
        held = (ratio < TRAP) & ~rapid & (left.sum(axis=0) > 0) & (not last)
        have, trapped = np.where(held, 0.0, have + trapped), np.where(held, have + trapped, 0.0)
        paid = down(np.where(rapid, left, 0.0), have)
        left = left - paid
        growth = growth * (1 + rate)
        value += (interest + before - left) / growth
    return 1 - value / size
