"""Shares sold by a fund, its margin debt and its investors: the legs, and a trade that makes nobody richer.

Worked on Nvidia's shares: 240bn carried by a levered fund of which 24bn were once paid in, a tenth sold at prices that
fell by a fifth.
"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from ouroloop import ledger as books
from ouroloop.instruments.margin_loan import MarginLoans, margin_claim
from ouroloop.instruments.redemption import Redemptions
from ouroloop.instruments.share_sale import ShareSales
from ouroloop.ledger import Account, AccountClass, revaluation

SALES = ShareSales((("hedge-funds", "nvidia"), ("mutual-funds", "nvidia")), "equity-investors")
MARGIN = MarginLoans((("hedge-funds", "banks"),))
REDEMPTIONS = Redemptions((("mutual-funds", "households"),))
SECTORS = dict.fromkeys(
    ("hedge-funds", "mutual-funds", "equity-investors", "banks", "households", "nvidia-founders"), "unknown"
)
HOLDERS = ("hedge-funds", "mutual-funds", "equity-investors")
REVALUED = tuple(revaluation(holder, "equity:nvidia") for holder in HOLDERS)
WORLD = books.build((*SALES.flows, *MARGIN.flows, *REDEMPTIONS.flows, *REVALUED), sectors=SECTORS)
COST, GAIN = Account("hedge-funds", AccountClass.ASSET, "equity:nvidia"), Account(
    "hedge-funds", AccountClass.VALUATION, "equity:nvidia"
)  # fmt: skip


def opened() -> books.Books:
    claim = margin_claim("hedge-funds")
    stated = {COST: [24.0], GAIN: [216.0], Account("nvidia", AccountClass.EQUITY, "equity:nvidia"): [-24.0]}
    stated |= {Account("banks", AccountClass.ASSET, claim): [130.0]}
    stated |= {Account("hedge-funds", AccountClass.LIABILITY, claim): [-130.0]}
    known = {account: value for account, value in stated.items() if account in WORLD.chart.account_number}
    return books.open_books(WORLD, known, paths=1)


def column(*values: float) -> jnp.ndarray:
    return jnp.asarray(values, jnp.float64)[:, None]


def moved(**parts: jnp.ndarray) -> jnp.ndarray:
    """The flows of the world with these amounts; nothing else moves."""
    shapes = {"sales": 2 * len(SALES.pairs), "margin": 3, "redeemed": 1, "revalued": len(REVALUED)}
    return jnp.concatenate([parts.get(name, jnp.zeros((size, 1))) for name, size in shapes.items()])


def change(after: books.Books, account: Account) -> float:
    row = WORLD.chart.account_number[account]
    return float(after.balances[row, 0] - opened().balances[row, 0])


def test_the_buyer_takes_over_cost_and_gain_and_nobody_is_richer_by_the_trade() -> None:
    # Prices fall by a fifth: 240 become 192; a tenth, 19.2 of which 2.4 are cost, goes to the investor.
    amounts = moved(sales=SALES.amounts(column(2.4, 0.0), column(19.2, 0.0)), revalued=column(-48.0, 0.0, 0.0))
    after = books.post(WORLD, opened(), amounts)
    investor = {
        kind: Account("equity-investors", kind, "equity:nvidia") for kind in (COST.account_class, GAIN.account_class)
    }
    assert change(after, COST) == pytest.approx(-2.4, abs=1e-8)
    assert change(after, GAIN) == pytest.approx(-48.0 - 16.8, abs=1e-8)
    assert change(after, books.cash("hedge-funds")) == pytest.approx(19.2, abs=1e-8)
    assert change(after, investor[COST.account_class]) == pytest.approx(2.4, abs=1e-8)
    assert change(after, investor[GAIN.account_class]) == pytest.approx(16.8, abs=1e-8)
    worth = np.asarray(WORLD.chart.E) @ np.asarray(after.balances)
    assert not worth.any()
    income = {a.entity: change(after, a) for a in WORLD.accounts if a.account_class is AccountClass.INCOME}
    assert income["hedge-funds"] == 48.0  # a fall is a negative income: debit
    assert income["equity-investors"] == 0.0
    assert not np.asarray(books.residual(WORLD, after).by_claim).any()


def test_a_margin_loan_is_drawn_repaid_and_lost_on_both_sides() -> None:
    after = books.post(WORLD, opened(), moved(margin=MARGIN.amounts(column(5.0), column(25.0), column(10.0))))
    claim = margin_claim("hedge-funds")
    assert change(after, Account("hedge-funds", AccountClass.LIABILITY, claim)) == 30.0
    assert change(after, Account("banks", AccountClass.ASSET, claim)) == -30.0
    assert change(after, books.cash("banks")) == 20.0
    assert change(after, Account("banks", AccountClass.EXPENSE, "write_off")) == 10.0
    assert not np.asarray(books.residual(WORLD, after).by_entity).any()


def test_a_redemption_is_capital_and_no_income() -> None:
    after = books.post(WORLD, opened(), moved(redeemed=REDEMPTIONS.amounts(column(7.0))))
    assert change(after, books.cash("households")) == 7.0
    for name, side in (("mutual-funds", 7.0), ("households", -7.0)):
        assert change(after, Account(name, AccountClass.RESERVE, "redeemed")) == side
    assert not any(
        change(after, account)
        for account in WORLD.accounts
        if account.account_class in (AccountClass.INCOME, AccountClass.EXPENSE)
    )
