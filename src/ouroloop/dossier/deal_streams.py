"""From deals to money over time: what was paid, and what is promised and when."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Literal

from ouroloop.core import ZERO, Interval, Tier
from ouroloop.dossier.days import Days
from ouroloop.dossier.models import Entity, EntityKind, Instrument, Status
from ouroloop.dossier.refs import Ref
from ouroloop.dossier.standing import Standing, known_steps, standings
from ouroloop.dossier.streams import Side, Stream, outside, root_of, sponsor_of

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

DEBT = frozenset(
    map(str, (Instrument.BOND, Instrument.LOAN, Instrument.VENDOR_LOAN, Instrument.CONVERTIBLE)),
)
"""Instruments that have to be paid back in money."""

Timing = Literal["reported", "estimated"]


def deal_streams(dossier: Dossier) -> tuple[Stream, ...]:
    """Every standing tranche as streams, overlaps resolved, arms consolidated, void and internal ones left out.

    - Funded: paid, over its schedule or else over the dates of the funding step, up to the dossier's date; what its
      schedule puts later is still firm.
    - Anything else with a schedule keeps its tier over the schedule. Without a schedule nobody said when: no stream
      (the tranche still counts in standings, funnel and totals).
    - Guarantees and warrants move no cash: they are memorandum, once, on the day they became known. Amendments and
      `other` move nothing.
    - An acquisition is a use of the buyer's money: it goes to the sellers, outside.

    Not disclosed amounts stay, as [0, inf] of basis `unknown` and point 0.
    """
    return tuple(stream for standing in standings(dossier) if standing.counts for stream in _streams(dossier, standing))


def _streams(dossier: Dossier, standing: Standing) -> Iterator[Stream]:
    deal = standing.deal
    payer, payee = root_of(dossier, deal.payer), root_of(dossier, deal.payee)
    ends = _ends(dossier.entities[payer], dossier.entities[payee], deal.instrument)
    scheduled = _scheduled(dossier, standing)
    if payer == payee or ends is None or scheduled is None or standing.amount == ZERO:
        return
    days, timing = scheduled
    amount = standing.amount or Interval(0.0, inf)
    whole = Stream(
        payer=payer,
        payee=payee,
        side=ends[0],
        instrument=str(deal.instrument),
        sponsor=ends[1],
        tier=standing.tier,
        amount=amount,
        point=amount.middle,
        days=days,
        basis="unknown" if standing.amount is None else timing,
        refs=(Ref.of_deal(deal, standing.tranche),),
        in_kind=deal.in_kind,
        booked=deal.payer_books or ("asset" if deal.instrument is Instrument.CAPEX else "expense"),
    )
    moves = ends[0] != "memorandum" and standing.tier is Tier.PAID
    parts = {Tier.PAID: days.until(dossier.date)} if moves else {standing.tier: days}
    if moves:
        parts[Tier.FIRM] = days - parts[Tier.PAID]
    for tier, when in parts.items():
        part = whole.on(when)
        if part is not None:
            yield part.at_tier(tier)


def _ends(payer: Entity, payee: Entity, instrument: Instrument) -> tuple[Side, str | None] | None:
    """What the money is to its two ends, and whose it is; None where it stays outside or nothing moves."""
    if EntityKind.AGGREGATE in (payer.kind, payee.kind) or (outside(payer) and outside(payee)):
        return None
    kind = instrument.side
    if kind == "contingent":
        return "memorandum", None
    if kind == "none":
        return ("uses", None) if instrument is Instrument.ACQUISITION and not outside(payer) else None
    if outside(payer):
        return ("customers" if kind == "trade" else "capital"), sponsor_of(payer)
    if outside(payee):
        return "uses", None
    return ("funding", f"member:{payer.id}") if kind == "funding" else ("trade", None)


def _scheduled(dossier: Dossier, standing: Standing) -> tuple[Days, Timing] | None:
    """The days over which the tranche's money moves, and how that is known; None where nobody said when."""
    if standing.deal.instrument.side == "contingent":  # a promise that moves no cash stands from the day it is known
        known = standing.deal.known.last
        return Days.between(known, known), "reported"
    schedule = standing.tranche.schedule
    if schedule is not None:
        return Days.between(schedule.first, schedule.last), (
            "reported" if schedule.basis == "reported" else "estimated"
        )
    steps = known_steps(standing.deal, standing.tranche, dossier.date)
    funded = next((step for step in reversed(steps) if step.status is Status.FUNDED), None)
    if funded is not None:
        when = funded.effective or funded.known
        return Days.between(when.first, when.last), ("reported" if funded.effective else "estimated")
    return None
