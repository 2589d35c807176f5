"""The loops among the members, from the standing deals: weakest leg, narrowest leg a year, order of dates, chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ouroloop.core import Tier
from ouroloop.report.bargains import Bargain, owner
from ouroloop.report.language import Language
from ouroloop.report.loops import Chance, LoopFound
from ouroloop.report.sources import ids

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.measures.loops import Flow, Loop

LONGEST = 6
DRAWS = 200


def legs(dossier: Dossier, bargains: Sequence[Bargain]) -> list[tuple[Flow, Bargain]]:
    """The members' funding of and payments to each other, a year, with the deal behind each.

    Guarantees and warrants move no money and are no legs; neither is what discloses no amount.
    """
    from ouroloop.measures import Flow

    found: list[tuple[Flow, Bargain]] = []
    for bargain in bargains:
        payer, payee = owner(dossier, bargain.deal.payer), owner(dossier, bargain.deal.payee)
        side = bargain.deal.instrument.side
        if payer.loop and payee.loop and payer.id != payee.id and side in ("funding", "trade") and bargain.usd_bn_year:
            flow = Flow(payer.id, payee.id, bargain.usd_bn_year, side, bargain.tier, bargain.first, bargain.last)
            found.append((flow, bargain))
    return found


def loops_found(dossier: Dossier, bargains: Sequence[Bargain], language: Language) -> tuple[LoopFound, ...]:
    """Every loop of at most six members that has a leg of funding and a leg of trade."""
    from ouroloop.measures import loops

    behind = legs(dossier, bargains)
    cites = {id(flow): ids(bargain.deal.sources) for flow, bargain in behind}
    found: list[LoopFound] = []
    for loop in loops([flow for flow, _ in behind], max_length=LONGEST):
        sides = {flow.kind for link in loop.links for flow in link.flows}
        if sides != {"funding", "trade"}:
            continue
        tier = next(tier for tier in Tier if _at_least(loop, tier) > 0)
        used = [flow for link in loop.links for flow in link.flows if (flow.tier or Tier.PAID).binds(tier)]
        found.append(
            LoopFound(
                tuple(language.name(dossier.entities[name]) for name in loop.entities),
                loop.entities,
                tier,
                _at_least(loop, tier),
                _dates(loop),
                tuple(dict.fromkeys(cite for flow in used for cite in cites[id(flow)])),
            )
        )
    return tuple(found)


def chance(dossier: Dossier, bargains: Sequence[Bargain]) -> Chance | None:
    """How often would shuffled deals (each member with as many payers and payees as now) make as many loops?"""
    import numpy as np

    from ouroloop.measures import null_model

    behind = legs(dossier, bargains)
    names = sorted({name for flow, _ in behind for name in (flow.payer, flow.payee)})
    matrix = np.zeros((len(names), len(names)))
    for flow, _ in behind:
        matrix[names.index(flow.payer), names.index(flow.payee)] += float(flow.amount)
    if np.count_nonzero(matrix) < 3:
        return None
    found = null_model(matrix, draws=DRAWS, max_length=LONGEST, keep="degrees")
    return Chance(found.statistics["loops"].p_value, DRAWS)


def _at_least(loop: Loop, tier: Tier) -> float:
    return min(link.at_least(tier) for link in loop.links)


def _dates(loop: Loop) -> Literal["yes", "no", "unknown"]:
    return "unknown" if loop.in_order is None else "yes" if loop.in_order else "no"
