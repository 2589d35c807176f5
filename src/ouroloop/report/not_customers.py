"""What cannot have been customers' money: payments to a member beyond everything that the payer took in from customers.

If X paid Y more in a period than X's whole revenue of that period, the rest came from investors, lenders, other
members or cash from before: floor = max(0, paid - revenue). It is a floor because customers' money was also spent on
other things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Section, Table, state


@dataclass(frozen=True, slots=True)
class BeyondRevenue:
    """A payment of one period beside the payer's whole revenue of the same period, USD bn."""

    key: str
    payer: str
    payee: str
    period: str
    paid: float
    revenue: float
    paid_cites: tuple[str, ...]
    revenue_cites: tuple[str, ...]

    @property
    def floor(self) -> float:
        return max(0.0, self.paid - self.revenue)


def beyond_revenue_section(found: Sequence[BeyondRevenue], language: Language) -> Section | None:
    """The section; None where no payment is larger than its payer's revenue."""
    beyond = sorted((one for one in found if one.floor > 0), key=lambda one: (-one.floor, one.key))
    if not beyond:
        return None
    columns = (
        Column("payer", language.text("Payer")),
        Column("payee", language.text("Payee")),
        Column("period", language.text("Period")),
        Column("paid", language.text("paid"), Kind.MONEY),
        Column("revenue", language.text("payer's whole revenue"), Kind.MONEY),
        Column("floor", language.text("at least not customers' money"), Kind.FLOOR),
        Column("sources", language.text("Sources")),
    )
    rows = tuple(
        Row(
            one.key,
            {
                "payer": Cell(one.payer, Basis.NONE),
                "payee": Cell(one.payee, Basis.NONE),
                "period": Cell(one.period, Basis.NONE),
                "paid": Cell(one.paid, Basis.REPORTED, one.paid_cites),
                "revenue": Cell(one.revenue, Basis.REPORTED, one.revenue_cites),
                "floor": Cell(one.floor, Basis.ESTIMATED, (*one.paid_cites, *one.revenue_cites)),
                "sources": Cell("", Basis.NONE, tuple(dict.fromkeys((*one.paid_cites, *one.revenue_cites)))),
            },
        )
        for one in beyond
    )
    table = Table("beyond-revenue", language.text("Payments beyond the payer's revenue"), columns, rows)
    sentences = tuple(
        state(
            language,
            f"beyond-revenue-{one.key}",
            "In {period}, {payer} paid {payee} {paid}, but took in {revenue} of revenue from everyone: at least "
            "{floor} of what it paid cannot be customers' money.",
            measure=language.text("floor: payment less the payer's whole revenue"),
            headline=True,
            period=one.period,
            payer=one.payer,
            payee=one.payee,
            paid=table.at(one.key, "paid"),
            revenue=table.at(one.key, "revenue"),
            floor=table.at(one.key, "floor"),
        )
        for one in beyond
    )
    lead = language.text(
        "What a firm pays beyond its whole revenue of the period came from investors, lenders, other members, or cash "
        "from before. Booked revenue stands here for its customers' cash; what they paid ahead would come on top."
    )
    return Section("beyond-revenue", language.text("Not customers' money"), lead, sentences, (), (table,))
