"""Which promises hold on which path, and for how much of what was said?"""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ouroloop.core import Tier
from ouroloop.core.parameter import Parameter, parameter
from ouroloop.scenario.contracts.terms import Term


class Chances(eqx.Module):
    """How often promises that do not bind yet become firm, by tier."""

    conditional: Parameter = parameter("eco-contracts-002", unit="share")
    """Signed, with a milestone or an option before it."""
    letter: Parameter = parameter("eco-contracts-003", unit="share")
    """A letter of intent or an announcement."""
    reported: Parameter = parameter("eco-contracts-004", unit="share")
    """Known from talks or the press."""


def include(
    terms: Sequence[Term], uniforms: Float[Array, "contract path"], chances: Chances
) -> Float[Array, "contract path"]:
    """What part of each promise's point is owed on each path? 0 where it never becomes firm.

        holds = u < p (pending), always (otherwise);   v = u / p or u;   share = holds · Q(v) / point

    with p the chance of the promise's tier and Q the quantile of the triangle from low over point to high.

    Parameters
    ----------
    terms
        Promises in the order of `uniforms`, for instance `Contracts.terms`.
    uniforms
        Draws from (0, 1), one per promise and path. Pending legs of one circular bargain read the row of their first
        one: they stand or fall together, the less likely leg only where the more likely one stands.
    chances
        By tier, one for all paths or one per path on the last axis.

    Returns
    -------
    Shares >= 0 that multiply `payments.point_usd_bn`. Their mean for a letter of one sum is its chance; for a firm
    contract of 17.4 to 19.4 they lie between 17.4/18.4 and 19.4/18.4.

    Notes
    -----
    Not here: that a site is late (`delay` of the instruments), that somebody cannot pay, that a running contract is
    left. A pending promise of "up to 100" is one of 100 with its chance, as its 0 says only that nothing binds yet.
    """
    assert uniforms.shape[0] == len(terms), f"{len(terms)} promises, draws for {uniforms.shape[0]}"
    if not terms:
        return jnp.zeros(uniforms.shape)
    paths = uniforms.shape[1]
    certain = jnp.ones(paths)
    by_tier = {Tier.CONDITIONAL: chances.conditional, Tier.LETTER: chances.letter, Tier.REPORTED: chances.reported}
    chance = jnp.stack([jnp.broadcast_to(by_tier[term.tier], (paths,)) if term.pending else certain for term in terms])
    draw = jnp.asarray(uniforms)[np.asarray(rows_of(terms))]
    holds = draw < chance
    given = jnp.where(holds, draw / jnp.where(chance > 0, chance, 1.0), 0.5)
    low, point, high = (
        np.asarray([getattr(term.payments, end) for term in terms])[:, None] for end in ("low", "point", "high")
    )
    amount = _triangle(given, low, point, high)
    return jnp.where(holds, jnp.where(point > 0, amount / np.where(point > 0, point, 1.0), 1.0), 0.0)


def rows_of(terms: Sequence[Term]) -> tuple[int, ...]:
    """The row of draws that each promise reads: its own, or that of the first pending leg of its circular bargain."""
    first: dict[str, int] = {}
    return tuple(
        first.setdefault(term.link, number) if term.pending and term.link is not None else number
        for number, term in enumerate(terms)
    )


def _triangle(
    u: Float[Array, "contract path"],
    low: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    mode: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    high: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> Float[Array, "contract path"]:
    """The quantile of the triangular distribution; a lump where low is high."""
    width = high - low
    turn = np.where(width > 0, (mode - low) / np.where(width > 0, width, 1.0), 0.5)
    rising = low + width * jnp.sqrt(u * turn)
    falling = high - width * jnp.sqrt((1 - u) * (1 - turn))
    return jnp.where(u < turn, rising, falling)
