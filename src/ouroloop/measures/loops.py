"""The loops themselves: who pays whom in a ring, how much the tightest link lets through, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from ouroloop.core import BadInput, Problem, Tier, nearest
from ouroloop.measures.edges import FlowEdges
from ouroloop.measures.network import PLACE, FlowNetwork

When = int | date


@dataclass(frozen=True)
class Flow:
    """One flow from payer to payee. `kind` is free ("funding", "trade"); `tier` how binding it is; `first` and `last`
    the days between which it may have moved (one day: give both)."""

    payer: str
    payee: str
    amount: float | int
    kind: str = ""
    tier: Tier | None = None
    first: When | None = None
    last: When | None = None


@dataclass(frozen=True)
class Link:
    """All flows from one entity of a loop to the next."""

    payer: str
    payee: str
    amount: float
    flows: tuple[Flow, ...]

    def at_least(self, tier: Tier) -> float:
        """What of it binds at least so much; flows without a tier count as paid."""
        return sum((float(f.amount) for f in self.flows if (f.tier or Tier.PAID).binds(tier)), 0.0)


@dataclass(frozen=True)
class Loop:
    """A simple cycle of payments, beginning with the entity asked about, or else with the first by name.

    `bottleneck` is the smallest link: no more than that can have gone all the way round. `by_tier[t]` is the
    bottleneck of what binds at least as much as t. `in_order` says whether the links' dates allow money to run round
    once, from some link on (None when a link has no dates), and `begins` is then the number of that link.
    """

    entities: tuple[str, ...]
    links: tuple[Link, ...]
    bottleneck: float
    by_tier: Mapping[Tier, float]
    in_order: bool | None
    begins: int | None

    def __len__(self) -> int:
        return len(self.links)


def loops(
    flows: FlowNetwork | Iterable[Flow],
    through: str | None = None,
    max_length: int = 6,
    *,
    most: int = 200_000,
) -> tuple[Loop, ...]:
    """Which loops of payments are there, and how much can have gone round each?

    Every simple cycle of at most `max_length` links, through one entity when asked, largest bottleneck first (then
    shorter, then by name). Parallel flows of one pair form one link. An entity that pays itself makes no loop. Raises
    BadInput for an unknown entity, a negative amount, or more than `most` loops.

    A loop is evidence that money could go round, not that it did: bottlenecks of loops that share a link must not be
    added up (`circulation` counts each dollar once), and `null_model` says how many loops chance would make.

    Example: A funds B 10, B pays C 8, C pays A 9: one loop with bottleneck 8.
    """
    from ouroloop.measures.simple_cycles import cycle_counts, cycle_edges

    links = _links(flows)
    names = sorted({name for pair in links for name in pair})
    if isinstance(flows, FlowNetwork) and through is not None:
        flows.index(through)
    elif through is not None and through not in names:
        hint = nearest(through, names)
        raise BadInput([Problem(PLACE, "unknown-entity", f"'{through}' is not in these flows", hint)])
    if through is not None:
        names = [through, *(name for name in names if name != through)]
    at = {name: i for i, name in enumerate(names)}
    ordered = sorted(links, key=lambda pair: (at[pair[0]], at[pair[1]]))
    edges = FlowEdges(
        len(names),
        np.array([at[payer] for payer, _ in ordered], np.int64),
        np.array([at[payee] for _, payee in ordered], np.int64),
        np.array([links[pair].amount for pair in ordered], np.float64),
    )
    first = None if through is None else 1
    if cycle_counts(edges, max_length, most, first).sum() > most:
        hint = "ask through one entity, for shorter loops, or raise `most`"
        raise BadInput([Problem(PLACE, "too-many-loops", f"there are more than {most} loops", hint)])
    flat, offset = cycle_edges(edges, max_length, first)
    found = [_loop([links[ordered[e]] for e in flat[begin:end]]) for begin, end in pairwise(offset)]
    return tuple(sorted(found, key=lambda loop: (-loop.bottleneck, len(loop), loop.entities)))


def _links(flows: FlowNetwork | Iterable[Flow]) -> dict[tuple[str, str], Link]:
    if isinstance(flows, FlowNetwork):
        net = flows
        listed = [
            Flow(net.nodes[i], net.nodes[j], float(matrix[i, j]), kind)
            for kind, matrix in (("funding", net.funding), ("trade", net.trade))
            for i, j in zip(*np.nonzero(matrix), strict=True)
        ]
    else:
        listed = list(flows)
    bad = [f for f in listed if not (np.isfinite(f.amount) and f.amount >= 0)]
    if bad:
        raise BadInput(
            Problem(PLACE, "negative-flow", f"'{f.payer}' pays '{f.payee}' {f.amount}; flows are finite and >= 0")
            for f in bad
        )
    groups: dict[tuple[str, str], list[Flow]] = {}
    for flow in listed:
        if flow.amount > 0 and flow.payer != flow.payee:
            groups.setdefault((flow.payer, flow.payee), []).append(flow)
    return {
        pair: Link(*pair, float(sum(flow.amount for flow in group)), tuple(group)) for pair, group in groups.items()
    }


def _loop(links: list[Link]) -> Loop:
    tiers = sorted({flow.tier for link in links for flow in link.flows if flow.tier}, key=lambda tier: tier.rank)
    in_order, begins = _order(links)
    return Loop(
        entities=tuple(link.payer for link in links),
        links=tuple(links),
        bottleneck=min(link.amount for link in links),
        by_tier={tier: min(link.at_least(tier) for link in links) for tier in tiers},
        in_order=in_order,
        begins=begins,
    )


def _order(links: Sequence[Link]) -> tuple[bool | None, int | None]:
    """Can money run round once in time, and from which link? Always take the earliest date that is not too early."""
    dated = [[_days(flow) for flow in link.flows if flow.first is not None] for link in links]
    if not all(dated):
        return None, None
    for begin in range(len(links)):
        now: float | None = min(first for first, _ in dated[begin])
        for step in range(1, len(links)):
            reachable = [max(now, first) for first, last in dated[(begin + step) % len(links)] if last >= now]
            if not reachable:
                now = None
                break
            now = min(reachable)
        if now is not None:
            return True, begin
    return False, None


def _days(flow: Flow) -> tuple[float, float]:
    """The first and last day of a flow, as numbers."""
    first = flow.first if flow.first is not None else 0
    last = first if flow.last is None else flow.last
    days = [float(day.toordinal() if isinstance(day, date) else day) for day in (first, last)]
    return days[0], days[1]
