"""The command line as a user types it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ouroloop.cli.app import COMMANDS, main

HEAVY = ("jax", "numpy", "scipy", "pandas", "numba", "networkx", "ortools", "duckdb")


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit status, stdout and stderr of one command."""
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    out, err = capsys.readouterr()
    return int(exit_.value.code or 0), out, err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_ends_with_its_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, name, "--help")
    assert status == 0
    assert " ".join(out.split()).endswith(f"Example: {COMMANDS[name].example}")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_every_command_runs(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(COMMANDS[name].example)
    assert program == "ouroloop"
    status, out, err = call(capsys, *arguments)
    # `check --level strict` has findings to report on real, conflicting sources; all else is fine.
    assert status in ((0, 1) if name == "check" else (0,)), err
    assert out.strip()


@pytest.mark.parametrize("arguments", [["--help"], ["check", "three-friends"], ["check", "ai-loop"], ["new", "--help"]])
def test_help_and_check_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom ouroloop.cli.app import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as exit_:\n    assert not exit_.code, exit_.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["deals", "--json"],
        ["deals", "nvidia", "--tier", "firm", "--json"],
        ["figures", "nvidia", "--concept", "revenue", "--json"],
        ["show", "openai", "--json"],
        ["loops", "--json"],
        ["circularity", "microsoft", "--json"],
        ["sql", "SELECT count(*) AS n FROM deals", "--json"],
        ["cite", "dossier", "--json"],
    ],
)
def test_every_reading_command_prints_one_json_object_with_its_date(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = call(capsys, *arguments, "--as-of", "2026-03-31")
    assert status == 0
    assert json.loads(out)["as_of"] == "2026-03-31"


def test_a_near_miss_of_a_name_asks_did_you_mean_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "show", "Nvidea")
    assert (status, out) == (2, "")
    assert "unknown-entity" in err
    assert "did you mean" in err
    assert "Nvidia" in err or "NVIDIA" in err or "nvidia" in err


def test_an_ambiguous_name_lists_who_it_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = call(capsys, "show", "超微")
    assert status == 2
    assert "ambiguous-name" in err
    assert "amd" in err
    assert "super-micro" in err


@pytest.mark.parametrize("name", ["英伟达", "輝達", "NVIDIA", "nvidia", "ＮＶＩＤＩＡ"])
def test_an_entity_is_found_by_its_name_in_any_language(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, "show", name, "--json")
    assert status == 0
    assert json.loads(out)["entity"]["id"] == "nvidia"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["deals", "--as-of", "next week"], "bad-date"),
        (["figures", "oracle", "--concept", "revenu"], "unknown-concept"),
        (["sql", "SELECT * FROM figurs"], "bad-sql"),
        (["cite", "no-such-record"], "unknown-record"),
        (["check", "no-such-dossier"], "no-dossier"),
    ],
)
def test_bad_words_are_answered_with_a_code_a_hint_and_status_2(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(capsys, *arguments)
    said = out + err
    assert status == 2
    assert code in said
    assert "hint:" in said or code == "bad-date"


@pytest.mark.parametrize("arguments", [["chek"], ["deals", "--tier", "solid"], ["--no-such-option"]])
def test_a_mistyped_command_option_or_choice_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, *arguments)[0] == 2


@pytest.mark.parametrize(
    "statement",
    [
        "COPY deals TO 'deals.csv'",
        "SELECT * FROM read_csv('/etc/hostname')",
        "ATTACH 'other.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_sql_reaches_no_file_and_no_setting(
    statement: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(capsys, "sql", statement)[0] == 2
    assert not list(tmp_path.iterdir())


def test_a_new_dossier_checks_clean_and_is_never_written_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "my-loop"
    assert call(capsys, "new", "dossier", str(path))[0] == 0
    assert call(capsys, "check", str(path), "--level", "strict")[0] == 0
    before = sorted(p.read_bytes() for p in path.rglob("*.yaml"))
    assert call(capsys, "new", "dossier", str(path))[0] == 2
    assert sorted(p.read_bytes() for p in path.rglob("*.yaml")) == before
