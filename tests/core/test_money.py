"""Exact sums: a multiple of 2^-30 is added without rounding, in any order."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.core import LARGEST_EXACT, QUANTUM, quanta, quantize


@given(st.lists(st.floats(-1e4, 1e4), max_size=50), st.randoms())
def test_sums_of_quantized_amounts_are_exact_in_any_order(amounts: list[float], random: object) -> None:
    rounded = [quantize(a) for a in amounts]
    exact = sum((Fraction(a) for a in rounded), Fraction(0))
    assert Fraction(sum(rounded)) == exact == Fraction(sum(reversed(rounded)))


@given(st.floats(-1e4, 1e4))
def test_rounding_moves_an_amount_by_at_most_half_a_quantum(amount: float) -> None:
    assert abs(quantize(amount) - amount) <= QUANTUM / 2


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), 2 * LARGEST_EXACT])
def test_an_amount_that_could_not_stay_exact_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="outside the exact range"):
        quanta(amount)
