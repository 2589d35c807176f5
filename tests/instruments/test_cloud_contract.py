"""Cloud contracts: nothing is owed for what is not delivered, and what is owed is seen until it is paid or given up."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.core import QUANTUM
from ouroloop.instruments.cloud_contract import CloudContracts, CloudState
from tests.instruments.trade_examples import (
    RANDOM_PATHS,
    Played,
    deal,
    flags,
    random_flags,
    random_shares,
    tranche_by_day,
)


def book(schedule: list[list[float]], take_or_pay: float = 1.0, termination: float = 0.0) -> CloudContracts:
    count = len(schedule)
    names, parties = tuple(f"cloud-{n}" for n in range(count)), (("lab", "cloud"),) * count
    return CloudContracts(
        names, parties, jnp.asarray(schedule), jnp.full(count, take_or_pay), jnp.full(count, termination)
    )


def bill(contracts: CloudContracts, state: CloudState, number: int, **inputs: float) -> tuple[CloudState, jax.Array]:
    """One quarter: everything as promised but for what `inputs` names."""
    given_inputs = {"delay": 0.0, "delivered": 1.0, "wanted": 1.0, "performing": 1.0, "terminate": 0.0} | inputs
    each = {key: jnp.full((len(contracts.names), 1), value) for key, value in given_inputs.items()}
    return contracts.fall_due(
        state,
        number,
        delay=each["delay"],
        delivered_share=each["delivered"],
        wanted_share=each["wanted"],
        performing=each["performing"] > 0,
        terminate=each["terminate"] > 0,
    )


def test_nothing_is_owed_for_capacity_that_is_not_delivered():
    contracts = book([[10.0, 10.0]])
    state, moved = bill(contracts, contracts.start(1), 0, delivered=0.3)
    assert moved[:, 0].tolist() == [3.0, 0.0, 0.0, 0.0]
    assert float(contracts.backlog(state)[0, 0]) == 10.0  # the other 7 lapsed


def test_take_or_pay_is_a_floor_under_what_the_customer_wants():
    contracts = book([[10.0, 10.0]], take_or_pay=0.75)
    state, moved = bill(contracts, contracts.start(1), 0, wanted=0.2)
    assert float(moved[0, 0]) == 7.5
    _, moved = bill(contracts, state, 1, wanted=0.9)
    assert float(moved[0, 0]) == 9.0


def test_leaving_early_costs_a_share_of_the_backlog_once():
    contracts = book([[10.0] * 4], termination=0.5)
    state, _ = bill(contracts, contracts.start(1), 0)
    state, moved = bill(contracts, state, 1, terminate=1.0)
    assert moved[:, 0].tolist() == [0.0, 15.0, 0.0, 0.0]
    state, moved = bill(contracts, state, 2, terminate=1.0)
    assert not np.asarray(moved).any()
    assert float(contracts.backlog(state)[0, 0]) == 0.0


def test_a_customer_that_stopped_is_billed_nothing_and_its_old_bill_grows_old():
    contracts = book([[10.0] * 4])
    state, _ = bill(contracts, contracts.start(1), 0)
    for number in (1, 2):
        state, moved = bill(contracts, state, number, performing=0.0)
        assert not np.asarray(moved).any()
    assert float(state.bills.overdue(2)[0, 0]) == 10.0
    state, lost = contracts.write_off(state, flags(True))
    assert lost[:, 0].tolist() == [0.0, 0.0, 0.0, 10.0]
    assert float(contracts.due(state)[0, 0]) == 0.0


def test_openai_owes_oracle_60bn_in_each_year_from_2027():
    schedule = tranche_by_day("openai-oracle-300bn", "whole", "2026-Q4", 22)
    contracts = CloudContracts(
        ("openai-oracle",), (("openai", "oracle"),), jnp.asarray(schedule)[None], jnp.ones(1), jnp.zeros(1)
    )
    played, state = Played(contracts, cash=400.0), contracts.start(1)
    by_year = []
    for number in range(5):  # the last quarter of 2026 and all of 2027
        state, billed = bill(contracts, state, number)
        state, paid = contracts.pay(state, contracts.due(state))
        played.post(billed + paid)
        by_year.append(float(billed[0, 0]))
    assert by_year[0] == 0.0
    # 365 of the 1,826 days of 2027 to 2031.
    assert np.isclose(sum(by_year), 300.0 * 365 / 1826, atol=1e-8)
    assert np.isclose(sum(by_year), 60.0, atol=0.05)
    assert np.isclose(float(contracts.backlog(state)[0, 0]), 300.0 * 1461 / 1826)
    played.proof()
    assert played.revenue("oracle")[0] == sum(by_year)
    assert played.paid_revenue("oracle")[0] == sum(by_year)


def test_openai_stops_paying_oracle_after_a_year_and_the_last_bill_is_oracles_loss():
    schedule = tranche_by_day("openai-oracle-300bn", "whole", "2027-Q1", 8)
    contracts = CloudContracts(
        ("openai-oracle",), (("openai", "oracle"),), jnp.asarray(schedule)[None], jnp.ones(1), jnp.zeros(1)
    )
    played, state = Played(contracts, cash=400.0), contracts.start(1)
    for number in range(6):
        state, billed = bill(contracts, state, number, performing=float(number < 5))
        state, paid = contracts.pay(state, (1.0 if number < 4 else 0.0) * contracts.due(state))
        played.post(billed + paid)
    state, lost = contracts.write_off(state, flags(True))
    played.post(lost)
    # 2027 paid in full; the bill of the first quarter of 2028 (91 days) never.
    year, unpaid = 300.0 * 365 / 1826, 300.0 * 91 / 1826
    played.proof()
    assert np.isclose(played.balance("oracle/expense/write_off")[0], unpaid, atol=1e-8)
    assert np.isclose(played.balance("oracle/asset/cash")[0], year, atol=1e-8)
    assert np.isclose(played.revenue("oracle")[0], year + unpaid, atol=1e-8)
    assert np.isclose(played.paid_revenue("oracle")[0], year, atol=1e-8)


def test_three_contracts_of_openai_at_coreweave_stand_at_22_4bn_and_share_one_bill():
    ids = ("openai-coreweave-2025-03", "openai-coreweave-2025-05", "openai-coreweave-2025-09")
    schedules = np.array([tranche_by_day(name, "whole", "2025-Q1", 24) for name in ids])
    contracts = CloudContracts(
        ids, tuple((deal(n).payer, deal(n).payee) for n in ids), jnp.asarray(schedules), jnp.ones(3), jnp.zeros(3)
    )
    state = contracts.start(1)
    assert np.isclose(float(contracts.backlog(state).sum()), 11.9 + 4.0 + 6.5)
    played = Played(contracts)
    state, moved = bill(contracts, state, 0)
    played.post(moved)
    # Only the first contract runs in the first quarter of 2025: 22 of its 1,826 days.
    assert np.isclose(played.balance("coreweave/asset/bill:openai:coreweave")[0], 11.9 * 22 / 1826, atol=1e-8)
    played.proof()


def test_azure_a_year_late_bills_nothing_in_the_first_year_and_loses_nothing():
    schedule = tranche_by_day("openai-azure-250bn", "whole", "2025-Q4", 40)
    contracts = CloudContracts(
        ("azure",), (("openai", "microsoft"),), jnp.asarray(schedule)[None], jnp.ones(1), jnp.zeros(1)
    )
    state, billed = contracts.start(1), []
    for number in range(40):
        state, moved = bill(contracts, state, number, delay=4.0)
        billed.append(float(moved[0, 0]))
    assert billed[:4] == [0.0] * 4
    # The 65 days from 28 October to the end of 2025 are now due in the fourth quarter of 2026.
    assert np.isclose(billed[4], 250.0 * 65 / 2622, atol=1e-8)
    assert np.isclose(sum(billed), 250.0, atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_books_balance_and_hold_the_open_bills(seed: int):
    contracts = book([[10.0, 7.3, 1e-9, 4.0], [3.1, 0.0, 5.0, 2.0]], 0.8, 0.3)
    played, state = Played(contracts, RANDOM_PATHS), contracts.start(RANDOM_PATHS)
    for number in range(5):
        draw = [random_shares(seed, 9 * number + k, 2) for k in range(4)]
        flag = [random_flags(seed, 9 * number + 4 + k, 2) for k in range(3)]
        state, billed = contracts.fall_due(
            state,
            number,
            delay=3 * draw[0],
            delivered_share=draw[1],
            wanted_share=draw[2],
            performing=~flag[0],
            terminate=flag[1],
        )
        played.post(billed)
        state, paid = contracts.pay(state, draw[3] * contracts.due(state))
        played.post(paid)
        state, lost = contracts.write_off(state, flag[2])
        played.post(lost)
        assert (played.balance("cloud/asset/bill:lab:cloud") == np.asarray(state.bills.owed).sum(axis=0)).all()
        assert (np.asarray(contracts.backlog(state)) >= 0).all()
    played.proof()


def test_compiled_contracts_move_the_same_amounts_and_bills_follow_wants_by_their_gradient():
    contracts = book([[10.0, 7.0], [3.0, 5.0]], 0.5, 0.1)

    def play(wanted: jax.Array) -> jax.Array:
        def step(state: CloudState, number: jax.Array) -> tuple[CloudState, jax.Array]:
            each = jnp.broadcast_to(wanted, (2, 3))
            no = jnp.zeros((2, 3), bool)
            full = jnp.ones((2, 3))
            state, billed = contracts.fall_due(
                state, number, delay=0 * full, delivered_share=full, wanted_share=each, performing=~no, terminate=no
            )
            state, paid = contracts.pay(state, 0.5 * contracts.due(state))
            return state, billed + paid

        return jax.lax.scan(step, contracts.start(3), jnp.arange(2))[1]

    wanted = jnp.asarray(0.9)
    with jax.disable_jit():
        eager = play(wanted)
    assert np.allclose(jax.jit(play)(wanted), eager, rtol=0, atol=2 * QUANTUM)
    # Above the floor every bill is the commitment times what is wanted: 10 + 7 + 3 + 5 on each of three paths.
    assert float(jax.grad(lambda w: play(w)[:, :2].sum())(wanted)) == 75.0
