"""The order of play in NumPy as fast as we can make it: parts of the paths that fit the cache, nothing made anew.

The phases that touch little are those of `idiomatic_numpy`, on a part at a time. Written again is what touches much:
all sums as few sparse products, posting and wearing in place and in prepared buffers, vintages only as far as any are
left, write-downs only where somebody fails, colors by the cheapest of the ways in which a payment can move them.
"""

from __future__ import annotations

from types import SimpleNamespace as Record
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from benchmarks.economy import idiomatic_numpy as simple
from benchmarks.economy import idiomatic_numpy_books as simple_books
from benchmarks.economy import idiomatic_numpy_contracts as contracts
from benchmarks.economy.matrices import Matrices
from benchmarks.economy.network import FLOW_SUMS, STOCKS, Network
from benchmarks.economy.numpy_calls import meet_calls
from benchmarks.economy.opening import Plain
from benchmarks.economy.tuned_numpy_colors import Colors
from ouroloop.core import LARGEST_EXACT, QUANTUM
from ouroloop.economy.track import MEMBER_MEASURES, SPONSORS, SYSTEM_MEASURES

CHUNK = 256
PER_UNIT = 1 / QUANTUM


def start(net: Network, inputs: Plain, opening: Plain, paths: int, chunk: int = CHUNK) -> Record:
    """The state before the first quarter, in parts, and the buffers that all parts share."""
    sums, whole = Matrices(net), Record(parts=[], paths=paths)
    buffers = Record(sums=_few_products(net, sums), size=min(chunk, paths))
    for first in range(0, paths, chunk):
        last = min(first + chunk, paths)
        part, own = _cut(opening, first, last, paths), _cut(inputs, first, last, paths)
        part.sums = sums
        part.equity.cap = part.equity.fundamental * np.exp(part.equity.lasting + part.equity.fresh)
        part.books, part.inexact = part.books.balances, part.books.inexact
        part.colored = Colors(net, sums.rounds, part.colors.cash)
        part.by_account = buffers.sums.accounts @ part.books
        part.stocks = _stocks(net, part.by_account)
        whole.parts.append(Record(state=part, inputs=own, first=first, last=last))
    whole.buffers = buffers
    return whole


def step(net: Network, inputs: Plain, s: Record, quarter: int, draws: np.ndarray) -> Record:
    """One quarter on all paths, part by part."""
    paths, world = s.paths, net.world
    seen = Record(
        members=np.empty((len(MEMBER_MEASURES), net.members, paths)),
        who_paid=np.empty((net.members, len(SPONSORS), paths)),
        system=np.empty((len(SYSTEM_MEASURES), paths)),
        amounts=np.empty((len(world.ledger.flows), paths)),
    )
    for part in s.parts:
        of = slice(part.first, part.last)
        out = Record(**{name: rows[..., of] for name, rows in vars(seen).items()})
        _step(net, part.inputs, part.state, quarter, draws[:, of], s.buffers, out)
    return seen


def _cut(of: Any, first: int, last: int, paths: int) -> Any:
    if isinstance(of, Plain):
        return Plain(**{name: _cut(value, first, last, paths) for name, value in vars(of).items()})
    return np.ascontiguousarray(of[..., first:last]) if of.shape[-1] == paths and paths > 1 else of.copy()


def _few_products(net: Network, sums: Matrices) -> Record:
    """Everything read of accounts in one product, everything read of flows in another."""
    accounts = [*(sums.stocks[name] for name in STOCKS), sums.valuations, sums.held, sums.entities, sums.claims]
    flows = [*(sums.flows[name] for name in FLOW_SUMS), sums.losses]
    return Record(accounts=csr_array(vstack(accounts)), flows=csr_array(vstack(flows)))


def _stocks(net: Network, by_account: np.ndarray) -> dict[str, np.ndarray]:
    m = net.members
    return {name: by_account[n * m : (n + 1) * m] for n, name in enumerate(STOCKS)}


