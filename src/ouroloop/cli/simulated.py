"""What the commands that simulate share: the run with its progress, and what it says in a terminal or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ouroloop.cli.output import show_table
from ouroloop.core import BadInput, Place, Problem
from ouroloop.experiment import (
    Listener,
    credit_before_payoff,
    run_scenario,
    sensitivities,
    shares,
    strongest,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from ouroloop.experiment import Influence, Interrupted, Run, Share
    from ouroloop.scenario.language import Scenario

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 + SIGINT."""
MOST_PATHS, MOST_SEED = 1_000_000, 2**32 - 1
NOT_A_FORECAST = "Model result, not a forecast, not advice."
ENDINGS_MEAN = (
    "Closed: lenders refuse most of what is asked of them (eco-out-002, eco-out-003). "
    "Payoff: outside customers carry the whole cost of what was built (eco-out-001)."
)


class Bar(Listener):
    """A progress bar on stderr, where that is a terminal; sentences in any case."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def say(self, sentence: str) -> None:
        print(sentence, file=sys.stderr)

    def begin(self, paths: int, done: int) -> None:
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("paths"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("paths", total=paths, completed=done)
        self._progress.start()

    def advance(self, paths: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, paths)


def simulated(
    scenario: Scenario, folder: Path | None, *, paths: int | None, seed: int | None, all_paths: bool = False
) -> Run:
    """The run of a scenario, with progress on stderr. Raises BadInput for numbers out of range, `Interrupted`."""
    check_numbers(paths, seed)
    with Bar() as bar:
        return run_scenario(scenario, folder, paths=paths, seed=seed, all_paths=all_paths, listener=bar)


def check_numbers(paths: int | None, seed: int | None) -> None:
    """Raises BadInput for numbers of paths and seeds that are out of range; None is the scenario's own."""
    problems: list[Problem] = []
    if paths is not None and not 1 <= paths <= MOST_PATHS:
        message = f"{paths} is not a number of paths that can be simulated."
        problems.append(Problem(Place("--paths"), "out-of-range", message, f"1 to {MOST_PATHS:,}"))
    if seed is not None and not 0 <= seed <= MOST_SEED:
        problems.append(Problem(Place("--seed"), "out-of-range", f"{seed} is not a seed.", f"0 to {MOST_SEED:,}"))
    if problems:
        raise BadInput(problems)


def say_interrupted(stopped: Interrupted) -> None:
    """What was kept and how to go on, on stderr."""
    print(f"interrupted: {stopped}", file=sys.stderr)


def print_run(run: Run, out: Console) -> None:
    """The run for people: how paths end, which firms default, which assumptions decide."""
    from rich.text import Text

    from ouroloop.report.language import Language

    say = Language("en")
    first, last = run.quarters[0], run.quarters[-1]
    title = run.manifest["scenario"]["title"]["en"]
    out.print(Text(f"{run.name}: {title}", style="bold"))
    out.print(Text(f"{run.paths:,} paths, {first} to {last}, seed {run.seed}, dossier {_dossier(run)}"))
    out.print(Text(credit_sentence(credit_before_payoff(run))))
    out.print(Text(ENDINGS_MEAN, style="dim"))
    endings = [_ending(share) for share in shares(run.outcomes["outcome"].values)]
    show_table(endings, say, out, title="How paths end, % of paths", own_heads=True)
    firms = firm_rows(run)
    if firms:
        head = f"Firms that default most often, and the median of debt and cash in {last}, USD bn"
        show_table(firms[:10], say, out, title=head, own_heads=True)
    rows = [_influence(run, row) for row in strongest(sensitivities(run), 8)]
    head = "What moves P(credit closes first) most: paths with the lowest and the highest third of draws, % of each"
    show_table(rows, say, out, title=head, own_heads=True)
    out.print(Text(f"{NOT_A_FORECAST} All tables: {run.folder}", style="italic"))


def run_json(run: Run) -> dict[str, Any]:
    """The run for programs."""
    return {
        "scenario": run.name,
        "dossier": run.manifest["dossier"]["id"],
        "as_of": run.manifest["dossier"]["as_of"],
        "run": run.folder,
        "hash": run.manifest["hash"],
        "paths": run.paths,
        "seed": run.seed,
        "quarters": list(run.quarters),
        "credit_before_payoff": share_json(credit_before_payoff(run)),
        "outcomes": [share_json(share) for share in shares(run.outcomes["outcome"].values)],
        "firms": firm_rows(run),
        "assumptions": [_influence_json(run, row) for row in sensitivities(run)],
        "note": NOT_A_FORECAST,
    }


def credit_sentence(share: Share) -> str:
    """The headline, with what chance alone may move."""
    low, high = share.interval
    return (
        f"Credit closes before the payoff on {100 * share.share:.1f} % of paths "
        f"(Monte Carlo error {100 * share.error:.1f}; 95 % interval {100 * low:.1f} to {100 * high:.1f})."
    )


def firm_rows(run: Run) -> list[dict[str, Any]]:
    """Firms by the share of paths on which they default, those that never do left out."""
    last = run.quarters[-1]
    share = run.mean("members")["defaulted"].sel(quarter=last)
    middle = run.members.sel(quarter=last, quantile=0.5)
    rows = [
        {
            "firm": str(entity),
            "default %": round(100 * float(share.sel(entity=entity)), 1),
            "debt": round(float(middle["debt"].sel(entity=entity)), 1),
            "cash": round(float(middle["cash"].sel(entity=entity)), 1),
        }
        for entity in share["entity"].values
        if float(share.sel(entity=entity)) > 0
    ]
    return sorted(rows, key=lambda row: -row["default %"])


def share_json(share: Share) -> dict[str, Any]:
    """A probability with its error and interval."""
    low, high = share.interval
    return {"outcome": share.name, "share": share.share, "error": share.error, "low": low, "high": high}


def _ending(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {
        "ending": share.name,
        "%": round(100 * share.share, 1),
        "Monte Carlo error": round(100 * share.error, 1),
        "95 % interval": f"{100 * low:.1f} to {100 * high:.1f}",
    }


def _influence(run: Run, row: Influence) -> dict[str, Any]:
    shown = None if not row.drawn else round(100 * row.difference, 1)
    return {
        "id": row.assumption,
        "assumption": run.assumption(row.assumption),
        "low third": _short(row.low),
        "high third": _short(row.high),
        "closes at low": None if not row.drawn else round(100 * row.credit_first_low, 1),
        "closes at high": None if not row.drawn else round(100 * row.credit_first_high, 1),
        "difference": shown,
        "error": None if not row.drawn else round(100 * row.error, 1),
        "outside loss, USD bn": None if not row.drawn else round(row.loss_difference, 1),
        "reads": row.says,
    }


def _influence_json(run: Run, row: Influence) -> dict[str, Any]:
    known = {"name": run.assumption(row.assumption), "reads": row.says}
    return {name: getattr(row, name) for name in row.__slots__} | known


def _short(value: float) -> str | None:
    return None if value != value else f"{value:.3g}"


def _dossier(run: Run) -> str:
    known = run.manifest["dossier"]
    return f"{known['id']} as known on {known['as_of']}"
