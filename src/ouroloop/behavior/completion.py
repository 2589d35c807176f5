"""Finish or abandon? Sites under construction, stage by stage, as an option that is hard to give up.

A homeowner can throw the keys to the bank: the house is worth less than the loan, so the loan is the bank's. A builder
of data centers cannot: contracts bind it, half a building is worth next to nothing, and what is left to pay is always
less than the whole. So it goes on paying for what has lost money already: `trap_index` counts that, and `walk_away` is
the homeowner's choice beside it.
"""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

QUARTERS = 4
STAGES = 6
"""Stages of a site: the fastest campus takes a year and a half, one quarter in each."""
CHIP_STAGES = 2
"""The last of them, in which chips and networks are paid for; the shell comes before."""
_TINY = 1e-300

ByStage = Float[Array, "builder stage path"]
ByBuilder = Float[Array, "builder path"]


class CompletionParameters(eqx.Module):
    """What a site consists of, how long it takes, and what leaving it costs and brings."""

    chip_share: Parameter = parameter("chip-004", unit="share of cost")
    build_years: Parameter = parameter("chip-024", unit="years")
    let_share: Parameter = parameter("chip-018", unit="share of GW under construction")
    leaving_cost: Parameter = parameter("chip-029", unit="share of the contract")
    recovery: Parameter = parameter("chip-031", unit="share of what was spent")


class Advanced(eqx.Module):
    """A quarter's progress, GW: pipeline before + starts = pipeline + ready + abandoned."""

    pipeline_gw: ByStage
    ready_gw: ByBuilder
    abandoned_gw: ByStage


class Abandonment(eqx.Module):
    """What giving up costs, USD bn."""

    written_off_usd_bn: ByBuilder
    """What was spent on the sites and does not come back."""
    recovered_usd_bn: ByBuilder
    """What was spent and comes back: land, rights to power."""
    owed_usd_bn: ByBuilder
    """What contracts claim for leaving."""


def cost_profile(
    parameters: CompletionParameters, stages: int = STAGES
) -> tuple[Float[Array, "stage _"], Float[Array, "stage _"]]:
    """Which part of a site's cost falls in each stage: (shell, chips)? Both together add up to 1 over the stages.

    The shell evenly over all stages but the last `CHIP_STAGES`, chips and networks evenly over those: the short-lived
    62 % is paid last.
    """
    assert stages > CHIP_STAGES, f"{stages} stages leave none for the shell"
    chips = (jnp.arange(stages) >= stages - CHIP_STAGES)[:, None]
    shell_part = (1.0 - parameters.chip_share) / (stages - CHIP_STAGES)
    return jnp.where(chips, 0.0, shell_part), jnp.where(chips, parameters.chip_share / CHIP_STAGES, 0.0)


def _spent_share(parameters: CompletionParameters, stages: int) -> Float[Array, "stage _"]:
    """Which part of its cost has a site in this stage paid? That of all stages before; a stage is paid at its end."""
    profile = sum(cost_profile(parameters, stages))
    return jnp.cumsum(profile, axis=0) - profile


def decide(
    parameters: CompletionParameters,
    *,
    value_at_completion_usd_bn_per_gw: ByBuilder,
    cost_per_gw_usd_bn: Float[Array, " path"],
    pipeline_gw: ByStage,
) -> ByStage:
    """Which sites does each builder go on with (1), and which does it give up (0)?

        continue  iff  value at completion - remaining cost >= -penalty
        penalty = cost x (let share x leaving cost - recovery x part spent)

    All per GW and in money of today. What was spent is gone either way and counts only through what a half-built site
    brings; the contract's price of leaving is counted on the whole cost, as rent to come and cost are about equal on
    the day of signing.

    A hard choice: its gradient is 0 and says nothing. Without cost of leaving and recovery it is the plain rule: with
    10 % paid, continue iff the value is at least 90 % of the cost. Reference: Myers and Majd (1990) for the option.
    """
    stages = pipeline_gw.shape[1]
    spent = _spent_share(parameters, stages)
    penalty = parameters.let_share * parameters.leaving_cost - parameters.recovery * spent
    least = cost_per_gw_usd_bn * (1.0 - spent - penalty)
    return jnp.where(value_at_completion_usd_bn_per_gw[:, None, :] >= least, 1.0, 0.0)


