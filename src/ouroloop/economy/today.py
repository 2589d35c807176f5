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


def draw_chance(inputs: Inputs, quarters: Int[Array, " quarter"]) -> Float64[Array, "quarter draw path"]:
    """Which chance does each path meet in these quarters? Standard normal draws, as `read_calendar` reads them.

    They come from the path's own key and the quarter's number, so that neither other paths nor the cut into chunks
    change them. All quarters of a run are drawn at once: each alone would be a thousand small steps.
    """
    sellers, members = inputs.traits.ai_share.shape[0], inputs.traits.revenue.shape[0]

    def of_path(key: UInt32[Array, " 2"], quarter: Int[Array, ""]) -> Float64[Array, " draw"]:
        folded = jax.random.fold_in(jax.random.wrap_key_data(key), quarter)
        return jax.random.normal(folded, (5 + sellers + members,), jnp.float64)

    of_paths = jax.vmap(of_path, in_axes=(1, None), out_axes=1)
    return jax.vmap(of_paths, in_axes=(None, 0))(inputs.keys, quarters)


def read_calendar(inputs: Inputs, quarter: Int[Array, ""], drawn: Float64[Array, "draw path"]) -> Today:
    """Which shocks fall into this quarter, and which chance does each path meet?

    `drawn` are the quarter's draws of `draw_chance`: all independent standard normals but `market_uniform` in (0, 1).
    """

    def of_today(leaf: Array) -> Array:
        now = lax.dynamic_index_in_dim(leaf, quarter, leaf.ndim - 2, keepdims=False)
        return jnp.broadcast_to(now, (*now.shape[:-1], inputs.paths))

    now = jax.tree.map(of_today, inputs.calendar)
    sellers = inputs.traits.ai_share.shape[0]
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