def _step(
    net: Network, inputs: Plain, s: Record, quarter: int, draws: np.ndarray, buffers: Record, out: Record
) -> None:
    today = Plain(**{name: rows[..., quarter, :] for name, rows in vars(inputs.calendar).items()})
    q = Record(quarter=quarter, years=(quarter + 1) / 4, calendar=today, draws=draws)
    simple.form_prices(net, inputs, s, q)
    simple.decide(net, inputs, s, q)
    contracts.fall_due(net, inputs, s, q)
    contracts.raise_funds(net, inputs, s, q)
    contracts.clear_payments(net, s, q)
    contracts.spend(net, inputs, s, q)
    contracts.resolve_defaults(net, inputs, s, q)
    contracts.sell_under_mandate(net, inputs, s, q)
    meet_calls(net, inputs, s, q)
    simple_books._build_on(net, inputs, s, q, wear)  # pyright: ignore[reportPrivateUsage]
    _close(net, inputs, s, q, buffers, out)


def wear(
    ring: Record, quarter: int, added: np.ndarray, reported: np.ndarray, economic: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Charge a quarter in place, on the vintages that may still hold something; one book where both are alike."""
    charged = [_charge(ring.reported, quarter, added, reported)]
    if reported is economic:
        ring.economic = ring.reported
        return charged[0], charged[0]
    return charged[0], _charge(ring.economic, quarter, added, economic)


def _charge(book: np.ndarray, quarter: int, added: np.ndarray, years: np.ndarray) -> np.ndarray:
    length = book.shape[1]
    book[:, quarter % length] += contracts.whole(added)
    life = np.minimum(years * 4, length)
    total = np.zeros((len(book), book.shape[2]))
    # Vintages are placed in a ring in their order: what was bought here, and what the opening brought.
    for slots in _in_use(book, quarter):
        part = book[:, slots]
        left = (life[:, None] if life.ndim > 1 else life) - ((quarter - np.arange(length)) % length)[slots, None]
        np.maximum(left, 1.0, out=left)
        charge = np.divide(part, left)
        np.multiply(charge, PER_UNIT, out=charge)
        np.rint(charge, out=charge)
        np.multiply(charge, QUANTUM, out=charge)
        np.subtract(part, charge, out=part)
        total += charge.sum(axis=1)
    return total


def _in_use(book: np.ndarray, quarter: int) -> list[slice]:
    """What was bought here, and what the opening brought as far as any of it is left on some path."""
    oldest, length = quarter + 1, book.shape[1]
    while oldest < length and not book[:, oldest].any():
        oldest += 1
    return [slice(0, min(quarter + 1, length)), slice(min(oldest, length), length)]


def _close(net: Network, inputs: Plain, s: Record, q: Record, buffers: Record, out: Record) -> None:
    world, sums, m = net.world, s.sums, net.members
    held = s.by_account[len(STOCKS) * m + 1 :][: len(world.closing.revalued)]
    amounts = out.amounts
    simple_books._fill(net, s, q, held, amounts)  # pyright: ignore[reportPrivateUsage]
    quanta = np.multiply(amounts, PER_UNIT)
    np.rint(quanta, out=quanta)
    s.colored.move(quanta)
    np.multiply(quanta, QUANTUM, out=quanta)
    reach = np.maximum(s.books.max(axis=0), -s.books.min(axis=0)) + np.abs(quanta).sum(axis=0)
    s.inexact |= ~(reach <= LARGEST_EXACT)
    s.books += sums.post @ quanta
    by_flow = buffers.sums.flows @ amounts
    read = {name: by_flow[n * m : (n + 1) * m] for n, name in enumerate(FLOW_SUMS)}
    s.by_account = buffers.sums.accounts @ s.books
    s.stocks = _stocks(net, s.by_account)
    simple_books._go_on(net, inputs, s, q, read, by_flow[-1])  # pyright: ignore[reportPrivateUsage]
    _observe(net, inputs, s, q, read, out)


def _observe(net: Network, inputs: Plain, s: Record, q: Record, read: dict[str, np.ndarray], out: Record) -> None:
    world, m = net.world, net.members
    ends = len(STOCKS) * m
    valuations, leaks = s.by_account[ends], s.by_account[ends + 1 + len(world.closing.revalued) :]
    members = simple_books.member_measures(net, inputs, s, q, read)
    for n, name in enumerate(MEMBER_MEASURES):
        out.members[n] = members[name]
    s.colored.who_paid(out.who_paid)
    residual = np.maximum(leaks.max(axis=0), -leaks.min(axis=0))
    gap = s.colored.gap(s.books)
    system = simple_books.system_measures(inputs, s, q, members, out.who_paid, valuations, residual, gap)
    for n, name in enumerate(SYSTEM_MEASURES):
        out.system[n] = system[name]
