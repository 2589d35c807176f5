"""Loops over rings and ladders that skip what is empty: most vintages are worth nothing, and most debt is not due."""

from __future__ import annotations

from typing import Any

import numpy as np

from ouroloop.core import QUANTUM
from ouroloop.core.frame import entry_point, executes, floats1, floats2, floats3, in_place3, integers, result2
from ouroloop.core.kernel import kernel
from ouroloop.ledger.precision import PER_UNIT


@kernel
def _some(row: Any) -> bool:
    """Is there anything on any path? By index: numba runs this loop eight paths at a time, and one over items not."""
    found = False
    for path in range(len(row)):
        found |= row[path] != 0.0
    return found


@kernel
def wear_in_place(book: Any, placed: Any, life: Any, age: Any, charged: Any) -> None:
    """What was placed becomes the vintage of age 0 of `book[owner, vintage, path]`, and all are charged a quarter."""
    owners, vintages, paths = book.shape
    for owner in range(owners):
        total, years = charged[owner], life[owner]
        total[:] = 0.0
        for vintage in range(vintages):
            left, old = book[owner, vintage], np.float64(age[vintage])
            if age[vintage] == 0:
                for path in range(paths):
                    left[path] += placed[owner, path]
            if not _some(left):
                continue
            for path in range(paths):
                charge = np.rint(left[path] / np.maximum(years[path] - old, 1.0) * PER_UNIT) * QUANTUM
                left[path] -= charge
                total[path] += charge


@entry_point
def wear(frame: Any) -> int:
    """Arguments: book, placed, life, age. Results: book, charged."""
    if executes(frame):
        book = in_place3(frame, 0)
        wear_in_place(book, floats2(frame, 1), floats2(frame, 2), integers(frame, 3), result2(frame, 1))
    return 0


@kernel
def place_evenly_in_place(ladder: Any, amounts: Any, first: Any, quarters: Any, contract: Any) -> None:
    """Level parts of `amounts[row, path]` into the slots of each row's contract; the last part takes the rest."""
    last, paths = ladder.shape[1] - 1, ladder.shape[2]
    part, rest = np.empty(paths), np.empty(paths)
    for row in range(len(amounts)):
        if not _some(amounts[row]):
            continue
        parts, rungs = max(quarters[row], 1), ladder[contract[row]]
        begin = min(max(first[row], 0), last)
        end = min(begin + parts - 1, last)
        for path in range(paths):
            amount = np.rint(amounts[row, path] * PER_UNIT) * QUANTUM
            part[path] = np.floor(amount / parts * PER_UNIT) * QUANTUM
            rest[path] = amount - part[path] * (end - begin)
        for slot in range(begin, end):
            for path in range(paths):
                rungs[slot, path] += part[path]
        for path in range(paths):
            rungs[end, path] += rest[path]


@entry_point
def place_evenly(frame: Any) -> int:
    """Arguments: ladder, amounts, first, quarters, contract. Result: ladder."""
    if executes(frame):
        ladder = in_place3(frame, 0)
        place_evenly_in_place(ladder, floats2(frame, 1), integers(frame, 2), integers(frame, 3), integers(frame, 4))
    return 0


@kernel
def scale_in_place(ladder: Any, share: Any, taken: Any) -> None:
    """Take a share off every slot, and sum it up in `taken`."""
    contracts, slots, paths = ladder.shape
    for contract in range(contracts):
        total, part = taken[contract], share[contract]
        total[:] = 0.0
        if not _some(part):
            continue
        for slot in range(slots):
            rung = ladder[contract, slot]
            for path in range(paths):
                off = np.rint(rung[path] * part[path] * PER_UNIT) * QUANTUM
                rung[path] -= off
                total[path] += off


@entry_point
def scale(frame: Any) -> int:
    """Arguments: ladder, share. Results: ladder, taken."""
    if executes(frame):
        ladder = in_place3(frame, 0)
        scale_in_place(ladder, floats2(frame, 1), result2(frame, 1))
    return 0


