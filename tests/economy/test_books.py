"""Whatever a scenario does to the small world, its books balance, and what contracts remember is what the books say."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.economy.audit import audit_paths
from ouroloop.economy.calendar import Calendar
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.state import State
from ouroloop.economy.track import SPONSORS, Track
from ouroloop.ledger import Account, AccountClass
from tests.economy.worlds import MEMBERS, QUARTERS, inputs, member, play, quiet, system, world

PATHS = 8

SHARES = st.sampled_from([0.0, 0.25, 0.9, 1.0])
SHOCKS: dict[str, st.SearchStrategy[float]] = {
    "demand_factor": st.sampled_from([0.2, 0.7, 1.3]),
    "credit_open": SHARES,
    "spread_add": st.sampled_from([0.02, 0.1]),
    "claim_pays": SHARES,
    "lease_factor": st.sampled_from([0.5, 0.9]),
    "round_pays": SHARES,
    "forced_default": st.just(1.0),
    "equity_factor": st.sampled_from([0.1, 0.6, 1.5]),
    "power_factor": SHARES,
    "efficiency_factor": st.sampled_from([0.5, 1.2]),
    "vendor_scale": st.sampled_from([0.0, 3.0]),
    "ai_factor": SHARES,
    "cloud_binds": SHARES,
    "order_binds": SHARES,
    "chip_life_years": st.sampled_from([1.0, 3.0, 7.0]),
    "honest": st.just(1.0),
    "sold_down": SHARES,
    "guarantee_share": SHARES,
}


class Story(NamedTuple):
    """What goes wrong on all paths, in words that a failing test can print."""

    shocks: tuple[tuple[str, int, int, int, float], ...]
    """(array of the calendar, row, first quarter, quarters, value)."""
    seed: int
    means: float
    payoff: int

    def inputs(self) -> Inputs:
        """The small world's inputs for it."""
        arrays = {field.name: np.array(getattr(quiet(world()), field.name)) for field in fields(Calendar)}
        for name, row, first, quarters, value in self.shocks:
            rows = arrays[name].reshape(-1, QUARTERS, 1)
            rows[row % rows.shape[0], first : first + quarters] = value
        calendar = Calendar(**{name: jnp.asarray(array) for name, array in arrays.items()})
        payoff = jnp.full(PATHS, self.payoff)
        return replace(poor(inputs(world(), PATHS, self.seed), self.means), calendar=calendar, payoff_quarter=payoff)


@st.composite
def _shocks(draw: st.DrawFn) -> tuple[str, int, int, int, float]:
    name = draw(st.sampled_from(sorted(SHOCKS)))
    row, first, quarters = (
        draw(st.integers(0, 6)),
        draw(st.integers(0, QUARTERS - 1)),
        draw(st.sampled_from([1, 2, 12])),
    )
    return name, row, first, quarters, draw(SHOCKS[name])


def poor(of: Inputs, share: float) -> Inputs:
    """Everybody opens with this share of the cash and equity value, so that much of what falls due is not paid."""
    opening = np.array(of.opening)
    for row, flow in enumerate(world().ledger.chart.openings):
        if any(leg.account.is_cash and leg.account.entity in MEMBERS for leg in flow.legs):
            opening[row] *= share
    traits = replace(of.traits, equity_value=of.traits.equity_value * share)
    return replace(of, opening=jnp.asarray(opening), traits=traits)


stories = st.builds(
    Story,
    st.lists(_shocks(), min_size=1, max_size=6).map(tuple),
    st.integers(0, 1000),
    st.sampled_from([1.0, 0.2, 0.02]),
    st.sampled_from([0, 5, 10_000]),
)


many = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def balance(track: Track, entity: str, kind: AccountClass, instrument: str) -> np.ndarray:
    """What the books say, [quarter, path]; 0 for an account that nobody has."""
    row = world().ledger.chart.account_number.get(Account(entity, kind, instrument))
    balances = np.asarray(track.balances)
    return np.zeros(balances[0].shape) if row is None else balances[row]


@many
@given(stories)
def test_books_and_colors_leave_nothing_over_in_any_scenario(story: Story) -> None:
    states, track = play(world(), story.inputs())
    assert np.isfinite(np.asarray(track.amounts)).all()
    assert not np.asarray(states.books.inexact).any()
    assert np.all(system(track, "residual") == 0.0)
    assert np.all(system(track, "color_gap") == 0.0)
    assert np.all(system(track, "clearing_gap") <= QUANTUM)


