"""Money that moves evenly over a set of days: what deals and figures become before they are cut into quarters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ouroloop.core import Interval, Tier
from ouroloop.dossier.days import Days
from ouroloop.dossier.models import Entity, EntityKind
from ouroloop.dossier.refs import Refs, joined

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

Side = Literal[
    "funding",
    "trade",
    "customers",
    "unknown_revenue",
    "capital",
    "uses",
    "opening",
    "closing",
    "unknown_in",
    "unknown_out",
    "memorandum",
]
"""What a flow is to its entities.

`funding`: a member or other named party funds another. `trade`: one pays, the other books revenue. `customers` and
`unknown_revenue`: revenue paid from outside, or by nobody knows whom. `capital`: money of outside lenders and investors
(of a class, or unknown). `uses`: money out to the outside. `opening`, `closing`: cash held before and after.
`unknown_in`, `unknown_out`: what balances the quarter. `memorandum`: a promise that moves no cash.
"""

Basis = Literal["reported", "derived", "estimated", "unknown"]
"""`reported`: published for this time; `derived`: computed from published figures of this time; `estimated`: spread
over time by an assumption; `unknown`: nobody has said how much."""

OUTSIDE_CUSTOMERS = "outside_customers"
UNKNOWN = "unknown"
OPENING_CASH = "opening_cash"

BOUNDARY = "@"

_OUTSIDE_FROM = list(EntityKind).index(EntityKind.CUSTOMERS)
OUTSIDE = frozenset(list(EntityKind)[_OUTSIDE_FROM:])
"""Kinds of entities that stand for outside holders and payers of money, as a class."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An amount over days, at an even pace; `point` is the amount to use where one number is needed."""

    payer: str
    payee: str
    side: Side
    instrument: str
    sponsor: str | None
    tier: Tier
    amount: Interval
    point: float
    days: Days
    basis: Basis
    refs: Refs
    in_kind: str | None = None
    booked: Literal["expense", "asset"] = "expense"
    """How the payer books a trade or a use."""

    @property
    def pair(self) -> tuple[str, str]:
        return (self.payer, self.payee)

    def on(self, days: Days) -> Stream | None:
        """The part of it on these days, None when there is none."""
        both = self.days & days
        if not both:
            return None
        if both.count == self.days.count:
            return self
        share = both.count / self.days.count
        return replace(self, amount=self.amount * share, point=self.point * share, days=both)

    def without(self, days: Days) -> Stream | None:
        """The part of it on other days."""
        return self.on(self.days - days)

    def at_tier(self, tier: Tier) -> Stream:
        """The same, binding as `tier` says."""
        return replace(self, tier=tier)

    def within(self, days: Days) -> Interval:
        """The amount on these days."""
        return self.amount * self.days.share(days)

    def point_within(self, days: Days) -> float:
        return self.point * self.days.share(days)

    def citing(self, refs: Refs) -> Stream:
        """The same with more refs."""
        return replace(self, refs=joined(self.refs, refs))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements about the same money that do not fit; what was used, and by how much the other is off (USD bn).

    `what`: `payment` (two accounts of what one paid another), `revenue` (known payments exceed the published revenue),
    `uses` (known payments exceed the published spending, or operating
    cash flow exceeds revenue and known prepayments), `capital` (known funding exceeds the published proceeds),
    `parts` (a published total is contradicted by its own parts).
    """

    what: Literal["payment", "revenue", "uses", "capital", "parts"]
    entity: str
    days: Days
    usd_bn: float
    refs: Refs


@dataclass(slots=True)
class Gathering:
    """Streams as they are collected, and what did not fit."""

    streams: list[Stream] = field(default_factory=list[Stream])
    disagreements: list[Disagreement] = field(default_factory=list[Disagreement])

    def add(self, stream: Stream | None) -> None:
        if stream is not None:
            self.streams.append(stream)


def root_of(dossier: Dossier, entity: str) -> str:
    """The entity whose accounts consolidate this one (itself when it is no part of another)."""
    seen = [entity]
    while (parent := dossier.entities[seen[-1]].part_of) is not None:
        assert parent not in seen, f"{entity} is part of itself by way of {parent}"
        seen.append(parent)
    return seen[-1]


def arms_of(dossier: Dossier, entity: str) -> tuple[str, ...]:
    """The entity and all that its accounts consolidate."""
    return tuple(name for name in dossier.entities if root_of(dossier, name) == entity)


def outside(entity: Entity) -> bool:
    """Does it stand for a class of outside holders or payers of money?"""
    return entity.kind in OUTSIDE and not entity.loop


def sponsor_of(entity: Entity) -> str:
    """The sponsor word that money of an outside entity carries."""
    return OUTSIDE_CUSTOMERS if entity.kind is EntityKind.CUSTOMERS else str(entity.kind)


def boundary(word: str, entity: str) -> str:
    """The name of a boundary node: outside money is kept apart per entity."""
    return f"{word}{BOUNDARY}{entity}"
