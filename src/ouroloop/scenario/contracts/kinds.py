"""Which kind of promise is a tranche, by what the dossier says of its instrument and of its two ends?"""

from __future__ import annotations

import re
from typing import Literal

from ouroloop.core import Tier
from ouroloop.dossier.models import Deal, EntityKind, Instrument, Tranche
from ouroloop.scenario.axes import VEHICLE_KINDS
from ouroloop.scenario.contracts.parties import Parties

Kind = Literal[
    "cloud", "orders", "leases", "rounds", "debts", "vendor_loans", "guarantees", "warrants", "prepayments",
    "credits", "acquisitions", "none",
]  # fmt: skip

_LEAVE = re.compile(r"\bmay (end|cancel|leave|terminate)\b|\bcan be (cancell?ed|ended|terminated)\b")


def kind_of(deal: Deal, tranche: Tranche, ends: Parties) -> Kind:
    """Which book does a tranche belong to?

    - A purchase that its payer books as an asset, from a supplier, or of a site (capex) is an order; a lab's purchases
      from suppliers of infrastructure are compute, as all other purchases are.
    - A lease from the owner of a site or a vehicle is a lease; one from a cloud, a lab or a chip maker is compute.
    - A tranche called a prepayment is money paid ahead of the rest of its deal.
    - A convertible of another firm is a vendor's loan; one of the bond market is a bond.
    """
    made = deal.instrument
    if made.side == "trade" and "prepayment" in tranche.id:
        return "prepayments"
    match made:
        case Instrument.CAPEX:
            return "orders"
        case Instrument.PURCHASE:
            goods = deal.payer_books == "asset" or (
                ends.payee_kind is EntityKind.SUPPLIER and ends.payer_kind is not EntityKind.LAB
            )
            return "orders" if goods else "cloud"
        case Instrument.LEASE:
            return "leases" if ends.payee_kind in VEHICLE_KINDS else "cloud"
        case Instrument.EQUITY:
            return "rounds" if deal.in_kind in (None, "shares") else "credits"
        case Instrument.COMPUTE_CREDIT:
            return "credits"
        case Instrument.LOAN | Instrument.BOND:
            return "debts"
        case Instrument.VENDOR_LOAN:
            return "vendor_loans"
        case Instrument.CONVERTIBLE:
            return "debts" if ends.payer_kind in OUTSIDE_LENDERS else "vendor_loans"
        case Instrument.GUARANTEE:
            return "guarantees"
        case Instrument.WARRANT:
            return "warrants"
        case Instrument.ACQUISITION:
            return "acquisitions"
        case _:
            return "none"


OUTSIDE_LENDERS = (
    EntityKind.BANK,
    EntityKind.BOND_MARKET,
    EntityKind.PRIVATE_CREDIT,
    EntityKind.EQUITY_INVESTORS,
    EntityKind.SOVEREIGN_FUND,
    EntityKind.PENSION,
    EntityKind.INSURER,
    EntityKind.HEDGE_FUND,
    EntityKind.MUTUAL_FUND,
)


def cancellable(tier: Tier, tranche: Tranche) -> bool:
    """Does the condition say that a running contract may be left, and not that something must come first?

    Conditions are prose; a right to leave reads "may end", "may cancel" or "can be canceled".
    """
    return tier is Tier.CONDITIONAL and _LEAVE.search(tranche.condition or "") is not None
