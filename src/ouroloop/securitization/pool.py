"""Pools of few tenants: every exposure as it is, and the distribution of what is lost, by exact convolution."""

from __future__ import annotations

from functools import partial
from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import Tracer
from jax.scipy.special import gammaln, ndtr
from jaxtyping import Array, Float, Int
from scipy import stats

from ouroloop.core import BadInput, Place, Problem
from ouroloop.securitization.large_pool import chance_of_more, conditional_probability

_Names = Float[np.ndarray, " name"]
_FACTOR_NODES = 64
_MIXING_NODES = 48

Copula = Literal["gaussian", "t"]


class Losses(eqx.Module):
    """What a pool loses, in whole units, and how likely that is."""

    unit: float = eqx.field(static=True)
    """The share of the pool that one unit is."""
    probability: Float[Array, "units *batch"]

    @property
    def share(self) -> Float[np.ndarray, " units"]:
        """The share of the pool that is lost in each case."""
        return self.unit * np.arange(self.probability.shape[0])

    @property
    def expected(self) -> Float[Array, "*batch"]:
        """The share that is lost on average."""
        return jnp.tensordot(self.share, self.probability, axes=1)


class TrancheLoss(eqx.Module):
    """What a tranche bears, as shares of its own size."""

    hit: Float[Array, "*batch"]
    """How likely it loses anything."""
    expected: Float[Array, "*batch"]
    wiped_out: Float[Array, "*batch"]


def losses(
    exposure: _Names,
    loss_given_default: _Names | float,
    probability: Float[Array, "name *batch"],
    correlation: float,
    *,
    unit: float = 1e-3,
    copula: Copula = "gaussian",
    degrees: float = 4.0,
) -> Losses:
    """How much does a pool lose, if its tenants fail together more often than apart?

    Given the common factor tenants fail independently, and the distribution of their losses is an exact convolution;
    it is averaged over the factor by quadrature. With the t copula a second chance scales all of them: in the tail they
    fail together even without correlation.

    Parameters
    ----------
    exposure
        Of each tenant; shares are taken of their sum.
    loss_given_default
        0 to 1, one for all or one each.
    probability
        That each fails until the horizon, 0 to 1; further axes are further cases.
    correlation
        Of asset values, 0 to below 1.
    unit
        Losses are counted in so much of the pool: each is rounded to whole units, 0.1 % unless said otherwise.
    degrees
        Of freedom of the t copula; few make the tail heavier.

    Returns
    -------
    Probabilities of 0, 1, 2 ... units; they sum to 1 up to rounding.

    Raises BadInput `bad-pool` with everything that is wrong with the exposures.

    References
    ----------
    Andersen, Sidenius and Basu 2003, All your hedges in one basket, Risk (the recursion).
    """
    exposure = np.asarray(exposure, np.float64)
    lost = np.broadcast_to(np.asarray(loss_given_default, np.float64), exposure.shape)
    _check(exposure, lost, probability, correlation)
    units = np.rint(exposure / exposure.sum() * lost / unit).astype(np.int64)
    nodes, weights = np.polynomial.hermite_e.hermegauss(_FACTOR_NODES)
    weights = weights / weights.sum()
    p = jnp.asarray(probability, jnp.float64)
    if copula == "gaussian":
        fails = conditional_probability(p[..., None], correlation, jnp.asarray(nodes))
    else:
        scale, mixed = _mixing(degrees)
        nodes, weights = np.repeat(nodes, len(scale)), np.outer(weights, mixed).ravel()
        at = t_quantile(p, degrees)[..., None] * np.tile(scale, _FACTOR_NODES)
        fails = ndtr((at - np.sqrt(correlation) * nodes) / np.sqrt(1.0 - correlation))
    return Losses(unit, _mixed(int(units.sum()) + 1, units, fails, weights))


def _check(exposure: np.ndarray, lost: np.ndarray, probability: Array, correlation: float) -> None:
    """Probabilities are looked at where they are numbers, not while something is differentiated or compiled."""
    wrong: list[tuple[str, str, str]] = []
    for n, (size, part) in enumerate(zip(exposure, lost, strict=True)):
        if not size > 0:
            wrong.append((f"tenant {n}", f"an exposure of {size:g}", "exposures are above 0"))
        if not 0 <= part <= 1:
            wrong.append((f"tenant {n}", f"a loss given default of {part:g}", "it lies between 0 and 1"))
    if not isinstance(probability, Tracer):
        by_name = np.asarray(probability).reshape(len(probability), -1)
        for n in np.flatnonzero(~((by_name >= 0) & (by_name <= 1)).all(axis=1)):
            wrong.append((f"tenant {n}", "a probability of default outside of 0 to 1", "0.02 is 2 %"))
    if not 0 <= correlation < 1:
        wrong.append(("pool", f"a correlation of {correlation:g}", "it lies from 0 to below 1"))
    if probability.shape[0] != len(exposure):
        wrong.append(("pool", f"{probability.shape[0]} probabilities for {len(exposure)} tenants", "one for each"))
    if wrong:
        raise BadInput([Problem(Place(place), "bad-pool", message, hint) for place, message, hint in wrong])


