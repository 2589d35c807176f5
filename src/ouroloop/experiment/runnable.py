"""What can be run: an economy for any part of its paths, and the names of what it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

from ouroloop.core import Quarter
from ouroloop.economy.track import MEMBER_MEASURES, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.ledger import USD, Account, Flow

TABLES = ("members", "who_paid", "system", "losses", "books", "flows")
"""The tables of every quarter."""
DETAIL = ("books", "flows")
"""Those that only paths simulated in detail fill."""
SYSTEM = "system"
"""The entity of what is measured of the whole."""


class Economy(Protocol):
    """An economy for some paths. The same path gives the same bits beside any other paths."""

    @property
    def world(self) -> Any:
        """Has `members`, `quarters`, `losses`, `ledger.accounts` and `ledger.flows`, as `economy.world.World` does."""
        ...

    @property
    def draws(self) -> Mapping[str, Float[np.ndarray, " #path"]]:
        """What was drawn of each assumption, by id; one value where nothing is drawn."""
        ...

    def simulate(self, *, detail: bool = True) -> Track: ...


Build = Callable[[int, int], Economy]
"""The economy on `paths` paths from `first_path` on."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one row of a table measures."""

    entity: str
    measure: str
    unit: str


@dataclass(frozen=True)
class Axes:
    """The names of everything that a run reports, the same in all its parts."""

    members: tuple[str, ...]
    accounts: tuple[Account, ...]
    flows: tuple[Flow, ...]
    quarters: tuple[Quarter, ...]
    drawn: tuple[str, ...]
    """Assumptions, by id."""
    losses: tuple[tuple[str, str], ...]
    """Who can lose, and how (`economy.losses`)."""

    @classmethod
    def of(cls, economy: Economy) -> Axes:
        """The names that an economy has."""
        world = economy.world
        ledger = world.ledger
        return cls(
            world.members, ledger.accounts, ledger.flows, world.quarters, tuple(economy.draws), world.losses.lines
        )

    @cached_property
    def series(self) -> Mapping[str, tuple[Series, ...]]:
        """The rows of each table, in the order of `values`."""
        return {
            "members": tuple(Series(e, name, unit) for name, unit in MEMBER_MEASURES.items() for e in self.members),
            "who_paid": tuple(Series(e, sponsor, "usd_bn") for e in self.members for sponsor in SPONSORS),
            "system": tuple(Series(SYSTEM, name, unit) for name, unit in SYSTEM_MEASURES.items()),
            "losses": tuple(Series(entity, how, "usd_bn") for entity, how in self.losses),
            "books": tuple(map(_of_account, self.accounts)),
            "flows": tuple(map(_of_flow, self.flows)),
        }

    def rows(self, table: str) -> int:
        """How many numbers has a table on one path: series times quarters?"""
        return len(self.series[table]) * len(self.quarters)


def values(track: Track, table: str) -> Float[np.ndarray, "row path"]:
    """The numbers of a table on each path, quarter by quarter within a series; no rows where detail was left out."""
    of = {
        "members": track.members,
        "who_paid": track.who_paid,
        "system": track.system,
        "losses": track.losses,
        "books": track.balances,
        "flows": track.amounts,
    }[table]
    made = np.asarray(of)
    return made.reshape(-1, made.shape[-1])


def _of_account(account: Account) -> Series:
    return Series(account.entity, f"{account.account_class}/{account.instrument}", _unit(account.good))


def _of_flow(flow: Flow) -> Series:
    """A flow stands with who pays it, or without cash with the entity of its first leg."""
    entity = flow.payers[0] if flow.payers else flow.legs[0].account.entity
    return Series(entity, flow.name, _unit(flow.legs[0].account.good))


def _unit(good: str) -> str:
    return "usd_bn" if good == USD else good.lower()
