"""Model INSOUT (Godley & Lavoie, Monetary Economics, chapter 10): government money outside, bank money inside.

Parameters, by who behaves: firms phi (mark-up), beta, gamma, sigma0, sigma1 (expected sales, speed and target of
inventories, which falls with the loan rate), PR (output per worker); workers omega0 .. omega3 and Nfe (wage target
by productivity and employment, and how fast wages follow); households alpha0, alpha1, alpha2, eps, lambdac (cash per
consumption) and lambda20 .. lambda45 (shares of wealth in M2, bills and bonds; lambda21, lambda31, lambda41 and xim are
given and used nowhere); government Gk, tau (sales tax), Rbbar, Rblbar, ERrbl (return expected on bonds); banks ro1, ro2
(reserves), bot, top (bounds of bills per deposits, which move the deposit rate) and xib (how much of a change of the
bill rate it follows at once), botpm, toppm, xil (bounds of the profit margin and the step of the loan rate). Opening:
the stocks, and, not in the books, BLRn, Fb, P, Pbl, rates, Sk, Ske, UC, Vk, V, W, YDkr, YDkre, omegat.

Nothing is simultaneous: every decision follows from last period's state and decisions before it. Money (`money`) is
what the central bank owes; all payments are made in it. Firms and the government end a period with none. Goods and
bonds are also counted, in ledgers of their own (goods `goods` and `consols`); in money, inventories stand at cost and
bonds at what was paid, with their change of price as a revaluation.

The published opening does not add up: 0.02 of household wealth is in no asset, banks have 0.01 more than they owe, and
0.01 of bills and some money have no holder. The equations drop these in the first period. Here they stand at
`unexplained`, which settles them in the first period with money, and keeps what money that leaves it: the constant
difference between reserves supplied and demanded (Hbs - Hbd) that the equations have. The same holder takes M2 that
banks owe by the equations (M2d) and households do not hold (M2h), when checking deposits would be negative.
"""

from __future__ import annotations

import math

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import UNEXPLAINED, Account, AccountClass, Flow, FlowKind
from tests.replicas.stock_flow.insout_behavior import behave
from tests.replicas.stock_flow.model import Model, Values
from tests.replicas.stock_flow.world import World, asset, debt, expense, moved_by, payment, revenue, thing
from tests.replicas.stock_flow.worth import own_worth, with_worth

_MEMBERS = ("households", "firms", "government", "central_bank", "banks")

_PURSE, _TILL, _TREASURY, _RESERVES = (asset(name, "money") for name in ("households", "firms", "government", "banks"))
_ISSUED, _LOST_MONEY = debt("central_bank", "money"), debt(UNEXPLAINED, "money")
_M1, _M1_OWED, _LOST_M1 = asset("households", "M1"), debt("banks", "M1"), debt(UNEXPLAINED, "M1")
_M2, _M2_OWED, _LOST_M2 = asset("households", "M2"), debt("banks", "M2"), debt(UNEXPLAINED, "M2")
_LENT, _OWED = asset("banks", "loans"), debt("firms", "loans")
_ADVANCED, _ADVANCES = asset("central_bank", "advances"), debt("banks", "advances")
_BILLS = {name: asset(name, "bills") for name in ("households", "banks", "central_bank")}
_BILLS_OWED, _LOST_BILLS = debt("government", "bills"), debt(UNEXPLAINED, "bills")
_BONDS, _BONDS_OWED = asset("households", "bonds"), debt("government", "bonds")
_PRICED = Account("households", AccountClass.VALUATION, "bonds")
_UNNAMED, _LOST_WEALTH = asset("households", "unnamed_wealth"), debt(UNEXPLAINED, "unnamed_wealth")
_STOCK, _GOODS = thing("firms", "inventory"), thing("firms", "inventory", "goods")
_CONSOLS, _CONSOLS_OWED = asset("households", "bonds", "consols"), debt("government", "bonds", "consols")

