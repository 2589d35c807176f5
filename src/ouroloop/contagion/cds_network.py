"""Firms that write protection on each other's debt: who recovers how much, if that has an answer, one or several."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.optimize import least_squares

from ouroloop.core import BadInput, Place, Problem

Answer = Literal["unique", "several", "none"]

_STARTS = (0.02, 0.35, 0.7, 0.98)
"""From where recoveries are searched, in every combination as long as there are not too many."""
_MOST_STARTS = 256
_CLEARS = 1e-9
_APART = 1e-6
MOST_FIRMS_IN_DOUBT = 12
"""Sets of failing firms are tried one by one: more firms that could fail than this are refused."""


@dataclass(frozen=True, slots=True)
class Swap:
    """`writer` pays `holder` `notional` times the loss on debt of `reference`, whether the holder has any or not."""

    writer: str
    holder: str
    reference: str
    notional: float


@dataclass(frozen=True, eq=False)
class SwapsCleared:
    """Every vector of recoveries that was found to clear."""

    firms: tuple[str, ...]
    answer: Answer
    recoveries: Float[np.ndarray, "solution firm"]
    """Paid over owed, 1 for who pays in full; by falling sum, so that a greatest one comes first."""

    @property
    def greatest(self) -> Float[np.ndarray, " firm"] | None:
        """The solution in which every firm recovers at least as much as in any other; None where there is none such."""
        return self._end(np.max)

    @property
    def least(self) -> Float[np.ndarray, " firm"] | None:
        """The solution in which none recovers more than in any other; None where there is no such one."""
        return self._end(np.min)

    def _end(self, of: object) -> Float[np.ndarray, " firm"] | None:
        if not len(self.recoveries):
            return None
        wanted = of(self.recoveries, axis=0)  # type: ignore[operator]
        near = np.abs(self.recoveries - wanted).max(axis=1) <= _APART
        return self.recoveries[np.argmax(near)] if near.any() else None


def clear_swaps(
    firms: Sequence[str],
    means: Sequence[float],
    debts: Sequence[tuple[str, str, float]],
    swaps: Sequence[Swap],
    *,
    kept_of_means: float = 1.0,
    kept_of_claims: float = 1.0,
    seed: int = 0,
) -> SwapsCleared:
    """What does every firm pay of what it owes, if some of that depends on what others pay?

        owed_ij(r) = debt_ij + sum over k of notional_ijk (1 - r_k)
        assets_i   = means_i + sum over j of r_j owed_ji(r)
        r_i = 1 if assets_i >= owed_i(r), else (kept_of_means x means_i + kept_of_claims x the rest) / owed_i(r)

    Who gains when another fails makes this non-monotone: with costs of default there may be no vector that clears, or
    several of which none is the best for all. Every set of failing firms is tried and the recoveries within it are
    searched from many starts, so that small networks are answered for; a solution that all starts miss is missed.

    Parameters
    ----------
    firms, means
        Names, and what each has beside its claims.
    debts
        (debtor, creditor, amount); several of one pair add up.
    kept_of_means, kept_of_claims
        alpha and beta: what a failed firm's means and claims fetch.

    Raises
    ------
    BadInput
        `bad-network` with every unknown firm, negative amount, debt of a firm to itself and swap on who is party to it;
        and where more than `MOST_FIRMS_IN_DOUBT` firms could fail.

    References
    ----------
    Schuldenzucker, Seuken and Battiston 2020, Default ambiguity: credit default swaps create new systemic risks in
    financial networks, Management Science 66(5).
    """
    _check(firms, means, debts, swaps, kept_of_means, kept_of_claims)
    rule = _Swapped(tuple(firms), np.array(means, np.float64), debts, swaps, kept_of_means, kept_of_claims)
    doubtful = rule.doubtful()
    if len(doubtful) > MOST_FIRMS_IN_DOUBT:
        said = f"{len(doubtful)} firms could fail; sets of more than {MOST_FIRMS_IN_DOUBT} are not searched"
        raise BadInput([Problem(Place("firms"), "bad-network", said, "split the network, or net out what is sure")])
    random, found = np.random.default_rng(seed), list[np.ndarray]()
    for count in range(len(doubtful) + 1):
        for failing in itertools.combinations(doubtful, count):
            found += rule.solutions(np.array(failing, np.int64), random)
    distinct: list[np.ndarray] = []
    for one in sorted(found, key=lambda r: -float(r.sum())):
        if all(np.abs(one - other).max() > _APART for other in distinct):
            distinct.append(one)
    answer: Answer = "none" if not distinct else "unique" if len(distinct) == 1 else "several"
    return SwapsCleared(tuple(firms), answer, np.array(distinct).reshape(len(distinct), len(firms)))


class _Swapped:
    def __init__(
        self,
        firms: tuple[str, ...],
        means: np.ndarray,
        debts: Sequence[tuple[str, str, float]],
        swaps: Sequence[Swap],
        alpha: float,
        beta: float,
    ) -> None:
        row = {name: n for n, name in enumerate(firms)}
        size = len(firms)
        self.means, self.alpha, self.beta = means, alpha, beta
        self.fixed, self.swapped = np.zeros((size, size)), np.zeros((size, size, size))
        for debtor, creditor, amount in debts:
            self.fixed[row[debtor], row[creditor]] += amount
        for one in swaps:
            self.swapped[row[one.writer], row[one.holder], row[one.reference]] += one.notional

    def owed(self, r: np.ndarray) -> np.ndarray:
        return self.fixed + self.swapped @ (1.0 - r)

    def doubtful(self) -> list[int]:
        """Who could owe more than it has of its own; all others pay in full whatever happens."""
        return np.flatnonzero(self.owed(np.zeros(len(self.means))).sum(axis=1) > self.means).tolist()

    def missing(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """[firm] what is owed, what there is, and what there is for creditors if the firm fails."""
        owed = self.owed(r)
        inflow = r @ owed
        return owed.sum(axis=1), self.means + inflow, self.alpha * self.means + self.beta * inflow

    def clears(self, r: np.ndarray) -> bool:
        owed, assets, left = self.missing(r)
        scale = max(1.0, float(owed.max(initial=0.0)))
        full = assets >= owed - _CLEARS * scale
        # At the border both readings stand: a firm that has just what it owes pays it.
        paid = np.where(full, owed, left)
        return bool(np.abs(r * owed - paid).max(initial=0.0) <= 1e2 * _CLEARS * scale) and bool(
            np.all(np.where(owed > 0, True, r == 1.0))
        )

    def solutions(self, failing: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
        """Recoveries at which just these firms fail."""
        full = np.ones(len(self.means))
        if not failing.size:
            return [full] if self.clears(full) else []
        found: list[np.ndarray] = []

        def gap(x: np.ndarray) -> np.ndarray:
            r = full.copy()
            r[failing] = x
            owed, _, left = self.missing(r)
            return (r * owed - left)[failing]

        for start in self._starts(len(failing), random):
            x = least_squares(gap, start, bounds=(0.0, 1.0), xtol=1e-15, ftol=1e-15, gtol=1e-15).x
            r = full.copy()
            r[failing] = x
            owed, _, _ = self.missing(r)
            r = np.where(owed > 0, r, 1.0)
            if self.clears(r) and all(np.abs(r - other).max() > _APART for other in found):
                found.append(r)
        return found

    def _starts(self, size: int, random: np.random.Generator) -> list[np.ndarray]:
        if len(_STARTS) ** size <= _MOST_STARTS:
            return [np.array(point) for point in itertools.product(_STARTS, repeat=size)]
        return list(random.random((_MOST_STARTS, size)))


def _check(
    firms: Sequence[str],
    means: Sequence[float],
    debts: Sequence[tuple[str, str, float]],
    swaps: Sequence[Swap],
    alpha: float,
    beta: float,
) -> None:
    problems: list[Problem] = []

    def bad(place: str, said: str, hint: str = "") -> None:
        problems.append(Problem(Place(place), "bad-network", said, hint))

    if len(set(firms)) != len(firms) or len(means) != len(firms):
        bad("firms", f"{len(means)} means for {len(firms)} names, {len(set(firms))} of them different")
    for name, value in zip(firms, means, strict=False):
        if not (np.isfinite(value) and value >= 0):
            bad(f"means[{name}]", f"{value} is no amount that a firm can have", "what ranks first is a debt")
    for debtor, creditor, amount in debts:
        for name in {debtor, creditor} - set(firms):
            bad("debts", f"'{name}' is none of the firms")
        if debtor == creditor:
            bad("debts", f"'{debtor}' owes itself", "net it out first")
        if not (np.isfinite(amount) and amount >= 0):
            bad(f"debts[{debtor}, {creditor}]", f"{amount} is no amount")
    for one in swaps:
        for name in {one.writer, one.holder, one.reference} - set(firms):
            bad("swaps", f"'{name}' is none of the firms")
        if len({one.writer, one.holder, one.reference}) < 3:
            bad("swaps", f"'{one.writer}' for '{one.holder}' on '{one.reference}': nobody may stand on two sides")
        if not (np.isfinite(one.notional) and one.notional >= 0):
            bad("swaps", f"a notional of {one.notional} is no amount")
    for name, value in (("kept_of_means", alpha), ("kept_of_claims", beta)):
        if not 0 <= value <= 1:
            bad(name, f"{value:g} is no share", "from 0 to 1")
    if problems:
        raise BadInput(problems)
