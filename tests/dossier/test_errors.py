"""Every error code has a small dossier that provokes it and a golden output; the page of codes is made from both.

A fixture is laid over a fresh dossier of `new_dossier`: `files/` replaces or adds files, `removed.txt` lists files to
delete, `ask.txt` is a name to look up. The few that cannot be kept as files are built below.
`python tests/dossier/test_errors.py` writes the goldens and docs/errors.md anew; read the difference before keeping it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ouroloop.core import BadInput, Problem
from ouroloop.dossier import check, load, new_dossier
from ouroloop.dossier.codes import LEVELS, all_codes
from ouroloop.dossier.folder import MAX_BYTES
from ouroloop.scenario.codes import CODES as OF_SCENARIOS

FIXTURES = Path(__file__).parent / "fixtures"
SCENARIOS = Path(__file__).parents[1] / "scenario" / "fixtures"
PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
CODES = all_codes()


def _link_out(root: Path) -> None:
    (root.parent / "elsewhere.yaml").write_text("sources: []\n", encoding="utf-8")
    (root / "sources" / "more.yaml").symlink_to("../../elsewhere.yaml")


def _link_to_nothing(root: Path) -> None:
    (root / "sources" / "more.yaml").symlink_to("nowhere.yaml")


def _large_file(root: Path) -> None:
    (root / "sources" / "more.yaml").write_text("# " + "x" * MAX_BYTES, encoding="utf-8")


def _large_folder(root: Path) -> None:
    for number in range(13):
        (root / "sources" / f"more-{number}.yaml").write_text("#" * MAX_BYTES, encoding="utf-8")


def _many_values(root: Path) -> None:
    (root / "sources" / "more.yaml").write_text("sources:\n" + "- 1\n" * 500_000, encoding="utf-8")


def _many_problems(root: Path) -> None:
    rows = "".join(f"  - {{id: source-{n}, title: T, class: primry}}\n" for n in range(60))
    (root / "sources" / "more.yaml").write_text("sources:\n" + rows, encoding="utf-8")


BUILT: dict[str, Callable[[Path], None]] = {
    "outside-folder": _link_out,
    "unreadable": _link_to_nothing,
    "file-too-large": _large_file,
    "folder-too-large": _large_folder,
    "too-many-values": _many_values,
    "more-problems": _many_problems,
}


def _problems_of(call: Callable[[], object]) -> list[Problem]:
    try:
        call()
    except BadInput as error:
        return list(error.problems)
    return []


def provoke(code: str) -> list[Problem]:
    """The problems of this code's fixture, in an empty working directory."""
    with _empty_directory():
        root = Path("loop")
        match code:
            case "no-dossier":
                return check("three-freinds")
            case "already-there":
                root.mkdir()
                return _problems_of(lambda: new_dossier("loop"))
            case "cannot-write":
                Path("file").write_text("not a folder", encoding="utf-8")
                return _problems_of(lambda: new_dossier("file/loop"))
            case _:
                new_dossier(root)
        here = FIXTURES / code
        if code in BUILT:
            BUILT[code](root)
        if (here / "files").exists():
            shutil.copytree(here / "files", root, dirs_exist_ok=True)
        if (here / "removed.txt").exists():
            for name in (here / "removed.txt").read_text(encoding="utf-8").split():
                (root / name).unlink()
        if (here / "ask.txt").exists():
            name = (here / "ask.txt").read_text(encoding="utf-8").strip()
            return _problems_of(lambda: load("loop").entity(name))
        stage = CODES[code].stage
        return check("loop", stage if stage in LEVELS else "basic")


@contextmanager
def _empty_directory() -> Generator[None]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def golden(code: str) -> str:
    """What the fixture of this code must say."""
    return (FIXTURES / code / "expected.txt").read_text(encoding="utf-8")


def page() -> str:
    """The page docs/errors.md."""
    stages = {
        "folder": "The folder and its files",
        "text": "The text of a file",
        "schema": "The form of a record",
        "basic": "Basic checks: nothing loads",
        "strict": "Strict checks: contradictions (warnings)",
        "advisory": "Advisory checks: weak support (advice)",
        "look-up": "Looking up a name",
    }
    lines = [
        "# What can be wrong with a dossier or a scenario",
        "",
        "`ouroloop check DOSSIER --level basic|strict|advisory` prints every problem at once, as",
        "`path:line:column: severity: code`, the line, one sentence and a hint. With an error nothing is loaded.",
        "This page is made from the table of codes and from the tests' examples; a test keeps it current.",
    ]
    for stage, title in stages.items():
        lines += ["", f"## {title}"]
        for code, meaning in CODES.items():
            if meaning.stage == stage:
                lines += ["", f"### {code}", "", f"{meaning.title[0].upper()}{meaning.title[1:]}. {meaning.why}"]
                lines += ["", "```text", *_first(code, golden(code)), "```"]
    lines += ["", "## Scenarios", "", "What is wrong with the text or the form of a scenario has the codes above."]
    for code, meaning in OF_SCENARIOS.items():
        said = (SCENARIOS / code / "expected.txt").read_text(encoding="utf-8")
        lines += ["", f"### {code}", "", f"{meaning.title[0].upper()}{meaning.title[1:]}. {meaning.why}"]
        lines += ["", "```text", *_first(code, said), "```"]
    return "\n".join(lines) + "\n"


def _first(code: str, said: str) -> list[str]:
    """The first problem of this code in a golden output."""
    blocks: list[list[str]] = []
    for line in said.splitlines():
        if not line.startswith(" "):
            blocks.append([])
        blocks[-1].append(line)
    return next(block for block in blocks if block[0].endswith(f": {code}"))


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_fixture_that_says_exactly_its_golden_text(code: str) -> None:
    said = "".join(f"{problem}\n" for problem in provoke(code))
    assert said == golden(code)
    assert f": {code}\n" in said


def test_no_fixture_is_left_over_from_a_code_that_is_gone() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == set(CODES)


@pytest.mark.parametrize("code", [code for code, meaning in CODES.items() if meaning.stage in LEVELS])
def test_a_check_s_fixture_is_clean_one_level_below(code: str) -> None:
    level = LEVELS.index(CODES[code].stage)  # pyright: ignore[reportArgumentType]
    found = provoke(code)
    severity = ("error", "warning", "advice")[level]
    assert {problem.severity for problem in found} == {severity}


def test_the_page_of_error_codes_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    for name in CODES:
        (FIXTURES / name).mkdir(parents=True, exist_ok=True)
        text = "".join(f"{problem}\n" for problem in provoke(name))
        (FIXTURES / name / "expected.txt").write_text(text, encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
