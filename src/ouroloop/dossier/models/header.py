"""What a dossier is about, and the baskets of deals that it follows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ouroloop.dossier.models.claim import Article
from ouroloop.dossier.models.record import Day, Id, Line, Record, Text


class Basket(Record):
    """A named set of deals whose headline is followed down to what is firm and what was paid."""

    id: Id
    title: Text
    deals: Annotated[tuple[Id, ...], Field(min_length=1)]
    note: Line | None = None


class Header(Record):
    """The file `dossier.yaml`: what this dossier is about."""

    id: Id
    title: Text
    about: Text
    as_of: Day
    """The last day whose facts were collected."""
    first_quarter: Annotated[str, StringConstraints(pattern=r"^\d{4}-Q[1-4]$")]
    """Where the books start."""
    stylized: bool = False
    """True for a thought experiment: its amounts are units, not facts."""
    articles: tuple[Article, ...] = ()
    baskets: tuple[Basket, ...] = ()
    license: Line
