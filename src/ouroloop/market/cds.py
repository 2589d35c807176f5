"""Credit default swaps by the standard model: what protection is worth, what it costs, and what changes hands.

    protection = (1 - R) sum over pieces of P Q h e1(f + h)
    annuity    = sum over coupons of (days/360) P(pay) Q(end)  +  what has accrued when somebody fails
    accrued    = (365/360) sum over pieces of P Q h ((t0 - begun) e1(f + h) + (t1 - t0) e2(f + h))

with P, Q the discount factor and survival at the start of a piece, f and h what forward rate and hazard make of it, and
e1(x) = (1 - exp(-x))/x and e2(x) = (e1(x) - exp(-x))/x. A piece ends where either curve bends: the integrals are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from ouroloop.core import BadInput, Place, Problem
from ouroloop.market.business_days import ONE_DAY, after, following, months_later, years
from ouroloop.market.curves import Curve, DiscountCurve, SurvivalCurve, hazard_curve

_MONEY_DAYS = 360.0
_DAY = 1 / 365
_SETTLES = 3

_Batch = Float[Array, "*batch"]
_Given = _Batch | float


_Times = tuple[float, ...]


@dataclass(frozen=True)
class Contract:
    """A contract seen on its trade date: times in years (Actual/365) from then, one entry for each coupon."""

    begun: _Times
    """When a coupon begins to accrue; before today for the first one."""
    ends: _Times
    """The last day that it is for: who survives that day owes it."""
    paid: _Times
    part: _Times
    """Of a year, Actual/360."""
    expires: float
    settles: float
    """When an upfront payment is made."""
    accrued: float
    """Days before protection begins that the first coupon pays for, as a part of a year, Actual/360."""


class Legs(eqx.Module):
    """Values per dollar of notional, as of the trade date."""

    protection: _Batch
    annuity: _Batch
    """Of a premium of 1 a year, what has accrued before today in it."""
    rebate: _Batch
    """The part of the annuity that is for days before today, paid back at settlement."""

    @property
    def clean_annuity(self) -> _Batch:
        """Of a premium of 1 a year from today on: the risky present value of a basis point, times 10,000."""
        return self.annuity - self.rebate


def standard_contract(trade: date, expires: date) -> Contract:
    """The contract of the conventions of 2009, which expires on the 20th of March, June, September or December.

    The first coupon is whole: it began on the last roll date before protection does, and the days before that are paid
    back at settlement, three business days on. Raises BadInput as `contract` does.
    """
    roll = date(trade.year + 1, 3, 20)
    while following(roll) > trade + ONE_DAY:
        roll = months_later(roll, -3)
    return contract(trade, following(roll), expires, after(trade, _SETTLES))


def contract(trade: date, begins: date, expires: date, settles: date) -> Contract:
    """Quarterly coupons back from the day of expiry, the first one accruing from `begins`, settled on `settles`.

    Dates move to the next business day, all but `begins` and the expiry, whose day is in the last coupon. Raises
    BadInput `bad-contract` when protection would end before it begins, on the day after the trade.
    """
    if expires <= trade or begins >= expires:
        message = f"a contract of {trade} that accrues from {begins} and expires on {expires} protects nobody"
        raise BadInput([Problem(Place("contract"), "bad-contract", message, "protection begins on the day after")])
    rolls = [expires]
    while (earlier := months_later(expires, -3 * len(rolls))) > begins:
        rolls.insert(0, earlier)
    begun = [begins, *map(following, rolls[:-1])]
    ends = [*begun[1:], expires + ONE_DAY]
    return Contract(
        begun=tuple(years(trade, day) for day in begun),
        ends=tuple(years(trade, day - ONE_DAY) for day in ends),
        paid=tuple(years(trade, following(day)) for day in rolls),
        part=tuple((b - a).days / _MONEY_DAYS for a, b in zip(begun, ends, strict=True)),
        expires=years(trade, expires),
        settles=years(trade, settles),
        accrued=max((trade + ONE_DAY - begins).days, 0) / _MONEY_DAYS,
    )


def tenor_date(trade: date, tenor_years: int) -> date:
    """When does a contract of so many years expire that is traded on this day?

    On the 20th of June of that year for trades from 20 March on, of December for those from 20 September on: since 2015
    contracts roll twice a year.
    """
    if date(trade.year, 3, 20) <= trade < date(trade.year, 9, 20):
        return date(trade.year + tenor_years, 6, 20)
    began = trade.year if trade >= date(trade.year, 9, 20) else trade.year - 1
    return date(began + tenor_years, 12, 20)


@partial(jax.jit, static_argnums=0)
def legs(contract: Contract, discount: DiscountCurve, credit: SurvivalCurve, recovery: _Given) -> Legs:
    """What are protection and premium worth? Axes after `node` of either curve, and of `recovery`, broadcast.

    Protection begins on the trade date and covers the day of expiry. `recovery` is the share of par that is got back.
    """
    ranks = max(discount.levels.ndim, credit.levels.ndim)
    bends = np.array([*discount.times, *credit.times])
    fails = _spans(bends, [0.0], [contract.expires])
    protection = (1.0 - recovery) * _at_default(fails, discount, credit, None).sum(axis=0)
    begun = np.array(contract.begun) - _DAY
    accrues = _spans(bends, np.maximum(begun, 0.0), contract.ends)
    waited = accrues.start - (begun - _DAY / 2)[accrues.span]
    on_default = 365 / _MONEY_DAYS * _at_default(accrues, discount, credit, waited).sum(axis=0)
    worth = _rank(discount.discount(contract.paid), ranks) * _rank(credit.survival(contract.ends), ranks)
    annuity = (_rank(jnp.asarray(contract.part), ranks) * worth).sum(axis=0) + on_default
    rebate = contract.accrued * discount.discount([contract.settles])[0]
    return Legs(protection, annuity, rebate + jnp.zeros_like(annuity))


def par_spread(of: Legs) -> _Batch:
    """At which premium does protection cost nothing upfront? Decimal per year."""
    return of.protection / of.clean_annuity


def upfront(contract: Contract, discount: DiscountCurve, of: Legs, coupon: _Given) -> _Batch:
    """What does the buyer of protection pay at settlement, accrued premium deducted? Per dollar of notional.

    Negative where the coupon is dearer than the risk. The contract runs at `coupon`, 0.01 or 0.05 in the market.
    """
    worth = of.protection - coupon * of.annuity
    return (worth + coupon * of.rebate) / discount.discount([contract.settles])[0]


def flat_hazard(contract: Contract, discount: DiscountCurve, spread: _Batch, recovery: _Given) -> SurvivalCurve:
    """Which one hazard makes this the par spread of this contract? How a quoted spread becomes a price.

    NaN where none does. Its gradient is that of the root.
    """
    return _bootstrap((contract,), discount, spread[None], recovery)


def bootstrap(
    contracts: tuple[Contract, ...], discount: DiscountCurve, spreads: Float[Array, "tenor *batch"], recovery: _Given
) -> SurvivalCurve:
    """Which hazards, flat between expiries, give all of these par spreads?

    Parameters
    ----------
    contracts
        In the order of their expiry.
    spreads
        Decimal per year, one row for each contract.

    Returns
    -------
    Survival with a node at every expiry. The search is for the logarithm of each hazard, so that it is never below 0
    and spreads of some thousand basis points with a high recovery are found too. From where no hazard fits (a longer
    contract so cheap that it would need a negative one, or one dearer than sure default) it is NaN: `check_spreads`
    says so with a place. Gradients are those of the roots.
    """
    return _bootstrap(contracts, discount, spreads, recovery)


def check_spreads(
    contracts: tuple[Contract, ...], discount: DiscountCurve, spreads: Float[Array, "tenor *batch"], recovery: _Given
) -> SurvivalCurve:
    """`bootstrap`, for spreads in hand. Raises BadInput `arbitrage` with every curve that no hazards give."""
    found = bootstrap(contracts, discount, spreads, recovery)
    levels = np.asarray(found.levels).reshape(len(contracts), -1)
    quoted = np.broadcast_to(np.asarray(spreads), found.levels.shape).reshape(len(contracts), -1)
    problems = list[Problem]()
    for column in np.flatnonzero(np.isnan(levels).any(axis=0)):
        row = int(np.flatnonzero(np.isnan(levels[:, column]))[0])
        shown = ", ".join(f"{1e4 * one:g}" for one in quoted[:, column])
        message = f"no hazard fits the contract that expires after {contracts[row].expires:.2f} years ({shown} bp)"
        hint = "what a longer contract protects is worth at least what a shorter one does"
        problems.append(Problem(Place(f"curve {column}"), "arbitrage", message, hint))
    if problems:
        raise BadInput(problems)
    return found


_STEPS = 40
_LONGEST_STEP = 2.0
_CLOSE = 1e-11


@partial(jax.jit, static_argnums=0)
def _bootstrap(
    contracts: tuple[Contract, ...], discount: DiscountCurve, spreads: Float[Array, "tenor *batch"], recovery: _Given
) -> SurvivalCurve:
    times = [contract.expires for contract in contracts]
    batch = jnp.broadcast_shapes(spreads.shape[1:], jnp.shape(recovery), discount.levels.shape[1:])
    logs = list[Array]()
    for n, contract in enumerate(contracts):
        spread = jnp.broadcast_to(spreads[n], batch)

        def gap(log_hazard: Array, known: tuple[Array, ...], n: int = n, contract: Contract = contract) -> Array:
            hazards = jnp.exp(jnp.stack([*known[:n], log_hazard]))
            of = legs(contract, discount, hazard_curve(times[: n + 1], hazards), recovery)
            return jnp.log(of.protection) - jnp.log(of.clean_annuity) - jnp.log(known[n])

        guess = jnp.log(spread / (1.0 - jnp.asarray(recovery)))
        logs.append(_root(gap, jnp.broadcast_to(guess, batch), (*logs, spread)))
    return hazard_curve(times, jnp.exp(jnp.stack(logs)))


def _root(gap: Callable[[Array, tuple[Array, ...]], Array], start: Array, known: tuple[Array, ...]) -> Array:
    """Where is the gap 0? The last step is taken with the inputs alive: it carries the implicit gradient."""
    still = tuple(lax.stop_gradient(one) for one in known)

    def here(at: Array) -> Array:
        return gap(at, still)

    def slope(at: Array) -> tuple[Array, Array]:
        return jax.jvp(here, (at,), (jnp.ones_like(at),))

    def closer(_: Array, at: Array) -> Array:
        value, rise = slope(at)
        return at - jnp.clip(value / jnp.where(rise == 0, 1.0, rise), -_LONGEST_STEP, _LONGEST_STEP)

    found = lax.stop_gradient(lax.fori_loop(0, _STEPS, closer, lax.stop_gradient(start)))
    value, rise = slope(found)
    there = found - gap(found, known) / lax.stop_gradient(rise)
    return jnp.where(jnp.abs(value) < _CLOSE, there, jnp.nan)


class _Pieces(NamedTuple):
    """Spans of time cut where a curve bends."""

    span: np.ndarray
    start: np.ndarray
    end: np.ndarray


def _spans(bends: np.ndarray, first: Sequence[float] | np.ndarray, last: Sequence[float]) -> _Pieces:
    """Every span from its first to its last time, in pieces on which both curves run straight."""
    rows = list[tuple[int, float, float]]()
    for span, (begin, end) in enumerate(zip(first, last, strict=True)):
        if end > begin:
            knots = np.unique([begin, *bends[(bends > begin) & (bends < end)], end])
            rows += [(span, a, b) for a, b in pairwise(knots)]
    span, start, end = (np.array(column) for column in zip(*rows, strict=True))
    return _Pieces(span, start, end)


def _at_default(
    pieces: _Pieces, discount: Curve, credit: Curve, waited: np.ndarray | None
) -> Float[Array, "piece *batch"]:
    """What a dollar paid at default is worth, by piece; with `waited`, the years passed by then are paid in its place:
    so many at the start of the piece, and more within it."""
    ranks = max(discount.levels.ndim, credit.levels.ndim)
    p0, p1, q0, q1 = (_rank(curve.at(t), ranks) for curve in (discount, credit) for t in (pieces.start, pieces.end))
    forward, hazard = p1 - p0, q1 - q0
    alive, e1 = jnp.exp(-(p0 + q0)) * hazard, _e1(forward + hazard)
    if waited is None:
        return alive * e1
    before, within = (_rank(jnp.asarray(x), ranks) for x in (waited, pieces.end - pieces.start))
    return alive * (before * e1 + within * _e2(forward + hazard, e1))


def _rank(array: Array, ranks: int) -> Array:
    """With axes of length 1 behind its first."""
    return array.reshape(array.shape[0], *(1,) * (ranks - array.ndim), *array.shape[1:])


_SMALL = 0.02


def _e1(x: Array) -> Array:
    """(1 - exp(-x))/x, by its series near 0."""
    series = 1 - x / 2 * (1 - x / 3 * (1 - x / 4 * (1 - x / 5 * (1 - x / 6 * (1 - x / 7)))))
    far = jnp.where(jnp.abs(x) < _SMALL, 1.0, x)
    return jnp.where(jnp.abs(x) < _SMALL, series, -jnp.expm1(-far) / far)


def _e2(x: Array, e1: Array) -> Array:
    """(e1(x) - exp(-x))/x, by its series near 0."""
    series = 0.5 - x / 3 + x**2 / 8 - x**3 / 30 + x**4 / 144 - x**5 / 840 + x**6 / 5760
    far = jnp.where(jnp.abs(x) < _SMALL, 1.0, x)
    return jnp.where(jnp.abs(x) < _SMALL, series, (e1 - jnp.exp(-far)) / far)
