"""Hostile and broken dossiers: whatever the bytes, the answer is clear problems or a clean load, and soon.

A seeded mutator breaks a fresh dossier in one to three ways. Nothing else than BadInput may come out.
"""

from __future__ import annotations

import os
import random
import signal
import time
import unicodedata
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ouroloop.core import BadInput, Problem
from ouroloop.dossier import check, load, new_dossier

CASES = 200
SECONDS = 10.0  # of computing, for one case: a guard against hangs, not a speed test
HANGS_AFTER = 60  # of waiting

Mutator = Callable[[random.Random, Path], None]
MUTATORS: list[Mutator] = []

ODD = [
    "",
    "~",
    "null",
    "nan",
    "NaN",
    ".nan",
    "inf",
    "-inf",
    "1e309",
    "-1",
    "1e400000",
    "9" * 400,
    "0x10",
    "1_000",
    "١٢",
    "true",
]
ODD += [
    "no",
    "2025-13-45",
    "2025-00-00",
    "0000-00-00",
    "9999-12-31",
    "-2025-01-01",
    "2025-01-01/2025-01-02/2025-01-03",
    "/",
]
ODD += ["#", "a#b#c", "..", "../../etc/passwd", "/etc/passwd", "a" * 5000, "{}", "[]", "💥", "ａｌｐｈａ", "сhip-maker"]
ODD += ["lab\n", "lab\t", " lab", "%s%n", "{0}", "{message}", "<script>", "$(id)", "\u202elab"]


def mutator(function: Mutator) -> Mutator:
    MUTATORS.append(function)
    return function


def _file(rng: random.Random, root: Path) -> Path:
    return rng.choice(sorted(p for p in root.rglob("*.yaml") if p.is_file() and not p.is_symlink()))


def _edit(rng: random.Random, root: Path, change: Callable[[Any], Any]) -> None:
    """Change a file's content and write it back; a file that an earlier mutator broke is left alone."""
    path = _file(rng, root)
    try:
        content = yaml.load(path.read_bytes(), yaml.CBaseLoader)
    except (yaml.YAMLError, ValueError, OSError, RecursionError):
        return
    path.write_text(yaml.dump(change(content), allow_unicode=True, sort_keys=False), encoding="utf-8")


