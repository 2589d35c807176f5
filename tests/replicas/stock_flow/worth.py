"""Opening books that leave nothing unexplained: what a sector has less what it owes is its own worth."""

from collections import defaultdict
from collections.abc import Mapping

from ouroloop.core import quantize
from ouroloop.ledger import Account, AccountClass


def own_worth(entity: str, good: str = "USD") -> Account:
    """The net worth with which an entity opened."""
    return Account(entity, AccountClass.RESERVE, "opening_worth", good)


def with_worth(balances: Mapping[Account, float]) -> dict[Account, float]:
    """The balances (debits positive), and the worth of each entity and good that makes them add up to 0."""
    exact = {account: quantize(balance) for account, balance in balances.items()}
    worth: defaultdict[Account, float] = defaultdict(float)
    for account, balance in exact.items():
        worth[own_worth(account.entity, account.good)] -= balance
    return exact | worth
