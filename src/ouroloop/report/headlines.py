"""The dossier's baskets of headlines as funnel sections: each deal with its path in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ouroloop.dossier.models import Status
from ouroloop.report.headline_funnel import FunnelItem, funnel_section
from ouroloop.report.language import Language, mark
from ouroloop.report.sources import footer, ids
from ouroloop.report.table import Section

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.dossier.funnel import FunnelRow

STATUS_NAME: dict[Status, str] = {
    Status.RUMORED: mark("rumored"),
    Status.REPORTED: mark("reported by others"),
    Status.ANNOUNCED: mark("announced"),
    Status.LETTER: mark("letter of intent"),
    Status.SIGNED: mark("signed"),
    Status.FUNDED: mark("funded"),
    Status.AMENDED: mark("amended"),
    Status.WITHDRAWN: mark("withdrawn"),
    Status.EXPIRED: mark("expired"),
    Status.SUPERSEDED: mark("replaced"),
}


def funnel_sections(dossier: Dossier, language: Language) -> tuple[Section, ...]:
    """One section per basket that the dossier names."""
    from ouroloop.dossier.funnel import funnel

    sections: list[Section] = []
    for basket in dossier.header.baskets:
        items = [_item(row, dossier, language) for row in funnel(dossier, basket).rows]
        under = footer(dossier, language, (cite for item in items for cite in item.cites))
        key = f"funnel-{basket.id.replace('.', '_')}"
        sections.append(funnel_section(key, language.name(basket.title), items, language, footer=under))
    return tuple(sections)


def _item(row: FunnelRow, dossier: Dossier, language: Language) -> FunnelItem:
    deal = row.deal
    name = " → ".join(language.name(dossier.entities[end]) for end in (deal.payer, deal.payee))
    path: list[str] = []
    for step in row.steps:
        words = f"{language.when(str(step.known))} {language.text(STATUS_NAME[step.status])}"
        words += f" ({step.deal})" if step.deal != deal.id else ""
        if words not in path:
            path.append(words)
    cites = ids(cite for one in (deal, *row.living) for cite in one.sources)
    return FunnelItem(deal.id, name, row.headline, row.firm, row.paid, "; ".join(path), cites)
