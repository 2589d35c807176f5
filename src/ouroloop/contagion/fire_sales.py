"""Everybody in the same few names: who has to sell when prices fall, what that does to prices, and who else loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from ouroloop.core import BadInput, Place, Problem

Vector = Float[np.ndarray, " holder"]
ByAsset = Float[np.ndarray, " asset"]
Portfolio = Float[np.ndarray, "holder asset"]
Impact = Literal["linear", "exponential"]


@dataclass(frozen=True, eq=False)
class Vulnerability:
    """The three measures of Greenwood, Landier and Thesmar, and what they are made of."""

    aggregate: float
    """Share of all equity that sales alone destroy: the first losses of the shock are not in it."""
    systemicness: Vector
    """What each holder's own sales contribute to `aggregate`: the sum over holders is all of it."""
    indirect: Vector
    """Share of its own equity that each holder loses by everybody's sales."""
    direct: float
    """Share of all equity that the shock itself takes."""
    sales: ByAsset
    """What is sold of each asset, in money."""
    returns: ByAsset
    """What that does to its price."""


def vulnerability(
    assets: Vector,
    equity: Vector,
    weights: Portfolio,
    impact: ByAsset,
    shock: ByAsset,
    *,
    leverage: Vector | None = None,
) -> Vulnerability:
    """How much do holders lose because all of them sell to get back to their leverage?

        hit = weights x shock,   sold = weights' (assets x leverage x hit),   return of the price = impact x sold

    one round, linear, as published.

    Parameters
    ----------
    assets, equity
        [holder] in money.
    weights
        [holder, asset] of each holder's assets; rows sum to 1.
    impact
        [asset] return for each unit of money sold.
    shock
        [asset] simple return, below 0 for a fall.
    leverage
        [holder] debt over equity that each goes back to; (assets - equity) / equity if not given.

    References
    ----------
    Greenwood, Landier and Thesmar 2015, Vulnerable banks, Journal of Financial Economics 115(3).
    """
    _check(assets, equity, weights, impact, shock)
    geared = (assets - equity) / equity if leverage is None else np.asarray(leverage)
    hit = weights @ shock
    sold_by = (assets * geared * hit)[:, None] * weights
    sold = -sold_by.sum(axis=0)
    returns = -impact * sold
    whole, lost = equity.sum(), -(assets * (weights @ returns))
    by_seller = -(sold_by * impact) @ (assets @ weights) / whole
    return Vulnerability(
        aggregate=float(lost.sum() / whole),
        systemicness=by_seller,
        indirect=lost / equity,
        direct=float(-(assets * hit).sum() / whole),
        sales=sold,
        returns=returns,
    )


@dataclass(frozen=True, eq=False)
class Spiral:
    """Sales, prices and losses after round upon round."""

    prices: ByAsset
    """Over those before the shock."""
    sold: Float[np.ndarray, "holder asset"]
    """Units sold, a unit being what cost 1 before."""
    equity: Vector
    """After the last round; 0 for who is wiped out."""
    failed: Float[np.ndarray, " holder"]
    """1 for who lost all equity and sold everything it could."""
    unmet: Vector
    """Sales that a holder still needed when the last round was over, in money: the door was too narrow."""
    direct: Vector
    """Losses of the shock itself, in money."""
    indirect: Vector
    """Losses by everybody's sales."""
    rounds: int
    settled: bool


