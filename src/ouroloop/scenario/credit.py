"""How far is a firm from failing on the opening day, and what should protection cost? Structural, beside quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from ouroloop.core import BadInput, Place, Problem
from ouroloop.market import cds
from ouroloop.market.curves import DiscountCurve, SurvivalCurve, flat_rate
from ouroloop.market.default_point import Obligations, default_point
from ouroloop.market.first_passage import survival_with_uncertain_barrier
from ouroloop.market.merton import distance_to_default, implied_assets
from ouroloop.scenario.build import Economy, build
from ouroloop.scenario.estimate import assumption
from ouroloop.scenario.grades import BARRIER, CALLED, TENOR_YEARS, VOLATILITY
from ouroloop.scenario.language import Scenario

if TYPE_CHECKING:
    from ouroloop.dossier import Assumption, Dossier
    from ouroloop.dossier.models import Quote
    from ouroloop.economy.inputs import Inputs
    from ouroloop.economy.world import World

RECOVERY = 0.4
"""Of senior unsecured debt, by the convention of quotes."""
PROMISES = (0.0, 1.0)
"""How much of a firm's promises counts as debt: not at all, as balance sheets are read, and in full."""
_QUARTERS = 4 * TENOR_YEARS
_RATE = "eco-eng-011"


@dataclass(frozen=True, slots=True)
class ModelSpread:
    """What the model says of one firm with so much of its promises counted as debt."""

    promises: float
    default_point: float
    """USD bn."""
    assets: float
    """What all claims on the firm are worth together, USD bn."""
    asset_volatility: float
    distance: float
    """Standard deviations of a year to the default point, without drift."""
    default_probability: float
    """Within five years; priced, not foretold."""
    within_three_years: float
    """The same until then: the horizon of the regulation's quality steps."""
    spread_bp: float
    spread_low_bp: float
    """With the lowest volatility of shares in the assumption's range."""
    spread_high_bp: float


@dataclass(frozen=True, slots=True)
class MarketSpread:
    """What was quoted, and the default probability over its life that the standard model reads in it."""

    quote: Quote
    default_probability: float
    within_three_years: float


@dataclass(frozen=True, slots=True)
class CreditView:
    """One firm's credit on a day."""

    entity: str
    day: date
    equity_value: float
    """USD bn."""
    obligations: Mapping[str, float | None]
    """The terms of the default point, USD bn; None where nothing of the kind is on file, which counts as 0."""
    assumed: Mapping[str, float]
    """Assumptions that were read, by id, in their own units."""
    model: tuple[ModelSpread, ...]
    """One for each of `PROMISES`; none for a firm that owes nothing."""
    quotes: tuple[MarketSpread, ...]
    """Oldest first."""


def credit_view(dossier: Dossier, entity: str) -> CreditView:
    """How far is this firm from failing, and what does protection on it cost: by the model, and as quoted?

    See `credit_views`. Raises BadInput `no-credit` for a firm without books of its own here, or without a value of its
    shares.
    """
    return credit_views(dossier, [entity])[0]


def credit_views(
    dossier: Dossier, entities: Sequence[str], *, economy: Economy | None = None, quotes: bool = True
) -> tuple[CreditView, ...]:
    """How far are these firms from failing, and what does protection on them cost: by the model, and as quoted?

    Books open on the dossier's day. Shares and how much they move give assets (Merton, over a year); the firm fails
    when these first fall to its default point, whose place is uncertain; the spread is that of a five-year contract of
    the standard model at a recovery of 40 %. Assets grow as the default point does. Volatility is one for all of the
    loop's large names, so the spread is given for the range of it. Nothing is fitted: no market price of risk, no
    liquidity.

    An `economy` that was built from the dossier already saves building one; amounts that differ by path count with
    their middle or mean. Without `quotes` none are read. Raises BadInput `no-credit` with every firm that has no books
    of its own here, or no value of its shares.
    """
    if economy is None:
        title = dossier.header.title
        economy = build(Scenario("credit", title, title, dossier, _QUARTERS, 1, 0, assume={}, shocks=()), 0, 1)
    middle = np.median(np.asarray(economy.inputs.traits.equity_value), axis=1)
    worth = dict(zip(economy.world.members, middle.tolist(), strict=True))
    hint = f"there is one of: {', '.join(name for name, one in worth.items() if one > 0)}"
    unknown = [
        Problem(Place("entity"), "no-credit", f"No value of the shares of '{name}' is known on {dossier.date}.", hint)
        for name in entities
        if worth.get(name, 0.0) <= 0
    ]
    if unknown:
        raise BadInput(unknown)
    rows = {name: assumption(dossier, name) for name in (_RATE, CALLED, VOLATILITY, BARRIER)}
    return tuple(_view(dossier, economy, name, worth[name], rows, quotes=quotes) for name in entities)


