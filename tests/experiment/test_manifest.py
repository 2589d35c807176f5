"""What a manifest says of a run is enough to run it again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import load
from ouroloop.experiment.again import scenario_of
from ouroloop.experiment.manifest import (
    FORMAT,
    dossier_hash,
    hash_of,
    manifest_of,
    read_manifest,
    sealed,
    write_manifest,
    written,
)
from ouroloop.scenario.presets import presets
from ouroloop.scenario.read import read_scenario

DOSSIER = load("ai-loop")


@pytest.mark.parametrize("name", presets())
def test_a_scenario_read_back_from_a_manifest_is_the_same_scenario(name: str) -> None:
    scenario = read_scenario(name, dossier=DOSSIER)
    again = scenario_of({"scenario": written(scenario)}, DOSSIER)
    assert again.scenario_hash == scenario.scenario_hash
    assert again.title == scenario.title
    assert again.shocks == scenario.shocks


def test_the_hash_moves_with_what_moves_the_numbers_and_not_with_the_day() -> None:
    page = manifest_of(read_scenario("baseline", dossier=DOSSIER), detail_paths=10, all_paths=False)
    assert hash_of({**page, "created": "1999-12-31", "files": {"a": "b"}}) == page["hash"]
    for key, value in (("seed", -1), ("paths", 1), ("versions", {}), ("device", {}), ("dossier", {})):
        assert hash_of({**page, key: value}) != page["hash"], key


def test_a_dossier_seen_earlier_has_another_hash_and_the_same_one_the_same() -> None:
    assert dossier_hash(DOSSIER) == dossier_hash(load("ai-loop"))
    assert dossier_hash(DOSSIER.as_of(date(2025, 11, 21))) != dossier_hash(DOSSIER)


def test_a_run_kept_by_another_version_is_refused_by_its_format(tmp_path: Path) -> None:
    write_manifest(tmp_path, sealed({"format": FORMAT}))
    assert read_manifest(tmp_path)["format"] == FORMAT
    write_manifest(tmp_path, sealed({"format": FORMAT - 1}))
    with pytest.raises(BadInput, match=f"it is of format {FORMAT - 1}, and this version of the package reads {FORMAT}"):
        read_manifest(tmp_path)
