"""How much of its free cash does a vendor put back into its customers, and what does it promise on top?"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

QUARTERS = 4

ByCustomer = Float[Array, "vendor customer path"]


class VendorParameters(eqx.Module):
    """A vendor's policy toward its customers."""

    recycled_share: Parameter = parameter("beh-012", unit="share of free cash flow")
    promised_share: Parameter = parameter("beh-014", unit="share of yearly revenue")
    in_kind_share: Parameter = parameter("eco-real-013", unit="share of promises")


class Promises(eqx.Module):
    """New promises of a quarter, USD bn: no cash today."""

    guaranteed_usd_bn: ByCustomer
    in_kind_usd_bn: ByCustomer
    """Compute credits and other service, at the price the customer would pay."""


def _among_customers(total: Float[Array, "vendor path"], weights: Float[Array, "vendor customer"]) -> ByCustomer:
    """Split by weights; a vendor without customers gives nothing."""
    given = jnp.maximum(weights, 0.0)
    whole = given.sum(axis=1, keepdims=True)
    return (given / jnp.where(whole > 0, whole, 1.0))[:, :, None] * total[:, None, :]


def recycled(
    parameters: VendorParameters,
    *,
    free_cash_flow: Float[Array, "vendor path"],
    policy_scale: Float[Array, "vendor path"],
    weights: Float[Array, "vendor customer"],
) -> ByCustomer:
    """What does each vendor invest in each customer in this quarter, USD bn?

    min(1, share x policy scale) x free cash flow where that is above 0, split by `weights` (their proportions). Never
    more than the free cash: a vendor that would borrow for its customers is a lender, and a decision of its own.

    `policy_scale` is 1; 0 is a vendor that stops investing.

    Free cash of 20, a share of 18 %, weights 3 and 1: 2.7 and 0.9.
    """
    share = jnp.clip(parameters.recycled_share * policy_scale, 0.0, 1.0)
    return _among_customers(share * jnp.maximum(free_cash_flow, 0.0), weights)


def promised(
    parameters: VendorParameters,
    *,
    revenue_usd_bn: Float[Array, "vendor path"],
    outstanding_usd_bn: Float[Array, "vendor path"],
    free_cash_flow: Float[Array, "vendor path"],
    policy_scale: Float[Array, "vendor path"],
    weights: Float[Array, "vendor customer"],
) -> Promises:
    """What does each vendor newly guarantee, or promise in kind, to each customer in this quarter, USD bn?

    Promises grow with sales: up to a share of yearly revenue may be outstanding, and what is missing is promised now,
    but no more than the free cash that `recycled` leaves, so that both together could be paid:

        new = min(max(0, scale x share x 4 x revenue - outstanding), max(0, free cash) - recycled)

    `revenue_usd_bn` and `free_cash_flow` are those of the quarter. A part of it is in kind. Nothing is taken back: what
    is outstanding beyond the limit runs off by its own terms.

    Revenue of 10 (40 a year), a limit of 21 %, 5 outstanding and cash enough: 3.4 new, at 30 % in kind 1.02 of it.

    Reference: the promises of Lucent to finance its customers, 1999 to 2000, over its revenue.
    """
    limit = jnp.maximum(policy_scale, 0.0) * parameters.promised_share * QUARTERS * jnp.maximum(revenue_usd_bn, 0.0)
    invested = jnp.clip(parameters.recycled_share * policy_scale, 0.0, 1.0)
    left = (1.0 - invested) * jnp.maximum(free_cash_flow, 0.0)
    new = jnp.minimum(jnp.maximum(limit - outstanding_usd_bn, 0.0), left)
    shared = _among_customers(new, weights)
    return Promises((1.0 - parameters.in_kind_share) * shared, parameters.in_kind_share * shared)
