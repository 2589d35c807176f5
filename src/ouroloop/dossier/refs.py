"""What a computed amount rests on: the records, by name, with their sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ouroloop.dossier.models import Cite, Deal, Figure, Tranche


@dataclass(frozen=True, slots=True)
class Ref:
    """One record behind an amount. `replaced`: it says something about the same money and was not used."""

    kind: Literal["deal", "figure"]
    id: str
    cites: tuple[Cite, ...]
    known: date
    """The last day on which the record may have become known."""
    replaced: bool = False

    def __str__(self) -> str:
        return f"{'instead of ' if self.replaced else ''}{self.kind}:{self.id}"

    @classmethod
    def of_deal(cls, deal: Deal, tranche: Tranche) -> Ref:
        known = max(deal.known.last, *(step.known.last for step in tranche.status or deal.status))
        return cls("deal", f"{deal.id}#{tranche.id}", deal.sources, known)

    @classmethod
    def of_figure(cls, figure: Figure) -> Ref:
        """Names the figure as `entity/concept[/counterparty]/when@source`."""
        when = f"{figure.start}/{figure.end}" if figure.start else str(figure.end)
        about = "/".join(filter(None, (figure.entity, figure.concept, figure.counterparty)))
        return cls("figure", f"{about}/{when}@{figure.cite}", (figure.cite,), figure.known.last)

    def as_replaced(self) -> Ref:
        return replace(self, replaced=True)


Refs = tuple[Ref, ...]


def joined(*refs: Refs) -> Refs:
    """All of them, each once, in order."""
    return tuple(dict.fromkeys(ref for some in refs for ref in some))
