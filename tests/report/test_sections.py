"""Sections from invented inputs: sums by hand, sentences from cells, in every language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ouroloop.core import Tier
from ouroloop.dossier.replay import Reading
from ouroloop.report.friends import friends_section
from ouroloop.report.gauges import Gauge, gauges_section
from ouroloop.report.headline_funnel import FunnelItem, funnel_section
from ouroloop.report.language import CODES, Language
from ouroloop.report.loops import Chance, LoopFound, loops_section
from ouroloop.report.not_customers import BeyondRevenue, beyond_revenue_section
from ouroloop.report.ratios import DEBT_EQUITY, DEBT_EQUITY_LEASES, Borrower, Standing, ratios_section
from ouroloop.report.round_trip import RoundTrip, round_trip_section
from ouroloop.report.table import Basis, Section
from ouroloop.report.who_paid import Payers, who_paid_section
from tests.report.numbers import untraceable

ENGLISH = Language("en")


def who_paid(language: Language) -> Section | None:
    shares = {
        "outside_customers": 0.5,
        "bank": 0.1,
        "hedge_fund": 0.05,
        "member:a": 0.1,
        "member:b": 0.05,
        "unknown": 0.2,
    }
    payers = [
        Payers("a", "Alpha", 10.0, shares, cites=("s1",), assumed=0.2, billed_usd_bn=2.0),
        Payers("b", "Beta", 4.0, {"unknown": 0.99, "outside_customers": 0.01}),
    ]
    return who_paid_section(payers, language, period="2025", tiers="paid", coverage="All.", footer="f")


def round_trips(language: Language) -> Section | None:
    trips = [
        RoundTrip("a", "Alpha", 10, 1.27, 3.0, 6.01, 30.0, 8.0, ("s1",)),
        RoundTrip("b", "Beta", 0, 0, 0, 0, 5.0, 0),
        RoundTrip("c", "Gamma", 2, 0, 0, 0, 5.0, 1.5),
    ]
    return round_trip_section(trips, language, period="2025", tiers="paid", footer="f")


def loops(language: Language) -> Section | None:
    found = [
        LoopFound(("A", "B"), ("a", "b"), Tier.FIRM, 4.0, "yes"),
        LoopFound(("A", "C", "B"), ("a", "c", "b"), Tier.PAID, 1.5, "no"),
        LoopFound(("A", "D"), ("a", "d"), Tier.PAID, 2.5, "yes", ("s1",), 0.7),
    ]
    return loops_section(found, language, longest=6, period="2025", chance=Chance(0.04, 200, 1.25, 5))


def funnel(language: Language) -> Section | None:
    items = [FunnelItem("x", "X", 100, 30, 30, "", ("s1",)), FunnelItem("y", "Y", 250, 105, 0, "", ("s2",))]
    return funnel_section("funnel-test", "Test", items, language, footer="f")


def beyond(language: Language) -> Section | None:
    found = [
        BeyondRevenue("p", "Lab", "Cloud", "2025", 17.2, 13.07, ("paid",), ("revenue",)),
        BeyondRevenue("q", "Shop", "Cloud", "2025", 1.0, 50.0, ("paid",), ("revenue",)),
    ]
    return beyond_revenue_section(found, language)


def ratios(language: Language) -> Section | None:
    standings = (
        Standing("2023-05-31", 90.0, 94.0, 1.0, 10.0, ("s1",)),
        Standing("2024-05-31", 94.0, None, 8.0, 10.5, ("s1",), 11.9, ("s3",)),
        Standing("2025-05-31", 100.0, 112.0, 20.0, 11.0, ("s2",), note="without operating leases"),
    )
    return ratios_section([Borrower("o", "Oracle", standings)], language, footers={"o": "f"})


def friends(language: Language) -> Section | None:
    some = [
        Reading("chip", 100, 100, 0, 0, 0, 0),
        Reading("cloud", 100, 100, 0, 100, 0, 0),
        Reading("lab", 100, 0, 100, 0, 100, 0),
    ]
    return friends_section(some, {"chip": "Chip", "cloud": "Cloud", "lab": "Lab"}, language)


def gauges(language: Language) -> Section | None:
    return gauges_section([Gauge("finn", 0.31), Gauge("throughput", 0.04)], language, period="2025", tiers="paid")


ALL: tuple[Callable[[Language], Section | None], ...] = (
    who_paid,
    round_trips,
    loops,
    funnel,
    beyond,
    ratios,
    friends,
    gauges,
)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("make", ALL)
def test_every_number_of_every_sentence_is_a_cell_of_a_table_of_its_section(
    make: Callable[[Language], Section | None], code: str
) -> None:
    language = Language(code)
    section = make(language)
    assert section is not None
    assert section.findings
    tables = {table.id: table for table in section.tables}
    for finding in section.findings:
        assert untraceable(finding, tables, language) == [], finding.text
        assert finding.measure


def test_a_number_that_no_cell_says_is_noticed() -> None:
    section = beyond(ENGLISH)
    assert section is not None
    finding = section.findings[0]
    tables = {table.id: table for table in section.tables}
    forged = type(finding)(
        finding.id, finding.text.replace("4.1", "4.9"), finding.pointers, finding.words, "m", finding.basis, ()
    )
    assert untraceable(forged, tables, ENGLISH) == ["4.9"]
    assert untraceable(finding, {}, ENGLISH) != []


def test_what_a_payer_spent_beyond_its_revenue_is_a_floor_with_both_sources() -> None:
    section = beyond(ENGLISH)
    assert section is not None
    (finding,) = section.findings  # Shop spent less than it took in: nothing is said about it
    assert finding.text == (
        "In 2025, Lab paid Cloud USD 17.2bn, but took in USD 13.1bn of revenue from everyone: at least USD 4.1bn of "
        "what it paid cannot be customers' money."
    )
    assert finding.cites == ("paid", "revenue")
    assert finding.basis is Basis.ESTIMATED


def test_payers_are_grouped_and_their_shares_sum_to_one() -> None:
    section = who_paid(ENGLISH)
    assert section is not None
    row = section.tables[0].row("a")
    values = {key: cell.value for key, cell in row.cells.items()}
    assert values["customers"] == pytest.approx(0.3)
    assert values["lenders"] == 0.1
    assert values["investors"] == 0.05
    assert values["own"] == 0.1  # member:a, its own money
    assert values["members"] == 0.05  # member:b, another's
    assert section.findings[0].text.startswith("For 1 of 2 members")
    assert section.findings[1].text.startswith(
        "Where the money came from that Alpha booked as revenue in 2025: outside customers 30%, customers (assumed) 20%"
    )
    assert values["assumed"] == 0.2
    assert len(section.findings) == 2  # Beta is known for 1 % only: no sentence of its own


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(AssertionError, match="shares sum to"):
        Payers("a", "A", 1.0, {"unknown": 0.9}).grouped()


def test_a_round_trip_is_said_with_floor_ceiling_and_point() -> None:
    section = round_trips(ENGLISH)
    assert section is not None
    assert len(section.findings) == 2  # who funded nobody has no round trip
    assert "brought anything back as its own revenue; with firm contracts it would be at most USD 1.5bn" in (
        section.findings[1].text
    )
    assert "at least USD 1.2bn and at most USD 6.1bn" in section.findings[0].text
    assert "USD 3bn, which is 10% of its revenue" in section.findings[0].text


def test_loops_are_counted_by_weakest_leg_and_the_most_binding_comes_first() -> None:
    section = loops(ENGLISH)
    assert section is not None
    said = [finding.text for finding in section.findings]
    assert said[0].startswith("There are 3 loops of up to 6 members; 2 with paid money in every leg, 1 more")
    assert "A → D → A: its narrowest leg is USD 2.5bn a year" in said[1]
    assert said[2].endswith("gone round A → D → A: at most USD 0.70bn.")
    assert "these deals make 5; random networks" in said[3]
    assert "hold 1.2 on average, and the chance that one holds as many is 0.040 (200 drawn)" in said[3]


def test_no_loop_is_a_finding_too() -> None:
    section = loops_section([], ENGLISH, longest=6, period="2025", chance=None)
    assert section.findings[0].text.startswith("No loop of up to 6 members")


def test_the_funnel_sums_its_rows() -> None:
    section = funnel(ENGLISH)
    assert section is not None
    assert section.findings[0].text == (
        "2 headline items of USD 350bn together came to USD 135bn that is firm, of which USD 30bn was paid."
    )
    assert section.findings[0].cites == ("s2", "s1")  # the largest headline first


def test_ratios_have_both_definitions_and_no_meaning_without_equity() -> None:
    standing = Standing("2025-05-31", 100.0, 112.0, 20.0, 11.0)
    assert standing.ratio(DEBT_EQUITY) == 5.0
    assert standing.ratio(DEBT_EQUITY_LEASES) == 5.6
    assert Standing("d", 100.0, 112.0, -1.0, 11.0).ratio(DEBT_EQUITY) is None
    assert Standing("d", 100.0, None, 20.0, 11.0).ratio(DEBT_EQUITY_LEASES) is None
    section = ratios(ENGLISH)
    assert section is not None
    assert "90.0× (2023-05-31) to 5.0× (2025-05-31)" in section.findings[0].text


def test_ratios_say_what_leases_change() -> None:
    section = ratios(ENGLISH)
    assert section is not None
    assert section.findings[1].text == (
        "On 2025-05-31, Oracle's debt was 9.1× its cash, and 10.2× once leases count as debt."
    )


def test_three_friends_book_two_hundred_and_nothing_comes_from_outside() -> None:
    section = friends(ENGLISH)
    assert section is not None
    assert section.findings[0].text.endswith("book 300 of revenue together; in the books it is 200.")
    assert section.findings[1].text.startswith("From outside came 0:")
