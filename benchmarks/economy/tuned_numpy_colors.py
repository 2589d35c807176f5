"""Colors of cash in tuned NumPy: in place, on the colors that are there, by the cheapest way for each payment."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from benchmarks.economy.idiomatic_numpy_books import split
from benchmarks.economy.network import Network
from ouroloop.core import QUANTUM
from ouroloop.economy.track import SPONSORS
from ouroloop.ledger.color import Payments


class Colors:
    """The pots of one part of the paths, in int64 quanta."""

    def __init__(self, net: Network, payments: Payments, cash: np.ndarray) -> None:
        self.pots = np.rint(cash / QUANTUM).astype(np.int64)
        self.earned, self.revenue = np.zeros_like(self.pots), np.zeros_like(self.pots)
        self.own, self.unknown, self.payments = net.own_color.tolist(), net.unknown, payments
        self.rows = list(zip(*(column.tolist() for column in payments), strict=True))
        there = np.flatnonzero(net.cash_account >= 0)
        self.there, self.accounts = there, net.cash_account[there]
        self.groups = self._groups(net)

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
        """All payments of the quarter, in their order; `quanta[flow, path]` are whole numbers."""
        self.earned[:] = 0
        moved = quanta[self.payments.flow]
        some, back = moved.any(axis=1).tolist(), (moved < 0).any(axis=1).tolist()
        moved = moved.astype(np.int64)
        for n, (_, payer, payee, paint, pays_revenue) in enumerate(self.rows):
            if some[n] and not back[n]:
                self._pay(payer, payee, paint, moved[n], self.earned[payee] if pays_revenue else None, 1)
            elif some[n]:
                there, again = np.maximum(moved[n], 0), np.maximum(-moved[n], 0)
                earned = self.earned[payee] if pays_revenue else None
                self._pay(payer, payee, paint, there, earned, 1)
                self._pay(payee, payer, -1, again, earned, -1)
        self.revenue += self.earned

    def _pay(self, payer: int, payee: int, paint: int, moved: np.ndarray, earned: np.ndarray | None, sign: int) -> None:
        source, target = self.pots[payer], self.pots[payee]
        mark = self.own[payee] if self.own[payee] >= 0 else paint
        if self.own[payer] >= 0:
            color = self.own[payer]
            source[color] -= moved
            if earned is not None:
                earned[color] += sign * moved
            self._arrive(target, payee, mark if mark >= 0 else color, moved)
            return
        colors, parts = self._take(source, moved)
        if earned is not None:
            earned[colors] += sign * parts
        if mark >= 0:
            self._arrive(target, payee, mark, moved)
        elif (target[self.unknown] < 0).any():
            hole = np.minimum(np.maximum(-target[self.unknown], 0), moved)
            target[colors] += parts - split(parts, hole)
            target[self.unknown] += hole
        else:
            target[colors] += parts

    def _arrive(self, target: np.ndarray, payee: int, color: int, moved: np.ndarray) -> None:
        """Money of one color; an overdraft is filled first."""
        if self.own[payee] < 0 and color != self.unknown and (target[self.unknown] < 0).any():
            hole = np.minimum(np.maximum(-target[self.unknown], 0), moved)
            target[self.unknown] += hole
            moved = moved - hole
        target[color] += moved

    def _take(self, pot: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The colors that are there, and how much of each is taken; beyond the cash it is `unknown`."""
        colors = np.flatnonzero(pot.any(axis=1))
        if self.unknown not in colors:
            colors = np.append(colors, self.unknown)
        mine = pot[colors]
        total = mine.sum(axis=0)
        if (total >= moved).all() and (mine[-1] >= 0).all() and (mine >= 0).all():
            parts = split(mine, moved)
        else:
            covered = np.minimum(moved, np.maximum(total, 0))
            parts = split(np.maximum(mine, 0), covered)
            parts[np.flatnonzero(colors == self.unknown)[0]] += moved - covered
        pot[colors] = mine - parts
        return colors, parts

    def who_paid(self, out: np.ndarray) -> None:
        """Cash that paid for revenue in the quarter, by member and group of sponsors."""
        flat = self.earned.reshape(-1, self.earned.shape[2])
        out[:] = (self.groups @ flat).reshape(out.shape)

    def gap(self, books: np.ndarray) -> np.ndarray:
        """Cash less its colors, the largest by path."""
        return np.abs(books[self.accounts] - self.pots.sum(axis=1)[self.there] * QUANTUM).max(axis=0)
