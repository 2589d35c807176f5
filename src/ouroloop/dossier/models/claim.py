"""Articles, and what they claim beside what was found."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from ouroloop.dossier.models.record import Id, Known, Line, Record, Text, When, refusal
from ouroloop.dossier.models.source import Cite


class Article(Record):
    """One of the articles whose claims the dossier examines."""

    id: Id
    title: Text
    address: Line | None = None
    published: When | None = None

    @property
    def needs_primary(self) -> bool:
        return not (self.address or "").startswith(("https://", "http://"))


class Verdict(StrEnum):
    """What was found. `untested`: a mechanism, forecast or opinion that no published fact can confirm."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    UNSUPPORTED = "unsupported"
    UNTESTED = "untested"


class Claim(Record):
    """What an article says, in our words, beside what was found."""

    id: Id
    article: Id
    says: Text
    found: Verdict
    finding: Text | None = None
    """Absent only for `untested`."""
    known: Known
    """When the finding could have been made."""
    entities: tuple[Id, ...] = ()
    deals: tuple[Id, ...] = ()
    sources: tuple[Cite, ...] = ()

    @model_validator(mode="after")
    def _finding_given(self) -> Self:
        if self.found is not Verdict.UNTESTED and self.finding is None:
            raise refusal("missing-reason", f"a claim found {self.found} needs a finding")
        return self
