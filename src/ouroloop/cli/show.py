"""`ouroloop show`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ouroloop.cli.options import Reading, party_of
from ouroloop.cli.output import cell, console, emit_json, show_table
from ouroloop.cli.words import ABOUT, NEEDS_PRIMARY, PARTS
from ouroloop.core import Tier

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models import Deal, Entity, Event, Figure, Quote, UsefulLife

DEFAULT = Reading()


def show(entity: str, /, *, tier: Tier | None = None, reading: Reading = DEFAULT) -> None:
    """Show what is known of one entity: who it is, its deals, the newest figures, spreads, useful lives and events.

    Parameters
    ----------
    entity
        Its name in any language, an alias or its id.
    tier
        Only deals at least as binding as this.
    """
    dossier = reading.load()
    found = party_of(dossier, entity)
    parts = {
        "deals": list(_deals(dossier, found, tier, reading.lang)),
        "newest figures": list(_figures(dossier, found)),
        "spreads": [
            {"on": q.on, "tenor_years": q.tenor_years, "spread_bp": q.spread_bp, "grade": q.grade,
             "source": _source(dossier, q)}
            for q in dossier.quotes
            if q.entity == found.id
        ],
        "useful lives": [
            {"asset": x.asset, "effective": x.effective, "from_years": x.from_years, "to_years": x.to_years,
             "source": _source(dossier, x)}
            for x in dossier.lives
            if x.entity == found.id
        ],
        "events": [
            {"on": e.on, "event": e.title.for_language(reading.lang), "grade": e.grade, "source": _source(dossier, e)}
            for e in dossier.events
            if found.id in e.entities
        ],
    }  # fmt: skip
    who = _who(dossier, found)
    if reading.json:
        named = {name.replace(" ", "_"): rows for name, rows in parts.items()}
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, "entity": who, **named})
        return
    from rich.text import Text

    out, say = console(), reading.say
    title = say.text("{name}, as known on {date}", name=found.names.for_language(reading.lang), date=dossier.date)
    out.print(Text(title, style="bold"))
    for key, value in who.items():
        if value not in (None, (), ""):
            out.print(Text(f"  {say.text(ABOUT[key])}: {cell(value, say)}"))
    for title, rows in parts.items():
        if rows:
            show_table(rows, say, out, title=say.text(PARTS[title]))


def _who(dossier: Dossier, entity: Entity) -> dict[str, Any]:
    pays = {True: "yes", False: "no", None: None}[entity.core_business_pays]
    return {
        "id": entity.id,
        "names": " · ".join(dict.fromkeys((entity.names.en, entity.names.zh_hans, entity.names.zh_hant))),
        "aliases": ", ".join(entity.aliases),
        "kind": entity.kind,
        "in_the_loop": entity.loop,
        "part_of": entity.part_of,
        "arms": ", ".join(e.id for e in dossier.entities.values() if e.part_of == entity.id),
        "ticker": entity.ticker,
        "core_business_pays": pays,
        "unexplained_revenue_counts_as": entity.unexplained_revenue,
        "because": entity.unexplained_why,
        "note": entity.note,
    }


def _deals(dossier: Dossier, entity: Entity, tier: Tier | None, lang: str) -> Iterable[dict[str, Any]]:
    from ouroloop.dossier import standings

    arms = {entity.id} | {e.id for e in dossier.entities.values() if e.part_of == entity.id}
    for standing in sorted(standings(dossier), key=lambda s: s.tier.rank):
        deal = standing.deal
        if not arms & {deal.payer, deal.payee} or (tier is not None and not standing.tier.binds(tier)):
            continue
        pays = deal.payer in arms
        other = dossier.entities[deal.payee if pays else deal.payer]
        yield {
            "": "gives to" if pays else "gets from",
            "other": other.names.for_language(lang),
            "instrument": deal.instrument,
            "tier": standing.tier,
            "stated_usd_bn": standing.stated,
            "counted_usd_bn": standing.amount,
            "known": deal.known,
            "source": _source(dossier, deal),
            "not_counted_because": standing.dropped_because or standing.reduced_because,
            "deal": deal.id,
        }


def _figures(dossier: Dossier, entity: Entity) -> Iterable[dict[str, Any]]:
    newest = {
        (f.concept, f.counterparty): f for f in sorted(dossier.figures_of(entity.id), key=lambda f: (f.end, f.days))
    }
    for (concept, counterparty), figure in sorted(newest.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        yield {
            "concept": concept,
            "with": counterparty,
            "from": figure.start,
            "to": figure.end,
            "value": figure.value,
            "unit": figure.unit,
            "basis": figure.basis,
            "grade": figure.grade,
            "source": _source(dossier, figure),
        }


def _source(dossier: Dossier, record: Deal | Figure | Quote | UsefulLife | Event) -> str:
    """Where to look it up: the first source, or that there is none a reader could open."""
    from ouroloop.dossier import cites_of

    return NEEDS_PRIMARY if dossier.needs_primary(record) else str(cites_of(record)[0])
