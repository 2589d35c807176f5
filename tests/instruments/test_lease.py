"""Leases: rent from commencement to the last day, options and exits, and what is still to be paid."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM, Quarter
from ouroloop.instruments.lease import Leases, LeaseState
from tests.instruments.trade_examples import (
    RANDOM_PATHS,
    Played,
    deal,
    flags,
    random_flags,
    random_shares,
    rows,
)


def lease(
    *,
    commencement: float = 0.0,
    term: float = 8.0,
    renewal: float = 0.0,
    rent: float = 1.0,
    escalator: float = 0.0,
    fee: float = 0.0,
    rate: float = 0.0,
) -> Leases:
    terms = (commencement, term, renewal, rent, escalator, fee, rate)
    return Leases(
        ("site",), (("tenant", "landlord"),), int(np.ceil(term + renewal)), *(jnp.asarray([t]) for t in terms)
    )


def pass_quarter(
    leases: Leases,
    state: LeaseState,
    number: int,
    *,
    delay: float = 0.0,
    renewed: float = 0.0,
    suspended: bool = False,
    terminate: bool = False,
    pays: float = 1.0,
) -> tuple[LeaseState, jax.Array]:
    state = leases.fall_due(
        state,
        number,
        delay=rows(delay),
        renewed_share=rows(renewed),
        suspended=flags(suspended),
        terminate=flags(terminate),
    )
    return leases.pay(state, pays * leases.due(state))


def rents(leases: Leases, quarters: int, **inputs: float) -> list[float]:
    state, paid = leases.start(1), []
    for number in range(quarters):
        state, moved = pass_quarter(leases, state, number, **inputs)
        paid.append(float(moved[0, 0]))
    return paid


def test_rent_runs_from_commencement_to_the_end_of_the_term_and_steps_up_once_a_year():
    assert rents(lease(commencement=2.0, term=5.0, escalator=0.5), 9) == [0, 0, 1, 1, 1, 1, 1.5, 0, 0]


def test_a_delay_of_a_quarter_and_a_half_moves_the_whole_term():
    assert rents(lease(term=2.0), 5, delay=1.5) == [0.0, 0.5, 1.0, 0.5, 0.0]


def test_a_lease_that_runs_already_is_paid_to_its_end():
    assert rents(lease(commencement=-6.0, term=8.0), 4) == [1.0, 1.0, 0.0, 0.0]


def test_a_tenant_that_renews_half_of_the_space_pays_half_of_the_rent_for_the_renewal_term():
    assert rents(lease(term=2.0, renewal=2.0), 6, renewed=0.5) == [1.0, 1.0, 0.5, 0.5, 0.0, 0.0]


def test_renewal_counts_as_a_liability_from_the_quarter_in_which_it_is_agreed():
    leases = lease(term=2.0, renewal=4.0)
    state, _ = pass_quarter(leases, leases.start(1), 0, renewed=0.5)
    assert float(leases.remaining_payments(state)[0, 0]) == 1.0
    for number in (1, 2):
        state, _ = pass_quarter(leases, state, number, renewed=0.5)
    assert float(leases.remaining_payments(state)[0, 0]) == 1.5  # half of the three quarters left


def test_force_majeure_stops_the_rent_of_its_quarter_and_the_term_runs_on():
    leases, paid = lease(term=3.0), []
    state = leases.start(1)
    for number in range(4):
        state, moved = pass_quarter(leases, state, number, suspended=number == 1)
        paid.append(float(moved[0, 0]))
    assert paid == [1.0, 0.0, 1.0, 0.0]


def test_a_renegotiated_rent_is_lower_from_then_on_and_so_is_what_remains():
    leases = lease(term=4.0)
    state, _ = pass_quarter(leases, leases.start(1), 0)
    state = leases.renegotiate(state, rows(0.4))
    assert np.isclose(float(leases.remaining_payments(state)[0, 0]), 1.8)
    state, moved = pass_quarter(leases, state, 1)
    assert np.isclose(float(moved[0, 0]), 0.6, atol=1e-9)


def test_leaving_costs_its_share_of_the_rent_to_come_once_and_ends_everything():
    leases = lease(term=8.0, fee=0.25)
    state, _ = pass_quarter(leases, leases.start(1), 0)
    state, moved = pass_quarter(leases, state, 1, terminate=True)
    assert moved[:, 0].tolist() == [0.0, 1.75]  # a quarter of the 7 that were left
    state, moved = pass_quarter(leases, state, 2, terminate=True)
    assert not np.asarray(moved).any()
    assert float(leases.remaining_payments(state)[0, 0]) == 0.0


def test_unpaid_rent_is_due_again_and_is_revenue_of_nobody_until_it_is_paid():
    leases = lease(term=4.0)
    played = Played(leases)
    state, moved = pass_quarter(leases, leases.start(1), 0, pays=0.25)
    played.post(moved)
    assert played.revenue("landlord")[0] == 0.25
    assert float(state.arrears[0, 0]) == 0.75
    state, moved = pass_quarter(leases, state, 1)
    assert float(moved[0, 0]) == 1.75
    assert float(leases.due(leases.forgive(state, flags(True)))[0, 0]) == 0.0


def test_present_value_is_the_annuity_of_the_textbook():
    # 1 a quarter for 8 quarters at 2% a quarter (8.243216% a year): (1 - 1.02^-8) / 0.02 = 7.325481.
    leases = lease(term=9.0, rate=1.02**4 - 1)
    state, _ = pass_quarter(leases, leases.start(1), 0)
    assert np.isclose(float(leases.present_value(state)[0, 0]), 7.325481, atol=5e-7)
    assert np.isclose(float(leases.remaining_payments(state)[0, 0]), 8.0)


def test_a_lease_not_commenced_is_a_note_and_no_liability_yet_an_obligation():
    # 4 quarters of 1 from the third quarter on: 3.807729 at 2% a quarter, discounted two quarters more: 3.659869.
    leases = lease(commencement=2.0, term=4.0, rate=1.02**4 - 1)
    state = leases.start(1)
    assert float(leases.not_commenced(state)[0, 0]) == 4.0
    assert float(leases.present_value(state)[0, 0]) == 0.0
    assert np.isclose(float(leases.obligation(state, 0, rows(0.0))[0, 0]), 3.659869, atol=5e-7)


def hyperion(opening: str, rate: float) -> Leases:
    """Meta's lease of Hyperion: 12.3bn over the four years from 2029, with options up to twenty years in all."""
    found = deal("meta-hyperion-lease")
    (tranche,) = found.tranches
    assert tranche.schedule is not None
    assert tranche.low is not None
    first, last = Quarter.of(tranche.schedule.first), Quarter.of(tranche.schedule.last)
    term = last.ordinal - first.ordinal + 1
    terms = (first.ordinal - Quarter.parse(opening).ordinal, term, 80 - term, tranche.low / term, 0.0, 0.0, rate)
    return Leases((found.id,), ((found.payer, found.payee),), 80, *(jnp.asarray([t], jnp.float64) for t in terms))


