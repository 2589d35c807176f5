"""From simulated paths, and from a stored run, to what the report shows: the same numbers either way."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ouroloop.core import Quarter
from ouroloop.dossier import load
from ouroloop.economy.track import MEMBER_MEASURES, OUTCOME_MARKS, SPONSORS, SYSTEM_MEASURES, Track
from ouroloop.report.simulated.reduce import Batch, drawn_firms, from_batches
from ouroloop.report.simulated.results import Results
from ouroloop.scenario.read import read_scenario

MEMBERS = ("oracle", "openai", "nvidia", "tsmc")
QUARTERS = tuple(Quarter(2027, 1) + n for n in range(3))


@dataclass(frozen=True)
class _World:
    members: tuple[str, ...] = MEMBERS
    quarters: tuple[Quarter, ...] = QUARTERS
    ledger: Any = None
    losses: Any = field(default_factory=lambda: SimpleNamespace(lines=()))


@dataclass(frozen=True)
class _Economy:
    draws: dict[str, np.ndarray]
    world: Any = _World()

    def simulate(self, *, detail: bool = True) -> Track:
        raise AssertionError("the tracks of this test are made by hand")


def _track(paths: range) -> Track:
    """Every measure of every firm is the number of its path; Nvidia defaults in the second quarter on even paths."""
    numbers = np.array(paths, float)
    members = np.broadcast_to(numbers, (len(MEMBER_MEASURES), 4, 3, numbers.size)).copy()
    names = list(MEMBER_MEASURES)
    members[names.index("defaulted")] = 0
    members[names.index("defaulted"), 2, 1:] = numbers % 2 == 0
    members[names.index("trapped_capex")] = 1.0
    marks = np.full((len(OUTCOME_MARKS), numbers.size), np.nan)
    marks[0, numbers == 1] = 2  # the payoff on path 1 in the last quarter
    marks[1, numbers <= 2] = 1  # credit closes on paths 0, 1 and 2 in the second
    marks[-2], marks[-1] = numbers, 10 * numbers
    return Track(
        members=members,  # pyright: ignore[reportArgumentType]
        who_paid=np.ones((4, len(SPONSORS), 3, numbers.size)) * numbers,  # pyright: ignore[reportArgumentType]
        system=np.broadcast_to(numbers, (len(SYSTEM_MEASURES), 3, numbers.size)).copy(),  # pyright: ignore[reportArgumentType]
        losses=np.zeros((0, 3, numbers.size)),  # pyright: ignore[reportArgumentType]
        balances=np.zeros((0, 3, numbers.size)),  # pyright: ignore[reportArgumentType]
        amounts=np.zeros((0, 3, numbers.size)),  # pyright: ignore[reportArgumentType]
        outcome=marks,  # pyright: ignore[reportArgumentType]
    )


def _results(*cuts: range) -> Results:
    scenario = read_scenario("baseline")
    economies = [_Economy({"dem-035": np.array(cut, float), "fixed": np.array([1.0])}) for cut in cuts]
    batches = [Batch.of(economy, _track(cut)) for economy, cut in zip(economies, cuts, strict=True)]
    return from_batches(scenario, economies[0], batches)


@pytest.fixture(scope="module")
def five() -> Results:
    return _results(range(5))


def test_quantiles_are_of_paths_and_the_band_is_widest_first(five: Results) -> None:
    debt = five.members["openai", "debt"]
    assert debt.median.tolist() == [2.0, 2.0, 2.0]  # of 0 1 2 3 4
    assert debt.at(0.25).tolist() == [1.0, 1.0, 1.0]
    assert debt.bands == ((0.025, 0.975), (0.1, 0.9), (0.25, 0.75))
    assert debt.mean.tolist() == [2.0, 2.0, 2.0]


def test_endings_count_paths_and_ties_count_against_the_payoff(five: Results) -> None:
    assert five.endings["credit_first"].share == 0.6
    assert five.endings["credit_first"].error == pytest.approx((0.6 * 0.4 / 5) ** 0.5)
    assert five.endings["muddle_through"].share == 0.4
    assert five.ended["credit_first"].tolist() == [0.0, 0.6, 0.6]


def test_defaults_are_counted_by_quarter_over_every_firm(five: Results) -> None:
    assert five.defaulted["nvidia"].tolist() == [0.0, 0.6, 0.6]  # paths 0, 2, 4
    assert five.defaults_by(2) == pytest.approx(0.6)
    assert five.trapped.tolist() == [4.0, 4.0, 4.0]  # four firms, 1 each
    assert five.outside_loss_soon.median[0] == 2.0
    assert five.outside_loss.median[0] == 20.0


def test_batches_say_what_one_simulation_of_all_paths_says(five: Results) -> None:
    parts = _results(range(2), range(2, 5))
    assert parts.members["openai", "cash"].values.tolist() == five.members["openai", "cash"].values.tolist()
    assert parts.who_paid["oracle", "lenders"].tolist() == five.who_paid["oracle", "lenders"].tolist() == [2.0] * 3
    assert parts.endings == five.endings
    assert parts.defaulted["nvidia"].tolist() == five.defaulted["nvidia"].tolist()


def test_the_firms_of_the_articles_are_drawn_and_of_another_world_its_first_ones() -> None:
    assert drawn_firms(MEMBERS) == ("openai", "oracle", "nvidia")
    assert drawn_firms(("a", "b")) == ("a", "b")
    assert len(drawn_firms([f"firm-{n}" for n in range(30)])) == 10


def test_letters_are_shown_of_firms_that_agencies_rate() -> None:
    batch = Batch.of(_Economy({}), _track(range(1, 5)), load("ai-loop"))  # type: ignore[arg-type]
    assert batch.letters is not None
    assert {"oracle", "nvidia"} <= set(batch.letters) <= {"oracle", "nvidia", "tsmc"}, "no agency rates OpenAI"
    np.testing.assert_array_equal(batch.letters["oracle"].sum(axis=0), 4)
    results = from_batches(read_scenario("baseline"), _Economy({}), [batch])  # type: ignore[arg-type]
    assert set(results.letters) == set(batch.letters)
