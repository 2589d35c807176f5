"""Waterfalls: published payments, and what must hold on every path and in every period."""

from __future__ import annotations

from datetime import date

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import waterfall as twin
from ouroloop.securitization.amortization import (
    bullet,
    cover,
    debt_constant,
    debt_yield,
    later,
    level_pay,
    level_payment,
)
from ouroloop.securitization.lease import rent_by_days
from ouroloop.securitization.waterfall import (
    ByTranche,
    Fee,
    Fill,
    History,
    Inflow,
    Interest,
    Principal,
    Rest,
    Tranche,
    Trap,
    Waterfall,
    pay,
)

# Published


@pytest.mark.parametrize(
    ("month", "wanted"),
    [
        (1, (194_500_000, 709_923, 1_215_625)),
        (3, (192_968_181, 933_560, 1_206_051)),
        (5, (190_989_799, 1_155_586, 1_193_686)),
    ],
)
def test_a_plain_sequential_structure_of_fabozzi(month: int, wanted: tuple[int, int, int]) -> None:
    """Fabozzi, Bond Markets, Analysis, and Strategies: FJF-01, 400 million at 7.5 %, 165 PSA; in thousands."""
    months, sizes = 357, {"A": 194_500.0, "B": 36_000.0, "C": 96_500.0, "D": 73_000.0}
    balance, interest, principal = 400_000.0, [], []
    for k in range(1, months + 1):
        yearly = 1.65 * 0.06 * min((k + 3) / 30, 1)
        planned = balance * (1 - level_pay(0.08125 / 12, months - k + 1)[0])
        repaid = planned + (balance - planned) * (1 - (1 - yearly) ** (1 / 12))
        interest.append(balance * 0.075 / 12)
        principal.append(repaid)
        balance -= repaid
    passed = jnp.asarray(principal)[:, None]
    inflow = Inflow(jnp.asarray(interest)[:, None] + passed, principal=passed, years=np.full(months, 1 / 12))
    lines = Waterfall((Interest(tuple(sizes)), Principal(tuple(sizes), of="collected"), Rest()))
    tranches = [Tranche(name, size, 0.075, jnp.asarray(bullet(months))) for name, size in sizes.items()]
    _, history = pay(lines, tranches, inflow, history=True)
    assert history is not None
    at = month - 1
    paid = float(history.principal[at, 0, 0])
    found = (float(history.left[at, 0, 0]) + paid, paid, float(history.interest[at, 0, 0]))
    np.testing.assert_allclose(np.array(found) * 1000, wanted, atol=2.0)
    np.testing.assert_allclose(history.left[-1, :, 0], 0, atol=0.01)


def test_collections_and_a_fee_of_the_introduction_to_absbox() -> None:
    """absbox, IntroWaterfall: 2,200 at 8 % in 30 level payments, four by the closing, and a fee of 2 % by days."""
    left = 2200 * np.r_[1.0, level_pay(0.08 / 12, 30)]
    principal, interest = -np.diff(left), left[:-1] * 0.08 / 12
    np.testing.assert_allclose([principal[:4].sum(), interest[:4].sum()], [268.63, 55.97], atol=0.05)
    np.testing.assert_allclose([principal[4], interest[4]], [68.28, 12.87], atol=0.05)
    due = rent_by_days(0.02 * left[4] / 365, date(2021, 6, 30), [date(2021, 7, 31)])
    inflow = Inflow(jnp.asarray([[principal[4] + interest[4]]]), fees=jnp.asarray(due)[None, :, None])
    lines = Waterfall((Fee("servicer"), Rest()))
    _, history = pay(lines, [Tranche("none", 1.0, 0.0, jnp.zeros(1))], inflow, history=True)
    assert history is not None
    np.testing.assert_allclose(history.fees[0, 0, 0], 3.28, atol=0.05)
    assert float(history.fees[0, 0, 0] + history.rest[0, 0]) == pytest.approx(principal[4] + interest[4], abs=1e-8)


def test_a_flat_lease_of_absbox_is_paid_by_days() -> None:
    """absbox, single_lease: 6 a day from 5 January 2022, paid on the 15th."""
    ends = [date(2022, month, 15) for month in range(1, 7)]
    assert rent_by_days(6.0, date(2022, 1, 5), ends).tolist() == [60, 186, 168, 186, 180, 186]


def test_debt_yield_over_cover_is_the_debt_constant() -> None:
    """Compass Datacenters, February 2026: cover of 1.52 at a debt yield of 8.26 %."""
    income, debt = 8.26, 100.0
    service = income / 1.52
    assert debt_yield(income, debt) == pytest.approx(0.0826, abs=1e-12)
    assert debt_constant(service, debt) == pytest.approx(0.0543421052631579, abs=1e-9)
    assert cover(income, service) == pytest.approx(debt_yield(income, debt) / debt_constant(service, debt), abs=1e-12)


