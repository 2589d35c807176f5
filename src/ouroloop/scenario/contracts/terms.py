"""The terms of one promise, by kind: what a deal of the dossier obliges whom to, after the opening quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ouroloop.core import Interval, Tier
from ouroloop.dossier.refs import Refs
from ouroloop.scenario.contracts.payments import FloatArray, Payments

Goods = Literal["chips", "sites", "supplies"]
"""What an order is for: `chips` and servers, `sites`, or `supplies` that go into what the buyer sells."""

Lender = Literal["loan", "bond"]

PENDING = (Tier.CONDITIONAL, Tier.LETTER, Tier.REPORTED)


@dataclass(frozen=True, kw_only=True, eq=False)
class Term:
    """What every promise has: the deal and tranche it stands for, its two ends (folded to the axes) and its money."""

    deal: str
    tranche: str
    payer: str
    payee: str
    tier: Tier
    cancellable: bool
    """Signed and running, but one side may leave: on every path, until somebody leaves."""
    condition: str | None
    bound_by: str | None
    """A firm total that this promise is inside of: it binds as the total does, whoever is paid in the end."""
    link: str | None
    """The circular bargain that it is one leg of."""
    payments: Payments
    refs: Refs

    @property
    def name(self) -> str:
        """`deal#tranche`, one name per promise."""
        return f"{self.deal}#{self.tranche}"

    @property
    def pending(self) -> bool:
        """Must it become firm before it binds? Then it does so on some paths only (see `include`)."""
        return self.tier in PENDING and not self.cancellable and self.bound_by is None


@dataclass(frozen=True, kw_only=True, eq=False)
class CloudTerm(Term):
    """Compute that `payer` has promised to rent from `payee`, in yearly amounts; not what it will use."""

    take_or_pay_share: float
    """The part of it that is owed whether used or not."""
    termination_share: float
    """What leaving costs, as a part of what is still to come."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OrderTerm(Term):
    """Goods that `payer` has ordered from `payee`: part of `builder`'s spending, not on top of it."""

    goods: Goods
    builder: str
    take_or_pay_share: float
    vendor_share_hint: float
    """The vendor's part of the builder's spending on chips that the order alone makes up, over the order's own years,
    at the builder's last published rate of spending. NaN where nobody published that, where the goods are no chips, and
    where the order is more than all of that spending: then others build for the buyer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LeaseTerm(Term):
    """Space and power that `payer`, the tenant, has promised to rent from `payee`, the landlord."""

    commences: float
    """Quarters from the first day of the horizon to that of the rent; negative where it runs already."""
    term_quarters: float
    renewal_quarters: float
    """What the tenant may add to the term; 0 without an option."""
    exit_price_share: float
    """What leaving before it starts costs, as a part of the rent to come."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RoundTerm(Term):
    """New shares of `payee` that `payer` pays for, by tranche."""

    in_kind: str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class DebtTerm(Term):
    """A loan or bond that `payer`, a class of lenders, has promised to `payee`, as it is still to be drawn."""

    kind: Lender
    spread: float
    """Over the reference rate, decimal per year; NaN where not known or where a coupon is."""
    coupon: float
    """Fixed, decimal per year; NaN where not known or where it floats."""
    due: float
    """Quarters from the first day of the horizon to the day of repayment; NaN where not known."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VendorLoanTerm(Term):
    """Money that `payer` lends to `payee` so that it can buy from `payer`; `convertible` into shares or not."""

    convertible: bool
    buys: tuple[str, ...]
    """The purchases (by name) of the same bargain that it pays for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GuaranteeTerm(Term):
    """What `payer` promises to the creditors and landlords of `payee` in a bad state; `payments.point` is the cap.

    Nothing of it is scheduled money: `active` says in which quarters the promise stands.
    """

    kind: Literal["guarantee", "backstop", "residual_value"]
    """Of debts; of rent and capacity that nobody pays for; of what a site is worth when the guarantor leaves it."""
    debtor: str
    """Whose debt it is, for a guarantee; else the guarantor."""
    creditor: str
    """Who is paid."""
    active: FloatArray
    covers: tuple[str, ...]
    """The debts and leases (by deal) of the same bargain or to the same beneficiary that it stands behind."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WarrantTerm(Term):
    """Shares of `payer` that `payee` earns by buying from it; the money is the value when it was announced, if said."""

    shares_bn: float
    strike_usd: float
    top_hurdle_usd: float
    """The share price at which the last part vests."""
    top_gw: float
    """The deliveries at which the last part vests."""
    fair_value_usd: float
    """Of the right to one share on the day of the grant: the announced value over the shares where it was said."""
    order: tuple[str, ...]
    """The orders (by name) whose delivery it rewards."""
    value_known: bool

    @property
    def complete(self) -> bool:
        """Is every term known that an instrument needs?"""
        needed = (self.shares_bn, self.strike_usd, self.top_hurdle_usd, self.top_gw, self.fair_value_usd)
        return not any(np.isnan(needed))


@dataclass(frozen=True, kw_only=True, eq=False)
class PrepaymentTerm(Term):
    """Money paid ahead for what `covers` delivers later."""

    covers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class CreditTerm(Term):
    """Compute that `payer` gives `payee` instead of cash."""

    cashless: Literal["compute_credit", "capacity", "chips", "rights"]


@dataclass(frozen=True, kw_only=True, eq=False)
class AcquisitionTerm(Term):
    """A firm that `payer` buys from its owners: money that leaves to `payee`."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tranche that moves nothing in the simulation, and why."""

    deal: str
    tranche: str
    tier: Tier
    why: Literal["void", "counted elsewhere", "not disclosed", "moved before", "no money", "parties"]
    reason: str
    amount: Interval | None
    """What of it counts once overlaps are resolved (USD bn); None where nothing was disclosed."""
    refs: Refs
    payer: str | None = None
    payee: str | None = None
    """Its ends on the axes, where they have any."""
    opening_usd_bn: float = 0.0
    """What of its point moves in the opening quarter after the day up to which things are known, if it binds."""

    @property
    def name(self) -> str:
        return f"{self.deal}#{self.tranche}"


UNKNOWN = float(np.nan)
"""A term that nobody disclosed."""
