"""Spreads: what lenders ask above the riskless rate, in the whole market and of each firm."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ouroloop.core.parameter import Parameter, parameter

_QUARTERS = 4.0
_DAYS_OF_A_QUARTER = 365.25 / 4
_USD_100BN = 100.0

_Paths = Float[Array, " path"]
_Entities = Float[Array, "entity path"]
_Mask = Bool[Array, "entity #path"]
_Any = Float[Array, "..."]


class SpreadParameters(eqx.Module):
    """How the market's spread moves, and how a firm's differs from it. Spreads are decimal per year."""

    calm_level: Parameter = parameter("fund-hy2025", unit="per year", scale=0.01)
    """Where high yield returns to between episodes."""
    calm_reversion: Parameter = parameter("eco-finance-001", unit="per year")
    calm_volatility: Parameter = parameter("eco-finance-002", unit="log per root year")
    floor: Parameter = parameter("eco-finance-003", unit="per year", scale=0.01)
    episodes_per_year: Parameter = parameter("eco-finance-004", unit="per year")
    episode_multiple: Parameter = parameter("eco-finance-005", unit="multiple")
    """Peak over trough of high yield in an episode."""
    days_to_half: Parameter = parameter("fund-046", unit="days")
    """From the peak of an episode to half of the way back."""
    widening_per_fall: Parameter = parameter("fund-047", unit="per year for a fall by 1", scale=0.01)
    """12.5 bp for 1 % is 0.125 for a fall of the whole: hence the scale."""
    loop_in_market: Parameter = parameter("hold-050", unit="share")
    """Weight of the loop's firms in the market whose falls `widening_per_fall` was measured on."""
    investment_grade_ratio: Parameter = parameter("eco-finance-006", unit="share of high yield")
    leverage_slope: Parameter = parameter("eco-finance-007", unit="log")
    strain_slope: Parameter = parameter("eco-finance-008", unit="log")
    leverage_investment_grade: Parameter = parameter("eco-finance-009", unit="share")
    leverage_high_yield: Parameter = parameter("eco-finance-010", unit="share")
    coverage_investment_grade: Parameter = parameter("eco-finance-011", unit="multiple")
    coverage_high_yield: Parameter = parameter("eco-finance-012", unit="multiple")
    ceiling: Parameter = parameter("eco-finance-013", unit="per year")
    """The highest spread at which anything is still quoted."""
    widening_per_supply: Parameter = parameter("fund-032", unit="per year for 100bn more a year", scale=1e-4)


class MarketSpread(eqx.Module):
    """The market's high-yield spread, in logarithms: a calm part and what is left of an episode."""

    calm: _Paths
    episode: _Paths

    @property
    def level(self) -> _Paths:
        """The high-yield spread, decimal per year."""
        return jnp.exp(self.calm + self.episode)


def open_market_spread(level: _Paths) -> MarketSpread:
    """The state on a day when high yield stands at `level` (decimal per year) and no episode is on."""
    return MarketSpread(jnp.log(level), jnp.zeros_like(level))


def market_spread(
    parameters: SpreadParameters,
    state: MarketSpread,
    shock_normal: _Paths,
    shock_uniform: _Paths,
    equity_return: _Paths,
) -> MarketSpread:
    """Where does the market's spread stand a quarter on?

        calm    <- calm + (1 - exp(-reversion/4)) (ln level - calm) + volatility/2 x normal
        episode <- episode x 2^(-91.3/days to half), and at least ln multiple if uniform < 1 - exp(-episodes per year/4)
        spread  <- max(floor, exp(calm + episode) - 0.125 x weight of the loop in the market x equity return)

    What falling shares add stays in the calm part and fades with it. A second episode within the first renews it and
    does not pile up.

    Parameters
    ----------
    shock_normal, shock_uniform
        One standard normal and one uniform draw per path.
    equity_return
        Of the loop's listed firms in the quarter, simple (-0.1 is a fall by 10 %); the rest of the market stands still.
        The response was measured on months; a fall that takes a quarter is held to do as much.

    Returns
    -------
    The next state. An episode comes at once, where recorded climbs took 63 to 1,011 days: the quarter is an upper bound
    of its speed. It says nothing of why: the draw is exogenous, only the equity term answers to the economy.

    References
    ----------
    Episodes and response: own calculation on daily ICE BofA spreads, 1996 to 2025 (`fund-hys*`, `fund-047`).
    """
    keep = jnp.exp(-parameters.calm_reversion / _QUARTERS)
    home = jnp.log(parameters.calm_level)
    calm = home + keep * (state.calm - home) + parameters.calm_volatility / jnp.sqrt(_QUARTERS) * shock_normal
    breaks_out = shock_uniform < -jnp.expm1(-parameters.episodes_per_year / _QUARTERS)
    fade = jnp.exp2(-_DAYS_OF_A_QUARTER / parameters.days_to_half)
    episode = state.episode * fade
    episode = jnp.where(breaks_out, jnp.maximum(episode, jnp.log(parameters.episode_multiple)), episode)
    market_fall = -parameters.loop_in_market * equity_return
    level = jnp.exp(calm + episode) + parameters.widening_per_fall * market_fall
    level = jnp.maximum(level, parameters.floor)
    return MarketSpread(jnp.log(level) - episode, episode)


