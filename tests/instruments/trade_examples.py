"""Play a book of contracts on a ledger, and put a deal of the dossier on quarters: for the tests of trade."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ouroloop import ledger as books
from ouroloop.core import Quarter
from ouroloop.dossier import Deal, Dossier, load
from ouroloop.instruments.instrument import Instrument

RANDOM_PATHS = 3


@cache
def dossier() -> Dossier:
    return load("ai-loop")


def deal(name: str) -> Deal:
    """A deal of the bundled dossier."""
    return dossier().deals[name]


def even_by_day(amount: float, first: date, last: date, opening: str, quarters: int) -> np.ndarray:
    """An amount due evenly over the days from `first` to `last`, by quarter of a run that opens with `opening`."""
    days = (last - first).days + 1
    run = [Quarter.parse(opening) + n for n in range(quarters)]
    inside = [max(0, (min(last, q.last_day) - max(first, q.first_day)).days + 1) for q in run]
    return amount * np.array(inside, float) / days


def tranche_by_day(name: str, tranche: str, opening: str, quarters: int) -> np.ndarray:
    """The firm amount of a tranche over its own schedule, by quarter."""
    (found,) = (t for t in deal(name).tranches if t.id == tranche)
    assert found.schedule is not None
    assert found.low is not None
    return even_by_day(found.low, found.schedule.first, found.schedule.last, opening, quarters)


@cache
def world(flows: tuple[books.Flow, ...]) -> tuple[books.Ledger, tuple[str, ...]]:
    """The proved ledger of these flows, and its entities; kept, so that posting is compiled once."""
    parties = tuple(sorted({leg.account.entity for flow in flows for leg in flow.legs}))
    return books.build(flows, accounts=[books.cash(name) for name in parties]), parties


class Played:
    """Books kept with what an instrument returns; every posting is checked: residual 0, in whole quanta, by audit."""

    def __init__(self, instrument: Instrument, paths: int = 1, cash: float = 1000.0) -> None:
        self.ledger, parties = world(instrument.flows)
        opening = {books.cash(name): cash for name in parties}
        self.books = books.open_books(self.ledger, opening, paths)
        self.opened = self.books
        self.colored = books.open_colors(self.ledger, self.books)
        self.log = books.begin_log(
            self.ledger, books.opening_amounts(self.ledger, opening, paths), self.books, self.colored
        )

    def post(self, amounts: Array) -> None:
        """Post and color these amounts."""
        assert (np.asarray(books.quantize(amounts)) == np.asarray(amounts)).all(), "an amount is not in whole quanta"
        self.books = books.post(self.ledger, self.books, amounts)
        self.colored, carried = books.pay(self.ledger, self.colored, amounts)
        self.log.record(f"posting {len(self.log.periods)}", amounts, self.books, self.colored, carried)

    def proof(self) -> None:
        """Nothing leaked, nothing was rounded, cash equals its colors, and the auditor agrees."""
        residual = books.residual(self.ledger, self.books)
        assert not np.asarray(residual.by_entity).any()
        assert not np.asarray(residual.by_claim).any()
        assert not np.asarray(self.books.inexact).any()
        assert not np.asarray(books.color_gap(self.ledger, self.books, self.colored)).any()
        verdict = books.audit(self.log)
        assert verdict.agrees, verdict.disagreements[:3]

    def balance(self, account: str) -> np.ndarray:
        """What an account gained since the opening, by path; named as it reads (`lab/asset/cash`)."""
        (row,) = (n for n, known in enumerate(self.ledger.accounts) if str(known) == account)
        return np.asarray(self.books.balances[row] - self.opened.balances[row])

    def revenue(self, entity: str) -> np.ndarray:
        """All revenue of an entity, by path."""
        return np.asarray(books.statement(self.ledger, self.books).revenue[self.ledger.entities.index(entity)])

    def paid_revenue(self, entity: str) -> np.ndarray:
        """The revenue of an entity that somebody's cash has paid for, by path."""
        return np.asarray(self.colored.revenue[self.ledger.entities.index(entity)].sum(axis=0))


def rows(*values: float | Iterable[float]) -> Array:
    """[contract, path] with one row per contract: a number stands for one path."""
    return jnp.asarray([[v] if isinstance(v, (int, float)) else list(v) for v in values], jnp.float64)


def flags(*values: bool) -> Array:
    """[contract, path] of one path."""
    return jnp.asarray([[v] for v in values], bool)


def random_shares(seed: int, stream: int, contracts: int) -> Array:
    """Shares in [0, 1] by contract and path, the ends among them often: what the world may do to a contract."""
    drawn = np.random.default_rng([seed, stream]).random((contracts, RANDOM_PATHS))
    return jnp.asarray(np.clip(1.5 * drawn - 0.25, 0.0, 1.0))


def random_flags(seed: int, stream: int, contracts: int, share: float = 0.15) -> Array:
    """True with probability `share`, by contract and path."""
    return jnp.asarray(np.random.default_rng([seed, stream]).random((contracts, RANDOM_PATHS)) < share)
