"""Published figures as the report uses them: the one picked, all sources that agree with it, and its basis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ouroloop.dossier.models import Figure
from ouroloop.report.table import Basis

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

_SAME = 1e-9


def basis_of(figure: Figure) -> Basis:
    """Does a figure look reported or estimated to the reader? What is derived from filings counts as reported."""
    return Basis.REPORTED if figure.basis in ("reported", "quoted", "derived") else Basis.ESTIMATED


def at(dossier: Dossier, entity: str, concept: str, day: date) -> list[Figure]:
    """The figures of a concept at a day, the picked one first, then those that agree with it."""
    return _agreeing(
        dossier,
        [f for f in dossier.figures_of(entity, concept) if (f.start, f.end, f.counterparty) == (None, day, None)],
    )


def over(
    dossier: Dossier, entity: str, concept: str, start: date, end: date, counterparty: str | None = None
) -> list[Figure]:
    """The figures of a concept over exactly a period, the picked one first, then those that agree with it."""
    found = [f for f in dossier.figures_of(entity, concept) if (f.start, f.end) == (start, end)]
    return _agreeing(dossier, [f for f in found if f.counterparty == counterparty])


def cites(figures: Iterable[Figure]) -> tuple[str, ...]:
    """The source ids of figures, each once."""
    return tuple(dict.fromkeys(figure.cite.source for figure in figures))


def _agreeing(dossier: Dossier, found: Sequence[Figure]) -> list[Figure]:
    """The figure that the dossier's rule picks among those in USD bn, and all that say the same."""
    from ouroloop.dossier.choose import foretold, pick

    happened = [figure for figure in found if figure.unit == "usd_bn" and not foretold(figure)]
    if not happened:
        return []
    choice = pick(dossier, happened)
    first = choice.picked
    same = [other for other in choice.others if abs(other.value - first.value) <= _SAME * max(1.0, abs(first.value))]
    return [first, *same]
