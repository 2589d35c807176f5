"""What do outside customers spend on AI, for how long do they keep paying, and whom do they pay?

The only money that the loop does not bring itself. It follows what users keep paying for: a logistic toward a ceiling
that reliability sets, lifted once when the payoff arrives.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jax.nn import softmax
from jax.scipy.special import ndtr, ndtri
from jaxtyping import Array, Bool, Float, Int

from ouroloop.core.parameter import Parameter, parameter

QUARTERS = 4
_LEAST_SHARE = 1e-300
"""Stands for a share of 0, whose logarithm is not finite."""
_NEVER = 2**31 - 1
"""The last quarter that an int32 can name: a payoff that no run sees."""


class DemandParameters(eqx.Module):
    """What sets the ceiling of outside spend, its growth, who leaves, and when the payoff comes."""

    growth_persistence: Parameter = parameter("dem-035", unit="factor per year")
    growth_volatility: Parameter = parameter("eco-real-003", unit="log sd per year")
    growth_hidden: Parameter = parameter("eco-real-014", unit="x of the growth seen")
    wage_growth: Parameter = parameter("eco-real-001", unit="log per year")
    """Also where growth of spend returns to before the payoff: in the long run, that of the wages that pay for it."""
    wages_usd_bn_per_year: Parameter = parameter("lab-003", unit="USD bn per year")
    wages_in_reach: Parameter = parameter("eco-real-002", unit="x of US wages")
    reliable_tasks: Parameter = parameter("lab-008", unit="share of wages")
    """Work that today's reliability makes worth paying for: the ceiling before the payoff."""
    possible_tasks: Parameter = parameter("lab-006b", unit="share of wages")
    """Work that can be done once software around the models makes them reliable: the ceiling after it."""
    price_share: Parameter = parameter("lab-009", unit="share of the wage saved")
    takeoff_years: Parameter = parameter("dem-052", unit="years from a tenth to one half")
    """How fast the new ceiling is approached after the payoff: the logistic's growth is ln 9 over these years."""
    token_price_change: Parameter = parameter("dem-033", unit="change per year")
    price_elasticity: Parameter = parameter("dem-034", unit="elasticity")
    business_loss: Parameter = parameter("dem-024", unit="per year")
    consumer_loss: Parameter = parameter("dem-023", unit="per month")
    consumer_share: Parameter = parameter("eco-real-004", unit="share of spend")
    share_swing: Parameter = parameter("dem-026", unit="share per month")
    payoff_delay_years: Parameter = parameter("dem-060", unit="years")
    payoff_late: Parameter = parameter("eco-real-005", unit="90th percentile over median")


class DemandState(eqx.Module):
    """Outside demand at the end of a quarter."""

    spend_usd_bn: Float[Array, " path"]
    """What outside customers spend in this quarter, on all sellers."""
    growth: Float[Array, " path"]
    """Log growth per year that spend would have with no ceiling near; what is seen is growth x (1 - spend/ceiling)."""
    utility: Float[Array, "seller path"]
    token_price: Float[Array, " path"]
    """Revenue per token, 1 at the opening."""
    payoff_arrived: Bool[Array, " path"]
    wages: Float[Array, " path"]
    """The wage bill, 1 at the opening."""


class Payers(eqx.Module):
    """A quarter's spend by what its payers did, USD bn: stayed + joined is spend now, stayed + left spend before."""

    stayed_usd_bn: Float[Array, " path"]
    joined_usd_bn: Float[Array, " path"]
    left_usd_bn: Float[Array, " path"]


def open_demand(
    spend_usd_bn: Float[Array, " path"], growth: Float[Array, " path"], share: Float[Array, "seller path"]
) -> DemandState:
    """Which state has this quarter's spend, yearly log growth and shares of sellers? No payoff yet.

    `growth` is that with no ceiling near; `free_growth` finds it from the growth that was seen.
    A share of 0 is a seller that no swing of taste brings in. Shares need not add up to 1: only their proportions
    count.
    """
    return DemandState(
        spend_usd_bn=spend_usd_bn,
        growth=growth,
        utility=jnp.log(jnp.maximum(share, _LEAST_SHARE)),
        token_price=jnp.ones_like(spend_usd_bn),
        payoff_arrived=jnp.zeros_like(spend_usd_bn, dtype=bool),
        wages=jnp.ones_like(spend_usd_bn),
    )


