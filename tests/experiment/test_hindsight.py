"""Hits, misses and means of a look back, worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from ouroloop.core import Quarter
from ouroloop.experiment.hindsight import LookBack, LookBackRow
from ouroloop.experiment.published import Record

DAY = date(2026, 6, 30)
HIT = LookBackRow(
    "oracle", "debt", Quarter(2026, 2), Record(100.0, DAY, True, ("a",)), "",
    median=90.0, low=80.0, high=120.0, crps=5.0,
    naive_median=99.0, naive_low=98.0, naive_high=99.5, naive_crps=10.0, known=4,
)  # fmt: skip
MISS = LookBackRow(
    "nvidia", "revenue", Quarter(2026, 2), Record(50.0, DAY, True, ("b",)), "",
    median=40.0, low=38.0, high=43.0, crps=9.0,
    naive_median=50.0, naive_low=45.0, naive_high=60.0, naive_crps=3.0, known=6,
)  # fmt: skip
ALONE = replace(
    HIT, firm="openai", measure="revenue", crps=1.0,
    naive_median=math.nan, naive_low=math.nan, naive_high=math.nan, naive_crps=math.nan,
)  # fmt: skip
GAP = LookBackRow("meta", "capex", Quarter(2026, 1), None, "no-record")
RESULT = LookBack("d", date(2025, 11, 21), date(2026, 10, 31), 10, 0, 5, ("x.2025",), (HIT, MISS, ALONE, GAP))


def test_an_outcome_inside_the_band_is_a_hit() -> None:
    assert (HIT.inside, MISS.inside) == (True, False)
    assert (HIT.naive_inside, MISS.naive_inside) == (False, True)
    assert (HIT.width, MISS.width) == (0.4, 0.1)


def test_coverage_is_of_all_outcomes_and_scores_beside_drift_of_those_that_have_both() -> None:
    found = RESULT.summary
    assert (found.compared, found.inside, found.coverage) == (3, 2, pytest.approx(2 / 3))
    assert found.width == pytest.approx((0.4 + 0.1 + 0.4) / 3)
    assert (found.against, found.nearer) == (2, 1)
    assert (found.crps, found.naive_crps) == (7.0, 6.5)
    assert found.ratio == pytest.approx((0.5 + 3.0) / 2)
    assert (found.naive_inside, found.naive_coverage) == (1, 0.5)
    assert found.naive_width == pytest.approx((0.015 + 0.3) / 2)


def test_misses_and_gaps_are_named() -> None:
    assert RESULT.misses == (MISS,)
    assert RESULT.gaps == (GAP,)
    assert RESULT.until == DAY


def test_with_nothing_to_compare_every_mean_is_unknown() -> None:
    found = replace(RESULT, rows=(GAP,)).summary
    assert found.compared == 0
    assert all(math.isnan(x) for x in (found.coverage, found.ratio, found.crps, found.width))
