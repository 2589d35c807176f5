"""Firms without accounts: their cash from what was raised and burned, worked by hand."""

from datetime import date
from functools import cache

import pytest

from ouroloop.core import Quarter
from ouroloop.dossier import Dossier, load
from ouroloop.dossier.days import Days
from ouroloop.scenario.axes import axes
from ouroloop.scenario.estimate import Estimate
from ouroloop.scenario.opening import open_world
from ouroloop.scenario.opening_funding import Funding, funding
from ouroloop.scenario.undisclosed import burn_of, cash_from_flows, discloses, stated_revenue

NOTHING = Estimate.unknown(date(2026, 10, 31))


@cache
def everything() -> Dossier:
    return load("ai-loop")


@cache
def dossier(day: str = "2026-10-31") -> Dossier:
    return everything().as_of(date.fromisoformat(day))


def money(amount: float, first: date, last: date | None = None, *, in_kind: bool = False) -> Funding:
    days = Days.between(first, last or first)
    return Funding("equity-investors", "openai", "equity", amount, days, (), in_kind)


def test_the_burn_told_goes_before_result_and_plan() -> None:
    burn = burn_of(dossier(), "openai").on(Days.of(Quarter(2026, 1)))
    assert burn is not None
    assert (burn.point, burn.low, burn.high) == (3.7, 3.7, 3.7)


def test_without_a_burn_told_result_and_plan_give_the_middle_and_the_range() -> None:
    # 2025: an operating loss of 20.92, four fifths of it in cash, and a plan of 8.
    burn = burn_of(dossier(), "openai").on(Days.between(date(2025, 1, 1), date(2025, 12, 31)))
    assert burn is not None
    assert (burn.low, burn.high) == (8.0, pytest.approx(0.8 * 20.92))
    assert burn.point == pytest.approx((8.0 + 0.8 * 20.92) / 2)


def test_cash_is_what_was_raised_less_what_was_burned() -> None:
    # Known from 2024 on: 7.024 in 2024 (0.8 x 8.78), then 12.368 +- 4.368 in 2025, then 3.7. 100 comes in 2025.
    end = Quarter(2026, 1)
    found = cash_from_flows(dossier(), "openai", end, [money(100, date(2025, 6, 1))], NOTHING)
    assert found.point == pytest.approx(100 - 7.024 - 12.368 - 3.7)
    assert found.low == pytest.approx(100 - 7.024 - 16.736 - 3.7)
    assert found.high == pytest.approx(100 - 7.024 - 8.0 - 3.7)
    assert found.basis == "estimated"


def test_what_came_before_the_record_is_there_at_the_high_end_only() -> None:
    end, later = Quarter(2026, 1), money(100, date(2025, 6, 1))
    without = cash_from_flows(dossier(), "openai", end, [later], NOTHING)
    found = cash_from_flows(dossier(), "openai", end, [later, money(20, date(2019, 1, 1))], NOTHING)
    assert found.high - without.high == pytest.approx(20)
    assert found.point - without.point == pytest.approx(0.25 * 20)
    assert found.low == pytest.approx(without.low)


def test_what_comes_in_kind_is_no_cash() -> None:
    end = Quarter(2026, 1)
    kind = money(50, date(2025, 6, 1), in_kind=True)
    assert cash_from_flows(dossier(), "openai", end, [kind], NOTHING).point == 0


def test_a_firm_that_burns_on_holds_a_year_of_its_burn_at_the_least() -> None:
    burning = Estimate.exactly(3.0, "estimated", date(2026, 10, 31))
    found = cash_from_flows(dossier(), "openai", Quarter(2026, 4), [], burning)
    assert found.point == pytest.approx(4 * 3.0)
    assert (found.low, found.basis) == (pytest.approx(2 * 3.0), "assumed")


def test_a_firm_of_which_nothing_else_is_known_keeps_what_deals_paid_it() -> None:
    known = dossier()
    came = [one for one in funding(known, axes(known), date(2026, 12, 31)) if one.firm == "scale-ai"]
    found = cash_from_flows(known, "scale-ai", Quarter(2026, 4), came, NOTHING)
    assert (found.point, found.high, found.basis) == (14.3, 14.3, "assumed")
    assert found.low == pytest.approx(0.25 * 14.3)


def test_an_unpaid_letter_is_no_money() -> None:
    known = dossier("2025-11-21")
    assert not [
        one
        for one in funding(known, axes(known), date(2025, 12, 31))
        if one.source == "nvidia" and one.firm == "openai"
    ]


def test_a_lab_publishes_no_accounts_and_its_stated_run_rate_is_a_quarter_of_a_year() -> None:
    assert not discloses(dossier(), "anthropic")
    assert discloses(dossier(), "coreweave")
    stated = stated_revenue(dossier(), "anthropic")
    assert stated is not None
    assert (stated.point, stated.low, stated.high) == (16.25, pytest.approx(16.25 * 0.85), pytest.approx(16.25 * 1.15))


def test_stated_cash_is_as_unsure_as_what_has_been_burned_since() -> None:
    # Anthropic: 20.28 at the end of June 2026; an operating loss of 8.06 in 2025, 0.8 (0.5 to 1.1) of it in cash,
    # goes on for 184 days.
    known = dossier()
    cash = open_world(known, axes(known)).sheets["anthropic"].lines["cash"]
    half_year = 8.06 / 365 * 184
    assert cash.point == pytest.approx(20.28 - 0.8 * half_year, abs=1e-6)
    assert cash.low == pytest.approx(20.28 - 1.1 * half_year, abs=1e-6)
    assert cash.high == pytest.approx(20.28 - 0.5 * half_year, abs=1e-6)
