"""The money that moved between entities in one period, with what came from outside and what left, kept per entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Float64

from ouroloop.core import BadInput, Place, Problem, nearest

PLACE = Place("network")
"""Problems of a network stand here: it is made in memory and has no file."""

BALANCE_TOLERANCE = 1e-9
"""Largest difference of money in and money out at a node, relative to the larger of the two."""

ROUNDING = 1e-12
"""A smaller relative gap than this is what adding decimals leaves, and is not completed: it is nobody's money."""

OUTSIDE_CUSTOMERS = "outside_customers"
OUTSIDE_CAPITAL = "outside_capital"
OPENING_CASH = "opening_cash"
UNKNOWN = "unknown"
OTHER_MEMBERS = "other_members"
OWN_MONEY = "own_money"
CLOSED_RING = "closed_ring"
_RESERVED = (OUTSIDE_CUSTOMERS, OPENING_CASH, UNKNOWN, OTHER_MEMBERS, OWN_MONEY, CLOSED_RING)

Array = Any
"""What NumPy makes an array of float64 of."""

Amount = float | int | np.integer[Any] | np.floating[Any]
Amounts = Mapping[str, Amount]
Edges = Iterable[Sequence[Any]]
"""Of `(payer, payee, amount)` each, tuples or lists."""

Vector = Float64[np.ndarray, "entity"]
Matrix = Float64[np.ndarray, "entity entity"]


