"""The report on a dossier: findings as sentences on tables, the map, one HTML file, a terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from rich.console import Console

    from ouroloop.dossier import Dossier
    from ouroloop.report.document import Findings
    from ouroloop.report.language import Language
    from ouroloop.report.simulated.results import Simulated, SimulatedResults
    from ouroloop.report.simulated.simulate import Begun

__all__ = ["begin_simulation", "findings", "print_summary", "simulate_for_report", "write_report"]


def findings(dossier: Dossier, language: Language | str = "en", simulated: Simulated | None = None) -> Findings:
    """What does the dossier, as known on its date, say? Every number of a sentence is a cell of one of the tables.

    `language` is a Language or one of its codes (`en`, `zh-Hans`, `zh-Hant`). Raises BadInput for another language.
    With `simulated` the report also says where the loop goes: results of `simulate_for_report`, or what
    `begin_simulation` began, which is waited for once what is recorded has been said.
    """
    from ouroloop.report.assembly import build
    from ouroloop.report.language import Language

    return build(dossier, Language(language) if isinstance(language, str) else language, simulated)


def simulate_for_report(dossier: Dossier) -> SimulatedResults:
    """Where does the loop go? Simulates the baseline and the presets that come with a dossier, here and now.

    Raises BadInput where the dossier comes with no baseline. `begin_simulation` does it in a process of its own.
    """
    from ouroloop.report.simulated.simulate import simulate_for_report as simulate

    return simulate(dossier)


def begin_simulation(dossier: str, day: date | None = None, *, look_back: bool = False) -> Begun | None:
    """Begin to simulate a dossier (a bundled name or a folder), as known on a day; `wait()` gives its results.

    It runs beside whatever else is computed, and never raises: what `wait()` gives may be why there are none. None
    where the dossier comes with no baseline: there is nothing to simulate. With `look_back` it also opens the books on
    an earlier day and says how far off it was: one more world to compile.
    """
    from ouroloop.report.simulated.simulate import begin_simulation as begin

    return begin(dossier, day, look_back=look_back)


def write_report(dossier: Dossier | Findings, path: Path | str, language: Language | str = "en") -> Path:
    """Write the report as one self-contained HTML file, whole or not at all, and return its path.

    Takes a dossier, or findings already made (then `language` is theirs).
    """
    from pathlib import Path

    from ouroloop.report.document import Findings
    from ouroloop.report.html import write_page

    made = dossier if isinstance(dossier, Findings) else findings(dossier, language)
    return write_page(made, Path(path))


def print_summary(report: Findings, console: Console, path: Path | str | None = None) -> None:
    """Print the headline findings in a terminal, and the path of the page where one was written."""
    from ouroloop.report.summary import print_headlines

    print_headlines(report, console, path)
