"""The flow types of financing post what their names say, by hand, and leave no residual."""

import numpy as np
import pytest

from ouroloop import ledger as books

FLOWS = [
    books.loan("bank", "lab"),
    books.interest_accrued("lab", "bank"),
    books.guarantee_called("vendor", "lab", "bank"),
    books.loan_for_shares("vendor", "lab"),
    books.compensation("vendor", "owner"),
    books.equity_method("vendor", "lab"),
    books.equity_investment("vendor", "lab"),
]


def after(**posted: float) -> tuple[books.Ledger, books.Books]:
    world = books.build(FLOWS)
    kept = books.open_books(world, {books.cash("bank"): 100.0, books.cash("vendor"): 50.0})
    names = {flow.name.split(":")[0].replace("-", "_"): flow.name for flow in FLOWS}
    return world, books.post(world, kept, world.amounts({names[word]: x for word, x in posted.items()}))


def balance(world: books.Ledger, kept: books.Books, entity: str, kind: str, instrument: str) -> float:
    return float(kept.balances[world.account(entity, books.AccountClass(kind), instrument), 0])


def test_interest_that_is_not_paid_is_owed_on_the_loan():
    world, kept = after(lend=10.0, accrue=0.25)
    assert balance(world, kept, "lab", "liability", "loan:bank:lab") == -10.25
    assert balance(world, kept, "bank", "asset", "loan:bank:lab") == 10.25
    assert balance(world, kept, "lab", "expense", "interest") == 0.25
    assert balance(world, kept, "bank", "income", "interest") == -0.25
    assert balance(world, kept, "lab", "asset", "cash") == 10.0


def test_a_called_guarantee_changes_who_is_owed_and_not_how_much_the_debtor_owes():
    world, kept = after(lend=10.0, guarantee=4.0)
    assert balance(world, kept, "lab", "liability", "loan:bank:lab") == -6.0
    assert balance(world, kept, "lab", "liability", "loan:vendor:lab") == -4.0
    assert balance(world, kept, "bank", "asset", "cash") == 94.0
    assert balance(world, kept, "vendor", "asset", "cash") == 46.0
    assert balance(world, kept, "vendor", "asset", "loan:vendor:lab") == 4.0


def test_a_loan_for_shares_leaves_shares_at_the_amount_of_the_loan():
    world, kept = after(lend=10.0, guarantee=4.0, loan_for_shares=4.0)
    assert balance(world, kept, "vendor", "asset", "loan:vendor:lab") == 0.0
    assert balance(world, kept, "vendor", "asset", "equity:lab") == 4.0
    assert balance(world, kept, "lab", "equity", "equity:lab") == -4.0


def test_compensation_is_a_loss_and_no_revenue():
    world, kept = after(compensate=3.0)
    assert balance(world, kept, "vendor", "expense", "guarantees") == 3.0
    assert balance(world, kept, "owner", "income", "guarantees") == -3.0
    assert not np.asarray(books.statement(world, kept).revenue).any()


def test_a_loss_picked_up_lowers_what_the_investor_carries_and_moves_nothing_at_the_investee():
    world, kept = after(invest=11.5, pick_up=-3.0)
    assert balance(world, kept, "vendor", "asset", "equity:lab") == 11.5
    assert balance(world, kept, "vendor", "valuation", "equity:lab") == -3.0
    assert balance(world, kept, "lab", "equity", "equity:lab") == -11.5


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_each_flow_leaves_a_residual_of_exactly_zero(flow: books.Flow):
    world = books.build(FLOWS)
    kept = books.post(world, books.open_books(world, {}), world.amounts({flow.name: 0.1}))
    left = books.residual(world, kept)
    assert not np.asarray(left.by_entity).any()
    assert not np.asarray(left.by_claim).any()
