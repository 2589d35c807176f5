"""How principal is scheduled to come down, and what the rent covers."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

_Schedule = Float[np.ndarray, " period"]


def level_pay(rate: float, periods: int) -> _Schedule:
    """Which share is left after each of so many equal payments? `rate` per period, decimal.

        left(k) = (1 - (1 + r)^-(n - k)) / (1 - (1 + r)^-n)

    >>> level_pay(0.0, 4).tolist()
    [0.75, 0.5, 0.25, 0.0]
    """
    ahead = np.arange(periods - 1, -1, -1.0)
    return ahead / periods if rate == 0 else np.expm1(-ahead * np.log1p(rate)) / np.expm1(-periods * np.log1p(rate))


def bullet(periods: int) -> _Schedule:
    """All of it is left until the last period."""
    return np.r_[np.ones(periods - 1), 0.0]


def later(schedule: _Schedule, first: int, periods: int) -> _Schedule:
    """The same schedule when its payments begin after `first` periods, over so many periods in all.

    What would fall after the last period falls into it.
    """
    whole = np.r_[np.ones(first), schedule, np.zeros(max(periods - first - len(schedule), 0))][:periods]
    whole[-1] = 0.0
    return whole


def level_payment(rate: float, periods: int) -> float:
    """What is paid each period on a dollar that is repaid in so many equal payments?"""
    return 1 / periods if rate == 0 else float(rate / -np.expm1(-periods * np.log1p(rate)))


def debt_constant(service: float, debt: float) -> float:
    """Interest and principal of a year for each dollar of debt."""
    return service / debt


def debt_yield(income: float, debt: float) -> float:
    """What a year's rent after costs is of the debt: a lender's return if he took the site."""
    return income / debt


def cover(income: float, service: float) -> float:
    """How often does a year's rent after costs pay a year's interest and principal? Debt yield over debt constant.

    The debt service coverage ratio, DSCR.
    """
    return income / service
