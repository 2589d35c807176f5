"""The verbs of the scenario language: one record each. Their docstrings become docs/scenarios.md."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from ouroloop.dossier.models.record import refusal
from ouroloop.scenario.magnitude import Amount, Magnitude, Positive, Share, fixed
from ouroloop.scenario.shock import Customers, DealName, Firm, Firms, Guarantor, Party, Shock, Until

LenderClass = Literal["bank", "bond_market", "private_credit", "sovereign_fund", "insurer", "outside_equity"]
"""Who lends, and at the end who buys new shares from outside the loop."""

ALL = fixed(1.0)


def _least_one(given: Magnitude) -> Magnitude:
    if given.ends[1] > 80:
        raise refusal("bad-number", f"a delay is at most 80 quarters, not {given.ends[1]:g}")
    return given


def _at_most_six(given: Magnitude) -> Magnitude:
    if given.ends[1] > 6:
        raise refusal("bad-number", f"there are six letters below AAA, not {given.ends[1]:g}")
    return given


def _a_life(given: Magnitude) -> Magnitude:
    if given.ends[1] > 60:
        raise refusal("bad-number", f"a life is at most 60 years, not {given.ends[1]:g}")
    return given


class StopPaying(Shock):
    """A firm stops paying another what falls due between them: for compute, chips on order, leases, loans and shares.

    What is not paid stays owed: the payee's receivable ages, a loan grows by its interest, and what follows (write-off,
    default, who loses) is the simulation's answer. Other payees of the firm are paid as before.
    """

    verb: ClassVar[str] = "stop_paying"
    payer: Party = Field(alias="from")
    """Who stops."""
    payee: Party = Field(alias="to")
    """Who is not paid."""
    until: Until | None = None
    """The last quarter without payment, included; without it, to the end."""
    share: Share = ALL
    """The part of what falls due that is not paid."""

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.payer == self.payee:
            raise refusal("one-of", f"'{self.payer}' cannot stop paying itself")
        return self


class Default(Shock):
    """A firm is made to default, whatever its cash says: resolution, recovery and rejected contracts follow."""

    verb: ClassVar[str] = "default"
    entity: Firm
    """The firm."""


class CutDemand(Shock):
    """Outside customers spend less on AI than they would have. What they spend follows its own course from there.

    With `until`, spending is lifted again by what it was cut by, in the quarter after; a cut that ends must leave
    something to lift.
    """

    verb: ClassVar[str] = "cut_demand"
    until: Until | None = None
    """The last quarter of the cut, included; without it, for good."""
    sector: Customers | None = None
    """Only these customers (consumers, businesses, advertisers); without it, all."""
    share: Share
    """The part of spending that goes."""

    @field_validator("share", mode="after")
    @classmethod
    def _can_return(cls, share: Magnitude, info: ValidationInfo) -> Magnitude:
        if info.data.get("until") is not None and share.ends[1] >= 1:
            raise refusal("bad-share", "a cut that ends must leave something: give a share below 1")
        return share


class CloseCredit(Shock):
    """Lenders give no new money, roll nothing over and draw nothing down beyond what they are bound to."""

    verb: ClassVar[str] = "close_credit"
    lenders: tuple[LenderClass, ...] = ()
    """Which classes; without it, every class that lends, but not those who buy shares (outside_equity)."""
    until: Until | None = None
    """The last closed quarter, included; without it, to the end."""
    share: Share = ALL
    """The part of their capacity that is closed."""

    @property
    def classes(self) -> tuple[LenderClass, ...]:
        """The classes that close."""
        return self.lenders or ("bank", "bond_market", "private_credit", "sovereign_fund", "insurer")


class RaiseSpread(Shock):
    """Lenders ask more: basis points on top of the spread that forms by itself."""

    verb: ClassVar[str] = "raise_spread"
    bp: Amount
    """Basis points added (100 are one percent a year)."""
    until: Until | None = None
    """The last quarter, included; without it, to the end."""
    entity: Firm | None = None
    """Only this borrower; without it, every firm."""


class ShortenLife(Shock):
    """Chips last so many years from then on: the economic life, by which they wear, earn and are worth replacing.

    What firms report does not change by it (see honest_books): that is the difference the two views show.
    """

    verb: ClassVar[str] = "shorten_life"
    years: Annotated[Positive, AfterValidator(_a_life)]
    """The life, in years."""
    entity: Firm | None = None
    """Only this owner; without it, every firm."""


class VoidDeal(Shock):
    """A deal, or one tranche of it, is called off: nothing more falls due under it, on either side."""

    verb: ClassVar[str] = "void_deal"
    deal: DealName
    """The deal's id, or deal#tranche."""


