"""Vehicles in the small world: built with what was promised, paid by rents, patient lenders while the tenant pays."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import jax.numpy as jnp
import numpy as np

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.track import Track
from tests.economy.worlds import (
    DEPOT_DUE,
    DEPOT_OPENS,
    MEMBERS,
    flows,
    inputs,
    member,
    play,
    quiet,
    shocked,
    system,
    world,
)

PATHS = 8
DRAWN = (0.5, 0.5, 0.25)
"""What banks have promised the depot, by quarter."""
LEASES = {"depot": 1, "rack": 2}


def run(given: Inputs) -> Track:
    return play(world(), given)[1]


@cache
def usual() -> Track:
    return run(inputs(world(), PATHS))


def rents(track: Track, vehicle: str) -> np.ndarray:
    return flows(world(), track, f"rent:{world().leases.names[LEASES[vehicle]]}")


def no_credit(first: int = 0) -> Inputs:
    closed = quiet(world()).credit_open.at[:, first:].set(0.0)
    return shocked(inputs(world(), PATHS), credit_open=closed)


def fails(given: Inputs, name: str, quarter: int) -> Inputs:
    forced = given.calendar.forced_default.at[MEMBERS.index(name), quarter].set(1.0)
    return shocked(given, forced_default=forced)


def test_what_lenders_have_promised_is_lent_and_built_though_credit_is_closed_to_everybody() -> None:
    track = run(no_credit())
    lent, built = flows(world(), track, "lend:banks:depot"), flows(world(), track, "build:depot:suppliers")
    np.testing.assert_array_equal(lent[:3], np.repeat(np.array(DRAWN)[:, None], PATHS, axis=1))
    assert not lent[3:].any()
    interest = flows(world(), track, "interest:banks:depot")
    # Until the first rent interest comes out of what is drawn; afterwards all of it is built with.
    np.testing.assert_allclose(built[:DEPOT_OPENS], lent[:DEPOT_OPENS] - interest[:DEPOT_OPENS], atol=1e-8)
    np.testing.assert_allclose(built[2], lent[2], atol=1e-8)
    others = [n for n, flow in enumerate(world().ledger.flows) if flow.name.startswith("lend:")]
    named = [world().ledger.flows[n].name for n in others if np.asarray(track.amounts)[n].any()]
    assert named == ["lend:banks:depot", "lend:funds:rack"], "nobody else lent"


def test_a_letter_is_lent_as_far_as_it_becomes_firm_on_each_path() -> None:
    shares = np.linspace(0.0, 1.0, PATHS)
    given = replace(no_credit(), draw_share=jnp.stack([jnp.asarray(shares), jnp.ones(PATHS)]))
    lent = flows(world(), run(given), "lend:banks:depot")
    np.testing.assert_allclose(lent[:3], np.array(DRAWN)[:, None] * shares, atol=1e-8)


def test_a_promise_that_is_called_off_is_lent_no_more() -> None:
    given = no_credit()
    off = given.calendar.draw_stands.at[0, 1:].set(0.0)
    lent = flows(world(), run(shocked(given, draw_stands=off)), "lend:banks:depot")
    assert np.all(lent[0] == DRAWN[0])
    assert not lent[1:].any()


def test_nothing_more_is_drawn_by_who_is_being_reorganized() -> None:
    track = run(fails(inputs(world(), PATHS), "depot", 0))
    lent = flows(world(), track, "lend:banks:depot")
    assert np.all(lent[0] == DRAWN[0])
    assert not lent[1:3].any()


def test_a_site_comes_into_use_with_its_first_rent_and_wears_from_then_on() -> None:
    used, worn = flows(world(), usual(), "put-in-use:depot"), flows(world(), usual(), "depreciate:depot:sites")
    built = flows(world(), usual(), "build:depot:suppliers")
    assert not used[:DEPOT_OPENS].any()
    assert not worn[:DEPOT_OPENS].any()
    np.testing.assert_allclose(used[DEPOT_OPENS], 1.0 + built[: DEPOT_OPENS + 1].sum(axis=0), atol=1e-8)
    assert np.all(worn[DEPOT_OPENS] > 0)
    assert np.all(rents(usual(), "depot")[:DEPOT_OPENS] == 0)
    assert np.all(rents(usual(), "depot")[DEPOT_OPENS] > 0)


def test_rents_pay_the_debt_and_what_is_left_goes_to_the_owners() -> None:
    paid = flows(world(), usual(), "pay-out:rack:investors")
    debt = member(usual(), "debt", "rack")
    assert np.all(paid.sum(axis=0) > 0)
    assert np.all(np.diff(debt[2:], axis=0) <= 0)
    assert np.all(debt[-1] < 0.2)
    assert not member(usual(), "needed", "rack").any(), "a vehicle that borrowed to pay its owners"
    assert not member(usual(), "defaulted", "rack").any()


def test_racks_wear_as_the_chips_of_their_tenant_do() -> None:
    lives = quiet(world()).chip_life_years.at[0, 3:].set(2.0)
    short = run(shocked(inputs(world(), PATHS), chip_life_years=lives))
    other = run(shocked(inputs(world(), PATHS), chip_life_years=quiet(world()).chip_life_years.at[1, 3:].set(2.0)))
    economic = [member(track, "fixed_assets_economic", "rack")[-1] for track in (usual(), short, other)]
    assert np.all(economic[1] < economic[0])
    np.testing.assert_array_equal(economic[2], economic[0])


def test_a_vehicle_pays_the_spread_of_its_tenant() -> None:
    np.testing.assert_array_equal(member(usual(), "spread", "depot"), member(usual(), "spread", "neo"))
    np.testing.assert_array_equal(member(usual(), "spread", "rack"), member(usual(), "spread", "cloud"))


def test_a_loan_that_nobody_replaces_is_put_off_while_the_tenant_pays() -> None:
    track = run(no_credit(DEPOT_DUE))
    pays = ~member(track, "defaulted", "neo").any(axis=0)
    assert pays.any()
    assert np.all(member(track, "debt", "depot")[DEPOT_DUE - 1] > 2.0)
    assert np.all(member(track, "debt", "depot")[DEPOT_DUE][pays] > 1.0), "put off, not repaid"
    repaid = flows(world(), track, "repay:banks:depot")[DEPOT_DUE:, pays]
    assert np.all(repaid[:3] > 0), "what is left of the rent repays it"
    assert not flows(world(), track, "pay-out:depot:investors")[DEPOT_DUE : DEPOT_DUE + 3, pays].any()
    assert member(track, "unpaid", "depot")[:, pays].max() < 1e-8, "no more than rounding"
    assert not member(track, "defaulted", "depot")[:, pays].any()


def test_principal_that_a_scenario_keeps_from_being_paid_is_not_paid_and_books_stay_exact() -> None:
    given = no_credit(DEPOT_DUE)
    row = world().claim_starts["principal"] + world().loans.names.index("banks:depot")
    stopped = shocked(given, claim_pays=given.calendar.claim_pays.at[row, DEPOT_DUE:].set(0.0))
    track = run(stopped)
    assert not flows(world(), track, "repay:banks:depot")[DEPOT_DUE:].any()
    for name in ("repay:banks:depot", "interest:banks:depot", "rent:neo-depot"):
        assert np.all(flows(world(), track, name) >= 0), name
    assert np.all(member(track, "unpaid", "depot") >= 0)
    assert not system(track, "residual").any()


def test_it_is_not_where_the_tenant_is_being_reorganized() -> None:
    track = run(fails(no_credit(DEPOT_DUE - 1), "neo", DEPOT_DUE - 1))
    assert np.all(member(track, "defaulted", "depot")[DEPOT_DUE] == 1)
    assert np.all(flows(world(), track, "write-off:banks:depot").sum(axis=0) > 0)


def test_with_open_credit_the_loan_is_replaced() -> None:
    lent = flows(world(), usual(), "lend:banks:depot", "lend:bonds:depot")
    assert np.all(lent[DEPOT_DUE] > 1.5)
    assert not member(usual(), "defaulted", "depot").any()


def test_rents_cut_by_more_than_they_cover_break_the_vehicle_and_nobody_s_books() -> None:
    factor = quiet(world()).lease_factor.at[LEASES["rack"], 2].set(0.2)
    track = run(shocked(no_credit(2), lease_factor=factor))
    ratio = rents(track, "rack")[3] / rents(usual(), "rack")[3]
    np.testing.assert_allclose(ratio, 0.2, rtol=1e-6)
    assert np.all(member(track, "defaulted", "rack")[-1] == 1), "rents to come no longer add up to the debt"
    assert np.all(flows(world(), track, "write-off:funds:rack").sum(axis=0) > 0)
    assert not system(track, "residual").any()
    assert not system(track, "color_gap").any()


def test_rents_to_come_count_as_what_a_landlord_has_sold() -> None:
    track = usual()
    left = member(track, "backlog", "rack")
    per_quarter = float(world().leases.rent_per_quarter[LEASES["rack"]])
    # Four quarters of eight had passed at the opening; in the fifth from there the tenant stays for eight more.
    np.testing.assert_allclose(left[0], per_quarter * (8 - 5), rtol=1e-9)
    np.testing.assert_allclose(left[4], per_quarter * (16 - 9), rtol=1e-9)