def _view(
    dossier: Dossier,
    economy: Economy,
    entity: str,
    value: float,
    rows: Mapping[str, Assumption],
    *,
    quotes: bool,
) -> CreditView:
    world, inputs = economy.world, economy.inputs
    rate = 0.01 * rows[_RATE].value
    owes = _obligations(world, inputs, entity, rows[CALLED].value)
    volatility = np.array([rows[VOLATILITY].value, rows[VOLATILITY].low or 0.0, rows[VOLATILITY].high or 0.0])
    model = tuple(
        _model(owes, promises, value, volatility, rows[BARRIER].value, rate, dossier.date)
        for promises in PROMISES
        if float(default_point(owes, promises)) > 0
    )
    read = sorted((q for q in dossier.quotes if quotes and q.entity == entity), key=lambda quote: quote.on.last)
    return CreditView(
        entity=entity,
        day=dossier.date,
        equity_value=value,
        obligations={
            name: float(getattr(owes, name)) if _on_file(world, entity, name) else None
            for name in Obligations.__dataclass_fields__
        },
        assumed={name: rows[name].value for name in (VOLATILITY, BARRIER, _RATE, CALLED)},
        model=model,
        quotes=tuple(_market(quote, flat_rate(rate)) for quote in read),
    )


def _obligations(world: World, inputs: Inputs, entity: str, called: float) -> Obligations:
    """What the firm owes at the opening and has promised for the tenor, from the world's contracts."""
    at = world.members.index(entity)
    ladder = np.asarray(inputs.traits.loan_ladder)[world.loan_borrower == at].mean(axis=-1)
    leases = world.leases.not_commenced(world.leases.start(inputs.paths, inputs.lease_share))
    cloud = np.asarray(world.cloud.schedule)[:, :_QUARTERS].sum(axis=1) * np.asarray(world.cloud.take_or_pay_share)
    orders = np.asarray(world.orders.schedule)[:, :_QUARTERS].sum(axis=1) * np.asarray(world.orders.take_or_pay_share)
    cloud[[letter.contract for letter in world.cloud_letters]] = 0.0  # what is no contract yet binds nobody
    orders[[letter.contract for letter in world.order_letters]] = 0.0
    promised = cloud[world.cloud_customer == at].sum() + orders[world.order_buyer == at].sum()
    given = world.guarantees.opening(inputs.paths)
    most = np.max([np.asarray(world.guarantees.exposure(given, jnp.asarray(n))) for n in range(_QUARTERS)], axis=0)
    signed = most * (np.asarray(inputs.guarantee_binds) > 0)
    return Obligations(
        short_debt=jnp.asarray(ladder[:, :4].sum()),
        long_debt=jnp.asarray(ladder[:, 4:].sum()),
        leases_not_commenced=jnp.asarray(np.asarray(leases)[world.lease_tenant == at].mean(axis=-1).sum()),
        take_or_pay=jnp.asarray(promised),
        expected_guarantees=jnp.asarray(called * signed[world.guarantor == at].mean(axis=-1).sum()),
    )


def _on_file(world: World, entity: str, term: str) -> bool:
    """Is there a contract here from which the firm could owe something of this kind?"""
    at = world.members.index(entity)
    parties = {
        "leases_not_commenced": [world.lease_tenant],
        "take_or_pay": [world.cloud_customer, world.order_buyer],
        "expected_guarantees": [world.guarantor],
    }
    return any((rows == at).any() for rows in parties.get(term, [np.array([at])]))


def _model(
    owes: Obligations,
    promises: float,
    equity: float,
    volatility: np.ndarray,
    barrier_deviation: float,
    rate: float,
    day: date,
) -> ModelSpread:
    point = float(default_point(owes, promises))
    assets = implied_assets(equity, jnp.asarray(volatility), point, rate, 1.0)
    contract = cds.standard_contract(day, cds.tenor_date(day, TENOR_YEARS))
    times = np.arange(1, _QUARTERS + 5) / 4
    stays = survival_with_uncertain_barrier(assets, point, barrier_deviation, 0.0, times[:, None])
    credit = SurvivalCurve(tuple(times), -jnp.log(stays))
    of = cds.legs(contract, flat_rate(rate), credit, RECOVERY)
    middle, low, high = (1e4 * float(one) for one in cds.par_spread(of))
    return ModelSpread(
        promises=promises,
        default_point=point,
        assets=float(assets.value[0]),
        asset_volatility=float(assets.volatility[0]),
        distance=float(distance_to_default(assets, point, 0.0, 1.0)[0]),
        default_probability=1.0 - float(credit.survival([float(TENOR_YEARS)])[0, 0]),
        within_three_years=1.0 - float(credit.survival([3.0])[0, 0]),
        spread_bp=middle,
        spread_low_bp=low,
        spread_high_bp=high,
    )


def _market(quote: Quote, discount: DiscountCurve) -> MarketSpread:
    """The default probabilities, until the contract's expiry and within three years, that make the quote its spread."""
    contract = cds.standard_contract(quote.on.last, cds.tenor_date(quote.on.last, round(quote.tenor_years)))
    credit = cds.flat_hazard(contract, discount, jnp.asarray(1e-4 * quote.spread_bp), RECOVERY)
    expiry, three = (1.0 - float(credit.survival([time])[0]) for time in (contract.expires, 3.0))
    return MarketSpread(quote, expiry, three)
