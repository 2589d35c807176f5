"""`ouroloop circularity`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from ouroloop.cli.options import Reading, party_of
from ouroloop.cli.output import cell, console, emit, emit_json, number
from ouroloop.core import BadInput, Place, Problem, Quarter, Tier
from ouroloop.report.language import mark

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.measures import FlowNetwork
    from ouroloop.report.language import Language

DEFAULT = Reading()
_MEASURES: dict[str, str] = {
    "revenue": mark("revenue"),
    "funding given to others": mark("funding given to others"),
    "round trip, floor": mark("round trip, floor"),
    "round trip, pro-rata point": mark("round trip, pro-rata point"),
    "round trip, ceiling": mark("round trip, ceiling"),
}
_TRACES: dict[str, str] = {
    "who paid, by sponsor": mark("who paid, by sponsor"),
    "who paid, by source": mark("who paid, by source"),
}
_SPONSORS: dict[str, str] = {
    "outside customers": mark("outside customers"),
    "opening cash": mark("cash from before"),
    "other members": mark("other members"),
    "own money": mark("its own money"),
    "closed ring": mark("nobody: a closed ring"),
    "unknown": mark("unknown"),
    "bank": mark("banks"),
    "bond market": mark("bond market"),
    "private credit": mark("private credit"),
    "sovereign fund": mark("sovereign funds"),
    "pension": mark("pension funds"),
    "insurer": mark("insurers"),
    "hedge fund": mark("hedge funds"),
    "mutual fund": mark("mutual funds"),
    "equity investors": mark("equity investors"),
    "household": mark("households"),
    "government": mark("government"),
}
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
    from rich.text import Text

    from ouroloop.dossier import network
    from ouroloop.measures import round_trip, who_paid
    from ouroloop.report.measured import Measured, assumed_shares

    dossier, say = reading.load(), reading.say
    party = _member(dossier, entity)
    first, last = _quarters(dossier, year)
    low, point, high = (network(dossier, first, last, tier, end) for end in ("low", "point", "high"))
    if party not in point.nodes:
        message = f"'{party}' moved no money at the tier '{tier}' or better in {first.year}."
        raise BadInput([Problem(Place("circularity"), "no-flows", message, "try another --year or --tier")])
    trip = round_trip(point, party, low=low, high=high)
    recorded = trip.revenue > 0 or dossier.header.stylized
    shares = {trace: who_paid(point, trace).of(party) for trace in ("sponsor", "source")}
    rows: list[dict[str, Any]] = [
        {
            "measure": "revenue",
            "usd_bn": trip.revenue if recorded else None,
            "share_of_revenue_pct": 100.0 if trip.revenue else None,
        },
        {"measure": "funding given to others", "usd_bn": trip.funding, "share_of_revenue_pct": None},
        *(
            {
                "measure": f"round trip, {name}",
                "usd_bn": amount if recorded else None,
                "share_of_revenue_pct": _percent(amount, trip.revenue),
            }
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
    emit(
        dossier,
        [row | {"measure": _said(row["measure"], dossier, say)} for row in rows],
        as_json=False,
        say=say,
        title=say.text(
            "{name}, calendar {year}, as known on {date}, at least as binding as: {tier}",
            name=say.name(dossier.entities[party]),
            year=first.year,
            date=dossier.date,
            tier=cell(tier, say),
        ),
        note=say.text(
            "Estimated from recorded facts. Money has no serial numbers: only the interval from floor to ceiling "
            "follows from them, the point mixes all cash pro rata."
        ),
    )
    if tier is Tier.PAID and (assumed := assumed_shares(Measured.of(dossier, first, last)).get(party, 0.0)) > 0:
        said = say.text(
            "Of the outside customers' share by sponsor, {share} of the revenue is only assumed to be theirs: nobody "
            "named the payer.",
            share=say.share(assumed),
        )
        console().print(Text(said))
    for remark in _remarks(dossier, last, recorded, shares["sponsor"].get("unknown", 0.0) if trip.revenue else 0, say):
        console().print(Text(remark))


def _remarks(dossier: Dossier, last: Quarter, recorded: bool, unknown: float, say: Language) -> Iterator[str]:
    """What a reader must know before using the numbers."""
    if not recorded:
        yield say.text("No revenue of this year is on record: what – stands for is unknown, not nothing.")
    if last.last_day > dossier.date:
        yield say.text("The year had not ended on {date}: amounts are of the part on record.", date=dossier.date)
    if unknown > 0.5:
        yield say.text(
            "Little is known: nobody has said who paid {percent}% of this revenue.", percent=say.number(100 * unknown)
        )


def _said(measure: str, dossier: Dossier, say: Language) -> str:
    """A row's name as people read it; JSON keeps its English key."""
    if measure in _MEASURES:
        return say.text(_MEASURES[measure])
    start, _, rest = measure.partition(": ")
    if start in _TRACES:
        kind, _, member = rest.partition(":")
        who = say.name(dossier.entities[member]) if member in dossier.entities else say.text(_SPONSORS.get(kind, kind))
        return f"{say.text(_TRACES[start])}: {who}"
    payer, _, amount = measure.removeprefix("paid by ").partition(": at least this is not customers' money (of ")
    return say.text(
        "paid by {payer}: at least this is not customers' money (of {amount})",
        payer=say.name(dossier.entities[payer]),
        amount=amount.removesuffix(")"),
    )


def _member(dossier: Dossier, name: str) -> str:
    """The member's id, or that of the firm that consolidates it."""
    found = party_of(dossier, name)
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
    if newest < first:
        message = f"Nothing had been paid by {dossier.date}: this dossier's books begin in {first.year}."
        raise BadInput([Problem(Place("--as-of"), "bad-year", message, f"use a date from {first.first_day} on")])
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
