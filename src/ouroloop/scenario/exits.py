"""How narrow is the door: what funds hold of each quoted firm, and how much of it finds a buyer in a quarter?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ouroloop.ledger import Account, AccountClass

if TYPE_CHECKING:
    from ouroloop.contagion.calls import CallParameters
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.build import Economy
    from ouroloop.scenario.opening import Opening

_KINDS = (AccountClass.ASSET, AccountClass.VALUATION)
_TRADING_DAYS = 63
"""In a quarter."""


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


def exit_shares(
    dossier: Dossier, members: Sequence[str], opening: Opening, calls: CallParameters
) -> Float[np.ndarray, "member #path"]:
    """Which part of each firm's shares finds a buyer in a quarter in which all have to sell?

    A part of what is traded in a quarter (`mkt-adv-<ticker>`, USD bn a day) over the value of the firm; where no volume
    is on file, that of the usual firm.
    """
    tickers, known = (dossier.entities[m].ticker or "" for m in members), dossier.assumptions
    daily = [[known[row].value if (row := f"mkt-adv-{t.lower()}") in known else np.nan] for t in tickers]
    worth = _worth(opening)[:, None]
    traded = np.array(daily) * _TRADING_DAYS / np.where(worth > 0, worth, np.inf)
    usual = np.asarray(calls.usual_exit) + np.zeros_like(traded)
    return np.where(np.isnan(traded), usual, np.asarray(calls.of_volume) * np.nan_to_num(traded))


def _worth(opening: Opening) -> Float[np.ndarray, " member"]:
    return np.nan_to_num(opening.run_rates.values("market_value")).mean(axis=1)


def exits(economy: Economy) -> tuple[Exit, ...]:
    """Every firm whose quoted shares funds hold, the narrowest door first."""
    world, opening = economy.world, economy.opening
    levered = dict(zip(world.funds, world.levered.tolist(), strict=True))
    worth = _worth(opening)
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
