"""Who paid for an entity's revenue? Shares by sponsor that sum to 1, and floors that no tracing rule can deny."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ouroloop.core import BadInput, Problem, nearest
from ouroloop.measures.finn import leaves_at_last
from ouroloop.measures.max_flow import Pipes
from ouroloop.measures.network import (
    CLOSED_RING,
    OTHER_MEMBERS,
    OUTSIDE_CUSTOMERS,
    OWN_MONEY,
    PLACE,
    UNKNOWN,
    FlowNetwork,
)

Trace = Literal["source", "sponsor"]


@dataclass(frozen=True, eq=False)
class WhoPaid:
    """For each entity, whose money its revenue was: `shares[sponsor][j]` in [0, 1], summing to 1 over sponsors.

    Sponsors: `outside_customers`, each class of outside lenders and investors, `opening_cash`, `unknown`,
    `other_members` and `own_money` (funding given by other members, and by the entity itself), and `closed_ring`
    (money of a ring that nothing ever entered: it has no payer, and saying so is the answer). An entity without
    revenue has 0 everywhere. `members[i, j]` splits own and other members' money by who gave it (zero in the trace
    "source", which follows others' funding to where it came from).
    """

    trace: str
    nodes: tuple[str, ...]
    revenue: np.ndarray
    shares: dict[str, np.ndarray]
    members: np.ndarray

    def of(self, entity: str) -> dict[str, float]:
        """The shares of one entity that are not 0, in the sponsors' order; empty for an entity without revenue."""
        if entity not in self.nodes:
            raise BadInput(
                [Problem(PLACE, "unknown-entity", f"'{entity}' is not in this network", nearest(entity, self.nodes))]
            )
        j = self.nodes.index(entity)
        return {sponsor: float(share[j]) for sponsor, share in self.shares.items() if share[j] > 0}


def who_paid(network: FlowNetwork, trace: Trace | str = "sponsor") -> WhoPaid:
    """Of each dollar that an entity booked as revenue, how much was whose?

    Money mixes pro rata inside every entity: with `c_j` the colors of entity j's money, `T_j` all that came in, and
    `b_j` what came in freshly colored, `T_j c_j = b_j + sum_i F_ij c_i`. Revenue is outside customers' money, revenue
    of unknown payers, and others' trade in the colors of its payers.

    - `trace="sponsor"`: at every funding edge money takes the color of the member that gave it, so other members' and
      own money appear. Answers: whose decision put this money in?
    - `trace="source"`: money is followed through members to where it entered; only the entity's own funding is colored,
      as its own money. Answers: where did it first come from?

    Returns shares in [0, 1] that sum to 1 for every entity with revenue. Pro rata is a convention: `who_paid_floor`
    and `round_trip` say what holds under any. Not a claim about intent.

    Example: a lab gets 60 from customers and 40 from bank, pays a cloud 100: the cloud's revenue is 60 % customers,
    40 % bank in both traces.
    """
    _check_trace(trace)
    n = network.n
    entering = network.boundary_in
    sponsors = [*entering, OTHER_MEMBERS, OWN_MONEY, CLOSED_RING]
    fresh = np.column_stack([*entering.values()]) if n else np.zeros((0, len(entering)))
    colored = np.zeros((n, len(sponsors)))
    members = np.zeros((n, n))
    own, others, k = sponsors.index(OWN_MONEY), sponsors.index(OTHER_MEMBERS), len(entering)
    if trace == "sponsor":
        colors = _mix(network.money_in, np.hstack([fresh, network.funding.T]), network.trade)
        paid = _off_diagonal(network.trade).T @ colors
        colored[:, :k] = paid[:, :k]
        members = paid[:, k:-1].T
        colored[:, own] = members.diagonal()
        colored[:, others] = members.sum(0) - members.diagonal()
        colored[:, -1] = paid[:, -1]
    else:
        for x in range(n):
            flow = network.inside.copy()
            flow[x] = network.trade[x]
            given = network.funding[x]
            colors = _mix(network.money_in, np.column_stack([fresh, given]), flow)
            paid = _off_diagonal(network.trade)[:, x] @ colors
            colored[x, :k] = paid[:k]
            members[x, x] = colored[x, own] = paid[k]
            colored[x, -1] = paid[-1]
    itself = network.trade.diagonal()  # an entity that pays itself does it with its own money
    colored[:, own] += itself
    members[np.arange(n), np.arange(n)] += itself
    colored[:, sponsors.index(OUTSIDE_CUSTOMERS)] += network.customers
    colored[:, sponsors.index(UNKNOWN)] += network.unknown_revenue
    revenue = network.revenue
    some = revenue > 0
    per_dollar = np.divide(1.0, colored.sum(1), out=np.zeros(n), where=some & (colored.sum(1) > 0))
    return WhoPaid(
        trace=trace,
        nodes=network.nodes,
        revenue=revenue,
        shares={sponsor: colored[:, s] * per_dollar for s, sponsor in enumerate(sponsors)},
        members=members * per_dollar[None, :],
    )


def revenue_origin(network: FlowNetwork, entity: str) -> dict[str, float]:
    """Where did one entity's revenue first come from? Its shares in the trace "source" of `who_paid`, summing to 1."""
    return who_paid(network, "source").of(entity)


