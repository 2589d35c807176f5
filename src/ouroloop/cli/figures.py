"""`ouroloop figures`."""

from __future__ import annotations

from typing import Any

from ouroloop.cli.options import Reading, party_of
from ouroloop.cli.output import emit
from ouroloop.cli.words import NEEDS_PRIMARY
from ouroloop.core import BadInput, Place, Problem, nearest

DEFAULT = Reading()


def figures(entity: str | None = None, /, *, concept: str | None = None, reading: Reading = DEFAULT) -> None:
    """List published figures; where sources conflict, all of them, the picked one first and the reason beside it.

    Parameters
    ----------
    entity
        Only figures of this firm, in any language.
    concept
        Only this concept (revenue, capex, cash, ...).
    """
    from ouroloop.dossier import choose

    dossier = reading.load()
    party = party_of(dossier, entity) if entity is not None else None
    mine = [f for f in dossier.figures if party is None or f.entity == party.id]
    if concept is not None:
        known = sorted({f.concept for f in mine})
        if concept not in known:
            hint = nearest(concept, known) or f"there are: {', '.join(known)}"
            message = f"No figure of the concept '{concept}' is known{f' for {party.id}' if party else ''}."
            raise BadInput([Problem(Place("--concept"), "unknown-concept", message, hint)])
        mine = [f for f in mine if f.concept == concept]
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys((f.entity, f.concept, f.start, f.end, f.counterparty) for f in mine):
        entity_id, name, start, end, counterparty = key
        if start:
            choice = choose(dossier, entity_id, name, period=(start, end), counterparty=counterparty)
        else:
            choice = choose(dossier, entity_id, name, at=end, counterparty=counterparty)
        for figure in (choice.picked, *choice.others):
            rows.append(
                {
                    "entity": dossier.entities[figure.entity].names.for_language(reading.lang),
                    "concept": figure.concept,
                    "with": figure.counterparty,
                    "from": figure.start,
                    "to": figure.end,
                    "value": figure.value,
                    "unit": figure.unit,
                    "basis": figure.basis,
                    "grade": figure.grade,
                    "known": f"{figure.known}{' (assumed)' if figure.known_basis == 'assumed' else ''}",
                    "source": NEEDS_PRIMARY if dossier.needs_primary(figure) else figure.cite,
                    "picked": (choice.why if choice.others else "only one")
                    if figure is choice.picked
                    else "no, kept beside",
                }
            )
    say = reading.say
    emit(dossier, rows, as_json=reading.json, say=say, title=say.text("Figures as known on {date}", date=dossier.date))
