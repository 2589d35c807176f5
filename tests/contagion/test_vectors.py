"""Clearing vectors against published cases, a linear program, and what must hold in any network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from ouroloop.contagion.network import Obligations, OutsideRanks, obligations
from ouroloop.contagion.vectors import Cleared, Which, clearing_vector, slopes
from ouroloop.core import BadInput

RING = np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])


def test_three_firms_of_siebenbrunner_s_example() -> None:
    """NetworkValuation, example of Eisenberg and Noe; its README prints 19.5455 for the first, its equity 24.5455."""
    found = clearing_vector(obligations([10, 10, 10], [[0, 20, 10], [5, 0, 24], [10, 0, 0]]))
    np.testing.assert_allclose(found.total, [270 / 11, 290 / 11, 10], atol=1e-9)
    np.testing.assert_allclose(found.equity, [-60 / 11, -29 / 11, 30], atol=1e-9)
    assert found.defaulted.tolist() == [True, True, False]


def test_the_example_of_r_s_systemicrisk_with_debts_outside() -> None:
    network = obligations([0.5, 0.625, 0.75], RING, [1.5, 0.5, 0.5])
    np.testing.assert_allclose(clearing_vector(network).total, [165 / 112, 159 / 112, 1.5], atol=1e-9)
    costly = clearing_vector(network, kept_of_means=0.5, kept_of_claims=0.7)
    expected = [0.502019961977186, 0.514704937827561, 0.565380613503237]  # default_clearing(L, ea, el, 0.5, 0.7)
    np.testing.assert_allclose(costly.total, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("ranks", "paid"),
    [
        ("alike", [[20, 21, 10]]),
        ("first", [[17, 18, 8], [3, 3, 2]]),
        ("last", [[4, 3, 2], [16, 18, 8]]),
    ],
)
def test_who_ranks_first_outside_changes_what_is_paid(ranks: OutsideRanks, paid: list[list[float]]) -> None:
    """Means 18, 18, 9 and debts outside of 17, 18, 8: pari passu, before everything else, behind it."""
    owed = [[0, 4, 0], [0, 0, 3], [2, 0, 0]]
    found = clearing_vector(obligations([18, 18, 9], owed, [17, 18, 8], outside_ranks=ranks))
    np.testing.assert_allclose(found.paid, paid, atol=1e-9)


def test_the_julia_test_of_finnetvalu() -> None:
    found = clearing_vector(obligations([1, 1, 1], [[0, 0.1, 0.7], [2, 0, 10.5], [0, 8.4, 0]]))
    np.testing.assert_allclose(found.total, [0.8, 9.5, 8.4], atol=1e-9)


def test_a_ring_with_senior_debts_outside_in_closed_form() -> None:
    ring = np.roll(np.eye(4), 1, axis=1)
    network = obligations([0, 0.25, 0.25, 0.25], ring, [0.4, 0.1, 0.1, 0.1], outside_ranks="first")
    found = clearing_vector(network)
    np.testing.assert_allclose(found.paid[1], [0.6, 0.75, 0.9, 1.0], atol=1e-9)
    assert found.defaulted.tolist() == [True, True, True, False]


def _random(size: int, seed: int = 42) -> Obligations:
    g = np.random.default_rng(seed)
    owed = g.exponential(1.0, (size, size)) * (g.random((size, size)) < 1.0)
    np.fill_diagonal(owed, 0)
    owed *= 100 / max(1, size)
    return obligations(g.uniform(0, 30, size), owed, g.uniform(0, 20, size))


@pytest.mark.parametrize(
    ("size", "kept", "total", "failed", "first"),
    [
        (50, 1.0, 4893.63949978504, 27, [89.9983295987231, 105.589939280429, 104.996034559012]),
        (50, 0.5, 681.689770916123, 50, [10.4783947852722, 12.658293647817, 19.0258145230956]),
        (1000, 1.0, 105974.165545494, 438, [105.946246472105, 112.06314736826, 101.645105377304]),
    ],
)
def test_random_networks_on_which_r_and_numpy_agree(
    size: int, kept: float, total: float, failed: int, first: list[float]
) -> None:
    found = clearing_vector(_random(size), kept_of_means=kept, kept_of_claims=kept)
    assert found.converged
    np.testing.assert_allclose(found.total.sum(), total, rtol=1e-9)
    np.testing.assert_allclose(found.total[:3], first, rtol=1e-9)
    assert int(found.defaulted.sum()) == failed


def test_from_below_a_limit_that_is_no_clearing_vector_is_passed() -> None:
    """Rogers and Veraart, example 3.3: from zero the rounds tend to (1, 1), at which both could pay in full."""
    network = obligations([1, 1], [[0, 2], [2.2, 0]])
    ends: tuple[Which, ...] = ("greatest", "least")
    for which in ends:
        found = clearing_vector(network, kept_of_means=0.5, kept_of_claims=0.5, which=which)
        np.testing.assert_allclose(found.total, [2, 2.2], atol=1e-9)


def test_a_circle_of_six_as_in_section_5_1_of_rogers_and_veraart() -> None:
    owed = np.zeros((6, 6))
    for n in range(6):
        owed[n, (n + 1) % 6] = 3.0 if n % 2 else 2.0
    found = clearing_vector(obligations([0, 0.8] * 3, owed), kept_of_means=0.5, kept_of_claims=0.5)
    np.testing.assert_allclose(found.total, [4 / 15, 8 / 15] * 3, atol=1e-9)
    assert found.defaulted.all()


def test_two_classes_and_shares_in_each_other_as_elsinger_has_them() -> None:
    network = obligations(
        [0, 50, 10],
        ([[0, 20, 10], [5, 0, 40], [10, 0, 0]], [[0, 0, 15], [0, 0, 24], [10, 0, 0]]),
        held=[[0, 0.1, 0], [0, 0, 0.15], [0, 0, 0]],
    )
    found = clearing_vector(network)
    np.testing.assert_allclose(found.paid, [[25, 45, 10], [0, 65 / 3, 10]], atol=1e-9)
    np.testing.assert_allclose(found.equity, [-20, -7 / 3, 60], atol=1e-9)


def _suzuki(means: list[float], due: list[float], shares: np.ndarray, debts: np.ndarray) -> Cleared:
    """`shares[i, j]`, `debts[i, j]`: the part of j's equity and debt that i holds; the rest is outside."""
    d = np.array(due)
    return clearing_vector(obligations(means, debts.T * d[:, None], d * (1 - debts.sum(axis=0)), held=shares.T))


