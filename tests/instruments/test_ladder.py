"""A ladder owes what was placed, to the quantum, in the quarter in which it is due."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from ouroloop.instruments import ladder as rungs
from ouroloop.ledger import AccountClass
from tests.instruments.financing_examples import SEEDS, amounts_of, assert_balanced, at, balance, column, deal, quarter


def one(*slots: float) -> rungs.Ladder:
    return jnp.asarray(slots, jnp.float64)[None, :, None]


def slots(ladder: rungs.Ladder) -> list[float]:
    return np.asarray(ladder[0, :, 0]).tolist()


def test_what_is_not_paid_falls_due_in_the_next_quarter():
    ladder = rungs.defer(one(0, 10, 5, 2), at(1), column(4))
    assert slots(ladder) == [0, 0, 11, 2]


def test_the_beyond_never_falls_due_and_is_never_deferred():
    ladder = one(0, 0, 0, 7)
    for number in (3, 4, 9):
        assert float(rungs.due(ladder, at(number))[0, 0]) == 0.0
        assert slots(rungs.defer(ladder, at(number), column(3))) == [0, 0, 0, 7]
    assert slots(rungs.defer(one(0, 0, 6, 7), at(2), column(2))) == [0, 0, 0, 11]


def test_principal_past_the_horizon_is_placed_beyond():
    assert slots(rungs.place(one(0, 0, 0), column(5), at(40))) == [0, 0, 5]


def test_level_parts_take_the_rest_in_the_last_quarter():
    ladder = rungs.place_evenly(one(0, 0, 0, 0, 0, 0), column(10), jnp.asarray([1]), jnp.asarray([4]))
    assert slots(ladder) == [0, 2.5, 2.5, 2.5, 2.5, 0]
    ladder = rungs.place_evenly(one(0, 0, 0, 0), column(10), jnp.asarray([1]), jnp.asarray([4]))
    assert slots(ladder) == [0, 2.5, 2.5, 5]
    # Five quanta over three quarters: 1, 1 and 3 of them.
    ladder = rungs.place_evenly(one(0, 0, 0, 0, 0), column(5 * QUANTUM), jnp.asarray([0]), jnp.asarray([3]))
    assert slots(ladder) == [QUANTUM, QUANTUM, 3 * QUANTUM, 0, 0]


def test_what_is_laid_anew_is_the_same_money_on_other_days_and_only_where_it_was_asked_for():
    both = jnp.concatenate([one(0, 8, 0, 0, 2, 0), one(0, 8, 0, 0, 2, 0)], axis=2)
    laid = rungs.lay_anew(both, jnp.asarray([[True, False]]), jnp.asarray([2]), jnp.asarray([8]))
    assert np.asarray(laid[0, :, 0]).tolist() == [0, 0, 1.25, 1.25, 1.25, 6.25], "the rest is beyond the horizon"
    assert np.asarray(laid[0, :, 1]).tolist() == [0, 8, 0, 0, 2, 0]


def test_a_write_down_of_everything_leaves_nothing_and_says_what_it_took():
    ladder = rungs.place(rungs.place(one(0, 0, 0), column(0.1), at(1)), column(1 / 3), at(2))
    owed = float(rungs.total(ladder)[0, 0])
    ladder, taken = rungs.scale(ladder, column(1.0))
    assert not np.asarray(ladder).any()
    assert float(taken[0, 0]) == owed
    ladder, taken = rungs.scale(one(0, 4, 2, 8), column(0.25))
    assert slots(ladder) == [0, 3, 1.5, 6]
    assert float(taken[0, 0]) == 3.5


def test_what_is_taken_over_is_what_falls_due_first():
    ladder, taken = rungs.take_earliest(one(5, 0, 4), column(7))
    assert slots(ladder) == [0, 0, 2]
    assert float(taken[0, 0]) == 7
    ladder, taken = rungs.take_earliest(one(5, 0, 4), column(70))
    assert float(taken[0, 0]) == 9


def test_coreweaves_wall_of_2029_is_its_second_facility():
    opening = "2025-Q3"
    known = {name: amounts_of(f"coreweave-{name}") for name in ("ddtl-1", "ddtl-2", "notes-2030")}
    assert "due in March 2028" in str(deal("coreweave-ddtl-1").terms)
    due = [quarter(text, opening) for text in ("2028-Q1", "2029-Q2", "2030-Q2")]
    assert due == [10, 15, 19]
    principal = column(*(next(iter(tranches.values()))[0] for tranches in known.values()))
    ladder = rungs.place(rungs.empty(3, 24, 1), principal, jnp.asarray(due))
    # 1.7825 + 4.954 + 2 = 8.7365 in all; 4.954 of it in the four quarters of 2029.
    np.testing.assert_allclose(float(rungs.total(ladder).sum()), 8.7365, atol=3 * QUANTUM)
    of_2029 = rungs.due_within(ladder, at(quarter("2029-Q1", opening)), 4)
    np.testing.assert_allclose(np.asarray(of_2029)[:, 0], [0, 4.954, 0], atol=QUANTUM)
    assert not np.asarray(rungs.due_within(ladder, at(0), 10)).any()


FLOWS = [books.loan("bank", "lab"), books.repayment("lab", "bank"), books.loan_write_off("bank", "lab")]
WORLD = books.build(FLOWS)
STEPS = st.lists(
    st.tuples(st.sampled_from(["place", "spread", "pay", "cut"]), st.floats(0, 1), st.integers(0, 9)), max_size=12
)


@settings(max_examples=20, deadline=None)
@given(STEPS, SEEDS)
def test_the_sum_of_a_ladder_is_always_the_liability_in_the_ledger(steps: list[tuple[str, float, int]], seed: int):
    random = np.random.default_rng(seed)
    ladder, kept = rungs.empty(1, 8, 2), books.open_books(WORLD, {books.cash("bank"): 1e5}, paths=2)
    for number, (what, share, slot) in enumerate(steps):
        amount = jnp.asarray(random.random((1, 2)) * 1e3)
        moved = jnp.zeros((3, 2))
        if what == "place":
            ladder = rungs.place(ladder, amount, at(slot))
            moved = moved.at[0].set(amount[0])
        elif what == "spread":
            ladder = rungs.place_evenly(ladder, amount, jnp.asarray([slot]), jnp.asarray([slot + 1]))
            moved = moved.at[0].set(amount[0])
        elif what == "pay":
            paid = books.quantize(rungs.due(ladder, at(number)) * share)
            ladder = rungs.defer(ladder, at(number), paid)
            moved = moved.at[1].set(paid[0])
        else:
            ladder, lost = rungs.scale(ladder, jnp.full((1, 2), share))
            moved = moved.at[2].set(lost[0])
        kept = books.post(WORLD, kept, moved)
        owed = -balance(WORLD, kept, "lab", AccountClass.LIABILITY, "loan:bank:lab")
        assert np.asarray(rungs.total(ladder))[0].tolist() == owed.tolist()
        assert (np.asarray(ladder) >= 0).all()
    assert_balanced(WORLD, kept)


def test_the_gradient_of_what_is_placed_passes_through_the_rounding():
    def later(amount: float) -> jax.Array:
        ladder = rungs.place_evenly(one(0, 0, 0, 0, 0), jnp.full((1, 1), amount), jnp.asarray([1]), jnp.asarray([3]))
        return rungs.defer(ladder, at(1), rungs.due(ladder, at(1)) * 0.5)[0, 2, 0]

    # A third, and half of the third before it.
    np.testing.assert_allclose(float(jax.grad(later)(3.1)), 0.5, rtol=1e-12)
