"""What no deal says and the simulation needs: the assumptions of the dossier that promises are read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.core import BadInput, Place, Problem, nearest

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier

_AREA = "eco-contracts"


@dataclass(frozen=True, slots=True)
class Given:
    """The central values, read from the dossier's assumptions once."""

    open_top: float
    """By which part "more than" may exceed what was stated (`eco-contracts-001`)."""
    decided_after_years: float
    """When a promise without a date is decided (`eco-contracts-005`)."""
    purchase_years: float
    """Over which a purchase without a term runs (`eco-contracts-006`)."""
    lease_years: float
    """Over which a lease without a term runs (`eco-contracts-007`)."""
    funding_years: float
    """Over which funding without a date is paid (`eco-contracts-008`)."""
    drawing_years: float
    """Over which a loan without a date is drawn (`eco-contracts-011`)."""
    lease_begins_years: float
    """Until leases begin that a tenant publishes as not begun (`eco-contracts-012`)."""
    take_or_pay_share: float
    """Of firm contracts for compute and supplies (`eco-contracts-009`)."""
    order_take_or_pay_share: float
    """Of firm orders for goods (`eco-contracts-010`)."""
    exit_price_share: float
    """Of leaving a lease before it starts (`chip-029`)."""
    chips_in_capex_share: float
    """Compute and networks in what a site costs (`chip-004`)."""


_ROWS = {
    "open_top": f"{_AREA}-001",
    "decided_after_years": f"{_AREA}-005",
    "purchase_years": f"{_AREA}-006",
    "lease_years": f"{_AREA}-007",
    "funding_years": f"{_AREA}-008",
    "drawing_years": f"{_AREA}-011",
    "lease_begins_years": f"{_AREA}-012",
    "take_or_pay_share": f"{_AREA}-009",
    "order_take_or_pay_share": f"{_AREA}-010",
    "exit_price_share": "chip-029",
    "chips_in_capex_share": "chip-004",
}


def given(dossier: Dossier) -> Given:
    """The values that hold on the dossier's date. Raises BadInput `unknown-assumption`, every missing one at once."""
    missing = [row for row in _ROWS.values() if row not in dossier.assumptions]
    if missing:
        raise BadInput(
            Problem(
                Place("assumptions"),
                "unknown-assumption",
                f"contracts need the assumption '{row}', which '{dossier.header.id}' does not know on {dossier.date}",
                nearest(row, list(dossier.assumptions)) or "open the dossier as of a later day, or add the row",
            )
            for row in missing
        )
    return Given(**{name: dossier.assumptions[row].value for name, row in _ROWS.items()})


def of_deal(dossier: Dossier, what: str, deal: str, scale: float = 1.0) -> float | None:
    """A term of one deal that stands in its prose only, from the row `eco-contracts-{what}-{deal}`; None without it."""
    row = dossier.assumptions.get(f"{_AREA}-{what}-{deal}")
    return None if row is None else row.value * scale
