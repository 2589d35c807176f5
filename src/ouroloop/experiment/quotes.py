"""Two numbers fitted to the earlier quotes of protection, and held against the later ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from scipy.optimize import least_squares
from scipy.stats import norm

from ouroloop.core import BadInput, Place, Problem
from ouroloop.scenario.credit import PROMISES, RECOVERY, credit_views
from ouroloop.scenario.grades import TENOR_YEARS

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models import Quote

FIRST_DAY = date(2025, 11, 21)
"""Before, assumptions that the books open with are not known."""
UNTIL = date(2026, 6, 30)
"""The last day of quotes that are fitted to."""
_BOUNDS = ((-1.0, 0.0), (2.0, 500.0))

_Numbers = Float[np.ndarray, " quote"]


@dataclass(frozen=True, slots=True)
class FittedQuote:
    """A quote beside the model of the same day."""

    quote: Quote
    used: bool
    """Was it fitted to?"""
    model_bp: float
    fitted_bp: float


@dataclass(frozen=True, slots=True)
class QuoteFit:
    """The model with two numbers more."""

    promises: float
    """How much of a firm's promises counts as debt."""
    price_of_risk: float
    """By how many standard deviations a root year quotes hold default likelier than the model does."""
    liquidity_bp: float
    """What is paid on top of that whoever the firm is."""
    rows: tuple[FittedQuote, ...]

    def error(self, *, used: bool, fitted: bool = True) -> float:
        """Root mean square of log(model / quote) over the quotes that were used, or over those that were not.

        0.7 is a factor of two. Of the plain model with `fitted=False`, at least one basis point.
        """
        of = [
            np.log(max(row.fitted_bp if fitted else row.model_bp, 1.0) / row.quote.spread_bp)
            for row in self.rows
            if row.used is used
        ]
        return float(np.sqrt(np.mean(np.square(of)))) if of else float("nan")


def fit_quotes(dossier: Dossier, until: date = UNTIL) -> tuple[QuoteFit, ...]:
    """How much of the distance between model and quotes is one price of risk and one price of liquidity for all?

    Books open anew on the day of each quote, from what was known then. The numbers are fitted to quotes up to `until`
    and held against later ones; once with promises left out, once with promises counted. Raises BadInput `no-quotes`
    where there are none to fit to or none to test on.
    """
    read = sorted(
        (q for q in dossier.quotes if q.on.last >= FIRST_DAY and round(q.tenor_years) == TENOR_YEARS),
        key=lambda quote: (quote.on.last, quote.entity),
    )
    used = [quote.on.last <= until for quote in read]
    if not any(used) or all(used):
        message = f"Of {len(read)} quotes from {FIRST_DAY} on, {sum(used)} are not after {until}."
        raise BadInput([Problem(Place("quotes"), "no-quotes", message, "quotes are needed on both sides of that day")])
    models = _models(dossier, read)
    return tuple(_fit(promises, read, used, [model[promises] for model in models]) for promises in PROMISES)


def _models(dossier: Dossier, quotes: Sequence[Quote]) -> list[dict[float, float]]:
    """For each quote the model's chance of default within the tenor, by how much of promises counts."""
    by_day: dict[date, dict[str, dict[float, float]]] = {}
    for day in dict.fromkeys(quote.on.last for quote in quotes):
        firms = sorted({quote.entity for quote in quotes if quote.on.last == day})
        views = credit_views(dossier.as_of(day), firms, quotes=False)
        by_day[day] = {view.entity: {one.promises: one.default_probability for one in view.model} for view in views}
    return [{k: by_day[q.on.last][q.entity].get(k, 0.0) for k in PROMISES} for q in quotes]


def _fit(promises: float, quotes: Sequence[Quote], used: Sequence[bool], chances: Sequence[float]) -> QuoteFit:
    quoted, chance = np.array([quote.spread_bp for quote in quotes]), np.array(chances)
    mine = np.array(used)
    price, liquidity = fit(chance[mine], quoted[mine])
    plain, fitted = spread_bp(chance, 0.0, 0.0), spread_bp(chance, price, liquidity)
    rows = zip(quotes, used, plain.tolist(), fitted.tolist(), strict=True)
    return QuoteFit(promises, price, liquidity, tuple(FittedQuote(*row) for row in rows))


def spread_bp(chance: _Numbers, price_of_risk: float, liquidity_bp: float) -> _Numbers:
    """What does protection cost a year if this is the model's chance of default within five years?

    q = N(N^-1(chance) + theta sqrt 5),   spread = (1 - R) (-ln(1 - q)) / 5 + liquidity
    """
    shifted = norm.cdf(norm.ppf(np.clip(chance, 1e-12, 1 - 1e-12)) + price_of_risk * np.sqrt(TENOR_YEARS))
    return 1e4 * (1.0 - RECOVERY) * -np.log1p(-np.minimum(shifted, 1 - 1e-12)) / TENOR_YEARS + liquidity_bp


def fit(chance: _Numbers, quoted: _Numbers) -> tuple[float, float]:
    """Which price of risk and which liquidity bring the model closest to the quotes, in logarithms?"""

    def gap(x: np.ndarray) -> np.ndarray:
        return np.log(np.maximum(spread_bp(chance, x[0], x[1]), 1e-3) / quoted)

    found = least_squares(gap, x0=(0.2, 10.0), bounds=_BOUNDS, x_scale=(0.1, 10.0))
    return float(found.x[0]), float(found.x[1])
