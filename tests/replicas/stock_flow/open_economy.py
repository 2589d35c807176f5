"""Model OPEN (Godley & Lavoie, Monetary Economics, chapter 6): two countries with money of their own, and gold.

Each country keeps its books in a currency of its own (goods `north`, `south`), and gold is counted in a third ledger
(good `gold`), so nothing but conversion accounts joins them. Who imports pays the own central bank, who exports is
paid by it, and the central banks settle in gold. A move of the price of gold in a currency (Pgbar, or the exchange
rate) is a revaluation. Bills or money that the opening leaves unexplained are sold for gold to the central bank in the
first period; the published equations let that gold appear (ORN + ORS moves), here it comes from `unexplained`.

Parameters, N for north and S for south: GN, RbarN, alpha1N, alpha2N, lambda0N, lambda1N, lambda2N, muN, thetaN, the
same for S, XRbar (south's money per north's) and Pgbar (price of gold in the north). Opening: VN, BhN, BsN, BcbN, HsN,
ORN (gold), PgN, RN and the same for S; households' money is V - Bh. Not in the books: RN, RS, XR, PgN, PgS.
"""

import numpy as np

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import Account, AccountClass, Flow, FlowKind
from tests.replicas.stock_flow.model import Model, Values, settle
from tests.replicas.stock_flow.state import Region, State
from tests.replicas.stock_flow.trade import region_bills, region_plan
from tests.replicas.stock_flow.world import World, expense, moved_by, payment, revenue, thing

_GOLD = "gold"
_STATES = {"N": State("N", "north"), "S": State("S", "south")}
_COUNTRIES = {mark: Region(mark, state) for mark, state in _STATES.items()}


def _vault(mark: str) -> Account:
    """The central bank's gold at its price in the country's money."""
    return thing(_STATES[mark].central_bank, "gold", _STATES[mark].currency)


def _ounces(entity: str) -> Account:
    """The same gold, counted."""
    return thing(entity, "gold", _GOLD)


def _abroad(entity: str, good: str) -> Account:
    """Where the country's money meets the rest of the world; 0 at the end of every period in a currency."""
    return Account(entity, AccountClass.CONVERSION, "abroad", good)


def _gains(mark: str) -> Account:
    """What moves of the price of gold gave its central bank."""
    return revenue(_STATES[mark].central_bank, "revaluation", _STATES[mark].currency)


def _convert(name: str, debits: tuple[Account, ...], credits: tuple[Account, ...]) -> Flow:
    return Flow(name, FlowKind.CONVERSION, (*map(books.debit, debits), *map(books.credit, credits)))


def _country(mark: str) -> tuple[Flow, ...]:
    """Imports and exports against the central bank, gold that pays for them, its revaluation, gold from nowhere."""
    region, state = _COUNTRIES[mark], _STATES[mark]
    abroad, imports = _abroad(state.central_bank, state.currency), expense(region.producers, "imports", state.currency)
    lost_gold = thing(books.UNEXPLAINED, "gold", state.currency)
    return (
        _convert(f"import:{mark}", (imports, state.issued), (region.till, abroad)),
        _convert(f"export:{mark}", (region.till, abroad), (region.sold("exports"), state.issued)),
        _convert(f"gold:settled:{mark}", (_vault(mark),), (abroad,)),
        Flow(f"gold:revaluation:{mark}", FlowKind.REVALUATION, (books.debit(_vault(mark)), books.credit(_gains(mark)))),
        payment(f"gold:unexplained:{mark}", state.issued, state.lost_money, _vault(mark), lost_gold),
        _ounces_move(f"ounces:unexplained:{mark}", books.UNEXPLAINED, state.central_bank),
    )


def _ounces_move(name: str, source: str, target: str) -> Flow:
    return _convert(name, (_ounces(target), _abroad(source, _GOLD)), (_ounces(source), _abroad(target, _GOLD)))