@partial(jax.jit, static_argnums=0)
def _mixed(
    size: int,
    units: Int[np.ndarray, " name"],
    fails: Float[Array, "name *batch node"],
    weights: Float[np.ndarray, " node"],
) -> Float[Array, "units *batch"]:
    """The average over nodes of the distribution of losses, 0 to `size` - 1 units, at each of them.

    One tenant after the other: either it fails and the loss moves up by its units, or it does not.
    """

    def add(made: Array, tenant: tuple[Array, Array]) -> tuple[Array, None]:
        step, chance = tenant
        from_below = jnp.arange(size).reshape(-1, *[1] * (made.ndim - 1)) >= step
        return made + chance * (jnp.where(from_below, jnp.roll(made, step, axis=0), 0.0) - made), None

    start = jnp.zeros((size, *fails.shape[1:])).at[0].set(1.0)
    return lax.scan(add, start, (jnp.asarray(units), fails))[0] @ weights


def _mixing(degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of sqrt(chi-squared/degrees), the scale that all tenants of a t copula share."""
    nodes, weights = np.polynomial.legendre.leggauss(_MIXING_NODES)
    end = float(stats.chi.isf(1e-14, degrees))
    at = (nodes + 1) * end / 2
    mixed = weights * stats.chi.pdf(at, degrees)
    return at / np.sqrt(degrees), mixed / mixed.sum()


@jax.custom_jvp
def t_quantile(p: Array, degrees: Array | float) -> Array:
    """Where the distribution function of Student's t reaches p: SciPy's, JAX has none."""

    def on_host(p: np.ndarray, degrees: np.ndarray) -> np.ndarray:
        return np.asarray(stats.t.ppf(p, degrees), np.float64)

    return jax.pure_callback(on_host, jax.ShapeDtypeStruct(p.shape, jnp.float64), p, degrees)


@t_quantile.defjvp
def _t_quantile_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    p, degrees = primals
    at = t_quantile(p, degrees)
    log_density = (
        gammaln((degrees + 1) / 2)
        - gammaln(degrees / 2)
        - 0.5 * jnp.log(degrees * jnp.pi)
        - (degrees + 1) / 2 * jnp.log1p(at**2 / degrees)
    )
    return at, tangents[0] * jnp.exp(-log_density)


def tranche_loss(of: Losses, attachment: float, detachment: float) -> TrancheLoss:
    """What does the tranche between these shares of the pool bear? 0 <= attachment < detachment <= 1.

        loss = min(max(pool loss - attachment, 0), detachment - attachment)

    Tranches that cover 0 to 1 without gap bear together what the pool loses. Raises BadInput `bad-tranche`.
    """
    if not 0 <= attachment < detachment <= 1:
        message = f"a tranche from {attachment:g} to {detachment:g} of the pool"
        raise BadInput([Problem(Place("tranche"), "bad-tranche", message, "0 <= attachment < detachment <= 1")])
    size = detachment - attachment
    borne = np.clip(of.share - attachment, 0.0, size) / size
    tiny = 1e-9

    def total(where: np.ndarray) -> Array:
        return jnp.tensordot(where.astype(np.float64), of.probability, axes=1)

    return TrancheLoss(total(borne > tiny), total(borne), total(borne > 1 - tiny))


class Lumpiness(eqx.Module):
    """How far a pool is from the large one that ratings by formula assume."""

    effective_names: float = eqx.field(static=True)
    """Equal tenants that would be as concentrated: 1 over the sum of squared shares."""
    largest_share: float = eqx.field(static=True)
    hit: Float[Array, ""]
    """How likely the tranche loses anything, with the pool as it is."""
    hit_if_equal: Float[Array, ""]
    """With as many tenants of equal size."""
    hit_if_large: Float[Array, ""]
    """By the formula for endlessly many."""

    @property
    def too_lumpy(self) -> bool:
        """Is a loss more than twice as likely as with equal tenants? Then a rating that looks at averages misleads."""
        return bool(self.hit > 2.0 * self.hit_if_equal)


def lumpiness(
    exposure: _Names, loss_given_default: float, probability: float, correlation: float, attachment: float
) -> Lumpiness:
    """Is the pool too lumpy for a tranche that begins at this share to be rated as if it were large?"""
    share = np.asarray(exposure, np.float64) / np.sum(exposure)
    names = len(share)

    def hit(of: np.ndarray) -> Array:
        made = losses(of, loss_given_default, jnp.full(names, probability), correlation)
        return tranche_loss(made, attachment, 1.0).hit

    return Lumpiness(
        effective_names=float(1 / (share**2).sum()),
        largest_share=float(share.max()),
        hit=hit(share),
        hit_if_equal=hit(np.full(names, 1 / names)),
        hit_if_large=chance_of_more(attachment / loss_given_default, probability, correlation),
    )


def at_least(count: int, names: int, probability: Float[Array, " time"], correlation: float) -> Float[Array, " time"]:
    """How likely do at least so many of equal names fail, until each time? The law of a k-th-to-default basket."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_FACTOR_NODES)
    fails = conditional_probability(probability[:, None], correlation, jnp.asarray(nodes))

    def add(made: Array, _: Array) -> tuple[Array, None]:
        moved = jnp.concatenate([jnp.zeros_like(made[:1]), made[:-1]])
        return made + fails * (moved - made), None

    start = jnp.zeros((names + 1, *fails.shape)).at[0].set(1.0)
    made, _ = lax.scan(add, start, jnp.arange(names))
    return made[count:].sum(axis=0) @ (weights / weights.sum())
