"""The quarters that a report measures flows over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.core import Quarter

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier


def measured_period(dossier: Dossier) -> tuple[Quarter, Quarter]:
    """The last calendar year that had ended on the dossier's date, or all of a thought experiment."""
    if dossier.header.stylized:
        first = Quarter.parse(dossier.header.first_quarter)
        return first, max(first, Quarter.of(dossier.header.as_of))
    newest = Quarter.of(dossier.date)
    year = newest.year if newest.number == 4 and dossier.date == newest.last_day else newest.year - 1
    return Quarter(year, 1), Quarter(year, 4)
