"""What a world holds: who there is, which contracts bind them, what stands in their books by age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ouroloop.core import Quarter
from ouroloop.economy.operations import Closing, Receipts, Spending, Spot
from ouroloop.instruments.bond_sale import BondSales
from ouroloop.instruments.cloud_contract import CloudContracts
from ouroloop.instruments.credit_default_swap import CreditDefaultSwaps
from ouroloop.instruments.deposit import Deposits
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import Guarantees
from ouroloop.instruments.lease import Leases
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.margin_loan import MarginLoans
from ouroloop.instruments.order import Orders
from ouroloop.instruments.redemption import Redemptions
from ouroloop.instruments.share_sale import ShareSales
from ouroloop.instruments.vintages import Vintages
from ouroloop.instruments.warrant import Warrants
from ouroloop.ledger import Account

OUTSIDE = -1
"""The row of somebody who is no member."""


class Letter(NamedTuple):
    """A letter of intent: a contract that is signed or dropped in some quarter."""

    decided: int
    """The quarter."""
    contract: int
    news_usd_bn: float
    """The business of which everybody learns when it is signed; 0 where the two had announced it before."""


class Vehicle(NamedTuple):
    """A member that owns one site or its machines and lives on the tenant's rent."""

    member: str
    tenant: str
    opens: int
    """The quarter of the first rent, 0 where it runs already: until then it builds."""
    by_chips: bool
    """Does what it owns wear as chips do?"""


class PromisedDraw(NamedTuple):
    """What a lender has promised to lend, whatever happens to the credit of others."""

    loan: int
    """The contract of `World.loans` that takes it."""
    usd_bn: tuple[float, ...]
    """By quarter."""
    price: float
    """Of a contract that owes nothing yet, decimal per year: the coupon, or the spread where it floats."""
    first_repayment: int
    repayments: int
    """Level parts, from the first quarter of repayment on."""
    name: str
    """`deal#tranche` of the promise; several draws share it where several lend."""


class Advance(NamedTuple):
    """What a member has promised to lend to a customer, for what the customer buys from it."""

    loan: int
    """The contract of `World.loans` that takes it."""
    usd_bn: tuple[float, ...]
    """At most, by quarter."""
    name: str
    """`deal#tranche` of the promise."""


@dataclass(frozen=True, eq=False)
class Inventory:
    """What is the same on all paths and in all scenarios of one opening; `OUTSIDE` stands for who is no member."""

    members: tuple[str, ...]
    sectors: Mapping[str, str]
    """Outside entities, with the sponsor that their money carries."""
    quarters: tuple[Quarter, ...]
    """The quarters that are simulated; the books open at the end of the one before."""
    builders: tuple[str, ...]
    """Members that build and run compute, in the order of the axis `builder`."""
    sellers: tuple[str, ...]
    """Whom outside customers of AI pay; a name that is no member stands for everybody else."""
    vendors: tuple[str, ...]
    """Members that sell chips."""
    receipts: Receipts
    loans: Loans
    rounds: EquityRounds
    guarantees: Guarantees
    swaps: CreditDefaultSwaps
    sales: BondSales
    """Bonds of who is rated investment grade, from investors who may hold nothing else."""
    share_sales: ShareSales
    """Quoted shares that funds outside hold on credit or for investors who may leave."""
    margin: MarginLoans
    redemptions: Redemptions
    orders: Orders
    cloud: CloudContracts
    leases: Leases
    deposits: Deposits
    """What landlords hold of tenants; one pair for each tenant that can lose an investment grade."""
    spot: Spot
    spending: Spending
    warrants: Warrants
    chips: Vintages
    """One row for each builder."""
    sites: Vintages
    """One row for each builder, then one for each vehicle."""
    other: Vintages
    """One row for each member that owns other plant: those of `spending.other`."""
    closing: Closing
    chips_by_age: Float[np.ndarray, "builder age"]
    """Book value of chips by the quarters since they were bought, at the opening, USD bn."""
    sites_by_age: Float[np.ndarray, "site age"]
    other_by_age: Float[np.ndarray, "owner age"]
    loan_class: tuple[str, ...]
    """The class of each contract of `loans`: one of `behavior.funding.FUNDING_CLASSES`."""
    guaranteed_loan: tuple[int, ...]
    """The contract of `loans` behind each guarantee, or `OUTSIDE` where it is for something else."""
    loan_draws: tuple[bool, ...]
    """Is the contract of `loans` the one that takes new money from its class? One for each class and borrower."""
    loan_behind: tuple[bool, ...]
    """Is the contract of `loans` a class that is paid after others of its borrower?"""
    loan_tenor: tuple[int, ...]
    """Quarters until a new loan of each contract is due, in one piece."""
    vehicles: tuple[Vehicle, ...]
    promised_draws: tuple[PromisedDraw, ...]
    """By lenders outside."""
    advances: tuple[Advance, ...]
    """By vendors to their customers."""
    passive: tuple[bool, ...]
    """Is a member a vehicle whose income nobody disclosed? It owes and owns; it neither asks for money nor fails."""
    listed: tuple[bool, ...]
    """Is a member's share price quoted? Those that are make the market's return."""
    cloud_letters: tuple[Letter, ...]
    """Which contracts of `cloud` bind nobody yet."""
    order_letters: tuple[Letter, ...]
    """Which contracts of `orders` bind nobody yet."""
    opened: tuple[Account, ...]
    """Accounts that only the opening books touch."""
