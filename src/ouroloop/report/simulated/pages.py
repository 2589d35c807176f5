"""Pages of their own for a question and for a ranking of failures, in the words, tables and charts of a report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from ouroloop.report.bargains import Bargain, bargains_of, kind_of
from ouroloop.report.charts import bars, number
from ouroloop.report.document import Findings, SourceLine
from ouroloop.report.language import Language
from ouroloop.report.map_drawing import KIND_NAME, TIER_NAME
from ouroloop.report.simulated.behind import Rested, behind_table
from ouroloop.report.simulated.comparison import comparison_section
from ouroloop.report.simulated.footing import simulated, three_digits
from ouroloop.report.simulated.losses import holder_name, losses_section
from ouroloop.report.sources import ids, source_lines
from ouroloop.report.table import Basis, Cell, Chart, Column, Finding, Kind, Row, Section, Table, state

if TYPE_CHECKING:
    from ouroloop.core import Quarter
    from ouroloop.dossier import Dossier
    from ouroloop.experiment.impact import Impact
    from ouroloop.report.simulated.results import SimulatedResults

_LEAST = 0.05
"""USD bn below which a holder has no column."""
_DRAWN = 12


def answer_page(
    dossier: Dossier,
    question: str,
    results: SimulatedResults,
    named: Collection[str],
    rested: Sequence[Rested],
    language: Language,
) -> Findings:
    """What breaks, who ends up with the loss, by when, through which stages, and what deals stand behind it.

    `results` holds the baseline and one scenario, that of the question, with its losses; `named` are the parties whom
    the question names; `rested` what the losses rest on.
    """
    name = _names(dossier, language)
    deals = [one for one in bargains_of(dossier) if {one.deal.payer, one.deal.payee} <= set(named)]
    sections = (
        losses_section(results, language, name),
        _grounds(results, rested, language, holder_name(language, name)),
        comparison_section(results, language),
        _deals(deals, language, name) if deals else None,
    )
    cites = {cite for one in deals for cite in ids(one.deal.sources)} | {cite for one in rested for cite in one.sources}
    title = language.text("Asked: {question}", question=question)
    return _page(dossier, language, title, tuple(section for section in sections if section), cites)


def impact_page(
    dossier: Dossier,
    found: Sequence[Impact],
    language: Language,
    *,
    at: Quarter,
    until: Quarter,
    paths: int,
    seed: int,
) -> Findings:
    """Whose failure costs outside holders most, and who of them would bear it?

    `found` in the order shown; `at` is the quarter of each failure, `until` the last whose losses count.
    """
    name, called = _names(dossier, language), holder_name(language, _names(dossier, language))
    ranking, holders = _ranking(found, language, name, at, until), _holders(found, language, name, called)
    findings = [_dearest(one, ranking, language, at, until) for one in ranking.rows[:3]]
    footer = language.text(
        "Dossier {dossier} as known on {date}; each firm made to default alone in {at}; {paths} paths, seed {seed}. "
        "Model result, not a forecast, not advice.",
        dossier=dossier.header.id,
        date=language.date(dossier.date),
        at=language.quarter(at),
        paths=language.number(paths, 0),
        seed=str(seed),
    )
    costly = tuple(row for row in ranking.rows if number(row.cells["outside"]) > 0)[:_DRAWN]
    drawn = Table(ranking.id, ranking.caption, ranking.columns, costly or ranking.rows[:1])
    chart = Chart(
        "impact",
        ranking.id,
        findings[0].text,
        language.text(
            "What holders outside lose beyond what happens otherwise, mean of the paths, {unit}.",
            unit=language.money_unit,
        ),
        bars(drawn, "firm", ("outside",), language, findings[0].text),
        footer,
    )
    section = Section(
        "impact",
        language.text("Whose failure costs others most"),
        language.text(
            "Each firm is made to default, one at a time, on the same paths. What holders outside lose beyond what "
            "happens otherwise is what its failure costs, with whoever it takes along. Funds lose for whom they hold. "
            "Below zero, a failure spares others more than it costs: rivals sell more, or less is lent."
        ),
        tuple(findings),
        (chart,),
        (ranking, holders),
        simulated=True,
    )
    return _page(dossier, language, section.title, (section,), set())


def _names(dossier: Dossier, language: Language) -> Callable[[str], str]:
    return lambda firm: language.name(dossier.entities[firm]) if firm in dossier.entities else firm


def _page(dossier: Dossier, language: Language, title: str, sections: tuple[Section, ...], cites: set[str]) -> Findings:
    sources: tuple[SourceLine, ...] = tuple(one for one in source_lines(dossier, language) if one.id in cites)
    return Findings(
        language,
        dossier.header.id,
        title,
        language.name(dossier.header.title),
        language.date(dossier.date),
        "",
        dossier.header.stylized,
        sections,
        None,
        sources,
    )


def _grounds(
    results: SimulatedResults, rested: Sequence[Rested], language: Language, called: Callable[[str], str]
) -> Section:
    account = next(iter(results.losses.values()))
    soon = account.quarters.index(account.soon)
    table = behind_table(rested, soon, account.quarters, language, called)
    return Section(
        "behind",
        table.caption,
        language.text(
            "Every loss is a posting in the books: a claim written down, a share that falls, a promise that is called. "
            "What each holder lost most on, and the records of the dossier from which its books were opened; who holds "
            "for whom is assumed."
        ),
        tables=(table,),
        simulated=True,
    )


def _deals(bargains: Sequence[Bargain], language: Language, name: Callable[[str], str]) -> Section:
    """Recorded, not simulated: what stands between them, how binding it is, and who says so."""
    columns = (
        Column("deal", language.text("Deal")),
        Column("from", language.text("From")),
        Column("to", language.text("To")),
        Column("kind", language.text("Kind")),
        Column("tier", language.text("How binding")),
        Column("amount", language.text("amount"), Kind.MONEY),
    )
    rows: list[Row] = []
    for place, one in enumerate(bargains):
        kind, cites = kind_of(one.deal), ids(one.deal.sources)
        known = Cell(one.usd_bn, Basis.REPORTED, cites) if one.usd_bn is not None else Cell(None, Basis.UNKNOWN)
        cells = {
            "deal": Cell(one.deal.id, Basis.NONE, cites),
            "from": Cell(name(one.deal.payer), Basis.NONE),
            "to": Cell(name(one.deal.payee), Basis.NONE),
            "kind": Cell(language.text(KIND_NAME[kind]) if kind else "", Basis.NONE),
            "tier": Cell(language.text(TIER_NAME[one.tier]), Basis.NONE),
            "amount": known,
        }
        rows.append(Row(f"{one.deal.id}-{place}", cells))
    caption = language.text("The deals between those that the question names")
    return Section("deals", caption, "", tables=(Table("deals", caption, columns, tuple(rows)),))


def _ranking(
    found: Sequence[Impact], language: Language, name: Callable[[str], str], at: Quarter, until: Quarter
) -> Table:
    columns = (
        Column("firm", language.text("Firm")),
        Column("outside", language.text("costs outside"), Kind.MONEY),
        Column("error", language.text("its standard error"), Kind.MONEY),
        Column("claims", language.text("of it claims"), Kind.MONEY),
        Column("shares", language.text("of it fall of shares"), Kind.MONEY),
        Column("others", language.text("other firms that fail"), Kind.AVERAGE),
    )
    rows = tuple(
        Row(
            one.firm,
            {
                "firm": Cell(name(one.firm), Basis.NONE),
                "outside": simulated(three_digits(one.outside)),
                "error": simulated(three_digits(one.error)),
                "claims": simulated(three_digits(one.claims)),
                "shares": simulated(three_digits(one.shares)),
                "others": simulated(three_digits(one.others_fail)),
            },
        )
        for one in found
    )
    caption = language.text(
        "What the failure of each firm in {at} costs by the end of {until}",
        at=language.quarter(at),
        until=language.quarter(until),
    )
    return Table("impact", caption, columns, rows)


def _holders(
    found: Sequence[Impact], language: Language, name: Callable[[str], str], called: Callable[[str], str]
) -> Table:
    most: dict[str, float] = {}
    for one in found:
        for holder, lost in one.by_holder.items():
            most[holder] = max(most.get(holder, 0.0), abs(lost))
    kept = sorted((holder for holder, lost in most.items() if lost >= _LEAST), key=lambda holder: -most[holder])
    columns = (Column("firm", language.text("Firm")), *(Column(h, called(h), Kind.MONEY) for h in kept))
    rows = tuple(
        Row(
            one.firm,
            {
                "firm": Cell(name(one.firm), Basis.NONE),
                **{holder: simulated(three_digits(one.by_holder.get(holder, 0.0))) for holder in kept},
            },
        )
        for one in found
    )
    return Table("impact-holders", language.text("Who bears it, net"), columns, rows)


def _dearest(row: Row, ranking: Table, language: Language, at: Quarter, until: Quarter) -> Finding:
    return state(
        language,
        f"impact-{row.key}",
        "If {firm} failed in {at}, holders outside would lose {outside} more by the end of {until} (standard error "
        "{error}), {claims} of it on claims.",
        measure=language.text("net loss beyond that of the deals as they stand, mean of the paths"),
        firm=str(row.cells["firm"].value),
        at=language.quarter(at),
        until=language.quarter(until),
        outside=ranking.at(row.key, "outside"),
        error=ranking.at(row.key, "error"),
        claims=ranking.at(row.key, "claims"),
    )
