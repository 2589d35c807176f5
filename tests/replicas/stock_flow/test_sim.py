"""Models SIM and SIMEX: runs in two published programs, the equations under other parameters, and closed forms.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 3, in the notebooks "Chapter 3 Model
SIM" and "Chapter 3 Model SIMEX" of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza),
recomputed by Newton's method. SIM-sfcr-README-*: three digits printed in the README of joaomacalos/sfcr (commit
1bb2eea; its period is t + 1, and the second case starts in the steady state). SIMEX-table3.6: the book's table 3.6 as
in brianr747/SFC_models (commit 32f8869, chapter3.py); the book prints 39.9 where 39.84 is exact.
"""

from functools import cache

import pytest

from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import Model, Run, play
from tests.replicas.stock_flow.published import Published, published
from tests.replicas.stock_flow.sim import LEDGER, SIM, SIMEX

FAMILY: dict[str, tuple[Model, Published]] = {"SIM": (SIM, published("sim")), "SIMEX": (SIMEX, published("simex"))}
RUNS = [(name, case) for name, (_, told) in FAMILY.items() for case in told.cases]
PARAMETERS = [(name, key) for name, (_, told) in FAMILY.items() for key in told.cases[f"{name}-path"].parameters]


@cache
def _played(name: str, case: str) -> Run:
    model, told = FAMILY[name]
    return told.cases[case].play(model)


@pytest.mark.parametrize(("name", "case"), RUNS)
def test_sim_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str, case: str):
    run = _played(name, case)  # the residual is checked to be exactly 0 after every posting
    assert FAMILY[name][1].cases[case].misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_the_published_equations_of_sim_hold_on_the_books_whatever_parameter_changes(
    name: str, parameter: str, factor: float
):
    model, told = FAMILY[name]
    start = told.cases[f"{name}-path"]
    schedule = {2: {parameter: start.parameters[parameter] * factor}}
    run = play(model, start.parameters, start.initial, schedule, 6)
    worst, where = told.worst_difference(run, start.parameters, schedule)
    assert worst < 1e-8, where
    assert run.world.audit().agrees


@pytest.mark.parametrize("name", FAMILY)
def test_money_of_sim_is_held_by_households_alone_to_the_last_quantum(name: str):
    run = _played(name, f"{name}-path")
    assert all(values["Hh"] == values["Hs"] for values in run.values)
    assert all(values["_till"] == 0 for values in run.values)


def test_wealth_of_sim_follows_its_closed_form():
    case = FAMILY["SIM"][1].cases["SIM-path"]
    run = _played("SIM", "SIM-path")
    # Income is 0.8 Y and Y = G + 0.6 * 0.8 Y + 0.4 H(-1), so H = H(-1) * 11/13 + 160/13, whose rest point is 80.
    assert [values["Hh"] for values in run.values] == pytest.approx(
        [80 * (1 - (11 / 13) ** period) for period in range(case.periods + 1)], abs=1e-8
    )


@pytest.mark.parametrize(("name", "not_in_the_books"), [("SIM", {"Nd", "Ns"}), ("SIMEX", {"Nd", "Ns", "YDe", "Hd"})])
def test_only_employment_and_expectations_of_sim_are_not_read_from_the_books(name: str, not_in_the_books: set[str]):
    model, run = FAMILY[name][0], _played(name, f"{name}-path")
    read = {*model.stocks(run.world), *model.flows(run.world)}
    assert set(run.values[1]) - read == not_in_the_books


def test_no_leg_of_a_flow_type_of_sim_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
