"""The dossier's flows over a range of quarters as a network that the measures take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from ouroloop.core import BadInput, Interval, Place, Problem, Quarter, Tier
from ouroloop.dossier.balances import balance_at
from ouroloop.dossier.days import Days
from ouroloop.dossier.gather import gather
from ouroloop.dossier.refs import Refs
from ouroloop.dossier.streams import BOUNDARY, UNKNOWN, Stream
from ouroloop.measures import FlowNetwork
from ouroloop.measures.loops import Flow as LoopFlow

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

End = Literal["low", "point", "high"]
Pair = tuple[str, str]


def network(
    dossier: Dossier,
    first: Quarter,
    last: Quarter,
    at_least: Tier = Tier.PAID,
    end: End = "point",
    *,
    in_kind: bool = False,
) -> FlowNetwork:
    """Whose money moved between whom from quarter `first` to `last`, with outside money kept apart per entity?

    Nodes are the loop's members and every other named party that funds or buys, arms consolidated. `at_least` adds
    promises of that tier or better to what was paid, by their schedules: what an entity may have paid under contracts
    is then taken off the revenue, costs and borrowing whose other side is not known, so published totals stay. `end`
    takes the low, the point or the high of every amount by itself (an open high counts as its low, all that was said);
    the low and high networks bound the point one edge by edge, as `measures.round_trip` asks.

    `opening` is the published cash before the range, all of it, since nobody can say which dollar was spent; cash at
    the end is inside `uses`. What does not balance is completed as `unknown` (in) or `uses` (out). In-kind flows move
    no cash and are left out unless `in_kind`. Raises BadInput `bad-order` when `last` is before `first`.
    """
    days = _days(first, last)
    gathered = gather(dossier)
    value = _VALUE[end]
    inner: dict[str, dict[Pair, float]] = {"funding": defaultdict(float), "trade": defaultdict(float)}
    sides: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    capital: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for part in _parts(gathered.streams, days, at_least, in_kind=in_kind):
        amount = value(part)
        match part.side:
            case "funding" | "trade":
                inner[part.side][part.pair] += amount
            case "capital" if part.sponsor not in (None, UNKNOWN):
                capital[str(part.sponsor)][part.payee] += amount
            case "capital":
                sides["unknown"][part.payee] += amount
            case "customers" | "unknown_revenue":
                sides[part.side][part.payee] += amount
            case _:
                sides["uses"][part.payer] += amount
    promised = list(_promised(gathered.streams, days, at_least, in_kind=in_kind))
    if promised:
        _make_room(gathered.streams, days, promised, sides, end)
    for entity, balances in gathered.cash.items():
        before = balance_at(balances, first.first_day - timedelta(days=1))
        after = balance_at(balances, last.last_day) if last.last_day <= dossier.date else None
        if before is not None:
            sides["opening"][entity] += max(0.0, before.value)
        if after is not None:
            sides["uses"][entity] += max(0.0, after.value)
    named = {name for edge in (*inner["funding"], *inner["trade"]) for name in edge}
    nodes = [
        e.id for e in dossier.entities.values() if e.id in named or (e.loop and e.part_of is None)
    ]  # fmt: skip
    inside = set(nodes)

    def known(amounts: dict[str, float]) -> dict[str, float]:
        return {name: amount for name, amount in amounts.items() if name in inside}

    return FlowNetwork.from_edges(
        nodes,
        funding=[(*edge, amount) for edge, amount in inner["funding"].items()],
        trade=[(*edge, amount) for edge, amount in inner["trade"].items()],
        customers=known(sides["customers"]),
        capital={word: some for word, amounts in sorted(capital.items()) if (some := known(amounts))},
        opening=known(sides["opening"]),
        unknown=known(sides["unknown"]),
        uses=known(sides["uses"]),
        unknown_revenue=known(sides["unknown_revenue"]),
    )


@dataclass(frozen=True, slots=True)
class Edge:
    """One stream between two named parties within a range: what the network adds up, with what it rests on.

    `amount` and `point` are USD bn over the range, `first` and `last` the days between which it moved in it.
    """

    payer: str
    payee: str
    side: Literal["funding", "trade"]
    instrument: str
    tier: Tier
    amount: Interval
    point: float
    first: date
    last: date
    in_kind: str | None
    refs: Refs

    @property
    def loop_flow(self) -> LoopFlow:
        """The same for `measures.loops`."""
        return LoopFlow(self.payer, self.payee, self.point, self.side, self.tier, self.first, self.last)


def edges(
    dossier: Dossier, first: Quarter, last: Quarter, at_least: Tier = Tier.PAID, *, in_kind: bool = False
) -> tuple[Edge, ...]:
    """What do the funding and trade of `network` rest on: every stream by itself, with tier, days and records?

    Streams whose amount nobody disclosed are there too, with point 0.
    """
    days = _days(first, last)
    return tuple(
        Edge(
            part.payer,
            part.payee,
            part.side,
            part.instrument,
            part.tier,
            part.amount,
            part.point,
            part.days.first,
            part.days.last,
            part.in_kind,
            part.refs,
        )
        for part in _parts(gather(dossier).streams, days, at_least, in_kind=in_kind)
        if part.side == "funding" or part.side == "trade"
    )


def loop_flows(
    dossier: Dossier, first: Quarter, last: Quarter, at_least: Tier = Tier.PAID, *, in_kind: bool = True
) -> tuple[LoopFlow, ...]:
    """The edges as `measures.loops` takes them: amount over the range (point), tier, first and last day.

    Flows whose amount nobody disclosed are there with amount 0: a loop through one has a bottleneck of 0, not none.
    """
    return tuple(edge.loop_flow for edge in edges(dossier, first, last, at_least, in_kind=in_kind))


def _days(first: Quarter, last: Quarter) -> Days:
    if last < first:
        raise BadInput([Problem(Place("network"), "bad-order", f"the range ends ({last}) before it begins ({first})")])
    return Days.of(first, last)


def _parts(streams: Iterable[Stream], days: Days, at_least: Tier, *, in_kind: bool) -> Iterable[Stream]:
    """What moves on these days and binds enough."""
    for stream in streams:
        if stream.side == "memorandum" or not stream.tier.binds(at_least) or (stream.in_kind and not in_kind):
            continue
        part = stream.on(days)
        if part is not None:
            yield part


def _promised(streams: Iterable[Stream], days: Days, at_least: Tier, *, in_kind: bool) -> Iterable[Stream]:
    return (part for part in _parts(streams, days, at_least, in_kind=in_kind) if part.tier is not Tier.PAID)


def _make_room(
    streams: Iterable[Stream], days: Days, promised: list[Stream], sides: dict[str, dict[str, float]], end: End
) -> None:
    """Take promises off the part of published totals whose other side is not known, on the days of those totals.

    Each end takes off the most or the least, so that low <= point <= high stays true of every amount.
    """
    value = _VALUE["high" if end == "low" else "low" if end == "high" else "point"]
    for rest in streams:
        rest_here = rest.on(days)
        if rest_here is None or not any(BOUNDARY in name for name in rest.pair):
            continue
        target, whose, sides_taken = _ROOM.get((rest.side, rest.sponsor == UNKNOWN), (None, "", ()))
        if target is None:
            continue
        entity = getattr(rest, whose)
        taken = sum(
            value(part) * part.days.share(rest_here.days)
            for part in promised
            if getattr(part, whose) == entity
            and part.side in sides_taken
            and (rest.side != "uses" or _same_spending(part, rest))
        )
        sides[target][entity] = max(0.0, sides[target][entity] - min(taken, _VALUE[end](rest_here)))


_ROOM: dict[tuple[str, bool], tuple[str, str, tuple[str, ...]]] = {
    ("customers", False): ("customers", "payee", ("trade",)),
    ("unknown_revenue", True): ("unknown_revenue", "payee", ("trade",)),
    ("capital", True): ("unknown", "payee", ("funding", "capital")),
    ("uses", False): ("uses", "payer", ("trade",)),
}


def _same_spending(part: Stream, rest: Stream) -> bool:
    return rest.instrument == ("capex" if part.booked == "asset" else "costs")


_VALUE: dict[End, Callable[[Stream], float]] = {
    "low": lambda stream: stream.amount.low,
    "point": lambda stream: stream.point,
    "high": lambda stream: stream.amount.high if stream.amount.bounded else stream.point,
}


def last_full_quarter(dossier: Dossier) -> Quarter:
    """The last calendar quarter that had ended on the dossier's date."""
    quarter = Quarter.of(dossier.date)
    return quarter if dossier.date >= quarter.last_day else quarter + -1
