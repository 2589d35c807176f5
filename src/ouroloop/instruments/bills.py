"""Open bills by age: what is owed on account, paid oldest first."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64

from ouroloop.ledger import quantize

AGES = 4
"""Ages kept apart, in quarters since the bill: 0, 1, 2, and 3 or more. Lenders and auditors look no further."""

_ByContract = Float64[Array, "contract path"]


class Bills(eqx.Module):
    """What each contract's payer owes on account, by quarters since it was billed.

    Kept in whole quanta, so that the sum over contracts of a pair is the ledger's claim between them to the last bit.
    """

    by_age: Float64[Array, "contract age path"]

    @classmethod
    def none(cls, contracts: int, paths: int) -> Bills:
        """No open bills."""
        return cls(jnp.zeros((contracts, AGES, paths)))

    @property
    def owed(self) -> _ByContract:
        """All that is open, USD bn."""
        return self.by_age.sum(axis=1)

    def overdue(self, quarters: int) -> _ByContract:
        """What has been open for at least so many quarters (1 to 3), USD bn."""
        assert 0 < quarters < AGES, f"ages 1 to {AGES - 1} are kept apart, not {quarters}"
        return self.by_age[:, quarters:].sum(axis=1)

    def next_quarter(self, billed: _ByContract) -> Bills:
        """A quarter later: every bill is a quarter older, and `billed` is new (in whole quanta)."""
        older = [self.by_age[:, age] for age in range(AGES - 2)]
        oldest = self.by_age[:, AGES - 2] + self.by_age[:, AGES - 1]
        return Bills(jnp.stack([billed, *older, oldest], axis=1))

    def plus(self, billed: _ByContract) -> Bills:
        """A further bill in the same quarter."""
        return Bills(self.by_age.at[:, 0].add(billed))

    def pay(self, paid: _ByContract) -> tuple[Bills, _ByContract]:
        """Pay the oldest bills first. Returns what stays open and what was really paid: 0 <= it <= owed."""
        paid = jnp.clip(quantize(paid), 0.0, self.owed)
        older = jnp.flip(jnp.cumsum(jnp.flip(self.by_age, axis=1), axis=1), axis=1) - self.by_age
        return Bills(self.by_age - jnp.clip(paid[:, None] - older, 0.0, self.by_age)), paid

    def write_off(self, where: Bool[Array, "contract path"]) -> tuple[Bills, _ByContract]:
        """Give up the bills of these contracts. Returns what stays open and what is lost."""
        lost = jnp.where(where, self.owed, 0.0)
        return Bills(jnp.where(where[:, None], 0.0, self.by_age)), lost
