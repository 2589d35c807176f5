"""Clearing: published examples, a linear program, what must never happen, and the derivative."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ouroloop.contagion import Clearing, clear
from ouroloop.contagion.clearing import OUTSIDE


def claims_of(liabilities: list[list[float]], outside: list[float] | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Debtor, creditor and amount of every claim of a matrix of liabilities with claims of outsiders beside it."""
    matrix = np.asarray(liabilities, float)
    debtor, creditor = np.nonzero(matrix)
    due = matrix[debtor, creditor]
    if outside is not None:
        owing = np.flatnonzero(outside)
        debtor, creditor = np.append(debtor, owing), np.append(creditor, np.full(len(owing), OUTSIDE))
        due = np.append(due, np.asarray(outside, float)[owing])
    return debtor, creditor, due


def cleared(liabilities: list[list[float]], cash: list[float], outside: list[float] | None = None) -> Clearing:
    debtor, creditor, due = claims_of(liabilities, outside)
    return clear(debtor, creditor, jnp.asarray(due)[:, None], jnp.asarray(cash, float)[:, None])


def paid_by(result: Clearing, liabilities: list[list[float]], outside: list[float] | None = None) -> list[float]:
    total = np.sum(liabilities, axis=1) + (0 if outside is None else np.asarray(outside))
    return list(total * np.asarray(result.ratio[:, 0]))


PUBLISHED = [
    pytest.param(
        [[0, 20, 10], [5, 0, 24], [10, 0, 0]], [10, 10, 10], None, [270 / 11, 290 / 11, 10],
        id="siebenbrunner/NetworkValuation, Eisenberg and Noe 2001/Example.mlx: equity printed -5.4545 -2.6364 30",
    ),
    pytest.param(
        [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]], [0.5, 0.625, 0.75], [1.5, 0.5, 0.5],
        [165 / 112, 159 / 112, 1.5], id="CRAN systemicrisk 0.4.3, man/default_clearing.Rd",
    ),
    pytest.param(
        [[0, 4, 0], [0, 0, 3], [2, 0, 0]], [18, 18, 9], [17, 18, 8], [20, 21, 10], id="outside claims pari passu",
    ),
    pytest.param(
        [[0, 0.1, 0.7], [2, 0, 10.5], [0, 8.4, 0]], [1, 1, 1], None, [0.8, 9.5, 8.4],
        id="bertschi/FinNetValu, test_rogers.jl, GClearVecAlgo",
    ),
    pytest.param(
        [[0, 0, 0.5], [0.5, 0, 0], [0, 0.5, 0]], [8, 5, 3], [9, 4, 2], [8.5, 4.5, 2.5],
        id="marcobardoscia/neva, balance_sheets.csv after a loss of 2 at the first bank",
    ),
    pytest.param(
        [[0, 30, 0], [5, 0, 20], [10, 0, 0]], [10, 5, 5], None, [25, 25, 10],
        id="siebenbrunner/NetworkValuation, Rogers and Veraart 2013/Example.mlx without costs of default",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("liabilities", "cash", "outside", "expected"), PUBLISHED)
def test_published_networks_clear_as_printed(
    liabilities: list[list[float]], cash: list[float], outside: list[float] | None, expected: list[float]
) -> None:
    result = cleared(liabilities, cash, outside)
    assert paid_by(result, liabilities, outside) == pytest.approx(expected, abs=1e-9)
    assert float(result.gap[0]) < 1e-9


def test_who_ranks_first_is_taken_off_the_cash_of_a_ring() -> None:
    """Ring of Acemoglu, Ozdaglar and Tahbaz-Salehi 2015: the first starts with -0.4, the others with 0.15."""
    ring = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]]
    result = cleared(ring, [-0.4, 0.15, 0.15, 0.15])
    assert paid_by(result, ring) == pytest.approx([0.6, 0.75, 0.9, 1.0], abs=1e-9)


def test_firms_without_a_dollar_settle_a_ring_of_equal_debts_in_full() -> None:
    """Nothing is the least solution, everything the greatest; the greatest is what netting would do."""
    result = cleared([[0, 100], [100, 0]], [0, 0])
    assert np.asarray(result.ratio).tolist() == [[1.0], [1.0]]
    assert int(result.iterations[0]) == 1