def _spots(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) below a node."""
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, value in items:
        yield node, key
        yield from _spots(value)


def _replace(rng: random.Random, root: Path, make: Callable[[Any], Any]) -> None:
    def change(content: Any) -> Any:
        spots = list(_spots(content))
        if not spots:
            return make(content)
        container, key = rng.choice(spots)
        container[key] = make(container[key])
        return content

    _edit(rng, root, change)


@mutator
def odd_value(rng: random.Random, root: Path) -> None:
    _replace(rng, root, lambda _: rng.choice(ODD))


@mutator
def wrong_type(rng: random.Random, root: Path) -> None:
    _replace(rng, root, lambda old: rng.choice([[old], {"a": old}, [], {}, [[]], str(old)[:40]]))


@mutator
def drop_or_rename_key(rng: random.Random, root: Path) -> None:
    def change(content: Any) -> Any:
        spots = [(c, k) for c, k in _spots(content) if isinstance(c, dict)]
        if spots:
            container, key = rng.choice(spots)
            value = container.pop(key)
            if rng.random() < 0.5:
                container[rng.choice([key[::-1], key.upper(), "place", "payer", "source_class", "", "__class__"])] = (
                    value
                )
        return content

    _edit(rng, root, change)


@mutator
def root_of_another_kind(rng: random.Random, root: Path) -> None:
    _file(rng, root).write_text(
        rng.choice(["", "[]", "text", "- a\n- b\n", "{}", "---\n", "# only\n", "null\n", "? a\n"])
    )


@mutator
def escaped_characters(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    escape = rng.choice(
        [r'"\0"', r'"\x1b[2J"', r'"a\nb"', r'"\u202e"', r'"\ud800"', r'"\U0010ffff"', r'"\e"', "|\n  a\n  b\n"]
    )
    path.write_bytes(path.read_bytes().replace(b": ", f": {escape} ".encode(), rng.randint(1, 3)))


@mutator
def files_change_places(rng: random.Random, root: Path) -> None:
    one, other = _file(rng, root), _file(rng, root)
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b)
    other.write_bytes(a)


@mutator
def ring_of_amends(rng: random.Random, root: Path) -> None:
    new_dossier(root.parent / "intact")
    path = root.parent / "intact" / "deals" / "chip-maker-lab.yaml"
    deals = yaml.load(path.read_bytes(), yaml.CBaseLoader)["deals"]
    size = rng.choice([1, 2, 3, 500])
    made = [{**deals[0], "id": f"deal-{n}", "amends": f"deal-{(n + 1) % size}"} for n in range(size)]
    (root / "deals").mkdir(exist_ok=True)
    (root / "deals" / "ring.yaml").write_text(yaml.dump({"deals": made}), encoding="utf-8")


@mutator
def ring_of_part_of(rng: random.Random, root: Path) -> None:
    size = rng.choice([1, 2, 1000])
    names = {"en": "E", "zh-Hans": "E", "zh-Hant": "E"}
    made = [{"id": f"e{n}", "names": names, "kind": "lab", "part_of": f"e{(n + 1) % size}"} for n in range(size)]
    (root / "entities" / "ring.yaml").write_text(yaml.dump({"entities": made}), encoding="utf-8")


@mutator
def yaml_bomb(rng: random.Random, root: Path) -> None:
    lines = ['a: &a ["x","x","x","x","x","x","x","x","x"]']
    lines += [f"{b}: &{b} [{','.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    _file(rng, root).write_text("\n".join(lines) + "\n")


@mutator
def yaml_tag(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    tag = rng.choice(
        ["!!python/object/apply:os.abort []", "!!binary aGVsbG8=", "!!set {a, b}", "!x y", "! z", "!!float 1", "!"]
    )
    path.write_bytes(path.read_bytes().replace(b": ", f": {tag} ".encode(), 1))


@mutator
def merge_key(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    path.write_bytes(b"<<: {id: merged}\n" + path.read_bytes())


@mutator
def several_documents(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    path.write_bytes(
        path.read_bytes() + rng.choice([b"---\n", b"...\n---\nid: x\n", b"...\n", b"...\ntrash\n", b"--- a\n"])
    )


@mutator
def deep_nesting(rng: random.Random, root: Path) -> None:
    depth = rng.choice([25, 1_000, 200_000])
    text = rng.choice(["[", "{a: ", "- ", "? "]) * depth
    _file(rng, root).write_text(text + rng.choice(["", "\n", "]" * depth]))


@mutator
def deep_indentation(rng: random.Random, root: Path) -> None:
    _file(rng, root).write_text("".join(" " * n + f"k{n}:\n" for n in range(rng.choice([30, 1_500]))))


@mutator
def long_file(rng: random.Random, root: Path) -> None:
    row = rng.choice(
        [
            "- {id: s, title: t, class: primary}\n",
            "- {id: S}\n",
            "- a\n",
            "#\n",
            "- {id: s-%d, title: t, class: primary}\n",
            "\n",
            "-\n",
        ]
    )
    rows = [row % n if "%d" in row else row for n in range(100_000)]
    (root / "sources" / "long.yaml").write_text("sources:\n" + "".join(rows))


@mutator
def long_figures(rng: random.Random, root: Path) -> None:
    row = rng.choice(["{at: 2025-01-01, value: 1, known: 2025-01-01}", "{at: x, value: 1, known: 2025-01-01}"])
    head = "entity: nobody\nseries:\n- concept: revenue\n  cite: nothing\n  values:\n"
    (root / "figures" / "long.yaml").write_text(head + f"  - {row}\n" * 40_000)


@mutator
def the_same_slip_everywhere(rng: random.Random, root: Path) -> None:
    row = rng.choice(["- ~\n", "- {a: 1, a: 2}\n", '- "\\0"\n', "- {id: ~, title: ~}\n", "- {? a, ? a}\n", "id: 1\n"])
    (root / "sources" / "long.yaml").write_text("sources:\n" * (row[0] == "-") + row * 50_000)


@mutator
def one_long_line(rng: random.Random, root: Path) -> None:
    text = rng.choice(
        ["a" * 3_000_000, "a: " * 200_000, "'" + "x" * 2_000_000, "&" * 1_000_000, "a," * 500_000, '"\\' * 500_000]
    )
    _file(rng, root).write_text(rng.choice(["", "id: ", "[", "{"]) + text)


@mutator
def too_large_file(rng: random.Random, root: Path) -> None:
    with (root / "claims.yaml" if rng.random() < 0.2 else _file(rng, root)).open("ab") as file:
        file.truncate(rng.choice([5 * 2**20, 40 * 2**20]))


@mutator
def cut_short(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data) + 1)])


@mutator
def odd_bytes(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    data = bytearray(path.read_bytes() or b"x")
    odd = [
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x92",
        b"\x1b[2J",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
        b"\x85",
        b"\t",
    ]
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data) + 1)
        data[at:at] = rng.choice(odd)
    path.write_bytes(data)


@mutator
def flipped_bytes(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    data = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 8)):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)
    path.write_bytes(data)


@mutator
def another_encoding(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    text = path.read_bytes().decode("utf-8", "replace")
    path.write_bytes(text.encode(rng.choice(["utf-16", "utf-32", "gb18030", "utf-8-sig", "big5"]), "replace"))


@mutator
def line_ends(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    path.write_bytes(
        path.read_bytes().replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n", b"\n\r", "\u2028".encode()]))
    )


@mutator
def repeated_lines(rng: random.Random, root: Path) -> None:
    path = _file(rng, root)
    lines = path.read_bytes().split(b"\n")
    at = rng.randrange(len(lines))
    path.write_bytes(b"\n".join([*lines[:at], *lines[at : at + rng.randint(1, 6)], *lines[at:]]))


@mutator
def links(rng: random.Random, root: Path) -> None:
    name = rng.choice(["deals/link.yaml", "claims", "lives.yaml", "quotes", "sources/x.yaml"])
    target = rng.choice(
        ["/etc/passwd", "/dev/zero", "..", "/", "nowhere", "link.yaml", "../dossier.yaml", "/proc/self/mem"]
    )
    if not os.path.lexists(root / name):
        (root / name).symlink_to(target)


@mutator
def things_that_are_no_files(rng: random.Random, root: Path) -> None:
    name = rng.choice(["deals/pipe.yaml", "events.yaml", "claims"])
    if not os.path.lexists(root / name):
        if rng.random() < 0.5:
            os.mkfifo(root / name)
        else:
            (root / name).mkdir()


@mutator
def odd_file_names(rng: random.Random, root: Path) -> None:
    name = rng.choice(
        [
            b"a\nb.yaml",
            b"\xff\xfe.yaml",
            b"..yaml",
            b".yaml",
            b"-rf.yaml",
            "超微.yaml".encode(),
            b"a b:1:1.yaml",
            b"x" * 240 + b".yaml",
        ]
    )
    (root / "deals" / os.fsdecode(name)).write_bytes(rng.choice([b"", b"deals: []\n", b"deals: [{id: x}]\n", b"\0"]))


@mutator
def missing_things(rng: random.Random, root: Path) -> None:
    _file(rng, root).unlink()


def _mutate(seed: int, root: Path) -> list[str]:
    """Break the dossier as the seed says: the mutators in turn, so that all are used, and up to two more."""
    rng = random.Random(seed)
    chosen = [MUTATORS[seed % len(MUTATORS)], *rng.sample(MUTATORS, rng.choice([0, 0, 1, 2]))]
    for mutate in chosen:
        if any(p.is_file() and not p.is_symlink() for p in root.rglob("*.yaml")):
            mutate(rng, root)
    return [mutate.__name__ for mutate in chosen]


@pytest.mark.parametrize("seed", range(CASES))
def test_a_broken_dossier_gives_clear_problems_or_a_clean_load(seed: int, tmp_path: Path) -> None:
    root = tmp_path / "loop"
    new_dossier(root)
    done = _mutate(seed, root)
    start = time.process_time()
    with _alarm():
        problems = check(root, "advisory")
    seconds = time.process_time() - start
    assert seconds < SECONDS, f"{seconds:.1f} s after {done}"
    errors = tuple(problem for problem in problems if problem.severity == "error")
    if not errors:
        assert load(root).as_of(date(2025, 2, 1)).date == date(2025, 2, 1)
    elif seed % 3 == 0:
        with pytest.raises(BadInput) as raised:
            load(root)
        assert raised.value.problems == errors
    for problem in problems:
        _is_clear(problem, root)


@contextmanager
def _alarm() -> Generator[None]:
    """A read that waits for ever (for the other end of a pipe) fails instead of hanging the tests."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"still waiting after {HANGS_AFTER} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANGS_AFTER)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _is_clear(problem: Problem, root: Path) -> None:
    said = str(problem)
    assert str(root) in problem.place.path
    assert problem.place.line >= 1
    assert problem.place.column >= 1
    assert problem.message
    assert len(problem.message) < 600
    assert len(said.splitlines()) <= 5
    assert all(c.isprintable() or c == "\n" or unicodedata.category(c) in ("Zs", "Co", "Cn") for c in said), ascii(said)


def test_most_mutations_are_noticed(tmp_path: Path) -> None:
    noticed = 0
    for seed in range(len(MUTATORS)):
        root = tmp_path / str(seed) / "loop"
        new_dossier(root)
        _mutate(seed, root)
        noticed += bool(check(root, "basic"))
    assert noticed >= 0.6 * len(MUTATORS)