def test_firms_that_hold_each_other_s_shares_and_debt() -> None:
    """Suzuki's model, two firms and four, as derived by fixed point beside FinNetValu."""
    two = _suzuki([0.7, 0.5], [1, 1], np.array([[0, 0.2], [0.2, 0]]), np.array([[0, 0.4], [0.4, 0]]))
    np.testing.assert_allclose(two.total, [1, 0.91304347826087], atol=1e-9)
    np.testing.assert_allclose(np.maximum(two.equity, 0), [0.0652173913043477, 0], atol=1e-9)
    shares = np.array([[0, 0.2, 0.3, 0.1], [0.2, 0, 0.2, 0.1], [0.1, 0.1, 0, 0.3], [0.1, 0.1, 0.1, 0]])
    debts = np.array([[0, 0, 0.1, 0], [0, 0, 0, 0.1], [0.1, 0, 0, 0.1], [0, 0.1, 0, 0]])
    four = _suzuki([0.4, 0.5, 0.6, 0.6], [0.8] * 4, shares, debts)
    expected = [0.471278440975411, 0.565656565656566, 0.712784409754107, 0.656565656565657]
    np.testing.assert_allclose(four.total, expected, atol=1e-9)
    assert four.defaulted.all()


def test_two_hundred_random_networks_solve_the_linear_program_of_lemma_4() -> None:
    for seed in range(200):
        network = _random(6, seed)
        due, share = network.due[0], network.owed[0] / network.due[0][:, None]
        best = linprog(
            -np.ones(6), A_ub=np.eye(6) - share.T, b_ub=network.means, bounds=[(0, d) for d in due], method="highs"
        )
        np.testing.assert_allclose(clearing_vector(network).total, best.x, atol=1e-7)


networks = st.integers(0, 10_000).map(lambda seed: _random(5, seed))


