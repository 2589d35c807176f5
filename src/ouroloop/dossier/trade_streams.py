"""Who paid whom for goods and services: published payments first, contracts spread over their term where none is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ouroloop.core import Interval, Tier
from ouroloop.dossier.choose import foretold, periods, pick
from ouroloop.dossier.days import Days, union
from ouroloop.dossier.models import EntityKind, Figure, Instrument
from ouroloop.dossier.refs import Refs, joined
from ouroloop.dossier.spread import Piece, Span, Spread, spread, spread_figures
from ouroloop.dossier.streams import (
    Basis,
    Disagreement,
    Gathering,
    Stream,
    outside,
    root_of,
    sponsor_of,
)

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

Pair = tuple[str, str]

_PAID, _RECEIVED, _SHARE = "paid_to_counterparty", "revenue_from_counterparty", "share_of_revenue"
SAME_WITHIN = 0.01
"""Two accounts of a payment agree when they differ by no more than this share of the larger (rounding in sources)."""


def trade_streams(dossier: Dossier, deals: Iterable[Stream], gathering: Gathering) -> None:
    """Add the trade of every pair of parties to the gathering, each dollar once.

    For one pair and one day the first of these that says anything is used: the payer's figure of what it paid, the
    payee's figure of what it received, a deal that records an actual payment, the payee's published share of revenue
    times its revenue, and last the pair's contracts, evenly over their schedules. What was not used for a day stands in
    the refs of what was ("instead of"); where two accounts of actual payments differ, that is a disagreement.
    In-kind trade is kept apart and replaces nothing.
    """
    by_pair: dict[Pair, list[list[Stream]]] = {}

    def ranks(pair: Pair) -> list[list[Stream]]:
        return by_pair.setdefault(pair, [[] for _ in range(5)])

    for stream in deals:
        if stream.side not in ("trade", "customers") or stream.in_kind is not None:
            continue
        ranks(stream.pair)[2 if stream.instrument == Instrument.PAYMENT else 4].append(stream)
    for pair, rank, streams in _published(dossier):
        ranks(pair)[rank] += _not_yet_said(streams, ranks(pair)[rank])
    for (payer, _), candidates in by_pair.items():
        _resolve(payer, candidates, gathering)
    for stream in deals:
        if stream.side in ("trade", "customers") and stream.in_kind is not None:
            gathering.add(stream)


def _published(dossier: Dossier) -> Iterable[tuple[Pair, int, list[Stream]]]:
    """The figures about one party and another, by pair of roots and by rank; a root's own figure before its arms'."""
    keys = dict.fromkeys(
        (figure.entity, figure.concept, figure.counterparty)
        for figure in dossier.figures
        if figure.counterparty is not None and figure.concept in (_PAID, _RECEIVED, _SHARE)
    )
    for entity, concept, counterparty in sorted(keys, key=lambda key: dossier.entities[key[0]].part_of is not None):
        assert counterparty is not None, f"{entity} {concept} is with nobody"
        mine, other = root_of(dossier, entity), root_of(dossier, counterparty)
        pair = (mine, other) if concept == _PAID else (other, mine)
        kinds = [dossier.entities[name].kind for name in pair]
        if mine == other or EntityKind.AGGREGATE in kinds:
            continue
        if concept == _SHARE:
            pieces, basis = _shares(dossier, entity, counterparty).pieces, "derived"
        else:
            pieces, basis = spread_figures(periods(dossier, entity, concept, counterparty)).pieces, None
        rank = {_PAID: 0, _RECEIVED: 1, _SHARE: 3}[concept]
        yield pair, rank, [made for piece in pieces if (made := _stream(dossier, pair, piece, basis)) is not None]


def _stream(dossier: Dossier, pair: Pair, piece: Piece, basis: Basis | None) -> Stream | None:
    payer, payee = (dossier.entities[name] for name in pair)
    if outside(payee):
        return None
    return Stream(
        payer=payer.id,
        payee=payee.id,
        side="customers" if outside(payer) else "trade",
        instrument=str(Instrument.PAYMENT),
        sponsor=sponsor_of(payer) if outside(payer) else None,
        tier=Tier.PAID,
        amount=Interval.exactly(piece.amount),
        point=piece.amount,
        days=piece.days,
        basis="estimated" if piece.estimated else basis or ("reported" if piece.reported else "estimated"),
        refs=piece.refs,
    )


def _shares(dossier: Dossier, entity: str, counterparty: str) -> Spread:
    """The payee's published shares of revenue, times its revenue of the same days."""
    revenue = spread_figures(periods(dossier, entity, "revenue"))
    found: dict[tuple[object, object], list[Figure]] = {}
    for figure in dossier.figures_of(entity, _SHARE):
        if figure.counterparty == counterparty and figure.start and figure.end <= dossier.date:
            found.setdefault((figure.start, figure.end), []).append(figure)
    spans: list[Span] = []
    for figures in found.values():
        choice = pick(dossier, figures)
        share = Span.of(choice.picked)
        if foretold(choice.picked) or share.days - revenue.days:
            continue
        whole = revenue.within(share.days)
        refs = joined(share.refs, revenue.refs(share.days))
        guessed = share.estimated or any(piece.estimated for piece in revenue.pieces if piece.days & share.days)
        allowed = whole * share.tolerance / 100 + 1e-9
        spans.append(Span(share.start, share.end, whole * share.value / 100, allowed, refs, guessed))
    return spread(spans)


