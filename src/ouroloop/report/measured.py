"""The measures of the period, from the dossier's flows: who paid, round trips, gauges of the whole loop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ouroloop.core import Quarter, Tier
from ouroloop.report.books import Replayed
from ouroloop.report.gauges import Gauge
from ouroloop.report.language import Language
from ouroloop.report.over_years import OverYears
from ouroloop.report.round_trip import RoundTrip
from ouroloop.report.table import Basis
from ouroloop.report.who_paid import Payers, group

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.flows import Flow
    from ouroloop.measures import FlowNetwork

_BOOKED = ("trade", "customers", "unknown_revenue")


@dataclass(frozen=True, slots=True)
class Measured:
    """What the flows of a period say, paid money only: a network and the flows behind it."""

    dossier: Dossier
    first: Quarter
    last: Quarter
    network: FlowNetwork
    low: FlowNetwork
    high: FlowNetwork
    promised: FlowNetwork
    """Firm contracts counted as if paid by their schedules, at their high ends."""
    flows: tuple[Flow, ...]

    @classmethod
    @lru_cache(maxsize=4)  # the same in every language
    def of(cls, dossier: Dossier, first: Quarter, last: Quarter) -> Measured:
        """The paid flows of the quarters `first` to `last`."""
        from ouroloop.dossier.flows import flows
        from ouroloop.dossier.network import network

        paid = tuple(flow for flow in flows(dossier, first, last) if flow.tier is Tier.PAID)
        low, point, high = (network(dossier, first, last, Tier.PAID, end) for end in ("low", "point", "high"))
        return cls(dossier, first, last, point, low, high, network(dossier, first, last, Tier.FIRM, "high"), paid)

    @property
    def members(self) -> tuple[str, ...]:
        """The members of the loop that stand in the network."""
        entities = self.dossier.entities
        return tuple(node for node in self.network.nodes if entities[node].loop)

    def cites(self, flows: Iterable[Flow]) -> tuple[str, ...]:
        """The sources behind some flows, those that were used."""
        used = (ref for flow in flows for ref in flow.refs if not ref.replaced)
        return tuple(dict.fromkeys(cite.source for ref in used for cite in ref.cites))


def payers(measured: Measured, language: Language) -> tuple[Payers, ...]:
    """Each member's revenue and who paid it, cash mixed pro rata; members without known revenue are left out."""
    from ouroloop.measures import who_paid

    shares = who_paid(measured.network)
    assumed = assumed_shares(measured)
    booked: dict[str, list[Flow]] = defaultdict(list)
    for flow in measured.flows:
        if flow.side in _BOOKED:
            booked[flow.payee].append(flow)
    found: list[Payers] = []
    for member in measured.members:
        revenue = float(measured.network.revenue[measured.network.index(member)])
        if revenue <= 0:
            continue
        published = all(flow.basis in ("reported", "derived") for flow in booked[member])
        found.append(
            Payers(
                member,
                language.name(measured.dossier.entities[member]),
                revenue,
                shares.of(member),
                Basis.REPORTED if published else Basis.ESTIMATED,
                measured.cites(booked[member]),
                assumed[member],
                float(measured.network.trade[:, measured.network.index(member)].sum()),
            )
        )
    return tuple(found)


def assumed_shares(measured: Measured) -> dict[str, float]:
    """For each member with revenue: the part of its customers' share that only rests on an assumption.

    Money is followed: a member that another pays with assumed customers' money books assumed money too. It is what the
    customers' share loses when the assumed revenue is called unknown, which is exact, since shares are linear in it.
    """
    from ouroloop.measures import OUTSIDE_CUSTOMERS, who_paid

    network = measured.network
    assumed = network.customers * 0.0
    for flow in measured.flows:
        if _assumed(flow) and flow.payee in network.nodes:
            assumed[network.index(flow.payee)] += flow.point
    assumed = assumed.clip(max=network.customers)
    less = replace(network, customers=network.customers - assumed, unknown_revenue=network.unknown_revenue + assumed)
    before, after = who_paid(network), who_paid(less)
    return {
        member: max(0.0, before.of(member).get(OUTSIDE_CUSTOMERS, 0.0) - after.of(member).get(OUTSIDE_CUSTOMERS, 0.0))
        for member in measured.members
    }


def _assumed(flow: Flow) -> bool:
    """Is it revenue that counts as customers' because the dossier says so of the firm, not because a payer is named?"""
    return flow.side == "customers" and flow.instrument == "revenue"


def round_trips(measured: Measured, language: Language) -> tuple[RoundTrip, ...]:
    """Each member's own funding that came back as its revenue."""
    from ouroloop.measures import round_trip

    given: dict[str, list[Flow]] = defaultdict(list)
    for flow in measured.flows:
        if flow.side == "funding" and flow.in_kind is None:
            given[flow.payer].append(flow)
    found: list[RoundTrip] = []
    for member in measured.members:
        trip = round_trip(measured.network, member, low=measured.low, high=measured.high)
        promised = round_trip(measured.promised, member) if member in measured.promised.nodes else trip
        found.append(
            RoundTrip(
                member,
                language.name(measured.dossier.entities[member]),
                round_trip(measured.high, member).funding,
                trip.floor,
                trip.point,
                trip.ceiling,
                trip.revenue,
                max(trip.ceiling, promised.ceiling),
                measured.cites(given[member]),
            )
        )
    return tuple(found)


def gauges(measured: Measured) -> tuple[Gauge, ...]:
    """The system gauges; none where nothing flows between entities."""
    from ouroloop.measures import circulation, finn_index

    found = circulation(measured.network)
    if found.total <= 0:
        return ()
    return (
        Gauge("throughput", found.throughput_circularity),
        Gauge("maximum", found.ci_max),
        Gauge("fair", found.ci_bff),
        Gauge("finn", finn_index(measured.network).fci),
    )


def over_years(dossier: Dossier, replayed: Replayed, language: Language) -> tuple[tuple[OverYears, ...], str]:
    """Every member with revenue over all quarters that had ended on the dossier's date, and those quarters in words."""
    from ouroloop.dossier.network import last_full_quarter
    from ouroloop.measures import round_trip

    first, last = Quarter.parse(dossier.header.first_quarter), last_full_quarter(dossier)
    if last < first:
        return (), ""
    whole = Measured.of(dossier, first, last)
    booked: dict[str, list[Flow]] = defaultdict(list)
    given: dict[str, list[Flow]] = defaultdict(list)
    for flow in whole.flows:
        if flow.side == "funding" and flow.in_kind is None:
            given[flow.payer].append(flow)
        if flow.side in _BOOKED:
            booked[flow.payee].append(flow)
    found: list[OverYears] = []
    for member in whole.members:
        trip = round_trip(whole.network, member, low=whole.low, high=whole.high)
        if trip.revenue <= 0 or member not in replayed.run.ledger.entities:
            continue
        quarters = sorted({flow.quarter for flow in booked[member]})
        shares: dict[str, float] = defaultdict(float)
        for sponsor, share in replayed.run.shares(member, first, last).items():
            shares[group(sponsor, member)] += share
        found.append(
            OverYears(
                member,
                language.name(dossier.entities[member]),
                language.quarter(quarters[0]),
                language.quarter(quarters[-1]),
                len(quarters),
                trip.revenue,
                round_trip(whole.high, member).funding,
                trip.floor,
                replayed.run.revenue_by_sponsor(member, first, last).get(f"member:{member}", 0.0),
                trip.ceiling,
                dict(shares),
                whole.cites([*given[member], *booked[member]]),
            )
        )
    return tuple(found), language.period(first, last)
