"""Calls in the economy: funds sell what finds a buyer, shares fall by it, brokers lose what is left, customers spend
less.

Each test fails where the mechanism is taken out: with no impact, no door, no broker or no effect on spending.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.economy.track import Track
from ouroloop.ledger import AccountClass
from tests.economy.worlds import (
    HOLDERS,
    MARGIN_DEBT,
    MEMBERS,
    QUOTED,
    balance,
    flows,
    inputs,
    member,
    play,
    quiet,
    shocked,
    system,
    with_parameters,
    world,
)

PATHS, HIT = 4, 1
MAKER = MEMBERS.index("maker")
CALM = inputs(world(), PATHS)


def run(**arrays: jnp.ndarray) -> Track:
    return play(world(), shocked(CALM, **arrays))[1]


@cache
def calm() -> Track:
    return run()


def crash(factor: float) -> jnp.ndarray:
    return quiet(world()).equity_factor.at[:, HIT].set(factor)


def dumped(part: float) -> jnp.ndarray:
    return quiet(world()).sold_down.at[MAKER, HIT].set(part)


@cache
def halved() -> Track:
    return run(equity_factor=crash(0.45))


def test_funds_that_must_sell_move_the_price_by_the_part_of_the_firm_that_found_a_buyer() -> None:
    hit, p = run(sold_down=dumped(0.1)), CALM.parameters.calls
    sold, before = member(hit, "shares_sold", "maker")[HIT], member(calm(), "equity_value", "maker")[HIT]
    assert (sold > 0).all()
    assert not member(hit, "shares_sold", "cloud")[HIT].any()
    # What both funds would have bought in the calm quarter moves its price a little the other way.
    fell = np.log(member(hit, "equity_value", "maker")[HIT] / before)
    bought = -sum(flows(world(), calm(), f"{kind}:{f}:maker")[HIT] for kind in PRICES for f in ("hedge", "mutual"))
    expected = -float(p.impact) * (sold + bought) / before
    np.testing.assert_allclose(fell, expected, rtol=0.02)


PRICES = ("sell-shares", "sell-gain")


def test_no_more_than_the_capacity_finds_a_buyer_and_the_rest_is_kept() -> None:
    hit = run(sold_down=dumped(1.0))
    exits = 0.03  # of the maker
    sold, unsold = member(hit, "shares_sold", "maker")[HIT], system(hit, "unsold")[HIT]
    held = (HOLDERS["hedge"] + HOLDERS["mutual"]) * QUOTED["maker"]
    assert (sold < 0.2 * held).all()
    assert (unsold > 3 * sold).all()
    np.testing.assert_allclose(sold / (sold + unsold), exits / (HOLDERS["hedge"] + HOLDERS["mutual"]), rtol=0.1)


def test_a_part_of_the_fall_comes_back_when_sellers_are_gone() -> None:
    hit, stays = run(sold_down=dumped(0.1)), float(CALM.parameters.calls.stays)
    apart = np.log(member(hit, "equity_value", "maker") / member(calm(), "equity_value", "maker"))
    assert (apart[HIT] < 0).all()
    assert (apart[HIT + 1] > (stays + 0.2) * apart[HIT]).all()


def test_a_margin_call_repays_the_broker_out_of_shares() -> None:
    debt, repaid = system(halved(), "margin_debt"), flows(world(), halved(), "repay:margin:hedge")
    assert (repaid[HIT] > 1.0).all()
    assert (debt[HIT] < MARGIN_DEBT).all()
    assert (system(halved(), "called")[HIT] > system(calm(), "called")[HIT]).all()
    paid = sum(flows(world(), halved(), f"{kind}:hedge:{firm}") for kind in PRICES for firm in QUOTED)
    np.testing.assert_allclose(paid[HIT], repaid[HIT], atol=1e-7)


def test_where_shares_no_longer_cover_the_debt_everything_goes_and_the_broker_loses_the_rest() -> None:
    hit = run(equity_factor=crash(0.15))
    lost = flows(world(), hit, "write-off:margin:hedge")
    assert (lost.sum(axis=0) > 1.0).all()
    assert not system(hit, "margin_debt")[-1].any()
    for firm in QUOTED:
        np.testing.assert_allclose(balance(world(), hit, "hedge", f"equity:{firm}")[-1], 0.0, atol=1e-5)
    lines = world().losses.lines
    of_banks = np.asarray(hit.losses)[lines.index(("banks", "claims"))].sum(axis=0)
    assert (of_banks >= lost.sum(axis=0) - 1e-9).all()
    assert not flows(world(), calm(), "write-off:margin:hedge").any()


def test_investors_leave_after_a_fall_and_come_back_slowly() -> None:
    out = flows(world(), halved(), "redeem:mutual:households")
    assert (out[HIT] > 1.0).all()
    assert (out[-1] <= 0.0).any()
    held = sum(balance(world(), halved(), "mutual", f"equity:{firm}") for firm in QUOTED)
    whole = sum(member(halved(), "equity_value", firm) for firm in QUOTED)
    assert (held[HIT] / whole[HIT] < HOLDERS["mutual"]).all()


def test_what_found_no_buyer_is_asked_for_again() -> None:
    narrow = with_parameters(shocked(CALM, equity_factor=crash(0.45)), "calls", asked=2.0)
    _, track = play(world(), narrow)
    assert (system(track, "unsold")[HIT] > 1.0).all()
    assert (system(track, "called")[HIT + 1] > 0.5 * system(track, "unsold")[HIT]).all()


def test_a_trade_moves_a_gain_and_makes_none() -> None:
    # Paper wealth changes by revaluation alone, whoever sells to whom.
    revalued = [f.name for f in world().ledger.flows if f.name.startswith("revalue:")]
    wealth, gained = system(halved(), "paper_wealth"), flows(world(), halved(), *revalued)
    np.testing.assert_allclose(np.diff(wealth, axis=0), gained[1:], atol=1e-6)


def test_funds_together_buy_no_more_than_others_have() -> None:
    # Both funds are made to sell, then both come back at once, and one may borrow for all that it wants.
    both = quiet(world()).sold_down.at[:, HIT].set(0.8)
    greedy = with_parameters(shocked(CALM, sold_down=both), "calls", refill=1.0, impact=0.0)
    greedy = with_parameters(greedy, "calls", leverage=30.0, least_margin=0.03)
    wide = replace(greedy, traits=replace(greedy.traits, exit_share=jnp.ones_like(greedy.traits.exit_share)))
    _, track = play(world(), wide)
    left = {firm: balance(world(), track, "investors", f"equity:{firm}") for firm in QUOTED}
    assert any((one < 1.0).any() for one in left.values()), "they want it all"
    kept = [(a.entity, a.account_class) == ("investors", AccountClass.ASSET) for a in world().ledger.accounts]
    shares = ["equity:" in account.instrument for account in world().ledger.accounts]
    assert np.asarray(track.balances)[np.array(kept) & np.array(shares)].min() > -1e-6


def test_customers_are_poorer_the_quarter_after() -> None:
    p, spent = CALM.parameters.outside_income, system(halved(), "outside_spend")
    missing = system(halved(), "missing_income")
    assert (missing[HIT + 1] > system(calm(), "missing_income")[HIT + 1] + 5.0).all()
    product = float(p.product) * np.exp(float(p.growth) * (np.arange(len(spent)) + 1) / 4)[:, None]
    both = [np.exp(-float(p.elasticity) * one / product) for one in (missing, system(calm(), "missing_income"))]
    np.testing.assert_allclose(
        spent[: HIT + 2] / system(calm(), "outside_spend")[: HIT + 2], (both[0] / both[1])[: HIT + 2], rtol=1e-12
    )


def test_patient_brokers_and_investors_call_nobody() -> None:
    fallen = shocked(CALM, equity_factor=crash(0.7))
    patient = with_parameters(fallen, "calls", asked=0.0, least_margin=1e-6)
    assert (system(play(world(), fallen)[1], "called")[HIT] > 1.0).any()
    assert not system(play(world(), patient)[1], "called")[HIT].any()


@pytest.mark.parametrize("measure", ["residual", "color_gap"])
def test_books_stay_exact(measure: str) -> None:
    assert not system(calm(), measure).any()
    assert not system(halved(), measure).any()
