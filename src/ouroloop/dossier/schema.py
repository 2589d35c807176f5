"""JSON Schema of a dossier's files, for editors: completion and red lines while typing.

The schema accepts what the reader accepts, except what no schema can say (references, orders, sums); there the reader
decides. Every scalar may be written without quotes, so a text may be a number to an editor and a number a text.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from ouroloop.dossier.folder import FOLDERS
from ouroloop.dossier.models import Record
from ouroloop.dossier.read import FILES

Schema = dict[str, Any]

_TRUTHS = ["true", "false", "yes", "no", "on", "off", "1", "0", "t", "f", "y", "n"]
_NUMBER = r"^\s*[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_PERIOD = r"^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$"
_ONE_TRANCHE = ("low", "high", "condition", "schedule")


def schema(kind: str) -> Schema:
    """The schema of one kind of file: header, entities, deals, figures, sources, quotes, lives, events, claims,
    assumptions or structures."""
    made = cast(Schema, _loosened(FILES[kind].model_json_schema(by_alias=True)))
    definitions = made.get("$defs", {})
    definitions.pop("Place", None)
    for model in _records(Record):
        if model.__name__ in definitions:
            _describe(definitions[model.__name__], model)
    for name, adapt in _ADAPT.items():
        if name in definitions:
            adapt(definitions[name])
    file = "dossier.yaml" if kind == "header" else f"{kind}/*.yaml" if kind in FOLDERS else f"{kind}.yaml"
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:ouroloop:{kind}"}
    return head | made | {"title": f"{file} of an Ouroloop dossier"}


def _records(of: type[Record]) -> Iterator[type[Record]]:
    """Every kind of record, those that build on another included."""
    for model in of.__subclasses__():
        yield model
        yield from _records(model)


def write_schemas(folder: str | os.PathLike[str]) -> list[Path]:
    """Write `KIND.schema.json` for every kind of file into a folder and return the paths."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for kind in FILES:
        path = target / f"{kind}.schema.json"
        path.write_text(json.dumps(schema(kind), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _describe(definition: Schema, model: type[Record]) -> None:
    """Put the string under each field of a record into its schema.

    Read from the source here, since pydantic would read it at every import and slow each check down.
    """
    (made,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(made, ast.ClassDef), f"{model} is no class"
    for field, under in pairwise(made.body):
        match field, under:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                alias = model.model_fields[name].alias or name
                definition["properties"][alias]["description"] = " ".join(words.split())
            case _:
                pass


def _loosened(node: Any) -> Any:
    """The schema with scalars free of quotes and without nulls, which the reader refuses."""
    if isinstance(node, list):
        return [_loosened(item) for item in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    node = cast(Schema, node)
    if "anyOf" in node:
        rest = [option for option in node["anyOf"] if option != {"type": "null"}]
        if len(rest) == 1:
            node = {key: value for key, value in node.items() if key not in ("anyOf", "default")} | rest[0]
    made = {key: _loosened(value) for key, value in node.items() if not (key == "default" and value is None)}
    match made.get("type"):
        case "string" if "enum" not in made and "const" not in made:
            made["type"] = ["string", "number", "boolean"]
            if made.pop("format", None) == "date":
                made |= {"type": "string", "pattern": _DAY}
        case "number":
            made |= {"type": ["number", "string"], "pattern": _NUMBER}
        case "boolean":
            del made["type"]
            made["anyOf"] = [{"type": "boolean"}, {"enum": [*_TRUTHS, 0, 1]}]
        case _:
            pass
    return made


def _cite(definition: Schema) -> None:
    """A cite may be written as text."""
    written = {"type": ["string", "number"], "pattern": r"^[a-z0-9][a-z0-9.-]{0,79}(#.*)?$"}
    mapping = {key: definition.pop(key) for key in list(definition) if key != "description"}
    definition["anyOf"] = [written, mapping]


def _deal(definition: Schema) -> None:
    """The reader gives the place; a deal in one piece writes its tranche's fields directly."""
    del definition["properties"]["place"]
    definition["required"] = [key for key in definition["required"] if key not in ("place", "tranches")]
    number: Schema = {"type": ["number", "string"], "pattern": _NUMBER, "minimum": 0, "maximum": 1e6}
    text: Schema = {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 600}
    own: Schema = {"low": number, "high": number, "condition": text, "schedule": {"$ref": "#/$defs/Schedule"}}
    definition["properties"] |= own
    definition["if"] = {"required": ["tranches"]}
    definition["then"] = {"properties": dict.fromkeys(_ONE_TRANCHE, False)}


def _series_value(definition: Schema) -> None:
    """A row has a date or a period, and a period is written as text."""
    definition["properties"]["period"] = {
        "type": "string",
        "pattern": _PERIOD,
        "description": "First and last day: 2025-01-01/2025-03-31",
    }
    definition["oneOf"] = [{"required": ["at"]}, {"required": ["period"]}]


def _life(definition: Schema) -> None:
    definition["oneOf"] = [{"required": ["entity"]}, {"required": ["estimate_by"]}]


def _point(definition: Schema) -> None:
    definition["oneOf"] = [{"required": [key]} for key in ("at", "day", "percentile")]


def _line(definition: Schema) -> None:
    """A line pays no more than there is."""
    definition["properties"]["share"]["maximum"] = 1
    verbs = ("fee", "interest", "principal", "fill", "trap", "rest")
    definition["oneOf"] = [{"required": [key]} for key in verbs]


_ADAPT = {
    "LineTerms": _line,
    "Cite": _cite,
    "Point": _point,
    "Deal": _deal,
    "SeriesValue": _series_value,
    "UsefulLife": _life,
}
