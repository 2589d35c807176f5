"""A pending tranche ends once; a lien on what is pledged already shows."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import BadInput
from ouroloop.ledger import Fate, Promise, PromiseKind

PROMISES = [
    Promise("order-1", PromiseKind.BACKLOG, "lab", "cloud"),
    Promise("order-2", PromiseKind.BACKLOG, "lab", "cloud"),
    Promise("letter", PromiseKind.LETTER, "vendor", "lab"),
    Promise("warrant", PromiseKind.WARRANT, "chipmaker", "lab", "shares"),
]
EVERY = jnp.ones((4, 2), bool)
AMOUNTS = jnp.asarray([[10.0, 11.0], [20.0, 21.0], [100.0, 100.0], [0.16, 0.16]])


@cache
def signed() -> books.Memorandum:
    return books.sign(books.open_memorandum(PROMISES, paths=2), AMOUNTS, EVERY)


def test_a_tranche_is_pending_until_it_is_posted_void_or_expired():
    memo = signed()
    assert np.asarray(books.outstanding(memo, "cloud", "held", [PromiseKind.BACKLOG])).tolist() == [30.0, 32.0]
    assert np.asarray(books.outstanding(memo, "lab", "promised")).tolist() == [30.0, 32.0]
    fates = jnp.asarray([[Fate.POSTED, 0], [Fate.VOID, Fate.POSTED], [0, Fate.EXPIRED], [0, 0]])
    memo, posted = books.resolve(memo, fates)
    assert np.asarray(posted).tolist() == [[10.0, 0.0], [0.0, 21.0], [0.0, 0.0], [0.0, 0.0]]
    assert np.asarray(books.outstanding(memo, "cloud", "held")).tolist() == [0.0, 11.0]
    assert np.asarray(books.outstanding(memo, "vendor", "promised")).tolist() == [100.0, 0.0]
    books.check_resolved_once(memo)
    world = memo.ledger
    void = memo.books.balances[world.account("cloud", books.AccountClass.RESERVE, "void:backlog")]
    assert np.asarray(void).tolist() == [20.0, 0.0]


@pytest.mark.parametrize("second", [Fate.POSTED, Fate.VOID, Fate.EXPIRED])
@pytest.mark.parametrize("first", [Fate.POSTED, Fate.VOID, Fate.EXPIRED])
def test_a_second_end_is_refused_moves_nothing_and_is_named(first: Fate, second: Fate):
    once, _ = books.resolve(signed(), jnp.zeros((4, 2), int).at[1, 1].set(int(first)))
    twice, posted = books.resolve(once, jnp.zeros((4, 2), int).at[1, 1].set(int(second)))
    assert not np.asarray(posted).any()
    assert np.asarray(twice.books.balances).tolist() == np.asarray(once.books.balances).tolist()
    assert np.argwhere(np.asarray(twice.refused)).tolist() == [[1, 1]]
    with pytest.raises(BadInput, match=f"tranche 'order-2' is {first.name.lower()} on path 1"):
        books.check_resolved_once(twice)


def test_what_was_never_signed_cannot_end_and_what_was_signed_cannot_be_signed_again():
    never, posted = books.resolve(books.open_memorandum(PROMISES, 2), jnp.full((4, 2), int(Fate.POSTED)))
    assert np.asarray(never.refused).all()
    assert not np.asarray(posted).any()
    again = books.sign(signed(), AMOUNTS, EVERY)
    assert np.asarray(again.refused).all()
    assert np.asarray(again.pending).tolist() == np.asarray(signed().pending).tolist()


def test_a_fate_that_is_no_end_is_refused():
    memo, _ = books.resolve(signed(), jnp.zeros((4, 2), int).at[0, 0].set(7).at[0, 1].set(int(Fate.PENDING)))
    assert np.asarray(memo.refused)[0].all()
    assert (np.asarray(memo.fate) == Fate.PENDING).all()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=8, max_size=8), min_size=1, max_size=4))
def test_signed_is_always_pending_plus_what_ended(rounds: list[list[int]]):
    memo, total = signed(), jnp.zeros((4, 2))
    for fates in rounds:
        memo, posted = books.resolve(memo, jnp.asarray(fates).reshape(4, 2))
        total = total + posted
    ended = {end: np.where(np.asarray(memo.fate) == end, np.asarray(memo.amount), 0.0) for end in Fate}
    assert (np.asarray(total) == ended[Fate.POSTED]).all()
    assert (np.asarray(memo.pending) + sum(ended[e] for e in Fate if e > Fate.PENDING) == np.asarray(memo.amount)).all()
    left = books.residual(memo.ledger, memo.books)
    assert not np.asarray(left.by_entity).any()
    assert not np.asarray(left.by_claim).any()


def test_it_compiles():
    fates = jnp.zeros((4, 2), int).at[0, 0].set(int(Fate.POSTED))
    memo = signed()
    eager = books.resolve(memo, fates)[1]
    compiled = jax.jit(lambda f: books.resolve(memo, f)[1])(fates)
    assert np.asarray(compiled).tolist() == np.asarray(eager).tolist()


def test_two_tranches_of_one_name_are_refused():
    with pytest.raises(BadInput, match="stand twice: letter"):
        books.open_memorandum([PROMISES[2], PROMISES[2]])


def test_double_pledging_shows_with_the_amount_over_pledged_and_every_creditor():
    register = (
        books.LienRegister()
        .pledge("spv", "chips", "bank", 60.0)
        .pledge("spv", "chips", "fund", 50.0)
        .pledge("spv", "lease", "bank", 30.0)
        .pledge("cloud", "chips", "bank", 5.0)
    )
    values = {("spv", "chips"): 100.0, ("spv", "lease"): 30.0, ("cloud", "chips"): 9.0}
    assert register.double_pledges(values) == (
        books.DoublePledge("spv", "chips", 100.0, 110.0, 10.0, ("bank", "fund")),
    )
    assert register.pledged("spv", "chips") == 110.0
    assert register.release("spv", "chips", "fund").double_pledges(values) == ()
    assert [p.over for p in register.double_pledges({})] == [110.0, 30.0, 5.0]


def test_a_lien_needs_an_amount_and_a_release_needs_a_lien():
    for amount in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(BadInput, match="bad-lien"):
            books.LienRegister().pledge("spv", "chips", "bank", amount)
    with pytest.raises(BadInput, match="no-such-lien"):
        books.LienRegister().pledge("spv", "chips", "bank", 1.0).release("spv", "chips", "fund")


@pytest.mark.parametrize("amount", [-5.0, float("nan"), float("inf"), 2.0**23])
def test_a_promise_of_no_possible_amount_is_refused_and_named(amount: float):
    memo = books.sign(books.open_memorandum(PROMISES, paths=2), AMOUNTS.at[2, 1].set(amount), EVERY)
    assert np.argwhere(np.asarray(memo.refused)).tolist() == [[2, 1]]
    assert memo.pending[2].tolist() == [100.0, 0.0]
    with pytest.raises(BadInput, match="'letter' is absent on path 1"):
        books.check_resolved_once(memo)


def test_a_lien_of_less_than_a_quantum_is_none():
    with pytest.raises(BadInput, match="bad-lien"):
        books.LienRegister().pledge("spv", "chips", "bank", 2.0**-32)
