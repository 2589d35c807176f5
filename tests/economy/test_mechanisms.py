"""What the articles describe happens in the small world, and does not when its cause is taken away."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import jax.numpy as jnp
import numpy as np

from ouroloop.behavior.completion import value_at_completion, walk_away
from ouroloop.behavior.funding import quarters_until_wall
from ouroloop.behavior.lending import EQUITY, LENDER_CLASSES, SECURED
from ouroloop.core import QUANTUM
from ouroloop.economy.close import _discounted
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.inventory import OUTSIDE, Letter
from ouroloop.economy.open import open_state
from ouroloop.economy.outcome import Outcome, outcomes
from ouroloop.economy.state import State
from ouroloop.economy.track import SPONSORS, Track
from ouroloop.economy.world import World
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.ledger.incidence import Incidence
from tests.economy.worlds import (
    ANNOUNCED,
    FUNDS_NEO,
    MEMBERS,
    QUARTERS,
    flows,
    inputs,
    member,
    play,
    quiet,
    rich_outside,
    shocked,
    system,
    traits,
    with_cash,
    with_parameters,
    world,
)

PATHS = 8


@cache
def usual() -> tuple[State, Track]:
    """The small world as it is."""
    return run(inputs(world(), PATHS))


def run(given: Inputs) -> tuple[State, Track]:
    return play(world(), given)


def same(one: Track, other: Track) -> bool:
    """Equal bit for bit, in everything that is reported?"""
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("members", "system", "amounts", "balances"))
    return all(np.array_equal(a, b) for a, b in pairs)


def calendar_with(name: str, row: int | tuple[int, ...], first: int, value: float, last: int = QUARTERS) -> Any:
    """One array of a quiet calendar with a value from a quarter on, in one row (`()` where there are no rows)."""
    at = (*(row if isinstance(row, tuple) else (row,)), slice(first, last))
    return getattr(quiet(world()), name).at[at].set(value)


# Fear


def _afraid(elasticity: float, rivals_a_year_ago: float = 1.0) -> Track:
    """Rents stand still, so that what too much building does to them stays out of sight."""
    given = with_parameters(rich_outside(inputs(world(), PATHS)), "rivalry", fear_elasticity=elasticity)
    given = with_parameters(given, "rent", scarcity_elasticity=0.0, volatility=0.0)
    given = with_cash(given, cloud=12.0, neo=2.0)
    built = given.traits.starts_year_ago * rivals_a_year_ago
    return run(replace(given, traits=replace(given.traits, starts_year_ago=built)))[1]


def test_fear_raises_capex_and_debt_while_demand_stays_the_same_to_the_last_bit() -> None:
    calm, afraid = _afraid(0.0), _afraid(1.0)
    assert np.array_equal(system(calm, "outside_spend"), system(afraid, "outside_spend"))
    for quarters in (slice(0, 6), slice(0, QUARTERS)):
        more = system(afraid, "capex")[quarters].sum(axis=0) - system(calm, "capex")[quarters].sum(axis=0)
        assert np.all(more > 0.5) if quarters.stop == 6 else more.mean() > 2.0
    assert np.all(system(afraid, "debt")[5] >= system(calm, "debt")[5])
    assert system(afraid, "debt")[-1].mean() > 1.02 * system(calm, "debt")[-1].mean()


def test_who_is_not_afraid_builds_the_same_whatever_rivals_did() -> None:
    assert same(_afraid(0.0, 1.0), _afraid(0.0, 0.5))
    assert not same(_afraid(1.0, 1.0), _afraid(1.0, 0.5))


# The story and the price


def test_an_announced_order_lifts_the_sellers_price_and_lowers_its_spread_in_the_next_quarter() -> None:
    """20bn on a firm worth far less; without the sensitivity to news nothing is announced."""
    silent = shocked(inputs(world(), PATHS), vendor_scale=calendar_with("vendor_scale", 0, 0, 0.0))
    deaf = run(with_parameters(silent, "equity", announcement=0.0))[1]
    heard = run(silent)[1]
    before, after = slice(0, ANNOUNCED + 1), ANNOUNCED + 1
    for what in ("equity_value", "spread", "narrative"):
        assert np.array_equal(member(heard, what, "neo")[before], member(deaf, what, "neo")[before])
    assert np.all(member(heard, "equity_value", "neo")[after] > 1.5 * member(deaf, "equity_value", "neo")[after])
    assert np.all(member(heard, "spread", "neo")[after] < member(deaf, "spread", "neo")[after])
    assert np.array_equal(member(heard, "narrative", "lab")[after], member(deaf, "narrative", "lab")[after])


def test_money_that_a_vendor_puts_into_customers_lifts_its_own_price() -> None:
    """Orders come with the money: `orders_per_vendor_dollar`; at 0 the story is told by nobody."""
    told = usual()[1]
    untold = run(with_parameters(inputs(world(), PATHS), "engine", orders_per_vendor_dollar=0.0))[1]
    money = flows(world(), told, "vendor-money:maker:lab", "vendor-money:maker:neo")
    assert np.all(money[0] > 0)
    assert np.array_equal(member(told, "narrative", "maker")[0], member(untold, "narrative", "maker")[0])
    assert np.all(member(told, "narrative", "maker")[1] > member(untold, "narrative", "maker")[1])


# Lives


def _lives(reported: float, honest_from: int = QUARTERS) -> Track:
    given = with_parameters(inputs(world(), PATHS), "engine", reported_chip_life_years=reported)
    return run(shocked(given, honest=calendar_with("honest", (), honest_from, 1.0)))[1]


def test_stretched_lives_raise_reported_profit_and_leave_economic_profit() -> None:
    short, long = _lives(4.5), _lives(8.0)
    for name in ("cloud", "neo"):
        assert np.all(member(long, "profit_reported", name) > member(short, "profit_reported", name))
        np.testing.assert_allclose(
            member(long, "profit_economic", name), member(short, "profit_economic", name), atol=1e-7
        )
        assert np.array_equal(member(long, "operating_cash", name), member(short, "operating_cash", name))


def test_honest_books_close_the_gap_between_the_two_views() -> None:
    """From the opening on there is none. Later it is worked off: a change of estimate is prospective."""
    always, later = _lives(8.0, honest_from=0), _lives(8.0, honest_from=4)
    for name in ("cloud", "neo"):
        gaps = [member(t, "fixed_assets", name) - member(t, "fixed_assets_economic", name) for t in (always, later)]
        np.testing.assert_allclose(gaps[0], 0.0, atol=1e-7)
        assert np.all(np.diff(gaps[1][:4], axis=0) > 0), "the gap grows while lives are stretched"
        assert np.all(np.diff(gaps[1][4:], axis=0) < 0), "and shrinks from the day on which they are not"
        assert np.all(member(later, "profit_reported", name)[4:] < member(later, "profit_economic", name)[4:]), (
            "what was not charged in time is charged later"
        )


# The wall


WALLS = {"neo": 2, "maker": 4, "cloud": 6, "lab": 8}
"""The quarter in which the debt of each falls due that it cannot pay from its own."""


def _rollers(open_share: float) -> tuple[Inputs, Track]:
    ladder = np.zeros((len(world().loans.names), QUARTERS + 2, 1))
    loan = {"cloud": 1, "neo": 2, "lab": 4, "maker": 5}
    for name, wall in WALLS.items():
        ladder[loan[name], wall, 0] = {"cloud": 36.0, "neo": 8.0, "lab": 42.0, "maker": 40.0}[name]
    there = traits()
    capex = jnp.zeros((len(MEMBERS), 1)).at[:4, 0].set(jnp.asarray([0.0, 7.5, 2.0, 0.0]))
    there = replace(there, loan_ladder=jnp.asarray(ladder), capex=capex)
    given = with_cash(inputs(world(), PATHS, traits=there), cloud=12.0, maker=8.0, lab=30.0, neo=4.0)
    given = with_parameters(given, "lending", outside_equity_capacity=100.0, quoted_sale=1.0, unquoted_sale=1.0)
    closed = quiet(world()).credit_open.at[:].set(open_share)
    return given, run(shocked(given, credit_open=closed))[1]


def test_closing_credit_stops_the_rollers_in_the_order_of_their_walls() -> None:
    given, track = _rollers(0.0)
    there = given.traits
    borrower = world().loan_borrower
    ladder = np.zeros((len(MEMBERS), QUARTERS + 1, 1))
    for loan, row in enumerate(borrower):
        ladder[row] += np.asarray(there.loan_ladder)[loan, :-1]
    cash = jnp.zeros((len(MEMBERS), 1)).at[:4, 0].set(jnp.asarray([30.0, 12.0, 4.0, 8.0]))
    walls = quarters_until_wall(jnp.asarray(ladder), cash, there.operating_cash - there.capex)[:, 0]
    assert np.asarray(walls)[:4].tolist() == [WALLS[name] + 1.0 for name in MEMBERS[:4]], "1 is the next quarter"
    for name in WALLS:
        assert np.all(member(track, "defaulted", name)[-1] == 1), name
        assert np.all(member(track, "defaulted", name).argmax(axis=0) == WALLS[name]), name


def test_with_open_credit_the_same_walls_stop_nobody() -> None:
    _, track = _rollers(1.0)
    assert not np.any(np.asarray(track.members)[-1]), "defaulted"


# The site that cannot be left


def _short_lived(**completion: float) -> Track:
    given = with_parameters(inputs(world(), PATHS), "rent", volatility=0.0)
    given = with_parameters(given, "completion", **completion)
    lives = quiet(world()).chip_life_years.at[:].set(2.5)
    return run(shocked(given, chip_life_years=lives))[1]


def test_unfinished_sites_draw_cash_after_they_have_lost_money_where_a_homeowner_walks_away() -> None:
    trapped, engine = _short_lived(), inputs(world(), PATHS).parameters.engine
    quarter = 0
    years = (quarter + 1) / 4
    cost = engine.site_cost_per_gw * jnp.exp(engine.site_cost_growth * years)
    rent = jnp.asarray(system(trapped, "rent")[quarter])[None] * 1.36**years
    value = value_at_completion(
        rent,
        1 - 1 / 1.36,
        engine.running_cost_per_gw_year,
        jnp.asarray(2.5),
        engine.base_rate + jnp.asarray(member(trapped, "spread", "cloud")[quarter])[None],
        shell_value=0.38 * cost,
    )
    assert np.all(value < cost), "a whole site has lost money"
    assert np.all(walk_away(value, cost * jnp.ones_like(value)) == 1.0), "a house worth less than its loan is left"
    spent = flows(world(), trapped, "build:cloud:suppliers", "buy-chips:cloud:maker", "buy-chips:cloud:suppliers")
    assert np.all(spent[quarter] > 1.0)
    empty = open_state(world(), inputs(world(), PATHS)).plant.empty[0]
    renewed = empty * inputs(world(), PATHS).parameters.completion.chip_share * cost
    np.testing.assert_allclose(member(trapped, "trapped_capex", "cloud")[quarter], spent[quarter] - renewed, atol=1e-7)


def test_without_the_cost_of_leaving_the_same_sites_are_given_up() -> None:
    bound, free = _short_lived(), _short_lived(leaving_cost=0.0, recovery=1.0)
    assert np.all(member(free, "pipeline", "cloud")[1] < 0.7 * member(bound, "pipeline", "cloud")[1])
    assert np.all(flows(world(), bound, "abandon:cloud")[1] == 0.0)


# The vendor's own money


def _hand_to_mouth(stop: int) -> Track:
    """The neocloud has nothing but what the maker puts into it, and owes nobody; the lab does nothing at all."""
    there = traits()
    ladder = there.loan_ladder.at[jnp.asarray([2, 3, 4])].set(0.0)
    lone = replace(
        there,
        loan_ladder=ladder,
        cost_share=there.cost_share.at[jnp.asarray([0, 2])].set(0.0),
        vendor_weight=jnp.asarray([[0.0], [1.0]]),
    )
    given = rich_outside(with_cash(inputs(world(), PATHS, traits=lone), lab=0.0, neo=0.0))
    given = with_parameters(given, "rent", volatility=0.0)
    given = with_parameters(given, "completion", leaving_cost=1.0)
    calendar = quiet(world())
    # Less than usual, so that the neocloud never gets more than it wants to build with.
    scale = 0.6 * calendar_with("vendor_scale", 0, stop, 0.0)
    return run(
        replace(
            shocked(
                given,
                vendor_scale=scale,
                credit_open=calendar.credit_open.at[:].set(0.0),
                ai_factor=calendar.ai_factor.at[0].set(0.0),
                claim_pays=calendar.claim_pays.at[claims_of(*world().leases.parties)].set(0.0),
                round_pays=calendar.round_pays.at[:].set(0.0),
            ),
            cloud_share=jnp.zeros((2, 1)),
        )
    )[1]


def own_money(track: Track, name: str) -> np.ndarray:
    """Revenue that a member's own funding of others came back to pay, [quarter, path]."""
    return np.asarray(track.who_paid)[MEMBERS.index(name), SPONSORS.index("own")]


