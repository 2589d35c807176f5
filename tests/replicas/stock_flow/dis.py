"""Model DIS (Godley & Lavoie, Monetary Economics, chapter 9): inventories at cost, financed by loans; disequilibrium.

Parameters: alpha0, alpha1, alpha2 (real consumption: fixed, out of expected real income, out of real deposits), beta
(how fast expected sales learn), eps (how fast expected income learns), gamma (speed at which the inventory target is
approached), sigmat (target inventories per expected sales), phi (mark-up on normal historic unit cost), Rlbar (loan
rate), ADD (loan rate less deposit rate), PR (output per worker), W (wage). Opening: IN, INk, Ld, Ls, Mh, Ms, and, not
in the books, Mhk, P, UC, Sk, Ske, YDkhs, YDkhse, Rl, Rm.

Nothing is simultaneous: output follows expected sales, prices follow costs, consumption expected income. Goods are
counted in a ledger of their own (good `goods`); in money they stand at cost: wages go in, the cost of sales goes out,
and a change of unit cost revalues what was in stock. Firms distribute profits and borrow for inventories, so that they
end a period without deposits; banks distribute profits.
"""

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import Account, Flow, FlowKind
from tests.replicas.stock_flow.model import Model, Values
from tests.replicas.stock_flow.world import World, asset, debt, expense, payment, revenue, thing
from tests.replicas.stock_flow.worth import own_worth, with_worth

_SAVED, _TILL, _DEPOSITS = asset("households", "deposits"), asset("firms", "deposits"), debt("banks", "deposits")
_LENT, _OWED = asset("banks", "loans"), debt("firms", "loans")
_STOCK, _REVALUED = thing("firms", "inventory"), revenue("firms", "revaluation")
_COST_OF_SALES, _SALES = expense("firms", "cost_of_sales"), revenue("firms", "revenue")
_CONSUMED, _WAGES = expense("households", "consumption"), revenue("households", "wages")
_PAID_ON_LOANS, _ON_LOANS = expense("firms", "interest"), revenue("banks", "interest")
_PAID_ON_DEPOSITS, _ON_DEPOSITS = expense("banks", "interest"), revenue("households", "interest")
_GAVE = {payer: expense(payer, "distributed") for payer in ("firms", "banks")}
_GOT = {payer: revenue("households", f"profits:{payer}") for payer in ("firms", "banks")}
_GOODS, _MADE, _GONE = (
    thing("firms", "inventory", "goods"),
    revenue("firms", "made", "goods"),
    expense("firms", "delivered", "goods"),
)

FLOWS = (
    payment("wages", _TILL, _SAVED, _STOCK, _WAGES),  # at cost: what is made is worth its wages
    payment("consume", _SAVED, _TILL, _CONSUMED, _SALES),
    Flow("cost", FlowKind.ACCRUAL, (books.debit(_COST_OF_SALES), books.credit(_STOCK)), cost_of="consume"),
    Flow("revalue", FlowKind.REVALUATION, (books.debit(_STOCK), books.credit(_REVALUED))),
    payment("loan_interest", _TILL, _DEPOSITS, _PAID_ON_LOANS, _ON_LOANS),
    payment("deposit_interest", _DEPOSITS, _SAVED, _PAID_ON_DEPOSITS, _ON_DEPOSITS),
    payment("firm_profits", _TILL, _SAVED, _GAVE["firms"], _GOT["firms"]),
    payment("bank_profits", _DEPOSITS, _SAVED, _GAVE["banks"], _GOT["banks"]),
    payment("lend", _DEPOSITS, _TILL, _LENT, _OWED),
    Flow("make", FlowKind.ACCRUAL, (books.debit(_GOODS), books.credit(_MADE))),
    Flow("deliver", FlowKind.ACCRUAL, (books.debit(_GONE), books.credit(_GOODS))),
)


def _opening(start: Values) -> dict[Account, float]:
    return with_worth(
        {
            _SAVED: start["Mh"],
            _DEPOSITS: -start["Ms"],
            _LENT: start["Ls"],
            _OWED: -start["Ld"],
            _STOCK: start["IN"],
            _GOODS: start["INk"],
        }
    )


