"""A world of sectors whose books the ledger keeps: opened once, posted period by period, read, never written to.

>>> from ouroloop import ledger as books
>>> world = World(books.build([books.purchase_expensed("home", "shop")]), {books.cash("home"): 10.0})
>>> world.post({"buy:home:shop": 4.0})
>>> world.stock(books.cash("home")), world.flow(books.cash("home")), world.flow(revenue("shop", "revenue"))
(6.0, -4.0, 4.0)
"""

from collections.abc import Iterable, Mapping, Sequence

import equinox as eqx
import numpy as np

from ouroloop import ledger as books
from ouroloop.core import quantize
from ouroloop.ledger import Account, AccountClass, Flow, FlowKind

_DEBIT_IS_POSITIVE = (AccountClass.ASSET, AccountClass.REAL, AccountClass.VALUATION, AccountClass.EXPENSE)
_residual = eqx.filter_jit(books.residual)


class World:
    """The books of one run. `balances` state the opening, debits positive (what a sector owes is negative).

    Accounts are read with the sign of everyday speech: what is held, owed, earned and spent are all positive.
    Whatever is stated without its other side stands at the entity `unexplained`; the residual is 0 all the same.
    """

    def __init__(self, ledger: books.Ledger, balances: Mapping[Account, float]) -> None:
        self.ledger = ledger
        self._row = ledger.chart.account_number  # read often
        opening = books.opening_amounts(ledger, balances)
        self._books = books.open_books(ledger, balances)
        self._log = books.begin_log(ledger, opening, self._books)
        self.period = 0
        self._now = self._before = self._proved()

    def post(self, amounts: Mapping[str, float]) -> None:
        """Post one period, flow types by name (those not named are 0); afterwards the residual is exactly 0."""
        by_flow = self.ledger.amounts(amounts)
        self._books = books.post(self.ledger, self._books, by_flow)
        self.period += 1
        self._log.record(str(self.period), by_flow, self._books)
        self._before, self._now = self._now, self._proved()

    def gaps(self) -> tuple[dict[str, float], dict[str, float]]:
        """What the opening left unexplained and is still there: by sector, and by claim, as `ledger.gaps` signs it.

        Sectors and claims whose accounts add up are left out; those of several goods are named apart.
        """
        found = books.gaps(self.ledger, self._books)

        def named(keys: Sequence[tuple[str, str]], column: np.ndarray) -> dict[str, float]:
            names = [name if good == books.USD else f"{name} [{good}]" for name, good in keys]
            return {name: value for name, value in zip(names, column.tolist(), strict=True) if value}

        by_entity, by_claim = np.asarray(found.by_entity)[:, 0], np.asarray(found.by_claim)[:, 0]
        return named(self.ledger.books, by_entity), named(self.ledger.claims, by_claim)

    def stock(self, *accounts: Account) -> float:
        """What these accounts hold together at the end of the last period."""
        return sum(self._read(self._now, account) for account in accounts)

    def flow(self, *accounts: Account) -> float:
        """By how much they moved together in the last period: what was earned, spent or saved in it."""
        return sum(self._read(self._now, account) - self._read(self._before, account) for account in accounts)

    def audit(self) -> books.Verdict:
        """Does the auditor, who keeps the books again in integers, agree with every period?"""
        return books.audit(self._log)

    def _read(self, balances: np.ndarray, account: Account) -> float:
        row = self._row[account]
        return (1.0 if account.account_class in _DEBIT_IS_POSITIVE else -1.0) * float(balances[row]) + 0.0

    def _proved(self) -> np.ndarray:
        leaks = _residual(self.ledger, self._books)
        assert not np.asarray(leaks.by_entity).any(), f"period {self.period} leaks: {leaks.by_entity.tolist()}"
        assert not np.asarray(leaks.by_claim).any(), f"period {self.period} leaks: {leaks.by_claim.tolist()}"
        books.check_exact(self._books)
        return np.asarray(self._books.balances)[:, 0]


def asset(holder: str, instrument: str, good: str = books.USD) -> Account:
    """A claim on somebody."""
    return Account(holder, AccountClass.ASSET, instrument, good)


def debt(issuer: str, instrument: str, good: str = books.USD) -> Account:
    """What somebody owes. Who owes `money` issues it: it pays by owing more and is paid by owing less.

    The ledger's own word `cash` is for money that nobody in the world issues; here a sector does, so it has another.
    """
    return Account(issuer, AccountClass.LIABILITY, instrument, good)


def thing(owner: str, name: str, good: str = books.USD) -> Account:
    """What is no claim on anybody: machines, stocks of goods, gold."""
    return Account(owner, AccountClass.REAL, name, good)


def revenue(entity: str, name: str, good: str = books.USD) -> Account:
    """An income account."""
    return Account(entity, AccountClass.INCOME, name, good)


def expense(entity: str, name: str, good: str = books.USD) -> Account:
    """An expense account."""
    return Account(entity, AccountClass.EXPENSE, name, good)


def payment(name: str, payer: Account, payee: Account, spent: Account, earned: Account) -> Flow:
    """A transaction in money: `payer` and `payee` are the money accounts, `spent` and `earned` what it was for.

    `spent` grows at the payer (an expense, or an asset bought), `earned` shrinks or earns at the payee (an income, an
    asset sold, or a debt taken on).
    """
    legs = (books.debit(spent), books.credit(payer), books.debit(payee), books.credit(earned))
    return Flow(name, FlowKind.TRANSACTION, legs)


def moved_by(flows: Iterable[Flow], account: Account, amounts: Mapping[str, float]) -> float:
    """By how much will these amounts move the account, debits positive? To the quantum, as the ledger rounds them.

    For what is decided last: wages are all that is in the till, the central bank buys what the treasury lacks.
    """
    signs = {flow.name: leg.sign for flow in flows for leg in flow.legs if leg.account == account}
    return sum(signs[name] * quantize(amount) for name, amount in amounts.items() if name in signs)
