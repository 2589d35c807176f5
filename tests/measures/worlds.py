"""Random flow networks and dated payments for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ouroloop.measures import FlowNetwork, Payment

NAMES = ("a", "b", "c", "d", "e", "f")


def _amounts(*shape: int) -> st.SearchStrategy[np.ndarray]:
    """Whole numbers, often 0, so that sums are exact and sparse networks come up."""
    return hnp.arrays(np.float64, shape, elements=st.sampled_from([0, 0, 0, 1, 2, 3, 5, 8, 13, 40]).map(float))


@st.composite
def matrices(draw: st.DrawFn, largest: int = 6) -> np.ndarray:
    """A flow matrix, self-flows included."""
    n = draw(st.integers(1, largest))
    return draw(_amounts(n, n))


@st.composite
def networks(draw: st.DrawFn) -> FlowNetwork:
    """A balanced network in which money may enter through any door."""
    n = draw(st.integers(2, len(NAMES)))
    funding, trade = draw(_amounts(n, n)), draw(_amounts(n, n))
    return FlowNetwork.balanced(
        NAMES[:n],
        funding=funding - np.diag(funding.diagonal()),
        trade=trade,
        customers=draw(_amounts(n)),
        capital={"bank": draw(_amounts(n))},
        opening=draw(_amounts(n)),
        unknown_revenue=draw(_amounts(n)),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Payment]:
    """Dated payments between four entities and the outside, several on a day, in arbitrary order."""
    party = st.sampled_from([None, "a", "b", "c", "d"])
    count = draw(st.integers(1, 24))
    listed = []
    for _ in range(count):
        payer, payee = draw(party), draw(party)
        if payer is None and payee is None:
            continue
        inside = st.sampled_from(["funding", "trade", "trade"])
        outside = st.sampled_from(["outside_customers", "bank"])
        kind = draw(outside if payer is None else inside)
        amount = draw(st.integers(1, 30))
        listed.append(Payment(draw(st.integers(0, 9)), payer, payee, amount, kind))
    return listed
