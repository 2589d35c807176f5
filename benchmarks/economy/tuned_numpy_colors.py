"""Colors of cash in tuned NumPy: in place, on the colors that are there, by the cheapest way for each payment."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, vstack

from benchmarks.economy.idiomatic_numpy_books import UNDER_ONE
from benchmarks.economy.matrices import Rounds
from benchmarks.economy.network import Network
from ouroloop.core import QUANTUM
from ouroloop.economy.track import SPONSORS


class Colors:
    """The pots of one part of the paths, in quanta: whole numbers as floats."""

    def __init__(self, net: Network, rounds: Rounds, cash: np.ndarray) -> None:
        self.pots = np.rint(cash / QUANTUM)
        self.earned, self.revenue = np.zeros_like(self.pots), np.zeros_like(self.pots)
        self.unknown, self.rounds, self.members = net.unknown, rounds, rounds.members
        self.forth = csr_array(vstack([rounds.arrives, rounds.leaves]))
        self.back = csr_array(vstack([rounds.returns, rounds.refunds]))
        self.moving = np.array([flow for flow, *_ in rounds.among_members], np.int64)
        there = np.flatnonzero(net.cash_account >= 0)
        self.there, self.accounts = there, net.cash_account[there]
        self.groups = self._groups(net)
        size = (net.colors, cash.shape[2])
        self.held, self.part, self.room = np.empty(size), np.empty(size), np.empty(size)

    def _groups(self, net: Network) -> csr_array:
        """From earned colors, flat, to (member, sponsor), flat."""
        rows, columns = [], []
        for member, entity in enumerate(net.world.member_entities.tolist()):
            for color, sponsor in enumerate(net.sponsor.tolist()):
                group = SPONSORS.index("own") if color == net.own_funding[member] else sponsor
                rows.append(member * len(SPONSORS) + group)
                columns.append(entity * net.colors + color)
        shape = (net.members * len(SPONSORS), len(net.own_color) * net.colors)
        return csr_array((np.full(len(rows), QUANTUM), (rows, columns)), shape=shape)

    def move(self, quanta: np.ndarray) -> None:
        """All payments of the quarter by rounds; `quanta[flow, path]` are whole numbers."""
        pots, cells = self.pots, self.pots.shape[0] * self.pots.shape[1]
        negative = quanta.min(initial=0.0) < 0
        moved = self.forth @ (np.maximum(quanta, 0.0) if negative else quanta)
        if negative:
            moved += self.back @ np.maximum(-quanta, 0.0)
        pots += moved[:cells].reshape(pots.shape)
        self.earned = (self.rounds.earned @ quanta).reshape(pots.shape)
        among = quanta[self.moving]
        some, back = among.any(axis=1).tolist(), (among.min(axis=1) < 0).tolist()
        for n, (_, payer, payee, paint, pays_revenue) in enumerate(self.rounds.among_members):
            if not some[n]:
                continue
            earned = self.earned[payee] if pays_revenue else None
            self._pay(pots[payer], pots[payee], paint, np.maximum(among[n], 0.0) if back[n] else among[n], earned, 1)
            if back[n]:
                self._pay(pots[payee], pots[payer], -1, np.maximum(-among[n], 0.0), earned, -1)
        self._leave(moved[cells:])
        pots += (self.rounds.sectors @ quanta).reshape(pots.shape)
        self.revenue += self.earned

    def _pay(
        self,
        source: np.ndarray,
        target: np.ndarray,
        paint: int,
        amount: np.ndarray,
        earned: np.ndarray | None,
        sign: int,
    ) -> None:
        taken = self._take(source, amount)
        source -= taken
        if paint >= 0:
            target[paint] += amount
        else:
            target += taken
        if earned is not None and sign > 0:
            earned += taken
        elif earned is not None:
            earned -= taken

    def _take(self, pot: np.ndarray, amount: np.ndarray) -> np.ndarray:
        held, part = self.held, self.part
        np.maximum(pot, 0.0, out=held)
        total = held.sum(axis=0)
        covered = np.minimum(amount, total)
        self._split(held, covered, total, part, self.room)
        part[self.unknown] += amount - covered
        return part

    @staticmethod
    def _split(held: np.ndarray, amount: np.ndarray, total: np.ndarray, part: np.ndarray, room: np.ndarray) -> None:
        """Pro rata, in whole quanta, into `part`; what is missing comes from the first that have some left."""
        share = amount / np.maximum(total, 1.0)
        share *= UNDER_ONE
        np.multiply(held, share[..., None, :], out=part)
        np.floor(part, out=part)
        missing = amount - part.sum(axis=-2)
        # A few quanta, which the first color that is there has nearly always.
        for color in range(held.shape[-2]):
            if not missing.any():
                break
            more = np.minimum(missing, held[..., color, :] - part[..., color, :])
            part[..., color, :] += more
            missing -= more

    def _leave(self, leaving: np.ndarray) -> None:
        """What members pay to sectors, with the holes that are filled; what no money is left for is a new hole."""
        mine = self.pots[self.members]
        wanted = leaving[self.members] + np.maximum(-mine[:, self.unknown], 0.0)
        np.maximum(mine, 0.0, out=mine)
        total, part = mine.sum(axis=1), np.empty_like(mine)
        covered = np.minimum(wanted, total)
        self._split(mine, covered, total, part, part)
        mine -= part
        mine[:, self.unknown] += covered - wanted
        self.pots[self.members] = mine

    def who_paid(self, out: np.ndarray) -> None:
        """Cash that paid for revenue in the quarter, by member and group of sponsors."""
        flat = self.earned.reshape(-1, self.earned.shape[2])
        out[:] = (self.groups @ flat).reshape(out.shape)

    def gap(self, books: np.ndarray) -> np.ndarray:
        """Cash less its colors, the largest by path."""
        return np.abs(books[self.accounts] - self.pots.sum(axis=1)[self.there] * QUANTUM).max(axis=0)
