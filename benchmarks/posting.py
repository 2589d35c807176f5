"""Posting 10,000 paths x 1,000 flow types against a bare array add over the same bytes.

Bytes of a posting: books read and written, amounts read. The yardstick is one compiled `x + y` in JAX with as many
rows as make its two reads and one write equal to that. Two charts: as many accounts as flows (wide), and 480 accounts
(40 entities of 12), where each account gathers more flows per byte.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.ratio import Ratio, measure
from ouroloop import ledger as books

PATHS, FLOWS = 10_000, 1_000


def world(entities: int, per_entity: int, seed: int = 0) -> books.Ledger:
    """A chart with `entities * per_entity` accounts before openings, and 1,000 purchases between random entities."""
    random = np.random.default_rng(seed)
    flows: list[books.Flow] = []
    for n in range(FLOWS):
        a, b = random.choice(entities, 2, replace=False)
        expense, revenue = (f"{word}:{random.integers(per_entity // 2)}" for word in ("costs", "revenue"))
        flows.append(books.purchase_expensed(f"e{a}", f"e{b}", f"flow {n}", expense=expense, revenue=revenue))
    return books.build(flows)


def run() -> list[Ratio]:
    """The ratio for a wide and a narrow chart."""
    rows: list[Ratio] = []
    for name, entities, per_entity in (("wide", 60, 22), ("narrow", 40, 12)):
        ledger = world(entities, per_entity)
        accounts = len(ledger.accounts)
        random = np.random.default_rng(1)
        kept = books.open_books(ledger, {books.cash("e0"): 1.0}, PATHS)
        amounts = jnp.asarray(random.exponential(size=(FLOWS, PATHS)))
        same_bytes = round((2 * accounts + FLOWS) / 3)
        x = jnp.asarray(random.normal(size=(same_bytes, PATHS)))
        y = x + 1.0
        add = jax.jit(jnp.add)

        def ours(ledger: books.Ledger = ledger, kept: books.Books = kept, amounts: jax.Array = amounts) -> object:
            return jax.block_until_ready(books.post(ledger, kept, amounts))

        def peer(add: object = add, x: jax.Array = x, y: jax.Array = y) -> object:
            return jax.block_until_ready(add(x, y))  # type: ignore[operator]

        closed = books.post(ledger, kept, amounts)
        left = books.residual(ledger, closed)
        assert not np.asarray(left.by_entity).any()
        assert not np.asarray(left.by_claim).any()
        title = f"posting {PATHS:,} paths x {FLOWS:,} flows, {accounts:,} accounts ({name})"
        rows.append(measure(title, ours, f"x + y, {same_bytes:,} rows", peer, "<= 4", repeats=15))
    return rows
