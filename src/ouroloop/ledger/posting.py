"""Post: the only place where books are written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float64

from ouroloop.core import LARGEST_EXACT, BadInput, Place, Problem
from ouroloop.core.foreign import call
from ouroloop.ledger.chart import Account
from ouroloop.ledger.incidence import Incidence
from ouroloop.ledger.ledger import Books, Ledger, Stated, opening_amounts
from ouroloop.ledger.precision import Amounts, quantize, reach

_BLOCK = 128
"""Paths per block: a block of 1,000 accounts and 1,000 flows is 2 MB and stays in the cache (64, 256 are slower)."""

_PLACE = Place("posting")


def open_books(ledger: Ledger, balances: Mapping[Account, Stated], paths: int = 1) -> Books:
    """The books on the first day, from the balances that somebody stated (debits positive), on every path.

    Each balance is posted like any flow: against the entity's own `unexplained` reserve, and for a claim also against
    the entity that should hold the other side. A complete and consistent set of balances leaves no gap; `gaps` shows
    what is left. Raises BadInput for unknown accounts.
    """
    return post_opening(ledger, jnp.asarray(opening_amounts(ledger, balances, paths)))


def post_opening(ledger: Ledger, amounts: Float64[Array, "opening path"]) -> Books:
    """The books on the first day, from balances in the order of the opening flows (`opening_amounts`)."""
    empty = jnp.zeros((len(ledger.accounts), amounts.shape[1]))
    flat, inexact = _add(ledger.chart.open, empty, amounts)
    return Books(flat, inexact)


def post(ledger: Ledger, books: Books, amounts: Amounts) -> Books:
    """What do the books hold after these flows? `balances + S @ quantize(amounts)`, exactly.

    `amounts[flow, path]` is in units of the flow's good (USD bn), any sign. Order, batching and number of paths do not
    change a bit of the result. The gradient is that of the unrounded sum. Amounts that are not numbers or too large for
    exact sums mark their path in `inexact` for good; `check_exact` says so aloud outside of compiled code.
    """
    assert amounts.dtype == jnp.float64, f"amounts are {amounts.dtype}; books are kept in float64"
    balances, inexact = _add(ledger.chart.post, books.balances, jnp.asarray(amounts))
    return Books(balances, books.inexact | inexact)


_Added = tuple[Float64[Array, "account path"], Bool[Array, " path"]]


@partial(jax.jit, static_argnums=0)
def _add(
    incidence: Incidence, balances: Float64[Array, "account path"], amounts: Float64[Array, "flow path"]
) -> _Added:
    """Add in blocks of paths; the derivative is that of `balances + incidence @ amounts` without blocks or rounding."""

    @jax.custom_jvp
    def add(balances: Array, amounts: Array) -> tuple[Array, Array]:
        return _by_blocks(incidence, balances, amounts)

    @add.defjvp
    def _add_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> Any:  # pyright: ignore[reportUnusedFunction]
        result = add(*primals)
        no_tangent = np.zeros(result[1].shape, jax.dtypes.float0)  # the flag has none
        return result, (tangents[0] + incidence.by_gather(tangents[1]), no_tangent)

    return add(balances, amounts)


def _by_blocks(incidence: Incidence, balances: Array, amounts: Array) -> tuple[Array, Array]:
    """Blocks that fit the cache, the last one overlapping the one before it: it writes the same numbers again."""

    from ouroloop.ledger.kernel import post as kernel

    expected = (incidence.matrix.shape[1], balances.shape[1])
    assert amounts.shape == expected, f"amounts have shape {amounts.shape}, flows and paths ask for {expected}"

    def definition(balances: Array, amounts: Array, *_: Any) -> tuple[Array, Array]:
        return post_by_definition(incidence, balances, amounts)

    def block(balances: Array, amounts: Array) -> tuple[Array, Array]:
        like = [balances, jax.ShapeDtypeStruct(balances.shape[1:], balances.dtype)]
        added, reach = call(kernel, definition, [balances, amounts, *incidence.lists], like, in_place={0: 0})
        return added, ~(reach <= LARGEST_EXACT)

    paths = balances.shape[1]
    if paths <= _BLOCK:
        return block(balances, amounts)

    def step(number: Array, done: tuple[Array, Array]) -> tuple[Array, Array]:
        start = jnp.minimum(number * _BLOCK, paths - _BLOCK)
        new, flag = block(
            lax.dynamic_slice_in_dim(balances, start, _BLOCK, 1), lax.dynamic_slice_in_dim(amounts, start, _BLOCK, 1)
        )
        return (
            lax.dynamic_update_slice_in_dim(done[0], new, start, 1),
            lax.dynamic_update_slice_in_dim(done[1], flag, start, 0),
        )

    nothing = jnp.zeros_like(balances), jnp.zeros(paths, bool)
    return lax.fori_loop(0, -(-paths // _BLOCK), step, nothing)


def post_by_definition(incidence: Incidence, balances: Array, amounts: Array) -> tuple[Array, Array]:
    """The new balances, and how far sums may reach on their way to them, by path."""
    rounded = quantize(amounts)
    return balances + incidence.by_gather(rounded), reach(balances, rounded)


def check_amounts(ledger: Ledger, amounts: Amounts) -> None:
    """Can these amounts be posted exactly? Raises BadInput naming every flow with an amount that cannot.

    For amounts in hand, outside of compiled code: `not-a-number` or `beyond-exact-range` (|amount| > 2^22).
    """
    values, problems = np.asarray(amounts), list[Problem]()
    for column in np.flatnonzero((~(np.abs(values) <= LARGEST_EXACT)).any(axis=1)):
        paths = np.flatnonzero(~(np.abs(values[column]) <= LARGEST_EXACT))
        value, name = values[column, paths[0]], ledger.flows[column].name
        code = "beyond-exact-range" if np.isfinite(value) else "not-a-number"
        message = f"flow '{name}' has the amount {value:g} on path {paths[0]} ({len(paths)} such paths)"
        problems.append(Problem(_PLACE, code, message, f"amounts are numbers of USD bn within ±{LARGEST_EXACT:.0f}"))
    if problems:
        raise BadInput(problems)


def check_exact(books: Books) -> None:
    """Are all these books exact? Raises BadInput `inexact-books` naming the paths that left the exact range."""
    paths = np.flatnonzero(np.asarray(books.inexact))
    if paths.size:
        shown = ", ".join(map(str, paths[:8])) + (", ..." if paths.size > 8 else "")
        message = f"{paths.size} of {books.inexact.shape[0]} paths were posted beyond the exact range: {shown}"
        hint = f"some amount is not a number, or sums exceed {LARGEST_EXACT:.0f}"
        raise BadInput([Problem(_PLACE, "inexact-books", message, hint)])
