"""Who pays a firm's revenue, recorded and simulated, quarter by quarter?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import checkpoint, only, quarter_cell, run_line
from ouroloop.report.simulated.recorded import Paid, Recorded
from ouroloop.report.simulated.results import Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state
from ouroloop.report.time_charts import code_of, shares_over_time
from ouroloop.report.who_paid import PAYERS

SPONSOR_GROUP = {"outside_customers": "customers", "opening_cash": "opening"}
"""Sponsors of the simulation that the report calls otherwise."""
_NEARLY = 0.1
"""A firm with less than this from anybody but outside customers, in every quarter, gets no chart of its own."""
_LEAST = 0.05
"""A firm whose mean simulated revenue is below this, USD bn a quarter, is left out."""


def paid_section(
    results: Results, recorded: Recorded, language: Language, name: Callable[[str], str]
) -> Section | None:
    """Shares of the cash that paid for revenue, by payer; None where nobody has revenue."""
    firms = [firm for firm in results.firms if _simulated(results, firm)]
    if not firms:
        return None
    table = _table(results, recorded, firms, language, name)
    parts = [column.key for column in table.columns if column.kind is Kind.SHARE]
    plain = [firm for firm in firms if _only_customers(table, firm)]
    sentences: list[Finding] = _all_outside(results, table, plain, language)
    charts: list[Chart] = []
    for firm in (firm for firm in firms if firm not in plain):
        said = _sentence(results, table, firm, language, name)
        sentences.append(said)
        rows = [row for row in table.rows if row.code["of"] == firm]
        legend = tuple((f"s-{key}", table.column(key).title) for key in parts) if not charts else ()
        charts.append(
            Chart(
                f"paid-{firm}",
                table.id,
                said.text,
                language.text("{firm}: shares of the cash that paid for revenue, by quarter.", firm=name(firm)),
                shares_over_time(only(table, rows), "quarter", parts, language, said.text),
                run_line(results, language),
                legend,
            )
        )
    return Section(
        "paid-over-time",
        language.text("Who pays, over time"),
        language.text(
            "Every dollar of revenue followed to whoever put it in, in the recorded quarters by replaying what was "
            "paid and in the simulated ones by the books of every path. Recorded quarters stand solid, simulated ones "
            "paler with dashed edges. Customers of recorded quarters include those that are only assumed; simulated "
            "shares are of the mean over paths, because means add up and medians do not."
        ),
        tuple(sentences),
        tuple(charts),
        (table,),
        simulated=True,
    )


def _simulated(results: Results, firm: str) -> bool:
    paid = sum(course for (one, _), course in results.who_paid.items() if one == firm)
    return bool(paid.mean() > _LEAST) if not isinstance(paid, int) else False


def _grouped(results: Results, firm: str, place: int) -> tuple[float, dict[str, float]]:
    amounts: dict[str, float] = {}
    for (one, sponsor), course in results.who_paid.items():
        if one == firm:
            key = SPONSOR_GROUP.get(sponsor, sponsor)
            amounts[key] = amounts.get(key, 0.0) + max(0.0, float(course[place]))
    whole = sum(amounts.values())
    return whole, {key: amount / whole for key, amount in amounts.items()} if whole > 0 else {}


def _table(
    results: Results, recorded: Recorded, firms: list[str], language: Language, name: Callable[[str], str]
) -> Table:
    courses = {firm: [_grouped(results, firm, n) for n in range(len(results.quarters))] for firm in firms}
    past = {firm: _before(recorded.paid.get(firm, ()), results) for firm in firms}
    seen = [shares for course in courses.values() for _, shares in course]
    seen += [dict(one.shares) for known in past.values() for one in known]
    keys = [key for key in PAYERS if any(shares.get(key, 0.0) > 0.0005 for shares in seen)]
    columns = (
        Column("firm", language.text("Firm")),
        Column("quarter", language.text("Quarter")),
        Column("kind", language.text("Recorded or simulated")),
        Column("revenue", language.text("cash paid for revenue"), Kind.MONEY),
        *(Column(key, language.text(PAYERS[key]), Kind.SHARE) for key in keys),
    )
    rows: list[Row] = []
    for firm in firms:
        for one in past[firm]:
            cells = _cells(name(firm), language.text("recorded"), Basis.ESTIMATED, one.revenue, one.shares, keys)
            cells["quarter"] = quarter_cell(one.quarter, language)
            rows.append(_row(f"{firm}-{one.quarter}", cells, columns, code_of(one.quarter, simulated=False, of=firm)))
        for quarter, (whole, shares) in zip(results.quarters, courses[firm], strict=True):
            if not shares:
                continue
            cells = _cells(name(firm), language.text("simulated"), Basis.SIMULATED, whole, shares, keys)
            cells["quarter"] = quarter_cell(quarter, language)
            rows.append(_row(f"{firm}-{quarter}", cells, columns, code_of(quarter, simulated=True, of=firm)))
    caption = language.text("Who paid revenue, by firm and quarter, recorded and simulated")
    return Table("paid-over-time", caption, columns, tuple(rows), fold=True)


def _before(known: tuple[Paid, ...], results: Results) -> list[Paid]:
    """The last ten recorded years before the simulation begins."""
    first = results.quarters[0]
    return [one for one in known if first.ordinal - 40 <= one.quarter.ordinal < first.ordinal]


def _cells(
    firm: str, kind: str, basis: Basis, revenue: float, shares: Mapping[str, float], keys: list[str]
) -> dict[str, Cell]:
    cells = {
        "firm": Cell(firm, Basis.NONE),
        "kind": Cell(kind, Basis.NONE),
        "revenue": Cell(revenue, basis),
    }
    for key in keys:
        unknown = key == "unknown" and basis is Basis.ESTIMATED
        cells[key] = Cell(shares.get(key, 0.0), Basis.UNKNOWN if unknown else basis)
    return cells


def _row(key: str, cells: dict[str, Cell], columns: tuple[Column, ...], code: dict[str, str]) -> Row:
    return Row(key, {column.key: cells[column.key] for column in columns}, code)


def _only_customers(table: Table, firm: str) -> bool:
    """Do outside customers pay nearly everything in every quarter of the table?"""
    return all(_value(row, "customers") >= 1 - _NEARLY for row in table.rows if row.code["of"] == firm)


def _all_outside(results: Results, table: Table, firms: list[str], language: Language) -> list[Finding]:
    if not firms:
        return []
    quarter = results.quarters[checkpoint(results)]
    return [
        state(
            language,
            "paid-outside",
            "Nearly everything is paid by outside customers throughout, in the model in {quarter}: {firms}.",
            measure=language.text("shares of the mean cash paid for revenue, cash mixed pro rata"),
            quarter=language.quarter(quarter),
            firms=tuple(
                (str(table.row(f"{firm}-{quarter}").cells["firm"].value), table.at(f"{firm}-{quarter}", "customers"))
                for firm in firms
            ),
        )
    ]


def _sentence(results: Results, table: Table, firm: str, language: Language, name: Callable[[str], str]) -> Finding:
    quarter = results.quarters[checkpoint(results)]
    row = table.row(f"{firm}-{quarter}")
    others = [
        column.key
        for column in table.columns
        if column.kind is Kind.SHARE and column.key != "customers" and _value(row, column.key) >= 0.005
    ]
    others.sort(key=lambda key: -_value(row, key))
    pairs = tuple((table.column(key).title, table.at(row.key, key)) for key in ("customers", *others[:3]))
    return state(
        language,
        f"paid-{firm}",
        "Who pays {firm}'s revenue in the model in {quarter}: {payers}.",
        measure=language.text("shares of the mean cash paid for revenue, cash mixed pro rata"),
        firm=name(firm),
        quarter=language.quarter(quarter),
        payers=pairs,
    )


def _value(row: Row, key: str) -> float:
    value = row.cells[key].value
    return float(value) if isinstance(value, (int, float)) else 0.0
