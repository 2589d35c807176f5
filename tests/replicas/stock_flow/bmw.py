"""Model BMW (Godley & Lavoie, Monetary Economics, chapter 7): loans make the deposits that pay for machines.

Parameters: alpha0, alpha1, alpha2 (consumption: fixed, out of income, out of deposits), delta (depreciation), gamma
(speed at which the capital target is approached), kappa (target capital per output of last period), PR (output per
worker), Rlbar (loan rate). Deposits earn the loan rate. Opening: K, Ld, Ls, Mh, Ms, Rl, Rm, Y.

Deposits are the money. Firms end a period without any: they borrow what sales leave short of wages and interest, which
is investment less depreciation. Machines are made by firms for themselves. Not in the books: W, Nd, Ns, Kt, Rl, Rm.
"""

import numpy as np

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import Account, Flow, FlowKind
from tests.replicas.stock_flow.model import Model, Values, settle
from tests.replicas.stock_flow.world import World, asset, debt, expense, payment, revenue, thing
from tests.replicas.stock_flow.worth import own_worth, with_worth

_SAVED, _TILL, _DEPOSITS = asset("households", "deposits"), asset("firms", "deposits"), debt("banks", "deposits")
_LENT, _OWED = asset("banks", "loans"), debt("firms", "loans")
_CAPITAL, _MADE, _WORN = thing("firms", "capital"), revenue("firms", "own_work"), expense("firms", "depreciation")
_CONSUMED, _SALES = expense("households", "consumption"), revenue("firms", "revenue")
_PAID_WAGES, _WAGES = expense("firms", "wages"), revenue("households", "wages")
_PAID_ON_LOANS, _ON_LOANS = expense("firms", "interest"), revenue("banks", "interest")
_PAID_ON_DEPOSITS, _ON_DEPOSITS = expense("banks", "interest"), revenue("households", "interest")

FLOWS = (
    payment("consume", _SAVED, _TILL, _CONSUMED, _SALES),
    payment("wages", _TILL, _SAVED, _PAID_WAGES, _WAGES),
    payment("loan_interest", _TILL, _DEPOSITS, _PAID_ON_LOANS, _ON_LOANS),
    payment("deposit_interest", _DEPOSITS, _SAVED, _PAID_ON_DEPOSITS, _ON_DEPOSITS),
    payment("lend", _DEPOSITS, _TILL, _LENT, _OWED),
    Flow("invest", FlowKind.ACCRUAL, (books.debit(_CAPITAL), books.credit(_MADE))),
    Flow("depreciate", FlowKind.ACCRUAL, (books.debit(_WORN), books.credit(_CAPITAL))),
)


def _opening(start: Values) -> dict[Account, float]:
    return with_worth(
        {
            _SAVED: start["Mh"],
            _DEPOSITS: -start["Ms"],
            _LENT: start["Ls"],
            _OWED: -start["Ld"],
            _CAPITAL: start["K"],
        }
    )


def _behave(p: Values, before: Values) -> dict[str, float]:
    worn = p["delta"] * before["K"]
    target = p["kappa"] * before["Y"]
    invested = p["gamma"] * (target - before["K"]) + worn
    on_loans, on_deposits = before["Rl"] * before["Ld"], before["Rm"] * before["Mh"]

    def decided(income: float) -> dict[str, float]:
        """What follows from a disposable income, up to the income that this makes."""
        consumed = p["alpha0"] + p["alpha1"] * income + p["alpha2"] * before["Mh"]
        output = consumed + invested
        wages = output - on_loans - worn
        return {"Cd": consumed, "Cs": consumed, "Y": output, "WBd": wages, "WBs": wages, "YD": wages + on_deposits}

    def respond(income: np.ndarray) -> np.ndarray:
        return np.array([decided(float(income[0]))["YD"]])

    plan = decided(float(settle(respond, np.array([before["YD"]]))[0]))
    work = plan["Y"] / p["PR"]
    return plan | {
        "AF": worn,
        "DA": worn,
        "Kt": target,
        "Id": invested,
        "Is": invested,
        "Nd": work,
        "Ns": work,
        "W": plan["WBd"] / work,
        "Rl": p["Rlbar"],
        "Rm": p["Rlbar"],
    }


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    consumed, wages = quantize(plan["Cd"]), quantize(plan["WBd"])
    on_loans = quantize(before["Rl"] * before["Ld"])
    return {
        "consume": consumed,
        "wages": wages,
        "loan_interest": on_loans,
        "deposit_interest": before["Rm"] * before["Mh"],
        "lend": wages + on_loans - consumed - before["_till"],
        "invest": plan["Id"],
        "depreciate": plan["DA"],
    }


def _stocks(world: World) -> dict[str, float]:
    return {
        "K": world.stock(_CAPITAL),
        "Ld": world.stock(_OWED),
        "Ls": world.stock(_LENT),
        "Mh": world.stock(_SAVED),
        "Ms": world.stock(_DEPOSITS),
        "_till": world.stock(_TILL),
    }


def _flows(world: World) -> dict[str, float]:
    return {
        "Cd": world.flow(_CONSUMED),
        "Cs": world.flow(_SALES),
        "Id": world.flow(_MADE),
        "Is": world.flow(_MADE),
        "Y": world.flow(_SALES, _MADE),
        "WBd": world.flow(_PAID_WAGES),
        "WBs": world.flow(_WAGES),
        "AF": world.flow(_WORN),
        "DA": world.flow(_WORN),
        "YD": world.flow(_WAGES, _ON_DEPOSITS),
    }


LEDGER = books.build(FLOWS, accounts=[own_worth(name) for name in ("households", "firms", "banks")])
BMW = Model("BMW", LEDGER, _opening, _behave, _amounts, _stocks, _flows)
