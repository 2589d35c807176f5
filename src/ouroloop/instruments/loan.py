"""What do bonds and loans make fall due, and what becomes of what is not paid?

A book of debts of one shape: `lender` (a sector or a member) to `borrower`, fixed or floating, with principal on a
maturity ladder. Per quarter

    interest due  = owed · rate / 4,   rate = reference + spread (floating), coupon (fixed), decimal per year
    principal due = the ladder's slot of the quarter
    paid          = share of all that is due, interest and principal alike (proportional, as clearing shares it)
    unpaid        : principal moves to the next quarter; interest is added to principal, due in the next quarter

so that what is owed is one number per contract, the sum of its ladder, and exactly the ledger's liability. A default is
nothing here: it is a share of 0 while it lasts, and `write_down` and `reorganize` when it is resolved.

Flows, in this order: `lend` (asset and liability grow, cash to the borrower), `repay`, `interest` (expense and income,
cash to the lender), `accrue` (interest unpaid: expense and income against the claim), `write-off` (loss and gain).
Reference: Godley and Lavoie, Monetary Economics (2007), ch. 2 on the quadruple entry; simple interest by quarter.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Float64, Int

from ouroloop.instruments import ladder as rungs
from ouroloop.instruments.instrument import Instrument
from ouroloop.instruments.ladder import ByContract, Ladder, Quarter, Term
from ouroloop.instruments.moves import moves
from ouroloop.ledger import Flow, interest, interest_accrued, loan, loan_write_off, quantize, repayment

QUARTERS_PER_YEAR = 4
Reference = Float[Array, "#path"]
"""A reference rate, decimal per year, one for all paths or one per path."""


class LoanState(eqx.Module):
    """What is owed, when it is due, and at what rate."""

    ladder: Ladder
    owed: ByContract
    """USD bn: the sum of the ladder, kept beside it."""
    rate: ByContract
    """Decimal per year, the average over what was drawn: the coupon, or the spread over the reference."""


class Loans(Instrument):
    """A book of bonds and loans; a contract stands for all debt of one borrower to one lender on one kind of terms."""

    names: tuple[str, ...] = eqx.field(static=True)
    lenders: tuple[str, ...] = eqx.field(static=True)
    borrowers: tuple[str, ...] = eqx.field(static=True)
    floating: Bool[Array, " contract"]
    claims: tuple[str, ...] | None = eqx.field(static=True, default=None)
    """What the lender holds, as the ledger calls it: `loan:lender:borrower` unless classes are told apart."""

    def __check_init__(self) -> None:
        sizes = {len(self.names), len(self.lenders), len(self.borrowers), self.floating.shape[0]}
        assert len(sizes) == 1, f"names, lenders, borrowers and terms differ in length: {sizes}"

    @property
    def flows(self) -> tuple[Flow, ...]:
        """`lend`, `repay`, `interest`, `accrue` and `write-off` of every contract, kind by kind."""
        ends = zip(self.lenders, self.borrowers, strict=True)
        claims = self.claims or tuple(f"loan:{lender}:{borrower}" for lender, borrower in ends)
        terms = tuple(zip(self.names, self.lenders, self.borrowers, claims, strict=True))
        return (
            *(loan(lender, borrower, f"lend:{name}", claim=claim) for name, lender, borrower, claim in terms),
            *(repayment(borrower, lender, f"repay:{name}", claim=claim) for name, lender, borrower, claim in terms),
            *(interest(borrower, lender, f"interest:{name}") for name, lender, borrower, _ in terms),
            *(
                interest_accrued(borrower, lender, f"accrue:{name}", claim=claim)
                for name, lender, borrower, claim in terms
            ),
            *(
                loan_write_off(lender, borrower, f"write-off:{name}", claim=claim)
                for name, lender, borrower, claim in terms
            ),
        )

    @property
    def sizes(self) -> dict[str, int]:
        """How many flows of each kind."""
        return dict.fromkeys(("lend", "repay", "interest", "accrue", "write_off"), len(self.names))

    def opening(
        self,
        ladder: Float[Array, "contract slot"] | Float[Array, "contract slot path"],
        rate: Float[Array, " contract"] | Float[Array, "contract path"],
        paths: int,
    ) -> LoanState:
        """The state on the first day, from principal by quarter (USD bn) and rates (decimal per year).

        The opening balance to state in the ledger is `owed` of what this returns.
        """
        laid = quantize(ladder[..., None] if ladder.ndim == 2 else ladder)
        laid = jnp.broadcast_to(laid, (*laid.shape[:2], paths))
        rates = jnp.broadcast_to(rate[:, None] if rate.ndim == 1 else rate, (laid.shape[0], paths))
        return LoanState(laid, rungs.total(laid), rates.astype(jnp.float64))

    def interest_due(self, state: LoanState, reference: Reference) -> ByContract:
        """Interest of this quarter on what is owed now, USD bn; `reference` is decimal per year.

        40 at 5 % a year: 0.5. Ask before anything is drawn in the quarter: new money bears interest from the next.
        """
        per_year = state.rate + jnp.where(self.floating[:, None], reference, 0.0)
        return quantize(state.owed * per_year / QUARTERS_PER_YEAR)

    def principal_due(self, state: LoanState, quarter: Quarter) -> ByContract:
        """Principal that falls due in this quarter, USD bn."""
        return rungs.due(state.ladder, quarter)

    def draw(
        self,
        state: LoanState,
        quarter: Quarter,
        new_money: ByContract,
        tenor_quarters: Int[Array, " contract"],
        rate: Term,
    ) -> tuple[LoanState, Float64[Array, "flow path"]]:
        """Lend `new_money` (USD bn) at `rate` (coupon or spread, decimal per year), due in one piece after the tenor.

        The contract's rate becomes the average weighted by amounts: 10 at 4 % and 30 at 8 % are 40 at 7 %. A tenor is
        one quarter at least.
        """
        lent = quantize(new_money)
        after = self.average_rate(state, lent, rate)
        slot = quarter + jnp.maximum(tenor_quarters, 1)
        state = LoanState(rungs.place(state.ladder, lent, slot), state.owed + lent, after)
        return state, moves(self.sizes, lent.shape[1], lend=lent)

    def draw_evenly(
        self,
        state: LoanState,
        quarter: Quarter,
        amount: Float[Array, "draw path"],
        contract: Int[np.ndarray, " draw"],
        first: Int[np.ndarray, " draw"],
        parts: Int[np.ndarray, " draw"],
    ) -> tuple[LoanState, Float64[Array, "flow path"]]:
        """Lend what was promised, at the contract's own rate, repaid in level parts over quarters `first` ... on.

        One row for each promise; `contract` takes it. What is drawn when repayment has begun comes down over the
        quarters that are left, and what is drawn after all of them is due in the next quarter.
        """
        lent = quantize(amount)
        begins = jnp.maximum(jnp.asarray(first), quarter + 1)
        ladder = rungs.place_evenly(state.ladder, lent, begins, jnp.asarray(first + parts) - begins, contract)
        by_contract = jnp.zeros_like(state.owed).at[contract].add(lent)
        after = LoanState(ladder, state.owed + by_contract, state.rate)
        return after, moves(self.sizes, lent.shape[1], lend=by_contract)

    def average_rate(self, state: LoanState, lent: ByContract, rate: Term) -> ByContract:
        """The contract's rate when `lent` comes on top at `rate`: weighted by amounts, as before if nothing is owed."""
        owed = state.owed + lent
        some = owed > 0
        return jnp.where(some, (state.rate * state.owed + rate * lent) / jnp.where(some, owed, 1.0), state.rate)

    def extend(self, state: LoanState, quarter: Quarter, amount: ByContract) -> LoanState:
        """`amount` (USD bn, whole quanta) of the principal that is due falls due in the next quarter instead.

        At most what is due; nobody pays anything for it.
        """
        return LoanState(rungs.defer_some(state.ladder, quarter, amount), state.owed, state.rate)

    def settle(
        self, state: LoanState, quarter: Quarter, interest_due: ByContract, share: Term
    ) -> tuple[LoanState, Float64[Array, "flow path"]]:
        """Pay `share` (0..1) of the interest and of the principal that are due; the rest is owed in the next quarter.

        `interest_due` is what `interest_due` said before anything was drawn. Half of 4 principal and of 1 interest: 2
        and 0.5 are paid, and 2 + 0.5 fall due in the next quarter.
        """
        interest_due, principal = quantize(interest_due), self.principal_due(state, quarter)
        repaid, earned = quantize(principal * share), quantize(interest_due * share)
        unpaid = interest_due - earned
        kept = rungs.defer(state.ladder, quarter, repaid)
        kept = rungs.place(kept, unpaid, quarter + 1)
        after = LoanState(kept, state.owed - repaid + unpaid, state.rate)
        return after, moves(self.sizes, repaid.shape[1], repay=repaid, interest=earned, accrue=unpaid)

    def write_down(
        self, state: LoanState, share: Float[Array, "contract path"]
    ) -> tuple[LoanState, Float64[Array, "flow path"]]:
        """`share` (0..1) of what is owed will never be paid: the lender's loss, and the borrower's gain."""
        kept, lost = rungs.scale(state.ladder, share)
        return LoanState(kept, state.owed - lost, state.rate), moves(self.sizes, lost.shape[1], write_off=lost)

    def reorganize(
        self,
        state: LoanState,
        quarter: Quarter,
        where: Bool[Array, "contract path"],
        tenor_quarters: Int[Array, " contract"],
    ) -> LoanState:
        """What is left of a failed borrower's debt gets new dates: level parts over a tenor, from the next quarter on.

        Nobody pays anything for it, and the rate stays. 11 U.S.C. § 1123(a)(5)(H): a plan may extend maturities.
        """
        first = jnp.broadcast_to(quarter + 1, tenor_quarters.shape)
        return LoanState(rungs.lay_anew(state.ladder, where, first, tenor_quarters), state.owed, state.rate)

    def taken_over(self, state: LoanState, amount: ByContract) -> tuple[LoanState, ByContract]:
        """Somebody else pays or takes over `amount` (USD bn) of what is due first; returns what was taken off.

        Moves no money by itself: the flow that takes the claim away (a called guarantee, a conversion into shares)
        belongs to another instrument or kind. Never more than is owed.
        """
        kept, taken = rungs.take_earliest(state.ladder, amount)
        return LoanState(kept, state.owed - taken, state.rate), taken

    def hand_over(
        self,
        state: LoanState,
        quarter: Quarter,
        share: Float[Array, "sale path"],
        sold: Int[np.ndarray, " sale"],
        bought: Int[np.ndarray, " sale"],
    ) -> tuple[LoanState, Float64[Array, "sale path"], Float64[Array, "sale path"]]:
        """`share` (0..1) of every slot of the contracts `sold` becomes debt of the contracts `bought`.

        Returns how much, USD bn, and the years until it is due, averaged over what is owed (0 where nothing is).
        Whoever holds it, it is due on the same days at the same rate: the buyer's contract has the average of what it
        held and what it gets. Moves no money by itself: the sale belongs to another instrument.
        """
        ladder, face, waits = rungs.hand_over(state.ladder, quarter, share, sold, bought)
        came = jnp.zeros_like(state.owed).at[bought].add(face)
        at_rate = jnp.zeros_like(state.owed).at[bought].add(face * state.rate[sold])
        after = self.average_rate(state, came, at_rate / jnp.where(came > 0, came, 1.0))
        owed = state.owed[sold]
        years = waits / QUARTERS_PER_YEAR / jnp.where(owed > 0, owed, 1.0)
        return LoanState(ladder, (state.owed + came).at[sold].add(-face), after), face, years
