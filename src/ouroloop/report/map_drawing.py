"""The map as SVG: every node and edge can be reached by keyboard and says in words what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, pi, sin

from markupsafe import Markup, escape

from ouroloop.core import Tier
from ouroloop.report.language import Language, mark
from ouroloop.report.map import WIDTH, EdgeKind, Layout, MapEdge, MapNode, PlacedEdge, PlacedNode, Zone, layout, stroke

LETTER: dict[EdgeKind, str] = {
    EdgeKind.EQUITY: "E",
    EdgeKind.DEBT: "D",
    EdgeKind.PURCHASE: "P",
    EdgeKind.LEASE: "L",
    EdgeKind.GUARANTEE: "G",
    EdgeKind.IN_KIND: "K",
}
KIND_NAME: dict[EdgeKind, str] = {
    EdgeKind.EQUITY: mark("equity"),
    EdgeKind.DEBT: mark("debt"),
    EdgeKind.PURCHASE: mark("purchase"),
    EdgeKind.LEASE: mark("lease"),
    EdgeKind.GUARANTEE: mark("guarantee"),
    EdgeKind.IN_KIND: mark("in kind"),
}
TIER_NAME: dict[Tier, str] = {
    Tier.PAID: mark("paid"),
    Tier.FIRM: mark("firm"),
    Tier.CONDITIONAL: mark("conditional"),
    Tier.LETTER: mark("letter"),
    Tier.REPORTED: mark("reported"),
    Tier.VOID: mark("void"),
}
TIER_MEANING: dict[Tier, str] = {
    Tier.PAID: mark("cash or goods changed hands"),
    Tier.FIRM: mark("a signed contract obliges"),
    Tier.CONDITIONAL: mark("signed, but a milestone, an option or a right to cancel stands between"),
    Tier.LETTER: mark("a letter of intent or an announcement, without a contract"),
    Tier.REPORTED: mark("said by others only: press, rumor, an estimate"),
    Tier.VOID: mark("withdrawn, expired or replaced: never drawn, never summed"),
}
_DASH: dict[Tier, str] = {
    Tier.PAID: "",
    Tier.FIRM: "16 4",
    Tier.CONDITIONAL: "7 4",
    Tier.LETTER: "2 3.5",
    Tier.REPORTED: "1.5 8",
}
_HEADING: dict[Zone, str] = {
    Zone.OUTSIDE: mark("Outside money"),
    Zone.MEMBER: mark("The loop"),
    Zone.USE: mark("Where money goes"),
    Zone.HOLDER: mark("Who holds the paper"),
}


def map_svg(
    nodes: Sequence[MapNode],
    edges: Sequence[MapEdge],
    language: Language,
    *,
    title: str,
    description: str,
    rows: str = "map",
) -> str:
    """The map as one SVG element. Edges link to the table row with the id `rows`-edge id."""
    placed = layout(nodes, edges)
    zones = [zone for zone in Zone if any(item.node.zone is zone for item in placed.nodes)]
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDTH:.0f} {placed.height:.0f}" role="group"'
        ' aria-labelledby="map-title map-desc" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="map-title">{escape(title)}</title><desc id="map-desc">{escape(description)}</desc>',
        _ring_ground(placed),
        *(_heading(zone, placed, language) for zone in zones),
        *(_edge(item, rows) for item in placed.edges),
        *(_badge(item) for item in placed.edges if item.badge),
        *(_node(item) for item in placed.nodes),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def highlight_css(nodes: Sequence[MapNode]) -> str:
    """Rules by which pointing at (or tabbing to) a node fades the edges that are not its own."""
    rules = [
        f".map:has(.node-{node.id.replace('.', '_')}:is(:hover,:focus-visible))"
        f" .line:not(.at-{node.id.replace('.', '_')}){{opacity:.07}}"
        for node in nodes
    ]
    return "\n".join(rules)


def tier_sample(tier: Tier) -> Markup:
    """A short line in the style of a tier, for the legend; a cross for what is never drawn."""
    if tier is Tier.VOID:
        return Markup(
            '<svg class="sample" viewBox="0 0 56 12" aria-hidden="true" focusable="false">'
            '<path d="M24 2l8 8m0-8l-8 8" class="ink" stroke-width="1.6"/></svg>'
        )
    dash = f' stroke-dasharray="{_DASH[tier]}"' if _DASH.get(tier) else ""
    return Markup(
        '<svg class="sample" viewBox="0 0 56 12" aria-hidden="true" focusable="false">'
        f'<path d="M2 6H54" class="ink" stroke-width="5"{dash}/></svg>'
    )


def kind_sample(kind: EdgeKind) -> Markup:
    """A short line in the color of a kind with its letter, for the legend."""
    return Markup(
        '<svg class="sample" viewBox="0 0 56 16" aria-hidden="true" focusable="false">'
        f'<path d="M2 8H54" class="k-{kind}" stroke-width="5"/>'
        '<rect class="badge" x="20" y="1" width="16" height="14" rx="3"/>'
        f'<text class="badge-text" x="28" y="12" text-anchor="middle">{LETTER[kind]}</text></svg>'
    )


def width_sample(usd_bn_year: float) -> Markup:
    """A short line as wide as an amount a year, for the legend."""
    return Markup(
        '<svg class="sample" viewBox="0 0 56 22" aria-hidden="true" focusable="false">'
        f'<path d="M2 11H54" class="ink" stroke-width="{stroke(usd_bn_year):.1f}"/></svg>'
    )


def _ring_ground(placed: Layout) -> str:
    members = [item.box for item in placed.nodes if item.node.zone is Zone.MEMBER]
    if not members:
        return ""
    left, right = min(b.x - b.width / 2 for b in members), max(b.x + b.width / 2 for b in members)
    top, bottom = min(b.y - b.height / 2 for b in members), max(b.y + b.height / 2 for b in members)
    return (
        f'<ellipse class="ring" cx="{(left + right) / 2:.0f}" cy="{(top + bottom) / 2:.0f}"'
        f' rx="{(right - left) / 2 - 56:.0f}" ry="{(bottom - top) / 2 - 19:.0f}"/>'
    )


def _heading(zone: Zone, placed: Layout, language: Language) -> str:
    text = escape(language.text(_HEADING[zone]))
    x, anchor = (WIDTH - 8, "end") if zone is Zone.HOLDER else (placed.columns[zone], "middle")
    return f'<text class="zone" x="{x:.0f}" y="20" text-anchor="{anchor}">{text}</text>'


def _edge(item: PlacedEdge, rows: str) -> str:
    edge, (start, first, second, end) = item.edge, item.curve
    angle = atan2(end[1] - second[1], end[0] - second[0])
    head = max(8.0, min(22.0, item.stroke * 1.5 + 4))
    half = max(3.6, item.stroke * 0.5 + 2.6)
    base = (end[0] - head * cos(angle), end[1] - head * sin(angle))
    wing = (half * cos(angle + pi / 2), half * sin(angle + pi / 2))
    dash = f' stroke-dasharray="{_DASH[edge.tier]}"' if _DASH[edge.tier] else ""
    ends = " ".join(f"at-{name.replace('.', '_')}" for name in (edge.source, edge.target))
    path = f"M{_xy(start)}C{_xy(first)} {_xy(second)} {_xy(base)}"
    arrow = f"M{_xy(end)}L{_xy((base[0] + wing[0], base[1] + wing[1]))}L{_xy((base[0] - wing[0], base[1] - wing[1]))}Z"
    label = escape(edge.detail)
    return (
        f'<a class="line k-{edge.kind} tier-{edge.tier} {ends}" href="#{rows}-{escape(edge.id)}" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<path class="touch" d="{path}" stroke-width="{max(10.0, item.stroke):.1f}"/>'
        f'<path class="stroke" d="{path}" stroke-width="{item.stroke:.1f}"{dash}/><path class="head" d="{arrow}"/></a>'
    )


def _badge(item: PlacedEdge) -> str:
    assert item.badge is not None
    box, edge = item.badge, item.edge
    ends = " ".join(f"at-{name.replace('.', '_')}" for name in (edge.source, edge.target))
    left, top = box.x - box.width / 2, box.y - box.height / 2
    return (
        f'<g class="line label k-{edge.kind} tier-{edge.tier} {ends}" aria-hidden="true">'
        f'<rect class="badge" x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="3"/>'
        f'<text class="badge-text" x="{box.x:.1f}" y="{box.y + 3.8:.1f}" text-anchor="middle">'
        f"{escape(edge.label)}</text></g>"
    )


def _node(item: PlacedNode) -> str:
    box, node = item.box, item.node
    size = 13 if node.zone is Zone.MEMBER else 12
    first = box.y + size * 0.36 - (len(item.lines) - 1) * size * 0.58
    lines = "".join(
        f'<text x="{box.x:.1f}" y="{first + index * size * 1.16:.1f}" text-anchor="middle" font-size="{size}">'
        f"{escape(line)}</text>"
        for index, line in enumerate(item.lines)
    )
    label = escape(f"{node.label}. {node.detail}" if node.detail else node.label)
    css = f"node zone-{node.zone} node-{node.id.replace('.', '_')}"
    return (
        f'<g class="{css}" tabindex="0" role="img" aria-label="{label}">'
        f'<title>{label}</title><rect x="{box.x - box.width / 2:.1f}" y="{box.y - box.height / 2:.1f}"'
        f' width="{box.width:.1f}" height="{box.height:.1f}" rx="6"/>{lines}</g>'
    )


def _xy(at: tuple[float, float]) -> str:
    return f"{at[0]:.1f} {at[1]:.1f}"
