"""The promises of `ai-loop` as they stood on a day, read once for all tests."""

from __future__ import annotations

from datetime import date
from functools import cache

from ouroloop.core import Quarter
from ouroloop.dossier import Dossier, load
from ouroloop.scenario.axes import axes
from ouroloop.scenario.contracts import Contracts, contracts


@cache
def ai_loop(day: str = "2026-10-31") -> Dossier:
    return load("ai-loop").as_of(date.fromisoformat(day))


def opened(known: Dossier, quarters: int = 40) -> Contracts:
    return contracts(known, axes(known), Quarter.of(known.date) + 1, quarters)


@cache
def on(day: str = "2026-10-31") -> Contracts:
    return opened(ai_loop(day))