def test_fifty_random_banks_clear_as_r_does() -> None:
    """CRAN systemicrisk (linear program, greatest algorithm) on the same draws: 4893.63949978504 paid, 27 default."""
    g = np.random.default_rng(42)
    n = 50
    matrix = g.exponential(1.0, (n, n)) * (g.random((n, n)) < 1.0)
    np.fill_diagonal(matrix, 0)
    matrix *= 100 / n
    cash, outside = g.uniform(0, 30, n), g.uniform(0, 20, n)
    result = cleared(matrix.tolist(), cash.tolist(), outside.tolist())
    paid = paid_by(result, matrix.tolist(), outside.tolist())
    assert paid[:3] == pytest.approx([89.9983295987231, 105.589939280429, 104.996034559012], abs=1e-7)
    assert sum(paid) == pytest.approx(4893.63949978504, abs=1e-6)
    assert int((result.ratio < 1 - 1e-12).sum()) == 27


FIRMS = 6
PAIRS = [(i, j) for i in range(FIRMS) for j in range(FIRMS) if i != j]
DEBTOR = np.array([i for i, _ in PAIRS] + list(range(FIRMS)))
CREDITOR = np.array([j for _, j in PAIRS] + [OUTSIDE] * FIRMS)
"""Everybody may owe everybody and somebody outside; what is not owed is a claim of 0."""

clear_six = jax.jit(partial(clear, DEBTOR, CREDITOR))


def network(seed: int, paths: int) -> tuple[np.ndarray, np.ndarray]:
    """What is due on each claim, and the cash of each firm."""
    g = np.random.default_rng(seed)
    matrix = g.exponential(10.0, (FIRMS, FIRMS)) * (g.random((FIRMS, FIRMS)) < 0.5)
    outside = g.exponential(5.0, FIRMS) * (g.random(FIRMS) < 0.7)
    due = np.append([matrix[i, j] for i, j in PAIRS], outside)
    return due[:, None] * g.uniform(0.5, 1.5, (len(due), paths)), g.exponential(5.0, (FIRMS, paths))


@pytest.mark.parametrize("seed", range(12))
def test_payments_solve_the_linear_program_of_lemma_4(seed: int) -> None:
    due, cash = network(seed, 1)
    total = np.bincount(DEBTOR, due[:, 0], FIRMS)
    share = due[:, 0] / np.where(total > 0, total, 1)[DEBTOR]
    inflow = np.zeros((FIRMS, FIRMS))
    for d, c, s in zip(DEBTOR, CREDITOR, share, strict=True):
        if c != OUTSIDE:
            inflow[c, d] += s
    bounds = list(zip(0 * total, total, strict=True))
    best = linprog(-np.ones(FIRMS), np.eye(FIRMS) - inflow, cash[:, 0], bounds=bounds, method="highs")
    result = clear_six(due, cash)
    assert total * np.asarray(result.ratio[:, 0]) == pytest.approx(best.x, abs=1e-7)


seeds = st.integers(0, 10_000)


@given(seed=seeds, more=st.floats(0, 20), firm=st.integers(0, FIRMS - 1))
@settings(deadline=None)
def test_more_cash_never_lowers_a_payment(seed: int, more: float, firm: int) -> None:
    due, cash = network(seed, 3)
    richer = cash + more * (np.arange(FIRMS) == firm)[:, None]
    assert np.all(np.asarray(clear_six(due, richer).paid) >= np.asarray(clear_six(due, cash).paid) - 1e-8)


@given(seed=seeds)
@settings(deadline=None)
def test_nobody_pays_more_than_due_or_than_means_and_who_is_short_keeps_nothing(seed: int) -> None:
    due, cash = network(seed, 3)
    result = clear_six(due, cash)
    paid, ratio = np.asarray(result.paid), np.asarray(result.ratio)
    assert np.all(paid <= due)
    assert np.all((ratio >= 0) & (ratio <= 1))
    out, into = np.zeros_like(cash), np.zeros_like(cash)
    np.add.at(out, DEBTOR, paid)
    inside = CREDITOR != OUTSIDE
    np.add.at(into, CREDITOR[inside], paid[inside])
    left = cash + into - out
    assert np.all(left >= -1e-8)
    short = np.asarray(result.shortfall) > 1e-7
    assert np.all(np.abs(left[short]) < 1e-7)


@given(seed=seeds)
@settings(deadline=None)
def test_other_names_for_the_firms_change_nothing(seed: int) -> None:
    due, cash = network(seed, 3)
    order = np.random.default_rng(seed).permutation(FIRMS)
    number = {pair: n for n, pair in enumerate(PAIRS)}
    same = [number[order[i], order[j]] for i, j in PAIRS] + [len(PAIRS) + i for i in order]
    renamed = clear_six(due[same], cash[order])
    assert np.asarray(renamed.paid) == pytest.approx(np.asarray(clear_six(due, cash).paid)[same], abs=1e-7)


