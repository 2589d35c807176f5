"""Funding: needs and rationing by hand, identities of the ladder, walls."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ouroloop.behavior.funding import (
    FUNDING_CLASSES,
    LADDER,
    FundingParameters,
    cash_floor,
    maturity_wall,
    plan,
    quarters_until_wall,
    raise_money,
)
from ouroloop.ledger.precision import quantize
from tests.behavior.central import central

PARAMETERS = central(FundingParameters, floor_quarters=0.5, prefunding=0.5, issue_discount=0.2)
QUANTUM = 2.0**-30
CLASSES = len(FUNDING_CLASSES)
TWO = ("bank", "bond_market")
RUNG = (TWO,)


def row(*values: float) -> jax.Array:
    return jnp.array(values, float)[:, None]


def asked(need: list[float], supply: list[list[float]], capacity: list[float], **given: object):
    """Two classes on one rung, one path; everybody may ask unless said otherwise."""
    allowed = given.pop("allowed", np.ones((len(supply), len(need)), bool))
    return raise_money(
        PARAMETERS, need=row(*need), supply=jnp.array(supply, float)[..., None], capacity=row(*capacity),
        allowed=allowed, classes=TWO, ladder=given.pop("ladder", RUNG),
    )  # fmt: skip


def test_a_firm_needs_what_it_must_pay_and_wants_to_keep_above_what_it_has() -> None:
    """Due 10, wants 20, floor 6, half of 8 that mature soon, has 15 and receives 12: 10 + 20 + 6 + 4 - 27 = 13."""
    need = plan(
        PARAMETERS, cash=row(15, 90), cash_floor=row(6, 6), inflow=row(12, 12), due=row(10, 10), spending=row(20, 20),
        maturing_soon=row(8, 8),
    )  # fmt: skip
    assert np.asarray(need[:, 0]).tolist() == [13.0, 0.0]


def test_the_floor_is_half_a_quarter_of_outlays() -> None:
    assert np.asarray(cash_floor(PARAMETERS, row(30, -4)))[:, 0].tolist() == [15.0, 0.0]


def test_what_a_firm_asks_is_spread_in_proportion_to_offers() -> None:
    """Offers of 30 and 10 for a need of 20: 15 and 5."""
    raised = asked([20], [[30], [10]], [100, 100])
    assert np.asarray(raised.granted[:, 0, 0]).tolist() == [15.0, 5.0]
    assert float(raised.refused[0, 0]) == 0.0


def test_a_class_asked_for_more_than_it_has_rations_pro_rata() -> None:
    """A bank with 30 is asked for 40 and 20, nobody else lends: 20 and 10."""
    raised = asked([40, 20], [[40, 20], [0, 0]], [30, 0])
    assert np.asarray(raised.granted[0, :, 0]) == pytest.approx([20, 10], abs=1e-8)
    assert np.asarray(raised.refused[:, 0]) == pytest.approx([20, 10], abs=1e-8)


def test_what_one_class_cannot_give_is_asked_of_the_other_on_the_same_rung() -> None:
    """Need 20, offers 20 and 20, but the bank has only 4 left: 4 of the bank, 16 of the market."""
    raised = asked([20], [[20], [20]], [4, 100])
    assert np.asarray(raised.granted[:, 0, 0]) == pytest.approx([4, 16], abs=1e-8)


def test_who_has_no_other_offer_goes_without() -> None:
    """Two firms need 10 each. The bank (10) offers each 10, the market offers the first 10, the second nothing.

    The first asks 5 and 5, the second 10 of the bank: the bank gives 10 x 5/15 and 10 x 10/15. Asked again, the market
    gives the first what is missing; the second goes without.
    """
    raised = asked([10, 10], [[10, 10], [10, 0]], [10, 100])
    assert np.asarray(raised.granted[..., 0]) == pytest.approx(np.array([[10 / 3, 20 / 3], [20 / 3, 0]]), abs=1e-8)
    assert np.asarray(raised.refused[:, 0]) == pytest.approx([0, 10 / 3], abs=1e-8)


def test_dearer_rungs_are_asked_only_for_what_is_left() -> None:
    raised = asked([20], [[12], [50]], [100, 100], ladder=(("bank",), ("bond_market",)))
    assert np.asarray(raised.granted[:, 0, 0]).tolist() == [12.0, 8.0]


def test_who_may_not_ask_gets_nothing() -> None:
    raised = asked([20], [[30], [10]], [100, 100], allowed=np.array([[False], [True]]))
    assert np.asarray(raised.granted[:, 0, 0]).tolist() == [0.0, 10.0]
    assert float(raised.refused[0, 0]) == 10.0


def test_shares_sold_at_a_discount_cost_the_old_owners() -> None:
    """Raising 8 at 20 % below the price gives shares worth 10 away."""
    supply, capacity = jnp.zeros((CLASSES, 1, 1)), jnp.zeros((CLASSES, 1))
    equity = FUNDING_CLASSES.index("outside_equity")
    raised = raise_money(
        PARAMETERS, need=row(8), supply=supply.at[equity].set(50.0), capacity=capacity.at[equity].set(50.0),
        allowed=np.ones((CLASSES, 1), bool),
    )  # fmt: skip
    assert float(raised.given_away[0, 0]) == pytest.approx(2.0)


def test_the_ladder_asks_every_class_once_with_shares_last() -> None:
    assert sorted(name for rung in LADDER for name in rung) == sorted(FUNDING_CLASSES)
    assert LADDER[-1] == ("outside_equity",)


FIRMS, PATHS = 4, 2
ALLOWED = np.random.default_rng(5).random((CLASSES, FIRMS)) < 0.7
ladder_of_all = jax.jit(partial(raise_money, PARAMETERS, allowed=ALLOWED))
amounts = st.one_of(st.just(0.0), st.floats(1e-6, 500))


@given(
    need=arrays(float, (FIRMS, PATHS), elements=amounts),
    supply=arrays(float, (CLASSES, FIRMS, PATHS), elements=amounts),
    capacity=arrays(float, (CLASSES, PATHS), elements=amounts),
)
@settings(deadline=None)
def test_what_is_granted_and_refused_is_what_was_needed_and_no_limit_is_passed(
    need: np.ndarray, supply: np.ndarray, capacity: np.ndarray
) -> None:
    whole = np.asarray(quantize(jnp.asarray(need)))
    raised = ladder_of_all(need=whole, supply=supply, capacity=capacity)
    granted, refused = np.asarray(raised.granted), np.asarray(raised.refused)
    assert np.array_equal(granted.sum(axis=0) + refused, whole), "exactly"
    assert np.all(granted >= 0)
    assert np.all(refused >= 0)
    assert np.all(granted.sum(axis=1) <= capacity * (1 + 1e-14))
    assert np.all(granted <= supply * (1 + 1e-14))
    assert np.all(granted[~ALLOWED] == 0)
    # Nobody is refused by a class that still has money and still offers some.
    spare = np.minimum(supply - granted, (capacity - granted.sum(axis=1))[:, None]) * ALLOWED[..., None]
    assert np.all((refused <= 8 * QUANTUM) | (spare.max(axis=0) <= 8 * QUANTUM + 1e-12 * capacity.max()))


@given(seed=st.integers(0, 10_000), cut=st.floats(0, 1))
@settings(deadline=None)
def test_closing_credit_never_lowers_what_is_refused_in_all(seed: int, cut: float) -> None:
    g = np.random.default_rng(seed)
    need = np.asarray(quantize(jnp.asarray(g.uniform(0, 50, (FIRMS, PATHS)))))
    supply, capacity = g.uniform(0, 30, (CLASSES, FIRMS, PATHS)), g.uniform(0, 60, (CLASSES, PATHS))
    before = ladder_of_all(need=need, supply=supply, capacity=capacity).refused.sum(axis=0)
    after = ladder_of_all(need=need, supply=supply * cut, capacity=capacity * cut).refused.sum(axis=0)
    assert np.all(np.asarray(after) >= np.asarray(before) - 100 * QUANTUM)


def test_the_wall_is_what_matures_within_the_quarters_asked_for() -> None:
    ladder = jnp.array([[[1.0], [2.0], [4.0]]])
    assert [float(maturity_wall(ladder, n)[0, 0]) for n in (0, 1, 2, 9)] == [0, 1, 3, 7]


def test_without_lenders_firms_stop_in_the_order_of_their_walls() -> None:
    """First: 5 falls due at once with 3 in cash. Second: 2, 2, 2 against 5, the third cannot be paid. Third: it lasts.

    Fourth: nothing matures, but 4 a quarter burn 5 of cash: the claims of 0 exceed cash of -3 in the second quarter.
    """
    ladder = jnp.array([[5, 0, 0], [2, 2, 2], [1, 1, 1], [0, 0, 0]], float)[..., None]
    stop = quarters_until_wall(ladder, row(3, 5, 5, 5), row(0, 0, 0, -4))
    assert np.asarray(stop[:, 0]).tolist() == [1, 3, 4, 2]


def test_compiled_gives_the_same_and_slopes_are_differences() -> None:
    g = np.random.default_rng(2)
    need, supply = jnp.asarray(g.uniform(10, 50, (FIRMS, 1))), jnp.asarray(g.uniform(1, 9, (CLASSES, FIRMS, 1)))
    capacity, weight = jnp.asarray(g.uniform(5, 15, (CLASSES, 1))), jnp.asarray(g.normal(size=(CLASSES, FIRMS, 1)))

    def total(along: jax.Array) -> jax.Array:
        raised = raise_money(
            PARAMETERS, need=need, supply=supply * (1 + along), capacity=capacity + along, allowed=ALLOWED
        )
        return (raised.granted * weight).sum()

    compiled = jax.jit(total)
    assert float(compiled(0.0)) == pytest.approx(float(total(jnp.asarray(0.0))), abs=1e-12)
    slope = (compiled(1e-3) - compiled(-1e-3)) / 2e-3  # a quantum over the step is 5e-7 for each of 28 amounts
    assert float(jax.jit(jax.grad(total))(0.0)) == pytest.approx(float(slope), abs=2e-4)
