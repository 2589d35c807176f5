"""What does a landlord hold of a tenant's cash, and how much more may it ask for?

A book of security deposits: `payer` has paid cash to `holder` and gets it back. Per quarter

    asked    = max(0, target − posted)        what is not paid of it is asked again
    returned = max(0, posted − target)

The target is the caller's: so many quarters of rent once the tenant's letter is below a mark, nothing above it. A
deposit is the payer's asset and the holder's debt; it bears no interest. Flows, kind by kind: `post`, `return`.
Reference: a guarantee deposit in the sense of ASC 310-10 and 840-10: cash held as security, returned at the end.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Flow, deposit, deposit_returned, quantize

_ByPair = Float64[Array, "pair path"]


class Deposits(Instrument):
    """Deposits by pair (payer, holder)."""

    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """post, return: each for all pairs."""
        return (
            *(deposit(payer, holder) for payer, holder in self.parties),
            *(deposit_returned(holder, payer) for payer, holder in self.parties),
        )

    def asked(self, posted: _ByPair, target: _ByPair) -> _ByPair:
        """What has to be paid now, USD bn."""
        return quantize(jnp.maximum(target - posted, 0.0))

    def amounts(self, posted: _ByPair, target: _ByPair, paid: _ByPair) -> Float64[Array, "flow path"]:
        """What moves: `paid` of what was asked, and what is no longer needed comes back."""
        return jnp.concatenate([quantize(paid), quantize(jnp.maximum(posted - target, 0.0))])
