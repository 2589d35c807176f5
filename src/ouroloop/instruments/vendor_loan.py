"""What does a vendor lend to its own customers, and when does it take shares instead of being paid back?

A book of vendor loans and convertible notes: `Loans` whose lender sells to the borrower, each with a price at which it
may be converted. At conversion the loan is extinguished at cost against new shares,

    shares issued = what is owed / conversion price            (USD bn / USD per share = bn shares)

no cash moves, and neither side books a gain. The vendor converts

    while in_window and ( share price > conversion price   or   (borrower defaults and the terms allow it) )

Flows, in this order: the five of `Loans` and `convert` (loan for shares). Round-tripping is measured elsewhere, from
what the borrower buys with the money. Not here: the value of the option, or the shares' price. Reference: Broadcom's
convertible notes to Anthropic (S-1 of 2026); on vendor loans that soured, Lucent's 10-K of 2001.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Float64, Int

from ouroloop.instruments import ladder as rungs
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import ByContract, Quarter, Term
from ouroloop.instruments.loan import Loans, LoanState, Reference
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, loan_for_shares

Converts = Bool[Array, "contract path"]
Defaulted = Bool[Array, "#contract #path"]


class VendorLoanState(eqx.Module):
    """What is owed, and the shares that came of what was converted."""

    loan: LoanState
    shares: ByContract
    """bn shares issued at conversion so far."""


class VendorLoans(Instrument):
    """A book of vendor loans: `loans` holds names, parties and who floats."""

    loans: Loans
    conversion_price: Term
    """USD per share; infinite for a loan that never converts by choice."""
    at_default: Bool[Array, " contract"]
    """May the vendor take shares when the borrower defaults?"""
    first_conversion: Int[Array, " contract"]
    last_conversion: Int[Array, " contract"]

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The flows of `loans`, then `convert` of every contract."""
        terms = zip(self.loans.names, self.loans.lenders, self.loans.borrowers, strict=True)
        swaps = (loan_for_shares(lender, borrower, f"convert:{name}") for name, lender, borrower in terms)
        return (*self.loans.flows, *swaps)

    @property
    def sizes(self) -> dict[str, int]:
        """How many flows of each kind."""
        return {**self.loans.sizes, "convert": len(self.loans.names)}

    def opening(self, loan: LoanState) -> VendorLoanState:
        """The state on the first day, nothing converted yet; `loan` from `loans.opening`."""
        return VendorLoanState(loan, jnp.zeros_like(loan.owed))

    def converts(self, state: VendorLoanState, quarter: Quarter, share_price: Term, defaulted: Defaulted) -> Converts:
        """Does the vendor take shares now? `share_price` in USD per share."""
        in_window = (quarter >= self.first_conversion) & (quarter <= self.last_conversion)
        in_the_money = in_window[:, None] & (share_price > self.conversion_price)
        return (state.loan.owed > 0) & (in_the_money | (self.at_default[:, None] & defaulted))

    def convert(
        self, state: VendorLoanState, where: Converts, price: Term
    ) -> tuple[VendorLoanState, Float64[Array, "flow path"]]:
        """Extinguish all that is owed, where asked, for shares at `price` (USD per share).

        By choice at `conversion_price`; at default at whatever price the terms or the court set. 42 at 300: 0.14 bn
        shares.
        """
        kept, taken = rungs.scale(state.loan.ladder, where.astype(jnp.float64))
        loan = LoanState(kept, state.loan.owed - taken, state.loan.rate)
        issued = jnp.where(where, taken / jnp.where(price > 0, price, 1.0), 0.0)
        return VendorLoanState(loan, state.shares + issued), moves(self.sizes, taken.shape[1], convert=taken)

    def interest_due(self, state: VendorLoanState, reference: Reference) -> ByContract:
        """See `Loans.interest_due`."""
        return self.loans.interest_due(state.loan, reference)

    def draw(
        self,
        state: VendorLoanState,
        quarter: Quarter,
        new_money: ByContract,
        tenor_quarters: Int[Array, " contract"],
        rate: Term,
    ) -> tuple[VendorLoanState, Float64[Array, "flow path"]]:
        """See `Loans.draw`."""
        loan, moved = self.loans.draw(state.loan, quarter, new_money, tenor_quarters, rate)
        return self._with(state, loan, moved)

    def settle(
        self, state: VendorLoanState, quarter: Quarter, interest_due: ByContract, share: Term
    ) -> tuple[VendorLoanState, Float64[Array, "flow path"]]:
        """See `Loans.settle`."""
        loan, moved = self.loans.settle(state.loan, quarter, interest_due, share)
        return self._with(state, loan, moved)

    def write_down(
        self, state: VendorLoanState, share: Float[Array, "contract path"]
    ) -> tuple[VendorLoanState, Float64[Array, "flow path"]]:
        """See `Loans.write_down`."""
        loan, moved = self.loans.write_down(state.loan, share)
        return self._with(state, loan, moved)

    def _with(
        self, state: VendorLoanState, loan: LoanState, moved: Float64[Array, "loan_flow path"]
    ) -> tuple[VendorLoanState, Float64[Array, "flow path"]]:
        """The amounts of `loans`, with nothing converted."""
        return VendorLoanState(loan, state.shares), jnp.concatenate([moved, jnp.zeros_like(state.shares)])
