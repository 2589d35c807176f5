"""Leases of a vehicle: what tenants pay, what happens when they leave, and what the space is let for afterwards.

A tenant pays its rent, with steps, until its term ends; then it renews or leaves. A tenant that fails leaves at once.
Space that was left is let again after a while, at what the market pays then, or it is sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from ouroloop.securitization.tenants import certain

_Number = Float[Array, ""] | float
_Path = Float[Array, " path"]


class Lease(eqx.Module):
    """One tenant's contract, and the space or the chips behind it. Rents are USD bn a year."""

    name: str = eqx.field(static=True)
    tenant: int = eqx.field(static=True)
    """Its row among the tenants."""
    clock: int = eqx.field(static=True)
    """The row of market rents that this space follows: a shell ages on another clock than chips."""
    rent: _Number
    """In the first year of the contract."""
    market: _Number
    """What the same space rents for at closing."""
    begins: int = eqx.field(static=True)
    """The first period of the term."""
    term: int = eqx.field(static=True)
    """Periods."""
    step: _Number = 0.0
    """How much the rent rises each year, decimal."""
    renewals: int = eqx.field(static=True, default=0)
    """How often the tenant may renew."""
    renewal_term: int = eqx.field(static=True, default=0)
    renewal_rent: Literal["contract", "market"] = eqx.field(static=True, default="contract")
    """At the rent that the contract would go on with, or at what the market pays on that day."""
    inertia: _Number = 0.0
    """How far above the market, as a logarithm, rent is at which half of all tenants still renew."""
    spread: _Number = 0.1
    """How far around that point tenants differ: the scale of a logistic curve."""
    on_exit: Literal["relet", "sell"] = eqx.field(static=True, default="relet")
    downtime: int = eqx.field(static=True, default=2)
    """Periods without rent, from that in which a tenant fails; then the space earns again or is sold. 1 or more."""
    notice: int = eqx.field(static=True, default=0)
    """Periods of it that have passed already where the tenant left at the end of its term; one at least is left."""
    relet_term: int = eqx.field(static=True, default=20)
    kept: _Number = 1.0
    """What a new tenant pays, after the costs of finding him, as a share of the market's rent."""
    upkeep: _Number = 0.0
    """What empty space costs, as a share of the market's rent."""
    worth_years: _Number = 0.0
    """What the space is worth, in years of rent: the market's, or the tenant's as long as his contract runs."""
    sale_costs: _Number = 0.0
    """Of selling space that is empty, as a share; space that is let can be refinanced without them."""
    damages_years: _Number = 1.0
    """Rent for which lenders may claim damages from a tenant that failed: at most so many years, and what is left."""
    recovery: _Number = 0.0
    """What is paid on claims on tenants and guarantors that failed."""


class Renegotiation(NamedTuple):
    """Tenants that are there pay less from a period on."""

    cut: _Number
    """Share of the rent."""
    at: int
    per: Literal["event", "year"] = "event"
    """Once; or again each year."""


class ResidualGuarantee(NamedTuple):
    """Somebody promises what the space will be worth when the tenant leaves.

        paid = min(max(threshold - value, 0), cap)

    Written by the tenant it is worth least when it is needed most: a failed guarantor pays what claims on it recover.
    """

    guarantor: int
    """Its row among the tenants."""
    lease: int
    threshold: Float[Array, " period"]
    """USD bn; 0 after it has ended."""
    cap: Float[Array, " period"]
    if_failed: bool = True
    """Does it also pay where the tenant failed, and not only where the tenant chose to leave?"""


class Collected(eqx.Module):
    """What the leases bring, USD bn in each period."""

    rent: Float[Array, "lease period path"]
    """From tenants of the first day."""
    relet: Float[Array, "lease period path"]
    """From those who came later."""
    upkeep: Float[Array, "lease period path"]
    """Paid on empty space."""
    damages: Float[Array, "lease period path"]
    guarantee: Float[Array, "lease period path"]
    sale: Float[Array, "lease period path"]
    let: Bool[Array, "lease period path"]
    """Is the first tenant still there at the end of the period?"""
    weight: Float[Array, " path"]
    """1, with the gradient of the probability of all decisions to renew."""

    @property
    def cash(self) -> Float[Array, "period path"]:
        """All of it, less upkeep."""
        return (self.rent + self.relet - self.upkeep + self.damages + self.guarantee + self.sale).sum(axis=0)

    @property
    def repaid(self) -> Float[Array, "period path"]:
        """What should repay notes rather than be kept: proceeds of sales and of guarantees."""
        return (self.guarantee + self.sale).sum(axis=0)


