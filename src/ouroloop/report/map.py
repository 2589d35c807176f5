"""The map of a loop, laid out: outside money left, the loop pinned in the middle, uses and final holders right.

Layout only; `map_drawing` draws it. No optimizer and no chance: the same dossier gives the same picture, and a member
keeps its place on the ring as long as the members stay the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import cos, hypot, pi, sin, sqrt

from ouroloop.core import Tier
from ouroloop.report.lettering import wrap

WIDTH = 1280.0
_MARGIN = 46.0  # above and below, for the headings of the columns
_CENTER_X, _RING_X = 545.0, 268.0
_SHORTEST, _FONT = 820.0, 13.0


class Zone(StrEnum):
    """Where a node stands."""

    OUTSIDE = "outside"  # customers, lenders and investors whose money comes in
    MEMBER = "member"
    USE = "use"  # vehicles, landlords, suppliers: where money goes
    HOLDER = "holder"  # who holds the vehicles' paper


class EdgeKind(StrEnum):
    """What kind of bargain an edge is: the color, and the letter on its badge."""

    EQUITY = "equity"
    DEBT = "debt"
    PURCHASE = "purchase"
    LEASE = "lease"
    GUARANTEE = "guarantee"
    IN_KIND = "in_kind"


@dataclass(frozen=True, slots=True)
class MapNode:
    """A firm or a class of outside money. `order` sorts the members round the ring."""

    id: str
    label: str
    zone: Zone
    order: tuple[int, str] = (0, "")
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MapEdge:
    """All deals of one kind and tier from one node to another, summed. `usd_bn_year` None: not disclosed."""

    id: str
    source: str
    target: str
    kind: EdgeKind
    tier: Tier
    usd_bn_year: float | None
    detail: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its center and its size."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + 2 * gap
            and abs(self.y - other.y) * 2 < self.height + other.height + 2 * gap
        )

    def toward(self, x: float, y: float) -> tuple[float, float]:
        """Where the line from the center toward a point leaves the rectangle."""
        dx, dy = x - self.x, y - self.y
        if not dx and not dy:
            return self.x, self.y
        reach = min(self.width / 2 / abs(dx) if dx else 1e9, self.height / 2 / abs(dy) if dy else 1e9)
        return self.x + dx * reach, self.y + dy * reach


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its box and the lines of its label."""

    node: MapNode
    box: Box
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge as a cubic curve (four points), its stroke width, and where its badge stands, if there was room."""

    edge: MapEdge
    curve: tuple[tuple[float, float], ...]
    stroke: float
    badge: Box | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole map, in the unit of a 1280-wide drawing."""

    height: float
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]
    columns: dict[Zone, float]


_COLUMN: dict[Zone, tuple[float, float, float]] = {  # center x, box width, box height
    Zone.OUTSIDE: (77.0, 138.0, 42.0),
    Zone.MEMBER: (_CENTER_X, 112.0, 38.0),
    Zone.USE: (1027.0, 146.0, 36.0),
    Zone.HOLDER: (1210.0, 124.0, 42.0),
}


def stroke(usd_bn_year: float | None) -> float:
    """Width of a line for an amount a year: grows with its square root, so that 100 is ten times as wide as 1."""
    return 1.4 if usd_bn_year is None else min(20.0, 1.2 + 1.5 * sqrt(max(0.0, usd_bn_year)))


def layout(nodes: Sequence[MapNode], edges: Sequence[MapEdge]) -> Layout:
    """Where does everything stand? Void deals must have been left out; every edge must join two of the nodes."""
    by_zone = {zone: [node for node in nodes if node.zone is zone] for zone in Zone}
    known = {node.id for node in nodes}
    assert len(known) == len(nodes), "node ids repeat"
    lost = [edge.id for edge in edges if edge.source not in known or edge.target not in known or edge.tier is Tier.VOID]
    assert not lost, f"edges without a node, or void: {lost}"
    tallest = max(len(by_zone[zone]) * (_COLUMN[zone][2] + 8) for zone in Zone if zone is not Zone.MEMBER)
    members = sorted(by_zone[Zone.MEMBER], key=lambda node: (node.order, node.id))
    shortest = _SHORTEST if len(nodes) > 8 else 460.0
    height = max(shortest, tallest + 2 * _MARGIN, 2 * _MARGIN + 27.0 * len(members))
    boxes = _ring(members, height)
    for zone in (Zone.OUTSIDE, Zone.USE, Zone.HOLDER):
        boxes |= _column(by_zone[zone], zone, edges, boxes, height)
    placed = tuple(_placed(node, boxes[node.id]) for node in nodes)
    return Layout(height, placed, _route(edges, boxes, height), {zone: _COLUMN[zone][0] for zone in Zone})


def _placed(node: MapNode, box: Box) -> PlacedNode:
    size = _FONT if node.zone is Zone.MEMBER else _FONT - 1
    lines = wrap(node.label, box.width - 10, size, 2, bold=node.zone is Zone.MEMBER)
    return PlacedNode(node, box, tuple(lines))


