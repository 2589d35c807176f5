"""What a network of firms pays, at most or at least: by seniority, with costs of default and shares in each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

from ouroloop.contagion.network import Obligations
from ouroloop.core import BadInput, Place, Problem

Which = Literal["greatest", "least"]

_STILL = 1e-14
"""Relative to the largest amount: payments that move less stand still."""
_SOLVENT = 1e-12
"""Relative to what is owed: a firm that misses less pays in full, which rounding would deny it."""
_BLOCK = 256
"""Paths searched at once: what a round touches stays in the cache, and no block waits for the slowest of all."""
_MANY = 16
"""Paths from which on going through firms in turn is faster than products of whole matrices."""
_SOLVE_AFTER = 64
"""Rounds after which the fixed point of the present regime is solved for at once."""


@dataclass(frozen=True, eq=False)
class Cleared:
    """A clearing vector."""

    paid: Float[np.ndarray, "class firm *path"]
    equity: Float[np.ndarray, "firm *path"]
    """What a firm has, at what others pay, less all that it owes: below 0 for who fails."""
    defaulted: Bool[np.ndarray, "firm *path"]
    rounds: int
    gap: float
    """The most that any payment differs from what the rule says: about 0, or the search ran out of rounds."""

    @property
    def total(self) -> Float[np.ndarray, "firm *path"]:
        """All that each firm pays."""
        return self.paid.sum(axis=0)

    @property
    def converged(self) -> bool:
        """Is it a clearing vector to the precision of floats?"""
        scale = max(1.0, float(np.abs(self.paid).max(initial=0.0)))
        return self.gap <= 1e-9 * scale


def clearing_vector(
    network: Obligations,
    means: Float[np.ndarray, "firm path"] | None = None,
    *,
    kept_of_means: float = 1.0,
    kept_of_claims: float = 1.0,
    which: Which = "greatest",
    rounds: int = 100_000,
) -> Cleared:
    """Who pays how much, if everybody pays what is owed or all there is, the senior first?

        assets_i = means_i + sum over classes and j of (owed_ji / due_j) x paid_j + sum of held_ji x max(equity_j, 0)
        assets_i >= due_i:  all is paid
        else:               kept_of_means x means_i + kept_of_claims x (assets_i - means_i), class after class

    Parameters
    ----------
    network
        From `obligations`.
    means
        [firm, path] other means than the network's, many at once; the results then end in `path`.
    kept_of_means, kept_of_claims
        What a failed firm's own means and its claims on others fetch, 0 to 1: alpha and beta of Rogers and Veraart.
        1 is Eisenberg and Noe.
    which
        Where several vectors clear, the greatest (found from above: everybody pays at first) or the least (from below:
        nobody does). They are the same without costs of default in a network where money comes in.

    Returns
    -------
    `Cleared`. That rounds ran out is an outcome: `converged` and `gap` say so.

    Raises
    ------
    BadInput
        `bad-network` for a share that is none, and where firms own each other in a closed ring.

    References
    ----------
    Eisenberg and Noe 2001, Management Science 47(2); Elsinger 2009, OeNB working paper 156 (seniority, shares);
    Rogers and Veraart 2013, Management Science 59(4): from below the limit may be no clearing vector, as who can pay at
    the limit could not before it; here a firm that can pay at the limit does, and the search goes on.
    """
    for name, value in (("kept_of_means", kept_of_means), ("kept_of_claims", kept_of_claims)):
        if not 0 <= value <= 1:
            raise BadInput([Problem(Place(name), "bad-network", f"{value:g} is no share", "from 0 to 1")])
    given = network.means if means is None else np.asarray(means)
    whole = given[:, None] if given.ndim == 1 else given
    blocks = [whole[:, at : at + _BLOCK] for at in range(0, max(whole.shape[1], 1), _BLOCK)]
    parts = [_search(_Rule(network, block, kept_of_means, kept_of_claims), which, rounds) for block in blocks]
    paid, equity, failed = (
        np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in ("paid", "equity", "defaulted")
    )
    if means is None:
        paid, equity, failed = paid[..., 0], equity[..., 0], failed[..., 0]
    return Cleared(paid, equity, failed, max(part.rounds for part in parts), max(part.gap for part in parts))


def _search(rule: _Rule, which: Which, rounds: int) -> Cleared:
    """Rounds from above or below until nothing moves, with a jump where they are slow.

    On many paths, with one class and no shares in each other, the first rounds from above go through firms in turn,
    each with what those before it pay by now (Gauss and Seidel): the same limit in half the rounds, and only along
    debts that exist.
    """
    done, regime, still = 0, None, False
    if which == "greatest" and rule.plain and rule.means.shape[1] >= _MANY:
        state, done, still = rule.in_turn(min(rounds, _SOLVE_AFTER))
    else:
        state = rule.everything() if which == "greatest" else rule.nothing()
    while done < rounds and not still:
        after = rule.apply(state)
        done += 1
        moved = float(np.abs(after - state).max(initial=0.0))
        state = after
        if moved <= _STILL * rule.scale:
            break
        if done % _SOLVE_AFTER == 0:
            now = rule.regime(state)
            if regime is not None and all(np.array_equal(a, b) for a, b in zip(now, regime, strict=True)):
                state = rule.jump(state, which)
            regime = now
    inflow = rule.inflow(state)
    gap, assets = float(np.abs(rule.respond(inflow) - state).max(initial=0.0)), rule.means + inflow
    return Cleared(rule.paid(state), assets - rule.total, ~rule.solvent(assets), done, gap)


def slopes(
    network: Obligations, cleared: Cleared, *, kept_of_means: float = 1.0, kept_of_claims: float = 1.0
) -> Float[np.ndarray, "firm firm"]:
    """[i, j] how much more does i pay for each unit more that j has?

    The derivative of the solution at a vector of one path, by the implicit function theorem: valid as long as nobody
    stands exactly where it begins to pay in full, or where one class is paid and the next begins.
    """
    rule = _Rule(network, network.means, kept_of_means, kept_of_claims)
    state = rule.pack(cleared.paid[..., None], np.maximum(cleared.equity, 0.0)[:, None] * ~cleared.defaulted[:, None])
    by_class, by_equity, own = rule.derivatives(state)
    gain = rule.inflow_slopes(by_class, by_equity)
    inflow = np.linalg.solve(np.eye(network.firms) - gain, rule.inflow_from(own))
    total = by_class.sum(axis=0)[:, 0]
    return total[:, None] * inflow + np.diag(own[0].sum(axis=0)[:, 0])


class _Rule:
    """One round: from what everybody pays and is worth to what follows. States are [class, then equity; firm; path]."""

    def __init__(self, network: Obligations, means: np.ndarray, alpha: float, beta: float) -> None:
        self.means = means[:, None] if means.ndim == 1 else means
        if self.means.shape[0] != network.firms or not np.isfinite(self.means).all() or (self.means < 0).any():
            said = f"means of shape {means.shape} for {network.firms} firms, all finite and not negative, are needed"
            raise BadInput(
                [Problem(Place("means"), "bad-network", said, "one row for each firm, one column each path")]
            )
        self.alpha, self.beta = alpha, beta
        self.due = network.due[..., None]
        self.before = np.cumsum(self.due, axis=0) - self.due
        self.total = self.due.sum(axis=0)
        self.network, self.held = network, network.held
        self.cross_held = bool(self.held.any())
        self.plain = len(self.due) == 1 and not self.cross_held
        self.share = network.goes_to
        self.scale = max(float(self.total.max(initial=0.0)), float(self.means.max(initial=0.0)), 1e-300)

    def pack(self, paid: np.ndarray, equity: np.ndarray) -> np.ndarray:
        return np.concatenate([paid, equity[None]])

    def paid(self, state: np.ndarray) -> np.ndarray:
        return state[:-1]

    def nothing(self) -> np.ndarray:
        return np.zeros((len(self.due) + 1, *self.means.shape))

    def everything(self) -> np.ndarray:
        """All is paid, and equity is no less than it can be at any clearing vector."""
        paid = np.broadcast_to(self.due, (len(self.due), *self.means.shape))
        inflow = sum((share @ one for share, one in zip(self.share, paid, strict=True)), np.zeros(self.means.shape))
        most = np.maximum(self.means + inflow - self.total, 0.0)
        if not self.cross_held:
            return self.pack(paid, np.zeros_like(most))
        try:
            most = np.linalg.solve(np.eye(len(most)) - self.held.T, most)
        except np.linalg.LinAlgError:
            most = np.full_like(most, np.nan)
        if not np.isfinite(most).all() or (most < -_SOLVENT * self.scale).any():
            said = "firms own all of each other in a ring: nobody outside has a claim on what they are worth"
            raise BadInput([Problem(Place("held"), "bad-network", said, "leave some of it to owners outside")])
        return self.pack(paid, most)

    def in_turn(self, rounds: int) -> tuple[np.ndarray, int, bool]:
        """Where rounds through firms in turn lead, how many there were, and whether payments stand still."""
        from ouroloop.contagion.kernel import settle_paths

        claims, debtors, shares = self.network.claims
        paid, done, still = settle_paths(
            claims, debtors, shares, np.ascontiguousarray(self.means), self.total[:, 0],
            self.alpha, self.beta, _STILL * self.scale, _SOLVENT, rounds,
        )  # fmt: skip
        return self.pack(paid[None], np.zeros_like(paid)), int(done), bool(still)

    def inflow(self, state: np.ndarray) -> np.ndarray:
        pairs = zip(self.share, state[:-1], strict=True)
        of_shares = self.held.T @ state[-1] if self.cross_held else 0.0
        return np.asarray(sum((share @ paid for share, paid in pairs), of_shares))

    def solvent(self, assets: np.ndarray) -> np.ndarray:
        return assets >= self.total * (1.0 - _SOLVENT)

    def respond(self, inflow: np.ndarray) -> np.ndarray:
        assets = self.means + inflow
        solvent = self.solvent(assets)
        available = np.where(solvent, self.total, self.alpha * self.means + self.beta * inflow)
        paid = np.clip(available - self.before, 0.0, self.due)
        if not self.cross_held:
            return self.pack(paid, np.zeros_like(assets))
        return self.pack(paid, np.where(solvent, np.maximum(assets - self.total, 0.0), 0.0))

    def apply(self, state: np.ndarray) -> np.ndarray:
        return self.respond(self.inflow(state))

    def regime(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who can pay, and which class of each other firm is paid in part."""
        by_class, by_equity, _ = self.derivatives(state)
        return by_class > 0, by_equity > 0

    def derivatives(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """Of payments by class and of equity: by inflow, and (last) by own means."""
        inflow = self.inflow(state)
        solvent = self.solvent(self.means + inflow)
        left = self.alpha * self.means + self.beta * inflow - self.before
        in_part = ~solvent & (left > 0) & (left < self.due)
        grows = (solvent & (state[-1] > 0)).astype(np.float64)
        return self.beta * in_part, grows, (self.alpha * in_part, grows)

    def _through(self, by_class: np.ndarray, by_equity: np.ndarray, path: int) -> np.ndarray:
        rows = zip(self.share, by_class[..., path], strict=True)
        return np.asarray(sum((share * slope for share, slope in rows), self.held.T * by_equity[:, path]))

    def inflow_slopes(self, by_class: np.ndarray, by_equity: np.ndarray, path: int = 0) -> np.ndarray:
        """[j, i] by how much more comes to j for each unit more that comes to i."""
        return self._through(by_class, by_equity, path)

    def inflow_from(self, own: tuple[np.ndarray, np.ndarray], path: int = 0) -> np.ndarray:
        """[j, i] by how much more comes to j at once for each unit more that i has."""
        return self._through(*own, path)

    def jump(self, state: np.ndarray, which: Which) -> np.ndarray:
        """Where the rounds lead if nobody changes regime, on the paths on which that clears, on the right side."""
        by_class, by_equity, _ = self.derivatives(state)
        inflow, after = self.inflow(state), state.copy()
        fixed = self.inflow(state - self.pack(by_class * inflow, by_equity * inflow))
        for path in range(state.shape[-1]):
            try:
                gain = self.inflow_slopes(by_class, by_equity, path)
                inflow[:, path] = np.linalg.solve(np.eye(len(gain)) - gain, fixed[:, path])
            except np.linalg.LinAlgError:
                continue
        found = self.respond(inflow)
        still = np.abs(self.apply(found) - found).max(axis=(0, 1)) <= _STILL * self.scale * 8
        ahead = (
            (found <= state + _SOLVENT * self.scale)
            if which == "greatest"
            else (found >= state - _SOLVENT * self.scale)
        )
        taken = still & ahead.all(axis=(0, 1))
        after[..., taken] = found[..., taken]
        return after
