"""Simple cycles of a directed graph: how many, of which length, and which (compiled kernels and their callers)."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ouroloop.core.kernel import kernel
from ouroloop.measures.edges import FlowEdges, Flows, read_edges

NO_LIMIT = 2**62


def cycle_counts(
    F: Flows | FlowEdges, max_length: int | None = None, most: int = NO_LIMIT, through_first: int | None = None
) -> np.ndarray:
    """How many simple cycles of each length are there? Entry `k` counts those of `k` edges; self-edges are `k = 1`.

    Exact, by search from each cycle's first entity over the entities after it, cut where the way home is too long. Up
    to `max_length` edges (no limit when None: then the count, and the time, may grow exponentially with the edges).
    The search stops early once it has seen more than `most`; a sum above `most` means just that. `through_first=k`
    counts only the cycles through at least one of the first k entities.
    """
    edges = read_edges(F)
    length = _limit(edges, max_length)
    start, target = edges.row_starts().astype(np.uint32), edges.target.astype(np.uint32)
    roots = _roots(edges, through_first)
    if length >= edges.n:
        return _count_all(edges.n, start, target, length, most, roots)
    none = np.empty(0, np.int64)
    return _search(edges.n, start, target, length, most, roots, none, none)


def cycle_edges(
    edges: FlowEdges, max_length: int | None = None, through_first: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Which edges make up each simple cycle? Flat edge numbers, and where each cycle begins (with the end last).

    A cycle begins at its entity that stands first on the axis, so each comes once; cycles come in lexical order.
    """
    length = _limit(edges, max_length)
    start, target = edges.row_starts().astype(np.uint32), edges.target.astype(np.uint32)
    counts = cycle_counts(edges, length, NO_LIMIT, through_first)
    flat = np.empty(int(counts @ np.arange(counts.size)), np.int64)
    offset = np.empty(int(counts.sum()) + 1, np.int64)
    _search(edges.n, start, target, length, NO_LIMIT, _roots(edges, through_first), flat, offset)
    return flat, offset


def widest_bottleneck(edges: FlowEdges, max_length: int) -> float:
    """The largest smallest link of any simple cycle of 2 to `max_length` edges; 0 without a cycle.

    By bisection over the amounts: is there still a cycle on the links of at least so much?
    """
    edges = edges.where(edges.source != edges.target)
    sizes = np.unique(edges.amount)
    low, high = -1, sizes.size - 1
    while low < high:
        middle = (low + high + 1) // 2
        if cycle_counts(edges.where(edges.amount >= sizes[middle]), max_length, 0).any():
            low = middle
        else:
            high = middle - 1
    return float(sizes[low]) if low >= 0 else 0.0


def _limit(edges: FlowEdges, max_length: int | None) -> int:
    return edges.n if max_length is None else max(0, min(max_length, edges.n))


def _roots(edges: FlowEdges, through_first: int | None) -> int:
    return edges.n if through_first is None else min(through_first, edges.n)


@kernel
@no_type_check
def _way_home(root, n, into, payer, home, queue):
    """Fewest edges from each entity >= root back to the root, going through such entities only; n + 1 for no way."""
    for i in range(root, n):
        home[i] = n + 1
    home[root] = 0
    queue[0] = root
    head, tail = 0, 1
    while head < tail:
        j = queue[head]
        head += 1
        for p in range(into[j], into[j + np.uint32(1)]):
            i = payer[p]
            if i >= root and home[i] > n:
                home[i] = home[j] + 1
                queue[tail] = i
                tail += 1


@kernel
@no_type_check
def _by_payee(n, start, target):
    """The payers of each entity: offsets, and who."""
    into = np.zeros(n + 1, np.uint32)
    for e in range(target.size):
        into[target[e] + 1] += 1
    for i in range(n):
        into[i + 1] += into[i]
    place, payer = into[:-1].copy(), np.empty(target.size, np.uint32)
    for i in range(n):
        for e in range(start[i], start[i + 1]):
            payer[place[target[e]]] = i
            place[target[e]] += 1
    return into, payer


