"""The loops of the ledger that XLA runs slowly: payments that follow each other, and sums along lists of rows."""

from __future__ import annotations

from typing import Any, no_type_check

import numpy as np

from ouroloop.core import QUANTUM
from ouroloop.core.frame import entry_point, executes, floats2, in_place2, in_place3, integers, result1, result2
from ouroloop.core.kernel import kernel
from ouroloop.ledger.precision import PER_UNIT, UNDER_ONE


@kernel
@no_type_check
def _whole(amount: float) -> float:
    """The nearest multiple of a quantum."""
    return np.rint(amount * PER_UNIT) * QUANTUM


@kernel
@no_type_check
def _apart(pots: Any, wanted: Any, parts: Any, held: Any) -> Any:
    """How much of each color is in `wanted`, or in all there is if that is less; as `rounds._split` says.

    Writes `parts[color, path]`, says in `held[color]` whether the color is there at all (elsewhere `parts` means
    nothing), and returns what is covered. Plain comparisons, because they let NaN through and are cheap.
    """
    colors, paths = pots.shape
    total, ratio, missing = np.zeros(paths), np.empty(paths), np.empty(paths)
    for color in range(colors):
        some = False
        for path in range(paths):
            pot = pots[color, path]
            some |= not pot <= 0.0
            total[path] += 0.0 if pot < 0.0 else pot
        held[color] = some
    for path in range(paths):
        covered = total[path] if total[path] < wanted[path] else wanted[path]
        ratio[path] = covered / (total[path] if total[path] > 0.0 else 1.0) * UNDER_ONE
        total[path] = missing[path] = covered
    for color in range(colors):
        if held[color]:
            for path in range(paths):
                pot = pots[color, path]
                part = np.floor((0.0 if pot < 0.0 else pot) * PER_UNIT * ratio[path]) * QUANTUM
                parts[color, path] = part
                missing[path] -= part
    for color in range(colors):
        if held[color]:
            for path in range(paths):
                pot, more = pots[color, path], missing[path]
                room = (0.0 if pot < 0.0 else pot) - parts[color, path]
                more = 0.0 if more < 0.0 else more
                parts[color, path] += room if more > room else more
                missing[path] -= room
    return total


@kernel
@no_type_check
def _move(
    source: Any, target: Any, earned: Any, amounts: Any, sign: float, paint: int, earns: int, unknown: int
) -> None:
    """One payment in one direction, `[color, path]`; what is beyond cash is `unknown`."""
    colors, paths = source.shape
    much, parts, held = np.empty(paths), np.empty((colors, paths)), np.empty(colors, np.bool_)
    for path in range(paths):
        amount = sign * amounts[path]
        much[path] = 0.0 if amount < 0.0 else amount
    covered = _apart(source, much, parts, held)
    beyond = False
    for path in range(paths):
        covered[path] = much[path] - covered[path]
        beyond |= covered[path] != 0.0
    if beyond:
        for path in range(paths):
            parts[unknown, path] = covered[path] + (parts[unknown, path] if held[unknown] else 0.0)
        held[unknown] = True
    for color in range(colors):
        if held[color]:
            for path in range(paths):
                taken = parts[color, path]
                source[color, path] -= taken
                if paint < 0:
                    target[color, path] += taken
                if earns:
                    earned[color, path] += sign * taken
    if paint >= 0:
        for path in range(paths):
            target[paint, path] += much[path]


@kernel
@no_type_check
def _settle(pots: Any, leaving: Any, unknown: int) -> None:
    """What a member pays to sectors leaves its pots pro rata, and fills the hole; see `rounds._leave`."""
    colors, paths = pots.shape
    parts, held = np.empty((colors, paths)), np.empty(colors, np.bool_)
    for path in range(paths):
        hole = -pots[unknown, path]
        leaving[path] += 0.0 if hole < 0.0 else hole
    covered = _apart(pots, leaving, parts, held)
    for color in range(colors):
        if held[color]:
            for path in range(paths):
                pot = pots[color, path]
                pots[color, path] = (0.0 if pot < 0.0 else pot) - parts[color, path]
        elif color == unknown:
            for path in range(paths):
                pots[color, path] = 0.0
    for path in range(paths):
        pots[unknown, path] += covered[path] - leaving[path]