_WAGES, _SALES_COST, _STOCK_GAIN = (
    revenue("households", "wages"),
    expense("firms", "cost_of_sales"),
    revenue("firms", "revaluation"),
)
_CONSUMED, _SOLD = expense("households", "consumption"), revenue("firms", "revenue:households")
_SERVED, _SUPPLIED = expense("government", "services"), revenue("firms", "revenue:government")
_TAXED, _TAXES = expense("firms", "sales_tax"), revenue("government", "taxes")
_GAINS = revenue("households", "revaluation")
_MADE, _GONE = revenue("firms", "made", "goods"), expense("firms", "delivered", "goods")
_EARNED = {name: revenue("households", name) for name in ("interest:M2", "interest:bills", "coupons")}
_PROFITS = {name: revenue("households", f"profits:{name}") for name in ("firms", "banks")}
_REMITTED = revenue("government", "profits:central_bank")


def _pay(name: str, payer: Account, payee: Account) -> Flow:
    """A payment that is an expense of its payer and an income of its payee under its own name."""
    return payment(name, payer, payee, expense(payer.entity, name), revenue(payee.entity, name))


def _recorded(name: str, kind: FlowKind, gains: Account, of: Account) -> Flow:
    return Flow(name, kind, (books.debit(gains), books.credit(of)))


_COUNT = (  # what a bond is counted as: one more here, one more owed there
    books.debit(_CONSOLS),
    books.credit(own_worth("households", "consols")),
    books.debit(own_worth("government", "consols")),
    books.credit(_CONSOLS_OWED),
)

FLOWS = (
    payment("wages", _TILL, _PURSE, _STOCK, _WAGES),  # at cost: what is made is worth its wages
    payment("consume", _PURSE, _TILL, _CONSUMED, _SOLD),
    payment("serve", _TREASURY, _TILL, _SERVED, _SUPPLIED),
    payment("tax", _TILL, _TREASURY, _TAXED, _TAXES),
    _recorded("cost", FlowKind.ACCRUAL, _SALES_COST, _STOCK),
    _recorded("reprice:stock", FlowKind.REVALUATION, _STOCK, _STOCK_GAIN),
    _recorded("reprice:bonds", FlowKind.REVALUATION, _PRICED, _GAINS),
    _recorded("make", FlowKind.ACCRUAL, _GOODS, _MADE),
    _recorded("deliver", FlowKind.ACCRUAL, _GONE, _GOODS),
    _pay("interest:loans", _TILL, _RESERVES),
    _pay("interest:M2", _RESERVES, _PURSE),
    _pay("interest:advances", _RESERVES, _ISSUED),
    _pay("interest:bills", _TREASURY, _PURSE),
    _pay("interest:bank_bills", _TREASURY, _RESERVES),
    _pay("interest:central_bank_bills", _TREASURY, _ISSUED),
    _pay("interest:lost_bills", _TREASURY, _LOST_MONEY),
    _pay("coupons", _TREASURY, _PURSE),
    _pay("profits:firms", _TILL, _PURSE),
    _pay("profits:banks", _RESERVES, _PURSE),
    _pay("profits:central_bank", _ISSUED, _TREASURY),
    payment("lend", _RESERVES, _TILL, _LENT, _OWED),
    payment("advance", _ISSUED, _RESERVES, _ADVANCED, _ADVANCES),
    payment("deposit:M1", _PURSE, _RESERVES, _M1, _M1_OWED),
    payment("deposit:M2", _PURSE, _RESERVES, _M2, _M2_OWED),
    payment("bonds", _PURSE, _TREASURY, _BONDS, _BONDS_OWED),
    Flow("bonds:counted", FlowKind.TRANSACTION, _COUNT),
    payment("bills:households", _PURSE, _TREASURY, _BILLS["households"], _BILLS_OWED),
    payment("bills:banks", _RESERVES, _TREASURY, _BILLS["banks"], _BILLS_OWED),
    payment("bills:central_bank", _ISSUED, _TREASURY, _BILLS["central_bank"], _BILLS_OWED),
    payment("settle:bills", _TREASURY, _LOST_MONEY, _BILLS_OWED, _LOST_BILLS),
    payment("settle:M1", _LOST_MONEY, _RESERVES, _LOST_M1, _M1_OWED),
    payment("settle:M2", _LOST_MONEY, _RESERVES, _LOST_M2, _M2_OWED),
    payment("settle:wealth", _LOST_MONEY, _PURSE, _LOST_WEALTH, _UNNAMED),
    _pay("settle:bank_worth", _RESERVES, _LOST_MONEY),
)


