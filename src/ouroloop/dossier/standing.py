"""How binding is each part of each deal on a day, and how much of it counts once overlaps are resolved?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ouroloop.core import ZERO, Interval, Tier
from ouroloop.dossier.models import Deal, Status, StatusStep, Tranche

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_TIER: dict[Status, Tier] = {
    Status.RUMORED: Tier.REPORTED,
    Status.REPORTED: Tier.REPORTED,
    Status.ANNOUNCED: Tier.LETTER,
    Status.LETTER: Tier.LETTER,
    Status.FUNDED: Tier.PAID,
    Status.WITHDRAWN: Tier.VOID,
    Status.EXPIRED: Tier.VOID,
    Status.SUPERSEDED: Tier.VOID,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One tranche as it stood on a day.

    `amount` is what counts, in USD bn: safe to add over all standings of one tier. It is None where nothing was
    disclosed, and [0, 0] where `dropped_because` says why the tranche does not count. `stated` is what the deal says.
    """

    deal: Deal
    tranche: Tranche
    tier: Tier
    amount: Interval | None
    stated: Interval | None
    dropped_because: str | None = None
    reduced_because: str | None = None
    """Set on a total that is counted only for what its known parts leave."""

    @property
    def counts(self) -> bool:
        """Does any of it belong in a sum?"""
        return self.dropped_because is None


def known_steps(deal: Deal, tranche: Tranche, on: date) -> tuple[StatusStep, ...]:
    """The status path that holds for the tranche (its own, else the deal's), as far as it was known on a day."""
    return tuple(step for step in tranche.status or deal.status if step.known.last <= on)


def tier_of(deal: Deal, tranche: Tranche, on: date) -> Tier | None:
    """How binding was this tranche on a day, by what was known then? None: nobody could know of it yet.

    The last known step of its path decides; `signed` is conditional where the tranche names a condition, else firm, and
    `amended` leaves things as they were. A path that begins with `amended` counts as signed.
    """
    if deal.known.last > on:
        return None
    steps = known_steps(deal, tranche, on)
    if not steps:
        return None
    status = next((step.status for step in reversed(steps) if step.status is not Status.AMENDED), Status.SIGNED)
    if status is Status.SIGNED:
        return Tier.CONDITIONAL if tranche.condition else Tier.FIRM
    return _TIER[status]


def standings(dossier: Dossier) -> tuple[Standing, ...]:
    """Every tranche known on the dossier's date, with its tier and what of it counts, in the dossier's order.

    Overlap groups are resolved (see `overlap.resolve`) and void deals never count, so amounts add up without counting
    any money twice. What the dossier does not mark as overlapping is not detected.
    """
    from ouroloop.dossier.overlap import resolve

    found: list[Standing] = []
    for deal in dossier.deals.values():
        for tranche in deal.tranches:
            tier = tier_of(deal, tranche, dossier.date)
            if tier is None:
                continue
            void = _why_void(deal, tranche, dossier.date, dossier) if tier is Tier.VOID else None
            counted = ZERO if void else tranche.amount
            found.append(Standing(deal, tranche, tier, counted, tranche.amount, void))
    return resolve(dossier, found)


def _why_void(deal: Deal, tranche: Tranche, on: date, dossier: Dossier) -> str:
    """In words: which step ended it, and by which deal it was replaced."""
    last = known_steps(deal, tranche, on)[-1]
    if last.status is Status.SUPERSEDED:
        later = [other.id for other in dossier.deals.values() if other.amends == deal.id]
        return "superseded" + (f" by {', '.join(later)}" if later else "")
    return str(last.status)


def living(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Those that count, whether or not an amount was disclosed."""
    return tuple(standing for standing in standings if standing.counts)
