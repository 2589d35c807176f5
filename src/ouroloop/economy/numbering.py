"""Names as numbers: rows on an axis, sums over rows, and the proved ledger of all flows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int

from ouroloop.economy.inventory import OUTSIDE, Inventory
from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Ledger, build
from ouroloop.ledger.incidence import Incidence

Rows = Int[np.ndarray, " row"]


@dataclass(frozen=True, eq=False)
class Numbering(Inventory):
    """The inventory with the numbers by which arrays name its parts. Firms are numbered by their row in `members`."""

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Every book of flows, in the order in which a quarter's cash moves on: it comes in before it goes out."""
        return (
            self.receipts,
            self.loans,
            self.rounds,
            self.guarantees,
            self.swaps,
            self.sales,
            self.share_sales,
            self.margin,
            self.redemptions,
            self.orders,
            self.cloud,
            self.leases,
            self.deposits,
            self.spot,
            self.spending,
            self.warrants,
            self.chips,
            self.sites,
            self.other,
            self.closing,
        )

    @cached_property
    def ledger(self) -> Ledger:
        """The proved ledger of all flows. Raises BadInput where one of them leaks."""
        flows = [flow for instrument in self.instruments for flow in instrument.flows]
        return build(flows, accounts=self.opened, sectors=self.sectors)

    def rows(self, names: Iterable[str]) -> Rows:
        """The rows of these members; `OUTSIDE` for who is none."""
        number = {name: n for n, name in enumerate(self.members)}
        return np.array([number.get(name, OUTSIDE) for name in names], np.int64)

    def _on(self, axis: tuple[str, ...], names: Iterable[str]) -> Rows:
        number = {name: n for n, name in enumerate(axis)}
        return np.array([number.get(name, OUTSIDE) for name in names], np.int64)

    def _adding(self, rows: Rows, height: int | None = None) -> Incidence:
        """Adds up what stands in these rows; what is `OUTSIDE` is left out."""
        matrix = np.zeros((len(self.members) if height is None else height, len(rows)), np.int64)
        for column, row in enumerate(rows):
            if row != OUTSIDE:
                matrix[row, column] = 1
        return Incidence(matrix)
