"""Ratings: steps by how often firms of a grade failed, agencies' own tables, and how grades move together."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Float

from ouroloop.core import BadInput, Place, Problem

Watch = Literal["as expected", "watched", "too high"]


@dataclass(frozen=True, slots=True)
class Step:
    """A credit quality step: from which long-run default rate to which, over three years, in percent."""

    number: int
    mid: float
    lower: float
    upper: float
    monitoring: float | None
    """The short-run rate from which on the grade is watched, and that from which on it no longer fits."""
    trigger: float | None


STEPS = (
    Step(1, 0.10, 0.0, 0.16, 0.80, 1.20),
    Step(2, 0.25, 0.17, 0.54, 1.00, 1.30),
    Step(3, 1.00, 0.55, 2.39, 2.40, 3.00),
    Step(4, 7.50, 2.40, 10.99, 11.00, 12.40),
    Step(5, 20.00, 11.00, 26.49, 28.60, 35.00),
    Step(6, 34.00, 26.50, 100.0, None, None),
)
"""Commission Implementing Regulation (EU) 2016/1799, annexes I and II."""


def quality_step(default_rate: float) -> Step:
    """Which step is a grade on whose firms failed at this long-run rate over three years? Decimal: 0.0025 is step 2.

    The bounds are those of the regulation, in percent with two digits, and the rate is rounded as they are.
    """
    if not 0 <= default_rate <= 1:
        message = f"a default rate of {default_rate:g} is no share"
        raise BadInput([Problem(Place("rate"), "bad-rate", message, "write 0.0025 for 0.25 %")])
    percent = round(100 * default_rate, 2)
    return next(step for step in STEPS if percent <= step.upper)


def watch(step: Step, short_run_rate: float) -> Watch:
    """What does a default rate of the last three years say of a grade on this step? Decimal."""
    percent = 100 * short_run_rate
    if step.trigger is None or step.monitoring is None or percent < step.monitoring:
        return "as expected"
    return "watched" if percent < step.trigger else "too high"


@dataclass(frozen=True)
class RatingTable:
    """An agency's idealized default probabilities: users load their own, none comes with the package."""

    grades: tuple[str, ...]
    """Best first."""
    probability: Float[np.ndarray, "grade year"]
    """Until the end of each year, decimal."""

    def grade(self, probability: float, years: float) -> str:
        """The best grade whose firms fail at least as often as this until then; the last one where none does.

        Between whole years probabilities are those of a straight line; beyond the table its last year counts.
        """
        at = np.array([np.interp(years, np.arange(1, row.size + 1), row) for row in self.probability])
        return self.grades[int(np.argmax(at >= probability)) if (at >= probability).any() else -1]

    def notches(self, before: str, after: str) -> int:
        """How many grades lower is `after`? Negative where it is better."""
        return self.grades.index(after) - self.grades.index(before)


def load_ratings(path: Path | str) -> RatingTable:
    """A table from a file of commas: a row for each grade, best first, then percent until the end of year 1, 2, 3 ...

    Raises BadInput with every row that is no grade: `bad-table` for what is no number from 0 to 100, falls with the
    years, is below that of a better grade, or has another length than the first.
    """
    shown, problems = str(path), list[Problem]()
    grades, rows = list[str](), list[list[float]]()
    with Path(path).open(newline="", encoding="utf-8") as stream:
        for line, cells in enumerate(csv.reader(stream), start=1):
            if not any(cell.strip() for cell in cells):
                continue
            name, *given = (cell.strip() for cell in cells)
            row, wrong = _percents(given)
            if not wrong and rows and len(row) != len(rows[0]):
                wrong = f"has {len(row)} years, the first grade {len(rows[0])}"
            if not wrong and any(b < a for a, b in itertools.pairwise(row)):
                wrong = "falls from one year to the next: these are rates until the end of each year"
            if not wrong and rows and any(b < a for a, b in zip(rows[-1], row, strict=True)):
                wrong = f"fails less often than the better grade '{grades[-1]}'"
            if wrong:
                place = Place(shown, line)
                problems.append(Problem(place, "bad-table", f"'{name}' {wrong}", "write: A2, 0.01, 0.07, 0.22"))
            else:
                grades.append(name)
                rows.append(row)
    if not rows and not problems:
        problems.append(Problem(Place(shown), "bad-table", "there is no grade in it", "write: A2, 0.01, 0.07, 0.22"))
    if problems:
        raise BadInput(problems)
    return RatingTable(tuple(grades), np.array(rows) / 100)


def _percents(cells: Sequence[str]) -> tuple[list[float], str]:
    """Numbers from 0 to 100, or what is wrong with them."""
    try:
        row = [float(cell) for cell in cells]
    except ValueError:
        return [], f"has something that is no number: {', '.join(cells)[:60]}"
    if not row or not all(0 <= one <= 100 for one in row):
        return [], "has no percentages from 0 to 100"
    return row, ""


_Matrix = Float[np.ndarray, "grade grade"]


def migrate(matrix: _Matrix, correlation: float, factor: Float[Array, "*batch"]) -> Float[Array, "grade grade *batch"]:
    """How likely does a firm of each grade stand at each one a period later, if the common factor is known?

    Grades are bands of a hidden standard normal whose widths give the rows of `matrix` on average; a low factor moves
    all firms down together. Rows sum to 1, grades stand best first, the last one is default.

    References
    ----------
    Gupton, Finger and Bhatia 1997, CreditMetrics technical document, chapter 8.
    """
    below = np.cumsum(matrix[:, ::-1], axis=1)[:, ::-1]  # of each grade or worse
    below = below / below[:, :1]
    ends = jnp.asarray(below)[(...,) + (None,) * jnp.ndim(factor)]
    worse = ndtr((ndtri(ends) - np.sqrt(correlation) * factor) / np.sqrt(1.0 - correlation))
    worse = jnp.where(ends >= 1.0, 1.0, jnp.where(ends <= 0.0, 0.0, worse))
    return worse - jnp.concatenate([worse[:, 1:], jnp.zeros_like(worse[:, :1])], axis=1)


def value_after(
    probability: Float[np.ndarray, "*case grade"], value: Float[np.ndarray, " grade"]
) -> tuple[Float[np.ndarray, "*case"], Float[np.ndarray, "*case"]]:
    """What is a bond worth on average after grades have moved, and with which standard deviation?"""
    mean = probability @ value
    return mean, np.sqrt(probability @ np.square(value) - np.square(mean))
