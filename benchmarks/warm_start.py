"""From a fresh process to the first simulated paths, with compiled programs kept, beside importing JAX alone."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from benchmarks.ratio import Ratio, measure

PATHS = 256
_FIRST = f"""
from ouroloop.scenario.build import build
from ouroloop.scenario.read import read_scenario
build(read_scenario("baseline"), 0, {PATHS}).simulate(detail=False)
"""


def run() -> list[Ratio]:
    """One row: whole processes, one after the other; the warm-up of `measure` fills the cache."""

    def process(program: str) -> float:
        start = perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        return perf_counter() - start

    name = f"ai-loop, start to {PATHS} paths of 40 quarters"
    return [
        measure(name, lambda: process(_FIRST), "import jax", lambda: process("import jax"), "<= 3", repeats=3),
    ]
