"""At what pace does each member earn, spend and pay out when the simulation starts?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ouroloop.core import Quarter
from ouroloop.dossier.choose import foretold
from ouroloop.dossier.models import EntityKind, Figure
from ouroloop.dossier.refs import Ref, joined
from ouroloop.dossier.spread import Spread
from ouroloop.scenario.axes import Axes
from ouroloop.scenario.estimate import Basis, Estimate, Uniforms, Values, assumption, worst
from ouroloop.scenario.opening_flows import QUARTER_DAYS, in_dollars, later_of, recorded
from ouroloop.scenario.undisclosed import discloses, operating_cash, stated_revenue

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

_OF_OPERATING_CASH: Mapping[EntityKind, str] = MappingProxyType(
    {EntityKind.CHIP_MAKER: "eco-opening-030", EntityKind.CLOUD: "eco-opening-031"}
)
_OF_REVENUE: Mapping[EntityKind, str] = MappingProxyType(
    {EntityKind.NEOCLOUD: "eco-opening-032", EntityKind.LAB: "eco-opening-033"}
)
_OF_OTHERS_REVENUE = "eco-opening-034"


@dataclass(frozen=True, slots=True)
class MemberRates:
    """One member's pace, USD bn per quarter (market value: USD bn). Unknown ones are NaN of basis `unknown`.

    `operating_cash` is before capital expenditure, after interest and tax, without customers' prepayments that are a
    loan in all but name. `payout` is dividends and buybacks. `market_value` is that of the shares, or what the last
    round of funding put on them.
    """

    revenue: Estimate
    operating_cash: Estimate
    capex: Estimate
    payout: Estimate
    interest: Estimate
    depreciation: Estimate
    market_value: Estimate


RATES = tuple(field.name for field in fields(MemberRates))
"""The names of the rates, in order."""


@dataclass(frozen=True, eq=False)
class RunRates:
    """The rates of every member, in the order of `Axes.members`, with what they rest on."""

    members: Mapping[str, MemberRates]
    uniforms: Uniforms = None

    def drawn(self, rate: str, member: str) -> Values:
        """The values of one rate of one member, [1 or path]; NaN where it is unknown."""
        estimate: Estimate = getattr(self.members[member], rate)
        return estimate.drawn(f"opening:{member}:{rate}", self.uniforms)

    def values(self, rate: str) -> Values:
        """One rate of all members, [entity, 1 or path]."""
        rows = [self.drawn(rate, member) for member in self.members]
        paths = max((len(row) for row in rows), default=1)
        return np.array([np.broadcast_to(row, (paths,)) for row in rows])


def run_rates(dossier: Dossier, axes: Axes, uniforms: Uniforms = None) -> RunRates:
    """At what pace does each member earn, spend and pay out, as known on the dossier's date?

    - Revenue, capital expenditure, interest, depreciation: the latest fiscal quarter that is published (else the latest
      longer period), brought to 365.25/4 days. Revenue that was stated for a year counts where it is younger.
    - Operating cash: its share of revenue over the last 365 days for which both are known, times that revenue; working
      capital makes single quarters of it jump. Where revenue is not known: its own mean over these days. Where it is
      negative beside a profit from operations, stocks and bills took the money, which no growth without end does: then
      the smaller of operating and net income stands for it.
    - Payout: the mean of the last 365 days.
    - Market value: the latest that is published; else a multiple of operating cash or, for young firms, of
      revenue (`eco-opening-03x`), of basis `assumed`.

    Seasons are not taken out. A fiscal quarter keeps its own days. A firm without accounts goes by what was said of its
    revenue and burn, with ranges (see `undisclosed`).
    """
    quarter = Quarter.of(dossier.date)
    return RunRates({member: _member(dossier, member, quarter) for member in axes.members}, uniforms)


def _member(dossier: Dossier, firm: str, quarter: Quarter) -> MemberRates:
    now = dossier.date
    revenue = _revenue(dossier, firm)
    capex = later_of(dossier, firm, "capex_cash_ppe", "capex").pace(now)
    operating = _operating_cash(dossier, firm, revenue)
    if not operating.known and not discloses(dossier, firm):
        operating = operating_cash(dossier, firm, quarter, capex.point)
    return MemberRates(
        revenue=revenue,
        operating_cash=operating,
        capex=capex,
        payout=_payout(dossier, firm),
        interest=later_of(dossier, firm, "interest_expense", "net_interest_expense").pace(now),
        depreciation=later_of(dossier, firm, "depreciation", "depreciation_amortization").pace(now),
        market_value=_market_value(dossier, firm, revenue, operating),
    )


def _revenue(dossier: Dossier, firm: str) -> Estimate:
    published, stated = recorded(dossier, firm, "revenue").pace(dossier.date), stated_revenue(dossier, firm)
    younger = stated is not None and (not published.known or stated.day > published.day)
    return stated if younger and stated is not None else published


def _operating_cash(dossier: Dossier, firm: str, revenue: Estimate) -> Estimate:
    flow = recorded(dossier, firm, "operating_cash_flow", signed=True)
    prepaid = recorded(dossier, firm, "customer_prepayments_financing")
    sold = recorded(dossier, firm, "revenue")
    own = flow.trailing(dossier.date)
    window = flow.window()
    if window is None:
        latest = flow.latest()
        window = latest.days if latest else None
    if window is None:
        return own
    kept = flow.within(window) - prepaid.within(window)
    if not (sold.covers(window) and revenue.known and sold.within(window) > 0):
        mean = kept / window.count * QUARTER_DAYS
        return replace(own, point=mean, low=mean, high=mean)
    refs = joined(Spread(flow.pieces).refs(window), Spread(sold.pieces).refs(window), revenue.refs)
    basis = worst(own.basis, revenue.basis)
    incomes = [recorded(dossier, firm, name, signed=True) for name in ("operating_income", "net_income")]
    earned = min(one.within(window) if one.covers(window) else 0.0 for one in incomes)
    if kept < 0 < earned:
        refs = joined(*(Spread(one.pieces).refs(window) for one in incomes), refs)
        kept, basis = earned, worst(basis, "estimated")
    share = kept / sold.within(window)
    return replace(revenue.scaled(share, basis), day=own.day, refs=refs, tolerance=0.0)


def _payout(dossier: Dossier, firm: str) -> Estimate:
    parts = [recorded(dossier, firm, concept).trailing(dossier.date) for concept in ("dividends", "buybacks")]
    parts = [part for part in parts if part.known]
    if not parts:
        return Estimate.unknown(dossier.date)
    bases: list[Basis] = [part.basis for part in parts]
    refs = joined(*(part.refs for part in parts))
    return Estimate.exactly(sum(part.point for part in parts), worst(*bases), max(part.day for part in parts), refs)


def _market_value(dossier: Dossier, firm: str, revenue: Estimate, operating: Estimate) -> Estimate:
    words = ("market_cap", "valuation", "net_asset_value")
    found = [f for word in words for f in dossier.figures_of(firm, word) if _is_value(dossier, f)]
    if found:
        latest = max(found, key=lambda f: f.end)
        amount = in_dollars(dossier, latest)
        assert amount is not None, f"{latest.concept} of {firm} is no money"
        value, off, converted = amount
        basis: Basis = "estimated" if converted else "reported"
        return Estimate.exactly(value, basis, latest.end, (Ref.of_figure(latest),), off)
    kind = dossier.entities[firm].kind
    of_cash = _OF_OPERATING_CASH.get(kind)
    stands_for = revenue if of_cash is None else operating
    if not stands_for.known or stands_for.point <= 0:
        return Estimate.unknown(dossier.date)
    multiple = assumption(dossier, of_cash or _OF_REVENUE.get(kind, _OF_OTHERS_REVENUE))
    low, high = multiple.low or multiple.value, multiple.high or multiple.value
    year = 4 * stands_for.point
    return Estimate(year * multiple.value, year * low, year * high, "assumed", stands_for.day, stands_for.refs)


def _is_value(dossier: Dossier, figure: Figure) -> bool:
    ours = figure.start is None and figure.counterparty is None and figure.end <= dossier.date
    return ours and not foretold(figure) and in_dollars(dossier, figure) is not None
