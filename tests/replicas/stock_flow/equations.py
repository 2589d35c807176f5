"""Do the variables of a run satisfy the equations as they were published? A second reading, from the equations' text.

A model's behavior is written by hand, in the order in which things follow, and posted; here its equations are evaluated
one by one on what was read back from the books, so that a slip in either shows. `X(-1)` is last period's X; `exp`,
`log` and `if_true(c)` (1 or 0) are the functions they use.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import CodeType

from tests.replicas.stock_flow.model import Run, Values

_LAG = re.compile(r"\b(\w+)\(-(\d)\)")
_FUNCTIONS = {"exp": math.exp, "log": math.log, "if_true": float}


def differences(
    equations: Sequence[str], run: Run, parameters: Values, schedule: Mapping[int, Values]
) -> dict[tuple[int, str], float]:
    """|left - right| of every equation in every period; before t=0 all was as at t=0."""
    code = {text: _compiled(text) for text in equations}
    assert len(code) == len(equations), "an equation is written twice"
    found: dict[tuple[int, str], float] = {}
    now = dict(parameters)
    for period in range(1, len(run.values)):
        now.update(schedule.get(period, {}))

        def lag(name: str, periods: int, period: int = period) -> float:
            return run.values[max(period - periods, 0)].get(name, 0.0)

        names = {**_FUNCTIONS, **now, **run.values[period], "lag": lag}
        for text, (left, right) in code.items():
            # The text is part of these tests; nothing from outside is evaluated.
            found[period, text] = abs(eval(left, names) - eval(right, names))
    return found


def _compiled(equation: str) -> list[CodeType]:
    sides = equation.split("=", 1)
    return [compile(_LAG.sub(r"lag('\1', \2)", side.strip()), equation, "eval") for side in sides]