def _behave(p: Values, before: Values) -> dict[str, float]:
    expected = p["beta"] * before["Sk"] + (1 - p["beta"]) * before["Ske"]
    target = p["sigmat"] * expected
    aimed = before["INk"] + p["gamma"] * (target - before["INk"])
    made = expected + aimed - before["INk"]
    work = made / p["PR"]
    wages = work * p["W"]
    cost = p["W"] / p["PR"]
    normal = (1 - p["sigmat"]) * cost + p["sigmat"] * (1 + before["Rl"]) * before["UC"]
    price = (1 + p["phi"]) * normal
    income = p["eps"] * before["YDkhs"] + (1 - p["eps"]) * before["YDkhse"]
    sold = p["alpha0"] + p["alpha1"] * income + p["alpha2"] * before["Mhk"]
    kept = before["INk"] + made - sold
    worth = kept * cost
    profit = price * sold - wages + worth - before["IN"] - before["Rl"] * before["IN"]
    on_deposits = before["Rm"] * before["Mh"]
    bank_profit = before["Rl"] * before["Ld"] - on_deposits
    disposable = wages + profit + bank_profit + on_deposits
    saved = before["Mh"] + disposable - price * sold
    return {
        "Yk": made,
        "INkt": target,
        "INke": aimed,
        "INk": kept,
        "Ske": expected,
        "Sk": sold,
        "Ck": sold,
        "N": work,
        "WB": wages,
        "UC": cost,
        "IN": worth,
        "S": price * sold,
        "C": price * sold,
        "P": price,
        "NHUC": normal,
        "F": profit,
        "Fb": bank_profit,
        "Rl": p["Rlbar"],
        "Rm": p["Rlbar"] - p["ADD"],
        "YD": disposable,
        "YDkhse": income,
        "Mhk": saved / price,
        "YDkhs": sold + saved / price - before["Mhk"],
    }


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    wages, sales = quantize(plan["WB"]), quantize(plan["S"])
    stocked = quantize(plan["IN"]) - before["IN"]
    revalued = quantize((plan["UC"] - before["UC"]) * before["INk"])
    on_loans, on_deposits = quantize(before["Rl"] * before["Ld"]), quantize(before["Rm"] * before["Mh"])
    return {
        "wages": wages,
        "consume": sales,
        "cost": wages + revalued - stocked,
        "revalue": revalued,
        "loan_interest": on_loans,
        "deposit_interest": on_deposits,
        "firm_profits": sales - wages + stocked - on_loans,
        "bank_profits": on_loans - on_deposits,
        "lend": quantize(plan["IN"]) - before["Ld"],
        "make": plan["Yk"],
        "deliver": plan["Sk"],
    }


def _stocks(world: World) -> dict[str, float]:
    return {
        "IN": world.stock(_STOCK),
        "INk": world.stock(_GOODS),
        "Ld": world.stock(_OWED),
        "Ls": world.stock(_LENT),
        "Mh": world.stock(_SAVED),
        "Ms": world.stock(_DEPOSITS),
        "_till": world.stock(_TILL),
    }


def _flows(world: World) -> dict[str, float]:
    return {
        "Yk": world.flow(_MADE),
        "Sk": world.flow(_GONE),
        "Ck": world.flow(_GONE),
        "WB": world.flow(_WAGES),
        "S": world.flow(_SALES),
        "C": world.flow(_CONSUMED),
        "F": world.flow(_GOT["firms"]),
        "Fb": world.flow(_GOT["banks"]),
        "YD": world.flow(_WAGES, *_GOT.values(), _ON_DEPOSITS),
        "_cost": world.flow(_COST_OF_SALES),
        "_revalued": world.flow(_REVALUED),
    }


_WORTH = [own_worth(name) for name in ("households", "firms", "banks")]
LEDGER = books.build(FLOWS, accounts=[*_WORTH, own_worth("firms", "goods")])
DIS = Model("DIS", LEDGER, _opening, _behave, _amounts, _stocks, _flows)
