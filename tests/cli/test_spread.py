"""`ouroloop spread`: tables for people, numbers for programs, from one view."""

from __future__ import annotations

import json

import pytest

from ouroloop.cli.options import Reading
from ouroloop.cli.spread import spread


def test_it_says_the_model_beside_the_last_quote_and_what_is_not_on_file(capsys: pytest.CaptureFixture[str]) -> None:
    spread("甲骨文", reading=Reading(lang="zh-Hans"))
    out = capsys.readouterr().out
    assert out.startswith("甲骨文")
    assert "the last quote on file, of 2026-10-02, is 227 bp." in out
    assert "Nothing is fitted to quotes." in out
    guarantees = next(line for line in out.splitlines() if "guarantees" in line)
    assert "–" in guarantees


def test_json_has_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    spread("oracle", reading=Reading(json=True))
    said = json.loads(capsys.readouterr().out)
    assert said["obligations_usd_bn"]["expected_guarantees"] is None
    assert [one["promises"] for one in said["model"]] == [0.0, 1.0]
    assert said["quotes"][-1]["spread_bp"] == 227
    assert said["note"].endswith("not advice.")
