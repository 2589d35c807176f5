"""What protection on the loop's firms costs by the model and as quoted, and how their ratings move over the paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ouroloop.report.charts import bars, lines
from ouroloop.report.language import Language
from ouroloop.report.simulated.footing import quarter_cell, run_line, simulated, three_digits
from ouroloop.report.simulated.results import Results
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.models import Quote
    from ouroloop.scenario.credit import CreditView

INVESTMENT_GRADE = 4
"""The first so many letters."""
_LEAST_SOLD = 0.05
"""What is less, USD bn in the mean of the paths, is left out."""
Sources = Callable[[tuple[str, ...]], str]


def credit_section(
    dossier: Dossier,
    views: Sequence[CreditView],
    results: Results,
    language: Language,
    name: Callable[[str], str],
    sources: Sources,
) -> Section | None:
    """Spreads beside quotes and ratings over time; None where neither is there."""
    last = {quote.entity: quote for quote in sorted(dossier.quotes, key=lambda quote: quote.on.last)}
    spreads = _spreads(views, last, language, name) if views else None
    ratings = _ratings(results, language, name) if results.letters else None
    if spreads is None and ratings is None:
        return None
    sold = _sold(results, language, name) if results.letters else None
    findings: list[Finding] = []
    charts: list[Chart] = []
    if spreads is not None:
        findings += [_beside(spreads, view, language, name) for view in views[:1]]
        cites = tuple(dict.fromkeys(str(last[view.entity].cite) for view in views if view.entity in last))
        title = language.text("Five years of protection: the model beside the last quote")
        charts.append(
            Chart(
                "spreads",
                spreads.id,
                title,
                language.text("Basis points a year. Nothing is fitted to quotes."),
                bars(spreads, "firm", ("left-out", "counted", "quoted"), language, title),
                sources(cites),
            )
        )
    if ratings is not None:
        findings.append(_falls(ratings, results, language, name))
        charts.append(
            Chart(
                "ratings",
                ratings.id,
                findings[-1].text,
                language.text(
                    "Share of paths on which the firm is investment grade or has no debt, at the end of the year."
                ),
                lines(ratings, "quarter", _drawn(ratings), language, findings[-1].text),
                run_line(results, language),
            )
        )
    if sold is not None:
        findings.append(_most_sold(sold, results, language, name))
    tables = (spreads, ratings, sold, _letters(results, language, name) if ratings else None)
    return Section(
        "credit",
        language.text("What credit says of the loop's firms"),
        language.text(
            "A firm fails when what it owns falls to what it owes. How far it is from there follows from the value of "
            "its shares, how much that moves, and its debt; with promises counted, rent and purchases that are signed "
            "count as debt. Letters are those whose firms failed as often, after the price of risk is taken out of "
            "what prices pay for. A firm without debt has no letter."
        ),
        tuple(findings),
        tuple(charts),
        tuple(table for table in tables if table),
        simulated=True,
    )


def _spreads(
    views: Sequence[CreditView], quotes: Mapping[str, Quote], language: Language, name: Callable[[str], str]
) -> Table:
    columns = (
        Column("firm", language.text("Firm")),
        Column("distance", language.text("distance to default"), Kind.AVERAGE),
        Column("left-out", language.text("bp, promises left out"), Kind.COUNT),
        Column("counted", language.text("bp, promises counted"), Kind.COUNT),
        Column("quoted", language.text("bp, quoted"), Kind.COUNT),
        Column("on", language.text("quoted on")),
        Column("error", language.text("model less quote"), Kind.COUNT),
    )
    rows: list[Row] = []
    for view in views:
        by = {one.promises: one for one in view.model}
        last = quotes.get(view.entity)
        plain = by.get(0.0)
        quoted = Cell(last.spread_bp, Basis.REPORTED, (str(last.cite),)) if last else Cell(None, Basis.UNKNOWN)
        cells = {
            "firm": Cell(name(view.entity), Basis.NONE),
            "distance": simulated(plain.distance if plain else None),
            "left-out": simulated(plain.spread_bp if plain else None),
            "counted": simulated(by[1.0].spread_bp if 1.0 in by else None),
            "quoted": quoted,
            "on": Cell(language.date(last.on.last) if last else "", Basis.NONE),
            "error": simulated(plain.spread_bp - last.spread_bp if plain and last else None),
        }
        rows.append(Row(view.entity, cells))
    note = language.text(
        "One volatility for all shares, no price of risk, no liquidity: the model is not fitted to quotes."
    )
    return Table(
        "spreads", language.text("Spreads of five years, by the model and as quoted"), columns, tuple(rows), note
    )


def _beside(spreads: Table, view: CreditView, language: Language, name: Callable[[str], str]) -> Finding:
    return state(
        language,
        f"spread-{view.entity}",
        "For five years on {firm} the model asks {low} bp with promises left out and {high} bp with promises counted; "
        "quoted were {quoted} bp on {date}.",
        measure=language.text("structural spread: first passage to an uncertain default point, recovery of 40 %"),
        firm=name(view.entity),
        low=spreads.at(view.entity, "left-out"),
        high=spreads.at(view.entity, "counted"),
        quoted=spreads.at(view.entity, "quoted"),
        date=spreads.at(view.entity, "on"),
    )


def _ends(results: Results) -> list[int]:
    return [0, *(n for n in results.year_ends() if n > 0)]


def _ratings(results: Results, language: Language, name: Callable[[str], str]) -> Table:
    columns = (
        Column("quarter", language.text("End of")),
        *(Column(firm, name(firm), Kind.SHARE) for firm in results.letters),
    )
    rows = tuple(
        Row(
            str(results.quarters[n]),
            {
                "quarter": quarter_cell(results.quarters[n], language),
                **{
                    firm: simulated(three_digits(float(shares[:INVESTMENT_GRADE, n].sum() + shares[-1, n])))
                    for firm, shares in results.letters.items()
                },
            },
        )
        for n in _ends(results)
    )
    caption = language.text("Share of paths with investment grade or without debt")
    return Table("ratings", caption, columns, rows, fold=True)


def _drawn(ratings: Table) -> list[str]:
    """The firms that fall furthest: more lines would not be told apart."""
    first, last = ratings.rows[0].cells, ratings.rows[-1].cells

    def falls(firm: str) -> float:
        values = [row.cells[firm].value for row in ratings.rows]
        numbers = [value for value in values if isinstance(value, float)]
        return max(numbers) - min(numbers)

    firms = [column.key for column in ratings.columns[1:] if first[column.key].value != last[column.key].value]
    return sorted(firms, key=falls, reverse=True)[:5] or [ratings.columns[1].key]


def _falls(ratings: Table, results: Results, language: Language, name: Callable[[str], str]) -> Finding:
    """The firm whose investment grade goes on most paths within five years."""
    ends = _ends(results)
    later = str(results.quarters[next((n for n in ends if n >= 19), ends[-1])])
    first = str(results.quarters[0])

    def gone(firm: str) -> float:
        before, after = ratings.row(first).cells[firm].value, ratings.row(later).cells[firm].value
        assert isinstance(before, float)
        assert isinstance(after, float)
        return before - after

    firm = max(results.letters, key=gone)
    return state(
        language,
        "rating-falls",
        "{firm} is investment grade on {before} of paths at the end of {first}, and on {after} at the end of {later}.",
        measure=language.text("letter whose firms fail as often within five years, on every path and quarter"),
        firm=name(firm),
        before=ratings.at(first, firm),
        first=language.quarter(results.quarters[0]),
        after=ratings.at(later, firm),
        later=ratings.at(later, "quarter"),
    )


def _sold(results: Results, language: Language, name: Callable[[str], str]) -> Table | None:
    """Bonds that had to be sold by the end of each year, means of the paths; None where nobody's were."""
    so_far = {firm: results.members[firm, "bonds_sold"].mean.cumsum() for firm in results.letters}
    firms = [firm for firm, sold in so_far.items() if sold[-1] >= _LEAST_SOLD]
    if not firms:
        return None
    columns = (
        Column("quarter", language.text("End of")),
        *(Column(firm, name(firm), Kind.MONEY) for firm in firms),
    )
    rows = tuple(
        Row(
            str(results.quarters[n]),
            {
                "quarter": quarter_cell(results.quarters[n], language),
                **{firm: simulated(three_digits(float(so_far[firm][n]))) for firm in firms},
            },
        )
        for n in _ends(results)
    )
    caption = language.text("Bonds sold so far by investors who may hold investment grade only, means of the paths")
    return Table("bonds-sold", caption, columns, rows, fold=True)


