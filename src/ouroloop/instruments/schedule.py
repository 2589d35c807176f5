"""What a schedule [contract, quarter] has brought by now."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

ByContract = Float[Array, "contract path"]


def come_due(schedule: Float[Array, "contract quarter"], elapsed: ByContract) -> ByContract:
    """How much of each schedule has come due once `elapsed` quarters of it have passed?

    The sum of the quarters that passed, and of the current one the part that passed: linear within a quarter, 0 before
    the first and the whole after the last. A contract late by d quarters has, at the end of quarter q, q + 1 - d
    quarters behind it; so a delay moves money and loses none. USD bn in, USD bn out; differentiable in both.

    >>> float(come_due(jnp.asarray([[10.0, 20.0]]), jnp.asarray([[1.5]]))[0, 0])
    20.0
    """
    return interpolate(cumulative(schedule), elapsed)


def cumulative(schedule: Float[Array, "contract quarter"]) -> Float[Array, "contract point"]:
    """The sum of each schedule before each of its quarters, and of all of it: one column more than quarters."""
    return jnp.concatenate([jnp.zeros_like(schedule[:, :1]), jnp.cumsum(schedule, axis=1)], axis=1)


def interpolate(table: Float[Array, "contract point"], position: ByContract) -> ByContract:
    """The value of each contract's row at a position between its points, linear; the ends hold beyond the ends."""
    last = table.shape[1] - 1
    position = jnp.clip(position, 0.0, last)
    below = jnp.floor(position).astype(jnp.int32)
    low = jnp.take_along_axis(table, below, axis=1)
    high = jnp.take_along_axis(table, jnp.minimum(below + 1, last), axis=1)
    return low + (position - below) * (high - low)


def in_quarter(schedule: Float[Array, "contract quarter"], quarter: int | Int[Array, ""]) -> Float[Array, "contract 1"]:
    """What falls into this quarter of the run, by contract, on every path; 0 outside of the schedule."""
    quarters = schedule.shape[1]
    inside = (quarter >= 0) & (quarter < quarters)
    return jnp.where(inside, jnp.take(schedule, jnp.clip(quarter, 0, quarters - 1), axis=1), 0.0)[:, None]
