"""Conflicting figures side by side: one is picked by a rule that says its reason, the others stay in sight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ouroloop.core import BadInput, Place, Problem, nearest
from ouroloop.dossier.models import Figure

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_PLACE = Place("figures")
_AHEAD = ("guidance", "forecast")


@dataclass(frozen=True, slots=True)
class Choice:
    """The figure to use, the others for the same thing, and why this one. `others` come in the order of the rule."""

    picked: Figure
    others: tuple[Figure, ...]
    why: str

    @property
    def conflicts(self) -> tuple[Figure, ...]:
        """The others that say something else: further off than the digits of both allow."""
        return tuple(
            other
            for other in self.others
            if other.unit != self.picked.unit
            or abs(other.value - self.picked.value) > tolerance(other.value) + tolerance(self.picked.value)
        )


def choose(
    dossier: Dossier,
    entity: str,
    concept: str,
    *,
    at: date | None = None,
    period: tuple[date, date] | None = None,
    counterparty: str | None = None,
    unit: str | None = None,
) -> Choice:
    """Which published figure holds for this entity (by id), concept and time?

    Exactly one of `at` (a value at a date) and `period` (first and last day) is given. The rule, in order: what
    happened before what was foretold (guidance, forecasts), the nearest source class, the surer grade, the latest known
    (a restatement), then the order of the dossier. Raises BadInput `no-figure` when there is none.
    """
    if (at is None) == (period is None):
        raise BadInput(
            [Problem(_PLACE, "one-of", "give exactly one of 'at' (a day) and 'period' (first and last day)")]
        )
    start, end = period if period else (None, at)
    found = [
        figure
        for figure in dossier.figures_of(entity, concept)
        if (figure.start, figure.end, figure.counterparty) == (start, end, counterparty)
        and (unit is None or figure.unit == unit)
    ]
    if not found:
        known = sorted({figure.concept for figure in dossier.figures_of(entity)})
        when = f"from {start} to {end}" if start else f"at {end}"
        about = f" with '{counterparty}'" if counterparty else ""
        message = f"no figure '{concept}' of '{entity}'{about} {when} is known on {dossier.date}"
        raise BadInput([Problem(_PLACE, "no-figure", message, "" if concept in known else nearest(concept, known))])
    return pick(dossier, found)


def pick(dossier: Dossier, figures: Iterable[Figure]) -> Choice:
    """The choice among figures that are all of one thing."""
    order = sorted(figures, key=lambda figure: _rank(dossier, figure))
    first, others = order[0], tuple(order[1:])
    if not others:
        return Choice(first, (), "the only figure")
    second = _rank(dossier, others[0])
    reasons = (
        "it happened, the others were foretold",
        f"the nearest source ({dossier.source(first.cite).source_class})",
        f"the surest grade ({first.grade})",
        f"the latest known ({first.known})",
    )
    decided = (why for ours, theirs, why in zip(_rank(dossier, first), second, reasons, strict=True) if ours != theirs)
    return Choice(first, others, next(decided, "first in the dossier, all else being equal"))


def _rank(dossier: Dossier, figure: Figure) -> tuple[bool, int, int, int]:
    return (
        foretold(figure),
        dossier.source(figure.cite).source_class.rank,
        figure.grade.rank,
        -figure.known.last.toordinal(),
    )


def foretold(figure: Figure) -> bool:
    """Is it a plan or a forecast, not something that happened?"""
    return figure.basis in _AHEAD


def tolerance(value: float) -> float:
    """By how much may a number with these digits be off? Half a unit of its last digit; 0.5 for a whole number.

    >>> tolerance(13.07)
    0.005
    """
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    assert isinstance(exponent, int), f"{value} has no digits"
    return 0.5 * 10.0 ** min(exponent, 0)


def periods(dossier: Dossier, entity: str, concept: str, counterparty: str | None = None) -> tuple[Choice, ...]:
    """The choice for every period over which the concept (in USD bn) is published, without what was foretold."""
    return _choices(dossier, entity, concept, counterparty, instants=False)


def instants(dossier: Dossier, entity: str, concept: str) -> tuple[Choice, ...]:
    """The choice for every day at which the concept (in USD bn) is published, earliest first."""
    return _choices(dossier, entity, concept, None, instants=True)


def _choices(
    dossier: Dossier, entity: str, concept: str, counterparty: str | None, *, instants: bool
) -> tuple[Choice, ...]:
    found: dict[tuple[date, date], list[Figure]] = {}
    for figure in dossier.figures_of(entity, concept):
        if figure.counterparty != counterparty or (figure.start is None) != instants:
            continue
        if figure.unit == "usd_bn" and not foretold(figure) and figure.end <= dossier.date:
            found.setdefault((figure.start or figure.end, figure.end), []).append(figure)
    return tuple(pick(dossier, found[when]) for when in sorted(found))
