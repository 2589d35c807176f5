"""Published payments between two members beside the payer's whole revenue of the same period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.core import Quarter
from ouroloop.report.language import Language
from ouroloop.report.not_customers import BeyondRevenue
from ouroloop.report.published import cites, over

if TYPE_CHECKING:
    from datetime import date

    from ouroloop.dossier import Dossier

PAID = "paid_to_counterparty"
REVENUE = "revenue"


def payments(dossier: Dossier, language: Language) -> tuple[BeyondRevenue, ...]:
    """Every published payment to a named payee whose payer's revenue of exactly that period is published too."""
    found: dict[str, BeyondRevenue] = {}
    for figure in dossier.figures:
        if figure.concept != PAID or not figure.counterparty or not figure.start:
            continue
        key = f"{figure.entity}-{figure.counterparty}-{figure.start}-{figure.end}"
        paid = over(dossier, figure.entity, PAID, figure.start, figure.end, figure.counterparty)
        revenue = over(dossier, figure.entity, REVENUE, figure.start, figure.end)
        if key in found or not paid or not revenue:
            continue
        found[key] = BeyondRevenue(
            key,
            language.name(dossier.entities[figure.entity]),
            language.name(dossier.entities[figure.counterparty]),
            _period(figure.start, figure.end, language),
            paid[0].value,
            revenue[0].value,
            cites(paid),
            cites(revenue),
        )
    return tuple(found.values())


def _period(start: date, end: date, language: Language) -> str:
    first, last = Quarter.of(start), Quarter.of(end)
    if start == first.first_day and end == last.last_day:
        return language.period(first, last)
    return language.text("{first} to {last}", first=language.date(start), last=language.date(end))
