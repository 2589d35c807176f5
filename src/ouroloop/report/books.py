"""What the replay through double-entry books says: that it balances, what it cannot explain, and the friends' books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ouroloop.core import Quarter
from ouroloop.report.language import Language, mark
from ouroloop.report.table import Basis, Cell, Column, Finding, Kind, Row, Table, state
from ouroloop.report.unknowns import Gap

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.replay import Replay

_LINE = {"cash": mark("cash"), "debt": mark("debt")}


@dataclass(frozen=True, slots=True)
class Replayed:
    """The replay of all that was paid, from the dossier's first quarter to its date."""

    dossier: Dossier
    run: Replay

    @classmethod
    @lru_cache(maxsize=4)  # the same in every language
    def of(cls, dossier: Dossier) -> Replayed:
        from ouroloop.dossier.replay import replay

        last = Quarter.of(dossier.date)
        return cls(dossier, replay(dossier, min(Quarter.parse(dossier.header.first_quarter), last), last))

    def gaps(self, language: Language) -> tuple[Gap, ...]:
        """Where a published balance differs from the books, opening balances aside."""
        found: list[Gap] = []
        for one in self.run.unexplained:
            if one.opening:
                continue
            cites = (cite.source for ref in one.refs if not ref.replaced for cite in ref.cites)
            found.append(
                Gap(
                    f"{one.entity.replace('.', '_')}-{one.line}-{one.day}",
                    language.name(self.dossier.entities[one.entity]),
                    language.text(_LINE[one.line]),
                    one.day.isoformat(),
                    one.point,
                    tuple(dict.fromkeys(cites)),
                )
            )
        return tuple(found)

    def checked(self, language: Language) -> tuple[Finding, Table]:
        """That the books balance to nothing, and that a second, independent replay of the postings agrees."""
        columns = (Column("what", language.text("What")), Column("count", language.text("number"), Kind.COUNT))
        values: dict[str, tuple[str, float | str]] = {
            "quarters": (language.text("quarters replayed"), float(len(self.run.quarters))),
            "residual": (language.text("largest residual of any firm or claim"), f"{self.run.residual:g}"),
            "disagreements": (
                language.text("disagreements of the independent auditor"),
                float(len(self.run.verdict.disagreements)),
            ),
            "gaps": (
                language.text("published balances that the books do not explain"),
                float(sum(not one.opening for one in self.run.unexplained)),
            ),
        }
        rows = tuple(
            Row(key, {"what": Cell(what, Basis.NONE), "count": Cell(value, Basis.NONE)})
            for key, (what, value) in values.items()
        )
        table = Table("books", language.text("The replay through double-entry books"), columns, rows)
        finding = state(
            language,
            "books",
            "Replayed through double-entry books over {quarters} quarters, what was paid leaves a residual of "
            "{residual}; the independent auditor disagrees {disagreements} times; {gaps} published balances stay "
            "partly unexplained.",
            measure=language.text("replay of paid flows through the ledger"),
            quarters=table.at("quarters", "count"),
            residual=table.at("residual", "count"),
            disagreements=table.at("disagreements", "count"),
            gaps=table.at("gaps", "count"),
        )
        return finding, table
