"""How much does each builder plan to start, given what is needed and what its rivals do?

Fear is the highest leverage: who sees rivals grow builds more, whether or not anybody needs it.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ouroloop.core.parameter import Parameter, parameter

QUARTERS = 4
_TINY_GW = 1e-9
"""One watt: keeps logarithms of nothing finite; the limits on growth bind long before."""


class RivalryParameters(eqx.Module):
    """How fast starts answer to need and to rivals, and how fast they can change at all."""

    adjustment: Parameter = parameter("eco-real-006", unit="per year")
    fear_elasticity: Parameter = parameter("beh-001", unit="elasticity")
    entry_share: Parameter = parameter("eco-real-007", unit="share per quarter")
    fastest_growth: Parameter = parameter("eco-real-008", unit="log per year")
    fastest_fall: Parameter = parameter("eco-real-009", unit="log per year")


def rivals_growth(
    parameters: RivalryParameters,
    *,
    starts_gw: Float[Array, "builder path"],
    starts_year_ago_gw: Float[Array, "builder path"],
    active: Bool[Array, "builder path"],
) -> Float[Array, "builder path"]:
    """By how much did the starts of a builder's rivals grow over the year, log per year?

    ln(sum of the others' starts now / sum of the others' starts a year ago): growth weighted by the size of a year ago,
    own starts left out. Rivals that are gone count in neither sum. 0 for a builder without rivals; never beyond what a
    builder can change in a year, so that one first site in an empty market is not panic without end.
    """
    builders = starts_gw.shape[0]
    others = 1.0 - jnp.eye(builders)
    now = others @ jnp.where(active, starts_gw, 0.0)
    ago = others @ jnp.where(active, starts_year_ago_gw, 0.0)
    growth = jnp.log((now + _TINY_GW) / (ago + _TINY_GW))
    return jnp.clip(growth, parameters.fastest_fall, parameters.fastest_growth)


def planned_starts(
    parameters: RivalryParameters,
    *,
    need_gw: Float[Array, "builder path"],
    capacity_gw: Float[Array, "builder path"],
    pipeline_gw: Float[Array, "builder path"],
    starts_gw: Float[Array, "builder path"],
    starts_year_ago_gw: Float[Array, "builder path"],
    fear_scale: Float[Array, " path"],
    active: Bool[Array, "builder path"],
) -> Float[Array, "builder path"]:
    """How many GW does each builder plan to start in this quarter, before anybody asks who pays?

        d ln starts = adjustment/4 ln(need / (capacity + pipeline)) + fear_scale x elasticity x rivals' growth / 4

    between the fastest fall and the fastest growth, both per year and divided by 4. A builder whose starts are below
    `entry_share` of its shortage begins from there. A builder that needs nothing, or is not active, starts nothing.

    Parameters
    ----------
    need_gw
        What its contracts and its own use will need.
    capacity_gw, pipeline_gw
        What it has, and what it is building.
    starts_gw, starts_year_ago_gw
        Started in the quarter before, and in the quarter a year before that one.
    fear_scale
        1; 0 is a world in which nobody looks at rivals.

    Returns
    -------
    GW per quarter, at least 0. A plan, not spending: funding and power come after.

    Notes
    -----
    Partial adjustment: Nerlove (1958). The elasticity is measured in the same year (five clouds, 2020 to 2026) with
    shared demand not taken out, so it is the most that fear can be; here it answers to the year that is known. With
    an elasticity below 1 and need flat, a wave of fear dies down by itself; it raises what is built for good.

    A builder with 10 GW in all, needing 10, that started 1 GW while rivals grew by ln 2, plans 2^(0.54/4) = 1.098 GW.
    """
    have = capacity_gw + pipeline_gw
    gap = jnp.log(jnp.maximum(need_gw, _TINY_GW) / jnp.maximum(have, _TINY_GW))
    rivals = rivals_growth(parameters, starts_gw=starts_gw, starts_year_ago_gw=starts_year_ago_gw, active=active)
    change = (parameters.adjustment * gap + fear_scale * parameters.fear_elasticity * rivals) / QUARTERS
    change = jnp.clip(change, parameters.fastest_fall / QUARTERS, parameters.fastest_growth / QUARTERS)
    entry = parameters.entry_share * jnp.maximum(need_gw - have, 0.0)
    planned = jnp.maximum(starts_gw, entry) * jnp.exp(change)
    return jnp.where(active & (need_gw > 0), planned, 0.0)
