"""Read the books as statements: what each entity has, owes, earned and spent."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from ouroloop.ledger.chart import USD, Account, AccountClass
from ouroloop.ledger.ledger import Books, Ledger

_ASSETS = (AccountClass.ASSET, AccountClass.REAL, AccountClass.VALUATION)


class Statement(eqx.Module):
    """One number per entity and path, each with the sign that a reader expects; rows follow `Ledger.entities`.

    assets = liabilities + equity; profit = income - expense; revenue is the income from customers. Since the accounts
    were last closed, so between two dates take the difference of two statements.
    """

    cash: Float64[Array, "entity path"]
    assets: Float64[Array, "entity path"]
    liabilities: Float64[Array, "entity path"]
    equity: Float64[Array, "entity path"]
    """Paid-in capital, reserves and the profit not closed yet: assets less liabilities."""
    revenue: Float64[Array, "entity path"]
    income: Float64[Array, "entity path"]
    expense: Float64[Array, "entity path"]
    profit: Float64[Array, "entity path"]


def statement(ledger: Ledger, books: Books, good: str = USD) -> Statement:
    """What does each entity have, owe and earn, in the ledger of one good?"""
    row = {entity: n for n, entity in enumerate(ledger.entities)}

    def total(*classes: AccountClass, only: str = "") -> Array:
        summing = np.zeros((len(row), len(ledger.accounts)))
        for column, account in enumerate(ledger.accounts):
            if account.good == good and account.account_class in classes and _matches(account, only):
                summing[row[account.entity], column] = 1.0
        rows, columns = np.nonzero(summing)
        nothing = jnp.zeros((len(row), books.balances.shape[1]))
        return nothing.at[rows].add(books.balances[columns])

    assets, liabilities = total(*_ASSETS), 0.0 - total(AccountClass.LIABILITY)
    income, expense = 0.0 - total(AccountClass.INCOME), total(AccountClass.EXPENSE)
    return Statement(
        cash=total(AccountClass.ASSET, only="cash"),
        assets=assets,
        liabilities=liabilities,
        equity=assets - liabilities,
        revenue=0.0 - total(AccountClass.INCOME, only="revenue"),
        income=income,
        expense=expense,
        profit=income - expense,
    )


def _matches(account: Account, only: str) -> bool:
    return not only or (account.is_cash if only == "cash" else account.is_revenue)
