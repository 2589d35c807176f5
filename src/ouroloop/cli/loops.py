"""`ouroloop loops`."""

from __future__ import annotations

from ouroloop.cli.options import Reading, party_of
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
    from ouroloop.report.rounds import loops_found

    dossier, say = reading.load(), reading.say
    party = party_of(dossier, through) if through is not None else None
    rows = [
        {
            "loop": " → ".join((*loop.names, loop.names[0])),
            "weakest_leg": loop.tier,
            "bottleneck_usd_bn_year": loop.bottleneck_usd_bn_year,
            "dates_in_order": loop.dates,
            "sources": ", ".join(loop.cites),
            "entities": ", ".join(loop.ids),
        }
        for loop in loops_found(dossier, bargains_of(dossier), say)
        if (party is None or party.id in loop.ids) and (tier is None or loop.tier.binds(tier))
    ]
    emit(
        dossier,
        rows,
        as_json=reading.json,
        say=say,
        title=say.plural(
            "{count} loop as known on {date}", "{count} loops as known on {date}", len(rows), date=dossier.date
        ),
        note=say.text(
            "The narrowest leg limits the loop: USD bn a year over each deal's own term, at the tier of the weakest "
            "leg. Guarantees and warrants move no money and are no legs."
        ),
    )