@kernel
@no_type_check
def _search(n, start, target, length, most, roots, flat, offset):
    """Count the cycles by length; where `offset` has room, also write each cycle's edges into `flat`."""
    counts = np.zeros(length + 1, np.int64)
    total, filled = 0, 0
    keep = offset.size > 0
    if keep:
        offset[0] = 0
    into, payer = _by_payee(n, start, target)
    home, queue = np.empty(n, np.int64), np.empty(n, np.uint32)
    on_path = np.zeros(n, np.bool_)
    path, edge_at = np.empty(length + 1, np.uint32), np.empty(length + 1, np.uint32)
    one = np.uint32(1)
    for root in range(roots):
        _way_home(np.uint32(root), n, into, payer, home, queue)
        depth = 0
        path[0] = root
        edge_at[0] = start[root]
        while depth >= 0:
            i = path[depth]
            e = edge_at[depth]
            if e == start[i + one]:
                on_path[i] = False
                depth -= 1
                continue
            edge_at[depth] = e + one
            j = target[e]
            if j < root:
                continue
            if j == root:
                if depth < length:
                    counts[depth + 1] += 1
                    total += 1
                    if keep:
                        for k in range(depth + 1):
                            flat[filled] = edge_at[k] - one
                            filled += 1
                        offset[total] = filled
                    if total > most:
                        return counts
                continue
            if not on_path[j] and depth + 1 + home[j] <= length:
                depth += 1
                path[depth] = j
                on_path[j] = True
                edge_at[depth] = start[j]
    return counts


@kernel
@no_type_check
def _count_all(n, start, target, length, most, roots):
    """The same count without a limit, with dead ends remembered until their way home reopens (Johnson 1975)."""
    counts = np.zeros(length + 1, np.int64)
    total = 0
    into, payer = _by_payee(n, start, target)
    home, queue = np.empty(n, np.int64), np.empty(n, np.uint32)
    path, edge_at = np.empty(n + 1, np.uint32), np.empty(n + 1, np.uint32)
    found = np.zeros(n + 1, np.bool_)
    blocked = np.zeros(n, np.bool_)
    waits = np.zeros((n, n), np.bool_)  # waits[j, i]: i opens again when j does
    waits_some = np.zeros(n, np.bool_)
    stack = np.empty(n * n + n + 1, np.uint32)
    one = np.uint32(1)
    for root in range(roots):
        _way_home(np.uint32(root), n, into, payer, home, queue)
        for i in range(root, n):
            blocked[i] = False
            waits_some[i] = False
            waits[i, :] = False
        depth = 0
        path[0] = root
        edge_at[0] = start[root]
        found[0] = False
        blocked[root] = True
        while depth >= 0:
            i = path[depth]
            e = edge_at[depth]
            if e < start[i + one]:
                edge_at[depth] = e + one
                j = target[e]
                if j < root:
                    continue
                if j == root:
                    counts[depth + 1] += 1
                    found[depth] = True
                    total += 1
                    if total > most:
                        return counts
                elif not blocked[j] and home[j] <= n:
                    depth += 1
                    path[depth] = j
                    edge_at[depth] = start[j]
                    found[depth] = False
                    blocked[j] = True
                continue
            if found[depth]:
                stack[0] = i
                top = 1
                while top > 0:
                    top -= 1
                    j = stack[top]
                    if blocked[j]:
                        blocked[j] = False
                        if waits_some[j]:
                            waits_some[j] = False
                            for k in range(n):
                                if waits[j, k]:
                                    waits[j, k] = False
                                    if blocked[k]:
                                        stack[top] = k
                                        top += 1
            else:
                for p in range(start[i], start[i + one]):
                    j = target[p]
                    if j >= root:
                        waits[j, i] = True
                        waits_some[j] = True
            if depth > 0 and found[depth]:
                found[depth - 1] = True
            depth -= 1
    return counts
