"""From the dossier's standing deals to the map: who stands where, and parallel deals bundled into one edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ouroloop.core import Tier
from ouroloop.dossier.models import Deal, Entity, EntityKind, Instrument
from ouroloop.report.document import MapPicture
from ouroloop.report.language import Language
from ouroloop.report.map import EdgeKind, MapEdge, MapNode, Zone
from ouroloop.report.map_drawing import KIND_NAME, LETTER, TIER_NAME
from ouroloop.report.sources import footer, ids
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Table

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

MOST_USES = 18
"""Vehicles, landlords and suppliers drawn one by one; the smaller ones are pooled in one box."""

_KIND: dict[Instrument, EdgeKind] = {
    Instrument.EQUITY: EdgeKind.EQUITY,
    Instrument.ACQUISITION: EdgeKind.EQUITY,
    Instrument.WARRANT: EdgeKind.EQUITY,
    Instrument.BOND: EdgeKind.DEBT,
    Instrument.LOAN: EdgeKind.DEBT,
    Instrument.VENDOR_LOAN: EdgeKind.DEBT,
    Instrument.CONVERTIBLE: EdgeKind.DEBT,
    Instrument.COMPUTE_CREDIT: EdgeKind.IN_KIND,
    Instrument.PURCHASE: EdgeKind.PURCHASE,
    Instrument.CAPEX: EdgeKind.PURCHASE,
    Instrument.PAYMENT: EdgeKind.PURCHASE,
    Instrument.LEASE: EdgeKind.LEASE,
    Instrument.GUARANTEE: EdgeKind.GUARANTEE,
}
_RING: tuple[EntityKind, ...] = (
    EntityKind.CHIP_MAKER,
    EntityKind.SOFTWARE,
    EntityKind.CLOUD,
    EntityKind.NEOCLOUD,
    EntityKind.SUPPLIER,
    EntityKind.SITE_OWNER,
    EntityKind.SPV,
    EntityKind.LAB,
    EntityKind.INVESTOR,
)
_NOT_DRAWN = frozenset({EntityKind.AGGREGATE, EntityKind.PERSON})
CLASSES = frozenset(list(EntityKind)[list(EntityKind).index(EntityKind.CUSTOMERS) :]) | _NOT_DRAWN
"""Kinds that are no single firm: classes of outside payers and holders, totals, persons."""

_PAYS_IN = (CLASSES - _NOT_DRAWN) | {EntityKind.INVESTOR}


@dataclass(frozen=True, slots=True)
class Bargain:
    """One standing tranche as the map needs it. `usd_bn` None: not disclosed; void and double-counted ones left out."""

    deal: Deal
    tier: Tier
    usd_bn: float | None
    years: float
    first: date | None = None
    last: date | None = None

    @property
    def usd_bn_year(self) -> float | None:
        """Money a year over the tranche's own term, at least a year."""
        return None if self.usd_bn is None else self.usd_bn / max(1.0, self.years)


@dataclass(slots=True)
class _Bundle:
    source: str
    target: str
    kind: EdgeKind
    tier: Tier
    amount: float | None = None
    a_year: float | None = None
    deals: list[str] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)

    def add(self, bargain: Bargain) -> None:
        if bargain.usd_bn is not None and bargain.usd_bn_year is not None:
            self.amount = (self.amount or 0.0) + bargain.usd_bn
            self.a_year = (self.a_year or 0.0) + bargain.usd_bn_year
        if bargain.deal.id not in self.deals:
            self.deals.append(bargain.deal.id)
        self.cites += [cite for cite in ids(bargain.deal.sources) if cite not in self.cites]


def bargains_of(dossier: Dossier) -> tuple[Bargain, ...]:
    """Every standing tranche, overlaps resolved: what binds where it is paid or firm, else the headline."""
    from ouroloop.dossier import standings

    found: list[Bargain] = []
    for standing in standings(dossier):
        if not standing.counts or standing.tier is Tier.VOID:
            continue
        amount = standing.amount
        binding = standing.tier in (Tier.PAID, Tier.FIRM)
        usd_bn = None if amount is None else amount.low if binding or not amount.bounded else amount.high
        schedule = standing.tranche.schedule
        days = (schedule.last - schedule.first).days + 1 if schedule else 0
        first, last = (schedule.first, schedule.last) if schedule else (None, None)
        found.append(Bargain(standing.deal, standing.tier, usd_bn, days / 365.25, first, last))
    return tuple(found)


