"""What the report needs of a simulation: fans, endings and what moves them, as plain arrays between processes.

Nothing here knows how it was simulated; `reduce` makes it from an economy in memory, `from_run` from a stored run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from jaxtyping import Float

from ouroloop.core import Quarter

if TYPE_CHECKING:
    from datetime import date

    from ouroloop.dossier.models.record import Text
    from ouroloop.experiment.hindsight import LookBack
    from ouroloop.experiment.losses import LossAccount
    from ouroloop.scenario.credit import CreditView
    from ouroloop.scenario.exits import Exit

LEVELS = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)
"""The median and the edges of bands that hold 50, 80 and 95 of a hundred paths."""
FIRMS = (
    "openai", "anthropic", "microsoft", "alphabet", "amazon", "meta", "oracle", "coreweave", "nvidia", "spacex-xai",
)  # fmt: skip
"""The firms that the articles speak of, in the order in which charts stand; those that a world has are drawn."""
MOST = 10
"""So many firms are drawn: of a world that has fewer of `FIRMS`, its own first ones."""
MEASURES = (
    "debt", "cash", "maturing_in_year", "revenue", "profit_reported", "profit_economic", "capex", "trapped_capex",
    "bonds_sold",
)  # fmt: skip
"""Of the measures by firm (see `economy.track`), those that the report shows."""
ENDINGS = ("payoff_first", "credit_first", "muddle_through")


@dataclass(frozen=True, eq=False, slots=True)
class Fan:
    """How a number spreads over the paths, quarter by quarter, in its own unit."""

    levels: tuple[float, ...]
    """Shares of paths that lie below, rising; 0.5 is among them."""
    values: Float[np.ndarray, "level quarter"]
    mean: Float[np.ndarray, " quarter"]
    """Means of parts add up to the mean of the whole; medians do not."""

    def at(self, level: float) -> Float[np.ndarray, " quarter"]:
        """One edge."""
        return self.values[self.levels.index(level)]

    @property
    def median(self) -> Float[np.ndarray, " quarter"]:
        return self.at(0.5)

    @property
    def bands(self) -> tuple[tuple[float, float], ...]:
        """Pairs of levels with the same share of paths between them and outside on either side, the widest first."""
        return tuple((low, high) for low in self.levels if low < 0.5 for high in self.levels if _mirrors(low, high))


def _mirrors(low: float, high: float) -> bool:
    return abs(low + high - 1) < 1e-9


@dataclass(frozen=True, slots=True)
class Chance:
    """A share of paths, and its Monte Carlo standard error: how far the draws alone may have moved it."""

    share: float
    error: float


@dataclass(frozen=True, slots=True)
class Influence:
    """P(credit closes before the payoff) on the third of paths that drew least of an assumption, and on the highest."""

    assumption: str
    name: str
    low: float
    """Mean draw of the lowest third, in the assumption's unit; NaN where nothing is drawn."""
    high: float
    credit_first_low: float
    credit_first_high: float
    error: float
    """Monte Carlo standard error of the difference."""
    clear: bool
    """Is it beyond what chance gives to the largest of so many?"""

    @property
    def difference(self) -> float:
        """High less low."""
        return self.credit_first_high - self.credit_first_low


