"""`ouroloop scenarios` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ouroloop.scenario.presets import presets
from tests.cli.test_app import call


def test_the_scenarios_of_the_dossier_are_listed_with_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, "scenarios")
    assert status == 0
    assert all(name in out for name in presets())
    assert "stop_paying: at 2027-Q2, from openai, to oracle" in out


def test_json_has_a_row_for_each_with_its_hash_and_shocks(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(call(capsys, "scenarios", "--json")[1])
    assert found["as_of"] == "2026-10-31"
    assert [row["scenario"] for row in found["rows"]] == list(presets())
    assert all(len(row["hash"]) == 16 for row in found["rows"])
    assert [row["scenario"] for row in found["rows"] if not row["shocks"]] == ["baseline"]


@pytest.mark.parametrize(("lang", "title"), [("zh-Hans", "信贷先崩"), ("zh-Hant", "信貸先崩")])
def test_titles_are_in_the_asked_language(lang: str, title: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert title in call(capsys, "scenarios", "--lang", lang)[1]


def test_a_dossier_without_scenarios_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = call(capsys, "scenarios", "three-friends")
    assert status == 0
    assert "nothing found" in out


def test_a_dossier_of_one_s_own_lists_its_own_and_says_what_is_wrong_with_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call(capsys, "new", "dossier", str(tmp_path / "mine"))
    folder = tmp_path / "mine" / "scenarios"
    folder.mkdir()
    text = "scenario: calm\ntitle: Calm\nabout: Nothing happens.\ndossier: ..\n"
    (folder / "calm.yaml").write_text(text, encoding="utf-8")
    status, out, err = call(capsys, "scenarios", str(tmp_path / "mine"), "--json")
    assert status == 0, err
    assert [row["title"] for row in json.loads(out)["rows"]] == ["Calm"]
    (folder / "broken.yaml").write_text(text + "horizon: 0\n", encoding="utf-8")
    (folder / "other.yaml").write_text(text + "sed: 3\n", encoding="utf-8")
    status, out, err = call(capsys, "scenarios", str(tmp_path / "mine"))
    assert (status, out) == (2, "")
    assert "broken.yaml:5:10: error: bad-number" in err
    assert "other.yaml:5:1: error: unknown-key" in err
