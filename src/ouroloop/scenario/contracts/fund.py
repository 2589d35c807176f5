"""Promises to fund: shares, loans and bonds still to be drawn, vendors' loans, compute instead of cash, takeovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.dossier.models import Deal, Instrument
from ouroloop.scenario.axes import Axes
from ouroloop.scenario.contracts.given import of_deal
from ouroloop.scenario.contracts.payments import Horizon
from ouroloop.scenario.contracts.terms import (
    UNKNOWN,
    AcquisitionTerm,
    CreditTerm,
    DebtTerm,
    RoundTerm,
    Term,
    VendorLoanTerm,
)
from ouroloop.scenario.contracts.trade import shared, stands

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_BP, _PERCENT = 1e-4, 1e-2


def round_term(whole: Term, deal: Deal) -> RoundTerm:
    """Shares, for cash or for something else."""
    return RoundTerm(**shared(whole), in_kind=deal.in_kind)


def debt_term(dossier: Dossier, horizon: Horizon, whole: Term, deal: Deal) -> DebtTerm:
    """A loan or bond, with the price and life that stand in its prose where an assumption repeats them.

    Its life is counted from the day on which it was signed, as far as that is known, else from when it became known.
    """
    spread, coupon = of_deal(dossier, "spread", deal.id, _BP), of_deal(dossier, "coupon", deal.id, _PERCENT)
    life = of_deal(dossier, "life", deal.id)
    signed = deal.status[0].effective or deal.known
    return DebtTerm(
        **shared(whole),
        kind="loan" if deal.instrument is Instrument.LOAN else "bond",
        spread=UNKNOWN if spread is None else spread,
        coupon=UNKNOWN if coupon is None else coupon,
        due=UNKNOWN if life is None else horizon.quarters_to(signed.last) + 4 * life,
    )


def vendor_loan_term(dossier: Dossier, axes: Axes, whole: Term, deal: Deal) -> VendorLoanTerm:
    """A vendor's loan, with the purchases that its borrower has promised to make from the lender."""
    buys = tuple(
        f"{other.id}#{tranche.id}"
        for other in dossier.deals.values()
        if other.instrument.side == "trade" and stands(dossier, other)
        for tranche in other.tranches
        if (axes.booked_at(other.payer), axes.booked_at(other.payee)) == (whole.payee, whole.payer)
    )
    return VendorLoanTerm(**shared(whole), convertible=deal.instrument is Instrument.CONVERTIBLE, buys=buys)


def credit_term(whole: Term, deal: Deal) -> CreditTerm:
    """Compute, chips or rights in place of cash."""
    cashless = "compute_credit" if deal.in_kind in (None, "shares") else deal.in_kind
    return CreditTerm(**shared(whole), cashless=cashless)


def acquisition_term(whole: Term) -> AcquisitionTerm:
    """A takeover."""
    return AcquisitionTerm(**shared(whole))