def ceiling_usd_bn(parameters: DemandParameters, state: DemandState) -> Float[Array, " path"]:
    """What is the most that users keep paying for in a quarter?

    wages x part of the work that AI does reliably enough x part of the wage saved that AI costs, USD bn per quarter.
    Central, before the payoff: 15,800 x 2 x 0.046 x 0.2 / 4 = 72.7. No forecast of revenue: nobody need reach it.

    Reference: Acemoglu (2025, Economic Policy 40:13) for the part that pays; Eloundou et al. (2024, Science 384:1306)
    for the part that is possible.
    """
    tasks = jnp.where(state.payoff_arrived, parameters.possible_tasks, parameters.reliable_tasks)
    wages = parameters.wages_usd_bn_per_year * parameters.wages_in_reach * state.wages
    return wages * tasks * parameters.price_share / QUARTERS


def free_growth(
    parameters: DemandParameters, spend_usd_bn: Float[Array, " path"], seen: Float[Array, " path"]
) -> Float[Array, " path"]:
    """Which yearly log growth would spend have without a ceiling, if this growth was seen at the opening?

    seen / (1 - spend/ceiling), the logistic read backward, at most `growth_hidden` times what was seen: near its
    ceiling, or above it, spend says nothing about its free growth. A fall that was seen is as free as it looks.
    Half way to the ceiling, 0.5 seen: 1.0.
    """
    room = 1.0 - spend_usd_bn / ceiling_usd_bn(parameters, open_demand(spend_usd_bn, seen, seen[None]))
    most = parameters.growth_hidden
    return jnp.where(seen > 0, seen / jnp.maximum(room, 1.0 / most), seen)


def loss_per_year(parameters: DemandParameters) -> Parameter:
    """At which log rate per year do those who pay now stop, newcomers not counted?

    Consumers leave by the month and firms by the year: -ln of what is left after a year of both.
    """
    kept = (1.0 - parameters.consumer_loss) ** 12
    mix = parameters.consumer_share * kept + (1.0 - parameters.consumer_share) * (1.0 - parameters.business_loss)
    return -jnp.log(mix)


def step_demand(
    parameters: DemandParameters,
    state: DemandState,
    *,
    payoff_now: Bool[Array, " path"],
    spend_factor: Float[Array, " path"],
    share_factor: Float[Array, "seller path"],
    shocks_growth: Float[Array, " path"],
    shocks_utility: Float[Array, "seller path"],
    price_factor: Float[Array, " path"] | float = 1.0,
) -> DemandState:
    """What is outside demand one quarter later?

    With S spend, C its ceiling, g growth, rho the yearly persistence, sigma the volatility, lambda the log rate at
    which payers leave, and m the growth of wages before the payoff, ln 9 / (years from a tenth to one half) after it:

        g' = m + (g - m) rho^(1/4) + sigma/2 z;  in the quarter of the payoff at least m
        below C, g' > 0:  d ln S/dt = g' (1 - S/C), solved for the quarter: S' = S e^x / (1 + (e^x - 1) S/C), x = g'/4
        else:             ln S' - ln S = max(-lambda/4, min(0, ln C/S) + min(0, g')/4)

    Above the ceiling nobody new comes, so spend falls, and no faster than payers leave: contracts and habits hold.
    Then S' is multiplied by `spend_factor` and by what an unexpected change of the token price does, f^(1 + elasticity)
    with f `price_factor`; the usual fall of the price is inside the growth already.

    Parameters
    ----------
    payoff_now
        Does the payoff arrive in this quarter? Once there, it stays.
    spend_factor, share_factor, price_factor
        1 where nothing happens. Each changes the level for good; a share factor of 0 takes a seller out.
    shocks_growth, shocks_utility
        Independent standard normal draws.

    Notes
    -----
    Shares are logit in utilities that walk at random. At an even split of two, a share moves by a quarter of the
    difference of utilities, so a monthly swing s of the share is sqrt(3) s / (1/4) of utility in a quarter, shared by
    two independent sellers: sd = 4 sqrt(3/2) s each. Shares away from one half swing less. Logistic: Verhulst (1838);
    logit shares: McFadden (1974).
    """
    arrived = state.payoff_arrived | payoff_now
    wages = state.wages * jnp.exp(parameters.wage_growth / QUARTERS)
    keeps = parameters.growth_persistence ** (1.0 / QUARTERS)
    surprise = parameters.growth_volatility * QUARTERS**-0.5 * shocks_growth
    usual = jnp.where(arrived, jnp.log(9.0) / parameters.takeoff_years, parameters.wage_growth)
    growth = usual + (state.growth - usual) * keeps + surprise
    growth = jnp.where(arrived & ~state.payoff_arrived, jnp.maximum(growth, usual), growth)

    price = jnp.maximum(1.0 + parameters.token_price_change, 0.0) ** (1.0 / QUARTERS) * price_factor
    utility = state.utility + jnp.log(jnp.maximum(share_factor, _LEAST_SHARE))
    utility = utility + 4.0 * 1.5**0.5 * parameters.share_swing * shocks_utility
    before = DemandState(state.spend_usd_bn, growth, utility, state.token_price * price, arrived, wages)

    filled = state.spend_usd_bn / ceiling_usd_bn(parameters, before)
    up = jnp.exp(jnp.maximum(growth, 0.0) / QUARTERS)
    rise = up / (1.0 + (up - 1.0) * jnp.minimum(filled, 1.0))
    wanted = jnp.minimum(growth, 0.0) / QUARTERS - jnp.log(jnp.maximum(filled, 1.0))
    fall = jnp.exp(jnp.maximum(wanted, -loss_per_year(parameters) / QUARTERS))
    cheaper = jnp.asarray(price_factor) ** (1.0 + parameters.price_elasticity)
    spend = state.spend_usd_bn * rise * fall * cheaper * spend_factor
    return DemandState(spend, growth, utility, before.token_price, arrived, wages)


