"""Outside demand at the opening: the latest estimate then known, carried on with growth that fades."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import Dossier, load, quantile
from ouroloop.scenario.axes import axes
from ouroloop.scenario.outside_spend import OutsideSpend, outside_spend

DAY = date(2025, 11, 21)


@cache
def known(day: date | None = None) -> tuple[Dossier, OutsideSpend]:
    dossier = load("ai-loop") if day is None else load("ai-loop").as_of(day)
    return dossier, outside_spend(dossier, axes(dossier))


def test_spend_of_the_estimate_s_own_quarter_is_the_estimate() -> None:
    dossier, outside = known(date(2026, 6, 30))
    drawn = outside.drawn()
    assert outside.years == 0
    assert drawn.spend.tolist() == [dossier.assumptions["dem-2026q2"].value]
    assert drawn.growth.tolist() == [dossier.assumptions["dem-003"].value]


def test_a_quarter_later_spend_has_grown_by_growth_that_fades_day_by_day() -> None:
    """Growth of 1.05 fades to 0.7 of itself in a year: the mean of many small steps over a quarter."""
    outside = known(DAY)[1]
    drawn = outside.drawn()
    middles = (np.arange(100_000) + 0.5) / 100_000 / 4
    grown = np.mean(1.05 * 0.7**middles) / 4
    assert drawn.spend.item() == pytest.approx(11.0 * np.exp(grown), rel=1e-9)
    assert drawn.growth.item() == pytest.approx(1.05 * 0.7**0.25, rel=1e-12)


def test_in_november_2025_demand_rests_on_what_was_known_then() -> None:
    dossier, outside = known(DAY)
    assert (outside.row.id, outside.growth.id) == ("dem-2025q3.2025", "dem-003.2025")
    cited = [dossier.source(cite) for row in (outside.row, outside.growth) for cite in row.sources]
    assert [source.id for source in cited if source.published is None or source.published.last > DAY] == []


def test_each_path_has_its_own_draw_by_the_name_of_the_row_that_was_stood_in_for() -> None:
    outside = known(DAY)[1]
    uniforms = {"dem-2025q3": np.array([0.1, 0.5, 0.9]), "dem-003": np.array([0.5, 0.5, 0.5])}
    drawn, central = outside.drawn(uniforms.__getitem__), outside.drawn()
    np.testing.assert_allclose(drawn.spend[1], central.spend, rtol=1e-12)
    ratio = quantile(outside.row, uniforms["dem-2025q3"]) / outside.row.value
    np.testing.assert_allclose(drawn.spend, central.spend * ratio, rtol=1e-12)


def test_labs_are_paid_what_they_said_and_others_their_assumed_part() -> None:
    """OpenAI at 13bn a year in October 2025, Anthropic at 5bn in August."""
    dossier, outside = known(DAY)
    spend = outside.drawn().spend.item()
    assert outside.share["openai"] == pytest.approx(13 / 4 / spend)
    assert outside.share["anthropic"] == pytest.approx(5 / 4 / spend)
    assert outside.share["microsoft"] == dossier.assumptions["eco-sell-microsoft"].value


@pytest.mark.parametrize("day", [None, DAY, date(2026, 6, 30)])
def test_parts_of_sellers_leave_something_for_everybody_else(day: date | None) -> None:
    share = known(day)[1].share
    assert {"openai", "anthropic", "microsoft", "alphabet", "amazon", "spacex-xai"} <= set(share)
    assert all(part > 0 for part in share.values())
    assert 0.2 < sum(share.values()) < 0.98


def test_before_anything_is_known_of_demand_the_books_do_not_open() -> None:
    with pytest.raises(BadInput) as refused:
        known(date(2025, 6, 30))
    (problem,) = refused.value.problems
    assert problem.code == "no-assumption"
    assert "dem-003" in problem.message
