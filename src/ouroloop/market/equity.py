"""Share prices: what a firm earns for its owners, times the exponential of the story that is told about it."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ouroloop.core.parameter import Parameter, parameter

_QUARTERS = 4.0

_Paths = Float[Array, " path"]
_Listed = Float[Array, "listed path"]
_Traits = Float[Array, "listed #path"]
_Any = Float[Array, "..."]


class EquityParameters(eqx.Module):
    """How announcements, fashion and noise move a price away from what a firm earns, and what brings it back."""

    announcement: Parameter = parameter("eco-finance-080", unit="log per log of announced value over market cap")
    share_left: Parameter = parameter("beh-031", unit="share")
    """Of an announcement's effect, what is left a quarter later."""
    reversion: Parameter = parameter("eco-finance-081", unit="per year")
    volatility: Parameter = parameter("eco-finance-082", unit="log per root year")
    correlation: Parameter = parameter("mkt-021", unit="correlation")
    momentum: Parameter = parameter("eco-finance-083", unit="share of the last quarter's change")
    premium: Parameter = parameter("eco-finance-084", unit="per year", scale=0.01)
    long_growth: Parameter = parameter("eco-finance-085", unit="per year", scale=0.01)
    half_fade: Parameter = parameter("eco-finance-086", unit="years", scale=0.5)
    """Half of the years in which a firm's growth fades to that of the economy."""
    least_gap: Parameter = parameter("eco-finance-087", unit="per year", scale=0.01)
    """Required return less long growth is never taken to be smaller."""
    issue_discount: Parameter = parameter("beh-033", unit="share of price")
    issue_signal: Parameter = parameter("beh-034", unit="return")
    issue_usual: Parameter = parameter("eco-finance-088", unit="share of the firm")
    """The size of an issue that is news in full."""


class EquityState(eqx.Module):
    """The price of all shares of each firm, in its parts."""

    fundamental: _Listed
    """USD bn."""
    lasting: _Listed
    """The part of the narrative premium that reverts slowly, log."""
    fresh: _Listed
    """What this quarter's announcements added, log; most of it is gone a quarter later."""
    trend: _Listed
    """The last change of the lasting part, log."""

    @property
    def narrative(self) -> _Listed:
        """The narrative premium: log of market value over fundamental value."""
        return self.lasting + self.fresh

    @property
    def market_cap(self) -> _Listed:
        """USD bn: fundamental x exp(narrative)."""
        return self.fundamental * jnp.exp(self.narrative)

    @property
    def premium(self) -> _Listed:
        """USD bn of market value that rests on the story; negative where the firm is doubted."""
        return self.market_cap - self.fundamental


def required_return(parameters: EquityParameters, base_rate: _Any, beta: _Any | float = 1.0) -> _Any:
    """What must a share return to be worth its risk? base rate + beta x equity premium, decimal per year."""
    return base_rate + beta * parameters.premium


def fundamental_value(
    parameters: EquityParameters, profit_per_year: _Any, growth: _Any, discount_rate: _Any, floor: _Any | float = 0.0
) -> _Any:
    """What are a firm's shares worth if its growth fades to that of the economy?

        value = max(floor, profit x ((1 + g) + H (growth - g)) / (discount rate - g))

    with g the long growth and H half of the years of fading.

    Parameters
    ----------
    profit_per_year
        What its owners could take out in a year, USD bn. A loss is worth the floor.
    growth, discount_rate
        Decimal per year: growth now, and the required return.
    floor
        USD bn, above 0 wherever a price is to be formed: what is left when nothing is earned (assets, a buyer).

    Returns
    -------
    USD bn. It is no forecast of a price: `EquityState.narrative` is what a price adds to it.

    References
    ----------
    Fuller and Hsia 1984, A simplified common stock valuation model, Financial Analysts Journal 40(5) (the H-model).
    """
    gap = jnp.maximum(discount_rate - parameters.long_growth, parameters.least_gap)
    rising = (1.0 + parameters.long_growth) + parameters.half_fade * (growth - parameters.long_growth)
    return jnp.maximum(profit_per_year * jnp.maximum(rising, 0.0) / gap, floor)


def cost_of_equity(parameters: EquityParameters, discount_rate: _Any, narrative: _Any) -> _Any:
    """What return do those accept who buy at the market's price? Decimal per year.

        cost = g + (discount rate - g) exp(-narrative)

    Who pays exp(narrative) times the value of the same profits earns so much less on them: the story is capital that
    costs less. At a premium of 0 it is the required return. It is what issuing shares costs the old owners in yield,
    not what buyers expect.
    """
    gap = jnp.maximum(discount_rate - parameters.long_growth, parameters.least_gap)
    return parameters.long_growth + gap * jnp.exp(-narrative)


def open_equity(market_cap: _Listed, fundamental: _Listed) -> EquityState:
    """The state on a day with these prices and values: what the market pays beyond the value is lasting premium."""
    zero = jnp.zeros_like(market_cap * fundamental)
    return EquityState(fundamental + zero, jnp.log(market_cap) - jnp.log(fundamental) + zero, zero, zero)