def fire_sale(
    holdings: Portfolio,
    debt: Vector,
    shock: ByAsset,
    depth: ByAsset,
    *,
    most_leverage: Vector,
    redeemed: Vector | None = None,
    cash: Vector | None = None,
    exit_capacity: ByAsset | None = None,
    impact: Impact = "exponential",
    rounds: int = 200,
) -> Spiral:
    """Who sells how much, round after round, until nobody has to?

    Each round a holder whose assets are more than `most_leverage` times its equity sells, in proportion to what it
    holds, until debt that the sale repays brings it back (a margin call), and whatever `redeemed` investors take out.
    What all sell of an asset lowers its price:

        linear:       p x (1 - sold / depth)        exponential:  p x exp(-sold / depth)

    with sales in units. At most `exit_capacity` units of an asset find a buyer in a round; if more is offered, each
    seller gets rid of the same part of what it offers, and the rest waits for the next round at a lower price. Who has
    lost all equity sells everything.

    Parameters
    ----------
    holdings
        [holder, asset] units; a unit is worth 1 before the shock.
    debt
        [holder] what assets are financed with.
    shock
        [asset] simple return at first.
    depth
        [asset] units whose sale lowers the price by about 1 (linear), or to 37 % (exponential); above 0.
    most_leverage
        [holder] assets over equity that lenders allow; above 1. Infinite for who has no lender to fear.
    redeemed
        [holder] money that investors take out at first.
    cash
        [holder] pays margin and redemptions before anything is sold.
    exit_capacity
        [asset] units a round; no limit where it is not given.

    References
    ----------
    Cifuentes, Ferrucci and Shin 2005, Liquidity risk and contagion, JEEA 3(2-3) (exponential impact); Cont and
    Schaanning 2017, Fire sales, indirect contagion and systemic stress testing, Norges Bank working paper 2/2017
    (leverage limits, limited depth).
    """
    size, names = holdings.shape
    problems = [
        Problem(Place(name), "bad-network", f"{name} must be {said}", "")
        for name, wrong, said in (
            ("holdings", not np.isfinite(holdings).all() or (holdings < 0).any(), "finite and not negative"),
            ("debt", debt.shape != (size,) or not (debt >= 0).all(), "one amount a holder, not negative"),
            (
                "shock",
                shock.shape != (names,) or not ((shock >= -1) & np.isfinite(shock)).all(),
                "a return an asset, at least -1",
            ),
            ("depth", depth.shape != (names,) or not (depth > 0).all(), "above 0, one an asset"),
            ("most_leverage", most_leverage.shape != (size,) or not (most_leverage > 1).all(), "above 1, one a holder"),
        )
        if wrong
    ]
    if problems:
        raise BadInput(problems)
    width = np.full(names, np.inf) if exit_capacity is None else np.asarray(exit_capacity, np.float64)
    money = np.zeros(size) if cash is None else np.asarray(cash, np.float64).copy()
    calls = np.zeros(size) if redeemed is None else np.asarray(redeemed, np.float64).copy()
    left, owed, price = holdings.astype(np.float64).copy(), debt.astype(np.float64).copy(), 1.0 + shock
    direct, start = -(holdings @ shock), holdings.sum(axis=1) - debt + money
    taken_out, done, settled = calls.copy(), 0, False
    need = np.zeros(size)
    while done < rounds:
        worth = left * price
        assets = worth.sum(axis=1)
        equity = assets + money - owed - calls
        allowed = np.maximum(equity, 0.0) * most_leverage
        over = np.where(equity > 0, np.maximum(assets - allowed, 0.0), assets)
        over = np.where(owed > 0, over, 0.0)
        pays = np.minimum(money, over + calls)
        money, by_calls = money - pays, np.minimum(pays, calls)
        calls, owed = calls - by_calls, owed - (pays - by_calls)
        need = np.minimum(np.maximum(over - (pays - by_calls), 0.0) + calls, assets)
        if need.max(initial=0.0) <= 1e-12 * max(1.0, float(assets.max(initial=0.0))):
            settled = True
            break
        offered = left * np.divide(need, assets, out=np.zeros_like(need), where=assets > 0)[:, None]
        asked = offered.sum(axis=0)
        part = np.minimum(1.0, np.divide(width, asked, out=np.ones_like(asked), where=asked > 0))
        sells = offered * part
        gone = sells.sum(axis=0)
        after = price * (np.exp(-gone / depth) if impact == "exponential" else np.maximum(1.0 - gone / depth, 0.0))
        got = (sells * after).sum(axis=1)
        left, price = left - sells, after
        to_calls = np.minimum(got, calls)
        calls, rest = calls - to_calls, got - to_calls
        repaid = np.minimum(rest, owed)
        owed, money = owed - repaid, money + rest - repaid
        done += 1
    equity = (left * price).sum(axis=1) + money - owed - calls
    lost = start - equity - taken_out
    return Spiral(
        prices=price,
        sold=holdings - left,
        equity=np.maximum(equity, 0.0),
        failed=(equity <= 0).astype(np.float64),
        unmet=np.zeros(size) if settled else need,
        direct=direct,
        indirect=lost - direct,
        rounds=done,
        settled=settled,
    )


def _check(assets: Vector, equity: Vector, weights: Portfolio, impact: ByAsset, shock: ByAsset) -> None:
    size, names = weights.shape
    wrong = [
        ("assets", assets.shape != (size,) or not (assets >= 0).all(), "one amount a holder, not negative"),
        ("equity", equity.shape != (size,) or not (equity > 0).all(), "above 0, one a holder"),
        (
            "weights",
            not (weights >= 0).all() or np.abs(weights.sum(axis=1) - 1).max(initial=0.0) > 1e-9,
            "shares that sum to 1 for each holder",
        ),
        ("impact", impact.shape != (names,) or not (impact >= 0).all(), "not negative, one an asset"),
        ("shock", shock.shape != (names,) or not np.isfinite(shock).all(), "one return an asset"),
    ]
    problems = [Problem(Place(n), "bad-network", f"{n} must be {said}", "") for n, bad, said in wrong if bad]
    if problems:
        raise BadInput(problems)