def test_stopping_vendor_money_cuts_the_vendors_revenue_by_its_own_money_one_quarter_later() -> None:
    """Money put in at the end of a quarter buys chips in the next: the lag of the books is one quarter.

    The customer lives from hand to mouth, so that what is round-tripped is all that it buys; path by path the cut is
    what the colors of the baseline say, to a few quanta.
    """
    stop = 4
    usual, stopped = _hand_to_mouth(QUARTERS), _hand_to_mouth(stop)
    put_in, own = flows(world(), usual, "vendor-money:maker:neo"), own_money(usual, "maker")
    assert np.all(own[1:] > 0.05)
    assert np.all(own[1:] < put_in[:-1]), "a part of it builds shells"
    cut = member(usual, "revenue", "maker") - member(stopped, "revenue", "maker")
    np.testing.assert_allclose(cut[: stop + 1], 0.0, atol=1e-9)
    np.testing.assert_allclose(cut[stop + 1 :], own[stop + 1 :], atol=1e-8)
    assert own_money(stopped, "maker")[stop + 1 :].max() <= 8 * QUANTUM, "what rounding left in the till"


def test_vendor_money_that_takes_the_long_way_comes_back_in_the_next_quarter_too() -> None:
    """Maker to lab, lab to cloud, cloud to maker: bills are paid before chips are bought. Without it nothing is own."""
    given = inputs(world(), PATHS)
    none = run(shocked(given, vendor_scale=calendar_with("vendor_scale", 0, 0, 0.0), round_pays=_no_rounds()))[1]
    assert np.all(own_money(none, "maker") == 0.0)
    own = own_money(usual()[1], "maker")
    assert np.all(own[0] == 0.0)
    assert np.all(own[1] > 0.0)


