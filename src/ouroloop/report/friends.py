"""The three friends: what an article reads into the loop beside what the books say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Section, Table, state

if TYPE_CHECKING:
    from ouroloop.dossier.replay import Reading


def friends_section(friends: Sequence[Reading], names: Mapping[str, str], language: Language) -> Section:
    """The article's reading and the books, side by side; amounts are units."""
    columns = (
        Column("friend", language.text("Friend")),
        Column("article", language.text("revenue, as the article reads it"), Kind.COUNT),
        Column("revenue", language.text("revenue, in the books"), Kind.COUNT),
        Column("expense", language.text("expense"), Kind.COUNT),
        Column("profit", language.text("profit or loss"), Kind.COUNT),
        Column("asset", language.text("asset bought"), Kind.COUNT),
        Column("raised", language.text("equity raised"), Kind.COUNT),
        Column("outside", language.text("cash from outside"), Kind.COUNT),
    )

    def cells(name: str, some: Sequence[Reading]) -> dict[str, Cell]:
        values = {
            "article": sum(one.article_revenue for one in some),
            "revenue": sum(one.revenue for one in some),
            "expense": sum(one.expense for one in some),
            "profit": sum(one.profit for one in some),
            "asset": sum(one.asset for one in some),
            "raised": sum(one.equity_raised for one in some),
            "outside": sum(one.outside_cash for one in some),
        }
        return {"friend": Cell(name, Basis.NONE)} | {key: Cell(float(v), Basis.NONE) for key, v in values.items()}

    rows = [Row(one.entity, cells(names[one.entity], [one])) for one in friends]
    rows.append(Row("total", cells(language.text("Together"), friends), total=True))
    caption = language.text("The article's reading beside the books, in units")
    table = Table("friends", caption, columns, tuple(rows))
    measure = language.text("double-entry books of the thought experiment")
    sentences = (
        state(
            language,
            "friends-revenue",
            "The article lets the friends book {article} of revenue together; in the books it is {revenue}.",
            measure=measure,
            headline=True,
            article=table.at("total", "article"),
            revenue=table.at("total", "revenue"),
        ),
        state(
            language,
            "friends-outside",
            "From outside came {outside}: what one books as revenue, another has spent ({expense}) or turned into an "
            "asset ({asset}).",
            measure=measure,
            headline=True,
            outside=table.at("total", "outside"),
            expense=table.at("total", "expense"),
            asset=table.at("total", "asset"),
        ),
    )
    return Section("friends", language.text("Three friends and the same money"), "", sentences, (), (table,))
