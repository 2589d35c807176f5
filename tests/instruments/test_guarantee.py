"""Guarantees pay up to their cap, move a loss from one holder to another, and balance."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees, GuaranteeState
from ouroloop.instruments.loan import Loans
from ouroloop.ledger import AccountClass
from tests.instruments.financing_examples import (
    SEEDS,
    amounts_of,
    assert_balanced,
    assert_same_compiled,
    at,
    balance,
    column,
    deal,
    quarter,
)


def one(kind: GuaranteeKind, guarantor: str, debtor: str, creditor: str, cap: float, *guaranteed: float) -> Guarantees:
    """A single promise for quarters 0 to 9."""
    return Guarantees(
        ("promise",),
        (kind,),
        (guarantor,),
        (debtor,),
        (creditor,),
        column(cap),
        jnp.asarray([guaranteed or (0.0,)]),
        jnp.asarray([0]),
        jnp.asarray([9]),
    )


def test_metas_guarantee_pays_the_gap_of_hyperion_below_28bn_and_only_once():
    opening = "2029-Q1"
    guaranteed, _ = amounts_of("meta-hyperion-guarantee")["whole"]
    assert (deal("meta-hyperion-guarantee").payer, guaranteed) == ("meta", 28)
    # The threshold falls; by how much was not disclosed, so 27 in the second quarter is made up.
    book = Guarantees(
        ("hyperion",),
        (GuaranteeKind.RESIDUAL_VALUE,),
        ("meta",),
        ("meta",),
        ("hyperion-jv",),
        column(guaranteed),
        jnp.asarray([[guaranteed, 27.0]]),
        jnp.asarray([0]),
        jnp.asarray([quarter("2044-Q4", opening)]),
    )
    state = book.opening(1)
    assert float(book.exposure(state, at(0))[0, 0]) == 28
    assert float(book.exposure(state, at(1))[0, 0]) == 27
    state, paid = book.call(state, at(0), book.gap(state, at(0), column(20.0)), column(1.0))
    assert float(paid[0, 0]) == 8
    # Worth 20 and 8 paid: nothing is missing. Worth 15 with 8 paid, against 27: 4 more.
    assert float(book.gap(state, at(0), column(20.0))[0, 0]) == 0
    assert float(book.gap(state, at(1), column(15.0))[0, 0]) == 4
    assert float(book.exposure(state, at(64))[0, 0]) == 0


def test_a_residual_value_guarantee_stops_at_its_cap_and_a_put_does_not():
    capped = one(GuaranteeKind.RESIDUAL_VALUE, "tenant", "tenant", "owner", 5.0, 28.0)
    put = one(GuaranteeKind.PUT, "tenant", "tenant", "owner", float("inf"), 28.0)
    for book, pays in ((capped, 5), (put, 18)):
        _, paid = book.call(book.opening(1), at(0), book.gap(book.opening(1), at(0), column(10.0)), column(1.0))
        assert float(paid[0, 0]) == pays
    # Worth more than guaranteed: nothing.
    assert float(put.gap(put.opening(1), at(0), column(30.0))[0, 0]) == 0


def test_nvidias_backstop_of_coreweave_is_revenue_of_coreweave_up_to_6_3bn_until_april_2032():
    opening = "2025-Q3"
    cap, _ = amounts_of("nvidia-coreweave-backstop")["whole"]
    last = quarter("2032-Q2", opening)
    assert (cap, last) == (6.3, 27)
    book = one(GuaranteeKind.BACKSTOP, "nvidia", "", "coreweave", cap)
    book = eqx.tree_at(lambda b: b.last, book, jnp.asarray([last]))
    world = books.build(book.flows)
    kept, state = books.open_books(world, {books.cash("nvidia"): 50.0}), book.opening(1)
    for unsold in (4.0, 4.0, 4.0):  # 4 of capacity unsold each quarter
        state, paid = book.call(state, at(last), column(unsold), column(1.0))
        kept = books.post(world, kept, paid)
    read = books.statement(world, kept)
    revenue = dict(zip(world.entities, np.asarray(read.revenue)[:, 0], strict=True))
    assert abs(revenue["coreweave"] - 6.3) < 2.0**-29
    _, after = book.call(book.opening(1), at(last + 1), column(4.0), column(1.0))
    assert not np.asarray(after).any()
    assert_balanced(world, kept)


def test_broadcom_stands_for_the_two_senior_tranches_of_the_tpu_vehicle():
    cap, _ = amounts_of("broadcom-tpu-vehicle-guarantee")["whole"]
    assert cap == 31  # 6bn of A1 and 25bn of A2
    book = one(GuaranteeKind.GUARANTEE, "broadcom", "anthropic-tpu-spv", "private_credit", cap)
    state, paid = book.call(book.opening(1), at(3), column(35.5), column(1.0))
    assert float(paid[0, 0]) == 31
    assert float(state.owed[0, 0]) == 31
    assert float(book.exposure(state, at(3))[0, 0]) == 0


def test_a_guarantor_that_can_pay_half_still_owes_the_other_half():
    book = one(GuaranteeKind.GUARANTEE, "vendor", "lab", "bank", 10.0)
    state, paid = book.call(book.opening(1), at(0), column(8.0), column(0.5))
    assert float(paid[0, 0]) == 4
    assert float(book.exposure(state, at(0))[0, 0]) == 6


def test_a_guarantee_of_rent_takes_over_the_bill_and_not_a_loan():
    book = Guarantees(
        ("rent",),
        (GuaranteeKind.GUARANTEE,),
        ("vendor",),
        ("lab",),
        ("owner",),
        column(10.0),
        column(0.0),
        jnp.asarray([0]),
        jnp.asarray([9]),
        ("bill:lab:owner",),
    )
    world = books.build([books.sale_on_account("lab", "owner", "rent-due"), *book.flows])
    kept = books.post(world, books.open_books(world, {books.cash("vendor"): 9.0}), world.amounts({"rent-due": 3.0}))
    _, called = book.call(book.opening(1), at(0), column(3.0), column(1.0))
    kept = books.post(world, kept, jnp.concatenate([jnp.zeros((1, 1)), called]))
    assert balance(world, kept, "lab", AccountClass.LIABILITY, "bill:lab:owner").tolist() == [0]
    assert balance(world, kept, "lab", AccountClass.LIABILITY, "loan:vendor:lab").tolist() == [-3]
    assert_balanced(world, kept)


LOANS = Loans(("debt",), ("bank",), ("lab",), jnp.asarray([False]))
LAB = books.build([*LOANS.flows, *one(GuaranteeKind.GUARANTEE, "vendor", "lab", "bank", 0.0).flows])


def losses(cap: float, recovery: float) -> dict[str, float]:
    """A loan of 12 on which the lab pays nothing and `recovery` in the end: who has lost what?"""
    book = one(GuaranteeKind.GUARANTEE, "vendor", "lab", "bank", cap)
    debt = LOANS.opening(jnp.zeros((1, 4)).at[0, 0].set(12.0), jnp.zeros(1), 1)
    opening = {books.cash("bank"): 5.0, books.cash("vendor"): 20.0, books.cash("lab"): 15.0}
    opening |= {books.Account("bank", AccountClass.ASSET, "loan:bank:lab"): 12.0}
    opening |= {books.Account("lab", AccountClass.LIABILITY, "loan:bank:lab"): -12.0}
    kept, promise = books.open_books(LAB, opening), book.opening(1)

    def post(kept: books.Books, of_loans: jax.Array | None, of_guarantee: jax.Array | None) -> books.Books:
        none = jnp.zeros((len(LOANS.flows), 1)), jnp.zeros((len(book.flows), 1))
        parts = [none[0] if of_loans is None else of_loans, none[1] if of_guarantee is None else of_guarantee]
        return books.post(LAB, kept, jnp.concatenate(parts))

    debt, moved = LOANS.settle(debt, at(0), column(0), column(0))
    kept = post(kept, moved, None)
    promise, called = book.call(promise, at(0), LOANS.principal_due(debt, at(1)), column(1))
    debt, taken = LOANS.taken_over(debt, called[:1])
    assert np.asarray(taken).tolist() == np.asarray(called[:1]).tolist()
    kept = post(kept, None, called)
    # Resolution: both creditors recover the same share; the rest is written off.
    debt, moved = LOANS.settle(debt, at(1), column(0), column(recovery))
    kept = post(kept, moved, None)
    debt, moved = LOANS.write_down(debt, column(1))
    kept = post(kept, moved, None)
    promise, moved = book.resolve(promise, column(recovery), column(1 - recovery))
    kept = post(kept, None, moved)
    assert_balanced(LAB, kept)
    assert not np.asarray(debt.owed).any()
    assert not np.asarray(promise.owed).any()
    for claim in ("loan:bank:lab", "loan:vendor:lab"):
        assert float(balance(LAB, kept, "lab", AccountClass.LIABILITY, claim)[0]) == 0
    spent = {who: balance(LAB, kept, who, AccountClass.EXPENSE, "write_off")[0] for who in ("bank", "vendor")}
    return {who: float(loss) for who, loss in spent.items()}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 16), st.integers(0, 8))
def test_a_guarantee_moves_a_loss_and_not_its_size(cap: int, eighths: int):
    recovery = eighths / 8
    alone, guaranteed = losses(0.0, recovery), losses(float(cap), recovery)
    # By hand: 12 · (1 − recovery) is lost, the guarantor's part of it on what it stood for.
    assert alone == {"bank": 12 * (1 - recovery), "vendor": 0}
    stood_for = min(cap, 12)
    assert guaranteed == {"bank": (12 - stood_for) * (1 - recovery), "vendor": stood_for * (1 - recovery)}
    assert sum(guaranteed.values()) == sum(alone.values())


ALL = Guarantees(
    ("loan", "capacity", "share", "site"),
    tuple(GuaranteeKind),
    ("vendor", "vendor", "fund", "tenant"),
    ("lab", "", "", "tenant"),
    ("bank", "cloud", "cloud", "cloud"),
    column(10.0, 5.0, float("inf"), 6.0),
    jnp.asarray([[0.0] * 3, [0.0] * 3, [3.0, 2.0, 1.0], [8.0, 7.0, 6.0]]),
    jnp.asarray([0, 1, 0, 1]),
    jnp.asarray([5, 4, 5, 5]),
)
WORLD = books.build(ALL.flows)


@eqx.filter_jit
def a_quarter(state: GuaranteeState, number: jax.Array, draws: jax.Array) -> tuple[GuaranteeState, jax.Array]:
    on_value = jnp.asarray([False, False, True, True])[:, None]
    shortfall = jnp.where(on_value, ALL.gap(state, number, draws[:4] * 8), draws[:4] * 4)
    state, called = ALL.call(state, number, shortfall, draws[4:8])
    recovered = draws[8:12]
    state, ended = ALL.resolve(state, recovered, (1 - recovered) * jnp.round(draws[12:16]))
    return state, called + ended


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_no_more_than_the_cap_is_ever_called_and_what_debtors_owe_is_in_the_ledger(seed: int):
    random, state = np.random.default_rng(seed), ALL.opening(3)
    kept = books.open_books(WORLD, {books.cash("vendor"): 30.0}, paths=3)
    for number in range(7):
        state, amounts = a_quarter(state, at(number), jnp.asarray(random.random((16, 3))))
        kept = books.post(WORLD, kept, amounts)
        owed = -balance(WORLD, kept, "lab", AccountClass.LIABILITY, "loan:vendor:lab")
        assert np.asarray(state.owed)[0].tolist() == owed.tolist()
        assert not np.asarray(state.owed)[1:].any()
        assert (np.asarray(state.called) <= np.asarray(ALL.cap)).all()
        assert_balanced(WORLD, kept)


def test_the_gap_of_a_put_loses_a_dollar_for_each_dollar_of_value():
    book = one(GuaranteeKind.RESIDUAL_VALUE, "tenant", "tenant", "owner", 5.0, 28.0)

    def paid(value: jax.Array) -> jax.Array:
        state = book.opening(1)
        return book.call(state, at(0), book.gap(state, at(0), value[None, None]), column(1))[1].sum()

    assert [float(jax.grad(paid)(jnp.asarray(value))) for value in (10.0, 25.0, 30.0)] == [0, -1, 0]


@pytest.mark.parametrize("method", ["call", "resolve"])
def test_compiled_as_written(method: str):
    state = GuaranteeState(jnp.zeros((4, 2)), jnp.asarray([[1 / 3] * 2] + [[0.0] * 2] * 3))
    if method == "call":
        assert_same_compiled(ALL.call, state, at(1), jnp.full((4, 2), 1 / 7), jnp.full((4, 2), 0.3))
    else:
        assert_same_compiled(ALL.resolve, state, jnp.full((4, 2), 0.3), jnp.full((4, 2), 0.2))
