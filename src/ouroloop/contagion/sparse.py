"""Clearing of large networks with few debts each: a million firms, by following only what changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.sparse import csc_array, csr_array, sparray

from ouroloop.contagion.vectors import Cleared
from ouroloop.core import BadInput, Place, Problem

_Table = Any
"""A `csr_array`, whose shape SciPy's types take for unknown."""
_SOLVENT = 1e-12
"""Relative to what is owed: a firm that misses less pays in full, which rounding would deny it."""
_Vector = Float[np.ndarray, " firm"]


@dataclass(frozen=True, eq=False)
class SparseObligations:
    """Debts of firms, one class, by debtor and by creditor; made by `sparse_obligations`. All in one unit of money."""

    due: _Vector
    """All that each firm owes, to others here and outside."""
    claims: np.ndarray
    """Claims of firm i stand in rows claims[i]:claims[i + 1] of `debtors` and `amounts`."""
    debtors: np.ndarray
    amounts: np.ndarray
    debts: np.ndarray
    """Whom firm i owes stands in rows debts[i]:debts[i + 1] of `creditors`."""
    creditors: np.ndarray

    @property
    def firms(self) -> int:
        return len(self.due)


def sparse_obligations(owed: sparray, outside: object = None) -> SparseObligations:
    """A checked network of few debts each.

    Parameters
    ----------
    owed
        [i, j] what i owes j, as a sparse array of any format; several entries of a pair are added up.
    outside
        [firm] what each owes to somebody who owes nothing here, alike with the rest; nothing by default.

    Raises
    ------
    BadInput
        `bad-network`: shapes that do not fit, numbers below 0 or not finite, debts to oneself. All at once.
    """
    table: _Table = csr_array(owed, dtype=np.float64)
    table.sum_duplicates()
    firms = table.shape[0]
    beyond = np.zeros(firms) if outside is None else np.asarray(outside, np.float64)
    problems = list(_numbers("outside", beyond, firms))
    if table.shape[1] != firms:
        said = f"a table of {firms} by {table.shape[1]}"
        problems.append(_problem("owed", said, "as many creditors as debtors"))
    elif table.diagonal().any():
        row = int(np.flatnonzero(table.diagonal())[0])
        problems.append(_problem("owed", f"firm {row} owes itself", "leave the diagonal empty"))
    problems += _numbers("owed", table.data, table.nnz)
    if problems:
        raise BadInput(problems)
    by_creditor: _Table = csc_array(table)
    return SparseObligations(
        np.asarray(table.sum(axis=1)).ravel() + beyond,
        by_creditor.indptr.astype(np.int64),
        by_creditor.indices.astype(np.uint32),
        by_creditor.data,
        table.indptr.astype(np.int64),
        table.indices.astype(np.uint32),
    )


def clear_sparse(
    network: SparseObligations,
    means: object,
    *,
    kept_of_means: float = 1.0,
    kept_of_claims: float = 1.0,
    tolerance: float = 1e-12,
    most_rounds: int = 100_000,
) -> Cleared:
    """Who pays how much, in a network given by its debts alone? One class, all creditors alike, from above.

    The rule is that of `clearing_vector`, and so is the answer: the greatest vector. At first everybody pays. Firms are
    gone through in turn, each with what its debtors pay by now; from the second round on only creditors of those whose
    payment fell by more than `tolerance` of what they owe. Where few fail, few are looked at again.

    Parameters
    ----------
    network
        From `sparse_obligations`.
    means
        [firm] what each has beside what others here owe it.
    kept_of_means, kept_of_claims
        What a failed firm's own means and its claims on others fetch, 0 to 1: alpha and beta of Rogers and Veraart.
    tolerance
        Relative to what a firm owes: a payment that would fall by less stands.
    most_rounds
        That they run out is an outcome: `converged` and `gap` say so.

    Raises
    ------
    BadInput
        `bad-network`: means of another shape, below 0 or not finite, shares that are none. All at once.

    References
    ----------
    Eisenberg and Noe 2001, Management Science 47(2); Rogers and Veraart 2013, Management Science 59(4). Going through
    firms in turn is the iteration of Gauss and Seidel; leaving out whom nothing concerns does not change its limit.
    """
    from ouroloop.contagion.kernel import settle

    mine = np.asarray(means, np.float64)
    problems = list(_numbers("means", mine, network.firms))
    for name, value in (("kept_of_means", kept_of_means), ("kept_of_claims", kept_of_claims)):
        if not 0 <= value <= 1:
            problems.append(_problem(name, f"{value:g} is no share", "from 0 to 1"))
    if problems:
        raise BadInput(problems)
    due = network.due
    ratio, rounds, _ = settle(
        network.claims, network.debtors, network.amounts, network.debts, network.creditors, mine, due,
        kept_of_means, kept_of_claims, tolerance, _SOLVENT, most_rounds,
    )  # fmt: skip
    table: _Table = csr_array((network.amounts, network.debtors, network.claims), shape=(network.firms,) * 2)
    received = table @ ratio
    assets, paid = mine + received, due * ratio
    solvent = assets >= due * (1.0 - _SOLVENT)
    rule = np.where(solvent, due, np.minimum(kept_of_means * mine + kept_of_claims * received, due))
    return Cleared(paid[None], assets - due, ~solvent, int(rounds), float(np.abs(rule - paid).max(initial=0.0)))


def _problem(what: str, said: str, hint: str) -> Problem:
    return Problem(Place(what), "bad-network", said, hint)


def _numbers(name: str, values: np.ndarray, count: int) -> Iterator[Problem]:
    if values.shape != (count,):
        yield _problem(name, f"shape {values.shape} for {count} firms", "one number for each firm")
    if not np.isfinite(values).all():
        yield _problem(name, "holds what is no finite number", "give a number for each")
    elif (values < 0).any():
        yield _problem(name, "holds numbers below 0", "what others owe is a debt of theirs")