def kind_of(deal: Deal) -> EdgeKind | None:
    """The kind of edge that a deal is drawn as; None for what moves no money."""
    kind = _KIND.get(deal.instrument)
    return EdgeKind.IN_KIND if kind and deal.in_kind and deal.instrument is not Instrument.GUARANTEE else kind


def map_picture(dossier: Dossier, bargains: Sequence[Bargain], language: Language) -> MapPicture | None:
    """The map of the standing deals; None where nothing can be drawn."""
    # What overlaps leave nothing of is drawn where it counts.
    some = [b for b in bargains if b.tier is not Tier.VOID and b.usd_bn != 0]
    drawn = [b for b in some if kind_of(b.deal) and _drawable(dossier, b.deal)]
    if not drawn:
        return None
    zones = _zones(dossier, drawn)
    bundles = _bundled(dossier, drawn, zones)
    nodes = _nodes(dossier, bundles, zones, language)
    names = {node.id: node.label for node in nodes}
    edges = tuple(_edge(bundle, names, language) for bundle in bundles)
    table = _table(bundles, names, language)
    members = sum(node.zone is Zone.MEMBER for node in nodes)
    title = language.text(
        "{members} members of the loop, and {bundles} bundles of deals that tie them together and to outside money",
        members=language.number(members, 0),
        bundles=language.number(len(edges), 0),
    )
    subtitle = language.text(
        "All deals known on {date} that still stand, each tranche once; width: money a year over each deal's own term, "
        "in {unit}; arrows point to whoever receives. Guarantees show their cap and move no money until they are "
        "called. Deals that are void are not drawn.",
        date=language.date(dossier.date),
        unit=language.money_unit,
    )
    cited = [cite for bundle in bundles for cite in bundle.cites]
    return MapPicture(nodes, edges, title, subtitle, footer(dossier, language, cited), table)


def owner(dossier: Dossier, entity: str) -> Entity:
    """The entity that consolidates this one: an arm's deals are drawn at its owner."""
    found = dossier.entities[entity]
    seen = {found.id}
    while found.part_of and found.part_of not in seen:
        found = dossier.entities[found.part_of]
        seen.add(found.id)
    return found


def _drawable(dossier: Dossier, deal: Deal) -> bool:
    payer, payee = owner(dossier, deal.payer), owner(dossier, deal.payee)
    return payer.id != payee.id and payer.kind not in _NOT_DRAWN and payee.kind not in _NOT_DRAWN


def _zones(dossier: Dossier, bargains: Iterable[Bargain]) -> dict[tuple[str, bool], tuple[str, Zone]]:
    """(entity, does the other side belong to the loop?) -> node id and zone.

    A class of lenders that lends to members and to vehicles stands twice: left as outside money, right as a holder of
    the vehicles' paper.
    """
    zones: dict[tuple[str, bool], tuple[str, Zone]] = {}
    for bargain in bargains:
        payer, payee = owner(dossier, bargain.deal.payer), owner(dossier, bargain.deal.payee)
        for own, other in ((payer, payee), (payee, payer)):
            if own.loop:
                zones[own.id, other.loop] = (own.id, Zone.MEMBER)
            elif own.kind in _PAYS_IN:
                zones[own.id, other.loop] = (own.id, Zone.OUTSIDE) if other.loop else (f"{own.id}.paper", Zone.HOLDER)
            else:
                zones[own.id, other.loop] = (own.id, Zone.USE)
    return zones


def _bundled(
    dossier: Dossier, bargains: Sequence[Bargain], zones: dict[tuple[str, bool], tuple[str, Zone]]
) -> tuple[_Bundle, ...]:
    weight: dict[str, float] = defaultdict(float)
    ends: list[tuple[str, str]] = []
    for bargain in bargains:
        payer, payee = owner(dossier, bargain.deal.payer), owner(dossier, bargain.deal.payee)
        pair = zones[payer.id, payee.loop], zones[payee.id, payer.loop]
        ends.append((pair[0][0], pair[1][0]))
        for node, zone in pair:
            if zone is Zone.USE:
                weight[node] += bargain.usd_bn or 0.0
    kept = set(sorted(weight, key=lambda node: (-weight[node], node))[:MOST_USES])
    pooled = set(weight) - kept if len(weight) > MOST_USES else set[str]()
    made: dict[tuple[str, str, EdgeKind, Tier], _Bundle] = {}
    for bargain, (source, target) in zip(bargains, ends, strict=True):
        source, target = ("other-uses" if node in pooled else node for node in (source, target))
        kind = kind_of(bargain.deal)
        assert kind is not None, bargain.deal.id
        if source == target:
            continue
        bundle = made.setdefault((source, target, kind, bargain.tier), _Bundle(source, target, kind, bargain.tier))
        bundle.add(bargain)
    return tuple(sorted(made.values(), key=lambda b: (-(b.a_year or 0.0), b.source, b.target, b.kind, b.tier)))


