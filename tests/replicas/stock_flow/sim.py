"""Models SIM and SIMEX (Godley & Lavoie, Monetary Economics, chapter 3): government money is the only asset.

Parameters: Gd (government spending), W (wage), alpha1, alpha2 (propensities to consume out of income and wealth), theta
(tax rate). SIMEX consumes out of expected income, which is last period's (YDe = YD(-1)). Opening: Hh, Hs (money held
and issued) and, for SIMEX, YD. Not in the books: employment (Nd, Ns = Y / W) and what SIMEX expects (YDe, Hd).
"""

import numpy as np

from ouroloop import ledger as books
from ouroloop.core import quantize
from tests.replicas.stock_flow.model import Model, Values, settle
from tests.replicas.stock_flow.world import World, asset, debt, expense, payment, revenue
from tests.replicas.stock_flow.worth import own_worth

_HELD, _TILL, _ISSUED = asset("households", "money"), asset("producers", "money"), debt("government", "money")
_SALES = {buyer: revenue("producers", f"revenue:{buyer}") for buyer in ("households", "government")}
_CONSUMED, _SPENT = expense("households", "consumption"), expense("government", "services")
_PAID_WAGES, _WAGES = expense("producers", "wages"), revenue("households", "wages")
_PAID_TAXES, _TAXES = expense("households", "taxes"), revenue("government", "taxes")
_WORTH = own_worth("households"), own_worth("government")

FLOWS = (
    payment("consume", _HELD, _TILL, _CONSUMED, _SALES["households"]),
    payment("spend", _ISSUED, _TILL, _SPENT, _SALES["government"]),
    payment("wages", _TILL, _HELD, _PAID_WAGES, _WAGES),
    payment("tax", _HELD, _ISSUED, _PAID_TAXES, _TAXES),
)


def _opening(start: Values) -> dict[books.Account, float]:
    return {_HELD: start["Hh"], _WORTH[0]: -start["Hh"], _ISSUED: -start["Hs"], _WORTH[1]: start["Hs"]}


def _income(p: Values, spending: float) -> dict[str, float]:
    """What a period's spending becomes: sales, work, taxes and disposable income."""
    work = spending / p["W"]
    tax = p["theta"] * p["W"] * work
    return {"Y": spending, "Nd": work, "Ns": work, "Td": tax, "Ts": tax, "YD": p["W"] * work - tax}


def _spending(p: Values, consumption: float) -> dict[str, float]:
    return {"Cd": consumption, "Cs": consumption, "Gs": p["Gd"], **_income(p, consumption + p["Gd"])}


def _consume_income(p: Values, before: Values) -> dict[str, float]:
    def respond(income: np.ndarray) -> np.ndarray:
        return np.array([_spending(p, p["alpha1"] * float(income[0]) + p["alpha2"] * before["Hh"])["YD"]])

    income = float(settle(respond, np.array([before["YD"]]))[0])
    return _spending(p, p["alpha1"] * income + p["alpha2"] * before["Hh"])


def _consume_expected_income(p: Values, before: Values) -> dict[str, float]:
    expected = before["YD"]
    plan = _spending(p, p["alpha1"] * expected + p["alpha2"] * before["Hh"])
    return plan | {"YDe": expected, "Hd": before["Hs"] + expected - plan["Cd"]}


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    consumed, spent = quantize(plan["Cd"]), quantize(plan["Gs"])
    return {"consume": consumed, "spend": spent, "wages": consumed + spent, "tax": plan["Td"]}


def _stocks(world: World) -> dict[str, float]:
    return {"Hh": world.stock(_HELD), "Hs": world.stock(_ISSUED), "_till": world.stock(_TILL)}


def _flows(world: World) -> dict[str, float]:
    return {
        "Cd": world.flow(_CONSUMED),
        "Cs": world.flow(_SALES["households"]),
        "Gs": world.flow(_SALES["government"]),
        "Y": world.flow(*_SALES.values()),
        "Td": world.flow(_PAID_TAXES),
        "Ts": world.flow(_TAXES),
        "YD": world.flow(_WAGES) - world.flow(_PAID_TAXES),
    }


LEDGER = books.build(FLOWS, accounts=_WORTH)
SIM = Model("SIM", LEDGER, _opening, _consume_income, _amounts, _stocks, _flows)
SIMEX = Model("SIMEX", LEDGER, _opening, _consume_expected_income, _amounts, _stocks, _flows)