def _no_rounds() -> Any:
    return quiet(world()).round_pays.at[:].set(0.0)


# Who bears it


def _failed_neo(government: float, maker: float) -> Track:
    shares = quiet(world()).guarantee_share.at[FUNDS_NEO].set(government).at[-1].set(maker)
    forced = calendar_with("forced_default", MEMBERS.index("neo"), 3, 1.0, 4)
    return run(shocked(inputs(world(), PATHS), guarantee_share=shares, forced_default=forced))[1]


def test_a_guarantee_moves_a_loss_and_does_not_change_its_size() -> None:
    of, lost = world(), {}
    for name, shares in {"nobody": (0.0, 0.0), "government": (1.0, 0.0), "maker": (0.0, 1.0)}.items():
        track = _failed_neo(*shares)
        lost[name] = {
            "funds": flows(of, track, "write-off:funds:neo")[3],
            "bonds": flows(of, track, "write-off:bonds:neo")[3],
            "government": flows(of, track, "write-off:promise:funds:neo")[3],
            "maker": flows(of, track, "write-off:maker-neo")[3],
        }
        outside, inside = np.asarray(track.outcome)[-1], member(track, "written_off", "maker")
        assert np.all(inside[:3] == 0.0)
        np.testing.assert_allclose(inside[3], lost[name]["maker"], atol=1e-9)
        assert np.all(outside >= lost[name]["funds"] + lost[name]["bonds"] + lost[name]["government"] - 1e-9)
    whole = {name: sum(parts.values()) for name, parts in lost.items()}
    assert np.all(whole["nobody"] > 1.0)
    np.testing.assert_allclose(whole["government"], whole["nobody"], atol=1e-7)
    np.testing.assert_allclose(whole["maker"], whole["nobody"], atol=1e-7)
    assert np.all(lost["nobody"]["funds"] > 0.5)
    for name in ("government", "maker"):
        np.testing.assert_allclose(lost[name][name], lost["nobody"]["funds"], atol=1e-7)
        np.testing.assert_allclose(lost[name]["funds"], 0.0, atol=1e-7)


