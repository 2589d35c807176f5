"""Compute credits: shares for a promise to serve, and revenue that nobody's cash has paid for."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.instruments.compute_credit import ComputeCredits, ComputeCreditState
from tests.instruments.trade_examples import RANDOM_PATHS, Played, deal, random_shares, rows, tranche_by_day

NEVER = 1000


def book(schedule: list[list[float]], expiry: int = NEVER) -> ComputeCredits:
    count = len(schedule)
    names = tuple(f"grant-{n}" for n in range(count))
    return ComputeCredits(names, (("cloud", "lab"),) * count, jnp.asarray(schedule), jnp.full(count, expiry))


def test_credits_go_as_far_as_they_go_and_the_rest_of_the_need_is_not_theirs():
    credits = book([[10.0]])
    state, moved = credits.grant(credits.start(1), 0, rows(1.0))
    assert moved[:, 0].tolist() == [10.0, 0.0, 0.0]
    state, moved, used = credits.use(state, rows(25.0))
    assert moved[:, 0].tolist() == [0.0, 10.0, 0.0]
    assert float(used[0, 0]) == 10.0
    assert float(state.balance[0, 0]) == 0.0


def test_credits_that_are_not_used_by_their_day_expire_and_new_ones_do_not():
    credits = book([[10.0, 0.0, 4.0]], expiry=2)
    state, _ = credits.grant(credits.start(1), 0, rows(1.0))
    state, _, _ = credits.use(state, rows(3.0))
    state, moved = credits.grant(state, 2, rows(1.0))
    assert moved[:, 0].tolist() == [4.0, 0.0, 7.0]
    assert float(state.balance[0, 0]) == 4.0


def test_an_investor_that_holds_back_grants_less():
    credits = book([[10.0]])
    _, moved = credits.grant(credits.start(1), 0, rows(0.25))
    assert float(moved[0, 0]) == 2.5


def test_had_microsoft_paid_its_8_6bn_in_azure_credits_openai_could_turn_them_into_azure_revenue_without_cash():
    """How much of it was credits is not disclosed; this is the case of all of it, and of half of it used."""
    whole = deal("microsoft-openai-equity-2023").tranches[0]
    assert whole.low == 8.6
    grants = tranche_by_day("microsoft-openai-equity-2023", "larger-part", "2023-Q1", 11)
    # 23 January to 30 September 2025 are 982 days, 68 of them in the first quarter.
    assert np.isclose(grants[0], 8.6 * 68 / 982)
    credits = ComputeCredits(("azure",), (("microsoft", "openai"),), jnp.asarray(grants)[None], jnp.asarray([NEVER]))
    played, state = Played(credits), credits.start(1)
    for number in range(11):
        state, granted = credits.grant(state, number, rows(1.0))
        played.post(granted)
        state, used, _ = credits.use(state, granted[:1] / 2)
        played.post(used)
    played.proof()
    assert np.isclose(played.balance("microsoft/asset/equity:openai")[0], 8.6, atol=1e-7)
    assert np.isclose(played.revenue("microsoft")[0], 4.3, atol=1e-7)
    assert played.paid_revenue("microsoft")[0] == 0.0
    assert played.balance("microsoft/asset/cash")[0] == 0.0
    assert played.balance("openai/asset/cash")[0] == 0.0
    assert np.isclose(played.balance("microsoft/liability/compute_credit:microsoft")[0], -4.3, atol=1e-7)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_hold_what_is_outstanding(seed: int):
    credits = book([[10.0, 7.3, 1e-9, 4.0], [3.1, 0.0, 5.0, 2.0]], expiry=3)
    played, state = Played(credits, RANDOM_PATHS), credits.start(RANDOM_PATHS)
    for number in range(5):
        state, granted = credits.grant(state, number, random_shares(seed, 2 * number, 2))
        played.post(granted)
        state, used, _ = credits.use(state, 6 * random_shares(seed, 2 * number + 1, 2))
        played.post(used)
        held = np.asarray(state.balance).sum(axis=0)
        assert (played.balance("lab/asset/compute_credit:cloud") == held).all()
        assert (held >= 0).all()
    played.proof()
    assert not played.paid_revenue("cloud").any()


def test_compiled_credits_move_the_same_amounts():
    credits = book([[10.0, 7.0], [3.0, 5.0]], expiry=1)

    def play(need: jax.Array) -> jax.Array:
        def step(state: ComputeCreditState, number: jax.Array) -> tuple[ComputeCreditState, jax.Array]:
            state, granted = credits.grant(state, number, jnp.ones((2, 3)))
            state, used, _ = credits.use(state, need)
            return state, granted + used

        return jax.lax.scan(step, credits.start(3), jnp.arange(3))[1]

    need = jnp.asarray([[1.0, 4.0, 20.0]] * 2)
    with jax.disable_jit():
        eager = play(need)
    assert np.allclose(jax.jit(play)(need), eager, rtol=0, atol=2 * QUANTUM)
