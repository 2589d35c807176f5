"""Every loop of the ledger is its definition in JAX: exactly where sums are exact, and NaN stays on its path."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from ouroloop import ledger as books
from ouroloop.core import QUANTUM
from ouroloop.ledger import posting, rounds
from ouroloop.ledger.incidence import Incidence
from tests.ledger.worlds import Run, opened, runs


@settings(max_examples=12, deadline=None)
@given(runs())
def test_a_quarter_is_recolored_as_defined(run: Run) -> None:
    colored = books.open_colors(run.ledger, opened(run.ledger, run.opening))
    for amounts in run.amounts:
        # Some flow back, so that payments go both ways on different paths.
        moved = jnp.asarray(amounts * np.where(np.arange(amounts.size).reshape(amounts.shape) % 5, 1.0, -1.0))
        wanted = rounds.recolor_by_definition(run.ledger, colored.cash, colored.revenue, moved)
        colored = books.recolor_in_rounds(run.ledger, colored, moved)
        for one, other in zip((colored.cash, colored.revenue), wanted, strict=True):
            assert np.array_equal(np.asarray(one), np.asarray(other))


@settings(max_examples=12, deadline=None)
@given(runs())
def test_books_are_written_as_defined_and_the_same_leaks_are_seen(run: Run) -> None:
    kept = opened(run.ledger, run.opening)
    for amounts in run.amounts:
        wanted, reach = posting.post_by_definition(run.ledger.chart.post, kept.balances, jnp.asarray(amounts))
        kept = books.post(run.ledger, kept, jnp.asarray(amounts))
        assert np.array_equal(np.asarray(kept.balances), np.asarray(wanted))
        assert np.array_equal(np.asarray(kept.inexact), ~(np.asarray(reach) <= 2.0**22))
    assert not np.asarray(books.largest_leak(run.ledger, kept)).any()
    # A quantum, half a quantum and much more that nobody posted, on one path.
    for forged in (QUANTUM, QUANTUM / 2, -3.0):
        wrong = books.Books(kept.balances.at[1, -1].add(forged), kept.inexact)
        leaks = books.residual(run.ledger, wrong)
        worst = np.maximum(np.abs(leaks.by_entity).max(axis=0), np.abs(leaks.by_claim).max(axis=0, initial=0.0))
        assert np.asarray(books.largest_leak(run.ledger, wrong)).tolist() == worst.tolist()
        assert worst[-1] == abs(forged)
    lost = books.Books(kept.balances.at[1, -1].set(jnp.nan), kept.inexact)
    assert np.isnan(np.asarray(books.largest_leak(run.ledger, lost))[-1])


@pytest.mark.parametrize("paths", [1, 3, 64])
def test_rows_are_added_as_defined(paths: int) -> None:
    random = np.random.default_rng(paths)
    incidence = Incidence(random.choice([-1, 0, 0, 0, 1], (40, 70)))
    quanta = np.round(random.random((70, paths)) * 2**20) * QUANTUM
    assert np.array_equal(np.asarray(incidence @ jnp.asarray(quanta)), incidence.matrix @ quanta)
    assert np.array_equal(np.asarray(incidence.by_gather(jnp.asarray(quanta))), incidence.matrix @ quanta)
    spoilt = quanta.copy()
    spoilt[3, -1] = np.nan
    found = np.isnan(np.asarray(incidence @ jnp.asarray(spoilt)))
    assert np.array_equal(found[:, -1], incidence.matrix[:, 3] != 0)
    assert not found[:, :-1].any()


def test_a_path_that_is_not_a_number_spoils_no_other() -> None:
    run = Run(number=0, seed=11, pool=(1.0, 0.1, 7.25), periods=1, paths=3)
    colored = books.open_colors(run.ledger, opened(run.ledger, run.opening))
    (amounts,) = run.amounts
    clean = books.recolor_in_rounds(run.ledger, colored, jnp.asarray(amounts))
    amounts = amounts.copy()
    amounts[:, 1] = np.nan
    spoilt = books.recolor_in_rounds(run.ledger, colored, jnp.asarray(amounts))
    assert np.isnan(np.asarray(spoilt.cash)[..., 1]).any()
    assert np.array_equal(np.asarray(spoilt.cash)[..., [0, 2]], np.asarray(clean.cash)[..., [0, 2]])
    assert np.array_equal(np.asarray(spoilt.revenue)[..., [0, 2]], np.asarray(clean.revenue)[..., [0, 2]])
