"""Amounts stand in the order of the flows, and all books of financing live in one audited world."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop import ledger as books
from ouroloop.instruments.delayed_draw import DelayedDrawLoans
from ouroloop.instruments.equity_method import EquityMethodStakes
from ouroloop.instruments.equity_round import EquityRounds
from ouroloop.instruments.guarantee import GuaranteeKind, Guarantees
from ouroloop.instruments.loan import Loans
from ouroloop.instruments.moves import moves
from ouroloop.instruments.vendor_loan import VendorLoans
from ouroloop.instruments.vintages import Vintages
from tests.instruments.financing_examples import assert_balanced, at, column


def test_what_moves_stands_kind_by_kind_and_the_rest_is_nothing():
    got = moves({"lend": 2, "repay": 2}, 2, repay=jnp.asarray([[0.0, 1.0], [5.0, 6.0]]))
    assert np.asarray(got).tolist() == [[0, 0], [0, 0], [0, 1], [5, 6]]
    assert np.asarray(moves({"lend": 2}, 2, lend=jnp.ones((1, 1)))).tolist() == [[1, 1], [1, 1]]


def test_a_kind_that_the_instrument_does_not_have_is_a_bug():
    with pytest.raises(AssertionError, match="convert"):
        moves({"lend": 1}, 1, convert=jnp.ones((1, 1)))


def one(name: str, lender: str, borrower: str) -> Loans:
    return Loans((name,), (lender,), (borrower,), jnp.asarray([False]))


YES, NOW = jnp.ones((1, 1), bool), jnp.asarray([0])
BONDS = one("bonds", "bond_market", "cloud")
DRAWS = DelayedDrawLoans(
    one("draws", "private_credit", "cloud"),
    *(column(number) for number in (6.0, 0.7, 0.08, 0.01)),
    *(jnp.asarray([number]) for number in (0, 3, 2, 4)),
)
NOTES = VendorLoans(one("notes", "vendor", "lab"), column(10.0), jnp.asarray([True]), NOW, NOW + 9)
ROUNDS = EquityRounds(("seed",), ("vendor",), ("lab",), column(7.1), NOW + 1, NOW + 9, jnp.asarray([False]))
PROMISE = Guarantees(
    ("promise",),
    (GuaranteeKind.GUARANTEE,),
    ("vendor",),
    ("cloud",),
    ("bond_market",),
    column(3.3),
    column(0.0),
    NOW,
    NOW + 9,
)
MACHINES = Vintages(("cloud",), ("equipment",), 12)
STAKE = EquityMethodStakes(("vendor",), ("lab",))
CAPEX = books.purchase_capitalized("cloud", "vendor")
BOOKS = (BONDS, DRAWS, NOTES, ROUNDS, PROMISE, MACHINES, STAKE)
WORLD = books.build(
    [CAPEX, *(flow for book in BOOKS for flow in book.flows)],
    sectors={"bond_market": "bond_market", "private_credit": "private_credit"},
)


def opened(paths: int):
    nothing = jnp.zeros((1, 8))
    return (
        BONDS.opening(nothing, jnp.asarray([0.06]), paths),
        DRAWS.opening(DRAWS.loans.opening(nothing, jnp.asarray([0.08]), paths), column(0.0)),
        NOTES.opening(NOTES.loans.opening(nothing, jnp.asarray([0.05]), paths)),
        ROUNDS.opening(paths),
        PROMISE.opening(paths),
        MACHINES.opening(jnp.zeros((1, 1)), jnp.zeros((1, 1)), paths),
        STAKE.opening(column(0.0), column(0.0), column(0.2), paths),
    )


@eqx.filter_jit
def a_quarter(state, number: jax.Array, draws: jax.Array):
    """Everything happens a little: buy, draw, pay a share, call the guarantee, convert, depreciate, pick up."""
    bonds, drawn, notes, rounds, promise, machines, stake = state
    zero, share = jnp.zeros(1), draws[1:2]
    interest = [BONDS.interest_due(bonds, zero), DRAWS.loans.interest_due(drawn.loan, zero)]
    interest += [NOTES.interest_due(notes, zero)]
    fee, cost = DRAWS.fee_due(drawn, number), draws[0:1] * 3
    bonds, issued = BONDS.draw(bonds, number, cost, NOW + 2, column(0.06))
    drawn, lent = DRAWS.draw(drawn, number, DRAWS.drawable(drawn, number, cost, YES))
    notes, noted = NOTES.draw(notes, number, cost, NOW + 3, column(0.05))
    bonds, paid = BONDS.settle(bonds, number, interest[0], share)
    drawn, served = DRAWS.settle(drawn, number, interest[1], fee, share)
    notes, returned = NOTES.settle(notes, number, interest[2], share)
    promise, called = PROMISE.call(promise, number, BONDS.principal_due(bonds, number + 1) * (1 - share), column(1.0))
    bonds, _ = BONDS.taken_over(bonds, called[:1])
    promise, ended = PROMISE.resolve(promise, draws[2:3] / 2, draws[3:4] / 2)
    notes, swapped = NOTES.convert(notes, draws[4:5] < 0.3, column(10.0))
    rounds, invested = ROUNDS.due(rounds, number, YES, draws[5:6])
    machines, charged, _ = MACHINES.serve(machines, number, cost, column(1.5), column(0.75))
    stake = STAKE.invest(stake, invested + swapped[-1:])
    stake, picked = STAKE.pick_up(stake, (draws[6:7] - 0.7) * 9, column(0.0))
    amounts = [
        cost,
        issued + paid,
        lent + served,
        noted + returned + swapped,
        invested,
        called + ended,
        charged,
        picked,
    ]
    return (bonds, drawn, notes, rounds, promise, machines, stake), jnp.concatenate(amounts)


def test_a_world_of_all_kinds_of_financing_balances_and_the_auditor_agrees():
    paths, random, state = 2, np.random.default_rng(3), opened(2)
    opening = {books.cash("vendor"): 40.0, books.cash("cloud"): 1.0, books.cash("lab"): 0.3}
    kept = books.open_books(WORLD, opening, paths)
    colored = books.open_colors(WORLD, kept)
    log = books.begin_log(WORLD, books.opening_amounts(WORLD, opening, paths), kept, colored)
    for number in range(6):
        state, amounts = a_quarter(state, at(number), jnp.asarray(random.random((7, paths))))
        kept = books.post(WORLD, kept, amounts)
        colored, carried = books.pay(WORLD, colored, amounts)
        log.record(f"quarter {number}", amounts, kept, colored, carried)
        assert_balanced(WORLD, kept)
    assert books.audit(log) == books.Verdict(True, ())
    moved = np.abs([period.amounts for period in log.periods]).sum(axis=(0, 2))
    still = {flow.name for flow, total in zip(WORLD.flows, moved, strict=True) if total == 0}
    # Nothing was written off but what the guarantor lost, and no shares were sold to others.
    lost = {f"write-off:{name}" for name in ("bonds", "draws", "notes", "cloud:equipment")}
    assert still == lost | {"dilute:vendor:lab"}
