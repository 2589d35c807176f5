"""How does a path end: does the payoff come first, does credit close first, or does it muddle through?"""

from __future__ import annotations

from enum import StrEnum

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float64, Int

from ouroloop.core.parameter import Parameter, parameter


class Outcome(StrEnum):
    """The two endings of the articles, and neither of them within the horizon."""

    PAYOFF_FIRST = "payoff_first"
    CREDIT_FIRST = "credit_first"
    MUDDLE_THROUGH = "muddle_through"


class OutcomeParameters(eqx.Module):
    """What counts as payoff and as closed credit."""

    self_financing_quarters: Parameter = parameter("eco-out-001", unit="quarters")
    """For how many quarters in a row outside customers must carry the whole cost of what was built."""
    refused_share: Parameter = parameter("eco-out-002", unit="share of money asked for")
    """From which share refused by lenders credit counts as closed."""
    closed_quarters: Parameter = parameter("eco-out-003", unit="quarters")
    """For how many quarters in a row it must stay so."""


class OutcomeState(eqx.Module):
    """Runs of quarters so far and the first quarter of each ending (-1: not yet)."""

    carried: Int[Array, " path"]
    refused: Int[Array, " path"]
    payoff_quarter: Int[Array, " path"]
    credit_quarter: Int[Array, " path"]


def open_outcome(paths: int) -> OutcomeState:
    """Nothing has happened yet."""
    none, never = jnp.zeros(paths, jnp.int32), jnp.full(paths, -1, jnp.int32)
    return OutcomeState(none, none, never, never)


def step_outcome(
    parameters: OutcomeParameters,
    state: OutcomeState,
    quarter: Int[Array, ""],
    *,
    earned: Float64[Array, " path"],
    cost: Float64[Array, " path"],
    asked: Float64[Array, " path"],
    lent: Float64[Array, " path"],
) -> OutcomeState:
    """Has the payoff been reached, or has credit closed, in this quarter?

    Payoff: what outside customers paid for AI, less what running it cost (`earned`), covers interest and the economic
    wear of all that was built (`cost`) for `self_financing_quarters` quarters in a row: the loop lives on outside
    money. Credit closes: lenders refuse at least `refused_share` of the new money that firms ask for (`asked`, `lent`)
    for `closed_quarters` in a row; a share sold in place of a loan is no credit. USD bn of the quarter. Each is dated
    by the quarter that completes the run, and stays. A quarter in which nobody asks says nothing about credit: the run
    neither grows nor ends.
    """
    carried = jnp.where((cost > 0) & (earned >= cost), state.carried + 1, 0)
    share = jnp.where(asked > 0, 1 - lent / jnp.where(asked > 0, asked, 1.0), 0.0)
    closed: Bool[Array, " path"] = share >= parameters.refused_share
    refused = jnp.where(asked > 0, jnp.where(closed, state.refused + 1, 0), state.refused)

    def first(known: Array, now: Array) -> Array:
        return jnp.where((known < 0) & now, quarter, known).astype(jnp.int32)

    return OutcomeState(
        carried.astype(jnp.int32),
        refused.astype(jnp.int32),
        first(state.payoff_quarter, carried >= parameters.self_financing_quarters),
        first(state.credit_quarter, refused >= parameters.closed_quarters),
    )


def outcomes(payoff_quarter: Int[Array, " path"], credit_quarter: Int[Array, " path"]) -> Int[Array, " path"]:
    """Which ending, as the number of its place in `Outcome`? The earlier one; credit where both come in one quarter.

    A tie counts against the payoff, because what is refused in a quarter is due in it.
    """
    paid, closed = payoff_quarter >= 0, credit_quarter >= 0
    payoff_first = paid & (~closed | (payoff_quarter < credit_quarter))
    return jnp.where(payoff_first, 0, jnp.where(closed, 1, 2)).astype(jnp.int32)
