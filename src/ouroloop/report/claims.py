"""What do the articles claim, and what was found? Every claim beside its finding, counted by article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ouroloop.dossier.models import Article, Claim, Verdict
from ouroloop.report.language import Language, mark
from ouroloop.report.sources import ids
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Section, Table, state

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier

_ON_DEBT = re.compile(r"\b(debt|debts|cash|borrow\w*|bonds?)\b", re.IGNORECASE)

VERDICT_NAME: dict[Verdict, str] = {
    Verdict.CONFIRMED: mark("confirmed"),
    Verdict.CORRECTED: mark("corrected"),
    Verdict.UNSUPPORTED: mark("unsupported"),
    Verdict.UNTESTED: mark("untested"),
}


def claims_section(dossier: Dossier, language: Language) -> Section | None:
    """The claims of the articles; None where the dossier examines none."""
    if not dossier.claims:
        return None
    articles = {article.id: article for article in dossier.header.articles}
    counts, listed = _counts(dossier, language, articles), _listed(dossier, language, articles)
    return Section(
        "claims",
        language.text("What the articles claim, and what was found"),
        language.text(
            "The claims are told in our own words. Untested means a mechanism, a forecast or an opinion that no "
            "published fact can confirm or refute."
        ),
        (_counted(language, counts),),
        tables=(counts, listed),
    )


def _counted(language: Language, counts: Table) -> Finding:
    return state(
        language,
        "claims",
        "Of {all} claims: confirmed {confirmed}, corrected {corrected}, without support {unsupported}, not testable "
        "against published facts {untested}.",
        measure=language.text("claims counted by verdict"),
        headline=True,
        **{key: counts.at("total", key) for key in ("all", "confirmed", "corrected", "unsupported", "untested")},
    )


def _counts(dossier: Dossier, language: Language, articles: dict[str, Article]) -> Table:
    columns = (
        Column("article", language.text("Article")),
        *(Column(verdict.value, language.text(VERDICT_NAME[verdict]), Kind.COUNT) for verdict in Verdict),
        Column("all", language.text("all"), Kind.COUNT),
    )

    def row(key: str, article: Cell, claims: list[Claim], total: bool = False) -> Row:
        cells = {"article": article}
        cells |= {v.value: Cell(float(sum(c.found is v for c in claims)), Basis.NONE) for v in Verdict}
        return Row(key, cells | {"all": Cell(float(len(claims)), Basis.NONE)}, total=total)

    rows = [
        row(article.id, _article(article, language), [c for c in dossier.claims if c.article == article.id])
        for article in articles.values()
    ]
    rows.append(row("total", Cell(language.text("All articles"), Basis.NONE), list(dossier.claims), total=True))
    return Table("claims-by-article", language.text("Claims by article and verdict"), columns, tuple(rows))


def _listed(dossier: Dossier, language: Language, articles: dict[str, Article]) -> Table:
    columns = (
        Column("claim", language.text("Claim")),
        Column("says", language.text("The article says")),
        Column("verdict", language.text("Verdict")),
        Column("finding", language.text("What was found")),
        Column("article", language.text("Article")),
    )
    rows = tuple(
        Row(
            claim.id,
            {
                "claim": Cell(claim.id, Basis.NONE),
                "says": Cell(language.name(claim.says), Basis.NONE),
                "verdict": Cell(language.text(VERDICT_NAME[claim.found]), Basis.NONE),
                "finding": Cell(
                    language.name(claim.finding) if claim.finding else language.text("no published fact bears on it"),
                    Basis.NONE,
                    ids(claim.sources),
                ),
                "article": _article(articles[claim.article], language),
            },
            {"verdict": claim.found.value},
        )
        for claim in dossier.claims
    )
    return Table("claims-list", language.text("Every claim and what was found"), columns, rows, fold=True)


def claims_on_debt(dossier: Dossier, language: Language) -> Table | None:
    """What the articles say of debt and cash, beside the ratios; None where they say nothing."""
    found = [claim for claim in dossier.claims if claim.entities and _ON_DEBT.search(claim.says.en)]
    columns = (
        Column("says", language.text("The article says")),
        Column("verdict", language.text("Verdict")),
        Column("finding", language.text("What was found")),
    )
    rows = tuple(
        Row(
            f"debt-{claim.id}",
            {
                "says": Cell(language.name(claim.says), Basis.NONE),
                "verdict": Cell(language.text(VERDICT_NAME[claim.found]), Basis.NONE),
                "finding": Cell(language.name(claim.finding) if claim.finding else "", Basis.NONE, ids(claim.sources)),
            },
            {"verdict": claim.found.value},
        )
        for claim in found
    )
    caption = language.text("What the articles say of debt and cash")
    return Table("claims-on-debt", caption, columns, rows, fold=True) if rows else None


def _article(article: Article, language: Language) -> Cell:
    address = (article.address or "") if not article.needs_primary else ""
    note = language.text("needs a primary source") if article.needs_primary else ""
    return Cell(language.name(article.title), Basis.NONE, (), note, address)
