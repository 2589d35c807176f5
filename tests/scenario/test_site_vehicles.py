"""Vehicles of the bundled dossier in the world: whose rents, which debts, what is drawn later, who holds it."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from ouroloop.behavior.default import SENIORITY
from ouroloop.core import Quarter
from ouroloop.dossier import load
from ouroloop.economy.world import World
from ouroloop.ledger import Account, AccountClass, cash
from ouroloop.scenario.axes import axes
from ouroloop.scenario.build import Economy, build
from ouroloop.scenario.contracts.bounded import sums
from ouroloop.scenario.contracts.given import given
from ouroloop.scenario.read import read_scenario
from ouroloop.scenario.site_vehicles import SiteVehicle, site_vehicles
from tests.scenario.promises import ai_loop, on

OWNERS = ("vantage-texas", "vantage-wisconsin", "project-jupiter", "abilene-site", "beignet-investor", "meta-el-paso",
          "anthropic-tpu-spv")  # fmt: skip


@cache
def vehicles() -> dict[str, SiteVehicle]:
    return site_vehicles(ai_loop(), axes(ai_loop()))


@cache
def economy() -> Economy:
    return build(read_scenario("baseline"), 0, 4)


def world() -> World:
    return economy().world


def test_who_owes_the_classes_of_a_structure_lives_on_its_rents() -> None:
    assert set(vehicles()) == set(OWNERS)
    tenants = {name: vehicle.tenant for name, vehicle in vehicles().items()}
    assert {tenants[name] for name in OWNERS[:4]} == {"oracle"}
    assert tenants["beignet-investor"] == tenants["meta-el-paso"] == "meta"
    assert tenants["anthropic-tpu-spv"] == "anthropic"
    texas, wisconsin = (vehicles()[name] for name in OWNERS[:2])
    # One structure, two borrowers: rents by what each owes, 23.25 and 14.75 of 38.
    assert texas.rent_per_year + wisconsin.rent_per_year == pytest.approx(2.62 + 1.66)
    assert texas.rent_per_year / wisconsin.rent_per_year == pytest.approx(23.25 / 14.75)
    assert [name for name in OWNERS if vehicles()[name].by_chips] == ["anthropic-tpu-spv"]


def test_before_a_structure_was_known_its_vehicle_stood_still() -> None:
    early = load("ai-loop").as_of(date(2025, 10, 31))
    assert "beignet-investor" not in site_vehicles(early, axes(early))


def test_rents_are_taken_off_the_larger_promise_that_they_are_a_part_of() -> None:
    made = on()
    counted = {one.standing.deal.id: one.point for one in sums(ai_loop(), given(ai_loop()).open_top)}
    for deal, members in (
        ("oracle-future-leases", OWNERS[:3]),
        ("meta-future-leases", ("meta-el-paso",)),
        ("anthropic-broadcom-tpu-lease", ("anthropic-tpu-spv",)),
    ):
        rest = sum(term.payments.point for term in made.terms if term.deal == deal)
        own = sum(term.payments.point for term in made.site_leases if term.payee in members)
        whole = sum(one.point for one in sums(ai_loop(), given(ai_loop()).open_top) if one.standing.deal.id == deal)
        assert counted[deal] > 0
        assert rest + own == pytest.approx(whole)
        assert {term.payer for term in made.site_leases if term.payee in members} == {deal.split("-")[0]}


def test_a_lease_that_a_deal_names_is_one_lease_with_its_renewals() -> None:
    rents = [term for term in (*on().leases, *on().site_leases) if term.payee == "beignet-investor"]
    (hyperion,) = rents
    assert hyperion.deal == "meta-hyperion-lease"
    assert (hyperion.term_quarters, hyperion.renewal_quarters) == (16, 64)


def test_every_firm_loan_that_is_not_drawn_yet_is_drawn_in_the_world() -> None:
    promised = sum(term.payments.point * float(term.payments.shares.sum()) for term in on().debts if not term.pending)
    assert promised > 60
    bound = [not economy().assembled.contracts.terms[n].pending for n in economy().assembled.draw_terms]
    assert world().draw_schedule[np.array(bound)].sum() == pytest.approx(promised)
    # Letters are there too, but not Nvidia's 500bn to platforms that nobody rents from.
    assert world().draw_schedule[~np.array(bound)].sum() == pytest.approx(65.0 + 10.0 + 40.0)
    by_borrower = {
        name: sum(sum(d.usd_bn) for d in world().promised_draws if world().loans.borrowers[d.loan] == name)
        for name in ("anthropic-tpu-spv", "project-jupiter", "vantage-texas")
    }
    named = {term.payee: term for term in on().debts if not term.pending}
    for name, drawn in by_borrower.items():
        assert drawn == pytest.approx(named[name].payments.point_usd_bn.sum())


def test_the_books_show_who_holds_a_vehicle_s_debt() -> None:
    lines = economy().opening.lines
    owed = {
        holder: lines[Account(holder, AccountClass.ASSET, f"loan:{holder}:beignet-investor")].point
        for holder in ("insurers", "pensions", "bond-investors")
    }
    assert sum(owed.values()) == pytest.approx(27.3)
    assert owed["pensions"] == pytest.approx(0.09 * 27.3)
    ranked = dict(zip(world().loans.names, world().loan_class, strict=True))
    assert ranked["insurers:beignet-investor"] == "insurer"


def test_a_class_behind_others_is_a_claim_of_its_own_and_gets_back_less() -> None:
    assert set(vehicles()["anthropic-tpu-spv"].ranks) == {"", "b"}
    assert {len(vehicles()[name].ranks) for name in OWNERS[:-1]} == {1}
    lines, names = economy().opening.lines, world().loans.names
    holders = ("private-credit-funds", "insurers", "private-credit-funds")
    claims = [f"{holder}:anthropic-tpu-spv{rank}" for holder, rank in zip(holders, ("", "", ":b"), strict=True)]
    owed = [
        lines[Account(holder, AccountClass.ASSET, f"loan:{claim}")].point
        for holder, claim in zip(holders, claims, strict=True)
    ]
    # 31 of 35.5bn in the first two classes, of which insurers hold two fifths, and 4.5 behind.
    np.testing.assert_allclose(np.array(owed) / sum(owed), [0.6 * 31 / 35.5, 0.4 * 31 / 35.5, 4.5 / 35.5])
    rank = [SENIORITY[world().loan_rank[names.index(claim)]] for claim in claims]
    assert rank == ["loan", "loan", "subordinated"]


def test_what_pays_interest_until_the_first_rent_is_set_aside_from_the_proceeds() -> None:
    lines = economy().opening.lines
    # Two years of 6.581 % on 27.3bn, and a year of 7.2 % on 12.75.
    assert lines[cash("beignet-investor")].point == pytest.approx(8 * 27.3 * 0.06581 / 4)
    assert lines[cash("meta-el-paso")].point == pytest.approx(4 * 12.75 * 0.072 / 4)
    assert cash("project-jupiter") not in lines, "what it draws pays its interest"


def test_ladders_come_down_as_classes_say() -> None:
    quarter = Quarter(2026, 4)
    bullet = vehicles()["project-jupiter"].ranks[""].ladder(quarter, 80, 0.04)
    assert np.flatnonzero(bullet).tolist() == [Quarter(2031, 4).ordinal - quarter.ordinal - 1]
    level = vehicles()["beignet-investor"].ranks[""].ladder(quarter, 80, 0.04)
    assert level.sum() == pytest.approx(1)
    first = np.flatnonzero(level)[0]
    assert quarter + 1 + int(first) == Quarter(2029, 1), "interest only until the rents begin"
    assert np.all(np.diff(level[first:79]) > 0), "equal payments hold more principal each time"


def test_money_for_sites_of_others_is_not_counted_as_the_tenant_s_cost_twice() -> None:
    row = world().members.index("oracle")
    rents = world().lease_tenant == row
    running = rents & (np.asarray(world().leases.commencement) < 0)
    names = [name for name, runs in zip(world().leases.names, running, strict=True) if runs]
    assert names == ["site_rents#abilene-site"], "the only one in last year's published costs"
