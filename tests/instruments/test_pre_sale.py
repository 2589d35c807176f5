"""Pre-sales: a deposit now, goods and the balance later, and a loss for the buyer where neither comes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.instruments.pre_sale import PreSales, PreSaleState
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


def book(schedule: list[list[float]], deposit_share: float = 0.25, deposit_quarter: int = 0) -> PreSales:
    count = len(schedule)
    names, parties, assets = tuple(f"sale-{n}" for n in range(count)), (("buyer", "maker"),) * count, ("equipment",)
    shares, quarters = jnp.full(count, deposit_share), jnp.full(count, deposit_quarter)
    return PreSales(names, parties, assets * count, jnp.asarray(schedule), shares, quarters)


def quarter(
    sales: PreSales, state: PreSaleState, number: int, *, delay: float = 0.0, cancel: bool = False, pays: float = 1.0
) -> tuple[PreSaleState, jax.Array]:
    state, moved = sales.fall_due(state, number, delay=rows(delay), cancel=flags(cancel))
    state, paid = sales.pay(state, pays * sales.due(state))
    return state, moved + paid


def test_a_deposit_comes_first_and_each_delivery_draws_its_share_of_it():
    sales = book([[0.0, 12.0, 28.0]])
    state, moved = quarter(sales, sales.start(1), 0)
    assert moved[:, 0].tolist() == [10.0, 0.0, 0.0, 0.0, 0.0]
    state, moved = quarter(sales, state, 1)
    assert moved[:, 0].tolist() == [0.0, 3.0, 9.0, 0.0, 0.0]
    state, moved = quarter(sales, state, 2)
    assert moved[:, 0].tolist() == [0.0, 7.0, 21.0, 0.0, 0.0]
    assert float(state.deposit[0, 0]) == 0.0
    assert float(sales.backlog(state)[0, 0]) == 0.0


def test_nothing_is_shipped_before_the_deposit_has_come_and_then_all_that_is_late():
    sales = book([[0.0, 12.0, 28.0]])
    state, moved = quarter(sales, sales.start(1), 0, pays=0.5)
    state, moved = quarter(sales, state, 1)
    assert moved[:, 0].tolist() == [5.0, 0.0, 0.0, 0.0, 0.0]
    state, moved = quarter(sales, state, 2)
    assert moved[:, 0].tolist() == [0.0, 10.0, 30.0, 0.0, 0.0]


def test_goods_are_handed_over_in_the_share_in_which_their_balance_is_paid():
    sales = book([[0.0, 12.0]])
    state, _ = quarter(sales, sales.start(1), 0)
    state, moved = quarter(sales, state, 1, pays=1 / 3)
    assert moved[:, 0].tolist() == [0.0, 1.0, 3.0, 0.0, 0.0]
    assert float(state.waiting[0, 0]) == 8.0
    state, moved = quarter(sales, state, 2)
    assert moved[:, 0].tolist() == [0.0, 2.0, 6.0, 0.0, 0.0]


def test_a_buyer_that_cancels_forfeits_its_deposit_once():
    sales = book([[0.0, 12.0, 28.0]])
    state, _ = quarter(sales, sales.start(1), 0)
    state, moved = quarter(sales, state, 1, cancel=True)
    assert moved[:, 0].tolist() == [0.0, 0.0, 0.0, 0.0, 10.0]
    state, moved = quarter(sales, state, 2, cancel=True)
    assert not np.asarray(moved).any()
    assert float(sales.backlog(state)[0, 0]) == 0.0


def test_a_sale_paid_whole_in_advance_asks_for_nothing_on_delivery():
    sales = book([[0.0, 12.0]], deposit_share=1.0)
    state, _ = quarter(sales, sales.start(1), 0)
    state, moved = quarter(sales, state, 1, pays=0.0)
    assert moved[:, 0].tolist() == [0.0, 12.0, 0.0, 0.0, 0.0]


def test_had_openai_put_a_fifth_down_broadcom_would_hold_40bn_before_the_first_chip():
    """No terms of a pre-sale were found: 200bn is the low estimate of the 10 GW, a fifth down an assumption here."""
    found = deal("openai-broadcom-10gw")
    assert found.tranches[0].low == 200.0
    goods = tranche_by_day(found.id, "whole", "2026-Q2", 15)  # due from 2026-07-01 on, 1,280 days
    sales = PreSales(
        ("chips",), (("openai", "broadcom"),), ("equipment",), jnp.asarray([goods]), jnp.full(1, 0.2), jnp.zeros(1, int)
    )
    played, state = Played(sales, cash=300.0), sales.start(1)
    state, moved = quarter(sales, state, 0)
    played.post(moved)
    assert np.isclose(played.balance("broadcom/asset/cash")[0], 40.0, atol=1e-8)
    assert played.revenue("broadcom")[0] == 0.0
    state, moved = quarter(sales, state, 1)
    played.post(moved)
    # 92 of 1,280 days: goods for 14.375, of which 2.875 from the deposit.
    assert np.isclose(played.revenue("broadcom")[0], 14.375, atol=1e-8)
    assert np.isclose(played.balance("openai/real/equipment")[0], 14.375, atol=1e-8)
    assert np.isclose(played.balance("openai/asset/cash")[0], -40.0 - 11.5, atol=1e-8)
    # Broadcom fails: half of the rest comes back, half is lost.
    state, moved = sales.refund(state, rows(18.5625))
    played.post(moved)
    state, moved = sales.lose(state, flags(True))
    played.post(moved)
    assert np.isclose(played.balance("openai/expense/write_off")[0], 18.5625, atol=1e-8)
    assert np.isclose(played.paid_revenue("broadcom")[0], 14.375 + 18.5625, atol=1e-8)
    assert float(sales.backlog(state)[0, 0]) == 0.0
    played.proof()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_hold_the_deposits(seed: int):
    sales = book([[10.0, 7.3, 1e-9, 4.0], [0.0, 3.1, 5.0, 2.0]], 0.3, 1)
    played, state = Played(sales, RANDOM_PATHS), sales.start(RANDOM_PATHS)
    for number in range(6):
        draw = [random_shares(seed, 9 * number + k, 2) for k in range(3)]
        state, moved = sales.fall_due(
            state, number, delay=2 * draw[0], cancel=random_flags(seed, 9 * number + 3, 2, share=0.05)
        )
        played.post(moved)
        state, moved = sales.pay(state, jnp.minimum(1.5 * draw[1], 1.0) * sales.due(state))
        played.post(moved)
        state, moved = sales.refund(state, draw[2] * random_flags(seed, 9 * number + 4, 2))
        played.post(moved)
        state, moved = sales.lose(state, random_flags(seed, 9 * number + 5, 2, share=0.05))
        played.post(moved)
        held = np.asarray(state.deposit)
        assert (held >= 0).all()
        assert (np.asarray(state.waiting) >= 0).all()
        assert (played.balance("buyer/asset/deposit:buyer:maker") == held.sum(axis=0)).all()
    played.proof()
    assert (played.revenue("maker") == played.balance("buyer/real/equipment")).all()


def test_compiled_pre_sales_move_the_same_amounts():
    sales = book([[0.0, 7.0, 3.0], [3.0, 5.0, 9.0]])

    def play(delay: jax.Array) -> jax.Array:
        def step(state: PreSaleState, number: jax.Array) -> tuple[PreSaleState, jax.Array]:
            state, moved = sales.fall_due(state, number, delay=delay, cancel=(delay > 1) & (number == 2))
            state, paid = sales.pay(state, sales.due(state))
            return state, moved + paid

        return jax.lax.scan(step, sales.start(3), jnp.arange(4))[1]

    delay = jnp.asarray([[0.0, 0.5, 2.0]] * 2)
    with jax.disable_jit():
        eager = play(delay)
    assert np.allclose(jax.jit(play)(delay), eager, rtol=0, atol=2 * QUANTUM)
