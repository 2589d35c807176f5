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
    columns = [name if name not in columns[:n] else f"{name}_{n + 1}" for n, name in enumerate(columns)]
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    say = reading.say
    emit(
        dossier,
        named,
        as_json=reading.json,
        say=say,
        own_heads=True,
        title=say.plural(
            "{count} row, as known on {date}", "{count} rows, as known on {date}", len(rows), date=dossier.date
        ),
    )
