"""Where facts were read, and how sure we are of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from ouroloop.dossier.models.record import Id, Line, Record, When


class SourceClass(StrEnum):
    """How far from the event the source stands, nearest first."""

    PRIMARY = "primary"
    PRIMARY_QUOTED = "primary-quoted"
    ANALYST_ESTIMATE = "analyst-estimate"
    SECONDARY = "secondary"
    MEMORY = "memory"

    @property
    def rank(self) -> int:
        return list(SourceClass).index(self)


class Grade(StrEnum):
    """How sure we are of the row."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Grade).index(self)


class Source(Record):
    """Where a fact was read: producer, title, address; never its sentences."""

    id: Id
    title: Line
    producer: Line | None = None
    address: Line | None = None
    """A web address, or absent when none is usable."""
    locator: Line | None = None
    """Page, note, file or accession number inside the address."""
    published: When | None = None
    accessed: When | None = None
    source_class: SourceClass = Field(alias="class")
    license: Line | None = None

    @property
    def needs_primary(self) -> bool:
        """Is there no address that a reader could open? Then every use of it says "needs a primary source"."""
        return self.source_class is SourceClass.MEMORY or not (self.address or "").startswith(("https://", "http://"))


class Cite(Record):
    """A source and the place in it. Written `source-id` or `source-id#locator`."""

    source: Id
    locator: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            source, _, locator = value.partition("#")
            return {"source": source, "locator": locator or None}
        return value

    def __str__(self) -> str:
        return f"{self.source}#{self.locator}" if self.locator else self.source


Cites = Annotated[tuple[Cite, ...], Field(min_length=1)]
