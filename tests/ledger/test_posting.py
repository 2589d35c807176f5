"""Posting is exact on every path, in any order, under every transformation."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import LARGEST_EXACT, QUANTUM, BadInput, quanta
from ouroloop.ledger.incidence import Incidence
from tests.ledger.worlds import Run, opened, runs

RUNS = settings(max_examples=10, deadline=None)


def run(ledger: books.Ledger, opening: np.ndarray, periods: list[np.ndarray]) -> books.Books:
    kept = opened(ledger, opening)
    for amounts in periods:
        kept = books.post(ledger, kept, amounts)
    return kept


@RUNS
@given(runs())
def test_the_residual_is_exactly_zero_on_every_path(world: Run):
    kept = run(world.ledger, world.opening, world.amounts)
    left = books.residual(world.ledger, kept)
    assert not np.asarray(left.by_entity).any()
    assert not np.asarray(left.by_claim).any()
    assert not np.asarray(kept.inexact).any()


def test_the_residual_shows_a_single_quantum_that_was_put_in_by_hand():
    world = books.build([books.loan("bank", "lab")])
    kept = books.open_books(world, {books.cash("bank"): 4.0e6})
    row = world.row(books.cash("lab"))
    forged = books.Books(kept.balances.at[row, 0].add(QUANTUM), kept.inexact)
    left = books.residual(world, forged)
    assert float(left.by_entity[world.books.index(("lab", "USD")), 0]) == QUANTUM
    assert float(left.by_claim[world.claims.index(("cash", "USD")), 0]) == QUANTUM
    # A fraction of a quantum shows too.
    forged = books.Books(kept.balances.at[row, 0].add(QUANTUM / 8), kept.inexact)
    assert float(books.residual(world, forged).by_claim.sum()) == QUANTUM / 8


@RUNS
@given(runs())
def test_balances_equal_the_sum_in_python_integers(world: Run):
    ledger, opening, periods = world.ledger, world.opening, world.amounts
    want = ledger.chart.O.astype(object) @ np.vectorize(quanta, otypes=[object])(opening)
    for amounts in periods:
        want = want + ledger.chart.S.astype(object) @ np.vectorize(quanta, otypes=[object])(amounts)
    got = np.asarray(run(world.ledger, world.opening, world.amounts).balances) / QUANTUM
    assert got.tolist() == want.tolist()


@RUNS
@given(runs(paths=6), st.permutations(range(6)))
def test_paths_do_not_know_of_each_other(world: Run, order: list[int]):
    ledger, opening, periods = world.ledger, world.opening, world.amounts
    whole = np.asarray(run(world.ledger, world.opening, world.amounts).balances)
    permuted = run(ledger, opening[:, order], [amounts[:, order] for amounts in periods])
    assert np.asarray(permuted.balances).tobytes() == whole[:, order].tobytes()
    halves = [run(ledger, opening[:, part], [a[:, part] for a in periods]) for part in (slice(2), slice(2, 6))]
    assert np.concatenate([np.asarray(h.balances) for h in halves], axis=1).tobytes() == whole.tobytes()


def test_blocks_of_paths_change_no_bit():
    random = np.random.default_rng(5)
    world = books.build([books.loan("a", "b"), books.purchase_expensed("b", "c"), books.boundary_receipt("u", "c")])
    amounts = random.exponential(size=(3, 300))  # two blocks and a part of one
    empty = books.open_books(world, {}, 300)
    whole = np.asarray(books.post(world, empty, amounts).balances)
    for path in (0, 127, 128, 171, 172, 255, 256, 299):
        alone = books.post(world, books.open_books(world, {}), amounts[:, path : path + 1])
        assert np.asarray(alone.balances)[:, 0].tobytes() == whole[:, path].tobytes()


@RUNS
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_postings_changes_no_bit(world: Run, random):
    ledger, opening, periods = world.ledger, world.opening, world.amounts
    columns = [np.where(np.arange(len(a))[:, None] == n, a, 0.0) for a in periods for n in range(len(a))]
    random.shuffle(columns)
    assert (
        np.asarray(run(ledger, opening, columns).balances).tobytes()
        == np.asarray(run(world.ledger, world.opening, world.amounts).balances).tobytes()
    )


@settings(max_examples=3, deadline=None)
@given(runs())
def test_compiled_is_eager_and_vmap_is_a_loop(world: Run):
    ledger, opening, periods = world.ledger, world.opening, world.amounts
    kept = opened(ledger, opening)
    amounts = np.stack([periods[0], periods[0] / 3])
    with jax.disable_jit():
        eager = [books.post(ledger, kept, a).balances for a in amounts]
    post = eqx.filter_jit(books.post)
    mapped = jax.vmap(lambda a: books.post(ledger, kept, a).balances)(jnp.asarray(amounts))
    for n, a in enumerate(amounts):
        assert np.asarray(post(ledger, kept, a).balances).tobytes() == np.asarray(eager[n]).tobytes()
        assert np.asarray(mapped[n]).tobytes() == np.asarray(eager[n]).tobytes()


@pytest.mark.parametrize("paths", [2, 130])
def test_the_gradient_is_the_finite_difference(paths: int):
    world = books.build([books.loan("a", "b"), books.purchase_expensed("b", "c"), books.purchase_capitalized("c", "a")])
    kept = books.open_books(world, {books.cash("a"): 10.0}, paths)
    random = np.random.default_rng(0)
    amounts = jnp.asarray(random.uniform(1, 2, (3, paths)))
    weight = jnp.asarray(random.normal(size=(len(world.accounts), paths)))

    @jax.jit
    def value(a: jax.Array) -> jax.Array:
        return (weight * books.post(world, kept, a).balances ** 2).sum()

    gradient = jax.jit(jax.grad(value))(amounts)
    forward = jax.jvp(value, (amounts,), (jnp.ones_like(amounts),))[1]
    step = 2.0**-10
    for row, column in ((0, 0), (1, paths - 1), (2, paths // 2)):
        up, down = (value(amounts.at[row, column].add(s)) for s in (step, -step))
        # Quadratic, so the central difference has only the rounding of amounts: 2^-30 / 2^-10, times the slope's size.
        assert float(gradient[row, column]) == pytest.approx(float((up - down) / (2 * step)), rel=1e-4, abs=1e-4)
    assert float(forward) == pytest.approx(float(gradient.sum()), rel=1e-12)
    mapped = jax.jit(jax.vmap(jax.grad(value)))(amounts[None])[0]
    assert np.asarray(mapped) == pytest.approx(np.asarray(gradient), rel=1e-12)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([(1, 1), (7, 3), (4, 40), (3, 130)]), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_padded_gather_is_the_matrix_product(shape: tuple[int, int], density: float, seed: int):
    rows, columns = shape
    random = np.random.default_rng(seed)
    signs = random.choice([-1, 1], (rows, columns)) * (random.random((rows, columns)) < density)
    amounts = random.integers(-(2**40), 2**40, (columns, 3))
    assert np.asarray(Incidence(signs.astype(np.int64)) @ jnp.asarray(amounts)).tolist() == (signs @ amounts).tolist()


def test_rounding_is_half_to_even_and_its_gradient_passes_straight_through():
    given_quanta = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 0.49, 1.0])
    assert (np.asarray(books.quantize(jnp.asarray(given_quanta * QUANTUM))) / QUANTUM).tolist() == [
        0,
        2,
        2,
        0,
        -2,
        0,
        1,
    ]
    assert float(jax.grad(books.quantize)(jnp.asarray(0.3))) == 1.0


@pytest.mark.parametrize(
    ("amount", "code"),
    [(np.nan, "not-a-number"), (np.inf, "not-a-number"), (LARGEST_EXACT * 1.01, "beyond-exact-range")],
)
def test_amounts_that_cannot_be_exact_are_flagged_and_named(amount: float, code: str):
    world = books.build([books.loan("bank", "lab"), books.loan("lab", "bank", "back")])
    amounts = world.amounts({"back": [1.0, amount, 2.0]}, paths=3)
    kept = books.post(world, books.open_books(world, {}, 3), amounts)
    assert np.asarray(kept.inexact).tolist() == [False, True, False]
    later = books.post(world, kept, world.amounts({}, paths=3))
    assert np.asarray(later.inexact).tolist() == [False, True, False]
    with pytest.raises(BadInput, match="1 of 3 paths") as caught:
        books.check_exact(later)
    assert [p.code for p in caught.value.problems] == ["inexact-books"]
    with pytest.raises(BadInput, match="flow 'back' has the amount") as caught:
        books.check_amounts(world, amounts)
    assert [p.code for p in caught.value.problems] == [code]
    books.check_amounts(world, world.amounts({"back": -LARGEST_EXACT}))


def test_sums_beyond_the_exact_range_are_flagged_although_each_amount_is_within():
    flows = [books.loan("bank", "lab", f"loan {n}") for n in range(3)]
    world = books.build(flows)
    amounts = world.amounts({flow.name: [LARGEST_EXACT / 2, LARGEST_EXACT / 4] for flow in flows}, paths=2)
    books.check_amounts(world, amounts)
    assert np.asarray(books.post(world, books.open_books(world, {}, 2), amounts).inexact).tolist() == [True, False]


def test_sixty_four_bit_numbers_are_on():
    assert jnp.asarray(0.1).dtype == jnp.float64


def test_a_world_without_flows_has_books_too():
    world = books.build([], accounts=[books.cash("a")])
    kept = books.post(world, books.open_books(world, {books.cash("a"): 1.0}), world.amounts({}))
    assert float(kept.balances[world.row(books.cash("a")), 0]) == 1.0


def test_a_path_stays_flagged_after_its_balances_came_back():
    world = books.build([books.loan("bank", "lab")])
    kept = books.open_books(world, {})
    for amount in (LARGEST_EXACT * 2, -LARGEST_EXACT * 2, 1.0):
        kept = books.post(world, kept, world.amounts({"lend:bank:lab": amount}))
    assert float(jnp.abs(kept.balances).max()) == 1.0
    assert np.asarray(kept.inexact).tolist() == [True]
