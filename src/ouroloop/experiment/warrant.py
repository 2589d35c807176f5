"""Warrants for orders: the price leg by formula, and both conditions together on the economy's paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from ouroloop.core import BadInput, Place, Problem, Quarter, nearest
from ouroloop.economy.track import MEMBER_MEASURES
from ouroloop.market.options import chance_of_touch, share_at_touch
from ouroloop.scenario.build import build
from ouroloop.scenario.estimate import assumption
from ouroloop.scenario.language import Scenario

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.build import Economy

_VOLATILITY, _RATE = "eco-finance-082", "eco-eng-011"
_HORIZON = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a warrant, that vests when both of its marks are reached."""

    shares_m: float
    milestone_gw: float
    hurdle_usd: float
    touched: float
    """Chance, as priced, that the share reaches the hurdle in time."""
    price_leg: float
    """What the part is worth if only the price counted, USD bn."""
    vested: float | None = None
    """Share of simulated paths on which both marks are reached in time."""
    reached: float | None = None
    """Share of them on which the price has reached the hurdle at the end of a quarter, whatever was delivered."""
    given: float | None = None
    """What the shares are worth when they vest, brought to today, on average over paths, USD bn."""


@dataclass(frozen=True, slots=True)
class WarrantView:
    """A warrant's parts on a day."""

    deal: str
    issuer: str
    holder: str
    price_usd: float
    """Of the issuer's share: the last market value on file over the last count of shares."""
    shares_outstanding_bn: float
    strike_usd: float
    until: Quarter
    years: float
    volatility: float
    rate: float
    grant_value: float
    """What the issuer's books take off revenue when all of it vests, USD bn."""
    parts: tuple[Part, ...]
    scenario: str | None
    paths: int

    @property
    def dilution(self) -> float:
        """The part of the issuer that the holder has if all vests."""
        earned = sum(part.shares_m for part in self.parts) / 1000
        return earned / (self.shares_outstanding_bn + earned)


def warrant_view(dossier: Dossier, deal: str, scenario: Scenario | None = None, paths: int = 512) -> WarrantView:
    """What is a warrant for orders worth: by its price hurdles alone, and with its milestones on the economy's paths?

    The price leg takes each part as a share that is given when the price first touches its hurdle before the warrant
    ends: a bound from above, since deliveries are a second condition. With a scenario, a part vests in the first
    quarter in which deliveries and price stand at their marks together; where both hang on the same demand that happens
    more often than the product of two chances. Its average over paths is no price: paths are not weighed as the market
    weighs them. Parts between the first and the last are not published and taken to be equal.

    Raises BadInput `no-warrant` for a deal that is no warrant with known terms.
    """
    title = dossier.header.title
    plain = Scenario("warrant", title, title, dossier, _HORIZON, 1, 0, assume={}, shocks=())
    economy = build(scenario or plain, 0, paths if scenario else 1)
    of = economy.world.warrants
    deals = [name.partition("#")[0] for name in of.names]
    if deal not in deals:
        message = f"'{deal}' is no warrant whose terms are known on {dossier.date}."
        hint = nearest(deal, deals) or f"there is: {', '.join(deals) or 'none'}"
        raise BadInput([Problem(Place("deal"), "no-warrant", message, hint)])
    row = deals.index(deal)
    issuer, holder = of.parties[row]
    rate, volatility = assumption(dossier, _RATE).value / 100, assumption(dossier, _VOLATILITY).value
    price = float(np.asarray(economy.inputs.traits.opening_price_usd)[row, 0])
    schedule = dossier.deals[deal].tranches[0].schedule
    until = Quarter.of(schedule.last) if schedule else economy.world.quarters[-1]
    first = economy.world.quarters[0]
    years = max(until.ordinal - first.ordinal + 1, 1) / 4
    rows = [n for n, contract in enumerate(of.contract_of) if contract == row]
    hurdles = [float(of.hurdle_usd[n]) for n in rows]
    on_paths = _on_paths(economy, row, rows, price, until, rate) if scenario else [(None, None, None)] * len(rows)
    parts = tuple(
        Part(
            shares_m=1000 * float(of.shares_bn[n]),
            milestone_gw=float(of.milestone_gw[n]),
            hurdle_usd=hurdle,
            touched=float(chance_of_touch(price, hurdle, rate, volatility, years)),
            price_leg=float(of.shares_bn[n])
            * float(share_at_touch(price, hurdle, rate, volatility, years, strike=float(of.strike_usd[row]))),
            vested=vested,
            reached=reached,
            given=given,
        )
        for n, hurdle, (vested, reached, given) in zip(rows, hurdles, on_paths, strict=True)
    )
    counts = dossier.figures_of(issuer, "shares_outstanding")
    return WarrantView(
        deal=deal,
        issuer=issuer,
        holder=holder,
        price_usd=price,
        shares_outstanding_bn=max(counts, key=lambda figure: figure.end).value,
        strike_usd=float(of.strike_usd[row]),
        until=until,
        years=years,
        volatility=volatility,
        rate=rate,
        grant_value=float(jnp.sum((of.shares_bn * of.fair_value_usd)[jnp.asarray(rows)])),
        parts=parts,
        scenario=scenario.id if scenario else None,
        paths=paths if scenario else 0,
    )


def _on_paths(
    economy: Economy, row: int, rows: Sequence[int], price: float, until: Quarter, rate: float
) -> list[tuple[float, float, float]]:
    """By part: how often it vests, how often the price gets there, and what it is worth then, on average.

    Milestones and hurdles rise together, so that parts vest in order and the money that a quarter's vesting takes off
    revenue says how many did.
    """
    world, of = economy.world, economy.world.warrants
    track = economy.simulate(detail=True)
    quarters = [n for n, quarter in enumerate(world.quarters) if quarter.ordinal <= until.ordinal]
    issuer = world.members.index(of.parties[row][0])
    caps = np.asarray(track.members)[list(MEMBER_MEASURES).index("equity_value"), issuer]
    opening = np.asarray(economy.inputs.traits.equity_value)[issuer]
    prices = (price * caps / opening)[quarters]
    flows = [n for n, flow in enumerate(world.ledger.flows) if flow.name == f"vest:{of.names[row]}"]
    assert len(flows) == 1, f"{of.names[row]} vests by {len(flows)} flows"
    taken = np.asarray(track.amounts)[flows[0]][quarters].cumsum(axis=0)
    later = np.exp(-rate * (np.arange(len(quarters)) + 1) / 4)[:, None]
    found: list[tuple[float, float, float]] = []
    whole = 0.0
    for n in rows:
        whole += float(of.shares_bn[n] * of.fair_value_usd[n])
        has = taken >= whole * (1 - 1e-6)
        new = has & ~np.vstack([np.zeros_like(has[:1]), has[:-1]])
        worth = (new * later * np.maximum(prices - float(of.strike_usd[row]), 0.0)).sum(axis=0) * float(of.shares_bn[n])
        reached = (prices >= float(of.hurdle_usd[n])).any(axis=0)
        found.append((float(has[-1].mean()), float(reached.mean()), float(worth.mean())))
    return found
