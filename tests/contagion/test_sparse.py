"""Large networks cleared by their debts alone: the dense answer, bounds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from ouroloop.contagion.network import obligations
from ouroloop.contagion.sparse import clear_sparse, sparse_obligations
from ouroloop.contagion.vectors import clearing_vector
from ouroloop.core import BadInput


def random_network(seed: int, firms: int, degree: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What i owes j, means and debts outside; means fail to cover debts in about half of all firms."""
    draw = np.random.default_rng(seed)
    owed = draw.exponential(size=(firms, firms)) * (draw.random((firms, firms)) < degree / firms)
    np.fill_diagonal(owed, 0.0)
    outside = draw.exponential(size=firms) * (draw.random(firms) < 0.5)
    return owed, draw.exponential(size=firms) * 0.7, outside


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(2, 40),
    st.floats(0.5, 6.0),
    st.sampled_from([(1.0, 1.0), (0.5, 0.7), (0.0, 1.0)]),
)
def test_the_answer_is_that_of_the_dense_one(seed: int, firms: int, degree: float, kept: tuple[float, float]) -> None:
    owed, means, outside = random_network(seed, firms, degree)
    dense = clearing_vector(obligations(means, owed, outside), kept_of_means=kept[0], kept_of_claims=kept[1])
    found = clear_sparse(
        sparse_obligations(csr_array(owed), outside), means, kept_of_means=kept[0], kept_of_claims=kept[1]
    )
    assert found.converged
    np.testing.assert_allclose(found.total, dense.total, atol=1e-8)
    np.testing.assert_allclose(found.equity, dense.equity, atol=1e-8)


def test_a_chain_of_ten_thousand_falls_to_its_end() -> None:
    """Each owes 1 to the next and has nothing but the first, which has a half: everybody pays a half."""
    firms = 10_000
    at = np.arange(firms - 1)
    means = np.zeros(firms)
    means[0] = 0.5
    chain = coo_array((np.ones(firms - 1), (at, at + 1)), shape=(firms, firms))
    found = clear_sparse(sparse_obligations(chain), means)
    np.testing.assert_allclose(found.total, np.r_[np.full(firms - 1, 0.5), 0.0], atol=1e-9)
    assert found.defaulted.sum() == firms - 1
    assert found.rounds <= 2, "in the order of the chain it falls in one go"


def test_a_chain_against_the_order_falls_link_by_link() -> None:
    """As before, but each owes to the one before it: only creditors of who fell need another look."""
    firms = 500
    at = np.arange(1, firms)
    means = np.zeros(firms)
    means[-1] = 0.5
    chain = coo_array((np.ones(firms - 1), (at, at - 1)), shape=(firms, firms))
    settled = clear_sparse(sparse_obligations(chain), means)
    np.testing.assert_allclose(settled.total, np.r_[0.0, np.full(firms - 1, 0.5)], atol=1e-9)
    one_falls = clear_sparse(sparse_obligations(chain), np.r_[np.full(firms - 2, 0.5), 0.25, 0.5])
    np.testing.assert_allclose(one_falls.total[[0, -3, -2, -1]], [0.0, 1.0, 0.75, 0.5], atol=1e-9)
    assert one_falls.rounds == 3, "the second to last falls in the second round; nobody in the third"


def test_where_all_pay_in_full_one_round_says_so() -> None:
    owed, _, outside = random_network(1, 200, 5.0)
    found = clear_sparse(sparse_obligations(csr_array(owed), outside), np.full(200, 1e3))
    assert (found.rounds, found.gap, found.defaulted.any()) == (1, 0.0, False)
    np.testing.assert_allclose(found.total, owed.sum(axis=1) + outside)


def test_several_debts_of_a_pair_are_added_up() -> None:
    twice = coo_array(([3.0, 1.0], ([0, 0], [1, 1])), shape=(2, 2))
    assert clear_sparse(sparse_obligations(twice), [2.0, 0.0]).equity.tolist() == [-2.0, 2.0]


def test_a_search_that_is_cut_short_says_so() -> None:
    owed, means, outside = random_network(3, 60, 6.0)
    cut = clear_sparse(sparse_obligations(csr_array(owed), outside), means, most_rounds=1)
    assert not cut.converged
    assert cut.gap > 1e-4


def test_more_means_never_lower_a_payment() -> None:
    owed, means, outside = random_network(5, 300, 6.0)
    less, more = (
        clear_sparse(sparse_obligations(csr_array(owed), outside), means + extra).total for extra in (0.0, 0.2)
    )
    assert np.all(more >= less - 1e-9)
    assert (more > less + 1e-3).any()


def test_everything_wrong_with_a_network_is_said_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        sparse_obligations(csr_array([[1.0, -2.0], [np.nan, 0.0]]), [1.0, np.inf, 0.0])
    said = str(refused.value)
    for part in ("owes itself", "outside", "no finite number", "(3,)"):
        assert part in said
    with pytest.raises(BadInput, match="as many creditors as debtors"):
        sparse_obligations(csr_array(np.ones((2, 3))))
    two = sparse_obligations(csr_array([[0.0, 1.0], [0.0, 0.0]]))
    with pytest.raises(BadInput) as refused:
        clear_sparse(two, [1.0, -1.0, np.nan], kept_of_means=2.0)
    assert all(part in str(refused.value) for part in ("means", "kept_of_means", "(3,)", "no finite number"))
