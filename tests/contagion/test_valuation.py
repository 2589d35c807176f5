"""Losses of equity along claims, against hand computation and the neva and debtrank packages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.contagion.network import obligations
from ouroloop.contagion.valuation import (
    by_asset_risk,
    by_recovery,
    debtrank,
    linear,
    linear_uncapped,
    network_valuation,
)
from ouroloop.contagion.vectors import clearing_vector
from ouroloop.core import BadInput

OWED = np.array([[0.0, 4, 0], [0, 0, 3], [2, 0, 0]])
"""Barucca's exercise 4b: who owes whom; 20, 20 and 10 of other assets against 17, 18 and 8."""


def test_an_exercise_in_which_all_equity_goes() -> None:
    lent = OWED.T
    before = np.array([20.0, 20, 10]) + lent.sum(axis=1) - np.array([17.0, 18, 8]) - OWED.sum(axis=1)
    np.testing.assert_allclose(before, [1, 3, 3])
    shock = np.minimum(1.0, 0.1 * np.array([20.0, 20, 10]) / before)
    np.testing.assert_allclose(shock, [1, 2 / 3, 1 / 3])
    found = debtrank(lent, before, shock)
    np.testing.assert_allclose(found.loss, [1, 1, 1])
    np.testing.assert_allclose(found.rank, (0 + 1 + 2) / 7)
    other = 0.9 * np.array([20.0, 20, 10]) - np.array([17.0, 18, 8]) - OWED.sum(axis=1)
    np.testing.assert_allclose(network_valuation(lent, other, linear_uncapped(before)).equity, [-3, -3, -1], atol=1e-9)


def test_each_borrower_is_valued_by_its_own_equity() -> None:
    """By hand: a loss of half of the first firm's 2 costs its lender half of a claim of 1. (neva returns 3.25.)"""
    found = debtrank(np.array([[0.0, 0], [1, 0]]), np.array([2.0, 4]), np.array([0.5, 0]))
    np.testing.assert_allclose((1 - found.loss) * [2, 4], [1, 3.5])
    lent = np.array([[0.0, 0], [1, 0]])
    valued = network_valuation(lent, np.array([1.0, 3.0]), linear(np.array([2.0, 4.0])))
    np.testing.assert_allclose(valued.equity, [1, 3.5])


def test_valued_by_recovery_it_is_eisenberg_and_noe() -> None:
    """The three banks of neva's data after a loss of 2 by the first: equity -1, 1 and 18/19."""
    owed = np.array([[0, 0, 0.5], [0.5, 0, 0], [0, 0.5, 0]])
    due = owed.sum(axis=1) + np.array([9, 4, 2])
    found = network_valuation(owed.T, np.array([8.0, 5, 3]) - due, by_recovery(due))
    np.testing.assert_allclose(found.equity, [-1, 1, 0.947368421052632], atol=1e-9)
    cleared = clearing_vector(obligations([8, 5, 3], owed, [9, 4, 2]))
    np.testing.assert_allclose(found.equity, cleared.equity, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_in_any_network_recovery_is_clearing_and_losses_only_grow(seed: int) -> None:
    g = np.random.default_rng(seed)
    owed = g.exponential(1.0, (5, 5)) * 5
    np.fill_diagonal(owed, 0)
    means, outside = g.uniform(0, 30, 5), g.uniform(0, 20, 5)
    due = owed.sum(axis=1) + outside
    cleared = clearing_vector(obligations(means, owed, outside))
    np.testing.assert_allclose(
        network_valuation(owed.T, means - due, by_recovery(due)).equity, cleared.equity, atol=1e-7
    )
    equity, shock = g.uniform(1, 20, 5), g.uniform(0, 1, 5)
    found = debtrank(owed.T, equity, shock)
    assert found.converged
    assert np.all(found.loss >= shock - 1e-12)
    assert np.all(found.loss <= 1)
    assert found.rank >= 0


def test_a_lender_who_fears_for_the_future_values_less_than_one_who_waits() -> None:
    due = OWED.sum(axis=1) + np.array([17.0, 18, 8])
    other = np.array([24.0, 26, 16]) - due
    fears = network_valuation(OWED.T, other, by_asset_risk(due, other + due, volatility=0.2, recovery=0.4))
    waits = network_valuation(OWED.T, other, by_recovery(due))
    assert fears.converged
    assert np.all(fears.equity <= waits.equity + 1e-9)
    calm = network_valuation(OWED.T, other, by_asset_risk(due, other + due, volatility=1e-3))
    np.testing.assert_allclose(calm.equity, waits.equity, atol=1e-6)


def test_bad_claims_and_shocks_are_refused() -> None:
    with pytest.raises(BadInput, match="itself"):
        debtrank(np.eye(2), np.ones(2), np.zeros(2))
    with pytest.raises(BadInput, match="share of equity"):
        debtrank(np.zeros((2, 2)), np.ones(2), np.array([0.0, 2.0]))
    with pytest.raises(BadInput, match="above 0"):
        debtrank(np.zeros((2, 2)), np.array([1.0, 0.0]), np.zeros(2))


def test_running_out_of_rounds_is_an_outcome() -> None:
    lent = np.array([[0, 0.9], [0.9, 0]])
    found = debtrank(lent, np.ones(2), np.array([0.1, 0.0]), rounds=3)
    assert not found.converged
    assert found.gap > 0
