"""Distance, spread and rating on every path, from a track made by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import load
from ouroloop.economy.track import MEMBER_MEASURES
from ouroloop.experiment.credit_course import STATES, CreditCourse, credit_course
from ouroloop.market import agency
from ouroloop.scenario.grades import LETTERS, can_rate, letter_bounds

AI_LOOP = load("ai-loop")
MEMBERS = ("sound", "thin", "fails", "unlevered")
BY_FIRM = {
    "sound": {"equity_value": [500, 500, 500], "debt": [50, 60, 80], "maturing_in_year": [10, 10, 10]},
    "thin": {"equity_value": [60, 40, 20], "debt": [50, 50, 50], "maturing_in_year": [10, 30, 50],
             "leases_not_commenced": [30, 30, 30]},
    "fails": {"equity_value": [10, 1, 0], "debt": [50, 60, 60], "maturing_in_year": [50, 60, 60],
              "defaulted": [0, 0, 1]},
    "unlevered": {"equity_value": [80, 80, 80]},
}  # fmt: skip


def track(paths: int = 2) -> Any:
    members = np.zeros((len(MEMBER_MEASURES), len(MEMBERS), 3, paths))
    for firm, measures in BY_FIRM.items():
        for name, values in measures.items():
            members[MEMBER_MEASURES_AT[name], MEMBERS.index(firm)] = np.array(values)[:, None]
    return SimpleNamespace(members=members)


MEMBER_MEASURES_AT = {name: row for row, name in enumerate(MEMBER_MEASURES)}


@pytest.fixture(scope="module")
def course() -> CreditCourse:
    return credit_course(AI_LOOP, MEMBERS, track(), MEMBERS)


def test_a_firm_that_borrows_more_on_the_same_shares_comes_closer_and_pays_more(course: CreditCourse) -> None:
    for firm in (0, 1):
        assert (np.diff(course.distance[firm, :, 0]) < 0).all()
        assert (np.diff(course.spread_bp[firm, :, 0]) > 0).all()
        assert (np.diff(course.state[firm, :, 0]) >= 0).all()
    assert (course.distance[0] > course.distance[1]).all()
    assert course.distance[0, 0, 0] == pytest.approx(np.log(550 / 30) / (0.44 * 500 / 530), rel=1e-3)


def test_who_has_failed_stands_at_default_and_has_no_spread(course: CreditCourse) -> None:
    failed = MEMBERS.index("fails")
    assert [STATES[n] for n in course.state[failed, :, 0]][-1] == "D"
    assert course.default_probability[failed, -1, 0] == 1.0
    assert np.isnan(course.spread_bp[failed, -1]).all()
    assert course.distance[failed, -1, 0] == 0.0


def test_who_owes_nothing_has_no_letter(course: CreditCourse) -> None:
    row = MEMBERS.index("unlevered")
    assert {STATES[n] for n in course.state[row].ravel()} == {"no debt"}
    assert np.isinf(course.distance[row]).all()


def test_promises_that_count_bring_a_firm_closer() -> None:
    counted = credit_course(AI_LOOP, MEMBERS, track(), ["thin"], "counted")
    plain = credit_course(AI_LOOP, MEMBERS, track(), ["thin"])
    assert (counted.distance < plain.distance).all()


def test_a_day_on_which_a_parameter_is_not_known_cannot_be_rated() -> None:
    assert can_rate(AI_LOOP)
    assert not can_rate(AI_LOOP.as_of(date(2025, 10, 30)))
    with pytest.raises(BadInput):
        credit_course(AI_LOOP.as_of(date(2025, 10, 30)), MEMBERS, track(), MEMBERS)


def test_shares_of_paths_sum_to_one(course: CreditCourse) -> None:
    np.testing.assert_allclose(course.shares().sum(axis=1), 1.0)


def test_agencies_of_the_economy_see_the_letters_that_the_course_sees(course: CreditCourse) -> None:
    """Bounds worked out once at the opening stand for a chance of default worked out anew each time."""
    seen = track()
    of = {
        name: seen.members[MEMBER_MEASURES_AT[name]][:, :, 0] for name in ("equity_value", "debt", "maturing_in_year")
    }
    point = of["maturing_in_year"] + 0.5 * (of["debt"] - of["maturing_in_year"])
    bounds = letter_bounds(AI_LOOP, of["equity_value"][:, 0], point[:, 0])
    assert bounds.shape == (len(MEMBERS), len(LETTERS) - 1)
    assert np.all(np.diff(bounds, axis=1) < 0)
    assets = np.maximum(of["equity_value"], 1e-6) + of["debt"]
    distance = agency.default_distance(jnp.asarray(assets), jnp.asarray(point))
    letters = np.asarray(agency.letter(distance, jnp.asarray(bounds)[..., None]))
    expected = course.state[:, :, 0]
    alive = expected < len(LETTERS)
    assert alive.sum() >= 8
    np.testing.assert_array_equal(letters[alive], expected[alive])
    assert not letters[expected == STATES.index("no debt")].any(), "who owes nothing has the best letter"


def test_where_a_dossier_cannot_rate_no_letter_ever_changes() -> None:
    early = AI_LOOP.as_of(date(2025, 6, 30))
    assert not can_rate(early)
    assert np.all(letter_bounds(early, np.array([10.0]), np.array([50.0])) == -np.inf)
