"""Vehicles that cut rent into notes: leases, guarantees, classes, and the order in which they are paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ouroloop.dossier.models.record import Id, Known, Line, Number, Record, Text, When, refusal
from ouroloop.dossier.models.source import Cite, Cites, Grade

Letter = Literal["AAA", "AA", "A", "BBB", "BB", "B", "CCC"]
Basis = Literal["reported", "derived", "assumed"]


class Grounded(Record):
    """Something that a source says, or that is worked out or assumed for a reason."""

    basis: Basis
    why: Line | None = None
    cite: Cite | None = None

    @model_validator(mode="after")
    def _grounded(self) -> Self:
        if self.basis == "reported" and self.cite is None:
            raise refusal("no-cite", "what is reported needs cite: source-id#locator")
        if self.basis != "reported" and not self.why:
            raise refusal("missing-reason", f"what is {self.basis} needs why")
        return self


class Term(Grounded):
    """A number of a contract. What was not disclosed is assumed, and says so."""

    value: Number
    low: Number | None = None
    high: Number | None = None
    """What other sources print, or how far an assumption may be off."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise refusal("bad-range", "low and high go together")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise refusal("bad-range", f"value {self.value:g} is not from low {self.low:g} to high {self.high:g}")
        return self


class Tenant(Grounded):
    """Who rents or guarantees, and how good his word is."""

    id: Id
    """By which the leases call him."""
    entity: Id | None = None
    """Absent where nobody says who it is."""
    grade: Letter
    """His rating, notches left out."""


class Inside(Record):
    """The larger promise of the tenant that a rent is a part of, and since when that could be known."""

    deal: Id
    known: Known


class LeaseTerms(Record):
    """One tenant's contract and what stands behind it."""

    id: Id
    tenant: Id
    deal: Id | None = None
    inside: Inside | None = None
    asset: Literal["shell", "chips"]
    """Whose clock its market rent follows."""
    begins: When
    years: Term
    rent_usd_bn: Term
    """A year, in the first year."""
    step: Term | None = None
    """How much it rises a year, share."""
    renewals: Annotated[int, Field(ge=0, le=20)] = 0
    renewal_years: Term | None = None
    renewal_rent: Literal["contract", "market"] = "contract"
    """At the rent that the contract would go on with, or at the market's."""
    worth_usd_bn: Term
    """What the space or the chips would sell for at closing."""
    on_exit: Literal["relet", "sell"] = "relet"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.renewals > 0) != (self.renewal_years is not None):
            raise refusal("missing-key", "renewals and renewal_years go together")
        if self.rent_usd_bn.value <= 0 or self.worth_usd_bn.value <= 0 or self.years.value <= 0:
            raise refusal("bad-amount", "rent, worth and years are above 0")
        return self


class ResidualTerms(Record):
    """Who promises what the space will be worth when the tenant leaves."""

    by: Id
    """A tenant, or another party listed as one."""
    deal: Id | None = None
    lease: Id
    cap_usd_bn: Term
    until: When
    falls: Literal["evenly", "with-notes", "not"] = "evenly"
    """How the promise comes down: evenly to 0 at its end, with the classes behind which it stands, or not at all."""
    if_failed: bool = True
    """Does it also pay where the tenant failed?"""


class Held(Record):
    """Who holds how much of a class."""

    by: Id
    share: Term | None = None
    """Absent where only the name is known."""


class Rated(Record):
    """What an agency said of a class."""

    agency: Line
    rating: Line
    known: Known
    cite: Cite


