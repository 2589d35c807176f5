"""How narrow is the door: what funds hold of each quoted firm, and how much of it finds a buyer in a quarter?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.ledger import Account, AccountClass

if TYPE_CHECKING:
    from ouroloop.scenario.build import Economy


@dataclass(frozen=True, slots=True)
class Exit:
    """Of one firm, as shares of it, at the opening."""

    firm: str
    levered: float
    """Held by funds that owe a broker."""
    open_ended: float
    """Held by funds whose investors may leave."""
    capacity: float
    """Finds a buyer in a quarter in which all have to sell, mean of the paths."""

    @property
    def quarters(self) -> float:
        """How long would it take all of them to get out? Infinite where nobody buys."""
        return (self.levered + self.open_ended) / self.capacity if self.capacity > 0 else float("inf")


def exits(economy: Economy) -> tuple[Exit, ...]:
    """Every firm whose quoted shares funds hold, the narrowest door first."""
    world, opening = economy.world, economy.opening
    levered = dict(zip(world.funds, world.levered.tolist(), strict=True))
    worth = np.nan_to_num(opening.run_rates.values("market_value")).mean(axis=1)
    capacity = np.asarray(economy.inputs.traits.exit_share).mean(axis=1)
    held: dict[str, dict[bool, float]] = {}
    for fund, firm in world.share_sales.pairs:
        lines = (opening.line(Account(fund, kind, f"equity:{firm}")) for kind in _KINDS)
        parts = held.setdefault(firm, {True: 0.0, False: 0.0})
        parts[levered[fund]] += sum(line.point for line in lines if line is not None)
    found: list[Exit] = []
    for firm, parts in held.items():
        row = world.members.index(firm)
        if worth[row] > 0:
            found.append(Exit(firm, parts[True] / worth[row], parts[False] / worth[row], float(capacity[row])))
    return tuple(sorted(found, key=lambda one: -one.quarters))


_KINDS = (AccountClass.ASSET, AccountClass.VALUATION)
