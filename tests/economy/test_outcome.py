"""Endings dated by hand on a few quarters."""

import jax.numpy as jnp
import numpy as np

from ouroloop.economy.outcome import Outcome, OutcomeParameters, OutcomeState, open_outcome, outcomes, step_outcome


def _play(earned: list[list[float]], cost: list[list[float]], asked: list[list[float]], lent: list[list[float]]):
    parameters = OutcomeParameters(jnp.asarray(2.0), jnp.asarray(0.5), jnp.asarray(2.0))
    state: OutcomeState = open_outcome(len(earned[0]))
    for quarter, (e, c, a, g) in enumerate(zip(earned, cost, asked, lent, strict=True)):
        state = step_outcome(
            parameters,
            state,
            jnp.asarray(quarter),
            earned=jnp.asarray(e),
            cost=jnp.asarray(c),
            asked=jnp.asarray(a),
            lent=jnp.asarray(g),
        )
    return state


def test_the_payoff_is_dated_by_the_quarter_that_completes_the_run_and_a_break_starts_it_again() -> None:
    state = _play(
        earned=[[5.0, 5.0], [5.0, 1.0], [1.0, 5.0], [1.0, 5.0]],
        cost=[[4.0, 4.0]] * 4,
        asked=[[1.0, 1.0]] * 4,
        lent=[[1.0, 1.0]] * 4,
    )
    assert state.payoff_quarter.tolist() == [1, 3]
    assert state.credit_quarter.tolist() == [-1, -1]


def test_credit_closes_after_two_quarters_of_refusal_and_a_quarter_without_asking_says_nothing() -> None:
    state = _play(
        earned=[[0.0, 0.0, 0.0]] * 4,
        cost=[[4.0] * 3] * 4,
        asked=[[10.0, 10.0, 10.0], [10.0, 0.0, 10.0], [10.0, 10.0, 10.0], [10.0, 10.0, 10.0]],
        lent=[[5.0, 5.0, 5.0], [5.0, 0.0, 5.1], [9.0, 5.0, 5.0], [9.0, 9.0, 9.0]],
    )
    assert state.credit_quarter.tolist() == [1, 2, -1]


def test_the_earlier_ending_counts_and_a_tie_counts_against_the_payoff() -> None:
    ends = outcomes(jnp.asarray([3, 7, 5, -1, -1, 4]), jnp.asarray([7, 3, 5, 2, -1, -1]))
    words = [list(Outcome)[n].value for n in np.asarray(ends)]
    assert words == [
        "payoff_first", "credit_first", "credit_first", "credit_first", "muddle_through", "payoff_first",
    ]  # fmt: skip


def test_nothing_built_is_no_payoff() -> None:
    state = _play([[1.0]] * 3, [[0.0]] * 3, [[0.0]] * 3, [[0.0]] * 3)
    assert state.payoff_quarter.tolist() == [-1]
