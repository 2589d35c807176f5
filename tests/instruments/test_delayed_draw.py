"""Delayed-draw loans lend against costs, inside their window and commitment, and are paid back in level parts."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.instruments import ladder as rungs
from ouroloop.instruments.delayed_draw import DelayedDrawLoans, DelayedDrawState
from ouroloop.instruments.loan import Loans
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
OPENING = "2026-Q2"
YES = jnp.ones((1, 1), bool)


def coreweave(slots: int = 30) -> tuple[DelayedDrawLoans, DelayedDrawState]:
    """CoreWeave's fourth facility: 8.5bn at 2.25 points over SOFR, drawn until March 2027.

    The window is the dossier's (assumed); advance rate, fee and five years of repayment are made up for the example.
    """
    committed, _ = amounts_of("coreweave-ddtl-4")["whole"]
    last = quarter("2027-Q1", OPENING)
    loans = Loans(("ddtl-4",), ("private_credit",), ("coreweave",), jnp.asarray([True]))
    book = DelayedDrawLoans(
        loans,
        commitment=column(committed),
        advance_rate=column(0.8),
        rate=column(0.0225),
        fee_rate=column(0.01),
        first_draw=jnp.asarray([0]),
        last_draw=jnp.asarray([last]),
        first_repayment=jnp.asarray([last + 1]),
        repayments=jnp.asarray([20]),
    )
    return book, book.opening(loans.opening(jnp.zeros((1, slots)), jnp.zeros(1), 1), column(0))


def test_coreweaves_fourth_facility_is_drawn_against_cost_until_it_is_used_up():
    assert "2.25 points over SOFR" in str(deal("coreweave-ddtl-4").terms)
    book, state = coreweave()
    drawn, fees, interest = [], [], []
    for number in range(4):
        interest.append(float(book.loans.interest_due(state.loan, jnp.asarray([0.04]))[0, 0]))
        fees.append(float(book.fee_due(state, at(number))[0, 0]))
        wanted = book.drawable(state, at(number), column(4.0), YES)
        state, amounts = book.draw(state, at(number), wanted)
        drawn.append(float(amounts[0, 0]))
    # 0.8 × 4 = 3.2 a quarter until 8.5 are drawn; 1 % a year on what is left before; 6.25 % a year on what is owed.
    np.testing.assert_allclose(drawn, [3.2, 3.2, 2.1, 0], atol=QUANTUM)
    np.testing.assert_allclose(fees, [0.02125, 0.01325, 0.00525, 0], atol=QUANTUM)
    np.testing.assert_allclose(interest, [0, 0.05, 0.1, 0.1328125], atol=2 * QUANTUM)
    # 8.5 in twenty level parts from 2027-Q2 on.
    np.testing.assert_allclose(np.asarray(state.loan.ladder)[0, 4:24, 0], 0.425, atol=60 * QUANTUM)
    assert not np.asarray(state.loan.ladder)[0, 24:].any()


def test_nothing_is_drawn_without_the_milestone_or_outside_the_window():
    book, state = coreweave()
    assert float(book.drawable(state, at(0), column(4.0), ~YES)[0, 0]) == 0
    assert float(book.drawable(state, at(4), column(4.0), YES)[0, 0]) == 0
    assert float(book.undrawn(state, at(3))[0, 0]) == 8.5
    assert float(book.undrawn(state, at(4))[0, 0]) == 0
    assert float(book.fee_due(state, at(4))[0, 0]) == 0


def test_more_than_the_commitment_is_never_lent_and_repaying_gives_no_room_back():
    book, state = coreweave()
    state, amounts = book.draw(state, at(0), column(100.0))
    assert float(amounts[0, 0]) == 8.5
    state, _ = book.settle(state, at(4), column(0), column(0), column(1))
    assert float(state.loan.owed[0, 0]) < 8.5
    assert float(book.undrawn(state, at(3))[0, 0]) == 0


def test_a_draw_after_repayment_began_shares_what_is_left_of_the_term():
    book, state = coreweave()
    book = eqx.tree_at(lambda b: (b.last_draw, b.repayments), book, (jnp.asarray([9]), jnp.asarray([8])))
    # Repayments run from quarter 4 to 11; a draw in quarter 7 is due in 8, 9, 10 and 11.
    state, _ = book.draw(state, at(7), column(2.0))
    assert np.asarray(state.loan.ladder)[0, 7:13, 0].tolist() == [0, 0.5, 0.5, 0.5, 0.5, 0]
    # A draw after the term is due at once.
    book = eqx.tree_at(lambda b: b.last_draw, book, jnp.asarray([20]))
    state, _ = book.draw(state, at(15), column(3.0))
    assert float(state.loan.ladder[0, 16, 0]) == 3.0


BOOK, START = coreweave(12)
WORLD = books.build(BOOK.flows)


@eqx.filter_jit
def a_quarter(state: DelayedDrawState, number: jax.Array, draws: jax.Array) -> tuple[DelayedDrawState, jax.Array]:
    interest = BOOK.loans.interest_due(state.loan, draws[0] * 0.1)
    fee = BOOK.fee_due(state, number)
    state, lent = BOOK.draw(state, number, BOOK.drawable(state, number, draws[1:2] * 6, draws[2:3] < 0.8))
    state, paid = BOOK.settle(state, number, interest, fee, draws[3:4])
    state, lost = BOOK.write_down(state, jnp.where(draws[4:5] < 0.2, draws[4:5], 0.0))
    return state, lent + paid + lost


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_what_the_book_says_is_owed_is_what_the_ledger_says(seed: int):
    random = np.random.default_rng(seed)
    state = BOOK.opening(BOOK.loans.opening(jnp.zeros((1, 12)), jnp.zeros(1), 3), column(0))
    kept = books.open_books(WORLD, {books.cash("private_credit"): 9.0}, paths=3)
    for number in range(14):
        draws = random.random((5, 3)).round(int(random.integers(1, 9)))
        state, amounts = a_quarter(state, at(number), jnp.asarray(draws))
        kept = books.post(WORLD, kept, amounts)
        owed = -balance(WORLD, kept, "coreweave", AccountClass.LIABILITY, "loan:private_credit:coreweave")
        assert np.asarray(state.loan.owed)[0].tolist() == owed.tolist()
        assert np.asarray(rungs.total(state.loan.ladder))[0].tolist() == owed.tolist()
        assert (np.asarray(state.drawn) <= 8.5).all()
        assert_balanced(WORLD, kept)


def test_compiled_and_differentiated_as_written():
    book, state = coreweave()
    assert_same_compiled(book.draw, state, at(1), column(2.7))
    drawn, _ = book.draw(state, at(1), column(2.7))
    assert_same_compiled(book.settle, drawn, at(4), column(0.1), column(0.02), column(0.6))

    def lent(cost: jax.Array) -> jax.Array:
        return book.draw(state, at(0), book.drawable(state, at(0), cost[None, None], YES))[1].sum()

    slopes = [float(jax.grad(lent)(jnp.asarray(cost))) for cost in (5.0, 20.0)]
    # Below the commitment 0.8 of each dollar of cost is lent, above it none.
    assert slopes == [0.8, 0.0]
