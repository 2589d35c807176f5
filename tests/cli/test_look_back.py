"""`ouroloop look-back` on a result by hand, in place of the simulation."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

import ouroloop.experiment
from ouroloop.cli.look_back import look_back
from ouroloop.core import BadInput
from tests.report.simulated.made import look_back as made

asked: list[Any] = []


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    def instead(dossier: Any, day: date, **options: Any) -> Any:
        asked[:] = [dossier.header.id, day, options["paths"], options["seed"]]
        return made()

    monkeypatch.setattr(ouroloop.experiment, "look_back", instead)


def test_it_opens_on_the_day_asked_and_prints_misses_and_what_is_not_blind(capsys: pytest.CaptureFixture[str]) -> None:
    look_back(as_of="2025-10", paths=12, seed=5)
    assert asked == ["ai-loop", date(2025, 10, 31), 12, 5]
    out = capsys.readouterr().out
    assert "outside the band, worst beside naive drift first: revenue of Nvidia USD 50bn." in out
    assert "This is not a blind test." in out
    assert out.strip().endswith("not a forecast, not advice.")


def test_json_has_every_row_with_its_sources_and_null_for_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    look_back(json=True)
    said = json.loads(capsys.readouterr().out)
    first, *_, last = said["rows"]
    assert (first["firm"], first["recorded"], first["sources"], first["inside"]) == (
        "oracle",
        100,
        ["sec-oracle"],
        True,
    )
    assert (last["not_compared"], last["crps"], last["inside"], last["recorded"]) == ("no-record", None, None, None)
    assert said["summary"]["ratio"] == pytest.approx((0.5 + 3) / 2)
    assert said["misses"] == ["nvidia-revenue-2026-Q2"]
    assert len(said["what_is_not_blind"]) == 3


def test_it_speaks_the_language_asked(capsys: pytest.CaptureFixture[str]) -> None:
    look_back(lang="zh-Hant")
    assert "這不是盲測" in capsys.readouterr().out


def test_a_bad_day_and_bad_numbers_are_refused() -> None:
    with pytest.raises(BadInput, match="bad-date"):
        look_back(as_of="soon")
    with pytest.raises(BadInput) as raised:
        look_back(paths=0, seed=-1)
    assert [one.code for one in raised.value.problems] == ["out-of-range", "out-of-range"]
