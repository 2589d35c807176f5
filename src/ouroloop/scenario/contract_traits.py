"""How contracts stand at the opening, as the engine reads it: debts, vendors' money, what warrants count and cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ouroloop.dossier import Dossier
from ouroloop.economy.parameters import Parameters
from ouroloop.ledger import Account, AccountClass
from ouroloop.scenario.assemble import Assembled
from ouroloop.scenario.opening import Opening

Values = NDArray[np.float64]


def debts(made: Assembled, parameters: Parameters) -> tuple[Values, Values]:
    """What is owed on each loan and at what rate: USD bn [loan, slot, 1], decimal per year [loan, 1 or path].

    Slots are the quarters of the horizon, and one for what lies beyond. The rate is the coupon, or the spread where it
    floats.
    """
    horizon = len(made.world.quarters)
    base = np.atleast_1d(np.asarray(parameters.engine.base_rate))
    ladder, rate = np.zeros((len(made.debts), horizon + 1, 1)), np.zeros((len(made.debts), len(base)))
    for draw in made.world.promised_draws:
        rate[draw.loan] = draw.price
    for n, (debt, frozen) in enumerate(zip(made.debts, made.frozen, strict=True)):
        if debt is None:
            continue
        due = debt.due.mean(axis=1)
        if frozen:
            ladder[n, horizon, 0] = due.sum()
            rate[n] = -base if debt.floating else 0.0
            continue
        ladder[n, :horizon, 0] = due[:horizon]
        ladder[n, horizon, 0] = due[horizon:].sum()
        rate[n] = debt.rate_per_year - (base if debt.floating else 0.0)
    return ladder, rate


def vendor_weights(opening: Opening, made: Assembled) -> Values:
    """Which part of a vendor's money each customer gets [pair, 1]: by what it has paid for its shares so far.

    Alike where nothing is paid yet.
    """
    pairs = made.world.spending.vendor_money
    paid = np.array([opening.point(Account(v, AccountClass.ASSET, f"equity:{c}")) + 0.1 for v, c in pairs])
    whole = {v: sum(p for (w, _), p in zip(pairs, paid, strict=True) if w == v) for v, _ in pairs}
    return np.array([[p / whole[v]] for (v, _), p in zip(pairs, paid, strict=True)]).reshape(len(pairs), 1)


def gw_per_usd_bn(made: Assembled, parameters: Parameters) -> Values:
    """GW that a warrant counts for each USD bn paid to its issuer [warrant, 1 or path].

    The GW at which its last part vests over the money of the orders that it rewards; where those have no price of their
    own, what chips of a GW cost.
    """
    world = made.world
    cost = np.atleast_1d(np.asarray(parameters.completion.chip_share * parameters.engine.site_cost_per_gw))
    money = world.orders_by_warrant.matrix @ np.asarray(world.orders.schedule).sum(axis=1)
    complete = [term for term in made.contracts.warrants if term.complete]
    rows = [
        np.full(cost.shape, term.top_gw / usd_bn) if usd_bn > 0 else 1.0 / cost
        for term, usd_bn in zip(complete, money, strict=True)
    ]
    return np.array(rows).reshape(len(complete), -1)


def share_prices(dossier: Dossier, made: Assembled) -> Values:
    """Price of the issuer's share of each warrant, USD [warrant, 1]: market value over shares, as published last."""
    found: list[list[float]] = []
    for issuer, _ in made.world.warrants.parties:
        caps, counts = dossier.figures_of(issuer, "market_cap"), dossier.figures_of(issuer, "shares_outstanding")
        cap, count = (max(x, key=lambda f: f.end).value if x else 0.0 for x in (caps, counts))
        found.append([float(cap) / float(count) if count else 0.0])
    return np.array(found).reshape(len(found), 1)
