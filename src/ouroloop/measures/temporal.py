"""Loops whose payments follow each other in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import no_type_check

import numpy as np

from ouroloop.core import BadInput, Problem
from ouroloop.core.kernel import kernel
from ouroloop.measures.network import PLACE, Array
from ouroloop.measures.payments import Payment, When


@dataclass(frozen=True)
class TemporalLoop:
    """Payments in order of time that lead from an entity back to it, passing each entity once."""

    payments: tuple[Payment, ...]

    @property
    def entities(self) -> tuple[str | None, ...]:
        return tuple(payment.payer for payment in self.payments)

    @property
    def bottleneck(self) -> float:
        """The smallest payment: no more than that can have gone all the way round."""
        return min(float(payment.amount) for payment in self.payments)

    @property
    def first(self) -> When:
        return self.payments[0].when

    @property
    def last(self) -> When:
        return self.payments[-1].when


def temporal_loops(
    payments: Iterable[Payment],
    *,
    window: float | int | None = None,
    max_length: int | None = None,
    strict: bool = True,
    closed: bool = True,
    through: str | None = None,
) -> tuple[TemporalLoop, ...]:
    """Which loops did payments run through in order of time?

    Simple temporal cycles: payments `v0 -> v1, v1 -> v2, ..., vk -> v0` with all `v` distinct, at rising times (each
    later than the one before; with `strict=False` not earlier), the last at most `window` after the first (days, or
    the unit of integer times; with `closed=False` less than `window` after it). Every payment is an edge of its own,
    so parallel payments make loops of their own. Payments to or from outside, and to oneself, make none. A loop all at
    one time is counted once. Earliest first.

    Not every loop of the static network: order is asked for here. Reference: R. Kumar, T. Calders, 2SCENT, PVLDB 11
    (2018).
    """
    listed = [p for p in payments if p.payer is not None and p.payee is not None]
    names = sorted({name for p in listed for name in (str(p.payer), str(p.payee))})
    at = {name: i for i, name in enumerate(names)}
    source = np.array([at[str(p.payer)] for p in listed], np.int64)
    target = np.array([at[str(p.payee)] for p in listed], np.int64)
    when = np.array([p.when.toordinal() if isinstance(p.when, date) else p.when for p in listed], np.float64)
    _, flat, offset = _find(source, target, when, window, max_length, strict, closed, listing=True)
    found = [TemporalLoop(tuple(listed[e] for e in flat[begin:end])) for begin, end in pairwise(offset)]
    return tuple(loop for loop in found if through is None or through in loop.entities)


def temporal_cycle_counts(
    source: Array,
    target: Array | None = None,
    when: Array | None = None,
    *,
    window: float | int | None = None,
    max_length: int | None = None,
    strict: bool = True,
    closed: bool = True,
) -> np.ndarray:
    """How many simple temporal cycles of each length are there? Entry `k` counts those of `k` edges; see
    `temporal_loops` for what counts as one. Nodes are numbers or names, times numbers of any unit or dates; one list
    of edges `(source, target, when)` may be given instead of three of equal length."""
    if target is None and when is None:
        edges = list(source)
        source, target, when = ([edge[k] for edge in edges] for k in range(3))
    lengths = {len(given) for given in (source, target, when) if given is not None}
    if target is None or when is None or len(lengths) != 1:
        message = "sources, targets and times need the same length"
        raise BadInput([Problem(PLACE, "wrong-shape", message, "or give one list of (source, target, when)")])
    ends = np.unique(np.concatenate([np.asarray(source), np.asarray(target)]), return_inverse=True)[1].astype(np.int64)
    days = [t.toordinal() if isinstance(t, date) else t for t in when]
    a, b = np.split(ends, 2)
    return _find(a, b, np.asarray(days).astype(np.float64), window, max_length, strict, closed, listing=False)[0]


def _find(
    source: np.ndarray,
    target: np.ndarray,
    when: np.ndarray,
    window: float | int | None,
    max_length: int | None,
    strict: bool,
    closed: bool,
    *,
    listing: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = int(max(source.max(initial=-1), target.max(initial=-1))) + 1
    length = n if max_length is None else max(0, min(max_length, n))
    order = np.argsort(when, kind="stable")
    order = order[source[order] != target[order]]
    a, b, t = source[order].astype(np.int64), target[order].astype(np.int64), when[order].astype(np.float64)
    by_payer = np.argsort(a, kind="stable").astype(np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(a, minlength=n))]).astype(np.int64)
    span = np.inf if window is None else float(window)
    if not closed and window is not None:
        span = np.nextafter(span, -np.inf)
    nothing = np.empty(0, np.int64)
    counts = _search(n, a, b, t, by_payer, start, span, length, strict, nothing, nothing)
    if not listing:
        return counts, nothing, nothing
    flat = np.empty(int(counts @ np.arange(counts.size)), np.int64)
    offset = np.zeros(int(counts.sum()) + 1, np.int64)
    if flat.size:
        _search(n, a, b, t, by_payer, start, span, length, strict, flat, offset)
    return counts, order[flat], offset


@kernel
@no_type_check
def _search(n, source, target, when, by_payer, start, span, length, strict, flat, offset):
    counts = np.zeros(length + 1, np.int64)
    path, at = np.empty(length + 1, np.int64), np.empty(length + 1, np.int64)
    on_path = np.zeros(n, np.bool_)
    found, filled = 0, 0
    if length < 2:
        return counts
    for first in range(source.size):
        root, until = source[first], when[first] + span
        depth = 0
        path[0] = first
        on_path[root] = on_path[target[first]] = True
        at[0] = -1
        while depth >= 0:
            e = path[depth]
            i = target[e]
            if at[depth] < 0:  # the first payment of this payer that is late enough
                low, high = start[i], start[i + 1]
                while low < high:
                    middle = (low + high) // 2
                    late = when[by_payer[middle]] > when[e] or (not strict and when[by_payer[middle]] >= when[e])
                    if late:
                        high = middle
                    else:
                        low = middle + 1
                at[depth] = low
            if at[depth] >= start[i + 1] or when[by_payer[at[depth]]] > until or depth + 1 >= length:
                on_path[i] = False
                depth -= 1
                continue
            following = by_payer[at[depth]]
            at[depth] += 1
            j = target[following]
            if j == root:
                if when[following] == when[first]:  # all at one time: only from its first edge
                    lowest = following
                    for k in range(depth + 1):
                        lowest = min(lowest, path[k])
                    if lowest < first:
                        continue
                counts[depth + 2] += 1
                if flat.size:
                    for k in range(depth + 1):
                        flat[filled + k] = path[k]
                    flat[filled + depth + 1] = following
                    filled += depth + 2
                    found += 1
                    offset[found] = filled
            elif not on_path[j]:
                depth += 1
                path[depth] = following
                on_path[j] = True
                at[depth] = -1
        on_path[root] = False
    return counts
