"""A vehicle from tenant to holder over many paths: how safe each class is, under cut rents, and what that hangs on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.economy.machine import prepare
from ouroloop.scenario.vehicles import READ, Setting
from ouroloop.securitization.lease import Renegotiation
from ouroloop.securitization.pool import Lumpiness, lumpiness
from ouroloop.securitization.tenants import draw_defaults, market_rents
from ouroloop.securitization.vehicle import Result, Risk, Vehicle, World, risks, run_vehicle

prepare()

PATHS, GRADIENT_PATHS = 10_000, 4_000
CUTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
LUMPY_LOSS, LUMPY_YEARS = 0.45, 5
"""Loss given default and horizon at which a pool is compared with one of many small tenants."""
DIALS = (
    "tenants fail a tenth more often", "agreed rents are a tenth higher", "market rents fall a point a year faster",
    "market rents move a tenth more", "tenants' assets are a tenth more correlated", "space is worth a tenth more",
    "a tenth more of claims is recovered", "a tenth more residual is promised", "tenants pay a tenth more to stay",
)  # fmt: skip
"""What is turned up to see what losses hang on. Each is a factor that is 1 as things are, and 1.1 turned up."""
TURNED = 0.1


@dataclass(frozen=True, slots=True)
class Stressed:
    """A class after rents were cut."""

    cut: float
    risk: Risk
    rating: str


@dataclass(frozen=True, slots=True)
class ClassView:
    """One class: its risk as agreed, under cut rents, and which dials move it."""

    id: str
    size_usd_bn: float
    by_default: str
    """The letter whose firms fail as often, over the class's average life, as this class misses a payment."""
    by_loss: str
    """The letter whose bonds lose as much over that time: what is late but paid in the end does not count."""
    cap: str | None
    """The best that the main tenant, or who vouches for it, allows."""
    rating: str
    """By loss, and no better than the cap."""
    stressed: tuple[Stressed, ...]
    """In the order of the cuts; the first is no cut."""
    effect: Float[np.ndarray, " dial"]
    """By how much expected loss grows, as a share of the class, if a dial is turned up by a tenth."""
    effect_error: Float[np.ndarray, " dial"]
    """Standard errors of it by the number of paths."""

    @property
    def risk(self) -> Risk:
        return self.stressed[0].risk


@dataclass(frozen=True, slots=True)
class HolderLoss:
    """What one holder of the vehicle's classes loses on average, USD bn."""

    holder: str
    holds: float
    expected: tuple[float, ...]
    """In the order of the cuts."""


@dataclass(frozen=True, slots=True)
class TrancheView:
    """A vehicle's classes, their holders, and the pool behind them."""

    setting: Setting
    paths: int
    cut_from: int
    """The quarter after closing from which rents are cut."""
    per: Literal["event", "year"]
    classes: tuple[ClassView, ...]
    holders: tuple[HolderLoss, ...]
    pool: Lumpiness | None
    """None where one tenant pays all of the rent, or classes are no smaller than what stands behind them."""
    cover: float
    """Rent after fees over debt service in the first year of rent and principal; NaN where nothing is due then."""


def tranche_view(
    of: Setting,
    *,
    paths: int = PATHS,
    seed: int = 0,
    cuts: tuple[float, ...] = CUTS,
    cut_from: int | None = None,
    per: Literal["event", "year"] = "event",
    effects: bool = True,
) -> TrancheView:
    """How safe is each class, what do cut rents do to it, who bears that, and which inputs matter?

    Tenants fail as often as firms of their rating did, together through one factor that also moves rents; the same
    random numbers are used for every cut. Chances are those of the record, not of prices.

    Parameters
    ----------
    cuts
        Shares by which rents of tenants who are still there are cut; begins with 0.
    cut_from
        Quarters after closing; a year after the first rent unless said otherwise.
    per
        The cut comes once (per event) or again each year.
    effects
        Also say what losses hang on, which takes as long again; NaN otherwise.
    """
    assert cuts[0] == 0.0, "the first cut is none"
    begins = min(lease.begins for lease in of.vehicle.leases)
    at = begins + 4 if cut_from is None else cut_from
    neutral = jnp.ones(len(DIALS))
    made: list[tuple[Risk, ...]] = []
    cover = float("nan")
    for cut in cuts:
        result = _run(of.vehicle, _drivers(of), neutral, jnp.asarray(cut), at, per, paths, seed)
        made.append(risks(of.vehicle, result))
        if cut == 0.0:
            cover = _cover(of.vehicle, begins, result)
    unknown = np.full((len(DIALS), len(of.vehicle.tranches)), np.nan)
    effect, error = _effects(of, at, seed) if effects else (unknown, unknown)
    classes = tuple(_class_view(of, n, cuts, made, effect[:, n], error[:, n]) for n in range(len(of.vehicle.tranches)))
    return TrancheView(of, paths, at, per, classes, _holders(of, made), pool_of(of), cover)


_Drivers = tuple[Array, Array, Array, float, float, float]


def _drivers(of: Setting) -> _Drivers:
    numbers = (of.wrong_way, of.correlation, of.reference)
    return (jnp.asarray(of.failed), jnp.asarray(of.decline), jnp.asarray(of.movement), *numbers)


def _turned(vehicle: Vehicle, dials: Float[Array, " dial"]) -> Vehicle:
    """The vehicle with its dials turned; what it owes stays."""
    leases = tuple(
        replace(
            lease,
            rent=lease.rent * dials[1],
            worth_years=lease.worth_years * dials[5],
            recovery=lease.recovery * dials[6],
            inertia=lease.inertia * dials[8],
        )
        for lease in vehicle.leases
    )
    promises = tuple(
        one._replace(threshold=one.threshold * dials[7], cap=one.cap * dials[7]) for one in vehicle.guarantees
    )
    return replace(vehicle, leases=leases, guarantees=promises)


