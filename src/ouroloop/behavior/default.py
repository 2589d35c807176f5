"""Default: who fails, what lenders and landlords get back, and what the firm is afterwards."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ouroloop.core.parameter import Parameter, parameter

SENIORITY = ("loan", "secured_bond", "unsecured_bond", "subordinated")
"""Ranks of claims, first to last."""

# 11 U.S.C. § 502(b)(6)(A): the rent of the greater of one year, or 15 percent, not to exceed three years, of the
# remaining term. A statute, not an assumption.
_CAP_LEAST_YEARS = 1.0
_CAP_SHARE = 0.15
_CAP_MOST_YEARS = 3.0

_Entities = Float[Array, "entity path"]
_Loans = Float[Array, "loan path"]
_Leases = Float[Array, "lease path"]


class DefaultParameters(eqx.Module):
    """When a firm fails, and what its creditors recover."""

    tolerance: Parameter = parameter("eco-finance-060", unit="USD bn")
    """A shortfall up to here is a dispute or a delay."""
    grace: Parameter = parameter("eco-finance-061", unit="quarters")
    no_new_starts: Parameter = parameter("eco-finance-062", unit="quarters")
    loan_recovery: Parameter = parameter("fund-060", unit="share")
    secured_bond_recovery: Parameter = parameter("fund-061", unit="share")
    unsecured_bond_recovery: Parameter = parameter("fund-062", unit="share")
    subordinated_recovery: Parameter = parameter("fund-063", unit="share")
    downturn_recovery: Parameter = parameter("fund-052", unit="share")
    """Of unsecured bonds when many firms fail."""
    bust_recovery: Parameter = parameter("fund-053", unit="share")
    """Of unsecured bonds when a whole sector fails."""


class DefaultState(eqx.Module):
    """What must be remembered of each firm."""

    quarters_short: _Entities
    """Quarters in a row in which it could not pay."""
    barred: _Entities
    """Quarters left in which it starts nothing new."""
    defaulted: _Entities
    """1 from the quarter of its first default on."""


class Defaults(eqx.Module):
    """Who fails in this quarter, and why: 1 or 0."""

    newly: _Entities
    liquidity: _Entities
    structural: _Entities


def open_default(entities: int, paths: int) -> DefaultState:
    """Nobody has failed yet."""
    zero = jnp.zeros((entities, paths))
    return DefaultState(zero, zero, zero)


def detect(
    parameters: DefaultParameters,
    state: DefaultState,
    *,
    shortfall: _Entities,
    equity_value: _Entities,
    debt: _Entities,
    default_point: _Entities,
    forced: _Entities | None = None,
) -> tuple[DefaultState, Defaults]:
    """Which firms fail this quarter?

    - liquidity: shortfall > tolerance in `grace` quarters in a row (1 if grace is below 1);
    - structural: equity value + debt < default point.

    A firm in reorganization (`barred` > 0) does not fail again before it is over.

    Parameters
    ----------
    shortfall
        Due and not paid after clearing, USD bn.
    equity_value, debt
        Market value of equity and all debt, USD bn: together the value of the firm's assets.
    default_point
        USD bn: short debt, half of long debt, and what else the caller counts. 0 switches the structural test off.
    forced
        1 where a scenario lets the firm fail.

    Returns
    -------
    The next state and `Defaults`. Failing is a step: no gradient passes through it, and none should be taken.

    References
    ----------
    Two tests: Davydenko 2013, Insolvency, illiquidity, and the risk of default (in a quarter of defaults only one of
    them is true). Default point: Crosbie and Bohn 2003, Modeling default risk (KMV).
    """
    free = state.barred <= 0
    short = (shortfall > parameters.tolerance) & free
    quarters = jnp.where(short, state.quarters_short + 1.0, 0.0)
    liquidity = short & (quarters >= jnp.maximum(parameters.grace, 1.0))
    structural = (equity_value + debt < default_point) & free
    newly = liquidity | structural
    if forced is not None:
        newly = newly | ((forced > 0) & free)
    as_number = jnp.result_type(float)
    bar = jnp.where(newly, parameters.no_new_starts, jnp.maximum(state.barred - 1.0, 0.0))
    after = DefaultState(
        quarters_short=jnp.where(newly, 0.0, quarters),
        barred=bar,
        defaulted=jnp.maximum(state.defaulted, newly.astype(as_number)),
    )
    return after, Defaults(newly.astype(as_number), liquidity.astype(as_number), structural.astype(as_number))


def may_start(state: DefaultState) -> _Entities:
    """1 for who may start something new, 0 for who is being reorganized."""
    return (state.barred <= 0).astype(jnp.result_type(float))


def recovery(
    parameters: DefaultParameters, seniority: Int[np.ndarray, " loan"], stress: Float[Array, " path"]
) -> _Loans:
    """Which share of its claim does each loan get back?

        recovery = mean of its rank x (unsecured recovery under stress / mean unsecured recovery)

    Unsecured recovery falls in straight lines from its mean (stress 0) over that of a downturn (stress 1/2) to that of
    a sector's bust (stress 1), and never rises with stress.

    Parameters
    ----------
    seniority
        Rank of each loan, as in `SENIORITY`; static.
    stress
        0 calm to 1 bust, e.g. the share of the loop's debt that is in default over what a bust would bring.

    Returns
    -------
    Share of the claim, 0 to 1: an average by rank. What this firm's assets fetch is for `capped_by_assets`.

    References
    ----------
    Means: Moody's 1987 to 2020 (`fund-060` to `fund-063`). That recovery falls when defaults rise: Altman, Brady, Resti
    and Sironi 2005, Journal of Business 78(6).
    """
    names = [f"{rank}_recovery" for rank in SENIORITY]
    means = jnp.stack(jnp.broadcast_arrays(*(jnp.atleast_1d(getattr(parameters, name)) for name in names)))
    calm = parameters.unsecured_bond_recovery
    downturn = jnp.minimum(parameters.downturn_recovery, calm)
    bust = jnp.minimum(parameters.bust_recovery, downturn)
    depth = 2.0 * jnp.clip(stress, 0.0, 1.0)
    first, second = jnp.minimum(depth, 1.0), jnp.maximum(depth - 1.0, 0.0)
    unsecured = calm + first * (downturn - calm) + second * (bust - downturn)
    factor = jnp.where(calm > 0, unsecured / jnp.where(calm > 0, calm, 1.0), 1.0)
    return means[seniority] * factor


def write_down(newly: _Entities, borrower: Int[np.ndarray, " loan"], recovered: _Loans) -> _Loans:
    """Which share of each loan is written off this quarter? (1 - recovery) where its borrower fails, else 0.

    The rest stays: the reorganized firm goes on with debt = recovery x old debt, due on new dates (`Loans.reorganize`).
    """
    return newly[borrower] * (1.0 - recovered)


def capped_by_assets(
    recovered: _Loans, claim: _Loans, borrower: Int[np.ndarray, " loan"], asset_value: _Entities
) -> _Loans:
    """What recovery remains if lenders together cannot get more than the assets are worth?

    All claims on a firm are cut by min(1, asset value / sum of recovery x claim). Claims in USD bn, before any cut.
    """
    wanted = jnp.zeros_like(asset_value).at[borrower].add(recovered * claim)
    value = jnp.maximum(asset_value, 0.0)
    cut = jnp.where(wanted > value, value / jnp.where(wanted > 0, wanted, 1.0), 1.0)
    return recovered * cut[borrower]


def rejected_contracts(
    newly: _Entities,
    debtor: Int[np.ndarray, " contract"],
    price: Float[Array, "contract path"],
    market_price: Float[Array, "contract path"],
) -> Float[Array, "contract path"]:
    """Which contracts does a failed firm reject? 1 for those under which it pays more than the market asks, else 0.

    11 U.S.C. § 365(a) lets it choose; it keeps what is cheap. Both prices in the same unit, whatever it is.
    """  # fmt: skip
    return newly[debtor] * (price > market_price).astype(newly.dtype)


def rejected_lease_claim(rent_per_year: _Leases, remaining_years: _Leases, unpaid: _Leases | None = None) -> _Leases:
    """How much may a landlord claim when a lease is rejected? USD bn.

        claim = rent per year x min(remaining, max(1, min(15 % of remaining, 3))) + rent unpaid so far

    by the reading that counts time: 15 % of the remaining years, at the present rent. Leases of real property only; not
    for leased chips. The claim is unsecured: what is paid on it is its recovery. It is far below the rents that are
    lost, and the difference is the landlord's loss.

    Examples
    --------
    Ten years at 2: 15 % is 1.5 years, a claim of 3. Thirty years: the cap of three years, 6. Half a year: 1.

    References
    ----------
    11 U.S.C. § 502(b)(6). Reading by time: In re Cortlandt Liquidating LLC, 648 B.R. 137 (Bankr. S.D.N.Y. 2023).
    """
    years = jnp.clip(_CAP_SHARE * remaining_years, _CAP_LEAST_YEARS, _CAP_MOST_YEARS)
    claim = rent_per_year * jnp.minimum(years, jnp.maximum(remaining_years, 0.0))
    return claim if unpaid is None else claim + unpaid
