"""Debt over equity beside debt over cash, with and without leases: four ratios, because the definitions disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ouroloop.report.charts import lines
from ouroloop.report.language import Language, mark
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state

DEBT_EQUITY, DEBT_EQUITY_LEASES = "debt_equity", "debt_equity_leases"
DEBT_CASH, DEBT_CASH_LEASES = "debt_cash", "debt_cash_leases"
RATIOS: dict[str, str] = {
    DEBT_EQUITY: mark("debt / equity"),
    DEBT_EQUITY_LEASES: mark("debt and leases / equity"),
    DEBT_CASH: mark("debt / cash"),
    DEBT_CASH_LEASES: mark("debt and leases / cash"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What one firm owed and had on a day, USD bn; None where it is not known. Cash includes short-term investments.

    `debt_leases` is debt with lease liabilities; `note` says which leases, where not all are known. `published` is the
    ratio of debt to equity as someone else published it.
    """

    day: str
    debt: float | None
    debt_leases: float | None
    equity: float | None
    cash: float | None
    cites: tuple[str, ...] = ()
    published: float | None = None
    published_cites: tuple[str, ...] = ()
    note: str = ""
    comparable: bool = True
    """False where other leases are counted than on the firm's other days: then no ratio with leases is shown."""

    def ratio(self, name: str) -> float | None:
        """One of the four ratios; None where a part is unknown or the divisor is not positive."""
        below = self.equity if name in (DEBT_EQUITY, DEBT_EQUITY_LEASES) else self.cash
        leased = name in (DEBT_EQUITY_LEASES, DEBT_CASH_LEASES)
        debt = (self.debt_leases if self.comparable else None) if leased else self.debt
        return None if debt is None or below is None or below <= 0 else debt / below


@dataclass(frozen=True, slots=True)
class Borrower:
    """A firm's standings in order of time."""

    id: str
    name: str
    standings: tuple[Standing, ...]


def ratios_section(borrowers: Sequence[Borrower], language: Language, *, footers: dict[str, str]) -> Section | None:
    """One table and one chart per firm with at least two standings; None without any."""
    shown = [one for one in borrowers if len(one.standings) > 1]
    if not shown:
        return None
    tables = tuple(_table(one, language) for one in shown)
    sentences: list[Finding] = []
    charts: list[Chart] = []
    for one, table in zip(shown, tables, strict=True):
        finding = _turn(one, table, language)
        if finding is None:
            continue
        sentences += [one for one in (finding, _leases_matter(one, table, language)) if one]
        keys = [key for key in RATIOS if sum(row.cells[key].value is not None for row in table.rows) > 1]
        charts.append(
            Chart(
                table.id,
                table.id,
                finding.text,
                language.text(
                    "{member}, ratios of published balance sheets, with and without leases.", member=one.name
                ),
                lines(table, "day", keys, language, finding.text),
                footers[one.id],
            )
        )
    return Section(
        "ratios",
        language.text("Debt beside equity and beside cash"),
        language.text(
            "Whether debt is growing dangerous depends on what it is held against and on whether leases count. Both "
            "definitions are shown, with leases in and out; a ratio with negative equity means nothing and is left out."
        ),
        tuple(sentences),
        tuple(charts),
        tables,
    )


def _table(one: Borrower, language: Language) -> Table:
    published = any(standing.published is not None for standing in one.standings)
    columns = (
        Column("day", language.text("Date")),
        Column("debt", language.text("debt"), Kind.MONEY),
        Column("debt_leases", language.text("debt with leases"), Kind.MONEY),
        Column("equity", language.text("shareholders' equity"), Kind.MONEY),
        Column("cash", language.text("cash"), Kind.MONEY),
        *(Column(key, language.text(name), Kind.RATIO) for key, name in RATIOS.items()),
        *(
            (Column("published", language.text("debt / equity, as published elsewhere"), Kind.RATIO),)
            if published
            else ()
        ),
        Column("sources", language.text("Sources")),
    )
    rows: list[Row] = []
    for standing in one.standings:
        cells = {"day": Cell(standing.day, Basis.NONE)}
        for key in ("debt", "debt_leases", "equity", "cash"):
            value: float | None = getattr(standing, key)
            note = standing.note if key == "debt_leases" else ""
            cells[key] = Cell(value, Basis.UNKNOWN if value is None else Basis.REPORTED, standing.cites, note)
        for key in RATIOS:
            ratio = standing.ratio(key)
            cells[key] = Cell(ratio, Basis.UNKNOWN if ratio is None else Basis.REPORTED, standing.cites)
        if published:
            unknown = standing.published is None
            basis = Basis.UNKNOWN if unknown else Basis.REPORTED
            cells["published"] = Cell(standing.published, basis, standing.published_cites)
        cites = tuple(dict.fromkeys((*standing.cites, *standing.published_cites)))
        cells["sources"] = Cell("", Basis.NONE, cites)
        rows.append(Row(f"{one.id}-{standing.day}", cells))
    caption = language.text("{member}: debt, equity and cash", member=one.name)
    return Table(f"ratios-{one.id}", caption, columns, tuple(rows), fold=True)


def _turn(one: Borrower, table: Table, language: Language) -> Finding | None:
    """First against last of a ratio over equity and one over cash: that known on more days (leases in, if tied)."""
    picked: dict[str, Any] = {}
    for name, plain, leased in (("equity", DEBT_EQUITY, DEBT_EQUITY_LEASES), ("cash", DEBT_CASH, DEBT_CASH_LEASES)):
        known = {key: [row for row in table.rows if row.cells[key].value is not None] for key in (leased, plain)}
        key = max(known, key=lambda key: len(known[key]))
        rows = known[key]
        if len(rows) > 1:
            picked |= {
                f"{name}_kind": language.text(RATIOS[key]),
                f"{name}_from": table.at(rows[0].key, key),
                f"{name}_to": table.at(rows[-1].key, key),
                f"{name}_first": str(rows[0].cells["day"].value),
                f"{name}_last": str(rows[-1].cells["day"].value),
            }
    if "equity_kind" not in picked or "cash_kind" not in picked:
        return None
    return state(
        language,
        f"ratios-{one.id}",
        "{member}: {equity_kind} went from {equity_from} ({equity_first}) to {equity_to} ({equity_last}); {cash_kind} "
        "went from {cash_from} ({cash_first}) to {cash_to} ({cash_last}).",
        measure=language.text("ratios of published balance sheets"),
        member=one.name,
        **picked,
    )


def _leases_matter(one: Borrower, table: Table, language: Language) -> Finding | None:
    """Debt over cash with and without leases, on the last day on which both are known."""
    rows = [
        row
        for row in table.rows
        if row.cells[DEBT_CASH].value is not None and row.cells[DEBT_CASH_LEASES].value is not None
    ]
    if not rows:
        return None
    return state(
        language,
        f"ratios-leases-{one.id}",
        "On {day}, {member}'s debt was {plain} its cash, and {leased} once leases count as debt.",
        measure=language.text("ratios of published balance sheets"),
        member=one.name,
        day=str(rows[-1].cells["day"].value),
        plain=table.at(rows[-1].key, DEBT_CASH),
        leased=table.at(rows[-1].key, DEBT_CASH_LEASES),
    )
