"""Keen's model of a monetary economy (Keen 1995, as specified by Grasselli & Costa Lima 2012): investment beyond
profits is borrowed, and debt can outgrow output.

Parameters: nu (capital per output), alpha (growth of productivity per year), beta (growth of the labor force), delta
(depreciation), r (interest), phi0, phi1 (wage growth by employment: Phi(x) = phi1/(1-x)^2 - phi0), kappa0, kappa1,
kappa2 (investment per output by the profit share: kappa(x) = kappa0 + kappa1 exp(kappa2 x)), and `step`, the years per
period. Opening: K, D, M (capital, loans, deposits), and, not in the books, the wage rate w, productivity a and the
labor force N; `start` makes them from the wage share omega, employment lambda and debt per output d.

Time is continuous: within a period the behavior is integrated from the frozen state (a Runge-Kutta method of order 8
with error control), and what it adds up to is posted: wages, consumption (what output is not invested), interest on
loans and on deposits, investment, depreciation, and new loans for what sales leave short of wages and interest, which
is investment beyond profits. Income and expenses are closed to retained earnings in the period after, so that books of
a growing economy stay in the exact range: capital, at most, may grow to some 3 million.

Back from the books come K, D, M; `shares` makes of them Y = K / nu, lambda = Y / (a N) and d = D / Y; omega = w / a.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import solve_ivp

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import Account, Flow, FlowKind
from tests.replicas.stock_flow.model import Model, Values
from tests.replicas.stock_flow.world import World, asset, debt, expense, payment, revenue, thing
from tests.replicas.stock_flow.worth import own_worth, with_worth

_SAVED, _TILL, _DEPOSITS = asset("households", "deposits"), asset("firms", "deposits"), debt("banks", "deposits")
_LENT, _OWED = asset("banks", "loans"), debt("firms", "loans")
_CAPITAL = thing("firms", "capital")
_INCOME = {
    "_made": revenue("firms", "own_work"),
    "_sold": revenue("firms", "revenue"),
    "_wages": revenue("households", "wages"),
    "_on_loans": revenue("banks", "interest"),
    "_on_deposits": revenue("households", "interest"),
}
_EXPENSE = {
    "_consumed": expense("households", "consumption"),
    "_paid_wages": expense("firms", "wages"),
    "_paid_on_loans": expense("firms", "interest"),
    "_paid_on_deposits": expense("banks", "interest"),
    "_worn": expense("firms", "depreciation"),
}

FLOWS = (
    payment("consume", _SAVED, _TILL, _EXPENSE["_consumed"], _INCOME["_sold"]),
    payment("wages", _TILL, _SAVED, _EXPENSE["_paid_wages"], _INCOME["_wages"]),
    payment("loan_interest", _TILL, _DEPOSITS, _EXPENSE["_paid_on_loans"], _INCOME["_on_loans"]),
    payment("deposit_interest", _DEPOSITS, _SAVED, _EXPENSE["_paid_on_deposits"], _INCOME["_on_deposits"]),
    payment("lend", _DEPOSITS, _TILL, _LENT, _OWED),
    Flow("invest", FlowKind.ACCRUAL, (books.debit(_CAPITAL), books.credit(_INCOME["_made"]))),
    Flow("depreciate", FlowKind.ACCRUAL, (books.debit(_EXPENSE["_worn"]), books.credit(_CAPITAL))),
    *(books.closing(account, f"close:{name}") for name, account in (_INCOME | _EXPENSE).items()),
)


def start(p: Values, omega: float, employment: float, d: float, output: float = 1.0) -> dict[str, float]:
    """The opening with this wage share, employment and debt per output, and an output a year in units of account.

    Shares and ratios do not depend on `output`; it sets how much is left of the exact range, in which a quantum is
    2^-30, for growth.
    """
    owed = d * output
    return {"K": p["nu"] * output, "D": owed, "M": owed, "w": omega, "a": 1.0, "N": output / employment}


def rest_point(p: Values) -> dict[str, float]:
    """Where profit share, wage share, employment and debt per output stay, with growth alpha + beta (closed form)."""
    growth = p["alpha"] + p["beta"]
    invested = p["nu"] * (growth + p["delta"])
    profit = math.log((invested - p["kappa0"]) / p["kappa1"]) / p["kappa2"]
    d = (invested - profit) / growth
    employment = 1 - math.sqrt(p["phi1"] / (p["alpha"] + p["phi0"]))
    return {"pi": profit, "omega": 1 - profit - p["r"] * d, "lambda": employment, "d": d}


def _opening(begin: Values) -> dict[Account, float]:
    return with_worth(
        {
            _CAPITAL: begin["K"],
            _OWED: -begin["D"],
            _LENT: begin["D"],
            _DEPOSITS: -begin["M"],
            _SAVED: begin["M"],
        }
    )


def _behave(p: Values, before: Values) -> dict[str, float]:
    """Integrate a period from its capital, loans, deposits and wage rate, in units of its output a year."""
    output = before["K"] / p["nu"]
    employment = output / (before["a"] * before["N"])

    def slopes(t: float, state: np.ndarray) -> np.ndarray:
        made, loans, deposits, share = state[:4]  # output, loans and deposits, and the wage share
        employed = employment * made * math.exp(-(p["alpha"] + p["beta"]) * t)
        profit = 1 - share - p["r"] * loans / made
        invested = (p["kappa0"] + p["kappa1"] * math.exp(p["kappa2"] * profit)) * made
        wages, on_loans, on_deposits = share * made, p["r"] * loans, p["r"] * deposits
        wage_growth = p["phi1"] / (1 - employed) ** 2 - p["phi0"]
        return np.array(
            [
                invested / p["nu"] - p["delta"] * made,
                invested - profit * made,
                wages + on_deposits - (made - invested),
                share * (wage_growth - p["alpha"]),
                # From here on what flows, summed up.
                made,
                invested,
                wages,
                on_loans,
                on_deposits,
                p["nu"] * p["delta"] * made,
            ]
        )

    begin = [1.0, before["D"] / output, before["M"] / output, before["w"] / before["a"], *[0.0] * 6]
    done = solve_ivp(slopes, (0.0, p["step"]), begin, method="DOP853", rtol=1e-11, atol=1e-13)
    assert done.success, done.message
    share, *flows = done.y[3:, -1].tolist()
    made, invested, wages, on_loans, on_deposits, worn = (flow * output for flow in flows)
    productivity = before["a"] * math.exp(p["alpha"] * p["step"])
    force = before["N"] * math.exp(p["beta"] * p["step"])
    return {
        "w": share * productivity,
        "a": productivity,
        "N": force,
        "_flow_consumed": made - invested,
        "_flow_invested": invested,
        "_flow_wages": wages,
        "_flow_on_loans": on_loans,
        "_flow_on_deposits": on_deposits,
        "_flow_worn": worn,
    }


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    consumed, wages, on_loans = (quantize(plan[f"_flow_{name}"]) for name in ("consumed", "wages", "on_loans"))
    closed = {f"close:{name}": -before[name] for name in _INCOME} | {f"close:{name}": before[name] for name in _EXPENSE}
    return closed | {
        "consume": consumed,
        "wages": wages,
        "loan_interest": on_loans,
        "deposit_interest": plan["_flow_on_deposits"],
        "lend": wages + on_loans - consumed,
        "invest": plan["_flow_invested"],
        "depreciate": plan["_flow_worn"],
    }


def _stocks(world: World) -> dict[str, float]:
    kept = (own_worth("firms"), Account("firms", books.AccountClass.RESERVE, "retained"))
    since_closing = {name: world.stock(account) for name, account in (_INCOME | _EXPENSE).items()}
    profit = sum(since_closing[name] for name in ("_made", "_sold"))
    profit -= sum(since_closing[name] for name in ("_paid_wages", "_paid_on_loans", "_worn"))
    return since_closing | {
        "K": world.stock(_CAPITAL),
        "D": world.stock(_OWED),
        "M": world.stock(_SAVED),
        "_till": world.stock(_TILL),
        "_bank_worth": world.stock(_LENT) - world.stock(_DEPOSITS),
        "_firm_worth": world.stock(*kept) + profit,
    }


def _flows(_: World) -> dict[str, float]:
    return {}  # income and expenses are read as what stands on their accounts since they were last closed


def shares(values: Values, p: Values) -> dict[str, float]:
    """Wage share, employment, debt per output and profit share, from the books of a period."""
    output = values["K"] / p["nu"]
    omega, d = values["w"] / values["a"], values["D"] / output
    return {"omega": omega, "lambda": output / (values["a"] * values["N"]), "d": d, "pi": 1 - omega - p["r"] * d}


_WORTH = [own_worth(name) for name in ("households", "firms", "banks")]
LEDGER = books.build(FLOWS, accounts=_WORTH)
KEEN = Model("KEEN", LEDGER, _opening, _behave, _amounts, _stocks, _flows)