class _State(NamedTuple):
    first: Bool[Array, " path"]
    """Is the first tenant there, or will it come?"""
    until: Int[Array, " path"]
    """The period in which the running contract ends."""
    renewed: Int[Array, " path"]
    empty: Int[Array, " path"]
    """Periods until the space earns again or is sold; 0 while it is let."""
    rent: _Path
    """Of somebody who came later, a year."""
    reset: _Path
    """What renewals at the market made of the contract's rent."""
    sold: Bool[Array, " path"]


def collect(
    leases: Sequence[Lease],
    default_at: Int[Array, "tenant path"],
    market: Float[Array, "clock period path"],
    years: Float[np.ndarray, " period"],
    key: Array,
    *,
    guarantees: Sequence[ResidualGuarantee] = (),
    renegotiation: Renegotiation | None = None,
) -> Collected:
    """What do these leases bring in each period, on every path?

    A tenant fails at the start of its period. At the end of a term it renews with probability

        p = 1 / (1 + exp(-(log(market / rent) + inertia) / spread))

    drawn on each path; a renewal at the market's rent is never dear, log(market / rent) is 0 then. Who leaves or fails
    sets off guarantee, damages, and downtime. In the last period space that was not sold is sold, or refinanced where
    it is let:

        value = worth (w contract rent + (1 - w) market rent),   w = the part of worth that the contract still runs

    Parameters
    ----------
    default_at
        The period in which each tenant fails, the number of periods or more for never: drawn, or that of the economy.
    market
        Rents as a share of those at closing, on each clock.
    years
        How long each period is.
    """
    periods, paths = market.shape[1:]
    drawn = jax.random.uniform(key, (len(leases), periods, paths))
    by_lease = [
        _one(n, lease, default_at, market[lease.clock], jnp.asarray(years), drawn[n], guarantees, renegotiation)
        for n, lease in enumerate(leases)
    ]
    rows = {
        name: jnp.stack([one[name] for one in by_lease])
        for name in ("rent", "relet", "upkeep", "damages", "guarantee", "sale", "let")
    }
    weights = jnp.stack([one["weight"] for one in by_lease])
    return Collected(**rows, weight=weights.prod(axis=(0, 1)))