def test_two_who_stand_for_one_loan_stand_for_it_once() -> None:
    twice, once = _failed_neo(1.0, 1.0), _failed_neo(1.0, 0.0)
    of = world()
    calls = ("call:promise:funds:neo", "call:maker-neo")
    np.testing.assert_allclose(flows(of, twice, *calls)[3], flows(of, once, *calls)[3], atol=1e-7)
    np.testing.assert_allclose(flows(of, twice, calls[0])[3], flows(of, twice, calls[1])[3], atol=1e-7)


@cache
def _with_backstop() -> World:
    """The small world in which the maker must take up to 1bn of what nobody rents of the neocloud."""
    was = world().guarantees
    return replace(
        world(),
        guarantees=Guarantees(
            (*was.names, "maker-takes"),
            (*was.kinds, GuaranteeKind.BACKSTOP),
            (*was.guarantors, "maker"),
            (*was.debtors, "maker"),
            (*was.creditors, "neo"),
            jnp.concatenate([was.cap, jnp.ones((1, 1))]),
            jnp.concatenate([was.guaranteed, jnp.zeros((1, QUARTERS))]),
            jnp.concatenate([was.first, jnp.zeros(1, was.first.dtype)]),
            jnp.concatenate([was.last, jnp.full(1, QUARTERS, was.last.dtype)]),
        ),
        guaranteed_loan=(*world().guaranteed_loan, OUTSIDE),
    )


