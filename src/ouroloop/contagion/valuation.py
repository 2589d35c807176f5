"""How losses of equity spread along claims: DebtRank, and any other way in which a lender values a weaker borrower."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import norm

from ouroloop.core import BadInput, Place, Problem

Vector = Float[np.ndarray, " firm"]
Matrix = Float[np.ndarray, "firm firm"]

Valuation = Callable[[Vector], Vector]
"""What a unit of each borrower's debt is worth to its lenders, given the borrowers' equity: 1 at par."""


@dataclass(frozen=True, eq=False)
class Valued:
    """Equity after lenders have revalued what they hold until nothing changes."""

    equity: Vector
    value: Vector
    """Of a unit of each firm's debt."""
    rounds: int
    gap: float
    """The most that any equity still moves: above the tolerance when rounds ran out."""
    converged: bool


def linear(before: Vector) -> Valuation:
    """A unit is worth the part of its equity that the borrower still has: E / E before, no less than 0 and at most 1.

    References
    ----------
    Bardoscia, Battiston, Caccioli and Caldarelli 2015, DebtRank: a microscopic foundation, PLoS ONE 10(6).
    """
    scale = np.where(before > 0, before, 1.0)
    return lambda equity: np.where(before > 0, np.clip(equity / scale, 0.0, 1.0), 0.0)


def linear_uncapped(before: Vector) -> Valuation:
    """The same without a lid: who gains equity is worth more than par to its lenders."""
    scale = np.where(before > 0, before, 1.0)
    return lambda equity: np.where(before > 0, np.maximum(equity, 0.0) / scale, 0.0)


def by_recovery(due: Vector) -> Valuation:
    """Eisenberg and Noe: a unit is worth par while equity is there, then what is left over for all: (E + due) / due."""
    scale = np.where(due > 0, due, 1.0)
    return lambda equity: np.where(due > 0, np.clip((equity + due) / scale, 0.0, 1.0), 1.0)


def by_asset_risk(
    due: Vector, assets: Vector, volatility: float, years: float = 1.0, recovery: float = 0.0
) -> Valuation:
    """Merton-like: par times the chance that equity is left after `years`, and `recovery` of it otherwise.

    Assets of value E + due move lognormally without drift by `volatility` a root year.

    References
    ----------
    Barucca, Bardoscia, Caccioli, D'Errico, Visentin, Caldarelli and Battiston 2020, Network valuation in financial
    systems, Mathematical Finance 30(4).
    """
    wide = volatility * np.sqrt(years)
    _positive("volatility", wide)

    def value(equity: Vector) -> Vector:
        now = np.maximum(equity + due, 1e-300)
        with np.errstate(divide="ignore"):
            distance = (np.log(now / np.where(due > 0, due, 1.0)) - wide**2 / 2) / wide
        stays = np.where(due > 0, norm.cdf(distance), 1.0)
        return stays + (1.0 - stays) * recovery

    assert assets.shape == due.shape, "one value of assets for each firm"
    return value


def network_valuation(
    lent: Matrix, other: Vector, valuation: Valuation, *, tolerance: float = 1e-12, rounds: int = 100_000
) -> Valued:
    """What is everybody's equity, if each values its claims by what its borrowers' equity is?

        E_i = other_i + sum over j of lent_ij x V_j(E)

    from above, where all claims are at par, until no equity moves by more than `tolerance` of the largest.

    Parameters
    ----------
    lent
        [i, j] face value of i's claims on j, not negative, none on itself.
    other
        Everything else that i has, less all that i owes (its debts at face value).
    valuation
        One of this module's, or your own; it must not rise where equity falls.

    Returns
    -------
    `Valued`; that it did not settle is an outcome, with its gap.
    """
    _claims(lent, other)
    equity = other + lent.sum(axis=1)
    scale, done, moved = max(1.0, float(np.abs(equity).max(initial=0.0))), 0, np.inf
    while done < rounds and moved > tolerance * scale:
        after = other + lent @ valuation(equity)
        moved, equity, done = float(np.abs(after - equity).max(initial=0.0)), after, done + 1
    return Valued(equity, valuation(equity), done, moved, moved <= tolerance * scale)


@dataclass(frozen=True, eq=False)
class Ranked:
    """How much of everybody's equity is gone, round by round and in the end."""

    loss: Vector
    """Share of equity lost, 0 to 1."""
    first: Vector
    """The part of it that the shock itself took."""
    rank: float
    """DebtRank: the share of all equity that spreading alone destroyed."""
    rounds: int
    gap: float
    converged: bool


def debtrank(lent: Matrix, equity: Vector, shock: Vector, *, tolerance: float = 1e-12, rounds: int = 100_000) -> Ranked:
    """How far does a loss of equity spread, if a lender loses as much of a claim as its borrower loses of its equity?

        h(t+1) = min(1, h(t) + sum over j of lent_ij / E_i x (h_j(t) - h_j(t-1))),   h(1) = shock

    Parameters
    ----------
    lent
        [i, j] claims of i on j.
    equity
        Before the shock, above 0.
    shock
        Share of its equity that each firm loses at first, 0 to 1.

    References
    ----------
    Battiston, Puliga, Kaushik, Tasca and Caldarelli 2012, DebtRank, Scientific Reports 2; the linear form passes every
    further loss on, not the first only: Bardoscia and others 2015, PLoS ONE 10(6).
    """
    _claims(lent, equity)
    _positive("equity", *equity)
    if shock.shape != equity.shape or ((shock < 0) | (shock > 1)).any():
        raise BadInput(
            [Problem(Place("shock"), "bad-network", "a shock is a share of equity, 0 to 1, for each firm", "")]
        )
    leverage = lent / equity[:, None]
    before, now, done, moved = np.zeros_like(shock), shock.astype(np.float64), 0, np.inf
    while done < rounds and moved > tolerance:
        after = np.minimum(1.0, now + leverage @ (now - before))
        before, now, done = now, after, done + 1
        moved = float((now - before).max(initial=0.0))
    whole = equity.sum()
    return Ranked(now, shock, float(((now - shock) * equity).sum() / whole), done, moved, moved <= tolerance)


def _claims(lent: Matrix, by_firm: Vector) -> None:
    size = by_firm.shape[0]
    problems: list[Problem] = []
    if lent.shape != (size, size):
        problems.append(Problem(Place("lent"), "bad-network", f"its shape is {lent.shape}, not {(size, size)}", ""))
    elif not np.isfinite(lent).all() or (lent < 0).any():
        problems.append(Problem(Place("lent"), "bad-network", "claims are finite and not negative", ""))
    elif np.diagonal(lent).any():
        problems.append(Problem(Place("lent"), "bad-network", "a firm has a claim on itself", "net it out first"))
    if not np.isfinite(by_firm).all():
        problems.append(Problem(Place("firms"), "bad-network", "something that a firm has is no finite number", ""))
    if problems:
        raise BadInput(problems)


def _positive(name: str, *values: float) -> None:
    if not all(value > 0 for value in values):
        raise BadInput([Problem(Place(name), "bad-network", "it must be above 0", "")])
