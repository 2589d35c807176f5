"""How much of a committed loan can be drawn as the work it pays for is done, and when is it paid back?

A book of delayed-draw term loans. Until `last_draw` the borrower may draw, against costs as they are incurred,

    drawable = min(advance rate · cost, commitment − drawn so far)      0 outside the window or without its milestone

what it repays cannot be drawn again. Each draw is amortized in level parts over the quarters of the term that are left,
`first_repayment` to `first_repayment + repayments − 1`. On what is not drawn while the window is open it pays

    fee = fee rate · undrawn / 4

The undrawn commitment is a memorandum (`undrawn`), on nobody's balance sheet. Flows, in this order: the five of `Loans`
(`lend`, `repay`, `interest`, `accrue`, `write-off`) and `fee` (booked as interest). Not here: which cost a draw pays
for, and any covenant. Reference: CoreWeave's delayed-draw facilities, its 10-K, note on debt.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop.instruments import ladder as rungs
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import ByContract, Quarter, Term
from ouroloop.instruments.loan import QUARTERS_PER_YEAR, Loans, LoanState
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, interest, quantize

Milestone = Bool[Array, "#contract #path"]


class DelayedDrawState(eqx.Module):
    """What is owed, and how much of the commitment was ever drawn."""

    loan: LoanState
    drawn: ByContract
    """USD bn drawn so far, repaid or not."""


class DelayedDrawLoans(Instrument):
    """A book of delayed-draw loans: `loans` holds names, parties and who floats. Quarters count from the opening."""

    loans: Loans
    commitment: Term
    """USD bn."""
    advance_rate: Term
    """Share of cost that the loan pays, 0..1."""
    rate: Term
    """Coupon or spread, decimal per year."""
    fee_rate: Term
    """On the undrawn commitment, decimal per year."""
    first_draw: Int[Array, " contract"]
    last_draw: Int[Array, " contract"]
    first_repayment: Int[Array, " contract"]
    repayments: Int[Array, " contract"]

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The flows of `loans`, then `fee` of every contract."""
        terms = zip(self.loans.names, self.loans.lenders, self.loans.borrowers, strict=True)
        return (*self.loans.flows, *(interest(borrower, lender, f"fee:{name}") for name, lender, borrower in terms))

    @property
    def sizes(self) -> dict[str, int]:
        """How many flows of each kind."""
        return {**self.loans.sizes, "fee": len(self.loans.names)}

    def opening(self, loan: LoanState, drawn: Term) -> DelayedDrawState:
        """The state on the first day; `loan` from `loans.opening`, `drawn` in USD bn, repaid or not."""
        return DelayedDrawState(loan, jnp.broadcast_to(quantize(drawn), loan.owed.shape))

    def undrawn(self, state: DelayedDrawState, quarter: Quarter) -> ByContract:
        """The memorandum: what may still be drawn from now on, USD bn; 0 once the window has closed."""
        left = jnp.maximum(quantize(self.commitment) - state.drawn, 0.0)
        return jnp.where((quarter <= self.last_draw)[:, None], left, 0.0)

    def drawable(self, state: DelayedDrawState, quarter: Quarter, cost: Term, milestone: Milestone) -> ByContract:
        """What may be drawn in this quarter against `cost` (USD bn of this quarter), if the milestone is met."""
        opened = (quarter >= self.first_draw)[:, None] & milestone
        financed = jnp.maximum(self.advance_rate * cost, 0.0)
        return jnp.where(opened, jnp.minimum(financed, self.undrawn(state, quarter)), 0.0)

    def fee_due(self, state: DelayedDrawState, quarter: Quarter) -> ByContract:
        """The commitment fee of this quarter on what is undrawn now, USD bn."""
        begun = (quarter >= self.first_draw)[:, None]
        return quantize(jnp.where(begun, self.fee_rate * self.undrawn(state, quarter) / QUARTERS_PER_YEAR, 0.0))

    def draw(
        self, state: DelayedDrawState, quarter: Quarter, wanted: ByContract
    ) -> tuple[DelayedDrawState, Float64[Array, "flow path"]]:
        """Lend `wanted` (USD bn), at most the undrawn commitment; it falls due over what is left of the term.

        Drawn when all repayment quarters are over, it is due in the next quarter.
        """
        lent = jnp.clip(quantize(wanted), 0.0, self.undrawn(state, quarter))
        first = jnp.maximum(self.first_repayment, quarter + 1)
        left = self.first_repayment + self.repayments - first
        loan = LoanState(
            rungs.place_evenly(state.loan.ladder, lent, first, left),
            state.loan.owed + lent,
            self.loans.average_rate(state.loan, lent, self.rate),
        )
        return DelayedDrawState(loan, state.drawn + lent), moves(self.sizes, lent.shape[1], lend=lent)

    def settle(
        self, state: DelayedDrawState, quarter: Quarter, interest_due: ByContract, fee_due: ByContract, share: Term
    ) -> tuple[DelayedDrawState, Float64[Array, "flow path"]]:
        """Pay `share` (0..1) of interest, fee and principal due; what is unpaid of each is owed in the next quarter."""
        fee_due = quantize(fee_due)
        paid_fee = quantize(fee_due * share)
        loan, moved = self.loans.settle(state.loan, quarter, interest_due, share)
        unpaid = fee_due - paid_fee
        loan = LoanState(rungs.place(loan.ladder, unpaid, quarter + 1), loan.owed + unpaid, loan.rate)
        amounts = jnp.concatenate([moved, paid_fee])
        return DelayedDrawState(loan, state.drawn), amounts + moves(self.sizes, unpaid.shape[1], accrue=unpaid)

    def write_down(self, state: DelayedDrawState, share: Term) -> tuple[DelayedDrawState, Float64[Array, "flow path"]]:
        """`share` (0..1) of what is owed will never be paid; see `Loans.write_down`."""
        loan, moved = self.loans.write_down(state.loan, jnp.broadcast_to(share, state.loan.owed.shape))
        return DelayedDrawState(loan, state.drawn), jnp.concatenate([moved, jnp.zeros_like(state.drawn)])