@eqx.filter_jit
def _run(
    vehicle: Vehicle,
    drivers: _Drivers,
    dials: Float[Array, " dial"],
    cut: Array,
    at: int,
    per: Literal["event", "year"],
    paths: int,
    seed: int,
) -> Result:
    failed, decline, movement, wrong_way, correlation, reference = drivers
    of_tenants, of_rents, of_choices = jax.random.split(jax.random.key(seed), 3)
    chances = -jnp.expm1(jnp.log1p(-failed) * dials[0])
    defaults = draw_defaults(of_tenants, chances, correlation * dials[4], paths)
    years = np.array(vehicle.years)
    falls = decline + 0.1 * (dials[2] - 1.0)
    market = market_rents(of_rents, falls, movement * dials[3], wrong_way, defaults.factor, years)
    world = World(defaults.at, market, defaults.weight)
    renegotiation = Renegotiation(cut, at, per)
    return run_vehicle(
        _turned(vehicle, dials), world, of_choices, reference=reference, renegotiation=renegotiation, history=True
    )


def _effects(of: Setting, at: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What a tenth more of each dial does to the expected loss of each class, with standard errors."""
    mean, error = np.empty((2, len(DIALS), len(of.vehicle.tranches)))
    for n in range(len(DIALS)):
        each = np.asarray(_slope(of.vehicle, _drivers(of), jnp.eye(len(DIALS))[n], at, seed))
        mean[n], error[n] = TURNED * each.mean(axis=1), TURNED * each.std(axis=1) / np.sqrt(each.shape[1])
    return mean, error


@eqx.filter_jit
def _slope(
    vehicle: Vehicle, drivers: _Drivers, direction: Float[Array, " dial"], at: int, seed: int
) -> Float[Array, "tranche path"]:
    def losses(dials: Float[Array, " dial"]) -> Float[Array, "tranche path"]:
        result = _run(vehicle, drivers, dials, jnp.asarray(0.0), at, "event", GRADIENT_PATHS, seed)
        return result.weight * result.tranches.loss

    return jax.jvp(losses, (jnp.ones(len(DIALS)),), (direction,))[1]


def _cover(vehicle: Vehicle, begins: int, result: Result) -> float:
    """The middle path's cover in the first quarter that has rent and scheduled principal, or rent alone."""
    assert result.history is not None
    repays = np.stack([np.asarray(one.schedule) for one in vehicle.tranches]).min(axis=0) < 1.0
    repays[-1] = False
    repays[:begins] = False
    return float(np.median(np.asarray(result.history.cover)[int(np.argmax(repays)) if repays.any() else begins]))


def _class_view(
    of: Setting, n: int, cuts: tuple[float, ...], made: list[tuple[Risk, ...]], effect: np.ndarray, error: np.ndarray
) -> ClassView:
    capped = [rating_of(of, n, one[n]) for one in made]
    return ClassView(
        id=of.vehicle.tranches[n].name,
        size_usd_bn=of.structure.classes[n].size_usd_bn.value,
        by_default=_letter(of, made[0][n].default_probability, made[0][n]),
        by_loss=_by_loss(of, made[0][n]),
        cap=of.caps[n],
        rating=capped[0],
        stressed=tuple(Stressed(c, one[n], letter) for c, one, letter in zip(cuts, made, capped, strict=True)),
        effect=effect,
        effect_error=error,
    )


def rating_of(of: Setting, n: int, risk: Risk) -> str:
    """The rating of the n-th class with this risk: the letter by loss, no better than its cap."""
    return max(filter(None, (_by_loss(of, risk), of.caps[n])), key=of.table.grades.index)


def _by_loss(of: Setting, risk: Risk) -> str:
    """Bonds of a letter lose its chance of default times what is not recovered."""
    return _letter(of, risk.expected_loss / (1.0 - of.assumed[READ["recovery"]]), risk)


def _letter(of: Setting, probability: float, risk: Risk) -> str:
    return of.table.grade(probability, max(risk.average_life_years, 1.0))


def _holders(of: Setting, made: list[tuple[Risk, ...]]) -> tuple[HolderLoss, ...]:
    """What each holder has of all classes and loses of them; parts of a class that nobody is named for are left out."""
    held: dict[str, float] = {}
    lost: dict[str, list[float]] = {}
    for n, one in enumerate(of.structure.classes):
        for row in one.held_by:
            if row.share is None:
                continue
            amount = row.share.value * one.size_usd_bn.value
            held[row.by] = held.get(row.by, 0.0) + amount
            losses = [amount * risk[n].expected_loss for risk in made]
            lost[row.by] = [a + b for a, b in zip(lost.get(row.by, [0.0] * len(made)), losses, strict=True)]
    return tuple(HolderLoss(by, held[by], tuple(lost[by])) for by in held)


def pool_of(of: Setting) -> Lumpiness | None:
    """The pool of tenants beside one of many small ones, for a class that begins where equity ends."""
    owed = sum(one.size_usd_bn.value for one in of.structure.classes)
    worth = sum(one.worth_usd_bn.value for one in of.structure.leases)
    rent = np.zeros(len(of.structure.tenants))
    for lease in of.vehicle.leases:
        rent[lease.tenant] += float(lease.rent)
    attachment = 1.0 - owed / worth
    paying = rent > 0
    if paying.sum() < 2 or not 0.0 < attachment < LUMPY_LOSS:
        return None
    chance = of.failed[:, min(4 * LUMPY_YEARS, of.failed.shape[1]) - 1]
    average = float(rent @ chance / rent.sum())
    return lumpiness(rent[paying], LUMPY_LOSS, average, of.correlation, attachment)
