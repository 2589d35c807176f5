"""Assumptions: what may stand in a row, and draws whose percentiles are the row's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from ouroloop.core import BadInput
from ouroloop.dossier import Assumption, Distribution, load, quantile

GRID = np.linspace(0.001, 0.999, 999)


def assumption(
    distribution: str, value: float, low: float | None = None, high: float | None = None, **more: Any
) -> Any:
    written = {
        "id": "one",
        "name": "One",
        "topic": "demand",
        "unit": "x",
        "value": value,
        "distribution": distribution,
        "basis": "assumed",
        "why": "For the test",
        "known": "2025-06-30",
        "grade": "low",
        "sources": ["somewhere"],
        **({} if low is None else {"low": low}),
        **({} if high is None else {"high": high}),
    }
    return Assumption.model_validate(written | more)


def test_a_point_is_its_value_whatever_others_print() -> None:
    assert (quantile(assumption("point", 2.3, 1.7, 2.5), GRID) == 2.3).all()


def test_uniform_triangular_and_beta_are_those_of_scipy() -> None:
    uniform = stats.uniform(2, 6).ppf(GRID)
    np.testing.assert_allclose(quantile(assumption("uniform", 4, 2, 8), GRID), uniform, rtol=1e-13)
    triangular = stats.triang(1 / 3, 2, 6).ppf(GRID)
    np.testing.assert_allclose(quantile(assumption("triangular", 4, 2, 8), GRID), triangular, rtol=1e-12)
    # Beta-PERT by its published moments: mean (low + 4 mode + high) / 6; 0.1 to 0.7 with mode 0.2 has mean 0.8 / 3.
    beta = stats.beta(1 + 4 / 6, 1 + 4 * 5 / 6, loc=0.1, scale=0.6)
    assert beta.mean() == pytest.approx((0.1 + 4 * 0.2 + 0.7) / 6)
    np.testing.assert_allclose(quantile(assumption("beta", 0.2, 0.1, 0.7), GRID), beta.ppf(GRID), rtol=1e-9)


@pytest.mark.parametrize(("value", "low", "high"), [(4, 2, 8), (2, 2, 8), (8, 2, 8)])
def test_the_ends_and_the_mode_of_bounded_distributions_are_low_high_and_value(
    value: float, low: float, high: float
) -> None:
    for kind in ("triangular", "beta"):
        unit = 10 if kind == "beta" else 1
        row = assumption(kind, value / unit, low / unit, high / unit)
        drawn = quantile(row, np.linspace(1e-9, 1 - 1e-9, 4001))
        near = 0.02 * (high - low) / unit
        assert low / unit <= drawn[0] <= low / unit + near
        assert high / unit - near <= drawn[-1] <= high / unit
        # Most draws per unit fall where the quantile is flattest.
        flattest = drawn[np.argmin(np.diff(drawn))]
        assert flattest == pytest.approx(value / unit, abs=0.05 * (high - low) / unit)


def test_normal_and_lognormal_with_even_halves_are_those_of_scipy() -> None:
    normal = stats.norm(10, 3 / stats.norm.ppf(0.95)).ppf(GRID)
    np.testing.assert_allclose(quantile(assumption("normal", 10, 7, 13), GRID), normal, rtol=1e-12)
    lognormal = stats.lognorm(np.log(4) / stats.norm.ppf(0.95), scale=8).ppf(GRID)
    np.testing.assert_allclose(quantile(assumption("lognormal", 8, 2, 32), GRID), lognormal, rtol=1e-12)


@pytest.mark.parametrize("kind", ["normal", "lognormal"])
@pytest.mark.parametrize(
    ("value", "low", "high"), [(8.9, 3, 12), (7, 3, 15), (31.94, 31.94, 32.32), (0.68, 0.68, 0.68)]
)
def test_low_value_and_high_of_uneven_halves_are_the_5th_50th_and_95th_percentile(
    kind: str, value: float, low: float, high: float
) -> None:
    row = assumption(kind, value, low, high)
    np.testing.assert_allclose(quantile(row, [0.05, 0.5, 0.95]), [low, value, high], rtol=1e-12)


def test_cases_have_equal_weight_and_percentiles_are_joined_by_lines() -> None:
    cases = [{"at": "2000", "value": 2.3}, {"at": "2008", "value": 7.6}, {"at": "2020", "value": 4.1}]
    drawn = quantile(assumption("empirical", 2.3, 2.3, 7.6, points=cases), [0.1, 0.33, 0.34, 0.66, 0.67, 0.99])
    assert drawn.tolist() == [2.3, 2.3, 4.1, 4.1, 7.6, 7.6]
    line = [{"percentile": p, "value": v} for p, v in ((5, 1), (50, 2), (95, 11))]
    drawn = quantile(assumption("empirical", 2, 1, 11, points=line), [0.01, 0.05, 0.275, 0.5, 0.725, 0.99])
    np.testing.assert_allclose(drawn, [1, 1, 1.5, 2, 6.5, 11])


def test_what_is_read_or_half_known_is_not_drawn() -> None:
    path = assumption("path", 2, 1, 3, points=[{"day": 0, "value": 2}, {"day": 63, "value": 1}])
    row = assumption("row", 90, unit="pct", points=[{"at": "A", "value": 90}, {"at": "D", "value": 10}])
    tail = assumption("empirical", 5, 2, 12, points=[{"percentile": p, "value": v} for p, v in ((95, 2), (100, 12))])
    for one in (path, row, tail):
        assert not one.drawable
        with pytest.raises(AssertionError, match="cannot be drawn"):
            quantile(one, 0.5)


@pytest.mark.parametrize(
    ("kind", "numbers", "more"),
    [
        ("normal", (1, 2, 3), {}),
        ("normal", (4, 2, 3), {}),
        ("normal", (2, 1, None), {}),
        ("normal", (2,), {}),
        ("lognormal", (1, 0, 3), {}),
        ("lognormal", (1, -1, 3), {}),
        ("beta", (0.5, 0.1, 1.1), {}),
        ("beta", (0.5, -0.1, 1), {}),
        ("beta", (50, 10, 101), {"unit": "pct"}),
        ("uniform", (1, 1, 1), {}),
        ("point", (1,), {"points": [{"at": "a", "value": 1}]}),
        ("path", (1,), {}),
        ("path", (1,), {"points": [{"day": 3, "value": 1}, {"day": 3, "value": 2}]}),
        ("empirical", (1,), {"points": [{"percentile": 5, "value": 2}, {"percentile": 50, "value": 1}]}),
        ("empirical", (1,), {"points": [{"percentile": 5, "value": 1}, {"at": "x", "value": 2}]}),
        ("row", (90,), {"unit": "pct", "points": [{"at": "A", "value": 90}, {"at": "D", "value": 9}]}),
        ("row", (90,), {"points": [{"at": "A", "value": 90}, {"at": "D", "value": 10}]}),
        ("row", (110,), {"unit": "pct", "points": [{"at": "A", "value": 110}, {"at": "D", "value": -10}]}),
        ("point", (1,), {"unit": "parsecs"}),
        ("point", (1,), {"points": [{"value": 1}]}),
        ("gamma", (1, 1, 2), {}),
    ],
)
def test_numbers_that_do_not_fit_are_refused(kind: str, numbers: tuple[float, ...], more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        assumption(kind, *numbers, **more)


@pytest.fixture(scope="module")
def rows() -> dict[str, Assumption]:
    return dict(load("ai-loop").assumptions)


def test_every_row_of_the_loop_that_can_be_drawn_gives_its_own_numbers_back(rows: dict[str, Assumption]) -> None:
    assert len(rows) >= 290
    undrawn = 0
    for row in rows.values():
        if not row.drawable:
            undrawn += 1
            continue
        drawn = quantile(row, GRID)
        assert np.isfinite(drawn).all(), row.id
        assert (np.diff(drawn) >= 0).all(), row.id
        if row.distribution in (Distribution.NORMAL, Distribution.LOGNORMAL):
            np.testing.assert_allclose(quantile(row, [0.05, 0.5, 0.95]), [row.low, row.value, row.high], rtol=1e-9)
        elif row.distribution is not Distribution.EMPIRICAL and row.low is not None and row.high is not None:
            assert row.low <= drawn[0] <= drawn[-1] <= row.high, row.id
        if row.unit in ("share", "correlation") and row.distribution is not Distribution.NORMAL:
            assert -1 <= drawn[0] <= drawn[-1] <= 1, row.id
    assert undrawn == sum(row.distribution in (Distribution.PATH, Distribution.ROW) for row in rows.values()) + 1


def test_no_row_is_known_before_a_source_that_it_cites_was_published() -> None:
    dossier = load("ai-loop")
    early = [
        (row.id, str(row.known), source.id)
        for row in dossier.assumptions.values()
        for source in map(dossier.source, row.sources)
        if source.published is not None and row.known.last < source.published.first
    ]
    assert early == []


def test_a_path_or_case_that_bears_a_later_date_makes_the_row_known_later(rows: dict[str, Assumption]) -> None:
    from ouroloop.core import PartialDate

    for row in rows.values():
        for point in row.points:
            try:
                when = PartialDate.parse(point.at or "")
            except ValueError:
                continue
            assert when.first <= row.known.last, row.id


def test_a_near_miss_of_a_unit_or_distribution_is_answered_with_the_word(tmp_path: Any) -> None:
    from ouroloop.dossier import new_dossier

    root = tmp_path / "loop"
    new_dossier(root)
    (root / "assumptions.yaml").write_text(
        "assumptions:\n"
        "  - {id: a, name: A, topic: demand, unit: usd_bm, value: 1, distribution: pont, basis: assumed, why: W,\n"
        "     known: 2025-01-01, grade: low, sources: [lab-announcement]}\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as error:
        load(root)
    said = str(error.value)
    assert said.count("bad-choice") == 2
    assert "usd_bn" in said
    assert "point" in said
