"""`ouroloop look-back`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ouroloop.cli.options import Language, day_of, load_dossier
from ouroloop.cli.output import console, emit_json, show_table

if TYPE_CHECKING:
    from datetime import date

    from ouroloop.dossier import Dossier
    from ouroloop.experiment import LookBack
    from ouroloop.report.table import Section, Table


def look_back(
    *,
    as_of: str = "2025-11-21",
    paths: int = 2048,
    seed: int = 0,
    dossier: Annotated[str, Parameter(name=["--dossier", "-d"])] = "ai-loop",
    json: bool = False,
    lang: Language = "en",
) -> None:
    """Open the books on an earlier day, simulate, and hold nine series against what came.

    Capital spending of five clouds, debt of Oracle and CoreWeave, revenue of Nvidia and OpenAI, to the middle of 2026:
    simulated median and 80 % band, what is recorded today, and the score (CRPS) beside that of a forecast that only
    drifts on. `ouroloop run DOSSIER --look-back` puts the same into the report.

    Parameters
    ----------
    as_of
        The day on which the books open (2025-11-21, 2025-11 or 2025-Q3).
    paths
        How many paths to simulate.
    seed
        Seed of the draws.
    dossier
        A bundled dossier's name or a folder.
    json
        Print JSON instead of tables.
    lang
        Language of names and sentences.
    """
    from ouroloop.cli.simulated import NOT_A_FORECAST, Bar, check_numbers
    from ouroloop.experiment import look_back as looked_back

    check_numbers(paths, seed)
    day, known = day_of(as_of), load_dossier(dossier, None)
    with Bar() as bar:
        bar.say(f"simulating {paths:,} paths of {known.header.id} as known on {day}; the first time takes a minute")
        bar.begin(paths, 0)
        found = looked_back(known, day, paths=paths, seed=seed, done=bar.advance)
    if json:
        emit_json(look_back_json(found) | {"note": NOT_A_FORECAST})
    else:
        _print(found, known, lang)


def look_back_json(found: LookBack) -> dict[str, Any]:
    """The look back for programs; numbers that are not known are null."""
    from ouroloop.report.simulated.lookback import NOTES

    return {
        "dossier": found.dossier,
        "as_of": found.opened,
        "until": found.until,
        "recorded_as_known_on": found.seen_from,
        "paths": found.paths,
        "seed": found.seed,
        "rows": [
            {
                "firm": row.firm,
                "measure": row.measure,
                "quarter": row.quarter,
                "recorded": None if row.record is None else row.record.value,
                "recorded_on": _recorded_on(row.record),
                "basis": None if row.record is None else ("reported" if row.record.reported else "estimated"),
                "sources": () if row.record is None else row.record.sources,
                "not_compared": row.gap or None,
                "median": row.median,
                "p10": row.low,
                "p90": row.high,
                "inside": row.inside if row.compared else None,
                "width": row.width if row.compared else None,
                "crps": row.crps,
                "naive_median": row.naive_median,
                "naive_p10": row.naive_low,
                "naive_p90": row.naive_high,
                "naive_crps": row.naive_crps,
                "observations_of_naive": row.known,
            }
            for row in found.rows
        ],
        "summary": asdict(found.summary),
        "misses": [row.key for row in found.misses],
        "assumptions_read": found.read,
        "stand_ins": found.stand_ins,
        "what_is_not_blind": NOTES,
    }


def _recorded_on(record: Any) -> date | None:
    return None if record is None else record.day


def _print(found: LookBack, known: Dossier, lang: Language) -> None:
    from rich.text import Text

    from ouroloop.cli.simulated import NOT_A_FORECAST
    from ouroloop.report.language import Language as Speech
    from ouroloop.report.simulated.lookback import look_back_section

    say, out = Speech(lang), console()
    section: Section = look_back_section(found, say, lambda firm: say.name(known.entities[firm]))
    out.print(Text(section.title, style="bold"))
    out.print(Text(section.lead))
    for table in section.tables:
        show_table(_rows(table, say), say, out, title=table.caption, own_heads=True)
    for finding in section.findings:
        out.print(Text(finding.text))
    for note in section.notes:
        out.print(Text(note, style="italic"))
    out.print(Text(NOT_A_FORECAST, style="italic"))


def _rows(table: Table, say: Any) -> list[dict[str, str]]:
    """The cells as the report writes them; money is in USD bn."""
    from ouroloop.report.table import in_table

    return [
        {column.title: in_table(row.cells[column.key], column.kind, say) for column in table.columns}
        for row in table.rows
    ]
