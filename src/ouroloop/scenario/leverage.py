"""How much a firm owes by its balance sheet, and how much once what it has promised counts as debt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.scenario.credit import CreditView

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Leverage:
    """What a firm owes, USD bn, and over what its shares are worth."""

    debt: float
    """Bonds and loans on its own balance sheet."""
    leases_not_commenced: float
    vehicle_notes: float
    """Notes of vehicles on file, in the part in which it pays their rent."""
    expected_guarantees: float
    equity_value: float

    @property
    def economic_debt(self) -> float:
        """All of it. A vehicle's notes and the rents that repay them are one promise: the larger of the two counts."""
        return self.debt + max(self.leases_not_commenced, self.vehicle_notes) + self.expected_guarantees

    @property
    def as_reported(self) -> float:
        """Debt over the value of the shares."""
        return self.debt / self.equity_value

    @property
    def economic(self) -> float:
        """Economic debt over the value of the shares."""
        return self.economic_debt / self.equity_value


def leverage(dossier: Dossier, view: CreditView) -> Leverage:
    """How leveraged is this firm as reported, and in truth?

    Rent signed for what is not built yet stands on no balance sheet, nor do the notes that it will repay; guarantees
    count at what they are expected to cost. Take-or-pay is left out: it buys something else than space.
    """
    owed = {term: amount or 0.0 for term, amount in view.obligations.items()}
    notes = 0.0
    for structure in dossier.structures.values():
        tenants = {one.id for one in structure.tenants if one.entity == view.entity}
        rent = sum(lease.rent_usd_bn.value for lease in structure.leases)
        own = sum(lease.rent_usd_bn.value for lease in structure.leases if lease.tenant in tenants)
        notes += sum(one.size_usd_bn.value for one in structure.classes) * own / rent
    return Leverage(
        debt=owed["short_debt"] + owed["long_debt"],
        leases_not_commenced=owed["leases_not_commenced"],
        vehicle_notes=notes,
        expected_guarantees=owed["expected_guarantees"],
        equity_value=view.equity_value,
    )
