"""Firms, vehicles, groups of holders and published aggregates."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from ouroloop.dossier.models.record import Id, Line, Record, Text, refusal


class EntityKind(StrEnum):
    """What the entity does. The kinds after `person` are outside holders and payers of money, by class."""

    CHIP_MAKER = "chip_maker"
    CLOUD = "cloud"
    NEOCLOUD = "neocloud"
    LAB = "lab"
    SOFTWARE = "software"
    SUPPLIER = "supplier"
    SITE_OWNER = "site_owner"
    SPV = "spv"
    INVESTOR = "investor"
    AGGREGATE = "aggregate"  # a published total over several firms; never a party to a flow
    PERSON = "person"
    CUSTOMERS = "customers"
    BANK = "bank"
    BOND_MARKET = "bond_market"
    PRIVATE_CREDIT = "private_credit"
    SOVEREIGN_FUND = "sovereign_fund"
    PENSION = "pension"
    INSURER = "insurer"
    HEDGE_FUND = "hedge_fund"
    MUTUAL_FUND = "mutual_fund"
    EQUITY_INVESTORS = "equity_investors"
    HOUSEHOLD = "household"
    GOVERNMENT = "government"


class Entity(Record):
    """A firm, vehicle, group of holders or published aggregate."""

    id: Id
    names: Text
    aliases: tuple[Line, ...] = ()
    """Other names in any language. An alias may belong to two entities: asking by it then asks back."""
    kind: EntityKind
    loop: bool = False
    """Is it a member of the loop that the dossier is about?"""
    part_of: Id | None = None
    """The entity whose accounts consolidate this one (a cloud arm, say)."""
    fiscal_year_end: Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$")] | None = None
    ticker: Line | None = None
    cik: Annotated[str, StringConstraints(pattern=r"^\d{10}$")] | None = None
    core_business_pays: bool | None = None
    """Does a profitable core business pay for the AI build-out? Absent where nobody has said."""
    unexplained_revenue: Literal["customers", "unknown"] = "unknown"
    """Who is taken to pay the revenue that no deal or figure explains. `customers` needs `unexplained_why`."""
    unexplained_why: Line | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.unexplained_revenue == "customers" and not self.unexplained_why:
            raise refusal(
                "missing-reason", "'unexplained_revenue: customers' is an assumption; say why in unexplained_why"
            )
        return self
