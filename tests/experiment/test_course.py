"""Vehicles on the economy's paths: the same defaults, the same rent of compute."""

from __future__ import annotations

import numpy as np

from ouroloop.cli.tranches import economy_json
from ouroloop.core import Quarter
from ouroloop.dossier import load
from ouroloop.experiment.course import Course, risks_on, world_on
from ouroloop.experiment.tranches import tranche_view
from ouroloop.scenario.vehicles import setting

AI_LOOP = load("ai-loop")
QUARTERS, PATHS = 12, 6
RENT = np.linspace(1.0, 0.45, QUARTERS)[:, None] ** np.linspace(1.5, 0.5, PATHS)
"""Falls on all paths, least on the last."""
COURSE = Course(
    scenario="by hand",
    first=Quarter(2027, 3),
    fails={
        "meta": np.array([0, 3, QUARTERS, QUARTERS, QUARTERS, QUARTERS]),
        "oracle": np.array([0, 3, 6, 11, QUARTERS, QUARTERS]),
    },
    rent=RENT,
)


def test_tenants_fail_in_the_quarter_in_which_they_fail_in_the_economy() -> None:
    """The loan's clock begins in the first quarter of 2027, two before the economy's."""
    of = setting(AI_LOOP, AI_LOOP.structures["coreweave-ddtl-4"])
    world = world_on(of, COURSE)
    assert np.asarray(world.default_at)[0, :2].tolist() == [2, 5]
    others = np.asarray(world.default_at)[0, 2:]
    assert (others >= 2 + QUARTERS).all(), (
        "who stands in the economy can fail by its rating's record only after its end"
    )


def test_chips_rent_for_what_compute_rents_for_and_age_outside_the_horizon() -> None:
    of = setting(AI_LOOP, AI_LOOP.structures["coreweave-ddtl-4"])
    market = np.asarray(world_on(of, COURSE).market)[1]
    aged = np.exp(-of.decline[1] * np.array([0.0, 0.25]))
    np.testing.assert_allclose(market[:2], np.outer(aged, np.ones(PATHS)))
    np.testing.assert_allclose(market[2 : 2 + QUARTERS], COURSE.rent * np.exp(-of.decline[1] * 0.5))
    np.testing.assert_allclose(market[2 + QUARTERS] / market[1 + QUARTERS], np.exp(-of.decline[1] / 4))


def test_shells_are_dearer_where_compute_is() -> None:
    """Part of their movement comes with how dear compute is on a path, which rises from the first path to the last."""
    of = setting(AI_LOOP, AI_LOOP.structures["jupiter"])
    last = np.mean([np.log(np.asarray(world_on(of, COURSE, seed).market)[0, -1]) for seed in range(30)], axis=0)
    assert np.corrcoef(last, np.arange(PATHS))[0, 1] > 0.5


def test_a_firm_that_fails_before_the_loan_is_repaid_costs_its_lenders() -> None:
    of = setting(AI_LOOP, AI_LOOP.structures["jupiter"])
    (risk,) = risks_on(of, COURSE)[0]
    never = Course("by hand", COURSE.first, {"oracle": np.full(PATHS, QUARTERS)}, COURSE.rent)
    (calm,) = risks_on(of, never)[0]
    assert risk.expected_loss >= calm.expected_loss
    assert risk.default_probability > calm.default_probability


def test_the_command_states_the_share_of_paths_on_which_each_tenant_fails() -> None:
    view = tranche_view(setting(AI_LOOP, AI_LOOP.structures["jupiter"]), paths=500, cuts=(0.0, 0.4))
    said = economy_json(view, COURSE)
    assert said["tenants"] == {"oracle": 4 / 6}
    assert [one["cut"] for one in said["classes"][0]["cuts"]] == [0.0, 0.4]
    assert said["classes"][0]["cuts"][1]["expected_loss"] > said["classes"][0]["cuts"][0]["expected_loss"]
