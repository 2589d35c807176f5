"""Loans owe, pay, accrue and are written down exactly as the ledger says."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from jax import lax

from ouroloop import ledger as books
from ouroloop.instruments import ladder as rungs
from ouroloop.instruments.loan import Loans, LoanState
from ouroloop.ledger import AccountClass
from tests.instruments.financing_examples import (
    SEEDS,
    amounts_of,
    assert_balanced,
    assert_same_compiled,
    at,
    balance,
    column,
    deal,
    quarter,
)

QUANTUM = 2.0**-30
BOTH = Loans(("bond", "bank-line"), ("bond_market", "bank"), ("lab", "lab"), jnp.asarray([False, True]))
SLOTS = 9


def opened(paths: int = 1) -> LoanState:
    """40 of bonds at 5 % due in quarter 2, 8 of bank loans at 3 % over the reference due in quarters 0 and 5."""
    ladder = jnp.zeros((2, SLOTS)).at[0, 2].set(40.0).at[1, 0].set(6.0).at[1, 5].set(2.0)
    return BOTH.opening(ladder, jnp.asarray([0.05, 0.03]), paths)


def test_only_floating_loans_follow_the_reference():
    # 40 at 5 % is 2 a year; 8 at 3 + 4 % is 0.56 a year.
    due = BOTH.interest_due(opened(), jnp.asarray([0.04]))
    np.testing.assert_allclose(np.asarray(due)[:, 0], [0.5, 0.14], atol=QUANTUM)
    due = BOTH.interest_due(opened(2), jnp.asarray([0.0, 0.08]))
    np.testing.assert_allclose(np.asarray(due), [[0.5, 0.5], [0.06, 0.22]], atol=QUANTUM)


def test_new_money_moves_the_rate_by_its_weight():
    state = BOTH.opening(jnp.zeros((2, SLOTS)).at[:, 4].set(10.0), jnp.asarray([0.04, 0.04]), 1)
    state, amounts = BOTH.draw(state, at(1), column(30, 0), jnp.asarray([3, 3]), column(0.08, 0.5))
    np.testing.assert_allclose(np.asarray(state.rate)[:, 0], [0.07, 0.04], rtol=1e-12)
    assert np.asarray(amounts)[:2, 0].tolist() == [30, 0]
    assert not np.asarray(amounts)[2:].any()
    assert float(state.ladder[0, 4, 0]) == 40.0


def test_what_was_promised_comes_down_in_level_parts_at_the_contract_s_own_rate():
    state = opened()
    promises = {"contract": np.array([1, 1]), "first": np.array([4, 2]), "parts": np.array([2, 4])}
    state, amounts = BOTH.draw_evenly(state, at(1), column(3.0, 8.0), **promises)
    assert np.asarray(amounts)[:2, 0].tolist() == [0, 11]
    assert not np.asarray(amounts)[2:].any()
    # 3 in quarters 4 and 5, 8 in quarters 2 to 5, beside 6 in quarter 0 and 2 in quarter 5.
    assert np.asarray(state.ladder)[1, :, 0].tolist() == [6, 0, 2, 2, 3.5, 5.5, 0, 0, 0]
    assert np.asarray(state.owed)[:, 0].tolist() == [40, 19]
    assert np.asarray(state.rate)[:, 0].tolist() == [0.05, 0.03]
    state, _ = BOTH.draw_evenly(state, at(3), column(0.0, 2.0), **promises)
    assert np.asarray(state.ladder)[1, 4:6, 0].tolist() == [4.5, 6.5], "over the quarters that are left"
    state, _ = BOTH.draw_evenly(state, at(6), column(0.0, 1.0), **promises)
    assert float(state.ladder[1, 7, 0]) == 1.0, "due in the next quarter when all are over"
    assert_exact(state)


def test_what_is_put_off_falls_due_a_quarter_later_and_nobody_pays_for_it():
    state = BOTH.extend(opened(), at(0), column(0.0, 4.0))
    assert np.asarray(BOTH.principal_due(state, at(0)))[:, 0].tolist() == [0, 2]
    assert np.asarray(BOTH.principal_due(state, at(1)))[:, 0].tolist() == [0, 4]
    assert np.asarray(state.owed)[:, 0].tolist() == [40, 8]
    assert_exact(state)


def assert_exact(state: LoanState) -> None:
    assert np.array_equal(np.asarray(rungs.total(state.ladder)), np.asarray(state.owed))


def test_a_failed_borrower_s_debt_gets_new_dates_at_the_old_rate_and_nobody_pays_for_it():
    state = opened()
    after = BOTH.reorganize(state, at(1), jnp.asarray([[True], [False]]), jnp.asarray([4, 4]))
    assert np.asarray(after.ladder)[0, :, 0].tolist() == [0, 0, 10, 10, 10, 10, 0, 0, 0]
    assert np.array_equal(after.ladder[1], state.ladder[1])
    assert np.array_equal(after.owed, state.owed)
    assert np.array_equal(after.rate, state.rate)


def test_half_of_what_is_due_is_paid_and_the_other_half_falls_due_next():
    state = opened()
    interest = BOTH.interest_due(state, jnp.asarray([0.02]))  # 0.5 and 0.1
    state, amounts = BOTH.settle(state, at(0), interest, column(1.0, 0.5))
    lent, repaid, paid, accrued, lost = np.asarray(amounts)[:, 0].reshape(5, 2)
    np.testing.assert_allclose(repaid, [0, 3], atol=QUANTUM)
    np.testing.assert_allclose(paid, [0.5, 0.05], atol=QUANTUM)
    np.testing.assert_allclose(accrued, [0, 0.05], atol=QUANTUM)
    assert not lent.any()
    assert not lost.any()
    np.testing.assert_allclose(np.asarray(state.owed)[:, 0], [40, 5.05], atol=2 * QUANTUM)
    np.testing.assert_allclose(np.asarray(BOTH.principal_due(state, at(1)))[:, 0], [0, 3.05], atol=2 * QUANTUM)


def test_softbanks_bridge_drawn_in_july_2026_is_due_in_march_2027():
    opening, (july, _) = "2026-Q3", amounts_of("softbank-bridge-loan-2026")["july"]
    bonds, _ = amounts_of("softbank-bonds-2026-09")["whole"]
    assert "due in March 2027" in str(deal("softbank-bridge-loan-2026").terms)
    assert "at 9% and more" in str(deal("softbank-bonds-2026-09").terms)
    book = Loans(("bridge", "bonds"), ("bank", "bond_market"), ("softbank",) * 2, jnp.asarray([True, False]))
    state = book.opening(jnp.zeros((2, 12)), jnp.zeros(2), 1)
    tenors = jnp.asarray([quarter("2027-Q1", opening), 40])
    state, _ = book.draw(state, at(0), column(july, bonds), tenors, column(0.0, 0.09))
    # 11.1 at 9 % is 0.999 a year, 0.24975 a quarter.
    due = book.interest_due(state, jnp.asarray([0.0]))
    np.testing.assert_allclose(np.asarray(due)[:, 0], [0, 0.24975], atol=QUANTUM)
    assert [float(book.principal_due(state, at(n))[0, 0]) for n in range(4)] == [0, 0, 10, 0]
    np.testing.assert_allclose(float(state.ladder[1, -1, 0]), 11.1, atol=QUANTUM)


def test_hyperions_bonds_cost_their_vehicle_1_8bn_a_year():
    amount, _ = amounts_of("hyperion-bonds")["whole"]
    book = Loans(("hyperion",), ("bond_market",), ("beignet-investor",), jnp.asarray([False]))
    state = book.opening(jnp.zeros((1, 5)).at[0, -1].set(amount), jnp.asarray([0.06581]), 1)
    # 27.3 × 6.581 % = 1.796613 a year, a quarter of it 0.44915325.
    due = book.interest_due(state, jnp.asarray([0.04]))
    np.testing.assert_allclose(float(due[0, 0]), 0.44915325, atol=QUANTUM)


WORLD = books.build(BOTH.flows)


@eqx.filter_jit
def a_quarter(state: LoanState, number: jax.Array, draws: jax.Array) -> tuple[LoanState, jax.Array]:
    """Interest asked, new money drawn, a share paid, a part written down; the amounts of all of it."""
    interest = BOTH.interest_due(state, draws[4] * 0.1)
    state, lent = BOTH.draw(state, number, draws[0:2] * 5, jnp.asarray([1, 3]), draws[2:4] * 0.2)
    state, paid = BOTH.settle(state, number, interest, draws[4:6])
    state, lost = BOTH.write_down(state, jnp.where(draws[6:8] < 0.2, draws[6:8] * 5, 0.0))
    return state, lent + paid + lost


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_what_the_book_says_is_owed_is_what_the_ledger_says(seed: int):
    random, state = np.random.default_rng(seed), opened(3)
    claims = ["loan:bond_market:lab", "loan:bank:lab"]
    opening = {books.cash("lab"): 5.0}
    for claim, lender, row in zip(claims, BOTH.lenders, np.asarray(state.owed), strict=True):
        opening[books.Account(lender, AccountClass.ASSET, claim)] = row
        opening[books.Account("lab", AccountClass.LIABILITY, claim)] = -row
    kept = books.open_books(WORLD, opening, paths=3)
    for number in range(SLOTS + 2):
        draws = random.random((8, 3)).round(int(random.integers(1, 9)))  # sometimes exactly 0 or 1
        state, amounts = a_quarter(state, at(number), jnp.asarray(draws))
        kept = books.post(WORLD, kept, amounts)
        owed = [-balance(WORLD, kept, "lab", AccountClass.LIABILITY, claim) for claim in claims]
        assert np.asarray(state.owed).tolist() == np.asarray(owed).tolist()
        assert np.asarray(rungs.total(state.ladder)).tolist() == np.asarray(owed).tolist()
        assert (np.asarray(state.ladder) >= 0).all()
        assert_balanced(WORLD, kept)


def test_a_book_plays_inside_a_scan_as_it_does_step_by_step():
    draws = jnp.asarray(np.random.default_rng(5).random((6, 8, 2)))
    last, scanned = lax.scan(lambda s, x: a_quarter(s, x[0], x[1]), opened(2), (jnp.arange(6), draws))
    state = opened(2)
    for number in range(6):
        state, amounts = a_quarter(state, at(number), draws[number])
        assert np.asarray(amounts).tolist() == np.asarray(scanned[number]).tolist()
    assert np.asarray(state.ladder).tolist() == np.asarray(last.ladder).tolist()


def test_compiled_as_written():
    state = opened(2)
    interest = BOTH.interest_due(state, jnp.asarray([0.01, 0.02]))
    assert_same_compiled(BOTH.settle, state, at(0), interest, column(0.3, 0.7))
    assert_same_compiled(BOTH.write_down, state, jnp.full((2, 2), 1 / 3))
    assert_same_compiled(BOTH.taken_over, state, jnp.full((2, 2), 7.0))


@pytest.mark.parametrize("share", [0.0, 0.37, 1.0])
def test_the_gradient_of_what_is_owed_is_its_finite_difference(share: float):
    def owed(reference: jax.Array) -> jax.Array:
        state = opened()
        for number in range(3):
            interest = BOTH.interest_due(state, reference[None])
            state, _ = BOTH.settle(state, at(number), interest, jnp.full((2, 1), share))
        return state.owed.sum()

    step = 1e-3
    slope = (owed(jnp.asarray(0.05 + step)) - owed(jnp.asarray(0.05 - step))) / (2 * step)
    # Nine roundings of half a quantum over a step of 0.002.
    np.testing.assert_allclose(float(jax.grad(owed)(jnp.asarray(0.05))), float(slope), atol=1e-5)


def test_what_somebody_else_takes_over_leaves_the_book_by_what_is_due_first():
    state, taken = BOTH.taken_over(opened(), column(50, 7))
    assert np.asarray(taken)[:, 0].tolist() == [40, 7]
    assert np.asarray(state.owed)[:, 0].tolist() == [0, 1]
    assert float(state.ladder[1, 5, 0]) == 1.0
