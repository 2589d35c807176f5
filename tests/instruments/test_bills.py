"""Bills grow older, the oldest is paid first, and what stands open is what the ledger says."""

import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.instruments.bills import Bills


def three_bills() -> Bills:
    """1 billed two quarters ago, 2 a quarter ago, 4 now."""
    bills = Bills.none(1, 1)
    for billed in (1.0, 2.0, 4.0):
        bills = bills.next_quarter(jnp.asarray([[billed]]))
    return bills


def test_the_oldest_bill_is_paid_first():
    left, paid = three_bills().pay(jnp.asarray([[2.5]]))
    assert float(paid[0, 0]) == 2.5
    assert left.by_age[0, :, 0].tolist() == [4.0, 0.5, 0.0, 0.0]
    assert float(left.overdue(1)[0, 0]) == 0.5


def test_a_bill_that_nobody_pays_grows_old_and_stays_open():
    bills = three_bills()
    for _ in range(5):
        bills = bills.next_quarter(jnp.zeros((1, 1)))
    assert bills.by_age[0, :, 0].tolist() == [0.0, 0.0, 0.0, 7.0]
    left, lost = bills.write_off(jnp.asarray([[True]]))
    assert (float(left.owed[0, 0]), float(lost[0, 0])) == (0.0, 7.0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=6), st.floats(-5, 5000))
def test_paying_takes_no_more_than_is_owed_and_exactly_what_it_says(billed: list[int], offered: float):
    bills = Bills.none(1, 1)
    for quanta in billed:
        bills = bills.next_quarter(jnp.asarray([[quanta * QUANTUM]]))
    left, paid = bills.pay(jnp.asarray([[offered]]))
    assert 0 <= float(paid[0, 0]) <= float(bills.owed[0, 0])
    assert float(left.owed[0, 0]) == float(bills.owed[0, 0]) - float(paid[0, 0])
    assert (np.asarray(left.by_age) >= 0).all()
