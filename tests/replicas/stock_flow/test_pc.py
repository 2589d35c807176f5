"""Models PC and PCEX2: three published runs, the equations under other parameters, and an opening that does not add up.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 4, in the notebook "Chapter 4 Model PC"
of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza), recomputed by Newton's method. PC-steady
starts in the closed form. PC-published-opening starts from the balance sheet printed there, in which the central bank
has issued 0.044 more than it holds: here that is a gap of the central bank, in sight for ever, and no leak.
"""

from functools import cache

import pytest

from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import Model, Run, play
from tests.replicas.stock_flow.pc import LEDGER, PC, PCEX2
from tests.replicas.stock_flow.published import Published, published

FAMILY: dict[str, tuple[Model, Published]] = {"PC": (PC, published("pc")), "PCEX2": (PCEX2, published("pcex2"))}
STARTS = {"PC": "PC-published-opening", "PCEX2": "PCEX2-r"}
RUNS = [(name, case) for name, (_, told) in FAMILY.items() for case in told.cases]
PARAMETERS = [(name, key) for name, (_, told) in FAMILY.items() for key in told.cases[STARTS[name]].parameters]


@cache
def _played(name: str, case: str) -> Run:
    model, told = FAMILY[name]
    return told.cases[case].play(model)


@pytest.mark.parametrize(("name", "case"), RUNS)
def test_pc_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str, case: str):
    run = _played(name, case)  # the residual is checked to be exactly 0 after every posting
    assert FAMILY[name][1].cases[case].misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_the_published_equations_of_pc_hold_on_the_books_whatever_parameter_changes(
    name: str, parameter: str, factor: float
):
    model, told = FAMILY[name]
    start = told.cases[STARTS[name]]
    schedule = {2: {parameter: start.parameters[parameter] * factor}}
    run = play(model, start.parameters, start.initial, schedule, 6)
    worst, where = told.worst_difference(run, start.parameters, schedule)
    assert worst < 1e-8, where
    assert run.world.audit().agrees


@pytest.mark.parametrize("name", FAMILY)
def test_households_of_pc_hold_all_money_and_what_bills_the_central_bank_does_not(name: str):
    for values in _played(name, STARTS[name]).values[1:]:  # stated openings are rounded one by one
        assert values["Hh"] + values["_lost_money"] == values["Hs"]
        assert abs(values["_lost_money"]) < 1e-8
        assert values["Bh"] + values["Bcb"] == values["Bs"]
        assert values["_till"] == values["_treasury"] == 0


def test_an_opening_of_pc_that_does_not_add_up_is_a_gap_of_the_central_bank_for_ever_and_no_leak():
    run = _played("PC", "PC-published-opening")
    by_sector, by_claim = run.world.gaps()
    assert {name: gap for name, gap in by_sector.items() if abs(gap) > 1e-8} == pytest.approx({"central_bank": 0.044})
    assert max(map(abs, by_claim.values()), default=0.0) < 1e-8
    last = run.values[-1]
    assert last["Hs"] - last["Bcb"] == pytest.approx(0.044, abs=1e-8)


def test_bills_that_nobody_holds_earn_interest_and_go_to_the_central_bank_in_the_first_period():
    case = FAMILY["PC"][1].cases["PC-steady"]
    told = {**case.initial, "Bs": case.initial["Bs"] + 1.0}
    run = play(PC, case.parameters, told, {}, 2)
    lost, first, second = (values["_lost_bills"] for values in run.values)
    assert (lost, first, second) == pytest.approx((1.0, 0.0, 0.0), abs=1e-8)
    # Sold at 1 after a year's interest of 0.025, for money that nobody in the model holds.
    assert [values["_lost_money"] for values in run.values] == pytest.approx([0.0, 1.025, 1.025], abs=1e-8)
    worst, where = FAMILY["PC"][1].worst_difference(run, case.parameters, {})
    assert worst < 1e-8, where


def test_output_of_pc_comes_to_rest_at_its_closed_form():
    case = FAMILY["PC"][1].cases["PC-steady"]
    last = play(PC, case.parameters, case.initial, {2: {"theta": 0.25}}, 400).values[-1]
    # At rest C = YD = V, bills are 0.75 of V, and YD = (Y + r Bh)(1 - theta) with Y = G + YD.
    income = 20 * 0.75 / (1 - 0.75 * (1 + 0.025 * (0.635 + 5 * 0.025 - 0.01)))
    assert last["Y"] == pytest.approx(20 + income, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "not_in_the_books"), [("PC", {"R"}), ("PCEX2", {"R", "alpha1", "YDe", "Ve", "Bd", "Hd"})]
)
def test_only_the_rate_and_expectations_of_pc_are_not_read_from_the_books(name: str, not_in_the_books: set[str]):
    model, run = FAMILY[name][0], _played(name, STARTS[name])
    read = {*model.stocks(run.world), *model.flows(run.world)}
    assert set(run.values[1]) - read == not_in_the_books


def test_no_leg_of_a_flow_type_of_pc_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
