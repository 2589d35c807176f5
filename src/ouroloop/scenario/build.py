"""From a scenario to an economy that can be simulated, for any part of its paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import jax
import numpy as np
from jaxtyping import Array, Float64, Int

from ouroloop.behavior.demand import payoff_quarter
from ouroloop.core import QUANTUM, Quarter
from ouroloop.core.parameter import reads
from ouroloop.dossier import Dossier
from ouroloop.economy.draws import path_keys, uniform
from ouroloop.economy.inputs import Inputs, Traits
from ouroloop.economy.simulate import expect_a_run, simulate
from ouroloop.economy.track import Track
from ouroloop.economy.world import World
from ouroloop.ledger import Account, AccountClass, opening_amounts
from ouroloop.scenario.assemble import Assembled, assemble
from ouroloop.scenario.axes import Axes, axes
from ouroloop.scenario.calendar import ShockCalendar, drawn, shock_calendar
from ouroloop.scenario.contracts import contracts
from ouroloop.scenario.contracts.include import Chances, include
from ouroloop.scenario.contracts.supply import Shares, supply_shares
from ouroloop.scenario.contracts.terms import Term
from ouroloop.scenario.device import on_device
from ouroloop.scenario.effect import check_effect
from ouroloop.scenario.estimate import assumption
from ouroloop.scenario.opening import Opening, open_world
from ouroloop.scenario.outside_spend import OutsideSpend, outside_spend
from ouroloop.scenario.parameters import Drawn, draw_parameters, needed
from ouroloop.scenario.shocks import calendar
from ouroloop.scenario.site_vehicles import SiteVehicle, site_vehicles
from ouroloop.scenario.traits import traits

if TYPE_CHECKING:
    from ouroloop.scenario.language import Scenario

CLOCK_STARTS = Quarter(2025, 4)
"""When the articles counted their six to ten years to the payoff from."""
_TENOR = {"bond": "eco-eng-012", "loan": "eco-eng-013"}
"""How long new debt runs: the same on all paths, as the ladder has one shape."""


@dataclass(frozen=True, eq=False)
class Economy:
    """A world with what differs by path, for some paths of a scenario."""

    world: World
    inputs: Inputs
    draws: Mapping[str, Float64[np.ndarray, " #path"]]
    """What was drawn of every assumption that the engine reads, by id."""
    opening: Opening
    assembled: Assembled

    def simulate(self, *, detail: bool = True) -> Track:
        """Run it; see `economy.simulate`."""
        return simulate(self.world, self.inputs, detail=detail)


def build(scenario: Scenario, first_path: int = 0, paths: int | None = None) -> Economy:
    """Which economy does the scenario mean, on the paths `first_path` ... `first_path + paths - 1`?

    Books open at the end of the quarter of `scenario.as_of`, from what was known on that day; contracts are what deals
    still oblige; parameters are drawn from the assumptions, each path its own. A path's numbers depend on the seed and
    its number only. The world is the same for all scenarios of one dossier, day and horizon, so that the second one
    finds the compiled code of the first.

    Raises BadInput where the dossier lacks an assumption that the engine reads, and as `check` does.
    """
    expect_a_run()
    check(scenario)
    count = scenario.paths if paths is None else paths
    dossier = scenario.dossier

    def named(name: str) -> np.ndarray:
        return np.asarray(uniform(scenario.seed, first_path, count, name))

    found = draw_parameters(scenario, named)
    base = _base(dossier, scenario.horizon)
    made, world = base.assembled, base.assembled.world
    share = _shares_of_promises(scenario, made, named)
    rows = np.array(made.cloud.rows, np.int64)
    spend = base.outside.drawn(named)
    opening = _opening_of(dossier, scenario.horizon, scenario.seed, first_path, count)
    known = traits(
        dossier,
        base.opening,
        opening.run_rates,
        made,
        base.shares,
        spend,
        found.parameters,
        share[rows],
        base.vehicles,
    )
    inputs = Inputs(
        traits=known,
        parameters=found.parameters,
        calendar=calendar(made, _shocks(scenario, made, named), count),
        opening=on_device(_opening(world, opening, known, count)),
        cloud_share=on_device(share[rows]),
        order_share=on_device(np.minimum(share[np.array(made.orders.rows, np.int64)], 1.0)),
        lease_share=on_device(share[np.array(made.leases.rows, np.int64)]),
        guarantee_binds=on_device(_given(world, share[np.array(made.guarantees.rows, np.int64)])),
        draw_share=on_device(_lent_share(made, made.draw_terms, share)),
        advance_share=on_device(_lent_share(made, made.advance_terms, share)),
        round_share=on_device(share[np.array(made.rounds.rows, np.int64)] > 0),
        payoff_quarter=_payoff(scenario, made, found, named, count),
        keys=path_keys(scenario.seed, first_path, count),
    )
    return Economy(world, inputs, found.values, opening, made)


def _lent_share(
    made: Assembled, terms: Sequence[int], share: Float64[np.ndarray, "contract #path"]
) -> Float64[np.ndarray, "term #path"]:
    """What is bound is lent as agreed; a letter as far as it becomes firm."""
    pending = np.array([made.contracts.terms[n].pending for n in terms], bool)
    return np.where(pending[:, None], share[np.array(terms, np.int64)], 1.0)


def check(scenario: Scenario) -> None:
    """Raises BadInput `no-effect` with all shocks and assumptions that nothing in the scenario's world answers to."""
    read_here = {*needed(), *(read.assumption for read in reads(Chances))}
    check_effect(scenario, _base(scenario.dossier, scenario.horizon).assembled.world, read_here)


