"""A tiny invented dossier: three members, a customer class, two lender classes, vehicles, one void deal, one arm."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

from ouroloop.core import Place
from ouroloop.dossier import Dossier
from ouroloop.dossier.models import Claim, Deal, Entity, Figure, Header, Source

PLACE = Place("small.yaml", 1, 1)


def text(word: str) -> dict[str, str]:
    return {"en": word, "zh-Hans": f"{word}简", "zh-Hant": f"{word}繁"}


def entity(name: str, kind: str, **more: Any) -> Entity:
    return Entity.model_validate({"id": name, "names": text(name.title()), "kind": kind, **more})


def deal(
    name: str, payer: str, payee: str, instrument: str, low: float | None, status: str = "funded", **more: Any
) -> Deal:
    tranche: dict[str, Any] = {} if low is None else {"low": low, "high": more.pop("high", low)}
    return Deal.model_validate(
        {
            "id": name,
            "from": payer,
            "to": payee,
            "instrument": instrument,
            "known": "2025-01-15",
            "status": [{"is": status, "known": "2025-01-15"}],
            "confidence": "high",
            "sources": ["paper"],
            "place": PLACE,
            "schedule": {"start": "2025-01-01", "end": "2025-12-31"},
            **tranche,
            **more,
        }
    )


def figure(who: str, concept: str, value: float, **more: Any) -> Figure:
    base = {"entity": who, "concept": concept, "value": value, "known": "2026-02-01", "cite": "filing", "place": PLACE}
    return Figure.model_validate({"end": date(2025, 12, 31), **base, **more})


def dossier(
    entities: list[Entity] | None = None,
    deals: list[Deal] | None = None,
    figures: list[Figure] | None = None,
    claims: list[Claim] | None = None,
) -> Dossier:
    entities = entities or [
        entity("chip", "chip_maker", loop=True),
        entity("cloud", "cloud", loop=True),
        entity("cloud-arm", "cloud", part_of="cloud"),
        entity("lab", "lab", loop=True),
        entity("users", "customers"),
        entity("banks", "bank"),
        entity("vehicle", "spv"),
        entity("total", "aggregate"),
    ]
    deals = deals or [
        deal("d1", "chip", "lab", "equity", 10.0),
        deal("d2", "lab", "cloud-arm", "purchase", 8.0, "signed"),
        deal("d3", "cloud", "chip", "purchase", 6.0),
        deal("d4", "cloud", "chip", "purchase", 3.0),
        deal("d5", "banks", "cloud", "bond", 5.0),
        deal("d6", "banks", "vehicle", "loan", 4.0),
        deal("d7", "cloud", "vehicle", "lease", None, "signed"),
        deal("d8", "users", "lab", "purchase", 2.0),
        deal("d9", "chip", "lab", "equity", 90.0, "withdrawn"),
        deal("d10", "total", "chip", "purchase", 400.0),
    ]
    sources = [
        Source.model_validate(
            {"id": "paper", "title": "A paper", "class": "secondary", "address": "https://example.org"}
        ),
        Source.model_validate(
            {"id": "filing", "title": "A filing", "class": "primary", "address": "https://example.org/f"}
        ),
        Source.model_validate({"id": "rumor", "title": "Heard", "class": "memory"}),
    ]
    header = Header.model_validate(
        {
            "id": "small",
            "title": text("Small"),
            "about": text("About"),
            "as_of": "2026-10-01",
            "first_quarter": "2025-Q1",
            "license": "CC0",
        }
    )
    return Dossier(
        header=header,
        entities=MappingProxyType({one.id: one for one in entities}),
        deals=MappingProxyType({one.id: one for one in deals}),
        figures=tuple(figures or ()),
        sources=MappingProxyType({one.id: one for one in sources}),
        quotes=(),
        lives=(),
        events=(),
        claims=tuple(claims or ()),
        date=date(2026, 10, 1),
    )