def _not_yet_said(streams: Sequence[Stream], said: Sequence[Stream]) -> list[Stream]:
    """The parts of streams on days about which the same kind of figure has not yet spoken."""
    taken = union(stream.days for stream in said)
    return [left for stream in streams if (left := stream.without(taken)) is not None]


def _resolve(payer: str, candidates: Sequence[Sequence[Stream]], gathering: Gathering) -> None:
    """Use each day's first account; contracts of the last rank add up among themselves, as do payments."""
    used: list[Stream] = []
    for rank, streams in enumerate(candidates):
        taken = union(stream.days for stream in used)
        fresh: list[Stream] = []
        for stream in streams:
            lost = stream.days & taken
            if lost:
                used = [_replacing(winner, stream, lost) for winner in used]
                if rank < len(candidates) - 1:
                    _compare(payer, stream, lost, used, gathering)
            if (left := stream.without(taken)) is not None:
                fresh.append(left)
        used += fresh
    for stream in used:
        gathering.add(stream)


def _replacing(winner: Stream, loser: Stream, lost: Days) -> Stream:
    """The winner, with the loser's records named as replaced when they speak of the same days."""
    if not winner.days & lost:
        return winner
    return winner.citing(tuple(ref.as_replaced() for ref in loser.refs if not ref.replaced and ref not in winner.refs))


def _compare(payer: str, loser: Stream, lost: Days, used: Sequence[Stream], gathering: Gathering) -> None:
    ours, theirs = sum(stream.point_within(lost) for stream in used), loser.point_within(lost)
    if abs(ours - theirs) > SAME_WITHIN * max(ours, theirs):
        refs: Refs = joined(*(stream.refs for stream in used if stream.days & lost), loser.refs)
        gathering.disagreements.append(Disagreement("payment", payer, lost, theirs - ours, refs))


def left_of(piece: Piece, known: Iterable[Stream]) -> tuple[Interval, float]:
    """What known streams leave of a published amount on the piece's days: an interval and a point, which may be < 0."""
    inside = [stream for stream in known if stream.days & piece.days]
    low = piece.amount - sum(_finite(stream.within(piece.days)) for stream in inside)
    high = piece.amount - sum(stream.within(piece.days).low for stream in inside)
    point = piece.amount - sum(stream.point_within(piece.days) for stream in inside)
    return Interval(low, high), point


def _finite(amount: Interval) -> float:
    """The high end, or the low one where the high is open: all that was said."""
    return amount.high if amount.bounded else amount.low