def test_meta_leaves_hyperion_after_four_years_and_has_paid_what_it_promised():
    leases = hyperion("2028-Q4", 0.0)
    played, state = Played(leases), leases.start(1)
    assert np.isclose(float(leases.not_commenced(state)[0, 0]), 12.3)
    for number in range(20):
        state, moved = pass_quarter(leases, state, number)
        played.post(moved)
        if number == 1:  # the first quarter of 2029: 12.3 / 16
            assert np.isclose(played.balance("meta/expense/rent")[0], 0.76875, atol=1e-9)
            assert np.isclose(float(leases.remaining_payments(state)[0, 0]), 12.3 - 0.76875)
    played.proof()
    assert np.isclose(played.revenue("hyperion-jv")[0], 12.3, atol=1e-7)
    assert float(leases.remaining_payments(state)[0, 0]) == 0.0


def test_meta_renews_hyperion_in_full_and_pays_five_times_as_much():
    leases = hyperion("2029-Q1", 0.0)
    paid = rents(leases, 84, renewed=1.0)
    assert np.isclose(sum(paid), 61.5, atol=1e-6)  # 20 years at 3.075bn a year
    assert paid[80:] == [0.0] * 4


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_rent_is_revenue_only_when_paid(seed: int):
    terms = [[0.0, 2.0], [3.0, 2.5], [2.0, 0.0], [1.3, 0.7], [0.03, 0.0], [0.35, 1.0], [0.05, 0.09]]
    leases = Leases(("a", "b"), (("tenant", "landlord"), ("tenant", "owner")), 5, *(jnp.asarray(t) for t in terms))
    played, state = Played(leases, RANDOM_PATHS), leases.start(RANDOM_PATHS)
    fallen = np.zeros((2, RANDOM_PATHS))
    for number in range(6):
        draw = [random_shares(seed, 9 * number + k, 2) for k in range(4)]
        before = np.asarray(leases.due(state))
        state = leases.fall_due(
            state,
            number,
            delay=2 * draw[0],
            renewed_share=draw[1],
            suspended=random_flags(seed, 9 * number + 4, 2),
            terminate=random_flags(seed, 9 * number + 5, 2),
        )
        fallen += np.asarray(leases.due(state)) - before
        state, paid = leases.pay(state, draw[2] * leases.due(state))
        played.post(paid)
        state = leases.renegotiate(state, draw[3] * random_flags(seed, 9 * number + 6, 2))
        worth, plain = np.asarray(leases.present_value(state)), np.asarray(leases.remaining_payments(state))
        assert (worth >= -1e-12).all()
        assert (worth <= plain + 1e-12).all()
    played.proof()
    owed = np.asarray(leases.due(state))
    paid_rows = np.array([played.revenue("landlord"), played.revenue("owner")])
    assert (paid_rows == fallen - owed).all()


def test_compiled_leases_move_the_same_amounts_and_a_liability_has_the_gradient_of_its_formula():
    leases = lease(commencement=1.0, term=6.0, escalator=0.03, fee=0.35, rate=0.06)

    def play(delay: jax.Array) -> jax.Array:
        def step(state: LeaseState, number: jax.Array) -> tuple[LeaseState, jax.Array]:
            no = jnp.zeros((1, 2), bool)
            state = leases.fall_due(
                state, number, delay=delay, renewed_share=0 * delay, suspended=no, terminate=no | (number == 4)
            )
            return leases.pay(state, 0.5 * leases.due(state))

        return jax.lax.scan(step, leases.start(2), jnp.arange(6))[1]

    delay = jnp.asarray([[0.0, 1.25]])
    with jax.disable_jit():
        eager = play(delay)
    assert np.allclose(jax.jit(play)(delay), eager, rtol=0, atol=2 * QUANTUM)

    def worth(rate: jax.Array) -> jax.Array:
        fields = (jnp.zeros(1), jnp.full(1, 6.0), jnp.zeros(1), jnp.ones(1), jnp.full(1, 0.03), jnp.zeros(1))
        at_rate = Leases(("site",), (("tenant", "landlord"),), 6, *fields, rate[None])
        return at_rate.obligation(at_rate.start(1), 0, jnp.zeros((1, 1)))[0, 0]

    rate, h = jnp.asarray(0.06), 1e-5
    assert np.isclose(float(jax.grad(worth)(rate)), float(worth(rate + h) - worth(rate - h)) / (2 * h), rtol=1e-6)
