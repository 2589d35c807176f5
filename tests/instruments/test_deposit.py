"""Deposits: asked up to a target, given back above it, the payer's claim and the holder's debt."""

import jax.numpy as jnp
import numpy as np

from ouroloop import ledger as books
from ouroloop.instruments.deposit import Deposits

BOOK = Deposits((("tenant", "landlords"), ("other", "landlords")))


def column(*values: float) -> jnp.ndarray:
    return jnp.asarray(values, jnp.float64)[:, None]


def test_what_is_missing_is_asked_and_what_is_too_much_comes_back() -> None:
    posted, target = column(1.0, 3.0), column(2.5, 1.0)
    asked = BOOK.asked(posted, target)
    assert asked[:, 0].tolist() == [1.5, 0.0]
    assert BOOK.amounts(posted, target, asked)[:, 0].tolist() == [1.5, 0.0, 0.0, 2.0]


def test_in_the_books_it_is_a_claim_of_the_payer_until_it_comes_back() -> None:
    world = books.build(BOOK.flows, sectors={"landlords": "unknown"})
    opened = books.open_books(world, {books.cash("tenant"): [5.0], books.cash("other"): [5.0]}, paths=1)
    claim = books.Account("tenant", books.AccountClass.ASSET, "deposit:tenant:landlords")
    after = books.post(world, opened, BOOK.amounts(column(0.0, 0.0), column(2.0, 0.0), column(2.0, 0.0)))
    balance = {account: float(after.balances[n, 0]) for n, account in enumerate(world.accounts)}
    assert balance[claim] == 2.0
    assert balance[books.cash("tenant")] == 3.0
    back = books.post(world, after, BOOK.amounts(column(2.0, 0.0), column(0.0, 0.0), column(0.0, 0.0)))
    np.testing.assert_array_equal(np.asarray(back.balances), np.asarray(opened.balances))
    assert not np.asarray(books.residual(world, after).by_entity).any()