@dataclass(frozen=True, eq=False)
class Results:
    """What a scenario leads to. Firms are entity ids; money in USD bn, flows of the quarter."""

    scenario: str
    title: Text
    dossier: str
    as_of: date
    quarters: tuple[Quarter, ...]
    """Those simulated."""
    paths: int
    seed: int
    run_id: str
    """The same where the same is simulated."""
    firms: tuple[str, ...]
    """Those with fans."""
    members: Mapping[tuple[str, str], Fan]
    """By firm and measure."""
    who_paid: Mapping[tuple[str, str], Float[np.ndarray, " quarter"]]
    """By firm and sponsor (`economy.track.SPONSORS`): mean cash that paid for revenue in the quarter."""
    system: Mapping[str, Fan]
    """By measure of the whole."""
    trapped: Float[np.ndarray, " quarter"]
    """Mean spending of all firms on sites that will never earn back their whole cost."""
    endings: Mapping[str, Chance]
    """By ending."""
    ended: Mapping[str, Float[np.ndarray, " quarter"]]
    """`payoff_first`, `credit_first`: share of all paths that have ended so by the end of the quarter."""
    defaulted: Mapping[str, Float[np.ndarray, " quarter"]]
    """Share of paths on which the firm has defaulted by the end of the quarter, every firm of the world."""
    outside_loss_soon: Fan
    """What sectors outside lost on claims in the first three years; one column."""
    outside_loss: Fan
    """The same over the whole horizon."""
    influences: tuple[Influence, ...] = ()
    """Largest difference first."""
    letters: Mapping[str, Float[np.ndarray, "state quarter"]] = field(default_factory=dict)
    """By firm: the share of paths in each state of `experiment.credit_course.STATES`; empty where it was not asked."""

    def place(self, quarter: Quarter) -> int | None:
        """Where a quarter stands; None outside of the horizon."""
        return self.quarters.index(quarter) if quarter in self.quarters else None

    def year_ends(self) -> tuple[int, ...]:
        """Where the fourth quarters stand; the last quarter too where the horizon ends within a year."""
        places = [n for n, quarter in enumerate(self.quarters) if quarter.number == 4]
        last = len(self.quarters) - 1
        return tuple(places if last in places else [*places, last])

    def defaults_by(self, place: int) -> float:
        """How many firms have defaulted by then, on average over paths?"""
        return float(sum(course[place] for course in self.defaulted.values()))


@dataclass(frozen=True, eq=False, slots=True)
class UnderLife:
    """Profit as books show it when every firm spreads the cost of its chips over this life."""

    years: float
    profit: Mapping[str, Float[np.ndarray, " quarter"]]
    """By firm: mean over paths, USD bn of the quarter."""


@dataclass(frozen=True, slots=True)
class FollowedClass:
    """A class of a vehicle's notes, after each cut of rents; the first cut is none."""

    id: str
    default_probability: float
    by_default: str
    cap: str | None
    loss: tuple[float, ...]
    """Share of the class that is lost on average."""
    ratings: tuple[str, ...]
    lost: tuple[int, ...]
    """Letters lost by the cut."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A vehicle from its tenants to the holders of its notes."""

    structure: str
    paths: int
    cuts: tuple[float, ...]
    cut_from: Quarter
    classes: tuple[FollowedClass, ...]
    holders: Mapping[str, tuple[float, tuple[float, ...]]]
    """By holder: what it holds, and what it loses on average after each cut, USD bn."""
    effective_tenants: float
    largest_share: float
    too_lumpy: bool


@dataclass(frozen=True, eq=False)
class SimulatedResults:
    """Everything simulated that a report shows. Only the baseline is needed; what is missing is left out."""

    baseline: Results
    scenarios: tuple[Results, ...] = ()
    """Beside the baseline, in the order shown."""
    lives: tuple[UnderLife, ...] = ()
    """The baseline's own paths under other lives in the books, and what wears out (`economic`) under its profit."""
    economic: Mapping[str, Float[np.ndarray, " quarter"]] = field(default_factory=dict)
    """Mean economic profit on the same paths as `lives`, by firm."""
    beside: Results | None = None
    """The baseline on as many paths as the scenarios, the same ones: what they are compared with."""
    look_back: LookBack | None = None
    vehicles: tuple[Followed, ...] = ()
    losses: Mapping[str, LossAccount] = field(default_factory=dict)
    """By scenario: who loses beyond what happens otherwise, on the same paths."""
    credit: tuple[CreditView, ...] = ()
    """Firms with quotes: the model beside them."""
    exits: tuple[Exit, ...] = ()
    """Quoted firms that funds hold, the narrowest door first."""

    def scenario(self, name: str) -> Results | None:
        """A scenario by its id."""
        return next((one for one in (self.baseline, *self.scenarios) if one.scenario == name), None)


class Awaited(Protocol):
    """Results that are still being made."""

    def wait(self) -> SimulatedResults | NotSimulated:
        """Those results, or why there are none."""
        ...


@dataclass(frozen=True, slots=True)
class NotSimulated:
    """The simulation could not be had, and why, in one sentence."""

    why: str


Simulated = SimulatedResults | NotSimulated | Awaited
"""What a report may be given."""
