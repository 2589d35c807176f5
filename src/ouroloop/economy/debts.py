"""Who owes whom on loans, what lenders and vendors have promised to lend, and who stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.behavior.default import SENIORITY
from ouroloop.behavior.funding import VENDOR
from ouroloop.behavior.lending import EQUITY, LENDER_CLASSES
from ouroloop.economy.holdings import Holdings
from ouroloop.economy.numbering import Rows
from ouroloop.instruments.guarantee import GuaranteeKind
from ouroloop.ledger.incidence import Incidence


@dataclass(frozen=True, eq=False)
class Debts(Holdings):
    """Rows and sums over loans, promised draws, advances of vendors, guarantees and default swaps."""

    @cached_property
    def loan_borrower(self) -> Rows:
        return self.rows(self.loans.borrowers)

    @cached_property
    def loan_lender(self) -> Rows:
        """The row in `LENDER_CLASSES` of each loan; `OUTSIDE` for a vendor's."""
        return self._on(LENDER_CLASSES, self.loan_class)

    @cached_property
    def loan_rank(self) -> Rows:
        """The rank of each loan in `behavior.default.SENIORITY`.

        Bonds and vendors' notes are unsecured, a class behind others is subordinated, everything else is a loan.
        """
        ranks = (
            "subordinated" if behind else "unsecured_bond" if name in ("bond_market", VENDOR) else "loan"
            for name, behind in zip(self.loan_class, self.loan_behind, strict=True)
        )
        return np.array([SENIORITY.index(rank) for rank in ranks], np.int64)

    @cached_property
    def bond(self) -> np.ndarray:
        """[loan]: is it a bond, whose coupon may step up?"""
        return np.array([name == "bond_market" for name in self.loan_class], bool)

    @cached_property
    def may_ask(self) -> np.ndarray:
        """[class, member]: whom may a member ask? Lenders with a contract here, and for shares whoever buys them."""
        allowed = np.zeros((len(LENDER_CLASSES), len(self.members)), bool)
        draws = np.array(self.loan_draws, bool)
        allowed[self.loan_lender[draws], self.loan_borrower[draws]] = True
        allowed[EQUITY, self.rows(issuer for _, issuer in self.receipts.shares)] = True
        return allowed

    @cached_property
    def loans_by_borrower(self) -> Incidence:
        return self._adding(self.loan_borrower)

    @cached_property
    def loans_by_class(self) -> Incidence:
        return self._adding(self.loan_lender, len(LENDER_CLASSES))

    @cached_property
    def sales_by_borrower(self) -> Incidence:
        return self._adding(self.loan_borrower[self.sales.sold])

    @cached_property
    def draw_loan(self) -> Rows:
        """The loan of each promised draw."""
        return np.array([draw.loan for draw in self.promised_draws], np.int64)

    @cached_property
    def draw_first(self) -> Rows:
        """The first quarter in which each promised draw is repaid."""
        return np.array([draw.first_repayment for draw in self.promised_draws], np.int64)

    @cached_property
    def draw_parts(self) -> Rows:
        """In how many level parts."""
        return np.array([draw.repayments for draw in self.promised_draws], np.int64)

    @cached_property
    def draw_schedule(self) -> Float[np.ndarray, "draw quarter"]:
        """USD bn."""
        found = [draw.usd_bn[: len(self.quarters)] for draw in self.promised_draws]
        return np.array(found, np.float64).reshape(len(found), len(self.quarters))

    @cached_property
    def draws_by_borrower(self) -> Incidence:
        return self._adding(self.loan_borrower[self.draw_loan])

    @cached_property
    def draws_by_loan(self) -> Incidence:
        return self._adding(self.draw_loan, len(self.loans.names))

    @cached_property
    def advance_loan(self) -> Rows:
        """The loan of each advance."""
        return np.array([advance.loan for advance in self.advances], np.int64)

    @cached_property
    def advance_lender(self) -> Rows:
        return self.rows(lender for lender, _ in self.advance_parties)

    @cached_property
    def advance_borrower(self) -> Rows:
        return self.rows(borrower for _, borrower in self.advance_parties)

    @cached_property
    def advance_parties(self) -> tuple[tuple[str, str], ...]:
        """(lender, borrower) of each advance."""
        return tuple((self.loans.lenders[n], self.loans.borrowers[n]) for n in self.advance_loan)

    @cached_property
    def advance_schedule(self) -> Float[np.ndarray, "advance quarter"]:
        """USD bn, at most."""
        found = [advance.usd_bn[: len(self.quarters)] for advance in self.advances]
        return np.array(found, np.float64).reshape(len(found), len(self.quarters))

    @cached_property
    def advances_by_loan(self) -> Incidence:
        return self._adding(self.advance_loan, len(self.loans.names))

    @cached_property
    def chips_by_advance(self) -> Incidence:
        """Chips that a borrower buys from who lends to it; compute, orders and leases alike."""
        return self._bought_with_advances(self.spending.chips)

    @cached_property
    def cloud_by_advance(self) -> Incidence:
        return self._bought_with_advances(self.cloud.parties)

    @cached_property
    def orders_by_advance(self) -> Incidence:
        return self._bought_with_advances(self.orders.parties)

    @cached_property
    def leases_by_advance(self) -> Incidence:
        return self._bought_with_advances(self.leases.parties)

    def _bought_with_advances(self, bought: Sequence[tuple[str, str]]) -> Incidence:
        """[advance, purchase] of purchases (buyer, seller)."""
        rows = [[int(one == (borrower, lender)) for one in bought] for lender, borrower in self.advance_parties]
        return Incidence(np.array(rows, np.int64).reshape(len(self.advances), len(bought)))

    @cached_property
    def guarantor(self) -> Rows:
        return self.rows(self.guarantees.guarantors)

    def bound_guarantors(self, defaulted: Float[Array, "member path"]) -> Float[Array, "guarantee path"]:
        """1 for promises of who has never failed, else 0: reorganization discharges them. Nobody outside fails."""
        sound = 1.0 - defaulted
        return jnp.concatenate([sound, jnp.ones_like(sound[:1])])[self.guarantor]

    @cached_property
    def promised_loan(self) -> Rows:
        """`guaranteed_loan` as rows."""
        return np.array(self.guaranteed_loan, np.int64)

    @cached_property
    def backstopped(self) -> Rows:
        """Whose capacity each guarantee takes where nobody else does, on the axis `builder`; `OUTSIDE` for nobody's."""
        takes = (kind is GuaranteeKind.BACKSTOP for kind in self.guarantees.kinds)
        sellers = (name if does else "" for name, does in zip(self.guarantees.creditors, takes, strict=True))
        return self._on(self.builders, sellers)

    @cached_property
    def guarantees_by_guarantor(self) -> Incidence:
        return self._adding(self.guarantor)

    @cached_property
    def guarantees_by_loan(self) -> Incidence:
        return self._adding(self.promised_loan, len(self.loans.names))

    @cached_property
    def swap_reference(self) -> Rows:
        """Whose failure each swap is about."""
        return self.rows(self.swaps.references)