class WithdrawEquity(Shock):
    """Promised shares are not paid for: tranches that come due are withheld."""

    verb: ClassVar[str] = "withdraw_equity"
    investor: Party | None = None
    """Only from this investor; without it, from all."""
    issuer: Firm | None = None
    """Only for this firm; without it, for all that the investor promised to."""
    until: Until | None = None
    """The last quarter, included; without it, to the end."""
    share: Share = ALL
    """The part that is withheld."""

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.investor is None and self.issuer is None:
            raise refusal("one-of", "say whose money: give 'investor', 'issuer' or both")
        return self


class RepriceEquity(Shock):
    """The price of shares falls at once; where it goes from there is the market's."""

    verb: ClassVar[str] = "reprice_equity"
    share: Share
    """The part of the price that is lost."""
    entity: Firm | None = None
    """Only this firm; without it, every firm."""


class Downgrade(Shock):
    """Agencies lower a firm by so many letters at once: coupons, deposits, sales by mandate and dearer money follow.

    Nobody is lowered below CCC. From there agencies go back to what they think of the firm, a part of the way each
    quarter. Vehicles that live on its rent are lowered with it.
    """

    verb: ClassVar[str] = "downgrade"
    entity: Firm
    """The firm."""
    letters: Annotated[Positive, AfterValidator(_at_most_six)]
    """How many letters: from A to BB are two."""


class SellDown(Shock):
    """Funds outside sell a part of the shares that they hold, whatever they are worth.

    Hedge funds and open-end funds both. No more of a firm than its market takes finds a buyer in a quarter; what is
    sold lowers the price, and lower prices may bring calls that make them sell on.
    """

    verb: ClassVar[str] = "sell_down"
    share: Share
    """The part of what each of them holds."""
    entity: Firm | None = None
    """Only shares of this firm; without it, of every firm with a quoted share."""


class DelayPower(Shock):
    """Power for new sites comes late. What is built waits for it, and its debt does not.

    Either so many `quarters` without any new power, or a `share` of new power that does not come.
    """

    verb: ClassVar[str] = "delay_power"
    quarters: Annotated[Positive, AfterValidator(_least_one)] | None = None
    """For so many quarters no new power comes; a part of a quarter delays that part of its power."""
    share: Share | None = None
    """The part of new power that does not come in each quarter."""
    until: Until | None = None
    """With `share`: the last quarter, included; without it, to the end."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.quarters is None) == (self.share is None):
            raise refusal("one-of", "give exactly one of 'quarters' and 'share'")
        if self.quarters is not None and self.until is not None:
            raise refusal("one-of", "'quarters' says how long: leave 'until' out")
        return self


class ImproveEfficiency(Shock):
    """The same sales need less compute, for good: better chips, models and software at once."""

    verb: ClassVar[str] = "improve_efficiency"
    factor: Positive
    """How many times as much is done with one unit of compute; 2 halves what is needed."""


class ArrivePayoff(Shock):
    """The payoff arrives in this quarter on every path: reliability lets users pay for far more work than before."""

    verb: ClassVar[str] = "arrive_payoff"


class Guarantee(Shock):
    """The government stands behind what firms owe their lenders: lenders lose less, the guarantor what they do not.

    What firms guarantee one another stands in their deals.
    """

    verb: ClassVar[str] = "guarantee"
    guarantor: Guarantor
    """Who pays when the debtor does not: us-government."""
    debtors: Firms
    """Whose debt is guaranteed."""
    share: Share = ALL
    """The part of each debt that is guaranteed."""
    cap_usd_bn: Amount | None = None
    """The most that the guarantor pays for all of them together, USD bn; without it, no limit."""


class StopInvesting(Shock):
    """A vendor puts no more of its free cash into its customers.

    What it has signed is still paid: withdraw_equity stops shares that it has promised, void_deal a loan.
    """

    verb: ClassVar[str] = "stop_investing"
    vendor: Firm
    """The vendor."""
    until: Until | None = None
    """The last quarter, included; without it, to the end."""
    share: Share = ALL
    """The part of that money that stops."""


class HonestBooks(Shock):
    """Every firm reports economic lives from this quarter on: depreciation as fast as things wear."""

    verb: ClassVar[str] = "honest_books"


class RenegotiateLeases(Shock):
    """Tenants get their rents cut, for good, on every lease that runs or is signed."""

    verb: ClassVar[str] = "renegotiate_leases"
    share: Share
    """The part of the rent that goes."""
    tenant: Firm | None = None
    """Only this tenant; without it, all."""


VERBS: dict[str, type[Shock]] = {
    model.verb: model
    for model in (
        StopPaying,
        Default,
        CutDemand,
        CloseCredit,
        RaiseSpread,
        ShortenLife,
        VoidDeal,
        WithdrawEquity,
        RepriceEquity,
        Downgrade,
        SellDown,
        DelayPower,
        ImproveEfficiency,
        ArrivePayoff,
        Guarantee,
        StopInvesting,
        HonestBooks,
        RenegotiateLeases,
    )
}
"""Every verb."""
