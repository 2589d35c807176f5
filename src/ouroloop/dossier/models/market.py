"""Quoted spreads, useful lives and turning points."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ouroloop.dossier.models.record import Id, Known, Line, Number, Record, Text, When, refusal
from ouroloop.dossier.models.source import Cite, Cites, Grade


class Quote(Record):
    """A credit default swap spread as quoted on a day."""

    entity: Id
    on: When
    known: Known
    tenor_years: Annotated[float, Field(gt=0, le=30)]
    spread_bp: Annotated[float, Field(ge=0, le=100_000)]
    grade: Grade
    cite: Cite
    note: Line | None = None


class UsefulLife(Record):
    """A change of the life over which an asset is depreciated."""

    entity: Id | None = None
    """Absent when the row is an outside estimate of economic life; then `estimate_by` names whose."""
    estimate_by: Line | None = None
    asset: Line
    effective: When | None = None
    known: Known
    known_basis: Literal["reported", "assumed"] = "reported"
    from_years: Annotated[float, Field(gt=0, le=60)] | None = None
    to_years: Annotated[float, Field(gt=0, le=60)]
    to_years_high: Annotated[float, Field(gt=0, le=60)] | None = None
    """Upper end where the source gives a range."""
    profit_effect_usd_bn: Number | None = None
    grade: Grade
    cite: Cite
    note: Line | None = None

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if (self.entity is None) == (self.estimate_by is None):
            raise refusal("one-of", "give exactly one of 'entity' and 'estimate_by'")
        return self


class Event(Record):
    """A dated turning point."""

    on: When
    known: Known
    title: Text
    entities: tuple[Id, ...] = ()
    grade: Grade
    sources: Cites
