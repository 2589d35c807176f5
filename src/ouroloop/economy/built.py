"""Plant: sites move on and get power, chips and shells come into use, and everything wears."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.behavior.completion import Advanced, CompletionParameters, abandonment, advance, cost_profile
from ouroloop.behavior.fleet import still_runs
from ouroloop.behavior.power import energize, grid_additions
from ouroloop.economy.decide import YEAR, Plans
from ouroloop.economy.inputs import Inputs
from ouroloop.economy.inventory import OUTSIDE
from ouroloop.economy.spend import Spent
from ouroloop.economy.state import Plant, State
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.ledger import quantize


class Built(eqx.Module):
    """The plant after the quarter, and what its books say, USD bn."""

    plant: Plant
    finished: Float64[Array, "builder path"]
    """Cost of sites that came into use."""
    opened: Float64[Array, "vehicle path"]
    """The same of vehicles' sites."""
    abandoned: Float64[Array, "builder path"]
    """Cost of sites given up that does not come back."""
    penalty: Float64[Array, "builder path"]
    """What contracts claim for sites given up."""
    chips_moved: Float64[Array, "flow path"]
    sites_moved: Float64[Array, "flow path"]
    other_moved: Float64[Array, "flow path"]
    economic_charge: Float64[Array, "member path"]
    """Wear of all plant on economic lives."""
    trapped: Float64[Array, "builder path"]
    """What was spent on sites whose whole cost is above their value."""
    charge_builders: Float64[Array, "builder path"]
    """Of it, wear of chips and sites."""


def build_on(
    world: World,
    inputs: Inputs,
    state: State,
    today: Today,
    plans: Plans,
    spent: Spent,
    bought: Float64[Array, "builder path"],
) -> Built:
    """Move sites on, give power, put chips and shells to use, and wear everything for a quarter.

    `bought`: chips that came in, at what they cost.
    """
    engine, completion = inputs.parameters.engine, inputs.parameters.completion
    before, years = state.plant, (today.quarter + 1) / YEAR
    moved = advance(
        completion,
        before.pipeline,
        starts_gw=plans.starts,
        keep=plans.keep,
        power_factor=plans.power,
        pace=spent.pace,
    )
    powered = energize(
        inputs.parameters.power,
        moved.ready_gw,
        waiting_gw=before.waiting,
        grid_gw=grid_additions(inputs.parameters.power, inputs.traits.power_years + years),
        delay_factor=today.calendar.power_factor,
    )
    life = today.chip_life(engine.chip_life_years)
    refitted = plans.refit * spent.pace
    stays = before.fleet * still_runs(world.chips.served(today.quarter), life)
    lost_gw = (before.fleet - stays).sum(axis=1)
    standing = world.reader.stock("unfinished", state.books)
    unfinished = standing[world.builder_rows] + spent.shells
    open_now = (today.quarter >= jnp.asarray(world.vehicle_opens))[:, None]
    opened = quantize(jnp.where(open_now, standing[world.vehicle_rows] + spent.building, 0.0))
    given_up = abandonment(completion, moved.abandoned_gw, plans.site_cost)
    shell_cost = (1.0 - completion.chip_share) * plans.site_cost
    ready, lost, rest = moved.ready_gw * shell_cost, given_up.written_off_usd_bn, _shells_paid(completion, moved, plans)
    back = given_up.recovered_usd_bn
    whole = ready + lost + back + rest
    share = jnp.where(whole > 0, unfinished / jnp.where(whole > 0, whole, 1.0), 0.0)
    finished, abandoned = quantize((ready + back) * share), quantize(lost * share)

    reported = jnp.where(today.calendar.honest > 0, life, engine.reported_chip_life_years)
    q = today.quarter
    by_chips = jnp.asarray(world.vehicle_clock != OUTSIDE)[:, None]
    site_life = engine.site_life_years * jnp.ones_like(life)
    rented = engine.site_life_years * jnp.ones((len(world.vehicles), life.shape[1]))
    carried = jnp.concatenate([site_life, jnp.where(by_chips, reported[world.vehicle_clock], rented)])
    lasts = jnp.concatenate([site_life, jnp.where(by_chips, life[world.vehicle_clock], rented)])
    chips, chips_moved, chips_worn = world.chips.serve(before.chips, q, bought, reported, life)
    sites, sites_moved, sites_worn = world.sites.serve(
        before.sites, q, jnp.concatenate([finished, opened]), carried, lasts
    )
    other_life = engine.other_life_years * jnp.ones((len(world.other.owners), life.shape[1]))
    other, other_moved, other_worn = world.other.serve(
        before.other, q, spent.other[world.other_rows], other_life, other_life
    )
    worn = chips_worn + sites_worn[: len(world.builders)]
    charge = world.spread_to_members(worn).at[world.other_rows].add(other_worn)
    charge = charge.at[world.vehicle_rows].add(sites_worn[len(world.builders) :])
    plant = Plant(
        pipeline=moved.pipeline_gw,
        empty=before.empty + lost_gw - refitted,
        waiting=powered.waiting_gw,
        fleet=stays.at[:, today.quarter % world.chips.length].set(powered.online_gw + refitted),
        starts=jnp.concatenate([plans.starts[None], before.starts[:-1]]),
        chips=chips,
        sites=sites,
        other=other,
    )
    return Built(
        plant=plant,
        finished=finished,
        opened=opened,
        abandoned=abandoned,
        penalty=given_up.owed_usd_bn,
        chips_moved=chips_moved,
        sites_moved=sites_moved,
        other_moved=other_moved,
        economic_charge=charge,
        trapped=plans.trapped * spent.pace,
        charge_builders=worn,
    )


def _shells_paid(completion: CompletionParameters, moved: Advanced, plans: Plans) -> Float64[Array, "builder path"]:
    """What the shells of the sites that go on have cost so far, at today's prices."""
    shell, _ = cost_profile(completion, moved.pipeline_gw.shape[1])
    paid = jnp.cumsum(shell, axis=0) - shell
    return (moved.pipeline_gw * paid).sum(axis=1) * plans.site_cost
