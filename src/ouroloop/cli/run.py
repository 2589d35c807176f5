"""`ouroloop run`: what a dossier says, or where a scenario of it goes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ouroloop.cli.options import Language, day_of, load_dossier
from ouroloop.cli.output import console, emit_json
from ouroloop.core import BadInput, Place, Problem, nearest

if TYPE_CHECKING:
    from ouroloop.scenario.language import Scenario

_REPORTS = Path("out")


def run(
    name: str = "ai-loop",
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    as_of: str | None = None,
    lang: Language = "en",
    paths: int | None = None,
    seed: int | None = None,
    all_paths: Annotated[bool, Parameter(negative=())] = False,
    simulate: bool = True,
    look_back: Annotated[bool, Parameter(negative=())] = False,
    json: bool = False,
) -> int | None:
    """Answer for a dossier: the findings here, the whole report as one HTML file. Or simulate a scenario.

    A scenario is run part by part into a folder. Ctrl-C keeps what is whole and exits with 130; the same command then
    goes on from there, and what comes out is the same to the last bit.

    Parameters
    ----------
    name
        A bundled dossier's name or a folder; or a scenario's name or YAML file.
    out
        The folder that the HTML file goes to ('out'), or that the run goes to ('runs/<scenario>-<hash>').
    as_of
        Only what was known on this date. For dossiers; a scenario has its own.
    lang
        Language of the report. For dossiers.
    paths
        How many paths to simulate, instead of the scenario's own number.
    seed
        Seed of the draws, instead of the scenario's own.
    all_paths
        Also keep every number of every path, as Zarr.
    simulate
        Also say where it goes: the dossier's scenarios, on some hundred paths. For dossiers.
    look_back
        With it also how far off it was when opened on 2025-11-21, as `ouroloop look-back` says. For dossiers.
    json
        Print the findings as JSON instead of sentences.
    """
    if _is_scenario(name):
        words: dict[str, object] = {
            "--as-of": as_of,
            "--lang": None if lang == "en" else lang,
            "--look-back": look_back or None,
        }
        _refuse(words, "a scenario", "a dossier")
        return _simulate(name, out, paths=paths, seed=seed, all_paths=all_paths, as_json=json)
    _refuse({"--paths": paths, "--seed": seed, "--all-paths": all_paths or None}, "a dossier", "a scenario")
    if not simulate:
        _refuse({"--look-back": look_back or None}, "one without", "a report with a simulation")
    where = _REPORTS if out is None else out
    _report(name, where, as_of, lang, simulate=simulate, look_back=look_back, as_json=json)
    return None


def _is_scenario(name: str) -> bool:
    """Is a scenario meant? Dossiers come first; what is neither raises BadInput `no-dossier`."""
    from ouroloop.dossier.folder import bundled, printable
    from ouroloop.scenario.presets import presets

    dossiers, scenarios = bundled(), list(presets())
    if name in dossiers:
        return False
    if name in scenarios:
        return True
    try:
        path = Path(name)
        if path.is_dir() or path.name == "dossier.yaml":
            return False
        if path.is_file():
            return True
    except (OSError, ValueError):
        pass
    short = printable(name if len(name) <= 200 else f"{name[:199]}…")
    said = f"'{short}' is neither a dossier nor a scenario."
    known = f"dossiers: {', '.join(dossiers)}; scenarios: {', '.join(scenarios)}; or give the path of one"
    raise BadInput(
        [Problem(Place(short or "<name>"), "no-dossier", said, nearest(name, [*dossiers, *scenarios]) or known)]
    )


def _refuse(given: dict[str, object], mine: str, theirs: str) -> None:
    """Options that have no meaning here. Raises BadInput naming each."""
    problems = [
        Problem(Place(option), "not-for-this", f"{option} is for {theirs}; this is {mine}.", "leave it out")
        for option, value in given.items()
        if value is not None
    ]
    if problems:
        raise BadInput(problems)


def _simulate(
    name: str, out: Path | None, *, paths: int | None, seed: int | None, all_paths: bool, as_json: bool
) -> int | None:
    from ouroloop.cli.simulated import INTERRUPTED, print_run, run_json, say_interrupted, simulated
    from ouroloop.experiment import Interrupted
    from ouroloop.scenario.read import read_scenario

    scenario: Scenario = read_scenario(name)
    try:
        made = simulated(scenario, out, paths=paths, seed=seed, all_paths=all_paths)
    except Interrupted as stopped:
        say_interrupted(stopped)
        return INTERRUPTED
    if as_json:
        emit_json(run_json(made))
    else:
        print_run(made, console())
    return None


def _report(
    name: str, out: Path, as_of: str | None, lang: Language, *, simulate: bool, look_back: bool, as_json: bool
) -> None:
    from ouroloop.report import begin_simulation, findings, print_summary, write_report

    day = None if as_of is None else day_of(as_of)
    _writable(out)
    # Begun first: it runs beside the sections on what is recorded, and is waited for when those are done.
    begun = begin_simulation(name, day, look_back=look_back) if simulate else None
    read = load_dossier(name, as_of)
    report = findings(read, lang, begun)
    path = write_report(report, out / f"{read.header.id}-{read.date}-{lang}.html")
    if as_json:
        rows = [{"id": f.id, "says": f.text, "basis": f.basis, "sources": f.cites} for f in report.headlines]
        emit_json({"dossier": read.header.id, "as_of": read.date, "rows": rows, "report": path})
    else:
        print_summary(report, console(), path)


def _writable(folder: Path) -> None:
    """Make the folder, and find out before the work whether a file can be put there. Raises BadInput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"The report cannot be written to '{folder}': {error.strerror or error}."
        hint = "name a folder that you may write to: --out FOLDER"
        raise BadInput([Problem(Place("--out"), "cannot-write", message, hint)]) from None
