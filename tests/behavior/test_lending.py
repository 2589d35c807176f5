"""Lender classes: half at the limit, direction of every cause, collateral by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.behavior.lending import (
    EQUITY,
    LENDER_CLASSES,
    LendingParameters,
    borrowing_base,
    loss_share,
    opening_capacity,
    supply,
    willingness,
)
from tests.behavior.central import central

CLASSES = len(LENDER_CLASSES)
BANK = LENDER_CLASSES.index("bank")
PARAMETERS = central(
    LendingParameters, steepness=4.0, bank_spread=0.04, bank_loss=0.05, single_borrower=0.5, pull_of_narrative=2.0
)
NO_LOSS, OPEN = jnp.zeros((CLASSES, 1)), jnp.zeros((CLASSES, 1))
LOGISTIC_OF_4 = 1 / (1 + np.exp(-4))


def row(*values: float) -> jax.Array:
    return jnp.array(values, float)[:, None]


def one_class(value: float, number: int = BANK) -> jax.Array:
    return NO_LOSS.at[number].set(value)


def two(values: jax.Array) -> jax.Array:
    """The same on two paths, where parameters are one number for all."""
    return jnp.tile(values, 2)


def test_half_of_a_class_lends_at_its_spread_limit_and_almost_none_at_twice_it() -> None:
    willing = willingness(PARAMETERS, spread=row(0.0, 0.04, 0.08), losses=NO_LOSS, closed=OPEN)[BANK, :, 0]
    assert np.asarray(willing / LOGISTIC_OF_4) == pytest.approx([LOGISTIC_OF_4, 0.5, 1 - LOGISTIC_OF_4])


def test_half_of_a_class_lends_when_its_losses_stand_at_their_limit() -> None:
    willing = willingness(PARAMETERS, spread=row(0.0), losses=one_class(0.05), closed=OPEN)[:, 0, 0]
    assert float(willing[BANK]) == pytest.approx(LOGISTIC_OF_4 * 0.5)
    others = np.delete(np.asarray(willing), BANK)
    assert others == pytest.approx(LOGISTIC_OF_4**2), "the losses of one class are not those of another"


def test_a_class_shut_from_outside_gives_nothing_and_half_shut_half() -> None:
    def ask(closed: float) -> jax.Array:
        return willingness(PARAMETERS, spread=row(0.02), losses=NO_LOSS, closed=one_class(closed))[:, 0, 0]

    assert float(ask(1.0)[BANK]) == 0
    assert float(ask(0.5)[BANK]) == pytest.approx(float(ask(0.0)[BANK]) / 2)
    assert np.array_equal(np.delete(ask(1.0), BANK), np.delete(ask(0.0), BANK))


def test_a_story_brings_buyers_of_shares_and_no_lenders() -> None:
    """At the spread limit of shares odds are even; a premium of 1/2 times a pull of 2 makes them e to one."""
    spread = row(float(PARAMETERS.outside_equity_spread))
    plain = willingness(PARAMETERS, spread=spread, losses=NO_LOSS, closed=OPEN)[:, 0, 0]
    told = willingness(PARAMETERS, spread=spread, losses=NO_LOSS, closed=OPEN, narrative=row(0.5))[:, 0, 0]
    assert float(plain[EQUITY]) == pytest.approx(LOGISTIC_OF_4 / 2)
    assert float(told[EQUITY]) == pytest.approx(LOGISTIC_OF_4 * np.e / (1 + np.e))
    assert np.array_equal(np.delete(plain, EQUITY), np.delete(told, EQUITY))


def test_nobody_gets_more_than_the_single_borrower_share_of_a_class() -> None:
    capacity = jnp.full((CLASSES, 1), 20.0)
    offered = supply(PARAMETERS, class_capacity=capacity, spread=row(0.0), losses=NO_LOSS, closed=OPEN)
    assert np.asarray(offered) == pytest.approx(10.0)


def test_banks_and_private_lenders_stop_where_the_collateral_ends() -> None:
    """Each of the two offers 10; a headroom of 5 leaves 2.5 of each; a deficit leaves nothing; others do not care."""
    capacity = jnp.full((CLASSES, 1), 20.0)
    offered = supply(
        PARAMETERS, class_capacity=capacity, spread=row(0.0, 0.0, 0.0), losses=NO_LOSS, closed=OPEN,
        headroom=row(5.0, -3.0, 100.0),
    )[..., 0]  # fmt: skip
    secured = [LENDER_CLASSES.index(name) for name in ("bank", "private_credit")]
    for number in range(CLASSES):
        assert np.asarray(offered[number]) == pytest.approx([2.5, 0, 10] if number in secured else [10, 10, 10])


def test_a_letter_is_borrowed_against() -> None:
    """Letters 300 at 10 %, backlog 100 at 20 %, assets 40 at 65 %: 30 + 20 + 26. Without the letter 30 less."""
    parameters = central(LendingParameters, advance_on_letters=0.1, advance_on_backlog=0.2, advance_on_assets=0.65)
    base = borrowing_base(parameters, row(300, 0), row(100, 100), row(40, 40))
    assert np.asarray(base[:, 0]) == pytest.approx([76, 46])


def test_losses_are_a_share_of_what_was_lent() -> None:
    assert np.asarray(loss_share(row(100, 0, 10), row(3, 0, 12)))[:, 0].tolist() == [0.03, 0.0, 1.0]


def test_private_credit_can_give_what_morgan_stanley_saw_to_2028_spread_over_14_quarters() -> None:
    capacity = opening_capacity(central(LendingParameters))
    assert float(capacity[LENDER_CLASSES.index("private_credit"), 0]) == pytest.approx(800 / 14)
    assert float(capacity[LENDER_CLASSES.index("sovereign_fund"), 0]) == pytest.approx(15)


@given(spread=st.floats(0, 0.3), more=st.floats(1e-3, 0.1), loss=st.floats(0, 0.3), worse=st.floats(1e-3, 0.2))
@settings(deadline=None)
def test_every_class_gives_less_at_a_wider_spread_and_after_more_losses(
    spread: float, more: float, loss: float, worse: float
) -> None:
    def ask(spread: float, loss: float) -> np.ndarray:
        losses = jnp.full((CLASSES, 1), loss)
        return np.asarray(willingness(PARAMETERS, spread=row(spread), losses=losses, closed=OPEN))

    here = ask(spread, loss)
    assert np.all((here > 0) & (here < 1))
    assert np.all(ask(spread + more, loss) < here)
    assert np.all(ask(spread, loss + worse) < here)


def test_nobody_sells_more_of_itself_than_such_sales_come_to_however_much_money_there_is() -> None:
    """Funds have 1,000. A quoted firm worth 50 sells 2 % of itself, another 4 %, and one worth nothing none."""
    parameters = central(
        LendingParameters, steepness=4.0, quoted_sale=0.02, unquoted_sale=0.04, single_borrower=0.5,
        pull_of_narrative=2.0, outside_equity_spread=0.25,
    )  # fmt: skip
    capacity = jnp.full((CLASSES, 1), 1000.0)
    shares = supply(
        parameters, class_capacity=capacity, spread=row(0.0, 0.0, 0.0), losses=NO_LOSS, closed=OPEN,
        quoted=row(50.0, 0.0, 0.0), unquoted=row(0.0, 50.0, 0.0),
    )[EQUITY, :, 0]  # fmt: skip
    assert np.asarray(shares) == pytest.approx([0.02 * 50 * LOGISTIC_OF_4**2, 0.04 * 50, 0.0])
    # Where funds have less than that, they give what they would give to one firm.
    poor = supply(
        parameters, class_capacity=jnp.full((CLASSES, 1), 3.0), spread=row(0.0), losses=NO_LOSS, closed=OPEN,
        quoted=row(0.0), unquoted=row(50.0),
    )[EQUITY, 0, 0]  # fmt: skip
    assert float(poor) == pytest.approx(1.5)


def test_parameters_by_path_act_on_their_path() -> None:
    parameters = central(LendingParameters, bank_spread=jnp.array([0.04, 0.08]), steepness=4.0)
    zero = jnp.zeros((CLASSES, 2))
    willing = willingness(parameters, spread=jnp.full((1, 2), 0.04), losses=zero, closed=zero)[BANK, 0]
    assert float(willing[0]) == pytest.approx(LOGISTIC_OF_4 / 2)
    assert float(willing[1]) > float(willing[0])


def test_compiled_gives_the_same_and_slopes_are_differences() -> None:
    def total(along: jax.Array) -> jax.Array:
        given = supply(
            PARAMETERS, class_capacity=jnp.full((CLASSES, 1), 30.0) * (1 + along), losses=two(NO_LOSS) + 0.02 + along,
            spread=two(row(0.05, 0.09)) + along, closed=two(OPEN) + along, narrative=two(row(0.1, 0.3)) + along,
            headroom=two(row(3.0, 900.0)) + along,
        )  # fmt: skip
        return given.sum()

    assert float(jax.jit(total)(0.0)) == pytest.approx(float(total(jnp.asarray(0.0))), rel=1e-14)
    slope = (total(jnp.asarray(1e-6)) - total(jnp.asarray(-1e-6))) / 2e-6
    assert float(jax.jit(jax.grad(total))(0.0)) == pytest.approx(float(slope), rel=1e-6)
