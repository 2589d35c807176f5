"""100,000 paths of ten years, streamed in parts: how much memory beyond the imports?

A fresh process imports everything, notes its peak, then builds and simulates part after part and keeps what a run keeps
of every part: nothing by path. The goal is 1 GB beyond the imports.
"""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.ratio import Ratio
from ouroloop.experiment.parts import BATCH

PATHS, PART = 100_000, BATCH
"""Parts are the batches of a run."""
GOAL_MB = 1_000.0

_PROGRAM = """
import json, resource, sys, time
import numpy as np
from ouroloop.scenario.build import build
from ouroloop.scenario.read import read_scenario

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

paths, part = int(sys.argv[1]), int(sys.argv[2])
scenario = read_scenario("baseline")
imported, start, sums = peak(), time.perf_counter(), 0.0
for first in range(0, paths, part):
    track = build(scenario, first, min(part, paths - first)).simulate(detail=False)
    sums = sums + track.members.sum(axis=-1)
    del track
print(json.dumps([peak() - imported, time.perf_counter() - start]))
"""


def run() -> list[Ratio]:
    """One row in MB: the peak beyond the imports against the goal."""
    command = [sys.executable, "-c", _PROGRAM, str(PATHS), str(PART)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    used_mb, seconds = json.loads(done.stdout.splitlines()[-1])
    name = f"ai-loop, 40 quarters, {PATHS:,} paths in parts of {PART:,} ({seconds:.0f} s)"
    return [Ratio(name, used_mb, "1 GB beyond the imports", GOAL_MB, used_mb / GOAL_MB, "<= 1", unit="MB")]
