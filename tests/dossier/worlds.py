"""Small dossiers made in memory, and random ones for the properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from ouroloop.core import Place
from ouroloop.dossier import Deal, Dossier, Entity, Figure, Header, Source

PLACE = Place("memory")
SOURCES = ("primary", "secondary", "analyst-estimate", "memory")


def text(word: str) -> dict[str, str]:
    return {"en": word, "zh-Hans": word, "zh-Hant": word}


def entity(name: str, kind: str = "lab", *, loop: bool = True, **more: Any) -> Entity:
    if more.get("unexplained_revenue") == "customers":
        more["unexplained_why"] = "a thought experiment"
    return Entity.model_validate({"id": name, "names": text(name), "kind": kind, "loop": loop, **more})


def deal(
    name: str,
    payer: str,
    payee: str,
    instrument: str = "purchase",
    amount: float | tuple[float | None, float | None] | None = None,
    *,
    steps: Sequence[tuple[str, str]] = (("signed", "2025-01-01"),),
    schedule: tuple[str, str] | None = None,
    **more: Any,
) -> Deal:
    """A deal whose steps are `(status, known)`; known since the first of them."""
    low, high = amount if isinstance(amount, tuple) else (amount, amount)
    row: dict[str, Any] = {
        "id": name,
        "from": payer,
        "to": payee,
        "instrument": instrument,
        "known": steps[0][1],
        "status": [{"is": status, "known": known} for status, known in steps],
        "confidence": "high",
        "sources": ["primary"],
        "place": PLACE,
    }
    if "tranches" not in more:
        row |= {key: value for key, value in (("low", low), ("high", high)) if value is not None}
        if schedule:
            row["schedule"] = {"start": schedule[0], "end": schedule[1], "basis": "reported"}
    return Deal.model_validate(row | more)


def figure(
    name: str, concept: str, value: float, when: str, *, known: str | None = None, cite: str = "primary", **more: Any
) -> Figure:
    """A figure over `start/end`, or at a day; known the day after its end where nothing else is said."""
    start, slash, end = when.partition("/")
    end = end if slash else start
    later = known or (date.fromisoformat(end) + timedelta(days=1)).isoformat()
    row = {"entity": name, "concept": concept, "value": value, "end": end, "known": later, "cite": cite}
    return Figure.model_validate(row | ({"start": start} if slash else {}) | {"place": PLACE} | more)


def dossier(
    entities: Iterable[Entity],
    deals: Iterable[Deal] = (),
    figures: Iterable[Figure] = (),
    *,
    day: str = "2026-12-31",
    baskets: Sequence[dict[str, Any]] = (),
) -> Dossier:
    header = Header.model_validate(
        {
            "id": "small",
            "title": text("small"),
            "about": text("small"),
            "as_of": day,
            "first_quarter": "2025-Q1",
            "baskets": [{"title": text("basket"), **basket} for basket in baskets],
            "license": "none",
        }
    )
    sources = {
        word: Source.model_validate({"id": word, "title": word, "class": word, "address": "https://example.org"})
        for word in SOURCES
    }
    return Dossier(
        header=header,
        entities=MappingProxyType({one.id: one for one in entities}),
        deals=MappingProxyType({one.id: one for one in deals}),
        figures=tuple(figures),
        sources=MappingProxyType(sources),
        quotes=(),
        lives=(),
        events=(),
        claims=(),
        date=header.as_of,
    )


PARTIES = ("chips", "lab", "cloud")
_DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
_CENTS = st.integers(0, 10_000).map(lambda cents: cents / 100)


@st.composite
def worlds(draw: st.DrawFn, *, most_deals: int = 8, most_figures: int = 12) -> Dossier:
    """Three members, a bank and bond investors with random deals (some overlapping), and random figures."""
    entities = [
        entity("chips", "chip_maker"),
        entity("lab", "lab", unexplained_revenue=draw(st.sampled_from(["customers", "unknown"]))),
        entity("cloud", "cloud"),
        entity("arm", "cloud", loop=False, part_of="cloud"),
        entity("bank", "bank", loop=False),
        entity("bonds", "bond_market", loop=False),
    ]
    deals = [draw(_deals(number)) for number in range(draw(st.integers(0, most_deals)))]
    figures = [draw(_figures()) for _ in range(draw(st.integers(0, most_figures)))]
    return dossier(entities, deals, figures)


@st.composite
def _deals(draw: st.DrawFn, number: int) -> Deal:
    funding = draw(st.booleans())
    kinds = ["equity", "loan", "bond", "vendor_loan", "guarantee", "warrant", "compute_credit", "acquisition"]
    instrument = draw(st.sampled_from(kinds if funding else ["purchase", "lease", "capex", "payment"]))
    payers = (*PARTIES, "arm", *(("bank", "bonds") if funding else ()))
    payer = draw(st.sampled_from(payers))
    payee = draw(st.sampled_from([name for name in (*PARTIES, "arm") if name != payer]))
    low = draw(st.none() | _CENTS)
    high = None if low is None else draw(st.none() | st.just(low) | _CENTS.map(lambda more: round(low + more, 2)))
    known = sorted(draw(st.lists(_DAYS, min_size=1, max_size=3)))
    words = draw(
        st.sampled_from(
            [
                ("signed", "funded", "funded"),
                ("letter", "signed", "withdrawn"),
                ("rumored", "signed", "amended"),
                ("funded", "amended", "superseded"),
            ]
        )
    )
    first, last = sorted(draw(st.tuples(_DAYS, _DAYS)))
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        role = draw(st.sampled_from(["total", "part", "part", "alternative"]))
        more["overlap"] = {"group": draw(st.sampled_from(["one", "two"])), "role": role}
    if draw(st.booleans()):
        more["condition"] = "a milestone"
    if draw(st.integers(0, 5)) == 0:
        more["in_kind"] = "chips"
    return deal(
        f"deal-{number}",
        payer,
        payee,
        instrument,
        (low, high),
        steps=[(word, day.isoformat()) for word, day in zip(words, known, strict=False)],
        schedule=(first.isoformat(), last.isoformat()) if draw(st.booleans()) else None,
        sources=[draw(st.sampled_from(SOURCES))],
        **more,
    )


_CONCEPTS = (
    *("revenue", "operating_cash_flow", "capex_cash_ppe", "total_costs", "dividends", "debt_issued", "debt_repaid"),
    *("net_debt_issuance", "cash", "cash", "long_term_debt", "short_term_debt", "stockholders_equity"),
    *("paid_to_counterparty", "revenue_from_counterparty", "share_of_revenue"),
)


@st.composite
def _figures(draw: st.DrawFn) -> Figure:
    name = draw(st.sampled_from(PARTIES))
    concept = draw(st.sampled_from(_CONCEPTS))
    value = draw(_CENTS)
    more: dict[str, Any] = {"cite": draw(st.sampled_from(SOURCES))}
    if concept in ("operating_cash_flow", "net_debt_issuance", "stockholders_equity"):
        value *= draw(st.sampled_from([1, -1]))
    if concept.endswith("counterparty") or concept == "share_of_revenue":
        more["counterparty"] = draw(st.sampled_from([one for one in PARTIES if one != name]))
    if concept == "share_of_revenue":
        more["unit"], value = "pct", value % 100
    if concept in ("cash", "long_term_debt", "short_term_debt", "stockholders_equity"):
        return figure(name, concept, value, draw(_DAYS).isoformat(), **more)
    first, last = sorted(draw(st.tuples(_DAYS, _DAYS)))
    return figure(name, concept, value, f"{first}/{last}", **more)
