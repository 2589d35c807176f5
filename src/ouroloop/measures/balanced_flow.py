"""Balanced Flow Forwarding: the part of the flows that goes round when every entity passes on fairly."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from ouroloop.core.kernel import kernel

SATURATED = 1e-13
"""A row is used up when this share of it is left."""

DIRECT_SIZE = 24
"""Components up to this size are solved by elimination, larger ones by sweeps that start from the last solution."""


@kernel
@no_type_check
def balanced_part(n, start, target, weight):
    """How much of each edge circulates? CSR in (no self-edges), one amount per edge out.

    One step of the published recursion takes, in each strongly connected component, the largest circulation that
    splits each entity's money as its payments do, and subtracts it. Such a step scales whole rows, so the proportions
    of a row never change: after it the entities whose row is used up leave, and the rest goes on with the same
    weights. So the recursion needs no matrices: only how much of each row is used, and which entities are left.
    """
    m = target.size
    circulating = np.zeros(m)
    alive = np.ones(m, np.bool_)
    used, balance = np.zeros(n), np.ones(n)
    # The same edges by payee: which edge, from whom.
    count = np.zeros(n + 1, np.int64)
    for e in range(m):
        count[target[e] + 1] += 1
    into = np.cumsum(count)
    place = into[:-1].copy()
    edge_into, payer = np.empty(m, np.int64), np.empty(m, np.int64)
    for i in range(n):
        for e in range(start[i], start[i + 1]):
            j = target[e]
            edge_into[place[j]], payer[place[j]] = e, i
            place[j] += 1
    # Components waiting, as runs of `order`; `component` numbers them, -1 is out for good.
    order, component = np.arange(n), np.zeros(n, np.int64)
    waiting_start, waiting_end = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    waiting, numbered = 0, 1
    index, low, path = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    frame, edge_at = np.empty(n, np.int64), np.empty(n, np.int64)
    on_path = np.zeros(n, np.bool_)
    out, local = np.zeros(n), np.empty(n, np.uint32)
    run, who, rate = np.empty(n + 1, np.uint32), np.empty(m, np.uint32), np.empty(m)
    begin, end = 0, n
    first = True
    while True:
        if not first:
            if waiting == 0:
                break
            waiting -= 1
            begin, end = waiting_start[waiting], waiting_end[waiting]
            members = order[begin:end]
            for i in members:
                total = 0.0
                for e in range(start[i], start[i + 1]):
                    if alive[e]:
                        total += weight[e]
                out[i] = total
            size = end - begin
            solved = False
            if size > DIRECT_SIZE:
                solved = _sweep(members, out, balance, into, edge_into, payer, weight, alive, local, run, who, rate)
            if not solved:
                _eliminate(members, out, balance, start, target, weight, alive, local)
            step = np.inf
            for i in members:
                step = min(step, (1.0 - used[i]) / balance[i])
            for i in members:
                used[i] += step * balance[i]
                if used[i] >= 1.0 - SATURATED:
                    used[i] = 1.0
                    component[i] = -1
        first = False
        # Split what is left into strongly connected components (Tarjan), and let the edges between them go.
        members = order[begin:end].copy()
        old = numbered
        for i in members:
            index[i] = -1
        clock, depth, filled = 0, 0, begin
        for root in members:
            if component[root] < 0 or index[root] >= 0:
                continue
            frames = 1
            frame[0] = root
            index[root] = low[root] = clock
            clock += 1
            edge_at[root] = start[root]
            path[depth] = root
            on_path[root] = True
            depth += 1
            while frames > 0:
                i = frame[frames - 1]
                e = edge_at[i]
                if e < start[i + 1]:
                    edge_at[i] += 1
                    j = target[e]
                    if not alive[e] or component[j] < 0:
                        continue
                    if index[j] < 0:
                        index[j] = low[j] = clock
                        clock += 1
                        edge_at[j] = start[j]
                        path[depth] = j
                        on_path[j] = True
                        depth += 1
                        frame[frames] = j
                        frames += 1
                    elif on_path[j]:
                        low[i] = min(low[i], index[j])
                    continue
                frames -= 1
                if frames > 0:
                    low[frame[frames - 1]] = min(low[frame[frames - 1]], low[i])
                if low[i] == index[i]:
                    opened = filled
                    while True:
                        depth -= 1
                        j = path[depth]
                        on_path[j] = False
                        order[filled] = j
                        filled += 1
                        index[j] = n + numbered  # its number, told apart from the clock
                        if j == i:
                            break
                    if filled - opened > 1:
                        waiting_start[waiting], waiting_end[waiting] = opened, filled
                        waiting += 1
                    numbered += 1
        for i in members:
            component[i] = index[i] - n if component[i] >= 0 else -1
        for i in members:
            for e in range(start[i], start[i + 1]):
                if alive[e] and (component[i] < old or component[i] != component[target[e]]):
                    alive[e] = False
                    circulating[e] = weight[e] * used[i]
    return circulating


@kernel
@no_type_check
def _sweep(members, out, balance, into, edge_into, payer, weight, alive, local, run, who, rate):
    """Solve balance = what comes in by sweeps there and back. False when it does not settle.

    `run`, `who` and `rate` are room for this component's edges, packed by payee: unsigned indices need no sign check.
    """
    size = members.size
    flow = np.empty(size)
    for k in range(size):
        local[members[k]] = k
        flow[k] = balance[members[k]]
    filled = 0
    for k in range(size):
        i = members[k]
        run[k] = filled
        for p in range(into[i], into[i + 1]):
            e = edge_into[p]
            if alive[e]:
                who[filled] = local[payer[p]]
                rate[filled] = weight[e] / out[i]
                filled += 1
    run[size] = filled
    last = np.inf
    for sweep in range(400):
        change, largest = 0.0, 0.0
        for back in range(2):
            for step in range(size):
                k = np.uint32(size - 1 - step if back else step)
                money = 0.0
                for p in range(run[k], run[k + np.uint32(1)]):
                    money += flow[who[p]] * rate[p]
                change = max(change, abs(money - flow[k]) / money)
                flow[k] = money
                largest = max(largest, money)
        factor = min(change / last, 0.999)
        last = change
        if (sweep > 0 and change * factor / (1.0 - factor) < 1e-14) or change < 4e-16:
            for k in range(size):
                balance[members[k]] = flow[k] / largest
            return True
        if sweep > 30 and factor > 0.97:
            return False
    return False


@kernel
@no_type_check
def _eliminate(members, out, balance, start, target, weight, alive, local):
    """Solve it by state reduction (Grassmann, Taksar and Heyman 1985): no subtraction, so no digits are lost."""
    size = members.size
    for k in range(size):
        local[members[k]] = k
    A = np.zeros((size, size))
    for k in range(size):
        i = members[k]
        for e in range(start[i], start[i + 1]):
            if alive[e]:
                A[k, local[target[e]]] += weight[e]
    for k in range(size - 1, 0, -1):
        leaves = A[k, :k].sum()
        for i in range(k):
            if A[i, k] != 0.0:
                share = A[i, k] / leaves
                A[i, k] = share
                for j in range(k):
                    A[i, j] += share * A[k, j]
    flow = np.ones(size)
    for k in range(1, size):
        money = 0.0
        for i in range(k):
            money += flow[i] * A[i, k]
        flow[k] = money
    for k in range(size):
        balance[members[k]] = flow[k]
    largest = flow.max()
    for k in range(size):
        balance[members[k]] /= largest
