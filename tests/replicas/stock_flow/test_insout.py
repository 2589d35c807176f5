"""Model INSOUT: two published runs, the published equations under other parameters, and where their gaps are.

Equations and runs: Godley & Lavoie, Monetary Economics (2nd edition), chapter 10, in the notebook "Chapter 10 Model
INSOUT" of kennt/monetary-economics (commit 16a6f6e, after the programs of G. Zezza); the values were recomputed by
Newton's method. The first run starts from the printed opening, the second raises government purchases in period 16.
"""

import pytest

from tests.replicas.stock_flow.insout import INSOUT, LEDGER
from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import Run, Values, play
from tests.replicas.stock_flow.published import published

PUBLISHED = published("insout")
BASE = PUBLISHED.cases["INSOUT-base"]


def _played(schedule: dict[int, Values], periods: int) -> Run:
    run = play(INSOUT, BASE.parameters, BASE.initial, schedule, periods)
    worst, where = PUBLISHED.worst_difference(run, BASE.parameters, schedule)
    assert worst < 1e-7, where
    return run


@pytest.mark.parametrize("name", PUBLISHED.cases)
def test_insout_on_the_ledger_gives_the_published_run_and_the_auditor_agrees(name: str):
    case = PUBLISHED.cases[name]
    run = case.play(INSOUT)  # the residual is checked to be exactly 0 after every posting
    assert case.misses(run) == {}
    assert run.world.audit().agrees


@pytest.mark.parametrize("parameter", BASE.parameters)
def test_the_published_equations_of_insout_hold_on_the_books_whatever_parameter_changes(parameter: str):
    for factor in (0.9, 1.1):
        _played({3: {parameter: BASE.parameters[parameter] * factor}}, 8)


def test_banks_of_insout_that_lack_bills_borrow_from_the_central_bank_until_they_are_at_their_bound():
    run = _played({3: {"bot": 0.06}}, 20)
    short = [values for values in run.values if values["Ad"] > 0]
    assert short
    assert all(values["BLR"] == pytest.approx(0.06, abs=1e-9) and values["As"] == values["Ad"] for values in short)


def test_deposits_that_the_equations_of_insout_owe_to_nobody_stand_at_unexplained():
    run = _played({3: {"lambda20": 0.62}}, 12)  # households want more M2 than they have money for
    nobody = [values for values in run.values[1:] if values["z2"]]
    assert nobody
    assert all(values["_lost_M2"] == pytest.approx(-values["M1hn"], abs=1e-7) for values in nobody)
    assert all(values["M1h"] == 0 for values in nobody)
    assert run.world.audit().agrees


def test_the_gaps_of_the_printed_opening_of_insout_leave_the_difference_of_reserves_that_its_equations_have():
    values = BASE.play(INSOUT).values
    # Without a holder: bills 70.25162 - 49.69136 - 1.19481 - 19.355, money 19.355 - 14.992 - 4.36249. Banks have
    # 38.0676 + 1.19481 + 4.36249 and owe 3.9482 + 39.667. Of household wealth of 149.94115665, all but 149.9202754
    # is in an asset: 14.992 + 3.9482 + 39.667 + 49.69136 + 37.06 * 1.12309.
    assert values[0]["_lost_bills"] == pytest.approx(0.01045, abs=1e-8)
    assert values[0]["_lost_money"] == pytest.approx(0.00051, abs=1e-8)
    assert values[0]["_bank_worth"] == pytest.approx(0.0097, abs=1e-8)
    assert values[0]["_unnamed_wealth"] == pytest.approx(149.94115665 - 149.9202754, abs=1e-8)
    # All is settled in the first period, with a period's interest of 0.02301 on the bills; the rest stays as money.
    left = 0.00051 + 0.01045 * 1.02301 + 0.0097 - 0.02088125
    assert [row["Hbs"] - row["Hbd"] for row in values[1:]] == pytest.approx([left] * BASE.periods, abs=1e-8)
    assert all(row[gap] == 0 for row in values[1:] for gap in ("_lost_bills", "_bank_worth", "_unnamed_wealth"))


def test_every_till_of_insout_is_empty_and_its_bonds_are_worth_their_number_at_their_price():
    for values in PUBLISHED.cases["INSOUT-gk"].play(INSOUT).values:
        assert values["_till"] == values["_treasury"] == 0
        assert values["IN"] == values["Ld"] == values["Ls"]
        assert values["_bonds"] == pytest.approx(values["BLh"] * values["Pbl"], abs=1e-6)


def test_no_leg_of_a_flow_type_of_insout_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
