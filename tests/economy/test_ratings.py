"""A fall below investment grade costs cash in the small world: coupons, deposits, dearer money, and fewer lenders."""

from __future__ import annotations

from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.track import Track
from tests.economy.worlds import (
    MEMBERS,
    balance,
    flows,
    inputs,
    member,
    parameters,
    play,
    quiet,
    shocked,
    system,
    with_cash,
    with_parameters,
    world,
)

PATHS, FALLS = 8, 3
CLOUD = MEMBERS.index("cloud")


def fallen(**agency: float) -> Inputs:
    """Shares of the cloud lose nearly everything in a quarter; agencies follow at once unless told otherwise."""
    given = with_parameters(inputs(world(), PATHS), "agency", **{"patience": 1.0, **agency})
    return shocked(given, equity_factor=quiet(world()).equity_factor.at[CLOUD, FALLS].set(0.03))


def run(given: Inputs) -> Track:
    return play(world(), given)[1]


@cache
def usual(**_: Any) -> Track:
    return run(with_parameters(inputs(world(), PATHS), "agency", patience=1.0))


@cache
def down() -> Track:
    return run(fallen())


def test_the_letter_follows_the_fall_and_others_keep_theirs() -> None:
    assert np.all(member(usual(), "rating", "cloud")[: FALLS + 1] <= 3)
    assert np.all(member(down(), "rating", "cloud")[FALLS] > 3.5)
    np.testing.assert_array_equal(
        member(down(), "rating", "maker")[: FALLS + 1], member(usual(), "rating", "maker")[: FALLS + 1]
    )
    # Who was not rated investment grade does not become so, however little it owes.
    assert np.all(member(down(), "rating", "lab") >= 4)


def test_an_imposed_downgrade_is_by_so_many_letters_at_once_and_agencies_go_back_from_there() -> None:
    given = with_parameters(inputs(world(), PATHS), "agency", patience=0.25)
    lowered = given.calendar.letters_down.at[CLOUD, FALLS].set(4.0).at[MEMBERS.index("neo"), FALLS].set(9.0)
    calm, hit = run(given), run(shocked(given, letters_down=lowered))
    before, after = (member(track, "rating", "cloud") for track in (calm, hit))
    np.testing.assert_array_equal(after[:FALLS], before[:FALLS])
    np.testing.assert_allclose(after[FALLS], np.minimum(before[FALLS] + 4.0, 6.0))
    np.testing.assert_allclose(member(hit, "rating", "rack"), after)
    assert np.all(after[FALLS + 4] < after[FALLS])
    np.testing.assert_allclose(member(hit, "rating", "neo")[FALLS], 6.0)
    sold = member(hit, "bonds_sold", "cloud")[FALLS]
    assert np.array_equal(sold > 0, np.floor(after[FALLS] + 0.5) > 3)
    assert (sold > 0).any()


def test_a_slow_agency_comes_late() -> None:
    slow = run(fallen(patience=0.1))
    assert np.all(member(slow, "rating", "cloud")[FALLS] <= 3.5)
    assert np.all(np.diff(member(slow, "rating", "cloud"), axis=0)[FALLS - 1] > 0)


def test_bonds_that_step_up_cost_more_from_the_fall_on() -> None:
    flat = run(fallen(with_step_up=0.0))
    bonds, loans = "interest:bonds:cloud", "interest:banks:cloud"
    more = flows(world(), down(), bonds)[FALLS] - flows(world(), flat, bonds)[FALLS]
    owed = 20.0  # what bond investors hold at the opening
    letters = np.floor(member(down(), "rating", "cloud")[FALLS] + 0.5) - 3
    np.testing.assert_allclose(more, owed * 0.005 * 0.2 * letters / 4, rtol=0.05)
    np.testing.assert_array_equal(flows(world(), down(), loans)[FALLS], flows(world(), flat, loans)[FALLS])
    np.testing.assert_array_equal(flows(world(), down(), bonds)[:FALLS], flows(world(), flat, bonds)[:FALLS])


def test_landlords_ask_for_deposits_and_give_them_back_when_the_letter_returns() -> None:
    posted = flows(world(), down(), "deposit:cloud:landlords")
    rent = flows(world(), down(), "rent:cloud-rack")
    assert not posted[:FALLS].any()
    np.testing.assert_allclose(posted[FALLS], 2.0 * rent[FALLS], rtol=1e-9)
    np.testing.assert_allclose(member(down(), "deposits", "cloud")[FALLS], posted[FALLS], rtol=1e-12)
    again = quiet(world()).equity_factor.at[CLOUD, FALLS].set(0.03).at[CLOUD, FALLS + 1].set(1.0 / 0.03)
    up = run(shocked(fallen(), equity_factor=again))
    back = flows(world(), up, "deposit-back:landlords:cloud")
    healed = member(up, "rating", "cloud")[FALLS + 1] <= 3
    assert healed.any()
    np.testing.assert_allclose(back[FALLS + 1][healed], posted[FALLS][healed], rtol=1e-9)
    assert not member(up, "deposits", "cloud")[FALLS + 1][healed].any()


