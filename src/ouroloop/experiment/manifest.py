"""What was run, on what: the page that reruns a run and says whether two runs are the same."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ouroloop
from ouroloop.core import BadInput, Place, Problem

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.language import Scenario

FILE = "manifest.json"
FORMAT = 2
_NOT_IDENTITY = ("hash", "created", "files")
"""What differs between two runs of the same: the day, and what is only known at the end."""


def manifest_of(scenario: Scenario, *, detail_paths: int, all_paths: bool) -> dict[str, Any]:
    """Everything on which the numbers of a run depend, with a hash of it; `created`, the day, does not count."""
    from ouroloop.scenario.parameters import needed

    known = scenario.assumptions
    made = {
        "format": FORMAT,
        "scenario": written(scenario),
        "scenario_hash": scenario.scenario_hash,
        "dossier": {
            "id": scenario.dossier.header.id,
            "as_of": scenario.as_of.isoformat(),
            "hash": dossier_hash(scenario.dossier),
        },
        "seed": scenario.seed,
        "paths": scenario.paths,
        "quarters": {
            "first": str(scenario.first_quarter),
            "last": str(scenario.last_quarter),
            "count": scenario.horizon,
        },
        "detail_paths": detail_paths,
        "all_paths": all_paths,
        "assumptions": {
            name: {"name": known[name].name, "unit": known[name].unit} for name in needed() if name in known
        },
    }
    return sealed(made)


def sealed(made: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with the versions and the device of here and now, and its hash."""
    whole = {**made, "versions": versions(), "device": device()}
    return {**whole, "hash": hash_of(whole), "created": date.today().isoformat()}


def hash_of(manifest: Mapping[str, Any]) -> str:
    """Sixteen hex digits of everything that makes a run what it is."""
    said = {key: value for key, value in manifest.items() if key not in _NOT_IDENTITY}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]


def written(scenario: Scenario) -> dict[str, Any]:
    """The scenario as one file could say it, its bases worked in: what `read_scenario` reads again."""
    return {
        "scenario": scenario.id,
        "title": scenario.title.model_dump(by_alias=True),
        "about": scenario.about.model_dump(by_alias=True),
        "dossier": scenario.dossier.header.id,
        "as_of": scenario.as_of.isoformat(),
        "horizon": scenario.horizon,
        "paths": scenario.paths,
        "seed": scenario.seed,
        "assume": {name: _plain(value) for name, value in sorted(scenario.assume.items())},
        "shocks": [{"verb": one.verb} | {k: _plain(v) for k, v in one.written().items()} for one in scenario.shocks],
    }


def _plain(value: Any) -> Any:
    """A magnitude or a word as YAML would hold it; one number where nothing is drawn."""
    if hasattr(value, "distribution"):
        if not value.drawn:
            return value.value
        return {"low": value.low, "value": value.value, "high": value.high, "distribution": str(value.distribution)}
    if isinstance(value, tuple):
        return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return value if isinstance(value, (int, float)) else str(value)


def dossier_hash(dossier: Dossier) -> str:
    """Sixteen hex digits of every record of a dossier as known on its day, in its order."""
    digest = hashlib.sha256(dossier.date.isoformat().encode())
    for field in dataclasses.fields(dossier):
        value = getattr(dossier, field.name)
        records: Iterable[Any] = value.values() if isinstance(value, Mapping) else value
        for record in records if isinstance(value, (Mapping, tuple)) else (value,):
            digest.update(repr(record).encode())
            digest.update(b"\0")
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """What the numbers were made with. `code` is a hash of the package's source, which a version number may lag."""
    return {
        "ouroloop": ouroloop.__version__,
        "code": _code_hash(),
        **{name: version(name) for name in ("jax", "jaxlib", "numpy", "equinox", "duckdb")},
    }


@cache
def _code_hash() -> str:
    root = Path(ouroloop.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] not in ("cli", "report"):  # faces, in which no number of a run is made
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def device() -> dict[str, str]:
    """On what a run computes: bits are the same only on the same device."""
    import jax

    first = jax.devices()[0]
    return {"platform": first.platform, "kind": first.device_kind, "machine": platform.machine()}


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Keep it, whole or not at all."""
    passing = folder / f".{FILE}"
    passing.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    passing.replace(folder / FILE)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run's folder. Raises BadInput `not-a-run`."""
    path = folder / FILE
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        if made["format"] != FORMAT:
            raise ValueError(f"it is of format {made['format']}, and this version of the package reads {FORMAT}")
        if made["hash"] != hash_of(made):
            raise ValueError("its hash is not that of its content")
    except FileNotFoundError:
        message = f"There is no run in '{folder}': {FILE} is missing."
        raise BadInput([Problem(Place(str(folder)), "not-a-run", message, "name the folder of a run")]) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"The manifest of a run cannot be read: {error}."
        raise BadInput([Problem(Place(str(path)), "not-a-run", message, "run into another folder")]) from None
    return made


def check_same(folder: Path, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Is the run in a folder the one that is wanted? Raises BadInput `other-run` naming what differs."""
    if known["hash"] == wanted["hash"]:
        return
    differing = [
        f"{key} ({_short(known.get(key))} there, {_short(wanted.get(key))} now)"
        for key in wanted
        if key not in _NOT_IDENTITY and known.get(key) != wanted[key]
    ]
    message = f"Another run is in '{folder}': {'; '.join(differing)}."
    raise BadInput([Problem(Place(str(folder)), "other-run", message, "name another folder: --out FOLDER")])


def changed(known: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs here and now from what a run was made with: versions and device, in words."""
    now = {"versions": versions(), "device": device()}
    return tuple(
        f"{part}.{key}: {known[part].get(key)} then, {value} now"
        for part, said in now.items()
        for key, value in said.items()
        if known[part].get(key) != value
    )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{hashlib.sha256(text.encode()).hexdigest()[:8]}"
