"""What is not known of a pace: from a firm's own record, with the usual spread beside it."""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from ouroloop.dossier import Dossier, load
from ouroloop.scenario.axes import axes
from ouroloop.scenario.build import build
from ouroloop.scenario.read import read_scenario
from ouroloop.scenario.surprise import Flow, history, published_paces, surprise


@cache
def view() -> Dossier:
    return load("ai-loop").as_of(date(2025, 11, 21))


def middling(_: str) -> np.ndarray:
    return np.array([0.5])


def test_a_record_by_hand() -> None:
    # In logs 0, 1, 1.5 at years 0, 1, 3: growth 0.5; off by 0.5 in one year and by -0.5 in two.
    found = history([(0.0, 1.0), (1.0, math.e), (3.0, math.exp(1.5))])
    assert (found.steps, found.growth) == (2, pytest.approx(0.5))
    assert found.squares == pytest.approx(0.25 / 1 + 0.25 / 2)
    assert history([(0.0, 3.0)]).steps == history([(0.0, 0.0), (1.0, 2.0)]).steps == 0


@pytest.mark.parametrize(("flow", "row"), [("capex", "eco-opening-100"), ("revenue", "eco-opening-101")])
def test_the_usual_spread_is_that_of_all_members_records_of_before_pooled(flow: Flow, row: str) -> None:
    squares, free = 0.0, 0
    for member in axes(view()).members:
        seen = [(when, math.log(pace)) for when, pace in published_paces(view(), member, flow) if pace > 0]
        if len(seen) < 3:
            continue
        growth = (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])
        for (start, low), (end, high) in pairwise(seen):
            squares += (high - low - growth * (end - start)) ** 2 / (end - start)
        free += len(seen) - 2
    assert view().assumptions[row].value == pytest.approx(math.sqrt(squares / free), abs=0.006)


def test_a_pace_read_from_a_year_long_past_is_carried_by_a_part_of_its_own_growth() -> None:
    """Amazon: yearly records only, the last of 2024, whose middle is 1.37 years before that of 2025-Q4."""
    middles = [(date(year, 7, 2), usd) for year, usd in ((2019, 16.861), (2024, 82.999))]
    found = history(published_paces(view(), "amazon", "capex"))
    years = (middles[1][0] - middles[0][0]).days / 365.25
    assert found.growth == pytest.approx(math.log(middles[1][1] / middles[0][1]) / years, abs=0.01)
    assert found.steps == 5
    carried = surprise(view(), "amazon", "capex", middling).now
    assert carried == pytest.approx(found.growth * 5 / (5 + 4) * 1.37, abs=0.01)
    assert surprise(view(), "amazon", "capex").now == pytest.approx(carried)


def test_an_older_pace_is_less_sure_and_a_year_ahead_is_a_year_of_spread() -> None:
    def high(_: str) -> np.ndarray:
        return np.array([0.9])

    old, young = (surprise(view(), firm, "capex", high) for firm in ("amazon", "microsoft"))
    calm = [surprise(view(), firm, "capex", middling) for firm in ("amazon", "microsoft")]
    for found, middle, age in ((old, calm[0], 1.37), (young, calm[1], 0.25)):
        assert (found.now - middle.now) / found.coming == pytest.approx(math.sqrt(age), abs=0.02)
        assert middle.coming == pytest.approx(0.0, abs=1e-12)


def test_who_published_nothing_has_no_surprise() -> None:
    assert published_paces(view(), "anthropic", "capex") == ()
    nothing = surprise(view(), "anthropic", "capex", middling)
    assert (nothing.now, nothing.coming) == (0.0, 0.0)


def test_a_firm_with_a_wild_record_is_less_sure_than_one_with_an_even_one() -> None:
    def wide(name: str) -> np.ndarray:
        return np.array([0.5 if name.startswith("eco-") else 0.9])

    oracle, microsoft = (surprise(view(), firm, "capex", wide).coming for firm in ("oracle", "microsoft"))
    assert oracle > 1.3 * microsoft


def test_paths_open_with_plans_that_differ_in_what_is_to_come_more_than_in_what_is_nearly_done() -> None:
    economy = build(read_scenario("baseline"), 0, 64)
    traits, world = economy.inputs.traits, economy.world
    row = list(world.builders).index("alphabet")
    pipeline = np.log(np.asarray(traits.pipeline)[row])
    tilt = (pipeline[0] - pipeline[-1]).std()
    assert 0.2 < tilt < 0.6
    assert (pipeline[-2] - pipeline[-1]).std() < tilt / 2
    surprised = np.asarray(traits.core_surprise)
    assert surprised[list(world.members).index("nvidia")].std() > 0.05
    assert not surprised[list(world.members).index("openai")].any()
