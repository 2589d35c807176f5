"""A small economy for tests of runs: two firms, two quarters' worth of books, numbers that a reader can follow.

What happens on a path follows from its number and the seed only. Firm `a` has cash u, firm `b` cash 10 u where u is the
path's uniform draw `x`; `a` defaults in the second quarter where u > 0.8, and outside loss is 100 u there. Shares have
fallen from the second quarter on where u > 0.5; `a` writes off u a quarter that `b` owed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from ouroloop import ledger
from ouroloop.core import Quarter
from ouroloop.economy.draws import uniform
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.experiment.manifest import FORMAT, sealed

QUARTERS = (Quarter(2026, 3), Quarter(2026, 4), Quarter(2027, 1))
MEMBERS = ("a", "b")
_LEDGER = ledger.build(
    [ledger.purchase_expensed("a", "b"), ledger.boundary_receipt("users", "a")],
    sectors={"users": "outside_customers"},
)
LOSSES = (("a", "claims"), ("b", "forgiven"))
WORLD: Any = SimpleNamespace(members=MEMBERS, quarters=QUARTERS, ledger=_LEDGER, losses=SimpleNamespace(lines=LOSSES))
MEASURES, SYSTEM = list(MEMBER_MEASURES), list(SYSTEM_MEASURES)


@dataclass
class Small:
    """The economy on some paths."""

    seed: int
    first: int
    paths: int
    world: Any = field(default_factory=lambda: WORLD)

    @property
    def x(self) -> np.ndarray:
        return np.asarray(uniform(self.seed, self.first, self.paths, "x"))

    @property
    def draws(self) -> dict[str, np.ndarray]:
        noise = np.asarray(uniform(self.seed, self.first, self.paths, "noise"))
        return {"dem-035": self.x, "idle-001": noise, "beh-001": np.array([0.5])}

    def simulate(self, *, detail: bool = True) -> Track:
        x, n, h = self.x, self.paths, len(QUARTERS)
        members = np.zeros((len(MEASURES), 2, h, n))
        members[MEASURES.index("cash"), 0] = x
        members[MEASURES.index("cash"), 1] = 10 * x
        members[MEASURES.index("defaulted"), 0, 1:] = x > 0.8
        who_paid = np.zeros((2, len(SPONSORS), h, n))
        who_paid[0, 0] = 1.0
        system = np.zeros((len(SYSTEM), h, n))
        system[SYSTEM.index("rent")] = np.arange(1.0, h + 1)[:, None] * x
        balances = np.zeros((len(_LEDGER.accounts) if detail else 0, h, n))
        balances[:1] = x
        amounts = np.zeros((len(_LEDGER.flows) if detail else 0, h, n))
        amounts[:1] = 2 * x
        outcome = np.full((len(OUTCOME_MARKS), n), np.nan)
        outcome[0] = np.where(x < 0.3, 2, np.nan)
        outcome[1] = np.where(x > 0.8, 1, np.nan)
        outcome[2] = np.where(x > 0.8, 1, np.nan)
        outcome[OUTCOME_MARKS.index("shares_quarter")] = np.where(x > 0.5, 1, np.nan)
        outcome[-2] = np.where(x > 0.8, 10 * x, 0)
        outcome[-1] = np.where(x > 0.8, 100 * x, 0)
        losses = np.zeros((len(LOSSES), h, n))
        losses[0], losses[1] = x, -x
        return Track(members, who_paid, system, losses, balances, amounts, outcome)  # pyright: ignore[reportArgumentType]


def build(first: int, paths: int, seed: int = 3) -> Small:
    """The small economy on `paths` paths from `first` on."""
    return Small(seed, first, paths)


def manifest(paths: int, *, seed: int = 3, all_paths: bool = False, detail_paths: int | None = None) -> dict[str, Any]:
    """What a run of the small economy is."""
    return sealed(
        {
            "format": FORMAT,
            "scenario": {"scenario": "small"},
            "seed": seed,
            "paths": paths,
            "detail_paths": paths if detail_paths is None else detail_paths,
            "all_paths": all_paths,
        }
    )
