"""The records of a dossier: what may stand in its files, field by field.

Every record is frozen and refuses unknown keys. Scalars arrive as strings and are typed here, so a YAML `no`, `1e3` or
`2025-10-06` means exactly what the schema says. Amounts are USD bn unless the unit says otherwise.
"""

from ouroloop.dossier.models.assumption import Assumption, Distribution
from ouroloop.dossier.models.claim import Article, Claim, Verdict
from ouroloop.dossier.models.deal import Deal, Instrument, Overlap, Schedule, Status, StatusStep, Tranche
from ouroloop.dossier.models.entity import Entity, EntityKind
from ouroloop.dossier.models.figure import Basis, Figure, FigureFile, Series, SeriesValue, Unit
from ouroloop.dossier.models.header import Basket, Header
from ouroloop.dossier.models.market import Event, Quote, UsefulLife
from ouroloop.dossier.models.record import (
    Amount,
    ConceptName,
    Day,
    Id,
    Known,
    Line,
    Number,
    Record,
    Text,
    When,
    refusal,
)
from ouroloop.dossier.models.source import Cite, Cites, Grade, Source, SourceClass

__all__ = [
    "Amount",
    "Article",
    "Assumption",
    "Basis",
    "Basket",
    "Cite",
    "Cites",
    "Claim",
    "ConceptName",
    "Day",
    "Deal",
    "Distribution",
    "Entity",
    "EntityKind",
    "Event",
    "Figure",
    "FigureFile",
    "Grade",
    "Header",
    "Id",
    "Instrument",
    "Known",
    "Line",
    "Number",
    "Overlap",
    "Quote",
    "Record",
    "Schedule",
    "Series",
    "SeriesValue",
    "Source",
    "SourceClass",
    "Status",
    "StatusStep",
    "Text",
    "Tranche",
    "Unit",
    "UsefulLife",
    "Verdict",
    "When",
    "refusal",
]
