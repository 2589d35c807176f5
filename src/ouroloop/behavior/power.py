"""Which finished sites get power? A limit in gigawatts, not in money, and it comes late."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

QUARTERS = 4


class PowerParameters(eqx.Module):
    """How much power is added, how fast that grows, and how often and how long a site waits for its own."""

    added_gw_per_year: Parameter = parameter("chip-019", unit="GW per year, 2025")
    growth: Parameter = parameter("eco-real-010", unit="log per year")
    late_share: Parameter = parameter("chip-026", unit="share of finished GW")
    late_years: Parameter = parameter("eco-real-011", unit="years")


class Energized(eqx.Module):
    """Finished sites by whether they have power, GW. online + waiting is all that stood finished."""

    online_gw: Float[Array, "builder path"]
    waiting_gw: Float[Array, "builder path"]


def grid_additions(parameters: PowerParameters, years_since_2025: Parameter | float) -> Parameter:
    """How much power can be added at AI sites in a quarter, GW? Additions of 2025 / 4 x e^(growth x years).

    Years are counted from the middle of 2025, whose additions over the year are the measure: 7 / 4 = 1.75 GW then.
    Plants on site count as well as the grid.
    """
    return parameters.added_gw_per_year / QUARTERS * jnp.exp(parameters.growth * years_since_2025)


def _due_gw(
    parameters: PowerParameters, ready_gw: Float[Array, "builder path"], waiting_gw: Float[Array, "builder path"]
) -> Float[Array, "builder path"]:
    """What asks for power in this quarter: new sites that are not late, and late ones whose connection comes."""
    comes = jnp.minimum(1.0 / (QUARTERS * parameters.late_years), 1.0)
    return (1.0 - parameters.late_share) * ready_gw + comes * waiting_gw


def power_share(
    parameters: PowerParameters,
    ready_gw: Float[Array, "builder path"],
    *,
    waiting_gw: Float[Array, "builder path"],
    grid_gw: Float[Array, " path"],
    delay_factor: Float[Array, " path"] | float = 1.0,
) -> Float[Array, " path"]:
    """Which part of what asks for power in this quarter can get it? The same for all builders, from 0 to 1."""
    asked = _due_gw(parameters, ready_gw, waiting_gw).sum(axis=0)
    room = grid_gw * delay_factor
    return jnp.where(asked > room, room / jnp.where(asked > 0, asked, 1.0), 1.0)


def energize(
    parameters: PowerParameters,
    ready_gw: Float[Array, "builder path"],
    *,
    waiting_gw: Float[Array, "builder path"],
    grid_gw: Float[Array, " path"],
    delay_factor: Float[Array, " path"] | float = 1.0,
) -> Energized:
    """Which of the finished sites come online in this quarter, and which go on waiting?

    Of newly finished GW a part is late for reasons of its own; of those waiting, 1/(4 x late years) get their
    connection. What then asks for power shares the room there is, pro rata among builders:

        asked = (1 - late) ready + waiting / (4 late_years)
        online = asked x min(1, grid x delay_factor / sum of asked)

    Parameters
    ----------
    ready_gw
        Finished in this quarter.
    waiting_gw
        Finished earlier and without power.
    grid_gw
        What can be added in this quarter at all (`grid_additions`).
    delay_factor
        1; a delay of power lowers it, 0 is a quarter in which nothing is connected.

    Notes
    -----
    Sites given up for want of power are no business of this function: who waits may still be abandoned. Nothing late,
    4 and 2 GW ready and room for 3: online 2 and 1, waiting 2 and 1.
    """
    due = _due_gw(parameters, ready_gw, waiting_gw)
    share = power_share(parameters, ready_gw, waiting_gw=waiting_gw, grid_gw=grid_gw, delay_factor=delay_factor)
    online = due * share
    return Energized(online, ready_gw + waiting_gw - online)
