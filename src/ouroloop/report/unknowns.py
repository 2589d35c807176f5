"""What is not known: undisclosed amounts, disputed deals, thin sources, and what the books cannot explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ouroloop.dossier.models import Grade
from ouroloop.report.bargains import Bargain
from ouroloop.report.language import Language
from ouroloop.report.sources import ids
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Gap:
    """What the replay of one entity's books could not explain: the figure less what the flows give, USD bn."""

    key: str
    name: str
    concept: str
    day: str
    usd_bn: float
    cites: tuple[str, ...] = ()


def unknowns_section(
    dossier: Dossier,
    bargains: Sequence[Bargain],
    gaps: Sequence[Gap],
    language: Language,
    *,
    books: tuple[Finding, Table] | None = None,
    shown: int = 40,
) -> Section:
    """The section; every count in it is over a list that can be read in the tables or by `ouroloop check`."""
    counts = _counts(dossier, bargains, gaps, language)
    tables = [counts]
    disputed = _disputed(dossier, language)
    if disputed.rows:
        tables.append(disputed)
    sentences = [_thin(counts, language)]
    if books:
        sentences.append(books[0])
        tables.append(books[1])
    if gaps:
        listed = _gaps(gaps, language, shown)
        tables.append(listed)
        sentences.append(_largest_gap(listed, language))
    return Section(
        "unknown",
        language.text("What is not known"),
        language.text("The report is silent where nobody has published anything; this is where."),
        tuple(sentences),
        (),
        tuple(tables),
    )


def _counts(dossier: Dossier, bargains: Sequence[Bargain], gaps: Sequence[Gap], language: Language) -> Table:
    deals = list(dossier.deals.values())
    bargains = [bargain for bargain in bargains if bargain.deal.instrument.side != "none"]
    values: dict[str, tuple[str, int, int]] = {
        "undisclosed": (
            language.text("tranches without an amount"),
            sum(b.usd_bn is None for b in bargains),
            len(bargains),
        ),
        "disputed": (
            language.text("deals whose sources disagree"),
            sum(d.disputed is not None for d in deals),
            len(deals),
        ),
        "low-deals": (language.text("deals of low grade"), sum(d.confidence is Grade.LOW for d in deals), len(deals)),
        "low-figures": (
            language.text("figures of low grade"),
            sum(f.grade is Grade.LOW for f in dossier.figures),
            len(dossier.figures),
        ),
        "primary-deals": (
            language.text("deals without any source that can be opened"),
            sum(dossier.needs_primary(d) for d in deals),
            len(deals),
        ),
        "primary-figures": (
            language.text("figures without any source that can be opened"),
            sum(dossier.needs_primary(f) for f in dossier.figures),
            len(dossier.figures),
        ),
        "gaps": (language.text("gaps between the flows and a published figure"), len(gaps), len(gaps)),
    }
    columns = (
        Column("what", language.text("What")),
        Column("count", language.text("number"), Kind.COUNT),
        Column("all", language.text("out of"), Kind.COUNT),
    )
    rows = tuple(
        Row(
            key,
            {"what": Cell(what, Basis.NONE), "count": Cell(float(n), Basis.NONE), "all": Cell(float(out), Basis.NONE)},
        )
        for key, (what, n, out) in values.items()
    )
    return Table("unknown-counts", language.text("How much is not known"), columns, rows)


def _thin(counts: Table, language: Language) -> Finding:
    return state(
        language,
        "unknown-thin",
        "{deals} of {all_deals} deals and {figures} of {all_figures} figures have no source that can be opened; the "
        "sources of {disputed} deals disagree.",
        measure=language.text("records counted by source"),
        deals=counts.at("primary-deals", "count"),
        all_deals=counts.at("primary-deals", "all"),
        figures=counts.at("primary-figures", "count"),
        all_figures=counts.at("primary-figures", "all"),
        disputed=counts.at("disputed", "count"),
    )


def _disputed(dossier: Dossier, language: Language) -> Table:
    columns = (
        Column("deal", language.text("Deal")),
        Column("parties", language.text("Parties")),
        Column("dispute", language.text("What the sources disagree about")),
    )
    rows = tuple(
        Row(
            deal.id,
            {
                "deal": Cell(deal.id, Basis.NONE, ids(deal.sources)),
                "parties": Cell(
                    " → ".join(language.name(dossier.entities[end]) for end in (deal.payer, deal.payee)), Basis.NONE
                ),
                "dispute": Cell(deal.disputed, Basis.NONE),
            },
        )
        for deal in dossier.deals.values()
        if deal.disputed
    )
    return Table("unknown-disputed", language.text("Deals whose sources disagree"), columns, rows, fold=len(rows) > 8)


def _gaps(gaps: Sequence[Gap], language: Language, shown: int) -> Table:
    columns = (
        Column("who", language.text("Member")),
        Column("concept", language.text("Figure")),
        Column("day", language.text("Date")),
        Column("gap", language.text("unexplained"), Kind.MONEY),
        Column("sources", language.text("Sources")),
    )
    largest = sorted(gaps, key=lambda gap: (-abs(gap.usd_bn), gap.key))[:shown]
    rows = tuple(
        Row(
            gap.key,
            {
                "who": Cell(gap.name, Basis.NONE),
                "concept": Cell(gap.concept, Basis.NONE),
                "day": Cell(gap.day, Basis.NONE),
                "gap": Cell(gap.usd_bn, Basis.ESTIMATED, gap.cites),
                "sources": Cell("", Basis.NONE, gap.cites),
            },
        )
        for gap in largest
    )
    caption = language.text("The largest gaps between the flows and a published figure")
    return Table("unknown-gaps", caption, columns, rows, fold=True)


def _largest_gap(listed: Table, language: Language) -> Finding:
    row = listed.rows[0]
    return state(
        language,
        "unknown-gap",
        "The largest gap stands at {who} on {day}: {gap} of its {concept} that no recorded flow explains.",
        measure=language.text("published figure less replayed books"),
        who=str(row.cells["who"].value),
        day=str(row.cells["day"].value),
        concept=str(row.cells["concept"].value),
        gap=listed.at(row.key, "gap"),
    )
