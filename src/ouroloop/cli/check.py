"""`ouroloop check`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Literal

from ouroloop.cli.app import BAD_INPUT, FINDINGS, FINE
from ouroloop.cli.output import emit_json


def check(
    dossier: str = "ai-loop", /, *, level: Literal["basic", "strict", "advisory"] = "basic", json: bool = False
) -> int:
    """Check a dossier; every problem at once, with its place.

    Parameters
    ----------
    dossier
        A bundled dossier's name or a folder.
    level
        basic: what must be right before anything loads. strict: what contradicts. advisory: what is weakly sourced.
    json
        Print the problems as JSON.
    """
    from ouroloop.dossier import check as find_problems

    problems = find_problems(dossier, level)
    errors = sum(problem.severity == "error" for problem in problems)
    if json:
        emit_json({"dossier": dossier, "level": level, "problems": [asdict(problem) for problem in problems]})
    else:
        for problem in problems:
            print(problem)
        other = len(problems) - errors
        counts = f"{errors} error{'s' if errors != 1 else ''}, {other} of warning or advice"
        counts = counts if problems else "nothing to report"
        print(f"{dossier}: {level} checks: {counts}", file=sys.stderr)
    if errors:
        return BAD_INPUT
    return FINDINGS if problems else FINE