def _check_trace(trace: str) -> None:
    if trace not in ("source", "sponsor"):
        raise BadInput([Problem(PLACE, "unknown-trace", f"'{trace}' is no trace", "use 'source' or 'sponsor'")])


def _off_diagonal(flows: np.ndarray) -> np.ndarray:
    return flows - np.diag(flows.diagonal())


def _mix(money_in: np.ndarray, fresh: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """The colors of each entity's money, one column per color of `fresh` and a last one for closed rings.

    An entity that no fresh money can reach lives on a closed ring: it gets the last color, and is left out of the
    system, which is then regular however closed the ring is.
    """
    n = money_in.size
    fresh = np.column_stack([fresh, np.zeros(n)])
    colors = np.zeros_like(fresh)
    sourced = leaves_at_last(flow.T, fresh.sum(1) > 0) & (money_in > 0)
    colors[(money_in > 0) & ~sourced, -1] = 1.0
    some = np.flatnonzero(sourced)
    if some.size:
        inner = flow[np.ix_(some, some)].T
        given = fresh[some] + flow[:, some].T @ colors
        colors[some] = np.linalg.solve(np.diag(money_in[some]) - inner, given)
    return np.maximum(colors, 0.0)


@dataclass(frozen=True)
class PaidFloor:
    """What part of a payment cannot have been the sponsors' money, under any way of tracing.

    `amount` was paid, `most` of it can be theirs, at least `floor = amount - most` is not. `floor_if_unknown` is the
    same floor if every dollar of unknown origin were theirs.
    """

    payee: str
    payer: str | None
    sponsors: tuple[str, ...]
    amount: float
    most: float
    floor: float
    floor_if_unknown: float


def who_paid_floor(
    network: FlowNetwork,
    payee: str,
    payer: str | None = None,
    sponsors: Sequence[str] | str = (OUTSIDE_CUSTOMERS,),
    trace: Trace | str = "sponsor",
) -> PaidFloor:
    """How much of the payee's revenue, or of what one payer paid it, is at least not these sponsors' money?

    `floor = max(0, amount - max flow from the sponsors' money to that payment)`: no rule that conserves money can find
    more of theirs in it. In the trace "sponsor" funding turns into its giver's money (`member:<entity>`), so it does
    not carry the sponsors' on; in the trace "source" it does.

    Revenue of unknown payers always counts as possibly theirs. Other unknown money is not revenue, so it cannot be
    outside customers' money; for any other sponsor it counts as possibly theirs. `floor_if_unknown` counts it so
    in every case.

    Example: a lab takes 13.07 from customers, and the rest from investors, and pays a cloud 17.2: at least 4.13 of
    what it paid was not customers' money.
    """
    _check_trace(trace)
    sponsors = (sponsors,) if isinstance(sponsors, str) else tuple(sponsors)
    y = network.index(payee)
    x = None if payer is None else network.index(payer)
    entering = network.boundary_in
    known = [*entering, *(f"member:{name}" for name in network.nodes if trace == "sponsor")]
    if strangers := [s for s in sponsors if s not in known]:
        raise BadInput(
            Problem(PLACE, "unknown-sponsor", f"'{s}' is no sponsor in this network", nearest(s, known))
            for s in strangers
        )
    only_customers = set(sponsors) <= {OUTSIDE_CUSTOMERS}
    most = _reach(network, y, x, sponsors, trace, unknown=not only_customers and bool(sponsors))
    at_most = _reach(network, y, x, sponsors, trace, unknown=bool(sponsors))
    amount = float(network.revenue[y] if x is None else network.trade[x, y])
    return PaidFloor(
        payee=payee,
        payer=payer,
        sponsors=sponsors,
        amount=amount,
        most=min(most, amount),
        floor=max(0.0, amount - most),
        floor_if_unknown=max(0.0, amount - at_most),
    )


def _reach(network: FlowNetwork, y: int, x: int | None, sponsors: Sequence[str], trace: str, *, unknown: bool) -> float:
    """The most of the sponsors' money that can be in the payment x -> y, or in all revenue of y."""
    direct = 0.0
    fresh = np.zeros(network.n)
    for sponsor in dict.fromkeys(sponsors):
        if sponsor.startswith("member:"):
            fresh += network.funding[network.index(sponsor.removeprefix("member:"))]
        elif sponsor != UNKNOWN:
            fresh += network.boundary_in[sponsor]
    if sponsors:
        fresh += network.unknown_revenue + (network.unknown if unknown else 0.0)
    if x is None:
        direct = float(network.unknown_revenue[y]) if sponsors else 0.0
        direct += float(network.customers[y]) if OUTSIDE_CUSTOMERS in sponsors else 0.0
    pipes = Pipes()
    for j in range(network.n):
        pipes.add(Pipes.SOURCE, (0, j), float(fresh[j]))
    pipes.matrix(network.inside if trace == "source" else network.trade)
    for i in range(network.n) if x is None else [x]:
        pipes.add((0, i), Pipes.SINK, float(network.trade[i, y]))
    return direct + pipes.most()[0]
