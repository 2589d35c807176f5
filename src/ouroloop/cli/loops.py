"""`ouroloop loops`."""

from __future__ import annotations

from ouroloop.cli.options import Reading
from ouroloop.cli.output import emit
from ouroloop.core import Tier

DEFAULT = Reading()


def loops(*, through: str | None = None, tier: Tier | None = None, reading: Reading = DEFAULT) -> None:
    """List the loops of up to six members that money can run: funding on one leg, revenue on another.

    Parameters
    ----------
    through
        Only loops that this firm is in, in any language.
    tier
        Only loops whose every leg is at least as binding as this.
    """
    from ouroloop.report.bargains import bargains_of
    from ouroloop.report.language import Language
    from ouroloop.report.rounds import loops_found

    dossier = reading.load()
    party = dossier.entity(through) if through else None
    rows = [
        {
            "loop": " → ".join((*loop.names, loop.names[0])),
            "weakest_leg": loop.tier,
            "bottleneck_usd_bn_year": loop.bottleneck_usd_bn_year,
            "dates_in_order": loop.dates,
            "sources": ", ".join(loop.cites),
            "entities": ", ".join(loop.ids),
        }
        for loop in loops_found(dossier, bargains_of(dossier), Language(reading.lang))
        if (party is None or party.id in loop.ids) and (tier is None or loop.tier.binds(tier))
    ]
    emit(
        dossier,
        rows,
        as_json=reading.json,
        title=f"{len(rows)} loops as known on {dossier.date}",
        note="The bottleneck is the narrowest leg, USD bn a year over each deal's own term, at the tier of the weakest "
        "leg. Guarantees and warrants move no money and are no legs.",
    )
