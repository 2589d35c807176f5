"""The real `ai-loop`, ten years on 10,000 paths, beside three twins of its quarter written by hand; and how it grows.

Times are for 1,000 path-quarters. Random numbers are in all of them: the engine's threefry, the twins' own generators.
All give every measure of `Track`, with books posted in quanta and cash colored; the twins begin at the engine's opening
and are held to its numbers before any clock runs (1e-9, with the engine's draws). NumPy adds in one thread, the engine
has a thread per core: that is what each of them is. The engine goes through the paths in the batches of a run, and none
of them keeps more than a batch or a quarter.

All play all ten years, since a quarter in which firms fail and promises are called takes the twins longer than the
first ones do. The NumPy twins do so once, in turns of ten quarters between which the engine plays its ten years again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import islice
from statistics import mean, median
from time import perf_counter

import numpy as np

from benchmarks.economy import idiomatic_numpy, pure_python, tuned_numpy
from benchmarks.economy.equal import largest_gaps
from benchmarks.economy.network import Network, network
from benchmarks.economy.opening import Plain, opening_state, plain
from benchmarks.ratio import Ratio
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.simulate import simulate, take_paths
from ouroloop.economy.world import World
from ouroloop.experiment.parts import BATCH
from ouroloop.scenario.build import Economy, build
from ouroloop.scenario.read import read_scenario

PATHS = 10_000
PYTHON_PATHS = 8
TURNS = 4
REPEATS = 3
EARLIER = date(2025, 11, 21), date(2026, 3, 31)
"""Days on which fewer deals were known, of the same firms."""
UNIT = 1_000
"""Path-quarters that every time is for."""

Clock = Callable[[], float]


def run() -> list[Ratio]:
    """Ratios against the twins, the first time in a process, and growth with paths, quarters, deals and firms."""
    scenario = read_scenario("baseline")
    economy = build(scenario, 0, PATHS)
    few = build(scenario, 0, 6)
    # Long enough that firms fail, promises are called and warrants vest.
    for twin, (gap, where) in largest_gaps(few.world, few.inputs, 16).items():
        assert gap <= 1e-9, f"{twin} is {gap:.2g} off in {where}"
    engine = _engine(economy.world, economy.inputs)
    first = engine()
    clocks = {"engine": engine, **_twins(economy.world, economy.inputs)}
    times: dict[str, list[float]] = {name: [] for name in clocks}
    for _ in range(TURNS):
        for name, clock in clocks.items():
            times[name].append(clock())
    name = f"ai-loop, {len(economy.world.quarters)} quarters, {PATHS:,} paths"
    wanted = {"pure Python": "<= 0.005", "idiomatic NumPy": "<= 0.05", "tuned NumPy": "<= 0.25"}
    rows = [_ratio(name, times["engine"], twin, times[twin], target) for twin, target in wanted.items()]
    again = mean(times["engine"])
    rows.append(Ratio(f"{name}, first in a process", first, "again", again, first / again, "for comparison"))
    return rows + _growth(economy, times["engine"])


def _ratio(name: str, ours: list[float], twin: str, theirs: list[float], target: str) -> Ratio:
    return Ratio(name, mean(ours), twin, mean(theirs), mean(ours) / mean(theirs), target)


def _engine(world: World, inputs: Inputs) -> Clock:
    paths = np.arange(inputs.paths)
    batches = [take_paths(inputs, paths[first : first + BATCH]) for first in range(0, inputs.paths, BATCH)]

    def clock() -> float:
        start = perf_counter()
        for batch in batches:
            simulate(world, batch, detail=False)
        return (perf_counter() - start) / inputs.paths / len(world.quarters) * UNIT

    return clock


def _twins(world: World, inputs: Inputs) -> dict[str, Clock]:
    net, given = network(world), plain(inputs)
    return {
        "pure Python": _python_clock(net, given, opening_state(world, inputs), inputs.paths),
        "idiomatic NumPy": _numpy_clock(net, given, world, inputs, idiomatic_numpy),
        "tuned NumPy": _numpy_clock(net, given, world, inputs, tuned_numpy),
    }


def _python_clock(net: Network, given: Plain, opening: Plain, paths: int) -> Clock:
    lists, count = pure_python.Lists(net), 5 + len(net.world.sellers) + net.members

    def clock() -> float:
        made = [
            (
                pure_python.path_inputs(given, path, paths, net.quarters),
                pure_python.path_state(net, opening, path, paths),
            )
            for path in range(PYTHON_PATHS)
        ]
        start = perf_counter()
        for own, state in made:
            pure_python.play(lists, own, state, lambda _: [random.gauss(0.0, 1.0) for _ in range(count)], net.quarters)
        return (perf_counter() - start) / PYTHON_PATHS / net.quarters * UNIT

    return clock


def _numpy_clock(net: Network, given: Plain, world: World, inputs: Inputs, twin: object) -> Clock:
    """Each call plays the next ten quarters."""
    count = 5 + len(world.sellers) + net.members
    generator = np.random.Generator(np.random.Philox(7))
    state = twin.start(net, given, opening_state(world, inputs), inputs.paths)  # type: ignore[attr-defined]
    coming, turn = iter(range(net.quarters)), net.quarters // TURNS

    def clock() -> float:
        start = perf_counter()
        for quarter in islice(coming, turn):
            drawn = generator.standard_normal((count, inputs.paths))
            twin.step(net, given, state, quarter, drawn)  # type: ignore[attr-defined]
        return (perf_counter() - start) / inputs.paths / turn * UNIT

    return clock


def _growth(economy: Economy, whole: list[float]) -> list[Ratio]:
    """Time per path-quarter against that of the whole: 1 is growth in proportion."""
    from tests.economy import worlds

    scenario, world = read_scenario("baseline"), economy.world
    rows, base = list[Ratio](), f"{len(world.quarters)} quarters, {PATHS:,} paths"
    cases: list[tuple[str, World, Inputs]] = []
    for paths in (128, 1_000):
        cases.append(
            (f"ai-loop, {len(world.quarters)} quarters, {paths:,} paths", world, build(scenario, 0, paths).inputs)
        )
    for horizon in (10, 20):
        made = build(replace(scenario, horizon=horizon), 0, 1_000)
        cases.append((f"ai-loop, {horizon} quarters, 1,000 paths", made.world, made.inputs))
    for day in EARLIER:
        known = scenario.dossier.as_of(day)
        made = build(read_scenario("baseline", dossier=known), 0, 1_000)
        deals = f"{len(known.deals)} deals and {len(made.world.ledger.flows)} flows"
        title = f"{deals} for {len(scenario.dossier.deals)} and {len(world.ledger.flows)}, 1,000 paths"
        cases.append((title, made.world, made.inputs))
    small = worlds.world()
    flows = f"{len(small.members)} firms and {len(small.ledger.flows)} flows"
    title = f"{flows} for {len(world.members)} and {len(world.ledger.flows)}, 1,000 paths"
    cases.append((title, small, worlds.inputs(small, 1_000)))
    for name, of, given in cases:
        clock = _engine(of, given)
        clock()
        time = median(clock() for _ in range(REPEATS))
        rows.append(Ratio(name, time, base, mean(whole), time / mean(whole), "growth"))
    return rows
