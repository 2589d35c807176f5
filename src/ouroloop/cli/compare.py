"""`ouroloop compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    from ouroloop.experiment import Comparison, Run


def compare(
    first: str,
    second: str,
    /,
    *,
    paths: int | None = None,
    seed: int | None = None,
    quarter: str | None = None,
    json: bool = False,
) -> int | None:
    """Put two runs side by side: endings with the error of their difference, and the medians that differ most.

    With equal seeds, paths of equal number have equal draws, and only the scenario differs between them: differences
    are then far more exact than each run by itself.

    Parameters
    ----------
    first
        A run's folder, or a scenario's name or file, which is run unless it was.
    second
        The same, for what is compared with it.
    paths
        How many paths to simulate of scenarios, instead of their own number.
    seed
        Seed of the draws of scenarios, instead of their own.
    quarter
        Compare medians in this quarter (2030-Q4) instead of the last.
    json
        Print JSON instead of tables.
    """
    from ouroloop.cli.simulated import INTERRUPTED, say_interrupted
    from ouroloop.experiment import Interrupted
    from ouroloop.experiment import compare as compared

    try:
        runs = [_run(name, paths, seed) for name in (first, second)]
    except Interrupted as stopped:
        say_interrupted(stopped)
        return INTERRUPTED
    check_quarter(quarter, runs)
    found = compared(runs[0], runs[1], quarter=quarter)
    if json:
        emit_json(comparison_json(found))
    else:
        print_comparison(found)
    return None


def _run(name: str, paths: int | None, seed: int | None) -> Run:
    from ouroloop.cli.simulated import simulated
    from ouroloop.experiment import open_run
    from ouroloop.scenario.read import read_scenario

    try:
        there = Path(name).is_dir()
    except (OSError, ValueError):
        there = False
    return open_run(name) if there else simulated(read_scenario(name), None, paths=paths, seed=seed)


def check_quarter(quarter: str | None, runs: list[Run]) -> None:
    """Raises BadInput when a run does not simulate it."""
    from ouroloop.core import BadInput, Place, Problem

    shared = [name for name in runs[0].quarters if name in runs[1].quarters]
    if quarter is not None and quarter not in shared:
        hint = f"both simulate {shared[0]} to {shared[-1]}" if shared else "they have no quarter in common"
        message = f"'{quarter}' is not a quarter that both runs simulate."
        raise BadInput([Problem(Place("--quarter"), "unknown-quarter", message, hint)])


def print_comparison(found: Comparison) -> None:
    from rich.text import Text

    from ouroloop.cli.simulated import NOT_A_FORECAST
    from ouroloop.report.language import Language

    out, say = console(), Language("en")
    names = _names(found)
    out.print(Text(f"{names[0]} and {names[1]}", style="bold"))
    out.print(Text(_pairing(found)))
    rows = [
        {
            "": row.name,
            "unit": "% of paths" if row.unit == "share" else row.unit,
            names[0]: round(_scaled(row.first, row.unit), 1),
            names[1]: round(_scaled(row.second, row.unit), 1),
            "difference": round(_scaled(row.difference, row.unit), 1),
            "its error": round(_scaled(row.error, row.unit), 2),
            "reads": "clear" if row.clear else "not told from chance",
        }
        for row in found.outcomes
    ]
    show_table(
        rows,
        say,
        out,
        title="How paths end, and the mean loss outside, soon (in three years) and in all",
        own_heads=True,
    )
    largest = [
        {
            "entity": row.entity,
            "measure": row.measure,
            names[0]: round(row.first, 1),
            names[1]: round(row.second, 1),
            "difference": round(row.difference, 1),
        }
        for row in found.largest()
    ]
    if largest:
        head = f"Medians that differ most in {found.largest(1)[0].quarter}, USD bn"
        show_table(largest, say, out, title=head, own_heads=True)
    else:
        out.print(Text("No median in USD bn differs."))
    out.print(Text(NOT_A_FORECAST, style="italic"))


def comparison_json(found: Comparison) -> dict[str, Any]:
    return {
        "as_of": found.first.manifest["dossier"]["as_of"],
        "first": {"scenario": found.first.name, "run": found.first.folder, "paths": found.first.paths},
        "second": {"scenario": found.second.name, "run": found.second.folder, "paths": found.second.paths},
        "paired": found.paired,
        "outcomes": [
            {name: getattr(row, name) for name in ("name", "unit", "first", "second", "difference", "error", "clear")}
            for row in found.outcomes
        ],
        "medians": [
            {
                name: getattr(row, name)
                for name in ("entity", "measure", "unit", "quarter", "first", "second", "difference")
            }
            for row in found.medians
        ],
    }


def _pairing(found: Comparison) -> str:
    paths = f"{found.first.paths:,} and {found.second.paths:,} paths"
    if found.paired:
        return f"{paths}, paired: path by path the same draws."
    return f"{paths}, not paired: their seeds differ ({found.first.seed} and {found.second.seed})."


def _names(found: Comparison) -> tuple[str, str]:
    one, other = found.first.name, found.second.name
    return (one, other) if one != other else (f"{one} (1)", f"{other} (2)")


def _scaled(value: float, unit: str) -> float:
    return 100 * value if unit == "share" else value
