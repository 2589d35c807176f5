"""What outside customers of AI spend when the simulation opens, how fast that grows, and whom they pay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ouroloop.core import BadInput, Place, Problem, Quarter
from ouroloop.dossier import Assumption, Dossier, quantile

if TYPE_CHECKING:
    from ouroloop.scenario.axes import Axes

Values = NDArray[np.float64]
_QUARTER_ROW = re.compile(r"dem-(\d{4})q([1-4])$")
_GROWTH, _PERSISTENCE = "dem-003", "dem-035"
_SELLER = "eco-sell-"
"""Assumptions named `eco-sell-<member>` hold the parts of sellers that publish no revenue from AI."""


@dataclass(frozen=True, eq=False)
class Spend:
    """One opening's outside demand on some paths.

    `spend` USD bn of the opening quarter, `growth` as seen, log per year [1 or path]; `share` by seller, the rest is
    everybody else's.
    """

    spend: Values
    growth: Values
    share: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class OutsideSpend:
    """The last quarter for which there is an estimate, carried on to the opening quarter."""

    row: Assumption
    growth: Assumption
    persistence: float
    years: float
    """From the middle of the estimate's quarter to that of the opening quarter."""
    share: Mapping[str, float]

    def drawn(self, named: Callable[[str], np.ndarray] | None = None) -> Spend:
        """Spend and growth at the opening, on the paths of `named` (uniform numbers by name); central values without.

        Growth g fades to g rho^t over t years, and spend grows by (g rho^t - g) / ln rho in the meantime.
        """
        base, seen = (
            np.array([row.value])
            if named is None or not row.drawable
            else quantile(row, named(row.stands_in_for or row.id))
            for row in (self.row, self.growth)
        )
        fading = np.log(self.persistence)
        faded = seen * self.persistence**self.years
        grown = (faded - seen) / fading if fading else seen * self.years
        return Spend(base * np.exp(grown), faded, self.share)


def outside_spend(dossier: Dossier, axes: Axes) -> OutsideSpend:
    """What is known of outside demand on the dossier's day?

    The latest estimate of a quarter's spend (`dem-YYYYqN`) and of its growth, or what stands in for them on an earlier
    day. A seller's part: its own revenue where it sells nothing but AI and publishes it (labs), over that spend; else
    the assumption `eco-sell-<seller>`.
    Raises BadInput where no estimate is known yet.
    """
    opening = Quarter.of(dossier.date)
    rows = {_quarter(name): row for name, row in dossier.assumptions.items() if _QUARTER_ROW.match(name)}
    rows = {quarter: row for quarter, row in rows.items() if quarter <= opening}
    missing = [name for name in (_GROWTH, _PERSISTENCE) if name not in dossier.assumptions]
    if not rows or missing:
        what = missing or ["dem-YYYYqN"]
        message = f"outside spend on AI is not known on {dossier.date}: there is no {', '.join(what)}"
        raise BadInput([Problem(Place("assumptions"), "no-assumption", message, "open the books on a later day")])
    latest = max(rows)
    made = OutsideSpend(
        rows[latest],
        dossier.assumptions[_GROWTH],
        dossier.assumptions[_PERSISTENCE].value,
        (opening.ordinal - latest.ordinal) / 4,
        MappingProxyType({}),
    )
    return OutsideSpend(made.row, made.growth, made.persistence, made.years, _shares(dossier, axes, made))


def _shares(dossier: Dossier, axes: Axes, made: OutsideSpend) -> Mapping[str, float]:
    """Parts of sellers, cut alike where they come to more than all."""
    from ouroloop.dossier import EntityKind
    from ouroloop.scenario.run_rates import run_rates

    spend = float(made.drawn().spend[0])
    rates = run_rates(dossier, axes).members
    found: dict[str, float] = {}
    for member in axes.members:
        row = dossier.assumptions.get(f"{_SELLER}{member}")
        if row is not None:
            found[member] = row.value
        elif dossier.entities[member].kind is EntityKind.LAB and rates[member].revenue.known:
            found[member] = rates[member].revenue.point / spend
    most = 0.98
    whole = sum(found.values())
    return MappingProxyType({m: s * min(1.0, most / whole) if whole else 0.0 for m, s in found.items()})


def _quarter(name: str) -> Quarter:
    found = _QUARTER_ROW.match(name)
    assert found is not None, name
    return Quarter(int(found[1]), int(found[2]))
