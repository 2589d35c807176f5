"""`ouroloop deals`."""

from __future__ import annotations

from ouroloop.cli.options import Reading, party_of
from ouroloop.cli.output import emit
from ouroloop.cli.words import NEEDS_PRIMARY
from ouroloop.core import Tier

DEFAULT = Reading()


def deals(entity: str | None = None, /, *, tier: Tier | None = None, reading: Reading = DEFAULT) -> None:
    """List deals by tier, overlaps resolved: what binds now, what is only a headline, what is void.

    Parameters
    ----------
    entity
        Only deals of this firm, in any language.
    tier
        Only parts at least as binding as this: paid, firm, conditional, letter, reported, void.
    """
    from ouroloop.dossier import standings

    dossier, say = reading.load(), reading.say
    party = party_of(dossier, entity) if entity is not None else None
    rows = [
        {
            "deal": standing.deal.id,
            "part": standing.tranche.id,
            "from": dossier.entities[standing.deal.payer].names.for_language(reading.lang),
            "to": dossier.entities[standing.deal.payee].names.for_language(reading.lang),
            "instrument": standing.deal.instrument,
            "tier": standing.tier,
            "stated_usd_bn": standing.stated,
            "counted_usd_bn": standing.amount,
            "known": standing.deal.known,
            "source": NEEDS_PRIMARY if dossier.needs_primary(standing.deal) else standing.deal.sources[0],
            "not_counted_because": standing.dropped_because or standing.reduced_because,
        }
        for standing in standings(dossier)
        if (party is None or party.id in (standing.deal.payer, standing.deal.payee))
        and (tier is None or standing.tier.binds(tier))
    ]
    rows.sort(key=lambda row: (Tier(row["tier"]).rank, row["deal"], row["part"]))
    emit(
        dossier,
        rows,
        as_json=reading.json,
        say=say,
        title=say.text("Deals as known on {date}", date=dossier.date),
        note=say.text(
            "USD bn, low (binding or paid) to high (headline); – where not disclosed. What is stated overlaps and must "
            "not be added up; what is counted leaves out what other rows hold already."
        ),
    )
