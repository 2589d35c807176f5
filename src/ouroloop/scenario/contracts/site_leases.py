"""What do tenants pay to vehicles whose rents stand in their structures, and which larger promise is it a part of?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ouroloop.core import Quarter, Tier
from ouroloop.dossier.days import Days
from ouroloop.dossier.refs import Ref, Refs
from ouroloop.scenario.axes import Axes
from ouroloop.scenario.contracts.given import Given
from ouroloop.scenario.contracts.payments import Horizon
from ouroloop.scenario.contracts.terms import LeaseTerm, Term
from ouroloop.scenario.site_vehicles import SiteVehicle, site_vehicles

if TYPE_CHECKING:
    from ouroloop.dossier.dossier import Dossier


UNNAMED = "site_rents"
"""In place of a deal, for rents that none names."""


def with_site_leases(
    dossier: Dossier, axes: Axes, horizon: Horizon, values: Given, made: Mapping[str, Sequence[Term]]
) -> dict[str, list[Term]]:
    """The same promises, with the rents of vehicles (`site_leases`) beside them.

    A lease that a deal names already gets the renewals of its structure. Any other is a promise of its own, and what it
    asks is taken off the larger promise that it is a part of (`inside`), so that tenants promise no more than before:

        share kept of the larger = max(0, 1 - sum of first terms' rents / its amount)

    A larger promise that is not among those that bind takes nothing off.
    """
    found = {kind: list(terms) for kind, terms in made.items()}
    rents: list[Term] = []
    taken: dict[str, float] = {}
    for vehicle in site_vehicles(dossier, axes).values():
        named = [n for n, term in enumerate(found.get("leases", ())) if term.payee == vehicle.member]
        if named:
            for n in named:
                term = found["leases"][n]
                assert isinstance(term, LeaseTerm), f"{term.name} is no lease"
                found["leases"][n] = replace(term, renewal_quarters=4 * vehicle.renewal_years)
            continue
        rents.append(_rent(dossier, horizon, values, vehicle))
        for lease in vehicle.structure.leases:
            if lease.inside is not None:
                part = vehicle.part * lease.rent_usd_bn.value * lease.years.value
                taken[lease.inside.deal] = taken.get(lease.inside.deal, 0.0) + part
    for kind, terms in found.items():
        found[kind] = [_less(term, taken.get(term.deal, 0.0), terms) for term in terms]
    return {**found, "site_leases": rents}


def _rent(dossier: Dossier, horizon: Horizon, values: Given, vehicle: SiteVehicle) -> LeaseTerm:
    """The first term and its renewals, at the rents of the structure."""
    leases, years = vehicle.structure.leases, vehicle.years
    ends = [(one.rent_usd_bn.low, one.rent_usd_bn.value, one.rent_usd_bn.high) for one in leases]
    low, point, high = (
        vehicle.part * years * sum(value if end is None else end for end, value in side)
        for side in zip(*(((lo, at), (at, at), (hi, at)) for lo, at, hi in ends), strict=True)
    )
    begins = vehicle.begins.first_day
    days = Days.between(begins, (Quarter.of(begins) + round(4 * years)).first_day - timedelta(days=1))
    return LeaseTerm(
        deal=next((one.deal for one in leases if one.deal is not None), UNNAMED),
        tranche=vehicle.member,
        payer=vehicle.tenant,
        payee=vehicle.member,
        tier=Tier.FIRM,
        cancellable=False,
        condition=None,
        bound_by=None,
        link=None,
        payments=horizon.pay(low, point, high, days, "assumed"),
        refs=_refs(dossier, vehicle),
        commences=horizon.quarters_to(begins),
        term_quarters=4 * years,
        renewal_quarters=4 * vehicle.renewal_years,
        exit_price_share=values.exit_price_share,
    )


def _refs(dossier: Dossier, vehicle: SiteVehicle) -> Refs:
    """The debts that the rent serves, and the lease where a deal names it."""
    deals = [one.deal for one in (*vehicle.structure.leases, *vehicle.classes) if one.deal is not None]
    known = [dossier.deals[name] for name in dict.fromkeys(deals) if name in dossier.deals]
    return tuple(Ref.of_deal(deal, tranche) for deal in known for tranche in deal.tranches)


def _less(term: Term, taken: float, terms: Sequence[Term]) -> Term:
    """A promise of which a part stands under another name now, its tranches cut alike."""
    whole = sum(one.payments.point for one in terms if one.deal == term.deal)
    if taken <= 0 or whole <= 0 or term.pending:
        return term
    kept, paid = max(0.0, 1.0 - taken / whole), term.payments
    return replace(term, payments=replace(paid, low=paid.low * kept, point=paid.point * kept, high=paid.high * kept))