def _opening(start: Values) -> dict[Account, float]:
    bonds = start["Pbl"] * start["BLh"]
    held = {
        _PURSE: start["Hhh"],
        _M1: start["M1h"],
        _M2: start["M2h"],
        _BILLS["households"]: start["Bhh"],
        _BONDS: bonds,
    }
    return with_worth(
        {
            **held,
            _UNNAMED: quantize(start["V"]) - sum(quantize(balance) for balance in held.values()),
            _CONSOLS: start["BLh"],
            _STOCK: start["IN"],
            _GOODS: start["INk"],
            _OWED: -start["Ld"],
            _BILLS_OWED: -start["Bs"],
            _BONDS_OWED: -start["Pbl"] * start["BLs"],
            _CONSOLS_OWED: -start["BLs"],
            _BILLS["central_bank"]: start["Bcb"],
            _ADVANCED: start["As"],
            _ISSUED: -(quantize(start["Bcb"]) + quantize(start["As"])),  # Hs, which the opening leaves out
            _RESERVES: start["Hbd"],
            _LENT: start["Ls"],
            _BILLS["banks"]: start["Bbd"],
            _M1_OWED: -start["M1s"],
            _M2_OWED: -start["M2s"],
            _ADVANCES: -start["Ad"],
        }
    )


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    """What is decided comes first, what is left over last: profits, M1, the banks' bills, the central bank's bills."""
    rate_b, rate_l, rate_m, rate_a = (before[name] for name in ("Rb", "Rl", "Rm", "Ra"))
    stocked, revalued = quantize(plan["IN"]) - before["IN"], quantize((plan["UC"] - before["UC"]) * before["INk"])
    bonds = quantize(plan["BLh"]) - before["BLh"]
    due = {
        "wages": plan["WB"],
        "consume": plan["CONS"],
        "serve": plan["G"],
        "tax": plan["T"],
        "cost": quantize(plan["WB"]) + revalued - stocked,
        "reprice:stock": revalued,
        "reprice:bonds": (plan["Pbl"] - before["Pbl"]) * before["BLh"],
        "make": plan["Yk"],
        "deliver": plan["Sk"],
        "interest:loans": rate_l * before["Ld"],
        "interest:M2": rate_m * before["M2s"],
        "interest:advances": rate_a * before["Ad"],
        "interest:bills": rate_b * before["Bhh"],
        "interest:bank_bills": rate_b * before["Bbd"],
        "interest:central_bank_bills": rate_b * before["Bcb"],
        "interest:lost_bills": rate_b * before["_lost_bills"],
        "coupons": before["BLs"],
        "lend": quantize(plan["IN"]) - before["Ld"],
        "advance": quantize(plan["Ad"]) - before["Ad"],
        "bonds": plan["Pbl"] * bonds,
        "bonds:counted": bonds,
        "bills:households": quantize(plan["Bhd"]) - before["Bhh"],
        "settle:bills": before["_lost_bills"],
        "settle:M1": -before["_lost_M1"],
        "settle:wealth": before["_unnamed_wealth"],
        "settle:bank_worth": before["_bank_worth"],
    }

    def left(account: Account) -> float:
        return moved_by(FLOWS, account, due)

    due["profits:firms"] = left(_TILL)
    interest = [flow for flow in FLOWS if flow.name.startswith("interest:")]
    due["profits:banks"] = moved_by(interest, _RESERVES, due)
    due["profits:central_bank"] = moved_by(interest, _ISSUED, due)
    spare = before["Hhh"] + left(_PURSE) - quantize(plan["Hhd"])
    if plan["z1"]:
        due["deposit:M2"] = quantize(plan["M2d"]) - before["M2h"]
        due["deposit:M1"] = spare - due["deposit:M2"]
    else:  # M1 is emptied, and M2 takes what is left
        due["deposit:M1"] = -before["M1h"]
        due["deposit:M2"] = spare - due["deposit:M1"]
    due["settle:M2"] = quantize(plan["M2s"]) - (before["M2h"] + due["deposit:M2"]) - before["_lost_M2"]
    due["bills:banks"] = before["Hbd"] + left(_RESERVES) - quantize(plan["Hbd"])
    due["bills:central_bank"] = -left(_TREASURY)
    return due


