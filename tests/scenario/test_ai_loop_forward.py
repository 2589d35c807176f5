"""The bundled dossier, ten years forward: books exact for every entity, every color accounted for, auditor content."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ouroloop.economy.audit import audit_paths
from ouroloop.economy.losses import DESTROYED, SOON
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.scenario.ask import parse_question
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


def test_losses_outside_are_kept_of_the_first_three_years_and_of_all(economy: Economy, track: Track) -> None:
    lost = np.asarray(track.losses)[economy.world.outside_losses].sum(axis=0)
    marks = dict(zip(OUTCOME_MARKS, np.asarray(track.outcome), strict=True))
    assert np.array_equal(marks["outside_loss_soon"], lost[:SOON].sum(axis=0))
    assert np.array_equal(marks["outside_loss"], lost.sum(axis=0))
    assert np.all(lost[SOON:].sum(axis=0) >= 0)
    assert (marks["outside_loss"] > marks["outside_loss_soon"]).mean() > 0.5


@cache
def torn_up(*more: str) -> Track:
    """The crash of the articles, with further questions on top."""
    scenario = read_scenario("leases-torn-up")
    for question in more:
        scenario = replace(parse_question(question, scenario), id=scenario.id)
    return build(scenario, 0, PATHS).simulate(detail=False)


def _lost(economy: Economy, track: Track, entity: str, *ways: str) -> np.ndarray:
    """Over all quarters, [path]; by all ways of the entity where none is named."""
    lines = enumerate(economy.world.losses.lines)
    rows = [n for n, (who, how) in lines if who == entity and (how in ways or not ways)]
    return np.asarray(track.losses)[rows].sum(axis=(0, 1))


def test_net_losses_of_everybody_are_what_was_destroyed_on_every_path_and_quarter(
    economy: Economy, track: Track
) -> None:
    destroyed = [how in DESTROYED for _, how in economy.world.losses.lines]
    for one in (track, torn_up()):
        losses = np.asarray(one.losses)
        assert np.array_equal(losses.sum(axis=0), losses[destroyed].sum(axis=0))


def test_torn_up_leases_reach_pensions_through_notes_and_the_guarantor_of_the_site_stands_before_them(
    economy: Economy, track: Track
) -> None:
    """Pensions hold notes that live on Meta's rents; Meta has promised what Hyperion will be worth."""
    bare = torn_up("deal meta-hyperion-guarantee is called off in 2027-Q1")
    calm, guarded, open_to_it = (_lost(economy, one, "pensions", "claims") for one in (track, torn_up(), bare))
    assert guarded.mean() > calm.mean()
    assert np.all(open_to_it >= guarded - 1e-6)
    assert (open_to_it > guarded + 0.1).any()
    stood_for = _lost(economy, torn_up(), "meta", "guarantees")
    assert np.all(stood_for[open_to_it > guarded + 0.1] > 0)
    assert not _lost(economy, bare, "meta", "guarantees").any()
    # Where the guarantor has nothing left, its promise is worth what it can pay.
    fails = torn_up("meta defaults in 2027-Q1")
    assert _lost(economy, fails, "pensions", "claims").mean() > guarded.mean()


def test_a_federal_backstop_takes_the_loss_to_the_government(economy: Economy) -> None:
    backed = torn_up("us-government guarantees openai, oracle and coreweave in 2027-Q1")
    government = _lost(economy, backed, "us-government", "guarantees")
    assert np.all(_lost(economy, torn_up(), "us-government", "guarantees") == 0)
    assert (government > 0).mean() > 0.5
    lenders = [sum(_lost(economy, one, who, "claims") for who in ("banks", "bond-investors", "private-credit-funds"))
               for one in (torn_up(), backed)]  # fmt: skip
    assert lenders[1].mean() < lenders[0].mean()


def test_nvidias_promise_is_called_more_and_sooner_where_coreweaves_customers_stop_paying(
    economy: Economy, track: Track
) -> None:
    called = build(read_scenario("nvidia-guarantee-called"), 0, PATHS).simulate(detail=False)
    line = economy.world.losses.lines.index(("nvidia", "guarantees"))
    soon = [np.asarray(one.losses)[line, :12].sum(axis=0) for one in (track, called)]
    assert soon[1].mean() > 2 * soon[0].mean()
    assert (soon[1] > 0.01).mean() > 0.5
    assert np.asarray(called.losses)[line].sum(axis=0).max() <= 6.3 + 1e-6  # what it promised CoreWeave


def test_credit_closes_where_the_scenario_of_that_name_says_so(track: Track) -> None:
    """Two years in which lenders give as little as in 2008, when 56 % fewer bonds were issued, or less."""
    shut = build(read_scenario("credit-closes-first"), 0, PATHS).simulate(detail=False)
    window = slice(2, 10)
    lent = [_system(one, "lent")[window].sum(axis=0) for one in (track, shut)]
    assert lent[1].mean() < (1 - 0.56) * lent[0].mean()
    closed = [_system(one, "credit_closed")[window.stop - 1].mean() for one in (track, shut)]
    assert closed[1] > 0.9
    assert closed[1] > 2 * closed[0]
