"""The default point: how much of what a firm owes, and has promised, must its assets be worth?"""

from __future__ import annotations

import equinox as eqx
from jaxtyping import Array, Float

_Any = Float[Array, "..."]


class Obligations(eqx.Module):
    """What a firm owes or may have to pay, USD bn."""

    short_debt: _Any
    """Due within a year."""
    long_debt: _Any
    leases_not_commenced: _Any
    """Rent that is signed for what is not built yet: on no balance sheet."""
    take_or_pay: _Any
    """What must be paid within the horizon whether it is used or not."""
    expected_guarantees: _Any
    """What guarantees are expected to cost."""


def default_point(obligations: Obligations, promises: float = 0.0) -> _Any:
    """Below which value of assets does a firm fail? USD bn.

        short debt + 1/2 long debt + k (leases not commenced + take-or-pay) + expected guarantees

    Half of the long debt, because it need not be paid soon. `promises` is k: show it with 0, as balance sheets are
    read, and with 1, as if what was signed were debt. The truth lies between: what a firm gets for the rent is worth
    something, and in distress it leaves contracts.

    References
    ----------
    Crosbie and Bohn 2003, Modeling default risk, for the first two terms; the others are this project's.
    """
    promised = obligations.leases_not_commenced + obligations.take_or_pay
    owed = obligations.short_debt + 0.5 * obligations.long_debt
    return owed + promises * promised + obligations.expected_guarantees
