"""The map's layout: nothing overlaps, the loop is pinned, and drawing is deterministic."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from ouroloop.core import Tier
from ouroloop.report.language import Language
from ouroloop.report.lettering import fit, width, wrap
from ouroloop.report.map import WIDTH, Box, Zone, layout, point, stroke
from ouroloop.report.map_drawing import map_svg
from tests.report.sample import network

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("seed", range(6))
def test_no_two_boxes_and_no_two_badges_overlap(seed: int) -> None:
    placed = layout(*network(seed, 105))
    boxes = [item.box for item in placed.nodes] + [item.badge for item in placed.edges if item.badge]
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)]


def test_overlap_is_seen_where_there_is_one() -> None:
    assert Box(0, 0, 10, 10).overlaps(Box(9, 9, 10, 10))
    assert not Box(0, 0, 10, 10).overlaps(Box(10, 0, 10, 10))


def test_everything_stands_inside_the_drawing() -> None:
    placed = layout(*network())
    for item in placed.nodes:
        assert item.box.x - item.box.width / 2 >= 0
        assert item.box.x + item.box.width / 2 <= WIDTH
        assert item.box.y - item.box.height / 2 >= 24
        assert item.box.y + item.box.height / 2 <= placed.height
    for item in placed.edges:
        for step in range(11):
            x, y = point(item.curve, step / 10)
            assert 0 <= x <= WIDTH
            assert 0 <= y <= placed.height


def test_outside_money_is_left_the_loop_in_the_middle_and_uses_right() -> None:
    placed = layout(*network())
    spans = {
        zone: [(i.box.x - i.box.width / 2, i.box.x + i.box.width / 2) for i in placed.nodes if i.node.zone is zone]
        for zone in Zone
    }
    for left, right in ((Zone.OUTSIDE, Zone.MEMBER), (Zone.MEMBER, Zone.USE), (Zone.USE, Zone.HOLDER)):
        assert max(end for _, end in spans[left]) < min(start for start, _ in spans[right])


def test_members_keep_their_places_whatever_the_deals_and_their_order() -> None:
    nodes, edges = network()
    first, second = layout(nodes, edges), layout(nodes[::-1], edges[: len(edges) // 2])
    places = [{i.node.id: i.box for i in placed.nodes if i.node.zone is Zone.MEMBER} for placed in (first, second)]
    assert places[0] == places[1]


def test_most_deals_have_a_badge_and_the_largest_all_do() -> None:
    placed = layout(*network(7, 100))
    assert all(item.badge for item in placed.edges[:10])
    assert sum(item.badge is not None for item in placed.edges) >= 85


def test_lines_grow_with_the_square_root_of_the_money_a_year() -> None:
    base = stroke(0.0)
    assert (stroke(100.0) - base) / (stroke(1.0) - base) == pytest.approx(10.0)
    assert stroke(None) < stroke(1.0)


def test_a_void_deal_or_an_edge_without_a_node_is_refused() -> None:
    nodes, edges = network()
    with pytest.raises(AssertionError, match="void"):
        layout(nodes, [replace(edges[0], tier=Tier.VOID)])
    with pytest.raises(AssertionError, match="without a node"):
        layout(nodes[1:], [replace(edges[0], source=nodes[0].id, target=nodes[1].id)])


def test_every_node_and_edge_of_the_drawing_has_a_name_and_takes_the_keyboard() -> None:
    nodes, edges = network()
    drawn = ElementTree.fromstring(map_svg(nodes, edges, Language("en"), title="t", description="d"))
    links = list(drawn.iter(f"{SVG}a"))
    boxes = [g for g in drawn.iter(f"{SVG}g") if g.get("tabindex") == "0"]
    assert (len(links), len(boxes)) == (len(edges), len(nodes))
    for element in links + boxes:
        title = element.find(f"{SVG}title")
        assert element.get("aria-label")
        assert title is not None
        assert title.text == element.get("aria-label")
    assert {link.get("href") for link in links} == {f"#map-{edge.id}" for edge in edges}


def test_tiers_differ_by_dash_and_kinds_by_letter_so_color_is_never_alone() -> None:
    nodes, edges = network()
    one = {tier: replace(edges[0], tier=tier) for tier in Tier if tier is not Tier.VOID}
    dashes = []
    for tier, edge in one.items():
        drawn = map_svg(nodes, [edge], Language("en"), title=str(tier), description="d")
        dashes.append(re.findall(r'class="stroke"[^>]*?(stroke-dasharray="[^"]+")?/>', drawn)[0])
    assert len(set(dashes)) == len(one)


def test_names_from_the_dossier_are_escaped() -> None:
    nodes, edges = network()
    nodes[0] = replace(nodes[0], label='<script>"&')
    drawn = map_svg(nodes, edges, Language("en"), title="<b>", description="d")
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    ElementTree.fromstring(drawn)


def test_a_label_is_wrapped_and_cut_to_its_box() -> None:
    assert wrap("Beignet Investor LLC (Hyperion vehicle of a very long name)", 120, 12, 2)[1].endswith("…")
    assert wrap("数据中心的房东们和供应商们", 80, 12, 2)[0] == "数据中心的房"
    assert fit("short", 100, 12) == "short"
    assert width("MM", 10) > width("ii", 10)
