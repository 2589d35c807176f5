"""Who pays for new shares, when, and what comes of a tranche whose milestone is not reached?

A book of tranches: `investor` pays `amount` to `issuer` from `quarter` on, if its milestone is reached, times the share
that the investor is willing (and able) to pay. A tranche ends once per path:

    posted   it was paid, in whole or in part; what was withheld does not come back
    void     nobody was willing to pay any of it, or it was called off
    expired  its last quarter passed without the milestone

Until then it is a promise on nobody's balance sheet (`promised`). Flow: `invest`, one per tranche: shares at cost at
the investor, paid-in capital at the issuer, cash from one to the other. Not here: the price of the shares, and what
share of the issuer they are. Reference: tranched rounds as filed, e.g. SoftBank's release of 2025-04-01 on OpenAI.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Float64, Int, Int8

from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import Quarter
from ouroloop.ledger import Fate, Flow, equity_investment, quantize

Amount = Float64[Array, "tranche #path"]
"""USD bn, one number for all paths or one per path."""
ByTranche = Float64[Array, "tranche path"]
Reached = Bool[Array, "#tranche #path"]
Willing = Float[Array, "#tranche #path"]


class EquityRoundState(eqx.Module):
    """What is still promised, and how each tranche ended."""

    promised: ByTranche
    """USD bn that may still be paid; 0 once the tranche has ended."""
    fate: Int8[Array, "tranche path"]
    """A `Fate`: pending, posted, void or expired."""


class EquityRounds(Instrument):
    """A book of rounds by tranche. Quarters count from the opening quarter 0."""

    names: tuple[str, ...] = eqx.field(static=True)
    investors: tuple[str, ...] = eqx.field(static=True)
    issuers: tuple[str, ...] = eqx.field(static=True)
    amount: Amount
    quarter: Int[Array, " tranche"]
    """The first quarter in which it is paid."""
    expiry: Int[Array, " tranche"]
    """The last quarter in which it may be paid."""
    conditional: Bool[Array, " tranche"]
    """Must a milestone be reached?"""

    def __check_init__(self) -> None:
        terms = (self.names, self.investors, self.issuers, self.amount, self.quarter, self.expiry, self.conditional)
        sizes = [len(term) for term in terms]
        assert len(set(sizes)) == 1, f"names, parties and terms differ in length: {sizes}"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """`invest` of every tranche."""
        terms = zip(self.names, self.investors, self.issuers, strict=True)
        return tuple(equity_investment(investor, issuer, f"invest:{name}") for name, investor, issuer in terms)

    def opening(self, paths: int) -> EquityRoundState:
        """All tranches pending."""
        shape = (len(self.names), paths)
        promised = jnp.broadcast_to(quantize(self.amount), shape)
        return EquityRoundState(promised, jnp.full(shape, int(Fate.PENDING), jnp.int8))

    def payable(self, state: EquityRoundState, quarter: Quarter, reached: Reached) -> ByTranche:
        """What would be paid in this quarter if everybody were willing, USD bn. Changes nothing."""
        return jnp.where(self._ready(state, quarter, reached), state.promised, 0.0)

    def due(
        self, state: EquityRoundState, quarter: Quarter, reached: Reached, willing: Willing
    ) -> tuple[EquityRoundState, Float64[Array, "flow path"]]:
        """Pay what falls due, and end what was paid, refused or is past its last quarter.

        `reached[tranche, path]`: is the milestone reached by now? Read for conditional tranches only. `willing`: the
        share (0..1) that the investor pays. 22.5 with willingness 0.4 pays 9, and the other 13.5 are never paid.
        """
        ready = self._ready(state, quarter, reached)
        paid = jnp.where(ready, quantize(state.promised * willing), 0.0)
        pending = state.fate == int(Fate.PENDING)
        late = pending & ~ready & (quarter >= self.expiry)[:, None]
        ended = jnp.where(ready, jnp.where(paid > 0, int(Fate.POSTED), int(Fate.VOID)), state.fate)
        fate = jnp.where(late, int(Fate.EXPIRED), ended).astype(jnp.int8)
        return EquityRoundState(jnp.where(ready | late, 0.0, state.promised), fate), paid

    def withdraw(self, state: EquityRoundState, share: Float[Array, "tranche path"]) -> EquityRoundState:
        """Investors take back `share` (0..1) of what is pending, for good; all of it makes the tranche void."""
        left = quantize(state.promised * (1.0 - share))
        void = (state.fate == int(Fate.PENDING)) & (share >= 1.0)
        return EquityRoundState(left, jnp.where(void, int(Fate.VOID), state.fate).astype(jnp.int8))

    def _ready(self, state: EquityRoundState, quarter: Quarter, reached: Reached) -> Bool[Array, "tranche path"]:
        in_time = (quarter >= self.quarter) & (quarter <= self.expiry)
        return (state.fate == int(Fate.PENDING)) & in_time[:, None] & (reached | ~self.conditional[:, None])
