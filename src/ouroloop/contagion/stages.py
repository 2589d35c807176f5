"""The crash as a sequence: which stage does a path reach, when, and where does it stop?

    shares    quoted shares together stand so far below their highest value so far
    rents     a tenant pays less rent than was signed: it cannot, or the lease was cut
    tranches  notes that live on rents lose their investment grade
    calls     brokers and investors of funds ask for much of what the funds hold
    sales     holders have to sell: bonds that they may not keep, or shares for which there is no buyer
    lenders   a class of lenders has lost so much that half of it lends no more
    outside   builders spend so far below their highest pace: orders, jobs and growth outside go with it

Each stage is dated by the first quarter in which its sign is seen, whatever the others did: a stage that comes early
says that the order was another one. The cascade itself is the unbroken run from the first stage on, each no earlier
than the one before; it stops where the next sign is never seen, or was seen before its time.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Float64, Int

from ouroloop.core.parameter import Parameter, parameter

STAGES = ("shares", "rents", "tranches", "calls", "sales", "lenders", "outside")
"""In the order in which the articles tell them."""
_YEAR = 4


class StageParameters(eqx.Module):
    """What counts as a sign."""

    shares_fall: Parameter = parameter("eco-out-004", unit="share")
    """How far below their highest value so far quoted shares must stand."""
    capex_falls: Parameter = parameter("eco-out-005", unit="share")
    """How far below its highest pace so far building must be."""
    calls_large: Parameter = parameter("eco-out-006", unit="share")
    """For which part of what funds hold in shares brokers and investors must ask in a quarter."""


class StageState(eqx.Module):
    """The highest values so far and the first quarter of each stage (-1: not yet)."""

    highest_shares: Float64[Array, " path"]
    """USD bn."""
    pace: Float64[Array, " path"]
    """Of building: an average over about a year, USD bn a quarter."""
    highest_pace: Float64[Array, " path"]
    first: Int[Array, "stage path"]


def open_stages(shares: Float[Array, " path"], capex: Float[Array, " path"]) -> StageState:
    """Nothing has happened: shares and building (USD bn, of a quarter) of the opening are the highest so far."""
    never = jnp.full((len(STAGES), shares.shape[0]), -1, jnp.int32)
    return StageState(shares, capex, capex, never)


def step_stages(
    parameters: StageParameters,
    state: StageState,
    quarter: Int[Array, ""],
    *,
    shares: Float[Array, " path"],
    rents: Bool[Array, " path"],
    tranches: Bool[Array, " path"],
    calls: Bool[Array, " path"],
    sales: Bool[Array, " path"],
    lenders: Bool[Array, " path"],
    capex: Float[Array, " path"],
) -> StageState:
    """Which signs are seen in this quarter for the first time?

    `shares` is the value of all quoted shares, `capex` what builders spent in the quarter, USD bn; the others say
    whether the sign was seen.
    """
    highest, pace = jnp.maximum(state.highest_shares, shares), state.pace + (capex - state.pace) / _YEAR
    fastest = jnp.maximum(state.highest_pace, pace)
    signs = jnp.stack(
        [
            shares < (1.0 - parameters.shares_fall) * highest,
            rents,
            tranches,
            calls,
            sales,
            lenders,
            pace < (1.0 - parameters.capex_falls) * fastest,
        ]
    )
    first = jnp.where((state.first < 0) & signs, quarter, state.first).astype(jnp.int32)
    return StageState(highest, pace, fastest, first)


def furthest(first: Float[np.ndarray, "stage path"]) -> Int[np.ndarray, " path"]:
    """How many stages did the cascade pass on each path, from the first on and in order?

    `first` is the quarter of each sign, NaN for never: shares in 2, rents in 4, tranches in 3 is a cascade of two.
    """
    last, going, passed = -np.inf, np.ones(first.shape[1], bool), np.zeros(first.shape[1], np.int64)
    for stage in first:
        going = going & (stage >= last)
        passed += going
        last = np.where(going, stage, last)
    return passed