@dataclass(frozen=True, eq=False)
class _Base:
    """What all scenarios of one dossier, day and horizon share."""

    axes: Axes
    opening: Opening
    """At central values."""
    shares: Shares
    outside: OutsideSpend
    assembled: Assembled
    vehicles: Mapping[str, SiteVehicle]


@lru_cache(maxsize=8)
def _base(dossier: Dossier, horizon: int) -> _Base:
    """Made once for each dossier as known on a day, and each horizon: the same world object every time."""
    where = axes(dossier)
    opening = open_world(dossier, where)
    promised = contracts(dossier, where, opening.quarter + 1, horizon)
    shares, outside = supply_shares(dossier, where), outside_spend(dossier, where)
    tenor = {name: assumption(dossier, row).value for name, row in _TENOR.items()}
    vehicles = site_vehicles(dossier, where)
    made = assemble(
        dossier, where, opening, promised, shares, tuple(outside.share), vehicles=vehicles, tenor_years=tenor
    )
    return _Base(where, opening, shares, outside, made, vehicles)


@lru_cache(maxsize=8)
def _opening_of(dossier: Dossier, horizon: int, seed: int, first_path: int, paths: int) -> Opening:
    """The opening books of these paths: the same in every scenario of a dossier."""
    return open_world(
        dossier, _base(dossier, horizon).axes, lambda name: np.asarray(uniform(seed, first_path, paths, name))
    )


def _shares_of_promises(
    scenario: Scenario, made: Assembled, named: Callable[[str], np.ndarray]
) -> Float64[np.ndarray, "term path"]:
    """Which part of every promise is owed on each path."""
    terms = made.contracts.terms
    uniforms = np.stack([named(f"contract:{term.name}") for term in terms])
    chances = Chances(*(on_device(scenario.assumptions[read.assumption].value * read.scale) for read in reads(Chances)))
    return np.asarray(_include(terms)(uniforms, chances))


@lru_cache(maxsize=8)
def _include(terms: tuple[Term, ...]) -> Callable[[Float64[np.ndarray, "term path"], Chances], Array]:
    """`include` for these promises, compiled: one program for its steps."""
    return jax.jit(partial(include, terms))


def _given(world: World, share: Float64[np.ndarray, "deal path"]) -> Float64[np.ndarray, "guarantee path"]:
    """On which paths is each guarantee given? Those that only a scenario makes are, if it makes them."""
    extra = len(world.guarantees.names) - len(share)
    return np.concatenate([share > 0, np.ones((extra, share.shape[1]))]).astype(np.float64)


def _shocks(scenario: Scenario, made: Assembled, named: Callable[[str], np.ndarray]) -> ShockCalendar:
    ranges = drawn(scenario)
    return shock_calendar(
        scenario,
        members=made.world.members,
        sectors=tuple(made.world.sectors),
        contracts=tuple(dict.fromkeys(term.name for term in made.contracts.terms)),
        uniforms=np.stack([named(one.name) for one in ranges]) if ranges else None,
    )


def _payoff(
    scenario: Scenario, made: Assembled, found: Drawn, named: Callable[[str], np.ndarray], paths: int
) -> Int[Array, " path"]:
    """The quarter in which the payoff arrives: the scenario's, or by chance since the clock began."""
    shocks = _shocks(scenario, made, named)
    if shocks.payoff_quarter is not None:
        return on_device(np.full(paths, shocks.payoff_quarter), np.int32)
    years = (scenario.first_quarter.ordinal - CLOCK_STARTS.ordinal) / 4
    arrival = jax.jit(payoff_quarter)(found.parameters.demand, named("payoff"), years)
    return on_device(np.broadcast_to(arrival, (paths,)), arrival.dtype)


def _opening(world: World, opening: Opening, known: Traits, paths: int) -> Float64[np.ndarray, "opening #path"]:
    """Opening balances; where a ladder or a ring of vintages says how much it is, its sum stands in the books."""
    balances = dict(opening.balances)
    loans = world.loans
    for n, (lender, borrower, claim) in enumerate(zip(loans.lenders, loans.borrowers, loans.claims or (), strict=True)):
        owed = np.round(np.asarray(known.loan_ladder)[n] / QUANTUM).sum(axis=0) * QUANTUM
        balances[Account(lender, AccountClass.ASSET, claim)] = owed
        balances[Account(borrower, AccountClass.LIABILITY, claim)] = -owed
    for book, by_age in (
        (world.chips, world.chips_by_age),
        (world.sites, world.sites_by_age),
        (world.other, world.other_by_age),
    ):
        for owner, asset, ages in zip(book.owners, book.assets, by_age, strict=True):
            balances[Account(owner, AccountClass.REAL, asset)] = np.array([np.round(ages / QUANTUM).sum() * QUANTUM])
    return opening_amounts(world.ledger, balances, paths)
