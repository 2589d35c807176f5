"""Vehicles that live on a tenant's rent: which members they are, and what their terms in the dossier mean for books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.scenario.axes import VEHICLE_KINDS
from ouroloop.scenario.estimate import Values
from ouroloop.securitization.amortization import bullet, later, level_pay

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models.structure import ClassTerms, Structure
    from ouroloop.scenario.axes import Axes


REFERENCE = "eco-eng-011"
"""The assumption that says what floating loans pay their margin over."""


@dataclass(frozen=True, eq=False)
class SiteVehicle:
    """A member that owes classes of a structure and gets a part of its rents.

    Where a structure stands for several borrowers, each gets rents by what it owes.
    """

    member: str
    tenant: str
    """The member that rents from it."""
    structure: Structure
    classes: tuple[ClassTerms, ...]

    @cached_property
    def size(self) -> float:
        """What it owes once everything is drawn, USD bn."""
        return sum(one.size_usd_bn.value for one in self.classes)

    @cached_property
    def part(self) -> float:
        """Its part of the structure's rents."""
        return self.size / sum(one.size_usd_bn.value for one in self.structure.classes)

    @cached_property
    def rent_per_year(self) -> float:
        """USD bn."""
        return self.part * sum(lease.rent_usd_bn.value for lease in self.structure.leases)

    @cached_property
    def years(self) -> float:
        """Of the first term."""
        return max(lease.years.value for lease in self.structure.leases)

    @cached_property
    def renewal_years(self) -> float:
        return max(
            lease.renewals * (lease.renewal_years.value if lease.renewal_years else 0.0)
            for lease in self.structure.leases
        )

    @cached_property
    def begins(self) -> Quarter:
        """The quarter of the first rent."""
        return Quarter.of(min(lease.begins.first for lease in self.structure.leases))

    @cached_property
    def by_chips(self) -> bool:
        """Does it own chips, which wear as chips do?"""
        return any(lease.asset == "chips" for lease in self.structure.leases)

    @cached_property
    def cost_share(self) -> float:
        """Fees and running costs over rent."""
        return sum(line.share_of_rent.value for line in self.structure.waterfall if line.share_of_rent)

    @cached_property
    def ranks(self) -> dict[str, Rank]:
        """Its classes by rank: `""` those that are repaid first, together; then each other under its own id."""
        lines = self.structure.waterfall
        together = next((line.principal for line in lines if line.principal is not None), ())
        by_rank: dict[str, list[ClassTerms]] = {}
        for one in self.classes:
            by_rank.setdefault("" if one.id in together else one.id, []).append(one)
        return {name: Rank(tuple(classes), self.structure) for name, classes in by_rank.items()}

    def rate(self, reference: float) -> float:
        """What its debt costs on average, decimal per year, with the reference rate where a class floats."""
        return Rank(self.classes, self.structure).rate(reference)


@dataclass(frozen=True, eq=False)
class Rank:
    """Classes of a structure that are paid alike."""

    classes: tuple[ClassTerms, ...]
    structure: Structure

    @cached_property
    def size(self) -> float:
        """USD bn."""
        return sum(one.size_usd_bn.value for one in self.classes)

    @cached_property
    def floating(self) -> bool:
        """Does most of it float?"""
        return 2 * sum(one.size_usd_bn.value for one in self.classes if one.floats) > self.size

    @cached_property
    def held_by(self) -> dict[str, float]:
        """Which share of it each holder has; they add up to 1. What has no holder on file is held as the rest is."""
        held: dict[str, float] = {}
        for one in self.classes:
            named = {holder.by: holder.share.value for holder in one.held_by if holder.share is not None}
            for name, share in named.items():
                held[name] = held.get(name, 0.0) + one.size_usd_bn.value * share / sum(named.values())
        total = sum(held.values())
        return {name: amount / total for name, amount in held.items()}

    def rate(self, reference: float) -> float:
        """What it costs on average, decimal per year, with the reference rate where a class floats."""
        costs = (one.size_usd_bn.value * (one.coupon.value + reference * one.floats) for one in self.classes)
        return sum(costs) / self.size

    def ladder(self, opening: Quarter, slots: int, reference: float) -> Values:
        """[slot] shares of what is owed by the quarter in which they fall due, from the one after the opening on.

        A class repays as its terms say, from closing to the end of the structure; the last slot holds what is later.
        """
        first, end = Quarter.of(self.structure.closes.first), Quarter.of(self.structure.ends.last)
        periods = end.ordinal - first.ordinal + 1
        left = np.zeros(periods + 1)
        for one in self.classes:
            rate = (one.coupon.value + reference * one.floats) / 4
            wait = round(4 * one.interest_only_years)
            schedule = (
                bullet(periods) if one.repays == "bullet" else later(level_pay(rate, periods - wait), wait, periods)
            )
            left += one.size_usd_bn.value * np.r_[1.0, schedule]
        due = -np.diff(left)
        passed = opening.ordinal - first.ordinal + 1
        ladder = np.zeros(slots)
        for period, amount in enumerate(due):
            ladder[min(max(period - passed, 0), slots - 1)] += amount * (period >= passed)
        total = ladder.sum()
        if total <= 0:  # everything was due before: it is due now
            ladder[0] = total = 1.0
        return ladder / total


def site_vehicles(dossier: Dossier, axes: Axes) -> dict[str, SiteVehicle]:
    """Which members are vehicles with terms on file, by name?

    Those that owe the classes of a structure, are booked under their own name and have one tenant who keeps books, too.
    A vehicle without a structure, or whose tenants nobody names, stands still in the economy; and all do on days on
    which the dossier does not know the rate that floating classes pay their margin over.
    """
    found: dict[str, SiteVehicle] = {}
    if REFERENCE not in dossier.assumptions:
        return found
    for structure in dossier.structures.values():
        tenants = {tenant.id: tenant.entity for tenant in structure.tenants}
        renting = {tenants[lease.tenant] for lease in structure.leases}
        names = {axes.booked_at(name) for name in renting if name is not None}
        if len(names) != 1 or None in renting or not names <= set(axes.members):
            continue
        (tenant,) = names
        issued: dict[str, list[ClassTerms]] = {}
        for one in structure.classes:
            deal = dossier.deals.get(one.deal) if one.deal is not None else None
            borrower = deal.payee if deal is not None else structure.vehicle
            issued.setdefault(axes.booked_at(borrower) or "", []).append(one)
        for member, classes in issued.items():
            ours = member in axes.members and dossier.entities[member].kind in VEHICLE_KINDS
            if ours and tenant is not None:
                found[member] = SiteVehicle(member, tenant, structure, tuple(classes))
    return found