def payers(parameters: DemandParameters, before: DemandState, after: DemandState) -> Payers:
    """Who kept paying? Spend of one quarter against the next, by those who stayed, joined and left.

    At least the usual loss leaves, more where spend falls by more. Growth hides it; it shows when spend stops growing.
    """
    stays = before.spend_usd_bn * jnp.exp(-loss_per_year(parameters) / QUARTERS)
    stayed = jnp.minimum(stays, after.spend_usd_bn)
    return Payers(stayed, after.spend_usd_bn - stayed, before.spend_usd_bn - stayed)


def spend_by_seller(state: DemandState) -> Float[Array, "seller path"]:
    """Whom do outside customers pay in this quarter? Logit shares of spend, USD bn; they add up to spend."""
    return softmax(state.utility, axis=0) * state.spend_usd_bn


def payoff_quarter(
    parameters: DemandParameters, uniform: Float[Array, " path"], opening_quarter_offset_years: Float[Array, ""] | float
) -> Int[Array, " path"]:
    """In which quarter after the opening (0 is the first) does AI become reliable enough to pay for itself?

    T = median x (late)^(z/z90) years after the clock's start, lognormal, with z the standard normal quantile of
    `uniform`; given that it has not come by the opening, `opening_quarter_offset_years` after the start (negative when
    the start is still to come). Answer: the whole quarters in T - offset. A quarter beyond every run means never.

    >>> from jax import numpy as jnp
    >>> seven = DemandParameters(**{**dict.fromkeys(DemandParameters.__dataclass_fields__, jnp.asarray(1.0)),
    ...     "payoff_delay_years": jnp.asarray(7.0), "payoff_late": jnp.asarray(1.3)})
    >>> payoff_quarter(seven, jnp.asarray([0.5]), -0.1).tolist()  # the median, 7.1 years
    [28]

    Reference: the articles' six to ten years for the spread; slower and faster technologies for the median. None is AI.
    """
    spread = jnp.log(parameters.payoff_late) / ndtri(0.9)
    offset = jnp.asarray(opening_quarter_offset_years)
    started = offset > 0
    passed = jnp.log(jnp.where(started, offset, 1.0) / parameters.payoff_delay_years) / spread
    still = jnp.where(started, ndtr(-passed), 1.0)  # the chance that it has not come by the opening
    # Counted from the late end, where ndtri keeps its digits however late the opening is.
    score = -ndtri(still * (1.0 - uniform))
    years = parameters.payoff_delay_years * jnp.exp(spread * score) - offset
    quarters = jnp.floor(jnp.maximum(years, 0.0) * QUARTERS)
    return jnp.minimum(quarters, _NEVER).astype(jnp.int32)