def test_a_deposit_that_cannot_be_paid_is_missing_from_what_is_due() -> None:
    poor = with_cash(fallen(deposit=2000.0), cloud=1.0)
    closed = quiet(world()).credit_open.at[:].set(0.0)
    track = run(shocked(poor, credit_open=closed))
    spared = run(shocked(with_cash(fallen(deposit=0.0), cloud=1.0), credit_open=closed))
    more = member(track, "unpaid", "cloud")[FALLS] > member(spared, "unpaid", "cloud")[FALLS]
    assert more.any()


def test_spreads_jump_to_those_of_the_new_grade_and_beyond_while_holders_sell() -> None:
    calm = run(fallen(forced_widening=0.0))
    slow = run(fallen(patience=0.0))
    spread = {name: member(track, "spread", "cloud")[FALLS] for name, track in
              (("now", down()), ("unforced", calm), ("still rated", slow))}  # fmt: skip
    assert np.all(spread["unforced"] >= spread["still rated"])
    np.testing.assert_allclose(spread["now"] - spread["unforced"], 0.01, rtol=1e-9)
    next_one = member(down(), "spread", "cloud")[FALLS + 1] - member(calm, "spread", "cloud")[FALLS + 1]
    np.testing.assert_allclose(next_one, 0.005, atol=0.002)


def test_investors_who_may_hold_investment_grade_only_lend_no_more() -> None:
    given = with_cash(fallen(mandate=1.0), cloud=2.0)
    lent = flows(world(), run(given), "lend:bonds:cloud")
    free = flows(world(), run(with_cash(fallen(mandate=0.0), cloud=2.0)), "lend:bonds:cloud")
    np.testing.assert_array_equal(lent[:FALLS], free[:FALLS])
    assert np.all(free[FALLS:].sum(axis=0) > 0)
    assert not lent[FALLS:][member(run(given), "rating", "cloud")[FALLS:] > 3.5].any()


def test_books_stay_exact_through_all_of_it() -> None:
    assert not system(down(), "residual").any()
    assert not system(down(), "color_gap").any()
    assert jnp.isfinite(jnp.asarray(down().members)).all()


def rich(**agency: float) -> Track:
    """The fall of a cloud that has no need to borrow, so that only what it owed before counts."""
    return run(with_cash(fallen(**{"mandate": 0.6, "forced_widening": 0.05, **agency}), cloud=300.0))


def test_those_who_may_hold_investment_grade_only_sell_below_par_and_the_firm_owes_what_it_owed() -> None:
    track, calm = rich(), rich(mandate=0.0)
    sold, discount = flows(world(), track, "sell:bonds:cloud"), flows(world(), track, "discount:bonds:cloud")
    bonds, hedge = (-balance(world(), track, "cloud", f"loan:{lender}:cloud") for lender in ("bonds", "hedge"))
    assert not sold[:FALLS].any()
    np.testing.assert_allclose(sold[FALLS], 0.6 * 20.0, rtol=1e-8)
    np.testing.assert_array_equal(hedge[FALLS], sold[FALLS])
    np.testing.assert_array_equal(bonds[FALLS], 20.0 - sold[FALLS])
    # 4 of 20 fall due a quarter later, the rest beyond the horizon of 12: 9 quarters from then.
    base = float(parameters().engine.base_rate)
    years, asked = (0.2 * 1 + 0.8 * 10) / 4, base + member(track, "spread", "cloud")[FALLS]
    price = 0.06 / asked * (1 - np.exp(-asked * years)) + np.exp(-asked * years)
    assert price.max() < 0.95
    np.testing.assert_allclose(discount[FALLS], sold[FALLS] * (1 - price), rtol=1e-6)
    np.testing.assert_array_equal(member(track, "bonds_sold", "cloud")[FALLS], sold[FALLS])
    np.testing.assert_array_equal(member(track, "debt", "cloud")[FALLS], member(calm, "debt", "cloud")[FALLS])
    assert not member(calm, "bonds_sold", "cloud").any()
    assert not system(track, "residual").any()


def test_what_is_bought_pays_its_new_holder_interest_and_principal() -> None:
    track, calm, due = rich(), rich(mandate=0.0), FALLS + 1
    both = ("bonds", "hedge")
    repaid = [flows(world(), track, f"repay:{lender}:cloud")[due] for lender in both]
    np.testing.assert_allclose(repaid[1], 0.6 * 4.0, rtol=1e-8)
    np.testing.assert_allclose(sum(repaid), 4.0, rtol=1e-8)
    interest = sum(flows(world(), track, f"interest:{lender}:cloud")[due] for lender in both)
    np.testing.assert_allclose(interest, flows(world(), calm, "interest:bonds:cloud")[due], rtol=1e-6)
