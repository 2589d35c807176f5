"""A new dossier is complete and valid, and appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import check, load, new_dossier


def code_of(call: object, *arguments: object) -> str:
    with pytest.raises(BadInput) as raised:
        call(*arguments)  # pyright: ignore
    (problem,) = raised.value.problems
    return problem.code


def test_a_new_dossier_has_nothing_to_report_at_any_level(tmp_path: Path) -> None:
    made = new_dossier(tmp_path / "my-loop")
    assert made == tmp_path / "my-loop"
    assert check(made, "advisory") == []
    dossier = load(made)
    assert dossier.header.id == "my-loop"
    assert (len(dossier.entities), len(dossier.deals), len(dossier.figures)) == (2, 2, 2)


def test_the_id_may_differ_from_the_folder(tmp_path: Path) -> None:
    assert load(new_dossier(tmp_path / "Some Folder", "other")).header.id == "other"


def test_folders_above_are_made_and_no_leftover_stays(tmp_path: Path) -> None:
    new_dossier(tmp_path / "a" / "b" / "loop")
    assert os.listdir(tmp_path / "a" / "b") == ["loop"]
    assert (tmp_path / "a" / "b" / "loop").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("kind", ["folder", "file", "link to nothing"])
def test_nothing_that_exists_is_overwritten(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "loop"
    match kind:
        case "folder":
            path.mkdir()
        case "file":
            path.write_text("mine", encoding="utf-8")
        case _:
            path.symlink_to("nowhere")
    assert code_of(new_dossier, path) == "already-there"
    assert os.listdir(tmp_path) == ["loop"]


@pytest.mark.parametrize("name", ["", "Loop", "a b", "-x", "..", "é", "x" * 81, "a\nb"])
def test_a_name_that_is_no_id_is_refused(tmp_path: Path, name: str) -> None:
    assert code_of(new_dossier, tmp_path / "folder", name) == "bad-id"
    assert os.listdir(tmp_path) == []
