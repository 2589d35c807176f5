"""Numbers reach a sentence only as cells of a table, in the rounding of their column, with sources and basis."""

from __future__ import annotations

import pytest

from ouroloop.report.language import Language
from ouroloop.report.table import Basis, Cell, Column, Kind, Row, Table, in_table, state, state_plural

COLUMNS = (Column("who", "Who"), Column("paid", "Paid", Kind.MONEY), Column("floor", "Floor", Kind.FLOOR))
TABLE = Table(
    "t",
    "Paid",
    COLUMNS,
    (
        Row(
            "a",
            {"who": Cell("A", Basis.NONE), "paid": Cell(17.2, cites=("one",)), "floor": Cell(4.17, Basis.ESTIMATED)},
        ),
        Row("b", {"who": Cell("B", Basis.NONE), "paid": Cell(None, Basis.UNKNOWN), "floor": Cell(1.0)}),
    ),
)


def test_a_sentence_carries_the_cells_its_numbers_came_from() -> None:
    said = state(
        Language("en"), "x", "{who} paid {paid}, at least {floor} of it twice.", measure="m",
        who="A", paid=TABLE.at("a", "paid"), floor=TABLE.at("a", "floor"),
    )  # fmt: skip
    assert said.text == "A paid USD 17.2bn, at least USD 4.1bn of it twice."
    assert (said.pointers["paid"].table, said.pointers["paid"].row, said.pointers["paid"].column) == ("t", "a", "paid")
    assert said.cites == ("one",)


def test_a_sentence_is_as_sure_as_its_weakest_number() -> None:
    english = Language("en")
    reported = state(english, "x", "{p}", measure="m", p=TABLE.at("a", "paid"))
    estimated = state(english, "x", "{p} {f}", measure="m", p=TABLE.at("a", "paid"), f=TABLE.at("a", "floor"))
    unknown = state(english, "x", "{p} {f}", measure="m", p=TABLE.at("b", "paid"), f=TABLE.at("a", "floor"))
    assert [s.basis for s in (reported, estimated, unknown)] == [Basis.REPORTED, Basis.ESTIMATED, Basis.UNKNOWN]


def test_a_plural_sentence_takes_its_form_from_the_cell() -> None:
    columns = (Column("n", "n", Kind.COUNT),)
    table = Table("c", "c", columns, (Row("one", {"n": Cell(1.0)}), Row("two", {"n": Cell(2.0)})))
    say = [
        state_plural(Language("en"), "x", "{count} loop of {who}", "{count} loops of {who}", measure="m", who="A",
                     count=table.at(row, "n")).text
        for row in ("one", "two")
    ]  # fmt: skip
    assert say == ["1 loop of A", "2 loops of A"]


def test_what_was_not_disclosed_is_said_and_never_shown_as_zero() -> None:
    assert in_table(TABLE.row("b").cells["paid"], Kind.MONEY, Language("en")) == "not disclosed"
    assert in_table(Cell(None), Kind.SHARE, Language("en")) == "unknown"


def test_a_table_refuses_repeated_rows_and_missing_cells() -> None:
    row = TABLE.rows[0]
    with pytest.raises(AssertionError, match="row keys repeat"):
        Table("t", "t", COLUMNS, (row, row))
    with pytest.raises(AssertionError, match="needs"):
        Table("t", "t", COLUMNS, (Row("c", {"who": Cell("C")}),))
