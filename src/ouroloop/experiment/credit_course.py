"""How far each firm is from failing on every path, quarter by quarter: distance, spread, rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ouroloop.economy.track import MEMBER_MEASURES
from ouroloop.market.first_passage import survival_with_uncertain_barrier
from ouroloop.market.merton import Assets, implied_assets
from ouroloop.market.price_of_risk import real_world
from ouroloop.scenario.credit import RECOVERY
from ouroloop.scenario.estimate import assumption
from ouroloop.scenario.grades import (
    BARRIER,
    CALLED,
    LETTERS,
    PRICE_OF_RISK,
    TENOR_YEARS,
    VOLATILITY,
    letters_table,
)

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.economy.track import Track

STATES = (*LETTERS, "D", "no debt")
"""A letter, default, or nothing to default on: a structural model has no word on who owes nothing."""
_AT = {name: row for row, name in enumerate(MEMBER_MEASURES)}

Promises = Literal["left out", "counted"]


@dataclass(frozen=True, eq=False)
class CreditCourse:
    """The credit of some firms on an economy's paths."""

    firms: tuple[str, ...]
    distance: Float[np.ndarray, "firm quarter path"]
    """Standard deviations of a year between what the firm owns and its default point; 0 after default, infinite for
    who owes nothing."""
    default_probability: Float[np.ndarray, "firm quarter path"]
    """Within five years, priced; 1 after default."""
    spread_bp: Float[np.ndarray, "firm quarter path"]
    """That breaks even over five years at a recovery of 40 %; NaN after default."""
    state: Int[np.ndarray, "firm quarter path"]
    """Place in `STATES`: the letter whose firms fail as often within five years, the price of risk taken out."""

    def shares(self) -> Float[np.ndarray, "firm state quarter"]:
        """The share of paths in each state."""
        return np.stack([(self.state == n).mean(axis=-1) for n in range(len(STATES))], axis=1)


def credit_course(
    dossier: Dossier, members: Sequence[str], track: Track, firms: Sequence[str], promises: Promises = "left out"
) -> CreditCourse:
    """How far are these firms from failing, on every path and in every quarter?

        assets = value of shares + debt,   default point = due within a year + half of the rest + part of guarantees

    and rents signed but not begun where promises count. The firm fails when assets first fall to the default point,
    whose place is uncertain; assets move as they did at the opening, when the model of Merton reads it off the shares.
    What a structural model says of a firm that the economy keeps in cash is not what the economy does: there a firm
    fails when it cannot pay, or by a rule of its own.

    Raises BadInput `no-assumption` on days on which one of the model's parameters is not known.
    """
    rows = [list(members).index(firm) for firm in firms]
    read = (assumption(dossier, name).value for name in (VOLATILITY, BARRIER, CALLED, PRICE_OF_RISK))
    volatility, deviation, called, price_of_risk = read
    of = {name: jnp.asarray(np.asarray(track.members)[_AT[name]][rows]) for name in _NEEDED}
    distance, probability = _distances(of, volatility, deviation, called, 1.0 if promises == "counted" else 0.0)
    failed = np.asarray(of["defaulted"]) > 0
    distance = np.where(failed, 0.0, np.asarray(distance))
    probability = np.where(failed, 1.0, np.asarray(probability))
    within = letters_table(dossier).probability[:, TENOR_YEARS - 1]
    happens = np.asarray(real_world(jnp.asarray(probability), float(TENOR_YEARS), price_of_risk))
    letter = np.minimum(np.searchsorted(within, happens), len(LETTERS) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = -np.log1p(-np.where(failed, np.nan, probability)) / TENOR_YEARS
    return CreditCourse(
        firms=tuple(firms),
        distance=distance,
        default_probability=probability,
        spread_bp=1e4 * (1.0 - RECOVERY) * hazard,
        state=np.where(failed, len(LETTERS), np.where(np.isinf(distance), len(LETTERS) + 1, letter)),
    )


_NEEDED = ("equity_value", "debt", "maturing_in_year", "leases_not_commenced", "guarantees_given", "defaulted")


@jax.jit
def _distances(
    of: dict[str, Float[Array, "firm quarter path"]],
    share_volatility: float,
    deviation: float,
    called: float,
    promises: float,
) -> tuple[Float[Array, "firm quarter path"], Float[Array, "firm quarter path"]]:
    soon = jnp.minimum(of["maturing_in_year"], of["debt"])
    owed = soon + 0.5 * (of["debt"] - soon) + called * of["guarantees_given"]
    point = owed + promises * of["leases_not_commenced"]
    owes = point > 1e-6
    safe = jnp.where(owes, point, 1.0)
    value = jnp.maximum(of["equity_value"], 1e-6) + of["debt"]
    first = slice(0, 1)
    opening = implied_assets(
        jnp.maximum(of["equity_value"][:, first], 1e-3), share_volatility, safe[:, first], 0.0, 1.0
    )
    moves = jnp.broadcast_to(jnp.where(owes[:, first], opening.volatility, share_volatility), value.shape)
    stays = survival_with_uncertain_barrier(Assets(value, moves), safe, deviation, 0.0, float(TENOR_YEARS))
    distance = jnp.where(owes, jnp.log(value / safe) / moves, jnp.inf)
    return distance, jnp.where(owes, 1.0 - stays, 0.0)
