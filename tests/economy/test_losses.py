"""The loss account of the small world: every loss has one bearer, and transfers add up to 0."""

from __future__ import annotations

from functools import cache

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.losses import DESTROYED, HOW, loss_lines
from ouroloop.economy.track import OUTCOME_MARKS, Track
from tests.economy.worlds import (
    HOLDERS,
    MEMBERS,
    QUOTED,
    SECTORS,
    balance,
    flows,
    inputs,
    member,
    play,
    shocked,
    system,
    with_parameters,
    world,
)

PATHS, FAILS = 8, 3


def failing() -> Inputs:
    """The cloud is made to default when it has fallen below investment grade, so that every way to lose is used."""
    given = with_parameters(inputs(world(), PATHS), "agency", patience=1.0)
    calendar, cloud = given.calendar, MEMBERS.index("cloud")
    return shocked(
        given,
        equity_factor=calendar.equity_factor.at[cloud, FAILS].set(0.03),
        forced_default=calendar.forced_default.at[cloud, FAILS + 1].set(1.0),
    )


@cache
def track() -> Track:
    return play(world(), failing())[1]


def losses(how: str, *entities: str) -> np.ndarray:
    """[quarter, path]; of everybody where nobody is named."""
    lines = enumerate(world().losses.lines)
    rows = [n for n, (entity, way) in lines if way == how and (not entities or entity in entities)]
    return np.asarray(track().losses)[rows].sum(axis=0)


def test_losses_of_all_are_what_was_destroyed_to_the_last_quantum() -> None:
    quanta = np.round(np.asarray(track().losses) / QUANTUM).astype(np.int64)
    assert np.array_equal(quanta * QUANTUM, np.asarray(track().losses))
    destroyed = [how in DESTROYED for _, how in world().losses.lines]
    assert np.array_equal(quanta.sum(axis=0), quanta[destroyed].sum(axis=0))
    assert np.abs(quanta[destroyed]).sum() > 0


@pytest.mark.parametrize("how", ["claims", "protection", "discounts", "shares"])
def test_every_way_to_lose_is_used_so_that_the_identity_says_something(how: str) -> None:
    lines = world().losses.lines
    used = [np.abs(np.asarray(track().losses)[n]).sum() > 0 for n, (_, way) in enumerate(lines) if way == how]
    assert any(used)
    assert {way for _, way in lines} <= set(HOW)


def test_what_lenders_lose_their_debtor_no_longer_owes_and_protection_moves_it() -> None:
    default = FAILS + 1
    lost = flows(world(), track(), "write-off:banks:cloud", "write-off:bonds:cloud", "write-off:hedge:cloud")[default]
    forgiven = losses("forgiven", "cloud")[default]
    np.testing.assert_allclose(losses("claims", "banks", "bonds", "hedge")[default], lost, atol=1e-8)
    assert np.all(forgiven <= -lost + 1e-8)
    payout = flows(world(), track(), "payout:funds:banks:cloud")[default]
    np.testing.assert_allclose(losses("protection", "funds")[default], payout, atol=1e-8)
    np.testing.assert_allclose(losses("protection", "banks")[default], -payout, atol=1e-8)


def test_who_sells_below_par_loses_what_the_buyer_gains() -> None:
    discount = flows(world(), track(), "discount:bonds:cloud")
    np.testing.assert_allclose(losses("discounts", "bonds"), discount, atol=1e-8)
    np.testing.assert_array_equal(losses("discounts", "hedge"), -losses("discounts", "bonds"))


def test_the_mark_of_outside_losses_is_the_sum_of_what_sectors_write_off() -> None:
    ways = [losses(how, *SECTORS) for how in ("claims", "guarantees")]
    marks = dict(zip(OUTCOME_MARKS, np.asarray(track().outcome), strict=True))
    np.testing.assert_allclose(marks["outside_loss"], sum(ways).sum(axis=0), atol=1e-7)