def _neo_loses_its_customer(backstop: float) -> Track:
    of = _with_backstop()
    shares = quiet(of).guarantee_share.at[-1].set(backstop)
    gone = calendar_with("cloud_binds", 1, 2, 0.0)
    return play(of, shocked(rich_outside(inputs(of, PATHS)), cloud_binds=gone, guarantee_share=shares))[1]


def test_capacity_that_nobody_rents_is_paid_by_who_promised_to_take_it_up_to_the_cap() -> None:
    of, taken, none = _with_backstop(), _neo_loses_its_customer(1.0), _neo_loses_its_customer(0.0)
    called = flows(of, taken, "call:maker-takes")
    assert np.all(flows(of, none, "call:maker-takes") == 0.0)
    assert np.all(called[2] > 3 * called[1]), "its customer left in this quarter"
    np.testing.assert_allclose(called.sum(axis=0), 1.0, atol=1e-6)
    more = member(taken, "revenue", "neo")[2] - member(none, "revenue", "neo")[2]
    less = member(none, "profit_reported", "maker")[2] - member(taken, "profit_reported", "maker")[2]
    np.testing.assert_allclose(more, called[2], atol=1e-6)
    np.testing.assert_allclose(less, called[2], atol=1e-6)
    assert np.all(system(taken, "residual") == 0.0)


# Letters of intent

DECIDED = 6


@cache
def _with_letter() -> World:
    """The lab means to rent from the neocloud; in quarter 6 it signs or does not."""
    return replace(world(), cloud_letters=(Letter(DECIDED, 1, 0.0),))


def _intends(signed: float) -> Inputs:
    return replace(inputs(_with_letter(), PATHS), cloud_share=jnp.asarray([[1.0], [signed]]))


def test_a_letter_is_one_until_it_is_signed_or_dropped_and_only_what_is_signed_is_backlog() -> None:
    for signed in (0.0, 1.0):
        track = play(_with_letter(), _intends(signed))[1]
        letters, backlog = member(track, "letters", "neo"), member(track, "backlog", "neo")
        assert np.all(letters[:DECIDED] > 5.0)
        assert np.all(letters[DECIDED:] == 0.0)
        assert np.all(backlog[:DECIDED] == 0.0)
        assert np.all((backlog[DECIDED:-1] > 0.0) == (signed > 0.0))


def _lent_on_letters(advance: float) -> Track:
    """The neocloud has no cash to spare and nothing but the letter to borrow against, and it is dropped."""
    of, given = _with_letter(), _intends(0.0)
    given = with_parameters(given, "lending", advance_on_letters=advance, advance_on_backlog=0.0, advance_on_assets=0.0)
    secured = [name in SECURED for name in LENDER_CLASSES]
    open_now = quiet(of).credit_open * jnp.asarray(secured, float)[:, None, None]
    return play(of, shocked(with_cash(given, neo=0.2), credit_open=open_now))[1]


def test_lenders_who_count_letters_lend_more_before_anything_is_signed() -> None:
    blind, trusting = _lent_on_letters(0.0), _lent_on_letters(0.8)
    raised = [member(track, "raised", "neo")[:DECIDED].sum(axis=0) for track in (blind, trusting)]
    assert np.all(raised[1] > raised[0])
    deeper = member(trusting, "debt", "neo")[DECIDED] - member(blind, "debt", "neo")[DECIDED]
    assert np.all(deeper > 0.0), "what was lent on a promise is owed when the promise is dropped"


# Not paying


def claims_of(*pairs: tuple[str, str]) -> np.ndarray:
    """The rows of what these debtors owe these creditors."""
    rows = np.flatnonzero([pair in pairs for pair in world().claim_pairs])
    assert rows.size, f"nothing is owed by {pairs}"
    return rows


def unpaid(pair: tuple[str, str], first: int, last: int = QUARTERS) -> Any:
    """A debtor does not pay a creditor from a quarter on."""
    return quiet(world()).claim_pays.at[claims_of(pair), first:last].set(0.0)


def test_a_bill_that_is_not_paid_grows_for_two_quarters_then_it_and_its_contract_are_given_up() -> None:
    first = 3
    track = run(shocked(inputs(world(), PATHS), claim_pays=unpaid(("lab", "cloud"), first)))[1]
    billed, paid = flows(world(), track, "bill:lab-cloud"), flows(world(), track, "settle:lab-cloud")
    lost, owed = flows(world(), track, "write-off:lab-cloud"), member(track, "receivables", "cloud")
    assert np.all(billed[: first + 3] > 2.0)
    assert np.all(paid[first:] == 0.0)
    np.testing.assert_allclose(owed[first], billed[first], atol=1e-8)
    np.testing.assert_allclose(owed[first + 1], billed[first] + billed[first + 1], atol=1e-8)
    assert np.all(lost[: first + 2] == 0.0)
    np.testing.assert_allclose(lost[first + 2], billed[first : first + 3].sum(axis=0), atol=1e-8)
    assert np.all(owed[first + 2 :] == 0.0)
    assert np.all(billed[first + 3 :] == 0.0)
    assert np.all(flows(world(), track, "bill:lab-neo")[first + 3 :] > 1.5), "the other contract goes on"
    assert np.all(owed[:first] == 0.0)


