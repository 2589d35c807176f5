"""The dossier: sourced, dated records of a capital loop; read, checked, seen as of a date, turned into flows.

Reading and checking import nothing heavy. What stands on numpy (flows, networks, the replay through the ledger) is
imported when it is first asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ouroloop.dossier.checks import check
from ouroloop.dossier.concepts import CONCEPTS, Concept, concept
from ouroloop.dossier.dossier import Dossier, cites_of, load
from ouroloop.dossier.folder import bundled
from ouroloop.dossier.models import (
    Article,
    Basket,
    Cite,
    Claim,
    Deal,
    Entity,
    EntityKind,
    Event,
    Figure,
    Grade,
    Header,
    Instrument,
    Quote,
    Source,
    SourceClass,
    Status,
    StatusStep,
    Tranche,
    UsefulLife,
    Verdict,
)
from ouroloop.dossier.models.assumption import Assumption, Distribution
from ouroloop.dossier.names import spellings
from ouroloop.dossier.scaffold import new_dossier

if TYPE_CHECKING:
    from ouroloop.dossier.assume import quantile
    from ouroloop.dossier.choose import Choice, choose
    from ouroloop.dossier.flows import Flow, flows
    from ouroloop.dossier.funnel import Funnel, funnel
    from ouroloop.dossier.network import network
    from ouroloop.dossier.replay import Replay, replay
    from ouroloop.dossier.schema import write_schemas
    from ouroloop.dossier.standing import Standing, standings, tier_of

__all__ = [
    "CONCEPTS",
    "Article",
    "Assumption",
    "Basket",
    "Choice",
    "Cite",
    "Claim",
    "Concept",
    "Deal",
    "Distribution",
    "Dossier",
    "Entity",
    "EntityKind",
    "Event",
    "Figure",
    "Flow",
    "Funnel",
    "Grade",
    "Header",
    "Instrument",
    "Quote",
    "Replay",
    "Source",
    "SourceClass",
    "Standing",
    "Status",
    "StatusStep",
    "Tranche",
    "UsefulLife",
    "Verdict",
    "bundled",
    "check",
    "choose",
    "cites_of",
    "concept",
    "flows",
    "funnel",
    "load",
    "network",
    "new_dossier",
    "quantile",
    "replay",
    "spellings",
    "standings",
    "tier_of",
    "write_schemas",
]

# Public name -> the module that it is imported from when first asked for.
_LATER = {
    "Choice": "choose",
    "Disagreement": "streams",
    "Flow": "flows",
    "Funnel": "funnel",
    "Ref": "refs",
    "Replay": "replay",
    "Standing": "standing",
    "Unexplained": "assertions",
    "choose": "choose",
    "disagreements": "flows",
    "edges": "network",
    "flows": "flows",
    "funnel": "funnel",
    "loop_flows": "network",
    "network": "network",
    "quantile": "assume",
    "replay": "replay",
    "standings": "standing",
    "tier_of": "standing",
    "tier_totals": "funnel",
    "write_schemas": "schema",
}


class _Package(ModuleType):
    """Keeps the name `flows` for the function: importing the module `flows` would put itself there."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _LATER and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    setattr(sys.modules[__name__], name, value)
    return value