@kernel
def take_earliest_in_place(ladder: Any, amounts: Any, taken: Any) -> None:
    """Take up to `amounts` off the slots that come first, and sum it up in `taken`."""
    contracts, slots, paths = ladder.shape
    left = np.empty(paths)
    for contract in range(contracts):
        total = taken[contract]
        total[:] = 0.0
        if not _some(amounts[contract]):
            continue
        for path in range(paths):
            left[path] = amounts[contract, path]
        for slot in range(slots):
            rung = ladder[contract, slot]
            for path in range(paths):
                off = np.minimum(np.maximum(left[path], 0.0), rung[path])
                left[path] -= rung[path]
                rung[path] -= off
                total[path] += off


@entry_point
def take_earliest(frame: Any) -> int:
    """Arguments: ladder, amounts. Results: ladder, taken."""
    if executes(frame):
        ladder = in_place3(frame, 0)
        take_earliest_in_place(ladder, floats2(frame, 1), result2(frame, 1))
    return 0


@kernel
def weigh_rungs(ladder: Any, weights: Any, of: Any, sums: Any) -> None:
    """Slots times their weights, added up, of some contracts."""
    for row in range(len(of)):
        total = sums[row]
        total[:] = 0.0
        for slot in range(len(weights)):
            rung, weight = ladder[of[row], slot], weights[slot]
            if weight != 0.0:
                for path in range(len(total)):
                    total[path] += weight * rung[path]


@kernel
def hand_over_in_place(ladder: Any, share: Any, weights: Any, sold: Any, bought: Any, taken: Any, waits: Any) -> None:
    """Move a share of every slot from one contract to another, and sum it up in `taken`; `waits` is before that."""
    slots, paths = ladder.shape[1:]
    weigh_rungs(ladder, weights, sold, waits)
    for sale in range(len(sold)):
        total, part = taken[sale], share[sale]
        total[:] = 0.0
        if not _some(part):
            continue
        for slot in range(slots):
            old, new = ladder[sold[sale], slot], ladder[bought[sale], slot]
            for path in range(paths):
                off = np.rint(old[path] * part[path] * PER_UNIT) * QUANTUM
                old[path] -= off
                new[path] += off
                total[path] += off


@entry_point
def hand_over(frame: Any) -> int:
    """Arguments: ladder, share, weights, sold, bought. Results: ladder, taken, sums of what was, times the weights."""
    if executes(frame):
        ladder, taken, waits = in_place3(frame, 0), result2(frame, 1), result2(frame, 2)
        share, weights = floats2(frame, 1), floats1(frame, 2)
        hand_over_in_place(ladder, share, weights, integers(frame, 3), integers(frame, 4), taken, waits)
    return 0


@kernel
def put_off_in_place(ladder: Any, paid: Any, later: Any, quarter: int) -> None:
    """`paid` and `later` leave the slot of the quarter, and `later` comes into the next."""
    contracts, slots, paths = ladder.shape
    if quarter >= slots - 1:
        return
    for contract in range(contracts):
        here, after = ladder[contract, quarter], ladder[contract, quarter + 1]
        for path in range(paths):
            here[path] -= paid[contract, path] + later[contract, path]
            after[path] += later[contract, path]


@entry_point
def put_off(frame: Any) -> int:
    """Arguments: ladder, paid, later, quarter. Result: ladder."""
    if executes(frame):
        ladder = in_place3(frame, 0)
        put_off_in_place(ladder, floats2(frame, 1), floats2(frame, 2), integers(frame, 3)[0])
    return 0


@entry_point
def weigh(frame: Any) -> int:
    """Arguments: ladder, weights, contracts. Result: sums."""
    if executes(frame):
        weigh_rungs(floats3(frame, 0), floats1(frame, 1), integers(frame, 2), result2(frame, 0))
    return 0