def _ring(members: Sequence[MapNode], height: float) -> dict[str, Box]:
    """Members clockwise round an ellipse from the top, equally far apart as boxes (not as points)."""
    _, wide, tall = _COLUMN[Zone.MEMBER]
    ring_y = height / 2 - _MARGIN - tall
    angles = [2 * pi * step / 4000 for step in range(4001)]
    points = [(_CENTER_X + _RING_X * sin(a), height / 2 - ring_y * cos(a)) for a in angles]
    along = [0.0]
    for (x0, y0), (x1, y1) in pairwise(points):
        along.append(along[-1] + hypot((x1 - x0) / (wide + 14), (y1 - y0) / (tall + 14)))
    boxes: dict[str, Box] = {}
    step = 0
    for index, node in enumerate(members):
        while along[step] < along[-1] * index / len(members):
            step += 1
        boxes[node.id] = Box(*points[step], wide, tall)
    return boxes


def _column(
    nodes: Sequence[MapNode], zone: Zone, edges: Sequence[MapEdge], boxes: dict[str, Box], height: float
) -> dict[str, Box]:
    """A column of boxes, each as near as the order allows to the middle of what it is joined to."""
    x, wide, tall = _COLUMN[zone]
    pull: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for edge in edges:
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if other in boxes:
                pull[end].append((boxes[other].y, edge.usd_bn_year or 0.5))

    def middle(node: MapNode) -> float:
        pulls = pull[node.id]
        return sum(y * w for y, w in pulls) / sum(w for _, w in pulls) if pulls else height / 2

    ordered = sorted(nodes, key=lambda node: (middle(node), node.id))
    step = (height - 2 * _MARGIN) / max(1, len(ordered))
    top = _MARGIN + 10 + step / 2 - 5
    return {node.id: Box(x, top + step * index, wide, min(tall, step - 6)) for index, node in enumerate(ordered)}


def _route(edges: Sequence[MapEdge], boxes: dict[str, Box], height: float) -> tuple[PlacedEdge, ...]:
    """Curves for all edges, widest first (so that thin ones lie on top), then badges where there is room."""
    lanes: dict[tuple[str, str], int] = defaultdict(int)
    taken = list(boxes.values())
    routed: list[PlacedEdge] = []
    ordered = sorted(edges, key=lambda edge: (-(edge.usd_bn_year or 0.0), edge.id))
    for edge in ordered:
        lane = lanes[edge.source, edge.target]
        lanes[edge.source, edge.target] += 1
        curve = _curve(boxes[edge.source], boxes[edge.target], lane, height)
        badge = _badge(edge, curve, taken)
        if badge:
            taken.append(badge)
        routed.append(PlacedEdge(edge, curve, stroke(edge.usd_bn_year), badge))
    return tuple(routed)


def _curve(source: Box, target: Box, lane: int, height: float) -> tuple[tuple[float, float], ...]:
    sideways = 16.0 * (lane + 0.6)
    inside = (abs(source.x - _CENTER_X) <= _RING_X + 1, abs(target.x - _CENTER_X) <= _RING_X + 1)
    if inside == (True, True):
        # Between members: a chord bent toward the middle, on the right of its own direction, so that the way
        # there and the way back are two curves.
        dx, dy = target.x - source.x, target.y - source.y
        length = hypot(dx, dy) or 1.0
        mx, my = (source.x + target.x) / 2, (source.y + target.y) / 2
        bend = 0.55 if length < 230 else 0.22
        cx = mx + (_CENTER_X - mx) * bend - dy / length * sideways
        cy = my + (height / 2 - my) * bend + dx / length * sideways
        start, end = source.toward(cx, cy), target.toward(cx, cy)
        first = (start[0] + (cx - start[0]) * 2 / 3, start[1] + (cy - start[1]) * 2 / 3)
        second = (end[0] + (cx - end[0]) * 2 / 3, end[1] + (cy - end[1]) * 2 / 3)
        return start, first, second, end
    forward = 1 if target.x > source.x else -1
    start = _side(source, forward, lane, inside[0], target)
    end = _side(target, -forward, lane, inside[1], source)
    reach = max(30.0, abs(end[0] - start[0]) * 0.45)
    return start, (start[0] + forward * reach, start[1]), (end[0] - forward * reach, end[1]), end


def _side(box: Box, forward: int, lane: int, member: bool, other: Box) -> tuple[float, float]:
    """A port on the left or right side of a box, nearer to the end that faces the other box."""
    lean = max(-1.0, min(1.0, (other.y - box.y) / 300.0)) * box.height * 0.28
    spread = (lane % 3) * 5.0 if member else (lane % 3) * 6.0
    y = max(-box.height / 2 + 4, min(box.height / 2 - 4, lean + spread * (1 if lane % 2 else -1)))
    return box.x + forward * box.width / 2, box.y + y


def point(curve: Sequence[tuple[float, float]], t: float) -> tuple[float, float]:
    """The point of a cubic curve at t in [0, 1]."""
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _badge(edge: MapEdge, curve: Sequence[tuple[float, float]], taken: Sequence[Box]) -> Box | None:
    from ouroloop.report.lettering import width

    wide = max(15.0, width(edge.label, 10.5, bold=True) + 7)
    for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.2, 0.8):
        box = Box(*point(curve, t), wide, 14.0)
        if not any(box.overlaps(other, 1.5) for other in taken):
            return box
    return None
