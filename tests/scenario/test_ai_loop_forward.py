"""The bundled dossier, ten years forward: books exact for every entity, every color accounted for, auditor content."""

from dataclasses import replace

import numpy as np
import pytest

from ouroloop.economy.audit import audit_paths
from ouroloop.economy.track import MEMBER_MEASURES, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.scenario.build import Economy, build
from ouroloop.scenario.read import read_scenario

PATHS = 128


@pytest.fixture(scope="module")
def economy() -> Economy:
    return build(read_scenario("baseline"), 0, PATHS)


@pytest.fixture(scope="module")
def track(economy: Economy) -> Track:
    return economy.simulate(detail=False)


def _system(track: Track, name: str) -> np.ndarray:
    return np.asarray(track.system)[list(SYSTEM_MEASURES).index(name)]


def test_the_books_of_every_entity_balance_to_zero_on_every_path_and_quarter(track: Track) -> None:
    assert _system(track, "residual").shape == (40, PATHS)
    assert not _system(track, "residual").any()
    assert not _system(track, "color_gap").any()
    assert np.isfinite(np.asarray(track.members)).all()


def test_who_paid_sums_to_one_wherever_somebody_was_paid(economy: Economy, track: Track) -> None:
    paid = np.asarray(track.who_paid)
    assert paid.shape[:2] == (len(economy.world.members), len(SPONSORS))
    whole = paid.sum(axis=1)
    earned = whole > 1e-6
    shares = paid / np.where(earned, whole, 1.0)[:, None]
    np.testing.assert_allclose(shares.sum(axis=1)[earned], 1.0, atol=1e-12)
    assert earned.mean() > 0.2


def test_nobody_spends_money_that_is_not_there(track: Track) -> None:
    cash = np.asarray(track.members)[list(MEMBER_MEASURES).index("cash")]
    # Payments are rounded to quanta one by one, so that a firm that pays out all it has may miss a few.
    assert cash.min() > -1e-6


def test_an_auditor_who_keeps_the_books_in_integers_agrees(economy: Economy) -> None:
    short = replace(economy.world, quarters=economy.world.quarters[:6])
    verdict = audit_paths(short, economy.inputs, (3,))
    assert verdict.agrees, verdict.disagreements[:3]
