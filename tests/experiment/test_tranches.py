"""From tenant to holder on the loop's own structures: order, ratings, who bears cut rents."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ouroloop.dossier import load
from ouroloop.experiment.tranches import DIALS, TrancheView, pool_of, tranche_view
from ouroloop.scenario.grades import failed_by
from ouroloop.scenario.vehicles import setting

AI_LOOP = load("ai-loop")
PATHS = 2_000


@cache
def view(name: str) -> TrancheView:
    return tranche_view(setting(AI_LOOP, AI_LOOP.structures[name]), paths=PATHS, cuts=(0.0, 0.3, 0.5))


def test_the_two_loans_of_coreweave_differ_by_their_tenants_alone() -> None:
    """With the same terms a loan on Meta's contract loses less than one on customers below investment grade."""
    of = setting(AI_LOOP, AI_LOOP.structures["coreweave-ddtl-4"])
    worse = of.failed.copy()
    worse[0] = failed_by(of.table, "BB", worse.shape[1])
    other = replace(of, failed=worse)
    good, bad = (tranche_view(one, paths=PATHS, cuts=(0.0,)).classes[0].risk for one in (of, other))
    assert bad.loss_a_year_bp > 3 * good.loss_a_year_bp
    assert bad.expected_loss - good.expected_loss > 4 * (bad.loss_error + good.loss_error)


def test_the_published_order_of_the_two_loans_is_found() -> None:
    """A3 at 225 bp against Ba2 at 450 bp."""
    four, five = view("coreweave-ddtl-4"), view("coreweave-ddtl-5")
    assert four.classes[0].risk.loss_a_year_bp < five.classes[0].risk.loss_a_year_bp
    letters = four.setting.table.grades
    assert letters.index(four.classes[0].rating) < letters.index(five.classes[0].rating)


def test_cut_rents_reach_pensions_through_hyperions_notes() -> None:
    of = view("hyperion")
    notes = of.classes[0]
    assert notes.cap == "AA"
    assert of.setting.table.notches(notes.rating, notes.stressed[-1].rating) >= 2
    pensions = next(one for one in of.holders if one.holder == "pensions")
    assert pensions.holds == pytest.approx(0.09 * 27.3)
    assert pensions.expected[-1] > 10 * pensions.expected[0]
    for n, stressed in enumerate(notes.stressed):
        total = sum(one.expected[n] for one in of.holders)
        assert total == pytest.approx(27.3 * stressed.risk.expected_loss, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "dial", "sign"),
    [
        ("hyperion", "tenants fail a tenth more often", 1),
        ("hyperion", "space is worth a tenth more", -1),
        ("hyperion", "a tenth more residual is promised", -1),
        ("coreweave-ddtl-5", "market rents fall a point a year faster", 1),
        ("coreweave-ddtl-5", "agreed rents are a tenth higher", -1),
    ],
)
def test_losses_hang_on_what_they_should_hang_on(name: str, dial: str, sign: int) -> None:
    one = view(name).classes[0]
    assert sign * one.effect[DIALS.index(dial)] > 2 * one.effect_error[DIALS.index(dial)]


def test_a_promise_moves_nothing_where_there_is_none() -> None:
    assert view("coreweave-ddtl-5").classes[0].effect[DIALS.index("a tenth more residual is promised")] == 0.0


def test_ratings_stand_below_their_cap_and_fall_with_cuts() -> None:
    for name in ("coreweave-ddtl-4", "coreweave-ddtl-5", "hyperion"):
        of = view(name)
        order = of.setting.table.grades.index
        for one in of.classes:
            assert one.cap is not None
            assert order(one.rating) >= order(one.cap)
            ratings = [order(stressed.rating) for stressed in one.stressed]
            assert ratings == sorted(ratings)


def test_pools_are_as_lumpy_as_their_tenants() -> None:
    """One tenant is a pool of one; at Vantage the largest of the tenants pays 56.4 % of base rent."""
    assert view("hyperion").pool is None
    few = pool_of(setting(AI_LOOP, AI_LOOP.structures["vantage-2025-1"]))
    assert few is not None
    assert few.largest_share == pytest.approx(0.564, abs=1e-3)
    assert few.too_lumpy
    assert view("hyperion").cover == pytest.approx(1.16, abs=0.01), (
        "3.075 a year less 9.2 %, over 21 years' level payments"
    )


def test_the_same_seed_gives_the_same_numbers() -> None:
    of = setting(AI_LOOP, AI_LOOP.structures["coreweave-ddtl-4"])
    again = tranche_view(of, paths=PATHS, cuts=(0.0, 0.3, 0.5))
    assert again.classes[0].risk == view("coreweave-ddtl-4").classes[0].risk
    np.testing.assert_array_equal(again.classes[0].effect, view("coreweave-ddtl-4").classes[0].effect)
