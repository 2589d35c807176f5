"""Protection in the small world: paid for every quarter, paid out once, and a move of the loss, not of its size."""

from __future__ import annotations

from functools import cache

import numpy as np

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.track import Track
from ouroloop.ledger import cash
from tests.economy.worlds import MEMBERS, flows, inputs, play, shocked, system, world

PATHS, FAILS = 8, 3


def failing() -> Inputs:
    given = inputs(world(), PATHS)
    return shocked(given, forced_default=given.calendar.forced_default.at[MEMBERS.index("cloud"), FAILS].set(1.0))


@cache
def track() -> Track:
    return play(world(), failing())[1]


def test_premium_runs_to_the_quarter_of_the_failure_and_the_payout_comes_with_it() -> None:
    premium, payout = (
        flows(world(), track(), name) for name in ("premium:banks:funds:cloud", "payout:funds:banks:cloud")
    )
    np.testing.assert_allclose(premium[: FAILS + 1], 4.0 * 0.02 / 4, atol=1e-9)
    assert not premium[FAILS + 1 :].any()
    assert np.all(payout[FAILS] > 0)
    assert not np.delete(payout, FAILS, axis=0).any()


def test_the_payout_is_the_part_of_the_debt_that_is_lost() -> None:
    lost = flows(world(), track(), "write-off:banks:cloud", "write-off:bonds:cloud")[FAILS]
    called = sum(flows(world(), track(), f"call:promise:{name}:cloud")[FAILS] for name in ("banks", "bonds"))
    owed = _owed_before()
    payout = flows(world(), track(), "payout:funds:banks:cloud")[FAILS]
    np.testing.assert_allclose(payout, 4.0 * (lost + called) / owed, rtol=1e-6)


def _owed_before() -> np.ndarray:
    """What the cloud owed when it failed: what it owes after, and what was written off."""
    row = [f"{account.entity}:{account.instrument}" for account in world().ledger.accounts]
    after = [-np.asarray(track().balances)[n, FAILS] for n, name in enumerate(row) if name.startswith("cloud:loan:")]
    return sum(after) + flows(world(), track(), "write-off:banks:cloud", "write-off:bonds:cloud")[FAILS]


def test_a_firm_that_lives_pays_nobody_anything_and_the_contract_ends() -> None:
    premium = flows(world(), track(), "premium:banks:investors:neo")
    lives = ~(flows(world(), track(), "payout:investors:banks:neo") > 0).any(axis=0)
    assert lives.any()
    np.testing.assert_allclose(premium[:5, lives], 1.0 * 0.06 / 4, atol=1e-9)
    assert not premium[5:].any()


def test_it_moves_the_loss_from_who_bought_to_who_wrote_and_touches_nobody_else() -> None:
    chart, none = world().ledger, np.zeros(PATHS)
    change = dict.fromkeys(("banks", "funds", "investors"), none)
    for row, flow in enumerate(chart.flows):
        if flow not in world().swaps.flows:
            continue
        assert {leg.account.entity for leg in flow.legs} <= set(change), "a swap of a member would enter clearing"
        for leg in flow.legs:
            if leg.account == cash(leg.account.entity):
                change[leg.account.entity] = change[leg.account.entity] + leg.sign * np.asarray(track().amounts)[
                    row
                ].sum(axis=0)
    assert np.all(change["banks"] > 0)
    assert np.all(change["funds"] < 0)
    np.testing.assert_allclose(sum(change.values()), 0.0, atol=1e-9)
    assert not system(track(), "residual").any()
