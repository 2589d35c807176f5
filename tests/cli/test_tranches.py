"""`ouroloop tranches`: what is on file, one vehicle for people and for programs, and names that are none."""

from __future__ import annotations

import json

import pytest

from ouroloop.cli.options import Reading
from ouroloop.cli.tranches import structure_of, tranches
from ouroloop.core import BadInput
from ouroloop.dossier import load


def test_without_a_name_it_lists_every_class_with_what_was_published(capsys: pytest.CaptureFixture[str]) -> None:
    tranches(reading=Reading(json=True))
    rows = json.loads(capsys.readouterr().out)["classes"]
    assert len(rows) == sum(len(one.classes) for one in load("ai-loop").structures.values())
    notes = next(row for row in rows if row["structure"] == "hyperion")
    assert notes["rated"] == "S&P A+"
    assert notes["held_by"] == "Insurers, Pension funds, Bond investors"


def test_one_vehicle_in_tables_and_in_json_with_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    tranches("Beignet-Investor", cut=0.3, cut_from="2031-Q1", paths=1000)
    shown = capsys.readouterr().out
    tranches("hyperion", cut=0.3, cut_from="2031-Q1", paths=1000, reading=Reading(json=True))
    said = json.loads(capsys.readouterr().out)
    assert said["cut_from"] == "2031-Q1"
    notes = said["classes"][0]
    assert f"{notes['cuts'][0]['expected_loss']:.2%}" in shown
    assert f"{notes['cuts'][1]['expected_loss']:.2%} {notes['cuts'][1]['rating']}" in shown
    assert [holder["holder"] for holder in said["holders"]] == ["insurers", "pensions", "bond-investors"]
    for line in said["unknown"]:
        assert f"Unknown: {line}"[:60] in shown
    assert "One tenant pays all of the rent" in shown


def test_a_deal_that_is_a_class_names_its_vehicle() -> None:
    assert structure_of(load("ai-loop"), "jupiter-loan").id == "jupiter"


def test_names_and_quarters_that_are_none_are_refused_with_what_there_is() -> None:
    with pytest.raises(BadInput, match="did you mean 'hyperion'"):
        tranches("hyperon")
    with pytest.raises(BadInput, match="this dossier has none"):
        tranches("hyperion", reading=Reading(dossier="three-friends"))
    with pytest.raises(BadInput, match="is not between 2025-Q4"):
        tranches("hyperion", cut_from="2070-Q1")
    with pytest.raises(BadInput, match="--cut-from"):
        tranches("hyperion", cut_from="soon")
