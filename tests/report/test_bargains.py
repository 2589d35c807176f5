"""From deals to the map: arms at their owners, parallel deals in one bundle, void and aggregate ones left out."""

from __future__ import annotations

from ouroloop.core import Tier
from ouroloop.dossier.models import Deal
from ouroloop.report.amounts import amounts_section
from ouroloop.report.bargains import MOST_USES, Bargain, kind_of, map_picture
from ouroloop.report.document import MapPicture
from ouroloop.report.language import Language
from ouroloop.report.map import EdgeKind, Zone
from ouroloop.report.unknowns import Gap, unknowns_section
from tests.report import small
from tests.report.numbers import untraceable

ENGLISH = Language("en")
TIERS = {"funded": Tier.PAID, "signed": Tier.FIRM, "withdrawn": Tier.VOID, "letter": Tier.LETTER}


def _bargain(deal: Deal) -> Bargain:
    tranche = deal.tranches[0]
    schedule = tranche.schedule
    years = ((schedule.last - schedule.first).days + 1) / 365.25 if schedule else 1.0
    return Bargain(deal, TIERS[deal.status[-1].status.value], tranche.low, years)


def _picture() -> MapPicture:
    dossier = small.dossier()
    picture = map_picture(dossier, [_bargain(deal) for deal in dossier.deals.values()], ENGLISH)
    assert picture is not None
    return picture


def test_parallel_deals_of_one_kind_and_tier_are_one_edge() -> None:
    edges = {(e.source, e.target, e.kind, e.tier): e for e in _picture().edges}
    assert edges["cloud", "chip", EdgeKind.PURCHASE, Tier.PAID].usd_bn_year == 9.0
    assert _picture().table.row("cloud-chip-purchase-paid").cells["deals"].value == "d3, d4"


def test_an_arm_is_drawn_at_its_owner_and_aggregates_and_void_deals_are_not() -> None:
    picture = _picture()
    assert ("lab", "cloud") in {(e.source, e.target) for e in picture.edges}
    assert {node.id for node in picture.nodes} == {"chip", "cloud", "lab", "users", "banks", "banks.paper", "vehicle"}
    assert not any(e.usd_bn_year == 90.0 for e in picture.edges)


def test_lenders_of_members_stand_left_and_of_vehicles_right() -> None:
    zones = {node.id: node.zone for node in _picture().nodes}
    assert zones["banks"] is Zone.OUTSIDE
    assert zones["banks.paper"] is Zone.HOLDER
    assert zones["vehicle"] is Zone.USE
    assert zones["users"] is Zone.OUTSIDE


def test_an_undisclosed_amount_is_drawn_and_said_so() -> None:
    edge = next(e for e in _picture().edges if e.target == "vehicle" and e.source == "cloud")
    assert edge.usd_bn_year is None
    assert "not disclosed" in edge.detail


def test_a_long_contract_is_drawn_at_its_money_a_year() -> None:
    deal = small.deal("x", "lab", "cloud", "purchase", 300.0, "signed")
    assert Bargain(deal, Tier.FIRM, 300.0, 5.0).usd_bn_year == 60.0
    assert Bargain(deal, Tier.FIRM, 300.0, 0.25).usd_bn_year == 300.0  # a payment of a quarter is no rate of four times


def test_what_moves_in_kind_has_a_kind_of_its_own() -> None:
    assert kind_of(small.deal("x", "cloud", "lab", "equity", 1.0, in_kind="compute_credit")) is EdgeKind.IN_KIND
    assert kind_of(small.deal("x", "cloud", "lab", "amendment", None)) is None


def test_small_uses_are_pooled_so_that_the_map_stays_readable() -> None:
    entities = [small.entity("cloud", "cloud", loop=True)]
    entities += [small.entity(f"v{n}", "spv") for n in range(MOST_USES + 5)]
    deals = [small.deal(f"d{n}", "cloud", f"v{n}", "lease", float(n + 1)) for n in range(MOST_USES + 5)]
    dossier = small.dossier(entities, deals)
    picture = map_picture(dossier, [_bargain(deal) for deal in deals], ENGLISH)
    assert picture is not None
    assert len(picture.nodes) == 1 + MOST_USES + 1
    pooled = next(e for e in picture.edges if e.target == "other-uses")
    assert pooled.usd_bn_year == 1 + 2 + 3 + 4 + 5


def test_amounts_are_summed_by_tier_and_never_over_void_ones() -> None:
    dossier = small.dossier()
    section = amounts_section([_bargain(deal) for deal in dossier.deals.values()], ENGLISH)
    table = section.tables[0]
    assert table.row("paid").cells["funding"].value == 10 + 5 + 4
    assert table.row("firm").cells["trade"].value == 8
    assert table.row("all").cells["undisclosed"].value == 1
    tables = {table.id: table}
    assert [untraceable(finding, tables, ENGLISH) for finding in section.findings] == [[], [], []]


def test_what_is_not_known_is_counted() -> None:
    deals = [
        small.deal("a", "chip", "lab", "equity", None, sources=["rumor"]),
        small.deal("b", "lab", "cloud", "purchase", 5.0, disputed="one says 5, one says 7"),
    ]
    dossier = small.dossier(deals=deals, figures=[small.figure("lab", "revenue", 3.0, grade="low")])
    gaps = [Gap("g1", "Lab", "cash", "2025-12-31", -2.5), Gap("g2", "Chip", "cash", "2025-12-31", 1.0)]
    section = unknowns_section(dossier, [_bargain(deal) for deal in deals], gaps, ENGLISH)
    counts = section.tables[0]
    assert counts.row("undisclosed").cells["count"].value == 1
    assert counts.row("disputed").cells["count"].value == 1
    assert counts.row("primary-deals").cells["count"].value == 1
    assert counts.row("low-figures").cells["count"].value == 1
    assert "Lab on 2025-12-31: USD −2.5bn of its cash" in section.findings[-1].text
    tables = {table.id: table for table in section.tables}
    assert [untraceable(finding, tables, ENGLISH) for finding in section.findings] == [[], []]
