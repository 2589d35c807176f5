"""Orders: goods against cash, shortfalls and cancellations on account."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.instruments.order import Orders, OrderState
from tests.instruments.trade_examples import (
    RANDOM_PATHS,
    Played,
    deal,
    flags,
    random_flags,
    random_shares,
    rows,
    tranche_by_day,
)


def book(schedule: list[list[float]], take_or_pay: list[float], cancellation: list[float]) -> Orders:
    names = tuple(f"order-{n}" for n in range(len(schedule)))
    parties = (("lab", "maker"),) * len(names)
    assets = ("equipment",) * len(names)
    terms = (jnp.asarray(schedule), jnp.asarray(take_or_pay), jnp.asarray(cancellation))
    return Orders(names, parties, assets, *terms)


def quarter(
    orders: Orders,
    state: OrderState,
    number: int,
    *,
    delay: float = 0.0,
    taken: float = 1.0,
    cancel: bool = False,
    pays: float = 1.0,
) -> tuple[OrderState, jax.Array]:
    """One quarter of a one-contract book: what falls due, and the share of it that is paid."""
    state, billed = orders.fall_due(state, number, delay=rows(delay), taken_share=rows(taken), cancel=flags(cancel))
    state, moved = orders.pay(state, pays * orders.due(state))
    return state, billed + moved


def test_goods_are_handed_over_against_cash_and_wait_for_what_is_not_paid():
    orders = book([[10.0, 10.0]], [1.0], [1.0])
    state, moved = quarter(orders, orders.start(1), 0, pays=0.6)
    assert moved[:, 0].tolist() == [6.0, 0.0, 0.0, 0.0, 0.0]
    assert float(state.waiting[0, 0]) == 4.0
    assert float(orders.backlog(state)[0, 0]) == 14.0
    state, moved = quarter(orders, state, 1)
    assert moved[:, 0].tolist() == [14.0, 0.0, 0.0, 0.0, 0.0]
    assert float(orders.backlog(state)[0, 0]) == 0.0


def test_what_is_not_taken_is_owed_at_the_take_or_pay_share():
    orders = book([[10.0]], [0.75], [1.0])
    state, moved = quarter(orders, orders.start(1), 0, taken=0.2)
    # Taken 2; of the 8 not taken three quarters are owed: 6, and paid at once.
    assert moved[:, 0].tolist() == [2.0, 6.0, 0.0, 6.0, 0.0]
    assert float(orders.due(state)[0, 0]) == 0.0


def test_goods_that_are_a_quarter_late_come_a_quarter_late():
    orders = book([[10.0, 20.0]], [1.0], [1.0])
    state, delivered = orders.start(1), []
    for number in range(4):
        state, moved = quarter(orders, state, number, delay=1.0)
        delivered.append(float(moved[0, 0]))
    assert delivered == [0.0, 10.0, 20.0, 0.0]


def test_a_delay_that_grows_takes_nothing_back_and_one_that_shrinks_catches_up():
    orders = book([[10.0, 10.0, 10.0]], [1.0], [1.0])
    state, delivered = orders.start(1), []
    for number, delay in enumerate((0.0, 1.5, 0.0)):
        state, moved = quarter(orders, state, number, delay=delay)
        delivered.append(float(moved[0, 0]))
    assert delivered == [10.0, 0.0, 20.0]


def test_an_order_is_canceled_once_at_its_share_of_what_is_left():
    orders = book([[10.0, 10.0, 10.0]], [1.0], [0.25])
    state, _ = quarter(orders, orders.start(1), 0)
    state, moved = quarter(orders, state, 1, cancel=True)
    assert moved[:, 0].tolist() == [0.0, 0.0, 5.0, 5.0, 0.0]  # a quarter of the 20 that were left
    state, moved = quarter(orders, state, 2, cancel=True)
    assert not np.asarray(moved).any()
    assert float(orders.backlog(state)[0, 0]) == 0.0


def test_goods_that_wait_for_money_are_canceled_with_the_order():
    orders = book([[10.0, 10.0]], [1.0], [0.5])
    state, _ = quarter(orders, orders.start(1), 0, pays=0.0)
    state, moved = quarter(orders, state, 1, cancel=True, pays=0.0)
    assert float(moved[2, 0]) == 10.0  # half of 10 waiting and 10 to come
    assert float(state.waiting[0, 0]) == 0.0
    state, lost = orders.write_off(state, flags(True))
    assert lost[:, 0].tolist() == [0.0, 0.0, 0.0, 0.0, 10.0]


def test_the_first_gigawatt_of_openai_at_amd_is_owed_and_the_next_five_may_be_left():
    # 15.0bn over 2026-07-01..2027-06-30 (365 days: 92, 92, 90, 91); 75bn over 2027-07-01..2030-12-31 (1,280 days).
    first = tranche_by_day("openai-amd-6gw", "first-gw", "2026-Q3", 18)
    further = tranche_by_day("openai-amd-6gw", "further-5-gw", "2026-Q3", 18)
    assert deal("openai-amd-6gw").payer_books == "asset"
    orders = Orders(
        ("first-gw", "further-5-gw"),
        (("openai", "amd"), ("openai", "amd")),
        ("equipment", "equipment"),
        jnp.asarray([first, further]),
        jnp.asarray([1.0, 0.0]),
        jnp.asarray([1.0, 0.0]),
    )
    played, state = Played(orders), orders.start(1)
    for number in range(6):
        leaves = flags(number == 5, number == 5)
        state, billed = orders.fall_due(state, number, delay=rows(0.0, 0.0), taken_share=rows(1.0, 1.0), cancel=leaves)
        state, paid = orders.pay(state, orders.due(state))
        played.post(billed + paid)
        if number == 0:
            assert np.isclose(played.balance("openai/real/equipment")[0], 15.0 * 92 / 365, atol=1e-8)
    # The whole first GW, and of the others the third quarter of 2027 alone: 75 * 92 / 1280 = 5.390625.
    played.proof()
    assert np.isclose(played.balance("openai/real/equipment")[0], 15.0 + 5.390625, atol=1e-8)
    assert np.isclose(played.revenue("amd")[0], 20.390625, atol=1e-8)
    assert played.balance("openai/expense/cancellation")[0] == 0.0
    assert float(orders.backlog(state).sum()) == 0.0


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_hold_the_open_bills(seed: int):
    orders = book([[10.0, 7.3, 1e-9, 4.0], [3.1, 0.0, 5.0, 2.0]], [0.8, 0.0], [0.3, 0.1])
    played, state = Played(orders, RANDOM_PATHS), orders.start(RANDOM_PATHS)
    for number in range(5):
        draw = [random_shares(seed, 9 * number + k, 2) for k in range(3)]
        cancel = random_flags(seed, 9 * number + 3, 2)
        state, billed = orders.fall_due(state, number, delay=3 * draw[0], taken_share=draw[1], cancel=cancel)
        played.post(billed)
        state, paid = orders.pay(state, draw[2] * orders.due(state))
        played.post(paid)
        state, lost = orders.write_off(state, random_flags(seed, 9 * number + 4, 2))
        played.post(lost)
        owed = np.asarray(state.bills.owed).sum(axis=0)
        assert (played.balance("maker/asset/bill:lab:maker") == owed).all()
        assert (played.balance("lab/real/equipment") == np.asarray(state.delivered).sum(axis=0)).all()
    played.proof()


def test_compiled_orders_move_the_same_amounts():
    orders = book([[10.0, 7.0], [3.0, 5.0]], [0.8, 0.0], [0.3, 0.1])

    def play(delay: jax.Array) -> jax.Array:
        def step(state: OrderState, number: jax.Array) -> tuple[OrderState, jax.Array]:
            cancel = jnp.broadcast_to(number == 2, (2, 3))
            taken = jnp.full((2, 3), 0.9)
            state, billed = orders.fall_due(state, number, delay=delay, taken_share=taken, cancel=cancel)
            state, paid = orders.pay(state, 0.5 * orders.due(state))
            return state, billed + paid

        return jax.lax.scan(step, orders.start(3), jnp.arange(4))[1]

    delay = jnp.asarray([[0.0, 0.5, 2.0]] * 2)
    with jax.disable_jit():
        eager = play(delay)
    assert np.allclose(jax.jit(play)(delay), eager, rtol=0, atol=2 * QUANTUM)
