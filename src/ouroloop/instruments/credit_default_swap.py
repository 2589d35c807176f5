"""Who pays for protection on whose debt, and who pays when that firm fails?

A book of credit default swaps: `buyer` pays `writer` a premium each quarter until `last`; if the firm named in
`references` fails before, the writer pays for what its debt loses, and the contract is over.

    premium = notional · rate / 4        in every quarter that begins with the firm alive, that of the failure included
    payout  = notional · lost share      in the quarter of the failure

The buyer need not hold the debt. Premium is an expense of the buyer and income of the writer, no revenue; the payout is
the other way round. Both are sectors: a firm bound here would have to find its payments in clearing with all others.
Flows, kind by kind: `premium`, `payout`. Reference: ISDA, 2014 Credit Derivatives Definitions; accrued premium in full,
physical or auction settlement at what the debt really recovers, both simplified to quarters.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop.instruments.instrument import Instrument
from ouroloop.ledger import Flow, protection, quantize

_ByContract = Float64[Array, "contract path"]


class CreditDefaultSwaps(Instrument):
    """A book of swaps; quarters count from the opening."""

    parties: tuple[tuple[str, str], ...] = eqx.field(static=True)
    """(buyer, writer) of each contract."""
    references: tuple[str, ...] = eqx.field(static=True)
    """Whose failure each is about."""
    notional: Float64[Array, " contract"]
    """USD bn."""
    rate: Float64[Array, " contract"]
    """Decimal per year."""
    last: Int[Array, " contract"]
    """The last quarter of premium and protection."""

    def __check_init__(self) -> None:
        count = len(self.parties)
        terms = (self.notional, self.rate, self.last)
        assert len(self.references) == count, "one firm per contract"
        assert all(term.shape == (count,) for term in terms), "one term per contract"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """premium, payout: each for all contracts."""
        rows = tuple(zip(self.parties, self.references, strict=True))
        return (
            *(protection(buyer, writer, f"premium:{buyer}:{writer}:{of}") for (buyer, writer), of in rows),
            *(protection(writer, buyer, f"payout:{writer}:{buyer}:{of}") for (buyer, writer), of in rows),
        )

    @property
    def payouts(self) -> tuple[Flow, ...]:
        """Those of `flows` in which protection pays."""
        return self.flows[len(self.parties) :]

    def amounts(
        self, quarter: Int[Array, ""], alive: Bool[Array, "contract path"], lost: _ByContract
    ) -> Float64[Array, "flow path"]:
        """What moves in a quarter, USD bn.

        `alive`: had the firm not failed when the quarter began; `lost`: which share of its debt is written down because
        it fails now, 0 where it does not.
        """
        runs = alive & (quarter <= self.last)[:, None]
        premium = jnp.where(runs, (self.notional * self.rate / 4)[:, None], 0.0)
        payout = jnp.where(runs, self.notional[:, None] * lost, 0.0)
        return quantize(jnp.concatenate([premium, payout]))
