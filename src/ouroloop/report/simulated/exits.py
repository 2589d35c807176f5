"""Up by escalator, down by the shaft: who would have to sell, how narrow the door is, and what it costs outsiders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ouroloop.report.language import Language, mark
from ouroloop.report.simulated.footing import simulated, three_digits
from ouroloop.report.simulated.results import Results
from ouroloop.report.simulated.system_fans import SystemFans
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.exits import Exit

INSIDER_SALES = "insider_sales"
"""The concept of figures."""

_FANS = SystemFans(
    "calls",
    {
        "called": mark("margin and redemption calls"),
        "unsold": mark("offered and not sold"),
        "missing_income": mark("spent and earned less than at the top, a year"),
    },
    {
        "called": mark(
            "Brokers and investors of funds ask for {median} in the median in {quarter}, and for {low} to {high} on "
            "{band}."
        ),
        "unsold": mark(
            "Of what funds offer then, {median} finds no buyer in the median, and {low} to {high} on {band} (in "
            "{quarter})."
        ),
        "missing_income": mark(
            "Outside the loop {median} less is spent and earned a year than at its top, in the median in {quarter}; "
            "{low} to {high} on {band}."
        ),
    },
    caption=mark("Calls, what found no buyer, and income that is missing outside, by quarter"),
    measured=mark("All funds and firms together, {unit}."),
)


def exits_section(
    dossier: Dossier, results: Results, doors: Sequence[Exit], language: Language, name: Callable[[str], str]
) -> Section | None:
    """Fans of calls and of what they cost outsiders, the door of each firm, and who has left already, as recorded.

    None where no fund holds shares.
    """
    if not doors:
        return None
    sentences, charts, table = _FANS.told(results, language)
    door, sold = _doors(doors, language, name), _sold(dossier, language, name)
    return Section(
        "calls",
        language.text("Up by escalator, down by the shaft"),
        language.text(
            "Hedge funds hold the loop's shares on credit, and investors may leave open-end funds. When prices fall, "
            "brokers ask for money and investors for theirs, and all of them sell the same few names. Of each firm no "
            "more than a part of what is traded finds a buyer in a quarter; the rest is asked for again at a lower "
            "price. Who has lost on shares spends less, and so does who has built: customers of the loop among them. "
            "Leverage, withdrawals and the depth of the market are assumptions of low grade."
        ),
        (_narrowest(door, language), *sentences, *([_largest(sold, language)] if sold else [])),
        charts,
        tuple(one for one in (door, sold, table) if one),
        simulated=True,
    )


def _doors(doors: Sequence[Exit], language: Language, name: Callable[[str], str]) -> Table:
    columns = (
        Column("firm", language.text("Firm")),
        Column("levered", language.text("held by levered funds, of the firm"), Kind.PERCENT),
        Column("open", language.text("held by open-end funds, of the firm"), Kind.PERCENT),
        Column("capacity", language.text("finds a buyer in a quarter, of the firm"), Kind.PERCENT),
        Column("quarters", language.text("quarters until all are out"), Kind.AVERAGE),
    )
    rows = tuple(
        Row(
            one.firm,
            {
                "firm": Cell(name(one.firm), Basis.NONE),
                "levered": simulated(three_digits(one.levered)),
                "open": simulated(three_digits(one.open_ended)),
                "capacity": simulated(three_digits(one.capacity)),
                "quarters": simulated(three_digits(one.quarters)),
            },
        )
        for one in doors
    )
    note = language.text(
        "Nobody publishes by firm who holds on credit: shares are taken to be held as the whole market is. What finds "
        "a buyer is a part of the volume on file, or of that of a usual firm."
    )
    return Table("doors", language.text("The door of each quoted firm, at the opening"), columns, rows, note)


def _narrowest(door: Table, language: Language) -> Finding:
    row = door.rows[0]
    return state(
        language,
        "calls-door",
        "If all funds wanted out of {firm}, it would take them {quarters} quarters: {open} of the firm is with "
        "open-end funds, {levered} with levered ones, and {capacity} finds a buyer in a quarter.",
        measure=language.text("holdings and volumes at the opening; assumptions said to be such"),
        firm=str(row.cells["firm"].value),
        quarters=door.at(row.key, "quarters"),
        open=door.at(row.key, "open"),
        levered=door.at(row.key, "levered"),
        capacity=door.at(row.key, "capacity"),
    )


def _sold(dossier: Dossier, language: Language, name: Callable[[str], str]) -> Table | None:
    """What insiders have sold, as published: the largest first."""
    found = sorted((f for f in dossier.figures if f.concept == INSIDER_SALES), key=lambda one: -float(one.value))
    columns = (
        Column("firm", language.text("Firm")),
        Column("first", language.text("from")),
        Column("last", language.text("to")),
        Column("amount", language.text("sold"), Kind.MONEY),
        Column("sources", language.text("Sources")),
    )
    rows = tuple(
        Row(
            f"{one.entity}-{one.end}",
            {
                "firm": Cell(name(one.entity), Basis.NONE),
                "first": Cell(language.date(one.start or one.end), Basis.NONE),
                "last": Cell(language.date(one.end), Basis.NONE),
                "amount": Cell(float(one.value), Basis.REPORTED, (one.cite.source,)),
                "sources": Cell("", Basis.NONE, (one.cite.source,)),
            },
        )
        for one in found
    )
    note = language.text("As far as somebody told: named founders, executives and first backers, not all of them.")
    return Table("insiders", language.text("What insiders have sold"), columns, rows, note) if rows else None


def _largest(sold: Table, language: Language) -> Finding:
    row = sold.rows[0]
    return state(
        language,
        "calls-insiders",
        "Some had left before: insiders of {firm} sold shares for {amount} from {first} to {last}.",
        measure=language.text("published sales of founders, executives and first backers"),
        firm=str(row.cells["firm"].value),
        amount=sold.at(row.key, "amount"),
        first=str(row.cells["first"].value),
        last=str(row.cells["last"].value),
    )
