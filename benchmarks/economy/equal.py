"""Do the twins come to the engine's numbers? Played from the same opening with the engine's own draws."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.economy import idiomatic_numpy, pure_python, tuned_numpy
from benchmarks.economy.network import Network, network
from benchmarks.economy.opening import Plain, opening_state, plain
from ouroloop.core import QUANTUM
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.open import open_state
from ouroloop.economy.state import State
from ouroloop.economy.step import step
from ouroloop.economy.today import draw_chance
from ouroloop.economy.track import MEMBER_MEASURES, SYSTEM_MEASURES, Track
from ouroloop.economy.world import World

Found = dict[str, np.ndarray]
"""What is compared, by name, each `[..., path]`."""


def largest_gaps(world: World, inputs: Inputs, quarters: int) -> dict[str, tuple[float, str]]:
    """By twin: the largest difference from the engine over all quarters, and where.

    Relative to the largest number of its kind in the quarter, or to 1: amounts posted by flow, every measure, who paid,
    and at the end every balance and every color of cash.
    """
    draws = list(np.array(jax.jit(draw_chance)(inputs, jnp.arange(quarters))))
    expected, net, paths = _engine(world, inputs, quarters), network(world), inputs.paths
    given, opening = plain(inputs), opening_state(world, inputs)
    played = {
        "pure Python": _python(net, given, opening, draws, paths),
        "idiomatic NumPy": _idiomatic(net, given, opening_state(world, inputs), draws, paths),
        "tuned NumPy": _tuned(net, given, opening_state(world, inputs), draws, paths),
    }
    return {twin: _gap(found, expected) for twin, found in played.items()}


def _gap(found: list[Found], expected: list[Found]) -> tuple[float, str]:
    worst = (0.0, "nowhere")
    for number, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        assert ours.keys() == theirs.keys(), f"{sorted(ours.keys() ^ theirs.keys())}"
        for name, values in theirs.items():
            assert ours[name].shape == values.shape, f"{name}: {ours[name].shape} and {values.shape}"
            both_nan = np.isnan(ours[name]) & np.isnan(values)
            apart = np.where(both_nan, 0.0, np.abs(ours[name] - values))
            size = float(np.nan_to_num(np.abs(values)).max(initial=1.0))
            gap = np.inf if np.isnan(apart).any() else float(apart.max(initial=0.0)) / size
            worst = max(worst, (gap, f"{name} of quarter {number}"))
    return worst


@partial(jax.jit, static_argnums=0)
def _play(world: World, inputs: Inputs, state: State, quarter: jax.Array) -> tuple[State, Track]:
    return step(world, inputs, state, quarter, draw_chance(inputs, quarter[None])[0])


def _engine(world: World, inputs: Inputs, quarters: int) -> list[Found]:
    state, seen = jax.jit(open_state, static_argnums=0)(world, inputs), list[Found]()
    for quarter in range(quarters):
        state, track = _play(world, inputs, state, jnp.asarray(quarter))
        seen.append(_measures(track.members, track.system, track.who_paid, track.amounts))
    end = {"balances": np.asarray(state.books.balances), "colors": np.asarray(state.colors.cash)}
    return [*seen, end]


def _measures(members: object, system: object, who_paid: object, amounts: object) -> Found:
    named = dict(zip(MEMBER_MEASURES, np.asarray(members, np.float64), strict=True))
    whole = {f"system: {k}": v for k, v in zip(SYSTEM_MEASURES, np.asarray(system, np.float64), strict=True)}
    return {**named, **whole, "who paid": np.asarray(who_paid), "amounts": np.asarray(amounts)}


def _python(net: Network, inputs: Plain, opening: Plain, draws: list[np.ndarray], paths: int) -> list[Found]:
    lists, runs = pure_python.Lists(net), []
    for path in range(paths):
        own = pure_python.path_inputs(inputs, path, paths, net.quarters)
        state = pure_python.path_state(net, opening, path, paths)

        def of_quarter(quarter: int, path: int = path) -> list[float]:
            return draws[quarter][:, path].tolist()

        runs.append((state, pure_python.play(lists, own, state, of_quarter, len(draws))))
    found: list[Found] = []
    for quarter in range(len(draws)):
        seen = [run[quarter] for _, run in runs]
        members = np.stack([[one.members[name] for name in MEMBER_MEASURES] for one in seen], axis=-1)
        system = np.stack([[one.system[name] for name in SYSTEM_MEASURES] for one in seen], axis=-1)
        who = np.stack([one.who_paid for one in seen], axis=-1)
        found.append(_measures(members, system, who, np.stack([one.amounts for one in seen], axis=-1)))
    books = [state.books for state, _ in runs]
    balances = np.stack([one.balances for one in books], axis=-1)
    colors = np.stack([one.pots for one in books], axis=-1) * QUANTUM
    return [*found, {"balances": balances, "colors": colors}]


def _idiomatic(net: Network, inputs: Plain, opening: Plain, draws: list[np.ndarray], paths: int) -> list[Found]:
    state = idiomatic_numpy.start(net, inputs, opening, paths)
    seen = [idiomatic_numpy.step(net, inputs, state, quarter, drawn) for quarter, drawn in enumerate(draws)]
    found = [_measures(one.members, one.system, one.who_paid, one.amounts) for one in seen]
    return [*found, {"balances": state.books, "colors": state.pots * QUANTUM}]


def _tuned(net: Network, inputs: Plain, opening: Plain, draws: list[np.ndarray], paths: int) -> list[Found]:
    # Parts of 3 paths, so that the last one is smaller.
    state = tuned_numpy.start(net, inputs, opening, paths, chunk=3)
    seen = [tuned_numpy.step(net, inputs, state, quarter, drawn) for quarter, drawn in enumerate(draws)]
    found = [_measures(one.members, one.system, one.who_paid, one.amounts) for one in seen]
    states = [part.state for part in state.parts]
    balances = np.concatenate([one.books for one in states], axis=-1)
    return [
        *found,
        {"balances": balances, "colors": np.concatenate([one.colored.pots for one in states], -1) * QUANTUM},
    ]