def test_an_order_that_is_not_paid_is_not_delivered_and_the_seller_misses_its_revenue() -> None:
    """0.4 of chips a quarter is ordered; what is bought beside the order goes on."""
    usual_track, first = usual()[1], 3
    track = run(shocked(inputs(world(), PATHS), claim_pays=unpaid(("cloud", "maker"), first)))[1]
    of, order = world(), "deliver:cloud-order"
    assert np.all(flows(of, usual_track, order)[first:] > 0.3)
    assert np.all(flows(of, track, order)[first:] == 0.0)
    missing = member(usual_track, "revenue", "maker") - member(track, "revenue", "maker")
    assert np.all(missing[first] >= flows(of, usual_track, order)[first] - 1e-9)


def test_a_loan_that_is_not_served_grows_by_its_interest_and_falls_due_when_the_debtor_pays_again() -> None:
    """One quarter in which the banks get nothing: interest is added, principal waits, the bonds are served as ever."""
    at = 4
    before, of = usual()[1], world()
    track = run(shocked(inputs(world(), PATHS), claim_pays=unpaid(("cloud", "banks"), at, at + 1)))[1]
    paid, accrued, interest = (f"{kind}:banks:cloud" for kind in ("repay", "accrue", "interest"))
    assert np.all(flows(of, before, paid)[at] > 0.9)
    assert np.all(flows(of, track, paid)[at] == 0.0)
    assert np.all(flows(of, track, interest)[at] == 0.0)
    np.testing.assert_allclose(flows(of, track, accrued)[at], flows(of, before, interest)[at], atol=1e-9)
    owed = flows(of, before, paid)[at] + flows(of, track, accrued)[at]
    np.testing.assert_allclose(flows(of, track, paid)[at + 1], flows(of, before, paid)[at + 1] + owed, atol=1e-8)
    bonds = "interest:bonds:cloud"
    np.testing.assert_allclose(flows(of, track, bonds)[at], flows(of, before, bonds)[at], atol=1e-9)


def test_what_is_left_of_the_debt_of_who_failed_falls_due_on_new_dates() -> None:
    forced = quiet(world()).forced_default.at[MEMBERS.index("neo"), 2].set(1.0)
    track, calm = run(shocked(inputs(world(), PATHS), forced_default=forced))[1], usual()[1]
    debt, soon = (member(track, name, "neo") for name in ("debt", "maturing_in_year"))
    # In level parts over 20 and 32 quarters: 4 of them are an eighth to a fifth. Before, more than that was due.
    assert (soon[2] >= debt[2] / 8 - 1e-6).all()
    assert (soon[2] <= debt[2] / 5 + 1e-6).all()
    assert (member(calm, "maturing_in_year", "neo")[2] > 1.1 * member(calm, "debt", "neo")[2] / 5).all()


# Buyers whom nobody names


def test_buyers_whom_nobody_names_buy_chips_as_the_named_ones_do() -> None:
    """Half of the maker's 4.0 from outside follows the clouds' chips; without power they buy few, and so do others."""
    there = traits()
    followed = replace(there, follows_chips=there.follows_chips.at[MEMBERS.index("maker")].set(0.5))
    given = rich_outside(inputs(world(), PATHS, traits=followed))
    dark = calendar_with("power_factor", (), 1, 0.0, 4)
    received = list[np.ndarray]()
    for power in (quiet(world()).power_factor, dark):
        track = run(shocked(given, power_factor=power))[1]
        chips = flows(world(), track, *(f"buy-chips:{b}:{s}" for b in ("cloud", "neo") for s in ("maker", "suppliers")))
        outside = flows(world(), track, "buy-core:others:maker")
        steady = 2.0 * np.exp(np.asarray(given.parameters.engine.core_growth) * (np.arange(QUARTERS) + 1) / 4)
        np.testing.assert_allclose(outside[0] - steady[0], 2.0, rtol=1e-6)
        np.testing.assert_allclose((outside - steady[:, None])[1:], 2.0 * chips[:-1] / 4.5, rtol=1e-6)
        received.append(outside)
    assert np.all(received[1][3:5] < received[0][3:5] - 0.2)


# New chips in standing sites


