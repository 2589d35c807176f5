"""Of each dollar that a member booked, who paid it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ouroloop.report.charts import stacked
from ouroloop.report.language import Language, mark
from ouroloop.report.table import (
    Basis,
    Cell,
    Chart,
    Column,
    Finding,
    Kind,
    Named,
    Row,
    Section,
    Table,
    state,
    state_plural,
)

ENOUGH = 0.02
"""A member gets a sentence of its own when payers are known, not assumed, for at least this share of its revenue."""

PAYERS: dict[str, str] = {
    "customers": mark("outside customers"),
    "assumed": mark("customers (assumed)"),
    "lenders": mark("lenders"),
    "investors": mark("investors"),
    "government": mark("government"),
    "members": mark("other members"),
    "own": mark("its own money"),
    "opening": mark("cash from before"),
    "ring": mark("nobody: a closed ring"),
    "unknown": mark("unknown"),
}
"""The payers as the report groups them, in the order of the drawing."""

_GROUP: dict[str, str] = {
    "outside_customers": "customers",
    "bank": "lenders",
    "bond_market": "lenders",
    "private_credit": "lenders",
    "government": "government",
    "other_members": "members",
    "own_money": "own",
    "opening_cash": "opening",
    "closed_ring": "ring",
    "unknown": "unknown",
}


def group(sponsor: str, member: str) -> str:
    """The group of payers that a sponsor of cash belongs to, seen from a member.

    Classes that are not named above (funds, insurers, households) hold equity as often as debt: investors.
    """
    if sponsor.startswith("member:"):
        return "own" if sponsor == f"member:{member}" else "members"
    return _GROUP.get(sponsor, "investors")


@dataclass(frozen=True, slots=True)
class Payers:
    """One member's revenue of the period and the shares of it by payer (by the measure's own words; they sum to 1)."""

    member: str
    name: str
    revenue_usd_bn: float
    shares: Mapping[str, float]
    revenue_basis: Basis = Basis.REPORTED
    cites: tuple[str, ...] = ()
    assumed: float = 0.0
    """The part of the outside customers' share that rests on an assumption: revenue that no deal or figure explains."""
    billed_usd_bn: float = 0.0
    """What other members paid it directly, whoever's money that was."""

    def grouped(self) -> dict[str, float]:
        """Shares by the report's groups."""
        found = dict.fromkeys(PAYERS, 0.0)
        for sponsor, share in self.shares.items():
            found[group(sponsor, self.member)] += share
        assumed = min(self.assumed, found["customers"])
        found["customers"] -= assumed
        found["assumed"] += assumed
        total = sum(found.values())
        assert abs(total - 1) < 1e-6, f"{self.member}: shares sum to {total}"
        return found


def who_paid_section(
    payers: Sequence[Payers], language: Language, *, period: str, tiers: str, coverage: str, footer: str
) -> Section | None:
    """The section; None where no member has revenue."""
    if not payers:
        return None
    table = _table(payers, language, period, coverage)
    traced = _traced(table, language)
    title = _unknown(traced, language, period)
    shown = [key for key in PAYERS if any(_share(row, key) > 0 for row in table.rows)]
    chart = Chart(
        "who-paid",
        table.id,
        title.text,
        language.text(
            "Shares of revenue by who paid it, {period}; {tiers}. {coverage}",
            period=period,
            tiers=tiers,
            coverage=coverage,
        ),
        stacked(table, "member", shown, language, title.text),
        footer,
        tuple((f"s-{key}", language.text(PAYERS[key])) for key in shown),
    )
    most = _most_inside(table)
    found = (_member(table, row, language, period, row.key == most) for row in table.rows)
    sentences = [finding for finding in found if finding]
    return Section(
        "who-paid",
        language.text("Who paid for the revenue"),
        language.text(
            "Every dollar of revenue is traced to whoever put it in: customers outside the loop, lenders, investors, "
            "other members, or the member itself. Cash is mixed pro rata inside a firm. What nobody has published "
            "stays unknown, unless the dossier says why the rest of a member's revenue may count as customers'."
        ),
        (title, *sentences),
        (chart,),
        (table, traced),
    )


