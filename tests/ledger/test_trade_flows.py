"""The flow types of trade: bills, money paid ahead, credits, barter and warrants, each in its legs."""

import numpy as np

from ouroloop import ledger as books
from ouroloop.ledger import Account
from ouroloop.ledger.chart import AccountClass as C

A, B = "lab", "cloud"
WORLD = books.build(
    [
        books.sale_on_account(A, B, revenue="revenue:fees"),
        books.settlement(A, B),
        books.settlement_in_kind(A, B),
        books.bill_write_off(B, A),
        books.prepayment(A, B),
        books.prepayment_used(A, B, "use", asset="equipment"),
        books.prepayment_lost(A, B),
        books.credits_for_shares(B, A),
        books.credits_lost(A, B),
        books.warrant_vested(B, A),
        books.equity_investment(A, B),
        books.warrant_exercised(A, B),
    ]
)


def after(**named: float) -> dict[str, float]:
    """What these amounts change, account by account, in the books of two firms that opened with 100 of cash each."""
    flows = {name.replace("__", ":").replace("_", "-"): value for name, value in named.items()}
    opened = books.open_books(WORLD, {books.cash(A): 100.0, books.cash(B): 100.0})
    kept = books.post(WORLD, opened, WORLD.amounts(flows))
    assert not np.asarray(books.residual(WORLD, kept).by_entity).any()
    moved = np.asarray(kept.balances - opened.balances)[:, 0]
    return {str(account): value for account, value in zip(WORLD.accounts, moved.tolist(), strict=True) if value}


def test_a_bill_written_off_is_the_sellers_loss_and_leaves_its_revenue():
    left = after(bill__lab__cloud=10.0, settle__lab__cloud=4.0, write_off__bill__lab__cloud=6.0)
    assert left == {
        "lab/expense/services": 10.0,
        "cloud/income/revenue:fees": -10.0,
        "lab/asset/cash": -4.0,
        "cloud/asset/cash": 4.0,
        "cloud/expense/write_off": 6.0,
        "lab/income/debt_forgiven": -6.0,
    }


def test_a_bill_settled_in_kind_is_revenue_on_both_sides_and_moves_no_cash():
    left = after(bill__lab__cloud=10.0, settle_in_kind__lab__cloud=10.0)
    assert left == {
        "lab/expense/services": 10.0,
        "cloud/income/revenue:fees": -10.0,
        "cloud/expense/services": 10.0,
        "lab/income/revenue": -10.0,
    }


def test_money_paid_ahead_is_revenue_when_used_and_a_loss_when_lost():
    left = after(prepay__lab__cloud=10.0, use=7.0, write_off__prepaid__lab__cloud=2.0)
    assert left == {
        "lab/asset/cash": -10.0,
        "cloud/asset/cash": 10.0,
        "lab/real/equipment": 7.0,
        "cloud/income/revenue": -7.0,
        "lab/expense/write_off": 2.0,
        "cloud/income/prepayments_kept": -2.0,
        "lab/asset/prepaid:lab:cloud": 1.0,
        "cloud/liability/prepaid:lab:cloud": -1.0,
    }


def test_money_paid_ahead_is_colored_as_the_customers_and_uncolored_when_it_comes_back():
    opened = books.open_books(WORLD, {books.cash(A): 100.0})
    colored = books.open_colors(WORLD, opened)
    colored, _ = books.pay(WORLD, colored, np.asarray(WORLD.amounts({"prepay:lab:cloud": 10.0})))
    paid = np.asarray(colored.revenue)[WORLD.entities.index(B), :, 0]
    assert {c: v for c, v in zip(books.colors_of(WORLD), paid.tolist(), strict=True) if v} == {"opening_cash": 10.0}
    colored, _ = books.pay(WORLD, colored, np.asarray(WORLD.amounts({"prepay:lab:cloud": -10.0})))
    assert not np.asarray(colored.revenue).any()


def test_credits_that_expire_are_a_loss_of_the_holder_and_no_revenue():
    left = after(credits__cloud__lab=5.0, expire_credits__lab__cloud=5.0)
    assert left == {
        "cloud/asset/equity:lab": 5.0,
        "lab/equity/equity:lab": -5.0,
        "lab/expense/write_off": 5.0,
        "cloud/income/credits_expired": -5.0,
    }


def test_a_warrant_takes_from_the_issuers_revenue_what_it_takes_from_the_holders_cost():
    left = after(vest__cloud__lab=3.0, invest__lab__cloud=1.0, exercise__lab__cloud=3.0)
    assert left == {
        "cloud/income/revenue:warrants": 3.0,
        "lab/real/equipment": -3.0,
        "lab/asset/cash": -1.0,
        "cloud/asset/cash": 1.0,
        "lab/asset/equity:cloud": 4.0,
        "cloud/equity/equity:cloud": -4.0,
    }
    assert Account(B, C.INCOME, "revenue:warrants").is_revenue