def announcement_jump(parameters: EquityParameters, announced_usd_bn: _Listed, market_cap: _Listed) -> _Listed:
    """By how much does the price rise when an order of so much is announced? Log.

        jump = sensitivity x ln(1 + announced / market cap)

    For an order that is small beside the firm this is sensitivity x announced / market cap; beyond that it flattens,
    so that an order of ten times its value does not make a firm ten times too dear. What is announced counts, firm or
    not: that is the mechanism. A negative amount is one that is taken back.

    Examples
    --------
    Oracle, 2025-09-10: 300bn on about 678bn; the shares rose 35.9 % against the market. ln 1.359 / ln(1 + 300/678) is
    a sensitivity of 0.84.
    """
    ratio = announced_usd_bn / jnp.where(market_cap > 0, market_cap, jnp.inf)
    return parameters.announcement * jnp.sign(ratio) * jnp.log1p(jnp.abs(ratio))


def step_narrative(
    parameters: EquityParameters,
    state: EquityState,
    announced_usd_bn: _Listed,
    market_cap: _Listed,
    shock_common: _Paths,
    shock_own: _Listed,
    *,
    fundamental: _Listed | None = None,
    reprice: _Listed | None = None,
    volatility_scale: _Traits | float = 1.0,
) -> EquityState:
    """What story does the market tell a quarter on, and what are the shares worth with it?

        fresh    <- jump of this quarter's announcements
        lasting  <- k lasting + share left x last fresh + momentum x trend + s z - s^2 / (2 (1 + k)) + reprice
        z = sqrt(rho) common + sqrt(1 - rho) own,   k = exp(-reversion/4),   s = volatility/2 x scale

    `share left` is kept from 0 to 1: single events lie outside, as `beh-031` records, but those are noise, which has a
    term of its own; taken as a rule they would make prices run away from each announcement. The announced amount is
    measured on the larger of price and value, so that a firm the market has given up is not saved by one order.

    The last term of the noise makes prices worth their fundamental value on average in the long run, where without it
    exp of a noise of mean 0 would make every story pay.

    Parameters
    ----------
    announced_usd_bn
        Orders made public in this quarter, at their headline.
    market_cap
        On the eve of the announcements, USD bn (`state.market_cap`).
    shock_common, shock_own
        Standard normal draws: one for all firms, one for each.
    fundamental
        USD bn of this quarter; as before where not given.
    reprice
        A scenario's change of the price, log.
    volatility_scale
        A firm's volatility over the mean of the loop's names.

    Returns
    -------
    The next state. A price can stay far from value for years: reversion is slow, and nothing here makes anybody sell.
    """
    keep = jnp.exp(-parameters.reversion / _QUARTERS)
    deviation = parameters.volatility / jnp.sqrt(_QUARTERS) * volatility_scale
    together = jnp.clip(parameters.correlation, 0.0, 1.0)  # its distribution has no ends
    noise = jnp.sqrt(together) * shock_common + jnp.sqrt(1.0 - together) * shock_own
    noise = deviation * noise - deviation**2 / (2.0 * (1.0 + keep))
    left = jnp.clip(parameters.share_left, 0.0, 1.0)
    lasting = keep * state.lasting + left * state.fresh + parameters.momentum * state.trend + noise
    if reprice is not None:
        lasting = lasting + reprice
    return EquityState(
        fundamental=state.fundamental if fundamental is None else fundamental,
        lasting=lasting,
        fresh=announcement_jump(parameters, announced_usd_bn, jnp.maximum(market_cap, state.fundamental)),
        trend=lasting - state.lasting,
    )


def market_return(before: _Listed, after: _Listed) -> _Paths:
    """How much did all listed firms together gain in the quarter? Simple return, weighted by market value before."""
    return jnp.sum(after, axis=0) / jnp.sum(before, axis=0) - 1.0


class Issue(eqx.Module):
    """What selling new shares does to those who held the old ones."""

    dilution: _Listed
    """Share of the firm that the new owners hold, 0 to 1."""
    given_away: _Listed
    """Value of the new shares at the market's price above what was paid, USD bn."""
    price_effect: _Listed
    """Log, for `reprice`: what the market makes of the news that shares are sold."""


def issue(parameters: EquityParameters, raised: _Listed, market_cap: _Listed) -> Issue:
    """What does it cost the old owners to raise so much at this price?

        new shares at market = raised / (1 - discount),   dilution = that / (market cap + that)
        price effect = ln(1 + signal) x min(1, dilution / usual size of an issue)

    Both in USD bn. A firm priced high sells little of itself for the same money: this is how a story becomes cash.
    """
    at_market = raised / (1.0 - parameters.issue_discount)
    whole = market_cap + at_market
    dilution = jnp.where(whole > 0, at_market / jnp.where(whole > 0, whole, 1.0), 0.0)
    news = jnp.minimum(dilution / parameters.issue_usual, 1.0)
    return Issue(dilution, at_market - raised, jnp.log1p(parameters.issue_signal) * news)
