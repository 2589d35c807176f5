"""Opening books of every entity, at many dates: they balance, they add up, and they know nothing of the future."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from ouroloop import ledger as books
from ouroloop.core import QUANTUM, BadInput, Quarter
from ouroloop.dossier import Dossier, load
from ouroloop.ledger import Account, AccountClass
from ouroloop.scenario.axes import axes
from ouroloop.scenario.opening import Opening, open_world
from ouroloop.scenario.opening_debts import SLOTS
from ouroloop.scenario.opening_holders import INTERMEDIARIES, held_by_funds, holder_shares

DAYS = (
    "2025-03-01",
    "2025-03-31",
    "2025-05-15",
    "2025-07-31",
    "2025-09-10",
    "2025-10-06",
    "2025-11-21",
    "2025-12-31",
    "2026-02-14",
    "2026-04-30",
    "2026-07-04",
    "2026-08-31",
    "2026-10-31",
)
PATHS = 5


def uniforms(name: str) -> np.ndarray:
    seed = sum(n * ord(letter) for n, letter in enumerate(name, 1))
    return np.random.default_rng(seed).uniform(0.001, 0.999, PATHS)


@cache
def dossier() -> Dossier:
    return load("ai-loop")


@cache
def opening(day: str = "2026-10-31", *, drawn: bool = False) -> Opening:
    known = dossier().as_of(date.fromisoformat(day))
    return open_world(known, axes(known), uniforms if drawn else None)


@cache
def opened(day: str, *, drawn: bool = False) -> tuple[books.Ledger, books.Books]:
    found = opening(day, drawn=drawn)
    ledger = books.build([], accounts=found.balances, sectors=dict(found.axes.sectors))
    return ledger, books.open_books(ledger, found.balances, paths=PATHS if drawn else 1)


@pytest.mark.parametrize("day", DAYS)
def test_the_whole_balances_to_exactly_nothing(day: str) -> None:
    ledger, held = opened(day)
    left = books.residual(ledger, held)
    assert float(abs(left.by_entity).max()) == 0.0
    assert float(abs(left.by_claim).max()) == 0.0
    assert not bool(held.inexact.any())


@pytest.mark.parametrize("day", DAYS)
def test_every_claim_but_money_has_both_its_sides(day: str) -> None:
    ledger, held = opened(day)
    gap = np.asarray(books.gaps(ledger, held).by_claim)
    assert {ledger.claims[n][0] for n in np.flatnonzero(np.abs(gap).max(axis=1))} == {"cash"}


@pytest.mark.parametrize("day", DAYS)
def test_only_members_that_publish_equity_have_a_gap_and_it_is_reported(day: str) -> None:
    found, (ledger, held) = opening(day), opened(day)
    gap = np.asarray(books.gaps(ledger, held).by_entity)
    by_entity = {entity: gap[n] for n, (entity, _) in enumerate(ledger.books)}
    assert set(found.equity_gaps) == {m for m, sheet in found.sheets.items() if sheet.equity is not None}
    for entity, seen in by_entity.items():
        if entity in found.equity_gaps:
            assert seen == pytest.approx(found.equity_gaps[entity], abs=1e-12)
        elif entity != books.UNEXPLAINED:
            assert not seen.any(), f"{entity} publishes no equity and has a gap"


def test_drawn_books_balance_on_every_path_and_differ_between_paths() -> None:
    ledger, held = opened("2026-10-31", drawn=True)
    left = books.residual(ledger, held)
    assert float(abs(left.by_entity).max()) == 0.0
    cash = opening(drawn=True).balances[books.cash("openai")]
    assert cash.shape == (PATHS,)
    assert cash.std() > 0.1
    line = opening(drawn=True).line(books.cash("openai"))
    assert line is not None
    assert line.low <= cash.min()
    assert cash.max() <= line.high


def test_every_line_is_a_whole_number_of_quanta_within_its_range() -> None:
    for drawn in (False, True):
        for line in opening(drawn=drawn).lines.values():
            assert np.array_equal(np.round(line.value / QUANTUM) * QUANTUM, line.value)
            assert line.low <= line.value.min(), line.account
            assert line.value.max() <= line.high, line.account


def test_a_record_from_after_the_day_changes_nothing() -> None:
    # Opening on a day, and opening what was known on that day a month later in the calendar of the dossier.
    full, day = dossier(), date(2025, 11, 21)
    early, again = full.as_of(day), full.as_of(day + timedelta(days=200)).as_of(day)
    ours, theirs = open_world(early, axes(early)), open_world(again, axes(again))
    assert {str(a): v.tolist() for a, v in ours.balances.items()} == {
        str(a): v.tolist() for a, v in theirs.balances.items()
    }
    for line in ours.lines.values():
        assert all(ref.known <= day for ref in line.refs), line.account


def test_the_opening_quarter_contains_the_day() -> None:
    assert opening("2025-11-21").quarter == Quarter(2025, 4)
    assert opening("2025-12-31").quarter == Quarter(2025, 4)


def test_debts_are_the_loans_in_the_books_and_their_ladders_fall_due_whole() -> None:
    found = opening()
    assert found.debts
    for debt in found.debts:
        owed = found.balances[Account(debt.borrower, AccountClass.LIABILITY, debt.claim)]
        assert debt.principal == pytest.approx(-owed, abs=QUANTUM)
        assert debt.ladder.shape == (SLOTS,)
        assert debt.ladder.sum() == pytest.approx(1)
        assert (debt.ladder >= 0).all()
        assert 0.005 < debt.rate_per_year < 0.2, (debt.borrower, debt.rate_per_year)
    loans = [a for a in found.balances if a.instrument.startswith("loan:") and a.account_class is AccountClass.ASSET]
    assert len(loans) == len(found.debts)


def test_what_is_published_to_fall_due_falls_due_then() -> None:
    # CoreWeave, as of 2026-06-30: 6.2 in 2027 and 4.4 in 2028, of the 43.9 that it owes by the end of 2026.
    found = opening()
    due = np.sum([debt.due.sum(axis=1) for debt in found.debts_of("coreweave")], axis=0)
    assert due[:4].sum() == pytest.approx(6.2, abs=1e-6)
    assert due[4:8].sum() == pytest.approx(4.4, abs=1e-6)


def test_lenders_that_deals_name_come_before_assumed_ones() -> None:
    # The bonds of Beignet Investor are all that it owes; who holds them stands in its structure.
    bonds = opening().debts_of("beignet-investor")
    assert {bond.lender for bond in bonds} == {"bond-investors", "insurers", "pensions"}
    assert not any(bond.floating for bond in bonds)
    assert sum(bond.principal for bond in bonds) == pytest.approx(27.3)
    banks = {debt.lender for debt in opening().debts_of("vantage-texas")}
    assert banks == {"banks"}


def test_stakes_are_carried_at_cost_with_the_gain_that_was_published() -> None:
    found = opening()
    # Amazon and Anthropic: 1.25 + 2.75 + 4 + 5, and a gain of 16.8 in the first quarter of 2026.
    cost = found.line(Account("amazon", AccountClass.ASSET, "equity:anthropic"))
    gain = found.line(Account("amazon", AccountClass.VALUATION, "equity:anthropic"))
    assert cost is not None
    assert cost.point == pytest.approx(13.0)
    assert gain is not None
    assert gain.point == pytest.approx(16.8)


def test_all_holders_of_a_firm_together_carry_its_market_value() -> None:
    found = opening()
    for firm, value in {"nvidia": 5700.0, "openai": 852.0, "oracle": 400.947}.items():
        carried = sum(
            line.point
            for account, line in found.lines.items()
            if account.instrument == f"equity:{firm}"
            and account.account_class in (AccountClass.ASSET, AccountClass.VALUATION)
        )
        assert carried == pytest.approx(value, abs=1e-3)


def test_every_dollar_that_intermediaries_hold_has_a_final_holder() -> None:
    found = opening()
    for intermediary in INTERMEDIARIES:
        assert abs(found.total(intermediary, "")) > 0
        lines = found.of(intermediary)
        assert sum(line.value for line in lines) == pytest.approx(0, abs=1e-12)
        held = [a for a in found.balances if a.instrument == f"fund_shares:{intermediary}" and a.entity != intermediary]
        assert "households" in {account.entity for account in held}
        assert not {account.entity for account in held} & set(INTERMEDIARIES)


def test_holders_of_shares_are_those_of_the_accounts_divided_by_their_sum() -> None:
    # 46.1 + 18.2 + 15.4 + 10.1 + 4.8 + 3.4 + 0.7 + 0.7 + 0.6 = 100.0: pensions 8.9; a tenth of 46.1 is hedge funds'.
    funds, others = held_by_funds(dossier()), holder_shares(dossier(), "equity-investors")
    assert funds["hedge-funds"] == pytest.approx(0.0461)
    assert funds["mutual-funds"] == pytest.approx(0.154 + 0.101 + 0.182 * 3 / 4)
    assert sum(others.values()) == pytest.approx(1)
    assert not set(others) & set(funds)
    left = 1 - sum(funds.values())
    assert others["pensions"] == pytest.approx(0.089 / left)
    assert others["insurers"] == pytest.approx(0.013 / left)
    assert others["sovereign-funds"] == pytest.approx(0.182 / 4 / left)


def test_funds_carry_their_part_of_every_firm_and_owe_what_their_leverage_needs() -> None:
    found = opening()
    kinds = AccountClass.ASSET, AccountClass.VALUATION
    holders = ("equity-investors", "hedge-funds", "mutual-funds")
    carried = {
        holder: sum(found.balances[Account(holder, kind, "equity:nvidia")][0] for kind in kinds) for holder in holders
    }
    whole = sum(carried.values())
    assert carried["hedge-funds"] / whole == pytest.approx(0.0461, rel=1e-6)
    assert carried["mutual-funds"] / whole == pytest.approx(0.154 + 0.101 + 0.182 * 3 / 4, rel=1e-6)
    listed = [m for m in found.axes.members if dossier().entities[m].ticker is not None]
    held = sum(
        found.balances.get(Account("hedge-funds", kind, f"equity:{m}"), [0.0])[0] for m in listed for kind in kinds
    )
    owed = -found.balances[Account("hedge-funds", AccountClass.LIABILITY, "margin:hedge-funds")][0]
    assert held / (held - owed) == pytest.approx(2.2, rel=1e-6)  # hold-036
    assert found.balances[Account("banks", AccountClass.ASSET, "margin:hedge-funds")][0] == owed


def test_before_the_accounts_of_holders_are_known_rounded_shares_stand_in() -> None:
    known = dossier().as_of(date(2025, 3, 1))
    shares, funds = holder_shares(known, "equity-investors"), held_by_funds(known)
    assert shares["pensions"] * (1 - sum(funds.values())) == pytest.approx(0.10)
    assert sum(shares.values()) == pytest.approx(1)


def test_a_firm_without_accounts_owns_what_it_raised_less_what_it_burned() -> None:
    found = opening()
    openai = found.of("openai")
    assert found.balances[Account("openai", AccountClass.EQUITY, "equity:openai")][0] < -100
    assert sum(line.value[0] for line in openai) == pytest.approx(0, abs=1e-12)
    line = found.line(books.cash("openai"))
    assert line is not None
    assert line.basis == "estimated"
    assert line.low < line.point < line.high


def test_a_vehicle_owns_what_it_was_lent_for() -> None:
    found = opening()
    assert Account("vantage-texas", AccountClass.REAL, "unfinished_sites") in found.balances
    assert Account("abilene-site", AccountClass.REAL, "sites") in found.balances
    assert Account("xai-chip-spv", AccountClass.REAL, "chips") in found.balances
    assert Account("beignet-investor", AccountClass.REAL, "unfinished_sites") in found.balances  # rent starts in 2029


def test_a_dossier_without_the_assumptions_is_refused_by_their_name() -> None:
    friends = load("three-friends")
    with pytest.raises(BadInput) as refused:
        open_world(friends, axes(friends))
    (problem,) = refused.value.problems
    assert problem.code == "no-assumption"
    assert "eco-opening-013" in problem.message
