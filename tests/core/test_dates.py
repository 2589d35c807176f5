"""Dates as sources give them, and the quarters of the books."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroloop.core import PartialDate, Quarter, quarters_between


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-09-10", date(2025, 9, 10), date(2025, 9, 10)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("2025Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_partial_date_spans_the_days_it_may_mean(text: str, first: date, last: date) -> None:
    read = PartialDate.parse(text)
    assert (read.first, read.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-02-30", "25-01-01", "2025-Q5", "summer 2025", "", "0000-01", "２０２５"]
)
def test_what_is_no_date_is_refused_with_the_word_itself(text: str) -> None:
    with pytest.raises(ValueError, match="is not a d"):
        PartialDate.parse(text)


@given(st.dates(date(1700, 1, 1), date(2200, 1, 1)))
def test_a_quarter_holds_its_days_and_only_its_days(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert Quarter.of(quarter.last_day + timedelta(days=1)) == quarter + 1
    assert Quarter.parse(str(quarter)) == quarter == Quarter.from_ordinal(quarter.ordinal)


def test_quarters_between_counts_both_ends_and_is_empty_backwards() -> None:
    first, last = Quarter(2019, 4), Quarter(2020, 2)
    assert [str(q) for q in quarters_between(first, last)] == ["2019-Q4", "2020-Q1", "2020-Q2"]
    assert quarters_between(last, first) == []
