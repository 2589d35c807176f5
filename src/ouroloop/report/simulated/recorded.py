"""What is recorded before the simulation begins: debt and cash by firm, and who paid its revenue by quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.core import PartialDate, Quarter
from ouroloop.report.balances import borrowers
from ouroloop.report.language import Language
from ouroloop.report.who_paid import group

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.replay import Replay


@dataclass(frozen=True, slots=True)
class Known:
    """A published value at the end of a quarter, USD bn."""

    quarter: Quarter
    value: float
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paid:
    """Who paid a firm's revenue in a recorded quarter: shares by the report's groups of payers, which sum to one."""

    quarter: Quarter
    revenue: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Recorded:
    """The recorded past by firm, in order of time."""

    debt: Mapping[str, tuple[Known, ...]]
    cash: Mapping[str, tuple[Known, ...]]
    paid: Mapping[str, tuple[Paid, ...]]

    @classmethod
    def of(cls, dossier: Dossier, replay: Replay, language: Language) -> Recorded:
        """From published balance sheets, by the quarter in which their day lies, and the replay of what was paid."""
        debt: dict[str, dict[Quarter, Known]] = defaultdict(dict)
        cash: dict[str, dict[Quarter, Known]] = defaultdict(dict)
        for one in borrowers(dossier, language):
            for standing in one.standings:
                quarter = Quarter.of(PartialDate.parse(standing.day).last)
                for found, value in ((debt, standing.debt), (cash, standing.cash)):
                    if value is not None:
                        found[one.id][quarter] = Known(quarter, value, standing.cites)
        return cls(
            {firm: tuple(found.values()) for firm, found in debt.items()},
            {firm: tuple(found.values()) for firm, found in cash.items()},
            _paid(dossier, replay),
        )


def _paid(dossier: Dossier, replay: Replay) -> dict[str, tuple[Paid, ...]]:
    found: dict[str, tuple[Paid, ...]] = {}
    for entity in dossier.entities.values():
        if not entity.loop or entity.id not in replay.ledger.entities:
            continue
        quarters: list[Paid] = []
        for quarter in replay.quarters:
            amounts = replay.revenue_by_sponsor(entity.id, quarter, quarter)
            whole = sum(amounts.values())
            if whole > 0:
                shares: dict[str, float] = defaultdict(float)
                for sponsor, amount in amounts.items():
                    shares[group(sponsor, entity.id)] += amount / whole
                quarters.append(Paid(quarter, whole, dict(shares)))
        if quarters:
            found[entity.id] = tuple(quarters)
    return found
