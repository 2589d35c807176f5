"""Vehicles on the economy's paths: a tenant fails here in the quarter in which it fails there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int
from scipy.stats import norm, rankdata

from ouroloop.core import Quarter
from ouroloop.economy.track import MEMBER_MEASURES, SYSTEM_MEASURES
from ouroloop.scenario.build import build
from ouroloop.scenario.vehicles import CLOCKS, Setting
from ouroloop.securitization.lease import Renegotiation
from ouroloop.securitization.tenants import draw_defaults, market_rents
from ouroloop.securitization.vehicle import Result, Risk, Vehicle, World, risks, run_vehicle

if TYPE_CHECKING:
    from ouroloop.scenario.language import Scenario


@dataclass(frozen=True)
class Course:
    """What of an economy's paths vehicles depend on."""

    scenario: str
    first: Quarter
    fails: Mapping[str, Int[np.ndarray, " path"]]
    """By firm, the quarter (0 = the first) in which it defaults; the number of quarters where it does not."""
    rent: Float[np.ndarray, "quarter path"]
    """What a GW of compute rents for, as a share of the first quarter's."""

    @property
    def quarters(self) -> int:
        return self.rent.shape[0]

    @property
    def paths(self) -> int:
        return self.rent.shape[1]


def course(scenario: Scenario, paths: int) -> Course:
    """Simulate a scenario and keep when its firms fail and what compute rents for."""
    economy = build(scenario, 0, paths)
    track = economy.simulate(detail=False)
    failed = np.asarray(track.members)[list(MEMBER_MEASURES).index("defaulted")] > 0
    rent = np.asarray(track.system)[list(SYSTEM_MEASURES).index("rent")]
    return Course(
        scenario=scenario.id,
        first=scenario.first_quarter,
        fails={
            name: np.where(one.any(axis=0), one.argmax(axis=0), one.shape[0])
            for name, one in zip(economy.world.members, failed, strict=True)
        },
        rent=rent / rent[0],
    )


def world_on(of: Setting, course: Course, seed: int = 0) -> World:
    """What happens to a vehicle on the economy's paths, before them and after their end.

    Tenants and guarantors whom the economy knows fail when they fail there. Others fail as firms of their rating do,
    and so does everybody after the last simulated quarter. Chips rent for what compute rents for in the economy; before
    its first quarter and after its last they lose value with age. Shells move by draws of their own whose common part
    is how dear compute is on the path: where it is cheap, halls are as well.
    """
    periods, clocks = len(of.vehicle.years), np.array(of.decline)
    before = course.first.ordinal - of.first.ordinal
    mean = np.log(course.rent).mean(axis=0)
    factor = norm.ppf(rankdata(mean) / (course.paths + 1))
    of_tenants, of_rents = jax.random.split(jax.random.key(seed))
    drawn = draw_defaults(of_tenants, jnp.asarray(of.failed), of.correlation, course.paths)
    at = np.array(drawn.at)
    for row, tenant in enumerate(of.structure.tenants):
        if tenant.entity is not None and tenant.entity in course.fails:
            there = course.fails[tenant.entity]
            later = np.where(at[row] >= before + course.quarters, at[row], periods)
            at[row] = np.where(there < course.quarters, np.maximum(before + there, 0), later)
    movement = jnp.asarray(of.movement)
    years = np.array(of.vehicle.years)
    market = np.array(market_rents(of_rents, jnp.asarray(clocks), movement, of.wrong_way, jnp.asarray(factor), years))
    time = np.arange(periods)
    within = np.clip(time - before, 0, course.quarters - 1)
    outside = np.clip(time, None, before) + np.clip(time - before - course.quarters + 1, 0, None)
    aged = np.exp(-clocks[CLOCKS.index("chips")] * np.clip(outside, 0, None) / 4)
    market[CLOCKS.index("chips")] = course.rent[within] * aged[:, None]
    return World(jnp.asarray(at), jnp.asarray(market), jnp.ones(course.paths))


def risks_on(
    of: Setting, course: Course, cuts: tuple[float, ...] = (0.0,), cut_from: int = 0, seed: int = 0
) -> tuple[tuple[Risk, ...], ...]:
    """How safe is each class on the economy's paths, for each cut of rents? Outer: cuts, inner: classes."""
    world = world_on(of, course, seed)
    run = partial(_run, of.vehicle, world, jax.random.key(seed), of.reference)
    return tuple(risks(of.vehicle, run(jnp.asarray(cut), cut_from)) for cut in cuts)


@eqx.filter_jit
def _run(vehicle: Vehicle, world: World, key: Array, reference: float, cut: Array, cut_from: int) -> Result:
    return run_vehicle(vehicle, world, key, reference=reference, renegotiation=Renegotiation(cut, cut_from))
