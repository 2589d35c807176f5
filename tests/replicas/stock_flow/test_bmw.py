"""Model BMW: two published runs, and the published equations under other parameters.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 7, in the notebook "Chapter 7 Model BMW"
of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza); the start (Y = K = Mh = 200, W = 0.86) is
printed there as a steady state, the values after the shock were recomputed by Newton's method.
"""

import pytest

from tests.replicas.stock_flow.bmw import BMW, LEDGER
from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import play
from tests.replicas.stock_flow.published import published

PUBLISHED = published("bmw")
STEADY = PUBLISHED.cases["BMW-base"]


@pytest.mark.parametrize("name", PUBLISHED.cases)
def test_bmw_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str):
    case = PUBLISHED.cases[name]
    run = case.play(BMW)  # the residual is checked to be exactly 0 after every posting
    assert case.misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", STEADY.parameters)
def test_the_published_equations_of_bmw_hold_on_the_books_whatever_parameter_changes(parameter: str, factor: float):
    schedule = {3: {parameter: STEADY.parameters[parameter] * factor}}
    run = play(BMW, STEADY.parameters, STEADY.initial, schedule, 12)
    worst, where = PUBLISHED.worst_difference(run, STEADY.parameters, schedule)
    assert worst < 1e-8, where


def test_deposits_of_bmw_are_its_loans_to_the_last_quantum_though_no_equation_says_so():
    run = PUBLISHED.cases["BMW-alpha1"].play(BMW)
    assert all(values["Mh"] == values["Ms"] == values["Ls"] == values["Ld"] for values in run.values)
    assert all(values["_till"] == 0 for values in run.values)


def test_thrift_lowers_the_income_of_bmw_to_its_closed_form():
    changed = {1: {"alpha1": 0.7}}
    last = play(BMW, STEADY.parameters, STEADY.initial, changed, 200).values[-1]
    # Steady: C = 25 + 0.7 C + 0.1 K, K = Y, C = 0.9 Y.
    assert last["Y"] == pytest.approx(25 / (0.3 * 0.9 - 0.1), abs=1e-6)


def test_no_leg_of_a_flow_type_of_bmw_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
