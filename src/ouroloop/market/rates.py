"""The discount curve of the standard model: from deposit and swap rates of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from scipy.optimize import root_scalar

from ouroloop.core import BadInput, Place, Problem
from ouroloop.market.business_days import after, days_30_360, modified_following, months_later, years
from ouroloop.market.curves import DiscountCurve

_SPOT_DAYS = 2
_WIDEST = 1.0
"""Continuous rates between -100 % and 100 % a year are looked at."""


def discount_curve(day: date, deposits: Mapping[int, float], swaps: Mapping[int, float]) -> DiscountCurve:
    """Which discount factors do these rates mean?

    Parameters
    ----------
    day
        The trade date, from which times count.
    deposits
        By months: simple rates, Actual/360, from the second business day on.
    swaps
        By years: par rates, half-yearly, 30/360 bond basis, against three months' money of the same curve.

    Returns
    -------
    Forward rates flat between the maturities. Weekends are the only holidays; dates move to the next business day of
    the month. Raises BadInput `bad-curve` where maturities do not rise or no rate between -100 and 100 % fits.

    References
    ----------
    ISDA CDS standard model, curve specification: the conventions. It is no curve for anything else.
    """
    spot = after(day, _SPOT_DAYS)
    bonds = [_deposit(spot, months, rate) for months, rate in deposits.items()]
    bonds += [_swap(spot, count, rate) for count, rate in swaps.items()]
    times = np.array([years(day, bond.days[-1]) for bond in bonds])
    if not times.size or (np.diff(times) <= 0).any():
        shown = ", ".join(bond.days[-1].isoformat() for bond in bonds) or "none"
        hint = "give each maturity once, in order"
        raise BadInput([Problem(Place("rates"), "bad-curve", f"maturities do not rise: {shown}", hint)])
    levels = list[float]()
    for bond in bonds:
        levels.append(_next_level(bond, day, spot, times, levels))
    return DiscountCurve(tuple(times), jnp.asarray(levels))


class _Bond(NamedTuple):
    """What is got for a dollar on the spot day."""

    name: str
    days: list[date]
    paid: list[float]


def _deposit(spot: date, months: int, rate: float) -> _Bond:
    end = modified_following(months_later(spot, months))
    return _Bond(f"the deposit of {months} months at {rate:g}", [end], [1.0 + rate * (end - spot).days / 360])


def _swap(spot: date, count: int, rate: float) -> _Bond:
    days = [modified_following(months_later(spot, 6 * n)) for n in range(1, 2 * count + 1)]
    paid = [rate * days_30_360(a, b) / 360 for a, b in pairwise([spot, *days])]
    return _Bond(f"the swap of {count} years at {rate:g}", days, [*paid[:-1], 1.0 + paid[-1]])


def _next_level(bond: _Bond, day: date, spot: date, times: np.ndarray, levels: list[float]) -> float:
    """The level of the curve where the bond ends, at which it is worth a dollar on the spot day."""
    at = np.array([years(day, one) for one in (spot, *bond.days)])
    knots, paid = np.append(0.0, times[: len(levels) + 1]), np.array([-1.0, *bond.paid])
    reach = _WIDEST * times[len(levels)]

    def gap(last: float) -> float:
        return float(paid @ np.exp(-np.interp(at, knots, [0.0, *levels, last])))

    if gap(-reach) * gap(reach) > 0:
        message = f"no rate between -100 and 100 % a year fits {bond.name}"
        raise BadInput([Problem(Place("rates"), "bad-curve", message, "rates are decimals: 0.04 is 4 %")])
    return root_scalar(gap, bracket=(-reach, reach), method="brentq", xtol=1e-16, rtol=8.9e-16).root
