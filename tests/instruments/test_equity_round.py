"""Tranches of equity are paid once, end once, and balance."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.instruments.equity_round import EquityRounds
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

OPENING = "2025-Q1"


def softbank() -> EquityRounds:
    """SoftBank's own part of the round of 2025: 7.5 in April, 22.5 by the end of the year if OpenAI converts."""
    amounts = amounts_of("softbank-openai-equity-2025")
    binding = [amounts[tranche][0] for tranche in ("first-closing", "second-closing")]
    in_april, by_december = quarter("2025-Q2", OPENING), quarter("2025-Q4", OPENING)
    return EquityRounds(
        ("first", "second"),
        ("softbank", "softbank"),
        ("openai", "openai"),
        column(*binding),
        jnp.asarray([in_april, by_december]),
        jnp.asarray([in_april, by_december]),
        jnp.asarray([False, True]),
    )


def played(rounds: EquityRounds, reached: list[bool], willing: float = 1.0, quarters: int = 6):
    """Two tranches, one path per element of `reached`: is the second one's milestone reached?"""
    state, paid = rounds.opening(len(reached)), []
    for number in range(quarters):
        state, amounts = rounds.due(state, at(number), jnp.asarray([reached] * 2), jnp.full((2, 1), willing))
        paid.append(np.asarray(amounts))
    return state, np.stack(paid)


def test_softbank_pays_30bn_in_two_closings_if_openai_becomes_a_company_and_7_5bn_if_it_does_not():
    assert deal("softbank-openai-equity-2025").payer == "softbank"
    state, paid = played(softbank(), [True, False])
    # Quarter 1 is 2025-Q2, quarter 3 is 2025-Q4.
    assert paid[:, 0, 0].tolist() == [0, 7.5, 0, 0, 0, 0]
    assert paid[:, 1, 0].tolist() == [0, 0, 0, 22.5, 0, 0]
    assert paid.sum(axis=(0, 1)).tolist() == [30.0, 7.5]
    fates = [int(Fate.POSTED), int(Fate.EXPIRED)]
    assert np.asarray(state.fate)[1].tolist() == fates
    assert not np.asarray(state.promised).any()


def test_what_an_unwilling_investor_withholds_does_not_come_back():
    rounds = softbank()
    state = rounds.opening(1)
    reached = jnp.ones((2, 1), bool)
    state, paid = rounds.due(state, at(1), reached, column(0.4, 1.0))
    assert float(paid[0, 0]) == float(books.quantize(jnp.asarray(3.0)))
    assert float(state.promised[0, 0]) == 0.0
    state, again = rounds.due(state, at(1), reached, column(1.0, 1.0))
    assert float(again[0, 0]) == 0.0
    # Nobody willing: void.
    state, _ = rounds.due(state, at(3), reached, column(0.0, 0.0))
    assert np.asarray(state.fate)[:, 0].tolist() == [int(Fate.POSTED), int(Fate.VOID)]


def test_a_withdrawn_share_is_gone_and_a_whole_one_is_void():
    rounds = softbank()
    state = rounds.withdraw(rounds.opening(2), jnp.asarray([[0.0, 0.0], [0.2, 1.0]]))
    assert np.asarray(state.promised).tolist() == [[7.5, 7.5], [18.0, 0.0]]
    _, paid = rounds.due(state, at(3), jnp.ones((2, 2), bool), jnp.ones((2, 2)))
    assert np.asarray(paid).tolist() == [[0.0, 0.0], [18.0, 0.0]]
    assert int(state.fate[1, 1]) == int(Fate.VOID)
    assert int(state.fate[1, 0]) == int(Fate.PENDING)


def test_asking_what_is_payable_changes_nothing_and_foretells_what_a_willing_investor_pays():
    rounds, state = softbank(), softbank().opening(1)
    for number in range(5):
        asked = rounds.payable(state, at(number), jnp.ones((2, 1), bool))
        state, paid = rounds.due(state, at(number), jnp.ones((2, 1), bool), jnp.ones((2, 1)))
        assert np.asarray(asked).tolist() == np.asarray(paid).tolist()


WORLD = books.build([*softbank().flows, books.boundary_payment("openai", "suppliers")])


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_shares_at_cost_equal_paid_in_capital_whatever_is_reached_and_paid(seed: int):
    random, rounds = np.random.default_rng(seed), softbank()
    state = rounds.opening(3)
    kept = books.open_books(WORLD, {books.cash("softbank"): 40.0}, paths=3)
    total = np.zeros(3)
    for number in range(5):
        reached, willing = jnp.asarray(random.random((2, 3)) < 0.5), jnp.asarray(random.random((2, 3)))
        state, paid = rounds.due(state, at(number), reached, willing)
        total += np.asarray(paid).sum(axis=0)
        kept = books.post(WORLD, kept, jnp.concatenate([paid, jnp.zeros((1, 3))]))
        assert_balanced(WORLD, kept)
    assert balance(WORLD, kept, "softbank", AccountClass.ASSET, "equity:openai").tolist() == total.tolist()
    assert balance(WORLD, kept, "openai", AccountClass.EQUITY, "equity:openai").tolist() == (-total).tolist()
    assert (total <= 30.0).all()


def test_compiled_and_differentiated_as_written():
    rounds, state = softbank(), softbank().opening(2)
    reached = jnp.ones((2, 2), bool)
    assert_same_compiled(rounds.due, state, at(3), reached, jnp.full((2, 2), 0.3))
    slope = jax.grad(lambda w: rounds.due(state, at(3), reached, jnp.full((2, 2), w))[1].sum())(0.5)
    assert float(slope) == 2 * 22.5
