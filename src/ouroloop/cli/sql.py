"""`ouroloop sql`."""

from __future__ import annotations

from ouroloop.cli.options import Reading
from ouroloop.cli.output import emit

DEFAULT = Reading()


def sql(statement: str, /, *, reading: Reading = DEFAULT) -> None:
    """Ask the dossier in SQL (DuckDB).

    Tables: entities, deals, standings, status_steps, flows, figures, sources, citations, quotes, lives, events, claims.
    `DESCRIBE figures` lists a table's columns. Nothing can be written, and no file or network be reached.

    Parameters
    ----------
    statement
        One SQL statement.
    """
    from ouroloop.dossier.sql import query

    dossier = reading.load()
    columns, rows = query(dossier, statement)
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    emit(dossier, named, as_json=reading.json, title=f"{len(rows)} rows, as known on {dossier.date}")
