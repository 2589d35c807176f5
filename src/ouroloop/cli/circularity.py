"""`ouroloop circularity`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from ouroloop.cli.options import Reading
from ouroloop.cli.output import console, emit, emit_json, number
from ouroloop.core import BadInput, Place, Problem, Quarter, Tier

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.measures import FlowNetwork

DEFAULT = Reading()
Year = Annotated[int, Parameter(validator=validators.Number(gte=1900, lte=2200))]


def circularity(
    entity: str, /, *, year: Year | None = None, tier: Tier = Tier.PAID, reading: Reading = DEFAULT
) -> None:
    """Say how much of an entity's revenue is its own money coming back, and who paid the rest.

    Two measures, never one number: round-tripped revenue as floor, pro-rata point and ceiling; and the revenue by who
    paid it, once by sponsor (money that a member funds another with counts as that member's) and once by source
    (followed through the members to where it came from outside).

    Parameters
    ----------
    entity
        A member of the loop, in any language.
    year
        Calendar year; the last whole one by default.
    tier
        Count promises at least as binding as this, by their schedules, beside what was paid.
    """
    from ouroloop.dossier import network
    from ouroloop.measures import round_trip, who_paid

    dossier = reading.load()
    party = _member(dossier, entity)
    first, last = _quarters(dossier, year)
    low, point, high = (network(dossier, first, last, tier, end) for end in ("low", "point", "high"))
    if party not in point.nodes:
        message = f"'{party}' moved no money at the tier '{tier}' or better in {first.year}."
        raise BadInput([Problem(Place("circularity"), "no-flows", message, "try another --year or --tier")])
    trip = round_trip(point, party, low=low, high=high)
    shares = {trace: who_paid(point, trace).of(party) for trace in ("sponsor", "source")}
    rows = [
        {"measure": "revenue", "usd_bn": trip.revenue, "share_of_revenue_pct": 100.0 if trip.revenue else None},
        {"measure": "funding given to others", "usd_bn": trip.funding, "share_of_revenue_pct": None},
        *(
            {"measure": f"round trip, {name}", "usd_bn": amount, "share_of_revenue_pct": _percent(amount, trip.revenue)}
            for name, amount in (("floor", trip.floor), ("pro-rata point", trip.point), ("ceiling", trip.ceiling))
        ),
        *(
            {
                "measure": f"who paid, by {trace}: {sponsor.replace('_', ' ')}",
                "usd_bn": share * trip.revenue,
                "share_of_revenue_pct": 100 * share,
            }
            for trace, split in shares.items()
            for sponsor, share in split.items()
        ),
        *_floors(point, party),
    ]
    if reading.json:
        period = {"first": first, "last": last, "at_least": tier}
        emit_json({"dossier": dossier.header.id, "as_of": dossier.date, "entity": party, **period, "rows": rows})
        return
    name = dossier.entities[party].names.for_language(reading.lang)
    emit(
        dossier,
        rows,
        as_json=False,
        title=f"{name}, calendar {first.year}, as known on {dossier.date}, {tier} or better",
        note="Estimated from recorded facts. Money has no serial numbers: only the interval from floor to ceiling is "
        "fact, the point mixes all cash pro rata.",
    )
    if trip.revenue and (unknown := shares["sponsor"].get("unknown", 0.0)) > 0.5:
        console().print(f"Little is known: nobody has said who paid {number(100 * unknown)} % of this revenue.")


def _member(dossier: Dossier, name: str) -> str:
    """The member's id, or that of the firm that consolidates it."""
    found = dossier.entity(name)
    while found.part_of:
        found = dossier.entities[found.part_of]
    return found.id


def _quarters(dossier: Dossier, year: int | None) -> tuple[Quarter, Quarter]:
    """The quarters of the asked year; of the last whole year known, or of all of a short dossier."""
    first, newest = Quarter.parse(dossier.header.first_quarter), Quarter.of(dossier.date)
    if year is None:
        year = max(
            first.year, newest.year if dossier.date == newest.last_day and newest.number == 4 else newest.year - 1
        )
    if not first.year <= year <= newest.year:
        message = f"This dossier's books run from {first.year} to {newest.year}, not over {year}."
        raise BadInput(
            [Problem(Place("--year"), "bad-year", message, f"use a year from {first.year} to {newest.year}")]
        )
    return Quarter(year, 1), Quarter(year, 4)


def _percent(amount: float, revenue: float) -> float | None:
    return 100 * amount / revenue if revenue else None


def _floors(network: FlowNetwork, party: str) -> list[dict[str, Any]]:
    """Of what each other member paid this one: how much at least cannot have been outside customers' money."""
    from ouroloop.measures import who_paid_floor

    j = network.nodes.index(party)
    found: list[dict[str, Any]] = []
    for i, payer in enumerate(network.nodes):
        paid = float(network.trade[i, j])
        if i != j and paid > 0:
            floor = who_paid_floor(network, party, payer).floor
            measure = f"paid by {payer}: at least this is not customers' money (of {number(paid)})"
            found.append({"measure": measure, "usd_bn": floor, "share_of_revenue_pct": None})
    return found
