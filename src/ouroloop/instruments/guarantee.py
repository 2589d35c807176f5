"""Who stands in when somebody else cannot pay, or when a thing is worth less than promised, and up to how much?

A book of contingent promises, on nobody's balance sheet until they are called (`exposure` is the memorandum):

    guarantee       pays what the debtor did not; the creditor's claim shrinks, and the debtor owes it to the guarantor
    backstop        buys the capacity that nobody else buys: an expense of the guarantor, revenue of the seller
    put             pays guaranteed value − market value of an asset that the holder keeps (settled in cash)
    residual value  the same put, with a cap: min(cap, max(0, guaranteed − value))

    payable = min(cap − called so far, shortfall)      within first..last quarter, times what the guarantor can pay

A guarantee moves a loss, it does not make it smaller: what the debtor fails to pay back is lost by whoever holds the
claim at the end. Flows, in this order: `call` of every contract, then for guarantees only `recover` (the debtor pays
the guarantor back) and `write-off` (it never will). Not here: the premium, or how likely a call is. Reference: ASC 460
on guarantees; the right of subrogation; Meta's 10-Q of 2025-09 on its residual value guarantee.
"""

from __future__ import annotations

from enum import StrEnum

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float64, Int

from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import ByContract, Quarter, Term
from ouroloop.instruments.moves import moves
from ouroloop.ledger import (
    Flow,
    compensation,
    guarantee_called,
    loan_write_off,
    purchase_expensed,
    quantize,
    repayment,
)

UNUSED_CAPACITY = "unused_capacity"
"""The expense under which a guarantor books capacity that it had to take."""


class GuaranteeKind(StrEnum):
    """What is promised."""

    GUARANTEE = "guarantee"
    BACKSTOP = "backstop"
    PUT = "put"
    RESIDUAL_VALUE = "residual_value"

    @property
    def on_value(self) -> bool:
        """Does it pay by what an asset is worth, and not by what somebody owes?"""
        return self in (GuaranteeKind.PUT, GuaranteeKind.RESIDUAL_VALUE)


class GuaranteeState(eqx.Module):
    """What was paid, and what debtors owe for it."""

    called: ByContract
    """USD bn paid by the guarantor so far."""
    owed: ByContract
    """USD bn that the debtor owes the guarantor now; 0 for all but guarantees."""


