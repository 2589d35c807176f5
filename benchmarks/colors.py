"""A quarter's colors by rounds against payment by payment, in a world as large as the one of `ai-loop`.

45 members and 15 sectors, 650 payments of which 180 are between members and two in three of those rest in a quarter;
128 paths, as many as a simulation takes at once. Both rules keep every pot to the quantum; their sums are compared.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.ratio import Ratio, measure
from ouroloop import ledger as books

MEMBERS, SECTORS, PATHS = 45, 15, 128
BETWEEN, IN, OUT = 180, 180, 290


def world(seed: int = 0) -> books.Ledger:
    """Sectors pay members, members pay each other, members pay sectors."""
    random = np.random.default_rng(seed)
    flows: list[books.Flow] = []
    for n in range(IN):
        flows.append(books.boundary_receipt(f"s{random.integers(SECTORS)}", f"m{random.integers(MEMBERS)}", f"in {n}"))
    for n in range(BETWEEN):
        a, b = random.choice(MEMBERS, 2, replace=False)
        make = books.equity_investment if n % 5 == 0 and a < 8 else books.purchase_expensed
        flows.append(make(f"m{a}", f"m{b}", f"between {n}"))
    for n in range(OUT):
        flows.append(books.boundary_payment(f"m{random.integers(MEMBERS)}", f"s{random.integers(SECTORS)}", f"out {n}"))
    return books.build(flows, sectors={f"s{n}": f"sponsor {n}" for n in range(SECTORS)})


def run() -> list[Ratio]:
    """One line: the same quarter by both rules."""
    ledger, random = world(), np.random.default_rng(1)
    opening = {books.cash(member): random.uniform(50, 100, PATHS) for member in ledger.members}
    kept = books.open_books(ledger, opening, PATHS)
    start = books.open_colors(ledger, kept)
    moved = random.exponential(size=(len(ledger.flows), PATHS))
    moved[IN : IN + BETWEEN] *= (random.random(BETWEEN) < 1 / 3)[:, None]
    amounts = jnp.asarray(moved)

    @jax.jit
    def by_rounds(colored: books.ColoredCash, amounts: jax.Array) -> books.ColoredCash:
        return books.recolor_in_rounds(ledger, colored, amounts)

    def ours() -> object:
        return jax.block_until_ready(by_rounds(start, amounts))

    def peer() -> object:
        return jax.block_until_ready(books.recolor(ledger, start, amounts))

    closed, members = books.post(ledger, kept, amounts), len(ledger.members)
    made = by_rounds(start, amounts), books.recolor(ledger, start, amounts)
    for colored in made:
        assert not np.asarray(books.color_gap(ledger, closed, colored)).any()
    earned = [np.asarray(colored.revenue)[:members].sum(axis=1) for colored in made]
    assert np.array_equal(earned[0], earned[1])
    title = f"colors of {IN + BETWEEN + OUT} payments by rounds, {PATHS} paths"
    return [measure(title, ours, "payment by payment", peer, "<= 0.05")]
