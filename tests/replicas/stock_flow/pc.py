"""Models PC and PCEX2 (Godley & Lavoie, Monetary Economics, chapter 4): money and bills, chosen by their rate.

Parameters: G, Rbar (rate on bills), alpha1, alpha2 (propensities to consume), lambda0, lambda1, lambda2 (portfolio),
theta (tax rate). PCEX2: households act on expected income, YDe = YD(-1), and alpha1 = alpha10 - iota R(-1) instead of
alpha1. Opening: V, Bh, Bs, Bcb, Hs, R (PCEX2: YD); households' money is V - Bh. Not in the books: R, alpha1 and what
PCEX2 expects (YDe, Ve, Bd, Hd).
"""

import numpy as np

from ouroloop import ledger as books
from tests.replicas.stock_flow.model import Model, Values, settle
from tests.replicas.stock_flow.state import Region, State
from tests.replicas.stock_flow.world import World

_STATE = State()
_LAND = Region(state=_STATE)
FLOWS = (*_LAND.flows, *_STATE.flows)


def _opening(start: Values) -> dict[books.Account, float]:
    return _STATE.opening(start) | _LAND.opening(start)


def _income(p: Values, before: Values, consumption: float) -> dict[str, float]:
    """What a period's consumption becomes: output, taxes and disposable income."""
    output, interest = consumption + p["G"], before["R"] * before["Bh"]
    tax = p["theta"] * (output + interest)
    return {"R": p["Rbar"], "C": consumption, "G": p["G"], "Y": output, "T": tax, "YD": output - tax + interest}


def _bills(p: Values, wealth: float, income: float) -> float:
    return wealth * (p["lambda0"] + p["lambda1"] * p["Rbar"]) - p["lambda2"] * income


def _behave(p: Values, before: Values) -> dict[str, float]:
    def consume(income: float) -> float:
        return p["alpha1"] * income + p["alpha2"] * before["V"]

    def respond(income: np.ndarray) -> np.ndarray:
        return np.array([_income(p, before, consume(float(income[0])))["YD"]])

    plan = _income(p, before, consume(float(settle(respond, np.array([before["YD"]]))[0])))
    return plan | {"Bh": _bills(p, before["V"] + plan["YD"] - plan["C"], plan["YD"])}


def _behave_on_expectations(p: Values, before: Values) -> dict[str, float]:
    alpha1, expected = p["alpha10"] - p["iota"] * before["R"], before["YD"]
    plan = _income(p, before, alpha1 * expected + p["alpha2"] * before["V"])
    wealth = before["V"] + expected - plan["C"]
    bills = _bills(p, wealth, expected)
    return plan | {"alpha1": alpha1, "YDe": expected, "Ve": wealth, "Bd": bills, "Bh": bills, "Hd": wealth - bills}


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    made = _LAND.amounts(FLOWS, plan, before, {})
    return made | _STATE.amounts(FLOWS, made, before)


def _stocks(world: World) -> dict[str, float]:
    return _LAND.stocks(world) | _STATE.stocks(world)


LEDGER = books.build(FLOWS, accounts=(_LAND.worth, _STATE.worth))
PC = Model("PC", LEDGER, _opening, _behave, _amounts, _stocks, _LAND.read)
PCEX2 = Model("PCEX2", LEDGER, _opening, _behave_on_expectations, _amounts, _stocks, _LAND.read)
