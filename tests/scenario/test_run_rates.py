"""The pace of each member, by hand from published quarters and statements."""

import math
from datetime import date
from functools import cache

import numpy as np
import pytest

from ouroloop.dossier import Dossier, load
from ouroloop.scenario.axes import axes
from ouroloop.scenario.run_rates import RATES, MemberRates, RunRates, run_rates

A_QUARTER = 365.25 / 4


@cache
def dossier() -> Dossier:
    return load("ai-loop")


@cache
def rates(day: str = "2026-10-31") -> RunRates:
    known = dossier().as_of(date.fromisoformat(day))
    return run_rates(known, axes(known))


def of(firm: str, day: str = "2026-10-31") -> MemberRates:
    return rates(day).members[firm]


def test_revenue_is_the_latest_fiscal_quarter_brought_to_a_quarter_of_a_year() -> None:
    # Nvidia, 91 days to 2026-07-26: 96.22; CoreWeave, 91 days to 2026-06-30: 2.58.
    assert of("nvidia").revenue.point == pytest.approx(96.22 / 91 * A_QUARTER, abs=0.01)
    assert of("nvidia").revenue.day == date(2026, 7, 26)
    assert of("nvidia").revenue.basis == "reported"
    assert of("coreweave").revenue.point == pytest.approx(2.58 / 91 * A_QUARTER, abs=0.01)


def test_a_year_stands_in_for_a_quarter_that_nobody_published() -> None:
    # Microsoft, fiscal 2026: revenue 331.84, operating cash 182.94, no quarters of either.
    assert of("microsoft").revenue.point == pytest.approx(331.84 / 365 * A_QUARTER, abs=0.01)
    assert of("microsoft").operating_cash.point == pytest.approx(182.94 / 365 * A_QUARTER, abs=0.01)
    assert of("microsoft").revenue.basis == "estimated"


def test_prepayments_of_customers_are_no_operating_cash() -> None:
    # Oracle, the year to 2026-08-31: 23.1 in the last quarter, 11.36 of it prepaid, and 23.84 in nine months before.
    kept = (23.1 - 11.36 + 23.84) / (19.34 + 52.43)
    assert of("oracle").operating_cash.point == pytest.approx(kept * 19.34 / 92 * A_QUARTER, abs=0.02)


def test_money_tied_up_in_stocks_is_no_running_cost_of_a_firm_with_a_profit() -> None:
    # Super Micro, fiscal 2026: operating cash -6.81, operating income 2.77, net income 2.23 of revenue of 39.063.
    cash = of("super-micro").operating_cash
    assert cash.point == pytest.approx(2.23 / 39.063 * of("super-micro").revenue.point, abs=0.01)
    assert cash.basis == "estimated"
    # SoftBank's profit is that of its stakes, and no operating income is on file: what it spends it spends.
    assert of("softbank").operating_cash.point < 0


def test_payout_is_the_mean_of_a_year() -> None:
    # Broadcom, four quarters to 2026-08-02: dividends 2.80, 3.09, 3.09, 3.10; buybacks 0, 7.85, 0.60, 0.
    four = 2.80 + 3.09 + 3.09 + 3.10 + 0.0 + 7.85 + 0.60 + 0.0
    assert of("broadcom").payout.point == pytest.approx(four / 4, rel=0.01)


def test_a_stated_run_rate_that_is_younger_stands_for_revenue_with_a_range() -> None:
    # OpenAI: 40 a year in August 2026; 70 in September, of a low grade. Anthropic: 65 a year at the end of July.
    openai = of("openai").revenue
    assert (openai.point, openai.high) == (10.0, 17.5)
    assert openai.low == pytest.approx(8.5)
    assert of("anthropic").revenue.point == pytest.approx(65 / 4)


def test_what_a_lab_burns_gives_its_operating_cash() -> None:
    # OpenAI, first quarter of 2026: 3.7 burned in 90 days, of which 0.046 was capital expenditure.
    told = (0.046 - 3.7) / 90 * A_QUARTER
    cash = of("openai").operating_cash
    assert cash.point == pytest.approx(told, abs=1e-6)
    assert cash.low < cash.point <= cash.high
    # On 2025-11-21 only its plan of 8 for the year was known.
    assert of("openai", "2025-11-21").operating_cash.point == pytest.approx(-8 * 92 / 365, abs=1e-6)


def test_market_value_is_the_latest_published_or_an_assumed_multiple() -> None:
    assert of("nvidia").market_value.point == 5700.0
    assert of("openai").market_value.point == 852.0
    microsoft = of("microsoft").market_value
    assert microsoft.basis == "assumed"
    assert microsoft.point == pytest.approx(21 * 182.94 / 365 * 365.25, rel=1e-3)


def test_what_nobody_said_is_unknown_and_not_zero() -> None:
    for firm in ("nscale", "lambda", "vantage-texas"):
        for rate in RATES:
            estimate = getattr(of(firm), rate)
            assert estimate.basis == "unknown"
            assert math.isnan(estimate.point)
    assert of("microsoft").payout.basis == "unknown"


def test_every_known_rate_says_when_and_where_from() -> None:
    for member in rates().members.values():
        for rate in RATES:
            estimate = getattr(member, rate)
            assert not estimate.known or (estimate.refs and estimate.low <= estimate.point <= estimate.high)


def test_draws_stay_in_the_range_and_one_number_is_not_drawn() -> None:
    known = dossier()
    draws = np.linspace(0.001, 0.999, 101)
    drawn = run_rates(known, axes(known), lambda name: draws)
    openai = drawn.drawn("revenue", "openai")
    assert openai.shape == (101,)
    assert (openai >= 8.5).all()
    assert (openai <= 17.5).all()
    assert openai.std() > 1
    assert drawn.drawn("revenue", "nvidia").shape == (1,)
    assert drawn.values("revenue").shape == (len(drawn.members), 101)
