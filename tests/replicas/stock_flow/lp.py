"""Models LP1 and LP2 (Godley & Lavoie, Monetary Economics, chapter 5): long bonds whose price moves, on top of PC.

Bonds pay 1 a year for ever. They are counted in pieces in a ledger of their own (good `bond`), and carried at market
value in money by both sides, households and government; a move of the price is a revaluation of both.

Parameters: G, Rbar, alpha1, alpha2 (propensities to consume out of expected income and wealth), chi (weight of expected
capital gains), lambda20 .. lambda34 (portfolio; lambda10 .. lambda14, of money, are not needed: money is the rest),
theta. LP1: Pblbar (price of bonds). LP2: beta (step of the price when the share of bonds TP leaves the range from bot
to top), betae and add (how the expected price follows). Opening: V, Bh, BLh, BLs, Pbl, Bs, Bcb, Hs, Rb, YDr (LP2: and
Pble); households' money is V - Bh - Pbl BLh. Not in the books: prices, rates, and what households expect and mean to
hold.
"""

from collections.abc import Callable

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import Account, AccountClass, Flow, FlowKind
from tests.replicas.stock_flow.model import Model, Values
from tests.replicas.stock_flow.state import Region, State
from tests.replicas.stock_flow.world import World, asset, debt, expense, payment

_STATE = State()
_LAND = Region(state=_STATE)
_PIECES = "bond"
_HELD, _OWED = asset(_LAND.households, "bonds"), debt(_STATE.government, "bonds")
_HELD_PIECES = asset(_LAND.households, "bonds", _PIECES)
_OWED_PIECES = debt(_STATE.government, "bonds", _PIECES)
_COUPONS, _GAINS = _LAND.earned("coupons"), _LAND.earned("revaluation")
_LOSSES = expense(_STATE.government, "revaluation")


def _pieces(entity: str) -> Account:
    """The other side of pieces held or owed, in the ledger that counts them."""
    return Account(entity, AccountClass.RESERVE, "pieces", _PIECES)


_ISSUE_OF_PIECES = Flow(
    "bonds:pieces",
    FlowKind.ACCRUAL,
    (
        books.debit(_HELD_PIECES),
        books.credit(_pieces(_LAND.households)),
        books.credit(_OWED_PIECES),
        books.debit(_pieces(_STATE.government)),
    ),
)
_REVALUATION = Flow(
    "bonds:revaluation",
    FlowKind.REVALUATION,
    (
        books.debit(_HELD),
        books.credit(_GAINS),
        books.credit(_OWED),
        books.debit(_LOSSES),
    ),
)
FLOWS = (
    *_LAND.flows,
    payment("coupons", _STATE.treasury, _LAND.purse, expense(_STATE.government, "coupons"), _COUPONS),
    payment("bonds:households", _LAND.purse, _STATE.treasury, _HELD, _OWED),
    _ISSUE_OF_PIECES,
    _REVALUATION,
    *_STATE.flows,
)


def _opening(start: Values) -> dict[Account, float]:
    assert start["BLh"] == start["BLs"], "bonds are owed to households and to nobody else"
    pieces = quantize(start["BLh"])
    value = quantize(start["Pbl"] * pieces)
    opening = _STATE.opening(start) | _LAND.opening(start)
    opening[_LAND.purse] -= value
    opening[_STATE.worth] += value
    return {
        **opening,
        _HELD: value,
        _OWED: -value,
        _HELD_PIECES: pieces,
        _OWED_PIECES: -pieces,
        _pieces(_LAND.households): -pieces,
        _pieces(_STATE.government): pieces,
    }


def _set_price(p: Values, before: Values) -> dict[str, float]:
    """LP1: the government sets the price, and nobody expects it to move."""
    return {"Pbl": p["Pblbar"], "Pble": p["Pblbar"]}


def _move_price(p: Values, before: Values) -> dict[str, float]:
    """LP2: the price gives way by a step when bonds are too large or too small a part of what is not money."""
    bonds = before["BLh"] * before["Pbl"]
    share = bonds / (bonds + before["Bh"])
    above, below = float(share > p["top"]), float(share < p["bot"])
    price = (1 + above * p["beta"] - below * p["beta"]) * before["Pbl"]
    expected = before["Pble"] - p["betae"] * (before["Pble"] - price) + p["add"]
    return {"TP": share, "z1": above, "z2": below, "Pbl": price, "Pble": expected}


def _behave(price: Callable[[Values, Values], dict[str, float]], p: Values, before: Values) -> dict[str, float]:
    prices = price(p, before)
    value, rate, expected = prices["Pbl"], p["Rbar"], before["YDr"]
    yields = 1 / value + p["chi"] * (prices["Pble"] - value) / value
    gains = (value - before["Pbl"]) * before["BLh"]
    consumption = p["alpha1"] * expected + p["alpha2"] * before["V"]
    output = consumption + p["G"]
    tax = p["theta"] * (output + before["Rb"] * before["Bh"] + before["BLh"])
    wealth = before["V"] + expected - consumption + gains
    bills = wealth * (p["lambda20"] + p["lambda22"] * rate - p["lambda23"] * yields) - p["lambda24"] * expected
    bonds = wealth * (p["lambda30"] - p["lambda32"] * rate + p["lambda33"] * yields) - p["lambda34"] * expected
    pieces = bonds / value
    plan = {"C": consumption, "G": p["G"], "T": tax, "Bh": bills, "BLh": pieces, "CG": gains}
    memo = {"Rb": rate, "Rbl": 1 / value, "ERrbl": yields, "CGe": p["chi"] * (prices["Pble"] - value) * pieces}
    meant = {"YDre": expected, "Ve": wealth, "Bd": bills, "BLd": pieces, "Hd": wealth - bills - value * pieces}
    return prices | plan | memo | meant


def _behave_at_a_set_price(p: Values, before: Values) -> dict[str, float]:
    return _behave(_set_price, p, before)


def _behave_at_a_moving_price(p: Values, before: Values) -> dict[str, float]:
    return _behave(_move_price, p, before)


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    before = {**before, "R": before["Rb"]}
    pieces = quantize(plan["BLh"])
    marked = quantize(plan["Pbl"] * before["BLh"])
    made = {
        **_LAND.amounts(FLOWS, plan, before, {}),
        "coupons": before["BLh"],
        "bonds:revaluation": marked - before["_bonds"],
        "bonds:pieces": pieces - before["BLh"],
        "bonds:households": quantize(plan["Pbl"] * pieces) - marked,
    }
    return made | _STATE.amounts(FLOWS, made, before)


def _stocks(world: World) -> dict[str, float]:
    value, owed = world.stock(_HELD), world.stock(_OWED)
    bonds = {"BLh": world.stock(_HELD_PIECES), "BLs": world.stock(_OWED_PIECES), "_bonds": value, "_bonds_owed": owed}
    land = _LAND.stocks(world)
    return land | {"V": land["V"] + value} | bonds | _STATE.stocks(world)


def _flows(world: World) -> dict[str, float]:
    read = _LAND.read(world)
    income = read.pop("YD") + world.flow(_COUPONS)
    return read | {"YDr": income, "CG": world.flow(_GAINS), "_loss": world.flow(_LOSSES)}


LEDGER = books.build(FLOWS, accounts=(_LAND.worth, _STATE.worth))
LP1 = Model("LP1", LEDGER, _opening, _behave_at_a_set_price, _amounts, _stocks, _flows)
LP2 = Model("LP2", LEDGER, _opening, _behave_at_a_moving_price, _amounts, _stocks, _flows)