@many
@given(stories)
def test_nobody_spends_money_that_is_not_there(story: Story) -> None:
    """A few quanta (dollars) apart: parts of a sum are rounded one by one."""
    _, track = play(world(), story.inputs())
    for name in MEMBERS:
        assert balance(track, name, AccountClass.ASSET, "cash").min() >= -64 * QUANTUM
        assert member(track, "equity_value", name).min() > 0


@many
@given(stories)
def test_who_paid_adds_up_to_the_cash_that_came_in_for_revenue(story: Story) -> None:
    """So shares of it add up to 1. Every part is a whole number of quanta, so the sums are equal bit for bit."""
    _, track = play(world(), story.inputs())
    ledger, amounts = world().ledger, np.asarray(track.amounts)
    quanta = np.round(amounts / QUANTUM) * QUANTUM
    for row, name in enumerate(MEMBERS):
        paying = [n for n, flow in enumerate(ledger.flows) if flow.pays_revenue and flow.payees == (name,)]
        received = quanta[paying].sum(axis=0)
        paid = np.asarray(track.who_paid)[row]
        assert np.array_equal(paid.sum(axis=0), received)
        assert paid.min() >= 0.0
    assert len(SPONSORS) == np.asarray(track.who_paid).shape[1]


@many
@given(stories)
def test_what_contracts_remember_is_what_the_books_say(story: Story) -> None:
    states, track = play(world(), story.inputs())
    for what, remembered, booked in _pairs(states, track):
        assert np.array_equal(remembered, booked), what


def _pairs(states: State, track: Track) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """(what, sum of the contracts' own memory, balance in the books), each [quarter, path]."""
    of, contracts, plant, found = world(), states.contracts, states.plant, []
    loans, owed = of.loans, np.asarray(contracts.loans.owed)
    for n, (lender, borrower) in enumerate(zip(loans.lenders, loans.borrowers, strict=True)):
        name = f"loan:{lender}:{borrower}"
        found.append((name, owed[:, n], balance(track, lender, AccountClass.ASSET, name)))
        found.append((f"{name} ladder", np.asarray(contracts.loans.ladder)[:, n].sum(axis=1), owed[:, n]))
    stood_in = zip(of.guarantees.guarantors, of.guarantees.debtors, strict=True)
    found += _by_pair("loan", stood_in, np.asarray(contracts.guarantees.owed), track)
    parties = (*of.orders.parties, *of.cloud.parties)
    bills = np.concatenate(
        [np.asarray(b.by_age).sum(axis=2) for b in (contracts.orders.bills, contracts.cloud.bills)], axis=1
    )
    found += _by_pair("bill", ((seller, buyer) for buyer, seller in parties), bills, track)
    for book, ring in ((of.chips, plant.chips), (of.sites, plant.sites), (of.other, plant.other)):
        for row, (owner, asset) in enumerate(zip(book.owners, book.assets, strict=True)):
            total = np.asarray(ring.reported)[:, row].sum(axis=1)
            found.append((f"{owner} {asset}", total, balance(track, owner, AccountClass.REAL, asset)))
    held = balance(track, "cloud", AccountClass.ASSET, "warrant:maker")
    found.append(("warrant", np.asarray(contracts.warrants.value)[:, 0], held))
    return found


def _by_pair(
    instrument: str, pairs: Any, remembered: np.ndarray, track: Track
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Contracts of the same two stand in one claim; pairs are (who is owed, who owes)."""
    sums: dict[tuple[str, str], np.ndarray] = {}
    for n, (creditor, debtor) in enumerate(pairs):
        sums[creditor, debtor] = sums.get((creditor, debtor), 0.0) + remembered[:, n]
    made: list[tuple[str, np.ndarray, np.ndarray]] = []
    for (creditor, debtor), total in sums.items():
        ends = (creditor, debtor) if instrument == "loan" else (debtor, creditor)
        name = ":".join((instrument, *ends))
        made.append((name, total, balance(track, creditor, AccountClass.ASSET, name)))
    return made


@pytest.mark.parametrize("share", [1.0, 0.05])
def test_an_auditor_who_shares_no_arithmetic_agrees_on_sampled_paths(share: float) -> None:
    calendar = quiet(world())
    shocks = replace(
        calendar,
        forced_default=calendar.forced_default.at[1, 5].set(1.0),
        claim_pays=calendar.claim_pays.at[0, 3:5].set(0.0),
        guarantee_share=calendar.guarantee_share.at[0].set(0.5),
    )
    verdict = audit_paths(world(), replace(poor(inputs(world(), PATHS), share), calendar=shocks), paths=(0, 5))
    assert verdict.agrees, verdict.disagreements[:5]
