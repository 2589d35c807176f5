"""Two numbers from quotes: found again where they are true, and said to be poor where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import load
from ouroloop.experiment.quotes import FittedQuote, QuoteFit, fit, fit_quotes, spread_bp

AI_LOOP = load("ai-loop")


def test_what_made_the_quotes_is_found_again() -> None:
    chance = np.array([1e-6, 0.01, 0.05, 0.1, 0.25, 0.5])
    price, liquidity = fit(chance, spread_bp(chance, 0.31, 22.0))
    assert price == pytest.approx(0.31, abs=1e-4)
    assert liquidity == pytest.approx(22.0, abs=0.01)


def test_without_a_price_of_risk_it_is_the_credit_triangle() -> None:
    hazard = 0.02
    np.testing.assert_allclose(spread_bp(np.array([1 - np.exp(-5 * hazard)]), 0.0, 0.0), [1e4 * 0.6 * hazard])


def test_errors_are_of_the_quotes_used_or_of_the_others() -> None:
    quote = AI_LOOP.quotes[0]
    rows = (FittedQuote(quote, True, 18.0, quote.spread_bp), FittedQuote(quote, False, 18.0, 2 * quote.spread_bp))
    of = QuoteFit(0.0, 0.2, 10.0, rows)
    assert of.error(used=True) == 0.0
    assert of.error(used=False) == pytest.approx(np.log(2))
    assert of.error(used=True, fitted=False) == pytest.approx(np.log(36 / 18))


def test_quotes_are_needed_on_both_sides_of_the_day() -> None:
    few = replace(AI_LOOP, quotes=tuple(q for q in AI_LOOP.quotes if q.on.last > date(2026, 7, 1)))
    with pytest.raises(BadInput, match="no-quotes"):
        fit_quotes(few)


def test_books_open_on_the_day_of_each_quote() -> None:
    """Two days are enough: one to fit to, one to test on."""
    kept = tuple(q for q in AI_LOOP.quotes if q.entity == "oracle" and str(q.on) in ("2025-12-12", "2026-10-02"))
    plain, counted = fit_quotes(replace(AI_LOOP, quotes=kept))
    assert [row.used for row in plain.rows] == [True, False]
    assert plain.error(used=True) < 0.01, "two numbers fit one quote"
    assert all(c.model_bp > p.model_bp for p, c in zip(plain.rows, counted.rows, strict=True))
    assert plain.rows[0].model_bp != plain.rows[1].model_bp
