"""Published numbers, one by one and as the series that the files hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ouroloop.core import Place
from ouroloop.dossier.models.record import ConceptName, Day, Id, Known, Line, Number, Record, refusal
from ouroloop.dossier.models.source import Cite, Grade

Unit = Literal["usd_bn", "jpy_bn", "twd_bn", "shares_bn", "pct", "x", "years", "gw"]
Basis = Literal["reported", "quoted", "derived", "estimated", "guidance", "forecast"]


class Figure(Record):
    """A published number of one entity for one period or date.

    In the files figures stand in series that share concept, unit and source; reading flattens them to this record.
    """

    entity: Id
    concept: ConceptName
    counterparty: Id | None = None
    start: Day | None = None
    """First day of the period; absent for a value at a date."""
    end: Day
    value: Number
    unit: Unit = "usd_bn"
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    """`assumed`: the publication day was not recorded, a cautious late date stands in."""
    cite: Cite
    basis: Basis = "reported"
    grade: Grade = Grade.MEDIUM
    tag: Line | None = None
    """The us-gaap or other taxonomy element, where known."""
    note: Line | None = None
    place: Annotated[Place, Field(exclude=True, repr=False)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start and self.start > self.end:
            raise refusal("bad-order", f"the period ends ({self.end}) before it starts ({self.start})")
        return self

    @property
    def days(self) -> int:
        """Length of the period in days; 0 at a date."""
        return (self.end - self.start + timedelta(days=1)).days if self.start else 0


def _period(value: Any) -> Any:
    """`2025-01-01/2025-12-31` as a pair of days."""
    if isinstance(value, str):
        start, slash, end = value.partition("/")
        if not slash:
            raise refusal("bad-date", f"'{value}' is not a period (use 2025-01-01/2025-12-31)")
        return (start, end)
    return value


class SeriesValue(Record):
    """One row of a series. Exactly one of `at` and `period`; other fields override the series'."""

    at: Day | None = None
    period: Annotated[tuple[Day, Day], BeforeValidator(_period)] | None = None
    value: Number
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    cite: Cite | None = None
    basis: Basis | None = None
    grade: Grade | None = None
    tag: Line | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if (self.at is None) == (self.period is None):
            raise refusal("one-of", "give exactly one of 'at' (a date) and 'period' (start/end)")
        return self


class Series(Record):
    """Figures of one concept that share what is written here once."""

    concept: ConceptName
    counterparty: Id | None = None
    unit: Unit = "usd_bn"
    cite: Cite | None = None
    basis: Basis = "reported"
    grade: Grade = Grade.MEDIUM
    tag: Line | None = None
    note: Line | None = None
    values: Annotated[tuple[SeriesValue, ...], Field(min_length=1)]


class FigureFile(Record):
    """A file of `figures/`: the series of one entity."""

    entity: Id
    series: Annotated[tuple[Series, ...], Field(min_length=1)]