@dataclass(frozen=True, eq=False)
class FlowNetwork:
    """Which money moved between `n` entities, and through which doors did it come and go?

    Amounts are USD bn (any one unit works) over one period, float64, finite and >= 0. Axis `entity` follows `nodes`.

    - `funding[i, j]`: i funds j (equity, loans, compute credits given).
    - `trade[i, j]`: i pays j and j books revenue.
    - `customers[j]`: outside customers' money into j, booked as revenue.
    - `capital[class][j]`: money of outside lenders and investors of one sponsor class into j.
    - `opening[j]`: cash from before the period that is used in it.
    - `unknown[j]`: money into j that is not booked as revenue and whose payer is not known.
    - `uses[j]`: money out to the outside, or kept; it balances the node.
    - `unknown_revenue[j]`: revenue of j whose payer is not known (it may be outside customers, it may be a member).

    At every node money in equals money out to 1e-9 of the larger; the constructor refuses anything else (all problems
    at once, as `BadInput`). `balanced` completes `unknown` and `uses`, `from_edges` takes named edges. A diagonal entry
    is an entity paying itself; it is allowed and never counts as a round trip. Arrays are copied and made read-only.

    Not a balance sheet: it holds flows of one period, and cash only.
    """

    nodes: tuple[str, ...]
    funding: Matrix
    trade: Matrix
    customers: Vector
    capital: Mapping[str, Vector]
    opening: Vector
    unknown: Vector
    uses: Vector
    unknown_revenue: Vector = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        n = len(self.nodes)
        problems: list[Problem] = []
        if len(set(self.nodes)) != n:
            twice = sorted({name for name in self.nodes if self.nodes.count(name) > 1})
            problems.append(Problem(PLACE, "duplicate-node", f"these names stand twice: {', '.join(twice)}"))
        for name in sorted(set(self.capital) & set(_RESERVED)):
            problems.append(Problem(PLACE, "reserved-sponsor", f"'{name}' cannot name a class of lenders or investors"))
        if np.size(self.unknown_revenue) == 0:
            object.__setattr__(self, "unknown_revenue", np.zeros(n))
        arrays: dict[str, np.ndarray] = {}
        for name, shape in _SHAPES.items():
            arrays[name] = _clean(name, getattr(self, name), (n,) * shape, problems)
        capital = {name: _clean(f"capital[{name}]", v, (n,), problems) for name, v in self.capital.items()}
        if problems:
            raise BadInput(problems)
        for name, array in arrays.items():
            object.__setattr__(self, name, array)
        object.__setattr__(self, "capital", MappingProxyType(capital))
        money_in, money_out = self.money_in, self.money_out
        off = np.abs(money_in - money_out) > BALANCE_TOLERANCE * np.maximum(money_in, money_out)
        if off.any():
            raise BadInput(
                Problem(
                    PLACE,
                    "unbalanced-node",
                    f"'{self.nodes[i]}' takes in {money_in[i]:.12g} and gives out {money_out[i]:.12g}",
                    "FlowNetwork.balanced completes `unknown` and `uses`",
                )
                for i in np.flatnonzero(off)
            )

    @classmethod
    def balanced(
        cls,
        nodes: Sequence[str],
        *,
        funding: Array | None = None,
        trade: Array | None = None,
        customers: Array | None = None,
        capital: Mapping[str, Array] | None = None,
        opening: Array | None = None,
        unknown: Array | None = None,
        uses: Array | None = None,
        unknown_revenue: Array | None = None,
    ) -> FlowNetwork:
        """Make a network whose nodes balance: what is missing on the way in becomes `unknown`, on the way out `uses`.

        Absent arrays are zero. Given `unknown` and `uses` are kept and only added to.
        """
        n = len(nodes)
        flat, square = np.zeros(n), np.zeros((n, n))
        made: dict[str, np.ndarray] = {
            "funding": square if funding is None else np.asarray(funding, float),
            "trade": square if trade is None else np.asarray(trade, float),
            "customers": flat if customers is None else np.asarray(customers, float),
            "opening": flat if opening is None else np.asarray(opening, float),
            "unknown": flat if unknown is None else np.asarray(unknown, float),
            "uses": flat if uses is None else np.asarray(uses, float),
            "unknown_revenue": flat if unknown_revenue is None else np.asarray(unknown_revenue, float),
        }
        classes = {name: np.asarray(v, float) for name, v in (capital or {}).items()}
        problems: list[Problem] = []
        for name, array in made.items():
            _clean(name, array, (n,) * _SHAPES[name], problems)
        for name, array in classes.items():
            _clean(f"capital[{name}]", array, (n,), problems)
        if problems:
            raise BadInput(problems)
        inside = made["funding"] + made["trade"]
        boundary = made["customers"] + made["opening"] + made["unknown"] + made["unknown_revenue"]
        money_in, money_out = inside.sum(0) + boundary + sum(classes.values(), flat), inside.sum(1) + made["uses"]
        gap = money_in - money_out
        gap[np.abs(gap) <= ROUNDING * np.maximum(money_in, money_out)] = 0.0
        made["uses"] = made["uses"] + np.maximum(gap, 0.0)
        made["unknown"] = made["unknown"] + np.maximum(-gap, 0.0)
        return cls(nodes=tuple(nodes), capital=classes, **made)

    @classmethod
    def from_edges(
        cls,
        nodes: Sequence[str],
        *,
        funding: Edges = (),
        trade: Edges = (),
        customers: Amounts | None = None,
        capital: Mapping[str, Amounts] | Amounts | None = None,
        opening: Amounts | None = None,
        unknown: Amounts | None = None,
        uses: Amounts | None = None,
        unknown_revenue: Amounts | None = None,
    ) -> FlowNetwork:
        """Make a balanced network from named edges `(payer, payee, amount)`; parallel edges add up.

        `capital` is by class of lenders and investors, then by entity; amounts by entity alone are of the one class
        `outside_capital`.

        >>> loop = FlowNetwork.from_edges(["a", "b"], funding=[("a", "b", 100)], trade=[("b", "a", 100)])
        >>> loop.revenue.tolist()
        [100.0, 0.0]
        """
        at = {name: i for i, name in enumerate(nodes)}
        problems: list[Problem] = []
        by_class: dict[str, Any] = dict(capital or {})
        if by_class and not any(isinstance(value, Mapping) for value in by_class.values()):
            by_class = {OUTSIDE_CAPITAL: by_class}

        def place(name: str) -> int:
            if name not in at:
                problems.append(_unknown_node(name, nodes))
            return at.get(name, 0)

        def square(edges: Edges) -> np.ndarray:
            matrix = np.zeros((len(nodes), len(nodes)))
            for payer, payee, amount in edges:
                i, j = place(payer), place(payee)
                if not problems:
                    matrix[i, j] += amount
            return matrix

        def flat(amounts: Amounts | None) -> np.ndarray:
            vector = np.zeros(len(nodes))
            for name, amount in (amounts or {}).items():
                i = place(name)
                if not problems:
                    vector[i] += amount
            return vector

        arrays = {"funding": square(funding), "trade": square(trade), "customers": flat(customers)}
        arrays |= {"opening": flat(opening), "unknown": flat(unknown), "uses": flat(uses)}
        arrays["unknown_revenue"] = flat(unknown_revenue)
        classes = {name: flat(amounts) for name, amounts in by_class.items()}
        if problems:
            raise BadInput(problems)
        return cls.balanced(nodes, capital=classes, **arrays)

    @property
    def n(self) -> int:
        """How many entities."""
        return len(self.nodes)

    @property
    def inside(self) -> np.ndarray:
        """All flows between entities, funding and trade together, `[payer, payee]`: the matrix of the system gauges."""
        return self.funding + self.trade

    @property
    def boundary_in(self) -> dict[str, np.ndarray]:
        """Money from outside by sponsor, customers first; `unknown` holds revenue of unknown payers too."""
        return {
            OUTSIDE_CUSTOMERS: self.customers,
            **self.capital,
            OPENING_CASH: self.opening,
            UNKNOWN: self.unknown + self.unknown_revenue,
        }

    @property
    def money_in(self) -> np.ndarray:
        """Everything that came into each entity."""
        return sum(self.boundary_in.values(), self.inside.sum(0))

    @property
    def money_out(self) -> np.ndarray:
        """Everything that left each entity, what it kept included."""
        return self.inside.sum(1) + self.uses

    @property
    def revenue(self) -> np.ndarray:
        """What each entity booked as revenue: outside customers, members' trade, and payers not known."""
        return self.customers + self.unknown_revenue + self.trade.sum(0)

    def index(self, entity: str) -> int:
        """Where does this entity stand on the axis? Raises BadInput `unknown-entity` with the nearest names."""
        if entity not in self.nodes:
            raise BadInput([_unknown_node(entity, self.nodes)])
        return self.nodes.index(entity)

    def permuted(self, order: Sequence[int]) -> FlowNetwork:
        """The same network with its entities in another order (`order[k]` stands at k)."""
        p = np.asarray(order, dtype=np.intp)
        assert sorted(p.tolist()) == list(range(self.n)), f"not a permutation of {self.n} entities: {order}"
        return FlowNetwork(
            nodes=tuple(self.nodes[i] for i in p),
            funding=self.funding[np.ix_(p, p)],
            trade=self.trade[np.ix_(p, p)],
            customers=self.customers[p],
            capital={name: v[p] for name, v in self.capital.items()},
            opening=self.opening[p],
            unknown=self.unknown[p],
            uses=self.uses[p],
            unknown_revenue=self.unknown_revenue[p],
        )


_SHAPES = {
    "funding": 2,
    "trade": 2,
    "customers": 1,
    "opening": 1,
    "unknown": 1,
    "uses": 1,
    "unknown_revenue": 1,
}


def _clean(name: str, given: np.ndarray, shape: tuple[int, ...], problems: list[Problem]) -> np.ndarray:
    """A read-only float64 copy of the array, or a problem that says what is wrong with it."""
    array = np.array(given, dtype=np.float64)
    if array.shape != shape:
        problems.append(Problem(PLACE, "wrong-shape", f"`{name}` has shape {array.shape}, the nodes ask for {shape}"))
    elif not np.isfinite(array).all():
        problems.append(Problem(PLACE, "not-finite", f"`{name}` holds a value that is not a finite number"))
    elif (array < 0).any():
        hint = "turn the edge round, or move the amount to the other side"
        problems.append(Problem(PLACE, "negative-flow", f"`{name}` holds {array.min():g}; flows are >= 0", hint))
    array.flags.writeable = False
    return array


def _unknown_node(name: str, nodes: Sequence[str]) -> Problem:
    return Problem(PLACE, "unknown-entity", f"'{name}' is not in this network", nearest(name, nodes))