def _nodes(
    dossier: Dossier,
    bundles: Sequence[_Bundle],
    zones: dict[tuple[str, bool], tuple[str, Zone]],
    language: Language,
) -> tuple[MapNode, ...]:
    used = {end for bundle in bundles for end in (bundle.source, bundle.target)}
    nodes: dict[str, MapNode] = {}
    for (entity, _), (node, zone) in zones.items():
        if node in used and zone is not Zone.MEMBER:
            nodes[node] = MapNode(
                node, language.name(dossier.entities[entity]), zone, detail=_reach(node, bundles, language)
            )
    for entity in dossier.entities.values():
        if entity.loop and not entity.part_of:
            kind = _RING.index(entity.kind) if entity.kind in _RING else len(_RING)
            order = (kind, entity.id)
            nodes[entity.id] = MapNode(
                entity.id, language.name(entity), Zone.MEMBER, order, _reach(entity.id, bundles, language)
            )
    if "other-uses" in used:
        label = language.text("Others, pooled")
        nodes["other-uses"] = MapNode("other-uses", label, Zone.USE, detail=_reach("other-uses", bundles, language))
    return tuple(sorted(nodes.values(), key=lambda node: (list(Zone).index(node.zone), node.order, node.id)))


def _reach(node: str, bundles: Sequence[_Bundle], language: Language) -> str:
    return language.text(
        "Gives in {out} bundles of deals and receives in {into}.",
        out=language.number(sum(bundle.source == node for bundle in bundles), 0),
        into=language.number(sum(bundle.target == node for bundle in bundles), 0),
    )


def _id(bundle: _Bundle) -> str:
    return "-".join((bundle.source, bundle.target, bundle.kind.value, bundle.tier.value)).replace(".", "_")


def _edge(bundle: _Bundle, names: dict[str, str], language: Language) -> MapEdge:
    label = LETTER[bundle.kind]
    if bundle.a_year is not None and bundle.a_year >= 2:
        label += " " + language.amount(bundle.a_year).removesuffix(".0")
    words = {
        "payer": names[bundle.source],
        "payee": names[bundle.target],
        "kind": language.text(KIND_NAME[bundle.kind]),
        "tier": language.text(TIER_NAME[bundle.tier]),
        "deals": language.number(len(bundle.deals), 0),
    }
    if bundle.a_year is None:
        detail = language.text(
            "{payer} to {payee}: {kind}, {tier}, amount not disclosed ({deals} in the bundle).", **words
        )
    else:
        detail = language.text(
            "{payer} to {payee}: {kind}, {tier}, {amount} a year ({deals} in the bundle).",
            amount=language.money(bundle.a_year),
            **words,
        )
    return MapEdge(_id(bundle), bundle.source, bundle.target, bundle.kind, bundle.tier, bundle.a_year, detail, label)


def _table(bundles: Sequence[_Bundle], names: dict[str, str], language: Language) -> Table:
    columns = (
        Column("from", language.text("From")),
        Column("to", language.text("To")),
        Column("kind", language.text("Kind")),
        Column("tier", language.text("How binding")),
        Column("amount", language.text("amount"), Kind.MONEY),
        Column("year", language.text("a year"), Kind.MONEY),
        Column("deals", language.text("Deals")),
        Column("sources", language.text("Sources")),
    )
    rows: list[Row] = []
    for bundle in bundles:
        cites = tuple(bundle.cites)
        unknown = Basis.UNKNOWN if bundle.amount is None else Basis.REPORTED
        cells = {
            "from": Cell(names[bundle.source], Basis.NONE),
            "to": Cell(names[bundle.target], Basis.NONE),
            "kind": Cell(language.text(KIND_NAME[bundle.kind]), Basis.NONE),
            "tier": Cell(language.text(TIER_NAME[bundle.tier]), Basis.NONE),
            "amount": Cell(bundle.amount, unknown, cites),
            "year": Cell(bundle.a_year, Basis.UNKNOWN if bundle.a_year is None else Basis.ESTIMATED, cites),
            "deals": Cell(language.join(bundle.deals), Basis.NONE),
            "sources": Cell("", Basis.NONE, cites),
        }
        rows.append(Row(_id(bundle), cells, {"tier": bundle.tier.value, "kind": bundle.kind.value}))
    return Table("map", language.text("The deals on the map"), columns, tuple(rows), fold=True)
