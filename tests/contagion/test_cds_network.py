"""Networks of default swaps: one answer, several, none."""

from __future__ import annotations

import numpy as np
import pytest

from ouroloop.contagion.cds_network import Swap, clear_swaps
from ouroloop.contagion.network import obligations
from ouroloop.contagion.vectors import clearing_vector
from ouroloop.core import BadInput

HALF = {"kept_of_means": 0.5, "kept_of_claims": 0.5}


def test_protection_that_can_be_paid_leaves_one_answer() -> None:
    """The first example of Schuldenzucker, Seuken and Battiston: B fails, C pays A for it and stands."""
    found = clear_swaps("ABC", [0, 2, 1], [("B", "A", 2), ("B", "C", 1)], [Swap("C", "A", "B", 1)], **HALF)
    assert found.answer == "unique"
    np.testing.assert_allclose(found.recoveries, [[1, 1 / 3, 1]], atol=1e-9)


def test_two_that_insure_against_each_other_stand_together_or_fall_together() -> None:
    swaps = [Swap("A", "S", "B", 1), Swap("B", "S", "A", 1)]
    found = clear_swaps("ABS", [0.16, 0.16, 0], [], swaps, **HALF)
    assert found.answer == "several"
    r = 0.0876894374382339  # r (1 - r) = 0.08
    np.testing.assert_allclose(found.recoveries, [[1, 1, 1], [r, r, 1]], atol=1e-7)
    greatest, least = found.greatest, found.least
    assert greatest is not None
    assert least is not None
    np.testing.assert_allclose(greatest, [1, 1, 1], atol=1e-9)
    np.testing.assert_allclose(least, [r, r, 1], atol=1e-7)


def test_a_firm_that_is_saved_by_the_failure_that_it_causes_has_no_answer() -> None:
    """B holds protection on A, which fails only if B does not pay: with costs of default nothing clears.

    If B paid in full, A would stand, nothing would be paid to B, and B would fail; if B failed, A would, W would pay B
    and B would have enough.
    """
    firms, means = "BAWS", [0.5, 0, 10, 0]
    debts, swaps = [("B", "A", 1), ("A", "S", 1)], [Swap("W", "B", "A", 1)]
    assert clear_swaps(firms, means, debts, swaps, **HALF).answer == "none"
    free = clear_swaps(firms, means, debts, swaps)
    assert free.answer == "unique"
    np.testing.assert_allclose(free.recoveries, [[0.75, 0.75, 1, 1]], atol=1e-7)


def test_without_swaps_it_is_a_clearing_vector() -> None:
    owed = np.array([[0, 20, 10], [5, 0, 24], [10, 0, 0]])
    debts = [("ABC"[i], "ABC"[j], float(owed[i, j])) for i in range(3) for j in range(3) if owed[i, j]]
    found = clear_swaps("ABC", [10, 10, 10], debts, [])
    expected = clearing_vector(obligations([10, 10, 10], owed)).total / owed.sum(axis=1)
    assert found.answer == "unique"
    np.testing.assert_allclose(found.recoveries[0], expected, atol=1e-8)


def test_naked_protection_and_covered_are_alike_to_the_writer() -> None:
    for holder in ("A", "D"):
        debts, swaps = [("B", "A", 4.0)], [Swap("C", holder, "B", 4.0)]
        found = clear_swaps("ABCD", [0, 1, 2, 0], debts, swaps)
        np.testing.assert_allclose(found.recoveries[0], [1, 0.25, 2 / 3, 1], atol=1e-8)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        clear_swaps("AB", [1, -1], [("A", "X", 1), ("A", "A", 1)], [Swap("A", "B", "A", 1), Swap("A", "B", "Y", -1)])
    said = [problem.message for problem in caught.value.problems]
    assert len(said) == 6
    assert any("'X' is none of the firms" in one for one in said)
    many = [f"f{n}" for n in range(14)]
    ring = [(many[n], many[(n + 1) % 14], 1.0) for n in range(14)]
    with pytest.raises(BadInput, match="could fail"):
        clear_swaps(many, [0.0] * 14, ring, [])