def entity_spread(
    parameters: SpreadParameters,
    market: _Paths,
    leverage: _Entities,
    coverage: _Entities,
    rated_ig: _Mask,
) -> _Entities:
    """What spread does each firm pay, given the market's, its debt and what its cash flow covers?

        spread = anchor x exp(a (leverage - leverage of the anchor) + b (strain - strain of the anchor))
        strain = k / (k + coverage), with k the geometric mean of the two anchors' coverage

    The anchor is the high-yield market, or `investment_grade_ratio` of it for who is rated investment grade: a firm
    with the typical leverage and coverage of its class pays exactly its class's spread. A rating never costs: who has
    one pays the lower of both.

    Parameters
    ----------
    market
        High-yield spread, decimal per year.
    leverage
        Net debt / (net debt + market value of equity). Net cash counts as 0, more than everything as 1.
    coverage
        Operating cash before interest / interest. Below 0 counts as 0; infinite where there is no interest.
    rated_ig
        Is the firm rated investment grade?

    Returns
    -------
    Decimal per year, from 0 to `ceiling`. It is not a probability of default, and what stands off the balance sheet
    (leases not commenced, guarantees) is seen only if the caller counts it as debt.
    """
    share, strain = jnp.clip(leverage, 0.0, 1.0), _strain(parameters, jnp.maximum(coverage, 0.0))

    def quote(anchor: _Paths, usual_leverage: Parameter, usual_coverage: Parameter) -> _Entities:
        above = parameters.leverage_slope * (share - usual_leverage)
        above = above + parameters.strain_slope * (strain - _strain(parameters, usual_coverage))
        return anchor * jnp.exp(above)

    unrated = quote(market, parameters.leverage_high_yield, parameters.coverage_high_yield)
    rated = quote(
        market * parameters.investment_grade_ratio,
        parameters.leverage_investment_grade,
        parameters.coverage_investment_grade,
    )
    return jnp.minimum(jnp.where(rated_ig, jnp.minimum(rated, unrated), unrated), parameters.ceiling)


def _strain(parameters: SpreadParameters, coverage: _Any) -> _Any:
    middle = jnp.sqrt(parameters.coverage_investment_grade * parameters.coverage_high_yield)
    return middle / (middle + coverage)


def supply_concession(parameters: SpreadParameters, issued: _Paths, usual: _Paths) -> _Paths:
    """By how much do spreads widen when more is issued than usual? Decimal per year.

    8 bp for each 100bn a year above `usual`; both in USD bn per quarter. Less than usual narrows nothing.
    """
    more_per_year = jnp.maximum(issued - usual, 0.0) * _QUARTERS
    return parameters.widening_per_supply * more_per_year / _USD_100BN


def leverage(net_debt: _Entities, equity_value: _Entities) -> _Entities:
    """Which share of a firm's value is its lenders'? max(net debt, 0) / (that + equity value); 1 if that is nothing."""
    owed = jnp.maximum(net_debt, 0.0)
    whole = owed + jnp.maximum(equity_value, 0.0)
    return jnp.where(whole > 0, owed / jnp.where(whole > 0, whole, 1.0), 1.0)


def coverage(operating_cash: _Entities, interest: _Entities) -> _Entities:
    """How often does operating cash before interest pay the interest? Infinite without interest."""
    return jnp.where(interest > 0, operating_cash / jnp.where(interest > 0, interest, 1.0), jnp.inf)
