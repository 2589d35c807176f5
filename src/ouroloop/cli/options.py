"""The options that every reading command shares, and how they become a dossier."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from ouroloop.core import BadInput, PartialDate, Place, Problem

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models import Entity
    from ouroloop.report.language import Language as Speech

Language = Literal["en", "zh-Hans", "zh-Hant"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Reading:
    """What to read and how to print it."""

    dossier: Annotated[str, Parameter(name=["--dossier", "-d"])] = "ai-loop"
    """A bundled dossier's name or a folder."""
    as_of: str | None = None
    """Only what was known on this date (2025-11-21, 2025-11 or 2025-Q3)."""
    json: bool = False
    """Print JSON instead of a table."""
    lang: Language = "en"
    """Language of names and sentences."""

    def load(self) -> Dossier:
        """The dossier as known on the asked date. Raises BadInput."""
        return load_dossier(self.dossier, self.as_of)

    @property
    def say(self) -> Speech:
        """The words of tables and sentences, in the asked language."""
        from ouroloop.report.language import Language as Speech

        return Speech(self.lang)


def load_dossier(name: str, as_of: str | None) -> Dossier:
    """Load a dossier and view it as of a date given in any of the five forms; bad words raise BadInput."""
    from ouroloop.dossier import load

    day = day_of(as_of) if as_of is not None else None
    dossier = load(name)
    if day and day > dossier.date:
        print(f"{dossier.header.id} ends on {dossier.date}: nothing later is in it", file=sys.stderr)
    return dossier.as_of(day) if day else dossier


def party_of(dossier: Dossier, name: str) -> Entity:
    """The entity that a name means, in any language; BadInput says where the names are listed when nothing is near."""
    try:
        return dossier.entity(name)
    except BadInput as error:
        hint = "list the names with: ouroloop sql 'SELECT id, name_en FROM entities'"
        raise BadInput([found if found.hint else replace(found, hint=hint) for found in error.problems]) from None


def day_of(text: str) -> date:
    """The last day that the text may mean."""
    try:
        return PartialDate.parse(text).last
    except ValueError as error:
        said, hint = f"{str(error)[0].upper()}{str(error)[1:]}.", "a day, a month, a quarter, a half or a year"
        problem = Problem(Place("--as-of"), "bad-date", said, hint)
        raise BadInput([problem]) from None
