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
    """Nearest source first, then the surer grade, then the later known: the first of these and who says the same."""
    money = [figure for figure in found if figure.unit == "usd_bn"]
    if not money:
        return []
    ranked = sorted(
        money,
        key=lambda f: (
            dossier.source(f.cite).source_class.rank,
            f.grade.rank,
            -f.known.last.toordinal(),
            f.cite.source,
        ),
    )
    first = ranked[0]
    return [figure for figure in ranked if abs(figure.value - first.value) <= _SAME * max(1.0, abs(first.value))]
