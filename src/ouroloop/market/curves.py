"""Curves: what a sure dollar of later is worth today, and how likely somebody is to survive until then."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class Curve(eqx.Module):
    """A quantity that starts at 0 today and grows piecewise in a straight line: its slope is flat between nodes.

    The last slope holds beyond the last node. `times` in years (Actual/365) from today, above 0 and rising, the same
    for all; any axes may follow the axis `node` of `levels`: firms, paths.
    """

    times: tuple[float, ...] = eqx.field(static=True, converter=lambda times: tuple(map(float, times)))
    levels: Float[Array, "node *batch"]

    def __check_init__(self) -> None:
        assert len(self.times) == self.levels.shape[0] > 0, f"{len(self.times)} times, levels {self.levels.shape}"
        assert (np.diff([0.0, *self.times]) > 0).all(), f"times do not rise from 0: {self.times}"

    def at(self, times: Sequence[float] | Float[np.ndarray, " time"]) -> Float[Array, "time *batch"]:
        """The quantity at these times."""
        return jnp.tensordot(self._weights(np.asarray(times, np.float64)), self.levels, axes=1)

    def _weights(self, at: Float[np.ndarray, " time"]) -> Float[np.ndarray, "time node"]:
        """How much of each node's level a time sees: of the two beside it, or of the last two beyond the end."""
        knots = np.array([0.0, *self.times])
        piece = np.clip(np.searchsorted(knots, at, side="left") - 1, 0, len(self.times) - 1)
        part = (at - knots[piece]) / (knots[piece + 1] - knots[piece])
        weights = np.zeros((len(at), len(knots)))
        row = np.arange(len(at))
        weights[row, piece] += 1 - part
        weights[row, piece + 1] += part
        return weights[:, 1:]


class DiscountCurve(Curve):
    """Minus the logarithm of discount factors: the rate times the years."""

    def discount(self, times: Sequence[float] | Float[np.ndarray, " time"]) -> Float[Array, "time *batch"]:
        """What a dollar at these times is worth today."""
        return jnp.exp(-self.at(times))


class SurvivalCurve(Curve):
    """Minus the logarithm of survival probabilities: the cumulative hazard."""

    def survival(self, times: Sequence[float] | Float[np.ndarray, " time"]) -> Float[Array, "time *batch"]:
        """How likely is survival until then?"""
        return jnp.exp(-self.at(times))

    @property
    def hazard(self) -> Float[Array, "node *batch"]:
        """The intensity of default until each node from the one before, per year."""
        grown = jnp.diff(jnp.concatenate([jnp.zeros_like(self.levels[:1]), self.levels]), axis=0)
        return grown / _lengths(self.times, self.levels.ndim)


def flat_rate(rate: Float[Array, "*batch"] | float) -> DiscountCurve:
    """One continuous rate, decimal per year, for all times."""
    return DiscountCurve((1.0,), jnp.asarray(rate, jnp.float64)[None])


def hazard_curve(times: Sequence[float], hazards: Float[Array, "node *batch"]) -> SurvivalCurve:
    """From hazards that are flat up to each time; per year."""
    return SurvivalCurve(tuple(times), jnp.cumsum(hazards * _lengths(times, hazards.ndim), axis=0))


def _lengths(times: Sequence[float], ranks: int) -> Float[np.ndarray, "node *one"]:
    """Years between nodes, with axes of length 1 behind."""
    return np.diff([0.0, *times]).reshape(-1, *(1,) * (ranks - 1))
