"""Model REG (Godley & Lavoie, Monetary Economics, chapter 6): two regions of one state that trade with each other.

Parameters, N for north and S for south: GN, GS, Rbar, alpha1N .., alpha2N .., lambda0N .., lambda1N .., lambda2N ..,
muN, muS (imports per output), theta. Opening: VN, VS, BhN, BhS, Bs, Bcb, Hs, R; households' money is V - Bh. Not in the
books: R.
"""

import numpy as np

from ouroloop import ledger as books
from ouroloop.core import quantize
from tests.replicas.stock_flow.model import Model, Values, settle
from tests.replicas.stock_flow.state import Region, State
from tests.replicas.stock_flow.trade import region_bills, region_plan
from tests.replicas.stock_flow.world import World, expense, payment

_STATE = State()
_NORTH, _SOUTH = Region("N", _STATE), Region("S", _STATE)
_REGIONS = (_NORTH, _SOUTH)


def _imports(buyer: Region, seller: Region) -> books.Flow:
    bought = expense(buyer.producers, "imports")
    return payment(f"import:{buyer.mark}", buyer.till, seller.till, bought, seller.sold("exports"))


FLOWS = (*_NORTH.flows, *_SOUTH.flows, _imports(_NORTH, _SOUTH), _imports(_SOUTH, _NORTH), *_STATE.flows)


def _opening(start: Values) -> dict[books.Account, float]:
    return _STATE.opening(start) | _NORTH.opening(start) | _SOUTH.opening(start)


def _behave(p: Values, before: Values) -> dict[str, float]:
    def plan_for(output: np.ndarray) -> dict[str, float]:
        north = region_plan(p, before, "N", float(output[0]), "R", "theta")
        south = region_plan(p, before, "S", float(output[1]), "R", "theta")
        return north | south | {"XN": south["IMS"], "XS": north["IMN"]}

    def respond(output: np.ndarray) -> np.ndarray:
        plan = plan_for(output)
        return np.array([plan[f"C{m}"] + plan[f"G{m}"] + plan[f"X{m}"] - plan[f"IM{m}"] for m in "NS"])

    plan = plan_for(settle(respond, np.array([before["YN"], before["YS"]])))
    bills = [region_bills(p, before, plan, mark, p["Rbar"]) for mark in "NS"]
    return plan | {"R": p["Rbar"]} | bills[0] | bills[1]


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    made = {"import:N": quantize(plan["IMN"]), "import:S": quantize(plan["IMS"])}
    for region in _REGIONS:
        made |= region.amounts(FLOWS, plan, before, made)
    return made | _STATE.amounts(FLOWS, made, before)


def _stocks(world: World) -> dict[str, float]:
    read = _STATE.stocks(world) | _NORTH.stocks(world) | _SOUTH.stocks(world)
    return read | {name: read[f"{name}N"] + read[f"{name}S"] for name in ("Bh", "Hh")}


def _flows(world: World) -> dict[str, float]:
    read = _NORTH.read(world) | _SOUTH.read(world)
    for region in _REGIONS:
        read[f"X{region.mark}"] = world.flow(region.sold("exports"))
        read[f"IM{region.mark}"] = world.flow(expense(region.producers, "imports"))
    return read | {name: read[f"{name}N"] + read[f"{name}S"] for name in ("G", "T")}


LEDGER = books.build(FLOWS, accounts=(_NORTH.worth, _SOUTH.worth, _STATE.worth))
REG = Model("REG", LEDGER, _opening, _behave, _amounts, _stocks, _flows)
