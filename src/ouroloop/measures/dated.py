"""Round trips over several periods: money waits at entities, and nobody pays with what comes later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ouroloop.core import BadInput, Problem
from ouroloop.measures.max_flow import Pipes
from ouroloop.measures.network import PLACE, FlowNetwork
from ouroloop.measures.round_trip import RoundTrip


@dataclass(frozen=True, eq=False)
class _Carried:
    """`cash[t, j]`: how much of the opening cash of period t was left over by earlier periods; `fresh` the rest."""

    cash: np.ndarray
    fresh: np.ndarray


def _carried(networks: Sequence[FlowNetwork]) -> _Carried:
    nodes = networks[0].nodes if networks else ()
    if not networks or any(network.nodes != nodes for network in networks):
        raise BadInput(
            [Problem(PLACE, "wrong-shape", "periods need the same entities in the same order, at least one")]
        )
    held = np.zeros(len(nodes))
    cash, fresh = np.zeros((len(networks), len(nodes))), np.zeros((len(networks), len(nodes)))
    for t, network in enumerate(networks):
        cash[t] = np.minimum(network.opening, held)
        fresh[t] = network.opening - cash[t]
        held = held - cash[t] + network.uses
    return _Carried(cash, fresh)


def merged(networks: Sequence[FlowNetwork]) -> FlowNetwork:
    """What did the periods add up to? One network of the whole time, with cash carried between them taken out.

    Flows add up. Opening cash of a period that earlier periods had left over is no new money, and the uses that it
    was kept from are no uses: both sides drop it.
    """
    carried = _carried(networks)
    classes = dict.fromkeys(name for network in networks for name in network.capital)
    zero = np.zeros(networks[0].n)
    return FlowNetwork(
        nodes=networks[0].nodes,
        funding=np.sum([network.funding for network in networks], axis=0),
        trade=np.sum([network.trade for network in networks], axis=0),
        customers=np.sum([network.customers for network in networks], axis=0),
        capital={name: np.sum([net.capital.get(name, zero) for net in networks], axis=0) for name in classes},
        opening=carried.fresh.sum(axis=0),
        unknown=np.sum([network.unknown for network in networks], axis=0),
        uses=_left(networks, carried),
        unknown_revenue=np.sum([network.unknown_revenue for network in networks], axis=0),
    )


def _left(networks: Sequence[FlowNetwork], carried: _Carried) -> np.ndarray:
    """What left each entity for good: all uses less what was carried on. Rounding never makes it negative."""
    return np.maximum(np.sum([network.uses for network in networks], axis=0) - carried.cash.sum(axis=0), 0.0)


def round_trip_dated(networks: Sequence[FlowNetwork], entity: str) -> RoundTrip:
    """How much of the entity's revenue is its own funding come back, when money can only move forward in time?

    `networks` are consecutive periods (quarters, or single dates from `flows_by_date`) over the same entities. Inside
    a period payments may follow each other in any order. Between periods cash waits: what an entity holds of earlier
    uses may come back as its opening cash of a later period, up to that opening cash, and everything that it did not
    carry on has left for good.

    In the network expanded over time, with a joint for each entity and period and one for its holdings: `ceiling` is
    the max flow from the entity's funding to its revenue, `floor` what funding cannot leave, as in `round_trip`.
    Forgetting the dates maps every dated flow to a flow of `merged(networks)` under the same limits, hence

        floor(merged) <= floor <= FIFO, LIFO, haircut by date <= ceiling <= ceiling(merged).

    `point` mixes pro rata within each period; opening cash comes from the most recent holdings. `first_return` is by
    recipient over all its funding. Raises BadInput as `round_trip` does, and for periods over different entities.

    Example: A funds B 100 in the second quarter, and B paid A 100 in the first: nothing of it came back (0, 0, 0),
    though the year's sums alone allow 100.
    """
    carried = _carried(networks)
    x = networks[0].index(entity)
    n = networks[0].n
    others = [i for i in range(n) if i != x]
    left = _left(networks, carried)
    ways_out, back = Pipes(), Pipes()
    for t, network in enumerate(networks):
        for pipes in (ways_out, back):
            for d in others:
                pipes.add(Pipes.SOURCE, (t, d), float(network.funding[x, d]))
            pipes.matrix(network.inside, without=x, stage=t)
            for i in others:
                pipes.add((t, i), ("held", t, i), float(network.uses[i]))
                if t > 0:
                    pipes.add(("held", t - 1, i), ("held", t, i))
                    pipes.add(("held", t - 1, i), (t, i), float(carried.cash[t, i]))
        for i in others:
            ways_out.add((t, i), Pipes.SINK, float(network.funding[i, x]))
            ways_out.add(("held", t, i), ("left", i))
            back.add((t, i), Pipes.SINK, float(network.trade[i, x]))
    for i in others:
        ways_out.add(("left", i), Pipes.SINK, float(left[i]))
    point, returned = _pro_rata(networks, carried, x)
    given = np.sum([network.funding[x] for network in networks], axis=0)
    given[x] = 0.0
    return RoundTrip(
        entity=entity,
        revenue=float(sum(network.revenue[x] for network in networks)),
        funding=float(given.sum()),
        floor=ways_out.most()[1],
        point=point,
        ceiling=back.most()[0],
        first_return={networks[0].nodes[d]: float(returned[d] / given[d]) for d in np.flatnonzero(given)},
    )


def _pro_rata(networks: Sequence[FlowNetwork], carried: _Carried, x: int) -> tuple[float, np.ndarray]:
    """Money of each recipient's funding that came back as revenue: one column of tagged money per recipient."""
    n = networks[0].n
    others = np.arange(n) != x
    holdings: list[list[tuple[float, np.ndarray]]] = [[] for _ in range(n)]  # (amount, tagged part of it), oldest first
    returned = np.zeros(n)
    for t, network in enumerate(networks):
        out = network.money_out
        tagged = np.diag(np.where(others, network.funding[x], 0.0))
        for j in np.flatnonzero(carried.cash[t]):
            tagged[j] += _take(holdings[j], float(carried.cash[t, j]))
        flow = np.where(np.outer(others, others), network.inside, 0.0)
        reached = tagged.sum(axis=1) > 0
        while True:
            more = reached | ((flow > 0) & reached[:, None]).any(axis=0)
            if (more == reached).all():
                break
            reached = more
        some = np.flatnonzero(reached & others & (out > 0))
        if some.size:
            P = flow[np.ix_(some, some)] / out[some, None]
            through = np.zeros((n, n))
            # A closed ring cannot be reached: its books would not balance. Least squares only guards the rounding.
            through[some] = np.linalg.lstsq(np.eye(some.size) - P.T, tagged[some], rcond=None)[0]
            per_dollar = np.divide(through, out[:, None], out=np.zeros((n, n)), where=out[:, None] > 0)
            returned += np.where(others, network.trade[:, x], 0.0) @ per_dollar
        else:
            per_dollar = np.zeros((n, n))
        for j in np.flatnonzero(network.uses):
            holdings[j].append((float(network.uses[j]), network.uses[j] * per_dollar[j]))
    return float(returned.sum()), returned


def _take(holdings: list[tuple[float, np.ndarray]], amount: float) -> np.ndarray | float:
    """Take cash from the latest holdings first; the tagged part of what was taken."""
    taken: np.ndarray | float = 0.0
    while amount > 0 and holdings:
        held, tagged = holdings.pop()
        part = min(1.0, amount / held)
        taken = taken + tagged * part
        if part < 1.0:
            holdings.append((held - amount, tagged * (1.0 - part)))
        amount -= held
    return taken