def _table(payers: Sequence[Payers], language: Language, period: str, coverage: str) -> Table:
    always = ("customers", "unknown")
    kept = [key for key in PAYERS if key in always or any(one.grouped()[key] > 0 for one in payers)]
    columns = (
        Column("member", language.text("Member")),
        Column("revenue", language.text("revenue"), Kind.MONEY),
        Column("billed", language.text("of it paid by members"), Kind.MONEY),
        *(Column(key, language.text(PAYERS[key]), Kind.SHARE) for key in kept),
        Column("sources", language.text("Sources")),
    )
    rows: list[Row] = []
    for one in sorted(payers, key=lambda one: (one.grouped()["unknown"], one.member)):
        cells = {
            "member": Cell(one.name, Basis.NONE),
            "revenue": Cell(one.revenue_usd_bn, one.revenue_basis, one.cites),
            "billed": Cell(one.billed_usd_bn, Basis.ESTIMATED, one.cites)
            if one.billed_usd_bn
            else Cell(language.text("none on record"), Basis.UNKNOWN),
        }
        for key in kept:
            share = one.grouped()[key]
            basis = Basis.UNKNOWN if key == "unknown" else Basis.ESTIMATED
            # Beside an unknown part, nothing on record is not nothing.
            silent = share == 0 and one.grouped()["unknown"] > 0 and key != "unknown"
            cells[key] = Cell("", Basis.NONE) if silent else Cell(share, basis, one.cites)
        cells["sources"] = Cell("", Basis.NONE, one.cites)
        rows.append(Row(one.member, cells))
    caption = language.text("Of each dollar booked in {period}, who paid it", period=period)
    note = " ".join(
        (
            language.text(
                "What a member pays is followed to whose money it was: its customers', lenders', investors' or another "
                "member's. So the shares say where the money came from, not who was billed; the column 'of it "
                "paid by members' says how much other members paid directly."
            ),
            language.text(
                "Assumed: the dossier counts revenue of which nobody named the payer as customers' money, because the "
                "firm's main business sells to the outside; money that such a firm passes on is assumed too."
            ),
            language.text("An empty cell: nothing on record. Shares sum to one before rounding."),
            coverage,
        )
    )
    return Table("who-paid", caption, columns, tuple(rows), note)


def _traced(table: Table, language: Language) -> Table:
    """For how many members is most of the revenue unknown, or only assumed?"""
    dark = sum(_share(row, "unknown") > 0.5 for row in table.rows)
    assumed = sum(_share(row, "assumed") > 0.5 for row in table.rows)
    counts = {
        "most": (language.text("at most half is unknown or assumed"), len(table.rows) - dark - assumed),
        "assumed": (language.text("more than half is only assumed"), assumed),
        "little": (language.text("more than half is unknown"), dark),
        "all": (language.text("all members with revenue"), len(table.rows)),
    }
    columns = (Column("class", language.text("Revenue")), Column("count", language.text("members"), Kind.COUNT))
    rows = tuple(
        Row(key, {"class": Cell(name, Basis.NONE), "count": Cell(float(count), Basis.NONE)}, total=key == "all")
        for key, (name, count) in counts.items()
    )
    return Table("who-paid-traced", language.text("How much of the revenue is traced"), columns, rows)


def _unknown(traced: Table, language: Language, period: str) -> Finding:
    if not traced.row("assumed").cells["count"].value:
        return state(
            language,
            "who-paid-unknown",
            "For {count} of {all} members with published revenue it is unknown who paid most of it in {period}.",
            measure=language.text("shares of revenue by who paid it, cash mixed pro rata"),
            headline=bool(traced.row("little").cells["count"].value),
            count=traced.at("little", "count"),
            all=traced.at("all", "count"),
            period=period,
        )
    return state_plural(
        language,
        "who-paid-unknown",
        "For {count} of {all} members with published revenue it is unknown who paid most of it in {period}; for "
        "{assumed} more it is only assumed that customers did.",
        "For {count} of {all} members with published revenue it is unknown who paid most of it in {period}; for "
        "{assumed} more it is only assumed that customers did.",
        measure=language.text("shares of revenue by who paid it, cash mixed pro rata"),
        headline=any(traced.row(key).cells["count"].value for key in ("little", "assumed")),
        count=traced.at("little", "count"),
        all=traced.at("all", "count"),
        assumed=traced.at("assumed", "count"),
        period=period,
    )


def _most_inside(table: Table) -> str:
    """The member with the largest share that came from the loop, lenders, investors or itself."""
    inside = ("lenders", "investors", "government", "members", "own", "opening", "ring")
    best = max(table.rows, key=lambda row: sum(_share(row, key) for key in inside))
    return best.key if sum(_share(best, key) for key in inside) > 0.005 else ""


def _member(table: Table, row: Row, language: Language, period: str, headline: bool) -> Finding | None:
    if 1 - _share(row, "unknown") - _share(row, "assumed") < ENOUGH:
        return None
    some = [key for key in PAYERS if _share(row, key) > 0]
    pairs: Named = tuple((language.text(PAYERS[key]), table.at(row.key, key)) for key in some)
    return state(
        language,
        f"who-paid-{row.key}",
        "Where the money came from that {member} booked as revenue in {period}: {payers}.",
        measure=language.text("shares of revenue by who paid it, cash mixed pro rata"),
        headline=headline,
        member=str(row.cells["member"].value),
        period=period,
        payers=pairs,
    )


def _share(row: Row, key: str) -> float:
    cell = row.cells.get(key)
    return float(cell.value) if cell and isinstance(cell.value, (int, float)) else 0.0
