"""Money is USD bn in float64, rounded to a multiple of 2^-30 (about a dollar), so that sums are exact.

Multiples of 2^-30 below 2^22 (four million bn) fit the 53 bits of a float64, so adding them in any order has no
rounding error at all: a residual is 0 or it is a bug.
"""

from __future__ import annotations

QUANTUM_BITS = 30
QUANTUM = 2.0**-QUANTUM_BITS
LARGEST_EXACT = 2.0**22


def quanta(amount_usd_bn: float) -> int:
    """How many quanta is this amount? Rounds half to even; raises ValueError beyond the exact range.

    >>> quanta(1.0) == 2**30
    True
    """
    if not abs(amount_usd_bn) <= LARGEST_EXACT:  # also refuses NaN
        raise ValueError(f"{amount_usd_bn} USD bn is outside the exact range of ±{LARGEST_EXACT:.0f}")
    return round(amount_usd_bn * 2**QUANTUM_BITS)


def quantize(amount_usd_bn: float) -> float:
    """The nearest multiple of 2^-30 USD bn (for one Python number; arrays are rounded by the ledger)."""
    return quanta(amount_usd_bn) * QUANTUM
