"""`ouroloop run`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

from cyclopts import Parameter

from ouroloop.cli.options import Language, load_dossier
from ouroloop.cli.output import console, emit_json
from ouroloop.core import BadInput, Place, Problem


def run(
    dossier: str = "ai-loop",
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("out"),
    as_of: str | None = None,
    lang: Language = "en",
    json: bool = False,
) -> None:
    """Answer for a dossier: the findings here, the whole report as one HTML file.

    Parameters
    ----------
    dossier
        A bundled dossier's name or a folder.
    out
        The folder that the HTML file goes to; it is made when missing.
    as_of
        Only what was known on this date.
    lang
        Language of the report.
    json
        Print the findings as JSON instead of sentences.
    """
    from ouroloop.report import findings, print_summary, write_report

    read = load_dossier(dossier, as_of)
    _writable(out)
    report = findings(read, lang)
    path = write_report(report, out / f"{read.header.id}-{read.date}-{lang}.html")
    if json:
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