@kernel
@no_type_check
def recolor_in_place(
    pots: Any,
    revenue: Any,
    amounts: Any,
    flow: Any,
    payers: Any,
    payees: Any,
    paint: Any,
    earns: Any,
    own: Any,
    unknown: int,
) -> None:
    """The three rounds of a quarter, in place. `own`: a sector's color, or -1 for a member; members come first."""
    paths, members = amounts.shape[1], 0
    while members < len(own) and own[members] < 0:
        members += 1
    row, leaving = np.empty(paths), np.zeros((members, paths))
    for payment in range(len(flow)):
        payer, payee = payers[payment], payees[payment]
        comes, goes = own[payer], own[payee]
        for path in range(paths):
            row[path] = _whole(amounts[flow[payment], path])
        if comes >= 0:
            for path in range(paths):
                pots[payer, comes, path] -= row[path]
        if goes >= 0:
            for path in range(paths):
                pots[payee, goes, path] += row[path]
        if comes >= 0 and goes < 0:
            color = paint[payment] if paint[payment] >= 0 else comes
            for path in range(paths):
                pots[payee, color, path] += np.maximum(row[path], 0.0)
                leaving[payee, path] += np.maximum(-row[path], 0.0)
            if earns[payment]:
                for path in range(paths):
                    revenue[payee, comes, path] += row[path]
        elif goes >= 0 and comes < 0:
            for path in range(paths):
                leaving[payer, path] += np.maximum(row[path], 0.0)
                pots[payer, goes, path] += np.maximum(-row[path], 0.0)
    for payment in range(len(flow)):
        payer, payee = payers[payment], payees[payment]
        if own[payer] >= 0 or own[payee] >= 0:
            continue
        forth = back = False
        for path in range(paths):
            row[path] = _whole(amounts[flow[payment], path])
            forth |= not row[path] <= 0.0
            back |= row[path] < 0.0
        earned, mark = revenue[payee], earns[payment]
        if forth:
            _move(pots[payer], pots[payee], earned, row, 1.0, paint[payment], mark, unknown)
        if back:
            _move(pots[payee], pots[payer], earned, row, -1.0, -1, mark, unknown)
    for member in range(members):
        _settle(pots[member], leaving[member], unknown)


@entry_point
@no_type_check
def recolor(frame: Any) -> int:
    """Arguments: pots, revenue, amounts, flow, payers, payees, paint, earns, own, unknown. Results: pots, revenue."""
    if executes(frame):
        pots, revenue = in_place3(frame, 0), in_place3(frame, 1)
        recolor_in_place(
            pots,
            revenue,
            floats2(frame, 2),
            integers(frame, 3),
            integers(frame, 4),
            integers(frame, 5),
            integers(frame, 6),
            integers(frame, 7),
            integers(frame, 8),
            integers(frame, 9)[0],
        )
    return 0


@kernel
@no_type_check
def sum_rows(amounts: Any, starts: Any, columns: Any, sums: Any) -> None:
    """`sums[row]` is what the row's columns add up to; a column ~c is taken off."""
    paths = amounts.shape[1]
    for row in range(len(starts) - 1):
        total = sums[row]
        total[:] = 0.0
        for at in range(starts[row], starts[row + 1]):
            column = columns[at]
            if column >= 0:
                for path in range(paths):
                    total[path] += amounts[column, path]
            else:
                for path in range(paths):
                    total[path] -= amounts[~column, path]


@entry_point
@no_type_check
def add_rows(frame: Any) -> int:
    """Arguments: amounts, starts, columns. Result: sums."""
    if executes(frame):
        sum_rows(floats2(frame, 0), integers(frame, 1), integers(frame, 2), result2(frame, 0))
    return 0


@kernel
@no_type_check
def _largest(balances: Any, starts: Any, columns: Any, largest: Any) -> None:
    """Raise `largest` to what the rows leak: summed in int64 quanta, what is no multiple of a quantum on top."""
    paths = balances.shape[1]
    quanta, rest = np.empty(paths, np.int64), np.empty(paths)
    for row in range(len(starts) - 1):
        quanta[:] = 0
        rest[:] = 0.0
        for at in range(starts[row], starts[row + 1]):
            column = columns[at]
            sign, balance = (1.0, balances[column]) if column >= 0 else (-1.0, balances[~column])
            for path in range(paths):
                whole = np.rint(balance[path] * PER_UNIT)
                quanta[path] += np.int64(sign * whole)
                rest[path] += sign * (balance[path] - whole * QUANTUM)
        for path in range(paths):
            leak = np.abs(np.float64(quanta[path]) * QUANTUM + rest[path])
            if not (leak <= largest[path] or largest[path] != largest[path]):
                largest[path] = leak


@entry_point
@no_type_check
def largest_leak(frame: Any) -> int:
    """Arguments: balances, then starts and columns of entities and of claims. Result: the largest leak by path."""
    if executes(frame):
        balances, largest = floats2(frame, 0), result1(frame, 0)
        largest[:] = 0.0
        _largest(balances, integers(frame, 1), integers(frame, 2), largest)
        _largest(balances, integers(frame, 3), integers(frame, 4), largest)
    return 0


@kernel
@no_type_check
def post_in_place(balances: Any, amounts: Any, starts: Any, columns: Any, reach: Any) -> None:
    """Add amounts in whole quanta into accounts; `reach` bounds every partial sum: max |balance| + sum |amount|."""
    flows, paths = amounts.shape
    moved = np.zeros(paths)
    reach[:] = 0.0
    for flow in range(flows):
        for path in range(paths):
            moved[path] += np.abs(_whole(amounts[flow, path]))
    for account in range(len(balances)):
        balance = balances[account]
        for path in range(paths):
            reach[path] = np.maximum(reach[path], np.abs(balance[path]))
        for at in range(starts[account], starts[account + 1]):
            column = columns[at]
            if column >= 0:
                for path in range(paths):
                    balance[path] += _whole(amounts[column, path])
            else:
                for path in range(paths):
                    balance[path] -= _whole(amounts[~column, path])
    for path in range(paths):
        reach[path] += moved[path]


@entry_point
@no_type_check
def post(frame: Any) -> int:
    """Arguments: balances, amounts, starts, columns. Results: balances, reach."""
    if executes(frame):
        balances = in_place2(frame, 0)
        post_in_place(balances, floats2(frame, 1), integers(frame, 2), integers(frame, 3), result1(frame, 1))
    return 0
