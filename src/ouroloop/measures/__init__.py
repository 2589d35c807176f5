"""Exact measures of circularity: pure functions of flow networks, NumPy in and out.

Solvers and compilers (OR-Tools, SciPy, numba) are imported when a function that needs them is first used: this import
is light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ouroloop.measures.circulation import Circulation, balanced_circulation, circulation, maximum_circulation
from ouroloop.measures.dated import merged, round_trip_dated
from ouroloop.measures.edges import FlowEdges, read_edges
from ouroloop.measures.finn import FinnIndex, finn_index
from ouroloop.measures.hodge import HodgeSplit, helmholtz_hodge, trophic_incoherence
from ouroloop.measures.loops import Flow, Link, Loop, loops
from ouroloop.measures.network import (
    CLOSED_RING,
    OPENING_CASH,
    OTHER_MEMBERS,
    OUTSIDE_CAPITAL,
    OUTSIDE_CUSTOMERS,
    OWN_MONEY,
    UNKNOWN,
    FlowNetwork,
)
from ouroloop.measures.null_model import NullModel, Significance, null_model
from ouroloop.measures.payments import RULES, Attribution, Payment, Taint, attribute, flows_by_date, taint
from ouroloop.measures.round_trip import Earmark, RoundTrip, round_trip
from ouroloop.measures.wage_bill import WageBill, wage_bill
from ouroloop.measures.who_paid import PaidFloor, WhoPaid, revenue_origin, who_paid, who_paid_floor

if TYPE_CHECKING:
    from ouroloop.measures.completed_cycles import CycleWeights, cycle_weights
    from ouroloop.measures.simple_cycles import cycle_counts
    from ouroloop.measures.temporal import TemporalLoop, temporal_cycle_counts, temporal_loops
    from ouroloop.measures.weak_arcs import WeakArcs, weak_arc_cycling

# Modules with compiled kernels: found by name on first use.
_LATER = {
    "CycleWeights": "completed_cycles",
    "cycle_weights": "completed_cycles",
    "cycle_counts": "simple_cycles",
    "TemporalLoop": "temporal",
    "temporal_cycle_counts": "temporal",
    "temporal_loops": "temporal",
    "WeakArcs": "weak_arcs",
    "weak_arc_cycling": "weak_arcs",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "CLOSED_RING",
    "OPENING_CASH",
    "OTHER_MEMBERS",
    "OUTSIDE_CAPITAL",
    "OUTSIDE_CUSTOMERS",
    "OWN_MONEY",
    "RULES",
    "UNKNOWN",
    "Attribution",
    "Circulation",
    "CycleWeights",
    "Earmark",
    "FinnIndex",
    "Flow",
    "FlowEdges",
    "FlowNetwork",
    "HodgeSplit",
    "Link",
    "Loop",
    "NullModel",
    "PaidFloor",
    "Payment",
    "RoundTrip",
    "Significance",
    "Taint",
    "TemporalLoop",
    "WageBill",
    "WeakArcs",
    "WhoPaid",
    "attribute",
    "balanced_circulation",
    "circulation",
    "cycle_counts",
    "cycle_weights",
    "finn_index",
    "flows_by_date",
    "helmholtz_hodge",
    "loops",
    "maximum_circulation",
    "merged",
    "null_model",
    "read_edges",
    "revenue_origin",
    "round_trip",
    "round_trip_dated",
    "taint",
    "temporal_cycle_counts",
    "temporal_loops",
    "trophic_incoherence",
    "wage_bill",
    "weak_arc_cycling",
    "who_paid",
    "who_paid_floor",
]