# What must hold

CLASSES = ("a1", "a2", "b")
PERIODS = 16
TRANCHES = [
    Tranche("a1", 3.0, 0.05, jnp.asarray(level_pay(0.0125, PERIODS))),
    Tranche("a2", 2.0, 0.06, jnp.asarray(later(level_pay(0.015, 12), 4, PERIODS))),
    Tranche("b", 1.0, 0.03, jnp.asarray(bullet(PERIODS)), floats=True),
]
FALLS = {
    "everything": Waterfall(
        (
            Fee("servicer"), Interest(("a1", "a2")), Principal(CLASSES, of="collected"), Interest(("b",)),
            Principal(("a1", "a2"), in_proportion=True, from_reserve=True), Fill(2.0), Fee("sponsor"), Trap(1.3),
            Principal(CLASSES, of="all", when="rapid"), Principal(("b",)), Rest(),
        ),
        anticipated=12,
        rapid_below=1.05,
    ),
    "no last line": Waterfall((Interest(CLASSES), Principal(CLASSES, in_proportion=True, of="all"))),
    "trap only": Waterfall((Interest(CLASSES, from_reserve=False), Principal(CLASSES), Trap(1.5), Rest())),
}  # fmt: skip


DEALS = 140
"""Courses of cash tried at once: with 25 draws of each order of payment above, more than ten thousand."""


@eqx.filter_jit
def _paid(fall: Waterfall, cash: jax.Array, principal: jax.Array, fees: jax.Array) -> tuple[ByTranche, History]:
    reference = jnp.full(cash.shape, 0.04)
    inflow = Inflow(cash, principal=principal, fees=fees, reference=reference, reserve=0.25)
    result, history = pay(fall, TRANCHES, inflow, history=True)
    assert history is not None
    return result, history


def _draw(fall: Waterfall, seed: int, level: float) -> tuple[jax.Array, jax.Array, jax.Array]:
    draw = np.random.default_rng(seed)
    cash = draw.exponential(level, (PERIODS, DEALS)) * draw.integers(0, 2, (PERIODS, DEALS))
    fees = draw.exponential(0.02, (sum(isinstance(line, Fee) for line in fall.lines), PERIODS, DEALS))
    return jnp.asarray(cash), jnp.asarray(cash * draw.uniform(0, 1, cash.shape)), jnp.asarray(fees)


@pytest.mark.parametrize("name", FALLS)
@given(seed=st.integers(0, 2**32), level=st.sampled_from([0.05, 0.4, 0.8, 3.0]))
@settings(max_examples=25, deadline=None)
def test_what_comes_in_is_paid_out_or_still_there_to_the_quantum(name: str, seed: int, level: float) -> None:
    fall = FALLS[name]
    cash, principal, fees = _draw(fall, seed, level)
    _, of = _paid(fall, cash, principal, fees)
    came = np.round(np.asarray(cash) * 2**30) / 2**30
    paid = np.asarray(of.interest.sum(1) + of.principal.sum(1) + of.fees.sum(1) + of.rest)
    held = np.asarray(of.reserve + of.trapped)
    gained = np.diff(np.vstack([np.full((1, held.shape[1]), 0.25), held]), axis=0)
    assert (came - paid - gained == 0).all()
    for amounts in (of.interest, of.principal, of.fees, of.rest, of.reserve, of.trapped, of.left, of.unpaid):
        assert (np.asarray(amounts) >= 0).all()
    size = np.array([float(one.size) for one in TRANCHES])[:, None]
    assert (np.asarray(of.principal.sum(0)) + np.asarray(of.left[-1]) == size).all()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_more_cash_never_loses_a_class_more_without_triggers(seed: int) -> None:
    """With triggers it can: a trap that opens sends to owners what rapid repayment would have kept."""
    fall = FALLS["no last line"]
    cash, principal, fees = _draw(fall, seed, 0.4)
    poor, _ = _paid(fall, cash, principal, fees)
    rich, _ = _paid(fall, cash + 0.01, principal, fees)
    assert float(jnp.max(rich.loss - poor.loss)) <= 1e-8


def test_a_class_that_is_paid_in_full_loses_nothing_and_lives_as_scheduled() -> None:
    cash = jnp.full((PERIODS, 7), 10.0)
    result, history = _paid(FALLS["trap only"], cash, jnp.zeros_like(cash), jnp.zeros((0, *cash.shape)))
    np.testing.assert_allclose(result.loss, 0, atol=1e-8)  # sixteen payments to the quantum
    assert not bool(result.missed.any())
    schedule = np.r_[1.0, level_pay(0.0125, PERIODS)]
    life = (-np.diff(schedule) * np.arange(1, PERIODS + 1) / 4).sum()
    assert float(result.life_years[0, 0]) == pytest.approx(life, abs=1e-8)
    assert float(result.life_years[2, 0]) == pytest.approx(PERIODS / 4, abs=1e-8)
    service = float(history.interest[0].sum(0)[0] + history.principal[0].sum(0)[0])
    assert float(history.cover[0, 0]) == pytest.approx(10 / service, abs=1e-9)


