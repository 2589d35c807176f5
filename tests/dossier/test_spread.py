"""Fiscal years, year-to-date and quarters to calendar quarters: every published sum is kept, contradictions stay."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import Quarter
from ouroloop.dossier.days import Days, union
from ouroloop.dossier.spread import Span, spread

Q1, Q2, Q3, Q4 = (Quarter(2025, n) for n in (1, 2, 3, 4))


def span(start: str, end: str, value: float, tolerance: float = 1e-6) -> Span:
    return Span(date.fromisoformat(start), date.fromisoformat(end), value, tolerance)


YEAR = span("2025-01-01", "2025-12-31", 365)


def values(*spans: Span) -> dict[Quarter, float]:
    return {quarter: value.amount for quarter, value in spread(spans).quarters().items()}


def test_a_year_alone_is_spread_evenly_by_day() -> None:
    assert values(YEAR) == pytest.approx({Q1: 90, Q2: 91, Q3: 92, Q4: 92})


def test_a_longer_period_contributes_what_shorter_ones_leave() -> None:
    # Q1 is 120, so 245 are left for the 275 days after it.
    found = values(YEAR, span("2025-01-01", "2025-03-31", 120))
    assert found == pytest.approx({Q1: 120, Q2: 245 * 91 / 275, Q3: 245 * 92 / 275, Q4: 245 * 92 / 275})


def test_year_to_date_figures_give_each_quarter_exactly() -> None:
    spans = (
        span("2025-01-01", "2025-03-31", 10),
        span("2025-01-01", "2025-06-30", 30),
        span("2025-01-01", "2025-09-30", 60),
        span("2025-01-01", "2025-12-31", 100),
    )
    assert values(*spans) == pytest.approx({Q1: 10, Q2: 20, Q3: 30, Q4: 40})
    assert all(value.basis == "reported" for value in spread(spans).quarters().values())


def test_a_quarter_that_rests_on_a_share_of_a_year_is_estimated() -> None:
    found = spread([YEAR, span("2025-01-01", "2025-03-31", 120)]).quarters()
    assert [found[q].basis for q in (Q1, Q2, Q3, Q4)] == ["reported", "estimated", "estimated", "estimated"]


def test_a_fiscal_quarter_is_shared_between_the_calendar_quarters_that_it_touches() -> None:
    # 2025-01-27 to 2025-04-27 are 91 days, 64 of them in the first quarter.
    found = spread([span("2025-01-27", "2025-04-27", 91)]).quarters()
    assert {q: value.amount for q, value in found.items()} == pytest.approx({Q1: 64, Q2: 27})
    assert found[Q1].covered == pytest.approx(64 / 90)
    assert found[Q1].basis == "estimated"


def test_a_period_that_its_parts_contradict_is_left_out_and_shown() -> None:
    halves = [span("2025-01-01", "2025-06-30", 4.3), span("2025-07-01", "2025-12-31", 8)]
    whole = span("2025-01-01", "2025-12-31", 13.07)
    found = spread([*halves, whole])
    (one,) = found.contradictions
    assert one.span is whole
    assert one.remainder == pytest.approx(0.77)
    assert found.within(YEAR.days) == pytest.approx(12.3)


def test_a_negative_remainder_is_a_contradiction_unless_the_amount_may_be_negative() -> None:
    quarter, year = span("2025-01-01", "2025-03-31", 40), span("2025-01-01", "2025-12-31", 30)
    found = spread([quarter, year])
    assert [one.remainder for one in found.contradictions] == [-10]
    assert found.days == quarter.days
    signed = spread([quarter, year], signed=True)
    assert not signed.contradictions
    assert signed.within(year.days) == pytest.approx(30)


def test_figures_that_differ_by_rounding_only_agree() -> None:
    parts = [span("2025-01-01", "2025-06-30", 2.2, 0.05), span("2025-07-01", "2025-12-31", 2.9, 0.05)]
    found = spread([*parts, span("2025-01-01", "2025-12-31", 5.131, 0.0005)])
    assert not found.contradictions
    assert found.within(YEAR.days) == pytest.approx(5.1)


_DAY = st.integers(0, 1100).map(lambda n: date(2024, 1, 1) + timedelta(days=n))


@given(
    st.lists(st.tuples(_DAY, st.integers(0, 400), st.integers(0, 1000)), max_size=10).map(
        lambda rows: [Span(first, first + timedelta(days=length), float(v), 1e-6) for first, length, v in rows]
    ),
    st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_the_sum_over_every_placed_period_is_what_was_published(spans: list[Span], signed: bool) -> None:
    found = spread(spans, signed=signed)
    rejected = [one.span for one in found.contradictions]
    for one in spans:
        if one not in rejected:
            assert found.within(one.days) == pytest.approx(one.value, abs=1e-4)
    pieces = [piece.days for piece in found.pieces]
    assert union(pieces).count == sum(days.count for days in pieces), "pieces overlap"
    if not signed:
        assert all(piece.amount >= 0 for piece in found.pieces)
    assert sum(v.amount for v in found.quarters().values()) == pytest.approx(found.within(found.days), abs=1e-6)


_SETS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 15)), max_size=5).map(
    lambda rows: union(Days(((first, first + length),)) for first, length in rows)
)


@given(_SETS, _SETS)
@settings(max_examples=50, deadline=None)
def test_sets_of_days_work_as_sets_do(one: Days, other: Days) -> None:
    def days(some: Days) -> set[int]:
        return {day for first, last in some.ranges for day in range(first, last + 1)}

    assert days(one & other) == days(one) & days(other)
    assert days(one - other) == days(one) - days(other)
    assert days(one | other) == days(one) | days(other)
    assert one.count == len(days(one))
