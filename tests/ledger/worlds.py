"""Random worlds for property tests: a few members and sectors, flow types of every kind, and amounts for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from random import Random

import numpy as np
from hypothesis import strategies as st

from ouroloop import ledger as books

MEMBERS = ("ada", "bo", "cy", "dee")
CHARTS = 3
SECTORS = {"users": "outside_customers", "banks": "bank"}

# No payment by name of more than 2^17 so that a year of them stays far inside the exact range.
AMOUNT = st.one_of(
    st.just(0.0),
    st.floats(0, 2.0**17, allow_nan=False),
    st.integers(0, 64).map(lambda n: n * 2.0**-31),  # quanta and half quanta
)


def _flow(kind: int, a: str, b: str, number: int) -> list[books.Flow]:
    """A flow type by number; `number` keeps names apart."""
    name = f"{number}:{a}:{b}"
    makers = (
        lambda: [books.equity_investment(a, b, name)],
        lambda: [books.loan(a, b, name)],
        lambda: [books.repayment(a, b, name)],
        lambda: [books.interest(a, b, name)],
        lambda: [books.purchase_expensed(a, b, name)],
        lambda: [books.purchase_capitalized(a, b, name)],
        lambda: [books.sale_on_account(a, b, name), books.settlement(a, b, f"{name}:settle")],
        lambda: [books.depreciation(a, name)],
        lambda: [books.equity_investment(a, b, name), books.revaluation(a, f"equity:{b}", f"{name}:price")],
        lambda: [books.loan_write_off(a, b, name)],
        lambda: [books.boundary_receipt("users", a, name)],
        lambda: [books.boundary_payment(a, "users", name)],
        lambda: [books.loan("banks", a, name)],
        lambda: [books.distribution(a, b, name)],
        lambda: [books.credits_for_shares(a, b, name), books.credits_used(b, a, f"{name}:use")],
        lambda: list(
            books.conversion(
                a,
                books.Account(a, books.AccountClass.REAL, "chips"),
                books.Account(a, books.AccountClass.REAL, "power", "GW"),
                name,
            )
        ),
    )
    return makers[kind % len(makers)]()


Specs = list[tuple[int, tuple[str, ...]]]

# Strategies give plain data only; what is checked by beartype (which draws random numbers) is made in the tests.
SPECS = st.lists(st.tuples(st.integers(0, 15), st.permutations(MEMBERS).map(tuple)), min_size=1, max_size=8)


def flow_types(specs: Specs) -> list[books.Flow]:
    """Up to nine flow types among the members and sectors, all balanced."""
    return [f for n, (kind, names) in enumerate(specs) for f in _flow(kind, names[0], names[1], n)]


def build(flows: list[books.Flow]) -> books.Ledger:
    return books.build(flows, accounts=[books.cash(member) for member in MEMBERS], sectors=SECTORS)


@cache
def chart(number: int) -> books.Ledger:
    """One of a few random worlds, kept so that each is compiled once. Together they have every kind of flow."""
    random = Random(number)
    kinds = [*range(number, 16, CHARTS), *(random.randrange(16) for _ in range(4))]
    return build(flow_types([(kind, tuple(random.sample(MEMBERS, 4))) for kind in kinds]))


@dataclass(frozen=True)
class Run:
    """Which world, and what is posted in it."""

    number: int
    seed: int
    pool: tuple[float, ...]
    periods: int
    paths: int

    @property
    def ledger(self) -> books.Ledger:
        return chart(self.number)

    @cached_property
    def opening(self) -> np.ndarray:
        """Opening amounts, some negative."""
        return self._some(len(self.ledger.chart.openings), 0)

    @cached_property
    def amounts(self) -> list[np.ndarray]:
        """Amounts per flow for each period, some negative."""
        return [self._some(len(self.ledger.flows), n + 1) for n in range(self.periods)]

    def _some(self, rows: int, stream: int) -> np.ndarray:
        random = np.random.default_rng([self.seed, stream])
        return random.choice(self.pool, (rows, self.paths)) * random.choice([1.0, 1.0, -1.0], (rows, self.paths))


def runs(paths: int = 3) -> st.SearchStrategy[Run]:
    """Random runs of the random worlds."""
    pool = st.lists(AMOUNT, min_size=4, max_size=12).map(tuple)
    return st.builds(
        Run, st.integers(0, CHARTS - 1), st.integers(0, 2**32 - 1), pool, st.integers(1, 3), st.just(paths)
    )


def opened(world: books.Ledger, opening: np.ndarray) -> books.Books:
    """The books that these opening amounts make."""
    # Opening flows name their account first.
    balances = {flow.legs[0].account: row for flow, row in zip(world.chart.openings, opening, strict=True)}
    return books.open_books(world, balances, opening.shape[1])