class Guarantees(Instrument):
    """A book of guarantees. Quarters count from the opening quarter 0."""

    names: tuple[str, ...] = eqx.field(static=True)
    kinds: tuple[GuaranteeKind, ...] = eqx.field(static=True)
    guarantors: tuple[str, ...] = eqx.field(static=True)
    debtors: tuple[str, ...] = eqx.field(static=True)
    """Who is stood in for; read for guarantees only."""
    creditors: tuple[str, ...] = eqx.field(static=True)
    """Who is paid: the creditor, the seller of capacity, the holder of the asset."""
    cap: Term
    """USD bn that can ever be called; infinite for a put without a cap."""
    guaranteed: Float64[Array, "contract quarter"]
    """USD bn to which an asset's value is guaranteed, by quarter; read for puts and residual values only."""
    first: Int[Array, " contract"]
    last: Int[Array, " contract"]
    claims: tuple[str, ...] | None = eqx.field(static=True, default=None)
    """The instrument that the creditor of a guarantee holds; by default its loan to the debtor."""

    @property
    def _subrogated(self) -> tuple[int, ...]:
        return tuple(n for n, kind in enumerate(self.kinds) if kind is GuaranteeKind.GUARANTEE)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """`call` of every contract, then `recover` and `write-off` of the guarantees."""
        ends = [(self.names[n], self.guarantors[n], self.debtors[n]) for n in self._subrogated]
        return (
            *(self._call(n) for n in range(len(self.names))),
            *(repayment(debtor, guarantor, f"recover:{name}") for name, guarantor, debtor in ends),
            *(loan_write_off(guarantor, debtor, f"write-off:{name}") for name, guarantor, debtor in ends),
        )

    def _call(self, n: int) -> Flow:
        name, guarantor, creditor = f"call:{self.names[n]}", self.guarantors[n], self.creditors[n]
        if self.kinds[n] is GuaranteeKind.GUARANTEE:
            claim = None if self.claims is None else self.claims[n]
            return guarantee_called(guarantor, self.debtors[n], creditor, name, claim=claim)
        if self.kinds[n] is GuaranteeKind.BACKSTOP:
            return purchase_expensed(guarantor, creditor, name, expense=UNUSED_CAPACITY)
        return compensation(guarantor, creditor, name)

    @property
    def sizes(self) -> dict[str, int]:
        """How many flows of each kind."""
        return {"call": len(self.names), "recover": len(self._subrogated), "write_off": len(self._subrogated)}

    def opening(self, paths: int) -> GuaranteeState:
        """Nothing called yet."""
        nothing = jnp.zeros((len(self.names), paths))
        return GuaranteeState(nothing, nothing)

    def exposure(self, state: GuaranteeState, quarter: Quarter) -> ByContract:
        """The memorandum: the most that can still be called in this quarter, USD bn."""
        left = jnp.maximum(self.cap - state.called, 0.0)
        on_value = jnp.asarray([kind.on_value for kind in self.kinds])[:, None]
        left = jnp.where(on_value, jnp.minimum(left, self.gap(state, quarter, jnp.zeros((1, 1)))), left)
        return jnp.where(self._running(quarter)[:, None], left, 0.0)

    def gap(self, state: GuaranteeState, quarter: Quarter, value: Term) -> ByContract:
        """How far are assets, with what was paid for them, below the guaranteed value? `value` and result in USD bn.

        Guaranteed 28, worth 20 and nothing paid yet: 8. Not capped yet; `call` does that.
        """
        at = jnp.clip(quarter, 0, self.guaranteed.shape[1] - 1)
        guaranteed = lax.dynamic_index_in_dim(self.guaranteed, at, axis=1)
        return jnp.maximum(guaranteed - value - state.called, 0.0)

    def payable(self, state: GuaranteeState, quarter: Quarter, shortfall: Term) -> ByContract:
        """What guarantors must pay on `shortfall` (USD bn: unpaid debt, unsold capacity, or `gap`). Changes nothing."""
        return jnp.minimum(jnp.maximum(shortfall, 0.0), self.exposure(state, quarter))

    def call(
        self, state: GuaranteeState, quarter: Quarter, shortfall: Term, share: Term
    ) -> tuple[GuaranteeState, Float64[Array, "flow path"]]:
        """The guarantor pays `share` (0..1, what it can) of `payable`.

        For guarantees the same amount leaves the creditor's book of loans: `Loans.taken_over`, at most what it takes.
        """
        paid = quantize(self.payable(state, quarter, shortfall) * share)
        subrogated = jnp.asarray([kind is GuaranteeKind.GUARANTEE for kind in self.kinds])[:, None]
        after = GuaranteeState(state.called + paid, state.owed + jnp.where(subrogated, paid, 0.0))
        return after, moves(self.sizes, paid.shape[1], call=paid)

    def resolve(
        self, state: GuaranteeState, recovered: Term, lost: Term
    ) -> tuple[GuaranteeState, Float64[Array, "flow path"]]:
        """Debtors pay back the share `recovered` of what they owe their guarantors; the share `lost` is written off.

        Both 0..1, together at most 1: 10 owed, 0.4 recovered and 0.6 lost leave nothing.
        """
        back = quantize(state.owed * recovered)
        gone = jnp.minimum(quantize(state.owed * lost), state.owed - back)
        # The two shares of one amount may each round; together they are all of it when the shares are.
        gone = jnp.where(recovered + lost >= 1.0, state.owed - back, gone)
        rows = jnp.asarray(self._subrogated, int)
        amounts = moves(self.sizes, back.shape[1], recover=back[rows], write_off=gone[rows])
        return GuaranteeState(state.called, state.owed - back - gone), amounts

    def _running(self, quarter: Quarter) -> Array:
        return (quarter >= self.first) & (quarter <= self.last)