class ClassTerms(Record):
    """A class of notes or a loan."""

    id: Id
    deal: Id | None = None
    size_usd_bn: Term
    coupon: Term
    """Share per year; over the reference rate where it floats."""
    floats: bool = False
    repays: Literal["level", "bullet"] = "level"
    """In equal payments of interest and principal, or all of it at the end."""
    interest_only_years: Annotated[float, Field(ge=0, le=30)] = 0.0
    attachment: Annotated[float, Field(ge=0, le=1)] | None = None
    detachment: Annotated[float, Field(ge=0, le=1)] | None = None
    """The shares of all classes that are lost before it is hit and when it is gone, where a source states them."""
    rated: tuple[Rated, ...] = ()
    held_by: tuple[Held, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.size_usd_bn.value <= 0:
            raise refusal("bad-amount", f"a class of {self.size_usd_bn.value:g} holds nothing")
        if (self.attachment is None) != (self.detachment is None):
            raise refusal("missing-key", "attachment and detachment go together")
        if self.attachment is not None and self.detachment is not None and self.attachment >= self.detachment:
            raise refusal("bad-order", f"attached at {self.attachment:g}, above its end at {self.detachment:g}")
        held = sum(one.share.value for one in self.held_by if one.share is not None)
        if held > 1 + 1e-9:
            raise refusal("bad-amount", f"holders have {held:.4g} of the class")
        return self


class LineTerms(Record):
    """One line of the waterfall: exactly one of fee, interest, principal, fill, trap and rest."""

    fee: Id | None = None
    share_of_rent: Term | None = None
    """What the fee comes to."""
    interest: tuple[Id, ...] | None = None
    principal: tuple[Id, ...] | None = None
    of: Literal["scheduled", "collected", "all"] = "scheduled"
    """What is above the schedule; what sales and guarantees brought; or all that is left."""
    in_proportion: bool = False
    when: Literal["always", "rapid"] = "always"
    from_reserve: bool = True
    share: Annotated[float, Field(gt=0)] = 1.0
    """Of the cash that has come down to this line, at most so much."""
    fill: Term | None = None
    """Periods of debt service that the reserve should hold."""
    trap: Term | None = None
    """Cover below which cash is kept."""
    rest: Id | None = None
    """The owner."""

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        verbs = (self.fee, self.interest, self.principal, self.fill, self.trap, self.rest)
        if [verb is None for verb in verbs].count(False) != 1:
            raise refusal("one-of", "give exactly one of fee, interest, principal, fill, trap and rest")
        if self.share > 1:
            raise refusal("bad-waterfall", f"this line pays {self.share:.4g} of the cash there is: more than it has")
        if (self.fee is None) != (self.share_of_rent is None):
            raise refusal("missing-key", "fee and share_of_rent go together")
        return self


class Structure(Record):
    """A vehicle between tenants and holders of its notes."""

    id: Id
    names: Text
    vehicle: Id
    known: Known
    closes: When
    """From when on interest runs and tenants' fates are followed."""
    ends: When
    """When notes have to be repaid at the latest."""
    anticipated: When | None = None
    """When they should be: afterwards everything repays them."""
    rapid_below: Term | None = None
    """Cover under which everything repays notes."""
    reserve_periods: Term | None = None
    """Periods of debt service in the reserve at closing."""
    tenants: Annotated[tuple[Tenant, ...], Field(min_length=1)]
    leases: Annotated[tuple[LeaseTerms, ...], Field(min_length=1)]
    guarantees: tuple[ResidualTerms, ...] = ()
    classes: Annotated[tuple[ClassTerms, ...], Field(min_length=1)]
    """Most senior first."""
    waterfall: Annotated[tuple[LineTerms, ...], Field(min_length=1)]
    unknown: tuple[Line, ...] = ()
    """What no source says."""
    grade: Grade
    sources: Cites

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends.last <= self.closes.first:
            raise refusal("bad-order", f"the notes end ({self.ends}) before they begin ({self.closes})")
        if (self.ends.last - self.closes.first).days > 366 * 60:
            raise refusal("bad-order", "notes may last at most 60 years")
        return self

    def terms(self) -> Iterator[tuple[tuple[str | int, ...], Term]]:
        """Every number with its place in the record."""
        yield from _terms(self, ())

    def cites(self) -> Iterator[tuple[tuple[str | int, ...], Cite]]:
        """Every cite with its place in the record."""
        for number, cite in enumerate(self.sources):
            yield ("sources", number), cite
        yield from _cites(self, ())

    def entities(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every entity that is named, with its place in the record."""
        yield ("vehicle",), self.vehicle
        for number, tenant in enumerate(self.tenants):
            if tenant.entity is not None:
                yield ("tenants", number, "entity"), tenant.entity
        for number, one in enumerate(self.classes):
            for row, held in enumerate(one.held_by):
                yield ("classes", number, "held_by", row, "by"), held.by
        for number, line in enumerate(self.waterfall):
            if line.rest is not None:
                yield ("waterfall", number, "rest"), line.rest

    def deals(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every deal that is named, with its place in the record."""
        for key, rows in (("leases", self.leases), ("guarantees", self.guarantees), ("classes", self.classes)):
            for number, row in enumerate(rows):
                if row.deal is not None:
                    yield (key, number, "deal"), row.deal
        for number, lease in enumerate(self.leases):
            if lease.inside is not None:
                yield ("leases", number, "inside", "deal"), lease.inside.deal


def _terms(record: Record, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Term]]:
    for place, value in _children(record, at):
        if isinstance(value, Term):
            yield place, value
        elif isinstance(value, Record):
            yield from _terms(value, place)


def _cites(record: Record, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Cite]]:
    for place, value in _children(record, at):
        if isinstance(value, Cite):
            if place[0] != "sources":
                yield place, value
        elif isinstance(value, Record):
            yield from _cites(value, place)


def _children(record: Record, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, tuple):
            for number, one in enumerate(value):
                yield (*at, name, number), one
        else:
            yield (*at, name), value
