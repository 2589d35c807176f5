"""Premium until the firm fails or the contract ends, then what its debt lost, once."""

import jax.numpy as jnp
import numpy as np

from ouroloop import ledger as books
from ouroloop.instruments.credit_default_swap import CreditDefaultSwaps

BOOK = CreditDefaultSwaps(
    (("banks", "funds"), ("banks", "insurers")),
    ("cloud", "lab"),
    jnp.asarray([4.0, 2.0]),
    jnp.asarray([0.0227, 0.065]),
    jnp.asarray([19, 2]),
)


def amounts(quarter: int, alive: tuple[bool, bool], lost: tuple[float, float]) -> list[float]:
    found = BOOK.amounts(jnp.asarray(quarter), jnp.asarray(alive)[:, None], jnp.asarray(lost)[:, None])
    return np.asarray(found)[:, 0].tolist()


def test_four_billion_at_227_bp_cost_22_7_million_a_quarter() -> None:
    np.testing.assert_allclose(amounts(0, (True, True), (0.0, 0.0)), [0.0227, 0.0325, 0, 0], atol=1e-9)


def test_the_writer_pays_what_the_debt_lost_once_and_premium_ends() -> None:
    np.testing.assert_allclose(amounts(1, (True, True), (0.6, 0.0)), [0.0227, 0.0325, 2.4, 0], atol=1e-9)
    np.testing.assert_allclose(amounts(2, (False, True), (0.6, 0.0)), [0, 0.0325, 0, 0], atol=1e-9)


def test_who_fails_after_the_last_quarter_is_nobody_s_loss_here() -> None:
    np.testing.assert_allclose(amounts(3, (True, True), (0.0, 0.5)), [0.0227, 0, 0, 0], atol=1e-9)


def test_what_one_pays_is_the_other_s_income_and_nobody_s_revenue() -> None:
    flows = BOOK.flows
    assert not any(flow.pays_revenue for flow in flows)
    sectors = {"banks": "bank", "funds": "hedge_fund", "insurers": "insurer"}
    world = books.build(flows, sectors=sectors)
    opened = books.open_books(world, {books.cash(name): [10.0] for name in sectors}, paths=1)
    moved = BOOK.amounts(jnp.asarray(0), jnp.ones((2, 1), bool), jnp.asarray([[0.6], [0.0]]))
    after = books.post(world, opened, moved)
    balance = {account: float(after.balances[n, 0]) for n, account in enumerate(world.accounts)}
    np.testing.assert_allclose(balance[books.cash("banks")], 10 + 2.4 - 0.0227 - 0.0325, atol=1e-8)
    np.testing.assert_allclose(balance[books.cash("funds")], 10 - 2.4 + 0.0227, atol=1e-8)
    assert not np.asarray(books.residual(world, after).by_entity).any()
