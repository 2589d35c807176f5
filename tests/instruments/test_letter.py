"""A letter of intent posts nothing, serves as collateral, and is settled once."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.letter import Letters, LetterState
from ouroloop.ledger import AccountClass, Fate
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

OPENING = "2025-Q3"
DECIDED = quarter("2026-Q1", OPENING)


def nvidia() -> Letters:
    """Nvidia's letter of 100bn to OpenAI, superseded in February 2026; probabilities and advance rate are made up."""
    headline = amounts_of("nvidia-openai-letter-2025")["whole"][1]
    return Letters(
        ("nvidia-openai",),
        ("nvidia",),
        ("openai",),
        column(headline),
        column(0.3),
        column(0.5),
        jnp.asarray([DECIDED]),
        jnp.asarray([DECIDED + 4]),
        column(0.25),
        jnp.full((1, 10), 0.1),
    )


def after(draw: list[float], quarters: int) -> LetterState:
    book = nvidia()
    state = book.opening(len(draw))
    for number in range(quarters):
        state, _ = book.resolve(state, at(number), jnp.asarray([draw]))
    return state


def test_nvidias_letter_is_100bn_of_which_nothing_binds():
    assert "Not binding" in str(deal("nvidia-openai-letter-2025").terms)
    assert amounts_of("nvidia-openai-letter-2025")["whole"] == (0, 100)
    assert DECIDED == 2
    book, state = nvidia(), nvidia().opening(1)
    assert book.flows == ()
    assert float(book.pending(state)[0, 0]) == 100
    assert float(book.collateral(state)[0, 0]) == 25


def test_a_draw_makes_it_firm_void_or_lets_it_expire_and_each_ends_it_for_good():
    draws = [0.1, 0.29, 0.3, 0.79, 0.8, 0.99]
    fates = np.asarray(after(draws, DECIDED + 1).fate)[0]
    firm, void, pending = int(Fate.POSTED), int(Fate.VOID), int(Fate.PENDING)
    assert fates.tolist() == [firm, firm, void, void, pending, pending]
    last = np.asarray(after(draws, DECIDED + 9).fate)[0]
    assert last.tolist() == [firm, firm, void, void, int(Fate.EXPIRED), int(Fate.EXPIRED)]
    assert not np.asarray(nvidia().collateral(after(draws, DECIDED + 9))).any()


def test_before_the_decision_nothing_happens_whatever_the_draw():
    assert (np.asarray(after([0.0, 0.4, 0.9], DECIDED).fate) == int(Fate.PENDING)).all()


def test_a_firm_letter_falls_due_by_its_schedule_and_a_void_one_never():
    book, state = nvidia(), nvidia().opening(2)
    due, firm = [], []
    for number in range(DECIDED + 12):
        state, now = book.resolve(state, at(number), jnp.asarray([[0.1, 0.6]]))
        firm.append(np.asarray(now)[0])
        due.append(np.asarray(book.due(state, at(number)))[0])
    assert np.asarray(firm).sum(axis=0).tolist() == [100, 0]
    assert np.asarray(firm)[DECIDED].tolist() == [100, 0]
    np.testing.assert_allclose(np.asarray(due)[:, 0], [0, 0, *[10] * 10, 0, 0], atol=2.0**-29)
    assert np.asarray(due).sum(axis=0).tolist() == [100, 0]


def test_calling_it_off_ends_what_is_pending_and_leaves_what_is_firm():
    state = nvidia().void(after([0.1, 0.9], DECIDED + 1), jnp.ones((1, 2), bool))
    assert np.asarray(state.fate)[0].tolist() == [int(Fate.POSTED), int(Fate.VOID)]


ROUNDS = EquityRounds(
    tuple(f"gigawatt-{n}" for n in range(1, 11)),
    ("nvidia",) * 10,
    ("openai",) * 10,
    jnp.full((10, 1), 10.0),
    DECIDED + jnp.arange(10),
    jnp.full(10, 40),
    jnp.full(10, True),
)
WORLD = books.build(ROUNDS.flows)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_nothing_is_posted_before_the_letter_is_firm(seed: int):
    random, book = np.random.default_rng(seed), nvidia()
    draw = jnp.asarray(random.random((1, 4)))
    letter, tranches = book.opening(4), ROUNDS.opening(4)
    kept = books.open_books(WORLD, {books.cash("nvidia"): 200.0}, paths=4)
    for number in range(13):
        letter, _ = book.resolve(letter, at(number), draw)
        tranches, paid = ROUNDS.due(tranches, at(number), letter.firm, jnp.ones((10, 1)))
        kept = books.post(WORLD, kept, paid)
        assert_balanced(WORLD, kept)
        if number < DECIDED:
            assert not np.asarray(paid).any()
    # By hand: 100 where the draw is below 0.3, else nothing.
    want = np.where(np.asarray(draw)[0] < 0.3, 100.0, 0.0)
    assert balance(WORLD, kept, "openai", AccountClass.ASSET, "cash").tolist() == want.tolist()


def test_firm_letters_come_as_often_as_their_probability_says():
    draws = jax.random.uniform(jax.random.key(7), (1, 20_000))
    book, state = nvidia(), nvidia().opening(20_000)
    state, _ = book.resolve(state, at(DECIDED), draws)
    share = float(state.firm.mean())
    assert abs(share - 0.3) < 4 * (0.3 * 0.7 / 20_000) ** 0.5


def test_compiled_as_written():
    book, state = nvidia(), after([0.1, 0.5, 0.9], DECIDED + 1)
    assert_same_compiled(book.resolve, nvidia().opening(3), at(DECIDED), jnp.asarray([[0.1, 0.5, 0.9]]))
    assert_same_compiled(book.due, state, at(DECIDED + 3))
