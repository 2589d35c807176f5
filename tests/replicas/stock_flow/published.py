"""Published cases of a model: its equations as text, and what was printed or recomputed for a run of them.

`<model>.json` holds `equations` and `cases`; a case gives parameters, the variables of t=0, a schedule of parameter
changes (from the start of the period on), and the values expected by period within an absolute tolerance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.replicas.stock_flow.equations import differences
from tests.replicas.stock_flow.model import Model, Run, Values, play


@dataclass(frozen=True)
class Case:
    """A run of a model, and what it must give."""

    parameters: Values
    initial: Values
    schedule: dict[int, Values]
    periods: int
    within: float
    expected: dict[int, Values]

    def play(self, model: Model) -> Run:
        return play(model, self.parameters, self.initial, self.schedule, self.periods)

    def misses(self, run: Run) -> dict[tuple[int, str], tuple[float, float]]:
        """(read from the run, expected) where they differ by more than the tolerance."""
        return {
            (period, name): (run.values[period][name], value)
            for period, row in self.expected.items()
            for name, value in row.items()
            if not abs(run.values[period][name] - value) <= self.within
        }


@dataclass(frozen=True)
class Published:
    """The equations of a model and its cases by name."""

    equations: tuple[str, ...]
    cases: dict[str, Case]

    def worst_difference(self, run: Run, parameters: Values, schedule: Mapping[int, Values]) -> tuple[float, str]:
        """The largest |left - right| over all equations and periods of a run, and where it stands."""
        found = differences(self.equations, run, parameters, schedule)
        period, equation = max(found, key=found.__getitem__)
        return found[period, equation], f"{equation}  in period {period}"


def published(model: str) -> Published:
    """Read `<model>.json`, which lies beside this file."""
    data: dict[str, Any] = json.loads(Path(__file__).with_name(f"{model}.json").read_text("utf-8"))
    return Published(tuple(data["equations"]), {name: _case(case) for name, case in data["cases"].items()})


def _case(case: dict[str, Any]) -> Case:
    by_period = {key: {int(period): row for period, row in case[key].items()} for key in ("schedule", "expected")}
    fields: dict[str, Any] = {**case, **by_period}
    return Case(**fields)
