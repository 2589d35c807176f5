"""Lines of the opening books: an account, what stands on it, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from ouroloop.core import QUANTUM
from ouroloop.dossier.refs import Refs, joined
from ouroloop.ledger import Account, AccountClass
from ouroloop.scenario.estimate import Basis, Estimate, Uniforms, Values, worst


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One opening balance, USD bn, debits positive as in the ledger: what is owned +, what is owed −.

    `value` [1 or path] holds multiples of the ledger's quantum. `low` and `high` bound it, in the same sign; `day` is
    the day of the latest figure or the day of knowledge; `tolerance` is what the digits of the figures leave open.
    """

    account: Account
    value: Values
    low: float
    high: float
    basis: Basis
    day: date
    refs: Refs
    tolerance: float

    @property
    def point(self) -> float:
        """The mean over paths: the balance itself where nothing was drawn."""
        return float(self.value.mean())

    def mirrored(self, account: Account) -> Line:
        """The other side of a claim, in somebody else's books."""
        return replace(self, account=account, value=0.0 - self.value, low=0.0 - self.high, high=0.0 - self.low)

    def __add__(self, other: Line) -> Line:
        assert self.account == other.account, f"{self.account} and {other.account} are not one account"
        return Line(
            self.account,
            self.value + other.value,
            self.low + other.low,
            self.high + other.high,
            worst(self.basis, other.basis),
            max(self.day, other.day),
            joined(self.refs, other.refs),
            self.tolerance + other.tolerance,
        )


class Lines:
    """The lines of all entities while the books are being opened: one for each account."""

    def __init__(self) -> None:
        self.of: dict[Account, Line] = {}

    def add(self, line: Line) -> None:
        """Enter a line; a second one on the same account adds up."""
        held = self.of.get(line.account)
        self.of[line.account] = line if held is None else held + line

    def own(self, account: Account, value: Values, like: Estimate) -> None:
        """Enter what an entity has by itself, at +value; range, basis and sources come from an estimate."""
        self.add(line(account, value, like))

    def claim(self, instrument: str, holder: str, debtor: str, value: Values, like: Estimate, *, equity: bool = False):
        """Enter a claim on both sides: the holder's asset, and what the debtor (or issuer of shares) owes."""
        asset = line(Account(holder, AccountClass.ASSET, instrument), value, like)
        owed = AccountClass.EQUITY if equity else AccountClass.LIABILITY
        self.add(asset)
        self.add(asset.mirrored(Account(debtor, owed, instrument)))

    def entity(self, entity: str) -> Iterator[Line]:
        """The lines of one entity, in the order in which they were entered."""
        return (one for account, one in self.of.items() if account.entity == entity)

    def net(self, entity: str, *classes: AccountClass) -> Values:
        """The sum over an entity's accounts of these classes (all of them by default), debits positive."""
        some = (one.value for one in self.entity(entity) if not classes or one.account.account_class in classes)
        return sum(some, np.zeros(1))


def line(account: Account, value: Values, like: Estimate) -> Line:
    """A line of this account and value; its range spans that of the estimate, scaled to the value, and all paths."""
    rounded = quanta(value)
    scale = float(value.mean()) / like.point if like.point else 1.0
    ends = (like.low * scale, like.high * scale, float(rounded.min()), float(rounded.max()))
    ends = tuple(end for end in ends if end == end)
    return Line(account, rounded, min(ends), max(ends), like.basis, like.day, like.refs, like.tolerance)


def quanta(value: Values) -> Values:
    """The nearest multiples of the ledger's quantum, so that sums of lines have no rounding of their own."""
    return np.round(np.asarray(value, np.float64) / QUANTUM) * QUANTUM + 0.0


def drawn(estimate: Estimate, name: str, uniforms: Uniforms) -> Values:
    """The values of an estimate, 0 where it is unknown."""
    return estimate.drawn(name, uniforms) if estimate.known else np.zeros(1)