def test_stages_are_dated_by_their_signs() -> None:
    marks = dict(zip(OUTCOME_MARKS, np.asarray(track().outcome), strict=True))
    quoted = sum(member(track(), "equity_value", name) for name in ("cloud", "neo", "maker"))
    values = np.vstack([np.full(PATHS, 800.0 + 15.0 + 600.0), quoted])
    fallen = values < 0.7 * np.maximum.accumulate(values)
    assert np.array_equal(marks["shares_quarter"], fallen.argmax(axis=0) - 1)
    # Racks live on the cloud's rent, and bond investors may not keep its bonds; a quarter later lenders have lost.
    assert np.all(marks["tranches_quarter"] == FAILS)
    sold, unsold = sum(member(track(), "bonds_sold", name) for name in MEMBERS), system(track(), "unsold")
    assert np.all(sold[FAILS] > 0)
    assert np.array_equal(marks["sales_quarter"], ((sold > 1e-6) | (unsold > 1e-6)).argmax(axis=0))
    opened = sum(QUOTED.values()) * (HOLDERS["hedge"] + HOLDERS["mutual"])
    held = sum(balance(world(), track(), fund, f"equity:{firm}") for fund in ("hedge", "mutual") for firm in QUOTED)
    large = float(failing().parameters.stages.calls_large) * np.vstack([np.full(PATHS, opened), held[:-1]])
    called = system(track(), "called") > large + 1e-6
    assert called.any(axis=0).sum() > 0
    first = np.where(called.any(axis=0), called.argmax(axis=0), np.nan)
    np.testing.assert_array_equal(marks["calls_quarter"], first)
    assert np.all(marks["lenders_quarter"] == FAILS + 1)
    assert np.isnan(marks["rents_quarter"]).all(), "who is reorganized goes on paying for what it uses"


def test_postings_make_up_their_line_and_say_on_whose_paper_it_is_lost() -> None:
    lines, amounts = world().losses, np.asarray(track().amounts)
    row = {flow.name: n for n, flow in enumerate(world().ledger.flows)}
    made = {line: np.zeros_like(np.asarray(track().losses)[0]) for line in lines.lines}
    for leg in lines.legs:
        made[leg.entity, leg.how] += leg.sign * amounts[row[leg.flow]]
    np.testing.assert_allclose(np.stack(list(made.values())), np.asarray(track().losses), atol=1e-7)
    found = {(leg.entity, leg.how, leg.flow): (leg.on, leg.held) for leg in lines.legs}
    assert found["bonds", "claims", "write-off:bonds:cloud"] == ("cloud", "loan:bonds:cloud")
    assert found["cloud", "forgiven", "write-off:bonds:cloud"] == ("bonds", "loan:bonds:cloud")
    assert found["bonds", "discounts", "discount:bonds:cloud"] == ("cloud", "")
    assert found["hedge", "discounts", "discount:bonds:cloud"] == ("cloud", "")
    assert found["banks", "protection", "payout:funds:banks:cloud"] == ("cloud", "")
    assert found["hedge", "shares", "revalue:hedge:cloud"] == ("cloud", "equity:cloud")
    assert found["cloud", "plant", "write-off:cloud:chips"] == ("cloud", "chips")


def test_business_is_no_loss() -> None:
    sold, bought = books.boundary_receipt("customers", "firm"), books.equity_investment("fund", "firm")
    wear, held = books.depreciation("firm"), books.revaluation("fund", "equity:firm")
    given_up = books.asset_write_off("firm")
    every, amount = (sold, bought, wear, held, given_up), (5.0, 7.0, 1.0, -3.0, 2.0)
    built = books.build(every, sectors={"customers": "outside_customers", "fund": "unknown"})
    found = loss_lines(built, (), {}, {})
    assert set(found.lines) == {("firm", "plant"), ("fund", "shares")}
    amounts = jnp.asarray([[amount[every.index(flow)]] for flow in built.flows])
    by_line = dict(zip(found.lines, np.asarray(found.of(amounts))[:, 0].tolist(), strict=True))
    assert by_line == {("firm", "plant"): 2.0, ("fund", "shares"): 3.0}
