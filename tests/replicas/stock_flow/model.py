"""What a stock-flow model is, and how it is played: behavior from a frozen state, then one posting per period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ouroloop.ledger import Account, Ledger
from tests.replicas.stock_flow.world import World

Values = Mapping[str, float]
"""Variables or parameters by the names that the published model gives them."""


@dataclass(frozen=True)
class Model:
    """A published model as a world on the ledger.

    `behave(parameters, before)` computes all variables of a period from the frozen state before it; `amounts(plan,
    before)` turns them into what is posted. `stocks` and `flows` read variables back from the books and overrule the
    plan; what no account holds (prices, expectations) stays as planned. `opening` turns the variables of t=0 into
    balances. Names that start with an underscore are not of the published model.
    """

    name: str
    ledger: Ledger
    opening: Callable[[Values], Mapping[Account, float]]
    behave: Callable[[Values, Values], Values]
    amounts: Callable[[Values, Values], Mapping[str, float]]
    stocks: Callable[[World], Values]
    flows: Callable[[World], Values]


@dataclass(frozen=True)
class Run:
    """`values[t]` are the variables of period t, 0 the opening; `world` has the books at the end and their log."""

    world: World
    values: tuple[Values, ...]


class _Opening(dict[str, float]):
    """Variables of t=0: those not given start at 0, as in the published programs."""

    def __missing__(self, name: str) -> float:
        return 0.0


def play(
    model: Model,
    parameters: Values,
    initial: Values,
    schedule: Mapping[int, Values] = MappingProxyType({}),
    periods: int = 1,
) -> Run:
    """Play a model: `schedule[t]` changes parameters from the start of period t (1-based) on, for good.

    `initial` gives variables at t=0. Stocks among them open the books, and are then what the books say.
    """
    unknown = {name for change in schedule.values() for name in change} - set(parameters)
    assert not unknown, f"{model.name} is not given the parameters that its schedule changes: {sorted(unknown)}"
    start = _Opening(initial)
    world = World(model.ledger, model.opening(MappingProxyType(start)))
    start.update(model.stocks(world))
    values: list[Values] = [MappingProxyType(start)]
    now = dict(parameters)
    for period in range(1, periods + 1):
        now.update(schedule.get(period, {}))
        before = values[-1]
        plan = model.behave(MappingProxyType(now), before)
        world.post(model.amounts(plan, before))
        values.append(MappingProxyType({**plan, **model.flows(world), **model.stocks(world)}))
    return Run(world, tuple(values))


def settle(respond: Callable[[np.ndarray], np.ndarray], guess: np.ndarray, within: float = 1e-13) -> np.ndarray:
    """Which x answers itself, x = respond(x)? Newton's method on the difference, for what is decided at once.

    `respond` maps the few unknowns on which a period's simultaneous equations hang to what these equations make of
    them. Stops when max|x - respond(x)| <= within * max(1, |x|); the slopes are difference quotients.
    """
    x = np.asarray(guess, float)
    for _ in range(50):
        rest = x - respond(x)
        if np.max(np.abs(rest)) <= within * max(1.0, float(np.max(np.abs(x)))):
            return x
        steps = 1e-6 * np.maximum(1.0, np.abs(x))
        slopes = [
            (x + step - respond(x + step) - rest) / size for step, size in zip(np.diag(steps), steps, strict=True)
        ]
        x = x - np.linalg.solve(np.stack(slopes, axis=1), rest)
    raise AssertionError(f"no solution: {x} answers with {respond(x)}")
