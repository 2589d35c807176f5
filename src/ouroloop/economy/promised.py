"""What customers have promised to firms: what is signed and still to come, and letters of intent that bind nobody."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float64

from ouroloop.economy.inputs import Inputs
from ouroloop.economy.inventory import Letter
from ouroloop.economy.today import Today
from ouroloop.economy.world import World
from ouroloop.instruments.cloud_contract import CloudState
from ouroloop.instruments.lease import LeaseState
from ouroloop.instruments.order import OrderState

_ByContract = Float64[Array, "contract path"]


class Promised(eqx.Module):
    """Business that is still to come, by the firm that sells it, USD bn."""

    backlog: Float64[Array, "member path"]
    letters: Float64[Array, "member path"]


def promised(
    world: World, inputs: Inputs, today: Today, cloud: CloudState, orders: OrderState, leases: LeaseState
) -> Promised:
    """What can every firm show of compute, goods and space that it is to deliver?

    A letter of intent is one on every path until the quarter of its `Letter`; from then on it is backlog where it was
    signed and nothing where it was dropped. What a scenario calls off is neither.
    """
    signed, letters = _parts(
        world.cloud_letters, today, world.cloud.backlog(cloud), inputs.cloud_share, today.calendar.cloud_binds
    )
    ordered, intended = _parts(
        world.order_letters, today, world.orders.backlog(orders), inputs.order_share, today.calendar.order_binds
    )
    rents = world.leases.remaining_payments(leases) + world.leases.not_commenced(leases)
    return Promised(
        backlog=world.cloud_by_provider @ signed + world.orders_by_seller @ ordered + world.leases_by_landlord @ rents,
        letters=world.cloud_by_provider @ letters + world.orders_by_seller @ intended,
    )


def _parts(
    letters: Sequence[Letter], today: Today, to_come: _ByContract, share: Array, binds: Array
) -> tuple[_ByContract, _ByContract]:
    """What is signed, and what is a letter."""
    standing = to_come * binds
    if not letters:
        return standing * share, jnp.zeros_like(standing)
    decided, contract, _ = (jnp.asarray(column) for column in zip(*letters, strict=True))
    open_now = jnp.zeros((to_come.shape[0], 1), bool).at[contract, 0].set(today.quarter < decided)
    return jnp.where(open_now, 0.0, standing * share), jnp.where(open_now, standing, 0.0)
