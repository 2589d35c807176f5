"""Who is a member of the economy, who is an outside sector, and in whose books does each name of the dossier end up?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ouroloop.dossier import EntityKind
from ouroloop.dossier.streams import OUTSIDE_CUSTOMERS, UNKNOWN, outside, root_of

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier, Entity

CORE_CUSTOMERS = "core-customers"
OTHER_CUSTOMERS = "other-customers"
SUPPLIERS = "suppliers"
LANDLORDS = "data-center-landlords"
BANKS = "banks"
BOND_INVESTORS = "bond-investors"
PRIVATE_CREDIT_FUNDS = "private-credit-funds"
EQUITY_INVESTORS = "equity-investors"
PENSIONS = "pensions"
INSURERS = "insurers"
HEDGE_FUNDS = "hedge-funds"
MUTUAL_FUNDS = "mutual-funds"
HOUSEHOLDS = "households"
SOVEREIGN_FUNDS = "sovereign-funds"
GOVERNMENT = "us-government"

SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "consumers": OUTSIDE_CUSTOMERS,
        "businesses": OUTSIDE_CUSTOMERS,
        "advertisers": OUTSIDE_CUSTOMERS,
        CORE_CUSTOMERS: OUTSIDE_CUSTOMERS,
        OTHER_CUSTOMERS: UNKNOWN,
        BANKS: str(EntityKind.BANK),
        BOND_INVESTORS: str(EntityKind.BOND_MARKET),
        PRIVATE_CREDIT_FUNDS: str(EntityKind.PRIVATE_CREDIT),
        SOVEREIGN_FUNDS: str(EntityKind.SOVEREIGN_FUND),
        EQUITY_INVESTORS: str(EntityKind.EQUITY_INVESTORS),
        PENSIONS: str(EntityKind.PENSION),
        INSURERS: str(EntityKind.INSURER),
        HEDGE_FUNDS: str(EntityKind.HEDGE_FUND),
        MUTUAL_FUNDS: str(EntityKind.MUTUAL_FUND),
        HOUSEHOLDS: str(EntityKind.HOUSEHOLD),
        GOVERNMENT: str(EntityKind.GOVERNMENT),
        SUPPLIERS: UNKNOWN,
        LANDLORDS: UNKNOWN,
    }
)
"""The outside sectors, one id for each class, with the sponsor word that their money carries.

`suppliers` are workers, power, builders and vendors without books; `other-customers` are those whom nobody names, and
`core-customers` those of a firm whose unexplained revenue the dossier takes to be customers'.
"""

VEHICLE_KINDS = (EntityKind.SPV, EntityKind.SITE_OWNER)
"""Who owns a site or machines for others and has no business of its own."""

_SECTOR_OF_KIND: Mapping[EntityKind, str] = MappingProxyType(
    {
        EntityKind.CUSTOMERS: CORE_CUSTOMERS,
        EntityKind.PERSON: HOUSEHOLDS,
        EntityKind.BANK: BANKS,
        EntityKind.BOND_MARKET: BOND_INVESTORS,
        EntityKind.PRIVATE_CREDIT: PRIVATE_CREDIT_FUNDS,
        EntityKind.SOVEREIGN_FUND: SOVEREIGN_FUNDS,
        EntityKind.PENSION: PENSIONS,
        EntityKind.INSURER: INSURERS,
        EntityKind.HEDGE_FUND: HEDGE_FUNDS,
        EntityKind.MUTUAL_FUND: MUTUAL_FUNDS,
        EntityKind.EQUITY_INVESTORS: EQUITY_INVESTORS,
        EntityKind.HOUSEHOLD: HOUSEHOLDS,
        EntityKind.GOVERNMENT: GOVERNMENT,
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """Several firms under one name. `into`: the sector that stands for them; None where their own names do."""

    into: str | None
    why: str


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "five-hyperscalers": Group(None, "its five firms are members, and its deals are totals of theirs"),
        "stargate-partners": Group(None, "who of the partners pays how much was not said; their own deals are on file"),
        "ai-infrastructure-partnership": Group(EQUITY_INVESTORS, "a fund's money, most of it from outside the loop"),
        "ai-clouds": Group(OTHER_CUSTOMERS, "clouds that nobody names buy chips as any customer does"),
        "nvidia-suppliers": Group(SUPPLIERS, "makers of memory and wafers without books here"),
        "anthropic-suppliers": Group(SUPPLIERS, "sellers of capacity whom nobody names"),
        "vantage-trust": Group(LANDLORDS, "a trust of sites whose rents and notes are on file in part only"),
        "compass-issuer-2": Group(LANDLORDS, "a trust of sites whose rents and notes are on file in part only"),
        "data-center-landlords": Group(LANDLORDS, "owners whom nobody names; a sector of its own"),
    }
)
"""Consortia and unnamed groups. The dossier gives them the kind of a firm, so that only a table can tell them apart."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The axis `entity`: members, then sectors; and where every other name of the dossier is booked.

    `fold` leads from the id of an entity of the dossier to a member or sector. A name without an entry has no books:
    a published total, or a group whose parts are there under their own names.
    """

    members: tuple[str, ...]
    sectors: Mapping[str, str]
    fold: Mapping[str, str]

    @property
    def entities(self) -> tuple[str, ...]:
        """Members, then sectors."""
        return (*self.members, *self.sectors)

    def booked_at(self, entity: str) -> str | None:
        """The member or sector in whose books this entity of the dossier stands; None for one without books."""
        return self.fold.get(entity)


def axes(dossier: Dossier) -> Axes:
    """Which entities of the dossier keep books, and where do the others go?

    In this order, first match wins: an arm goes where the entity goes whose accounts consolidate it (`part_of`); a
    published total (kind `aggregate`) has no books; a group goes where `GROUPS` says; an outside holder or payer goes
    to the sector of its kind; everything else is a member. Members of the loop come first, then the others, each in
    the order of the dossier.
    """
    homes = {name: _home(dossier.entities[root_of(dossier, name)]) for name in dossier.entities}
    fold = {name: home for name, home in homes.items() if home is not None}
    found = [entity for entity in dossier.entities.values() if fold.get(entity.id) == entity.id]
    members = [entity for entity in found if entity.id not in SECTORS]
    ranked = sorted(members, key=lambda entity: not entity.loop)
    return Axes(tuple(entity.id for entity in ranked), SECTORS, MappingProxyType(fold))


def customers_of(dossier: Dossier, member: str) -> str:
    """The sector whose money pays a member's revenue that nothing explains."""
    return CORE_CUSTOMERS if dossier.entities[member].unexplained_revenue == "customers" else OTHER_CUSTOMERS


def _home(entity: Entity) -> str | None:
    if entity.kind is EntityKind.AGGREGATE:
        return None
    if entity.id in GROUPS:
        return GROUPS[entity.id].into
    if outside(entity) or entity.kind is EntityKind.PERSON:
        return _SECTOR_OF_KIND[entity.kind]
    return entity.id
