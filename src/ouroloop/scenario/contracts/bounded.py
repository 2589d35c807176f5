"""Close what a source left open, so that every amount has two ends and a point, overlaps counted once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ouroloop.core import Interval, Tier
from ouroloop.dossier.models import Deal, Tranche
from ouroloop.dossier.standing import Standing, standings

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Sum:
    """One tranche with finite ends and a point in USD bn; `amount` is None where nothing was disclosed.

    `standing` is the tranche as the dossier's own rules count it; `inside` names the total that holds the money of a
    part whose own amount nobody disclosed.
    """

    standing: Standing
    amount: Interval | None
    point: float
    inside: str | None
    bound_by: str | None
    """The firm total that this less firm part is inside of: the group adds up to it whatever becomes of the part."""


def sums(dossier: Dossier, above: float) -> tuple[Sum, ...]:
    """Every known tranche with finite ends, in the order of `standings`.

    - "At least 100" reaches to 100 (1 + `above`); its point is 100, all that was said.
    - A part without an amount stays inside its total: it takes nothing out of it, and is not counted by itself.
    - The point of a total is what the points of its parts leave, so that the group adds up to the total's point. Of an
      amount from 0 ("up to 35") the headline is inside the total.
    """
    plain = standings(dossier)
    live = [s for s in plain if s.counts and s.stated is not None and s.deal.overlap is not None]
    totals = {s.deal.overlap.group: s.deal.id for s in live if s.deal.overlap and s.deal.overlap.role == "total"}
    binding = {s.deal.overlap.group: s.deal.id for s in live if s.deal.overlap and _firm_total(s)}

    def close(deal: Deal, tranche: Tranche) -> tuple[float, float] | None:
        if tranche.low is None:
            return (0.0, 0.0) if _inside(deal, totals) else None
        return (tranche.low, tranche.low * (1 + above) if tranche.high is None else tranche.high)

    def point(deal: Deal, tranche: Tranche) -> tuple[float, float] | None:
        ends = close(deal, tranche)
        if ends is None:
            return None
        low, high = ends
        middle = low if tranche.high is None else high if low == 0 else (low + high) / 2
        return (middle, middle)

    bounded, pointed = standings(_with(dossier, close)), standings(_with(dossier, point))
    made: list[Sum] = []
    for standing, ends, middle in zip(plain, bounded, pointed, strict=True):
        inside = _inside(standing.deal, totals) if standing.stated is None else None
        amount = None if inside else ends.amount
        at = middle.amount.middle if middle.amount is not None else 0.0
        at = min(max(at, amount.low), amount.high) if amount else 0.0
        made.append(Sum(standing, amount, at, inside, _bound_by(standing, binding)))
    return tuple(made)


def _firm_total(standing: Standing) -> bool:
    return standing.tier is Tier.FIRM and standing.deal.overlap is not None and standing.deal.overlap.role == "total"


def _bound_by(standing: Standing, binding: dict[str, str]) -> str | None:
    """The firm total that a less firm part is inside of."""
    overlap = standing.deal.overlap
    if overlap is None or overlap.role == "total" or not standing.counts or standing.tier.binds(Tier.FIRM):
        return None
    return binding.get(overlap.group)


def _inside(deal: Deal, totals: dict[str, str]) -> str | None:
    """The total that holds this deal as a part, None when there is none with an amount."""
    return totals.get(deal.overlap.group) if deal.overlap is not None and deal.overlap.role == "part" else None


def _with(dossier: Dossier, ends: Callable[[Deal, Tranche], tuple[float, float] | None]) -> Dossier:
    """The same dossier with other amounts."""
    deals = {deal.id: deal.model_copy(update={"tranches": tuple(_at(ends, deal, t) for t in deal.tranches)})
             for deal in dossier.deals.values()}  # fmt: skip
    return replace(dossier, deals=MappingProxyType(deals))


def _at(ends: Callable[[Deal, Tranche], tuple[float, float] | None], deal: Deal, tranche: Tranche) -> Tranche:
    amount = ends(deal, tranche)
    return tranche if amount is None else tranche.model_copy(update={"low": amount[0], "high": amount[1]})
