"""Amounts as intervals."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.core import Interval, total

finite = st.floats(-1e6, 1e6)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(finite), draw(finite)))
    return Interval(low, high)


@given(intervals(), intervals(), st.floats(0, 1), st.floats(0, 1))
def test_arithmetic_contains_every_pair_of_inner_values(a: Interval, b: Interval, s: float, t: float) -> None:
    x, y = min(a.low + s * (a.high - a.low), a.high), min(b.low + t * (b.high - b.low), b.high)
    for made, value in ((a + b, x + y), (a - b, x - y)):
        assert made.low - 1e-6 <= value <= made.high + 1e-6


@pytest.mark.parametrize(("low", "high"), [(2, 1), (nan, 1), (0, nan)])
def test_an_upside_down_or_nan_interval_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="low <= high"):
        Interval(low, high)


def test_at_least_100_has_no_middle_but_its_finite_end() -> None:
    assert Interval(100, inf).middle == 100
    assert not Interval(100, inf).bounded
    assert Interval(100, inf) * 0 == Interval(0, 0)


def test_the_total_of_nothing_is_zero_and_of_two_is_their_sum() -> None:
    assert total([]) == Interval(0, 0)
    assert total([Interval(5, 25), Interval(10, 40)]) == Interval(15, 65)
