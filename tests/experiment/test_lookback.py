"""The look back on the real record, with paths that a reader can follow in place of the real simulation."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ouroloop.core import BadInput, Quarter
from ouroloop.dossier import Dossier, load
from ouroloop.economy.track import MEMBER_MEASURES
from ouroloop.experiment.hindsight import LookBack, LookBackRow
from ouroloop.experiment.lookback import OPENED, SERIES, look_back
from ouroloop.experiment.published import known_before, recorded_in

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
MEMBERS = ("microsoft", "alphabet", "meta", "oracle", "coreweave", "nvidia", "openai")
"""Amazon is not in this world."""
done: list[int] = []


@cache
def dossier() -> Dossier:
    return load("ai-loop")


def build(first: int, count: int) -> Any:
    """Microsoft spends 30 on every path; Alphabet spends as many as the path's number; Oracle owes 100, then 191."""
    members = np.ones((len(MEMBER_MEASURES), len(MEMBERS), 8, count))
    measure = list(MEMBER_MEASURES).index
    members[measure("capex"), 0] = 30.0
    members[measure("capex"), 1] = first + np.arange(count)
    members[measure("debt"), 3] = np.array([100.0, 191.0, *[0.0] * 6])[:, None]
    members[measure("debt"), 4] = 0.0

    def simulate(*, detail: bool) -> Any:
        return SimpleNamespace(members=members)

    return SimpleNamespace(world=SimpleNamespace(members=MEMBERS), simulate=simulate)


@cache
def result() -> LookBack:
    return look_back(dossier(), paths=301, build=build, done=done.append)


def row(firm: str, measure: str, quarter: Quarter) -> LookBackRow:
    return next(one for one in result().rows if (one.firm, one.measure, one.quarter) == (firm, measure, quarter))


def test_every_quarter_of_every_series_has_a_row() -> None:
    assert [(one.firm, one.measure, one.quarter) for one in result().rows] == [
        (firm, measure, quarter) for firm, measure in SERIES for quarter in (Q1, Q2)
    ]
    assert len(result().rows) == 18


def test_a_sure_forecast_is_scored_by_its_error_against_the_published_quarter() -> None:
    found = row("microsoft", "capex", Q1)
    assert found.record is not None
    assert (found.record.value, found.record.sources, found.record.reported) == (
        30.88,
        ("opencapital-microsoft",),
        True,
    )
    assert (found.median, found.low, found.high) == (30.0, 30.0, 30.0)
    assert found.crps == pytest.approx(0.88)
    assert not found.inside


def test_all_batches_of_paths_count() -> None:
    """Paths 0 to 300: a tenth is below 30, a tenth above 270; Alphabet spent 35.674."""
    found = row("alphabet", "capex", Q1)
    assert done == [256, 45]
    assert (found.median, found.low, found.high) == pytest.approx((150.0, 30.0, 270.0))
    assert found.inside
    assert found.width == pytest.approx(240 / 35.674)


def test_fiscal_quarters_that_straddle_are_shared_by_day() -> None:
    """25 days of a quarter of 215.938 - 147.811 over 91 days, 65 of the next with 81.615."""
    found = row("nvidia", "revenue", Q1).record
    assert found is not None
    assert found.value == pytest.approx(25 / 91 * 68.127 + 65 / 91 * 81.615)
    assert found.reported


def test_a_share_of_nine_months_is_not_called_reported() -> None:
    """Oracle's year less its first quarter: 55.663 - 8.502 over 273 days."""
    found = row("oracle", "capex", Q1).record
    assert found is not None
    assert found.value == pytest.approx(90 / 273 * 47.161)
    assert not found.reported


def test_a_balance_is_compared_on_its_own_day() -> None:
    """61 of 91 days from 100 to 191: 161, beside 7.199 + 122.342 published for 2026-05-31."""
    found = row("oracle", "debt", Q2)
    assert found.record is not None
    assert (found.record.day, found.record.value) == (date(2026, 5, 31), pytest.approx(129.541))
    assert found.median == pytest.approx(161.0)
    assert found.crps == pytest.approx(161.0 - 129.541)


def test_what_cannot_be_compared_says_why() -> None:
    assert row("meta", "capex", Q1).gap == "no-record"
    assert row("oracle", "debt", Q1).gap == "no-record"
    assert row("openai", "revenue", Q2).gap == "no-record"
    assert row("amazon", "capex", Q1).gap == "no-opening"
    assert row("coreweave", "debt", Q1).gap == "no-opening"
    assert np.isnan(row("amazon", "capex", Q1).crps)


def test_a_series_with_too_short_a_record_has_no_naive_forecast_and_is_scored_all_the_same() -> None:
    found = row("openai", "revenue", Q1)
    assert (found.gap, found.known) == ("", 1)
    assert np.isnan(found.naive_crps)
    assert found.crps == pytest.approx(4.7)  # 1 on every path, 5.7 published


def test_the_naive_forecast_knows_only_what_was_published_on_the_day() -> None:
    view = dossier().as_of(OPENED)
    for firm, measure in SERIES:
        days, values = known_before(view, firm, measure)
        assert days, firm
        assert max(days) <= OPENED.toordinal()
        assert len(known_before(dossier(), firm, measure)[0]) > len(days)
        assert min(values) > 0
    days, values = known_before(view, "coreweave", "debt")
    assert days[-1] == date(2025, 9, 30).toordinal()
    assert values[-1] == pytest.approx(3.712177 + 10.322757)


def test_the_naive_forecast_of_a_flow_is_its_pace_times_the_days_of_the_quarter() -> None:
    """Nvidia's last quarter known, 57.006 over 91 days, drifts on upward from the middle of September 2025."""
    found = row("nvidia", "revenue", Q1)
    assert 57.006 < found.naive_median < 2 * 57.006
    assert found.naive_low < found.naive_median < found.naive_high


def test_a_quarter_of_which_days_are_missing_has_no_record() -> None:
    assert recorded_in(dossier(), "openai", "revenue", Quarter(2026, 3)) is None
    assert recorded_in(dossier().as_of(OPENED), "microsoft", "capex", Q1) is None


def test_stand_ins_that_were_read_are_counted() -> None:
    assert 0 < len(result().stand_ins) < result().read
    assert (result().opened, result().until) == (OPENED, date(2026, 6, 30))


def test_a_day_after_the_last_quarter_is_refused() -> None:
    with pytest.raises(BadInput, match="nothing-after"):
        look_back(dossier(), date(2026, 5, 1), build=build)
