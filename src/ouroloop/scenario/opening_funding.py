"""What deals of the dossier have put into each firm by the end of a quarter, and who holds that claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from ouroloop.core import Tier
from ouroloop.dossier.days import Days
from ouroloop.dossier.deal_streams import DEBT, deal_streams
from ouroloop.dossier.models import Instrument
from ouroloop.dossier.refs import Refs, joined
from ouroloop.dossier.streams import Stream

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.axes import Axes


@dataclass(frozen=True, slots=True)
class Funding:
    """Money (or value in kind) that came into `firm` from `source` under one tranche of a deal, spread over days."""

    source: str
    firm: str
    instrument: str
    amount: float
    days: Days
    refs: Refs
    in_kind: bool

    @property
    def is_debt(self) -> bool:
        return self.instrument in DEBT

    def between(self, after: date | None, until: date) -> float:
        """What of it came after one day and up to another."""
        first = date.min if after is None else date.fromordinal(after.toordinal() + 1)
        return self.amount * self.days.share(Days.between(first, until))


@lru_cache(maxsize=8)
def _streams(dossier: Dossier) -> tuple[Stream, ...]:
    """Kept, as the books of every member ask for them."""
    return deal_streams(dossier)


def funding(dossier: Dossier, axes: Axes, until: date) -> tuple[Funding, ...]:
    """Which equity and debt has been put into members, by deals, up to the end of a day?

    What was paid, and what is firm and was due by then, at its point; what the press reports as done, at its low end.
    What hangs on a condition or is a letter is not in. Overlaps are resolved as in `deal_streams`. Names are folded
    into members and sectors; money within one of them is left out, and so is what flows between sectors.
    """
    found: list[Funding] = []
    up_to = Days.between(date.min, until)
    for stream in _streams(dossier):
        source, firm = axes.booked_at(stream.payer), axes.booked_at(stream.payee)
        if source is None or firm not in axes.members or source == firm or stream.side == "memorandum":
            continue
        if stream.instrument not in DEBT and stream.instrument != Instrument.EQUITY:
            continue
        part = stream.on(up_to)
        amount = _counted(part) if part is not None else 0.0
        if part is not None and amount > 0:
            kind = stream.in_kind is not None
            found.append(Funding(source, firm, stream.instrument, amount, part.days, stream.refs, kind))
    return tuple(found)


def _counted(stream: Stream) -> float:
    if stream.tier in (Tier.PAID, Tier.FIRM):
        return stream.point
    return stream.amount.low if stream.tier is Tier.REPORTED else 0.0


def acquisitions(dossier: Dossier, axes: Axes, firm: str, after: date, until: date) -> float:
    """What a member paid for other firms after one day and up to another."""
    days = Days.between(date.fromordinal(after.toordinal() + 1), until)
    bought = (
        s
        for s in _streams(dossier)
        if s.instrument == Instrument.ACQUISITION and s.tier is Tier.PAID and axes.booked_at(s.payer) == firm
    )
    return sum(s.point_within(days) for s in bought if s.in_kind is None)


def refs_of(some: Iterable[Funding]) -> Refs:
    """The deals behind all of it."""
    return joined(*(one.refs for one in some))
