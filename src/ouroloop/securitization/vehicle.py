"""A vehicle: leases and guarantees on one side, notes and owners on the other, a waterfall between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ouroloop.securitization.lease import Collected, Lease, Renegotiation, ResidualGuarantee, collect
from ouroloop.securitization.waterfall import ByTranche, History, Inflow, Tranche, Waterfall, pay

_LEAST_LOSS = 1e-7
"""What rounding every payment to quanta leaves of a class of a billion after some hundred of them is less than this."""


class Vehicle(eqx.Module):
    """What it owns, what it owes, and in which order it pays."""

    leases: tuple[Lease, ...]
    guarantees: tuple[ResidualGuarantee, ...]
    tranches: tuple[Tranche, ...]
    """Most senior first."""
    waterfall: Waterfall = eqx.field(static=True)
    fees: Float[Array, "fee period"]
    """What becomes due in each period, in the order of the fee lines, USD bn."""
    prefunded: Float[Array, " period"]
    """Cash that proceeds of the notes were set aside for, such as interest until a tenant pays, USD bn."""
    years: tuple[float, ...] = eqx.field(static=True)
    """How long each period is."""
    reserve: Float[Array, ""] | float = 0.0
    """At closing, USD bn."""


class World(NamedTuple):
    """What happens to all vehicles alike, drawn by `tenants` or taken from paths of the economy."""

    default_at: Int[Array, "tenant path"]
    """The period in which each tenant fails; the number of periods, or more, for never."""
    market: Float[Array, "clock period path"]
    """Rents as a share of those at closing."""
    weight: Float[Array, " path"]
    """1, with the gradient of what made tenants fail."""


class Result(eqx.Module):
    """What came of a vehicle on every path."""

    tranches: ByTranche
    collected: Collected
    history: History | None
    weight: Float[Array, " path"]
    """1, with the gradient of every decision that was drawn: average `weight * result` before differentiating."""


def run_vehicle(
    vehicle: Vehicle,
    world: World,
    key: Array,
    *,
    reference: float = 0.0,
    renegotiation: Renegotiation | None = None,
    history: bool = False,
) -> Result:
    """What do tenants pay, and who of those behind the vehicle is paid what?

    Rents, damages, sales and what guarantors pay come in; upkeep of empty space goes out before everything else, as far
    as there is cash. What sales and guarantees bring repays notes on lines that pass the pool's principal through.

    Parameters
    ----------
    reference
        The rate over which floating classes pay their coupon, decimal per year.
    renegotiation
        Tenants that are still there pay less: per event or per year, as it says.
    """
    years = np.array(vehicle.years)
    collected = collect(
        vehicle.leases,
        world.default_at,
        world.market,
        years,
        key,
        guarantees=vehicle.guarantees,
        renegotiation=renegotiation,
    )
    cash = jnp.maximum(collected.cash + vehicle.prefunded[:, None], 0.0)
    shape = (vehicle.fees.shape[0], *cash.shape)
    inflow = Inflow(
        cash=cash,
        principal=jnp.minimum(collected.repaid, cash),
        fees=jnp.broadcast_to(vehicle.fees[..., None], shape),
        years=years,
        reference=jnp.full(cash.shape, reference),
        reserve=vehicle.reserve,
    )
    by_tranche, seen = pay(vehicle.waterfall, vehicle.tranches, inflow, history=history)
    return Result(by_tranche, collected, seen, world.weight * collected.weight)


@dataclass(frozen=True, slots=True)
class Risk:
    """How safe a class is, on average over paths."""

    name: str
    default_probability: float
    """That interest is once not paid when due, or principal not at the end."""
    default_error: float
    """Standard error of it by the number of paths."""
    expected_loss: float
    """Share of the class."""
    loss_error: float
    average_life_years: float
    """Of principal that was repaid."""

    @property
    def loss_a_year_bp(self) -> float:
        """Expected loss over the average life: what a spread has to bring only to break even."""
        return 1e4 * self.expected_loss / max(self.average_life_years, 0.25)


def risks(vehicle: Vehicle, result: Result) -> tuple[Risk, ...]:
    """How likely does each class default, how much does it lose, and how long is it out?"""
    loss = np.asarray(result.tranches.loss)
    loss = np.where(loss > _LEAST_LOSS, loss, 0.0)
    missed = np.asarray(result.tranches.missed, np.float64)
    life = np.asarray(result.tranches.life_years).mean(axis=1)
    root = np.sqrt(loss.shape[1])
    return tuple(
        Risk(
            name=one.name,
            default_probability=float(missed[n].mean()),
            default_error=float(missed[n].std() / root),
            expected_loss=float(loss[n].mean()),
            loss_error=float(loss[n].std() / root),
            average_life_years=float(life[n]),
        )
        for n, one in enumerate(vehicle.tranches)
    )


def expected_losses(result: Result) -> Float[Array, " tranche"]:
    """The share of each class that is lost on average, with the right gradient in every number of vehicle and world.

    Drawn defaults and renewals do not move with the numbers that make them likely; the weight carries that part of the
    gradient. Kinks (a cap reached, a trigger that turns on exactly at its threshold) are crossed by no path.
    """
    return (result.weight * result.tranches.loss).mean(axis=1)
