"""Prepayments: the customer's money first, the provider's revenue later, and a loss where neither comes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.instruments.prepayment import Prepayments, PrepaymentState
from tests.instruments.trade_examples import (
    RANDOM_PATHS,
    Played,
    deal,
    flags,
    random_flags,
    random_shares,
    rows,
)


def book(schedule: list[list[float]]) -> Prepayments:
    names = tuple(f"ahead-{n}" for n in range(len(schedule)))
    return Prepayments(names, (("customer", "provider"),) * len(names), jnp.asarray(schedule))


def test_service_is_drawn_from_what_was_paid_ahead_and_from_no_more():
    ahead = book([[10.0]])
    state = ahead.fall_due(ahead.start(1), 0, flags(False))
    state, moved = ahead.pay(state, ahead.due(state))
    assert moved[:, 0].tolist() == [10.0, 0.0, 0.0, 0.0]
    state, moved, used = ahead.use(state, rows(7.0))
    assert moved[:, 0].tolist() == [0.0, 7.0, 0.0, 0.0]
    state, _, used = ahead.use(state, rows(7.0))
    assert float(used[0, 0]) == 3.0
    assert float(state.balance[0, 0]) == 0.0


def test_what_is_not_paid_ahead_is_due_again_until_the_contract_stops():
    ahead = book([[10.0, 5.0, 5.0]])
    state = ahead.fall_due(ahead.start(1), 0, flags(False))
    state, _ = ahead.pay(state, rows(4.0))
    state = ahead.fall_due(state, 1, flags(False))
    assert float(ahead.due(state)[0, 0]) == 11.0
    state = ahead.fall_due(state, 2, flags(True))
    assert float(ahead.due(state)[0, 0]) == 0.0
    assert float(state.balance[0, 0]) == 4.0


def test_microsoft_pays_a_fifth_of_its_contract_with_iren_ahead_and_its_money_buys_the_servers_first():
    found = {tranche.id: tranche for tranche in deal("microsoft-iren-2025").tranches}
    assert found["prepayment"].low == 1.94  # 20% of 9.7bn
    ahead = Prepayments(("iren",), (("microsoft", "iren"),), jnp.asarray([[1.94]]))
    played = Played(ahead)
    state = ahead.fall_due(ahead.start(1), 0, flags(False))
    state, moved = ahead.pay(state, ahead.due(state))
    played.post(moved)
    # The cash is IREN's, the revenue not yet; who paid is known already.
    assert np.isclose(played.balance("iren/asset/cash")[0], 1.94, atol=1e-9)
    assert played.revenue("iren")[0] == 0.0
    assert np.isclose(played.paid_revenue("iren")[0], 1.94, atol=1e-9)
    for _ in range(5):  # five years, a fifth of the prepayment in each
        state, moved, _ = ahead.use(state, rows(0.388))
        played.post(moved)
    assert np.isclose(played.revenue("iren")[0], 1.94, atol=1e-8)
    assert np.isclose(played.balance("microsoft/expense/compute")[0], 1.94, atol=1e-8)
    assert abs(float(state.balance[0, 0])) <= 5 * QUANTUM
    assert abs(played.paid_revenue("iren")[0] - played.revenue("iren")[0]) <= 5 * QUANTUM
    played.proof()


def test_iren_fails_after_two_years_and_microsoft_loses_what_it_paid_ahead_but_for_what_it_gets_back():
    ahead = Prepayments(("iren",), (("microsoft", "iren"),), jnp.asarray([[1.94]]))
    played = Played(ahead)
    state = ahead.fall_due(ahead.start(1), 0, flags(False))
    state, moved = ahead.pay(state, ahead.due(state))
    played.post(moved)
    state, moved, _ = ahead.use(state, rows(0.776))
    played.post(moved)
    state, moved = ahead.refund(state, rows(0.5))
    played.post(moved)
    state, moved = ahead.lose(state, flags(True))
    played.post(moved)
    # 1.94 - 0.776 used - 0.5 back = 0.664 lost.
    assert np.isclose(played.balance("microsoft/expense/write_off")[0], 0.664, atol=1e-8)
    assert np.isclose(played.balance("iren/income/prepayments_kept")[0], -0.664, atol=1e-8)
    assert np.isclose(played.balance("microsoft/asset/cash")[0], -1.44, atol=1e-8)
    assert np.isclose(played.paid_revenue("iren")[0], 1.44, atol=1e-8)
    played.proof()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_hold_what_is_not_served(seed: int):
    ahead = book([[10.0, 7.3, 1e-9, 4.0], [3.1, 0.0, 5.0, 2.0]])
    played, state = Played(ahead, RANDOM_PATHS), ahead.start(RANDOM_PATHS)
    for number in range(5):
        draw = [random_shares(seed, 9 * number + k, 2) for k in range(3)]
        state = ahead.fall_due(state, number, random_flags(seed, 9 * number + 4, 2))
        state, paid = ahead.pay(state, draw[0] * ahead.due(state))
        played.post(paid)
        state, used, _ = ahead.use(state, 5 * draw[1])
        played.post(used)
        state, back = ahead.refund(state, draw[2] * random_flags(seed, 9 * number + 5, 2))
        played.post(back)
        state, lost = ahead.lose(state, random_flags(seed, 9 * number + 6, 2))
        played.post(lost)
        held = np.asarray(state.balance).sum(axis=0)
        assert (played.balance("customer/asset/prepaid:customer:provider") == held).all()
        assert (held >= 0).all()
    played.proof()


def test_compiled_prepayments_move_the_same_amounts():
    ahead = book([[10.0, 7.0], [3.0, 5.0]])

    def play(wanted: jax.Array) -> jax.Array:
        def step(state: PrepaymentState, number: jax.Array) -> tuple[PrepaymentState, jax.Array]:
            state = ahead.fall_due(state, number, jnp.zeros((2, 3), bool))
            state, paid = ahead.pay(state, 0.7 * ahead.due(state))
            state, used, _ = ahead.use(state, wanted)
            return state, paid + used

        return jax.lax.scan(step, ahead.start(3), jnp.arange(3))[1]

    wanted = jnp.asarray([[1.0, 4.0, 20.0]] * 2)
    with jax.disable_jit():
        eager = play(wanted)
    assert np.allclose(jax.jit(play)(wanted), eager, rtol=0, atol=2 * QUANTUM)
