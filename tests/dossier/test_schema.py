"""The schema for editors says the same as the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
import yaml

from ouroloop.dossier import new_dossier
from ouroloop.dossier.codes import LEVELS, all_codes
from ouroloop.dossier.folder import BUNDLED, FOLDERS, SINGLE
from ouroloop.dossier.read import FILES
from ouroloop.dossier.schema import schema, write_schemas

FIXTURES = Path(__file__).parent / "fixtures"


class EditorLoader(yaml.CSafeLoader):
    """YAML 1.2 as editors read it: numbers and true/false are typed, dates and `yes` are text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
EditorLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?$"), list("-+.0123456789")
)


# YAML 1.1 would read a leading zero as octal; editors read a number.
EditorLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))


def kind_of(path: Path) -> str:
    return path.parent.name if path.parent.name in FOLDERS else SINGLE[path.name]


def errors_in(path: Path) -> list[str]:
    content = yaml.load(path.read_bytes(), EditorLoader)
    validator = jsonschema.Draft202012Validator(schema(kind_of(path)))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)]


BUNDLED_FILES = [p for p in sorted(BUNDLED.rglob("*.yaml")) if p.name in SINGLE or p.parent.name in FOLDERS]


@pytest.mark.parametrize("kind", FILES)
def test_each_schema_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize(
    "path",
    BUNDLED_FILES,
    ids=lambda p: f"{p.parent.name}/{p.name}",
)
def test_bundled_files_satisfy_their_schema(path: Path) -> None:
    assert errors_in(path) == []


def test_a_new_dossier_satisfies_the_schema(tmp_path: Path) -> None:
    new_dossier(tmp_path / "loop")
    files = sorted((tmp_path / "loop").rglob("*.yaml"))
    assert len(files) == 5
    assert [error for path in files for error in errors_in(path)] == []


def _files(stages: tuple[str, ...]) -> list[Path]:
    codes = [code for code, meaning in all_codes().items() if meaning.stage in stages]
    return [path for code in codes for path in sorted((FIXTURES / code / "files").rglob("*.yaml"))]


@pytest.mark.parametrize("path", _files(LEVELS), ids=lambda p: f"{p.relative_to(FIXTURES).parts[0]}-{p.stem}")
def test_files_that_only_contradict_one_another_satisfy_the_schema(path: Path) -> None:
    assert errors_in(path) == []


# What a schema cannot say: that low <= high, that a date exists, that one key needs another, that a list above has it.
UNSAID = {"bad-amount", "bad-distribution", "bad-order", "bad-range", "missing-reason", "no-cite"}


@pytest.mark.parametrize("path", _files(("schema",)), ids=lambda p: f"{p.relative_to(FIXTURES).parts[0]}-{p.stem}")
def test_files_of_a_wrong_form_break_the_schema(path: Path) -> None:
    code = path.relative_to(FIXTURES).parts[0]
    impossible_day = (code, path.stem) == ("bad-date", "chip-maker")
    if code in UNSAID or impossible_day:
        assert errors_in(path) == []
    else:
        assert errors_in(path) != []


@pytest.mark.parametrize("key", ["payer", "payee", "place", "source_class"])
def test_python_names_and_the_place_are_no_keys_of_a_file(key: str) -> None:
    assert not [definition for definition in _definitions() if key in definition.get("properties", {})]


def _definitions() -> list[dict[str, Any]]:
    return [definition for kind in FILES for definition in schema(kind).get("$defs", {}).values()]


def test_schemas_are_written_one_file_a_kind(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "schemas")
    assert [path.name for path in written] == [f"{kind}.schema.json" for kind in FILES]
    assert json.loads(written[2].read_text(encoding="utf-8")) == schema("deals")
    assert set(FOLDERS) | set(SINGLE.values()) == set(FILES)


def test_an_editor_shows_what_a_field_means() -> None:
    properties = schema("deals")["$defs"]["Deal"]["properties"]
    assert properties["link"]["description"] == "The circular bargain that this deal is one leg of."
    assert schema("figures")["$defs"]["SeriesValue"]["properties"].keys() >= {"at", "period", "value"}
