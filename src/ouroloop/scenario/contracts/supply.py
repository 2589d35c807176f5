"""Who sells chips to whom? The part of each builder's spending on chips that goes to each vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ouroloop.core import BadInput, Place, Problem
from ouroloop.dossier.models import EntityKind
from ouroloop.scenario.axes import SUPPLIERS, Axes

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier
    from ouroloop.dossier.models.assumption import Assumption

_ROW = "eco-supply"
_ANY = "other"
"""The builder whose row stands for all that have none of their own."""

BUILDER_KINDS = (EntityKind.CLOUD, EntityKind.NEOCLOUD, EntityKind.LAB, EntityKind.SITE_OWNER, EntityKind.SPV)


@dataclass(frozen=True, eq=False)
class Shares:
    """Of what a builder spends on chips (compute and networks), the part that each vendor gets; every row adds up to 1.

    The last vendor is the sector `suppliers`: makers of servers, memory, networks and chips without books here.
    """

    builders: tuple[str, ...]
    vendors: tuple[str, ...]
    share: NDArray[np.float64]
    """`[builder, vendor]`, the central values."""
    rows: tuple[tuple[str | None, ...], ...]
    """The assumption behind each share, to draw it from; None for the rest and for a vendor without a row."""
    basis: tuple[str, ...]
    """Of each builder's shares: `assumed`, `derived` or `reported`, the weakest of its rows."""


def supply_shares(dossier: Dossier, axes: Axes) -> Shares:
    """Which vendor gets which part of each builder's spending on chips?

    From the assumptions `eco-supply-{builder}-{vendor}`, those of the builder `other` where a builder has none; what
    they leave goes to `suppliers`. Orders of the dossier move these shares from the quarter on in which they deliver
    (`OrderTerm.vendor_share_hint`). Raises BadInput where there are no rows, or shares of a builder exceed 1.
    """
    rows = {name: row for name, row in dossier.assumptions.items() if name.startswith(f"{_ROW}-")}
    vendors = tuple(m for m in axes.members if any(name.endswith(f"-{m}") for name in rows))
    problems: list[Problem] = []
    if not any(name.startswith(f"{_ROW}-{_ANY}-") for name in rows):
        message = f"'{dossier.header.id}' knows no shares of vendors ({_ROW}-{_ANY}-...) on {dossier.date}"
        problems.append(Problem(Place("assumptions"), "unknown-assumption", message, "open it as of a later day"))
        raise BadInput(problems)
    builders = tuple(m for m in axes.members if dossier.entities[m].kind in BUILDER_KINDS)
    found = [_of_builder(rows, builder, vendors) for builder in builders]
    share = np.asarray([[row.value if row else 0.0 for row in mine] for mine in found]).reshape(-1, len(vendors))
    for builder, total in zip(builders, share.sum(axis=1), strict=True):
        if total > 1:
            message = f"the vendors of {builder} have {total:g} of its spending on chips, more than all of it"
            problems.append(Problem(Place("assumptions"), "bad-range", message, f"lower its {_ROW} rows"))
    if problems:
        raise BadInput(problems)
    rest = 1.0 - share.sum(axis=1, keepdims=True)
    return Shares(
        builders=builders,
        vendors=(*vendors, SUPPLIERS),
        share=np.concatenate([share, rest], axis=1),
        rows=tuple((*(row.id if row else None for row in mine), None) for mine in found),
        basis=tuple(_weakest(mine) for mine in found),
    )


def _of_builder(rows: dict[str, Assumption], builder: str, vendors: tuple[str, ...]) -> tuple[Assumption | None, ...]:
    own = tuple(rows.get(f"{_ROW}-{builder}-{vendor}") for vendor in vendors)
    return own if any(own) else tuple(rows.get(f"{_ROW}-{_ANY}-{vendor}") for vendor in vendors)


def _weakest(mine: tuple[Assumption | None, ...]) -> str:
    order = ("reported", "derived", "assumed")
    return max((row.basis for row in mine if row is not None), key=order.index)
