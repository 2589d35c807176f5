"""How often does a firm fail, by how far its assets are above what it owes?"""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.market.first_passage import survival_with_uncertain_barrier
from ouroloop.market.merton import Assets, implied_assets
from ouroloop.market.price_of_risk import real_world


def chance_at_distance(
    equity: Float[Array, " firm"],
    default_point: Float[Array, " firm"],
    volatility: Float[Array, ""],
    deviation: Float[Array, ""],
    price_of_risk: Float[Array, ""],
    *,
    distances: Float[np.ndarray, " distance"],
    years: float,
) -> tuple[Float[Array, "firm distance"]]:
    """How likely does each firm fail within `years` if ln(assets / default point) is each of `distances`?

    The chance of a first passage with an uncertain barrier, at the volatility of assets that shares and debt of today
    imply, less the price of risk. `equity`, `default_point`: USD bn. `volatility`: of shares, log per root year.
    `deviation`: of the logarithm of the barrier. One program of its own (`economy.kept`), hence the tuple.
    """
    owes = default_point > 1e-6
    implied = implied_assets(jnp.maximum(equity, 1e-3), volatility, jnp.where(owes, default_point, 1.0), 0.0, 1.0)
    moves = jnp.where(owes, implied.volatility, volatility)[:, None]
    assets = Assets(jnp.exp(jnp.asarray(distances))[None] + 0.0 * moves, moves)
    stays = survival_with_uncertain_barrier(assets, jnp.ones_like(moves), deviation, 0.0, years)
    return (real_world(1.0 - stays, years, price_of_risk),)
