"""The wage bill of AI's revenue against the numbers that the dossier keeps for three hurdles."""

from __future__ import annotations

import doctest
import sys
from functools import cache

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import Dossier, load
from ouroloop.measures import wage_bill


@cache
def dossier() -> Dossier:
    return load("ai-loop")


@pytest.mark.parametrize(("row", "revenue"), [("lab-004", 175.0), ("lab-005a", 650.0), ("lab-005b", 2000.0)])
def test_jobs_at_the_full_wage_are_those_of_the_dossier(row: str, revenue: float) -> None:
    kept, costs = dossier().assumptions[row], dossier().assumptions["lab-002"]
    assert kept.low is not None
    assert kept.high is not None
    bill = wage_bill(revenue, 1.0, [costs.high, costs.value, costs.low], compensation_usd_bn_per_year=15_800)
    # Kept with two digits: 1.8, 6.8 and 21 million; the ends with three.
    np.testing.assert_allclose(bill.jobs_million, [kept.low, kept.value, kept.high], rtol=0.025)
    assert kept.value == {"lab-004": 1.8, "lab-005a": 6.8, "lab-005b": 21.0}[row]


def test_the_hurdles_take_the_published_shares_of_all_us_pay() -> None:
    """J.P. Morgan's 650bn are about 4 %, Bain's 2,000bn about 13 % of US compensation."""
    pay = dossier().assumptions["lab-003"].value
    bill = wage_bill([650.0, 2000.0], 1.0, 95_000, compensation_usd_bn_per_year=pay)
    np.testing.assert_allclose(bill.share_of_compensation, [0.04, 0.13], atol=0.005)


def test_at_a_fifth_of_the_wage_five_times_the_jobs_are_needed() -> None:
    full, fifth = (wage_bill(175, share, 95_000, compensation_usd_bn_per_year=15_800) for share in (1.0, 0.2))
    assert float(fifth.jobs_million / full.jobs_million) == pytest.approx(5)
    assert float(fifth.wages_usd_bn) == pytest.approx(875)


def test_paths_keep_their_shape_and_no_revenue_needs_nobody() -> None:
    bill = wage_bill(np.zeros((3, 2)), 0.2, 95_000, compensation_usd_bn_per_year=15_800)
    assert bill.jobs_million.shape == bill.share_of_compensation.shape == (3, 2)
    assert not bill.wages_usd_bn.any()


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        wage_bill(-1, 1.2, 0, compensation_usd_bn_per_year=float("nan"))
    codes = {problem.code for problem in refused.value.problems}
    assert codes == {"negative-revenue", "bad-price-share", "bad-cost", "bad-compensation"}


def test_the_example_in_the_docstring_is_true() -> None:
    result = doctest.testmod(sys.modules["ouroloop.measures.wage_bill"])
    assert result.attempted > 0
    assert result.failed == 0
