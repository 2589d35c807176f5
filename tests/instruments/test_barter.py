"""Barter: two revenues, no cash, and a claim in kind in between."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from ouroloop.instruments.barter import Barters, BarterState
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


def book(goods: list[list[float]], services: list[list[float]]) -> Barters:
    names = tuple(f"swap-{n}" for n in range(len(goods)))
    parties, assets = (("maker", "host"),) * len(goods), ("equipment",) * len(goods)
    return Barters(names, parties, assets, jnp.asarray(goods), jnp.asarray(services))


def deliver(
    swaps: Barters, state: BarterState, number: int, goods: float = 1.0, services: float = 1.0, broken: bool = False
) -> tuple[BarterState, jax.Array]:
    return swaps.deliver(state, number, goods_share=rows(goods), services_share=rows(services), broken=flags(broken))


def test_goods_swapped_for_services_are_revenue_on_both_sides_and_nobodys_cash_moves():
    swaps = book([[10.0, 0.0]], [[0.0, 10.0]])
    played, state = Played(swaps), swaps.start(1)
    state, moved = deliver(swaps, state, 0)
    played.post(moved)
    assert played.balance("host/liability/barter:swap-0")[0] == -10.0  # the host owes services
    state, moved = deliver(swaps, state, 1)
    played.post(moved)
    played.proof()
    assert float(state.open[0, 0]) == 0.0
    for party in ("maker", "host"):
        assert played.revenue(party)[0] == 10.0
        assert played.paid_revenue(party)[0] == 0.0
        assert played.balance(f"{party}/asset/cash")[0] == 0.0
    assert played.balance("host/real/equipment")[0] == 10.0
    assert played.balance("maker/expense/services")[0] == 10.0


def test_read_as_one_group_the_two_revenues_are_gone():
    swaps = book([[10.0]], [[10.0]])
    played = Played(swaps)
    _, moved = deliver(swaps, swaps.start(1), 0)
    played.post(moved)
    group = books.consolidate(played.ledger, played.books, moved, {"maker", "host"})
    assert group.revenue_booked[0] == 20.0
    assert group.revenue[0] == 0.0


def test_services_may_come_first_and_then_the_maker_owes():
    swaps = book([[0.0, 10.0]], [[4.0, 6.0]])
    state, _ = deliver(swaps, swaps.start(1), 0)
    assert float(state.open[0, 0]) == -4.0
    state, moved = deliver(swaps, state, 1, broken=True)
    assert not np.asarray(moved).any()
    state, moved = swaps.forgive(state, flags(True))
    assert moved[:, 0].tolist() == [0.0, 0.0, -4.0]  # the host's loss, the maker's gain
    assert float(state.open[0, 0]) == 0.0


def test_what_is_not_delivered_is_not_made_up_for_and_stays_open():
    swaps = book([[10.0, 0.0]], [[5.0, 5.0]])
    state, _ = deliver(swaps, swaps.start(1), 0, services=0.5)
    state, _ = deliver(swaps, state, 1)
    assert float(state.open[0, 0]) == 2.5


def test_had_lambda_paid_for_nvidias_servers_with_four_years_of_rent_1_3bn_would_be_sales_twice():
    """Nvidia sells servers to Lambda and rents 10,000 of them back for 1.3bn: told here as a swap, without the cash."""
    found = deal("nvidia-lambda-rent-10000")
    assert (found.payer, found.payee) == ("nvidia", "lambda")
    rent = tranche_by_day(found.id, "whole", "2025-Q3", 16)
    servers = np.zeros(16)
    servers[0] = 1.3
    swaps = Barters(
        ("servers-for-rent",), (("nvidia", "lambda"),), ("equipment",), jnp.asarray([servers]), jnp.asarray([rent])
    )
    played, state = Played(swaps), swaps.start(1)
    for number in range(8):  # to mid-2027
        state, moved = deliver(swaps, state, number)
        played.post(moved)
    played.proof()
    # 730 of the 1,461 days of the rent have passed.
    assert np.isclose(played.revenue("lambda")[0], 1.3 * 730 / 1461, atol=1e-8)
    assert np.isclose(played.revenue("nvidia")[0], 1.3, atol=1e-8)
    assert np.isclose(float(state.open[0, 0]), 1.3 * 731 / 1461, atol=1e-8)
    assert played.paid_revenue("nvidia")[0] == played.paid_revenue("lambda")[0] == 0.0


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_the_claim_is_what_is_open(seed: int):
    swaps = book([[10.0, 7.3, 1e-9], [3.1, 0.0, 5.0]], [[2.0, 8.0, 7.0], [0.1, 4.0, 4.0]])
    played, state = Played(swaps, RANDOM_PATHS), swaps.start(RANDOM_PATHS)
    for number in range(4):
        state, moved = swaps.deliver(
            state,
            number,
            goods_share=random_shares(seed, 5 * number, 2),
            services_share=random_shares(seed, 5 * number + 1, 2),
            broken=random_flags(seed, 5 * number + 2, 2),
        )
        played.post(moved)
        state, moved = swaps.forgive(state, random_flags(seed, 5 * number + 3, 2))
        played.post(moved)
        for row, name in enumerate(swaps.names):
            assert (played.balance(f"maker/asset/barter:{name}") == np.asarray(state.open)[row]).all()
    played.proof()
    assert (played.revenue("maker") == np.asarray(state.goods).sum(axis=0)).all()
    assert (played.revenue("host") == np.asarray(state.services).sum(axis=0)).all()


def test_a_bargain_without_parties_is_refused():
    with pytest.raises(AssertionError, match="one row per contract"):
        Barters(("swap",), (), ("equipment",), jnp.ones((1, 2)), jnp.ones((1, 2)))


def test_compiled_barter_moves_the_same_amounts():
    swaps = book([[10.0, 7.0], [3.0, 5.0]], [[6.0, 11.0], [4.0, 4.0]])

    def play(share: jax.Array) -> jax.Array:
        def step(state: BarterState, number: jax.Array) -> tuple[BarterState, jax.Array]:
            broken = jnp.broadcast_to(number == 1, (2, 3)) & (share < 0.3)
            return swaps.deliver(state, number, goods_share=share, services_share=share**2, broken=broken)

        return jax.lax.scan(step, swaps.start(3), jnp.arange(3))[1]

    share = jnp.asarray([[0.2, 0.7, 1.0]] * 2)
    with jax.disable_jit():
        eager = play(share)
    assert np.allclose(jax.jit(play)(share), eager, rtol=0, atol=2 * QUANTUM)
