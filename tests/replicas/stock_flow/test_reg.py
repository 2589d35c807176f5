"""Model REG: three published runs, the equations under other parameters, and what one region owes to the other.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 6, in the notebook "Chapter 6 Model REG"
of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza), recomputed by Newton's method. REG-
printed is the balance sheet printed there, to two digits.
"""

from functools import cache

import pytest

from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import Run, play
from tests.replicas.stock_flow.published import published
from tests.replicas.stock_flow.reg import LEDGER, REG

PUBLISHED = published("reg")
START = PUBLISHED.cases["REG-base"]


@cache
def _played(name: str) -> Run:
    return PUBLISHED.cases[name].play(REG)


@pytest.mark.parametrize("name", PUBLISHED.cases)
def test_reg_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str):
    run = _played(name)  # the residual is checked to be exactly 0 after every posting
    assert PUBLISHED.cases[name].misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", START.parameters)
def test_the_published_equations_of_reg_hold_on_the_books_whatever_parameter_changes(parameter: str, factor: float):
    schedule = {2: {parameter: START.parameters[parameter] * factor}}
    run = play(REG, START.parameters, START.initial, schedule, 6)
    worst, where = PUBLISHED.worst_difference(run, START.parameters, schedule)
    assert worst < 1e-8, where
    assert run.world.audit().agrees


def test_money_and_bills_of_reg_are_held_to_the_last_quantum_though_no_equation_says_so_of_money():
    for values in _played("REG-lambda0S").values[1:]:  # stated openings are rounded one by one
        assert values["HhN"] + values["HhS"] + values["_lost_money"] == values["Hs"]
        assert abs(values["_lost_money"]) < 1e-8
        assert values["BhN"] + values["BhS"] + values["Bcb"] == values["Bs"]
        assert values["_tillN"] == values["_tillS"] == values["_treasury"] == 0


def test_at_rest_the_state_gives_each_region_of_reg_what_it_loses_by_trade():
    last = _played("REG-GS").values[-1]
    for region in "NS":
        from_state = last[f"G{region}"] + 0.025 * last[f"Bh{region}"] - last[f"T{region}"]
        assert from_state == pytest.approx(last[f"IM{region}"] - last[f"X{region}"], abs=1e-6)
    assert last["IMS"] - last["XS"] > 1.6


def test_only_the_rate_of_reg_is_not_read_from_the_books():
    run = play(REG, START.parameters, START.initial, {}, 1)
    assert set(run.values[1]) - {*REG.stocks(run.world), *REG.flows(run.world)} == {"R"}


def test_no_leg_of_a_flow_type_of_reg_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
