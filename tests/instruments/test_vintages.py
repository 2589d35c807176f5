"""Machines are charged straight-line on what is left of their lives, in two books; the reported one is the ledger's."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.instruments.vintages import Vintages, VintageState
from ouroloop.ledger import AccountClass
from tests.instruments.financing_examples import (
    SEEDS,
    assert_balanced,
    assert_same_compiled,
    at,
    balance,
    column,
    dossier,
)

ONE = Vintages(("owner",), ("machine",), 64)


@eqx.filter_jit
def charge(state: VintageState, number: jax.Array, life_years: jax.Array) -> tuple[VintageState, jax.Array, jax.Array]:
    """One quarter on a reported life, and on three honest years."""
    return ONE.serve(state, number, column(0.0), life_years, column(3.0))


def new(cost: float) -> VintageState:
    """One machine that comes into service in quarter 0 and has not been charged for it yet."""
    state = ONE.opening(jnp.zeros((1, 1)), jnp.zeros((1, 1)), 1)
    ring, total = state.reported.at[0, 0].set(cost), column(cost)
    return VintageState(ring, ring, total, total)


def charged(cost: float, lives_years: list[tuple[int, float]], years: int, added: float = 0.0) -> np.ndarray:
    """Depreciation by year of a machine bought in quarter 0, from (first year, life in years from then on).

    `added` comes into the depreciable amount at the last change of life: a lower salvage value.
    """
    state = new(cost)
    posted = []
    for number in range(4 * years):
        life = [years for first, years in lives_years if first <= number // 4][-1]
        if added and number == 4 * lives_years[-1][0]:
            state = replace(state, reported=state.reported.at[:, 0].add(added))
        state, amounts, _ = charge(state, at(number), column(life))
        posted.append(float(amounts[0, 0]))
    return np.asarray(posted).reshape(years, 4).sum(axis=1)


def test_a_revised_life_charges_the_rest_over_what_is_left_as_in_a_textbook_example():
    """80,000 with salvage of 5,000 over 5 years: 15,000 a year. After 2 years the life is 10 years in all and salvage
    2,000: (50,000 − 2,000) / 8 = 6,000 a year. (A college course on changes in accounting estimates.)
    """
    got = charged(75.0, [(0, 5.0), (2, 10.0)], years=10, added=3.0)
    np.testing.assert_allclose(got, [15, 15, *[6] * 8], atol=1e-7)


@pytest.mark.parametrize(("life", "yearly"), [(13.0, 60 / 9), (7.0, 20.0)])
def test_ten_years_become_thirteen_or_seven_after_the_fourth(life: float, yearly: float):
    got = charged(100.0, [(0, 10.0), (4, life)], years=int(life))
    np.testing.assert_allclose(got, [10] * 4 + [yearly] * (int(life) - 4), atol=1e-7)


def life_of(entity: str, effective: str) -> tuple[float, float]:
    """The change of life that a firm reported."""
    found = [row for row in dossier().lives if row.entity == entity and str(row.effective) == effective]
    (change,) = found
    assert change.from_years is not None
    return change.from_years, change.to_years


def test_metas_longer_life_of_2025_takes_a_seventh_off_the_charge_of_machines_two_years_old():
    before, now = life_of("meta", "2025-01-01")
    assert (before, now) == (5.0, 5.5)
    got = charged(20.0, [(0, before), (2, now)], years=6)
    # 4 a year; 12 left after two years, over 3.5 years: 24/7 a year, and the last half year half of it.
    np.testing.assert_allclose(got, [4, 4, 24 / 7, 24 / 7, 24 / 7, 12 / 7], atol=1e-7)


def test_amazons_shorter_life_of_2025_adds_a_quarter_to_the_charge_of_machines_one_year_old():
    before, now = life_of("amazon", "2025-01-01")
    assert (before, now) == (6.0, 5.0)
    got = charged(24.0, [(0, before), (1, now)], years=6)
    np.testing.assert_allclose(got, [4, 5, 5, 5, 5, 0], atol=1e-7)


def test_longer_reported_lives_raise_reported_profit_and_leave_economic_profit_alone():
    def charges(reported_life: float) -> tuple[float, float]:
        empty = ONE.opening(jnp.zeros((1, 1)), jnp.zeros((1, 1)), 1)
        _, amounts, economic = ONE.serve(empty, at(0), column(24.0), column(reported_life), column(3.0))
        return float(amounts[0, 0]), float(economic[0, 0])

    # 24 over 4 years: 1.5 a quarter; over 6 years: 1; over 3 honest years: 2, whatever is reported.
    assert charges(4.0) == (1.5, 2.0)
    assert charges(6.0) == (1.0, 2.0)


def test_opening_vintages_are_charged_by_their_age():
    # 12 with 8 quarters behind it, 5 with 1 quarter behind it; a life of 5 years.
    by_age = jnp.zeros((1, 10)).at[0, 7].set(12.0).at[0, 0].set(5.0)
    state = ONE.opening(by_age, by_age, 1)
    assert np.asarray(state.reported_total).tolist() == [[17.0]]
    _, amounts, economic = ONE.serve(state, at(0), column(0.0), column(5.0), column(2.0))
    np.testing.assert_allclose(float(amounts[0, 0]), 12 / 12 + 5 / 19, atol=1e-8)
    # With a life of 2 years the older one is over: it goes at once.
    np.testing.assert_allclose(float(economic[0, 0]), 12 + 5 / 7, atol=1e-8)


def test_retired_machines_leave_what_the_reported_book_still_carries_as_a_loss():
    state = new(24.0)
    for number in range(12):
        state, _, _ = charge(state, at(number), column(6.0))
        state, lost = ONE.retire(state, at(number), column(3.0))
        assert not np.asarray(lost).any()
    state, lost = ONE.retire(state, at(12), column(3.0))
    # Three of six years are left in the books: 12.
    np.testing.assert_allclose(np.asarray(lost)[:, 0], [0, 12], atol=1e-7)
    assert not np.asarray(state.reported).any()


def test_an_impairment_is_a_new_cost_and_leaves_the_economic_book():
    state = new(24.0)
    state, lost = ONE.impair(state, column(0.5))
    assert np.asarray(lost)[:, 0].tolist() == [0, 12]
    assert (float(state.reported_total[0, 0]), float(state.economic_total[0, 0])) == (12, 24)
    state, lost = ONE.dispose(state, column(0.25))
    assert np.asarray(lost)[:, 0].tolist() == [0, 3]
    assert (float(state.reported_total[0, 0]), float(state.economic_total[0, 0])) == (9, 18)


BOOK = Vintages(("cloud", "cloud", "lab"), ("servers", "shells", "servers"), 8)
BUYS = [
    books.purchase_capitalized("cloud", "maker", asset="servers"),
    books.purchase_capitalized("cloud", "builder", asset="shells"),
    books.purchase_capitalized("lab", "maker", asset="servers"),
]
WORLD = books.build([*BUYS, *BOOK.flows])


@eqx.filter_jit
def a_quarter(state: VintageState, number: jax.Array, draws: jax.Array) -> tuple[VintageState, jax.Array]:
    placed = draws[:3] * 10
    state, moved, _ = BOOK.serve(state, number, placed, 0.5 + draws[3:6] * 3, 0.5 + draws[6:7] * 3)
    state, impaired = BOOK.impair(state, jnp.where(draws[7:10] < 0.1, draws[7:10] * 10, 0.0))
    state, gone = BOOK.dispose(state, jnp.where(draws[10:13] < 0.1, 1.0, 0.0))
    state, retired = BOOK.retire(state, number, 1.5 + draws[13:14] * 4)
    return state, jnp.concatenate([placed, moved + impaired + gone + retired])


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_the_reported_book_is_the_ledgers_through_many_turns_of_the_ring(seed: int):
    random = np.random.default_rng(seed)
    opening = jnp.asarray(random.random((3, 5)))
    state = BOOK.opening(opening, opening, 3)
    rows = list(zip(BOOK.owners, BOOK.assets, strict=True))
    accounts = [books.Account(owner, AccountClass.REAL, asset) for owner, asset in rows]
    balances = dict(zip(accounts, np.asarray(state.reported_total), strict=True))
    kept = books.open_books(WORLD, balances, paths=3)
    for number in range(20):
        state, amounts = a_quarter(state, at(number), jnp.asarray(random.random((14, 3))))
        kept = books.post(WORLD, kept, amounts)
        net = [balance(WORLD, kept, owner, AccountClass.REAL, asset).tolist() for owner, asset in rows]
        assert np.asarray(state.reported_total).tolist() == net
        for ring, total in ((state.reported, state.reported_total), (state.economic, state.economic_total)):
            assert np.array_equal(np.asarray(ring).sum(axis=1), np.asarray(total))
        assert (np.asarray(state.reported) >= 0).all()
        # The slot that the next quarter uses is empty: nothing outlives the ring.
        assert not np.asarray(state.reported)[:, (number + 1) % 8].any()
        assert not np.asarray(state.economic)[:, (number + 1) % 8].any()
        assert_balanced(WORLD, kept)


def test_a_longer_life_charges_less_by_the_derivative_of_the_formula():
    state = new(24.0)

    def charged(life: jax.Array) -> jax.Array:
        return ONE.serve(state, at(0), column(0.0), life[None, None], column(3.0))[1].sum()

    # d/dL of 24 / (4 L) = −6 / L²: at 6 years −1/6.
    np.testing.assert_allclose(float(jax.grad(charged)(jnp.asarray(6.0))), -1 / 6, rtol=1e-12)


def test_compiled_as_written():
    state = BOOK.opening(jnp.full((3, 5), 1 / 3), jnp.full((3, 5), 1 / 3), 2)
    assert_same_compiled(BOOK.serve, state, at(3), column(2, 0, 1), column(1.4, 1.5, 1.6), column(0.9, 0.9, 0.9))
    assert_same_compiled(BOOK.retire, state, at(3), column(1.0, 1.0, 1.0))
