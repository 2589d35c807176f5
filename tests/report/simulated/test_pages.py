"""Pages of their own: the answer to a question, and whose failure costs others most."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ouroloop.core import Quarter
from ouroloop.dossier import load
from ouroloop.experiment import Impact
from ouroloop.experiment.losses import Behind
from ouroloop.report.document import Findings
from ouroloop.report.html import page
from ouroloop.report.language import CODES, Language
from ouroloop.report.simulated.behind import Rested
from ouroloop.report.simulated.pages import answer_page, impact_page
from ouroloop.report.simulated.results import SimulatedResults
from tests.report.numbers import untraceable
from tests.report.simulated.made import RISING, losses, results

ASKED = "openai stops paying oracle from 2027-Q1"
RESTED = (
    Rested(
        Behind("pensions", "claims", "oracle", 0.5 * RISING, ()),
        ("oracle-bonds-2025-09", "oracle long_term_debt 2026-08-31", "oracle short_term_debt 2026-08-31", "another"),
        ("hold-024",),
        ("oracle-10q-2026-08",),
    ),
    Rested(Behind("pensions", "shares", "nvidia", -0.25 * RISING, ()), (), (), ()),
)
FOUND = (
    Impact("nvidia", 900.0, 90.0, 850.0, {"pensions": 300.0, "households": 600.0, "banks": 0.01}, 0.5),
    Impact("oracle", 75.0, 20.0, 5.0, {"pensions": 50.0, "households": 25.0}, 1.25),
    Impact("coreweave", -30.0, 10.0, -32.0, {"pensions": -10.0, "households": -20.0}, 0.0),
)


def _impact(code: str = "en") -> Findings:
    at, until = Quarter(2027, 2), Quarter(2030, 1)
    return impact_page(load("ai-loop"), FOUND, Language(code), at=at, until=until, paths=64, seed=7)


def _answer(code: str = "en") -> Findings:
    asked = results("question")
    found = SimulatedResults(results(), (asked,), losses={"question": losses()})
    named = {"openai", "oracle"}
    return answer_page(load("ai-loop"), ASKED, found, named, RESTED, Language(code))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("made", [_impact, _answer])
def test_every_number_of_every_sentence_is_a_cell_and_the_page_can_be_written(
    made: Callable[[str], Findings], code: str
) -> None:
    report = made(code)
    tables = dict(report.tables)
    assert [(one.id, lost) for one in report.all if (lost := untraceable(one, tables, report.language))] == []
    assert all(chart.table in tables for section in report.sections for chart in section.charts)
    assert page(report).count("<section") >= len(report.sections)


def test_a_ranking_says_who_is_dearest_who_bears_it_and_draws_only_what_costs() -> None:
    report = _impact()
    first = report.all[0].text
    assert "Nvidia" in first
    assert "USD 900bn" in first
    assert "USD 50bn" in first  # on claims: 900 less 850 of shares
    (section,) = report.sections
    (chart,) = section.charts
    assert "CoreWeave" not in chart.svg
    assert "Oracle" in chart.svg
    holders = report.tables["impact-holders"]
    assert [column.key for column in holders.columns] == ["firm", "households", "pensions"]
    assert holders.at("coreweave", "pensions").cell.value == -10.0


def test_an_answer_shows_quarters_what_losses_rest_on_and_the_recorded_deals_with_their_sources() -> None:
    report = _answer()
    assert [section.id for section in report.sections] == ["losses", "behind", "scenarios", "deals"]
    assert report.tables["loss-quarters"].at("2028-Q4", "pensions").cell.value == 3.0  # 0.75 a quarter
    behind = report.tables["loss-behind"]
    assert behind.at("pensions-claims-oracle", "last").cell.value == 6.0
    records = behind.at("pensions-claims-oracle", "records").cell
    assert records.value == (
        "oracle-bonds-2025-09, oracle long_term_debt 2026-08-31, oracle short_term_debt 2026-08-31 and 1 more"
    )
    assert behind.at("pensions-shares-nvidia", "records").cell.value == "", "what came after the opening has no record"
    deals = report.tables["deals"]
    assert not report.sections[-1].simulated
    cites = {cite for row in deals.rows for cell in row.cells.values() for cite in cell.cites}
    assert cites
    assert {source.id for source in report.sources} == cites | {"oracle-10q-2026-08"}
    assert all({str(row.cells[side].value) for side in ("from", "to")} == {"OpenAI", "Oracle"} for row in deals.rows)


def test_a_page_without_deals_lists_no_sources_and_says_that_it_is_a_model_s() -> None:
    written = page(_impact())
    assert 'id="sources"' not in written
    assert "no forecast and no advice" in written
    assert "Nothing here is simulated" not in written
    assert 'id="sources"' in page(_answer())
