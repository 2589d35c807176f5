"""The command line as a user types it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ouroloop.cli.app import COMMANDS, main
from ouroloop.cli.words import HEADS, PARTS
from tests.test_documents import commands

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


SHOWN_ELSEWHERE = [name for name, one in COMMANDS.items() if shlex.split(one.example)[1:] in commands()]
"""Examples that the README shows too: `test_documents` runs them, and they take long enough once."""


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in SHOWN_ELSEWHERE])
def test_the_example_of_every_command_runs_where_the_readme_does_not_show_it(
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
        ["assumptions", "funding", "--json"],
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
        (["assumptions", "fundign"], "unknown-topic"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", ""],
        ["deals", ""],
        ["figures", ""],
        ["assumptions", ""],
        ["loops", "--through", ""],
        ["circularity", ""],
        ["deals", "--as-of", ""],
        ["sql", ""],
        ["sql", " ; "],
        ["sql", "/* nothing */"],
        ["sql", "SELECT 1; SELECT 2"],
        ["sql", "DROP TABLE deals"],
        ["circularity", "microsoft", "--as-of", "2018-01-01"],
    ],
)
def test_empty_and_senseless_words_are_bad_input_with_a_hint(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert "hint:" in err


@pytest.mark.parametrize("arguments", [["run", "three-friends", "--out"], ["new", "schemas"]])
def test_a_place_that_cannot_be_written_is_said_without_a_traceback(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    status, out, err = call(capsys, *arguments, str(tmp_path / "file"))
    assert (status, out) == (2, "")
    assert "cannot-write" in err
    assert "hint:" in err


@pytest.mark.parametrize("command", [["figures"], ["deals", "--json"], ["check", "ai-loop", "--level", "advisory"]])
def test_a_reader_that_goes_away_ends_the_command_quietly(command: list[str]) -> None:
    program = "import sys; from ouroloop.cli import main; main(sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", program, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()
        status = running.wait(timeout=60)
    assert "Traceback" not in said
    assert "Exception" not in said
    assert status in (0, 1)  # 1 only where check has findings and had written them before the reader left
    assert status == 0 or command[0] == "check"


def test_revenue_that_nobody_published_is_a_dash_and_not_zero(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "circularity", "microsoft", "--year", "2019", "--json")
    rows = {row["measure"]: row["usd_bn"] for row in json.loads(out)["rows"]}
    assert rows["revenue"] is None
    assert rows["round trip, ceiling"] is None
    _, out, _ = call(capsys, "circularity", "microsoft", "--year", "2019")
    assert "unknown, not nothing" in out


def test_two_columns_of_one_name_are_both_kept(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "sql", "SELECT 1 AS a, 2 AS a", "--json")
    assert json.loads(out)["rows"] == [{"a": 1, "a_2": 2}]


def test_a_date_after_the_dossiers_own_is_said_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = call(capsys, "cite", "dossier", "--as-of", "2099-01-01", "--json")
    assert status == 0
    assert json.loads(out)["as_of"] in err


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["deals", "openai", "--tier", "paid"],
        ["figures", "openai", "--concept", "revenue"],
        ["assumptions", "demand"],
        ["assumptions", "beh-001"],
        ["loops", "--tier", "paid"],
        ["circularity", "coreweave"],
        ["show", "coreweave"],
    ],
)
def test_titles_heads_and_notes_speak_the_asked_language_and_json_keeps_its_keys(
    arguments: list[str], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    english, other = (call(capsys, *arguments, "--lang", code)[1].splitlines() for code in ("en", lang))
    assert other[0] != english[0]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in other[0])
    for head in (
        "weakest leg",
        "USD bn",
        "how binding",
        "not counted because",
        "measure",
        "concept",
        "as known on",
        "because",
    ):
        assert head not in "\n".join(other)
    keys = [json.loads(call(capsys, *arguments, "--lang", code, "--json")[1]).keys() for code in ("en", lang)]
    assert keys[0] == keys[1]


def test_every_column_of_every_table_has_a_head_in_the_catalogs(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["deals"], ["figures", "oracle"], ["loops"], ["circularity", "microsoft"]):
        rows = json.loads(call(capsys, *arguments, "--json")[1])["rows"]
        assert set(rows[0]) <= set(HEADS)
    rows = json.loads(call(capsys, "assumptions", "--json")[1])["rows"]
    # Lists and marks for programs are not in the table.
    assert set(rows[0]) - {"points", "sensitive", "stands_in_for"} <= set(HEADS)
    shown = json.loads(call(capsys, "show", "oracle", "--json")[1])
    heads = {key for part in PARTS for row in shown[part.replace(" ", "_")] for key in row} - {""}
    assert heads <= set(HEADS)


def test_assumptions_show_those_that_move_the_outcome_most_first(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(call(capsys, "assumptions", "--json")[1])["rows"]
    marks = [row["sensitive"] for row in rows]
    assert marks == sorted(marks, reverse=True)
    assert {row["id"] for row in rows if row["sensitive"]} >= {"dem-035", "beh-001"}
    _, out, _ = call(capsys, "assumptions", "demand")
    assert "1 row first" in out
    assert out.index("dem-035") < out.index("dem-001")


def test_one_assumption_is_shown_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "assumptions", "dem-035", "--json")
    (row,) = json.loads(out)["rows"]
    assert row["why"]
    _, out, _ = call(capsys, "assumptions", "dem-035")
    assert "because" in out


def test_an_assumption_that_was_not_known_yet_is_shown_by_the_row_that_stood_in_for_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("assumptions", "dem-035", "--as-of", "2025-11-21")
    (row,) = json.loads(call(capsys, *asked, "--json")[1])["rows"]
    assert (row["id"], row["stands_in_for"]) == ("dem-035.2025", "dem-035")
    assert "dem-035.2025 → dem-035" in call(capsys, *asked)[1]
    (row,) = json.loads(call(capsys, "assumptions", "dem-035.2025", "--json")[1])["rows"]
    assert row["stands_in_for"] == "dem-035"