def test_racks_whose_chips_are_worn_out_get_new_ones_at_once_and_for_the_price_of_chips() -> None:
    """Chips end at once, all but the youngest; what then stands empty runs again a quarter later."""
    short = calendar_with("chip_life_years", 0, 2, 1.0, 3)
    given, of = inputs(world(), PATHS), world()
    lost = run(shocked(given, chip_life_years=short))[1]
    before, fell, back = (member(lost, "capacity", "cloud")[quarter] for quarter in (1, 2, 3))
    assert np.all(fell < 0.8 * before)
    assert np.all(back > fell + 0.5 * (before - fell))
    engine, chip = given.parameters.engine, given.parameters.completion.chip_share
    price = float((chip * engine.site_cost_per_gw * jnp.exp(engine.site_cost_growth)).squeeze())
    chips = ("buy-chips:cloud:maker", "buy-chips:cloud:suppliers")
    more = flows(of, lost, *chips)[3] - flows(of, usual()[1], *chips)[3]
    refitted = (back - fell) - (member(usual()[1], "capacity", "cloud")[3] - member(usual()[1], "capacity", "cloud")[2])
    np.testing.assert_allclose(more, refitted * price, rtol=0.1)


# Shares for orders


def test_a_warrant_vests_when_its_holder_has_bought_enough_by_order_or_without_one() -> None:
    """A 40th of a GW for each USD bn; the first part vests at 0.03 GW, with shares worth 0.3, and never again."""
    track, of = usual()[1], world()
    bought = flows(of, track, "deliver:cloud-order", "buy-chips:cloud:maker").cumsum(axis=0)
    first = (0.025 * bought >= 0.03).argmax(axis=0)
    vested = flows(of, track, "vest:maker-cloud")
    assert np.all(0.025 * flows(of, track, "deliver:cloud-order").cumsum(axis=0)[first, np.arange(PATHS)] < 0.03)
    np.testing.assert_allclose(vested[first, np.arange(PATHS)], 0.3, atol=1e-9)
    np.testing.assert_allclose(vested.sum(axis=0), 0.3, atol=1e-9)


def test_a_warrant_that_is_called_off_does_not_vest() -> None:
    track = run(shocked(inputs(world(), PATHS), warrant_binds=calendar_with("warrant_binds", 0, 0, 0.0)))[1]
    assert np.all(flows(world(), track, "vest:maker-cloud") == 0.0)


def test_warrants_of_one_builder_share_the_chips_that_they_make_cheaper() -> None:
    """Two warrants vest 6 and 2 for who buys chips of 4: they take 3 and 1 off; one on other goods has no such end."""
    several = SimpleNamespace(
        warrant_builder=np.array([1, 1, OUTSIDE, 0]),
        warrants_by_builder=Incidence(np.array([[0, 0, 0, 1], [1, 1, 0, 0]], np.int64)),
    )
    vested = jnp.asarray([[6.0], [2.0], [5.0], [0.0]])
    most = _discounted(cast("World", several), jnp.asarray([[9.0], [4.0]]), vested)
    assert np.asarray(most)[:, 0].tolist() == [3.0, 1.0, np.inf, 0.0]


# Power


def test_late_power_delays_capacity_spending_and_revenue() -> None:
    """No connection for three quarters: shells wait, chips are not bought, and less is served; then it comes back."""
    late = run(shocked(inputs(world(), PATHS), power_factor=calendar_with("power_factor", (), 1, 0.0, 4)))[1]
    on_time, dark, after = usual()[1], slice(1, 4), slice(4, 8)
    chips = ("buy-chips:cloud:maker", "buy-chips:cloud:suppliers")
    for name in ("cloud", "neo"):
        assert np.all(member(late, "capacity", name)[3] < member(on_time, "capacity", name)[3])
    bought = [flows(world(), track, *chips) for track in (on_time, late)]
    assert np.all(bought[1][dark].sum(axis=0) < 0.9 * bought[0][dark].sum(axis=0))
    assert np.all(bought[1][after].sum(axis=0) > bought[0][after].sum(axis=0))
    billed = [flows(world(), track, "bill:lab-cloud", "bill:lab-neo") for track in (on_time, late)]
    assert np.all(billed[1][2:5].sum(axis=0) < billed[0][2:5].sum(axis=0))