def test_a_path_clears_alike_alone_and_among_others() -> None:
    due, cash = network(7, 5)
    together = clear_six(due, cash)
    assert len(set(np.asarray(together.iterations).tolist())) > 1, "paths that need different numbers of rounds"
    for path in range(5):
        alone = clear_six(due[:, [path]], cash[:, [path]])
        assert np.array_equal(alone.paid[:, 0], together.paid[:, path])
        assert int(alone.iterations[0]) == int(together.iterations[path])


def test_compiled_and_inside_a_scan_it_gives_the_same() -> None:
    due, cash = network(3, 4)
    eager = clear(DEBTOR, CREDITOR, jnp.asarray(due), jnp.asarray(cash))
    compiled = clear_six(due, cash)
    _, scanned = jax.lax.scan(lambda s, d: (s, clear(DEBTOR, CREDITOR, d, jnp.asarray(cash)).paid), 0, due[None])
    assert np.asarray(compiled.paid) == pytest.approx(np.asarray(eager.paid), abs=1e-12)
    assert np.asarray(scanned[0]) == pytest.approx(np.asarray(eager.paid), abs=1e-12)


def test_rounds_that_run_out_leave_a_gap_that_is_told() -> None:
    """A ring that leaks: A owes B 100, B owes A 99 and 1 outside, no cash. Each turn of the ring takes off 1 %."""
    debtor, creditor = np.array([0, 1, 1]), np.array([1, 0, OUTSIDE])
    due, cash = jnp.array([[100.0], [99.0], [1.0]]), jnp.zeros((2, 1))
    cut = clear(debtor, creditor, due, cash, rounds=3)
    assert float(cut.gap[0]) > 0.5
    assert int(cut.iterations[0]) == 3
    through = clear(debtor, creditor, due, cash, rounds=10_000)
    assert np.asarray(through.paid).max() < 1e-6, "the greatest solution is that nobody pays"


def test_who_owes_nothing_has_a_ratio_of_one_and_a_derivative() -> None:
    debtor, creditor = np.array([0]), np.array([1])
    result = clear(debtor, creditor, jnp.array([[0.0]]), jnp.array([[0.0], [0.0]]))
    assert np.asarray(result.ratio).tolist() == [[1.0], [1.0]]
    slope = jax.grad(lambda d: clear(debtor, creditor, d, jnp.ones((2, 1))).paid.sum())(jnp.array([[0.0]]))
    assert float(slope[0, 0]) == 1.0


def test_the_derivative_is_that_of_the_solution_worked_by_hand() -> None:
    """A has 6 and owes B 10, B has 3 and owes A 5 and 15 outside: p_A = 6 + p_B/4, p_B = 3 + p_A.

    So p_A = 9 and p_B = 12; a dollar more for A is 4/3 more paid by each.
    """
    debtor, creditor, due = np.array([0, 1, 1]), np.array([1, 0, OUTSIDE]), jnp.array([[10.0], [5.0], [15.0]])

    def paid(cash: jax.Array) -> jax.Array:
        return clear(debtor, creditor, due, cash).ratio[:, 0] * jnp.array([10.0, 20.0])

    cash = jnp.array([[6.0], [3.0]])
    assert np.asarray(paid(cash)) == pytest.approx([9, 12], abs=1e-8)
    assert np.asarray(jax.jacrev(paid)(cash))[:, 0, 0] == pytest.approx([4 / 3, 4 / 3], abs=1e-9)
    assert np.asarray(jax.jacfwd(paid)(cash))[:, 0, 0] == pytest.approx([4 / 3, 4 / 3], abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_the_derivative_is_the_slope_between_two_clearings(seed: int) -> None:
    due, cash = network(seed, 2)
    weight = np.random.default_rng(seed).normal(size=due.shape)
    way = np.random.default_rng(seed + 1).normal(size=cash.shape)

    @jax.jit
    def worth(along: jax.Array) -> jax.Array:
        return jnp.sum(weight * clear_six(due * (1 + along / 10), cash + along * way).paid)

    step = 1e-4
    slope = (worth(jnp.asarray(step)) - worth(jnp.asarray(-step))) / (2 * step)
    assert float(jax.jit(jax.grad(worth))(0.0)) == pytest.approx(float(slope), rel=1e-5, abs=1e-5)
