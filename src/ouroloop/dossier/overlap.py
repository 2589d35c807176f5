"""Count shared money once: totals lose their known parts, and of several accounts of one deal one is picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from ouroloop.core import ZERO, Interval, Tier
from ouroloop.dossier.models import Deal

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier
    from ouroloop.dossier.standing import Standing


def resolve(dossier: Dossier, standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """The same standings with every overlap group counted once.

    - A `part` keeps its amount. The `total` keeps what its known parts leave,
      `[max(0, total.low - parts.high), max(0, total.high - parts.low)]`, as money of the total's own payer. A part
      without a disclosed amount may be anything, so it takes the remainder's low end to 0. A total of several tranches
      gives up the part's money where it binds as much, then where it binds less, then where it binds more.
    - Of `alternative`s one is picked: one that states an amount before one that does not, then the nearest source
      class, the more binding tier, the surer grade, the later known; the others are dropped and say so. In a group with
      a total the picked one counts as a part.
    - Of several totals one is picked by the same rule.
    - A total or part that is void or not yet known plays no role: a part whose total is not known stands alone.

    No amount ever grows, so no sum does.
    """
    groups: dict[str, list[int]] = {}
    for number, standing in enumerate(standings):
        if standing.counts and standing.deal.overlap is not None:
            groups.setdefault(standing.deal.overlap.group, []).append(number)
    resolved = list(standings)
    for group, members in groups.items():
        _resolve_group(dossier, group, resolved, members)
    return tuple(resolved)


def _resolve_group(dossier: Dossier, group: str, resolved: list[Standing], members: Sequence[int]) -> None:
    by_role: dict[str, list[int]] = {"total": [], "part": [], "alternative": []}
    for number in members:
        overlap = resolved[number].deal.overlap
        assert overlap is not None, f"{resolved[number].deal.id} is in no overlap group"
        by_role[overlap.role].append(number)
    kept = {role: _pick_one(dossier, group, resolved, by_role[role]) for role in ("total", "alternative")}
    if kept["total"]:
        parts = [*by_role["part"], *kept["alternative"]]
        _reduce(group, resolved, kept["total"], parts)


def _pick_one(dossier: Dossier, group: str, resolved: list[Standing], numbers: Sequence[int]) -> list[int]:
    """Keep the tranches of one deal, drop those of the others; the kept ones."""
    deals = {resolved[number].deal.id: resolved[number].deal for number in numbers}
    if len(deals) < 2:
        return list(numbers)

    def rank(deal: Deal) -> tuple[bool, int, int, int, int, str]:
        mine = [resolved[n] for n in numbers if resolved[n].deal.id == deal.id]
        silent = all(standing.amount is None for standing in mine)
        tier = min(standing.tier.rank for standing in mine)
        return (silent, source_rank(dossier, deal), tier, deal.confidence.rank, -deal.known.last.toordinal(), deal.id)

    order = sorted(deals.values(), key=rank)
    best = order[0]
    reasons = (
        "an amount",
        "a nearer source",
        "a more binding tier",
        "a surer grade",
        "become known later",
        "the first id, all else being equal",
    )
    for number in numbers:
        deal = resolved[number].deal
        if deal.id != best.id:
            decided = next(why for a, b, why in zip(rank(best), rank(deal), reasons, strict=True) if a != b)
            why = f"another account of {best.id} ({group}), which has {decided}"
            resolved[number] = replace(resolved[number], amount=ZERO, dropped_because=why)
    return [number for number in numbers if resolved[number].deal.id == best.id]


def source_rank(dossier: Dossier, deal: Deal) -> int:
    """How near is the nearest source of the deal? 0 for a primary one (`SourceClass.rank`)."""
    return min(dossier.source(cite).source_class.rank for cite in deal.sources)


def _reduce(group: str, resolved: list[Standing], totals: Sequence[int], parts: Sequence[int]) -> None:
    """Take the parts out of the total, each end by itself."""
    if not parts:
        return
    spans = {n: amount for n in totals if (amount := resolved[n].amount) is not None}
    low, high = {n: span.low for n, span in spans.items()}, {n: span.high for n, span in spans.items()}
    for number in sorted(parts, key=lambda n: resolved[n].tier.rank):
        amount = resolved[number].amount or Interval(0.0, inf)
        order = sorted(spans, key=lambda n: _distance(resolved[n].tier, resolved[number].tier))
        _take(low, order, amount.high)
        _take(high, order, amount.low)
    inside = ", ".join(dict.fromkeys(resolved[n].deal.id for n in parts))
    for number in totals:
        left = Interval(low[number], high[number]) if number in spans else None
        why = f"counted for what {inside} leave of it ({group})"
        resolved[number] = replace(resolved[number], amount=left, reduced_because=why)


def _take(pot: dict[int, float], order: Sequence[int], amount: float) -> None:
    """Take an amount out of pots in order, as far as they go."""
    for number in order:
        taken = min(pot[number], amount)
        if taken == inf:  # an open end stays open, and may have held all of it
            return
        pot[number] -= taken
        amount -= taken


def _distance(total: Tier, part: Tier) -> tuple[bool, int]:
    """Sooner from a tranche that binds as much as the part, then less, then more: what is open is not what was paid."""
    return (total.rank < part.rank, abs(total.rank - part.rank))
