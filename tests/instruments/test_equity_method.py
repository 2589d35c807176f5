"""A stake takes up its share of profit, stops at nothing, and never touches the investee's books."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.instruments.equity_method import EquityMethodStakes, StakeState
from ouroloop.ledger import AccountClass
from tests.instruments.financing_examples import (
    SEEDS,
    amounts_of,
    assert_balanced,
    assert_same_compiled,
    balance,
    column,
    deal,
    dossier,
)

STAKE = EquityMethodStakes(("microsoft",), ("openai",))
NONE = column(0.0)
SHARES = "equity:openai"


def carried(amount: float, share: float, suspended: float = 0.0) -> StakeState:
    return STAKE.opening(column(amount), column(suspended), column(share), 1)


def openai_loss() -> float:
    """The quarter to September 2025, as the dossier holds it."""
    figures = dossier().figures_of("openai", "net_income")
    (loss,) = [f.value for f in figures if str(f.start) == "2025-07-01" and str(f.end) == "2025-09-30"]
    assert loss is not None
    return loss


def test_microsofts_share_of_openais_loss_of_the_autumn_of_2025_is_its_charge_of_3_1bn():
    assert openai_loss() == -11.5
    assert "27%" in str(deal("openai-microsoft-stake-2025").terms)
    funded, _ = amounts_of("microsoft-openai-equity-to-2025-09")["funded"]
    # Cost is the most it can have carried the stake at; earlier losses are left out here.
    state, amounts = STAKE.pick_up(carried(funded, 0.27), column(openai_loss()), NONE)
    np.testing.assert_allclose(np.asarray(amounts)[:, 0], [-3.105, 0], atol=1e-8)
    np.testing.assert_allclose(float(state.carrying[0, 0]), 11.6 - 3.105, atol=1e-8)


def test_losses_stop_at_nothing_and_later_profits_make_them_good_first():
    state, booked = carried(2.0, 0.27), []
    for profit in (-11.5, -10.0, 10.0, 10.0):
        state, amounts = STAKE.pick_up(state, column(profit), NONE)
        booked.append(float(amounts[0, 0]))
    # −3.105 of which 2 fits; −2.7 none; suspended 1.105 + 2.7 = 3.805; +2.7 leaves 1.105; +2.7 leaves 1.595 to book.
    np.testing.assert_allclose(booked, [-2, 0, 0, 1.595], atol=1e-8)
    assert float(state.suspended[0, 0]) == 0
    np.testing.assert_allclose(float(state.carrying[0, 0]), 1.595, atol=1e-8)


def test_a_promise_of_more_money_lets_losses_run_on_to_that_promise():
    open_, _ = amounts_of("microsoft-openai-equity-to-2025-09")["rest"]
    assert open_ == 1.4
    state, amounts = STAKE.pick_up(carried(2.0, 0.27), column(-20.0), column(open_))
    # 5.4 of loss: 3.4 booked, down to −1.4, and 2 suspended.
    np.testing.assert_allclose(float(amounts[0, 0]), -3.4, atol=1e-8)
    np.testing.assert_allclose(float(state.suspended[0, 0]), 2.0, atol=1e-8)
    # When the promise is paid the stake stands at nothing, and the rest of the loss stays out.
    state, amounts = STAKE.pick_up(STAKE.invest(state, column(open_)), NONE, NONE)
    np.testing.assert_allclose([float(amounts[0, 0]), float(state.carrying[0, 0])], [0, 0], atol=1e-8)


def test_new_money_is_eaten_by_losses_that_were_left_out():
    state = STAKE.invest(carried(0.0, 0.3, suspended=4.0), column(3.0))
    state, amounts = STAKE.pick_up(state, NONE, NONE)
    assert (float(amounts[0, 0]), float(state.carrying[0, 0]), float(state.suspended[0, 0])) == (-3, 0, 1)


def test_shares_sold_to_others_above_the_carrying_amount_are_a_gain_and_no_profit():
    state, amounts = STAKE.dilute(carried(3.0, 0.3), column(0.27), column(10.0), column(30.0), NONE)
    # 30 % of 10 is 3; 27 % of 30 is 8.1.
    np.testing.assert_allclose(np.asarray(amounts)[:, 0], [0, 5.1], atol=1e-8)
    assert float(state.share[0, 0]) == 0.27
    np.testing.assert_allclose(float(state.carrying[0, 0]), 8.1, atol=1e-8)


BOOK = EquityMethodStakes(("microsoft", "nvidia"), ("openai", "openai"))
BUYS = [books.equity_investment("microsoft", "openai"), books.equity_investment("nvidia", "openai")]
WORLD = books.build([*BUYS, *BOOK.flows])


@eqx.filter_jit
def a_quarter(state: StakeState, draws: jax.Array) -> tuple[StakeState, jax.Array]:
    paid = jnp.where(draws[:2] < 0.5, draws[:2] * 10, 0.0)
    state = BOOK.invest(state, paid)
    state, picked = BOOK.pick_up(state, (draws[2:3] - 0.7) * 40, jnp.where(draws[3:4] < 0.5, 1.0, 0.0))
    state, diluted = BOOK.dilute(state, state.share * draws[4:5], draws[5:6] * 10, draws[6:7] * 30, jnp.zeros((1, 1)))
    return state, jnp.concatenate([paid, picked + diluted])


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_cost_and_valuation_are_the_carrying_amount_and_the_investee_books_what_was_paid_in(seed: int):
    random = np.random.default_rng(seed)
    state = BOOK.opening(column(0, 0), column(0, 0), column(0.3, 0.1), 3)
    kept = books.open_books(WORLD, {books.cash("microsoft"): 90.0, books.cash("nvidia"): 90.0}, paths=3)
    paid_in = np.zeros(3)
    for _ in range(8):
        state, amounts = a_quarter(state, jnp.asarray(random.random((7, 3))))
        kept = books.post(WORLD, kept, amounts)
        paid_in += np.asarray(books.quantize(amounts[:2])).sum(axis=0)
        for row, investor in enumerate(BOOK.investors):
            cost = balance(WORLD, kept, investor, AccountClass.ASSET, SHARES)
            valuation = balance(WORLD, kept, investor, AccountClass.VALUATION, SHARES)
            assert (cost + valuation).tolist() == np.asarray(state.carrying)[row].tolist()
        assert balance(WORLD, kept, "openai", AccountClass.EQUITY, SHARES).tolist() == (-paid_in).tolist()
        assert (np.asarray(state.suspended) >= 0).all()
        assert (np.asarray(state.carrying) >= -1.0).all()
        assert_balanced(WORLD, kept)


def test_compiled_and_differentiated_as_written():
    state = carried(2.0, 0.27)
    assert_same_compiled(STAKE.pick_up, state, column(-1 / 3), NONE)

    def booked(profit: jax.Array) -> jax.Array:
        return STAKE.pick_up(state, profit[None, None], NONE)[1].sum()

    assert [float(jax.grad(booked)(jnp.asarray(p))) for p in (-5.0, -20.0)] == [0.27, 0.0]
