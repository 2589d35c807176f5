"""A vehicle from tenant to tranche: who bears what, and which way things move."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop.securitization.amortization import bullet, level_pay
from ouroloop.securitization.lease import Lease, Renegotiation, ResidualGuarantee
from ouroloop.securitization.tenants import draw_defaults, market_rents
from ouroloop.securitization.vehicle import Result, Vehicle, World, expected_losses, risks, run_vehicle
from ouroloop.securitization.waterfall import Fee, Interest, Principal, Rest, Tranche, Waterfall

PERIODS, PATHS = 40, 4_000
FALL = Waterfall(
    (
        Fee("servicer"),
        Interest(("senior",)),
        Principal(("senior", "junior"), of="collected"),
        Interest(("junior",)),
        Principal(("senior",)),
        Principal(("junior",)),
        Rest(),
    )
)
SITE = Lease("site", 0, 0, rent=1.6, market=1.6, begins=0, term=PERIODS, downtime=3, worth_years=4.0, recovery=0.4)


def vehicle(*leases: Lease, guarantees: tuple[ResidualGuarantee, ...] = ()) -> Vehicle:
    return Vehicle(
        leases=leases or (SITE,),
        guarantees=guarantees,
        tranches=(
            Tranche("senior", 8.0, 0.05, jnp.asarray(level_pay(0.0125, PERIODS))),
            Tranche("junior", 2.0, 0.09, jnp.asarray(bullet(PERIODS))),
        ),
        waterfall=FALL,
        fees=jnp.full((1, PERIODS), 0.005),
        prefunded=jnp.zeros(PERIODS),
        years=(0.25,) * PERIODS,
    )


def world(hazard: jax.Array | float = 0.03, decline: jax.Array | float = 0.05, tenants: int = 1) -> World:
    failed = -jnp.expm1(-hazard * jnp.arange(1, PERIODS + 1) / 4)
    of = draw_defaults(jax.random.key(1), jnp.broadcast_to(failed, (tenants, PERIODS)), 0.3, PATHS)
    clocks = jnp.stack([jnp.asarray(decline, jnp.float64)])
    years = np.full(PERIODS, 0.25)
    market = market_rents(jax.random.key(2), clocks, jnp.asarray([0.15]), 0.4, of.factor, years)
    return World(of.at, market, of.weight)


@eqx.filter_jit
def _run(of: Vehicle, hazard: jax.Array, decline: jax.Array, cut: jax.Array, tenants: int = 1) -> Result:
    made = world(hazard, decline, tenants)
    return run_vehicle(of, made, jax.random.key(3), renegotiation=Renegotiation(cut, 8), history=True)


def run(of: Vehicle, hazard: float = 0.03, decline: float = 0.05, cut: float = 0.0, tenants: int = 1) -> Result:
    return _run(of, jnp.asarray(hazard), jnp.asarray(decline), jnp.asarray(cut), tenants)


@cache
def base() -> Result:
    return run(vehicle())


def test_every_dollar_that_tenants_pay_arrives_somewhere_on_every_path() -> None:
    of = base()
    assert of.history is not None
    came = np.round(np.maximum(np.asarray(of.collected.cash), 0.0) * 2**30) / 2**30
    h = of.history
    paid = np.asarray(h.interest.sum(1) + h.principal.sum(1) + h.fees.sum(1) + h.rest)
    assert (came - paid == 0).all()


def test_the_senior_class_loses_less_and_a_safe_tenant_loses_nothing() -> None:
    senior, junior = risks(vehicle(), base())
    assert 0 < senior.expected_loss < junior.expected_loss < 1
    assert senior.default_probability <= junior.default_probability
    assert 0 < senior.average_life_years < junior.average_life_years <= 10
    safe, waits = risks(vehicle(), run(vehicle(), hazard=0.0))
    assert (safe.default_probability, safe.expected_loss) == (0.0, 0.0)
    assert waits.expected_loss > 0, "the junior class is repaid by the sale at the end, whatever the tenant does"


@pytest.mark.parametrize("change", [{"hazard": 0.06}, {"decline": 0.2}, {"cut": 0.3}])
def test_worse_tenants_faster_clocks_and_cut_rents_cost_every_class(change: dict[str, float]) -> None:
    worse = risks(vehicle(), run(vehicle(), **change))
    for before, after in zip(risks(vehicle(), base()), worse, strict=True):
        assert after.expected_loss > before.expected_loss


def test_a_guarantee_of_the_residual_moves_losses_to_the_guarantor() -> None:
    """What notes lose less is no more than what the guarantor pays; one that fails with the tenant saves little."""
    cap = jnp.full(PERIODS, 6.0)
    plain = run(vehicle(), tenants=2)
    outside, own = (run(vehicle(guarantees=(ResidualGuarantee(who, 0, 2 * cap, cap),)), tenants=2) for who in (1, 0))
    saved = [float((plain.tranches.loss[0] - one.tranches.loss[0]).mean()) * 8.0 for one in (outside, own)]
    paid = float(outside.collected.guarantee.sum(axis=(0, 1)).mean())
    assert 0 < saved[1] < saved[0] < paid


def test_many_tenants_are_safer_for_the_senior_class_than_one() -> None:
    """With a smaller first tenant of eight the senior class loses less: a pool of one is all or nothing."""
    part = 8
    many = tuple(replace(SITE, name=f"site {n}", tenant=n, rent=1.6 / part, market=1.6 / part) for n in range(part))
    one, pool = risks(vehicle(), base())[0], risks(vehicle(*many), run(vehicle(*many), tenants=part))[0]
    assert pool.expected_loss < 0.7 * one.expected_loss


AT = {"hazard": 0.03, "decline": 0.05, "worth_years": 4.0}


def _junior(given: jax.Array) -> jax.Array:
    """Losses of the junior class on each path, times its weight; `given` is in the order of `AT`."""
    of = vehicle(replace(SITE, worth_years=given[2]))
    result = run_vehicle(of, world(given[0], given[1]), jax.random.key(3))
    return result.weight * result.tranches.loss[1]


_junior_losses = jax.jit(_junior)
_slope = jax.jit(lambda given, direction: jax.jvp(_junior, (given,), (direction,))[1])


@pytest.mark.parametrize("name", AT)
def test_gradients_of_expected_losses_are_those_of_common_random_numbers(name: str) -> None:
    """Within three standard errors, though defaults are drawn: central differences on the same random numbers."""
    here, row = jnp.asarray(list(AT.values())), list(AT).index(name)
    direction = jnp.eye(len(AT))[row]
    each, step = _slope(here, direction), 0.2 * AT[name]
    up, down = _junior_losses(here + step * direction), _junior_losses(here - step * direction)
    difference = np.asarray(up - down) / (2 * step)
    error = np.hypot(np.std(each), np.std(difference)) / np.sqrt(PATHS)
    assert abs(float(each.mean()) - difference.mean()) < 3 * error
    assert abs(float(each.mean())) > 3 * float(np.std(each)) / np.sqrt(PATHS)


def test_forward_and_backward_gradients_agree() -> None:
    here = jnp.asarray(list(AT.values()))
    backward = jax.jit(jax.grad(lambda given: _junior(given).mean()))(here)
    forward = [float(_slope(here, one).mean()) for one in jnp.eye(len(AT))]
    np.testing.assert_allclose(backward, forward, rtol=1e-9)


def test_expected_losses_are_the_averages_that_risks_state() -> None:
    np.testing.assert_allclose(
        expected_losses(base()), [one.expected_loss for one in risks(vehicle(), base())], atol=1e-7
    )
