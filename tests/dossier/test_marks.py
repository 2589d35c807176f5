"""Places: whatever the nesting, the place of a value is where its text stands, and of a key where the key stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroloop.dossier.marks import Loc, Tree
from ouroloop.dossier.parse import MAX_DEPTH, decode, parse

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True).filter(lambda word: word not in ("null", "y", "n"))
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(WORDS, inner, min_size=1, max_size=4),
    max_leaves=20,
)


def scalars(node: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from scalars(value, (*loc, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from scalars(value, (*loc, number))
    else:
        yield loc, node


def tree_of(text: str) -> Tree:
    tree, problems = parse("file.yaml", text)
    assert problems == []
    assert tree is not None
    return tree


def text_at(tree: Tree, loc: Loc, *, key: bool = False) -> str:
    place = tree.place(loc, key=key)
    return tree.excerpt(place)[place.column - 1 :]


@settings(max_examples=50, deadline=None)
@given(TREES, st.sampled_from([None, True, False]), st.randoms(use_true_random=False))
def test_every_value_and_key_is_found_where_it_stands(content: Any, flow: bool | None, rng: Any) -> None:
    content = {"top": content}
    tree = tree_of(yaml.dump(content, default_flow_style=flow, width=1000))
    assert tree.root == content
    found = list(scalars(content))
    rng.shuffle(found)  # the second walk goes only as far as it is asked: any order must do
    for loc, value in found:
        # The writer quotes words that YAML would read as a truth ('no').
        assert text_at(tree, loc).startswith((value, f"'{value}'"))
        if isinstance(loc[-1], str):
            assert text_at(tree, loc, key=True).startswith((f"{loc[-1]}:", f"'{loc[-1]}':"))


def test_a_step_that_is_not_in_the_file_is_left_out() -> None:
    tree = tree_of("deals:\n  - id: a\n    low: 1\n  - id: b\n")
    assert text_at(tree, ("deals", 0, "tranches", 0, "low")) == "1"
    assert text_at(tree, ("deals", 0, "high"), key=True) == "id: a"
    assert text_at(tree, ("deals", 1, "low")) == "id: b"  # not the low of the deal before
    assert text_at(tree, ("deals", 7)) == "- id: a"
    assert text_at(tree, ()) == "deals:"


def test_columns_count_characters_not_bytes() -> None:
    tree = tree_of("名: {甲: 超微, 乙: b}\n")
    assert tree.place(("名", "乙")).column == 15
    assert text_at(tree, ("名", "乙")) == "b}"


@pytest.mark.parametrize("depth", [1, MAX_DEPTH - 1, MAX_DEPTH])
def test_nesting_is_read_up_to_the_limit(depth: int) -> None:
    assert parse("f", "[" * depth + "]" * depth)[1] == []
    (problem,) = parse("f", "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[1]
    assert (problem.code, problem.place.column) == ("too-deep", MAX_DEPTH + 1)


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"a: b\nc: \xff\n", "not-utf8", 2, 4),
        ("名: 甲\n乙: \u200b\n".encode(), "unseen-character", 2, 4),
        (b"a\0b", "unseen-character", 1, 2),
        (b"a: b\r\nc: \x1b[2J", "unseen-character", 2, 4),
        (b"\xef\xbb\xbfa: \xef\xbb\xbf", "unseen-character", 1, 4),
    ],
)
def test_bytes_that_are_no_plain_text_are_refused_at_their_place(
    data: bytes, code: str, line: int, column: int
) -> None:
    problem = decode("f", data)
    assert not isinstance(problem, str)
    assert (problem.code, problem.place.line, problem.place.column) == (code, line, column)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('a: "\\x1b[2J"', "unseen-character"),
        ('"a\\u202e": b', "unseen-character"),
        ("a: |\n  one\n  two\n", "unseen-character"),
        ("a: b\na: c\n", "repeated-key"),
        ("- ~\n", "yaml-null"),
        ("x: &a 1\n", "yaml-anchor"),
        ("x: *a\n", "yaml-alias"),
        ("&a x: 1\n", "yaml-anchor"),
        ("x: !!str 1\n", "yaml-tag"),
        ("x: ! 1\n", "yaml-tag"),
        ("<<: {}\n", "yaml-merge"),
        ("{[a]: b}\n", "yaml-key"),
        ("--- a\n--- b\n", "yaml-documents"),
        ("%TAG ! tag:x,2000:\n--- a\n", "yaml-directive"),
        ("a: [\n", "yaml-syntax"),
        ("\ta: b\n", "yaml-syntax"),
    ],
)
def test_what_yaml_does_cleverly_is_refused(text: str, code: str) -> None:
    assert [problem.code for problem in parse("f", text)[1]] == [code]


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("--- \na: b\n", {"a": "b"}),
        ('a: "~"\n', {"a": "~"}),
        ("a: 'it''s'\n", {"a": "it's"}),
        ("a: >\n  one\n  two\n", {"a": "one two\n"}),
        ("a: AT&T *x !y\n", {"a": "AT&T *x !y"}),
        ("a: |\n  one\n", {"a": "one\n"}),
        ("a: no\nb: 0x10\nc: 2025-01-01\nd: 1_000\n", {"a": "no", "b": "0x10", "c": "2025-01-01", "d": "1_000"}),
        ("a:\n", {"a": ""}),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_plain_yaml_is_read_as_text(text: str, root: Any) -> None:
    assert tree_of(text).root == root
