"""Bargains between two parties: tranches, schedules and dated status paths."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ouroloop.core import Interval, Place
from ouroloop.dossier.models.record import Amount, Id, Known, Line, Record, When, refusal
from ouroloop.dossier.models.source import Cite, Cites, Grade


class Instrument(StrEnum):
    """What kind of bargain it is."""

    EQUITY = "equity"
    BOND = "bond"
    LOAN = "loan"
    VENDOR_LOAN = "vendor_loan"
    CONVERTIBLE = "convertible"
    COMPUTE_CREDIT = "compute_credit"
    WARRANT = "warrant"
    ACQUISITION = "acquisition"
    PURCHASE = "purchase"
    LEASE = "lease"
    CAPEX = "capex"
    PAYMENT = "payment"
    GUARANTEE = "guarantee"
    AMENDMENT = "amendment"
    OTHER = "other"

    @property
    def side(self) -> Literal["funding", "trade", "contingent", "none"]:
        """Does it fund the payee, buy from the payee, promise money only in a bad state, or move none?"""
        if self in _FUNDING:
            return "funding"
        if self in _TRADE:
            return "trade"
        return "contingent" if self in (Instrument.GUARANTEE, Instrument.WARRANT) else "none"


_FUNDING = frozenset(
    {
        Instrument.EQUITY,
        Instrument.BOND,
        Instrument.LOAN,
        Instrument.VENDOR_LOAN,
        Instrument.CONVERTIBLE,
        Instrument.COMPUTE_CREDIT,
    }
)
_TRADE = frozenset({Instrument.PURCHASE, Instrument.LEASE, Instrument.CAPEX, Instrument.PAYMENT})


class Status(StrEnum):
    """The steps of a deal's life."""

    RUMORED = "rumored"
    REPORTED = "reported"
    ANNOUNCED = "announced"
    LETTER = "letter"
    SIGNED = "signed"
    FUNDED = "funded"
    AMENDED = "amended"  # terms changed; binding as before
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class StatusStep(Record):
    """One step: what the deal became, when that took effect, and when it became known."""

    status: Status = Field(alias="is")
    effective: Known | None = None
    known: Known
    why: Line | None = None
    sources: tuple[Cite, ...] = ()


class Schedule(Record):
    """When the money moves. Evenly over the days from the first day of `start` to the last day of `end`."""

    start: When
    end: When | None = None
    basis: Literal["reported", "assumed"] = "assumed"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last < self.first:
            raise refusal("bad-order", f"the schedule ends ({self.end}) before it starts ({self.start})")
        if (self.last - self.first).days > 366 * 60:
            raise refusal("bad-order", "a schedule may last at most 60 years")
        return self

    @property
    def first(self) -> date:
        return self.start.first

    @property
    def last(self) -> date:
        return (self.end or self.start).last


class Tranche(Record):
    """A part of a deal with its own amount, milestone, schedule and status path."""

    id: Id
    low: Amount | None = None
    """What binds or was paid (USD bn); absent with `high` when nothing was disclosed."""
    high: Amount | None = None
    """The headline (USD bn); absent with `low` given means "at least"."""
    condition: Line | None = None
    """The milestone, option or right that stands between signature and money."""
    schedule: Schedule | None = None
    status: tuple[StatusStep, ...] = ()
    """Its own path; without one the deal's path holds."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is None and self.high is not None:
            raise refusal("bad-amount", "high without low: write low: 0 when nothing binds")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise refusal("bad-amount", f"low {self.low:g} is above high {self.high:g}")
        return self

    @property
    def amount(self) -> Interval | None:
        """The amount in USD bn, open above for "at least"; None when not disclosed."""
        if self.low is None:
            return None
        return Interval(self.low, float("inf") if self.high is None else self.high)


class Overlap(Record):
    """This deal shares money with others of the group: count the group once.

    `total` contains the parts; `part` is inside the total; `alternative` is another account of the same money, of
    which one is picked.
    """

    group: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$", max_length=60)]
    role: Literal["total", "part", "alternative"]


class Deal(Record):
    """A bargain between two parties. `from` pays, lends, leases in or guarantees; `to` receives."""

    id: Id
    payer: Id = Field(alias="from")
    payee: Id = Field(alias="to")
    instrument: Instrument
    in_kind: Literal["compute_credit", "shares", "chips", "capacity", "rights"] | None = None
    """What moves instead of cash; absent for cash."""
    payer_books: Literal["expense", "asset"] | None = None
    """How the payer of a trade books it; absent: an asset for capex, else an expense."""
    known: Known
    status: Annotated[tuple[StatusStep, ...], Field(min_length=1)]
    tranches: Annotated[tuple[Tranche, ...], Field(min_length=1)]
    terms: Line | None = None
    overlap: Overlap | None = None
    link: Id | None = None
    """The circular bargain that this deal is one leg of."""
    amends: Id | None = None
    """The earlier deal that this one replaces or changes."""
    disputed: Line | None = None
    """What the sources disagree about, where they do."""
    confidence: Grade
    sources: Cites
    place: Annotated[Place, Field(exclude=True, repr=False)]

    @model_validator(mode="before")
    @classmethod
    def _one_tranche(cls, value: Any) -> Any:
        """A deal in one piece may write its tranche's fields directly."""
        if isinstance(value, dict) and "tranches" not in value:
            own = ("low", "high", "condition", "schedule")
            whole = {key: value[key] for key in own if key in value}
            rest = {key: item for key, item in value.items() if key not in own}
            return rest | {"tranches": ({"id": "whole"} | whole,)}
        return value
