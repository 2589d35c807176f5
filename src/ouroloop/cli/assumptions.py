"""`ouroloop assumptions`."""

from __future__ import annotations

from typing import Any

from ouroloop.cli.options import Reading
from ouroloop.cli.output import emit
from ouroloop.cli.words import NEEDS_PRIMARY
from ouroloop.core import BadInput, Place, Problem, nearest

DEFAULT = Reading()


def assumptions(topic: str | None = None, /, *, reading: Reading = DEFAULT) -> None:
    """List the parameters of the behaviors, those that move the outcome most first.

    Where a row was not yet known on the day, the one that stands in for it is shown: `its own id → the id of the row`.

    Parameters
    ----------
    topic
        Only this topic (demand, funding, ...), or the id of one assumption, which is then shown with its reason.
    """
    dossier = reading.load()
    known = tuple(dossier.assumptions.values())
    mine = [one for one in known if topic is None or topic.casefold() == one.topic]
    if topic is not None and not mine:
        by_id = {one.id: one for one in dossier.stand_ins} | dict(dossier.assumptions)
        mine = [by_id[name] for name in (topic.casefold(),) if name in by_id]
    if topic is not None and not mine:
        topics = sorted({one.topic for one in known})
        hint = nearest(topic, [*topics, *dossier.assumptions]) or f"topics: {', '.join(topics) or 'none'}"
        message = f"'{topic}' is neither a topic nor the id of an assumption known on {dossier.date}."
        raise BadInput([Problem(Place("<topic>"), "unknown-topic", message, hint)])
    with_reason = reading.json or len(mine) == 1
    rows: list[dict[str, Any]] = [
        {
            "id": one.id if one.stands_in_for is None or reading.json else f"{one.id} → {one.stands_in_for}",
            **({"stands_in_for": one.stands_in_for} if reading.json else {}),
            "name": one.name,
            "topic": one.topic,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "unit": one.unit,
            "distribution": one.distribution,
            **({"points": [str(point) for point in one.points], "sensitive": one.sensitive} if reading.json else {}),
            "basis": one.basis,
            "grade": one.grade,
            "known": f"{one.known}{' (assumed)' if one.known_basis == 'assumed' else ''}",
            "source": NEEDS_PRIMARY if dossier.needs_primary(one) else one.sources[0],
            **({"why": one.why} if with_reason else {}),
        }
        for one in sorted(mine, key=lambda one: not one.sensitive)
    ]
    say = reading.say
    first = sum(one.sensitive for one in mine)
    note = say.plural(
        "{count} row first: it moves the outcome most.", "{count} rows first: they move the outcome most.", first
    )
    emit(
        dossier,
        rows,
        as_json=reading.json,
        say=say,
        title=say.text("Assumptions as known on {date}", date=dossier.date),
        note=note if first else "",
    )
