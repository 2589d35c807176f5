"""`ouroloop scenarios`."""

from __future__ import annotations

from typing import Any

from ouroloop.cli.options import Language
from ouroloop.cli.output import emit, emit_json


def scenarios(dossier: str = "ai-loop", /, *, json: bool = False, lang: Language = "en") -> None:
    """List the scenarios that come with a dossier: what each is called, why it is of interest, what happens.

    Parameters
    ----------
    dossier
        A bundled dossier's name or a folder.
    json
        Print JSON instead of a table.
    lang
        Language of titles and sentences.
    """
    from ouroloop.dossier import load
    from ouroloop.report.language import Language as Speech
    from ouroloop.scenario.read import read_presets

    known, say = load(dossier), Speech(lang)
    found = read_presets(dossier, dossier=known)
    if json:
        emit_json(
            {
                "dossier": known.header.id,
                "as_of": known.date,
                "rows": [
                    {
                        "scenario": one.id,
                        "title": one.title.for_language(lang),
                        "about": one.about.for_language(lang),
                        "bases": list(one.bases),
                        "quarters": {"first": str(one.first_quarter), "last": str(one.last_quarter)},
                        "paths": one.paths,
                        "seed": one.seed,
                        "hash": one.scenario_hash,
                        "assume": {name: str(value) for name, value in one.assume.items()},
                        "shocks": [str(shock) for shock in one.shocks],
                    }
                    for one in found
                ],
            }
        )
        return
    rows: list[dict[str, Any]] = [
        {
            "scenario": one.id,
            "title": one.title.for_language(lang),
            "about": one.about.for_language(lang),
            "shocks": "; ".join([str(s) for s in one.shocks] + [f"{k} = {v}" for k, v in one.assume.items()]) or None,
        }
        for one in found
    ]
    title = say.text("Scenarios of {dossier}, as known on {date}", dossier=known.header.id, date=known.date)
    emit(known, rows, as_json=False, say=say, title=title)
