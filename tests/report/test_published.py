"""Which published figure the report uses, and what it works out from balance sheets and payments."""

from __future__ import annotations

from datetime import date

from ouroloop.dossier.models import Figure
from ouroloop.report.balances import borrowers
from ouroloop.report.language import Language
from ouroloop.report.payments import payments
from ouroloop.report.published import basis_of, over
from ouroloop.report.ratios import DEBT_CASH, DEBT_EQUITY, DEBT_EQUITY_LEASES
from ouroloop.report.table import Basis
from tests.report import small

ENGLISH = Language("en")
YEAR = {"start": date(2025, 1, 1)}


def test_the_nearest_source_wins_and_those_that_agree_are_cited_with_it() -> None:
    figures = [
        small.figure("lab", "revenue", 12.0, cite="paper", **YEAR),
        small.figure("lab", "revenue", 13.07, cite="filing", **YEAR),
        small.figure("lab", "revenue", 13.07, cite="paper", **YEAR),
    ]
    found = over(small.dossier(figures=figures), "lab", "revenue", date(2025, 1, 1), date(2025, 12, 31))
    assert [(f.value, f.cite.source) for f in found] == [(13.07, "filing"), (13.07, "paper")]


def test_an_estimate_looks_estimated() -> None:
    assert basis_of(small.figure("lab", "revenue", 1.0, basis="estimated")) is Basis.ESTIMATED
    assert basis_of(small.figure("lab", "revenue", 1.0, basis="quoted")) is Basis.REPORTED


def test_a_payment_is_compared_with_revenue_of_exactly_its_period() -> None:
    figures = [
        small.figure("lab", "paid_to_counterparty", 17.2, counterparty="cloud", cite="paper", **YEAR),
        small.figure("lab", "revenue", 13.07, **YEAR),
        small.figure("lab", "revenue", 4.0, start=date(2025, 10, 1)),
    ]
    (found,) = payments(small.dossier(figures=figures), ENGLISH)
    assert round(found.floor, 9) == 4.13
    assert (found.period, found.payer, found.payee) == ("2025", "Lab", "Cloud")
    assert (found.paid_cites, found.revenue_cites) == (("paper",), ("filing",))


def test_a_payment_without_revenue_of_its_period_says_nothing() -> None:
    figures = [small.figure("lab", "paid_to_counterparty", 17.2, counterparty="cloud", **YEAR)]
    assert payments(small.dossier(figures=figures), ENGLISH) == ()


def _sheet(day: date, **lines: float) -> list[Figure]:
    return [small.figure("cloud", concept, value, end=day) for concept, value in lines.items()]


def test_ratios_take_debt_in_two_lines_and_leases_as_far_as_known() -> None:
    first = _sheet(
        date(2024, 12, 31), short_term_debt=1.0, long_term_debt=9.0, operating_lease_liabilities=2.0,
        finance_lease_liabilities=3.0, stockholders_equity=5.0, cash=1.0, short_term_investments=3.0,
    )  # fmt: skip
    second = _sheet(
        date(2025, 12, 31), long_term_debt_total=20.0, stockholders_equity=-4.0, cash_and_short_term_investments=8.0
    )
    (one,) = borrowers(small.dossier(figures=[*first, *second]), ENGLISH)
    before, after = one.standings
    assert (before.ratio(DEBT_EQUITY), before.ratio(DEBT_EQUITY_LEASES), before.ratio(DEBT_CASH)) == (2.0, 3.0, 2.5)
    assert (after.ratio(DEBT_EQUITY), after.ratio(DEBT_EQUITY_LEASES), after.ratio(DEBT_CASH)) == (None, None, 2.5)


def test_leases_known_in_part_say_which_part() -> None:
    days = [date(2024, 12, 31), date(2025, 12, 31)]
    lines = {
        "long_term_debt_total": 10.0,
        "operating_lease_liabilities": 2.0,
        "cash": 1.0,
        "short_term_investments": 0.0,
    }
    figures = [figure for day in days for figure in _sheet(day, **lines)]
    (one,) = borrowers(small.dossier(figures=figures), ENGLISH)
    assert one.standings[0].debt_leases == 12.0
    assert one.standings[0].note == "operating leases only"


def test_ratios_are_only_compared_where_the_same_leases_count() -> None:
    figures = [
        *_sheet(date(2023, 12, 31), debt_plus_finance_leases=30.0, stockholders_equity=10.0),
        *_sheet(date(2024, 12, 31), total_debt_incl_leases=40.0, stockholders_equity=10.0),
        *_sheet(date(2025, 12, 31), total_debt_incl_leases=50.0, stockholders_equity=10.0),
    ]
    (one,) = borrowers(small.dossier(figures=figures), ENGLISH)
    assert [standing.ratio(DEBT_EQUITY_LEASES) for standing in one.standings] == [None, 4.0, 5.0]
    assert one.standings[0].debt_leases == 30.0
