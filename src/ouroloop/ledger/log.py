"""The posting log: everything needed to keep the books again by hand, as plain Python lists, and what an audit says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Array, Float

from ouroloop.ledger.chart import Account, Flow
from ouroloop.ledger.color import ColoredCash, colors_of
from ouroloop.ledger.ledger import Books, Ledger

Rows = list[list[float]]
"""[account or flow][path]"""
Cube = list[list[list[float]]]
"""[entity or payment][color][path]"""


@dataclass
class Period:
    """What was posted in one period, and what the books said after it."""

    label: str
    amounts: Rows
    """Per flow type and path, as they were given to `post` (not rounded)."""
    books: Rows
    cash_colors: Cube | None = None
    revenue_colors: Cube | None = None
    carried: Cube | None = None


@dataclass
class PostingLog:
    """A run's postings from the opening on. Begun by `begin_log`, one `record` per period, read by `audit`."""

    accounts: tuple[Account, ...]
    flows: tuple[Flow, ...]
    openings: tuple[Flow, ...]
    entities: tuple[str, ...]
    sectors: Mapping[str, str]
    colors: tuple[str, ...]
    opening: Period
    periods: list[Period] = field(default_factory=list[Period])
    in_rounds: bool = False
    """Were the colors moved by `recolor_in_rounds`, and not payment by payment?"""

    def record(
        self,
        label: str,
        amounts: Float[Array, "flow path"] | Float[np.ndarray, "flow path"],
        books: Books,
        colored: ColoredCash | None = None,
        carried: Float[Array, "payment color path"] | None = None,
    ) -> None:
        """Write down a period: the amounts given to `post` and `pay`, and what came out of them."""
        self.periods.append(_period(label, amounts, books, colored, carried))


def begin_log(
    ledger: Ledger,
    opening: Float[Array, "opening path"] | Float[np.ndarray, "opening path"],
    books: Books,
    colored: ColoredCash | None = None,
    *,
    in_rounds: bool = False,
) -> PostingLog:
    """Start a log from the opening amounts (`opening_amounts`) and the books that `open_books` made of them."""
    chart = ledger.chart
    first = _period("opening", opening, books, colored, None)
    return PostingLog(
        chart.accounts,
        chart.flows,
        chart.openings,
        chart.entities,
        chart.sectors,
        colors_of(ledger),
        first,
        in_rounds=in_rounds,
    )


def _period(
    label: str,
    amounts: Float[Array, "row path"] | Float[np.ndarray, "row path"],
    books: Books,
    colored: ColoredCash | None,
    carried: Float[Array, "payment color path"] | None,
) -> Period:
    return Period(
        label,
        np.asarray(amounts).tolist(),
        np.asarray(books.balances).tolist(),
        None if colored is None else np.asarray(colored.cash).tolist(),
        None if colored is None else np.asarray(colored.revenue).tolist(),
        None if carried is None else np.asarray(carried).tolist(),
    )


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One number on which log and auditor differ, or one sum that is not 0."""

    period: str
    path: int
    what: str
    logged: float
    recomputed: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Does the log agree with its replay, to the last quantum?"""

    agrees: bool
    disagreements: tuple[Disagreement, ...]
