"""Rating letters as chances of default, from the dossier's yearly table of how ratings move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.market.ratings import RatingTable
from ouroloop.scenario.estimate import assumption

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

LETTERS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
_YEARS = 40


def letters_table(dossier: Dossier) -> RatingTable:
    """How likely has a firm of each letter failed after 1, 2, ... 40 years?

    The rows `fund-tm-*`, what a rating is a year later, one year after the other: ratings forget how they came about.
    Raises BadInput `no-assumption` where a row is not known on the dossier's day.
    """
    rows = [{p.at: p.value for p in assumption(dossier, f"fund-tm-{letter.casefold()}").points} for letter in LETTERS]
    moves = np.array([[row[at] for at in (*LETTERS, "D")] for row in rows])
    moves = np.vstack([moves / moves.sum(axis=1, keepdims=True), np.eye(len(LETTERS) + 1)[-1]])
    after, failed = np.eye(len(LETTERS) + 1), list[np.ndarray]()
    for _ in range(_YEARS):
        after = after @ moves
        failed.append(after[:-1, -1])
    return RatingTable(LETTERS, np.array(failed).T)


def failed_by(table: RatingTable, letter: str, periods: int) -> Float[np.ndarray, " period"]:
    """How likely has a firm of this letter failed at the end of each quarter? The hazard is level within a year."""
    yearly = table.probability[table.grades.index(letter)]
    hazard = -np.log1p(-np.r_[0.0, yearly])
    return -np.expm1(-np.interp(np.arange(1, periods + 1) / 4, np.arange(len(hazard)), hazard))
