"""A vendor lends to a customer for what the customer buys from it: the shortest loop of all.

In the small world the maker has promised the neocloud `ADVANCED`, and lends nothing unless a test says that it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.inventory import Advance
from ouroloop.economy.track import SPONSORS, Track
from ouroloop.economy.world import World
from ouroloop.ledger import Account, AccountClass
from tests.economy.worlds import (
    ADVANCED,
    MEMBERS,
    QUARTERS,
    flows,
    inputs,
    member,
    play,
    shocked,
    system,
    with_cash,
    world,
)

PATHS = 4
NEO, MAKER = MEMBERS.index("neo"), MEMBERS.index("maker")
LOAN = "maker:neo"


def lending(of: World, **instead: object) -> Inputs:
    """The maker has bound itself."""
    return replace(inputs(of, PATHS), advance_share=jnp.ones((1, 1)), **instead)


@cache
def generous() -> World:
    """The maker would lend more than the neocloud can spend with it."""
    (advance,) = world().advances
    return replace(world(), advances=(Advance(advance.loan, (100.0,) * len(world().quarters), advance.name),))


@cache
def small() -> Track:
    return play(world(), lending(world()))[1]


@cache
def large() -> Track:
    return play(generous(), lending(generous()))[1]


def lent(track: Track, of: World) -> np.ndarray:
    return flows(of, track, f"lend:{LOAN}")


def test_it_lends_what_it_promised_where_more_is_bought() -> None:
    wanted = np.zeros((QUARTERS, 1))
    wanted[1 : 1 + len(ADVANCED), 0] = ADVANCED
    np.testing.assert_allclose(lent(small(), world()), wanted + np.zeros(PATHS), atol=1e-8)


def test_it_lends_no_more_than_is_bought_from_it() -> None:
    bought = flows(generous(), large(), "buy-chips:neo:maker")
    np.testing.assert_allclose(lent(large(), generous()), bought, atol=1e-8)
    assert np.all(bought[0] > 0.1)


def test_what_it_lends_is_its_claim_and_the_customer_s_debt() -> None:
    claim = world().ledger.row(Account("maker", AccountClass.ASSET, f"loan:{LOAN}"))
    debt = world().ledger.row(Account("neo", AccountClass.LIABILITY, f"loan:{LOAN}"))
    np.testing.assert_array_equal(small().balances[claim], -small().balances[debt])
    np.testing.assert_allclose(small().balances[claim][1 + len(ADVANCED)], sum(ADVANCED), atol=1e-8)
    interest = flows(world(), small(), f"interest:{LOAN}")
    assert np.all(interest[:2] == 0.0)
    # 0.05 bears interest from the quarter after on, at a spread and the base rate: some percent a year.
    assert np.all((interest[2] > 0.05 * 0.02 / 4) & (interest[2] < 0.05 * 0.25 / 4))


@pytest.mark.parametrize("run", [small, large], ids=["small", "large"])
def test_books_and_colors_are_exact(run: Callable[[], Track]) -> None:
    for name in ("residual", "color_gap"):
        assert not system(run(), name).any()
    assert system(run(), "clearing_gap").max() < 1e-9


def test_the_money_comes_back_as_the_vendor_s_own_in_the_same_quarter() -> None:
    """Colors of a quarter move in rounds: what is lent first is spent with the rest of the customer's cash."""
    own = SPONSORS.index("own")
    without = play(generous(), replace(lending(generous()), advance_share=jnp.zeros((1, 1))))[1]
    back = np.asarray(large().who_paid)[MAKER, own] - np.asarray(without.who_paid)[MAKER, own]
    assert np.all(back[1:8] > 0.0)
    assert np.all(back.cumsum(axis=0) <= lent(large(), generous()).cumsum(axis=0) + 1e-9)


def test_a_promise_that_is_called_off_or_came_to_less_is_lent_no_more() -> None:
    given = lending(world())
    off = given.calendar.advance_stands.at[0, 2:].set(0.0)
    some = lent(play(world(), shocked(given, advance_stands=off))[1], world())
    np.testing.assert_allclose(some[1], ADVANCED[0], atol=1e-8)
    assert not some[2:].any()
    half = lent(play(world(), replace(given, advance_share=jnp.asarray([[0.5, 1.0, 0.0, 0.25]])))[1], world())
    np.testing.assert_allclose(half[2], ADVANCED[1] * np.array([0.5, 1.0, 0.0, 0.25]), atol=1e-8)


def test_a_vendor_without_money_lends_what_it_can() -> None:
    """With no cash, no customers of its own and no lenders the maker pays all that it owes alike, the loan too."""
    given = with_cash(lending(generous()), maker=0.001)
    given = shocked(given, credit_open=given.calendar.credit_open * 0.0)
    poor = play(generous(), replace(given, traits=replace(given.traits, core=given.traits.core * 0.0)))[1]
    wanted, got = lent(large(), generous())[0], lent(poor, generous())[0]
    assert np.all((got > 0.0) & (got < 0.9 * wanted))
    assert np.all(member(poor, "unpaid", "maker")[0] > 0.0)


@cache
def failing() -> Track:
    given = lending(world())
    return play(world(), shocked(given, forced_default=given.calendar.forced_default.at[NEO, 2].set(1.0)))[1]


def test_when_the_customer_fails_the_vendor_loses_what_it_lent_and_nobody_outside_does() -> None:
    lost, legs = flows(world(), failing(), f"write-off:{LOAN}"), world().losses.legs
    assert np.all(lost[2] > 0.0)
    assert {leg.entity for leg in legs if leg.flow == f"write-off:{LOAN}" and leg.how == "claims"} == {"maker"}
    line = world().losses.lines.index(("maker", "claims"))
    assert np.all(failing().losses[line, 2] >= lost[2])


def test_nothing_is_lent_to_who_has_failed() -> None:
    assert np.all(lent(failing(), world())[2] > 0.0), "what fell due before it failed"
    assert not lent(failing(), world())[3:].any()


def test_vendors_are_no_class_of_lenders_that_closes() -> None:
    """What a vendor loses does not count as a loss of banks, funds or the bond market."""
    assert world().loan_lender[world().advance_loan[0]] == -1
    assert not world().loans_by_class.matrix[:, world().advance_loan[0]].any()
