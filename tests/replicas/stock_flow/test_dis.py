"""Model DIS: two published runs, and the published equations under other parameters.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 9, in the notebook "Chapter 9 Model DIS"
of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza); the values were recomputed by Newton's
method. The first run stays where it starts, the second raises the inventory target from 15 % to 25 % of sales.
"""

import pytest

from tests.replicas.stock_flow.dis import DIS, LEDGER
from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import play
from tests.replicas.stock_flow.published import published

PUBLISHED = published("dis")
STEADY = PUBLISHED.cases["DIS-base"]


@pytest.mark.parametrize("name", PUBLISHED.cases)
def test_dis_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str):
    case = PUBLISHED.cases[name]
    run = case.play(DIS)  # the residual is checked to be exactly 0 after every posting
    assert case.misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", STEADY.parameters)
def test_the_published_equations_of_dis_hold_on_the_books_whatever_parameter_changes(parameter: str, factor: float):
    schedule = {3: {parameter: STEADY.parameters[parameter] * factor}}
    run = play(DIS, STEADY.parameters, STEADY.initial, schedule, 12)
    worst, where = PUBLISHED.worst_difference(run, STEADY.parameters, schedule)
    assert worst < 1e-8, where


def test_inventories_of_dis_are_its_loans_and_its_deposits_to_the_last_quantum():
    run = PUBLISHED.cases["DIS-sigma"].play(DIS)
    assert all(values["IN"] == values["Ld"] == values["Ls"] == values["Mh"] == values["Ms"] for values in run.values)
    assert all(values["_till"] == 0 for values in run.values)


def test_dearer_labor_revalues_the_inventory_of_dis_at_the_new_unit_cost():
    run = play(DIS, STEADY.parameters, STEADY.initial, {2: {"W": 1.0}}, 3)
    stock = run.values[1]["INk"]
    # Unit cost goes from 0.86 to 1: what was in stock gains 0.14 a piece, once.
    assert [values["_revalued"] for values in run.values[1:]] == pytest.approx([0, 0.14 * stock, 0], abs=1e-8)
    assert run.values[2]["_cost"] == pytest.approx(run.values[2]["Sk"], abs=1e-8)


def test_no_leg_of_a_flow_type_of_dis_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
