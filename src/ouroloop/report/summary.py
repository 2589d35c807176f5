"""The report in a terminal: the headline sentences with their sources, nothing that the page does not also say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.report.table import Basis, Finding

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.text import Text

    from ouroloop.report.document import Findings


_MOST = 3
"""Sources that a headline names; the table under it names all."""


def print_headlines(report: Findings, console: Console, path: Path | str | None = None) -> None:
    """Print the headline findings, and where the page is. Estimates are marked in words, not by color alone."""
    from rich.text import Text

    say = report.language
    console.print(Text(report.title, style="bold"))
    line = say.text("As known on {date}; period measured: {period}.", date=report.as_of, period=report.period)
    console.print(Text(line, style="dim"))
    console.print()
    for number, finding in enumerate(report.headlines, 1):
        console.print(_sentence(number, finding, report))
    if report.stylized:
        caution = say.text("A thought experiment: its amounts are units, not facts about any firm.")
    elif report.simulated:
        caution = say.text("Recorded facts, estimates, and results of a model; not a forecast and not advice.")
    else:
        caution = say.text("Recorded facts and estimates made from them; not a forecast and not advice.")
    console.print()
    console.print(Text(caution, style="dim"))
    if path is not None:
        console.print(Text(say.text("The whole report, with its map, tables and sources: {path}", path=path)))


def _sentence(number: int, finding: Finding, report: Findings) -> Text:
    from rich.text import Text

    say = report.language
    text = Text(f"{number}. ", style="bold")
    text.append(finding.text, style="default")
    if finding.basis is Basis.ESTIMATED:
        text.append(" (" + say.text("estimated") + ")", style="yellow")
    if finding.basis is Basis.SIMULATED:
        text.append(" (" + say.text("simulated") + ")", style="magenta")
    if finding.basis is Basis.SUMMED:
        text.append(" (" + say.text("added up") + ")", style="dim")
    missing = [cite for cite in finding.cites if cite in report.unsourced]
    if len(finding.cites) <= _MOST:
        if finding.cites:
            text.append(f" [{say.join(finding.cites)}]", style="dim")
        if missing:
            text.append(" " + say.text("needs a primary source") + f": {say.join(missing)}", style="red")
        return text
    more = say.text("and {count} more in the table", count=len(finding.cites) - _MOST)
    text.append(f" [{say.join(finding.cites[:_MOST])} {more}]", style="dim")
    if missing:
        flag = say.text(
            "A primary source is still needed for {missing} of {all}.", missing=len(missing), all=len(finding.cites)
        )
        text.append(" " + flag, style="red")
    return text
