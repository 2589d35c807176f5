"""The pace of a published flow, and what of it falls between two days, by hand."""

from datetime import date

import pytest

from ouroloop.dossier.days import Days
from ouroloop.dossier.spread import Piece
from ouroloop.scenario.opening_flows import QUARTER_DAYS, Recorded

NOW = date(2026, 6, 30)


def piece(amount: float, first: date, last: date) -> Piece:
    return Piece(Days.between(first, last), amount, ())


FIRST = piece(90.0, date(2025, 1, 1), date(2025, 3, 31))  # 1 a day
SECOND = piece(184.0, date(2025, 7, 1), date(2025, 9, 30))  # 2 a day, after a hole of 91 days
WITH_HOLE = Recorded((FIRST, SECOND))


def test_the_pace_is_that_of_the_latest_quarter() -> None:
    assert WITH_HOLE.pace(date(2025, 12, 1)).point == pytest.approx(2 * QUARTER_DAYS)
    assert WITH_HOLE.pace(date(2025, 12, 1)).basis == "reported"


def test_a_pace_that_two_later_quarters_should_have_replaced_is_an_estimate() -> None:
    assert WITH_HOLE.pace(NOW).basis == "estimated"


def test_a_stub_of_a_quarter_does_not_set_the_pace() -> None:
    stub = piece(500.0, date(2025, 10, 1), date(2025, 10, 26))
    assert Recorded((FIRST, SECOND, stub)).pace(NOW).point == pytest.approx(2 * QUARTER_DAYS)


def test_a_flow_between_two_days_is_as_recorded_then_as_its_sides_and_then_at_the_pace() -> None:
    # 31 of the first, 91 days at the mean of 1 and 2, 184 of the second, and 92 days at 5 a day.
    amount = WITH_HOLE.between(date(2025, 2, 28), date(2025, 12, 31), 5 * QUARTER_DAYS)
    assert amount == pytest.approx(31 + 91 * 1.5 + 184 + 92 * 5)


def test_an_unknown_pace_moves_nothing() -> None:
    assert WITH_HOLE.between(date(2025, 9, 30), date(2025, 12, 31), float("nan")) == 0
    assert Recorded(()).between(date(2025, 9, 30), date(2025, 12, 31), float("nan")) == 0


def test_a_year_with_a_hole_has_no_trailing_mean() -> None:
    assert WITH_HOLE.window() is None
    assert WITH_HOLE.trailing(NOW).point == WITH_HOLE.pace(NOW).point
    whole = Recorded((piece(365.0, date(2025, 1, 1), date(2025, 12, 31)),))
    assert whole.trailing(NOW).point == pytest.approx(QUARTER_DAYS)
