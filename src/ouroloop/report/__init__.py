"""The report on a dossier: findings as sentences on tables, the map, one HTML file, a terminal summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from ouroloop.dossier import Dossier
    from ouroloop.report.document import Findings
    from ouroloop.report.language import Language

__all__ = ["findings", "print_summary", "write_report"]


def findings(dossier: Dossier, language: Language | str = "en") -> Findings:
    """What does the dossier, as known on its date, say? Every number of a sentence is a cell of one of the tables.

    `language` is a Language or one of its codes (`en`, `zh-Hans`, `zh-Hant`). Raises BadInput for another language.
    """
    from ouroloop.report.assembly import build
    from ouroloop.report.language import Language

    return build(dossier, Language(language) if isinstance(language, str) else language)


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