def _moving_gw(
    parameters: CompletionParameters, pipeline_gw: ByStage, keep: ByStage, power_factor: Parameter, pace: Parameter
) -> ByStage:
    """How much finishes its stage in this quarter? stages / (4 x years to build) of it, less without power or money."""
    stages = pipeline_gw.shape[1]
    speed = jnp.minimum(stages / (QUARTERS * parameters.build_years), 1.0) * pace
    chips = (jnp.arange(stages) >= stages - CHIP_STAGES)[:, None]
    powered = jnp.where(chips, jnp.broadcast_to(power_factor, pipeline_gw[:, 0].shape)[:, None, :], 1.0)
    return pipeline_gw * keep * jnp.broadcast_to(speed, pipeline_gw[:, 0].shape)[:, None, :] * powered


def advance(
    parameters: CompletionParameters,
    pipeline_gw: ByStage,
    *,
    starts_gw: ByBuilder,
    keep: ByStage,
    power_factor: Parameter | float = 1.0,
    pace: Parameter | float = 1.0,
) -> Advanced:
    """Where do the sites stand one quarter later, which are finished, and which given up?

    Each stage passes on the part stages / (4 x years to build) of what it holds, at most all of it, so that sites take
    those years on average and some longer than others. Sites given up leave at once.

    Parameters
    ----------
    starts_gw
        New in the first stage.
    keep
        From `decide`.
    power_factor
        1; how much of what is ready for chips can count on power. Nobody pays for chips that cannot be switched on, so
        shells wait before the stages of chips.
    pace
        1; how much of the quarter's spending its money allows. All stages slow down alike.
    """
    power, money = jnp.asarray(power_factor), jnp.asarray(pace)
    moved = _moving_gw(parameters, pipeline_gw, keep, power, money)
    arriving = jnp.concatenate([starts_gw[:, None, :], moved[:, :-1]], axis=1)
    return Advanced(pipeline_gw * keep - moved + arriving, moved[:, -1], pipeline_gw * (1.0 - keep))


def spending(
    parameters: CompletionParameters,
    pipeline_gw: ByStage,
    *,
    keep: ByStage,
    cost_per_gw_usd_bn: Float[Array, " path"],
    power_factor: Parameter | float = 1.0,
    pace: Parameter | float = 1.0,
) -> tuple[ByBuilder, ByBuilder]:
    """What do the sites cost in this quarter: (shell, chips), USD bn?

    A site pays for a stage as it leaves it: GW that move x the stage's part of the cost x cost per GW, over the stages.
    Over its whole way a GW pays exactly its cost. The same factors as in `advance` belong here.
    """
    power, money = jnp.asarray(power_factor), jnp.asarray(pace)
    moved = _moving_gw(parameters, pipeline_gw, keep, power, money) * cost_per_gw_usd_bn
    shell, chips = cost_profile(parameters, pipeline_gw.shape[1])
    return (moved * shell).sum(axis=1), (moved * chips).sum(axis=1)


def abandonment(
    parameters: CompletionParameters, abandoned_gw: ByStage, cost_per_gw_usd_bn: Float[Array, " path"]
) -> Abandonment:
    """What do the sites that are given up cost their builders? See `Abandonment`; written off + recovered = spent."""
    cost = abandoned_gw * cost_per_gw_usd_bn
    spent = (cost * _spent_share(parameters, abandoned_gw.shape[1])).sum(axis=1)
    owed = parameters.let_share * parameters.leaving_cost * cost.sum(axis=1)
    recovered = parameters.recovery * spent
    return Abandonment(spent - recovered, recovered, owed)


def trapped_spending(
    spending_usd_bn: ByBuilder,
    value_at_completion_usd_bn_per_gw: ByBuilder,
    cost_per_gw_usd_bn: Float[Array, " path"],
) -> ByBuilder:
    """How much is spent on sites that go on though they will never earn back their whole cost, USD bn?"""
    return jnp.where(value_at_completion_usd_bn_per_gw < cost_per_gw_usd_bn, spending_usd_bn, 0.0)


