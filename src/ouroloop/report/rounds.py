"""The loops among the members, from the standing deals: weakest leg, narrowest leg a year, order of dates, chance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from ouroloop.core import Tier
from ouroloop.report.bargains import CLASSES, Bargain, bargains_of, owner
from ouroloop.report.language import Language
from ouroloop.report.loops import Chance, LoopFound
from ouroloop.report.period import measured_period
from ouroloop.report.sources import ids

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.measures.loops import Flow, Loop

LONGEST = 6
DRAWS = 200


def legs(dossier: Dossier, bargains: Sequence[Bargain]) -> list[tuple[Flow, Bargain]]:
    """Funding and payments between named firms, a year, with the deal behind each.

    Guarantees and warrants move no money and are no legs; neither is what discloses no amount. Outside money, which
    stands for a class of payers, closes no loop.
    """
    from ouroloop.measures import Flow

    found: list[tuple[Flow, Bargain]] = []
    for bargain in bargains:
        payer, payee = owner(dossier, bargain.deal.payer), owner(dossier, bargain.deal.payee)
        side = bargain.deal.instrument.side
        named = payer.kind not in CLASSES and payee.kind not in CLASSES
        if named and payer.id != payee.id and side in ("funding", "trade") and bargain.usd_bn_year:
            flow = Flow(payer.id, payee.id, bargain.usd_bn_year, side, bargain.tier, bargain.first, bargain.last)
            found.append((flow, bargain))
    return found


def loops_found(dossier: Dossier, bargains: Sequence[Bargain], language: Language) -> tuple[LoopFound, ...]:
    """Every loop of at most six firms with a leg of funding and a leg of trade, by standing deals or by what was paid
    in the measured period.
    """
    from ouroloop.dossier.network import loop_flows
    from ouroloop.measures import loops

    first, last = measured_period(dossier)
    behind = legs(dossier, bargains)
    cites = {id(flow): ids(bargain.deal.sources) for flow, bargain in behind}
    paid = {_turned(one.entities): one for one in loops(loop_flows(dossier, first, last), max_length=LONGEST)}
    found: list[LoopFound] = []
    for loop in loops([flow for flow, _ in behind], max_length=LONGEST):
        if not _of_both_sides(loop):
            continue
        tier = next(tier for tier in Tier if _at_least(loop, tier) > 0)
        used = [flow for link in loop.links for flow in link.flows if (flow.tier or Tier.PAID).binds(tier)]
        sources = tuple(dict.fromkeys(cite for flow in used for cite in cites[id(flow)]))
        moved = paid.pop(_turned(loop.entities), None)
        found.append(_found(loop, tier, _at_least(loop, tier), moved, sources, dossier, language))
    years = (last.ordinal - first.ordinal + 1) / 4
    for loop in paid.values():
        if loop.bottleneck > 0 and _of_both_sides(loop):
            found.append(_found(loop, Tier.PAID, loop.bottleneck / years, loop, (), dossier, language))
    return tuple(found)


def _of_both_sides(loop: Loop) -> bool:
    """Does somebody in it fund a firm that somebody in it sells to?"""
    return {flow.kind for link in loop.links for flow in link.flows} >= {"funding", "trade"}


def _found(
    loop: Loop,
    tier: Tier,
    a_year: float,
    moved: Loop | None,
    cites: tuple[str, ...],
    dossier: Dossier,
    language: Language,
) -> LoopFound:
    entities = _turned(loop.entities)
    names = tuple(language.name(dossier.entities[name]) for name in entities)
    return LoopFound(names, entities, tier, a_year, _dates(loop), cites, moved.bottleneck if moved else 0.0)


def _turned(entities: tuple[str, ...]) -> tuple[str, ...]:
    """The same loop, told from the first of its members by id."""
    start = entities.index(min(entities))
    return entities[start:] + entities[:start]


@lru_cache(maxsize=4)  # the same in every language
def chance(dossier: Dossier) -> Chance | None:
    """How often would shuffled deals (each firm with as many payers and payees as now) make as many loops?"""
    import numpy as np

    from ouroloop.measures import null_model

    behind = legs(dossier, bargains_of(dossier))
    names = sorted({name for flow, _ in behind for name in (flow.payer, flow.payee)})
    matrix = np.zeros((len(names), len(names)))
    for flow, _ in behind:
        matrix[names.index(flow.payer), names.index(flow.payee)] += float(flow.amount)
    if np.count_nonzero(matrix) < 3:
        return None
    found = null_model(matrix, draws=DRAWS, max_length=LONGEST, keep="degrees").statistics["loops"]
    return Chance(found.p_value, DRAWS, found.mean, int(found.observed))


def _at_least(loop: Loop, tier: Tier) -> float:
    return min(link.at_least(tier) for link in loop.links)


def _dates(loop: Loop) -> Literal["yes", "no", "unknown"]:
    return "unknown" if loop.in_order is None else "yes" if loop.in_order else "no"