@settings(max_examples=60, deadline=None)
@given(networks, st.floats(0.2, 1.0), st.floats(0.2, 1.0))
def test_least_is_below_greatest_and_both_clear(network: Obligations, alpha: float, beta: float) -> None:
    costs = {"kept_of_means": alpha, "kept_of_claims": beta}
    greatest, least = clearing_vector(network, **costs), clearing_vector(network, which="least", **costs)
    assert greatest.converged
    assert least.converged
    assert np.all(least.total <= greatest.total + 1e-9)


@settings(max_examples=60, deadline=None)
@given(networks, st.integers(0, 4), st.floats(0.1, 50.0), st.floats(0.3, 1.0))
def test_more_means_never_lower_a_payment(network: Obligations, firm: int, more: float, kept: float) -> None:
    richer = network.means.copy()
    richer[firm] += more
    found = clearing_vector(network, np.stack([network.means, richer], axis=1), kept_of_claims=kept, kept_of_means=kept)
    assert np.all(found.total[:, 1] >= found.total[:, 0] - 1e-9)


@settings(max_examples=40, deadline=None)
@given(networks)
def test_slopes_are_those_of_finite_differences(network: Obligations) -> None:
    found, step = clearing_vector(network), 1e-6
    assume(np.abs(found.equity).min() > 1e-3)  # at a kink there is no slope
    by_firm = network.means[:, None] + step * np.eye(network.firms)
    moved = (clearing_vector(network, by_firm).total - found.total[:, None]) / step
    np.testing.assert_allclose(slopes(network, found), moved, atol=1e-5)


def test_many_paths_at_once_are_each_path_alone() -> None:
    network, means = _random(20, 3), np.random.default_rng(0).uniform(0, 30, (20, 16))
    together = clearing_vector(network, means, kept_of_claims=0.8)
    for path in range(16):
        alone = clearing_vector(network, means[:, [path]], kept_of_claims=0.8)
        np.testing.assert_allclose(together.total[:, path], alone.total[:, 0], rtol=1e-9)


@pytest.mark.parametrize("kept", [(1.0, 1.0), (0.6, 0.8)])
def test_firms_in_turn_come_to_what_rounds_of_matrices_come_to(kept: tuple[float, float]) -> None:
    draw, (alpha, beta) = np.random.default_rng(11), kept
    for size in (2, 7, 30):
        owed = draw.exponential(size=(size, size)) * (draw.random((size, size)) < 0.4)
        np.fill_diagonal(owed, 0.0)
        # Hardly anything leaves the network: rounds alone would take thousands.
        network = obligations(np.zeros(size), owed, np.full(size, 1e-4))
        means = draw.exponential(size=(size, 40)) * 10.0 ** draw.uniform(-3, 0.5, 40)
        many = clearing_vector(network, means, kept_of_means=alpha, kept_of_claims=beta)
        assert many.converged
        for path in range(40):
            alone = clearing_vector(network, means[:, path : path + 1], kept_of_means=alpha, kept_of_claims=beta)
            np.testing.assert_allclose(many.paid[..., path], alone.paid[..., 0], atol=1e-8)
            np.testing.assert_array_equal(many.defaulted[:, path], alone.defaulted[:, 0])


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        obligations([1.0, -2.0, np.nan], [[0, -1, 0], [0, 5, 0], [0, 0, 0]], names=["a", "b", "c"])
    places = [str(problem.place) for problem in caught.value.problems]
    assert len(places) == 4
    assert any("means[b]" in place for place in places)
    assert any("owed[a, b]" in place for place in places)
    with pytest.raises(BadInput, match="shape"):
        obligations([1.0, 2.0], [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    with pytest.raises(BadInput, match="more than all of it"):
        obligations([1.0, 2.0], [[0, 1], [0, 0]], held=[[0, 1.2], [0, 0]])
    with pytest.raises(BadInput, match="ring"):
        clearing_vector(obligations([1.0, 2.0], [[0, 1], [0, 0]], held=[[0, 1], [1, 0]]))
    with pytest.raises(BadInput, match="no share"):
        clearing_vector(obligations([1.0], [[0]]), kept_of_means=1.5)


def test_running_out_of_rounds_is_said_with_its_gap() -> None:
    found = clearing_vector(obligations([10, 10, 10], [[0, 20, 10], [5, 0, 24], [10, 0, 0]]), rounds=2)
    assert not found.converged
    assert found.gap > 0.1