def _one(
    row: int,
    lease: Lease,
    default_at: Int[Array, "tenant path"],
    market: Float[Array, "period path"],
    years: Float[Array, " period"],
    drawn: Float[Array, "period path"],
    guarantees: Sequence[ResidualGuarantee],
    renegotiation: Renegotiation | None,
) -> dict[str, Array]:
    periods, paths = market.shape
    fails_at = default_at[lease.tenant]
    begun = jnp.clip(jnp.cumsum(jnp.where(jnp.arange(periods) >= lease.begins, years, 0.0)) - years, 0.0)
    contract = lease.rent * (1.0 + lease.step) ** jnp.floor(begun + 1e-9) * _after(renegotiation, years, periods)
    ours = [one for one in guarantees if one.lease == row]
    last = periods - 1
    assert lease.downtime >= 1, f"{lease.name} stands empty for {lease.downtime} periods"

    def step(state: _State, now: tuple[Array, ...]) -> tuple[_State, dict[str, Array]]:
        t, length, agreed, index, draw = now[:5]
        level, asked = lease.market * index, agreed * state.reset
        fails = state.first & (fails_at <= t)
        ends = (t == state.until) & (state.empty == 0) & ~state.sold & ~fails & (t >= lease.begins)
        may = ends & state.first & (state.renewed < lease.renewals)
        dear = jnp.log(level / asked) if lease.renewal_rent == "contract" else jnp.zeros(paths)
        chance = jax.nn.sigmoid((dear + lease.inertia) / lease.spread)
        renews = may & (draw < lax.stop_gradient(chance))
        weight = jnp.where(may, certain(jnp.where(renews, chance, 1.0 - chance)), 1.0)
        leaves = fails | (ends & ~renews)
        gone = leaves & state.first
        left_years = jnp.clip((state.until - t) * length, 0.0)
        damages = jnp.where(fails, lease.recovery * asked * jnp.minimum(lease.damages_years, left_years), 0.0)
        value = lease.worth_years * level * (1.0 - lease.sale_costs)
        guarantee = sum(
            (
                jnp.where(gone & (one.if_failed | ~fails), _paid(one, now[5 + 2 * n], now[6 + 2 * n], value), 0.0)
                * jnp.where(default_at[one.guarantor] > t, 1.0, lease.recovery)
                for n, one in enumerate(ours)
            ),
            jnp.zeros(paths),
        )
        empty = jnp.where(fails, lease.downtime, jnp.where(leaves, max(lease.downtime - lease.notice, 1), state.empty))
        earns = (empty == 0) & ~state.sold & (t >= lease.begins)
        first = state.first & ~leaves
        reset = jnp.where(renews & (lease.renewal_rent == "market"), level / agreed, state.reset)
        asked = agreed * reset
        turns = empty == 1
        selling = (turns & (lease.on_exit == "sell")) | ((t == last) & ~state.sold)
        reletting = turns & (lease.on_exit == "relet")
        until = jnp.where(renews, t + lease.renewal_term, state.until)
        paid = jnp.where(first, asked, state.rent)
        out = {
            "rent": jnp.where(earns & first, asked * length, 0.0),
            "relet": jnp.where(earns & ~first, state.rent * length, 0.0),
            "upkeep": jnp.where((empty > 0) & ~state.sold, lease.upkeep * level * length, 0.0),
            "damages": damages,
            "guarantee": guarantee,
            "sale": jnp.where(selling, jnp.where(earns, _let_value(lease, until - t, length, paid, level), value), 0.0),
            "let": first,
            "weight": weight,
        }
        state = _State(
            first=first,
            until=jnp.where(reletting, t + 1 + lease.relet_term, until),
            renewed=state.renewed + renews,
            empty=jnp.maximum(empty - 1, 0),
            rent=jnp.where(reletting, lease.kept * level, state.rent),
            reset=reset,
            sold=state.sold | selling,
        )
        return state, out

    start = _State(
        first=jnp.ones(paths, bool),
        until=jnp.full(paths, lease.begins + lease.term),
        renewed=jnp.zeros(paths, int),
        empty=jnp.zeros(paths, int),
        rent=jnp.zeros(paths),
        reset=jnp.ones(paths),
        sold=jnp.zeros(paths, bool),
    )
    promised = [rows for one in ours for rows in (one.threshold, one.cap)]
    _, out = lax.scan(step, start, (jnp.arange(periods), years, contract, market, drawn, *promised))
    return out


def _let_value(lease: Lease, periods_left: Int[Array, " path"], length: Array, paid: _Path, level: _Path) -> _Path:
    """What space is worth with somebody in it."""
    runs = jnp.clip(periods_left * length / jnp.maximum(lease.worth_years, 0.25), 0.0, 1.0)
    return lease.worth_years * (runs * paid + (1.0 - runs) * level)


def _paid(of: ResidualGuarantee, threshold: Array, cap: Array, value: _Path) -> _Path:
    return jnp.minimum(jnp.maximum(threshold - value, 0.0), cap)


def _after(of: Renegotiation | None, years: Float[Array, " period"], periods: int) -> Float[Array, " period"]:
    """The share of the rent that is left in each period."""
    if of is None:
        return jnp.ones(periods)
    since = jnp.cumsum(jnp.where(jnp.arange(periods) >= of.at, years, 0.0)) - years
    times = jnp.where(jnp.arange(periods) < of.at, 0.0, 1.0 if of.per == "event" else jnp.floor(since + 1e-9) + 1.0)
    return (1.0 - of.cut) ** times


def rent_by_days(rent_per_day: float, first: date, ends: Sequence[date]) -> Float[np.ndarray, " period"]:
    """What is due on each of these days for the days since the one before, from the first day of a lease?

    >>> rent_by_days(6.0, date(2022, 1, 5), [date(2022, 1, 15), date(2022, 2, 15)]).tolist()
    [60.0, 186.0]
    """
    starts = [first, *ends[:-1]]
    return rent_per_day * np.array([(end - start).days for start, end in zip(starts, ends, strict=True)], np.float64)
