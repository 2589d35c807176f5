"""How much of an entity's revenue is its own funding come back? A floor, a pro-rata point and a ceiling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ouroloop.core import BadInput, Problem
from ouroloop.measures.finn import leaves_at_last
from ouroloop.measures.max_flow import Pipes
from ouroloop.measures.network import PLACE, FlowNetwork


@dataclass(frozen=True)
class Earmark:
    """Money that `funder` gave `recipient` to be spent with `payees` only ("only for chips").

    `amount` None means all of the funding. It is taken to be spent with the payees as far as the recipient paid them
    in the period; what exceeds that is free.
    """

    funder: str
    recipient: str
    payees: tuple[str, ...]
    amount: float | int | None = None


@dataclass(frozen=True)
class RoundTrip:
    """Round-tripped revenue of one entity over one period, in the network's unit.

    `floor <= FIFO, LIFO, haircut, any rule that conserves money <= ceiling`; `point` is pro rata. `funding` is what
    the entity put into others (K), `revenue` what it booked. `first_return[d]` is the chance that a dollar given to
    recipient d comes back as revenue. With earmarks all of these honor them, and `without_earmarks` is the answer
    that does not.

    `K`, `RT_min`, `RT_prorata` and `RT_max` are short names of funding, floor, point and ceiling.
    """

    entity: str
    revenue: float
    funding: float
    floor: float
    point: float
    ceiling: float
    first_return: Mapping[str, float] = field(default_factory=dict)
    without_earmarks: RoundTrip | None = None

    @property
    def share(self) -> tuple[float, float, float]:
        """Floor, point and ceiling as shares of revenue; zeros for an entity without revenue."""
        r = self.revenue
        return (self.floor / r, self.point / r, self.ceiling / r) if r > 0 else (0.0, 0.0, 0.0)

    @property
    def K(self) -> float:
        """What the entity put into others: `funding`."""
        return self.funding

    @property
    def RT_min(self) -> float:
        """Round-tripped revenue at least: `floor`."""
        return self.floor

    @property
    def RT_prorata(self) -> float:
        """Round-tripped revenue pro rata: `point`."""
        return self.point

    @property
    def RT_max(self) -> float:
        """Round-tripped revenue at most: `ceiling`."""
        return self.ceiling


def round_trip(
    network: FlowNetwork,
    entity: str,
    *,
    earmarks: Sequence[Earmark] = (),
    low: FlowNetwork | None = None,
    high: FlowNetwork | None = None,
) -> RoundTrip:
    """How much of the entity's revenue is its own funding, gone round and come back?

    With `K` the entity's funding of others, and the entity itself never passed through:

    - `ceiling` = max flow from its funding to the trade that others pay it;
    - `floor` = max(0, K - max flow from its funding to outside uses), money that found no other way out. Money that
      others fund the entity with (a repayment, say) counts as a way out: it is not revenue;
    - `point` = sum_d K_d h_d, `h_d` the chance that a dollar at d, every entity paying pro rata to all its payments,
      reaches the entity as revenue before it leaves (absorbing chain, first return).

    With `low` and `high` (networks over the same entities that bound every flow; both or neither) the floor takes the
    low funding and the high leaks, the ceiling all highs, and both hold for any network between; `unknown` is taken as
    a balancing item. Earmarks of the entity's own funding lift the floor (those of others are ignored). Raises
    BadInput for an unknown entity or earmark party, or bounds that do not enclose the network.

    Not a claim about intent, nor about which dollar moved: money has no serial numbers, so only the interval is fact.
    What funding buys outside the period is not counted. Self-payments are ignored. A closed ring is answered: without
    outside uses all funding returns and floor = point = ceiling.

    Example: A funds B 100, B pays A 80 and keeps 20 with no other money: floor = point = ceiling = 80.
    """
    x = network.index(entity)
    if (low is None) != (high is None):
        raise BadInput([Problem(PLACE, "half-an-interval", "give both `low` and `high`, or neither")])
    plain = _answer(network, x, low, high, [])
    if not earmarks:
        return plain
    return replace(_answer(network, x, low, high, [_read(mark, network) for mark in earmarks]), without_earmarks=plain)


def _answer(
    network: FlowNetwork, x: int, low: FlowNetwork | None, high: FlowNetwork | None, marks: list[Mark]
) -> RoundTrip:
    if low is None or high is None:
        low = high = network
        uses = network.uses
    else:
        uses = _largest_uses(network, low, high)
    n = network.n
    others = np.arange(n) != x
    ways_out = _pipes(low.funding[x], high, x, marks)
    back = _pipes(high.funding[x], high, x, marks)
    for i in np.flatnonzero(others):
        ways_out.add((0, i), Pipes.SINK, float(uses[i] + high.funding[i, x]))
    for i, mark in _payers(high, x, marks):
        back.add(mark, Pipes.SINK, float(high.trade[i, x]))
    given = np.where(others, network.funding[x], 0.0)
    point, h = _pro_rata(network, x, marks)
    return RoundTrip(
        entity=network.nodes[x],
        revenue=float(network.revenue[x]),
        funding=float(given.sum()),
        floor=ways_out.most()[1],
        point=point,
        ceiling=back.most()[0],
        first_return={network.nodes[d]: float(h[d]) for d in np.flatnonzero(given)},
    )


def _pipes(given: np.ndarray, high: FlowNetwork, x: int, marks: list[Mark]) -> Pipes:
    """The entity's funding, and all flows between the others.

    Earmarked money gets a joint of its own that leads to the earmarked payees, and into each of those payments
    together with the recipient's other money. What the recipient cannot have spent with the payees is free.
    """
    pipes = Pipes()
    shared = {(mark.recipient, k) for mark in marks for k in mark.payees}
    trade = high.trade.copy()
    for d, k in sorted(shared):
        if trade[d, k] > 0:
            pipes.add((0, d), ("paid", d, k))
            if k != x:
                pipes.add(("paid", d, k), (0, k), float(trade[d, k]))
        trade[d, k] = 0.0
    pipes.matrix(trade + high.funding, without=x)
    left = np.where(np.arange(high.n) != x, given, 0.0)
    for number, mark in enumerate(marks):
        d = mark.recipient
        amount = min(mark.amount, float(left[d])) if mark.funder == x else 0.0
        left[d] -= amount
        pipes.add(Pipes.SOURCE, ("mark", number), amount)
        pipes.add(("mark", number), (0, d), max(0.0, amount - float(high.trade[d, list(mark.payees)].sum())))
        for k in mark.payees:
            if high.trade[d, k] > 0:
                pipes.add(("mark", number), ("paid", d, k))
    for d in np.flatnonzero(left):
        pipes.add(Pipes.SOURCE, (0, int(d)), float(left[d]))
    return pipes


def _payers(high: FlowNetwork, x: int, marks: list[Mark]) -> list[tuple[int, tuple[object, ...]]]:
    """Who pays the entity, and the joint from which the payment leaves."""
    shared = {mark.recipient for mark in marks if x in mark.payees}
    payers = [int(i) for i in np.flatnonzero(high.trade[:, x]) if i != x]
    return [(i, ("paid", i, x) if i in shared else (0, i)) for i in payers]


def _pro_rata(network: FlowNetwork, x: int, marks: list[Mark]) -> tuple[float, np.ndarray]:
    """The absorbing chain; earmarked money goes to its payees only, in proportion to what they were paid."""
    inside, trade, out = network.inside.copy(), network.trade.copy(), network.money_out.copy()
    left = np.where(np.arange(network.n) != x, network.funding[x], 0.0)
    marked: list[tuple[float, np.ndarray]] = []
    for mark in marks:
        d = mark.recipient
        paid = np.zeros(network.n)
        paid[list(mark.payees)] = trade[d, list(mark.payees)]  # what earlier earmarks have left of it
        amount = min(mark.amount, float(left[d]), float(paid.sum())) if mark.funder == x else 0.0
        if amount > 0:
            spent = paid / paid.sum() * amount
            marked.append((amount, paid / paid.sum()))
            left[d] -= amount
            out[d] -= amount
            trade[d] = np.maximum(trade[d] - spent, 0.0)
            inside[d] = np.maximum(inside[d] - spent, 0.0)
    h = first_return(network.funding[x], inside, trade, network.uses, out, x)
    there = h.copy()
    there[x] = 1.0
    return float(left @ h) + sum(amount * float(split @ there) for amount, split in marked), h


def first_return(
    given: np.ndarray, inside: np.ndarray, trade: np.ndarray, uses: np.ndarray, out: np.ndarray, x: int
) -> np.ndarray:
    """The chance that a dollar at each entity reaches x as revenue before it leaves; 0 where no funding of x comes."""
    n = given.size
    flow = inside.copy()
    flow[:, x] = flow[x, :] = 0.0
    others = np.arange(n) != x
    holds = leaves_at_last(flow.T, given > 0)  # who can come to hold x's funding
    some = np.flatnonzero(others & holds & leaves_at_last(flow, others & (uses + inside[:, x] > 0)))
    h = np.zeros(n)
    if some.size:
        P = flow[np.ix_(some, some)] / out[some, None]
        h[some] = np.linalg.solve(np.eye(some.size) - P, trade[some, x] / out[some])
    return np.clip(h, 0.0, 1.0)


@dataclass(frozen=True)
class Mark:
    """An earmark with its parties as places on the axis."""

    funder: int
    recipient: int
    payees: tuple[int, ...]
    amount: float


def _largest_uses(network: FlowNetwork, low: FlowNetwork, high: FlowNetwork) -> np.ndarray:
    """The most that can leave each entity in any network between two bounds, after checking that they are bounds."""
    problems: list[Problem] = []
    for name in ("funding", "trade", "customers", "opening", "unknown_revenue"):
        below, value, above = (getattr(net, name) for net in (low, network, high))
        if below.shape != value.shape or above.shape != value.shape or low.nodes != high.nodes:
            problems.append(Problem(PLACE, "wrong-shape", "`low`, `high` and the network need the same entities"))
            break
        slack = 1e-9 * np.abs(above)
        if (below > value + slack).any() or (value > above + slack).any():
            problems.append(Problem(PLACE, "not-a-bound", f"`{name}` is not between its low and its high everywhere"))
    if problems:
        raise BadInput(problems)
    known = high.money_in - high.unknown + np.minimum(low.unknown, high.unknown)
    return np.maximum.reduce([low.uses, network.uses, high.uses, known - low.inside.sum(1)])


def _read(mark: Earmark, network: FlowNetwork) -> Mark:
    amount = np.inf if mark.amount is None else float(mark.amount)
    if not amount >= 0:
        raise BadInput([Problem(PLACE, "negative-flow", f"an earmark of {mark.amount} from '{mark.funder}'")])
    payees = tuple(dict.fromkeys(network.index(payee) for payee in mark.payees))
    return Mark(network.index(mark.funder), network.index(mark.recipient), payees, amount)
