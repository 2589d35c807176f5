"""`ouroloop cite`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ouroloop import __version__
from ouroloop.cli.options import Reading
from ouroloop.cli.output import emit_json
from ouroloop.core import BadInput, Place, Problem, nearest

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models import Cite

DEFAULT = Reading()


def cite(record: str = "dossier", /, *, reading: Reading = DEFAULT) -> None:
    """Cite a source, a deal, a claim or the dossier itself, with everything a reader needs to open it.

    Parameters
    ----------
    record
        The id of a source, deal or claim; `dossier` cites the dossier.
    """
    dossier = reading.load()
    if record == "dossier":
        rows = [_dossier(dossier, reading.lang)]
    else:
        rows = [_source(dossier, used) for used in _cites(dossier, record)]
    if reading.json:
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, "rows": rows})
        return
    for row in rows:
        print(row["text"])


def _cites(dossier: Dossier, record: str) -> tuple[Cite, ...]:
    from ouroloop.dossier.models import Cite

    if record in dossier.sources:
        return (Cite(source=record),)
    if record in dossier.deals:
        return dossier.deals[record].sources
    claims = {claim.id: claim for claim in dossier.claims}
    if record in claims:
        return claims[record].sources
    known = [*dossier.sources, *dossier.deals, *claims, "dossier"]
    message = f"No source, deal or claim is called '{record}' as known on {dossier.date}."
    hint = nearest(record, known) or "list them with: ouroloop deals, or ouroloop sql 'SELECT id, title FROM sources'"
    raise BadInput([Problem(Place("cite"), "unknown-record", message, hint)])


def _source(dossier: Dossier, used: Cite) -> dict[str, Any]:
    source = dossier.sources[used.source]
    parts = [
        f"{source.producer}." if source.producer else "",
        f"“{source.title}”",
        f"({source.published})." if source.published else "(no date).",
        ", ".join(filter(None, (source.locator, used.locator))),
        source.address if source.address and not source.needs_primary else "[needs a primary source]",
        f"(accessed {source.accessed})" if source.accessed else "",
    ]
    return {"id": source.id, "class": source.source_class, "needs_primary": source.needs_primary,
            "text": " ".join(filter(None, parts))}  # fmt: skip


def _dossier(dossier: Dossier, lang: str) -> dict[str, Any]:
    title = dossier.header.title.for_language(lang)
    text = f"Ouroloop {__version__}. “{title}”, dossier {dossier.header.id}, as known on {dossier.date}."
    return {"id": dossier.header.id, "class": "dossier", "needs_primary": False, "text": text}
