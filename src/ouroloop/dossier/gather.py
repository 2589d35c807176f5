"""All money that the dossier knows of, as streams: deals, trade, and each entity's own statements, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ouroloop.dossier.balances import CASH, Balance, published
from ouroloop.dossier.deal_streams import deal_streams
from ouroloop.dossier.own_streams import own_streams
from ouroloop.dossier.streams import Disagreement, Gathering, Stream, outside
from ouroloop.dossier.trade_streams import trade_streams

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Gathered:
    """Streams of all times known on the dossier's date, what did not fit, and the published cash of each entity."""

    streams: tuple[Stream, ...]
    disagreements: tuple[Disagreement, ...]
    cash: Mapping[str, tuple[Balance, ...]]


@lru_cache(maxsize=16)
def gather(dossier: Dossier) -> Gathered:
    """Turn every deal and figure known on the dossier's date into money over time, no dollar twice."""
    gathering = Gathering()
    deals = deal_streams(dossier)
    for stream in deals:
        if stream.side not in ("trade", "customers"):
            gathering.add(stream)
    trade_streams(dossier, deals, gathering)
    own_streams(dossier, gathering)
    cash = {
        entity.id: balances
        for entity in dossier.entities.values()
        if entity.part_of is None and not outside(entity) and (balances := published(dossier, entity.id, CASH))
    }
    return Gathered(tuple(gathering.streams), tuple(gathering.disagreements), MappingProxyType(cash))
