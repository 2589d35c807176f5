"""Published sheets of four firms, read by hand from the dossier's figures, and one rolled by hand."""

from datetime import date
from functools import cache

import pytest

from ouroloop.core import Quarter
from ouroloop.dossier import Dossier, load
from ouroloop.scenario.axes import axes
from ouroloop.scenario.balance_sheet import ASSETS, EQUITY, LIABILITIES, Sheet, read, sheet
from ouroloop.scenario.opening_funding import funding
from ouroloop.scenario.opening_roll import Roll
from ouroloop.scenario.run_rates import run_rates


@cache
def everything() -> Dossier:
    return load("ai-loop")


@cache
def dossier(day: str = "2026-10-31") -> Dossier:
    return everything().as_of(date.fromisoformat(day))


def sheet_of(firm: str, day: str, end: date) -> Sheet:
    known = dossier(day)
    found, rates = axes(known), run_rates(known, axes(known))
    money = funding(known, found, end)
    return sheet(known, firm, Roll(known, found, firm, rates.members[firm], money, borrows=True), end)


# Each sum by hand from the filing or release that the figure cites: firm, line, day, USD bn.
PUBLISHED = [
    ("nvidia", "cash", date(2026, 7, 26), 22.443 + 34.143),
    ("nvidia", "plant", date(2026, 7, 26), 14.285),
    ("nvidia", "receivables", date(2026, 7, 26), 63.059),
    ("nvidia", "debt", date(2026, 7, 26), 1.0 + 32.366),
    ("nvidia", "equity", date(2026, 7, 26), 228.984),
    ("oracle", "cash", date(2026, 8, 31), 36.369 + 0.708),
    ("oracle", "plant", date(2026, 8, 31), 127.845),
    ("oracle", "debt", date(2026, 8, 31), 7.625 + 117.712),
    ("oracle", "equity", date(2026, 8, 31), 66.772 + 0.424),  # with what others own of its subsidiaries
    ("coreweave", "cash", date(2026, 6, 30), 5.524 + 0.015),
    ("coreweave", "plant", date(2026, 6, 30), 46.736),  # as filed; the vendor's 63.3 has rights of use in it
    ("coreweave", "debt", date(2026, 6, 30), 8.104 + 27.56),
    ("coreweave", "equity", date(2026, 6, 30), 5.024),
    ("microsoft", "cash", date(2026, 6, 30), 20.935 + 55.908),
    ("microsoft", "debt", date(2026, 6, 30), 9.227 + 31.067),
    ("microsoft", "plant", date(2025, 12, 31), 286.229 - 24.823),  # less the rights of use of half a year before
    ("microsoft", "equity", date(2025, 12, 31), 390.875),
]


@pytest.mark.parametrize(("firm", "line", "day", "value"), PUBLISHED)
def test_the_latest_published_balance_is_read_as_published(firm: str, line: str, day: date, value: float) -> None:
    ways = EQUITY if line == "equity" else {**ASSETS, **LIABILITIES}[line]
    found = read(dossier(), firm, ways)
    assert found is not None
    assert found.day == day
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.refs


def test_a_part_of_a_line_stands_in_only_for_want_of_the_whole() -> None:
    # On 2025-11-21 Oracle's 92.568 of May 2025 was known in all, and of August only the 9.079 due within a year.
    found = read(dossier("2025-11-21"), "oracle", LIABILITIES["debt"])
    assert found is not None
    assert (found.day, found.value) == (date(2025, 5, 31), pytest.approx(92.568))
    assert read(dossier("2025-11-21"), "oracle", (("short_term_debt",),)).day == date(2025, 8, 31)  # type: ignore[union-attr]


def test_on_its_own_day_a_sheet_adds_up_to_its_published_totals() -> None:
    # Nvidia, 2026-07-26: assets 320.272, liabilities 91.288, equity 228.984.
    found = sheet_of("nvidia", "2026-10-31", date(2026, 7, 26))
    assert found.assets == pytest.approx(320.272, abs=1e-6)
    assert found.liabilities == pytest.approx(91.288, abs=1e-6)
    assert found.equity is not None
    assert found.equity.point == pytest.approx(228.984)
    assert found.lines["cash"].basis == "reported"


def test_a_rolled_sheet_is_what_the_run_rates_make_of_it_by_hand() -> None:
    # Alphabet as known on 2026-05-01: the sheet of 2026-03-31, rolled 91 days to the end of June.
    a_quarter = 365.25 / 4
    revenue = 109.896 / 90 * a_quarter
    operating = (164.713 - 36.15 + 45.79) / (402.836 - 90.234 + 109.896) * revenue
    capex = 35.674 / 90 * a_quarter
    payout = ((10.049 - 2.434 + 2.542) + (45.709 - 15.068 + 0)) / 365 * a_quarter
    depreciation = 6.482 / 90 * a_quarter
    days = 91 / a_quarter
    for_anthropic = 10.0  # paid between 2026-04-24 and 2026-05-28
    short = for_anthropic - (operating - capex - payout) * days
    assert 10 < short < 11
    found = sheet_of("alphabet", "2026-05-01", date(2026, 6, 30))
    assert found.point("cash") == pytest.approx(38.063 + 88.777, abs=1e-6)  # what is short was borrowed
    assert found.point("debt") == pytest.approx(1.998 + 77.501 + short, abs=1e-6)
    assert found.point("plant") == pytest.approx(281.02 + (capex - depreciation) * days, abs=1e-6)
    assert found.point("investments") == pytest.approx(106.946 + for_anthropic, abs=1e-6)
    assert found.equity is not None
    assert found.equity.point == pytest.approx(478.746 + (operating - payout - depreciation) * days, abs=1e-6)
    assert found.lines["cash"].basis == "rolled"


@pytest.mark.parametrize("day", ["2025-05-15", "2025-11-21", "2026-05-01", "2026-10-31"])
def test_rolling_opens_no_gap_in_a_sheet_whose_lines_are_of_one_day(day: str) -> None:
    found = sheet_of("nvidia", day, Quarter.of(date.fromisoformat(day)).last_day)
    assert found.equity is not None
    assert found.equity.point == pytest.approx(found.assets - found.liabilities, abs=0.02)  # what digits leave open


def test_total_liabilities_that_nobody_published_are_assets_less_equity() -> None:
    # Oracle, 2025-08-31: total assets and equity are on file, total liabilities are not.
    known = dossier("2025-11-21")
    assert not [f for f in known.figures_of("oracle", "total_liabilities") if f.end >= date(2025, 1, 1)]
    found = sheet_of("oracle", "2025-11-21", date(2025, 12, 31))
    assert found.equity is not None
    assert found.point("other_liabilities") > 20
    assert abs(found.equity.point - (found.assets - found.liabilities)) < 3
