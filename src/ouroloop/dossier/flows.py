"""Who paid whom in each quarter, at which tier, within which bounds, and on which records that rests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ouroloop.core import Interval, Quarter, Tier, quarters_between
from ouroloop.dossier.balances import Balance, balance_at
from ouroloop.dossier.days import Days
from ouroloop.dossier.gather import Gathered, gather
from ouroloop.dossier.refs import Refs
from ouroloop.dossier.streams import OPENING_CASH, UNKNOWN, Basis, Disagreement, Side, Stream, boundary

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Flow:
    """Money, or something in kind, that moves from `payer` to `payee` in one quarter, in USD bn.

    `side` says what it is to them (see `streams.Side`). Named parties are entity ids; a boundary node is `word@entity`
    (`outside_customers@openai`), one per entity. `sponsor` is the word that the money carries on arrival, None for
    trade and uses, which carry the payer's mix. `amount.high` may be infinite ("at least"); `point` is finite.
    `in_kind` names what moves instead of cash. `refs` are the records behind it, those not used marked as replaced.
    """

    payer: str
    payee: str
    quarter: Quarter
    side: Side
    instrument: str
    sponsor: str | None
    tier: Tier
    amount: Interval
    point: float
    in_kind: str | None
    basis: Basis
    refs: Refs


_CASHLESS: tuple[Side, ...] = ("memorandum",)


def flows(dossier: Dossier, first: Quarter, last: Quarter) -> tuple[Flow, ...]:
    """Every flow of the quarters `first` to `last` known on the dossier's date, in order of quarter, side and parties.

    Deals give flows by their tier and schedule, figures give paid ones; see `deal_streams`, `trade_streams` and
    `own_streams` for the rules. Cash held before and after a quarter comes from published balances. What then does not
    balance is said: for every entity that moved paid cash in a quarter,

        inflow + opening + unknown_in = outflow + closing + unknown_out

    holds for the points of its paid cash flows. Where cash is not published, opening and closing are absent and the
    unknown is the whole difference.
    """
    gathered = gather(dossier)
    found: list[Flow] = []
    for quarter in quarters_between(first, last):
        days = Days.of(quarter)
        parts = [part for stream in gathered.streams if (part := stream.on(days)) is not None]
        moved = [_flow(part, quarter) for part in parts]
        found += sorted(
            [*moved, *_balancing(dossier, gathered, quarter, moved)], key=lambda f: (f.side, f.payer, f.payee)
        )
    return tuple(found)


def disagreements(dossier: Dossier, first: Quarter, last: Quarter) -> tuple[Disagreement, ...]:
    """Statements about the same money, in these quarters, that do not fit each other; the largest first."""
    days = Days.of(first, last)
    some = [one for one in gather(dossier).disagreements if one.days & days]
    return tuple(sorted(some, key=lambda one: -abs(one.usd_bn)))


def _flow(part: Stream, quarter: Quarter) -> Flow:
    return Flow(
        part.payer,
        part.payee,
        quarter,
        part.side,
        part.instrument,
        part.sponsor,
        part.tier,
        part.amount,
        part.point,
        part.in_kind,
        part.basis,
        part.refs,
    )


def _balancing(dossier: Dossier, gathered: Gathered, quarter: Quarter, moved: list[Flow]) -> Iterator[Flow]:
    """Cash before and after, and the unknown, of each entity that moved paid cash."""
    cash = [f for f in moved if f.tier is Tier.PAID and f.in_kind is None and f.side not in _CASHLESS]
    for entity in dossier.entities:
        came = sum(f.point for f in cash if f.payee == entity)
        went = sum(f.point for f in cash if f.payer == entity)
        if not came and not went:
            continue
        balances = gathered.cash.get(entity, ())
        before = balance_at(balances, quarter.first_day - timedelta(days=1))
        after = balance_at(balances, quarter.last_day) if quarter.last_day <= dossier.date else None
        if before is not None:
            yield _held(entity, quarter, before, opening=True)
        if after is not None:
            yield _held(entity, quarter, after, opening=False)
        gap = came + (before.value if before else 0.0) - went - (after.value if after else 0.0)
        if gap:
            yield _unknown(entity, quarter, gap)


def _held(entity: str, quarter: Quarter, balance: Balance, *, opening: bool) -> Flow:
    ends = (boundary(OPENING_CASH, entity), entity) if opening else (entity, boundary("closing_cash", entity))
    side: Side = "opening" if opening else "closing"
    amount = Interval(balance.value - balance.tolerance, balance.value + balance.tolerance)
    sponsor = OPENING_CASH if opening else None
    basis: Basis = balance.basis
    return Flow(*ends, quarter, side, "cash", sponsor, Tier.PAID, amount, balance.value, None, basis, balance.refs)


def _unknown(entity: str, quarter: Quarter, gap: float) -> Flow:
    """Positive: money that went nobody knows where. Negative: money that came nobody knows whence."""
    side: Side = "unknown_out" if gap > 0 else "unknown_in"
    node = boundary(UNKNOWN, entity)
    ends = (entity, node) if gap > 0 else (node, entity)
    sponsor = None if gap > 0 else UNKNOWN
    amount = Interval.exactly(abs(gap))
    return Flow(*ends, quarter, side, "unknown", sponsor, Tier.PAID, amount, abs(gap), None, "unknown", ())
