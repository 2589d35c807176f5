"""What stands behind each loss: on whose paper, and by which deals, figures and assumptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.experiment.losses import Behind
from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import simulated, three_digits
from ouroloop.report.simulated.losses import WAYS
from ouroloop.report.sources import ids
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Table

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.refs import Ref
    from ouroloop.scenario.build import Economy

_SHOWN = 3
"""Records named in a cell; the rest is counted."""


@dataclass(frozen=True)
class Rested:
    """A part of a loss with what it rests on, in words of a dossier."""

    part: Behind
    records: tuple[str, ...]
    """Deals by id, figures as `entity concept day`."""
    assumptions: tuple[str, ...]
    sources: tuple[str, ...]


def rests_on(parts: Sequence[Behind], economy: Economy, dossier: Dossier) -> tuple[Rested, ...]:
    """The parts with their grounds in the books and contracts of an economy."""
    from ouroloop.scenario.grounds import grounds

    made: list[Rested] = []
    for part in parts:
        found = grounds(economy, dossier, part.holder, part.legs)
        names = tuple(dict.fromkeys(map(_named, found.records)))
        made.append(Rested(part, names, found.assumptions, ids(cite for ref in found.records for cite in ref.cites)))
    return tuple(made)


def _named(ref: Ref) -> str:
    """`openai-oracle-300bn` of a deal, `oracle long_term_debt 2026-08-31` of a figure."""
    if ref.kind == "deal":
        return ref.id.partition("#")[0]
    entity, concept, *rest = ref.id.partition("@")[0].split("/")
    return " ".join((entity, concept, "/".join(rest)))


def behind_table(
    rested: Sequence[Rested], soon: int, quarters: Sequence[str], language: Language, called: Callable[[str], str]
) -> Table:
    """A row for each holder, firm and way: what was lost by the quarter `soon` and in the end, and its grounds."""
    columns = (
        Column("holder", language.text("Holder")),
        Column("on", language.text("lost on")),
        Column("how", language.text("How")),
        Column("then", _by(quarters[soon], language), Kind.MONEY),
        Column("last", _by(quarters[-1], language), Kind.MONEY),
        Column("records", language.text("deals and figures behind it")),
        Column("assumptions", language.text("assumed")),
    )
    rows = tuple(
        Row(
            f"{one.part.holder}-{one.part.how}-{one.part.on}",
            {
                "holder": Cell(called(one.part.holder), Basis.NONE),
                "on": Cell(called(one.part.on), Basis.NONE),
                "how": Cell(language.text(WAYS[one.part.how]), Basis.NONE),
                "then": simulated(three_digits(_at(one.part.by_quarter, soon))),
                "last": simulated(three_digits(_at(one.part.by_quarter, -1))),
                "records": Cell(some(one.records, language), Basis.NONE, one.sources),
                "assumptions": Cell(language.join(one.assumptions), Basis.NONE),
            },
        )
        for one in rested
    )
    note = language.text(
        "The largest parts of each holder's loss. No deal or figure: lent, built or sold after the opening, in the "
        "simulation."
    )
    caption = language.text("What stands behind the losses")
    return Table("loss-behind", caption, columns, rows, note)


def some(records: Sequence[str], language: Language) -> str:
    """The first records by name, and how many more there are."""
    said = language.join(list(records[:_SHOWN]))
    if len(records) <= _SHOWN:
        return said
    return language.text("{some} and {count} more", some=said, count=language.number(len(records) - _SHOWN, 0))


def _by(quarter: str, language: Language) -> str:
    return language.text("net, end of {quarter}", quarter=language.quarter(Quarter.parse(quarter)))


def _at(values: np.ndarray, place: int) -> float:
    return float(values[place])