def test_a_firm_with_a_quoted_share_sells_some_of_it_and_lives_on_while_the_market_is_open() -> None:
    """No lender lends and funds give nothing: only sales of quoted shares, of up to a third of a firm, are left."""
    lenders = quiet(world()).credit_open.at[:EQUITY, 1:].set(0.0)
    poor = with_cash(inputs(world(), PATHS), neo=0.3)
    tracks = {}
    for name, sale, credit in (
        ("sold", 0.35, lenders),
        ("unsold", 0.0, lenders),
        ("shut", 0.35, lenders.at[EQUITY, 1:].set(0.0)),
    ):
        given = with_parameters(poor, "lending", outside_equity_capacity=0.0, quoted_sale=sale)
        tracks[name] = run(shocked(given, credit_open=credit))[1]
    raised = flows(world(), tracks["sold"], "issue:investors:neo")[1:].sum(axis=0)
    assert np.all(raised > 0)
    first = {name: member(track, "defaulted", "neo").sum(axis=0) for name, track in tracks.items()}
    assert np.all(first["sold"] <= first["unsold"])
    assert first["sold"].sum() < first["unsold"].sum(), "it fails later or not at all"
    assert np.array_equal(first["shut"], first["unsold"])


def test_a_firm_is_worth_what_its_plant_would_fetch_when_its_revenue_is_worth_less() -> None:
    """Next to no price is paid for revenue; plant fetches its cost less wear, cut as new compute rents for less."""
    given = with_parameters(inputs(world(), PATHS), "rent", compute_per_dollar_gain=0.0)
    multiple = given.traits.enterprise_multiple.at[MEMBERS.index("neo")].set(0.01)
    track = run(replace(given, traits=replace(given.traits, enterprise_multiple=multiple)))[1]
    plant, debt, cash = (member(track, name, "neo")[0] for name in ("fixed_assets_economic", "debt", "cash"))
    rent = system(track, "rent")[1] / float(given.parameters.engine.rent_per_gw_year)
    assert np.any(rent < 0.95)
    fetched = plant * np.minimum(rent, 1.0) - debt + cash
    value = member(track, "equity_value", "neo")[1] / np.exp(member(track, "narrative", "neo")[1])
    assert np.all(value <= fetched + 1e-9)
    assert np.all(value > 0.6 * fetched), "all but what is not finished"
    assert not member(track, "defaulted", "neo")[:2].any()


def test_rent_of_compute_stops_at_what_a_gigawatt_earns_when_demand_runs_away() -> None:
    """Customers spend fifty times as much in every quarter of a year; a dollar of it takes half a dollar of compute."""
    given = with_parameters(inputs(world(), PATHS), "engine", rent_per_gw_year=12.0, compute_share_of_ai_revenue=0.5)
    given = with_parameters(given, "rent", compute_per_dollar_gain=0.0, scarcity_elasticity=8.0)
    track = run(shocked(given, demand_factor=calendar_with("demand_factor", (), 0, 50.0, 1)))[1]
    assert system(track, "rent").max() == 24.0
    assert np.all(system(track, "rent")[-1] > 12.0)


# The endings


def test_the_payoff_raises_what_outside_customers_spend_from_its_quarter_on() -> None:
    arrived = run(replace(inputs(world(), PATHS), payoff_quarter=jnp.full(PATHS, 2)))[1]
    never = usual()[1]
    assert np.array_equal(system(arrived, "outside_spend")[:2], system(never, "outside_spend")[:2])
    assert np.all(system(arrived, "outside_spend")[2:] > system(never, "outside_spend")[2:])
    assert system(arrived, "payoff_arrived")[:, 0].tolist() == [0.0, 0.0, *[1.0] * (QUARTERS - 2)]


def test_payoff_and_closed_credit_date_the_endings() -> None:
    """Four quarters in which outside money carries all; two in which no lender lends, while shares are bought."""
    given = with_cash(inputs(world(), PATHS), cloud=5.0, neo=1.0)
    given = with_parameters(given, "lending", quoted_sale=0.35, unquoted_sale=0.35)
    rich = run(shocked(given, demand_factor=calendar_with("demand_factor", (), 0, 6.0, 1)))[1]
    shut = run(shocked(given, credit_open=quiet(world()).credit_open.at[:EQUITY, 1:].set(0.0)))[1]
    assert not system(shut, "lent")[1:].any()
    still_open = 1 - np.asarray(given.parameters.outcome.refused_share)
    assert np.all(system(shut, "granted")[2] > still_open * system(shut, "asked")[2]), "with shares it were not closed"
    ends = {}
    for name, track in (("rich", rich), ("shut", shut)):
        dates = np.nan_to_num(np.asarray(track.outcome)[:2], nan=-1).astype(int)
        ends[name] = dates, [list(Outcome)[n] for n in outcomes(jnp.asarray(dates[0]), jnp.asarray(dates[1]))]
    assert np.all(ends["rich"][0][0] == 3)
    assert ends["rich"][1] == [Outcome.PAYOFF_FIRST] * PATHS
    assert np.all(ends["shut"][0][1] == 2)
    assert ends["shut"][1] == [Outcome.CREDIT_FIRST] * PATHS