def _most_sold(sold: Table, results: Results, language: Language, name: Callable[[str], str]) -> Finding:
    last = sold.rows[-1]

    def amount(firm: str) -> float:
        value = last.cells[firm].value
        assert isinstance(value, float)
        return value

    firm = max((column.key for column in sold.columns[1:]), key=amount)
    return state(
        language,
        "bonds-sold",
        "By the end of {quarter}, investors who may hold investment grade only have sold {sold} of bonds of {firm} to "
        "hedge funds, in the mean of the paths.",
        measure=language.text("as owed; sold at what the spread of the quarter leaves of it"),
        quarter=sold.at(last.key, "quarter"),
        sold=sold.at(last.key, firm),
        firm=name(firm),
    )


def _letters(results: Results, language: Language, name: Callable[[str], str]) -> Table:
    from ouroloop.experiment.credit_course import STATES

    columns = (
        Column("firm", language.text("Firm")),
        Column("quarter", language.text("End of")),
        *(Column(letter, language.text("failed") if letter == "D" else letter, Kind.SHARE) for letter in STATES[:-1]),
        Column("none", language.text("no debt"), Kind.SHARE),
    )
    rows = tuple(
        Row(
            f"{firm}-{results.quarters[n]}",
            {
                "firm": Cell(name(firm), Basis.NONE),
                "quarter": quarter_cell(results.quarters[n], language),
                **{letter: simulated(three_digits(float(shares[k, n]))) for k, letter in enumerate(STATES[:-1])},
                "none": simulated(three_digits(float(shares[-1, n]))),
            },
        )
        for firm, shares in results.letters.items()
        for n in _ends(results)
    )
    return Table(
        "letters", language.text("Shares of paths at each letter, promises left out"), columns, rows, fold=True
    )
