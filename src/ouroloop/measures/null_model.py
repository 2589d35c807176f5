"""Would chance make as many loops? Networks with the same payers and payees, shuffled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ouroloop.core import BadInput, Problem
from ouroloop.measures.circulation import maximum_circulation
from ouroloop.measures.edges import FlowEdges, Flows, in_quanta, read_edges
from ouroloop.measures.network import PLACE

Keep = Literal["strengths", "degrees"]
Statistic = Callable[[FlowEdges], float]


@dataclass(frozen=True, eq=False)
class Significance:
    """One statistic against its null distribution.

    `p_value = (1 + #{draws >= observed}) / (1 + #draws)`: small when chance seldom makes as much. `z_score` is NaN
    when the draws do not vary.
    """

    observed: float
    mean: float
    deviation: float
    z_score: float
    p_value: float
    draws: np.ndarray


@dataclass(frozen=True, eq=False)
class NullModel:
    """What shuffled networks look like. `strength_error` is the largest relative change of any entity's total paid or
    received in any draw, `self_share` the largest share of money left as payments to oneself."""

    keep: str
    statistics: Mapping[str, Significance]
    strength_error: float
    self_share: float


def null_model(
    F: Flows,
    *,
    draws: int = 200,
    seed: int = 0,
    max_length: int = 6,
    keep: Keep | str = "strengths",
    statistics: Mapping[str, Statistic] | None = None,
) -> NullModel:
    """Are there more loops, or larger, than who pays and receives how much would make by chance?

    Draws networks with `shuffled` and compares: `loops` (simple cycles of 2 to `max_length` links), `bottleneck` (the
    largest one of such a loop) and `circulation` (the maximum circulation), or statistics of your own. The same seed
    gives the same draws. Payments to oneself are left out.

    - `keep="strengths"` keeps what each entity pays and receives exactly. It cuts payments up, so a draw can have up
      to twice as many links: read `circulation` here, and `loops` with care.
    - `keep="degrees"` keeps how many payees and payers each entity has exactly, and its totals as nearly as the new
      links allow (`strength_error`): the fair comparison for `loops`.

    Says nothing about intent, and nothing about industries: suppliers and customers are not strangers drawn at random.
    """
    if keep not in ("strengths", "degrees") or draws < 1:
        problem = Problem(PLACE, "bad-null-model", f"keep={keep!r}, draws={draws}", "keep strengths or degrees")
        raise BadInput([problem])
    edges = read_edges(F)
    edges = edges.where(edges.source != edges.target)
    measured = dict(statistics or _statistics(max_length))
    rng = np.random.default_rng(seed)
    values = {name: np.empty(draws) for name in measured}
    strength_error = self_share = 0.0
    paid, received = _strengths(edges)
    for k in range(draws):
        draw = shuffled(edges, rng, keep)
        drawn_paid, drawn_received = _strengths(draw)
        for now, before in ((drawn_paid, paid), (drawn_received, received)):
            off = np.abs(now - before)[before > 0] / before[before > 0]
            strength_error = max(strength_error, float(off.max(initial=0.0)))
        itself = draw.source == draw.target
        self_share = max(self_share, float(draw.amount[itself].sum()) / edges.total if edges.total else 0.0)
        draw = draw.where(~itself)
        for name, statistic in measured.items():
            values[name][k] = statistic(draw)
    return NullModel(
        keep=keep,
        statistics={name: _compare(statistic(edges), values[name]) for name, statistic in measured.items()},
        strength_error=strength_error,
        self_share=self_share,
    )


def _strengths(edges: FlowEdges) -> tuple[np.ndarray, np.ndarray]:
    return np.bincount(edges.source, edges.amount, edges.n), np.bincount(edges.target, edges.amount, edges.n)


def _statistics(max_length: int) -> dict[str, Statistic]:
    from ouroloop.measures.simple_cycles import cycle_counts, widest_bottleneck

    return {
        "loops": lambda edges: float(cycle_counts(edges, max_length).sum()),
        "bottleneck": lambda edges: widest_bottleneck(edges, max_length),
        "circulation": lambda edges: float(maximum_circulation(edges).sum()),
    }


def _compare(observed: float, draws: np.ndarray) -> Significance:
    deviation = float(draws.std(ddof=1)) if draws.size > 1 else 0.0
    mean = float(draws.mean())
    return Significance(
        observed=observed,
        mean=mean,
        deviation=deviation,
        z_score=(observed - mean) / deviation if deviation > 0 else float("nan"),
        p_value=float(1 + (draws >= observed * (1 - 1e-12)).sum()) / (1 + draws.size),
        draws=draws,
    )


def shuffled(edges: FlowEdges, rng: np.random.Generator, keep: Keep | str = "strengths") -> FlowEdges:
    """One random network with the payers' and payees' totals, or numbers of links, of another."""
    if edges.amount.size == 0:
        return edges
    return _realigned(edges, rng) if keep == "strengths" else _rewired(edges, rng)


def _realigned(edges: FlowEdges, rng: np.random.Generator) -> FlowEdges:
    """Lay the payments end to end twice, by payer and by payee, each in random order; where they overlap is a link.

    In integers, so that totals stay exact. A payment to oneself is exchanged with parts of random others.
    """
    amount, quantum = in_quanta(edges.amount)
    out, into = rng.permutation(amount.size), rng.permutation(amount.size)
    ends_out, ends_in = np.cumsum(amount[out]), np.cumsum(amount[into])
    ends = np.unique(np.concatenate([ends_out, ends_in]))
    ends = ends[ends > 0]
    payers = edges.source[out][np.searchsorted(ends_out, ends)].tolist()
    payees = edges.target[into][np.searchsorted(ends_in, ends)].tolist()
    sizes = np.diff(ends, prepend=0).tolist()
    itself = [k for k in range(len(sizes)) if payers[k] == payees[k]]
    while itself:
        k = itself.pop()
        a = payers[k]
        candidates = [c for c in range(len(sizes)) if sizes[c] > 0 and a not in (payers[c], payees[c])]
        if not candidates:
            continue
        c = candidates[int(rng.integers(len(candidates)))]
        moved = min(sizes[k], sizes[c])
        sizes[k] -= moved
        sizes[c] -= moved
        payers += [a, payers[c]]
        payees += [payees[c], a]
        sizes += [moved, moved]
        if sizes[k] > 0:
            itself.append(k)
    key = np.array(payers, np.int64) * edges.n + np.array(payees, np.int64)
    pairs, place = np.unique(key, return_inverse=True)
    whole = np.zeros(pairs.size, np.int64)
    np.add.at(whole, place, np.array(sizes, np.int64))
    source, target = np.divmod(pairs[whole > 0], edges.n)
    return FlowEdges(edges.n, source, target, whole[whole > 0] * quantum)


def _rewired(edges: FlowEdges, rng: np.random.Generator) -> FlowEdges:
    """Exchange the payees of random pairs of links, then scale rows and columns in turn toward the old totals.

    Where the new links cannot carry the old totals, scaling drives some of them toward nothing; each keeps a
    billionth of the smallest payment, so that a link stays a link.
    """
    source, target = edges.source.copy(), edges.target.copy()
    links = set(zip(source.tolist(), target.tolist(), strict=True))
    for a, b in rng.integers(source.size, size=(20 * source.size, 2)).tolist():
        i, j, k, m = int(source[a]), int(target[a]), int(source[b]), int(target[b])
        if i == m or k == j or (i, m) in links or (k, j) in links:
            continue
        links -= {(i, j), (k, m)}
        links |= {(i, m), (k, j)}
        target[a], target[b] = m, j
    paid, received = _strengths(edges)
    amount = edges.amount.copy()
    least = 1e-9 * float(amount.min())
    for _ in range(500):
        amount *= (received / np.maximum(np.bincount(target, amount, edges.n), 1e-300))[target]
        ratio = paid / np.maximum(np.bincount(source, amount, edges.n), 1e-300)
        amount = np.maximum(amount * ratio[source], least)
        if np.abs(ratio[source] - 1.0).max() < 1e-12:
            break
    order = np.lexsort((target, source))
    return FlowEdges(edges.n, source[order], target[order], amount[order])