FLOWS = (
    *(flow for mark in "NS" for flow in (*_COUNTRIES[mark].flows, *_country(mark), *_STATES[mark].flows)),
    _ounces_move("ounces:settled", _STATES["S"].central_bank, _STATES["N"].central_bank),
)


def _opening(start: Values) -> dict[Account, float]:
    stated: dict[Account, float] = {}
    for mark, state in _STATES.items():
        stated |= state.opening(start) | _COUNTRIES[mark].opening(start)
        ounces, price = quantize(start[f"OR{mark}"]), start[f"Pg{mark}"]
        stated |= {_vault(mark): quantize(price * ounces), _ounces(state.central_bank): ounces}
        stated[_abroad(state.central_bank, _GOLD)] = -ounces
    return stated


def _behave(p: Values, before: Values) -> dict[str, float]:
    rate = p["XRbar"]

    def plan_for(output: np.ndarray) -> dict[str, float]:
        north = region_plan(p, before, "N", float(output[0]), "RN", "thetaN")
        south = region_plan(p, before, "S", float(output[1]), "RS", "thetaS")
        return north | south | {"XN": south["IMS"] / rate, "XS": north["IMN"] * rate}

    def respond(output: np.ndarray) -> np.ndarray:
        plan = plan_for(output)
        return np.array([plan[f"C{m}"] + plan[f"G{m}"] + plan[f"X{m}"] - plan[f"IM{m}"] for m in "NS"])

    plan = plan_for(settle(respond, np.array([before["YN"], before["YS"]])))
    for mark in "NS":
        plan |= region_bills(p, before, plan, mark, p[f"Rbar{mark}"])
    prices = {"XR": rate, "PgN": p["Pgbar"], "PgS": p["Pgbar"] * rate}
    return plan | prices | {"RN": p["RbarN"], "RS": p["RbarS"]}


def _amounts(plan: Values, before: Values) -> dict[str, float]:
    made: dict[str, float] = {}
    for mark, state in _STATES.items():
        price, ounces = plan[f"Pg{mark}"], before[f"OR{mark}"]
        made |= {f"import:{mark}": plan[f"IM{mark}"], f"export:{mark}": plan[f"X{mark}"]}
        made[f"gold:settled:{mark}"] = moved_by(FLOWS, _abroad(state.central_bank, state.currency), made)
        made[f"gold:revaluation:{mark}"] = quantize(price * ounces) - before[f"_vault{mark}"]
        made |= _COUNTRIES[mark].amounts(FLOWS, plan, before, made)
        made |= state.amounts(FLOWS, made, before)
        sold = -before[f"_lost_money{mark}"] - moved_by(FLOWS, state.lost_money, made)
        made |= {f"gold:unexplained:{mark}": sold, f"ounces:unexplained:{mark}": sold / price}
    return made | {"ounces:settled": made["gold:settled:N"] / plan["PgN"]}


def _stocks(world: World) -> dict[str, float]:
    read: dict[str, float] = {"_lost_gold": world.stock(_ounces(books.UNEXPLAINED))}
    for mark, state in _STATES.items():
        read |= state.stocks(world) | _COUNTRIES[mark].stocks(world)
        read[f"OR{mark}"] = world.stock(_ounces(state.central_bank))
        read[f"_vault{mark}"] = world.stock(_vault(mark))
        read[f"_abroad{mark}"] = world.stock(_abroad(state.central_bank, state.currency))
    return read


def _flows(world: World) -> dict[str, float]:
    read: dict[str, float] = {}
    for mark, region in _COUNTRIES.items():
        read |= region.read(world)
        read[f"_gains{mark}"] = world.flow(_gains(mark))
        read[f"X{mark}"] = world.flow(region.sold("exports"))
        read[f"IM{mark}"] = world.flow(expense(region.producers, "imports", region.state.currency))
    return read


_WORTH = tuple(sector.worth for mark in "NS" for sector in (_COUNTRIES[mark], _STATES[mark]))
LEDGER = books.build(FLOWS, accounts=_WORTH)
OPEN = Model("OPEN", LEDGER, _opening, _behave, _amounts, _stocks, _flows)
