"""What a quarter brings: its shocks of the calendar and its chance."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float64, Int, UInt32

from ouroloop.economy.calendar import Calendar
from ouroloop.economy.inputs import Inputs


class Today(eqx.Module):
    """One quarter of the calendar, and the quarter's draws."""

    quarter: Int[Array, ""]
    calendar: Calendar
    """The same names without the axis `quarter`."""
    payoff_now: Bool[Array, " path"]
    growth: Float64[Array, " path"]
    utility: Float64[Array, "seller path"]
    rent: Float64[Array, " path"]
    market: Float64[Array, " path"]
    market_uniform: Float64[Array, " path"]
    equity_common: Float64[Array, " path"]
    equity_own: Float64[Array, "member path"]

    def chip_life(self, usual_years: Array) -> Float64[Array, "builder path"]:
        """Economic life of each builder's chips, years: the usual one unless the scenario says otherwise."""
        imposed = self.calendar.chip_life_years
        life = jnp.where(jnp.isnan(imposed), usual_years, imposed)
        return jnp.broadcast_to(life, (imposed.shape[0], self.growth.shape[0]))


def read_calendar(inputs: Inputs, quarter: Int[Array, ""]) -> Today:
    """Which shocks fall into this quarter, and which chance does each path meet?

    The draws of a path and quarter come from the path's own key and the quarter's number, so that neither other paths
    nor the cut into chunks change them. All are independent standard normals but `market_uniform` in (0, 1).
    """

    def of_today(leaf: Array) -> Array:
        now = lax.dynamic_index_in_dim(leaf, quarter, leaf.ndim - 2, keepdims=False)
        return jnp.broadcast_to(now, (*now.shape[:-1], inputs.paths))

    now = jax.tree.map(of_today, inputs.calendar)
    sellers, members = inputs.traits.ai_share.shape[0], inputs.traits.revenue.shape[0]
    drawn = _normals(inputs.keys, quarter, 5 + sellers + members)
    uniform = jax.scipy.special.ndtr(drawn[4])
    return Today(
        quarter=quarter,
        calendar=now,
        payoff_now=inputs.payoff_quarter == quarter,
        growth=drawn[0],
        rent=drawn[1],
        market=drawn[2],
        equity_common=drawn[3],
        market_uniform=uniform,
        utility=drawn[5 : 5 + sellers],
        equity_own=drawn[5 + sellers :],
    )


def _normals(keys: UInt32[Array, "2 path"], quarter: Int[Array, ""], count: int) -> Float64[Array, "draw path"]:
    """Standard normal draws of one quarter, a column per path."""

    def of_path(key: UInt32[Array, " 2"]) -> Float64[Array, " draw"]:
        return jax.random.normal(jax.random.fold_in(jax.random.wrap_key_data(key), quarter), (count,), jnp.float64)

    return jax.vmap(of_path, in_axes=1, out_axes=1)(keys)
