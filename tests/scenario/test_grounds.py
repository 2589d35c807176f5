"""What simulated losses rest on: the deals, figures and assumptions of the bundled dossier."""

from __future__ import annotations

from functools import cache

import pytest

from ouroloop.dossier import Dossier
from ouroloop.economy.losses import LossLeg
from ouroloop.scenario.build import Economy, build
from ouroloop.scenario.grounds import Grounds, grounds
from ouroloop.scenario.read import read_scenario


@cache
def _built() -> tuple[Economy, Dossier]:
    scenario = read_scenario("baseline")
    return build(scenario, 0, 1), scenario.dossier


def _legs(entity: str, how: str, on: str) -> list[LossLeg]:
    legs = _built()[0].world.losses.legs
    return [leg for leg in legs if (leg.entity, leg.how, leg.on) == (entity, how, on)]


def _grounds(holder: str, entity: str, how: str, on: str) -> Grounds:
    legs = _legs(entity, how, on)
    assert legs, "no such posting"
    return grounds(*_built(), holder, legs)


def _deals(found: Grounds) -> set[str]:
    return {ref.id.partition("#")[0] for ref in found.records if ref.kind == "deal"}


def test_bills_of_a_contract_rest_on_its_deal() -> None:
    found = _grounds("oracle", "oracle", "claims", "openai")
    assert "openai-oracle-300bn" in _deals(found)
    assert found.assumptions == ()


def test_what_a_pension_loses_on_bonds_rests_on_the_debt_and_on_who_holds_bonds() -> None:
    found = _grounds("pensions", "bond-investors", "claims", "oracle")
    assert "oracle-bonds-2025-09" in _deals(found)
    assert any(ref.id.startswith("oracle/long_term_debt/") for ref in found.records)
    assert set(found.assumptions) >= {"hold-024", "hold-026"}
    assert all(ref.cites for ref in found.records)


@pytest.mark.parametrize(("holder", "rows"), [("households", {"hold-001"}), ("sovereign-funds", {"hold-002"})])
def test_shares_rest_on_what_they_are_worth_and_on_who_holds_the_market(holder: str, rows: set[str]) -> None:
    found = _grounds(holder, "equity-investors", "shares", "nvidia")
    assert any(ref.id.startswith("nvidia/market_cap/") for ref in found.records)
    assert set(found.assumptions) >= rows


def test_what_a_vendor_loses_on_its_loan_rests_on_the_promise() -> None:
    found = _grounds("broadcom", "broadcom", "claims", "anthropic")
    assert "broadcom-anthropic-notes" in _deals(found)


def test_a_stake_rests_on_the_deals_that_paid_for_it() -> None:
    found = _grounds("softbank", "softbank", "shares", "openai")
    assert {"softbank-openai-equity-2025", "softbank-openai-equity-2026"} <= _deals(found)


def test_protection_rests_on_the_assumptions_of_who_has_it() -> None:
    assert set(_grounds("banks", "banks", "protection", "oracle").assumptions) >= {"eco-finance-099", "eco-finance-100"}


def test_who_sells_a_bond_below_par_was_owed_by_that_firm() -> None:
    assert "oracle-bonds-2025-09" in _deals(_grounds("insurers", "bond-investors", "discounts", "oracle"))


def test_loans_promised_for_later_rest_on_the_promise() -> None:
    legs = [leg for leg in _built()[0].world.losses.legs if leg.how == "claims" and leg.on == "project-jupiter"]
    assert any("jupiter-loan" in _deals(grounds(*_built(), leg.entity, [leg])) for leg in legs)
