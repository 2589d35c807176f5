"""Vendor loans turn into shares at cost, by choice or at default, and balance."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.instruments import ladder as rungs
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.vendor_loan import VendorLoans, VendorLoanState
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

OPENING = "2026-Q4"
NO = jnp.zeros((1, 1), bool)
CLAIM, SHARES = "loan:broadcom:anthropic", "equity:anthropic"


def broadcom(paths: int = 1) -> tuple[VendorLoans, VendorLoanState]:
    """Broadcom's convertible notes to Anthropic; a price of 300 dollars and the right at default are made up."""
    loans = Loans(("notes",), ("broadcom",), ("anthropic",), jnp.asarray([False]))
    book = VendorLoans(loans, column(300.0), jnp.asarray([True]), jnp.asarray([2]), jnp.asarray([20]))
    return book, book.opening(loans.opening(jnp.zeros((1, 10)), jnp.zeros(1), paths))


def test_broadcoms_notes_drawn_in_full_become_140_million_shares_at_300_dollars():
    assert (deal("broadcom-anthropic-notes").payer, deal("broadcom-anthropic-notes").payee) == ("broadcom", "anthropic")
    headline = amounts_of("broadcom-anthropic-notes")["whole"][1]
    assert headline == 42
    book, state = broadcom()
    first = quarter("2027-Q1", OPENING)
    for number in range(3):  # 14 a year in 2027, 2028 and 2029, in one draw each
        state, _ = book.draw(state, at(first + 4 * number), column(14.0), jnp.asarray([20]), column(0.04))
    assert not bool(book.converts(state, at(13), column(299.0), NO)[0, 0])
    where = book.converts(state, at(13), column(301.0), NO)
    assert bool(where[0, 0])
    state, amounts = book.convert(state, where, book.conversion_price)
    assert np.asarray(amounts)[:, 0].tolist() == [0, 0, 0, 0, 0, 42]
    np.testing.assert_allclose(float(state.shares[0, 0]), 0.14, rtol=1e-12)
    assert not np.asarray(state.loan.ladder).any()
    # Nothing is left to convert a second time.
    assert not bool(book.converts(state, at(14), column(301.0), ~NO)[0, 0])


def test_outside_the_window_only_a_default_converts():
    book, state = broadcom()
    state, _ = book.draw(state, at(0), column(5.0), jnp.asarray([4]), column(0.04))
    assert not bool(book.converts(state, at(1), column(900.0), NO)[0, 0])
    assert bool(book.converts(state, at(1), column(900.0), ~NO)[0, 0])
    without = eqx.tree_at(lambda b: b.at_default, book, jnp.asarray([False]))
    assert not bool(without.converts(state, at(1), column(1.0), ~NO)[0, 0])


BOOK, _ = broadcom()
WORLD = books.build(BOOK.flows)


@eqx.filter_jit
def a_quarter(state: VendorLoanState, number: jax.Array, draws: jax.Array) -> tuple[VendorLoanState, jax.Array]:
    interest = BOOK.interest_due(state, draws[0] * 0.1)
    state, lent = BOOK.draw(state, number, draws[1:2] * 5, jnp.asarray([3]), column(0.06))
    state, paid = BOOK.settle(state, number, interest, draws[2:3])
    state, lost = BOOK.write_down(state, jnp.where(draws[3:4] < 0.1, 0.3, 0.0))
    where = BOOK.converts(state, number, draws[4:5] * 400, draws[5:6] < 0.1)
    state, swapped = BOOK.convert(state, where, BOOK.conversion_price)
    return state, lent + paid + lost + swapped


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_loans_and_shares_in_the_book_are_those_in_the_ledger(seed: int):
    random, (_, state) = np.random.default_rng(seed), broadcom(3)
    kept = books.open_books(WORLD, {books.cash("broadcom"): 50.0}, paths=3)
    for number in range(11):
        state, amounts = a_quarter(state, at(number), jnp.asarray(random.random((6, 3))))
        kept = books.post(WORLD, kept, amounts)
        owed = -balance(WORLD, kept, "anthropic", AccountClass.LIABILITY, CLAIM)
        assert np.asarray(rungs.total(state.loan.ladder))[0].tolist() == owed.tolist()
        assert np.asarray(state.loan.owed)[0].tolist() == owed.tolist()
        cost = balance(WORLD, kept, "broadcom", AccountClass.ASSET, SHARES)
        np.testing.assert_allclose(np.asarray(state.shares)[0] * 300, cost, rtol=1e-12)
        assert_balanced(WORLD, kept)


def test_a_conversion_moves_no_cash_and_books_no_gain():
    book, state = broadcom()
    state, lent = book.draw(state, at(0), column(5.0), jnp.asarray([4]), column(0.04))
    kept = books.post(WORLD, books.open_books(WORLD, {books.cash("broadcom"): 9.0}), lent)
    state, swapped = book.convert(state, ~NO, column(250.0))
    after = books.post(WORLD, kept, swapped)
    moved = np.asarray(after.balances - kept.balances)[:, 0]
    named = {str(account): change for account, change in zip(WORLD.accounts, moved, strict=True) if change}
    assert named == {
        f"broadcom/asset/{CLAIM}": -5.0,
        f"anthropic/liability/{CLAIM}": 5.0,
        f"broadcom/asset/{SHARES}": 5.0,
        f"anthropic/equity/{SHARES}": -5.0,
    }


def test_compiled_as_written():
    book, state = broadcom()
    state, _ = book.draw(state, at(0), column(1 / 3), jnp.asarray([4]), column(0.04))
    assert_same_compiled(book.convert, state, ~NO, column(250.0))
    assert_same_compiled(book.converts, state, at(3), column(301.0), NO)
