"""Rating letters as chances of default, from the dossier's yearly table of how ratings move."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jaxtyping import Float

from ouroloop.core import BadInput
from ouroloop.economy.kept import kept_program
from ouroloop.market.chance_at_distance import chance_at_distance
from ouroloop.market.ratings import RatingTable
from ouroloop.scenario.estimate import assumption

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

VOLATILITY, BARRIER, CALLED, PRICE_OF_RISK = "eco-finance-082", "eco-finance-090", "eco-finance-070", "eco-finance-091"
"""How much shares move, how uncertain the place of failure is, which part of guarantees is called, and how much worse
priced chances of default are than those that happen."""
TENOR_YEARS = 5
"""Over which chances of default are compared with those of letters."""
LETTERS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
_YEARS = 40
_FARTHEST = np.linspace(-0.5, 7.0, 301)
"""Distances to default at which chances are worked out; between them they run straight."""


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


def can_rate(dossier: Dossier) -> bool:
    """Does the dossier have, on its day, all that letters of firms are worked out from?"""
    try:
        letters_table(dossier)
        for name in (VOLATILITY, BARRIER, CALLED, PRICE_OF_RISK):
            assumption(dossier, name)
    except BadInput:
        return False
    return True


def letter_bounds(
    dossier: Dossier, equity: Float[np.ndarray, " firm"], default_point: Float[np.ndarray, " firm"]
) -> Float[np.ndarray, "firm letter"]:
    """At which distance ln(assets / default point) does a firm fail as often as each letter but the last?

    The chance within five years is that of a first passage with an uncertain barrier, at the volatility of assets that
    shares and debt of the opening day imply, less the price of risk; the letters' is that of `letters_table`. Where the
    dossier cannot rate on its day no distance is short enough for any other letter than the best.
    """
    if not can_rate(dossier):
        return np.full((len(equity), len(LETTERS) - 1), -np.inf)
    read = (assumption(dossier, name).value for name in (VOLATILITY, BARRIER, PRICE_OF_RISK))
    volatility, deviation, price_of_risk = read
    given = (np.asarray(of, np.float64) for of in (equity, default_point, volatility, deviation, price_of_risk))
    happens = np.asarray(_happens(len(equity))(*given)[0])
    within = letters_table(dossier).probability[:-1, TENOR_YEARS - 1]
    return np.array([np.interp(within, row[::-1], _FARTHEST[::-1]) for row in happens])


@cache
def _happens(firms: int) -> Callable[..., tuple[Any, ...]]:
    """How likely does each firm fail within the tenor at each of the distances? Compiled for so many firms."""
    shapes = [jax.ShapeDtypeStruct(shape, np.float64) for shape in ((firms,), (firms,), (), (), ())]
    chances = partial(chance_at_distance, distances=_FARTHEST, years=float(TENOR_YEARS))
    return kept_program("letters", chances, (), shapes)