def _stocks(world: World) -> dict[str, float]:
    hold = world.stock
    loans, bills, money = hold(_LENT), hold(_BILLS["banks"]), hold(_RESERVES)
    m1, m2, advances = hold(_M1_OWED), hold(_M2_OWED), hold(_ADVANCES)
    households = (_PURSE, _M1, _M2, _BILLS["households"], _BONDS, _PRICED, _UNNAMED)
    return {
        "Hhh": hold(_PURSE),
        "Hhs": hold(_PURSE),
        "Hbd": money,
        "Hs": hold(_ISSUED),
        "Hbs": hold(_ISSUED) - hold(_PURSE),
        "M1h": hold(_M1),
        "M1s": m1,
        "M2h": hold(_M2),
        "M2d": m2,
        "M2s": m2,
        "Bhh": hold(_BILLS["households"]),
        "Bhd": hold(_BILLS["households"]),
        "Bbd": bills,
        "Bcb": hold(_BILLS["central_bank"]),
        "Bs": hold(_BILLS_OWED),
        "BLh": hold(_CONSOLS),
        "BLd": hold(_CONSOLS),
        "BLs": hold(_CONSOLS_OWED),
        "Ld": hold(_OWED),
        "Ls": loans,
        "Ad": advances,
        "As": hold(_ADVANCED),
        "IN": hold(_STOCK),
        "INk": hold(_GOODS),
        "V": hold(*households),
        "Vnc": hold(*households) - hold(_PURSE),
        "BLR": bills / (m1 + m2) if m1 + m2 else math.nan,
        "_bonds": hold(_BONDS, _PRICED),
        "_bank_worth": loans + bills + money - m1 - m2 - advances,
        "_unnamed_wealth": hold(_UNNAMED),
        "_lost_bills": -hold(_LOST_BILLS),
        "_lost_M1": -hold(_LOST_M1),
        "_lost_M2": -hold(_LOST_M2),
        "_lost_money": -hold(_LOST_MONEY),
        "_till": hold(_TILL),
        "_treasury": hold(_TREASURY),
    }


def _flows(world: World) -> dict[str, float]:
    read = world.flow
    interest = [expense("government", name) for name in ("coupons", *_government_interest())]
    profits = read(*_PROFITS.values())
    return {
        "Yk": read(_MADE),
        "Sk": read(_GONE),
        "WB": read(_WAGES),
        "CONS": read(_CONSUMED),
        "G": read(_SUPPLIED),
        "S": read(_SOLD, _SUPPLIED),
        "T": read(_TAXES),
        "Ff": read(_PROFITS["firms"]),
        "Fb": read(_PROFITS["banks"]),
        "F": profits,
        "Fcb": read(_REMITTED),
        "CG": read(_GAINS),
        "YDr": read(_WAGES, *_EARNED.values()) + profits,
        "YDhs": read(_WAGES, *_EARNED.values(), _GAINS) + profits,
        "PSBR": read(_SERVED, *interest) - read(_TAXES, _REMITTED),
    }


def _government_interest() -> list[str]:
    kinds = ("bills", "bank_bills", "central_bank_bills", "lost_bills")
    return [f"interest:{kind}" for kind in kinds]


_WORTH = [own_worth(name) for name in _MEMBERS] + [own_worth("firms", "goods")]
LEDGER = books.build(FLOWS, accounts=[*_WORTH, _PRICED])
INSOUT = Model("INSOUT", LEDGER, _opening, behave, _amounts, _stocks, _flows)
