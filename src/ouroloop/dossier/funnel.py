"""From headline to cash: what announced deals came to, by their own status paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ouroloop.core import BadInput, Interval, PartialDate, Place, Problem, Tier, nearest, total
from ouroloop.dossier.models import Basket, Deal, Instrument, Status
from ouroloop.dossier.standing import Standing, standings

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step on the way from headline to cash: which deal (and tranche) became what, when, and since when known."""

    deal: str
    tranche: str | None
    status: Status
    effective: PartialDate | None
    known: PartialDate
    why: str | None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One headline and what became of it (USD bn).

    `headline` is the high end that the deal stated (the low one where it was open), whatever became of it. `firm` adds
    the low ends of the paid and firm tranches of the deal and of all that amend it, `paid` those of paid ones.
    `living` are the deals that these amounts stand in; `undisclosed` counts their tranches without an amount.
    """

    deal: Deal
    headline: float
    firm: float
    paid: float
    living: tuple[Deal, ...]
    undisclosed: int
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """The rows of a basket of deals, as known on `date`."""

    basket: Basket
    date: date
    rows: tuple[FunnelRow, ...]

    @property
    def headline(self) -> float:
        return sum(row.headline for row in self.rows)

    @property
    def firm(self) -> float:
        return sum(row.firm for row in self.rows)

    @property
    def paid(self) -> float:
        return sum(row.paid for row in self.rows)


def funnel(dossier: Dossier, basket: str | Basket) -> Funnel:
    """How much of a basket of headlines was firm, and how much was paid, on the dossier's date?

    Follows every deal of the basket to the deals that amend it, and those that amend them, each counted once however
    many chains lead to it. Overlaps are resolved before (`standings`). A guarantee counts with its cap once signed: it
    obliges, though it moves no cash. Raises BadInput `unknown-basket` with the nearest name.
    """
    if isinstance(basket, str):
        baskets = {one.id: one for one in dossier.header.baskets}
        if basket not in baskets:
            hint = nearest(basket, list(baskets))
            message = f"'{basket}' is no basket of '{dossier.header.id}' known on {dossier.date}"
            raise BadInput([Problem(Place("funnel"), "unknown-basket", message, hint)])
        basket = baskets[basket]
    by_deal: dict[str, list[Standing]] = {}
    for standing in standings(dossier):
        by_deal.setdefault(standing.deal.id, []).append(standing)
    rows: list[FunnelRow] = []
    counted: set[str] = set()
    for name in basket.deals:
        if name in dossier.deals:
            chain = _chain(dossier, dossier.deals[name], set(basket.deals))
            rows.append(_row(chain, by_deal, counted))
    return Funnel(basket, dossier.date, tuple(rows))


def _chain(dossier: Dossier, deal: Deal, listed: set[str]) -> tuple[Deal, ...]:
    """The deal and all that amend it, near ones first; another listed headline starts a chain of its own."""
    chain = [deal]
    for one in chain:
        later = (d for d in dossier.deals.values() if d.amends == one.id and d.id not in listed)
        chain += [d for d in later if d not in chain]
    return tuple(chain)


def _row(chain: Sequence[Deal], by_deal: dict[str, list[Standing]], counted: set[str]) -> FunnelRow:
    first = chain[0]
    headline = sum(_headline(standing) for standing in by_deal.get(first.id, ()))
    fresh = [deal for deal in chain if deal.id not in counted]
    counted |= {deal.id for deal in fresh}
    alive = [s for deal in fresh for s in by_deal.get(deal.id, ()) if s.counts and s.tier.binds(Tier.FIRM)]

    def lows(*tiers: Tier) -> float:
        return sum(s.amount.low for s in alive if s.tier in tiers and s.amount is not None)

    return FunnelRow(
        deal=first,
        headline=headline,
        firm=lows(Tier.PAID, Tier.FIRM),
        paid=lows(Tier.PAID),
        living=tuple({s.deal.id: s.deal for s in alive}.values()),
        undisclosed=sum(s.amount is None for s in alive),
        steps=tuple(sorted(_steps(chain), key=lambda step: (step.known.last, step.known.first))),
    )


def _headline(standing: Standing) -> float:
    stated = standing.stated
    if stated is None:
        return 0.0
    return stated.high if stated.bounded else stated.low


def _steps(chain: Sequence[Deal]) -> Iterator[FunnelStep]:
    for deal in chain:
        for tranche, steps in ((None, deal.status), *((t.id, t.status) for t in deal.tranches)):
            for step in steps:
                yield FunnelStep(deal.id, tranche, step.status, step.effective, step.known, step.why)


@dataclass(frozen=True, slots=True)
class TierTotal:
    """What stands at one tier, overlaps resolved (USD bn).

    `money` adds funding, trade and acquisitions in cash; `contingent` guarantees and warrants, which move something in
    a bad (or very good) state only; `other` what moves in kind, and bargains that move no money. The three are never
    added to each other. `undisclosed` counts the tranches, of all `tranches`, that state no amount.
    """

    tier: Tier
    money: Interval
    contingent: Interval
    other: Interval
    tranches: int
    undisclosed: int


def tier_totals(dossier: Dossier) -> tuple[TierTotal, ...]:
    """How much stands at each tier over all deals known on the dossier's date? Most binding first, no void."""
    counted = [standing for standing in standings(dossier) if standing.counts]
    return tuple(_tier_total(tier, [s for s in counted if s.tier is tier]) for tier in Tier if tier is not Tier.VOID)


def _tier_total(tier: Tier, some: Sequence[Standing]) -> TierTotal:
    amounts: dict[str, list[Interval]] = {"money": [], "contingent": [], "other": []}
    for standing in some:
        if standing.amount is not None:
            amounts[_moves(standing.deal)].append(standing.amount)
    sums = {what: total(added) for what, added in amounts.items()}
    return TierTotal(tier, **sums, tranches=len(some), undisclosed=sum(s.amount is None for s in some))


def _moves(deal: Deal) -> str:
    if deal.instrument.side == "contingent":
        return "contingent"
    moves_money = deal.instrument.side in ("funding", "trade") or deal.instrument is Instrument.ACQUISITION
    return "money" if moves_money and deal.in_kind is None else "other"
