"""What the tests of financing share: deals of the dossier, quarters counted from an opening, the proof of balance."""

from __future__ import annotations

from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from ouroloop import ledger as books
from ouroloop.core import Quarter
from ouroloop.dossier import Deal, Dossier, load

SEEDS = st.integers(0, 2**32 - 1)


@cache
def dossier() -> Dossier:
    return load("ai-loop")


def deal(name: str) -> Deal:
    """A deal of the ai-loop dossier by id."""
    return dossier().deals[name]


def amounts_of(name: str) -> dict[str, tuple[float, float]]:
    """(binding, headline) USD bn of each tranche of a deal."""
    found = {tranche.id: tranche.amount for tranche in deal(name).tranches}
    return {tranche: (amount.low, amount.high) for tranche, amount in found.items() if amount is not None}


def quarter(text: str, opening: str) -> int:
    """How many quarters after the opening one?"""
    return Quarter.parse(text).ordinal - Quarter.parse(opening).ordinal


def column(*values: float) -> jnp.ndarray:
    """One number per contract, the same on every path."""
    return jnp.asarray(values, jnp.float64)[:, None]


def at(number: int) -> jnp.ndarray:
    return jnp.asarray(number)


def balance(
    world: books.Ledger, kept: books.Books, entity: str, account_class: books.AccountClass, instrument: str
) -> np.ndarray:
    """The balance of an account by path, USD bn."""
    return np.asarray(kept.balances[world.account(entity, account_class, instrument)])


def assert_balanced(world: books.Ledger, kept: books.Books) -> None:
    """Debits equal credits in every entity, and every claim has its two sides, to the last quantum."""
    left = books.residual(world, kept)
    assert not np.asarray(left.by_entity).any()
    assert not np.asarray(left.by_claim).any()
    assert not np.asarray(kept.inexact).any()


def assert_same_compiled(method: Any, *arguments: Any) -> None:
    """Compiled and plain evaluation agree: to the quantum for money."""
    plain, compiled = method(*arguments), eqx.filter_jit(method)(*arguments)
    for one, other in zip(_leaves(plain), _leaves(compiled), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=2.0**-30)


def _leaves(tree: Any) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.filter(tree, eqx.is_array))]
