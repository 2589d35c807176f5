"""Clearing of networks: dense, batched and sparse, beside plain rounds in NumPy and SciPy and beside memory itself.

The packages that clear networks elsewhere (neva and NetworkValuation in Python, systemicrisk in R) are on no package
index that installs them here, so the yardstick is what they do, written by hand: one round of payments after another
over the whole network until none moves; in NumPy, and claim by claim in plain Python as neva does it. Both are held to
each other before any clock runs. Networks are random, with means that fail to cover debts for a part of the firms; the
sparse ones have ten debts to a firm.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np
from scipy.sparse import coo_array, csr_array

from benchmarks.ratio import Ratio, measure
from ouroloop.contagion.kernel import settle
from ouroloop.contagion.network import Obligations, obligations
from ouroloop.contagion.sparse import clear_sparse, sparse_obligations
from ouroloop.contagion.vectors import clearing_vector

DEGREE = 10
TOLERANCE = 1e-12


def run() -> list[Ratio]:
    """One row for each size; times of both in one run."""
    return [
        _dense(1_000),
        _plain(1_000),
        _batch(100, 10_000),
        *(_sparse(firms, repeats, 2.0, "most fail") for firms, repeats in ((20_000, 7), (100_000, 5), (1_000_000, 3))),
        *(_sparse(firms, repeats, 40.0, "few fail") for firms, repeats in ((20_000, 7), (1_000_000, 3))),
        _pass(1_000_000, 2.0, "most fail"),
        _pass(1_000_000, 40.0, "few fail"),
        *_growth((1_000, 10_000, 100_000, 1_000_000)),
    ]


def _rounds(share, due: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Payments round by round: `share` is transposed, [creditor, debtor]."""
    paid = due
    while True:
        after = np.minimum(due, means + share @ paid)
        if np.abs(after - paid).max() <= TOLERANCE:
            return after
        paid = after


def _python_rounds(share: list[list[float]], due: list[float], means: list[float]) -> list[float]:
    """The same, claim by claim."""
    paid = due
    while True:
        after = [
            min(most, own + sum(part * pays for part, pays in zip(row, paid, strict=True)))
            for most, own, row in zip(due, means, share, strict=True)
        ]
        if max(abs(a - b) for a, b in zip(after, paid, strict=True)) <= TOLERANCE:
            return after
        paid = after


def _complete(firms: int) -> tuple[Obligations, np.ndarray, np.ndarray, np.ndarray]:
    """Everybody owes everybody."""
    draw = np.random.default_rng(1)
    owed = draw.exponential(size=(firms, firms)) / firms
    np.fill_diagonal(owed, 0.0)
    outside, means = draw.exponential(size=firms) * 0.5, draw.exponential(size=firms) * 0.5
    due = owed.sum(axis=1) + outside
    return obligations(means, owed, outside), (owed / due[:, None]).T.copy(), due, means


def _dense(firms: int) -> Ratio:
    network, *plainly = _complete(firms)
    ours, plain = partial(clearing_vector, network), partial(_rounds, *plainly)
    np.testing.assert_allclose(ours().total, plain(), atol=1e-7)
    return measure(f"{firms:,} firms, dense", ours, "rounds in NumPy", plain, "-", 5)


def _plain(firms: int) -> Ratio:
    network, *plainly = _complete(firms)
    ours, plain = partial(clearing_vector, network), partial(_python_rounds, *(one.tolist() for one in plainly))
    np.testing.assert_allclose(ours().total, plain(), atol=1e-7)
    return measure(f"{firms:,} firms, dense", ours, "claim by claim in Python", plain, "0.01", 3)


def _batch(firms: int, paths: int) -> Ratio:
    draw = np.random.default_rng(2)
    owed = draw.exponential(size=(firms, firms)) * (draw.random((firms, firms)) < 0.1)
    np.fill_diagonal(owed, 0.0)
    outside = draw.exponential(size=firms)
    means = draw.exponential(size=(firms, paths)) * 2.0
    network, due = obligations(means[:, 0], owed, outside), owed.sum(axis=1) + outside
    share = (owed / due[:, None]).T.copy()

    def one_by_one() -> np.ndarray:
        return np.stack([_rounds(share, due, means[:, path]) for path in range(paths)], axis=1)

    ours = partial(clearing_vector, network, means)
    np.testing.assert_allclose(ours().total, one_by_one(), atol=1e-7)
    return measure(f"{firms} firms on {paths:,} paths", ours, "rounds in NumPy, a path at a time", one_by_one, "0.1", 3)


def _random(firms: int, mean: float) -> tuple[csr_array, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(3)
    ends = draw.integers(0, firms, (2, DEGREE * firms))
    ends = ends[:, ends[0] != ends[1]]
    owed = csr_array(coo_array((draw.exponential(size=ends.shape[1]), (ends[0], ends[1])), shape=(firms, firms)))
    return owed, draw.exponential(size=firms) * mean, draw.exponential(size=firms) * 2.0


def _sparse(firms: int, repeats: int, mean: float, which: str) -> Ratio:
    owed, means, outside = _random(firms, mean)
    due = np.asarray(owed.sum(axis=1)).ravel() + outside
    share = csr_array((owed / due[:, None]).T)
    ours = partial(clear_sparse, sparse_obligations(owed, outside), means, tolerance=TOLERANCE)
    plain = partial(_rounds, share, due, means)
    np.testing.assert_allclose(ours().total, plain(), atol=1e-6)
    return measure(f"{firms:,} firms, {DEGREE} debts each, {which}", ours, "rounds in SciPy", plain, "-", repeats)


def _growth(sizes: tuple[int, ...]) -> list[Ratio]:
    """How cost grows with the network: nanoseconds for each debt, beside those of the smallest. 1 is in proportion."""
    taken: list[float] = []
    for firms in sizes:
        owed, means, outside = _random(firms, 2.0)
        net, best = sparse_obligations(owed, outside), np.inf
        for _ in range(4 if firms < 1_000_000 else 2):
            start = perf_counter()
            clear_sparse(net, means, tolerance=TOLERANCE)
            best = min(best, perf_counter() - start)
        taken.append(best / owed.nnz * 1e9)
    first = taken[0]
    return [
        Ratio(f"{firms:,} firms, for each debt", ns, f"with {sizes[0]:,} firms", first, ns / first, "-", "ns")
        for firms, ns in zip(sizes[1:], taken[1:], strict=True)
    ]


def _pass(firms: int, mean: float, which: str) -> Ratio:
    """Of the largest: a round, on the average of all, beside reading every claim once from memory, in order."""
    owed, means, outside = _random(firms, mean)
    net = sparse_obligations(owed, outside)
    rounds = [0]

    def ours() -> None:
        _, rounds[0], _ = settle(
            net.claims, net.debtors, net.amounts, net.debts, net.creditors, means, net.due,
            1.0, 1.0, TOLERANCE, 1e-12, 10**9,
        )  # fmt: skip

    def read() -> float:
        return float(net.amounts.sum()) + int(net.debtors.sum())

    both = measure(f"{firms:,} firms, {which}: a round", ours, "reading every claim", read, "3", 5)
    return replace(both, ours_s=both.ours_s / rounds[0], ratio=both.ratio / rounds[0])
