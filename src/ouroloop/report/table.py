"""Tables and the sentences that stand on them: every number of a sentence is a cell of a table, and says which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ouroloop.report.language import Language, Rounding


class Basis(StrEnum):
    """Where a number comes from; each looks different wherever it is shown."""

    REPORTED = "reported"  # published by the firm, or read from its filing
    SUMMED = "summed"  # reported numbers added up here
    ESTIMATED = "estimated"  # worked out here from reported numbers and stated assumptions
    SIMULATED = "simulated"  # a model's result
    UNKNOWN = "unknown"  # nobody has published it
    NONE = "none"  # not a number: a name, a date, a verdict


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    MONEY = "money"
    FLOOR = "floor"  # money, a lower bound: shortened downward
    CEILING = "ceiling"  # money, an upper bound: shortened upward
    SHARE = "share"
    PERCENT = "percent"  # a small share, in percent with one decimal
    FINE = "fine"  # a smaller one, with two
    COUNT = "count"
    RATIO = "ratio"
    AVERAGE = "average"
    DECIMAL = "decimal"

    @property
    def numeric(self) -> bool:
        return self is not Kind.TEXT

    @property
    def money(self) -> bool:
        return self in (Kind.MONEY, Kind.FLOOR, Kind.CEILING)

    @property
    def rounding(self) -> Rounding:
        return {Kind.FLOOR: "down", Kind.CEILING: "up"}.get(self, "nearest")  # pyright: ignore[reportReturnType]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table. `value` None: not disclosed. `cites` are source ids; `note` is said in words."""

    value: float | str | None
    basis: Basis = Basis.REPORTED
    cites: tuple[str, ...] = ()
    note: str = ""
    href: str = ""
    """A web address that a text cell leads to."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title is already in the reader's language, its unit stands in the head, not in the cells."""

    key: str
    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `code` holds machine words (tier, verdict, kind) by which charts and styles choose."""

    key: str
    cells: Mapping[str, Cell]
    code: Mapping[str, str] = field(default_factory=dict)
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption. Row keys and column keys are unique; every row has every column."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    fold: bool = False
    """Long: shown closed until the reader opens it."""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        assert len(set(keys)) == len(keys), f"{self.id}: column keys repeat: {keys}"
        rows = [row.key for row in self.rows]
        assert len(set(rows)) == len(rows), (
            f"{self.id}: row keys repeat: {sorted(r for r in rows if rows.count(r) > 1)}"
        )
        for row in self.rows:
            assert list(row.cells) == keys, f"{self.id}/{row.key}: has {list(row.cells)}, needs {keys}"

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.key == key)

    def at(self, row: str, column: str) -> Pointer:
        """A pointer to one cell, to be used as a number in a sentence."""
        return Pointer(self.id, row, column, self.column(column).kind, self.row(row).cells[column])


@dataclass(frozen=True, slots=True)
class Pointer:
    """One cell and where it stands."""

    table: str
    row: str
    column: str
    kind: Kind
    cell: Cell

    def say(self, language: Language) -> str:
        """The value as a sentence writes it, with its unit."""
        return in_words(self.cell, self.kind, language)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and for each of its placeholders the cell that it came from.

    `measure` names the measure behind it (never just "circularity"); `basis` is that of its weakest number.
    """

    id: str
    text: str
    pointers: Mapping[str, Pointer]
    words: Mapping[str, str]
    """The placeholders that are names, periods or other words, as filled in."""
    measure: str
    basis: Basis
    cites: tuple[str, ...]
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of one table: SVG, its title a finding, its table beside it."""

    id: str
    table: str
    title: str
    subtitle: str
    svg: str
    footer: str
    legend: tuple[tuple[str, str], ...] = ()
    """Pairs of style class and name, where the drawing cannot label directly."""
    wide: bool = False
    """Does it need the whole width, also where charts stand side by side?"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: sentences first, then the drawing, then the tables that both stand on."""

    id: str
    title: str
    lead: str
    findings: tuple[Finding, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    simulated: bool = False
    """A model's result: it looks different from what is recorded."""


def in_table(cell: Cell, kind: Kind, language: Language) -> str:
    """The value as a table writes it: no unit for money (the head has it)."""
    value = cell.value
    if value is None:
        return language.text("not disclosed") if kind.money else language.text("unknown")
    if isinstance(value, str):
        return value
    if kind.money:
        return language.amount(value, kind.rounding)
    if kind is Kind.SHARE:
        return language.share(value)
    if kind in (Kind.PERCENT, Kind.FINE):
        return f"{language.number(100 * value, 1 if kind is Kind.PERCENT else 2)}%"
    if kind is Kind.RATIO:
        return language.ratio(value)
    return language.number(value, {Kind.COUNT: 0, Kind.AVERAGE: 1}.get(kind, 3))


def in_words(cell: Cell, kind: Kind, language: Language) -> str:
    """The value as a sentence writes it: money with its unit."""
    if kind.money and isinstance(cell.value, (int, float)):
        return language.money(cell.value, kind.rounding)
    return in_table(cell, kind, language)


Named = tuple[tuple[str, Pointer], ...]
"""Named cells, to be listed inside a sentence."""


def _firmness(cell: Cell) -> Basis:
    """How much of a revenue is unknown is itself a number that was worked out."""
    return Basis.ESTIMATED if cell.basis is Basis.UNKNOWN and cell.value is not None else cell.basis


_WEAKNESS = (Basis.NONE, Basis.REPORTED, Basis.SUMMED, Basis.ESTIMATED, Basis.SIMULATED, Basis.UNKNOWN)


def state(
    language: Language, name: str, message: str, *, measure: str, headline: bool = False, **values: Any
) -> Finding:
    """Say a message whose placeholders are cells (Pointer), words (str), or a list of named cells (a tuple of pairs
    of a name and a Pointer). Numbers come in only as cells.
    """
    return _stated(language, name, language.text, (message,), measure, headline, values)


def state_plural(
    language: Language,
    name: str,
    one: str,
    many: str,
    *,
    count: Pointer,
    measure: str,
    headline: bool = False,
    **values: Any,
) -> Finding:
    """As `state`, in the form that the cell `count` asks for; the message writes it `{count}`."""

    def form(**words: str) -> str:
        words.pop("count")
        assert isinstance(count.cell.value, (int, float))
        return language.plural(one, many, int(count.cell.value), **words)

    return _stated(language, name, form, (), measure, headline, {"count": count, **values})


def _stated(
    language: Language,
    name: str,
    form: Any,
    message: tuple[str, ...],
    measure: str,
    headline: bool,
    values: dict[str, Any],
) -> Finding:
    pointers: dict[str, Pointer] = {}
    words: dict[str, str] = {}
    filled: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Pointer):
            pointers[key] = value
            filled[key] = value.say(language)
        elif isinstance(value, tuple):
            pairs: Named = value
            pointers |= {f"{key}.{number}": pointer for number, (_, pointer) in enumerate(pairs)}
            filled[key] = language.join(f"{named} {pointer.say(language)}" for named, pointer in pairs)
        else:
            filled[key] = words[key] = str(value)
    cites = tuple(dict.fromkeys(cite for pointer in pointers.values() for cite in pointer.cell.cites))
    bases = [_firmness(pointer.cell) for pointer in pointers.values()] or [Basis.NONE]
    weakest = max(bases, key=_WEAKNESS.index)
    return Finding(name, form(*message, **filled), pointers, words, measure, weakest, cites, headline)
