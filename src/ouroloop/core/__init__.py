"""Words that every room shares: dates and quarters, money, intervals, tiers, axis names, problems with a place."""

from ouroloop.core.dates import PartialDate, Quarter, quarters_between
from ouroloop.core.interval import ZERO, Interval, total
from ouroloop.core.money import LARGEST_EXACT, QUANTUM, QUANTUM_BITS, quanta, quantize
from ouroloop.core.problem import BadInput, Place, Problem, nearest
from ouroloop.core.tier import Tier

__all__ = [
    "LARGEST_EXACT",
    "QUANTUM",
    "QUANTUM_BITS",
    "ZERO",
    "BadInput",
    "Interval",
    "PartialDate",
    "Place",
    "Problem",
    "Quarter",
    "Tier",
    "nearest",
    "quanta",
    "quantize",
    "quarters_between",
    "total",
]
