"""What no deal says and the simulation needs: the assumptions of the dossier that promises are read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.core import BadInput, Place, Problem

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
    """Of leaving a lease before it starts, of the rent to come (`chip-029`, before that `eco-contracts-013`)."""
    termination_share: float
    """Of leaving a firm contract for compute, as a part of what is still to come (`eco-contracts-014`)."""
    loan_life_years: float
    """Of a loan whose term is not known (`eco-contracts-015`)."""
    loan_spread: float
    """Of a loan whose terms are not known, decimal per year (`eco-contracts-016`)."""
    commitment_fee: float
    """On what is committed and not drawn, decimal per year (`eco-contracts-017`)."""
    loan_cost_share: float
    """Of the cost of what it pays for, that a delayed-draw loan pays (`eco-contracts-018`)."""
    letter_advance_share: float
    """Of a letter of intent, that lenders count as collateral (`eco-contracts-019`)."""
    lease_discount: float
    """The tenant's borrowing rate at which rent to come is valued, decimal per year (`eco-contracts-020`)."""
    chance: tuple[float, float, float]
    """That a conditional promise, a letter and a reported deal become firm (`eco-contracts-002` to `-004`)."""
    chips_in_capex_share: float
    """Compute and networks in what a site costs (`chip-004`)."""


_ROWS: dict[str, tuple[str, ...]] = {
    "open_top": (f"{_AREA}-001",),
    "decided_after_years": (f"{_AREA}-005",),
    "purchase_years": (f"{_AREA}-006",),
    "lease_years": (f"{_AREA}-007",),
    "funding_years": (f"{_AREA}-008",),
    "drawing_years": (f"{_AREA}-011",),
    "lease_begins_years": (f"{_AREA}-012",),
    "take_or_pay_share": (f"{_AREA}-009",),
    "order_take_or_pay_share": (f"{_AREA}-010",),
    "exit_price_share": ("chip-029", f"{_AREA}-013"),
    "termination_share": (f"{_AREA}-014",),
    "loan_life_years": (f"{_AREA}-015",),
    "loan_spread": (f"{_AREA}-016",),
    "commitment_fee": (f"{_AREA}-017",),
    "loan_cost_share": (f"{_AREA}-018",),
    "letter_advance_share": (f"{_AREA}-019",),
    "lease_discount": (f"{_AREA}-020",),
    "conditional": (f"{_AREA}-002",),
    "letter": (f"{_AREA}-003",),
    "reported": (f"{_AREA}-004",),
    "chips_in_capex_share": ("chip-004",),
}
"""The rows that a value may come from; the first one that is known on the day is read."""

_SCALE = {"loan_spread": 1e-4, "commitment_fee": 1e-2, "lease_discount": 1e-2}
"""From basis points and percent to decimals per year."""


def given(dossier: Dossier) -> Given:
    """The values that hold on the dossier's date. Raises BadInput `unknown-assumption`, every missing one at once."""
    known = {name: next((row for row in rows if row in dossier.assumptions), None) for name, rows in _ROWS.items()}
    missing = [_ROWS[name][-1] for name, row in known.items() if row is None]
    if missing:
        raise BadInput(
            Problem(
                Place("assumptions"),
                "unknown-assumption",
                f"contracts need the assumption '{row}', which '{dossier.header.id}' does not know on {dossier.date}",
                "open the dossier as of a later day, or add the row",
            )
            for row in missing
        )
    values = {n: dossier.assumptions[row].value * _SCALE.get(n, 1.0) for n, row in known.items() if row is not None}
    chance = tuple(values.pop(tier) for tier in ("conditional", "letter", "reported"))
    return Given(**values, chance=chance)  # pyright: ignore[reportArgumentType]


def of_deal(dossier: Dossier, what: str, deal: str, scale: float = 1.0) -> float | None:
    """A term of one deal that stands in its prose only, from the row `eco-contracts-{what}-{deal}`; None without it."""
    row = dossier.assumptions.get(f"{_AREA}-{what}-{deal}")
    return None if row is None else row.value * scale