def trap_index(
    spending_usd_bn: ByBuilder,
    value_at_completion_usd_bn_per_gw: ByBuilder,
    cost_per_gw_usd_bn: Float[Array, " path"],
) -> ByBuilder:
    """Which share of each builder's spending on sites is trapped (see `trapped_spending`)? 0 without spending.

    All of a builder's sites have one value, so for one builder it is 0 or 1; for the industry divide the sums. It is
    not a forecast of abandonment: a trap is where people go on.
    """
    trapped = trapped_spending(spending_usd_bn, value_at_completion_usd_bn_per_gw, cost_per_gw_usd_bn)
    spends = spending_usd_bn > 0
    return jnp.where(spends, trapped / jnp.where(spends, spending_usd_bn, 1.0), 0.0)


def walk_away(home_value: Parameter, loan: Parameter, *, recourse: Parameter | float = 0.0) -> Parameter:
    """Does a homeowner walk away from house and loan (1)? Iff the loss of staying exceeds that of going.

        loan - value > recourse x (loan - value): without recourse, whenever the value is below the loan

    `recourse` is the part of the shortfall that the bank can still collect; at 1 nobody gains by walking. A house of 80
    under a loan of 100: gone. A site worth 40 that costs 50 with 30 of them paid: finished, for 20 more bring 40. The
    loss of 20 or 10 is the same kind of loss; only the option differs. Reference: Foster and Van Order (1984).
    """
    short = loan - home_value
    return jnp.where(short * (1.0 - recourse) > 0, 1.0, 0.0)


def _annuity(rate: Parameter, years: Parameter) -> Parameter:
    """The integral of e^(-rate t) over the years; the years themselves at rate 0."""
    flat = jnp.abs(rate) < 1e-12
    safe = jnp.where(flat, 1.0, rate)
    return jnp.where(flat, years, -jnp.expm1(-safe * years) / safe)


def value_at_completion(
    rent_usd_bn_per_gw_year: ByBuilder,
    decline_per_year: Parameter | float,
    running_cost: Parameter | float,
    economic_life_years: Parameter,
    discount_rate: ByBuilder,
    *,
    shell_value: Parameter | float = 0.0,
) -> ByBuilder:
    """What is a finished GW worth on the day it opens, USD bn?

        integral from 0 to L of (rent e^(-d t) - running cost) e^(-r t) dt + shell value e^(-r L)
        = rent (1 - e^(-(r+d)L))/(r+d) - running cost (1 - e^(-rL))/r + shell value e^(-r L)

    with d = -ln(1 - decline), r = ln(1 + discount rate). L is the economic life, or sooner, when rent no longer covers
    the running cost and the interest on the shell: then the chips are switched off.

    Parameters
    ----------
    rent_usd_bn_per_gw_year
        Rent on the opening day.
    decline_per_year
        What rent loses in a year, a fraction below 1 (0.3: thirty percent). 0 for a rent that is fixed by contract.
    running_cost
        USD bn per GW and year, for power and people.
    shell_value
        What building and connection are worth when the chips are done, USD bn per GW: they have their own clock.

    Returns
    -------
    At least 0. Rent of 12 for 5 years, nothing else: 60. It values chips once; what replaces them is another decision.
    """
    decline = -jnp.log1p(-jnp.asarray(decline_per_year))
    rate = jnp.log1p(discount_rate)
    floor = running_cost + rate * shell_value
    margin = jnp.log(jnp.maximum(rent_usd_bn_per_gw_year, _TINY) / jnp.maximum(floor, _TINY))
    falls = decline > 0
    pays = jnp.where(margin > 0, economic_life_years, 0.0)
    life = jnp.where(falls, jnp.clip(margin / jnp.where(falls, decline, 1.0), 0.0, economic_life_years), pays)
    earned = rent_usd_bn_per_gw_year * _annuity(rate + decline, life)
    return earned - running_cost * _annuity(rate, life) + shell_value * jnp.exp(-rate * life)
