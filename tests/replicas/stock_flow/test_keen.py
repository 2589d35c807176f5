"""Keen's model: its point of rest, a published run that goes there, and a second method elsewhere.

Parameters, point of rest and run: M. Grasselli & B. Costa Lima, "An analysis of the Keen model for credit expansion,
asset price bubbles and financial fragility" (2012), in their MATLAB function keen() (the same in
grantwforsyth/goodwin-keen-model); the values were recomputed in closed form and with LSODA (rtol 1e-10). The second
method is the model's reduced form, three equations for the shares, which knows no books and no amounts.
"""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.replicas.stock_flow.keen import KEEN, LEDGER, rest_point, shares, start
from tests.replicas.stock_flow.leaks import accepted_leaks
from tests.replicas.stock_flow.model import Run, Values, play

PARAMETERS = {
    "nu": 3,
    "alpha": 0.025,
    "beta": 0.02,
    "delta": 0.01,
    "r": 0.03,
    "phi0": 0.04 / (1 - 0.04**2),
    "phi1": 0.04**3 / (1 - 0.04**2),
    "kappa0": -0.0065,
    "kappa1": math.exp(-5),
    "kappa2": 20,
    "step": 0.25,
}
NAMES = ("omega", "lambda", "d")


def _run(p: Values, begin: Sequence[float], years: int, output: float = 1.0) -> Run:
    return play(KEEN, p, start(p, *begin, output=output), periods=round(years / p["step"]))


def _reduced(p: Values, begin: Sequence[float], years: int) -> np.ndarray:
    """The three shares at the end, from their own equations."""

    def slopes(_: float, now: Sequence[float]) -> list[float]:
        omega, employed, d = now
        profit = 1 - omega - p["r"] * d
        invested = p["kappa0"] + p["kappa1"] * math.exp(p["kappa2"] * profit)
        growth = invested / p["nu"] - p["delta"]
        wage_growth = p["phi1"] / (1 - employed) ** 2 - p["phi0"]
        return [
            omega * (wage_growth - p["alpha"]),
            employed * (growth - p["alpha"] - p["beta"]),
            d * (p["r"] - growth) + invested - (1 - omega),
        ]

    return solve_ivp(slopes, (0, years), begin, method="LSODA", rtol=1e-11, atol=1e-13).y[:, -1]


def test_the_point_of_rest_of_keen_is_the_published_one():
    rest = rest_point(PARAMETERS)
    published = {"pi": 0.1618413994, "omega": 0.8360528669, "lambda": 0.968611759, "d": 0.0701911249}
    assert rest == pytest.approx(published, abs=1e-9)


def test_an_economy_opened_at_the_point_of_rest_of_keen_stays_there_and_grows_by_alpha_and_beta():
    rest = rest_point(PARAMETERS)
    run = _run(PARAMETERS, [rest[name] for name in NAMES], years=40, output=1000)
    for values in run.values:
        assert shares(values, PARAMETERS) == pytest.approx(rest, abs=1e-9)
    assert run.values[-1]["K"] == pytest.approx(3000 * math.exp(0.045 * 40), rel=1e-9)
    assert run.values[-1]["D"] == pytest.approx(1000 * rest["d"] * math.exp(0.045 * 40), rel=1e-9)


def test_keen_on_the_ledger_gives_the_published_run_and_the_auditor_agrees():
    run = _run(PARAMETERS, (0.75, 0.75, 0.1), years=300)  # the residual is checked to be exactly 0 after every posting
    published = {
        10: {"omega": 1.012893, "lambda": 0.991251, "d": 1.397223},
        100: {"d": 1.405469},
        300: {"omega": 0.835867, "lambda": 0.968743, "d": 0.071672},
    }
    for year, expected in published.items():
        read = shares(run.values[year * 4], PARAMETERS)
        assert {name: read[name] for name in expected} == pytest.approx(expected, abs=1e-4)
    assert run.world.audit().agrees


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", [name for name in PARAMETERS if name != "step"])
def test_the_books_of_keen_give_the_shares_of_its_reduced_form_under_other_parameters(parameter: str, factor: float):
    p = PARAMETERS | {parameter: PARAMETERS[parameter] * factor}
    read = shares(_run(p, (0.8, 0.9, 0.3), years=30).values[-1], p)
    assert [read[name] for name in NAMES] == pytest.approx(_reduced(p, (0.8, 0.9, 0.3), 30), rel=1e-6, abs=1e-6)


def test_debt_of_keen_outgrows_output_from_a_start_with_much_debt_and_the_books_still_balance():
    begin = (0.75, 0.7, 5.0)
    run = _run(PARAMETERS, begin, years=100)
    read = shares(run.values[-1], PARAMETERS)
    assert read["d"] > 20
    assert read["lambda"] < 0.1
    assert [read[name] for name in NAMES] == pytest.approx(_reduced(PARAMETERS, begin, 100), rel=1e-6)
    assert run.world.audit().agrees


def test_loans_of_keen_are_its_deposits_and_what_firms_own_is_their_capital_less_their_debt():
    run = _run(PARAMETERS, (0.75, 0.75, 0.1), years=60)
    for values in run.values:
        assert values["D"] == values["M"]
        assert values["_till"] == values["_bank_worth"] == 0
        assert values["_firm_worth"] == values["K"] - values["D"]  # retained profits, summed up on their own accounts


def test_how_long_a_period_is_changes_little_in_keen():
    ends = []
    for step in (0.1, 1.0):
        p = PARAMETERS | {"step": step}
        ends.append(shares(_run(p, (0.8, 0.9, 0.3), years=30).values[-1], p))
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)


def test_no_leg_of_a_flow_type_of_keen_can_be_left_out():
    assert list(accepted_leaks(LEDGER)) == []
