"""Conflicting figures stay side by side; the rule that picks one says its reason."""

from datetime import date

import pytest

from ouroloop.core import BadInput
from ouroloop.dossier import Figure, choose
from ouroloop.dossier.choose import tolerance
from tests.dossier.worlds import dossier, entity, figure

YEAR = "2025-01-01/2025-12-31"
PERIOD = (date(2025, 1, 1), date(2025, 12, 31))


def chosen(*figures: Figure) -> tuple[float, tuple[float, ...], str]:
    choice = choose(dossier([entity("lab")], figures=figures), "lab", figures[0].concept, period=PERIOD)
    return choice.picked.value, tuple(other.value for other in choice.others), choice.why


def test_the_nearest_source_wins_over_a_surer_grade_and_a_later_day() -> None:
    press = figure("lab", "revenue", 13.2, YEAR, cite="secondary", grade="high", known="2026-06-01")
    filing = figure("lab", "revenue", 13.07, YEAR, cite="primary", grade="low", known="2026-02-01")
    assert chosen(press, filing) == (13.07, (13.2,), "the nearest source (primary)")


def test_then_the_surest_grade_then_the_latest_known() -> None:
    first = figure("lab", "revenue", 1, YEAR, grade="medium", known="2026-02-01")
    restated = figure("lab", "revenue", 2, YEAR, grade="medium", known="2026-03-01")
    sure = figure("lab", "revenue", 3, YEAR, grade="high", known="2026-01-01")
    assert chosen(first, restated) == (2, (1,), "the latest known (2026-03-01)")
    assert chosen(first, restated, sure) == (3, (2, 1), "the surest grade (high)")


def test_a_forecast_never_wins_over_what_happened() -> None:
    plan = figure("lab", "cash_burn", 8, YEAR, basis="forecast", grade="high", known="2025-09-06")
    fact = figure("lab", "cash_burn", 9, YEAR, basis="quoted", grade="low", cite="memory")
    assert chosen(plan, fact) == (9, (8,), "it happened, the others were foretold")


def test_equal_figures_come_in_the_order_of_the_dossier() -> None:
    one, two = figure("lab", "revenue", 1, YEAR), figure("lab", "revenue", 1, YEAR, note="again")
    choice = choose(dossier([entity("lab")], figures=[one, two]), "lab", "revenue", period=PERIOD)
    assert choice.picked is one
    assert choice.others == (two,)
    assert choice.conflicts == ()


def test_only_what_differs_beyond_its_digits_is_a_conflict() -> None:
    exact = figure("lab", "revenue", 0.981632, YEAR)
    rounded = figure("lab", "revenue", 0.982, YEAR, cite="secondary")
    other = figure("lab", "revenue", 0.99, YEAR, cite="secondary")
    choice = choose(dossier([entity("lab")], figures=[exact, rounded, other]), "lab", "revenue", period=PERIOD)
    assert choice.conflicts == (other,)


@pytest.mark.parametrize(
    ("value", "half"), [(13.07, 0.005), (17.2, 0.05), (34.0, 0.5), (300.0, 0.5), (-0.046, 0.0005), (0.0, 0.5)]
)
def test_a_number_is_as_exact_as_its_digits(value: float, half: float) -> None:
    assert tolerance(value) == pytest.approx(half)


def test_the_counterparty_and_the_day_are_part_of_the_question() -> None:
    world = dossier(
        [entity("lab"), entity("cloud")],
        figures=[
            figure("lab", "paid_to_counterparty", 17.2, YEAR, counterparty="cloud"),
            figure("lab", "cash", 40, "2025-12-31"),
        ],
    )
    paid = choose(world, "lab", "paid_to_counterparty", period=PERIOD, counterparty="cloud")
    assert (paid.picked.value, paid.why) == (17.2, "the only figure")
    assert choose(world, "lab", "cash", at=date(2025, 12, 31)).picked.value == 40


def test_asking_for_what_nobody_published_names_the_nearest_concept() -> None:
    world = dossier([entity("lab")], figures=[figure("lab", "revenue", 1, YEAR)])
    with pytest.raises(BadInput) as error:
        choose(world, "lab", "revenues", period=PERIOD)
    (problem,) = error.value.problems
    assert problem.code == "no-figure"
    assert "revenue" in problem.hint


def test_either_a_day_or_a_period_is_asked_for() -> None:
    with pytest.raises(BadInput) as error:
        choose(dossier([entity("lab")]), "lab", "revenue")
    assert error.value.problems[0].code == "one-of"
