"""Who pledged which asset to whom, and which assets are pledged for more than they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ouroloop.core import LARGEST_EXACT, QUANTUM, BadInput, Place, Problem, quanta

_PLACE = Place("liens")


@dataclass(frozen=True, slots=True, order=True)
class Lien:
    """`pledgor` pledged `asset` to `creditor` for a debt of up to `amount` (USD bn)."""

    pledgor: str
    asset: str
    creditor: str
    amount: float


@dataclass(frozen=True, slots=True)
class DoublePledge:
    """An asset whose liens exceed its value: `pledged - value = over`, with every creditor that relies on it."""

    pledgor: str
    asset: str
    value: float
    pledged: float
    over: float
    creditors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LienRegister:
    """The liens in force, in the order in which they were granted. Each change returns a new register."""

    liens: tuple[Lien, ...] = ()

    def pledge(self, pledgor: str, asset: str, creditor: str, amount: float | int) -> LienRegister:
        """Register a lien. Raises BadInput `bad-lien` unless it is at least one quantum, within the exact range.

        A second lien on the same asset is registered too: that is what `double_pledges` is for.
        """
        if not (0 < amount <= LARGEST_EXACT and quanta(amount) > 0):
            message = f"a lien of {amount:g} of '{creditor}' on '{asset}' of '{pledgor}'"
            raise BadInput([Problem(_PLACE, "bad-lien", message, "an amount in USD bn above 0")])
        return LienRegister((*self.liens, Lien(pledgor, asset, creditor, quanta(amount) * QUANTUM)))

    def release(self, pledgor: str, asset: str, creditor: str) -> LienRegister:
        """Take a creditor's liens on an asset off. Raises BadInput `no-such-lien` when there is none."""
        left = tuple(
            lien for lien in self.liens if (lien.pledgor, lien.asset, lien.creditor) != (pledgor, asset, creditor)
        )
        if len(left) == len(self.liens):
            message = f"'{creditor}' has no lien on '{asset}' of '{pledgor}'"
            raise BadInput([Problem(_PLACE, "no-such-lien", message)])
        return LienRegister(left)

    def pledged(self, pledgor: str, asset: str) -> float:
        """How much is this asset pledged for in all?"""
        found = (quanta(lien.amount) for lien in self.liens if (lien.pledgor, lien.asset) == (pledgor, asset))
        return sum(found) * QUANTUM

    def double_pledges(self, values: Mapping[tuple[str, str], float | int]) -> tuple[DoublePledge, ...]:
        """Which assets are pledged for more than their value? Largest excess first.

        `values[(pledgor, asset)]` in USD bn; an asset without a value is worth 0 here, so that every lien on it shows.

        >>> register = LienRegister().pledge("spv", "chips", "bank", 60).pledge("spv", "chips", "fund", 50)
        >>> [(p.asset, p.over) for p in register.double_pledges({("spv", "chips"): 100.0})]
        [('chips', 10.0)]
        """
        found: list[DoublePledge] = []
        for pledgor, asset in dict.fromkeys((lien.pledgor, lien.asset) for lien in self.liens):
            value, pledged = float(values.get((pledgor, asset), 0.0)), self.pledged(pledgor, asset)
            if pledged > value:
                creditors = _of(lien.creditor for lien in self.liens if (lien.pledgor, lien.asset) == (pledgor, asset))
                found.append(DoublePledge(pledgor, asset, value, pledged, pledged - value, creditors))
        return tuple(sorted(found, key=lambda item: (-item.over, item.pledgor, item.asset)))


def _of(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
