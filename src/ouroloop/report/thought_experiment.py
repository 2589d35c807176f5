"""The friends of a thought experiment: who received what, and how double entry books it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ouroloop.core import Tier
from ouroloop.report.bargains import Bargain, owner
from ouroloop.report.friends import Friend
from ouroloop.report.language import Language

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier


def friends(dossier: Dossier, bargains: Sequence[Bargain], language: Language) -> tuple[Friend, ...]:
    """Each member with its paid deals. The article reads every unit received as revenue; the books tell them apart:
    what others pay for goods is revenue, what they put in is equity, and what was bought is an expense or an asset.
    """
    paid = [b for b in bargains if b.tier is Tier.PAID and b.usd_bn is not None]
    found: list[Friend] = []
    for entity in dossier.entities.values():
        if not entity.loop or entity.part_of:
            continue
        into = [b for b in paid if owner(dossier, b.deal.payee).id == entity.id]
        out = [b for b in paid if owner(dossier, b.deal.payer).id == entity.id and b.deal.instrument.side == "trade"]
        found.append(
            Friend(
                entity.id,
                language.name(entity),
                article_revenue=_sum(into),
                revenue=_sum([b for b in into if b.deal.instrument.side == "trade"]),
                expense=_sum([b for b in out if not _asset(b)]),
                asset=_sum([b for b in out if _asset(b)]),
                equity_raised=_sum([b for b in into if b.deal.instrument.side == "funding"]),
                outside_cash=_sum([b for b in into if not owner(dossier, b.deal.payer).loop]),
            )
        )
    return tuple(found)


def _asset(bargain: Bargain) -> bool:
    booked = bargain.deal.payer_books
    return booked == "asset" or (booked is None and bargain.deal.instrument == "capex")


def _sum(bargains: Sequence[Bargain]) -> float:
    return sum(bargain.usd_bn or 0.0 for bargain in bargains)
