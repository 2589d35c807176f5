"""Model OPEN: published runs, the equations under other parameters, and gold and exchange rates on exact books.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 6, in the notebook "Chapter 6 Model
OPEN" of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza), recomputed by Newton's method.
OPEN-printed is the balance sheet printed there, to two digits. That opening owes 0.001 of bills less in each country
than it holds; in the published equations gold appears for it, here it comes from `unexplained` and can be counted.
"""

from functools import cache

import pytest

from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import Run, play
from tests.replicas.stock_flow.open_economy import LEDGER, OPEN
from tests.replicas.stock_flow.published import published

PUBLISHED = published("open")
START = PUBLISHED.cases["OPEN-base"]


@cache
def _played(name: str) -> Run:
    return PUBLISHED.cases[name].play(OPEN)


@pytest.mark.parametrize("name", PUBLISHED.cases)
def test_open_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str):
    run = _played(name)  # the residual is checked to be exactly 0 after every posting
    assert PUBLISHED.cases[name].misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", START.parameters)
def test_the_published_equations_of_open_hold_on_the_books_whatever_parameter_changes(parameter: str, factor: float):
    schedule = {2: {parameter: START.parameters[parameter] * factor}}
    run = play(OPEN, START.parameters, START.initial, schedule, 6)
    worst, where = PUBLISHED.worst_difference(run, START.parameters, schedule)
    assert worst < 1e-8, where
    assert run.world.audit().agrees


def test_no_gold_of_open_appears_or_vanishes_and_what_the_opening_does_not_explain_is_counted():
    run = _played("OPEN-alpha1S")
    gold = [values["ORN"] + values["ORS"] + values["_lost_gold"] for values in run.values]
    assert gold == [20.0] * len(gold)
    # 0.001 of bills too few in each country, and a year's interest on them at 2.5 %.
    assert run.values[0]["_lost_gold"] == 0
    assert [values["_lost_gold"] for values in run.values[1:]] == pytest.approx([-0.00205] * 80, abs=1e-8)


def test_a_cheaper_currency_is_a_gain_on_gold_of_its_central_bank_in_that_period_and_nothing_else_is_revalued():
    run = play(OPEN, START.parameters, START.initial, {3: {"XRbar": 1.1}}, 4)
    before, gained, after = run.values[2:]
    assert gained["_gainsS"] == pytest.approx(0.1 * before["ORS"], abs=1e-8)
    assert gained["_gainsN"] == after["_gainsN"] == after["_gainsS"] == 0
    for values in run.values:
        assert values["_vaultN"] == pytest.approx(values["PgN"] * values["ORN"], abs=1e-8)
        assert values["_vaultS"] == pytest.approx(values["PgS"] * values["ORS"], abs=1e-8)


def test_households_of_each_country_hold_its_money_and_its_accounts_abroad_are_settled():
    for values in _played("OPEN-alpha1S").values[1:]:  # in period 1 the lost money is sold for gold
        for mark in "NS":
            assert values[f"Hh{mark}"] == values[f"Hs{mark}"]
            assert values[f"_till{mark}"] == values[f"_treasury{mark}"] == values[f"_abroad{mark}"] == 0


def test_only_rates_and_prices_of_open_are_not_read_from_the_books():
    run = play(OPEN, START.parameters, START.initial, {}, 1)
    read = {*OPEN.stocks(run.world), *OPEN.flows(run.world)}
    assert set(run.values[1]) - read == {"RN", "RS", "XR", "PgN", "PgS"}


def test_no_leg_of_a_flow_type_of_open_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
