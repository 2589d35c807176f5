"""Who stands at the two ends of a promise, once arms, groups and classes of holders are folded to the axes?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.dossier.models import Deal, EntityKind
from ouroloop.scenario.axes import GROUPS, Axes

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Parties:
    """The ends of a deal on the axes, with what the dossier says they are."""

    payer: str
    payee: str
    payer_kind: EntityKind
    payee_kind: EntityKind


def parties(dossier: Dossier, axes: Axes, deal: Deal) -> Parties | str:
    """The folded ends of a deal, or in words why it cannot move anything between members and sectors."""
    payer, payee = axes.booked_at(deal.payer), axes.booked_at(deal.payee)
    if payer is None or payee is None:
        nobody = deal.payer if payer is None else deal.payee
        return f"{nobody} keeps no books" + (f": {GROUPS[nobody].why}" if nobody in GROUPS else "")
    if payer == payee:
        return f"both ends are {payer}"
    if payer in axes.sectors and payee in axes.sectors:
        return f"both ends are outside ({payer}, {payee})"
    kinds = dossier.entities[deal.payer].kind, dossier.entities[deal.payee].kind
    return Parties(payer, payee, *kinds)
