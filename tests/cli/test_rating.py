"""`ouroloop rating` and `ouroloop price warrant`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ouroloop.cli.options import Reading
from ouroloop.cli.price import warrant
from ouroloop.cli.rating import rating
from ouroloop.core import BadInput


def test_meta_and_oracle_look_different_once_promises_count(capsys: pytest.CaptureFixture[str]) -> None:
    """Leases not begun and vehicles' notes stand on no balance sheet; Oracle's are twice its debt."""
    said: dict[str, dict[str, float]] = {}
    for firm in ("meta", "oracle"):
        rating(firm, reading=Reading(json=True))
        said[firm] = json.loads(capsys.readouterr().out)["leverage"]
    assert said["meta"]["vehicle_notes"] == pytest.approx(27.3 + 12.75 + 8.5)
    assert said["oracle"]["vehicle_notes"] == pytest.approx(18 + 38 + 9.4)
    assert said["oracle"]["economic"] / said["oracle"]["as_reported"] > 2
    assert said["meta"]["economic"] / said["meta"]["as_reported"] < 2


def test_letters_and_steps_of_model_and_quote_and_an_agencys_own_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rating("oracle", reading=Reading(json=True))
    rows = json.loads(capsys.readouterr().out)["ratings"]
    assert [row["what"][:5] for row in rows] == ["model", "model", "quote"]
    assert rows[0]["within_three_years"] < rows[0]["within_five_years"] < rows[1]["within_five_years"]
    assert rows[0]["quality_step"] <= rows[2]["quality_step"] <= rows[1]["quality_step"]
    table = tmp_path / "agency.csv"
    table.write_text("good, 1, 2, 3, 4, 5\nfair, 2, 4, 6, 8, 10\npoor, 9, 20, 30, 40, 50\n", encoding="utf-8")
    rating("oracle", table=table, reading=Reading(json=True))
    assert [row["letter"] for row in json.loads(capsys.readouterr().out)["ratings"]] == ["good", "poor", "fair"]


def test_who_owes_nothing_here_is_told_that_the_model_has_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    rating("alphabet", reading=Reading())
    out = capsys.readouterr().out
    assert "owes" in out
    assert "The price of risk is assumed (eco-finance-091), not fitted to quotes." in out


def test_a_warrant_is_priced_part_by_part(capsys: pytest.CaptureFixture[str]) -> None:
    warrant("amd-openai-warrant", reading=Reading(json=True))
    said = json.loads(capsys.readouterr().out)
    parts = said["parts"]
    assert sum(part["shares_m"] for part in parts) == pytest.approx(160)
    assert [part["hurdle_usd"] for part in parts] == pytest.approx([100, 200, 300, 400, 500, 600])
    legs = [part["price_leg"] for part in parts]
    assert legs == sorted(legs, reverse=True)
    assert legs[0] == pytest.approx(160e6 / 6 * (said["price_usd"] - said["strike_usd"]) / 1e9)
    assert said["dilution"] == pytest.approx(0.16 / (0.16 + said["shares_outstanding_bn"]))


def test_what_is_no_warrant_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="did you mean 'amd-openai-warrant'"):
        warrant("amd-openai")
