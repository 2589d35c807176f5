"""Letters as agencies give them: late, never better than allowed, and dear below investment grade."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.market import agency
from ouroloop.market.agency import AgencyParameters
from tests.behavior.central import central

BOUNDS = jnp.asarray([4.0, 3.0, 2.4, 1.9, 1.2, 0.7])[None, :, None]
CENTRAL: AgencyParameters = central(AgencyParameters)


def firms(*values: float) -> jnp.ndarray:
    return jnp.asarray(values, jnp.float64)[:, None]


def test_a_letter_is_the_number_of_bounds_that_the_distance_is_short_of() -> None:
    found = agency.letter(firms(9.0, 4.0, 3.9, 2.0, 1.9, 0.7, 0.1, -1.0), jnp.repeat(BOUNDS, 8, axis=0))
    assert found[:, 0].tolist() == [0, 0, 1, 3, 3, 5, 6, 6]


def test_who_owes_nothing_is_as_far_as_anybody_can_be() -> None:
    distance = agency.default_distance(firms(100.0, 100.0, 50.0), firms(0.0, 50.0, 100.0))
    np.testing.assert_allclose(distance[:, 0], [agency.NOTHING_OWED, np.log(2), -np.log(2)])


def test_agencies_go_a_part_of_the_way_and_never_beyond_the_best_allowed() -> None:
    rating, today = firms(3.0, 3.0, 4.0), firms(6.0, 0.0, 0.0)
    after = agency.review(CENTRAL, rating, today, firms(0.0, 0.0, 4.0))
    np.testing.assert_allclose(after[:, 0], [3 + 0.15 * 3, 3 - 0.15 * 3, 4.0])


@given(st.floats(0, 6), st.floats(0, 6))
def test_a_rating_that_is_reviewed_again_and_again_ends_at_the_letter(rating: float, today: float) -> None:
    now = firms(rating)
    for _ in range(100):
        after = agency.review(CENTRAL, now, firms(today), firms(0.0))
        assert abs(float(after[0, 0]) - today) <= abs(float(now[0, 0]) - today) + 1e-12
        now = after
    assert float(now[0, 0]) == pytest.approx(today, abs=1e-5)


def test_bbb_is_investment_grade_and_bb_is_not() -> None:
    assert agency.is_investment_grade(firms(0.0, 3.0, 3.49, 3.5, 6.0))[:, 0].tolist() == [1, 1, 1, 0, 0]


def test_coupons_rise_by_letter_below_investment_grade_on_the_bonds_that_say_so() -> None:
    # 50 bp for each letter on a fifth of the bonds: 10 bp of all of them for BB, 20 for B.
    more = agency.stepped_up(CENTRAL, firms(3.0, 4.0, 5.0))
    np.testing.assert_allclose(more[:, 0], [0.0, 0.001, 0.002])


def test_what_forced_sales_widen_comes_back() -> None:
    now = agency.forced_sale(CENTRAL, firms(0.0), firms(1.0))
    assert float(now[0, 0]) == pytest.approx(0.01)
    assert float(agency.forced_sale(CENTRAL, now, firms(0.0))[0, 0]) == pytest.approx(0.005)
