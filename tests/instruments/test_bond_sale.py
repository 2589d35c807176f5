"""Bonds sold on: priced by their coupon, moved with their days of payment, and a loss of one a gain of the other."""

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop import ledger as books
from ouroloop.instruments.bond_sale import BondSales, bond_price
from ouroloop.instruments.loan import Loans

LOANS = Loans(
    ("bonds:firm", "pensions:firm", "funds:firm"),
    ("bonds", "pensions", "funds"),
    ("firm",) * 3,
    jnp.zeros(3, bool),
)
CLAIMS = ("loan:bonds:firm", "loan:pensions:firm", "loan:funds:firm")
SALES = BondSales(
    ("bonds:firm", "pensions:firm"),
    ("bonds", "pensions"),
    ("funds",) * 2,
    ("firm",) * 2,
    ((CLAIMS[0], CLAIMS[2]), (CLAIMS[1], CLAIMS[2])),
    ((0, 2), (1, 2)),
)
LADDER = jnp.asarray([[0.0, 10.0, 0.0, 0.0, 0.0, 30.0], [0.0, 0.0, 0.0, 20.0, 0.0, 0.0], [0.0] * 6])
RATE = jnp.asarray([0.05, 0.08, 0.0])


def column(*values: float) -> jnp.ndarray:
    return jnp.asarray(values, jnp.float64)[:, None]


@pytest.mark.parametrize(("years", "market_yield"), [(8.0, 0.08), (0.5, 0.2), (20.0, 0.03), (5.0, 0.05)])
def test_the_price_is_the_sum_of_what_is_paid_discounted(years: float, market_yield: float) -> None:
    steps = 200_000
    days = (np.arange(steps) + 0.5) * years / steps
    by_hand = (0.05 * np.exp(-market_yield * days)).sum() * years / steps + np.exp(-market_yield * years)
    assert float(bond_price(jnp.asarray(0.05), jnp.asarray(market_yield), jnp.asarray(years))) == pytest.approx(
        by_hand, rel=1e-9
    )


def test_a_bond_that_pays_what_the_market_asks_is_at_par_and_one_due_now_too() -> None:
    assert float(bond_price(jnp.asarray(0.07), jnp.asarray(0.07), jnp.asarray(30.0))) == pytest.approx(1.0, abs=1e-14)
    assert float(bond_price(jnp.asarray(0.07), jnp.asarray(0.9), jnp.asarray(0.0))) == 1.0
    assert float(bond_price(jnp.asarray(0.05), jnp.asarray(0.0), jnp.asarray(4.0))) == pytest.approx(1.2)


def test_half_of_what_is_owed_moves_with_its_days_and_rates_average() -> None:
    state = LOANS.opening(LADDER, RATE, paths=1)
    after, face, _ = LOANS.hand_over(state, jnp.asarray(1), column(0.5, 1.0), SALES.sold, SALES.bought)
    assert face[:, 0].tolist() == [20.0, 20.0]
    assert after.owed[:, 0].tolist() == [20.0, 0.0, 40.0]
    assert after.ladder[2, :, 0].tolist() == [0.0, 5.0, 0.0, 20.0, 0.0, 15.0]
    np.testing.assert_allclose(after.rate[:, 0], [0.05, 0.08, 0.065])
    np.testing.assert_array_equal(after.ladder.sum(axis=1), after.owed)
    np.testing.assert_array_equal(after.ladder.sum(axis=0), state.ladder.sum(axis=0))


def test_years_left_are_the_average_of_the_ladder_whatever_is_sold() -> None:
    state = LOANS.opening(LADDER, RATE, paths=1)
    for share in (column(0.0, 0.0), column(0.5, 1.0)):
        *_, years = LOANS.hand_over(state, jnp.asarray(1), share, SALES.sold, SALES.bought)
        assert years[:, 0].tolist() == [0.75, 0.5]
    *_, years = LOANS.hand_over(state, jnp.asarray(1), column(1.0), np.array([2]), np.array([0]))
    assert years[:, 0].tolist() == [0.0]


def test_in_the_books_the_seller_loses_what_the_buyer_gains() -> None:
    world = books.build((*LOANS.flows, *SALES.flows), sectors=dict.fromkeys(("bonds", "pensions", "funds"), "unknown"))
    asset, debt = books.AccountClass.ASSET, books.AccountClass.LIABILITY
    stated = {books.Account("bonds", asset, CLAIMS[0]): [40.0], books.Account("firm", debt, CLAIMS[0]): [-40.0]}
    opened = books.open_books(world, stated, paths=1)
    none = jnp.zeros((len(LOANS.flows), 1))
    moved = SALES.amounts(column(30.0, 0.0), column(0.8, 0.9))
    after = books.post(world, opened, jnp.concatenate([none, moved]))
    change = {account: float(after.balances[n, 0] - opened.balances[n, 0]) for n, account in enumerate(world.accounts)}
    assert change[books.Account("bonds", asset, CLAIMS[0])] == -30.0
    assert change[books.Account("funds", asset, CLAIMS[2])] == 30.0
    assert change[books.Account("firm", debt, CLAIMS[0])] == 30.0
    assert change[books.Account("firm", debt, CLAIMS[2])] == -30.0
    assert change[books.cash("bonds")] == 24.0
    assert change[books.Account("bonds", books.AccountClass.EXPENSE, "discounts")] == 6.0
    assert change[books.Account("funds", books.AccountClass.INCOME, "discounts")] == -6.0
    residual = books.residual(world, after)
    assert not np.asarray(residual.by_entity).any()
    assert not np.asarray(residual.by_claim).any()
