"""Does a run come out the same again, to the last bit?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ouroloop.core import BadInput, Place, Problem
from ouroloop.experiment.ensemble import Listener, complete
from ouroloop.experiment.manifest import changed, dossier_hash, read_manifest, sealed
from ouroloop.experiment.runnable import Build

if TYPE_CHECKING:
    from ouroloop.dossier import Dossier
    from ouroloop.scenario.language import Scenario

_NOT_MADE_ANEW = ("hash", "created", "files", "versions", "device")


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a second run says of the first."""

    same: bool
    differing: tuple[str, ...]
    """Files whose bytes differ, or that only one of the two has."""
    changed: tuple[str, ...]
    """What is not as it was: versions and device. Only with none of them are the bytes promised to be the same."""


def rerun(folder: Path | str, *, dossier: Dossier | None = None, listener: Listener | None = None) -> Rerun:
    """Run what the manifest in a folder says once more, elsewhere, and compare every file byte by byte.

    `dossier` is needed when the run's dossier was a folder of the user's. Raises BadInput `other-dossier` when the
    dossier no longer says what it said, and what `read_manifest` raises.
    """
    from ouroloop.scenario.build import build

    manifest = read_manifest(Path(folder))
    scenario = scenario_of(manifest, dossier)
    if (now := dossier_hash(scenario.dossier)) != manifest["dossier"]["hash"]:
        message = f"The dossier '{manifest['dossier']['id']}' says other things than it did ({now})."
        raise BadInput([Problem(Place(str(folder)), "other-dossier", message, "give the dossier that was run")])
    return compare_again(manifest, lambda first, count: build(scenario, first, count), listener)


def scenario_of(manifest: Mapping[str, Any], dossier: Dossier | None = None) -> Scenario:
    """The scenario that a manifest tells, read as any scenario's file is."""
    from ouroloop.scenario.read import read_scenario

    with TemporaryDirectory() as place:
        path = Path(place) / "scenario.yaml"
        path.write_text(
            json.dumps(manifest["scenario"], ensure_ascii=False, indent=2), encoding="utf-8"
        )  # JSON is YAML
        return read_scenario(path, dossier=dossier)


def compare_again(manifest: Mapping[str, Any], build: Build, listener: Listener | None = None) -> Rerun:
    """Run again with this economy, and compare with the digests in the manifest."""
    before: dict[str, str] = manifest["files"]
    again = sealed({key: value for key, value in manifest.items() if key not in _NOT_MADE_ANEW})
    with TemporaryDirectory() as place:
        where = Path(place) / "run"
        complete(where, again, build, listener)
        after: dict[str, str] = read_manifest(where)["files"]
    differing = tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))
    return Rerun(not differing, differing, changed(manifest))