def test_cash_is_trapped_while_cover_is_thin_and_let_go_when_it_is_back() -> None:
    """Interest of 0.0125 and principal of 0.1 a quarter; 0.13 covers it 1.16 times, 0.26 more than twice."""
    tranche = Tranche("a", 1.0, 0.05, jnp.asarray(np.linspace(0.9, 0.0, 10)))
    fall = Waterfall((Interest(("a",)), Principal(("a",)), Trap(1.2), Rest()))
    _, of = pay(fall, [tranche], Inflow(jnp.asarray([0.13, 0.13, 0.26, *[0.2] * 7])[:, None]), history=True)
    assert of is not None
    assert of.rest[:2, 0].tolist() == [0.0, 0.0]
    kept = 2 * 0.13 - float((of.interest[:2] + of.principal[:2]).sum())
    assert float(of.trapped[1, 0]) == pytest.approx(kept, abs=1e-8)
    assert float(of.trapped[2, 0]) == 0.0
    assert float(of.rest[2, 0]) == pytest.approx(
        0.26 + kept - float((of.interest[2] + of.principal[2]).sum()), abs=1e-8
    )


def test_after_the_anticipated_day_everything_repays_notes() -> None:
    tranche = Tranche("a", 1.0, 0.04, jnp.asarray(bullet(12)))
    fall = Waterfall(
        (Interest(("a",)), Principal(("a",)), Principal(("a",), of="all", when="rapid"), Rest()), anticipated=4
    )
    _, of = pay(fall, [tranche], Inflow(jnp.full((12, 1), 0.2)), history=True)
    assert of is not None
    assert float(of.left[3, 0, 0]) == 1.0
    assert float(of.rest[3, 0]) == pytest.approx(0.19, abs=1e-8)
    assert float(of.left[4, 0, 0]) == pytest.approx(0.81, abs=1e-8)
    assert float(of.rest[4, 0]) == 0.0
    assert float(of.left[10, 0, 0]) == 0.0


def test_unpaid_interest_bears_interest_and_the_reserve_pays_it_first() -> None:
    tranche = Tranche("a", 1.0, 0.04, jnp.asarray(bullet(3)))
    fall = Waterfall((Interest(("a",)), Principal(("a",)), Rest()))
    result, of = pay(fall, [tranche], Inflow(jnp.asarray([[0.0], [0.0], [2.0]]), reserve=0.01), history=True)
    assert of is not None
    assert float(of.interest[0, 0, 0]) == pytest.approx(0.01, abs=1e-8)
    assert float(of.unpaid[1, 0, 0]) == pytest.approx(0.01, abs=1e-8)
    assert float(of.interest[2, 0, 0]) == pytest.approx(0.01 + 1.01 * 0.01, abs=1e-8)
    assert float(result.loss[0, 0]) == pytest.approx(0.0, abs=1e-8)
    assert bool(result.missed[0, 0])


def test_the_gradient_of_losses_is_that_of_finite_differences() -> None:
    """Away from kinks; quanta of 1e-9 leave 1e-6 of a difference over a step of 1e-3."""
    draw = np.random.default_rng(3)
    cash = jnp.asarray(draw.uniform(0.1, 0.3, (PERIODS, 5)))
    fees = jnp.full((0, PERIODS, 5), 0.01)

    @jax.jit
    def lost(scale: jax.Array) -> jax.Array:
        return pay(FALLS["trap only"], TRANCHES, Inflow(cash * scale, fees=fees, reserve=0.25))[0].loss.sum()

    found, step = float(jax.grad(lost)(jnp.asarray(1.0))), 1e-3
    assert found == pytest.approx(
        float((lost(jnp.asarray(1 + step)) - lost(jnp.asarray(1 - step))) / (2 * step)), abs=2e-6
    )
    assert found < -1


def test_the_twin_in_numpy_pays_the_same() -> None:
    cash = twin._cash(64)
    schedule = np.array([level_pay(coupon / 12, twin.MONTHS) for coupon in twin.COUPONS])
    ours = jax.jit(lambda of: pay(twin.LINES, twin._tranches(schedule), twin._inflow(of))[0].loss)(jnp.asarray(cash))
    theirs = twin.numpy_losses(cash, schedule)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert theirs.max(axis=1)[-1] > 0.1
    assert (theirs.min(axis=1) < 1e-7).all()


def test_level_payments_repay_what_was_lent() -> None:
    left = np.r_[1.0, level_pay(0.02, 20)]
    paid = left[:-1] * 0.02 - np.diff(left)
    np.testing.assert_allclose(paid, level_payment(0.02, 20), atol=1e-14)
    assert level_payment(0.0, 20) == 0.05
